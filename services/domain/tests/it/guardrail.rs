//! The guardrails as tables: each rule allowed, refused, and at its boundary.

use std::collections::BTreeSet;

use amends_domain::guardrail::{
    AskFacts, Buyer, Eyes, Finding, Kind, OfferFacts, Outgoing, PublicReply, QuietHours, QuotaUse, Refusal,
    Rule, Text, check, not_before, year_of,
};
use amends_domain::policy::ChannelPolicy;
use amends_domain::review::{ReviewHistory, ReviewVersion, replay};
use amends_domain::{Span, Time};

use crate::make::{at, policy, seen};

mod any;
mod ask;
mod contact;
mod offer;
mod public;
mod words;
mod zones;

/// What is to go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Private,
    Public,
    Offer,
    Ask,
    Reminder,
}

const EVERY: [Which; 5] = [Which::Private, Which::Public, Which::Offer, Which::Ask, Which::Reminder];

/// Everything a decision depends on, with nothing that speaks against anything.
#[derive(Debug, Clone)]
struct World {
    which: Which,
    policy: ChannelPolicy,
    review: ReviewHistory,
    delivered_at: Option<Time>,
    remedies_promised: u32,
    last_fulfilled_at: Option<Time>,
    asked_at: Option<Time>,
    approved_words: bool,
    by_request: bool,
    used: u32,
    reviews: u32,
    replies: u32,
    unsettled: u32,
    override_lock: bool,
    offer: OfferFacts,
    findings: Vec<Finding>,
    asks_for_revision: bool,
    characters: u32,
    contacts: Vec<Time>,
    zone: &'static str,
    region: &'static str,
    answers: bool,
    opted_out: bool,
    erased: bool,
    extortion: bool,
    eyes: Eyes,
    of_ask: bool,
    now: Time,
}

/// Noon in UTC, five days after the review of these tests.
fn noon() -> Time {
    at(5 * 86_400 + 12 * 3_600)
}

fn story(versions: Vec<ReviewVersion>) -> ReviewHistory {
    replay(versions, 3).1
}

fn negative() -> ReviewHistory {
    story(vec![seen(0, 1, 1)])
}

fn just_before(time: Time) -> Time {
    Time::from_micros(time.micros() - 1)
}

impl World {
    fn new(which: Which) -> Self {
        Self {
            which,
            policy: policy("own_store"),
            review: negative(),
            delivered_at: None,
            remedies_promised: 0,
            last_fulfilled_at: None,
            asked_at: None,
            approved_words: true,
            by_request: false,
            used: 0,
            reviews: 0,
            replies: 0,
            unsettled: 0,
            override_lock: false,
            offer: OfferFacts {
                return_shown: true,
                alternative: true,
                countered: false,
                beyond_policy: false,
                needs_approval: false,
            },
            findings: Vec::new(),
            asks_for_revision: false,
            characters: 100,
            contacts: Vec::new(),
            zone: "UTC",
            region: "",
            answers: false,
            opted_out: false,
            erased: false,
            extortion: false,
            eyes: Eyes::Two,
            of_ask: false,
            now: noon(),
        }
    }

    /// Asks about it; the closure sees everything as the rules do.
    fn ask<T>(&self, question: impl FnOnce(&Outgoing<'_>) -> T) -> T {
        let buyer_zone = Some(self.zone).filter(|zone| !zone.is_empty());
        let hours = QuietHours::of(buyer_zone, self.region, "UTC");
        let quota = QuotaUse { year_ends_at: year_of(noon()).1, used: self.used, reviews: self.reviews };
        let kind = match self.which {
            Which::Private => Kind::PrivateReply,
            Which::Public => Kind::PublicReply(PublicReply {
                review: &self.review,
                delivered_at: self.delivered_at,
                replies: self.replies,
                unsettled: self.unsettled,
                override_lock: self.override_lock,
            }),
            Which::Offer => Kind::Offer(self.offer),
            Which::Ask => Kind::Ask(AskFacts {
                review: &self.review,
                delivered_at: self.delivered_at,
                remedies_promised: self.remedies_promised,
                last_fulfilled_at: self.last_fulfilled_at,
                asked_at: self.asked_at,
                approved_words: self.approved_words,
                by_request: self.by_request,
                quota,
            }),
            Which::Reminder => Kind::Reminder { of_ask: self.of_ask },
        };
        let text = Text {
            findings: &self.findings,
            asks_for_revision: self.asks_for_revision,
            characters: self.characters,
        };
        let buyer = Buyer {
            contacts: &self.contacts,
            hours: &hours,
            answers: self.answers,
            opted_out: self.opted_out,
            erased: self.erased,
            delivered_at: self.delivered_at,
        };
        let (extortion, eyes, now) = (self.extortion, self.eyes, self.now);
        question(&Outgoing { kind, policy: &self.policy, text, buyer, extortion, eyes, now })
    }

    fn refusals(&self) -> Vec<Refusal> {
        self.ask(check)
    }

    fn rules(&self) -> Vec<Rule> {
        self.refusals().into_iter().map(|refusal| refusal.rule).collect()
    }

    fn not_before(&self) -> Option<Time> {
        self.ask(not_before)
    }
}

/// One row of a table: what is different from a world in which all is well, and which rules refuse.
type Row = (&'static str, Which, fn(&mut World), &'static [Rule]);

fn hold(rows: &[Row]) {
    for (name, which, change, expected) in rows {
        let mut world = World::new(*which);
        change(&mut world);
        assert_eq!(world.rules(), *expected, "{name}");
    }
}

#[test]
fn nothing_speaks_against_what_is_clean() {
    for which in EVERY {
        assert_eq!(World::new(which).rules(), [], "{which:?}");
        assert_eq!(World::new(which).not_before(), Some(noon()), "{which:?}");
    }
}

#[test]
fn every_rule_is_listed_once_and_says_what_why_and_what_to_do() {
    let words: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.as_str()).collect();
    assert_eq!(words.len(), Rule::ALL.len());
    for number in 1..=23 {
        assert!(words.contains(format!("G{number:02}").as_str()), "G{number:02}");
    }
    for rule in Rule::ALL {
        let guide = rule.guide();
        assert!(!guide.refuses.is_empty() && !guide.why.is_empty() && !guide.instead.is_empty(), "{rule}");
    }
}

#[test]
fn refusals_come_by_id_each_rule_once() {
    let mut world = World::new(Which::Ask);
    world.policy = policy("amazon");
    world.review = story(vec![seen(0, 5, 1)]);
    (world.remedies_promised, world.asked_at) = (2, Some(at(7)));
    (world.opted_out, world.erased, world.extortion) = (true, true, true);
    world.contacts = vec![noon()];
    world.now = noon() + Span::from_hours(10);
    use Rule::{G01, G03, G10, G11, G16, G17, G18, G19, G23};
    assert_eq!(world.rules(), [G01, G03, G10, G11, G16, G17, G18, G19, G23]);
    let refusals = world.refusals();
    let facts = |rule| &refusals.iter().find(|r| r.rule == rule).unwrap().facts;
    assert!(facts(G01).contains(&("channel", "amazon".to_owned())));
    assert_eq!(facts(G03), &[("remedies_promised", "2".to_owned())]);
    assert_eq!(facts(G10), &[("asked_at", at(7).micros().to_string())]);
    assert_eq!(facts(G11), &[("why", "the review is not negative".to_owned())]);
    assert_eq!(world.not_before(), None, "waiting lifts some of them, and not the others");
}

#[test]
fn the_page_about_the_rules_says_what_the_rules_say() {
    let page = include_str!("../../../../docs/guardrails.md");
    let rows: Vec<Vec<&str>> = page
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| rule |"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let ids: BTreeSet<&str> = rows.iter().map(|row| row[0]).collect();
    assert_eq!(ids, Rule::ALL.iter().map(|rule| rule.as_str()).collect());
    assert_eq!(rows.len(), Rule::ALL.len(), "each once");
    for row in rows {
        let guide = row[0].parse::<Rule>().unwrap().guide();
        assert_eq!([row[1], row[4], row[5]], [guide.refuses, guide.why, guide.instead], "{}", row[0]);
    }
}
