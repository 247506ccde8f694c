//! The transport: wire types to domain types and back, errors to statuses, and
//! everything a call passes between the socket and its use case.
//!
//! Only this crate names a `Status`, and it names no column.

use amends_app::App;
use amends_domain::{Span, Time};

pub mod call;
pub mod convert;
pub mod fields;
pub mod layer;
pub mod name;
pub mod page;
pub mod serve;
pub mod service;
pub mod status;

pub use serve::{Settings, Tls, Transport};

/// The latest time that a caller's clock may show and be believed.
fn latest(app: &App) -> Time {
    let skew = i64::try_from(app.settings().clock_skew.as_micros()).unwrap_or(0);
    app.now() + Span::from_micros(skew)
}
