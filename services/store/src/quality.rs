//! Forms by which work is judged, what was drawn of it, and how it was judged.

use amends_domain::quality::{
    Decision, Dispute, Drawn, FormVersion, Given, Review, Sample, SampleState, Scored, Standing,
};
use amends_domain::{AgentId, CaseId, Day, SampleId, ShopId, Time};
use sea_orm::Value;

use crate::Of;
use crate::bulk::{self, Existing, Kind, Query, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{self, int, int_opt, str_opt, text, text_opt, time, time_opt};

mod counts;
mod form;

pub use counts::{counts, next_draw};
pub use form::{form, form_at, put_form};

const DRAWS: Table = Table {
    name: "quality_draws",
    columns: &[
        ("shop_id", Kind::Text),
        ("week", Kind::Int),
        ("agent_id", Kind::Text),
        ("solved", Kind::Int),
        ("drawn", Kind::Int),
        ("form", Kind::Int),
    ],
    key: &["shop_id", "week", "agent_id"],
};

const SAMPLES: Table = Table {
    name: "quality_samples",
    columns: &[
        ("shop_id", Kind::Text),
        ("sample_id", Kind::Text),
        ("case_id", Kind::Text),
        ("agent_id", Kind::Text),
        ("week", Kind::Int),
        ("form", Kind::Int),
        ("drawn_at", Kind::Int),
        ("state", Kind::Text),
        ("reviewer", Kind::Text),
        ("reviewed_at", Kind::Int),
        ("review_event", Kind::Text),
        ("scores", Kind::Text),
        ("score", Kind::Int),
        ("disputed_at", Kind::Int),
        ("dispute_event", Kind::Text),
        ("resolver", Kind::Text),
        ("resolved_at", Kind::Int),
        ("resolve_event", Kind::Text),
        ("new_scores", Kind::Text),
        ("new_score", Kind::Int),
        ("standing", Kind::Int),
        ("version", Kind::Int),
    ],
    key: &["shop_id", "sample_id"],
};

/// Which samples are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SampleFilter {
    /// In this state; none for all.
    pub state: Option<SampleState>,
    /// Of this agent's work; none for all.
    pub agent: Option<AgentId>,
    /// None that waits for a reviewer and is about the work of this one, who reads them.
    pub reader: Option<AgentId>,
    /// Only what waits for a reviewer, and of cases that this one had no part in.
    pub reviewer: Option<AgentId>,
}

/// Stores what was drawn of a week; what was drawn before stays as it is.
pub fn put_draw(form: &FormVersion, week: Day, drawn: &[Drawn], now: Time) -> [Write; 2] {
    let row = |one: &Drawn| {
        let count = i64::try_from(one.cases.len()).unwrap_or(i64::MAX);
        let (shop, agent) = (text(&form.shop), text(&one.agent));
        vec![shop, int(week.number()), agent, int(one.solved), int(count), int(form.version)]
    };
    let samples = drawn.iter().flat_map(|one| {
        one.cases.iter().map(|(case, id)| Sample {
            shop: form.shop.clone(),
            id: *id,
            case: *case,
            agent: one.agent.clone(),
            week,
            form: form.version,
            drawn_at: now,
            standing: Standing::Open,
            version: 1,
        })
    });
    [
        Write::insert(&DRAWS, drawn.iter().map(row).collect(), Existing::Keep),
        Write::insert(&SAMPLES, samples.map(|one| write(&one)).collect(), Existing::Keep),
    ]
}

/// These samples.
pub fn by_ids(samples: &[Of<SampleId>]) -> Query<Sample> {
    Query::by(&SAMPLES, SAMPLES.key, value::of(samples), read)
}

/// Stores a changed sample that was read at `old_version`. `Contended` when it is not at that version any more.
pub fn update(sample: &Sample, old_version: i64) -> Write {
    Write::update(&SAMPLES, vec![(write(sample), old_version)])
}

/// A page of the samples of a shop, the newest first.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn list(
    conn: &Conn,
    shop: &ShopId,
    filter: &SampleFilter,
    after: Option<&(Time, SampleId)>,
    limit: u32,
) -> Result<Vec<Sample>> {
    let mut sql = format!("{} WHERE shop_id = $1", bulk::select(&SAMPLES));
    let mut values = vec![text(shop)];
    let mut put = |value: Value| {
        values.push(value);
        format!("${}", values.len())
    };
    if let Some(state) = filter.state {
        sql.push_str(&format!(" AND state = '{state}'"));
    }
    if let Some(agent) = &filter.agent {
        sql.push_str(&format!(" AND agent_id = {}", put(text(agent))));
    }
    if let Some(reader) = &filter.reader {
        sql.push_str(&format!(" AND NOT (state = 'OPEN' AND agent_id = {})", put(text(reader))));
    }
    if let Some(reviewer) = &filter.reviewer {
        let who = put(text(reviewer));
        let worked = worked("quality_samples.shop_id", "quality_samples.case_id", &who);
        sql.push_str(&format!(" AND state = 'OPEN' AND agent_id <> {who} AND NOT EXISTS ({worked})"));
    }
    if let Some((at, id)) = after {
        sql.push_str(&format!(" AND (drawn_at, sample_id) < ({}, {})", put(time(*at)), put(text(id))));
    }
    let limit = put(int(limit));
    sql.push_str(&format!(" ORDER BY drawn_at DESC, sample_id DESC LIMIT {limit}"));
    conn.all(sql, values).await?.iter().map(read).collect()
}

/// Whether an agent ever held a case, wrote to its buyer or solved it; or one that was merged into it.
///
/// # Errors
/// When the database fails.
pub async fn has_worked(conn: &Conn, shop: &ShopId, case: CaseId, agent: &AgentId) -> Result<bool> {
    let sql = format!("{} LIMIT 1", worked("$1", "CAST($2 AS TEXT)", "$3"));
    Ok(conn.one(sql, vec![text(shop), text(case), text(agent)]).await?.is_some())
}

/// A row for each part that an agent had in a case, or in what was merged into it.
fn worked(shop: &str, case: &str, who: &str) -> String {
    format!(
        "WITH RECURSIVE part (case_id) AS (
             SELECT {case}
             UNION SELECT c.case_id FROM part AS p JOIN cases AS c
                 ON c.shop_id = {shop} AND c.merged_into = p.case_id
         )
         SELECT 1 AS yes FROM part AS p
         WHERE EXISTS (SELECT 1 FROM agent_spans AS s WHERE s.shop_id = {shop} AND s.kind = 'HOLDING'
                 AND s.subject = p.case_id AND s.agent_id = {who})
             OR EXISTS (SELECT 1 FROM agent_marks AS m WHERE m.shop_id = {shop}
                 AND m.case_id = p.case_id AND m.agent_id = {who})"
    )
}

/// `tone=3,facts=5`: the ids of criteria hold neither sign.
fn print(scored: &Scored) -> String {
    let each = scored.given.iter().map(|one| format!("{}={}", one.criterion, one.score));
    each.collect::<Vec<_>>().join(",")
}

fn given(text: &str) -> Option<Vec<Given>> {
    let each = text.split(',').map(|one| {
        let (criterion, score) = one.split_once('=')?;
        Some(Given { criterion: criterion.to_owned(), score: score.parse().ok()? })
    });
    each.collect()
}

fn write(sample: &Sample) -> Vec<Value> {
    let review = sample.review();
    let (dispute, decision) = match &sample.standing {
        Standing::Open | Standing::Reviewed(_) => (None, None),
        Standing::Disputed(_, dispute) => (Some(dispute), None),
        Standing::Resolved(_, dispute, decision) => (Some(dispute), Some(decision)),
    };
    let changed = decision.and_then(|one| one.changed.as_ref());
    vec![
        text(&sample.shop),
        text(sample.id),
        text(sample.case),
        text(&sample.agent),
        int(sample.week.number()),
        int(sample.form),
        time(sample.drawn_at),
        text(sample.state()),
        text_opt(review.map(|one| &one.by)),
        time_opt(review.map(|one| one.at)),
        text_opt(review.map(|one| one.event)),
        str_opt(review.map(|one| print(&one.scored)).as_deref()),
        int_opt(review.map(|one| one.scored.score)),
        time_opt(dispute.map(|one| one.at)),
        text_opt(dispute.map(|one| one.event)),
        text_opt(decision.map(|one| &one.by)),
        time_opt(decision.map(|one| one.at)),
        text_opt(decision.map(|one| one.event)),
        str_opt(changed.map(print).as_deref()),
        int_opt(changed.map(|one| one.score)),
        int_opt(sample.counts()),
        int(sample.version),
    ]
}

fn scored(row: &Row<'_>, scores: &str, score: &str) -> Result<Scored> {
    let text: String = row.get(scores)?;
    let given = given(&text).ok_or_else(|| row.corrupt(scores, "are no scores"))?;
    Ok(Scored { given, score: row.get(score)? })
}

fn read(row: &Fetched) -> Result<Sample> {
    let row = Row::new(SAMPLES.name, row);
    let review = || -> Result<Review> {
        Ok(Review {
            by: row.parse("reviewer")?,
            at: row.time("reviewed_at")?,
            scored: scored(&row, "scores", "score")?,
            event: row.parse("review_event")?,
        })
    };
    let dispute = || -> Result<Dispute> {
        Ok(Dispute { at: row.time("disputed_at")?, event: row.parse("dispute_event")? })
    };
    let decision = || -> Result<Decision> {
        let is_changed = row.get::<Option<i64>>("new_score")?.is_some();
        Ok(Decision {
            by: row.parse("resolver")?,
            at: row.time("resolved_at")?,
            changed: if is_changed { Some(scored(&row, "new_scores", "new_score")?) } else { None },
            event: row.parse("resolve_event")?,
        })
    };
    let standing = match row.parse::<SampleState>("state")? {
        SampleState::Open => Standing::Open,
        SampleState::Reviewed => Standing::Reviewed(review()?),
        SampleState::Disputed => Standing::Disputed(review()?, dispute()?),
        SampleState::Resolved => Standing::Resolved(review()?, dispute()?, decision()?),
    };
    Ok(Sample {
        shop: row.parse("shop_id")?,
        id: row.parse("sample_id")?,
        case: row.parse("case_id")?,
        agent: row.parse("agent_id")?,
        week: row.number("week").map(Day::from_number)?,
        form: row.get("form")?,
        drawn_at: row.time("drawn_at")?,
        standing,
        version: row.get("version")?,
    })
}
