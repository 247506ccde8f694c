//! The whole service, from signal to figure, over real gRPC on real databases.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may panic")]

mod bad_input;
mod budget;
mod faults;
mod flows;
mod learned;
mod oracle;
mod simulation;
mod tidy;
