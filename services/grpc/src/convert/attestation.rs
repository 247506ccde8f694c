//! The chain of decisions of a case, and what was found about it.

use amends_app::attestation::{Attested, Hashed};
use amends_domain::attestation::{
    Beside, Check, Decided, FORM, Followed, Link, Promise, Record, Step, Verdict,
};
use amends_domain::{CaseId, RemedyId, ReplyId, ReviewId, ShopId};
use amends_proto::v1 as pb;

use super::{Word as _, decision, time};
use crate::name::{self, Noun};

/// Faults of one promise, and reviews, that are told at most.
const TOLD_MAX: usize = 100;

/// The answer with one page of links.
#[must_use]
pub fn render(of: &Attested, page: &[&Hashed], next_page_token: String) -> pb::AttestCaseResponse {
    let shop = &of.shop;
    pb::AttestCaseResponse {
        case: name::of(shop, &of.case),
        links: page.iter().map(|one| link(shop, one)).collect(),
        checks: of.attestation.checks.iter().map(check).collect(),
        holds: of.attestation.holds(),
        link_count: count(of.links.len()),
        form: FORM.to_owned(),
        beginning_hash: of.beginning.clone(),
        head_hash: of.head.clone(),
        reviews: of.attestation.beside.iter().take(TOLD_MAX).map(|one| beside(shop, one)).collect(),
        attest_time: Some(time::render(of.at)),
        next_page_token,
    }
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn whole(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn link(shop: &ShopId, one: &Hashed) -> pb::AttestationLink {
    let link = &one.link;
    pb::AttestationLink {
        number: whole(link.number),
        step: step(link.step).into(),
        record_time: Some(time::render(link.at)),
        case: name::of(shop, &link.case),
        subject: subject(shop, link),
        kind: link.kind.map(|kind| kind.number()),
        fulfil_time: link.fulfilled_at.map(time::render),
        rule: link.rule.map_or_else(String::new, |rule| rule.to_string()),
        decision: decided_by(shop, &link.decided),
        suggestion: suggestion(shop, &link.followed),
        canonical: one.canonical.clone(),
        hash: one.hash.clone(),
    }
}

fn subject(shop: &ShopId, link: &Link) -> String {
    fn named<N: Noun>(shop: &ShopId, id: &str) -> String {
        format!("{}/{}/{id}", name::of_shop(shop), N::COLLECTION)
    }
    match link.step {
        Step::ApprovalAsked
        | Step::Approved
        | Step::Offered
        | Step::Accepted
        | Step::Declined
        | Step::Expired
        | Step::Withdrawn
        | Step::Fulfilled
        | Step::Failed => named::<RemedyId>(shop, &link.about),
        Step::ReplyQueued | Step::ReplySending | Step::ReplySent => named::<ReplyId>(shop, &link.about),
        Step::Asked => named::<ReviewId>(shop, &link.about),
        Step::Absorbed => named::<CaseId>(shop, &link.about),
        Step::Refused => link.about.clone(),
    }
}

fn decided_by(shop: &ShopId, decided: &Decided) -> Option<pb::AttestedDecision> {
    let name = |id| name::of_decision(shop, Some(id));
    Some(match decided {
        Decided::Nothing | Decided::Unnamed => return None,
        Decided::Lost(id) => pb::AttestedDecision { name: name(id), ..Default::default() },
        Decided::By(record) => stored(name(&record.id), record),
    })
}

fn stored(name: String, record: &Record) -> pb::AttestedDecision {
    let facts = |facts: &[(String, String)]| {
        decision::facts(facts.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    };
    pb::AttestedDecision {
        name,
        stored: true,
        action: record.action.clone(),
        allowed: record.allowed,
        decide_time: Some(time::render(record.at)),
        policy_version: record.policy_version.to_string(),
        rules: record.rules.clone(),
        inputs: facts(&record.inputs),
        terms: facts(&record.terms),
    }
}

fn suggestion(shop: &ShopId, followed: &Followed) -> Option<pb::AttestedSuggestion> {
    Some(match followed {
        Followed::Nothing => return None,
        Followed::Lost(id) => pb::AttestedSuggestion { name: name::of(shop, id), ..Default::default() },
        Followed::By(suggested) => pb::AttestedSuggestion {
            name: name::of(shop, &suggested.id),
            stored: true,
            inputs: suggested.inputs.clone(),
        },
    })
}

fn check(check: &Check) -> pb::AttestationCheck {
    let fault = |fault: &amends_domain::attestation::Fault| pb::AttestationFault {
        link: whole(fault.link),
        message: fault.why.clone(),
    };
    pb::AttestationCheck {
        promise: promise(check.promise).into(),
        verdict: verdict(check.verdict()).into(),
        looked_at: whole(check.looked_at),
        faults: check.faults.iter().take(TOLD_MAX).map(fault).collect(),
        fault_count: count(check.faults.len()),
    }
}

fn beside(shop: &ShopId, one: &Beside) -> pb::AttestationReview {
    pb::AttestationReview {
        review: name::of(shop, &one.review),
        first_observe_time: one.first_observed_at.map(time::render),
        last_observe_time: one.last_observed_at.map(time::render),
        ask_time: one.asked_at.map(time::render),
    }
}

const fn step(step: Step) -> pb::AttestationStep {
    match step {
        Step::ApprovalAsked => pb::AttestationStep::ApprovalAsked,
        Step::Approved => pb::AttestationStep::Approved,
        Step::Offered => pb::AttestationStep::Offered,
        Step::Accepted => pb::AttestationStep::Accepted,
        Step::Declined => pb::AttestationStep::Declined,
        Step::Expired => pb::AttestationStep::Expired,
        Step::Withdrawn => pb::AttestationStep::Withdrawn,
        Step::Fulfilled => pb::AttestationStep::Fulfilled,
        Step::Failed => pb::AttestationStep::Failed,
        Step::ReplyQueued => pb::AttestationStep::ReplyQueued,
        Step::ReplySending => pb::AttestationStep::ReplySending,
        Step::ReplySent => pb::AttestationStep::ReplySent,
        Step::Asked => pb::AttestationStep::Asked,
        Step::Refused => pb::AttestationStep::Refused,
        Step::Absorbed => pb::AttestationStep::Absorbed,
    }
}

const fn promise(promise: Promise) -> pb::AttestationPromise {
    match promise {
        Promise::OffersDecided => pb::AttestationPromise::OffersDecided,
        Promise::NoReviewInputs => pb::AttestationPromise::NoReviewInputs,
        Promise::DecidedWithOffer => pb::AttestationPromise::DecidedWithOffer,
        Promise::FulfilledBeforeAsk => pb::AttestationPromise::FulfilledBeforeAsk,
        Promise::OneAskPerReview => pb::AttestationPromise::OneAskPerReview,
        Promise::OutgoingDecided => pb::AttestationPromise::OutgoingDecided,
        Promise::RefusalsKept => pb::AttestationPromise::RefusalsKept,
    }
}

const fn verdict(verdict: Verdict) -> pb::AttestationVerdict {
    match verdict {
        Verdict::Holds => pb::AttestationVerdict::Holds,
        Verdict::Broken => pb::AttestationVerdict::Broken,
        Verdict::NotApplicable => pb::AttestationVerdict::NotApplicable,
    }
}
