//! Puts the service together: configuration, telemetry, storage, transport,
//! workers, and their life from start to a clean end.

pub mod command;
pub mod config;
pub mod detector;
pub mod metrics;
pub mod serve;
pub mod telemetry;

pub use config::{Config, Problems};
pub use serve::{Parts, Running};
