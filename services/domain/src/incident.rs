//! Incidents: one fault behind many cases.

use crate::code::codes;
use crate::detection::Reason;
use crate::{AgentId, CaseId, IncidentId, ShopId, Sku, Time};

pub mod chart;

/// Cases that an incident has at most.
pub const CASES_MAX: u32 = 5_000;

codes! {
    /// Where an incident stands, without the facts of the state.
    pub enum IncidentState {
        /// Under way.
        Open = "OPEN",
        /// Over; it takes no more cases.
        Resolved = "RESOLVED",
    }
}

/// How an incident ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// Who resolved it.
    pub by: AgentId,
    /// When.
    pub at: Time,
    /// What resolved it.
    pub note: String,
}

/// What is known of an incident when it opens.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct About {
    /// What it is called.
    pub title: String,
    /// What is known of it.
    pub description: String,
    /// What buyers complain about, if that is the same for all.
    pub reason: Option<Reason>,
    /// The product; may be empty.
    pub product: String,
    /// The variant of the product; may be empty.
    pub variant: String,
    /// The article.
    pub sku: Option<Sku>,
    /// The carrier; may be empty.
    pub carrier: String,
}

/// One fault behind many cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// Who it is.
    pub id: IncidentId,
    /// The tenant.
    pub shop: ShopId,
    /// What is known of it.
    pub about: About,
    /// Who opened it.
    pub opened_by: AgentId,
    /// When.
    pub opened_at: Time,
    /// How it ended; none while it is under way.
    pub resolution: Option<Resolution>,
    /// How many cases are in it.
    pub cases: u32,
    /// What it was heard by; none if a person opened it.
    pub signal: Option<chart::Signal>,
    /// Rises with every change; the etag.
    pub version: i64,
}

/// A case in an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The tenant.
    pub shop: ShopId,
    /// The incident.
    pub incident: IncidentId,
    /// The case.
    pub case: CaseId,
    /// Who put it there.
    pub by: AgentId,
    /// When.
    pub at: Time,
    /// Whether the incident is under way.
    pub open: bool,
}

impl Incident {
    /// Where it stands.
    #[must_use]
    pub const fn state(&self) -> IncidentState {
        match self.resolution {
            None => IncidentState::Open,
            Some(_) => IncidentState::Resolved,
        }
    }
}
