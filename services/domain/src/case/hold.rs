//! What an agent must hold to write to a case.

use crate::{AgentId, LeaseId, Time};

/// An agent's temporary, exclusive hold on a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Who it is.
    pub id: LeaseId,
    /// Who holds.
    pub agent: AgentId,
    /// When the hold ends unless it is renewed.
    pub expires_at: Time,
}

/// What an agent shows with every write: who, under which hold, having seen which version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// The acting agent.
    pub agent: AgentId,
    /// The fence of the hold the agent believes to have.
    pub fence: i64,
    /// The version the agent saw.
    pub version: i64,
}
