//! amends-server
