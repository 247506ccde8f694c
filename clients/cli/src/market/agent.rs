//! Agents: each takes cases from the queues, works them and comes back to what
//! was left open, while the others do the same and buyers keep writing.

mod ask;
mod close;
mod decide;
mod hold;
mod snag;
mod supervise;
mod work;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use amends_client::Client;
use amends_proto::v1;

pub(crate) use supervise::escalated;

use super::{chance::Chance, shops::Shop};
use snag::{Legit, Snag};

/// Something an agent is to do besides taking cases from the queues.
#[derive(Clone, Debug)]
pub(crate) enum Errand {
    /// A case that a supervisor handed over.
    Work {
        /// The case.
        case: String,
        /// The fence of the agent's lease.
        fence: i64,
    },
    /// The remedy of a case that waits for it was fulfilled.
    Close {
        /// The case.
        case: String,
        /// The fence under which it was left waiting.
        fence: i64,
    },
    /// A buyer could be told that a review can be updated.
    Ask {
        /// The review.
        review: String,
        /// Ask even if the service said that it would refuse.
        stubborn: bool,
    },
}

/// What an agent did, and the service acknowledged.
#[derive(Clone, Debug)]
pub(crate) enum Deed {
    /// Took a case from a queue.
    Claimed,
    /// Put a remedy to the buyer.
    Offered {
        /// The remedy as the service has it.
        remedy: Box<v1::Remedy>,
        /// The case.
        case: Box<v1::Case>,
        /// A supervisor had to approve it.
        approved: bool,
    },
    /// Left a case waiting for a buyer or the warehouse.
    Left {
        /// The case.
        case: String,
        /// Who left it, by number.
        agent: usize,
        /// Under which fence.
        fence: i64,
    },
    /// Solved a case.
    Solved {
        /// The case after it.
        case: Box<v1::Case>,
    },
    /// Told a buyer that a review can be updated.
    Asked {
        /// The review.
        review: String,
    },
    /// The service would not let the buyer be told.
    AskRefused {
        /// The rules that refused.
        rules: Vec<String>,
    },
    /// An offer, or another step, was refused by a rule.
    Refused {
        /// The reason of the error model.
        reason: String,
    },
    /// The case had changed under the agent, who looked again.
    Conflict,
    /// Somebody else had the case by then.
    Lost,
    /// The agent went away without a word.
    Lapsed,
}

/// The queues that are known to be empty in this round.
#[derive(Clone, Debug)]
pub(crate) struct Queues(Arc<Vec<(&'static Shop, AtomicBool)>>);

impl Queues {
    /// The queues of some shops.
    pub(crate) fn of(shops: impl Iterator<Item = &'static Shop>) -> Self {
        Self(Arc::new(shops.map(|shop| (shop, AtomicBool::new(false))).collect()))
    }
}

/// An agent.
#[derive(Clone, Debug)]
pub(crate) struct Agent {
    /// The agent's number, from 0.
    pub(crate) number: usize,
    /// The agent's id.
    pub(crate) name: String,
    /// The agent's own connection.
    pub(crate) client: Client,
    /// The supervisor next door.
    pub(crate) supervisor: Client,
    /// Chance, for what agents do without a reason.
    pub(crate) seed: u64,
}

/// One round of an agent.
#[derive(Debug)]
pub(crate) struct Round {
    /// What is left to do from before.
    pub(crate) errands: Vec<Errand>,
    /// Where there may be new work.
    pub(crate) queues: Queues,
    /// The time.
    pub(crate) now: i64,
}

impl Agent {
    /// Does the errands, and takes cases until no queue has any left.
    ///
    /// # Errors
    /// When the service answers what no agent should ever see.
    pub(crate) async fn round(self, round: Round) -> anyhow::Result<Vec<Deed>> {
        let mut deeds = Vec::new();
        for errand in round.errands {
            match errand {
                Errand::Work { case, fence } => self.work(&case, fence, round.now, &mut deeds).await?,
                Errand::Close { case, fence } => self.close(&case, fence, &mut deeds).await?,
                Errand::Ask { review, stubborn } => self.ask(&review, stubborn, &mut deeds).await?,
            }
        }
        // Everyone begins at another queue.
        let shops = round.queues.0.len();
        for (shop, dry) in round.queues.0.iter().cycle().skip(self.number).take(shops) {
            while !dry.load(Ordering::Relaxed) {
                match self.claim(shop, &mut deeds).await? {
                    Some((case, fence)) => self.work(&case, fence, round.now, &mut deeds).await?,
                    None => dry.store(true, Ordering::Relaxed),
                }
            }
        }
        Ok(deeds)
    }

    async fn claim(&self, shop: &Shop, deeds: &mut Vec<Deed>) -> anyhow::Result<Option<(String, i64)>> {
        let request = v1::ClaimNextCaseRequest { parent: shop.name(), ..Default::default() };
        let answer = match self.client.call(request).await.map_err(Snag::from) {
            Ok(answer) => answer,
            Err(Snag::Stale | Snag::Refused(Legit { .. })) => {
                deeds.push(Deed::Conflict);
                return Ok(None);
            }
            Err(Snag::Fault(error)) => return Err(error.context("a case could not be claimed")),
        };
        let claimed = answer.case.zip(answer.lease);
        deeds.extend(claimed.as_ref().map(|_| Deed::Claimed));
        Ok(claimed.map(|(case, lease)| (case.name, lease.fence)))
    }

    fn chance(&self, case: &v1::Case, about: &str) -> Chance {
        let subject = case.subject.clone().unwrap_or_default();
        let id = [subject.order_id, subject.review_id, subject.conversation_id].concat();
        Chance::of(self.seed, &format!("{about} {id} {}", case.fence))
    }
}
