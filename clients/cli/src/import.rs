//! `amends import`: orders, reviews, messages and returns from files.
//!
//! Every row becomes a signal whose id follows from the row, so the same file can be
//! imported any number of times: what is stored answers DUPLICATE and stays as it is.

mod batch;
mod build;
mod field;
mod group;
mod input;
mod json;
mod lines;
mod mapping;
mod options;
mod preview;
mod rejects;
mod report;
mod rows;
mod run;
mod send;
mod split;
mod state;
mod values;

pub use field::Kind;
pub use mapping::Assignment;
pub use options::{Import, Quotes};
pub use rows::Format;
pub use run::run;
