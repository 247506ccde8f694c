//! Texts together with what was heard in them, for whoever wants to hear them again.

use std::collections::HashMap;

use amends_domain::detection::{Detection, TextKind};
use amends_domain::signal::SignalKind;
use amends_domain::{MessageId, ReviewId, ShopId, SignalId};

use super::{TEXTS, TextOwner};
use crate::bulk;
use crate::conn::Conn;
use crate::error::Result;
use crate::row::Row;
use crate::value::{int, str};
use crate::{Of, message, review, signal};

/// Where a text stands; texts are read in this order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TextKey {
    /// The tenant.
    pub shop: ShopId,
    /// What kind of thing it belongs to.
    pub owner: TextOwner,
    /// The id of that thing.
    pub id: String,
}

/// A buyer's text and what was heard in it when it came.
#[derive(Debug, Clone, PartialEq)]
pub struct HeardText {
    /// Where it stands.
    pub key: TextKey,
    /// The words.
    pub body: String,
    /// Review or message.
    pub kind: TextKind,
    /// The stars it came with.
    pub rating: Option<u8>,
    /// What was heard.
    pub detection: Detection,
}

/// Some texts, and where to go on; nothing when these were the last.
#[derive(Debug, Clone, PartialEq)]
pub struct HeardPage {
    /// The texts in which something was listened for.
    pub texts: Vec<HeardText>,
    /// The place after which the next page begins.
    pub next: Option<TextKey>,
}

/// A page of the texts of all shops, read through a few questions whatever its size.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn heard_page(conn: &Conn, after: Option<&TextKey>, limit: u32) -> Result<HeardPage> {
    let texts = page(conn, after, limit).await?;
    let next = (texts.len() >= limit as usize).then(|| texts.last().map(|(key, _)| key.clone())).flatten();
    let signals = signals_of(conn, &texts).await?;
    let wanted: Vec<_> = signals.values().map(|(signal, _)| signal.clone()).collect();
    let mut detections = HashMap::new();
    for known in signal::known(&wanted).all(conn).await? {
        if let Some(detection) = known.detection {
            detections.insert((known.shop, known.kind, known.id), detection);
        }
    }
    let heard = |(key, body): (TextKey, String)| {
        let (signal, rating) = signals.get(&key)?;
        let detection = detections.remove(signal)?;
        let kind = if key.owner == TextOwner::Review { TextKind::Review } else { TextKind::Message };
        Some(HeardText { key, body, kind, rating: *rating, detection })
    };
    Ok(HeardPage { texts: texts.into_iter().filter_map(heard).collect(), next })
}

async fn page(conn: &Conn, after: Option<&TextKey>, limit: u32) -> Result<Vec<(TextKey, String)>> {
    let select = bulk::select(&TEXTS);
    let order = "ORDER BY shop_id, owner, text_id LIMIT";
    let rows = match after {
        None => conn.all(format!("{select} {order} $1"), vec![int(limit)]).await?,
        Some(key) => {
            let sql = format!("{select} WHERE (shop_id, owner, text_id) > ($1, $2, $3) {order} $4");
            let values = vec![str(key.shop.as_str()), str(key.owner.as_str()), str(&key.id), int(limit)];
            conn.all(sql, values).await?
        }
    };
    let read = |row| {
        let row = Row::new("texts", row);
        let key =
            TextKey { shop: row.parse("shop_id")?, owner: row.parse("owner")?, id: row.get("text_id")? };
        Ok((key, row.get("body")?))
    };
    rows.iter().map(read).collect()
}

type Brought = ((ShopId, SignalKind, SignalId), Option<u8>);

/// The signal that brought each text, and the stars that came with it.
async fn signals_of(conn: &Conn, texts: &[(TextKey, String)]) -> Result<HashMap<TextKey, Brought>> {
    let mut signals = HashMap::new();
    let mut messages: Vec<Of<MessageId>> = Vec::new();
    let mut reviews: Vec<Of<ReviewId>> = Vec::new();
    for (key, _) in texts {
        match key.owner {
            TextOwner::Message => {
                messages.extend(MessageId::new(&key.id).ok().map(|id| (key.shop.clone(), id)))
            }
            TextOwner::Review => {
                let review = key.id.split_once('/').and_then(|(review, _)| ReviewId::new(review).ok());
                reviews.extend(review.map(|id| (key.shop.clone(), id)));
            }
            TextOwner::Note | TextOwner::Survey | TextOwner::Reply => {}
        }
    }
    for row in message::by_ids(&messages).all(conn).await? {
        let key = TextKey { shop: row.shop.clone(), owner: TextOwner::Message, id: row.message.to_string() };
        signals.insert(key, ((row.shop, SignalKind::Message, row.signal), None));
    }
    reviews.sort();
    reviews.dedup();
    for (shop, review, version) in review::versions(&reviews).all(conn).await? {
        let id = format!("{review}/{}", version.signal);
        let key = TextKey { shop: shop.clone(), owner: TextOwner::Review, id };
        signals.insert(key, ((shop, SignalKind::Review, version.signal), version.rating));
    }
    Ok(signals)
}
