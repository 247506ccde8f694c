//! What is going to happen, and when.

use std::collections::BTreeMap;

use amends_proto::v1::{FulfilmentState, OrderState, ShipmentState};

use super::truth::{Gone, Said};

/// What a buyer writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// Asks something.
    Question,
    /// Wants the article gone.
    Wish,
    /// Wants the money back for a parcel that never came.
    Lost,
    /// Asks again.
    Nag,
    /// Says thank you.
    Thanks,
    /// The shop's machine answers.
    Machine,
}

/// What a buyer does to a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opinion {
    /// Writes a good one.
    Praise,
    /// Writes bitter words under many stars.
    Grudge,
    /// Writes a bad one.
    Complaint,
    /// Revises it upwards, above the threshold.
    Reversed,
    /// Revises it upwards, and it stays negative.
    Improved,
    /// Takes stars away.
    Worsened,
    /// Says it in other words.
    Reworded,
    /// Goes back on a revision.
    FellBack,
    /// It disappears.
    Gone(Gone),
    /// The channel shows only now which order it is about.
    Named,
}

/// Something that happens.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// The order reaches a state.
    Order(OrderState),
    /// The parcel reaches a state.
    Parcel(ShipmentState),
    /// The parcel of a remedy is delivered.
    RemedyParcel(String),
    /// A message is written.
    Write(Note),
    /// A review is written or changes.
    Review(Opinion),
    /// A return request is opened.
    Request,
    /// The request moves on.
    Step(Said),
    /// A survey is answered.
    Score,
    /// The buyer answers an offer.
    Answer {
        /// The offer.
        remedy: String,
        /// Whether the buyer takes it.
        takes: bool,
    },
    /// The buyer has let an offer pass.
    LetPass,
    /// Whoever carries a remedy out reports.
    Report {
        /// The remedy.
        remedy: String,
        /// How far it is.
        state: FulfilmentState,
    },
    /// The time has come to tell the buyer that a review can be updated.
    Ask,
}

/// Something planned for a buyer.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    /// When it happens.
    pub(crate) at: i64,
    /// To whom, by number.
    pub(crate) buyer: u32,
    /// What.
    pub(crate) act: Act,
}

/// Everything that is planned, by time.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    planned: BTreeMap<(i64, u64), (u32, Act)>,
    serial: u64,
}

impl Agenda {
    /// Plans something.
    pub(crate) fn plan(&mut self, at: i64, buyer: u32, act: Act) {
        self.serial += 1;
        self.planned.insert((at, self.serial), (buyer, act));
    }

    /// The next thing that happens by then, if anything does.
    pub(crate) fn next(&mut self, until: i64) -> Option<Planned> {
        let entry = self.planned.first_entry().filter(|entry| entry.key().0 <= until)?;
        let ((at, _), (buyer, act)) = entry.remove_entry();
        Some(Planned { at, buyer, act })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_happen_in_the_order_of_their_times() {
        let mut agenda = Agenda::default();
        agenda.plan(20, 1, Act::Request);
        agenda.plan(10, 2, Act::LetPass);
        agenda.plan(10, 3, Act::Ask);
        let buyers: Vec<_> = std::iter::from_fn(|| agenda.next(15)).map(|planned| planned.buyer).collect();
        assert_eq!(buyers, [2, 3]);
        assert!(agenda.next(20).is_some_and(|planned| planned.at == 20));
        assert!(agenda.next(i64::MAX).is_none());
    }
}
