//! Enumerations, each value beside its counterpart.
//!
//! A domain value without a counterpart does not compile. A number that names
//! nothing, from a newer client or by mistake, is refused and never guessed.

use amends_app::lint::Reader;
use amends_domain::agent::Presence;
use amends_domain::case::{CaseKind, Origin, Outcome, State};
use amends_domain::counting::{CountingEffect, CountsOn};
use amends_domain::detection::{Flag, Reason, TextKind};
use amends_domain::event::ActorKind;
use amends_domain::incident::IncidentState;
use amends_domain::link::Relation;
use amends_domain::plan::{Instead, Outlook, StepKind, Way};
use amends_domain::policy::{AskPermission, Certainty, CountingRule, EditFrom, OptIn, Origin as RowOrigin};
use amends_domain::remedy::{Disposal, RemedyKind, RemedyStage};
use amends_domain::remedy_policy::EvidenceNeed;
use amends_domain::reply::ReplyStage;
use amends_domain::returns::{ReturnStatus, Verdict};
use amends_domain::review::EditState;
use amends_domain::signal::{Author, Direction, OrderState, ShipmentState, SurveyKind};
use amends_domain::sla::{Hours, Metric};
use amends_proto::v1 as pb;

use crate::fields::Fields;

/// A domain value with a counterpart on the wire.
pub trait Word: Sized + Copy {
    /// Its counterpart.
    type Wire: TryFrom<i32> + Into<i32>;

    /// The counterpart of this value.
    fn wire(self) -> Self::Wire;

    /// The value of a counterpart; none for the unspecified one.
    fn of(wire: Self::Wire) -> Option<Self>;

    /// The number of the counterpart.
    fn number(self) -> i32 {
        self.wire().into()
    }
}

macro_rules! words {
    ($($domain:ident = $wire:ident { $($value:ident = $other:ident),+ $(,)? } $(wire only $($extra:ident),+)?;)+) => {$(
        impl Word for $domain {
            type Wire = pb::$wire;

            fn wire(self) -> pb::$wire {
                match self { $(Self::$value => pb::$wire::$other),+ }
            }

            fn of(wire: pb::$wire) -> Option<Self> {
                match wire {
                    $(pb::$wire::$other => Some(Self::$value),)+
                    pb::$wire::Unspecified $($(| pb::$wire::$extra)+)? => None,
                }
            }
        }
    )+};
}

words! {
    Presence = AgentPresence { Available = Available, Away = Away, Offline = Offline };
    Reason = ComplaintReason {
        WrongItem = WrongItem, MissingPart = MissingPart, Damaged = Damaged, Defective = Defective,
        NotAsDescribed = NotAsDescribed, Counterfeit = Counterfeit, WrongSize = WrongSize,
        NotReceived = NotReceived, Late = Late, Quality = Quality, Service = Service, Price = Price,
        ChangedMind = ChangedMind, Other = Other,
    };
    Flag = DetectionFlag { Safety = Safety, Legal = Legal, Extortion = Extortion, Abusive = Abusive, OptOut = OptOut };
    Reader = TextReader { Buyer = Buyer, Everyone = Everyone, Offered = Offered, Asked = Asked };
    TextKind = TextKind { Review = Review, Message = Message };
    OrderState = OrderState { Placed = Placed, Paid = Paid, Cancelled = Cancelled };
    ShipmentState = ShipmentState {
        LabelCreated = LabelCreated, InTransit = InTransit, OutForDelivery = OutForDelivery, Delivered = Delivered,
        Delayed = Delayed, Failed = Failed, Lost = Lost, ReturnedToSender = ReturnedToSender,
    };
    EditState = ReviewEditState { Editable = Editable, EditedOnce = EditedOnce, Expired = Expired };
    Direction = MessageDirection { FromBuyer = FromBuyer, ToBuyer = ToBuyer };
    Author = MessageAuthor { Human = Human, QuickReply = QuickReply, Bot = Bot };
    ReturnStatus = ReturnStatus {
        Intent = Intent, Requested = Requested, Negotiating = Negotiating, Withdrawn = Withdrawn,
        Approved = Approved, InTransit = InTransit, Received = Received, Settled = Settled,
        Declined = Declined, Disputed = Disputed, Expired = Expired, Unmapped = Unmapped,
    };
    Verdict = ReturnVerdict {
        Open = Open, Recorded = Recorded, AvoidedProvisional = AvoidedProvisional,
        AvoidedConfirmed = AvoidedConfirmed, AvoidFailed = AvoidFailed,
    };
    SurveyKind = SurveyKind { Csat = Csat, Nps = Nps };
    CaseKind = CaseKind { Review = Review, Return = Return, Delivery = Delivery };
    Origin = CaseOrigin { Intent = Intent, Requested = Requested };
    State = CaseState {
        Queued = Queued, Claimed = Claimed, Working = Working, WaitingBuyer = WaitingBuyer,
        WaitingThirdParty = WaitingThirdParty, Snoozed = Snoozed, Solved = Solved, Closed = Closed,
        Merged = Merged, Cancelled = Cancelled,
    };
    Outcome = CaseOutcome {
        RemedyFulfilled = RemedyFulfilled, TalkedThrough = TalkedThrough, ReturnProceeds = ReturnProceeds,
        NoAnswer = NoAnswer, NotRecoverable = NotRecoverable, NotACase = Duplicate, Other = Other,
    };
    RemedyKind = RemedyKind {
        Replacement = Replacement, MissingPart = MissingPart, Exchange = Exchange, PartialRefund = PartialRefund,
        RefundWithoutReturn = RefundWithoutReturn, Reship = Reship, Repair = Repair, Instructions = Instructions,
        Coupon = Coupon, ReturnLabel = ReturnLabel, PriceMatch = PriceMatch,
    };
    Disposal = ItemDisposal { Keep = Keep, HandToCourier = HandToCourier, SendBack = SendBack };
    RemedyStage = RemedyState {
        Proposed = Proposed, AwaitingApproval = AwaitingApproval, Offered = Offered, Accepted = Accepted,
        Executing = Executing, Fulfilled = Fulfilled, Declined = Declined, Expired = Expired,
        Withdrawn = Withdrawn, Failed = Failed,
    };
    ReplyStage = ReplyState {
        Draft = Draft, AwaitingApproval = AwaitingApproval, Queued = Queued, Sending = Sending, Sent = Sent,
        Failed = Failed, Unknown = Unknown, Withdrawn = Withdrawn,
    };
    StepKind = PlanStepKind {
        Write = Write, Offer = Offer, AwaitAnswer = AwaitAnswer, Approve = Approve, Fulfil = Fulfil,
        Ask = Ask, PublicReply = PublicReply, Solve = Solve,
    };
    Outlook = PlanOutlook {
        NoReview = NoReview, Open = Open, Asked = Asked, Settled = Settled, NotRecoverable = NotRecoverable,
    };
    Way = PlanWay { Usual = Usual, RevisionRequest = RevisionRequest, Reopened = Reopened };
    Instead = PlanAlternative { OverrideLock = OverrideEditLock, ReturnLabel = ReturnLabel };
    ActorKind = ActorKind { Agent = Agent, Caller = Caller, System = System } wire only Buyer;
    AskPermission = AskPermission { No = No, RequestOnly = RequestOnly, Yes = Yes };
    OptIn = OwnerOptIn { Never = Never, PrivateChat = PrivateChat, Anywhere = Anywhere };
    RowOrigin = ChannelOrigin {
        OwnRow = OwnRow, RegionRow = RegionRow, ChannelRow = ChannelRow, DefaultDeny = DefaultDeny,
    };
    EditFrom = EditWindowStart { FirstObserved = Review, Delivered = Delivery };
    CountingRule = CountingRule {
        RequestOpened = RequestOpened, ListedUnlessWithdrawn = Listed, SellerFaultVerified = SellerFaultVerified,
        SellerFaultReturn = SellerFaultReturn, GoodsReceived = GoodsReceived, Processed = ReturnProcessed,
        Approved = ReturnApproved,
    };
    CountingEffect = CountingEffect {
        StillAvoids = StillAvoids, CountsAlready = CountsAlready, Counts = Counts, Unsure = Unsure,
    };
    CountsOn = CountsOn {
        Already = Already, Request = Request, Approval = Approval, Verification = Verification,
        Receipt = Receipt, Processing = Processing, Never = Never,
    };
    EvidenceNeed = EvidenceNeed { Photo = Photo, Video = Video };
    Metric = SlaMetric {
        FirstResponse = FirstResponse, NextResponse = NextResponse, Update = Update, Agreement = Agreement,
        Resolution = Resolution, RequesterWait = RequesterWait, AgentWork = AgentWork,
    };
    Relation = CaseRelation { Related = Related, Duplicates = Duplicates, Causes = Causes };
    IncidentState = IncidentState { Open = Open, Resolved = Resolved };
    Hours = SlaHours { Business = Business, Always = Always };
    Certainty = PolicyCertainty { Documented = Certain, Reported = Likely, Assumed = Unsure };
}

impl Fields {
    /// A value of an enumeration that must be there.
    pub fn word<W: Word>(&mut self, field: &'static str, number: i32) -> Option<W> {
        if number == 0 {
            return self.refuse(field, "must be set");
        }
        match W::Wire::try_from(number).ok().and_then(W::of) {
            Some(word) => Some(word),
            None => self.refuse(field, format!("{number} is no value that can be sent here")),
        }
    }

    /// A value that may be left out. The outer option says whether it was readable.
    pub fn word_or_none<W: Word>(&mut self, field: &'static str, number: Option<i32>) -> Option<Option<W>> {
        match number {
            None => Some(None),
            Some(number) => self.word(field, number).map(Some),
        }
    }

    /// Several values, each of which must be one.
    pub fn words<W: Word>(&mut self, field: &'static str, numbers: Vec<i32>) -> Option<Vec<W>> {
        if numbers.len() > 100 {
            return self.refuse(field, "must have at most 100 entries");
        }
        self.each(field, numbers, |fields, number| fields.word("", number))
    }
}
