//! Telling a buyer that a review can be updated, where that is allowed.

use amends_proto::v1::{self, CaseState, Reason};
use anyhow::anyhow;

use super::{Agent, Deed, Snag, hold::read};

impl Agent {
    /// Asks whether asking is allowed, and asks if it is.
    ///
    /// # Errors
    /// When the service answers what no agent should ever see.
    pub(super) async fn ask(
        &self,
        review: &str,
        stubborn: bool,
        deeds: &mut Vec<Deed>,
    ) -> anyhow::Result<()> {
        match self.try_ask(review, stubborn, deeds).await {
            Ok(()) => Ok(()),
            Err(Snag::Stale) => {
                deeds.push(Deed::Conflict);
                Ok(())
            }
            Err(Snag::Refused(legit)) => Err(anyhow!("{review} cannot be asked about: {legit:?}")),
            Err(Snag::Fault(error)) => Err(error.context(format!("{} asks about {review}", self.name))),
        }
    }

    async fn try_ask(&self, review: &str, stubborn: bool, deeds: &mut Vec<Deed>) -> Result<(), Snag> {
        let request = v1::GetReviewRequest { name: review.to_owned() };
        // A buyer may have had several cases; only the review knows its own.
        let case = self.client.call(request).await?.review.unwrap_or_default().case;
        if case.is_empty() {
            return Ok(());
        }
        let case = read(&self.client, &case).await?.case.unwrap_or_default();
        if !matches!(case.state(), CaseState::Solved | CaseState::Closed) {
            // Whoever works it has other things to say.
            return Ok(());
        }
        let request = v1::CheckAskRequest { name: review.to_owned(), ..Default::default() };
        let decision = self.client.call(request).await?.decision.unwrap_or_default();
        if !decision.allowed && !stubborn {
            let rules = decision.refusals.into_iter().map(|refusal| refusal.rule).collect();
            deeds.push(Deed::AskRefused { rules });
            return Ok(());
        }
        let request = v1::AskRequest { name: review.to_owned(), etag: case.etag, ..Default::default() };
        match (self.client.call(request).await.map_err(Snag::from), decision.allowed) {
            (Ok(_), true) => deeds.push(Deed::Asked { review: review.to_owned() }),
            (Ok(_), false) => {
                return Err(Snag::Fault(anyhow!("an ask went out that CheckAsk had called forbidden")));
            }
            // Another ask, or the night, may have come between the question and the act.
            (Err(Snag::Refused(legit)), _) if legit.reason == Reason::GuardrailRefused => {
                deeds.push(Deed::AskRefused { rules: legit.rules });
            }
            (Err(snag), _) => return Err(snag),
        }
        Ok(())
    }
}
