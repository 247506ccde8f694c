//! What is entered into the books, and what follows from it.

use amends_proto::v1::{self, CaseOutcome, FulfilmentState, RemedyKind};

use super::Play;
use crate::market::{
    agenda::Act,
    agent::{Deed, Errand},
    buyer::{number_of, number_of_case},
    crowd::Happening,
    post::Receipt,
    shops::SHOPS,
    tally::Tally,
    time::HOUR,
    truth::Fact,
};

impl Play {
    /// Enters what was acknowledged.
    pub(super) fn enter(&mut self, receipts: Vec<Receipt>) {
        for Receipt { letter, wish, case, opened } in receipts {
            let shop = letter.shop.id;
            self.books.entry(shop).or_default().enter(&letter.fact, wish);
            self.tally.wishes += u64::from(letter.wishes);
            self.tally.wishes_heard += u64::from(letter.wishes && wish);
            if case.is_empty() {
                continue;
            }
            // What only joins a case brings it back into the queue if the buyer wrote it.
            if opened || matches!(letter.fact, Fact::Wrote { .. }) {
                self.news.insert(shop);
            }
            self.tally.cases += u64::from(opened);
        }
    }

    /// A buyer or a back end says something that is no signal.
    pub(super) async fn call(&mut self, call: Happening, now: i64) -> anyhow::Result<()> {
        match call {
            Happening::Letter(_) => {}
            Happening::Answer { buyer, remedy, takes } => {
                match (self.backend.answer(&remedy, takes).await?, takes) {
                    (None, _) => {
                        self.tally.too_late += 1;
                        self.crowd.declined(buyer, now);
                    }
                    (Some(_), false) => {
                        self.tally.declined += 1;
                        self.crowd.declined(buyer, now);
                    }
                    (Some(_), true) => {
                        self.tally.accepted += 1;
                        self.crowd.accepted(buyer);
                        self.backend.expect(shop_of(&remedy));
                    }
                }
                self.news.insert(shop_of(&remedy));
            }
            Happening::Report { buyer, remedy, state } => self.report_on(buyer, &remedy, state, now).await?,
            Happening::Ask { buyer } => self.consider_ask(buyer),
        }
        Ok(())
    }

    /// The warehouse takes an accepted remedy in hand: two days, and three
    /// where something goes wrong at first.
    pub(super) fn carry_out(&mut self, remedy: &v1::Remedy, now: i64) {
        let Some(number) = self.buyer_of_remedy.get(&remedy.name).copied() else { return };
        let unlucky = self.crowd.buyer(number).is_some_and(|buyer| buyer.chance("warehouse").once_in(20));
        let mut plan = vec![(12, FulfilmentState::Executing), (48, FulfilmentState::Fulfilled)];
        if unlucky {
            plan = vec![
                (12, FulfilmentState::Executing),
                (30, FulfilmentState::Failed),
                (48, FulfilmentState::Executing),
                (72, FulfilmentState::Fulfilled),
            ];
        }
        for (hours, state) in plan {
            let remedy = remedy.name.clone();
            self.crowd.plan(now + hours * HOUR, number, Act::Report { remedy, state });
        }
    }

    async fn report_on(
        &mut self,
        buyer: u32,
        remedy: &str,
        state: FulfilmentState,
        now: i64,
    ) -> anyhow::Result<()> {
        let remedy = self.backend.report(remedy, state, now).await?;
        match state {
            FulfilmentState::Failed => self.tally.failed += 1,
            FulfilmentState::Fulfilled => self.fulfilled(buyer, &remedy, now),
            _ => {}
        }
        Ok(())
    }

    fn fulfilled(&mut self, buyer: u32, remedy: &v1::Remedy, now: i64) {
        self.tally.fulfilled += 1;
        let pieces = remedy.terms.as_ref().and_then(|terms| u32::try_from(terms.quantity).ok()).unwrap_or(1);
        // A label helps to send back, not to keep.
        if remedy.kind() != RemedyKind::ReturnLabel && !remedy.line_id.is_empty() {
            let books = self.books.entry(shop_of(&remedy.name)).or_default();
            books.fulfilled(&remedy.order_id, &remedy.line_id, pieces, now);
        }
        let ships =
            [RemedyKind::Replacement, RemedyKind::Reship, RemedyKind::Exchange, RemedyKind::MissingPart];
        if ships.contains(&remedy.kind()) {
            self.crowd.plan(now + HOUR, buyer, Act::RemedyParcel(remedy.name.clone()));
        }
        self.crowd.fulfilled(buyer, now);
        if let Some((case, (agent, fence))) = self.left.remove_entry(&remedy.case) {
            self.errands.entry(agent).or_default().push(Errand::Close { case, fence });
        }
    }

    /// Whether it is worth telling a buyer that a review can be updated.
    fn consider_ask(&mut self, number: u32) {
        let Some(buyer) = self.crowd.buyer(number).filter(|_| self.crowd.is_unhappy(number)) else { return };
        if !self.books.get(buyer.shop.id).is_some_and(|books| books.knows(&buyer.review())) {
            return;
        }
        let stubborn = buyer.chance("stubborn").once_in(3);
        let errand = Errand::Ask { review: buyer.review_name(), stubborn };
        let agent = usize::try_from(number).unwrap_or(0) % self.agents.len().max(1);
        self.errands.entry(agent).or_default().push(errand);
    }

    /// Takes note of what an agent did.
    pub(super) fn apply(&mut self, deed: Deed, now: i64) {
        match deed {
            Deed::Claimed => self.tally.claims += 1,
            Deed::Offered { remedy, case, approved } => {
                self.tally.offers += 1;
                self.tally.approved += u64::from(approved);
                if let Some(number) = number_of_case(&case) {
                    self.crowd.offered(number, &remedy.name, now);
                    self.buyer_of_remedy.insert(remedy.name.clone(), number);
                }
            }
            Deed::Left { case, agent, fence } => {
                self.left.insert(case, (agent, fence));
            }
            Deed::Solved { case } => self.solved(&case, now),
            Deed::Asked { review } => {
                self.tally.asked += 1;
                let id = review.rsplit('/').next().unwrap_or_default();
                self.books.entry(shop_of(&review)).or_default().asked(id);
                if let Some(number) = number_of(id) {
                    self.crowd.asked(number, now);
                }
            }
            Deed::AskRefused { rules } => {
                let first = rules.first().map_or("?", String::as_str);
                Tally::one_more(&mut self.tally.asks_refused, first);
            }
            Deed::Refused { reason } => Tally::one_more(&mut self.tally.refused, &reason),
            Deed::Conflict => self.tally.conflicts += 1,
            Deed::Lost => {}
            Deed::Lapsed => self.tally.lapsed += 1,
        }
    }

    fn solved(&mut self, case: &v1::Case, now: i64) {
        self.left.remove(&case.name);
        let outcome = case.outcome();
        let subject = case.subject.clone().unwrap_or_default();
        if outcome == CaseOutcome::TalkedThrough && !subject.line_id.is_empty() {
            let books = self.books.entry(shop_of(&case.name)).or_default();
            books.talked(&subject.order_id, &subject.line_id, now);
        }
        if let Some(number) = number_of_case(case) {
            self.crowd.solved(number, outcome, now);
        }
    }
}

/// The shop in the name of a resource.
fn shop_of(name: &str) -> &'static str {
    let id = name.split('/').nth(1).unwrap_or_default();
    SHOPS.iter().find(|shop| shop.id == id).map_or("", |shop| shop.id)
}
