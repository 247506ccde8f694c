//! What cases add to the figures of response and handling, in the transaction that changes them.
//!
//! Every event of a command passes through here on its way out, after the clocks have heard it. What a case
//! added before stands in its course row and in the rows of its clocks; what it adds now follows from both
//! as they are by now. Both are counted by difference.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use amends_domain::case::Case;
use amends_domain::event::Event;
use amends_domain::response::{Course, matters, of_answer, of_case, of_instances};
use amends_domain::rollup::{About, Facets};
use amends_domain::sla::{Metric, Row};
use amends_domain::tally::Counted;
use amends_domain::{CaseId, ShopId};
use amends_store::bulk::Trip;
use amends_store::course::{self, CourseRow};
use amends_store::event::EventRow;
use amends_store::survey::SurveyRow;
use amends_store::{Of, case, clock};

use crate::error::Result;
use crate::shops::ShopInfo;
use crate::sla::{Known, entry};
use crate::work::Work;

/// The rows of the clocks of a case that changed, by metric and number.
type Rows = BTreeMap<(Metric, u32), Row>;

/// What became of cases and clocks in a transaction.
#[derive(Debug, Default)]
pub(crate) struct Courses {
    cases: HashMap<Of<CaseId>, Case>,
    changed: BTreeSet<Of<CaseId>>,
    /// Clocks as they were and as they are.
    turned: BTreeMap<Of<CaseId>, (Rows, Rows)>,
    /// Courses as they are stored, as far as they were read already.
    stored: HashMap<Of<CaseId>, CourseRow>,
    /// All promises of cases that had only one of each clock, as they are stored.
    first: HashMap<Of<CaseId>, Vec<Row>>,
}

impl Courses {
    /// A case as it will be stored at the end; `changed` counts it anew.
    pub(crate) fn know(&mut self, case: &Case, changed: bool) {
        let key = (case.shop.clone(), case.id);
        if changed {
            self.changed.insert(key.clone());
        }
        self.cases.insert(key, case.clone());
    }

    /// A case is counted anew, as the database has it at the end.
    pub(crate) fn touch(&mut self, shop: &ShopId, case: CaseId) {
        self.changed.insert((shop.clone(), case));
    }

    /// Courses and the latest rows of clocks as they are stored.
    pub(crate) fn know_stored(&mut self, courses: Vec<CourseRow>, clocks: &Known) {
        self.stored.extend(courses.into_iter().map(|row| ((row.shop.clone(), row.case), row)));
        for (key, row) in clocks {
            if row.parts.rows.iter().all(|one| one.number == 1) {
                self.first.insert(key.clone(), row.parts.rows.clone());
            }
        }
    }

    /// The clocks of a case went on.
    pub(crate) fn turn(&mut self, case: &Of<CaseId>, before: &[Row], after: &[Row]) {
        let (old, new) = self.turned.entry(case.clone()).or_default();
        let key = |row: &Row| (row.metric, row.number);
        for row in before.iter().filter(|row| !new.contains_key(&key(row))) {
            old.insert(key(row), *row);
        }
        new.extend(after.iter().map(|row| (key(row), *row)));
    }

    /// Counts what has changed.
    pub(crate) async fn follow(mut self, work: &mut Work, events: &[EventRow]) -> Result<()> {
        let mut heard: BTreeMap<Of<CaseId>, Vec<&EventRow>> = BTreeMap::new();
        for row in events.iter().filter(|row| matters(&row.event)) {
            if let Some(case) = row.case {
                heard.entry((row.shop.clone(), case)).or_default().push(row);
            }
        }
        for key in self.changed.iter().chain(self.turned.keys()) {
            heard.entry(key.clone()).or_default();
        }
        if heard.is_empty() {
            return Ok(());
        }
        self.load(work, &heard).await?;
        let mut steps = Vec::with_capacity(heard.len());
        for (key, events) in heard {
            let (before, opened) = (self.stored.remove(&key), opens(&events));
            // Cases of before courses were kept are counted from the next repair on.
            let Some(case) = self.cases.get(&key).filter(|_| opened || before.is_some()) else { continue };
            let mut after = row_of(case, before.as_ref().map(|row| row.course.clone()).unwrap_or_default());
            events.iter().for_each(|row| after.course.take(entry(row)));
            steps.push((before, after));
        }
        self.count(work, &steps).await?;
        let changed: Vec<CourseRow> =
            steps.into_iter().filter(|(a, b)| a.as_ref() != Some(b)).map(|(_, after)| after).collect();
        work.write([course::put(&changed)]);
        Ok(())
    }

    /// Reads the courses and cases that are not known yet.
    async fn load(&mut self, work: &Work, heard: &BTreeMap<Of<CaseId>, Vec<&EventRow>>) -> Result<()> {
        // What is opened now has no course yet.
        let keys = heard.iter().filter(|(key, events)| !self.stored.contains_key(*key) && !opens(events));
        let keys: Vec<Of<CaseId>> = keys.map(|(key, _)| key.clone()).collect();
        let unknown: Vec<_> = heard.keys().filter(|key| !self.cases.contains_key(*key)).cloned().collect();
        let mut trip = Trip::default();
        let (courses, cases) = (trip.ask(course::of_cases(&keys)), trip.ask(case::by_ids(&unknown)));
        let mut answers = trip.go(&work.tx).await?;
        for case in answers.take(cases)? {
            self.cases.insert((case.shop.clone(), case.id), case);
        }
        let courses = answers.take(courses)?;
        self.stored.extend(courses.into_iter().map(|row| ((row.shop.clone(), row.case), row)));
        Ok(())
    }

    async fn count(&mut self, work: &mut Work, steps: &[(Option<CourseRow>, CourseRow)]) -> Result<()> {
        let moved = |(before, after): &&(Option<CourseRow>, CourseRow)| {
            before.as_ref().is_some_and(|before| place_of(before) != place_of(after))
        };
        let moved: Vec<_> = steps.iter().filter(moved).map(|(_, row)| (row.shop.clone(), row.case)).collect();
        // All of its promises move with a case of which something else is known; they are stored as they were.
        let (known, asked): (Vec<_>, Vec<_>) =
            moved.into_iter().partition(|key| self.first.contains_key(key));
        let mut whole: HashMap<Of<CaseId>, Vec<Row>> = HashMap::new();
        whole.extend(known.into_iter().filter_map(|key| self.first.remove_entry(&key)));
        for row in clock::whole(&work.tx, &asked).await? {
            whole.insert((row.shop.clone(), row.case), row.parts.rows);
        }
        for (before, after) in steps {
            let info = work.app.shops().get(&work.tx, &after.shop, work.now).await?;
            let key = (after.shop.clone(), after.case);
            let (mut old, mut new) = self.turned.remove(&key).unwrap_or_default();
            for row in whole.remove(&key).unwrap_or_default() {
                let number = (row.metric, row.number);
                old.entry(number).or_insert(row);
                new.entry(number).or_insert(row);
            }
            let mut off = before.as_ref().map(|row| counts_of(&info, row)).unwrap_or_default();
            off.extend(before.iter().flat_map(|row| promises_of(&info, row, old.values())));
            let mut on = counts_of(&info, after);
            on.extend(promises_of(&info, after, new.values()));
            work.recount(&after.shop, &off, &on);
        }
        Ok(())
    }
}

/// Whether a case is opened by one of these.
fn opens(events: &[&EventRow]) -> bool {
    events.iter().any(|row| matches!(row.event, Event::CaseOpened { .. }))
}

/// By what the figures of a case are told apart.
fn place_of(row: &CourseRow) -> (&About, u8) {
    (&row.about, row.priority)
}

/// The course of a case as it is stored.
pub(crate) fn row_of(case: &Case, course: Course) -> CourseRow {
    CourseRow {
        shop: case.shop.clone(),
        case: case.id,
        about: About::of([case]),
        priority: case.priority,
        course,
    }
}

/// What a case adds, but for its promises.
pub(crate) fn counts_of(info: &ShopInfo, row: &CourseRow) -> Vec<Counted> {
    of_case(&row.course, &facets(row), &info.zone, &info.sla.calendar)
}

/// What promises of a case add.
pub(crate) fn promises_of<'a>(
    info: &ShopInfo,
    row: &CourseRow,
    rows: impl IntoIterator<Item = &'a Row>,
) -> Vec<Counted> {
    of_instances(rows, (&facets(row), row.priority), &info.zone, &info.sla.calendar)
}

/// What an answer about no case adds.
pub(crate) fn of_survey(info: &ShopInfo, row: &SurveyRow) -> Counted {
    let counts = of_answer((row.occurred_at, row.kind, row.score), &info.zone);
    Counted { facets: Facets::default(), counts: counts.into_iter().collect(), ..Counted::default() }
}

fn facets(row: &CourseRow) -> Facets {
    Facets::new(None, &row.about, None)
}
