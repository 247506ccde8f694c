//! The market's own books: what it did, and what of that was acknowledged.
//!
//! They hold raw facts only. Every figure is worked out from them anew when it
//! is wanted, by plain rules written after the definitions of the figures and
//! without a line of the service's code.

mod figures;
mod returned;
mod reviewed;

use std::collections::{BTreeMap, BTreeSet};

pub(crate) use figures::{Figures, of_shop};
pub(crate) use returned::{Said, Step};
pub(crate) use reviewed::{Gone, Version};

/// What an acknowledged signal says.
#[derive(Clone, Debug)]
pub(crate) enum Fact {
    /// An order stands: lines and pieces.
    Ordered {
        /// The order.
        order: String,
        /// Its lines.
        lines: Vec<(&'static str, u32)>,
    },
    /// An ordinary parcel was delivered.
    Delivered {
        /// The order.
        order: String,
        /// What was in it; no pieces where the parcel names no lines.
        lines: Vec<(&'static str, Option<u32>)>,
        /// When.
        at: i64,
    },
    /// A review was observed.
    Reviewed {
        /// The review.
        review: String,
        /// The line it names, if it names one.
        line: Option<(String, &'static str)>,
        /// What was seen.
        version: Version,
    },
    /// The buyer wrote about a line.
    Wrote {
        /// The line.
        line: Option<(String, &'static str)>,
        /// When.
        at: i64,
    },
    /// A return request was observed.
    Returned {
        /// The request.
        request: String,
        /// The line.
        line: (String, &'static str),
        /// What was seen.
        step: Step,
    },
    /// Nothing that any figure counts.
    Nothing,
}

/// The books of one shop.
#[derive(Debug, Default)]
pub(crate) struct Books {
    lines: BTreeMap<(String, String), LineBook>,
    reviews: BTreeMap<String, Vec<Version>>,
    asked: BTreeSet<String>,
}

/// What is known about a line.
#[derive(Debug, Default)]
struct LineBook {
    bought: Option<u32>,
    /// When a parcel came, with how many pieces; none stands for all.
    parcels: Vec<(i64, Option<u32>)>,
    wishes: Vec<i64>,
    requests: BTreeMap<String, Vec<Step>>,
    /// When remedies that keep the article with the buyer were fulfilled, for how many pieces.
    fulfilled: Vec<(i64, u32)>,
    /// When the buyer was talked round.
    talked: Option<i64>,
}

impl Books {
    /// Enters an acknowledged signal. `wish` says that a wish to return was heard in its text.
    pub(crate) fn enter(&mut self, fact: &Fact, wish: bool) {
        match fact {
            Fact::Ordered { order, lines } => {
                for (line, quantity) in lines {
                    self.line(order, line).bought = Some(*quantity);
                }
            }
            Fact::Delivered { order, lines, at } => {
                for (line, pieces) in lines {
                    self.line(order, line).parcels.push((*at, *pieces));
                }
            }
            Fact::Reviewed { review, line, version } => {
                self.reviews.entry(review.clone()).or_default().push(version.clone());
                self.wish(line.as_ref(), version.at, wish);
            }
            Fact::Wrote { line, at } => self.wish(line.as_ref(), *at, wish),
            Fact::Returned { request, line, step } => {
                self.line(&line.0, line.1).requests.entry(request.clone()).or_default().push(*step);
            }
            Fact::Nothing => {}
        }
    }

    /// Whether a review has been told of.
    pub(crate) fn knows(&self, review: &str) -> bool {
        self.reviews.contains_key(review)
    }

    /// Enters a fulfilled remedy that leaves the article with the buyer.
    pub(crate) fn fulfilled(&mut self, order: &str, line: &str, pieces: u32, at: i64) {
        self.line(order, line).fulfilled.push((at, pieces));
    }

    /// Enters that a case was settled in words.
    pub(crate) fn talked(&mut self, order: &str, line: &str, at: i64) {
        let book = self.line(order, line);
        book.talked = Some(book.talked.map_or(at, |earlier| earlier.min(at)));
    }

    /// Enters that the buyer was told that a review can be updated.
    pub(crate) fn asked(&mut self, review: &str) {
        self.asked.insert(review.to_owned());
    }

    fn wish(&mut self, line: Option<&(String, &'static str)>, at: i64, heard: bool) {
        if let Some((order, line)) = line.filter(|_| heard) {
            self.line(order, line).wishes.push(at);
        }
    }

    fn line(&mut self, order: &str, line: &str) -> &mut LineBook {
        self.lines.entry((order.to_owned(), line.to_owned())).or_default()
    }
}
