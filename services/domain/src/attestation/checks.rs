//! The promises, each looked for at the links that can break it.

use std::collections::{HashMap, HashSet};

use super::inputs::{OFFER_INPUTS, TERMS_INPUTS, unlisted};
use super::{Check, Decided, Fault, Followed, Link, Promise, Record, Step};
use crate::Time;
use crate::guardrail::ASK_REST;

pub(super) fn all(links: &[Link]) -> Vec<Check> {
    Promise::ALL.iter().map(|promise| look(*promise, links)).collect()
}

fn look(promise: Promise, links: &[Link]) -> Check {
    let mut check = Check { promise, looked_at: 0, faults: Vec::new() };
    match promise {
        Promise::OffersDecided => offers_decided(links, &mut check),
        Promise::NoReviewInputs => no_review_inputs(links, &mut check),
        Promise::DecidedWithOffer => decided_with_offer(links, &mut check),
        Promise::FulfilledBeforeAsk => fulfilled_before_ask(links, &mut check),
        Promise::OneAskPerReview => one_ask_per_review(links, &mut check),
        Promise::OutgoingDecided => outgoing_decided(links, &mut check),
        Promise::RefusalsKept => refusals_kept(links, &mut check),
    }
    check
}

impl Check {
    fn fault(&mut self, link: &Link, why: impl Into<String>) {
        self.faults.push(Fault { link: link.number, why: why.into() });
    }
}

/// Offers: those before another person, and those before the buyer.
fn offers(links: &[Link]) -> impl Iterator<Item = &Link> {
    links.iter().filter(|link| matches!(link.step, Step::ApprovalAsked | Step::Offered))
}

/// The decision of a link, if it is stored; else what is wrong.
fn stored<'a>(link: &'a Link, check: &mut Check) -> Option<&'a Record> {
    match &link.decided {
        Decided::By(record) => return Some(record),
        Decided::Lost(id) => check.fault(link, format!("the decision {id} is not stored")),
        Decided::Unnamed | Decided::Nothing => {
            check.fault(link, "it names no decision; an earlier version wrote it");
        }
    }
    None
}

/// The decision of a link lets that pass, and is about its case.
fn passes(link: &Link, action: &str, check: &mut Check) -> bool {
    let Some(record) = stored(link, check) else { return false };
    if record.action != action {
        check.fault(link, format!("the decision {} is about another action: {}", record.id, record.action));
    } else if record.case != Some(link.case) {
        check.fault(link, format!("the decision {} is about another case", record.id));
    } else if !record.allowed || !record.rules.is_empty() {
        check.fault(link, format!("the decision {} refuses", record.id));
    } else {
        return true;
    }
    false
}

fn offers_decided(links: &[Link], check: &mut Check) {
    for link in offers(links) {
        check.looked_at += 1;
        if !passes(link, "offer", check) {
            continue;
        }
        let Decided::By(record) = &link.decided else { continue };
        let of = record.inputs.iter().find(|(name, _)| name == "remedy").map(|(_, value)| value);
        if of != Some(&link.about) {
            check.fault(link, format!("the decision {} is about another remedy", record.id));
        }
    }
}

fn no_review_inputs(links: &[Link], check: &mut Check) {
    let name = |fact: &'static str, name: &str| format!("{fact} `{name}` is on no list of what may be one");
    for link in offers(links) {
        check.looked_at += 1;
        if let Decided::By(record) = &link.decided {
            let names = |facts: &[(String, String)]| -> Vec<String> {
                facts.iter().map(|(name, _)| name.clone()).collect()
            };
            let (seen, terms) = (names(&record.inputs), names(&record.terms));
            for input in unlisted(seen.iter().map(String::as_str), OFFER_INPUTS) {
                check.fault(link, name("the input", input));
            }
            for input in unlisted(terms.iter().map(String::as_str), TERMS_INPUTS) {
                check.fault(link, name("the input of its terms", input));
            }
        } else {
            check.fault(link, "what it was decided by is not stored");
        }
        match &link.followed {
            Followed::Nothing => {}
            Followed::Lost(id) => check.fault(link, format!("the suggestion {id} is not stored")),
            Followed::By(suggested) => {
                for input in unlisted(suggested.inputs.iter().map(String::as_str), TERMS_INPUTS) {
                    check.fault(link, name("the input of its suggestion", input));
                }
            }
        }
    }
}

fn decided_with_offer(links: &[Link], check: &mut Check) {
    for link in offers(links) {
        check.looked_at += 1;
        // All of a transaction happens at one instant, to the microsecond.
        match &link.decided {
            Decided::By(record) if record.at == link.at => {}
            Decided::By(record) if record.at > link.at => {
                check.fault(link, "it was decided after it went out")
            }
            Decided::By(_) => check.fault(link, "it was decided before, in another transaction"),
            _ => check.fault(link, "when it was decided is not stored"),
        }
    }
}

/// Where a remedy stood when an ask went out.
#[derive(Clone, Copy)]
enum Kept {
    Promised,
    Done(Time),
    /// It was done, and an entry of an earlier version says only when that was reported.
    Told(Time),
}

/// The case of an ask, and the cases that had become part of it by then: what the rules could see.
fn known_to<'a>(links: &'a [Link], ask: &'a Link) -> HashSet<String> {
    let mut cases = HashSet::from([ask.case.to_string()]);
    loop {
        let absorbed = links.iter().filter(|link| {
            link.step == Step::Absorbed && link.seq < ask.seq && cases.contains(&link.case.to_string())
        });
        let more: Vec<String> = absorbed.map(|link| link.about.clone()).collect();
        let before = cases.len();
        cases.extend(more);
        if cases.len() == before {
            return cases;
        }
    }
}

fn fulfilled_before_ask(links: &[Link], check: &mut Check) {
    for ask in links.iter().filter(|link| link.step == Step::Asked) {
        check.looked_at += 1;
        let mut kept: HashMap<&str, Kept> = HashMap::new();
        let cases = known_to(links, ask);
        let known = |link: &&Link| link.seq < ask.seq && cases.contains(&link.case.to_string());
        let mut before: Vec<&Link> = links.iter().filter(known).collect();
        before.sort_by_key(|link| link.seq);
        for link in before {
            match link.step {
                Step::Accepted => drop(kept.insert(&link.about, Kept::Promised)),
                Step::Fulfilled => {
                    kept.insert(&link.about, link.fulfilled_at.map_or(Kept::Told(link.at), Kept::Done));
                }
                _ => {}
            }
        }
        let mut kept: Vec<_> = kept.into_iter().collect();
        kept.sort_by_key(|(remedy, _)| *remedy);
        for (remedy, kept) in kept {
            match kept {
                Kept::Promised => check.fault(ask, format!("{remedy} was accepted and not fulfilled yet")),
                Kept::Done(at) if ask.at < at + ASK_REST => {
                    check.fault(ask, format!("{remedy} was fulfilled less than 24 hours before"));
                }
                Kept::Told(at) if ask.at < at + ASK_REST => {
                    check.fault(ask, format!("when {remedy} was fulfilled is not stored"));
                }
                Kept::Done(_) | Kept::Told(_) => {}
            }
        }
    }
}

fn one_ask_per_review(links: &[Link], check: &mut Check) {
    let mut asked = HashSet::new();
    for link in links.iter().filter(|link| link.step == Step::Asked) {
        check.looked_at += 1;
        if !asked.insert(&link.about) {
            check.fault(link, format!("{} was asked about before", link.about));
        }
    }
}

fn outgoing_decided(links: &[Link], check: &mut Check) {
    for link in links {
        let action = match link.step {
            Step::ReplyQueued => "reply",
            Step::ReplySending => "delivery",
            Step::Asked => "ask",
            _ => continue,
        };
        check.looked_at += 1;
        if !passes(link, action, check) {
            continue;
        }
        let Decided::By(record) = &link.decided else { continue };
        let of = match link.step {
            Step::Asked => record.review.clone(),
            _ => record.inputs.iter().find(|(name, _)| name == "reply").map(|(_, id)| id.clone()),
        };
        if of.as_ref() != Some(&link.about) {
            check.fault(link, format!("the decision {} is about something else", record.id));
        }
    }
}

fn refusals_kept(links: &[Link], check: &mut Check) {
    for link in links.iter().filter(|link| link.step == Step::Refused) {
        check.looked_at += 1;
        let Some(record) = stored(link, check) else { continue };
        let named = link.rule.is_some_and(|rule| record.rules.iter().any(|other| other == rule.as_str()));
        if record.allowed || !named {
            check.fault(link, format!("the decision {} does not refuse by that rule", record.id));
        }
    }
}
