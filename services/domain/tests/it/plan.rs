//! Plans of next steps: what is NOW is allowed now, what is LATER is allowed then and not before.

use amends_domain::case::{CaseKind, State};
use amends_domain::guardrail::{Buyer, QuietHours, QuotaUse, Words, year_of};
use amends_domain::plan::{
    Draft, Due, Outlook, Plan, PublicDraft, Reviewed, Situation, Step, StepKind, StepState, Trouble, plan,
};
use amends_domain::policy::ChannelPolicy;
use amends_domain::remedy::{Remedy, RemedyState};
use amends_domain::review::{ReviewHistory, ReviewVersion, replay};
use amends_domain::{ReplyId, ReviewId, Span, Time};

use crate::make::{at, policy, proposed, remedy_id, seen};

mod any;
mod channels;
mod example;
mod times;

/// Everything that a plan depends on, owned.
#[derive(Debug, Clone)]
struct World {
    now: Time,
    policy: ChannelPolicy,
    kind: CaseKind,
    state: State,
    extortion: bool,
    zone: &'static str,
    contacts: Vec<Time>,
    asks: Vec<Time>,
    opted_out: bool,
    erased: bool,
    delivered_at: Option<Time>,
    words: Words,
    last_from_us: Option<Time>,
    draft: Option<Draft>,
    remedies: Vec<Remedy>,
    waits_beyond_policy: bool,
    hard_deadline: Option<Time>,
    due: Due,
    review: Option<ReviewHistory>,
    asked_at: Option<Time>,
    promised_elsewhere: u32,
    used: u32,
    replied_at: Vec<Time>,
    unsettled: u32,
    public_draft: Option<PublicDraft>,
}

/// Noon in UTC, five days after the review of these tests.
fn noon() -> Time {
    at(5 * 86_400 + 12 * 3_600)
}

fn hours(hours: i64) -> Span {
    Span::from_hours(hours)
}

fn story(versions: Vec<ReviewVersion>) -> ReviewHistory {
    replay(versions, 3).1
}

impl World {
    /// A case of a bad review of five days ago, opened an hour ago, of which nobody has done anything.
    fn new(channel: &str) -> Self {
        Self {
            now: noon(),
            policy: policy(channel),
            kind: CaseKind::Review,
            state: State::Claimed,
            extortion: false,
            zone: "UTC",
            contacts: Vec::new(),
            asks: Vec::new(),
            opted_out: false,
            erased: false,
            delivered_at: Some(at(0)),
            words: Words::default(),
            last_from_us: None,
            draft: None,
            remedies: Vec::new(),
            waits_beyond_policy: false,
            hard_deadline: None,
            due: Due::default(),
            review: Some(story(vec![seen(0, 1, 1)])),
            asked_at: None,
            promised_elsewhere: 0,
            used: 0,
            replied_at: Vec::new(),
            unsettled: 0,
            public_draft: None,
        }
    }

    /// The same case when its remedy was fulfilled so many hours ago, and the buyer written to before.
    fn helped(channel: &str, ago: i64) -> Self {
        let mut world = Self::new(channel);
        let fulfilled = RemedyState::Fulfilled { at: world.now - hours(ago), tracking: String::new() };
        world.remedies = vec![remedy(1, fulfilled)];
        world.last_from_us = Some(world.now);
        world
    }

    /// Asks about it; the closure sees everything as the planner does.
    fn with<T>(&self, question: impl FnOnce(&Situation<'_>) -> T) -> T {
        let hours = QuietHours::of(Some(self.zone), "", "UTC");
        let buyer = Buyer {
            contacts: &self.contacts,
            hours: &hours,
            answers: false,
            opted_out: self.opted_out,
            erased: self.erased,
            delivered_at: self.delivered_at,
        };
        let trouble = Trouble {
            now: self.now,
            policy: &self.policy,
            kind: self.kind,
            state: self.state,
            opened_at: noon() - Span::from_hours(1),
            extortion: self.extortion,
            buyer,
            asks: &self.asks,
            waits_beyond_policy: self.waits_beyond_policy,
            words: self.words,
            last_from_us: self.last_from_us,
            draft: self.draft,
            reachable: true,
            remedies: &self.remedies,
            hard_deadline: self.hard_deadline,
            due: self.due,
        };
        let all = [self.contacts.as_slice(), &self.asks].concat();
        let buyer = Buyer { contacts: &all, ..buyer };
        let review = self.review.as_ref().map(|history| Reviewed {
            id: ReviewId::new("r1").unwrap(),
            history,
            delivered_at: self.delivered_at,
            asked_at: self.asked_at,
            buyer,
            extortion: self.extortion,
            promised_elsewhere: self.promised_elsewhere,
            fulfilled_elsewhere_at: None,
            quota: QuotaUse { year_ends_at: year_of(self.now).1, used: self.used, reviews: 0 },
            is_newest: true,
            replied_at: self.replied_at.clone(),
            unsettled: self.unsettled,
            draft: self.public_draft,
        });
        question(&Situation { trouble, review })
    }

    fn plan(&self) -> Plan {
        self.with(plan)
    }

    fn step(&self, kind: StepKind) -> Step {
        self.plan().step(kind).unwrap().clone()
    }

    /// The states of all steps, in order, in a word each.
    fn told(&self) -> Vec<String> {
        self.plan().steps.iter().map(|step| format!("{} {}", step.kind, word(step))).collect()
    }
}

fn word(step: &Step) -> String {
    match step.state {
        StepState::Done { .. } => "done".to_owned(),
        StepState::Now => "now".to_owned(),
        StepState::Later { after: Some(after), .. } => format!("after {after}"),
        StepState::Later { after: None, .. } => "later".to_owned(),
        StepState::Blocked => format!("blocked {}", rules(step).join(" ")),
        StepState::NotNeeded => "-".to_owned(),
    }
}

fn rules(step: &Step) -> Vec<String> {
    step.refusals.iter().map(|refusal| refusal.rule.to_string()).collect()
}

fn not_before(step: &Step) -> Time {
    match step.state {
        StepState::Later { not_before, .. } => not_before,
        _ => panic!("{step:?} is not later"),
    }
}

fn remedy(id: u32, state: RemedyState) -> Remedy {
    let offered = !matches!(state, RemedyState::Proposed | RemedyState::AwaitingApproval { .. });
    let said_yes = matches!(
        state,
        RemedyState::Accepted { .. }
            | RemedyState::Executing { .. }
            | RemedyState::Fulfilled { .. }
            | RemedyState::Failed { .. }
    );
    Remedy {
        id: remedy_id(id),
        offered_at: offered.then(|| noon() - hours(2)),
        accepted_at: said_yes.then(|| noon() - hours(1)),
        state,
        ..proposed()
    }
}

fn reply(n: u128) -> ReplyId {
    ReplyId::from_bits(n)
}
