//! Who acted first in each case, and what was fulfilled first in it, by its log.

use std::collections::HashMap;

use amends_domain::case::Case;
use amends_domain::event::Event;
use amends_domain::remedy::RemedyKind;
use amends_domain::{AgentId, CaseId, ShopId};
use amends_store::case::{CaseCursor, CaseFilter, CaseOrder};
use amends_store::{Conn, case, event};

use super::{Corrections, Pass};
use crate::error::Result;

/// Cases read at once; each comes with a part of its log.
const PAGE: u32 = 200;

/// What happens to a case that decides both.
const WORDS: &[&str] = &[
    "case.work_started",
    "case.absorbed",
    "case.closed",
    "case.cancelled",
    "case.merged",
    "remedy.fulfilled",
];

/// Who acted first, and what was fulfilled first.
pub(super) type Firsts = (Option<AgentId>, Option<RemedyKind>);

type Logs = HashMap<CaseId, Vec<Event>>;

impl Pass {
    pub(super) async fn cases(&mut self, conn: &Conn, mut fix: Option<&mut Corrections>) -> Result<()> {
        let (shop, order) = (self.info.shop.id.clone(), CaseOrder::Opened);
        let mut after = None;
        loop {
            let page = case::list(conn, &shop, &CaseFilter::default(), order, after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(CaseCursor::after(last, order));
            let logs = logs(conn, &shop, page.iter().map(|case| case.id).collect()).await?;
            for case in page {
                self.firsts_of_case(&case, &logs, fix.as_deref_mut());
            }
        }
    }

    fn firsts_of_case(&mut self, case: &Case, logs: &Logs, fix: Option<&mut Corrections>) {
        let derived = firsts(case.id, logs, &mut Vec::new());
        let stored = (case.first_agent.clone(), case.remedied);
        let differs = [
            self.differ(format_args!("case {}, who acted first", case.id), &stored.0, &derived.0),
            self.differ(format_args!("case {}, what was fulfilled first", case.id), &stored.1, &derived.1),
        ];
        if let Some(fix) = fix.filter(|_| differs.contains(&true)) {
            fix.cases.push((case.shop.clone(), case.id, derived));
        }
    }
}

/// What happened to the cases, and to those that became part of them.
async fn logs(conn: &Conn, shop: &ShopId, mut wanted: Vec<CaseId>) -> Result<Logs> {
    let mut logs = Logs::new();
    while !wanted.is_empty() {
        let keys: Vec<_> = wanted.drain(..).map(|case| (shop.clone(), case)).collect();
        logs.extend(keys.iter().map(|(_, case)| (*case, Vec::new())));
        for stored in event::by_cases(&keys, &[WORDS]).all(conn).await? {
            if let Event::CaseAbsorbed { from } = stored.row.event
                && !logs.contains_key(&from)
                && !wanted.contains(&from)
            {
                wanted.push(from);
            }
            let of = stored.row.case.and_then(|case| logs.get_mut(&case));
            of.into_iter().for_each(|log| log.push(stored.row.event.clone()));
        }
    }
    Ok(logs)
}

/// By the log of a case; `above` are the cases it became part of.
fn firsts(case: CaseId, logs: &Logs, above: &mut Vec<CaseId>) -> Firsts {
    let mut found = Firsts::default();
    if above.contains(&case) {
        return found;
    }
    above.push(case);
    for event in logs.get(&case).into_iter().flatten() {
        match event {
            Event::WorkStarted { agent } => found.0 = found.0.or_else(|| Some(agent.clone())),
            Event::RemedyFulfilled { kind, .. } => found.1 = found.1.or(Some(*kind)),
            Event::CaseAbsorbed { from } => {
                let (agent, kind) = firsts(*from, logs, above);
                found = (found.0.or(agent), found.1.or(kind));
            }
            // What ended learns no more.
            Event::CaseClosed { .. } | Event::CaseCancelled { .. } | Event::CaseMerged { .. } => break,
            _ => {}
        }
    }
    above.pop();
    found
}
