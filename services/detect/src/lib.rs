//! amends-detect
