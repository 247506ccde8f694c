//! Templates of replies.

use amends_domain::reply::template::Template;
use amends_domain::{ShopId, TemplateId};
use sea_orm::Value;

use crate::bulk::{self, Existing, Kind, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{int, str, text, time};

const TABLE: Table = Table {
    name: "reply_templates",
    columns: &[
        ("shop_id", Kind::Text),
        ("template_id", Kind::Text),
        ("texts", Kind::Text),
        ("version", Kind::Int),
        ("changed_by", Kind::Text),
        ("changed_at", Kind::Int),
    ],
    key: &["shop_id", "template_id"],
};

/// One template.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn get(conn: &Conn, shop: &ShopId, id: &TemplateId) -> Result<Option<Template>> {
    let sql = format!("{} WHERE shop_id = $1 AND template_id = $2", bulk::select(&TABLE));
    let row = conn.one(sql, vec![text(shop), text(id)]).await?;
    row.as_ref().map(read).transpose()
}

/// A page of a shop's templates, by id.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn list(
    conn: &Conn,
    shop: &ShopId,
    after: Option<&TemplateId>,
    limit: u32,
) -> Result<Vec<Template>> {
    let select = bulk::select(&TABLE);
    let sql = format!("{select} WHERE shop_id = $1 AND template_id > $2 ORDER BY template_id LIMIT $3");
    let after = str(after.map_or("", TemplateId::as_str));
    conn.all(sql, vec![text(shop), after, int(limit)]).await?.iter().map(read).collect()
}

/// Stores a new template.
/// `Contended` when it is there already.
pub fn insert(template: &Template) -> Write {
    Write::insert(&TABLE, vec![write(template)], Existing::Refuse)
}

/// Stores a changed template that was read at `old_version`.
/// `Contended` when it is not at that version any more.
pub fn update(template: &Template, old_version: i64) -> Write {
    Write::update(&TABLE, vec![(write(template), old_version)])
}

fn write(template: &Template) -> Vec<Value> {
    vec![
        text(&template.shop),
        text(&template.id),
        text(serde_json::json!(template.texts)),
        int(template.version),
        str(&template.changed_by),
        time(template.changed_at),
    ]
}

fn read(row: &Fetched) -> Result<Template> {
    let row = Row::new("reply_templates", row);
    let texts: String = row.get("texts")?;
    Ok(Template {
        id: row.parse("template_id")?,
        shop: row.parse("shop_id")?,
        texts: serde_json::from_str(&texts).map_err(|e| row.corrupt("texts", e))?,
        version: row.get("version")?,
        changed_by: row.get("changed_by")?,
        changed_at: row.time("changed_at")?,
    })
}
