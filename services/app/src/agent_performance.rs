//! What the log says about the time of agents, stored in the transaction that writes the log.

use amends_domain::agent_performance::{Entry, Log, Made};
use amends_store::event::EventRow;

/// What these events make of it.
pub(crate) fn made<'a>(events: impl IntoIterator<Item = &'a EventRow>) -> Made {
    let mut log = Log::default();
    events.into_iter().for_each(|row| log.take(&entry(row)));
    log.made()
}

fn entry(row: &EventRow) -> Entry<'_> {
    Entry {
        shop: &row.shop,
        id: row.id,
        case: row.case,
        event: &row.event,
        actor: &row.actor,
        at: row.occurred_at,
        recorded_at: row.recorded_at,
    }
}
