//! Remedies, suggestions, decisions.

use amends_proto::v1;

use crate::{output::json::view, remedy};

view! {
    v1::Remedy {
        name, case, kind: RemedyKind, state: RemedyState, order_id, line_id, terms,
        granted_value, customer_text, return_available_until_time, suggestion, follows, agent,
        approver, propose_time, offer_time, expire_time, answer_time, fulfilment_due_time,
        fulfil_time, fulfilment, update_time, etag, counter_amount, refunded_by,
    }
    v1::RemedyTerms {
        quantity, amount, sku, item_disposal: ItemDisposal, description, coupon_code,
        gift,
    }
    v1::Fulfilment { state: FulfilmentState, carrier, tracking, failure, occur_time }
    v1::Suggestion {
        name, case, alternatives, ineligible, holdout, seed, propensity, policy_version,
        create_time, order_id, line_id, quantity, reason: ComplaintReason, counting, rules, scrutiny,
    }
    v1::GetSuggestionResponse { name, case, create_time, record }
    v1::Counting {
        rule: CountingRule, counts_on: CountsOn, count_time, time_left, shadow_price,
        returns_until_penalty, delivered, counted,
    }
    v1::Scrutiny {
        keep_item_claims, missing_claims, partial_refund_claims, other_orders, evidence_required,
        approval_required, ceiling_basis_points,
    }
    v1::Alternative {
        rank, kind: RemedyKind, terms, expected_cost, acceptance_probability, explanation,
        counting_effect: CountingEffect, deadline, evidence_needs: EvidenceNeed, customer_text,
        approval_required, propensity,
    }
    v1::IneligibleAlternative { kind: RemedyKind, rule, message, facts }
    v1::Decision {
        name, allowed, refusals, facts, message_preview, template, policy_version, decide_time,
        not_before_time, asks_left, hints,
    }
    v1::TextHint { advice, message, start, end }
    v1::TextFinding { refusal, start, end, words }
    v1::LintTextResponse { findings, hints, asks_for_revision }
    v1::Refusal { rule, reason: Reason, message, facts }
    remedy::Changed { remedy, case, next_offer }
}
