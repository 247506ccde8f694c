//! The Rust client of Amends.
//!
//! One [`Client`] holds the connections of a process. [`Client::call`] sends any
//! unary request with a deadline, a request id and retries; [`RecordStream`] pushes
//! signals, [`EventStream`] follows events and [`WatchStream`] boards and cases over
//! connections that may break.
//!
//! ```no_run
//! use amends_client::{Client, Settings, v1};
//!
//! # async fn example() -> Result<(), amends_client::Error> {
//! let client = Client::connect(Settings::new("http://127.0.0.1:7460")).await?;
//! let answer = client
//!     .call(v1::ClaimNextCaseRequest { parent: "shops/main".into(), ..Default::default() })
//!     .await?;
//! println!("{:?}", answer.case);
//! # Ok(())
//! # }
//! ```

mod advice;
mod back_off;
mod call;
mod client;
mod error;
mod event_stream;
mod outgoing;
mod record_stream;
mod settings;
mod watch_stream;

pub use amends_proto::v1;

pub use call::{Call, request_id};
pub use client::{Client, Transport};
pub use error::{Error, Failure, Precondition, Violation};
pub use event_stream::{EventFilter, EventStream};
pub use outgoing::Outgoing;
pub use record_stream::{Acknowledged, RecordStream};
pub use settings::{Retry, Settings};
pub use watch_stream::{Opened, Watch, WatchStream};
