//! amends-client
