//! The services: each handler parses, calls the app, and renders.

pub mod agent;
pub mod buyer;
pub mod case;
pub mod detection;
pub mod event;
pub mod incident;
pub mod ingest;
pub mod metrics;
pub mod planning;
pub mod policy;
pub mod quality;
pub mod remedy;
pub mod reply;
pub mod returns;
pub mod review;
pub mod shop;
pub mod stock;
