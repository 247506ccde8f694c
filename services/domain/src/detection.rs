//! What was heard in a text.

use crate::code::codes;

codes! {
    /// Why a buyer is unhappy.
    pub enum Reason {
        /// Another article than the one ordered.
        WrongItem = "WRONG_ITEM",
        /// Something that belongs to it is not in the parcel.
        MissingPart = "MISSING_PART",
        /// Broken on arrival.
        Damaged = "DAMAGED",
        /// Does not work, or stopped working.
        Defective = "DEFECTIVE",
        /// Not what the listing promised.
        NotAsDescribed = "NOT_AS_DESCRIBED",
        /// Not genuine.
        Counterfeit = "COUNTERFEIT",
        /// Does not fit.
        WrongSize = "WRONG_SIZE",
        /// Never came.
        NotReceived = "NOT_RECEIVED",
        /// Came too late, or is late.
        Late = "LATE",
        /// Poor material or workmanship.
        Quality = "QUALITY",
        /// The seller's service.
        Service = "SERVICE",
        /// Too dear, or cheaper elsewhere.
        Price = "PRICE",
        /// No longer wanted.
        ChangedMind = "CHANGED_MIND",
        /// None of these.
        Other = "OTHER",
    }
}

impl Reason {
    /// Whether the seller, or whoever carries for the seller, answers for it. What nobody could tell
    /// is taken to be the seller's, as channels do.
    #[must_use]
    pub const fn is_sellers_fault(self) -> bool {
        !matches!(self, Self::ChangedMind | Self::Price | Self::WrongSize)
    }
}

codes! {
    /// What makes a text urgent or delicate.
    pub enum Flag {
        /// Injury, fire, allergy.
        Safety = "SAFETY",
        /// A lawyer, a consumer office.
        Legal = "LEGAL",
        /// Extra value demanded under threat of a review.
        Extortion = "EXTORTION",
        /// Abuse of the seller's people.
        Abusive = "ABUSIVE",
        /// "Stop messaging me".
        OptOut = "OPT_OUT",
    }
}

codes! {
    /// What a text is.
    pub enum TextKind {
        /// A public review.
        Review = "REVIEW",
        /// A chat message.
        Message = "MESSAGE",
    }
}

/// A reason and how likely it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoredReason {
    /// The reason.
    pub reason: Reason,
    /// 0–1.
    pub probability: f32,
}

/// A stretch of the text that weighed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// First byte.
    pub start: u32,
    /// One past the last byte; both ends lie on character boundaries.
    pub end: u32,
    /// What it weighed for: `NEGATIVE`, `RETURN_INTENT`, or the word of a reason or flag.
    pub weighs_for: &'static str,
}

/// Everything heard in one text.
#[derive(Debug, Clone, PartialEq)]
pub struct Detection {
    /// The author is dissatisfied, rating and text combined.
    pub negative: bool,
    /// 0–1, of the text alone.
    pub negative_probability: f32,
    /// A high rating over a negative text: opens a case, stays out of every rate.
    pub hidden_negative: bool,
    /// Wants to return, refund, exchange or cancel.
    pub return_intent: bool,
    /// 0–1.
    pub return_intent_probability: f32,
    /// Likely reasons, most likely first.
    pub reasons: Vec<ScoredReason>,
    /// What makes it urgent or delicate.
    pub flags: Vec<Flag>,
    /// Names something that can be fixed, or asks for something concrete.
    pub actionable: bool,
    /// BCP 47 tag; `und` when unknown.
    pub language: String,
    /// 0–1.
    pub language_confidence: f32,
    /// Whether the model knows the language; when not, only the rating speaks.
    pub language_supported: bool,
    /// The text was longer than the limit and cut.
    pub truncated: bool,
    /// What weighed most.
    pub evidence: Vec<Evidence>,
    /// The model that said so.
    pub model_version: String,
}

impl Detection {
    /// The most likely reason, `OTHER` when none was heard.
    #[must_use]
    pub fn main_reason(&self) -> Reason {
        self.reasons.first().map_or(Reason::Other, |scored| scored.reason)
    }
}
