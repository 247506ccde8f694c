//! Short ways to say what agents and connectors do with replies.

use amends_app::case::ClaimCase;
use amends_app::ingest::Receipt;
use amends_app::policy::{PolicyChange, UpdatePolicy};
use amends_app::reply::{
    ApproveReply, BeginDelivery, Content, Delivery, DraftReply, QueueReply, ReplyView, ReportDelivery,
    WithdrawReply,
};
use amends_app::{Answer, AppError, Call, Role};
use amends_domain::case::Case;
use amends_domain::reply::{Reply, ReplyStage};
use amends_domain::signal::{Author, Direction, MessageSignal, SignalBody};
use amends_domain::{CaseId, MessageId, ReplyId};

use crate::make::root;
use crate::stage::{Stage, ann, back_end, buyer, call, id};

pub(crate) fn bob() -> Call {
    call("bob", &[Role::Agent])
}

/// Another connector of the same channel.
pub(crate) fn other_connector() -> Call {
    call("connector-2", &[Role::Ingest])
}

pub(crate) fn sent_as(message: &str) -> Delivery {
    Delivery::Sent { message: id(message), at: None }
}

pub(crate) fn failed() -> Delivery {
    Delivery::Failed { why: "blocked".to_owned() }
}

pub(crate) fn unknown(message: Option<&str>) -> Delivery {
    Delivery::Unknown { message: message.map(id), why: String::new() }
}

impl Stage<'_> {
    /// What an agent would write on the case as it stands.
    pub(crate) fn draft_on(&self, case: &Case) -> DraftReply {
        DraftReply {
            shop: self.shop.clone(),
            case: case.id,
            version: case.version,
            fence: case.fence,
            public: false,
            language: String::new(),
            content: Content::Text("We send a new one today.".to_owned()),
        }
    }

    /// Ann's draft.
    pub(crate) async fn draft(&self, case: CaseId) -> Reply {
        let draft = self.draft_on(&self.case(case).await);
        self.app.perform(ann(), draft).await.unwrap().reply
    }

    /// Queueing it on the case as it stands.
    pub(crate) async fn queue_of(&self, reply: &Reply) -> QueueReply {
        let case = self.case(reply.case).await;
        let (shop, reply) = (self.shop.clone(), reply.id);
        QueueReply {
            shop,
            reply,
            version: case.version,
            fence: case.fence,
            adopt: false,
            override_lock: false,
        }
    }

    pub(crate) async fn queue(&self, who: Call, reply: &Reply) -> Result<Reply, AppError> {
        let queue = self.queue_of(reply).await;
        self.app.perform(who, queue).await.map(|done| done.reply)
    }

    /// Ann's reply, queued.
    pub(crate) async fn queued(&self, case: CaseId) -> Reply {
        let draft = self.draft(case).await;
        self.queue(ann(), &draft).await.unwrap()
    }

    /// Ann's reply, which a connector has taken.
    pub(crate) async fn sending(&self, case: CaseId) -> Reply {
        let queued = self.queued(case).await;
        self.begin(back_end(), &queued).await.unwrap()
    }

    pub(crate) fn begin_of(&self, reply: &Reply, message: Option<&str>) -> BeginDelivery {
        BeginDelivery { shop: self.shop.clone(), reply: reply.id, message: message.map(id) }
    }

    pub(crate) async fn begin(&self, who: Call, reply: &Reply) -> Result<Reply, AppError> {
        self.app.perform(who, self.begin_of(reply, None)).await.map(|done| done.reply)
    }

    pub(crate) fn report_of(&self, reply: &Reply, delivery: Delivery) -> ReportDelivery {
        ReportDelivery { shop: self.shop.clone(), reply: reply.id, attempt: reply.attempts, delivery }
    }

    pub(crate) async fn report_delivery(&self, reply: &Reply, delivery: Delivery) -> Result<Reply, AppError> {
        self.app.perform(back_end(), self.report_of(reply, delivery)).await.map(|done| done.reply)
    }

    pub(crate) async fn approve(&self, who: Call, reply: &Reply) -> Result<Reply, AppError> {
        let version = self.case(reply.case).await.version;
        let (shop, note) = (self.shop.clone(), String::new());
        let approve = ApproveReply { shop, reply: reply.id, version, note };
        self.app.perform(who, approve).await.map(|done| done.reply)
    }

    pub(crate) async fn withdraw_of(&self, reply: &Reply) -> WithdrawReply {
        let case = self.case(reply.case).await;
        WithdrawReply {
            shop: self.shop.clone(),
            reply: reply.id,
            version: case.version,
            fence: case.fence,
            note: String::new(),
        }
    }

    pub(crate) async fn reply(&self, id: ReplyId) -> ReplyView {
        self.app.reply(&root(), &self.shop, id).await.unwrap()
    }

    pub(crate) async fn stage_of(&self, reply: &Reply) -> ReplyStage {
        self.reply(reply.id).await.reply.state.stage()
    }

    /// Ann's lease runs out, and Bob takes the case.
    pub(crate) async fn lose_to_bob(&self, case: CaseId) -> Case {
        self.pass(amends_domain::Span::from_minutes(6)).await;
        self.app.perform(bob(), ClaimCase { shop: self.shop.clone(), case }).await.unwrap();
        self.case(case).await
    }

    /// The buyer of an order writes in its conversation: whoever answers may do so at once, and again.
    pub(crate) async fn buyer_wrote(&self, order: &str) {
        let message = MessageSignal {
            message: id(format!("q-{order}")),
            conversation: id(format!("c-{order}")),
            order: Some(id(order)),
            line: Some(id("1")),
            buyer: buyer(order),
            direction: Direction::FromBuyer,
            author: Author::Human,
            text: "Where is it?".to_owned(),
            language: String::new(),
            public: false,
        };
        self.push(SignalBody::Message(message)).await;
    }

    /// The channel shows a message of the seller.
    pub(crate) async fn echo(&self, order: &str, message: &str) -> Receipt {
        self.echo_about(order, Some(order), message).await
    }

    /// The same, of a channel that names the order or not.
    pub(crate) async fn echo_about(&self, order: &str, named: Option<&str>, message: &str) -> Receipt {
        self.push(SignalBody::Message(MessageSignal {
            message: MessageId::new(message).unwrap(),
            conversation: id(format!("c-{order}")),
            order: named.map(id),
            line: named.map(|_| id("1")),
            buyer: buyer(order),
            direction: Direction::ToBuyer,
            author: Author::Human,
            text: "We send a new one today.".to_owned(),
            language: String::new(),
            public: false,
        }))
        .await
    }

    /// From now on replies wait for another person.
    pub(crate) async fn ask_approval(&self) {
        let change = PolicyChange { reply_approval: Some(true), ..PolicyChange::default() };
        let update = UpdatePolicy { shop: self.shop.clone(), version: 0, change };
        let call = call("root", &[Role::Admin]);
        let done = self.app.change_shop(call, update, |_| Vec::new()).await.unwrap();
        assert!(matches!(done, Answer::Fresh(_)));
    }

    /// The words of a case's timeline that are about replies.
    pub(crate) async fn told(&self, case: CaseId) -> Vec<&'static str> {
        let conn = self.app.store().reader();
        let events = amends_store::event::of_case(&conn, &self.shop, &case, 0, 1_000).await.unwrap();
        let words = events.iter().map(|stored| stored.row.event.word());
        words.filter(|word| word.starts_with("reply.")).collect()
    }
}
