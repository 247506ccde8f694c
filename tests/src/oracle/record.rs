//! What was told and done in one shop, in the order in which the service took it in.

use super::At;
use super::hours::Table;
use super::lives::{Deed, Presence};
use super::sla::Promise;
use super::told::Line;

/// One shop with everything that is known of it.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its id.
    pub shop: String,
    /// Its channel.
    pub channel: String,
    /// Its region.
    pub region: String,
    /// The IANA name of its time zone.
    pub zone: String,
    /// What its channel allows and counts.
    pub rules: Rules,
    /// What held before, until then, if that was something else.
    pub before: Option<(Rules, At)>,
    /// What it promised from when on, in order.
    pub promises: Vec<(At, Vec<Promise>)>,
    /// When people were at work from when on, in order; none for always.
    pub hours: Vec<(At, Option<Table>)>,
    /// What happened.
    pub entries: Vec<Entry>,
}

impl Record {
    /// What timelines tell, in the order in which it was written.
    pub fn told(&self) -> impl Iterator<Item = &Line> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Told(line) => Some(line),
            _ => None,
        })
    }

    /// What the shop itself is told apart by; none of what its members are.
    #[must_use]
    pub fn place(&self, what: &str) -> Option<String> {
        match what {
            "SHOP" => Some(self.shop.clone()),
            "CHANNEL" => Some(self.channel.clone()),
            "REGION" => Some(self.region.clone()),
            _ => None,
        }
    }
}

/// What a channel allows and counts, as docs/channels.md says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Stars up to which a review is negative.
    pub threshold: i64,
    /// Until when a review can be edited.
    pub window: Window,
    /// When a return counts.
    pub counting: Counting,
    /// For how many days after the delivery.
    pub return_days: i64,
    /// How many days after the help nothing may count.
    pub avoid_days: i64,
}

/// Until when a review can be edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// Never, or nobody knows.
    Never,
    /// For ever.
    Always,
    /// So many days from when it was written.
    FromFirst(i64),
    /// So many days from the delivery.
    FromDelivery(i64),
}

/// When a return counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    /// When it is requested.
    Requested,
    /// When it is requested, unless it is withdrawn.
    Listed,
    /// When the seller is found at fault.
    Fault,
    /// When the seller is at fault and it is approved.
    FaultApproved,
    /// When the goods are back.
    Received,
    /// When it is refunded.
    Settled,
    /// When it is approved.
    Approved,
}

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Voiced only.
    Intent,
    /// It exists.
    Requested,
    /// Taken back by the buyer.
    Withdrawn,
    /// Agreed to.
    Approved,
    /// On its way back.
    InTransit,
    /// Back.
    Received,
    /// Refunded.
    Settled,
    /// A word that says that it stands, and nothing that is counted.
    Other,
    /// A word that nobody knows.
    Unmapped,
}

/// Who took a review away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removed {
    /// Its author.
    Buyer,
    /// The channel.
    Platform,
}

/// One entry.
#[expect(missing_docs, reason = "each entry says what its fields are")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// An order, whole: its lines with article and quantity.
    Order { id: String, at: At, order: String, lines: Vec<(String, String, i64)> },
    /// A parcel: lines and units, none for the whole order.
    Parcel { id: String, at: At, parcel: String, order: String, lines: Vec<(String, i64)>, delivered: bool },
    /// A review as it was seen.
    Review(Seen),
    /// A message in which the wish to return was heard.
    Wish { at: At, order: String, line: Option<String> },
    /// A request as it was seen.
    Return(Asked),
    /// A case was opened about something, maybe by the word of a buyer who waits since.
    Opened { case: String, at: At, about: Option<(String, String)>, waits: Option<At> },
    /// The buyer wrote, answered an offer, or made a case come back.
    Heard { case: String, at: At },
    /// A case waits for its buyer.
    BuyersTurn { case: String },
    /// An entry of a timeline, as it stands there.
    Told(Line),
    /// A survey was answered: about a case, or an order alone.
    Answer {
        survey: String,
        at: At,
        case: Option<String>,
        recommends: bool,
        score: u8,
        solution: Option<u32>,
    },
    /// A person of the seller wrote to the buyer.
    Wrote { case: String, at: At },
    /// What a case is about became known more exactly.
    Refined { case: String, about: Option<(String, String)> },
    /// A review is in this case from now on.
    Belongs { review: String, case: String },
    /// A person began the work.
    Began { case: String, agent: String },
    /// A person did something.
    Acted { case: String, at: At },
    /// A person reached the buyer.
    Reached { case: String, at: At },
    /// A case was solved; whether in words alone.
    Solved { case: String, at: At, in_words: bool },
    /// The first root cause of a case, and the language of its buyer, as the case tells them now.
    Found { case: String, reason: String, language: String },
    /// A case became part of another.
    Merged { from: String, into: String },
    /// The buyer was asked.
    AskSent { review: String, at: At },
    /// The buyer accepted a remedy: what it is for.
    Promised { remedy: String, order: String, line: String, units: i64 },
    /// An agent said that they are there, away or gone: when, and until when if they say nothing else.
    Present { agent: String, what: Presence, at: At, until: At },
    /// A buyer was forgotten: whoever it was is offered no survey from now on.
    Forgot,
    /// What happened between an agent and a case.
    Did(Deed),
    /// A remedy was carried out.
    Fulfilled { case: String, remedy: String, kind: String, at: At },
}

/// A review as it was seen once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The signal.
    pub id: String,
    /// When.
    pub at: At,
    /// Which.
    pub review: String,
    /// The order it names.
    pub order: Option<String>,
    /// The line it names.
    pub line: Option<String>,
    /// The article it names.
    pub sku: Option<String>,
    /// Stars.
    pub stars: Option<i64>,
    /// The words.
    pub text: String,
    /// Whether it can be seen.
    pub visible: bool,
    /// Who removed it.
    pub removed: Option<Removed>,
    /// When the channel says that it was changed.
    pub modified: Option<At>,
    /// Whether it is an addition.
    pub follow_up: bool,
    /// Whether the wish to return was heard in it.
    pub wish: bool,
    /// Its language, as told or else as heard.
    pub language: String,
}

/// A request as it was seen once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The signal.
    pub id: String,
    /// When.
    pub at: At,
    /// Which.
    pub request: String,
    /// The order.
    pub order: String,
    /// The line it names.
    pub line: Option<String>,
    /// Units.
    pub units: i64,
    /// Where it stands.
    pub status: Status,
    /// Whether the seller is at fault.
    pub fault: Option<bool>,
    /// When it was opened.
    pub opened: At,
}
