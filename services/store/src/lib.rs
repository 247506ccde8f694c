//! Storage of Amends on SQLite and PostgreSQL: the only crate that names a column.
//!
//! Every table has a module of its noun with plain functions over a [`Conn`].
//! Reads and writes are set-based: one statement for a whole batch, whatever
//! its size, on both engines. Statements are written as SQL over sea-orm's
//! connections, because the shapes that make a batch fast (arrays on
//! PostgreSQL, JSON and rows of values on SQLite) have no common builder.

pub mod bulk;
pub mod conn;
pub mod engine;
pub mod error;
pub mod migrate;
pub mod row;

pub use conn::{Conn, Tx};
pub use engine::{Engine, Options, Store};
pub use error::{Result, StoreError};
