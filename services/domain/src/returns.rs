//! Return requests: what the channel said, and when it counts.

use crate::code::codes;
use crate::counter::OfferBounds;
use crate::detection::Reason;
use crate::policy::CountingRule;
use crate::remedy_policy::Windows;
use crate::{Money, SignalId, Time};

codes! {
    /// Where a return stands, in our words.
    pub enum ReturnStatus {
        /// The wish was voiced; no request exists.
        Intent = "INTENT",
        /// A request exists.
        Requested = "REQUESTED",
        /// Seller and buyer negotiate.
        Negotiating = "NEGOTIATING",
        /// The buyer withdrew it.
        Withdrawn = "WITHDRAWN",
        /// Approved.
        Approved = "APPROVED",
        /// On its way back.
        InTransit = "IN_TRANSIT",
        /// Back at the seller's.
        Received = "RECEIVED",
        /// Refunded and done.
        Settled = "SETTLED",
        /// Declined.
        Declined = "DECLINED",
        /// In dispute.
        Disputed = "DISPUTED",
        /// Ran out without being used.
        Expired = "EXPIRED",
        /// The channel uses a word we do not know.
        Unmapped = "UNMAPPED",
    }
}

impl ReturnStatus {
    /// Maps the channel's word for a status, whatever its spelling.
    #[must_use]
    pub fn from_raw(raw: &str) -> Self {
        let word: String = raw.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        match word.as_str() {
            "requested" | "opened" | "open" | "created" | "pending" | "returnrequested" => Self::Requested,
            "negotiating" | "processing" | "sellerreview" | "inreview" => Self::Negotiating,
            "withdrawn" | "cancelled" | "canceled" | "buyercancelled" | "closedbybuyer" => Self::Withdrawn,
            "approved" | "accepted" | "authorized" | "authorised" | "labelissued" => Self::Approved,
            "intransit" | "shipped" | "shippedback" => Self::InTransit,
            "received" | "delivered" | "itemreceived" => Self::Received,
            "settled" | "refunded" | "completed" | "closed" | "refundpaid" => Self::Settled,
            "declined" | "rejected" | "denied" | "refused" => Self::Declined,
            "disputed" | "escalated" | "judging" | "arbitration" => Self::Disputed,
            "expired" | "timeout" => Self::Expired,
            _ => Self::Unmapped,
        }
    }

    /// Whether the channel still treats the request as alive.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(
            self,
            Self::Requested
                | Self::Negotiating
                | Self::Approved
                | Self::InTransit
                | Self::Received
                | Self::Disputed
        )
    }

    /// Whether reaching this status means that the seller's side agreed.
    const fn implies_approval(self) -> bool {
        matches!(self, Self::Approved | Self::InTransit | Self::Received | Self::Settled)
    }
}

/// What the channel said about a return request once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnEvent {
    /// When it happened.
    pub occurred_at: Time,
    /// The signal that said so; orders events of one instant.
    pub signal: SignalId,
    /// Where the request stood.
    pub status: ReturnStatus,
    /// Units concerned.
    pub quantity: u32,
    /// Whether the seller was found at fault, if said.
    pub seller_fault: Option<bool>,
    /// What is refunded, if said.
    pub refund: Option<Money>,
    /// What may be offered, as far as it was said.
    pub bounds: OfferBounds,
}

/// Whether the channel pays money back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pays {
    /// Nothing, as far as it said.
    Nothing,
    /// It agreed to an amount, which comes when the article is back or at once.
    Agreed,
    /// It paid.
    Paid,
}

/// The story that the events of a return request tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnHistory {
    /// Where it stands; the latest status that we could map, else `UNMAPPED`.
    pub status: ReturnStatus,
    /// When the request was first seen; while it was only voiced, when that was.
    pub requested_at: Time,
    /// Units, by the latest event.
    pub quantity: u32,
    /// When it was withdrawn, if it stands withdrawn.
    pub withdrawn_at: Option<Time>,
    /// When it was approved, or first seen in a status that implies it.
    pub approved_at: Option<Time>,
    /// When the goods were back.
    pub received_at: Option<Time>,
    /// When it was refunded.
    pub settled_at: Option<Time>,
    /// When the seller was found at fault, if the latest word says so.
    pub seller_fault_at: Option<Time>,
    /// Units, by the latest event that says it was refunded.
    pub settled_units: u32,
    /// What is refunded, by the latest word that names an amount; once settled, the most that a
    /// settled word named, else what was named before: no later word makes it less.
    pub refund: Option<Money>,
    /// Since when it pays without a break, if it does: [`ReturnHistory::pays`].
    pub pays_since: Option<Time>,
    /// What may be offered, by the latest word on each.
    pub bounds: OfferBounds,
}

/// Orders the events and tells their story; none of nothing.
#[must_use]
pub fn replay(mut events: Vec<ReturnEvent>) -> Option<ReturnHistory> {
    events.sort_by(|a, b| (a.occurred_at, &a.signal).cmp(&(b.occurred_at, &b.signal)));
    // Once a request exists, what was only voiced belongs to its past: it sets
    // neither the date of the request nor where it stands.
    if events.iter().any(|event| event.status != ReturnStatus::Intent) {
        events.retain(|event| event.status != ReturnStatus::Intent);
    }
    let first = events.first()?;
    let mut story = ReturnHistory {
        status: first.status,
        requested_at: first.occurred_at,
        quantity: first.quantity,
        withdrawn_at: None,
        approved_at: None,
        received_at: None,
        settled_at: None,
        seller_fault_at: None,
        settled_units: 0,
        refund: None,
        pays_since: None,
        bounds: OfferBounds::default(),
    };
    for event in &events {
        let at = event.occurred_at;
        story.quantity = event.quantity;
        if event.status != ReturnStatus::Unmapped {
            story.status = event.status;
            // A channel that says every day that it stands withdrawn does not move the date.
            story.withdrawn_at =
                (event.status == ReturnStatus::Withdrawn).then(|| story.withdrawn_at.unwrap_or(at));
        }
        if event.status.implies_approval() {
            story.approved_at = story.approved_at.or(Some(at));
        }
        if event.status == ReturnStatus::Received {
            story.received_at = story.received_at.or(Some(at));
        }
        story.refund = refund(&story, event);
        if event.status == ReturnStatus::Settled {
            story.settled_at = story.settled_at.or(Some(at));
            story.settled_units = event.quantity;
        }
        story.pays_since = (story.pays() != Pays::Nothing).then(|| story.pays_since.unwrap_or(at));
        story.bounds = story.bounds.then(event.bounds);
        match event.seller_fault {
            Some(true) => story.seller_fault_at = story.seller_fault_at.or(Some(at)),
            Some(false) => story.seller_fault_at = None,
            None => {}
        }
    }
    Some(story)
}

/// What is refunded once this event is told as well.
fn refund(sofar: &ReturnHistory, event: &ReturnEvent) -> Option<Money> {
    if sofar.settled_at.is_none() {
        return event.refund.or(sofar.refund);
    }
    // Money that was paid is not taken back by a word: only another one that it was paid makes it
    // more, and where nobody ever said how much it was, whoever says so first.
    let speaks = event.status == ReturnStatus::Settled || sofar.refund.is_none();
    let paid = sofar.refund.map_or(0, |money| money.minor_units);
    event.refund.filter(|named| speaks && named.minor_units > paid).or(sofar.refund)
}

/// Until when a buyer can choose the return, by the shop's windows; none for any time.
///
/// Where the seller may or may not be at fault, the shorter window is the one that can be promised.
#[must_use]
pub fn open_until(delivered_at: Time, reason: Reason, windows: &Windows) -> Option<Time> {
    let window = match reason {
        Reason::ChangedMind | Reason::Price | Reason::WrongSize | Reason::Service | Reason::Other => {
            windows.no_fault
        }
        Reason::WrongItem
        | Reason::MissingPart
        | Reason::Damaged
        | Reason::Defective
        | Reason::NotAsDescribed
        | Reason::Counterfeit
        | Reason::NotReceived
        | Reason::Late
        | Reason::Quality => windows.fault,
    };
    window.map(|window| delivered_at + window)
}

impl ReturnHistory {
    /// Whether the channel pays money back. Money that was paid stays paid.
    #[must_use]
    pub fn pays(&self) -> Pays {
        let amount = self.refund.map(|money| money.minor_units);
        let agreed =
            matches!(self.status, ReturnStatus::Approved | ReturnStatus::InTransit | ReturnStatus::Received);
        match (self.settled_at, amount) {
            (Some(_), None | Some(1..)) => Pays::Paid,
            (None, Some(1..)) if agreed => Pays::Agreed,
            _ => Pays::Nothing,
        }
    }

    /// When the channel's own metric counts this request, if it does.
    #[must_use]
    pub fn counted_at(&self, rule: CountingRule) -> Option<Time> {
        if self.status == ReturnStatus::Intent {
            return None;
        }
        let standing = self.withdrawn_at.is_none();
        match rule {
            CountingRule::RequestOpened => Some(self.requested_at),
            CountingRule::ListedUnlessWithdrawn => standing.then_some(self.requested_at),
            CountingRule::SellerFaultVerified => self.seller_fault_at.filter(|_| standing),
            CountingRule::SellerFaultReturn => match (self.seller_fault_at, self.approved_at) {
                (Some(fault), Some(approved)) if standing => Some(fault.max(approved)),
                _ => None,
            },
            CountingRule::GoodsReceived => self.received_at,
            CountingRule::Processed => self.settled_at,
            CountingRule::Approved => self.approved_at.filter(|_| standing),
        }
    }
}

codes! {
    /// What became of the danger that a line is returned.
    pub enum Verdict {
        /// Undecided.
        Open = "OPEN",
        /// The channel counts a return.
        Recorded = "RECORDED",
        /// The buyer was helped; the window is still open.
        AvoidedProvisional = "AVOIDED_PROVISIONAL",
        /// The buyer was helped and the window closed without a counting event.
        AvoidedConfirmed = "AVOIDED_CONFIRMED",
        /// The buyer was helped, and the channel counts a return all the same.
        AvoidFailed = "AVOID_FAILED",
    }
}
