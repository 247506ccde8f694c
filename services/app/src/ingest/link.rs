//! Which case a signal belongs to.
//!
//! A message, a review and a return request about one order line meet in one
//! case, whichever came first and whatever was known of the order then.

use amends_domain::case::{Case, CaseKind, Opening, Origin, Verb};
use amends_domain::deadline::{Deadline, DeadlineChange, DeadlineKind};
use amends_domain::detection::{Detection, Flag, Reason};
use amends_domain::event::Event;
use amends_domain::signal::SignalBody;
use amends_domain::subject::{Anchor, Subject};
use amends_domain::{BuyerKey, CaseId, LineId, OrderId, ShopId, Span, Time};

use super::world::{Effect, Now, World};
use crate::facts::only_line;

/// How long before the channel decides by itself a supervisor is told.
const CHANNEL_MARGIN: Span = Span::from_hours(24);

/// What a signal says about the trouble it brings.
#[derive(Debug, Clone, Default)]
pub(super) struct Trouble {
    pub(super) origin: Option<Origin>,
    pub(super) reasons: Vec<Reason>,
    pub(super) flags: Vec<Flag>,
    pub(super) buyer: Option<BuyerKey>,
    pub(super) language: String,
    pub(super) stars: Option<u8>,
    pub(super) hard_deadline: Option<Time>,
    pub(super) waiting_since: Option<Time>,
}

impl Trouble {
    /// What was heard in a text.
    pub(super) fn heard(detection: &Detection) -> Self {
        let mut reasons: Vec<Reason> = detection.reasons.iter().map(|r| r.reason).take(3).collect();
        if reasons.is_empty() {
            reasons.push(Reason::Other);
        }
        Self {
            reasons,
            flags: detection.flags.clone(),
            language: if detection.language == "und" { String::new() } else { detection.language.clone() },
            ..Self::default()
        }
    }
}

impl World {
    /// What a signal about an order is about, as narrowly as the facts allow.
    pub(super) fn subject(&self, shop: &ShopId, order: &OrderId, line: Option<&LineId>) -> Subject {
        if let Some(line) = line {
            return Subject::of_order(order.clone(), Some(line.clone()));
        }
        let known = self.orders.get(&(shop.clone(), order.clone()));
        if let Some(only) = known.and_then(|o| only_line(o.lines.values().map(|l| &l.line))) {
            return Subject::of_order(order.clone(), Some(only.line.clone()));
        }
        // Whoever names no line means the trouble that is already open, if there is one.
        let open = self.open_subjects(shop, &Anchor::Order(order.clone()));
        let mut open = open.into_iter();
        match (open.next(), open.next()) {
            (Some(one), None) => one.clone(),
            _ => Subject::Order { order: order.clone() },
        }
    }

    /// The signal joins the open case on its subject, if there is one.
    pub(super) fn join(&mut self, at: Now<'_>, subject: &Subject, trouble: &Trouble) -> Option<Effect> {
        let shop = &at.info.shop.id;
        let place = self.cases.open_on(shop, subject)?;
        let one = self.cases.get_mut(place)?;
        let case = &mut one.case;
        let priority = case.priority;
        let mut changed = case.learn(&trouble.reasons, &trouble.flags, trouble.hard_deadline);
        if case.buyer.is_none() && trouble.buyer.is_some() {
            case.buyer = trouble.buyer;
            changed = true;
        }
        if case.language.is_empty() && !trouble.language.is_empty() {
            case.language.clone_from(&trouble.language);
            changed = true;
        }
        if changed {
            case.version += 1;
        }
        let (id, deadline) = (case.id, case.hard_deadline);
        let more_urgent = (case.priority != priority).then_some((priority, case.priority));
        // A message has an event of its own that says as much, and a timer's word is no signal.
        if !matches!(at.signal.body, SignalBody::Message(_) | SignalBody::Overdue(_)) {
            let joined = Event::SignalJoined { kind: at.signal.body.kind(), signal: at.signal.id.clone() };
            self.happened(at, Some(id), joined);
        }
        if let Some((from, to)) = more_urgent {
            self.happened(at, Some(id), Event::CasePriorityChanged { from, to });
        }
        if changed {
            self.watch_channel(at, id, deadline);
        }
        Some(Effect { case: Some(id), opened: false })
    }

    /// The signal joins the open case on its subject, or opens one.
    pub(super) fn join_or_open(
        &mut self,
        at: Now<'_>,
        subject: Subject,
        kind: CaseKind,
        mut trouble: Trouble,
    ) -> Effect {
        // Whose trouble it is, is known from the order: not only once a message or a review says so.
        trouble.buyer = trouble.buyer.or_else(|| self.buyer_of(&at.info.shop.id, &subject));
        if kind != CaseKind::Delivery {
            self.narrow_delivery(at, &subject);
        }
        if let Some(joined) = self.join(at, &subject, &trouble) {
            return joined;
        }
        let shop = at.info.shop.id.clone();
        if trouble.language.is_empty() {
            trouble.language = self.language_about(&shop, &subject);
        }
        let id = CaseId::from_bits(at.ids.next(at.now));
        // What became part of another case is continued where that one left off.
        let heir = self.cases.heir(&shop, &subject).filter(|heir| !heir.is_open()).map(|heir| heir.id);
        let follow_up_of = heir.or_else(|| self.cases.ended_on(&shop, &subject));
        let reason = trouble.reasons.first().copied().unwrap_or(Reason::Other);
        let case = Case::open(
            Opening {
                id,
                shop,
                subject: subject.clone(),
                kind,
                origin: trouble.origin,
                reasons: trouble.reasons,
                flags: trouble.flags,
                buyer: trouble.buyer,
                language: trouble.language,
                stars: trouble.stars,
                hard_deadline: trouble.hard_deadline,
                waiting_since: trouble.waiting_since,
                follow_up_of,
            },
            at.now,
        );
        let deadline = case.hard_deadline;
        let (priority, waiting_since) = (Some(case.priority), case.waiting_since);
        self.cases.add(case, None);
        let opened = Event::CaseOpened { kind, subject, reason, follow_up_of, priority, waiting_since };
        self.happened(at, Some(id), opened);
        self.watch_channel(at, id, deadline);
        Effect { case: Some(id), opened: true }
    }

    /// Who bought what something is about, as far as the order says.
    fn buyer_of(&self, shop: &ShopId, subject: &Subject) -> Option<BuyerKey> {
        let order = self.orders.get(&(shop.clone(), subject.order()?.clone()))?;
        let lines = order.lines.values().map(|kept| &kept.line);
        let mut mine = lines.filter(|line| subject.line().is_none_or(|id| *id == line.line));
        mine.find_map(|line| line.purchase.as_ref()).map(|purchase| purchase.buyer)
    }

    /// A buyer who complains about a line means the late parcel that it is in, if a case is open
    /// for the whole parcel: that case is about the line from now on.
    fn narrow_delivery(&mut self, at: Now<'_>, subject: &Subject) {
        let (Some(order), Some(line)) = (subject.order(), subject.line()) else { return };
        let shop = at.info.shop.id.clone();
        let wide = Subject::Order { order: order.clone() };
        let place = self.cases.open_on(&shop, &wide).and_then(|place| self.cases.get(place));
        let delivery = place.is_some_and(|one| one.case.kind == CaseKind::Delivery);
        let parcels = self.orders.get(&(shop.clone(), order.clone())).map(|facts| facts.shipments.values());
        let mut late = parcels.into_iter().flatten().map(|kept| &kept.value).filter(|one| one.is_troubled());
        let inside =
            late.any(|one| one.lines.is_empty() || one.lines.iter().any(|(inside, _)| inside == line));
        if delivery && inside && self.cases.open_on(&shop, subject).is_none() {
            self.refine(at, &wide, subject);
        }
    }

    fn watch_channel(&mut self, at: Now<'_>, case: CaseId, deadline: Option<Time>) {
        if let Some(deadline) = deadline {
            self.out.deadlines.push(DeadlineChange::Set(Deadline {
                shop: at.info.shop.id.clone(),
                kind: DeadlineKind::ChannelDeadline,
                subject: case.to_string(),
                due_at: deadline - CHANNEL_MARGIN,
            }));
        }
    }

    /// What was believed to be about something wide turns out to be about
    /// something narrow: its open case moves there, or into the one that is
    /// open there already.
    pub(super) fn refine(&mut self, at: Now<'_>, from: &Subject, to: &Subject) {
        let shop = at.info.shop.id.clone();
        if from == to {
            return;
        }
        let Some(wide) = self.cases.open_on(&shop, from) else { return };
        match self.cases.open_on(&shop, to) {
            None => self.move_case(at, wide, to),
            Some(narrow) => self.merge_cases(at, wide, narrow),
        }
    }

    fn move_case(&mut self, at: Now<'_>, place: usize, to: &Subject) {
        let Some(one) = self.cases.get_mut(place) else { return };
        let id = one.case.id;
        let from = std::mem::replace(&mut one.case.subject, to.clone());
        one.case.version += 1;
        let key = (at.info.shop.id.clone(), to.anchor());
        let there = self.cases.by_anchor.entry(key).or_default();
        if !there.contains(&place) {
            there.push(place);
        }
        self.happened(at, Some(id), Event::SubjectRefined { from, to: to.clone() });
    }

    /// What hung on a merged case hangs on the one it was merged into: a promise
    /// in flight holds that one open, and holds back an ask.
    fn move_facts(&mut self, shop: &ShopId, from: CaseId, into: CaseId) {
        for review in self.reviews.values_mut().filter(|r| r.row.shop == *shop && r.row.case == Some(from)) {
            review.row.case = Some(into);
            review.changed = true;
        }
        let requests = self.orders.values_mut().flat_map(|order| order.returns.values_mut());
        for request in requests.filter(|r| r.value.row.shop == *shop && r.value.row.case == Some(from)) {
            request.value.row.case = Some(into);
            request.changed = true;
        }
        for message in self.out.messages.iter_mut().filter(|m| m.shop == *shop && m.case == Some(from)) {
            message.case = Some(into);
        }
        if let Some(given) = self.remedies.remove(&(shop.clone(), from)) {
            self.remedies.entry((shop.clone(), into)).or_default().extend(given);
        }
        let promised = self.promised.values_mut().flatten().map(|kept| &mut kept.value);
        promised.filter(|r| r.shop == *shop && r.case == from).for_each(|r| r.case = into);
        for earlier in self.out.merged.iter_mut().filter(|(s, _, to)| s == shop && *to == from) {
            earlier.2 = into;
        }
        self.out.merged.push((shop.clone(), from, into));
    }

    /// The younger becomes part of the older, whoever the buyer believes to be talking to.
    fn merge_cases(&mut self, at: Now<'_>, a: usize, b: usize) {
        let age =
            |place| self.cases.get(place).map(|c: &super::world::OneCase| (c.case.opened_at, c.case.id));
        let (older, younger) = if age(a) <= age(b) { (a, b) } else { (b, a) };
        // The older one stands for the narrow subject from now on.
        let narrow = self.cases.get(b).map(|c| c.case.subject.clone());
        let (Some(into), Some(one)) = (self.cases.get(older).map(|c| c.case.id), self.cases.get_mut(younger))
        else {
            return;
        };
        let (id, part) = (one.case.id, one.case.clone());
        match one.case.clone().apply(Verb::Merge { into, same_buyer: true, version: None }, at.now) {
            Ok(merged) => one.case = merged,
            // Both are open, and every open state has this arrow.
            Err(refused) => return tracing::error!(%refused, "two cases of one subject stay open"),
        }
        let mut urgency = None;
        if let Some(keeper) = self.cases.get_mut(older) {
            let (from, known) = (keeper.case.priority, keeper.case.hard_deadline);
            keeper.case.version += i64::from(keeper.case.inherit(&part));
            urgency = Some((from, keeper.case.priority)).filter(|(from, to)| from != to);
            let deadline = keeper.case.hard_deadline.filter(|deadline| Some(*deadline) != known);
            self.watch_channel(at, into, deadline);
        }
        self.move_facts(&at.info.shop.id, id, into);
        self.share_first_action(at, into);
        self.happened(at, Some(id), Event::CaseMerged { into });
        self.happened(at, Some(into), Event::CaseAbsorbed { from: id });
        if let Some((from, to)) = urgency {
            self.happened(at, Some(into), Event::CasePriorityChanged { from, to });
        }
        if let Some(narrow) = narrow.filter(|n| self.cases.get(older).is_some_and(|c| c.case.subject != *n)) {
            self.move_case(at, older, &narrow);
        }
    }
}
