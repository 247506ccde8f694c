//! What suggestions are wanted for.

use amends_app::remedy::{Bought, Hypothetical, SuggestRemedies, Target};
use amends_domain::remedy::RemedyKind;
use amends_domain::{ShopId, Time};
use amends_proto::v1 as pb;
use pb::suggest_remedies_request::Target as Wire;

use crate::fields::Fields;

/// Most entries of stock: there are not more kinds.
const STOCK_MAX: usize = 20;

/// The longest name of a category, in characters.
const CATEGORY_CHARACTERS_MAX: usize = 200;

impl Fields {
    /// The command that a request asks for.
    pub fn suggest(&mut self, message: pb::SuggestRemediesRequest, latest: Time) -> Option<SuggestRemedies> {
        let target = match message.target {
            None => self.refuse("target", "must be set: a case or a hypothetical return"),
            Some(Wire::Case(name)) => {
                self.named("case", &name).map(|(shop, case)| (shop, Target::Case(case)))
            }
            Some(Wire::Hypothetical(asked)) => self.inside("hypothetical", |f| f.hypothetical(asked, latest)),
        };
        let units = match message.quantity {
            0 => Some(0),
            quantity => self.pieces("quantity", quantity),
        };
        let stock = self.stock_of_kinds(message.stock);
        let ((shop, target), units, stock) = (target?, units?, stock?);
        Some(SuggestRemedies { shop, target, units, stock })
    }

    fn hypothetical(&mut self, asked: pb::HypotheticalReturn, latest: Time) -> Option<(ShopId, Target)> {
        let shop = self.shop("shop", &asked.shop);
        let reason = self.word("reason", asked.reason);
        let flags = self.words("flags", asked.flags);
        let line = match (asked.order_id.is_empty(), asked.line_id.is_empty()) {
            (true, true) => Some(None),
            (true, false) => self.refuse("order_id", "must be set with a line"),
            (false, _) => {
                let (order, line) =
                    (self.id("order_id", &asked.order_id), self.id("line_id", &asked.line_id));
                order.zip(line).map(Some)
            }
        };
        let bought = match asked.bought {
            None => Some(None),
            Some(bought) => self.inside("bought", |f| f.bought(bought, latest)).map(Some),
        };
        let buyer = self.id_or_none("buyer_id", &asked.buyer_id);
        let language = self.language("language", asked.language);
        let asked = Hypothetical {
            line: line?,
            bought: bought?,
            reason: reason?,
            flags: flags?,
            buyer: buyer?,
            language: language?,
        };
        Some((shop?, Target::Hypothetical(Box::new(asked))))
    }

    fn bought(&mut self, bought: pb::BoughtLine, latest: Time) -> Option<Bought> {
        let quantity = self.pieces("quantity", bought.quantity);
        let unit_price = self.money("unit_price", bought.unit_price);
        let sku = self.id_or_none("sku", &bought.sku);
        let category = self.text("category", bought.category, CATEGORY_CHARACTERS_MAX);
        let delivered_at = self.past_or_none("deliver_time", bought.deliver_time, latest);
        Some(Bought {
            quantity: quantity?,
            unit_price: unit_price?,
            sku: sku?,
            category: category?,
            delivered_at: delivered_at?,
        })
    }

    fn stock_of_kinds(&mut self, stock: Vec<pb::StockOfKind>) -> Option<Vec<(RemedyKind, i64)>> {
        if stock.len() > STOCK_MAX {
            return self.refuse("stock", "must have at most 20 entries");
        }
        let entries = self.each("stock", stock, |f, one| {
            let kind = f.word("kind", one.kind);
            let available = match one.available {
                0.. => Some(one.available),
                _ => f.refuse("available", "must not be negative"),
            };
            kind.zip(available)
        })?;
        let twice = |(at, (kind, _)): (usize, &(RemedyKind, i64))| {
            entries.iter().take(at).any(|(before, _)| before == kind)
        };
        if entries.iter().enumerate().any(twice) {
            return self.refuse("stock", "must name each kind at most once");
        }
        Some(entries)
    }
}
