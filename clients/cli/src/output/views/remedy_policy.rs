//! Remedy policies: documents, problems, differences, dry runs.

use amends_proto::v1;

use crate::output::json::view;

view! {
    v1::RemedyPolicy {
        shop, version, effective_time, document, effective_document, author, create_time, etag,
    }
    v1::RemedyPolicyProblem { line, path, problem }
    v1::RemedyPolicyDifference { path, then, now }
    v1::RemedyDryRun {
        cases, changed_cases, incomparable_cases, expected_cost_then, expected_cost_now, kinds,
    }
    v1::RemedyDryRunCase {
        case, suggest_time, first_then: RemedyKind, first_now: RemedyKind, expected_cost_then,
        expected_cost_now, newly_excluded: RemedyKind, newly_offered: RemedyKind,
    }
    v1::RemedyDryRunKind { kind: RemedyKind, first_then, first_now, newly_excluded, newly_offered }
    v1::CheckRemedyPolicyResponse { problems, differences, dry_run, effective_document, version, etag }
    v1::RemedyPolicyStep { version, effective_time }
}
