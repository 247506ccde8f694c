//! The courses of cases, with what was known of each case when it was counted last.

use amends_domain::case::Case;
use amends_domain::response::Course;
use amends_domain::rollup::About;
use amends_domain::{AgentId, CaseId, ShopId};

use crate::Of;
use crate::bulk::{Existing, Kind, Query, Table, Write};
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{self, int, str, text, text_opt};

const COURSES: Table = Table {
    name: "courses",
    columns: &[
        ("shop_id", Kind::Text),
        ("case_id", Kind::Text),
        ("reason", Kind::Text),
        ("remedy", Kind::Text),
        ("agent", Kind::Text),
        ("language", Kind::Text),
        ("priority", Kind::Int),
        ("steps", Kind::Text),
    ],
    key: &["shop_id", "case_id"],
};

/// What happened to a case, and by what it is told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CourseRow {
    /// The tenant.
    pub shop: ShopId,
    /// Which case.
    pub case: CaseId,
    /// What was known of it.
    pub about: About,
    /// How urgent it was, 0–100.
    pub priority: u8,
    /// What happened.
    pub course: Course,
}

/// The courses of these cases.
pub fn of_cases(cases: &[Of<CaseId>]) -> Query<CourseRow> {
    Query::by(&COURSES, COURSES.key, value::of(cases), read)
}

/// The courses of the cases that a question leads to.
pub fn of(cases: Query<Case>) -> Query<CourseRow> {
    cases.leading_to(&COURSES, COURSES.key, read)
}

/// Stores courses in place of those that are there.
pub fn put(courses: &[CourseRow]) -> Write {
    let rows = courses.iter().map(|row| {
        vec![
            text(&row.shop),
            text(row.case),
            text_opt(row.about.reason),
            text_opt(row.about.remedy),
            text_opt(row.about.agent.as_ref().map(AgentId::to_string)),
            str(&row.about.language),
            int(row.priority),
            text(&row.course),
        ]
    });
    Write::insert(&COURSES, rows.collect(), Existing::Replace)
}

fn read(row: &Fetched) -> Result<CourseRow> {
    let row = Row::new("courses", row);
    Ok(CourseRow {
        shop: row.parse("shop_id")?,
        case: row.parse("case_id")?,
        about: About {
            reason: row.parse_opt("reason")?,
            remedy: row.parse_opt("remedy")?,
            agent: row.parse_opt("agent")?,
            language: row.get("language")?,
        },
        priority: row.number("priority")?,
        course: row.parse("steps")?,
    })
}
