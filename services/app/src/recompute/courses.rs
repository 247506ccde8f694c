//! The courses of cases, told again from their logs, with what they and their promises add; and answers of
//! buyers about no case.

use std::collections::HashMap;

use amends_domain::CaseId;
use amends_domain::case::Case;
use amends_domain::response::{Course, WORDS};
use amends_domain::sla::record;
use amends_store::case::{CaseCursor, CaseFilter, CaseOrder};
use amends_store::course::{self, CourseRow};
use amends_store::event::{self, StoredEvent};
use amends_store::{Conn, Of, case, clock, survey};

use super::{Corrections, PAGE, Pass};
use crate::course::{counts_of, of_survey, promises_of, row_of};
use crate::error::Result;
use crate::sla::{recount, stored};

/// Cases read at once; each comes with its log.
const CASES: u32 = 200;

impl Pass {
    pub(super) async fn courses(&mut self, conn: &Conn, mut fix: Option<&mut Corrections>) -> Result<()> {
        let (shop, order) = (self.info.shop.id.clone(), CaseOrder::Opened);
        let mut after = None;
        loop {
            let page = case::list(conn, &shop, &CaseFilter::default(), order, after.as_ref(), CASES).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(CaseCursor::after(last, order));
            let keys: Vec<Of<CaseId>> = page.iter().map(|case| (shop.clone(), case.id)).collect();
            let kept = course::of_cases(&keys).all(conn).await?;
            let mut kept: HashMap<CaseId, CourseRow> = kept.into_iter().map(|row| (row.case, row)).collect();
            let clocked = clock::whole(conn, &keys).await?;
            let clocked: Vec<CaseId> = clocked.into_iter().map(|row| row.case).collect();
            let mut logs: HashMap<CaseId, Vec<StoredEvent>> = HashMap::new();
            for one in event::by_cases(&keys, &[record::WORDS, record::TOLD, WORDS]).all(conn).await? {
                one.row.case.into_iter().for_each(|case| logs.entry(case).or_default().push(one.clone()));
            }
            for case in page {
                let log = logs.remove(&case.id).unwrap_or_default();
                let is_clocked = clocked.contains(&case.id) || fix.is_some();
                self.course(&case, kept.remove(&case.id), (&log, is_clocked), fix.as_deref_mut());
            }
            self.page_done();
        }
    }

    fn course(
        &mut self,
        case: &Case,
        kept: Option<CourseRow>,
        (log, is_clocked): (&[StoredEvent], bool),
        fix: Option<&mut Corrections>,
    ) {
        let derived = row_of(case, Course::of(stored(log)));
        let differs = self.differ(format_args!("course of {}", case.id), &kept.as_ref(), &Some(&derived));
        let mut counted = counts_of(&self.info, &derived);
        if is_clocked {
            let clocks = recount(&self.info.shop.channel, log, case.priority, &self.info.sla);
            let rows = clocks.as_ref().map(|clocks| clocks.rows()).unwrap_or_default();
            counted.extend(promises_of(&self.info, &derived, rows));
        }
        counted.iter().for_each(|one| self.sums.add(&case.shop, one));
        if let Some(fix) = fix.filter(|_| differs) {
            fix.courses.push(derived);
        }
    }

    /// Answers about no case stand in their rows alone.
    pub(super) async fn said(&mut self, conn: &Conn) -> Result<()> {
        let shop = self.info.shop.id.clone();
        let mut after = None;
        loop {
            let page = survey::without_case(conn, &shop, after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.survey.clone());
            for row in &page {
                let counted = of_survey(&self.info, row);
                self.sums.add(&shop, &counted);
            }
        }
    }
}
