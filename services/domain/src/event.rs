//! What happened: the typed entries of a timeline and of the event stream.
//!
//! An event is stored as a word and flat facts, each fact a string, so that an
//! old row can always be read and a new fact never breaks a reader. The list
//! below is the one place that knows both forms.

use std::str::FromStr;

use crate::agent::Leaving;
use crate::case::{CaseKind, Outcome};
use crate::code::codes;
use crate::detection::Reason;
use crate::guardrail::Rule;
use crate::id::UnknownWord;
use crate::link::Relation;
use crate::remedy::{Disposal, RemedyKind};
use crate::reply::HoldEnd;
use crate::returns::{ReturnStatus, Verdict};
use crate::review::DiffKind;
use crate::signal::{Author, Direction, ShipmentState, SignalKind};
use crate::sla::Metric;
use crate::subject::Subject;
use crate::{
    AgentId, BuyerKey, CaseId, ConversationId, DecisionId, IncidentId, LineId, MessageId, OrderId, RemedyId,
    ReplyId, ReturnId, ReviewId, SampleId, ShipmentId, SignalId, Sku, Span, SuggestionId, TemplateId, Time,
};

/// Flat facts by name.
pub type Facts = Vec<(&'static str, String)>;

/// A fact that can be written as a string and read back.
trait Fact: Sized {
    fn write(&self) -> Option<String>;
    fn read(text: Option<&str>) -> Option<Self>;
}

macro_rules! facts_by_display {
    ($($kind:ty),+ $(,)?) => {$(
        impl Fact for $kind {
            fn write(&self) -> Option<String> { Some(self.to_string()) }
            fn read(text: Option<&str>) -> Option<Self> { <$kind>::from_str(text?).ok() }
        }
    )+};
}

facts_by_display!(
    AgentId,
    BuyerKey,
    CaseId,
    DecisionId,
    LineId,
    MessageId,
    OrderId,
    RemedyId,
    ReturnId,
    ReviewId,
    ShipmentId,
    SignalId,
    Sku,
    ConversationId,
    ReplyId,
    SuggestionId,
    SampleId,
    TemplateId,
    CaseKind,
    Leaving,
    Outcome,
    Reason,
    Rule,
    RemedyKind,
    Disposal,
    HoldEnd,
    ReturnStatus,
    Verdict,
    DiffKind,
    Author,
    Direction,
    ShipmentState,
    SignalKind,
    Metric,
    Relation,
    IncidentId,
    Subject,
    String,
    i64,
    u64,
    u32,
    u8,
    bool,
);

impl Fact for Time {
    fn write(&self) -> Option<String> {
        Some(self.micros().to_string())
    }

    fn read(text: Option<&str>) -> Option<Self> {
        text?.parse().ok().map(Self::from_micros)
    }
}

impl Fact for Span {
    fn write(&self) -> Option<String> {
        Some(self.micros().to_string())
    }

    fn read(text: Option<&str>) -> Option<Self> {
        text?.parse().ok().map(Self::from_micros)
    }
}

/// Several rules; an event from before there were several has none.
impl Fact for Vec<Rule> {
    fn write(&self) -> Option<String> {
        let words: Vec<&str> = self.iter().map(|rule| rule.as_str()).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    fn read(text: Option<&str>) -> Option<Self> {
        text.unwrap_or_default().split_whitespace().map(|word| word.parse().ok()).collect()
    }
}

impl<T: Fact> Fact for Option<T> {
    fn write(&self) -> Option<String> {
        self.as_ref().and_then(Fact::write)
    }

    fn read(text: Option<&str>) -> Option<Self> {
        match text {
            None => Some(None),
            some => T::read(some).map(Some),
        }
    }
}

macro_rules! events {
    ($($(#[$meta:meta])* $name:ident = $word:literal { $($(#[$fmeta:meta])* $field:ident: $kind:ty),* $(,)? }),+ $(,)?) => {
        /// Something that happened to a case, a remedy, a review or a return.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Event { $($(#[$meta])* $name { $($(#[$fmeta])* $field: $kind),* }),+ }

        impl Event {
            /// The word of every event there is.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word it is stored and published under, such as `case.opened`.
            #[must_use]
            pub const fn word(&self) -> &'static str {
                match self { $(Self::$name { .. } => $word),+ }
            }

            /// Its facts, flat.
            #[must_use]
            pub fn facts(&self) -> Facts {
                match self {
                    $(Self::$name { $($field),* } => {
                        let facts: Vec<(&'static str, Option<String>)> = vec![$((stringify!($field), $field.write())),*];
                        facts.into_iter().filter_map(|(name, value)| value.map(|v| (name, v))).collect()
                    })+
                }
            }

            /// Reads an event back from its word and facts.
            ///
            /// # Errors
            /// When the word is unknown, or a fact is missing or malformed.
            pub fn read<'a>(word: &str, fact: impl Fn(&str) -> Option<&'a str>) -> Result<Self, UnknownWord> {
                let bad = || UnknownWord { what: "event", word: word.to_owned() };
                match word {
                    $($word => Ok(Self::$name { $($field: <$kind as Fact>::read(fact(stringify!($field))).ok_or_else(bad)?),* }),)+
                    _ => Err(bad()),
                }
            }
        }
    };
}

events! {
    /// A case was opened.
    CaseOpened = "case.opened" { /** What opened it. */ kind: CaseKind, /** What it is about. */ subject: Subject, /** Why. */ reason: Reason, /** The closed case it follows. */ follow_up_of: Option<CaseId>, /** How urgent it was. */ priority: Option<u8>, /** Since when the buyer waits for an answer, if they do. */ waiting_since: Option<Time> },
    /// A signal joined the case.
    SignalJoined = "case.signal_joined" { /** Which kind. */ kind: SignalKind, /** Which. */ signal: SignalId },
    /// An agent took the case.
    CaseClaimed = "case.claimed" { /** Who. */ agent: AgentId, /** The number of the hold. */ fence: i64 },
    /// A supervisor gave the case to an agent.
    CaseAssigned = "case.assigned" { /** To whom. */ agent: AgentId, /** The number of the hold. */ fence: i64 },
    /// The agent gave the case back.
    CaseReleased = "case.released" { /** Who. */ agent: AgentId, /** Why, if they did not give it back themselves: `AGENT_GONE`. */ cause: Option<String> },
    /// The agent's heartbeat stayed out.
    LeaseExpired = "case.lease_expired" { /** Who. */ agent: AgentId, /** How often that happened by now. */ abandon_count: u32, /** What stayed out, if not that of the lease: `AGENT_GONE`. */ cause: Option<String>, /** When the hold was over, if that was noticed later. */ ended_at: Option<Time> },
    /// The case went back to the agent who had it before, because the buyer wrote.
    CaseHandedBack = "case.handed_back" { /** To whom. */ agent: AgentId, /** The number of the hold. */ fence: i64 },
    /// The first human action: work began.
    WorkStarted = "case.work_started" { /** Who. */ agent: AgentId },
    /// A note was written; the text is kept apart.
    NoteAdded = "case.note_added" { /** Who. */ agent: AgentId, /** Where its text is kept. */ text_id: String },
    /// The seller contacted the buyer.
    ContactRecorded = "case.contact_recorded" { /** Who. */ agent: AgentId, /** By what means. */ means: String, /** Whether the buyer was reached. */ reached: bool },
    /// A message of the conversation.
    MessageSeen = "message.seen" { /** Which. */ message: MessageId, /** From whom. */ direction: Direction, /** What kind of author. */ author: Author },
    /// The case waits for the buyer.
    WaitingForBuyer = "case.waiting_for_buyer" { /** Who waits. */ agent: AgentId, /** When silence counts as an answer. */ give_up_at: Time },
    /// The case waits for someone else.
    WaitingForThirdParty = "case.waiting_for_third_party" { /** Who waits. */ agent: AgentId, /** When to look again. */ until: Time },
    /// The case waits for a time.
    CaseSnoozed = "case.snoozed" { /** Who. */ agent: AgentId, /** Until when. */ until: Time },
    /// The time came.
    CaseWoken = "case.woken" { /** Why. */ cause: String },
    /// A waiting buyer may be reminded.
    ReminderDue = "case.reminder_due" { /** Since when the case waits. */ waiting_since: Time },
    /// A supervisor is needed.
    CaseEscalated = "case.escalated" { /** The new level. */ level: u8, /** Why. */ reason: String },
    /// The case was solved.
    CaseSolved = "case.solved" { /** How. */ outcome: Outcome, /** When it closes for good. */ close_at: Time },
    /// The case closed for good.
    CaseClosed = "case.closed" { /** How it was solved. */ outcome: Outcome },
    /// The case was not solved after all.
    CaseReopened = "case.reopened" { /** How often by now. */ reopen_count: u32, /** Why. */ cause: String },
    /// The case became part of another.
    CaseMerged = "case.merged" { /** Which. */ into: CaseId },
    /// Another case became part of this one.
    CaseAbsorbed = "case.absorbed" { /** Which. */ from: CaseId },
    /// The case was no case.
    CaseCancelled = "case.cancelled" { /** Why. */ reason: String },
    /// What the case is about became known more exactly.
    SubjectRefined = "case.subject_refined" { /** Before. */ from: Subject, /** Now. */ to: Subject },
    /// The channel will decide by itself soon.
    ChannelDeadlineNear = "case.channel_deadline_near" { /** When. */ deadline: Time },
    /// The case became more urgent.
    CasePriorityChanged = "case.priority_changed" { /** Before, 0–100. */ from: u8, /** Now. */ to: u8 },
    /// Three quarters of a promised time have passed.
    SlaWarned = "sla.warned" { /** Of which clock. */ metric: Metric, /** Which instance of it, from 1. */ instance: u32, /** What was promised. */ target: Span, /** When they had passed. */ due_at: Time },
    /// A promise was broken.
    SlaBreached = "sla.breached" { /** Of which clock. */ metric: Metric, /** Which instance of it, from 1. */ instance: u32, /** What was promised. */ target: Span, /** When that time had passed. */ due_at: Time },
    /// Alternatives were suggested.
    RemedySuggested = "remedy.suggested" { /** The stored suggestion. */ suggestion: String, /** The first of them. */ first: Option<RemedyKind> },
    /// A remedy was proposed.
    RemedyProposed = "remedy.proposed" { /** Which. */ remedy: RemedyId, /** What is given. */ kind: RemedyKind, /** Units. */ units: u32, /** The stored suggestion it was taken from. */ suggestion: Option<SuggestionId> },
    /// A remedy waits for another person's approval.
    ApprovalAsked = "remedy.approval_asked" { /** Which. */ remedy: RemedyId, /** The stored decision that let it go there. */ decision: Option<DecisionId> },
    /// Another person agreed.
    RemedyApproved = "remedy.approved" { /** Which. */ remedy: RemedyId, /** Who. */ by: AgentId },
    /// A remedy was put to the buyer.
    RemedyOffered = "remedy.offered" { /** Which. */ remedy: RemedyId, /** What is given. */ kind: RemedyKind, /** Until when. */ expires_at: Time, /** The stored decision that let it pass. */ decision: Option<DecisionId> },
    /// The buyer said yes: whoever carries it out has everything here.
    RemedyAccepted = "remedy.accepted" { /** Which. */ remedy: RemedyId, /** What is given. */ kind: RemedyKind, /** The order. */ order: Option<OrderId>, /** The line. */ line: Option<LineId>, /** Units. */ units: u32, /** Money in minor units. */ amount: Option<i64>, /** Its currency. */ currency: Option<String>, /** The article to send. */ article: String, /** What the buyer does with the article at hand. */ disposal: Option<Disposal>, /** A coupon on top, in minor units. */ gift: Option<i64>, /** The code of the coupon. */ coupon_code: Option<String>, /** What else is agreed. */ note: Option<String>, /** When it should be fulfilled. */ due_at: Time },
    /// The buyer said no.
    RemedyDeclined = "remedy.declined" { /** Which. */ remedy: RemedyId, /** What they want instead, in minor units. */ wish: Option<i64>, /** Its currency. */ currency: Option<String> },
    /// The buyer did not answer in time.
    RemedyExpired = "remedy.expired" { /** Which. */ remedy: RemedyId },
    /// The offer was taken back.
    RemedyWithdrawn = "remedy.withdrawn" { /** Which. */ remedy: RemedyId },
    /// The remedy is being carried out.
    RemedyExecuting = "remedy.executing" { /** Which. */ remedy: RemedyId },
    /// The remedy is done.
    RemedyFulfilled = "remedy.fulfilled" { /** Which. */ remedy: RemedyId, /** What was given. */ kind: RemedyKind, /** The carrier's or payment's number. */ tracking: String, /** When, as whoever reported it says. */ at: Option<Time> },
    /// The remedy could not be carried out.
    RemedyFailed = "remedy.failed" { /** Which. */ remedy: RemedyId, /** Why. */ why: String },
    /// A promised remedy was not fulfilled in time.
    FulfilmentOverdue = "remedy.fulfilment_overdue" { /** Which. */ remedy: RemedyId },
    /// The channel refunds although goods or more money were promised: stop what was promised.
    StopShipment = "remedy.stop_shipment" { /** Which. */ remedy: RemedyId, /** The return that refunds. */ return_id: ReturnId, /** What was promised. */ kind: Option<RemedyKind>, /** The order. */ order: Option<OrderId>, /** The line. */ line: Option<LineId>, /** Units. */ units: Option<u32>, /** The article that must not leave. */ article: Option<String>, /** What the buyer does with the article at hand. */ disposal: Option<Disposal>, /** What is refunded, in minor units. */ refund: Option<i64>, /** Its currency. */ currency: Option<String>, /** Whether it was paid; else the channel agreed to pay it. */ paid: Option<bool> },
    /// The channel refunded units whose remedy was given already: the shop may claim.
    DoubleCompensated = "remedy.double_compensated" { /** Which. */ remedy: RemedyId, /** The return that refunded. */ return_id: ReturnId, /** What was given. */ kind: RemedyKind, /** The order. */ order: Option<OrderId>, /** The line. */ line: Option<LineId>, /** Units. */ units: u32, /** What was refunded, in minor units. */ refund: Option<i64>, /** Its currency. */ currency: Option<String>, /** The number of the parcel or payment that went out. */ tracking: String },
    /// A review was observed.
    ReviewObserved = "review.observed" { /** Which. */ review: ReviewId, /** What lies between it and the version before. */ diff: DiffKind, /** The rating seen. */ rating: Option<u8>, /** When it was seen. */ observed_at: Time },
    /// A guardrail refused an action.
    ActionRefused = "guardrail.refused" { /** What was tried. */ action: String, /** The first rule that refused. */ rule: Rule, /** The others that did. */ also: Vec<Rule>, /** The stored decision. */ decision: DecisionId },
    /// The buyer was told that the review can be updated.
    AskSent = "review.ask_sent" { /** Which review. */ review: ReviewId, /** From which template. */ template: String, /** The stored decision. */ decision: DecisionId },
    /// A return request was observed.
    ReturnObserved = "return.observed" { /** Which. */ return_id: ReturnId, /** Where it stands. */ status: ReturnStatus, /** In the channel's words. */ raw_status: String },
    /// What became of the danger of a return.
    VerdictChanged = "return.verdict_changed" { /** The order. */ order: OrderId, /** The line. */ line: LineId, /** Before. */ from: Verdict, /** Now. */ to: Verdict },
    /// A parcel had trouble.
    ShipmentTrouble = "shipment.trouble" { /** Which. */ shipment: ShipmentId, /** Where it is. */ state: ShipmentState, /** When it should arrive now. */ eta: Option<Time> },
    /// A parcel should have arrived.
    DeliveryOverdue = "delivery.overdue" { /** Which. */ shipment: ShipmentId, /** The order. */ order: OrderId, /** Where it is. */ state: ShipmentState, /** When it was expected. */ eta: Time, /** When it was expected at first. */ promised: Time, /** The carrier. */ carrier: String, /** The carrier's number. */ tracking: String, /** The remedy it fulfils. */ remedy: Option<RemedyId> },
    /// A parcel arrived with which there had been trouble.
    DeliveryArrived = "delivery.arrived" { /** Which. */ shipment: ShipmentId, /** The order. */ order: OrderId, /** When. */ delivered_at: Time, /** When it was expected at first. */ promised: Option<Time> },
    /// An agent wrote a reply; the text is kept apart.
    ReplyDrafted = "reply.drafted" { /** Which. */ reply: ReplyId, /** Who. */ agent: AgentId, /** From which template. */ template: Option<TemplateId>, /** Whether everyone will read it. */ public: bool },
    /// A reply waits for another person's approval.
    ReplyApprovalAsked = "reply.approval_asked" { /** Which. */ reply: ReplyId },
    /// Another person agreed to a reply.
    ReplyApproved = "reply.approved" { /** Which. */ reply: ReplyId, /** Who. */ by: AgentId },
    /// A reply waits for a connector, which has everything here but the text.
    ReplyQueued = "reply.queued" { /** Which. */ reply: ReplyId, /** Who wrote it. */ agent: AgentId, /** Whether everyone will read it. */ public: bool, /** The order. */ order: Option<OrderId>, /** The line. */ line: Option<LineId>, /** The conversation it continues. */ conversation: Option<ConversationId>, /** The review it answers. */ review: Option<ReviewId>, /** The language. */ language: String, /** From which template. */ template: Option<TemplateId>, /** The hold it was written under. */ fence: i64, /** How often it was tried before. */ attempts: u32, /** When it was written. */ drafted_at: Time, /** Who approved it. */ approved_by: Option<AgentId>, /** The stored decision that let it pass. */ decision: Option<DecisionId> },
    /// A connector takes a reply to the channel.
    ReplySending = "reply.sending" { /** Which. */ reply: ReplyId, /** Which attempt. */ attempt: u32, /** When its end becomes unknown. */ until: Time, /** The stored decision that let it pass. */ decision: Option<DecisionId> },
    /// The channel has the reply.
    ReplySent = "reply.sent" { /** Which. */ reply: ReplyId, /** Which attempt. */ attempt: u32, /** What the channel calls it. */ message: MessageId, /** Who wrote it. */ agent: AgentId, /** Whether everyone reads it. */ public: bool, /** When the channel got it. */ sent_at: Time },
    /// The channel does not have the reply.
    ReplyFailed = "reply.failed" { /** Which. */ reply: ReplyId, /** Which attempt. */ attempt: u32, /** Why. */ why: String },
    /// Nobody knows whether the channel has the reply: look there, and never send it again before.
    ReplyUnknown = "reply.unknown" { /** Which. */ reply: ReplyId, /** Which attempt. */ attempt: u32, /** Why; empty when the time was up. */ why: String },
    /// A reply was taken back; by the end of its case, if that is said.
    ReplyWithdrawn = "reply.withdrawn" { /** Which. */ reply: ReplyId, /** How the case ended. */ why: Option<HoldEnd> },
    /// The hold a reply was written under ended before a connector had it: it is a draft again.
    ReplyRecalled = "reply.recalled" { /** Which. */ reply: ReplyId, /** How the hold ended. */ why: HoldEnd, /** Which hold. */ fence: i64 },
    /// An agent made a reply their own that was written under an earlier hold.
    ReplyAdopted = "reply.adopted" { /** Which. */ reply: ReplyId, /** Who. */ agent: AgentId, /** Whose it was. */ from: AgentId, /** The hold it belongs to now. */ fence: i64 },
    /// An agent takes cases from now on.
    AgentAvailable = "agent.available" { /** Who. */ agent: AgentId, /** Until when, unless it is said again. */ until: Time },
    /// An agent takes no new cases from now on.
    AgentAway = "agent.away" { /** Who. */ agent: AgentId, /** Until when, unless it is said again. */ until: Time },
    /// An agent is not there any more; what they held is back in the queue.
    AgentOffline = "agent.offline" { /** Who. */ agent: AgentId, /** Why. */ cause: Leaving, /** When they were gone, if that was noticed later. */ ended_at: Option<Time> },
    /// A survey was answered.
    SurveyAnswered = "survey.answered" { /** The score. */ score: u8, /** Whether it asked for satisfaction (CSAT) or recommendation (NPS). */ asked: String, /** The solution it is about. */ solution: Option<u32> },
    /// The buyer may be asked how satisfied they are, once per solution.
    SatisfactionDue = "case.satisfaction_due" { /** The number of the solution, from 1. */ solution: u32, /** How it was solved. */ outcome: Outcome, /** The order. */ order: Option<OrderId> },
    /// The case was linked to another.
    CaseLinked = "case.linked" { /** The other. */ other: CaseId, /** How the first stands to the second. */ relation: Relation, /** Whether the other is the first. */ incoming: bool },
    /// A link to another case was taken away.
    CaseUnlinked = "case.unlinked" { /** The other. */ other: CaseId, /** How the first stood to the second. */ relation: Relation, /** Whether the other was the first. */ incoming: bool },
    /// The case was put into an incident.
    IncidentJoined = "incident.joined" { /** Which. */ incident: IncidentId },
    /// The case was taken out of an incident.
    IncidentLeft = "incident.left" { /** Which. */ incident: IncidentId },
    /// The incident of the case was resolved; what resolved it is kept apart.
    IncidentResolved = "incident.resolved" { /** Which. */ incident: IncidentId },
    /// Complaints about an article were far more than usual: an incident was opened by itself.
    IncidentRaised = "incident.raised" { /** Which. */ incident: IncidentId, /** The article. */ sku: Sku, /** What is complained about. */ reason: Reason, /** When the week begins. */ week_from: Time, /** The first instant after it. */ week_until: Time, /** Complaints in it. */ complaints: u64, /** Units that stand behind them. */ of_units: u64, /** Complaints in the weeks before. */ base_complaints: u64, /** Units behind those. */ base_units: u64, /** How many weeks those are. */ base_weeks: u32, /** Pairs of an article and a reason that were looked at. */ pairs: u64 },
    /// The work of an agent on the case was judged; what was given and written is kept apart.
    QualityReviewed = "quality.reviewed" { /** The sample. */ sample: SampleId, /** Who judged. */ by: AgentId },
    /// Whom a review is about disputes it.
    QualityDisputed = "quality.disputed" { /** The sample. */ sample: SampleId, /** Who. */ by: AgentId },
    /// A dispute about a review was decided.
    QualityResolved = "quality.resolved" { /** The sample. */ sample: SampleId, /** Who decided. */ by: AgentId, /** Whether the review counts as it was. */ upheld: bool },
    /// What the shop offers instead of a return has a new version.
    RemedyPolicyApplied = "policy.remedy_applied" { /** Which. */ version: i64, /** From when it holds. */ effective_from: Time },
    /// A buyer is forgotten: whoever keeps something of theirs elsewhere erases it as well.
    BuyerErased = "buyer.erased" { /** The pseudonym, as cases and reviews show it. */ buyer: BuyerKey },
}

codes! {
    /// Who made something happen.
    pub enum ActorKind {
        /// A person through an agent's credentials.
        Agent = "AGENT",
        /// A caller's signal.
        Caller = "CALLER",
        /// A timer or rule of the service.
        System = "SYSTEM",
    }
}

/// Who made something happen, and the request or signal that caused it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// What kind.
    pub kind: ActorKind,
    /// The name of the principal, or of the timer.
    pub name: String,
}
