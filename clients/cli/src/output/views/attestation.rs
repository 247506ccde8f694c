//! Attestations.

use amends_proto::v1;

use crate::output::json::view;

view! {
    v1::AttestCaseResponse {
        case, links, checks, holds, link_count, form, beginning_hash, head_hash, reviews,
        attest_time,
    }
    v1::AttestationLink {
        number, step: AttestationStep, record_time, case, subject, kind: RemedyKind, fulfil_time,
        rule, decision, suggestion, canonical, hash,
    }
    v1::AttestedDecision {
        name, stored, action, allowed, decide_time, policy_version, rules, inputs, terms,
    }
    v1::AttestedSuggestion { name, stored, inputs }
    v1::AttestationCheck {
        promise: AttestationPromise, verdict: AttestationVerdict, looked_at, faults, fault_count,
    }
    v1::AttestationFault { link, message }
    v1::AttestationReview { review, first_observe_time, last_observe_time, ask_time }
}
