//! Agents of a shop: who is there, what they can take, and what becomes of their cases when they leave.
//!
//! A presence is a lease of its own. Whoever changes one is the only one who
//! writes about how many cases the agent holds; whoever relies on one while
//! holding no such lock keeps the row from changing until it has written.

use amends_domain::agent::{Agent, Told};

use crate::case::{DESK, SUPERVISION};

mod give_back;
mod hand_back;
mod list;
mod presence;
mod room;
mod update;

pub use list::AGENTS_PAGE_MAX;
pub use presence::{PresenceOver, SetPresence};
pub use update::{AgentChange, UpdateAgent};

pub(crate) use hand_back::{Present, hand_back};
pub(crate) use room::{capacity, check_claim, check_gift, check_room, why_not};

/// An agent with what is true of them now.
#[derive(Debug, Clone)]
pub struct AgentView {
    /// The agent.
    pub agent: Agent,
    /// Their presence by now; none if they never told one.
    pub told: Option<Told>,
    /// The cases they hold.
    pub held: i64,
    /// The most they may hold.
    pub capacity: i64,
}
