//! What was learned, and what came of trials, derived again from remedies, surveys and lines.

use amends_store::learned::{self, AnswersRow, Level};
use amends_store::{Conn, trial};

use super::{Corrections, PAGE, Pass};
use crate::error::Result;
use crate::remedy::sum_answers;

impl Pass {
    /// Trials and answers.
    pub(super) async fn learned(&mut self, conn: &Conn, mut fix: Option<&mut Corrections>) -> Result<()> {
        self.trials(conn, fix.as_deref_mut()).await?;
        self.answers(conn, fix).await
    }

    async fn trials(&mut self, conn: &Conn, mut fix: Option<&mut Corrections>) -> Result<()> {
        let mut after = None;
        loop {
            let page = trial::outcomes(conn, &self.info.shop.id, after, PAGE).await?;
            let Some((last, _, _)) = page.last() else { return Ok(()) };
            after = Some(*last);
            for (case, stored, derived) in page {
                let differs = self.differ(format_args!("trial of {case}"), &stored, &derived);
                if let (true, Some(fix)) = (differs, fix.as_deref_mut()) {
                    fix.trials.push((case, derived));
                }
            }
        }
    }

    async fn answers(&mut self, conn: &Conn, fix: Option<&mut Corrections>) -> Result<()> {
        let shop = self.info.shop.id.clone();
        let key = |row: &AnswersRow| (row.1, row.2);
        let mut stored = learned::all(conn, &shop).await?;
        stored.sort_by_key(key);
        let finest = learned::derived(conn, &shop).await?;
        let mut derived = sum_answers(finest.into_iter().flat_map(at_all_levels));
        derived.sort_by_key(key);
        let differs = self.differ("answers to offers", &stored, &derived);
        if let (true, Some(fix)) = (differs, fix) {
            fix.answers = Some(derived);
        }
        Ok(())
    }
}

/// An answer of a reason and band counts at every level, a score where it stands.
fn at_all_levels((shop, level, kind, counted): AnswersRow) -> Vec<AnswersRow> {
    match level {
        Level::Band(reason, band) => {
            Level::of(reason, band).into_iter().map(|level| (shop.clone(), level, kind, counted)).collect()
        }
        Level::Everywhere | Level::Reason(_) => vec![(shop, level, kind, counted)],
    }
}
