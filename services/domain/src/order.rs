//! Order lines and the facts about each that returns are measured by.

use crate::code::codes;
use crate::delivery::Expected;
use crate::returns::Verdict;
use crate::rollup::About;
use crate::signal::{OrderState, ShipmentState};
use crate::{BuyerKey, LineId, Money, OrderId, RemedyId, ShipmentId, ShopId, SignalId, Sku, Span, Time};

codes! {
    /// How the wish to return was met.
    pub enum HelpKind {
        /// A remedy was fulfilled.
        Remedy = "REMEDY",
        /// The agent settled it in words.
        TalkedThrough = "TALKED_THROUGH",
        /// The buyer withdrew the request.
        Withdrawn = "WITHDRAWN",
    }
}

/// So many units at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Units {
    /// When.
    pub at: Time,
    /// How many.
    pub units: u32,
}

/// Units of what was delivered for which something happened within the channel's window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InWindow {
    /// Units requested back.
    pub requested: u32,
    /// Units counted.
    pub counted: u32,
}

/// A wish to return that was voiced without a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The line it names; none for whichever of the order.
    pub line: Option<LineId>,
    /// When it was voiced.
    pub at: Time,
}

/// How, when and for how many units a buyer was helped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Help {
    /// How.
    pub kind: HelpKind,
    /// When.
    pub at: Time,
    /// For how many units.
    pub units: u32,
}

/// One line of an order, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The tenant.
    pub shop: ShopId,
    /// The order.
    pub order: OrderId,
    /// The line.
    pub line: LineId,
    /// What the order said about it; none until the order is known.
    pub purchase: Option<Purchase>,
    /// First delivery and all units delivered.
    pub delivered: Option<Units>,
    /// When the wish to return was first voiced without a request.
    pub intent_at: Option<Time>,
    /// First request and all units requested.
    pub requested: Option<Units>,
    /// First counting event and all units counted.
    pub counted: Option<Units>,
    /// Of both, what fell into the window after the delivery; none where nothing of either is known, or
    /// where it was not told apart yet: then all of it goes by the first.
    pub in_window: Option<InWindow>,
    /// The first help that was given.
    pub helped: Option<Help>,
    /// When the window after the help closed without a counting event.
    pub confirmed_at: Option<Time>,
    /// What the cases about it say, for figures alone.
    pub about: About,
}

/// What an order said about a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purchase {
    /// When the order was last said to stand so; the latest word wins.
    pub said_at: Time,
    /// The signal that said so; decides between words of one instant.
    pub said_by: SignalId,
    /// When the order was placed, as far as known.
    pub placed_at: Time,
    /// Where the order stands.
    pub state: OrderState,
    /// Who bought.
    pub buyer: BuyerKey,
    /// The article.
    pub sku: Sku,
    /// Its name.
    pub title: String,
    /// Its category.
    pub category: String,
    /// Units purchased.
    pub quantity: u32,
    /// Paid per unit.
    pub unit_price: Money,
    /// The buyer's language, empty when unknown.
    pub language: String,
}

/// A parcel as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipment {
    /// The tenant.
    pub shop: ShopId,
    /// The parcel.
    pub shipment: ShipmentId,
    /// The order in it.
    pub order: OrderId,
    /// Lines and units; empty for the whole order.
    pub lines: Vec<(LineId, u32)>,
    /// Where it is, by the latest signal.
    pub state: ShipmentState,
    /// When that was.
    pub state_at: Time,
    /// The signal that said so.
    pub said_by: SignalId,
    /// When it should arrive.
    pub expected: Expected,
    /// Who carries it.
    pub carrier: String,
    /// The carrier's number.
    pub tracking: String,
    /// First time it was said to be delivered.
    pub delivered_at: Option<Time>,
    /// It fulfils a remedy and is no delivery of the order.
    pub for_remedy: bool,
    /// Which; none for a parcel that an earlier version took in.
    pub remedy: Option<RemedyId>,
}

impl Line {
    /// A line of which nothing is known yet.
    #[must_use]
    pub fn unknown(shop: ShopId, order: OrderId, line: LineId) -> Self {
        Self {
            shop,
            order,
            line,
            purchase: None,
            delivered: None,
            intent_at: None,
            requested: None,
            counted: None,
            in_window: None,
            helped: None,
            confirmed_at: None,
            about: About::default(),
        }
    }

    /// When the wish to return first showed, voiced or requested.
    #[must_use]
    pub fn wanted_at(&self) -> Option<Time> {
        let requested = self.requested.map(|units| units.at);
        match (self.intent_at, requested) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    /// Units that the channel counts as returned, never more than were bought.
    #[must_use]
    pub fn counted_units(&self) -> u32 {
        self.counted.map_or(0, |counted| self.clip(counted.units))
    }

    /// Units whose return was avoided: helped, wanted back before, and not counted.
    #[must_use]
    pub fn avoided_units(&self) -> u32 {
        match (self.help_against_return(), &self.purchase) {
            (Some(help), Some(p)) => help.units.min(p.quantity.saturating_sub(self.counted_units())),
            (Some(help), None) => help.units.saturating_sub(self.counted_units()),
            (None, _) => 0,
        }
    }

    /// What became of the danger of a return.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match (self.counted, self.help_against_return()) {
            (Some(counted), Some(help)) if counted.at >= help.at => Verdict::AvoidFailed,
            (Some(_), _) => Verdict::Recorded,
            (None, Some(_)) if self.confirmed_at.is_some() => Verdict::AvoidedConfirmed,
            (None, Some(_)) => Verdict::AvoidedProvisional,
            (None, None) => Verdict::Open,
        }
    }

    /// When the window after the help closes.
    #[must_use]
    pub fn confirm_due_at(&self, window: Span) -> Option<Time> {
        (self.verdict() == Verdict::AvoidedProvisional)
            .then(|| self.help_against_return().map(|help| help.at + window))
            .flatten()
    }

    /// The help, if the wish to return came before it: help nobody needed avoided nothing.
    #[must_use]
    pub fn help_against_return(&self) -> Option<Help> {
        let wanted_at = self.wanted_at()?;
        self.helped.filter(|help| help.at >= wanted_at)
    }

    /// Whether the help came before the wish to return: it avoids nothing, so later help may take its place.
    #[must_use]
    pub fn is_helped_too_early(&self) -> bool {
        self.helped.zip(self.wanted_at()).is_some_and(|(help, wanted_at)| help.at < wanted_at)
    }

    /// What was paid for the whole line.
    #[must_use]
    pub fn paid(&self) -> Option<Money> {
        self.purchase.as_ref().and_then(|p| p.unit_price.times(p.quantity).ok())
    }

    fn clip(&self, units: u32) -> u32 {
        self.purchase.as_ref().map_or(units, |p| units.min(p.quantity))
    }
}
