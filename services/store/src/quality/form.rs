//! Forms by which work is judged, version by version.

use amends_domain::quality::{Criterion, Form, FormVersion};
use amends_domain::{ShopId, Span, Time};
use serde_json::json;

use crate::bulk::{self, Existing, Kind, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{int, text, time};

const FORMS: Table = Table {
    name: "quality_forms",
    columns: &[
        ("shop_id", Kind::Text),
        ("version", Kind::Int),
        ("dispute_within", Kind::Int),
        ("body", Kind::Text),
        ("set_by", Kind::Text),
        ("set_at", Kind::Int),
    ],
    key: &["shop_id", "version"],
};

/// Adds a version of the form. `Contended` when it is there already.
pub fn put_form(form: &FormVersion) -> Write {
    let row = vec![
        text(&form.shop),
        int(form.version),
        int(form.form.dispute_within.micros()),
        text(body(&form.form)),
        text(&form.set_by),
        time(form.set_at),
    ];
    Write::insert(&FORMS, vec![row], Existing::Refuse)
}

/// The newest version of the form that was set by a time; none if there was none.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn form_at(conn: &Conn, shop: &ShopId, at: Time) -> Result<Option<FormVersion>> {
    let sql =
        format!("{} WHERE shop_id = $1 AND set_at <= $2 ORDER BY version DESC LIMIT 1", bulk::select(&FORMS));
    conn.one(sql, vec![text(shop), time(at)]).await?.as_ref().map(read_form).transpose()
}

/// A version of the form; none if there is none of that number.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn form(conn: &Conn, shop: &ShopId, version: i64) -> Result<Option<FormVersion>> {
    let sql = format!("{} WHERE shop_id = $1 AND version = $2", bulk::select(&FORMS));
    conn.one(sql, vec![text(shop), int(version)]).await?.as_ref().map(read_form).transpose()
}

fn body(form: &Form) -> serde_json::Value {
    let criterion = |one: &Criterion| json!({ "id": one.id, "title": one.title, "weight": one.weight, "max": one.max, "critical": one.critical });
    json!({
        "share": form.share,
        "minimum": form.minimum,
        "criteria": form.criteria.iter().map(criterion).collect::<Vec<_>>(),
    })
}

fn read_form(row: &Fetched) -> Result<FormVersion> {
    let row = Row::new(FORMS.name, row);
    let body: serde_json::Value =
        serde_json::from_str(&row.get::<String>("body")?).map_err(|e| row.corrupt("body", e))?;
    let within = Span::from_micros(row.get("dispute_within")?);
    let form = form_of(&body, within).ok_or_else(|| row.corrupt("body", "is no form"))?;
    Ok(FormVersion {
        shop: row.parse("shop_id")?,
        version: row.get("version")?,
        form,
        set_by: row.parse("set_by")?,
        set_at: row.time("set_at")?,
    })
}

fn form_of(body: &serde_json::Value, dispute_within: Span) -> Option<Form> {
    let number = |value: &serde_json::Value, name: &str| u32::try_from(value.get(name)?.as_u64()?).ok();
    let word = |value: &serde_json::Value, name: &str| Some(value.get(name)?.as_str()?.to_owned());
    let criterion = |value: &serde_json::Value| {
        Some(Criterion {
            id: word(value, "id")?,
            title: word(value, "title")?,
            weight: number(value, "weight")?,
            max: number(value, "max")?,
            critical: value.get("critical")?.as_bool()?,
        })
    };
    Some(Form {
        share: number(body, "share")?,
        minimum: number(body, "minimum")?,
        dispute_within,
        criteria: body.get("criteria")?.as_array()?.iter().map(criterion).collect::<Option<_>>()?,
    })
}
