//! The buyers, what is planned for them, and what they do.
//!
//! Nothing here speaks to the service: what happens is handed out as letters and
//! calls, and what the shop does comes back as something to react to.

mod opening;
mod react;
mod request;
mod review;

use amends_proto::v1::FulfilmentState;

use super::{
    agenda::{Act, Agenda, Note, Planned},
    buyer::Buyer,
    letter::{self, Letter, Moved, Shown},
};

/// Something that happened and has to be told to the service.
#[derive(Debug)]
pub(crate) enum Happening {
    /// A signal.
    Letter(Box<Letter>),
    /// A buyer answered an offer.
    Answer {
        /// The buyer's number.
        buyer: u32,
        /// The offer.
        remedy: String,
        /// Whether it was taken.
        takes: bool,
    },
    /// A remedy is being carried out.
    Report {
        /// The buyer's number.
        buyer: u32,
        /// The remedy.
        remedy: String,
        /// How far it is.
        state: FulfilmentState,
    },
    /// A buyer could be told that a review can be updated.
    Ask {
        /// The buyer's number.
        buyer: u32,
    },
}

/// How it stands with a buyer.
#[derive(Debug, Default)]
struct Standing {
    shown: Option<Shown>,
    was_reversed: bool,
    request: Option<Moved>,
    /// An accepted remedy is under way, and nobody pursues the request.
    frozen: bool,
    wished: bool,
    offers: u32,
    /// How much has happened: it numbers the signals.
    acts: u32,
}

/// Everybody who buys.
#[derive(Debug)]
pub(crate) struct Crowd {
    buyers: Vec<(Buyer, Standing)>,
    agenda: Agenda,
}

impl Crowd {
    /// Draws the buyers and plans their first days.
    pub(crate) fn new(seed: u64, buyers: u32) -> Self {
        let mut crowd = Self { buyers: Vec::new(), agenda: Agenda::default() };
        for number in 0..buyers {
            let buyer = Buyer::new(seed, number);
            for (at, act) in opening::opening(&buyer) {
                crowd.agenda.plan(at, number, act);
            }
            crowd.buyers.push((buyer, Standing::default()));
        }
        crowd
    }

    /// The buyer of that number.
    pub(crate) fn buyer(&self, number: u32) -> Option<&Buyer> {
        self.place(number).map(|(buyer, _)| buyer)
    }

    /// Whether the buyer's review is shown and negative.
    pub(crate) fn is_unhappy(&self, number: u32) -> bool {
        let shown = self.place(number).and_then(|(_, standing)| standing.shown);
        shown.is_some_and(|shown| shown.gone.is_none() && shown.stars <= 3)
    }

    /// Plans something for a buyer.
    pub(crate) fn plan(&mut self, at: i64, buyer: u32, act: Act) {
        self.agenda.plan(at, buyer, act);
    }

    /// Everything that happens by then.
    pub(crate) fn happen(&mut self, until: i64) -> Vec<Happening> {
        let mut all = Vec::new();
        while let Some(planned) = self.agenda.next(until) {
            all.extend(self.act(planned));
        }
        all
    }

    fn act(&mut self, planned: Planned) -> Option<Happening> {
        let Planned { at, buyer: number, act } = planned;
        let place = usize::try_from(number).ok()?;
        let (buyer, standing) = self.buyers.get_mut(place)?;
        standing.acts += 1;
        let serial = &format!("{number}-{}", standing.acts);
        let letter = match act {
            Act::Order(state) => letter::order(buyer, serial, at, state),
            Act::Parcel(state) => letter::parcel(buyer, serial, at, state),
            Act::RemedyParcel(remedy) => letter::remedy_parcel(buyer, serial, at, &remedy),
            Act::Write(note) => {
                standing.wished |= matches!(note, Note::Wish | Note::Lost);
                letter::message(buyer, serial, at, note)
            }
            Act::Review(opinion) => review::act(buyer, standing, &mut self.agenda, serial, at, opinion)?,
            Act::Request => request::open(buyer, standing, &mut self.agenda, serial, at)?,
            Act::Step(said) => request::step(buyer, standing, &mut self.agenda, serial, at, said)?,
            Act::Score => letter::survey(buyer, serial, at),
            Act::Answer { remedy, takes } => return Some(Happening::Answer { buyer: number, remedy, takes }),
            Act::Report { remedy, state } => return Some(Happening::Report { buyer: number, remedy, state }),
            Act::Ask => return Some(Happening::Ask { buyer: number }),
            Act::LetPass => {
                self.declined(number, at);
                return None;
            }
        };
        Some(Happening::Letter(Box::new(letter)))
    }

    fn place(&self, number: u32) -> Option<&(Buyer, Standing)> {
        self.buyers.get(usize::try_from(number).ok()?)
    }

    fn place_mut(&mut self, number: u32) -> Option<&mut (Buyer, Standing)> {
        self.buyers.get_mut(usize::try_from(number).ok()?)
    }
}

#[cfg(test)]
mod tests;
