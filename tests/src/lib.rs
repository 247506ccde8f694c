//! amends-tests
