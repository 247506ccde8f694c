//! Which language a case is in, where the signal that opens it says nothing.

use amends_domain::subject::{Anchor, Subject};
use amends_domain::{OrderId, ShopId};

use super::world::{Now, World};

impl World {
    /// The language that is known of whoever something is about: the latest that was heard from them
    /// about the order, else the one they ordered in; empty if neither is known.
    pub(super) fn language_about(&self, shop: &ShopId, subject: &Subject) -> String {
        let anchor = subject.anchor();
        let told = self.cases.on(shop, &anchor).map(|one| &one.case);
        let heard =
            told.filter(|case| !case.language.is_empty()).max_by_key(|case| (case.opened_at, case.id));
        match heard {
            Some(case) => case.language.clone(),
            None => subject.order().map(|order| self.language_of_order(shop, order)).unwrap_or_default(),
        }
    }

    /// An order that is known now says the language of its open cases that have none.
    pub(super) fn tell_language(&mut self, at: Now<'_>, order: &OrderId) {
        let shop = at.info.shop.id.clone();
        let language = self.language_of_order(&shop, order);
        if language.is_empty() {
            return;
        }
        let anchor = Anchor::Order(order.clone());
        let places = self.cases.by_anchor.get(&(shop, anchor)).cloned().unwrap_or_default();
        for place in places {
            let one = self.cases.get_mut(place).map(|one| &mut one.case);
            if let Some(case) = one.filter(|case| case.is_open() && case.language.is_empty()) {
                case.language.clone_from(&language);
                case.version += 1;
            }
        }
    }

    fn language_of_order(&self, shop: &ShopId, order: &OrderId) -> String {
        let facts = self.orders.get(&(shop.clone(), order.clone()));
        let bought = facts.into_iter().flat_map(|facts| facts.lines.values());
        let told = bought.filter_map(|one| one.line.purchase.as_ref()).filter(|p| !p.language.is_empty());
        told.max_by_key(|p| (p.said_at, &p.said_by)).map(|p| p.language.clone()).unwrap_or_default()
    }
}
