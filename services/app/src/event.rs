//! The event stream: positions given out by the relay, and reading after one.
//!
//! Rows are numbered by the relay and not by the database's sequence, because
//! transactions commit in another order than they draw numbers: whoever
//! resumed by the sequence would miss the slow ones.

use amends_domain::{AgentId, CaseId, ShopId};
use amends_store::event::{self, StoredEvent};

use crate::app::App;
use crate::call::{Call, Principal, Role};
use crate::error::{AppError, Result};
use crate::runner::Command;
use crate::telemetry;
use crate::work::Work;

/// The most events on one page.
pub const EVENTS_PAGE_MAX: u32 = 1_000;

/// How many pages are searched for events of the wanted types before the caller gets a place to go on.
const PAGES_SEARCHED_MAX: u32 = 10;

const READERS: &[Role] = &[Role::Ingest, Role::Analyst, Role::Supervisor, Role::Admin];

/// Events after a position.
#[derive(Debug, Clone, PartialEq)]
pub struct EventPage {
    /// The events, by position.
    pub events: Vec<StoredEvent>,
    /// Everything up to here was looked at: the place to resume after.
    pub position: i64,
    /// Whether there was nothing more to look at.
    pub is_end: bool,
}

impl App {
    /// Events of a shop after a position. `types` are words such as `case.opened`, or `case.*` for
    /// all of a noun; none means all.
    ///
    /// # Errors
    /// When the principal may not read events, the position was never given out, or storage fails.
    pub async fn events_after(
        &self,
        principal: &Principal,
        shop: &ShopId,
        position: i64,
        types: &[String],
        limit: u32,
    ) -> Result<EventPage> {
        principal.require(READERS)?;
        principal.enter(shop)?;
        let conn = self.store().reader();
        // Read first: whatever has a position by now is found below.
        let last = event::last_position(&conn).await?;
        if position < 0 || position > last {
            return Err(AppError::field("after_position", "must be a position that was given out"));
        }
        let (limit, mut position) = (limit.clamp(1, EVENTS_PAGE_MAX), position);
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut events: Vec<StoredEvent> = Vec::new();
        for _ in 0..PAGES_SEARCHED_MAX {
            let page = event::after(&conn, Some(std::slice::from_ref(shop)), position, limit).await?;
            let is_end = page.len() < wanted;
            for stored in page {
                if events.len() == wanted {
                    return Ok(EventPage { events, position, is_end: false });
                }
                position = stored.position.unwrap_or(position);
                if is_wanted(stored.row.event.word(), types) {
                    events.push(stored);
                }
            }
            if is_end {
                // Events of other shops lie up to the last position; nothing of this shop does.
                return Ok(EventPage { events, position: position.max(last), is_end });
            }
        }
        Ok(EventPage { events, position, is_end: false })
    }

    /// Events of one case after a position, as far as positions are given out.
    ///
    /// # Errors
    /// When the principal may not read events, or storage fails.
    pub async fn events_of_case(
        &self,
        principal: &Principal,
        shop: &ShopId,
        case: CaseId,
        position: i64,
        types: &[String],
        limit: u32,
    ) -> Result<EventPage> {
        principal.require(READERS)?;
        principal.enter(shop)?;
        let conn = self.store().reader();
        let wanted = usize::try_from(limit.clamp(1, EVENTS_PAGE_MAX)).unwrap_or(usize::MAX);
        let (mut events, mut seq, mut reached) = (Vec::new(), 0, position);
        loop {
            let page = event::of_case(&conn, shop, &case, seq, EVENTS_PAGE_MAX).await?;
            let Some(last) = page.last() else { break };
            seq = last.seq;
            for stored in page {
                let Some(at) = stored.position.filter(|at| *at > position) else { continue };
                if is_wanted(stored.row.event.word(), types) {
                    if events.len() == wanted {
                        return Ok(EventPage { events, position: reached, is_end: false });
                    }
                    events.push(stored);
                }
                reached = reached.max(at);
            }
        }
        Ok(EventPage { events, position: reached, is_end: true })
    }

    /// The last position given out.
    ///
    /// # Errors
    /// When the principal may not read events, or storage fails.
    pub async fn last_position(&self, principal: &Principal) -> Result<i64> {
        principal.require(READERS)?;
        Ok(event::last_position(&self.store().reader()).await?)
    }

    /// Gives positions to events that wait for one, `limit` in a transaction, until none is left;
    /// says how many got one. Any number of relays may run, also in other processes.
    ///
    /// # Errors
    /// When storage fails.
    pub async fn relay(&self, limit: u32) -> Result<usize> {
        let name = AgentId::new("relay").map_err(|e| AppError::Internal(e.to_string()))?;
        let limit = limit.max(1);
        let mut done = 0_u64;
        loop {
            // An idle relay begins no transaction: on SQLite it would hold up the one writer.
            let conn = self.store().reader();
            if event::oldest_pending_at(&conn).await?.is_none() {
                // Another replica may have been faster; subscribers here wait all the same.
                self.publish_position(event::last_position(&conn).await?);
                break;
            }
            let call = Call::by_timer(&name, "relay");
            let (moved, position) = self.perform(call, AssignPositions { limit }).await?;
            self.publish_position(position);
            done += moved;
            if moved < u64::from(limit) {
                break;
            }
        }
        telemetry::outbox_pending(event::pending_count(&self.store().reader()).await?);
        Ok(usize::try_from(done).unwrap_or(usize::MAX))
    }
}

/// One round of the relay: how many events got a position, and the last position there is.
#[derive(Debug, Clone)]
struct AssignPositions {
    limit: u32,
}

impl Command for AssignPositions {
    type Output = (u64, i64);
    const NAME: &'static str = "AssignPositions";

    fn shop(&self) -> Option<&ShopId> {
        None
    }

    async fn run(self, work: &mut Work) -> Result<(u64, i64)> {
        let moved = event::assign_positions(&work.tx, self.limit).await?;
        Ok((moved, event::last_position(&work.tx).await?))
    }
}

fn is_wanted(word: &str, types: &[String]) -> bool {
    types.is_empty()
        || types.iter().any(|wanted| match wanted.strip_suffix(".*") {
            Some(noun) => word.split('.').next() == Some(noun),
            None => wanted == word,
        })
}
