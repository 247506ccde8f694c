//! Coming back to a case whose remedy was fulfilled.

use amends_proto::v1::{CaseOutcome, CaseState};

use super::{
    Agent, Deed, Snag,
    decide::{Move, decide},
    hold::{Hold, read},
};

impl Agent {
    /// Solves a case that waits for the warehouse, under the fence it was left with.
    ///
    /// # Errors
    /// When the service answers what no agent should ever see.
    pub(super) async fn close(&self, case: &str, fence: i64, deeds: &mut Vec<Deed>) -> anyhow::Result<()> {
        match self.try_close(case, fence, deeds).await {
            Ok(()) => Ok(()),
            // Somebody has it, or the buyer wrote: the queue brings it back.
            Err(Snag::Stale) => {
                deeds.push(Deed::Conflict);
                Ok(())
            }
            Err(Snag::Refused(legit)) => Err(anyhow::anyhow!("{case} cannot be closed: {legit:?}")),
            Err(Snag::Fault(error)) => Err(error.context(format!("{} closes {case}", self.name))),
        }
    }

    async fn try_close(&self, case: &str, fence: i64, deeds: &mut Vec<Deed>) -> Result<(), Snag> {
        let view = read(&self.client, case).await?;
        let mut hold = Hold::new(&self.client, view.case.clone().unwrap_or_default(), fence);
        let waits = hold.case.state() == CaseState::WaitingThirdParty && hold.case.fence == fence;
        let done = decide(&view, false);
        match done {
            Move::Solve(outcome @ (CaseOutcome::RemedyFulfilled | CaseOutcome::ReturnProceeds)) if waits => {
                hold.contact("It is done. Is everything all right now?").await?;
                hold.solve(outcome).await?;
                deeds.push(Deed::Solved { case: Box::new(hold.case) });
            }
            _ => deeds.push(Deed::Lost),
        }
        Ok(())
    }
}
