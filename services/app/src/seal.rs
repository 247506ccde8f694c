//! Sealing days, weeks and months of the roll-ups once they are over, and packing what is sealed.

use amends_domain::rollup::Sealed;
use amends_domain::{AgentId, Day, ShopId};
use amends_store::rollup::Outdated;
use amends_store::{Conn, StoreError, rollup};

use crate::app::App;
use crate::call::Call;
use crate::error::{AppError, Result};
use crate::runner::Command;
use crate::shops::ShopInfo;
use crate::work::Work;

/// Days that one transaction seals: what it holds up is short.
const DAYS_AT_ONCE: i32 = 31;

/// Shops that are looked at in one step.
const SHOPS_AT_ONCE: u32 = 100;

/// The name under which it is done.
const SERVICE: &str = "seal";

/// How far a shop is sealed.
pub(crate) async fn sealed(conn: &Conn, shop: &ShopId) -> Result<Sealed> {
    sealed_by_all(conn, std::iter::once(shop)).await
}

/// How far all of some shops are.
pub(crate) async fn sealed_by_all(conn: &Conn, shops: impl Iterator<Item = &ShopId>) -> Result<Sealed> {
    let shops: Vec<&ShopId> = shops.collect();
    let known = rollup::sealed(conn, &shops).await?;
    let least = shops.iter().map(|shop| known.get(*shop).and_then(|sealed| sealed.day())).min();
    Ok(least.flatten().map_or(Sealed::NONE, Sealed::until))
}

/// Says that a shop is sealed as far as it may be: whoever does fills its rows anew, alone.
pub(crate) async fn again(work: &Work, info: &ShopInfo, before: Sealed) -> Result<Sealed> {
    let now = Sealed::by(info.zone.day(work.now)).max(before);
    if let Some(until) = now.day() {
        rollup::mark(&work.tx, &info.shop.id, before, until).await?;
    }
    Ok(now)
}

impl App {
    /// Seals what is over, some of it; says how many transactions that took, 0 if all is sealed.
    ///
    /// # Errors
    /// When storage fails.
    pub async fn seal_some(&self) -> Result<usize> {
        // So far it is in every shop: each of those that are found makes a step.
        let earliest = Day::from_number(self.now().day().number().saturating_sub(1));
        let Some(until) = Sealed::by(earliest).day() else { return Ok(0) };
        let shops = rollup::unsealed(&self.store().reader(), until, SHOPS_AT_ONCE).await?;
        let name = AgentId::new(SERVICE).map_err(|e| AppError::Internal(e.to_string()))?;
        let mut done = 0;
        for shop in shops {
            let call = Call::by_timer(&name, SERVICE.to_owned());
            match self.perform(call, Seal { shop: shop.clone() }).await {
                Ok(sealed) => done += usize::from(sealed),
                Err(error @ AppError::Store(StoreError::Unavailable(_))) => return Err(error),
                // Those behind it do not wait for it.
                Err(error) => tracing::error!(%error, %shop, "a shop could not be sealed; it is tried again"),
            }
        }
        Ok(done)
    }
}

impl App {
    /// Makes packs anew beside which too much is late; says in how many shops.
    ///
    /// # Errors
    /// When storage fails.
    pub async fn repack_some(&self) -> Result<usize> {
        let (conn, from) = (self.store().reader(), self.settings().packed_from);
        let name = AgentId::new(SERVICE).map_err(|e| AppError::Internal(e.to_string()))?;
        let mut done = 0;
        for shop in rollup::packed_shops(&conn).await? {
            // Looked for first, because to make them holds up who writes about old days.
            let packs = rollup::outdated(&conn, &shop, from).await?;
            if packs.count() == 0 {
                continue;
            }
            let call = Call::by_timer(&name, SERVICE.to_owned());
            match self.perform(call, Repack { shop: shop.clone(), packs }).await {
                Ok(()) => done += 1,
                Err(error @ AppError::Store(StoreError::Unavailable(_))) => return Err(error),
                Err(error) => tracing::error!(%error, %shop, "a shop could not be packed; it is tried again"),
            }
        }
        Ok(done)
    }
}

/// Makes packs of a shop anew.
#[derive(Clone)]
struct Repack {
    shop: ShopId,
    packs: Outdated,
}

impl Command for Repack {
    type Output = ();
    const NAME: &'static str = "Repack";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<()> {
        let from = work.app.settings().packed_from;
        Ok(rollup::repack(&work.tx, &self.shop, &self.packs, from).await?)
    }
}

/// Seals the next days of a shop; says whether there were any.
#[derive(Clone)]
struct Seal {
    shop: ShopId,
}

impl Command for Seal {
    type Output = bool;
    const NAME: &'static str = "Seal";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<bool> {
        let info = work.app.shops().get(&work.tx, &self.shop, work.now).await?;
        let before = sealed(&work.tx, &self.shop).await?;
        let Some(target) = Sealed::by(info.zone.day(work.now)).day() else { return Ok(false) };
        let since = match before.day() {
            Some(day) => Some(day),
            None => rollup::first_day(&work.tx, &self.shop).await?,
        };
        let Some(since) = since.filter(|since| *since < target) else {
            // Nothing is older.
            if before.day().is_none() {
                rollup::mark(&work.tx, &self.shop, before, target).await?;
            }
            return Ok(before.day().is_none());
        };
        let until = target.min(Day::from_number(since.number().saturating_add(DAYS_AT_ONCE)));
        let packed_from = work.app.settings().packed_from;
        rollup::seal(&work.tx, &self.shop, before, (since, until), packed_from).await?;
        Ok(true)
    }
}
