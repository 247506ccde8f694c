//! Statistics of the figures: intervals, curves and charts, from sums and counts as roll-ups keep them.
//!
//! Pure arithmetic. Whatever is random is drawn from a seed that is an argument, so the same sums give
//! the same figure, to the last digit, whenever and in whatever order they were added up. Every
//! interval is one of 95 % and two-sided, unless it says otherwise. Where nothing can be said, nothing is:
//! an empty denominator has no value, and a spread needs two. `docs/statistics.md` tells the
//! formulas with a worked example of each.

pub mod bootstrap;
pub mod chart;
pub mod difference;
pub mod draws;
mod estimate;
pub mod histogram;
pub mod ratio;
pub mod survey;
pub mod survival;
pub mod tails;

pub use estimate::Estimate;

/// z for a two-sided 95 % interval.
pub(crate) const Z: f64 = 1.959_963_984_540_054;
