//! Timelines: what happened to a case, entry by entry.

use std::collections::HashMap;

use amends_app::case::TimelineEntry;
use amends_app::stored::{EventRow, StoredEvent};
use amends_domain::event::Event;
use amends_domain::remedy::RemedyKind;
use amends_domain::{RemedyId, Time};
use amends_proto::v1 as pb;

use super::{Word as _, time};

mod entry;

/// The kinds of the remedies that were mentioned so far; later steps name the remedy only.
pub type Kinds = HashMap<RemedyId, RemedyKind>;

/// The wire forms of entries of one case, the oldest first.
#[must_use]
pub fn render(entries: &[TimelineEntry]) -> Vec<pb::TimelineEntry> {
    let mut kinds = Kinds::new();
    entries.iter().map(|entry| render_after(entry, &mut kinds)).collect()
}

/// The wire form of an entry that comes after others.
#[must_use]
pub fn render_after(entry: &TimelineEntry, kinds: &mut Kinds) -> pb::TimelineEntry {
    let text = entry.text.as_deref().unwrap_or_default();
    pb::TimelineEntry { sequence: entry.number, ..of(&entry.stored.row, text, kinds) }
}

/// The same for an event of the stream, which has no number on its timeline and no texts.
#[must_use]
pub fn of_stream(stored: &StoredEvent) -> pb::TimelineEntry {
    of(&stored.row, "", &mut Kinds::new())
}

fn of(row: &EventRow, text: &str, kinds: &mut Kinds) -> pb::TimelineEntry {
    remember(&row.event, kinds);
    pb::TimelineEntry {
        sequence: 0,
        occur_time: Some(time::render(row.occurred_at)),
        record_time: Some(time::render(row.recorded_at)),
        actor: Some(pb::Actor { kind: row.actor.kind.number(), id: row.actor.name.clone() }),
        cause: row.cause.clone(),
        trace_id: row.trace.as_deref().and_then(trace_id).unwrap_or_default(),
        entry: entry::render(row, text, kinds),
    }
}

fn remember(event: &Event, kinds: &mut Kinds) {
    if let Event::RemedyProposed { remedy, kind, .. }
    | Event::RemedyOffered { remedy, kind, .. }
    | Event::RemedyAccepted { remedy, kind, .. }
    | Event::RemedyFulfilled { remedy, kind, .. } = event
    {
        kinds.insert(*remedy, *kind);
    }
}

/// The trace id in a `traceparent`.
fn trace_id(traceparent: &str) -> Option<String> {
    traceparent.split('-').nth(1).filter(|id| id.len() == 32).map(str::to_owned)
}

/// A timer that fired and left nothing else.
fn timer(name: &str, due: Option<Time>) -> pb::TimerFired {
    pb::TimerFired { timer: name.to_owned(), due_time: due.map(time::render) }
}
