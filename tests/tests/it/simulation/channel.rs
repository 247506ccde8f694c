//! The channel and its connector: what reaches the buyer, whatever the service believes.

use amends_app::reply::{
    ApproveReply, BeginDelivery, Content, Delivery, DraftReply, QueueReply, ReportDelivery, WithdrawReply,
};
use amends_app::{Principal, Role};
use amends_domain::MessageId;
use amends_domain::case::Case;
use amends_domain::reply::{Reply, ReplyStage};
use amends_domain::signal::{Author, Direction, MessageSignal, Signal, SignalBody};
use amends_domain::{ReplyId, Span};
use amends_store::reply::{self, ReplyFilter};
use rand::Rng;
use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;

use super::house::{House, principal, shop};
use super::seen::every_case;

/// An attempt that a connector began and knows of.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    pub(super) reply: ReplyId,
    pub(super) number: u32,
    /// What the channel calls the message.
    pub(super) message: MessageId,
    /// Whether the buyer can read it.
    pub(super) arrived: bool,
}

/// What the connector did, and what the channel has of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Channel {
    pub(super) attempts: Vec<Attempt>,
}

fn connector() -> Principal {
    principal("connector", &[Role::Ingest])
}

fn boss() -> Principal {
    principal("boss", &[Role::Supervisor])
}

async fn replies(house: &House, stages: &[ReplyStage]) -> Vec<Reply> {
    let filter = ReplyFilter { case: None, stages: stages.to_vec() };
    reply::list(&house.look.reader(), &shop(), &filter, None, 10_000).await.unwrap()
}

impl Channel {
    /// An agent or the connector does one thing about replies.
    pub(super) async fn act(&mut self, house: &House, rng: &mut ChaCha8Rng) {
        match rng.random_range(0..10) {
            0..4 => write(house, rng).await,
            4..7 => self.take(house, rng).await,
            7 => self.look_back(house, rng).await,
            8 => self.repeat(house, rng).await,
            _ => self.echo(house, rng).await,
        }
    }

    /// The connector takes what waits, and tells what became of it, or nothing.
    async fn take(&mut self, house: &House, rng: &mut ChaCha8Rng) {
        let queued = replies(house, &[ReplyStage::Queued]).await;
        let Some(chosen) = queued.choose(rng) else { return };
        let message: MessageId = format!("sent-{}", self.attempts.len()).parse().unwrap();
        let named = rng.random_bool(0.5).then(|| message.clone());
        let begin = BeginDelivery { shop: shop(), reply: chosen.id, message: named };
        // Whoever got no answer does not send.
        let Some(taken) = house.attempt(&connector(), begin).await else { return };
        let arrived = rng.random_bool(0.7);
        let attempt = Attempt { reply: chosen.id, number: taken.reply.attempts, message, arrived };
        self.attempts.push(attempt.clone());
        match rng.random_range(0..6) {
            // The connector dies between sending and telling.
            0 => {}
            1 => {
                let known = rng.random_bool(0.5).then(|| attempt.message.clone());
                let unknown = Delivery::Unknown { message: known, why: "timed out".to_owned() };
                tell(house, &attempt, unknown).await;
            }
            _ => tell(house, &attempt, attempt.truth()).await,
        }
    }

    /// Somebody looks into the channel for what nobody knows the end of.
    async fn look_back(&self, house: &House, rng: &mut ChaCha8Rng) {
        let unknown = replies(house, &[ReplyStage::Unknown, ReplyStage::Sending]).await;
        let Some(chosen) = unknown.choose(rng) else { return };
        let known = self.attempts.iter().find(|a| a.reply == chosen.id && a.number == chosen.attempts);
        match known {
            Some(attempt) => tell(house, attempt, attempt.truth()).await,
            // It was begun, and whoever began it never heard so: nothing was sent.
            None => {
                let failed = Delivery::Failed { why: "not there".to_owned() };
                let (reply, attempt) = (chosen.id, chosen.attempts);
                let report = ReportDelivery { shop: shop(), reply, attempt, delivery: failed };
                house.attempt(&connector(), report).await;
            }
        }
    }

    /// An old report comes once more, or late.
    async fn repeat(&self, house: &House, rng: &mut ChaCha8Rng) {
        let Some(old) = self.attempts.choose(rng) else { return };
        tell(house, old, old.truth()).await;
    }

    /// The channel shows the seller's own message, as often as it likes.
    async fn echo(&self, house: &House, rng: &mut ChaCha8Rng) {
        let arrived: Vec<&Attempt> = self.attempts.iter().filter(|attempt| attempt.arrived).collect();
        let Some(shown) = arrived.choose(rng) else { return };
        let body = SignalBody::Message(MessageSignal {
            message: shown.message.clone(),
            conversation: "echoes".parse().unwrap(),
            order: None,
            line: None,
            buyer: "b0".parse().unwrap(),
            direction: Direction::ToBuyer,
            author: Author::Human,
            text: "We send a new one.".to_owned(),
            language: String::new(),
            public: false,
        });
        let id = format!("echo-{}-{}", shown.message, rng.random_range(0..1_000_000)).parse().unwrap();
        let occurred_at = house.app.now() - Span::from_minutes(rng.random_range(0..3));
        let heard = house.record(&[Signal { id, occurred_at, body }]).await;
        assert!(heard.is_ok() || house.is_dead(), "{heard:?}");
    }
}

impl Attempt {
    fn truth(&self) -> Delivery {
        match self.arrived {
            true => Delivery::Sent { message: self.message.clone(), at: None },
            false => Delivery::Failed { why: "blocked".to_owned() },
        }
    }
}

async fn tell(house: &House, attempt: &Attempt, delivery: Delivery) {
    let (reply, attempt) = (attempt.reply, attempt.number);
    house.attempt(&connector(), ReportDelivery { shop: shop(), reply, attempt, delivery }).await;
}

/// An agent writes, queues, approves or takes back.
async fn write(house: &House, rng: &mut ChaCha8Rng) {
    let cases = every_case(house).await;
    let held: Vec<&Case> = cases.iter().filter(|case| case.handling.owner().is_some()).collect();
    let Some(case) = held.choose(rng) else { return };
    let owner = case.handling.owner().unwrap().clone();
    let who = principal(owner.as_str(), &[Role::Agent]);
    let version = case.version - i64::from(rng.random_bool(0.05));
    let fence = case.fence - i64::from(rng.random_bool(0.05));
    let of_case = replies(house, &[]).await.into_iter().filter(|reply| reply.case == case.id);
    let of_case: Vec<Reply> = of_case.collect();
    let Some(reply) = of_case.choose(rng).filter(|_| rng.random_bool(0.7)) else {
        let draft = DraftReply {
            shop: shop(),
            case: case.id,
            version,
            fence,
            public: rng.random_bool(0.2),
            language: String::new(),
            content: Content::Text("We send a new one.".to_owned()),
        };
        let Some(drafted) = house.attempt(&who, draft).await else { return };
        let (version, fence) = (drafted.case.case.version, drafted.case.case.fence);
        let queue = QueueReply {
            shop: shop(),
            reply: drafted.reply.id,
            version,
            fence,
            adopt: false,
            override_lock: false,
        };
        house.attempt(&who, queue).await;
        return;
    };
    let (reply, note) = (reply.id, String::new());
    match rng.random_range(0..8) {
        0..4 => {
            let queue = QueueReply {
                shop: shop(),
                reply,
                version,
                fence,
                adopt: rng.random_bool(0.6),
                override_lock: false,
            };
            house.attempt(&who, queue).await;
        }
        4..7 => drop(house.attempt(&boss(), ApproveReply { shop: shop(), reply, version, note }).await),
        _ => drop(house.attempt(&who, WithdrawReply { shop: shop(), reply, version, fence, note }).await),
    }
}
