//! What happened to a case, the oldest first.

use std::collections::HashMap;

use amends_domain::event::Event;
use amends_domain::{CaseId, ShopId};
use amends_store::event::StoredEvent;
use amends_store::text::{self, TextOwner};
use amends_store::{Conn, case, event};

use super::{DESK, READERS};
use crate::app::App;
use crate::call::Principal;
use crate::error::{AppError, Result};

/// The most entries on one page.
pub const TIMELINE_PAGE_MAX: u32 = 500;

/// Where a page of a timeline ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TimelineCursor {
    /// The number of the last entry within its case.
    pub number: i64,
    /// Its place in the table of events.
    pub seq: i64,
}

/// One thing that happened to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineEntry {
    /// Its number within the case, from 1, without gaps.
    pub number: i64,
    /// The event.
    pub stored: StoredEvent,
    /// What a person wrote with it; none if nothing, or if the reader may not see it.
    pub text: Option<String>,
}

/// A page of a timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelinePage {
    /// The entries, the oldest first.
    pub entries: Vec<TimelineEntry>,
    /// Where the next page begins; none if this is the last.
    pub next: Option<TimelineCursor>,
}

impl App {
    /// A page of what happened to a case: after the cursor, and after the entry of a number.
    ///
    /// # Errors
    /// When there is no such case, the role is missing, or storage fails.
    pub async fn timeline(
        &self,
        principal: &Principal,
        shop: &ShopId,
        case: CaseId,
        after: Option<TimelineCursor>,
        after_number: i64,
        limit: u32,
    ) -> Result<TimelinePage> {
        principal.enter(shop)?;
        principal.require(READERS)?;
        let conn = self.store().reader();
        let limit = limit.clamp(1, TIMELINE_PAGE_MAX);
        if case::get(&conn, shop, &case).await?.is_none() {
            return Err(AppError::not_found("case", case));
        }
        let mut cursor = after.unwrap_or_default();
        // Numbers are counted and not stored, so a number is found by counting.
        while cursor.number < after_number {
            let ahead =
                u32::try_from(after_number - cursor.number).unwrap_or(u32::MAX).min(TIMELINE_PAGE_MAX);
            let skipped = event::of_case(&conn, shop, &case, cursor.seq, ahead).await?;
            let Some(last) = skipped.last() else { break };
            cursor.number += i64::try_from(skipped.len()).unwrap_or(0);
            cursor.seq = last.seq;
        }
        let mut stored = event::of_case(&conn, shop, &case, cursor.seq, limit.saturating_add(1)).await?;
        let page = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = stored.len() > page;
        stored.truncate(page);
        let texts = if principal.has(DESK) { texts(&conn, shop, &stored).await? } else { HashMap::new() };
        let entries: Vec<TimelineEntry> = stored
            .into_iter()
            .zip(cursor.number + 1..)
            .map(|(stored, number)| {
                let text = texts.get(&text_id(&stored)).cloned();
                TimelineEntry { number, stored, text }
            })
            .collect();
        let last = entries.last().map(|e| TimelineCursor { number: e.number, seq: e.stored.seq });
        Ok(TimelinePage { entries, next: last.filter(|_| more) })
    }
}

/// Where the words of an event are kept: where it says, or under its own id.
fn text_id(stored: &StoredEvent) -> String {
    match &stored.row.event {
        Event::NoteAdded { text_id, .. } => text_id.clone(),
        _ => stored.row.id.to_string(),
    }
}

async fn texts(conn: &Conn, shop: &ShopId, stored: &[StoredEvent]) -> Result<HashMap<String, String>> {
    let keys: Vec<_> = stored.iter().map(|event| (TextOwner::Note, text_id(event))).collect();
    let found = text::get(conn, shop, &keys).await?;
    Ok(found.into_iter().map(|(_, id, body)| (id, body)).collect())
}
