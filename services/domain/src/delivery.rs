//! Parcels that should have arrived: what was promised, and when its passing is told.

use crate::order::Shipment;
use crate::signal::ShipmentState;
use crate::{Span, Time};

/// A day that passed longer ago is history that is brought in, and no news to an agent.
pub const NEWS_FOR: Span = Span::from_days(30);

/// A word about when a parcel arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Eta {
    /// When it was said.
    pub said_at: Time,
    /// When the parcel is to arrive.
    pub at: Time,
}

/// What is known of the time of a parcel's arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Expected {
    /// The earliest word: what the buyer was promised.
    pub first: Option<Eta>,
    /// The latest word.
    pub latest: Option<Eta>,
    /// The time of arrival that passed and was told of: it is told of once.
    pub told: Option<Time>,
}

impl Expected {
    /// Takes in a word, whichever order words come in. One that says no time takes none back:
    /// carriers do not repeat themselves.
    pub fn hear(&mut self, said_at: Time, eta: Option<Time>) {
        let Some(at) = eta else { return };
        let key = |eta: Eta| (eta.said_at, eta.at);
        let word = Eta { said_at, at };
        if self.first.is_none_or(|first| key(word) < key(first)) {
            self.first = Some(word);
        }
        if self.latest.is_none_or(|latest| key(word) > key(latest)) {
            self.latest = Some(word);
        }
    }

    /// When the parcel is expected now.
    #[must_use]
    pub fn at(&self) -> Option<Time> {
        self.latest.map(|eta| eta.at)
    }
}

impl Shipment {
    /// Whether its buyer still waits for it, as far as the parcel itself knows.
    #[must_use]
    pub const fn is_awaited(&self) -> bool {
        let arrives = match self.state {
            ShipmentState::LabelCreated
            | ShipmentState::InTransit
            | ShipmentState::OutForDelivery
            | ShipmentState::Delayed
            | ShipmentState::Failed => true,
            // Of these it is known that they do not come.
            ShipmentState::Delivered | ShipmentState::Lost | ShipmentState::ReturnedToSender => false,
        };
        arrives && self.delivered_at.is_none()
    }

    /// When it is to be told that the parcel is late, if it has not arrived by then: the time
    /// it was expected at, and the grace that carriers get. None if nobody waits for it, or
    /// that was told already.
    #[must_use]
    pub fn late_at(&self, grace: Span) -> Option<Time> {
        let eta = self.expected.at().filter(|_| self.is_awaited())?;
        (self.expected.told != Some(eta)).then(|| eta + grace)
    }

    /// Whether there was trouble with it.
    #[must_use]
    pub const fn is_troubled(&self) -> bool {
        self.state.is_trouble() || self.expected.told.is_some()
    }
}
