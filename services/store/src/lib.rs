//! Storage of Amends on SQLite and PostgreSQL: the only crate that names a column.
//!
//! Every table has a module of its noun with plain functions over a [`Conn`].
//! Reads and writes are set-based: one statement for a whole batch, whatever
//! its size, on both engines. Statements are written as SQL over sea-orm's
//! connections, because the shapes that make a batch fast (arrays on
//! PostgreSQL, JSON and rows of values on SQLite) have no common builder.

mod about;
pub mod agent;
pub mod agent_performance;
pub mod bulk;
pub mod buyer;
pub mod case;
pub mod clock;
pub mod conn;
pub mod contact;
pub mod course;
pub mod deadline;
pub mod decision;
pub mod engine;
pub mod error;
pub mod event;
pub mod grant;
pub mod incident;
pub mod key;
pub mod lag;
pub mod learned;
pub mod link;
pub mod lock;
pub mod message;
pub mod migrate;
pub mod order;
pub mod planning;
pub mod policy;
pub mod quality;
pub mod remedy;
pub mod remedy_policy;
pub mod reply;
pub mod request;
pub mod returns;
pub mod review;
pub mod rollup;
pub mod row;
pub mod saving;
pub mod shipment;
pub mod shop;
pub mod signal;
pub mod stock;
pub mod suggestion;
pub mod survey;
pub mod text;
pub mod trial;
mod value;
pub mod viewer;

pub use conn::{Conn, Tx};
pub use engine::{Engine, Options, Store};
pub use error::{Result, StoreError};

/// Something of a shop: every key begins with the tenant.
pub type Of<T> = (amends_domain::ShopId, T);
