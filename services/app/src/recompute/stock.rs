//! What remedies hold of the stock, compared with where the remedies stand.

use amends_domain::stock::hold_of;
use amends_store::{Conn, remedy, stock};

use super::{Corrections, PAGE, Pass};
use crate::error::Result;

impl Pass {
    /// A hold follows its remedy; one whose remedy is not there is none.
    pub(super) async fn stock(&mut self, conn: &Conn, mut fix: Option<&mut Corrections>) -> Result<()> {
        let shop = self.info.shop.id.clone();
        let mut after = None;
        loop {
            let page = stock::holds(conn, &shop, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.remedy);
            let ids: Vec<_> = page.iter().map(|hold| (shop.clone(), hold.remedy)).collect();
            let remedies = remedy::by_ids(&ids).all(conn).await?;
            for hold in page {
                let found = remedies.iter().find(|remedy| remedy.id == hold.remedy);
                let Some(remedy) = found else { continue };
                let derived = (hold_of(remedy.state.stage()), remedy.units);
                let name = format_args!("stock held for {}", hold.remedy);
                let differs = self.differ(name, &(hold.state, hold.quantity), &derived);
                if let Some(fix) = fix.as_deref_mut().filter(|_| differs) {
                    let (state, quantity) = derived;
                    fix.holds.push(amends_domain::stock::Hold { state, quantity, ..hold });
                }
            }
        }
    }
}
