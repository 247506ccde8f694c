//! An order was placed or changed.

use amends_domain::order::Purchase;
use amends_domain::signal::OrderSignal;

use crate::error::{Violation, Why};
use crate::ingest::refused;
use crate::ingest::world::{Effect, Now, World};

impl World {
    pub(in crate::ingest) fn take_order(
        &mut self,
        at: Now<'_>,
        order: &OrderSignal,
    ) -> Result<Effect, Violation> {
        let shop = at.info.shop.id.clone();
        for (i, line) in order.lines.iter().enumerate() {
            if line.unit_price.currency != at.info.shop.currency {
                return Err(refused(
                    &format!("order.lines[{i}].unit_price.currency"),
                    format!("must be the shop's currency, {}", at.info.shop.currency),
                    Why::Currency,
                ));
            }
        }
        let buyer = self.buyer(at, &order.buyer);
        if !order.time_zone.is_empty() {
            let said = (at.signal.occurred_at, order.time_zone.clone());
            let zone = self.out.zones.entry((shop.clone(), buyer)).or_insert_with(|| said.clone());
            *zone = said.max(zone.clone());
        }
        let late = self.late_times(at, &order.order);
        for ordered in &order.lines {
            let one = self.line(&shop, &order.order, &ordered.line);
            let earlier = one.line.purchase.as_ref();
            let said = (at.signal.occurred_at, &at.signal.id);
            // Signals come out of order: the latest word wins, not the last to arrive.
            if earlier.is_some_and(|p| (p.said_at, &p.said_by) > said) {
                if let Some(purchase) = &mut one.line.purchase {
                    purchase.placed_at = purchase.placed_at.min(at.signal.occurred_at);
                }
                continue;
            }
            let placed_at = earlier.map_or(at.signal.occurred_at, |p| p.placed_at.min(at.signal.occurred_at));
            one.line.purchase = Some(Purchase {
                said_at: at.signal.occurred_at,
                said_by: at.signal.id.clone(),
                placed_at,
                state: order.state,
                buyer,
                sku: ordered.sku.clone(),
                title: ordered.title.clone(),
                category: ordered.category.clone(),
                quantity: ordered.quantity,
                unit_price: ordered.unit_price,
                language: order.language.clone(),
            });
        }
        self.link_order(at, &order.order);
        self.tell_language(at, &order.order);
        self.await_parcels(at, &order.order, &late);
        self.refresh_order(at, &order.order);
        self.refresh_reviews_of(at, &order.order);
        Ok(Effect::default())
    }
}
