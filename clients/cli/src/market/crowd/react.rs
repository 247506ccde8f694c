//! What buyers do about what the shop does.

use amends_proto::v1::CaseOutcome;

use super::Crowd;
use crate::market::{
    agenda::{Act, Note, Opinion},
    buyer::Temper,
    time::{DAY, HOUR},
    truth::{Gone, Said},
};

impl Crowd {
    /// An offer lies with the buyer.
    pub(crate) fn offered(&mut self, number: u32, remedy: &str, now: i64) {
        let Some((buyer, standing)) = self.place_mut(number) else { return };
        standing.offers += 1;
        let mut chance = buyer.chance(&format!("offer {}", standing.offers));
        let keen = matches!(buyer.temper, Temper::Late | Temper::Lost);
        let answer = |takes| Act::Answer { remedy: remedy.to_owned(), takes };
        let (after, act) = match chance.between(0, 100) {
            0..57 => (chance.between(2 * HOUR, 44 * HOUR), answer(true)),
            57..60 => (4 * DAY, answer(true)), // too late
            _ if keen => (chance.between(2 * HOUR, 20 * HOUR), answer(true)),
            60..80 => (chance.between(2 * HOUR, 44 * HOUR), answer(false)),
            _ => (chance.between(4 * DAY, 6 * DAY), Act::LetPass),
        };
        self.plan(now + after, number, act);
    }

    /// The service took the buyer's yes.
    pub(crate) fn accepted(&mut self, number: u32) {
        if let Some((_, standing)) = self.place_mut(number) {
            standing.frozen = true;
        }
    }

    /// The buyer said no, or let the offer pass.
    pub(crate) fn declined(&mut self, number: u32, now: i64) {
        self.go_back(number, "declined", 55, now);
    }

    /// A case of the buyer was solved.
    pub(crate) fn solved(&mut self, number: u32, outcome: CaseOutcome, now: i64) {
        if outcome == CaseOutcome::ReturnProceeds {
            self.go_back(number, "proceeds", 60, now);
        }
        let Some((buyer, _)) = self.place(number) else { return };
        let mut chance = buyer.chance("survey");
        if chance.percent(25) {
            self.plan(now + chance.between(6 * HOUR, 2 * DAY), number, Act::Score);
        }
    }

    /// A remedy was fulfilled.
    pub(crate) fn fulfilled(&mut self, number: u32, now: i64) {
        let Some((buyer, standing)) = self.place_mut(number) else { return };
        let mut chance = buyer.chance(&format!("fulfilled {}", standing.offers));
        let mut plans = Vec::new();
        standing.frozen = standing.requested() && chance.percent(70);
        if standing.frozen {
            plans.push((chance.between(DAY, 3 * DAY), Act::Step(Said::Withdrawn)));
        } else if standing.wished && chance.percent(14) {
            // It was not enough, or it did not hold.
            plans.push((chance.between(3 * DAY, 20 * DAY), Act::Request));
        }
        if chance.percent(20) {
            plans.push((chance.between(6 * HOUR, 2 * DAY), Act::Write(Note::Thanks)));
        }
        let change = chance.weighted(&[
            (45, None),
            (40, Some(Opinion::Reversed)),
            (5, Some(Opinion::Improved)),
            (5, Some(Opinion::Reworded)),
            (5, Some(Opinion::Gone(Gone::ByBuyer))),
        ]);
        plans
            .extend(change.flatten().map(|opinion| (chance.between(2 * DAY, 9 * DAY), Act::Review(opinion))));
        plans.push((chance.between(74 * HOUR, 92 * HOUR), Act::Ask));
        for (after, act) in plans {
            self.plan(now + after, number, act);
        }
    }

    /// The buyer was told that a review can be updated.
    pub(crate) fn asked(&mut self, number: u32, now: i64) {
        let Some((buyer, _)) = self.place(number) else { return };
        let mut chance = buyer.chance("asked");
        if chance.percent(45) {
            let after = chance.between(DAY, 6 * DAY);
            self.plan(now + after, number, Act::Review(Opinion::Reversed));
        }
    }

    /// Who wanted the article gone, and was not helped, may open a request.
    fn go_back(&mut self, number: u32, about: &str, percent: u32, now: i64) {
        let Some((buyer, standing)) = self.place(number) else { return };
        let mut chance = buyer.chance(about);
        if standing.wished && standing.request.is_none() && chance.percent(percent) {
            let after = chance.between(6 * HOUR, 3 * DAY);
            self.plan(now + after, number, Act::Request);
        }
    }
}
