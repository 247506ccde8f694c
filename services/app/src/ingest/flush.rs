//! Writing what a batch changed: all of it together, a statement per table.

use amends_domain::case::Case;
use amends_domain::deadline::DeadlineKind;
use amends_domain::event::{Actor, ActorKind};
use amends_domain::returns::ReturnEvent;
use amends_domain::review::ReviewVersion;
use amends_domain::rollup::About;
use amends_domain::subject::Anchor;
use amends_domain::tally::Counted;
use amends_domain::{EventId, OrderId, ReturnId, ReviewId, ShopId};
use amends_store::buyer::erasure;
use amends_store::event::EventRow;
use amends_store::{
    buyer, case, link, message, order, remedy, reply, returns, review, shipment, signal, survey, text, trial,
};

use super::world::World;
use crate::error::Result;
use crate::remedy::scored;
use crate::reply::ended_by;
use crate::restate::about_line;
use crate::shops::facets;
use crate::sla;
use crate::work::Work;

/// The name under which replies are taken back whose hold ended.
const HOLDS: &str = "holds";

impl World {
    /// Lets the clocks hear what happened, before the cases are written.
    pub(super) async fn hear(&mut self, work: &mut Work) -> Result<()> {
        let known = std::mem::take(&mut self.clocks);
        work.know_courses(std::mem::take(&mut self.courses), &known);
        let heard = sla::hear(work, &self.out.events, Some(known)).await?;
        self.out.events.extend(heard.told);
        for (shop, case, due) in heard.due {
            self.cases.promise(&shop, case, due);
        }
        work.clocks_have_heard();
        Ok(())
    }

    /// Takes back what no connector has, where a hold ended: the buyer wrote again, or a case was merged.
    ///
    /// Told as the service's own doing and after what caused it: a lane works for many callers at once.
    pub(super) async fn recall(&mut self, work: &Work) -> Result<()> {
        let taken: Vec<_> = self.replies.values().filter(|r| r.changed).map(|r| r.value.id).collect();
        let steps = self.cases.list.iter();
        let steps = steps.filter_map(|one| one.held.as_deref().map(|before| (before, &one.case)));
        for (shop, case, event) in ended_by(work, steps, &taken).await? {
            self.out.events.push(EventRow {
                shop,
                id: EventId::from_bits(work.id()),
                case: Some(case),
                event,
                actor: Actor { kind: ActorKind::System, name: HOLDS.to_owned() },
                cause: HOLDS.to_owned(),
                trace: None,
                occurred_at: work.now,
                recorded_at: work.now,
            });
        }
        Ok(())
    }

    /// Hands over everything that is new or changed, to be written at the end.
    pub(super) fn flush(mut self, work: &mut Work) {
        self.tell_members();
        let out = std::mem::take(&mut self.out);
        let buyers: Vec<_> = out.buyers.into_values().collect();
        let opt_outs: Vec<_> = out.opt_outs.into_iter().map(|((shop, key), at)| (shop, key, at)).collect();
        let zones: Vec<_> =
            out.zones.into_iter().map(|((shop, key), (at, zone))| (shop, key, at, zone)).collect();
        let again: Vec<_> = out.erased_again.into_iter().collect();
        for (shop, buyer) in &again {
            work.due(shop, DeadlineKind::Erasure, buyer, work.now);
        }
        work.write([
            erasure::again(&again),
            signal::insert(&out.signals),
            buyer::put(&buyers),
            buyer::opt_out(&opt_outs),
            buyer::zones(&zones),
            text::put(&out.texts),
            message::insert(&out.messages),
            survey::insert(&out.surveys),
            scored(&out.surveys),
        ]);
        out.said.iter().for_each(|(shop, said)| work.count(shop, &Counted::default(), said));
        self.flush_orders(work);
        // Each was read at the version before the one step it took.
        let stopped = std::mem::take(&mut self.promised).into_values().flatten().filter(|one| one.changed);
        let stopped: Vec<_> = stopped.map(|one| (one.value.clone(), one.value.version - 1)).collect();
        work.write([remedy::updates(&stopped)]);
        self.flush_reviews(work);
        self.flush_cases(work);
        // Each was read at the version before the one step it took.
        let replies = std::mem::take(&mut self.replies).into_values().filter(|reply| reply.changed);
        let replies: Vec<_> = replies.map(|r| (r.value.clone(), r.value.version - 1)).collect();
        work.write([reply::update(&replies)]);
        work.write(case::absorb(&out.merged));
        work.write([reply::absorb(&out.merged)]);
        work.write(link::absorb(&out.merged));
        for event in out.events {
            work.happened_as(event);
        }
        for change in out.deadlines {
            work.change_deadline(change);
        }
    }

    /// Lines and reviews know what their cases say of them by now.
    fn tell_members(&mut self) {
        for ((shop, order), facts) in &mut self.orders {
            let anchor = Anchor::Order(order.clone());
            if !self.whole.contains(&(shop.clone(), anchor.clone())) {
                continue;
            }
            for one in facts.lines.values_mut() {
                one.line.about = about_line(&one.line, self.cases.on(shop, &anchor).map(|c| &c.case));
            }
        }
        for ((shop, _), one) in &mut self.reviews {
            let place = one.row.case.and_then(|case| self.cases.by_id.get(&(shop.clone(), case)));
            let Some(of) = place.and_then(|place| self.cases.list.get(*place)) else { continue };
            let about = About::of([&of.case]);
            if about != one.row.about {
                one.row.about = about;
                one.after.facets = facets(&one.row);
                one.changed = true;
            }
        }
    }

    fn flush_orders(&mut self, work: &mut Work) {
        let (mut lines, mut shipments, mut requests) = (Vec::new(), Vec::new(), Vec::new());
        let mut events: Vec<(ShopId, OrderId, ReturnId, ReturnEvent, String)> = Vec::new();
        let mut counted = Vec::new();
        for ((shop, order), facts) in std::mem::take(&mut self.orders) {
            for one in facts.lines.into_values().filter(|l| l.stored.as_ref() != Some(&l.line)) {
                if let Some(info) = self.shops.get(&shop) {
                    work.count(&shop, &one.before, &info.line_counts(&one.line));
                }
                if one.line.counted != one.stored.and_then(|stored| stored.counted) {
                    counted.push(one.line.clone());
                }
                lines.push(one.line);
            }
            shipments.extend(facts.shipments.into_values().filter(|s| s.changed).map(|s| s.value));
            requests.extend(facts.returns.into_values().filter(|r| r.changed).map(|r| r.value.row));
            let of_order = facts.new_return_events.into_iter();
            events.extend(of_order.map(|(id, event, raw)| (shop.clone(), order.clone(), id, event, raw)));
        }
        work.write([
            order::put(&lines),
            trial::follow_lines(&counted),
            shipment::put(&shipments),
            returns::put(&requests),
            returns::insert_events(&events),
        ]);
    }

    fn flush_reviews(&mut self, work: &mut Work) {
        let mut rows = Vec::new();
        let mut versions: Vec<(ShopId, ReviewId, ReviewVersion)> = Vec::new();
        for ((shop, id), one) in std::mem::take(&mut self.reviews) {
            if !one.changed {
                continue;
            }
            work.count(&shop, &one.before, &one.after);
            versions.extend(one.new_versions.into_iter().map(|v| (shop.clone(), id.clone(), v)));
            rows.push(one.row);
        }
        work.write([review::put(&rows), review::insert_versions(&versions)]);
    }

    fn flush_cases(&mut self, work: &mut Work) {
        let (mut opened, mut changed): (Vec<Case>, Vec<(Case, i64)>) = (Vec::new(), Vec::new());
        for one in std::mem::take(&mut self.cases.list) {
            let changed_now = one.loaded.is_none_or(|loaded| loaded != one.case.version);
            work.know(&one.case, changed_now);
            match one.loaded {
                None => opened.push(one.case),
                Some(loaded) if loaded != one.case.version || one.promised_anew => {
                    changed.push((one.case, loaded))
                }
                Some(_) => {}
            }
        }
        // An ended case makes room for the new one on its subject.
        work.write(case::update(&changed));
        work.write([case::insert(&opened)]);
    }
}
