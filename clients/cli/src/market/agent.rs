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
use tokio::sync::Semaphore;

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

/// How many agents stand at one queue at a time. More would only find it empty together.
const AT_A_QUEUE: usize = 2;

/// The queue of a shop in this round.
#[derive(Debug)]
struct Queue {
    shop: &'static Shop,
    room: Semaphore,
    /// Somebody found nothing in it.
    dry: AtomicBool,
}

/// The queues where something may wait.
#[derive(Clone, Debug)]
pub(crate) struct Queues(Arc<Vec<Queue>>);

impl Queues {
    /// The queues of some shops.
    pub(crate) fn of(shops: impl Iterator<Item = &'static Shop>) -> Self {
        let queue = |shop| Queue { shop, room: Semaphore::new(AT_A_QUEUE), dry: AtomicBool::new(false) };
        Self(Arc::new(shops.map(queue).collect()))
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
        let count = round.queues.0.len();
        for queue in round.queues.0.iter().cycle().skip(self.number).take(count) {
            while let Some((case, fence)) = self.claim(queue, &mut deeds).await? {
                self.work(&case, fence, round.now, &mut deeds).await?;
            }
        }
        Ok(deeds)
    }

    /// Takes the next case of a queue; none if there is none left.
    async fn claim(&self, queue: &Queue, deeds: &mut Vec<Deed>) -> anyhow::Result<Option<(String, i64)>> {
        let _room = queue.room.acquire().await?;
        if queue.dry.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let request = v1::ClaimNextCaseRequest { parent: queue.shop.name(), ..Default::default() };
        let answer = match self.client.call(request).await.map_err(Snag::from) {
            Ok(answer) => answer,
            Err(Snag::Stale | Snag::Refused(Legit { .. })) => {
                deeds.push(Deed::Conflict);
                return Ok(None);
            }
            Err(Snag::Fault(error)) => return Err(error.context("a case could not be claimed")),
        };
        let Some((case, lease)) = answer.case.zip(answer.lease) else {
            queue.dry.store(true, Ordering::Relaxed);
            return Ok(None);
        };
        deeds.push(Deed::Claimed);
        Ok(Some((case.name, lease.fence)))
    }

    fn chance(&self, case: &v1::Case, about: &str) -> Chance {
        let subject = case.subject.clone().unwrap_or_default();
        let id = [subject.order_id, subject.review_id, subject.conversation_id].concat();
        Chance::of(self.seed, &format!("{about} {id} {}", case.fence))
    }
}
