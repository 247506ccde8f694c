//! When agents were there and what they held, and what they did at a moment.

use amends_domain::agent_performance::{AgentSpan, Made, Mark, SpanKind};
use amends_domain::{AgentId, CaseId, ShopId, Time};
use sea_orm::Value;

use crate::Of;
use crate::bulk::{self, Column, Existing, Kind, Query, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{self, int, int_opt, str, text, text_opt, time, time_opt};

const SPANS: Table = Table {
    name: "agent_spans",
    columns: &[
        ("shop_id", Kind::Text),
        ("kind", Kind::Text),
        ("subject", Kind::Text),
        ("number", Kind::Int),
        ("agent_id", Kind::Text),
        ("started_at", Kind::Int),
        ("ended_at", Kind::Int),
    ],
    key: &["shop_id", "kind", "subject", "number"],
};

const MARKS: Table = Table {
    name: "agent_marks",
    columns: &[
        ("shop_id", Kind::Text),
        ("event_id", Kind::Text),
        ("kind", Kind::Text),
        ("agent_id", Kind::Text),
        ("case_id", Kind::Text),
        ("at", Kind::Int),
        ("value", Kind::Int),
        ("solution", Kind::Int),
    ],
    key: &["shop_id", "event_id"],
};

/// Stores what a part of the log made: first the ends of what was open before it.
pub fn keep(made: &Made) -> [Write; 3] {
    [end(&made.ends), put_spans(&made.spans), put_marks(&made.marks)]
}

/// Ends what is open; a span never ends before it begins.
fn end(ends: &[(ShopId, SpanKind, String, Time)]) -> Write {
    const ENDS: [Column; 4] =
        [("shop_id", Kind::Text), ("kind", Kind::Text), ("subject", Kind::Text), ("until", Kind::Int)];
    let rows = ends
        .iter()
        .map(|(shop, kind, subject, at)| vec![text(shop), text(*kind), str(subject.as_str()), time(*at)]);
    let set = "UPDATE agent_spans SET ended_at =
        CASE WHEN agent_spans.started_at > t.until THEN agent_spans.started_at ELSE t.until END FROM";
    let which = "WHERE agent_spans.shop_id = t.shop_id AND agent_spans.kind = t.kind
        AND agent_spans.subject = t.subject AND agent_spans.ended_at IS NULL";
    Write::change(SPANS.name, &ENDS, rows.collect(), set, which)
}

/// Stores spans, in place of those that are there.
pub fn put_spans(spans: &[AgentSpan]) -> Write {
    Write::insert(&SPANS, spans.iter().map(span).collect(), Existing::Replace)
}

/// Stores marks, in place of those that are there.
pub fn put_marks(marks: &[Mark]) -> Write {
    Write::insert(&MARKS, marks.iter().map(mark).collect(), Existing::Replace)
}

/// Spans of these subjects.
pub fn spans_of(kind: SpanKind, subjects: &[Of<String>]) -> Query<AgentSpan> {
    let keys =
        subjects.iter().map(|(shop, subject)| vec![shop.to_string(), kind.to_string(), subject.clone()]);
    Query::by(&SPANS, &["shop_id", "kind", "subject"], keys.collect(), read_span).and("TRUE ORDER BY number")
}

/// Marks of these cases.
pub fn marks_of(cases: &[Of<CaseId>]) -> Query<Mark> {
    Query::by(&MARKS, &["shop_id", "case_id"], value::of(cases), read_mark).and("TRUE ORDER BY event_id")
}

/// All presences and absences of a shop.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn presences(conn: &Conn, shop: &ShopId) -> Result<Vec<AgentSpan>> {
    let sql = format!(
        "{} WHERE shop_id = $1 AND kind IN ('PRESENT', 'AWAY') ORDER BY kind, subject, number",
        bulk::select(&SPANS)
    );
    conn.all(sql, vec![text(shop)]).await?.iter().map(read_span).collect()
}

/// Forgets the spans of these subjects.
pub fn forget_spans(subjects: &[(ShopId, SpanKind, String)]) -> Write {
    const WHICH: [Column; 3] = [("shop_id", Kind::Text), ("kind", Kind::Text), ("subject", Kind::Text)];
    let rows =
        subjects.iter().map(|(shop, kind, subject)| vec![text(shop), text(*kind), str(subject.as_str())]);
    let before =
        "DELETE FROM agent_spans WHERE (shop_id, kind, subject) IN (SELECT t.shop_id, t.kind, t.subject FROM";
    Write::change(SPANS.name, &WHICH, rows.collect(), before, ")")
}

/// Forgets the marks of these cases.
pub fn forget_marks(cases: &[Of<CaseId>]) -> Write {
    const WHICH: [Column; 2] = [("shop_id", Kind::Text), ("case_id", Kind::Text)];
    let rows = cases.iter().map(|(shop, case)| vec![text(shop), text(case)]);
    let before = "DELETE FROM agent_marks WHERE (shop_id, case_id) IN (SELECT t.shop_id, t.case_id FROM";
    Write::change(MARKS.name, &WHICH, rows.collect(), before, ")")
}

/// What of the time of these shops lies within two instants, at most so many spans. What nobody ended yet
/// ends when its lease or presence does, if that is known: a hold with the first of both.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn spans_within(
    conn: &Conn,
    shops: &[ShopId],
    (from, until): (Time, Time),
    limit: u32,
) -> Result<Vec<AgentSpan>> {
    let keys: Vec<[&str; 1]> = shops.iter().map(|shop| [shop.as_str()]).collect();
    let (ours, keys) = bulk::keys(conn.engine(), &["shop_id"], 4, &keys);
    let columns = "s.shop_id, s.kind, s.subject, s.number, s.agent_id, s.started_at";
    let sql = format!(
        "SELECT {columns}, s.ended_at FROM agent_spans AS s
         WHERE {ours} AND s.ended_at > $1 AND s.started_at < $2
         UNION ALL
         SELECT {columns}, CASE s.kind
             WHEN 'HOLDING' THEN (SELECT CASE WHEN a.expires_at < c.lease_expires_at THEN a.expires_at ELSE c.lease_expires_at END
                 FROM cases AS c LEFT JOIN agents AS a ON a.shop_id = c.shop_id AND a.agent_id = c.owner
                 WHERE c.shop_id = s.shop_id AND c.case_id = s.subject AND c.state IN ('CLAIMED', 'WORKING'))
             ELSE (SELECT a.expires_at FROM agents AS a
                 WHERE a.shop_id = s.shop_id AND a.agent_id = s.agent_id) END AS ended_at
         FROM agent_spans AS s WHERE {ours} AND s.ended_at IS NULL AND s.started_at < $2
         LIMIT $3"
    );
    let values = [vec![time(from), time(until), int(limit)], keys].concat();
    conn.all(sql, values).await?.iter().map(read_span).collect()
}

/// What agents of these shops did between two instants, at most so many marks. Each comes with whether it was
/// the first contact of its case; a judgement has the agent who gave the solution that is judged.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn marks_within(
    conn: &Conn,
    shops: &[ShopId],
    (from, until): (Time, Time),
    limit: u32,
) -> Result<Vec<(Mark, bool)>> {
    let keys: Vec<[&str; 1]> = shops.iter().map(|shop| [shop.as_str()]).collect();
    let (ours, keys) = bulk::keys(conn.engine(), &["shop_id"], 4, &keys);
    let sql = format!(
        "SELECT m.shop_id, m.event_id, m.kind, m.case_id, m.at, m.value, m.solution,
             CASE WHEN m.kind <> 'JUDGED' THEN m.agent_id
             WHEN m.solution IS NULL THEN (SELECT s.agent_id FROM agent_marks AS s
                 WHERE s.shop_id = m.shop_id AND s.case_id = m.case_id AND s.at <= m.at AND s.kind = 'SOLVED'
                 ORDER BY s.at DESC, s.event_id DESC LIMIT 1)
             ELSE (SELECT s.agent_id FROM agent_marks AS s
                 WHERE s.shop_id = m.shop_id AND s.case_id = m.case_id AND s.kind = 'SOLVED'
                     AND (SELECT COUNT(*) FROM agent_marks AS e WHERE e.shop_id = s.shop_id
                         AND e.case_id = s.case_id AND e.kind = 'SOLVED'
                         AND (e.at, e.event_id) < (s.at, s.event_id)) = m.solution - 1)
             END AS agent_id,
             CAST(CASE WHEN m.kind IN ('REPLY', 'CONTACT') AND NOT EXISTS (SELECT 1 FROM agent_marks AS e
                 WHERE e.shop_id = m.shop_id AND e.case_id = m.case_id AND e.kind IN ('REPLY', 'CONTACT')
                     AND (e.at < m.at OR (e.at = m.at AND e.event_id < m.event_id))) THEN 1 ELSE 0 END AS BIGINT) AS is_first
         FROM agent_marks AS m WHERE {ours} AND m.at >= $1 AND m.at < $2
         ORDER BY m.at, m.event_id LIMIT $3"
    );
    let values = [vec![time(from), time(until), int(limit)], keys].concat();
    let rows = conn.all(sql, values).await?;
    let read = |row: &Fetched| {
        let first: i64 = Row::new(MARKS.name, row).number("is_first")?;
        Ok((read_mark(row)?, first == 1))
    };
    rows.iter().map(read).collect()
}

/// The agents who solved cases of a shop between two instants, with the cases: each pair once, in order.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn solved_within(
    conn: &Conn,
    shop: &ShopId,
    (from, until): (Time, Time),
) -> Result<Vec<(AgentId, CaseId)>> {
    let sql = "SELECT DISTINCT agent_id, case_id FROM agent_marks
         WHERE shop_id = $1 AND at >= $2 AND at < $3 AND kind = 'SOLVED' AND agent_id IS NOT NULL
         ORDER BY agent_id, case_id";
    let rows = conn.all(sql, vec![text(shop), time(from), time(until)]).await?;
    let rows = rows.iter().map(|row| Row::new(MARKS.name, row));
    rows.map(|row| Ok((row.parse("agent_id")?, row.parse("case_id")?))).collect()
}

fn span(span: &AgentSpan) -> Vec<Value> {
    vec![
        text(&span.shop),
        text(span.kind),
        str(span.subject.as_str()),
        int(span.number),
        text(&span.agent),
        time(span.started_at),
        time_opt(span.ended_at),
    ]
}

fn mark(mark: &Mark) -> Vec<Value> {
    vec![
        text(&mark.shop),
        text(mark.event),
        text(mark.kind),
        text_opt(mark.agent.as_ref()),
        text(mark.case),
        time(mark.at),
        int(mark.value),
        int_opt(mark.solution.map(i64::from)),
    ]
}

fn read_span(row: &Fetched) -> Result<AgentSpan> {
    let row = Row::new(SPANS.name, row);
    Ok(AgentSpan {
        shop: row.parse("shop_id")?,
        kind: row.parse("kind")?,
        subject: row.get("subject")?,
        number: row.get("number")?,
        agent: row.parse("agent_id")?,
        started_at: row.time("started_at")?,
        ended_at: row.time_opt("ended_at")?,
    })
}

fn read_mark(row: &Fetched) -> Result<Mark> {
    let row = Row::new(MARKS.name, row);
    Ok(Mark {
        shop: row.parse("shop_id")?,
        event: row.parse("event_id")?,
        kind: row.parse("kind")?,
        agent: row.parse_opt("agent_id")?,
        case: row.parse("case_id")?,
        at: row.time("at")?,
        value: row.get("value")?,
        solution: row.number_opt("solution")?,
    })
}
