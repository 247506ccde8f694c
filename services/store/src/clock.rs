//! The clocks of cases: where each case stands, and a row for each instance.

use std::collections::HashMap;

use amends_domain::case::Case;
use amends_domain::deadline::DeadlineKind;
use amends_domain::shop::Channel;
use amends_domain::sla::{About, Parts, Phase, Promise, Row as Instance, Stand, Standing};
use amends_domain::{CaseId, ShopId, Span, Time};
use sea_orm::Value;

use crate::Of;
use crate::bulk::{Answers, Column, Existing, Kind, Place, Query, Table, Trip, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{self, int, int_opt, text, text_opt, time, time_opt};

const CLOCKS: Table = Table {
    name: "clocks",
    columns: &[
        ("shop_id", Kind::Text),
        ("case_id", Kind::Text),
        ("kind", Kind::Text),
        ("channel", Kind::Text),
        ("priority", Kind::Int),
        ("standing", Kind::Text),
        ("buyer_waits", Kind::Bool),
        ("answered", Kind::Bool),
        ("last_at", Kind::Int),
        ("tells_at", Kind::Int),
        ("due_at", Kind::Int),
    ],
    key: &["shop_id", "case_id"],
};

const INSTANCES: Table = Table {
    name: "clock_instances",
    columns: &[
        ("shop_id", Kind::Text),
        ("case_id", Kind::Text),
        ("metric", Kind::Text),
        ("number", Kind::Int),
        ("is_latest", Kind::Bool),
        ("started_at", Kind::Int),
        ("target", Kind::Int),
        ("hours", Kind::Text),
        ("policy_from", Kind::Int),
        ("policy_row", Kind::Int),
        ("consumed", Kind::Int),
        ("phase", Kind::Text),
        ("phase_at", Kind::Int),
        ("paused_by", Kind::Text),
        ("warned_at", Kind::Int),
        ("breached_at", Kind::Int),
    ],
    key: &["shop_id", "case_id", "metric", "number"],
};

/// The clocks of a case as they are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClocksRow {
    /// The tenant.
    pub shop: ShopId,
    /// Whose clocks.
    pub case: CaseId,
    /// The clocks taken apart. What was read to go on has the latest instance of each
    /// metric only; what is written replaces the rows it names and leaves the others.
    pub parts: Parts,
    /// When there is something to tell about them, if nothing happens until then.
    pub tells_at: Option<Time>,
    /// When the nearest promise of one that runs falls due.
    pub due_at: Option<Time>,
}

/// Where the clocks that were asked for are found.
#[derive(Debug)]
pub struct Asked(Place<ClocksRow>, Place<(ShopId, CaseId, Instance)>);

/// Asks for the clocks of the cases that a question leads to, as far as is needed to go on.
pub fn ask(trip: &mut Trip, cases: Query<Case>) -> Asked {
    let stands = cases.clone().leading_to(&CLOCKS, CLOCKS.key, read);
    let instances = cases.leading_to(&INSTANCES, CLOCKS.key, read_instance).and("is_latest");
    Asked(trip.ask(stands), trip.ask(instances))
}

/// The clocks that came back.
///
/// # Errors
/// When the database holds what it must not.
pub fn take(answers: &mut Answers, asked: Asked) -> Result<Vec<ClocksRow>> {
    Ok(joined(answers.take(asked.0)?, answers.take(asked.1)?))
}

/// The clocks of these cases, as far as is needed to go on.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn latest(conn: &Conn, cases: &[Of<CaseId>]) -> Result<Vec<ClocksRow>> {
    look(conn, cases, |query| query.and("is_latest")).await
}

/// The clocks of these cases with every instance there ever was, those of a metric in order.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn whole(conn: &Conn, cases: &[Of<CaseId>]) -> Result<Vec<ClocksRow>> {
    look(conn, cases, |query| query).await
}

type InstanceOf = (ShopId, CaseId, Instance);

async fn look(
    conn: &Conn,
    cases: &[Of<CaseId>],
    narrow: fn(Query<InstanceOf>) -> Query<InstanceOf>,
) -> Result<Vec<ClocksRow>> {
    if cases.is_empty() {
        return Ok(Vec::new());
    }
    let mut trip = Trip::default();
    let stands = trip.ask(Query::by(&CLOCKS, CLOCKS.key, value::of(cases), read));
    let instances = narrow(Query::by(&INSTANCES, CLOCKS.key, value::of(cases), read_instance));
    let asked = Asked(stands, trip.ask(instances));
    take(&mut trip.go(conn).await?, asked)
}

fn joined(mut stands: Vec<ClocksRow>, instances: Vec<InstanceOf>) -> Vec<ClocksRow> {
    let mut of_case: HashMap<Of<CaseId>, Vec<Instance>> = HashMap::new();
    for (shop, case, instance) in instances {
        of_case.entry((shop, case)).or_default().push(instance);
    }
    for row in &mut stands {
        let mut rows = of_case.remove(&(row.shop.clone(), row.case)).unwrap_or_default();
        rows.sort_by_key(|one| (one.started_at, one.metric, one.number));
        row.parts.rows = rows;
    }
    stands
}

/// Stores clocks; of a metric with several instances, the last is the latest.
pub fn put(clocks: &[ClocksRow]) -> [Write; 2] {
    let stands = clocks.iter().map(write).collect();
    let instances = clocks.iter().flat_map(|row| {
        let rows = &row.parts.rows;
        rows.iter().map(move |one| {
            let newer = rows.iter().any(|other| other.metric == one.metric && other.number > one.number);
            write_instance(row, one, !newer)
        })
    });
    [
        Write::insert(&CLOCKS, stands, Existing::Replace),
        Write::insert(&INSTANCES, instances.collect(), Existing::Replace),
    ]
}

/// Has every clock of a shop that may run looked at by a time, whatever was to be told about it until now.
///
/// # Errors
/// When the database refuses.
pub async fn look_again(conn: &Conn, shop: &ShopId, by: Time) -> Result<u64> {
    let sql = format!(
        "INSERT INTO deadlines (shop_id, kind, subject, due_at)
         SELECT shop_id, '{}', case_id, $1 FROM clocks WHERE shop_id = $2 AND standing NOT IN ('{}', '{}')
         ON CONFLICT (shop_id, kind, subject) DO UPDATE SET due_at = excluded.due_at
             WHERE deadlines.due_at > excluded.due_at",
        DeadlineKind::Sla,
        Standing::Solved,
        Standing::Ended
    );
    conn.run(sql, vec![time(by), text(shop)]).await
}

/// Forgets clocks, to store others in their place.
pub fn forget(cases: &[Of<CaseId>]) -> [Write; 2] {
    const KEY: [Column; 2] = [("shop_id", Kind::Text), ("case_id", Kind::Text)];
    [CLOCKS, INSTANCES].map(|table| {
        let rows = cases.iter().map(|(shop, case)| vec![text(shop), text(case)]).collect();
        let which = format!("DELETE FROM {} WHERE (shop_id, case_id) IN (SELECT * FROM", table.name);
        Write::change(table.name, &KEY, rows, which, ")")
    })
}

fn write(row: &ClocksRow) -> Vec<Value> {
    let Parts { about, stand, .. } = &row.parts;
    vec![
        text(&row.shop),
        text(row.case),
        text(about.kind),
        text(about.channel.as_str()),
        int(about.priority),
        text(stand.standing),
        stand.buyer_waits.into(),
        stand.answered.into(),
        time(stand.last_at),
        time_opt(row.tells_at),
        time_opt(row.due_at),
    ]
}

fn write_instance(row: &ClocksRow, one: &Instance, is_latest: bool) -> Vec<Value> {
    let (phase, at, by) = match one.phase {
        Phase::Running { since } => ("RUNNING", since, None),
        Phase::Paused { since, by } => ("PAUSED", since, Some(by)),
        Phase::Stopped { at } => ("STOPPED", at, None),
        Phase::Cancelled { at } => ("CANCELLED", at, None),
    };
    let promise = one.promise.as_ref();
    vec![
        text(&row.shop),
        text(row.case),
        text(one.metric),
        int(one.number),
        is_latest.into(),
        time(one.started_at),
        int_opt(promise.map(|p| p.span.micros())),
        text_opt(promise.map(|p| p.hours)),
        time_opt(promise.map(|p| p.effective_from)),
        int_opt(promise.map(|p| i64::try_from(p.target).unwrap_or(i64::MAX))),
        int(one.consumed.micros()),
        text(phase),
        time(at),
        text_opt(by),
        time_opt(one.warned_at),
        time_opt(one.breached_at),
    ]
}

fn read(row: &Fetched) -> Result<ClocksRow> {
    let row = Row::new("clocks", row);
    let channel: String = row.get("channel")?;
    Ok(ClocksRow {
        shop: row.parse("shop_id")?,
        case: row.parse("case_id")?,
        parts: Parts {
            about: About {
                kind: row.parse("kind")?,
                channel: Channel::new(channel).map_err(|e| row.corrupt("channel", e))?,
                priority: row.number("priority")?,
            },
            stand: Stand {
                standing: row.parse("standing")?,
                buyer_waits: row.get("buyer_waits")?,
                answered: row.get("answered")?,
                last_at: row.time("last_at")?,
            },
            rows: Vec::new(),
        },
        tells_at: row.time_opt("tells_at")?,
        due_at: row.time_opt("due_at")?,
    })
}

fn read_instance(row: &Fetched) -> Result<InstanceOf> {
    let row = Row::new("clock_instances", row);
    let at = row.time("phase_at")?;
    let phase = match row.get::<String>("phase")?.as_str() {
        "RUNNING" => Phase::Running { since: at },
        "PAUSED" => Phase::Paused { since: at, by: row.parse("paused_by")? },
        "STOPPED" => Phase::Stopped { at },
        "CANCELLED" => Phase::Cancelled { at },
        other => return Err(row.corrupt("phase", format!("{other:?} is no phase"))),
    };
    let promise = match row.get::<Option<i64>>("target")? {
        None => None,
        Some(span) => Some(Promise {
            span: Span::from_micros(span),
            hours: row.parse("hours")?,
            effective_from: row.time("policy_from")?,
            target: row.number("policy_row")?,
        }),
    };
    let one = Instance {
        metric: row.parse("metric")?,
        number: row.number("number")?,
        started_at: row.time("started_at")?,
        promise,
        consumed: Span::from_micros(row.get("consumed")?),
        phase,
        warned_at: row.time_opt("warned_at")?,
        breached_at: row.time_opt("breached_at")?,
    };
    Ok((row.parse("shop_id")?, row.parse("case_id")?, one))
}
