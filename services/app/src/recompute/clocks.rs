//! The clocks of cases, counted again from their logs.

use amends_domain::case::Case;
use amends_domain::event::Event;
use amends_domain::sla::Row;
use amends_store::case::{CaseCursor, CaseFilter, CaseOrder};
use amends_store::clock::ClocksRow;
use amends_store::event::StoredEvent;
use amends_store::{Conn, case, clock};

use super::{Corrections, Pass};
use crate::error::Result;
use crate::sla::{by_case, logs, recount, row_of};

/// Cases read at once; each comes with its log.
const PAGE: u32 = 200;

impl Pass {
    pub(super) async fn clocks(&mut self, conn: &Conn, mut fix: Option<&mut Corrections>) -> Result<()> {
        let (shop, order) = (self.info.shop.id.clone(), CaseOrder::Opened);
        let mut after = None;
        loop {
            let page = case::list(conn, &shop, &CaseFilter::default(), order, after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(CaseCursor::after(last, order));
            let keys: Vec<_> = page.iter().map(|case| (shop.clone(), case.id)).collect();
            // The rows first: what is told between both questions is in the log already.
            let mut kept = by_case(clock::whole(conn, &keys).await?);
            let mut told = logs(conn, &keys).await?;
            for (case, key) in page.into_iter().zip(keys) {
                let log = told.remove(&key).unwrap_or_default();
                self.clocks_of_case(&case, kept.remove(&key), &log, fix.as_deref_mut());
            }
            self.page_done();
        }
    }

    fn clocks_of_case(
        &mut self,
        case: &Case,
        kept: Option<ClocksRow>,
        log: &[StoredEvent],
        fix: Option<&mut Corrections>,
    ) {
        let sla = &self.info.sla;
        let derived = recount(&self.info.shop.channel, log, case.priority, sla)
            .map(|clocks| row_of(&case.shop, case.id, clocks, sla));
        let due = derived.as_ref().and_then(|row| row.due_at);
        let name = format!("clocks of {}", case.id);
        let Some(kept) = kept.map(sorted) else {
            // Cases of before clocks were kept get theirs with the next thing that happens to them.
            let clocked =
                |one: &StoredEvent| matches!(one.row.event, Event::CaseOpened { priority: Some(_), .. });
            if log.iter().any(clocked) {
                self.differ(&name, &None, &derived);
            }
            if let (Some(derived), Some(fix)) = (derived, fix) {
                fix.clocks.push(derived);
            }
            return;
        };
        let derived = derived.map(sorted);
        // When to tell, and what is due, go by the hours: other hours hold at once, and
        // reach the rows when their timer comes.
        let timeless = |row: &ClocksRow| ClocksRow { tells_at: None, due_at: None, ..row.clone() };
        let differs = [
            self.differ(&name, &Some(timeless(&kept)), &derived.as_ref().map(timeless)),
            self.differ(format_args!("{name}, in the queue"), &case.sla_due, &kept.due_at),
            self.differ(format_args!("{name}, nearest promise"), &kept.due_at, &due),
        ];
        if let (true, Some(derived), Some(fix)) = (differs.contains(&true), derived, fix) {
            fix.clocks.push(derived);
        }
    }
}

fn sorted(mut row: ClocksRow) -> ClocksRow {
    row.parts.rows.sort_by_key(|one: &Row| (one.metric, one.number));
    row
}
