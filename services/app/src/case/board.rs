//! An agent's board: what is theirs, and the head of the shop's queue.

use std::collections::BTreeSet;

use amends_domain::case::{Case, State};
use amends_domain::{AgentId, CaseId, ShopId};
use amends_store::{Conn, case, event};

use super::list::CaseSelection;
use super::summary::{CaseSummary, summaries, summary};
use super::{CaseFilter, CaseOrder, READERS};
use crate::app::App;
use crate::call::Principal;
use crate::error::{AppError, Result};

/// Cases of the agents that a board holds at most.
pub const BOARD_MAX: usize = 200;

/// Cases of the queue that a board shows at most.
pub const BOARD_QUEUE_MAX: u32 = 100;

/// Agents whose cases one board may hold.
pub const BOARD_AGENTS_MAX: usize = 20;

/// Cases of the agents that are looked through for those the board is about.
const READ_MAX: u32 = 1_000;

/// Pages of the queue that are looked through for those the board is about.
const PAGES_MAX: usize = 4;

/// Which board.
#[derive(Debug, Clone)]
pub struct BoardQuery {
    /// The tenant.
    pub shop: ShopId,
    /// Whose.
    pub agents: Vec<AgentId>,
    /// Which cases of theirs, and of the queue; its own `agents` restrict nothing.
    pub selection: CaseSelection,
    /// How many cases of the queue.
    pub queue_size: u32,
}

/// Why a case is on a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Held by an agent of the board.
    Held,
    /// Parked by one.
    Parked,
    /// Queued again, and kept for one.
    Returned,
    /// At the head of the queue.
    Queue,
}

/// A board as it is.
#[derive(Debug, Clone, Default)]
pub struct Board {
    /// The cases, each once.
    pub cases: Vec<(Place, Case)>,
    /// Whether there are more than it holds.
    pub truncated: bool,
}

impl App {
    /// A board as it is now.
    ///
    /// # Errors
    /// When the shop is another's, the role is missing, or storage fails.
    pub async fn board(&self, principal: &Principal, query: &BoardQuery) -> Result<Board> {
        principal.enter(&query.shop)?;
        principal.require(READERS)?;
        if query.agents.len() > BOARD_AGENTS_MAX {
            return Err(AppError::field("filter.agents", "must have at most 20 entries"));
        }
        if query.selection.filter.incident.is_some() {
            return Err(AppError::field("filter.incident", "cannot be watched; list the cases instead"));
        }
        let conn = self.store().reader();
        let mut query = query.clone();
        query.selection.filter.within = self.reach_of(principal, &query.shop).await?;
        let theirs = case::board(&conn, &query.shop, &query.agents, READ_MAX).await?;
        let mut truncated = theirs.len() >= usize::try_from(READ_MAX).unwrap_or(usize::MAX);
        let mut theirs: Vec<Case> = theirs.into_iter().filter(|case| query.wants(case)).collect();
        truncated |= theirs.len() > BOARD_MAX;
        theirs.truncate(BOARD_MAX);
        let mut cases: Vec<(Place, Case)> = theirs.into_iter().map(|case| (place(&case), case)).collect();
        let mine: BTreeSet<CaseId> = cases.iter().map(|(_, case)| case.id).collect();
        let head = query.head(&conn).await?;
        let others = head.into_iter().filter(|case| !mine.contains(&case.id));
        cases.extend(others.map(|case| (Place::Queue, case)));
        Ok(Board { cases, truncated })
    }

    /// Cases of a board with their tracks, in a few reads however many they are.
    ///
    /// # Errors
    /// When storage fails.
    pub async fn board_summaries(&self, cases: Vec<Case>) -> Result<Vec<CaseSummary>> {
        if cases.is_empty() {
            return Ok(Vec::new());
        }
        summaries(&self.store().reader(), cases).await
    }

    /// One case with its tracks.
    ///
    /// # Errors
    /// When there is no such case, the role is missing, or storage fails.
    pub async fn case_in_short(
        &self,
        principal: &Principal,
        shop: &ShopId,
        id: CaseId,
    ) -> Result<CaseSummary> {
        principal.enter(shop)?;
        principal.require(READERS)?;
        let conn = self.store().reader();
        let case = case::get(&conn, shop, &id).await?.ok_or_else(|| AppError::not_found("case", id))?;
        summary(&conn, case).await
    }

    /// The last position of the event stream: what is read afterwards is at least as new.
    ///
    /// # Errors
    /// When storage fails.
    pub async fn watch_position(&self) -> Result<i64> {
        Ok(event::last_position(&self.store().reader()).await?)
    }
}

impl BoardQuery {
    /// The head of the queue, as far as the board is about it.
    async fn head(&self, conn: &Conn) -> Result<Vec<Case>> {
        let states = &self.selection.filter.states;
        let wanted = usize::try_from(self.queue_size.min(BOARD_QUEUE_MAX)).unwrap_or(0);
        let mut head: Vec<Case> = Vec::new();
        if wanted == 0 || !(states.is_empty() || states.contains(&State::Queued)) {
            return Ok(head);
        }
        let filter = CaseFilter { states: vec![State::Queued], ..self.selection.filter.clone() };
        let limit = self.queue_size.clamp(25, BOARD_QUEUE_MAX);
        let mut cursor = None;
        for _ in 0..PAGES_MAX {
            let page =
                case::list(conn, &self.shop, &filter, CaseOrder::Queue, cursor.as_ref(), limit).await?;
            let is_last = page.len() < usize::try_from(limit).unwrap_or(usize::MAX);
            cursor = page.last().map(|case| case::CaseCursor::after(case, CaseOrder::Queue));
            head.extend(page.into_iter().filter(|case| self.wants(case)));
            if is_last || head.len() >= wanted {
                break;
            }
        }
        head.truncate(wanted);
        Ok(head)
    }

    /// Whether the board is about a case, as far as the case alone tells.
    fn wants(&self, case: &Case) -> bool {
        let filter = &self.selection.filter;
        (filter.states.is_empty() || filter.states.contains(&case.handling.state()))
            && (filter.kinds.is_empty() || filter.kinds.contains(&case.kind))
            && filter.buyer.is_none_or(|buyer| case.buyer == Some(buyer))
            && filter.order.as_ref().is_none_or(|order| case.subject.order() == Some(order))
            && filter.within.as_ref().is_none_or(|(reach, agent)| {
                let own = case.handling.owner().or(case.preferred_agent.as_ref()) == Some(agent);
                own || reach.fits(case)
            })
            && CaseSelection { agents: Vec::new(), ..self.selection.clone() }.fits(case)
    }
}

fn place(case: &Case) -> Place {
    match case.handling.state() {
        State::Claimed | State::Working => Place::Held,
        State::Queued => Place::Returned,
        _ => Place::Parked,
    }
}

/// Sorts cases as the queue gives them out, smallest first. As text, so that whoever
/// shows a board needs to know nothing of slack and age.
#[must_use]
pub fn order_key(case: &Case) -> String {
    let rising = |number: i64| number.cast_unsigned() ^ (1 << 63);
    let (take_by, queued_at) = (rising(case.take_by().micros()), rising(case.queued_at.micros()));
    let calmness = u8::MAX - case.priority;
    format!("{take_by:016x}{calmness:02x}{queued_at:016x}{}", case.id)
}
