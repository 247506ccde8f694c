//! A review was observed.

use amends_domain::case::CaseKind;
use amends_domain::deadline::{DeadlineChange, DeadlineKind};
use amends_domain::detection::Detection;
use amends_domain::event::Event;
use amends_domain::order::Wish;
use amends_domain::review::DiffKind;
use amends_domain::signal::ReviewSignal;
use amends_domain::subject::Subject;
use amends_domain::{CaseId, OrderId, ReviewId, Time};
use amends_store::text::{TextOwner, TextRow};

use crate::error::Violation;
use crate::facts::{place_review, refresh_review};
use crate::ingest::link::Trouble;
use crate::ingest::world::{Effect, Now, World};

mod seen;

use seen::{language, says_the_latest, unknown, version};

impl World {
    pub(in crate::ingest) fn take_review(
        &mut self,
        at: Now<'_>,
        seen: &ReviewSignal,
        detection: Option<&Detection>,
    ) -> Result<Effect, Violation> {
        let shop = at.info.shop.id.clone();
        let key = (shop.clone(), seen.review.clone());
        let buyer = seen.buyer.as_ref().map(|b| self.buyer(at, b));
        let one = self.reviews.entry(key.clone()).or_insert_with(|| unknown(at, seen));
        one.row.order = one.row.order.take().or_else(|| seen.order.clone());
        one.row.buyer = one.row.buyer.or(buyer);
        one.row.hidden_negative |= detection.is_some_and(|d| d.hidden_negative);
        if says_the_latest(at, seen, &one.versions) {
            one.row.language = language(seen, detection);
        }
        let mut version = version(at, seen, detection);
        // A line of another order than the review is about says nothing about it.
        if seen.order.is_some() && seen.order != one.row.order {
            version.told.line = None;
        }
        one.versions.push(version.clone());
        one.new_versions.push(version);
        self.store_review_text(at, seen, buyer);
        let diff = self.refresh_one_review(at, &seen.review);
        let effect = self.link_review(at, seen, detection, diff);
        // A look that found nothing new is stored, and is nothing that happened to the case.
        if (diff != DiffKind::Unchanged || effect.opened)
            && (effect.case.is_some() || diff != DiffKind::First)
        {
            let event = Event::ReviewObserved {
                review: seen.review.clone(),
                diff,
                rating: seen.rating,
                observed_at: at.signal.occurred_at,
            };
            self.happened(at, effect.case, event);
        }
        self.refresh_one_review(at, &seen.review);
        Ok(effect)
    }

    /// Derives a review anew; says what lies between the signal's version and the one before.
    fn refresh_one_review(&mut self, at: Now<'_>, review: &ReviewId) -> DiffKind {
        let shop = at.info.shop.id.clone();
        let Some(one) = self.reviews.get_mut(&(shop.clone(), review.clone())) else {
            return DiffKind::Unchanged;
        };
        let facts =
            one.row.order.as_ref().and_then(|order| self.orders.get_mut(&(shop.clone(), order.clone())));
        let lines = facts.as_ref().map(|order| order.lines.values().map(|l| &l.line));
        place_review(&mut one.row, &one.versions, lines);
        if let Some(facts) = facts {
            let wish = one.row.wished_at.map(|at| Wish { line: one.row.line.clone(), at });
            match wish {
                Some(wish) => facts.heard.insert(review.clone(), wish),
                None => facts.heard.remove(review),
            };
        }
        let first_seen = one.versions.iter().map(|v| v.observed_at).min().unwrap_or(at.now);
        let policy = at.info.channel_policy(first_seen);
        let (versions, history) = refresh_review(&mut one.row, std::mem::take(&mut one.versions), &policy);
        let place = versions.iter().position(|v| v.signal == at.signal.id);
        let diff = place.and_then(|p| history.diffs.get(p).copied()).unwrap_or(DiffKind::Unchanged);
        one.versions = versions;
        one.after = at.info.review_counts(&history, &one.row);
        one.changed = true;
        diff
    }

    /// The reviews of an order, when what is known of the order changed.
    pub(in crate::ingest) fn refresh_reviews_of(&mut self, at: Now<'_>, order: &OrderId) {
        let shop = &at.info.shop.id;
        let mine: Vec<ReviewId> = self
            .reviews
            .iter()
            .filter(|((s, _), r)| s == shop && r.row.order.as_ref() == Some(order))
            .map(|((_, id), _)| id.clone())
            .collect();
        for review in mine {
            self.refresh_one_review(at, &review);
        }
    }

    /// A negative or secretly negative review belongs to a case.
    fn link_review(
        &mut self,
        at: Now<'_>,
        seen: &ReviewSignal,
        detection: Option<&Detection>,
        diff: DiffKind,
    ) -> Effect {
        let shop = at.info.shop.id.clone();
        let Some(one) = self.reviews.get(&(shop.clone(), seen.review.clone())) else {
            return Effect::default();
        };
        let (row, threshold) = (&one.row, at.info.channel_policy(at.signal.occurred_at).negative_threshold);
        let alone = Subject::Review { review: seen.review.clone() };
        let (order, line) = (row.order.clone(), row.line.clone());
        let wish = row.wished_at.map(|at| Wish { line: line.clone(), at });
        let negative_now = row.history.visible && row.history.rating.is_some_and(|r| r <= threshold);
        let (stars, buyer) = (row.history.rating, row.buyer);
        let hidden = row.hidden_negative && row.history.visible;
        let subject = match &order {
            Some(order) => self.subject(&shop, order, line.as_ref()),
            None => alone.clone(),
        };
        self.refine(at, &alone, &subject);
        // The case that it was in may have become part of another just now.
        let sofar = self.reviews.get(&(shop.clone(), seen.review.clone())).and_then(|one| one.row.case);
        let mut trouble = detection.map(Trouble::heard).unwrap_or_default();
        trouble.buyer = buyer;
        trouble.stars = stars;
        self.note_wishes(at, &seen.review, order.as_ref(), wish);
        let news = matches!(diff, DiffKind::First | DiffKind::Worsened | DiffKind::ReReversed);
        let opens = (negative_now || hidden) && (sofar.is_none() || news);
        let looked_again = diff == DiffKind::Unchanged
            && self.cases.open_on(&shop, &subject).is_some_and(|place| {
                self.cases.get(place).is_some_and(|one| {
                    Some(one.case.id) == sofar && (one.case.buyer.is_some() || buyer.is_none())
                })
            });
        let effect = if looked_again {
            Effect { case: sofar, opened: false }
        } else if opens {
            let effect = self.join_or_open(at, subject.clone(), CaseKind::Review, trouble);
            self.wake_if_solved(at, &subject, effect);
            effect
        } else {
            let quiet = Trouble { buyer, ..Trouble::default() };
            self.join(at, &subject, &quiet).unwrap_or(Effect { case: sofar, opened: false })
        };
        // What is no trouble leaves a review with the case it has, whichever it is told to now.
        let case = if opens || sofar.is_none() { effect.case } else { sofar };
        self.attach_review(at, &seen.review, case);
        effect
    }

    /// Wishes of a review count for the line it is about by now, also where nothing else is known of its order.
    fn note_wishes(&mut self, at: Now<'_>, review: &ReviewId, order: Option<&OrderId>, wish: Option<Wish>) {
        let (Some(order), Some(wish)) = (order, wish) else { return };
        let shop = at.info.shop.id.clone();
        if let Some(line) = &wish.line {
            self.line(&shop, order, line);
        }
        self.order(&shop, order).heard.insert(review.clone(), wish);
        self.refresh_order(at, order);
    }

    fn attach_review(&mut self, at: Now<'_>, review: &ReviewId, case: Option<CaseId>) {
        let shop = at.info.shop.id.clone();
        let acted = case
            .and_then(|id| self.cases.by_id.get(&(shop.clone(), id)).copied())
            .and_then(|place| self.cases.get(place))
            .and_then(|c| c.case.first_human_action_at);
        if let Some(one) = self.reviews.get_mut(&(shop, review.clone())) {
            one.row.case = case.or(one.row.case);
            let handling = &mut one.row.handling;
            handling.first_human_action_at = handling.first_human_action_at.into_iter().chain(acted).min();
        }
    }

    /// Who acted on one of two cases that became one acted on the reviews of both.
    pub(in crate::ingest) fn share_first_action(&mut self, at: Now<'_>, case: CaseId) {
        let shop = &at.info.shop.id;
        let place = self.cases.by_id.get(&(shop.clone(), case)).copied();
        let Some(acted) = place.and_then(|place| self.cases.get(place)?.case.first_human_action_at) else {
            return;
        };
        let mut mine = Vec::new();
        for ((of, id), review) in &mut self.reviews {
            if of == shop && review.row.case == Some(case) {
                let first = &mut review.row.handling.first_human_action_at;
                *first = Some(first.map_or(acted, |known| known.min(acted)));
                mine.push(id.clone());
            }
        }
        for review in mine {
            self.refresh_one_review(at, &review);
        }
    }

    /// A person contacted the buyer of a case: its reviews remember it.
    pub(in crate::ingest) fn stamp_contact(&mut self, at: Now<'_>, case: CaseId, sent: Time) {
        let earlier = |t: Option<Time>| Some(t.map_or(sent, |t| t.min(sent)));
        let mine: Vec<ReviewId> = self
            .reviews
            .iter_mut()
            .filter(|(_, r)| r.row.case == Some(case))
            .map(|((_, id), r)| {
                r.row.handling.first_human_action_at = earlier(r.row.handling.first_human_action_at);
                r.row.handling.contacted_at = earlier(r.row.handling.contacted_at);
                id.clone()
            })
            .collect();
        for review in mine {
            self.refresh_one_review(at, &review);
        }
    }

    /// A case no longer waits: its timers are off.
    pub(in crate::ingest) fn clear_waiting(&mut self, at: Now<'_>, case: CaseId) {
        let kinds = [
            DeadlineKind::BuyerReminder,
            DeadlineKind::BuyerSilence,
            DeadlineKind::Wake,
            DeadlineKind::AutoClose,
        ];
        for kind in kinds {
            let (shop, subject) = (at.info.shop.id.clone(), case.to_string());
            self.out.deadlines.push(DeadlineChange::Clear { shop, kind, subject });
        }
    }

    fn store_review_text(
        &mut self,
        at: Now<'_>,
        seen: &ReviewSignal,
        buyer: Option<amends_domain::BuyerKey>,
    ) {
        if !seen.text.is_empty() && !self.is_review_erased(&at.info.shop.id, &seen.review) {
            self.out.texts.push(TextRow {
                shop: at.info.shop.id.clone(),
                owner: TextOwner::Review,
                id: format!("{}/{}", seen.review, at.signal.id),
                buyer,
                body: seen.text.clone(),
            });
        }
    }
}
