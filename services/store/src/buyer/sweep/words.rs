//! What people wrote, taken away.

use amends_domain::{BuyerKey, ShopId};
use sea_orm::Value;

use super::{Belongings, Swept, among, owner};
use crate::conn::Conn;
use crate::error::Result;
use crate::text::TextOwner;
use crate::value::{int, str, text};

/// A text, by a row `o` of another table that it belongs to.
const TEXT: &str = "t.shop_id = o.shop_id AND t.owner = $1 AND t.text_id";

pub(super) async fn of_belongings(conn: &Conn, shop: &ShopId, of: &Belongings, limit: u32) -> Result<Swept> {
    let mut swept = Swept::default();
    let Belongings { orders, reviews, cases } = of;
    let reviews = among(conn, ("o.", "review_id"), 3, shop, reviews);
    let of_orders = among(conn, ("o.", "order_id"), 3, shop, orders);
    let of_cases = among(conn, ("o.", "case_id"), 3, shop, cases);
    let (review, survey, note) = (TextOwner::Review, TextOwner::Survey, TextOwner::Note);
    let asked = [
        (review, "review_versions", "o.review_id || '/' || o.signal_id", &reviews),
        (survey, "surveys", "o.survey_id", &of_cases),
        (survey, "surveys", "o.survey_id", &of_orders),
        (note, "events", "o.event_id", &of_cases),
        (note, "remedies", "o.remedy_id", &of_cases),
        (note, "decisions", "o.decision_id", &of_cases),
        (TextOwner::Reply, "replies", "o.reply_id", &of_cases),
    ];
    for (owner, table, id, which) in asked {
        let Some((which, values)) = which else { continue };
        let found =
            format!("SELECT t.text_id FROM {table} o JOIN texts t ON {TEXT} = {id} WHERE {which} LIMIT $2");
        take(conn, shop, owner, &found, values.clone(), limit, &mut swept).await?;
    }
    Ok(swept)
}

/// Takes texts of an owner away whose ids a question finds.
async fn take(
    conn: &Conn,
    shop: &ShopId,
    owner: TextOwner,
    found: &str,
    among: Vec<Value>,
    limit: u32,
    swept: &mut Swept,
) -> Result<()> {
    let last = among.len() + 3;
    let sql = format!(
        "DELETE FROM texts WHERE shop_id = ${last} AND owner = $1 AND text_id IN ({found}) RETURNING owner"
    );
    let values = [vec![str(owner.as_str()), int(limit)], among, vec![text(shop)]].concat();
    count(&conn.all(sql, values).await?, limit, swept)
}

pub(super) async fn of_buyer(conn: &Conn, shop: &ShopId, buyer: &BuyerKey, limit: u32) -> Result<Swept> {
    let sql = "DELETE FROM texts WHERE (shop_id, owner, text_id) IN (
            SELECT shop_id, owner, text_id FROM texts WHERE shop_id = $1 AND buyer_key = $2 LIMIT $3
        ) RETURNING owner";
    let rows = conn.all(sql, vec![text(shop), text(buyer), int(limit)]).await?;
    let mut swept = Swept::default();
    count(&rows, limit, &mut swept)?;
    Ok(swept)
}

fn count(rows: &[crate::row::Fetched], limit: u32, swept: &mut Swept) -> Result<()> {
    swept.more |= rows.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
    for row in rows {
        let of = &mut swept.erased;
        *match owner(row)? {
            TextOwner::Message => &mut of.messages,
            TextOwner::Review => &mut of.reviews,
            TextOwner::Note => &mut of.notes,
            TextOwner::Survey => &mut of.surveys,
            TextOwner::Reply => &mut of.replies,
        } += 1;
    }
    Ok(())
}
