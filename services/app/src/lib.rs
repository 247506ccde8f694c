//! The use cases of Amends: one command per RPC, the runner that is the only
//! one to begin a transaction, the group commit of ingest, and the queries.
//!
//! Nothing here knows a wire type or a column.

pub mod agent;
mod agent_performance;
pub mod app;
pub mod attestation;
pub mod basis;
pub mod buyer;
pub mod call;
pub mod case;
pub mod context;
mod course;
pub mod detect;
pub mod due;
pub mod error;
pub mod event;
pub mod facts;
pub mod guard;
pub mod incident;
pub mod ingest;
pub mod key;
pub mod lint;
pub mod metrics;
pub mod planning;
pub mod policy;
pub mod quality;
pub mod recompute;
pub mod remedy;
pub mod remedy_policy;
pub mod reply;
mod restate;
pub mod returns;
pub mod review;
mod rolled;
pub mod runner;
mod seal;
pub mod shop;
pub mod shops;
pub mod sla;
pub mod stock;
pub mod stored;
pub mod telemetry;
pub mod template;
pub mod work;

pub use app::{App, Settings};
pub use call::{Call, Principal, RequestKey, Role, ShopScope};
pub use context::{Clock, Ids, SystemClock, VirtualClock};
pub use error::{AppError, Result};
pub use runner::{Answer, Command};
pub use work::Work;
