//! Who buys: each buyer is drawn from the seed and a number alone.

use amends_proto::v1::{self, ComplaintReason};

use super::{
    chance::Chance,
    shops::{SHOPS, Shop},
    words::{Caused, Words, words},
};

/// What a buyer's day is going to be like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Temper {
    /// Says nothing.
    Silent,
    /// Writes a good review.
    Pleased,
    /// Gives many stars over bitter words.
    Grudging,
    /// Asks something and is content.
    Asking,
    /// Writes a bad review.
    Critic,
    /// Tells the shop that the article shall go back.
    Wisher,
    /// Tells the shop, and writes a bad review as well.
    Furious,
    /// Opens a return request without a word.
    Requester,
    /// The parcel is late.
    Late,
    /// The parcel is lost.
    Lost,
    /// Cancels before anything is sent.
    Canceller,
}

const TEMPERS: &[(u32, Temper)] = &[
    (32, Temper::Silent),
    (22, Temper::Pleased),
    (2, Temper::Grudging),
    (5, Temper::Asking),
    (13, Temper::Critic),
    (9, Temper::Wisher),
    (4, Temper::Furious),
    (6, Temper::Requester),
    (3, Temper::Late),
    (2, Temper::Lost),
    (2, Temper::Canceller),
];

/// One line of the buyer's order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bought {
    /// The line's id.
    pub(crate) line: &'static str,
    /// Which of the shop's articles.
    article: i64,
    /// Pieces.
    pub(crate) quantity: u32,
    /// For one piece, in minor units.
    pub(crate) price: i64,
}

/// A buyer with one order.
#[derive(Clone, Debug)]
pub(crate) struct Buyer {
    /// The number, from 0.
    pub(crate) number: u32,
    /// Where they buy.
    pub(crate) shop: &'static Shop,
    /// What they write.
    pub(crate) words: &'static Words,
    /// How it will go.
    pub(crate) temper: Temper,
    /// The line the trouble is about, if there is any.
    pub(crate) first: Bought,
    /// Another line, that nothing is wrong with.
    pub(crate) second: Option<Bought>,
    seed: u64,
}

impl Buyer {
    /// The buyer of that number.
    pub(crate) fn new(seed: u64, number: u32) -> Self {
        let mut chance = Chance::of(seed, &format!("buyer {number}"));
        let shop = chance.pick(&SHOPS).unwrap_or(&SHOPS[0]);
        let language = chance.pick(shop.languages).copied().unwrap_or("en");
        let temper = chance.weighted(TEMPERS).unwrap_or(Temper::Silent);
        let first = bought(shop, "1", &mut chance);
        let second = chance.percent(15).then(|| bought(shop, "2", &mut chance));
        Self { number, shop, words: words(language), temper, first, second, seed }
    }

    /// Chance for a question about this buyer.
    pub(crate) fn chance(&self, about: &str) -> Chance {
        Chance::of(self.seed, &format!("buyer {} {about}", self.number))
    }

    /// The buyer's id on the channel.
    pub(crate) fn id(&self) -> String {
        format!("b-{}", self.number)
    }

    /// The order.
    pub(crate) fn order(&self) -> String {
        format!("o-{}", self.number)
    }

    /// The review.
    pub(crate) fn review(&self) -> String {
        format!("r-{}", self.number)
    }

    /// The review by its name.
    pub(crate) fn review_name(&self) -> String {
        format!("{}/reviews/{}", self.shop.name(), self.review())
    }

    /// The conversation.
    pub(crate) fn conversation(&self) -> String {
        format!("c-{}", self.number)
    }

    /// The order's lines.
    pub(crate) fn lines(&self) -> impl Iterator<Item = Bought> {
        std::iter::once(self.first).chain(self.second)
    }

    /// One of the texts that name a cause.
    pub(crate) fn caused(&self, about: &str, of: &'static [Caused]) -> Caused {
        let fallback = (ComplaintReason::Other, "");
        self.chance(about).pick(of).copied().unwrap_or(fallback)
    }

    /// The order as the shop knows it.
    pub(crate) fn order_lines(&self) -> Vec<v1::OrderLine> {
        self.lines()
            .map(|bought| v1::OrderLine {
                line_id: bought.line.to_owned(),
                sku: format!("sku-{}", bought.article),
                title: format!("Article {}", bought.article),
                category: "household".to_owned(),
                quantity: i32::try_from(bought.quantity).unwrap_or(1),
                unit_price: Some(self.shop.money(bought.price)),
            })
            .collect()
    }
}

fn bought(shop: &Shop, line: &'static str, chance: &mut Chance) -> Bought {
    let quantity = chance.weighted(&[(75, 1), (18, 2), (7, 3)]).unwrap_or(1);
    let price = chance.between(shop.prices.0, shop.prices.1);
    Bought { line, article: chance.between(1, 25), quantity, price }
}

/// The number of the buyer that an id of an order, review or conversation belongs to.
pub(crate) fn number_of(id: &str) -> Option<u32> {
    id.split('-').nth(1)?.parse().ok()
}

/// The buyer that a case is about.
pub(crate) fn number_of_case(case: &v1::Case) -> Option<u32> {
    let subject = case.subject.as_ref()?;
    let ids = [&subject.order_id, &subject.review_id, &subject.conversation_id];
    ids.into_iter().find_map(|id| number_of(id))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_buyer_is_the_same_in_every_run_of_a_seed() {
        for number in 0..20 {
            let (a, b) = (Buyer::new(3, number), Buyer::new(3, number));
            assert_eq!((a.shop.id, a.temper, a.first.price), (b.shop.id, b.temper, b.first.price));
        }
    }

    #[test]
    fn four_hundred_buyers_see_everything_and_every_shop() {
        let buyers: Vec<_> = (0..400).map(|number| Buyer::new(1, number)).collect();
        let shops: BTreeSet<_> = buyers.iter().map(|buyer| buyer.shop.id).collect();
        assert_eq!(shops.len(), SHOPS.len());
        for (_, temper) in TEMPERS {
            assert!(buyers.iter().any(|buyer| buyer.temper == *temper), "{temper:?}");
        }
        assert!(buyers.iter().any(|buyer| buyer.second.is_some()));
    }

    #[test]
    fn an_id_tells_its_buyer() {
        let buyer = Buyer::new(1, 17);
        for id in [buyer.order(), buyer.review(), buyer.conversation(), buyer.id()] {
            assert_eq!(number_of(&id), Some(17), "{id}");
        }
        assert_eq!(number_of("else"), None);
    }
}
