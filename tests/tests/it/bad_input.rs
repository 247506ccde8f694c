//! Input that is wrong: said with every path at once, and nothing half-written.

mod requests;
mod signals;
