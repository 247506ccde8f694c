//! Links between cases.

use amends_domain::link::Link;
use amends_domain::{CaseId, ShopId};

use crate::Of;
use crate::bulk::{Column, Existing, Kind, Query, Table, Write};
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{self, text, time};

const LINKS: Table = Table {
    name: "case_links",
    columns: &[
        ("shop_id", Kind::Text),
        ("from_case_id", Kind::Text),
        ("to_case_id", Kind::Text),
        ("relation", Kind::Text),
        ("linked_by", Kind::Text),
        ("linked_at", Kind::Int),
    ],
    key: &["shop_id", "from_case_id", "to_case_id", "relation"],
};

/// The links of these cases: those in which they come first, and those in which they come second.
pub fn of_cases(cases: &[Of<CaseId>]) -> [Query<Link>; 2] {
    [
        Query::by(&LINKS, &["shop_id", "from_case_id"], value::of(cases), read),
        Query::by(&LINKS, &["shop_id", "to_case_id"], value::of(cases), read),
    ]
}

/// Adds links; one that is there already stays as it is.
pub fn insert(links: &[Link]) -> Write {
    let row = |link: &Link| {
        let (shop, from, to) = (text(&link.shop), text(link.from), text(link.to));
        vec![shop, from, to, text(link.relation), text(&link.by), time(link.at)]
    };
    Write::insert(&LINKS, links.iter().map(row).collect(), Existing::Keep)
}

/// Takes links away.
pub fn remove(links: &[Link]) -> Write {
    let key = |link: &Link| vec![text(&link.shop), text(link.from), text(link.to), text(link.relation)];
    let columns: Vec<Column> = LINKS.key.iter().map(|name| (*name, Kind::Text)).collect();
    let which =
        "DELETE FROM case_links WHERE (shop_id, from_case_id, to_case_id, relation) IN (SELECT * FROM";
    Write::change(LINKS.name, &columns, links.iter().map(key).collect(), which, ")")
}

/// Moves the links of merged cases to the cases they became part of; what would link a case to
/// itself is gone.
pub fn absorb(merged: &[(ShopId, CaseId, CaseId)]) -> [Write; 4] {
    let [from, from_gone] = moved(merged, "from_case_id", "t.into_id, l.to_case_id", "l.to_case_id");
    let [to, to_gone] = moved(merged, "to_case_id", "l.from_case_id, t.into_id", "l.from_case_id");
    [from, from_gone, to, to_gone]
}

fn moved(merged: &[(ShopId, CaseId, CaseId)], end: &str, ends: &str, other: &str) -> [Write; 2] {
    const MOVED: [Column; 3] = [("shop_id", Kind::Text), ("case_id", Kind::Text), ("into_id", Kind::Text)];
    let rows = || merged.iter().map(|(shop, from, into)| vec![text(shop), text(from), text(into)]).collect();
    let copy = format!(
        "INSERT INTO case_links (shop_id, from_case_id, to_case_id, relation, linked_by, linked_at)
         SELECT l.shop_id, {ends}, l.relation, l.linked_by, l.linked_at FROM case_links AS l JOIN"
    );
    let which = format!(
        "ON l.shop_id = t.shop_id AND l.{end} = t.case_id WHERE {other} <> t.into_id ON CONFLICT DO NOTHING"
    );
    let gone = format!("DELETE FROM case_links WHERE (shop_id, {end}) IN (SELECT t.shop_id, t.case_id FROM");
    [
        Write::change(LINKS.name, &MOVED, rows(), copy, which),
        Write::change(LINKS.name, &MOVED, rows(), gone, ")"),
    ]
}

fn read(row: &Fetched) -> Result<Link> {
    let row = Row::new("case_links", row);
    Ok(Link {
        shop: row.parse("shop_id")?,
        from: row.parse("from_case_id")?,
        to: row.parse("to_case_id")?,
        relation: row.parse("relation")?,
        by: row.parse("linked_by")?,
        at: row.time("linked_at")?,
    })
}
