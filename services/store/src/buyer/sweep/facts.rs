//! What stands beside the facts in somebody's words, or leads to a buyer: blanked where it stands.

use std::collections::HashMap;

use amends_domain::{BuyerKey, ShopId};
use sea_orm::Value;

use super::{Belongings, among};
use crate::bulk::{Column, Kind, Write};
use crate::buyer::erasure::Erased;
use crate::conn::Conn;
use crate::error::Result;
use crate::row::Row;
use crate::value::{int, str, text};

/// Which facts of which entries of a timeline are words, or numbers that lead to somebody.
const IN_EVENTS: &[(&str, &[&str])] = &[
    ("remedy.accepted", &["note", "coupon_code"]),
    ("remedy.fulfilled", &["tracking"]),
    ("remedy.failed", &["why"]),
    ("remedy.double_compensated", &["tracking"]),
    ("delivery.overdue", &["tracking"]),
    ("reply.failed", &["why"]),
    ("reply.unknown", &["why"]),
];

type Which = Option<(String, Vec<Value>)>;

pub(super) async fn blank(conn: &Conn, shop: &ShopId, buyer: &BuyerKey, of: &Belongings) -> Result<Erased> {
    let by_order = among(conn, ("", "order_id"), 1, shop, &of.orders);
    let by_case = among(conn, ("", "case_id"), 1, shop, &of.cases);
    let remedies = "UPDATE remedies SET note = '', coupon_code = '', \
        tracking = CASE WHEN tracking IS NULL THEN NULL ELSE '' END, \
        why = CASE WHEN why IS NULL THEN NULL ELSE '' END \
        WHERE (note <> '' OR coupon_code <> '' OR COALESCE(tracking, '') <> '' OR COALESCE(why, '') <> '')";
    let replies = "UPDATE replies SET why = '' WHERE COALESCE(why, '') <> ''";
    let shipments = "UPDATE shipments SET tracking = '' WHERE tracking <> ''";
    // Who asks for a return need not be who bought.
    let returns = "UPDATE returns SET raw_reason = '' \
        WHERE raw_reason <> '' AND (buyer_key IS NULL OR buyer_key = $1)";
    let of_returns = among(conn, ("", "order_id"), 2, shop, &of.orders)
        .map(|(which, values)| (which, [vec![text(buyer)], values].concat()));
    let by_case_of = change(conn, remedies, &by_case).await?;
    change(conn, replies, &by_case).await?;
    Ok(Erased {
        remedies: by_case_of + change(conn, remedies, &by_order).await?,
        shipments: change(conn, shipments, &by_order).await?,
        returns: change(conn, returns, &of_returns).await?,
        events: events(conn, &by_case).await?,
        answers: answers(conn, shop, of).await?,
        ..Erased::default()
    })
}

/// The reasons of the returns that a buyer asked for, whoever bought the order.
pub(super) async fn blank_returns(conn: &Conn, shop: &ShopId, buyer: &BuyerKey) -> Result<u64> {
    let sql = "UPDATE returns SET raw_reason = '' WHERE shop_id = $1 AND buyer_key = $2 AND raw_reason <> ''";
    conn.run(sql, vec![text(shop), text(buyer)]).await
}

async fn change(conn: &Conn, sql: &str, which: &Which) -> Result<u64> {
    let Some((which, values)) = which else { return Ok(0) };
    conn.run(format!("{sql} AND {which}"), values.clone()).await
}

/// An answer whose digest is empty was erased: nobody who repeats the request gets it again.
async fn answers(conn: &Conn, shop: &ShopId, of: &Belongings) -> Result<u64> {
    let Some((which, values)) = among(conn, ("", "case_id"), 2, shop, &of.cases) else {
        return Ok(0);
    };
    let sql = format!("UPDATE requests SET digest = $1, answer = $1 WHERE {which} AND length(digest) > 0");
    conn.run(sql, [vec![Value::Bytes(Some(Vec::new()))], values].concat()).await
}

async fn events(conn: &Conn, by_case: &Which) -> Result<u64> {
    const BLANKED: [Column; 3] = [("shop_id", Kind::Text), ("seq", Kind::Int), ("facts", Kind::Text)];
    let Some((which, values)) = by_case else { return Ok(0) };
    let words: Vec<String> = IN_EVENTS.iter().map(|(word, _)| format!("'{word}'")).collect();
    let sql = format!(
        "SELECT shop_id, seq, word, facts FROM events WHERE {which} AND word IN ({})",
        words.join(", ")
    );
    let mut rows = Vec::new();
    for row in &conn.all(sql, values.clone()).await? {
        let row = Row::new("events", row);
        let (shop, seq, word): (String, i64, String) =
            (row.get("shop_id")?, row.get("seq")?, row.get("word")?);
        let facts: String = row.get("facts")?;
        let mut facts: HashMap<String, String> =
            serde_json::from_str(&facts).map_err(|e| row.corrupt("facts", e))?;
        let named = IN_EVENTS.iter().find(|(of, _)| *of == word).map_or(&[][..], |(_, names)| names);
        let mut is_blanked = false;
        for name in named {
            if let Some(said) = facts.get_mut(*name).filter(|said| !said.is_empty()) {
                said.clear();
                is_blanked = true;
            }
        }
        if is_blanked {
            rows.push(vec![str(&shop), int(seq), text(serde_json::json!(facts))]);
        }
    }
    let which = "WHERE events.shop_id = t.shop_id AND events.seq = t.seq";
    Write::change("events", &BLANKED, rows, "UPDATE events SET facts = t.facts FROM", which).run(conn).await
}
