//! By which zone data and catalogue of channels the roll-ups of a shop were written, and what they hold.

use amends_domain::ShopId;

use crate::bulk::{self, Existing, Kind, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{int, str};

/// What the roll-ups hold. It rises with every table of figures that begins empty on older databases.
pub const REVISION: i64 = 2;

const BASES: Table = Table {
    name: "rollup_bases",
    columns: &[
        ("shop_id", Kind::Text),
        ("zone_data", Kind::Text),
        ("catalogue", Kind::Text),
        ("revision", Kind::Int),
    ],
    key: &["shop_id"],
};

/// What days and windows of a shop's members follow from, as hashes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Basis {
    /// Of the rules of its time zone.
    pub zone_data: String,
    /// Of what the catalogue says about its channel.
    pub catalogue: String,
    /// The [`REVISION`] by which they were counted last; 0 of an earlier version.
    pub revision: i64,
}

/// Stores by what the roll-ups of a shop are written.
pub fn put_basis(shop: &ShopId, basis: &Basis) -> Write {
    let row = vec![str(shop.as_str()), str(&basis.zone_data), str(&basis.catalogue), int(basis.revision)];
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
    let basis = Basis {
        zone_data: row.get("zone_data")?,
        catalogue: row.get("catalogue")?,
        revision: row.get("revision")?,
    };
    Ok((row.parse("shop_id")?, basis))
}
