//! Reviews that somebody should look at again.

use amends_domain::{ReviewId, ShopId, Time};

use super::{REVIEWS, ReviewRow, read};
use crate::bulk;
use crate::conn::Conn;
use crate::error::Result;
use crate::value::{int, str, time};

/// Reviews of a shop that are due for a look by a time, the longest due first, from after one on.
///
/// One range of one index, so that it costs what it returns however many reviews there are.
///
/// # Errors
/// When the database refuses.
pub async fn to_look_at(
    conn: &Conn,
    shop: &ShopId,
    due_by: Time,
    after: Option<(Time, ReviewId)>,
    limit: u32,
) -> Result<Vec<ReviewRow>> {
    let mut sql = format!("{} WHERE shop_id = $1 AND next_look_at <= $2", bulk::select(&REVIEWS));
    let mut values = vec![str(shop.as_str()), time(due_by), int(limit)];
    if let Some((at, id)) = after {
        values.extend([time(at), str(id.as_str())]);
        sql.push_str(" AND (next_look_at, review_id) > ($4, $5)");
    }
    sql.push_str(" ORDER BY next_look_at, review_id LIMIT $3");
    conn.all(sql, values).await?.iter().map(read).collect()
}
