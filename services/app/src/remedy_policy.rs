//! What a shop offers instead of a return, as a document that people write.
//!
//! The text form lives here, with its line numbers; what values may be is a
//! rule of the domain. Versions of a shop are dated and never changed.

mod apply;
mod check;
mod diff;
mod dry_run;
mod flat;
mod keys;
mod parse;
mod print;
mod reader;
mod rule;
mod section;
mod stored;
mod values;

use amends_domain::policy::ShopPolicy;
use amends_domain::remedy_policy::RemedyPolicy;

pub use apply::{ApplyRemedyPolicy, FUTURE_MAX};
pub use check::Checked;
pub use diff::{Difference, differences};
pub use dry_run::{DryRun, DryRunCase, DryRunKind};
pub use keys::{KEYS, Key};
pub use parse::parse;
pub use print::print;
pub(crate) use stored::{InForce, in_force};
pub use stored::{REMEDY_POLICIES_PAGE_MAX, RemedyPolicyView};

/// The largest document, in bytes.
pub const DOCUMENT_BYTES_MAX: usize = 256 * 1024;

/// Something that is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentProblem {
    /// The line, from 1; 0 where it is about what was left out.
    pub line: u32,
    /// The value, such as `partial_refund.most`; empty where the text itself cannot be read.
    pub path: String,
    /// What is wrong, and what would be right.
    pub problem: String,
}

/// What holds where a document is silent: the defaults, and what the shop's rules say.
#[must_use]
pub fn base(rules: &ShopPolicy) -> RemedyPolicy {
    RemedyPolicy {
        approval_limit: rules.approval_limit,
        offer_life: rules.offer_life,
        fulfilment_within: rules.fulfilment_within,
        ..RemedyPolicy::default()
    }
}
