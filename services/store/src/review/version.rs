//! The immutable versions of reviews.

use amends_domain::review::{ReviewVersion, Told};
use amends_domain::{LineId, ReviewId, ShopId, Sku};

use super::ReviewRow;
use crate::Of;
use crate::bulk::{Existing, Kind, Query, Table, Write};
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{self, int, int_opt, str, str_opt, time, time_opt};

const VERSIONS: Table = Table {
    name: "review_versions",
    columns: &[
        ("shop_id", Kind::Text),
        ("review_id", Kind::Text),
        ("observed_at", Kind::Int),
        ("signal_id", Kind::Text),
        ("rating", Kind::Int),
        ("text_hash", Kind::Int),
        ("visible", Kind::Bool),
        ("removed_by", Kind::Text),
        ("edit_state", Kind::Text),
        ("platform_modified_at", Kind::Int),
        ("follow_up", Kind::Bool),
        ("line_id", Kind::Text),
        ("sku", Kind::Text),
        ("return_intent", Kind::Bool),
    ],
    key: &["shop_id", "review_id", "observed_at", "signal_id"],
};

/// A version and the review it is of.
type Versioned = (ShopId, ReviewId, ReviewVersion);

/// All versions of the reviews.
pub fn versions(reviews: &[Of<ReviewId>]) -> Query<Versioned> {
    Query::by(&VERSIONS, &["shop_id", "review_id"], value::of(reviews), read)
}

/// All versions of the reviews that a question leads to.
pub fn versions_of(reviews: Query<ReviewRow>) -> Query<Versioned> {
    reviews.leading_to(&VERSIONS, &["shop_id", "review_id"], read)
}

/// Adds versions; one that is there already stays as it is.
pub fn insert_versions(versions: &[Versioned]) -> Write {
    let rows = versions.iter().map(|(shop, review, v)| {
        vec![
            str(shop.as_str()),
            str(review.as_str()),
            time(v.observed_at),
            str(v.signal.as_str()),
            int_opt(v.rating),
            int(v.text_hash),
            v.visible.into(),
            str_opt(v.removed_by.map(|by| by.as_str())),
            str_opt(v.edit_state.map(|state| state.as_str())),
            time_opt(v.platform_modified_at),
            v.follow_up.into(),
            str_opt(v.told.line.as_ref().map(LineId::as_str)),
            str_opt(v.told.sku.as_ref().map(Sku::as_str)),
            v.told.wish.into(),
        ]
    });
    Write::insert(&VERSIONS, rows.collect(), Existing::Keep)
}

fn read(row: &Fetched) -> Result<Versioned> {
    let row = Row::new("review_versions", row);
    let version = ReviewVersion {
        observed_at: row.time("observed_at")?,
        signal: row.parse("signal_id")?,
        rating: row.number_opt("rating")?,
        text_hash: row.get("text_hash")?,
        visible: row.get("visible")?,
        removed_by: row.parse_opt("removed_by")?,
        edit_state: row.parse_opt("edit_state")?,
        platform_modified_at: row.time_opt("platform_modified_at")?,
        follow_up: row.get("follow_up")?,
        told: Told {
            line: row.parse_opt("line_id")?,
            sku: row.parse_opt("sku")?,
            wish: row.get("return_intent")?,
        },
    };
    Ok((row.parse("shop_id")?, row.parse("review_id")?, version))
}
