//! By which zone data and catalogue of channels the roll-ups of a shop were written.

use amends_domain::ShopId;

use crate::bulk::{self, Existing, Kind, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::str;

const BASES: Table = Table {
    name: "rollup_bases",
    columns: &[("shop_id", Kind::Text), ("zone_data", Kind::Text), ("catalogue", Kind::Text)],
    key: &["shop_id"],
};

/// What days and windows of a shop's members follow from, as hashes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Basis {
    /// Of the rules of its time zone.
    pub zone_data: String,
    /// Of what the catalogue says about its channel.
    pub catalogue: String,
}

/// Stores by what the roll-ups of a shop are written.
pub fn put_basis(shop: &ShopId, basis: &Basis) -> Write {
    let row = vec![str(shop.as_str()), str(&basis.zone_data), str(&basis.catalogue)];
    Write::insert(&BASES, vec![row], Existing::Replace)
}

/// By what those of a shop were written; none where an earlier version wrote them.
///
/// # Errors
/// When the database refuses.
pub async fn basis(conn: &Conn, shop: &ShopId) -> Result<Option<Basis>> {
    let sql = format!("{} WHERE shop_id = $1", bulk::select(&BASES));
    let row = conn.one(sql, vec![str(shop.as_str())]).await?;
    row.as_ref().map(|row| read(row).map(|(_, basis)| basis)).transpose()
}

/// The same of all shops.
///
/// # Errors
/// When the database refuses.
pub async fn bases(conn: &Conn) -> Result<Vec<(ShopId, Basis)>> {
    conn.all(bulk::select(&BASES), Vec::new()).await?.iter().map(read).collect()
}

fn read(row: &Fetched) -> Result<(ShopId, Basis)> {
    let row = Row::new(BASES.name, row);
    Ok((row.parse("shop_id")?, Basis { zone_data: row.get("zone_data")?, catalogue: row.get("catalogue")? }))
}
