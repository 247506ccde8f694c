//! What cuts the days and windows of figures besides the log: rules of time zones, and what is known of
//! channels. Both come with the program, so another version may count what is stored otherwise. So does
//! what the roll-ups hold: a table that begins empty counts only what came since.

use std::collections::HashMap;

use amends_domain::policy::catalogue;
use amends_domain::shop::Shop;
use amends_domain::zone::Zone;
use amends_domain::{ShopId, Time};
use amends_store::rollup::{self, Basis};
use amends_store::{Conn, shop};

use crate::app::App;
use crate::error::{AppError, Result};

/// Why figures of a table that began empty are not told: what is older was never added.
pub const NOT_COUNTED: &str = "the figures of the shop are older than this version and were not counted anew: \
     run `amends recompute --repair` once";

/// The years whose rules tell the data of a zone apart: 2015 to 2039.
const YEARS: (Time, Time) = (Time::from_secs(1_420_070_400), Time::from_secs(2_208_988_800));

/// Shops read at a time.
const PAGE: u32 = 500;

/// Of a shop, by this program.
pub(crate) fn of(shop: &Shop) -> Basis {
    let offsets = Zone::named(&shop.time_zone).offsets(YEARS.0, YEARS.1);
    let told: Vec<_> = offsets.iter().map(|one| (one.from.micros(), one.ahead.micros())).collect();
    let channel = shop.channel.as_str();
    let mine = catalogue()
        .iter()
        .filter(|row| row.channel == channel && ["", &shop.region].contains(&row.region.as_str()));
    let counts: Vec<_> = mine
        .map(|row| {
            let windows = (row.edit_window, row.return_window, row.avoid_window);
            (&row.region, row.effective_from, row.negative_threshold, row.counting, windows)
        })
        .collect();
    Basis {
        zone_data: hash(&format!("{told:?}")),
        catalogue: hash(&format!("{counts:?}")),
        revision: rollup::REVISION,
    }
}

fn hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().chars().take(16).collect()
}

/// Refuses figures of shops whose roll-ups were last counted by a version that did not hold them all.
pub(crate) async fn require_counted(conn: &Conn, shops: &[&ShopId]) -> Result<()> {
    let counted: HashMap<ShopId, Basis> = match shops {
        [one] => rollup::basis(conn, one).await?.map(|basis| ((*one).clone(), basis)).into_iter().collect(),
        _ => rollup::bases(conn).await?.into_iter().collect(),
    };
    let is_counted = |shop: &&ShopId| counted.get(shop).is_some_and(|b| b.revision >= rollup::REVISION);
    if shops.iter().all(is_counted) { Ok(()) } else { Err(AppError::Precondition(NOT_COUNTED)) }
}

impl App {
    /// The shops whose roll-ups were written with other zone data or another catalogue than this program
    /// has, or hold less than it tells: `amends recompute` tells what differs.
    ///
    /// # Errors
    /// When storage fails.
    pub async fn shops_counted_otherwise(&self) -> Result<Vec<ShopId>> {
        let conn = self.store().reader();
        let stored: HashMap<ShopId, Basis> = rollup::bases(&conn).await?.into_iter().collect();
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = shop::list(&conn, after.as_ref(), None, PAGE).await?;
            let Some(last) = page.last() else { return Ok(found) };
            after = Some(last.id.clone());
            let others = page.into_iter().filter(|shop| stored.get(&shop.id) != Some(&of(shop)));
            found.extend(others.map(|shop| shop.id));
        }
    }
}
