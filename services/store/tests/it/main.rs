//! What every engine must do alike.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may panic")]

#[macro_use]
mod harness;
mod agent;
mod agent_performance;
mod base;
mod board;
mod bulk;
mod buyer;
mod case;
mod claim;
mod clock;
mod contact;
mod course;
mod deadline;
mod decision;
mod event;
mod grant;
mod incident;
mod key;
mod lag;
mod learned;
mod link;
mod lock;
mod message;
mod order;
mod planning;
mod policy;
mod quality;
mod relay;
mod remedy;
mod remedy_policy;
mod reply;
mod request;
mod returns;
mod review;
mod rollup;
mod sample;
mod shipment;
mod shop;
mod signal;
mod stock;
mod survey;
mod text;
mod trial;
mod viewer;
