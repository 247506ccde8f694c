//! Incidents, and the cases in them.

use amends_domain::incident::chart::Signal;
use amends_domain::incident::{About, Incident, IncidentState, Membership, Resolution};
use amends_domain::statistics::chart::Sample;
use amends_domain::{AgentId, CaseId, IncidentId, ShopId, Sku, Time};
use sea_orm::Value;

use crate::Of;
use crate::bulk::{self, Column, Existing, Kind, Query, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{self, int, int_opt, str, str_opt, text, text_opt, time, time_opt};

pub mod chart;

const INCIDENTS: Table = Table {
    name: "incidents",
    columns: &[
        ("shop_id", Kind::Text),
        ("incident_id", Kind::Text),
        ("title", Kind::Text),
        ("description", Kind::Text),
        ("reason", Kind::Text),
        ("product", Kind::Text),
        ("variant", Kind::Text),
        ("sku", Kind::Text),
        ("carrier", Kind::Text),
        ("opened_by", Kind::Text),
        ("opened_at", Kind::Int),
        ("state", Kind::Text),
        ("resolved_by", Kind::Text),
        ("resolved_at", Kind::Int),
        ("resolution", Kind::Text),
        ("cases", Kind::Int),
        ("version", Kind::Int),
        ("signal_from", Kind::Int),
        ("signal_until", Kind::Int),
        ("signal_count", Kind::Int),
        ("signal_units", Kind::Int),
        ("base_count", Kind::Int),
        ("base_units", Kind::Int),
        ("base_weeks", Kind::Int),
        ("signal_pairs", Kind::Int),
    ],
    key: &["shop_id", "incident_id"],
};

const MEMBERS: Table = Table {
    name: "incident_cases",
    columns: &[
        ("shop_id", Kind::Text),
        ("incident_id", Kind::Text),
        ("case_id", Kind::Text),
        ("added_by", Kind::Text),
        ("added_at", Kind::Int),
        ("is_open", Kind::Bool),
    ],
    key: &["shop_id", "incident_id", "case_id"],
};

/// These incidents.
pub fn by_ids(ids: &[Of<IncidentId>]) -> Query<Incident> {
    Query::by(&INCIDENTS, INCIDENTS.key, value::of(ids), read)
}

/// A page of a shop's incidents, the newest first.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn list(
    conn: &Conn,
    shop: &ShopId,
    state: Option<IncidentState>,
    after: Option<&(Time, IncidentId)>,
    limit: u32,
) -> Result<Vec<Incident>> {
    let mut sql = format!("{} WHERE shop_id = $1", bulk::select(&INCIDENTS));
    let mut values = vec![text(shop)];
    if let Some(state) = state {
        sql.push_str(&format!(" AND state = '{state}'"));
    }
    if let Some((at, id)) = after {
        values.extend([time(*at), text(id)]);
        sql.push_str(" AND (opened_at, incident_id) < ($2, $3)");
    }
    values.push(int(limit));
    sql.push_str(&format!(" ORDER BY opened_at DESC, incident_id DESC LIMIT ${}", values.len()));
    conn.all(sql, values).await?.iter().map(read).collect()
}

/// Those of a shop that are open, or were at that time, about an article and a reason.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn open_since(conn: &Conn, shop: &ShopId, at: Time) -> Result<Vec<Incident>> {
    let open = "(state = 'OPEN' OR resolved_at > $2) AND sku IS NOT NULL AND reason IS NOT NULL";
    let sql = format!("{} WHERE shop_id = $1 AND {open}", bulk::select(&INCIDENTS));
    conn.all(sql, vec![text(shop), time(at)]).await?.iter().map(read).collect()
}

/// Stores a new incident.
pub fn insert(incident: &Incident) -> Write {
    Write::insert(&INCIDENTS, vec![write(incident)], Existing::Refuse)
}

/// Stores a changed incident that was read at `old_version`.
/// `Contended` when it is not at that version any more.
pub fn update(incident: &Incident, old_version: i64) -> Write {
    Write::update(&INCIDENTS, vec![(write(incident), old_version)])
}

/// The incidents that these cases are or were in.
pub fn of_cases(cases: &[Of<CaseId>]) -> Query<Membership> {
    Query::by(&MEMBERS, &["shop_id", "case_id"], value::of(cases), read_member)
}

/// The cases of these incidents.
pub fn members(incidents: &[Of<IncidentId>]) -> Query<Membership> {
    Query::by(&MEMBERS, &["shop_id", "incident_id"], value::of(incidents), read_member)
}

/// Puts cases into incidents, or says that their incident is over.
/// `Contended` when a case is in another open one.
pub fn put(members: &[Membership]) -> Write {
    let row = |one: &Membership| {
        let (shop, incident, case) = (text(&one.shop), text(one.incident), text(one.case));
        vec![shop, incident, case, text(&one.by), time(one.at), one.open.into()]
    };
    Write::insert(&MEMBERS, members.iter().map(row).collect(), Existing::Replace)
}

/// Takes cases out of incidents.
pub fn remove(members: &[Membership]) -> Write {
    let key = |one: &Membership| vec![text(&one.shop), text(one.incident), text(one.case)];
    let columns: Vec<Column> = MEMBERS.key.iter().map(|name| (*name, Kind::Text)).collect();
    let which = "DELETE FROM incident_cases WHERE (shop_id, incident_id, case_id) IN (SELECT * FROM";
    Write::change(MEMBERS.name, &columns, members.iter().map(key).collect(), which, ")")
}

/// Keeps that a person took these cases out, so that none joins again by itself.
pub fn keep_out(members: &[Membership]) -> Write {
    const LEFT: Table = Table {
        name: "incident_left",
        columns: &[("shop_id", Kind::Text), ("incident_id", Kind::Text), ("case_id", Kind::Text)],
        key: &["shop_id", "incident_id", "case_id"],
    };
    let row = |one: &Membership| vec![text(&one.shop), text(one.incident), text(one.case)];
    Write::insert(&LEFT, members.iter().map(row).collect(), Existing::Keep)
}

fn write(one: &Incident) -> Vec<Value> {
    let (about, end, signal) = (&one.about, one.resolution.as_ref(), one.signal.as_ref());
    // No count comes near the end of a number of the database.
    let count =
        |of: fn(&Signal) -> u64| int_opt(signal.map(|one| i64::try_from(of(one)).unwrap_or(i64::MAX)));
    vec![
        text(&one.shop),
        text(one.id),
        str(&about.title),
        str(&about.description),
        text_opt(about.reason),
        str(&about.product),
        str(&about.variant),
        str_opt(about.sku.as_ref().map(Sku::as_str)),
        str(&about.carrier),
        text(&one.opened_by),
        time(one.opened_at),
        text(one.state()),
        str_opt(end.map(|end| &end.by).map(AgentId::as_str)),
        time_opt(end.map(|end| end.at)),
        str_opt(end.map(|end| end.note.as_str())),
        int(one.cases),
        int(one.version),
        time_opt(signal.map(|one| one.from)),
        time_opt(signal.map(|one| one.until)),
        count(|one| one.week.count),
        count(|one| one.week.size),
        count(|one| one.base.count),
        count(|one| one.base.size),
        count(|one| u64::from(one.weeks)),
        count(|one| one.pairs),
    ]
}

fn read(row: &Fetched) -> Result<Incident> {
    let row = Row::new("incidents", row);
    let resolution = match row.parse::<IncidentState>("state")? {
        IncidentState::Open => None,
        IncidentState::Resolved => Some(Resolution {
            by: row.parse("resolved_by")?,
            at: row.time("resolved_at")?,
            note: row.get("resolution")?,
        }),
    };
    let about = About {
        title: row.get("title")?,
        description: row.get("description")?,
        reason: row.parse_opt("reason")?,
        product: row.get("product")?,
        variant: row.get("variant")?,
        sku: row.parse_opt("sku")?,
        carrier: row.get("carrier")?,
    };
    Ok(Incident {
        id: row.parse("incident_id")?,
        shop: row.parse("shop_id")?,
        about,
        opened_by: row.parse("opened_by")?,
        opened_at: row.time("opened_at")?,
        resolution,
        cases: row.number("cases")?,
        signal: signal(&row)?,
        version: row.get("version")?,
    })
}

fn signal(row: &Row<'_>) -> Result<Option<Signal>> {
    let Some(from) = row.time_opt("signal_from")? else { return Ok(None) };
    Ok(Some(Signal {
        from,
        until: row.time("signal_until")?,
        week: Sample { count: row.number("signal_count")?, size: row.number("signal_units")? },
        base: Sample { count: row.number("base_count")?, size: row.number("base_units")? },
        weeks: row.number("base_weeks")?,
        pairs: row.number("signal_pairs")?,
    }))
}

fn read_member(row: &Fetched) -> Result<Membership> {
    let row = Row::new("incident_cases", row);
    Ok(Membership {
        shop: row.parse("shop_id")?,
        incident: row.parse("incident_id")?,
        case: row.parse("case_id")?,
        by: row.parse("added_by")?,
        at: row.time("added_at")?,
        open: row.get("is_open")?,
    })
}
