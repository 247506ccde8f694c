//! amends-cli
