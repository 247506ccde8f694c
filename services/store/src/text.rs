//! What people wrote: kept apart from the facts, so that it can be forgotten.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use amends_domain::{BuyerKey, ShopId, UnknownWord};

use crate::bulk::{self, Existing, Kind, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::Row;
use crate::value::{str, text_opt};

mod heard;

pub use heard::{HeardPage, HeardText, TextKey, heard_page};

const TEXTS: Table = Table {
    name: "texts",
    columns: &[
        ("shop_id", Kind::Text),
        ("owner", Kind::Text),
        ("text_id", Kind::Text),
        ("buyer_key", Kind::Text),
        ("body", Kind::Text),
    ],
    key: &["shop_id", "owner", "text_id"],
};

/// What kind of thing a text belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TextOwner {
    /// A chat message.
    Message,
    /// A review.
    Review,
    /// A note on a case.
    Note,
    /// A survey answer.
    Survey,
    /// A reply to the buyer.
    Reply,
}

/// A text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextRow {
    /// The tenant.
    pub shop: ShopId,
    /// What kind of thing it belongs to.
    pub owner: TextOwner,
    /// The id of that thing.
    pub id: String,
    /// Whose words they are, to forget them with the buyer.
    pub buyer: Option<BuyerKey>,
    /// The words.
    pub body: String,
}

impl TextOwner {
    /// The word it is stored as.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Message => "MESSAGE",
            Self::Review => "REVIEW",
            Self::Note => "NOTE",
            Self::Survey => "SURVEY",
            Self::Reply => "REPLY",
        }
    }
}

impl fmt::Display for TextOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for TextOwner {
    type Err = UnknownWord;

    fn from_str(word: &str) -> std::result::Result<Self, UnknownWord> {
        let all = [Self::Message, Self::Review, Self::Note, Self::Survey, Self::Reply];
        let found = all.into_iter().find(|owner| owner.as_str() == word);
        found.ok_or_else(|| UnknownWord { what: "TextOwner", word: word.to_owned() })
    }
}

/// Stores texts; a newer one replaces what stood there.
pub fn put(texts: &[TextRow]) -> Write {
    // PostgreSQL refuses a statement that overwrites one row twice.
    let last: BTreeMap<_, _> = texts.iter().map(|t| ((&t.shop, t.owner, &t.id), t)).collect();
    let rows = last.into_values().map(|t| {
        vec![str(t.shop.as_str()), str(t.owner.as_str()), str(&t.id), text_opt(t.buyer), str(&t.body)]
    });
    Write::insert(&TEXTS, rows.collect(), Existing::Replace)
}

/// The texts of a shop's things, each with its owner and id.
///
/// # Errors
/// When the database refuses.
pub async fn get(
    conn: &Conn,
    shop: &ShopId,
    texts: &[(TextOwner, String)],
) -> Result<Vec<(TextOwner, String, String)>> {
    if texts.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<[&str; 3]> =
        texts.iter().map(|(owner, id)| [shop.as_str(), owner.as_str(), id.as_str()]).collect();
    let (filter, values) = bulk::keys(conn.engine(), TEXTS.key, 1, &keys);
    let rows = conn.all(format!("SELECT owner, text_id, body FROM texts WHERE {filter}"), values).await?;
    let read = |row| {
        let row = Row::new("texts", row);
        Ok((row.parse("owner")?, row.get("text_id")?, row.get("body")?))
    };
    rows.iter().map(read).collect()
}
