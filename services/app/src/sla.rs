//! The clocks of cases at work: they hear what goes to the timeline, in the transaction that writes it.
//!
//! Every event of a command passes through here once, on its way out. What came due
//! before one of them and was not told yet is told in the same transaction; what comes
//! due when nothing happens is told by a timer. Either way the row that says it was told
//! is written together with the event, under the lock of the case, so it is told once.

use std::collections::{BTreeMap, HashMap};

use amends_domain::case::Case;
use amends_domain::deadline::DeadlineKind;
use amends_domain::event::{Actor, ActorKind, Event};
use amends_domain::shop::Channel;
use amends_domain::sla::record::{self, Entry};
use amends_domain::sla::{Clocks, Due, DueKind, Parts, Ready, Row};
use amends_domain::{CaseId, EventId, ShopId, Span, Time};
use amends_store::clock::{self, ClocksRow};
use amends_store::event::{self, EventRow, StoredEvent};
use amends_store::{Conn, Of, case};

use crate::error::{AppError, Result};
use crate::work::Work;

mod explain;

pub use explain::{Explained, SlaExplanation};

/// How long after it was decided a promise or calendar holds. Every process knows of it
/// by then, so that all of them count alike.
pub const LEAD: Span = Span::from_secs(10);

/// The name under which clocks tell.
const TELLER: &str = "sla";

/// Clocks by case.
pub(crate) type Known = HashMap<Of<CaseId>, ClocksRow>;

/// What hearing led to, beside what is left for the end of the transaction.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// What is to be told, after the events that were heard.
    pub(crate) told: Vec<EventRow>,
    /// The cases whose nearest promise falls due at another time now.
    pub(crate) due: Vec<(ShopId, CaseId, Option<Time>)>,
}

/// Lets the clocks of all cases hear what happened, in order. Clocks that are not known are loaded.
pub(crate) async fn hear(work: &mut Work, events: &[EventRow], known: Option<Known>) -> Result<Heard> {
    let mut cases: BTreeMap<Of<CaseId>, Vec<&EventRow>> = BTreeMap::new();
    for row in events.iter().filter(|row| record::matters(&row.event)) {
        let Some(case) = row.case else { continue };
        cases.entry((row.shop.clone(), case)).or_default().push(row);
    }
    let mut heard = Heard::default();
    if cases.is_empty() {
        return Ok(heard);
    }
    let opened = |events: &Vec<&EventRow>| events.iter().any(|e| matches!(e.event, Event::CaseOpened { .. }));
    let older: Vec<Of<CaseId>> =
        cases.iter().filter(|(_, events)| !opened(events)).map(|(key, _)| key.clone()).collect();
    let mut known = match known {
        Some(known) => known,
        None => by_case(clock::latest(&work.tx, &older).await?),
    };
    let missing: Vec<Of<CaseId>> = older.into_iter().filter(|key| !known.contains_key(key)).collect();
    let mut begun = begin(work, &missing).await?;
    let mut changed = Vec::new();
    for ((shop, case), events) in cases {
        let info = work.app.shops().get(&work.tx, &shop, work.now).await?;
        let key = (shop, case);
        let before = known.remove(&key);
        let clocks = match (&before, begun.remove(&key)) {
            (Some(row), _) => Some(clocks_of(row.parts.clone())?),
            (None, Some(begun)) => {
                // What its log told before was counted, if anything of it was.
                work.turned(&key, Some(begun.rows()), begun.rows());
                Some(begun)
            }
            (None, None) => record::about(&info.shop.channel, entries(&events), 0).map(Clocks::new),
        };
        // The log of a case that was never opened tells nothing about its time.
        let Some(mut clocks) = clocks else { continue };
        let mut told = Vec::new();
        for entry in entries(&events) {
            told.extend(clocks.hear(entry, &info.sla.policies, &info.sla.calendar));
        }
        keep(work, &key, before.as_ref(), clocks, &info.sla, told, (&mut changed, &mut heard));
    }
    work.write(clock::put(&changed));
    Ok(heard)
}

/// Tells what is due about a case now, and sets when to look again.
pub(crate) async fn fire(work: &mut Work, case: &Case) -> Result<()> {
    let key = (case.shop.clone(), case.id);
    let Some(before) = clock::latest(&work.tx, std::slice::from_ref(&key)).await?.pop() else {
        return Ok(());
    };
    let info = work.app.shops().get(&work.tx, &key.0, work.now).await?;
    let mut clocks = clocks_of(before.parts.clone())?;
    let told = clocks.tell(work.now, &info.sla.calendar);
    let (mut changed, mut heard) = (Vec::new(), Heard::default());
    // Set anew whatever it was: the deadline that led here is gone, and the hours may be others.
    let forgotten = ClocksRow { tells_at: None, ..before };
    keep(work, &key, Some(&forgotten), clocks, &info.sla, told, (&mut changed, &mut heard));
    work.write(clock::put(&changed));
    work.write([case::promise(&heard.due)]);
    heard.told.into_iter().for_each(|row| work.happened_as(row));
    Ok(())
}

/// Leaves the clocks of a case and what follows from them to be written.
fn keep(
    work: &mut Work,
    (shop, case): &Of<CaseId>,
    before: Option<&ClocksRow>,
    clocks: Clocks,
    sla: &Ready,
    told: Vec<Due>,
    (changed, heard): (&mut Vec<ClocksRow>, &mut Heard),
) {
    for due in told {
        heard.told.extend(tell(work, (shop, *case), &clocks, due));
    }
    let mut after = row_of(shop, *case, clocks, sla);
    if before.is_none_or(|row| row.due_at != after.due_at) {
        heard.due.push((shop.clone(), *case, after.due_at));
    }
    match (before.and_then(|row| row.tells_at), after.tells_at) {
        (before, Some(at)) if before != Some(at) => work.due(shop, DeadlineKind::Sla, case, at),
        (Some(_), None) => work.not_due(shop, DeadlineKind::Sla, case),
        _ => {}
    }
    work.turned(
        &(shop.clone(), case.to_owned()),
        before.map(|row| row.parts.rows.as_slice()),
        &after.parts.rows,
    );
    if let Some(before) = before {
        let rows = std::mem::take(&mut after.parts.rows);
        after.parts.rows = differing(&before.parts.rows, rows);
    }
    changed.push(after);
}

/// The clocks of a case as they are stored.
pub(crate) fn row_of(shop: &ShopId, case: CaseId, clocks: Clocks, sla: &Ready) -> ClocksRow {
    let tells_at = clocks.due(&sla.calendar).map(|due| due.at);
    let due_at = clocks.nearest(&sla.calendar);
    ClocksRow { shop: shop.clone(), case, parts: clocks.into_parts(), tells_at, due_at }
}

/// What must be written so that the stored rows are these: those that changed, and those
/// that are the latest of their metric no longer.
fn differing(before: &[Row], after: Vec<Row>) -> Vec<Row> {
    let is_new = |row: &Row| !before.iter().any(|old| (old.metric, old.number) == (row.metric, row.number));
    let followed: Vec<_> = after.iter().filter(|row| is_new(row)).map(|row| row.metric).collect();
    after.into_iter().filter(|row| followed.contains(&row.metric) || !before.contains(row)).collect()
}

fn tell(work: &Work, (shop, case): (&ShopId, CaseId), clocks: &Clocks, due: Due) -> Option<EventRow> {
    let row = clocks.rows().iter().find(|row| (row.metric, row.number) == (due.metric, due.number))?;
    let (metric, instance, target, due_at) = (due.metric, due.number, row.promise?.span, due.at);
    let event = match due.kind {
        DueKind::Warning => Event::SlaWarned { metric, instance, target, due_at },
        DueKind::Breach => Event::SlaBreached { metric, instance, target, due_at },
    };
    Some(EventRow {
        shop: shop.clone(),
        id: EventId::from_bits(work.id()),
        case: Some(case),
        event,
        actor: Actor { kind: ActorKind::System, name: TELLER.to_owned() },
        cause: TELLER.to_owned(),
        trace: work.call.trace.clone(),
        occurred_at: due.at,
        recorded_at: work.now,
    })
}

/// Clocks of cases that were opened before clocks were kept: all that their logs tell.
async fn begin(work: &Work, missing: &[Of<CaseId>]) -> Result<HashMap<Of<CaseId>, Clocks>> {
    let mut begun = HashMap::new();
    if missing.is_empty() {
        return Ok(begun);
    }
    let cases = case::by_ids(missing).all(&work.tx).await?;
    let mut logs = logs(&work.tx, missing).await?;
    for case in cases {
        let key = (case.shop.clone(), case.id);
        let info = work.app.shops().get(&work.tx, &key.0, work.now).await?;
        let log = logs.remove(&key).unwrap_or_default();
        begun.extend(recount(&info.shop.channel, &log, case.priority, &info.sla).map(|clocks| (key, clocks)));
    }
    Ok(begun)
}

/// The clocks that a log makes from nothing; none if it does not tell of an opening. What
/// came due in it and was never told stays untold: it is too old to be news.
pub(crate) fn recount(channel: &Channel, log: &[StoredEvent], priority: u8, sla: &Ready) -> Option<Clocks> {
    let mut clocks = Clocks::new(record::about(channel, stored(log), priority)?);
    for entry in stored(log) {
        clocks.hear(entry, &sla.policies, &sla.calendar);
    }
    Some(clocks)
}

/// What the logs of cases tell about their time.
pub(crate) async fn logs(conn: &Conn, cases: &[Of<CaseId>]) -> Result<HashMap<Of<CaseId>, Vec<StoredEvent>>> {
    let mut logs: HashMap<Of<CaseId>, Vec<StoredEvent>> = HashMap::new();
    for stored in event::by_cases(cases, &[record::WORDS, record::TOLD]).all(conn).await? {
        let Some(case) = stored.row.case else { continue };
        logs.entry((stored.row.shop.clone(), case)).or_default().push(stored);
    }
    Ok(logs)
}

/// Stores clocks in place of all that is kept of their cases, with what follows from them.
pub(crate) async fn replace(work: &mut Work, clocks: &[ClocksRow]) -> Result<()> {
    let keys: Vec<Of<CaseId>> = clocks.iter().map(|row| (row.shop.clone(), row.case)).collect();
    let due: Vec<_> = clocks.iter().map(|row| (row.shop.clone(), row.case, row.due_at)).collect();
    let writes = clock::forget(&keys).into_iter().chain(clock::put(clocks)).chain([case::promise(&due)]);
    work.tx.send(writes).await?;
    for row in clocks {
        match row.tells_at {
            Some(at) => work.due(&row.shop, DeadlineKind::Sla, row.case, at),
            None => work.not_due(&row.shop, DeadlineKind::Sla, row.case),
        }
    }
    Ok(())
}

/// Clocks by the case they belong to.
pub(crate) fn by_case(rows: Vec<ClocksRow>) -> Known {
    rows.into_iter().map(|row| ((row.shop.clone(), row.case), row)).collect()
}

/// Clocks that were stored.
pub(crate) fn clocks_of(parts: Parts) -> Result<Clocks> {
    Clocks::from_parts(parts).map_err(|problem| AppError::Internal(format!("stored clocks: {problem}")))
}

pub(crate) fn entry(row: &EventRow) -> Entry<'_> {
    Entry { event: &row.event, occurred_at: row.occurred_at, recorded_at: row.recorded_at }
}

fn entries<'a>(rows: &'a [&'a EventRow]) -> impl Iterator<Item = Entry<'a>> {
    rows.iter().map(|row| entry(row))
}

pub(crate) fn stored(log: &[StoredEvent]) -> impl Iterator<Item = Entry<'_>> {
    log.iter().map(|stored| entry(&stored.row))
}
