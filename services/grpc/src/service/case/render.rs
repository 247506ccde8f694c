//! What the verbs of the desk answer.

use amends_app::case::{Assigned, CaseSummary, Claimed, HeldLease, Merged};
use amends_proto::v1 as pb;

use crate::call::Renders;
use crate::convert::case::{lease, render};

macro_rules! answers_the_case {
    ($($response:ident),+ $(,)?) => {$(
        impl Renders<CaseSummary> for pb::$response {
            fn render(summary: &CaseSummary) -> Self { Self { case: Some(render(summary)) } }
        }
    )+};
}

answers_the_case!(
    AddCaseNoteResponse,
    CancelCaseResponse,
    EscalateCaseResponse,
    RecordContactResponse,
    ReleaseCaseResponse,
    ReopenCaseResponse,
    SnoozeCaseResponse,
    SolveCaseResponse,
    WaitCaseResponse,
);

impl Renders<Option<Claimed>> for pb::ClaimNextCaseResponse {
    fn render(claimed: &Option<Claimed>) -> Self {
        Self {
            case: claimed.as_ref().map(|claimed| render(&claimed.summary)),
            lease: claimed.as_ref().map(|claimed| lease(&claimed.held)),
        }
    }
}

impl Renders<Claimed> for pb::ClaimCaseResponse {
    fn render(claimed: &Claimed) -> Self {
        Self { case: Some(render(&claimed.summary)), lease: Some(lease(&claimed.held)) }
    }
}

impl Renders<HeldLease> for pb::RenewLeaseResponse {
    fn render(held: &HeldLease) -> Self {
        Self { lease: Some(lease(held)) }
    }
}

impl Renders<Assigned> for pb::AssignCaseResponse {
    fn render(assigned: &Assigned) -> Self {
        Self { case: Some(render(&assigned.summary)), lease: assigned.held.as_ref().map(lease) }
    }
}

impl Renders<Merged> for pb::MergeCaseResponse {
    fn render(merged: &Merged) -> Self {
        Self { case: Some(render(&merged.case)), into: Some(render(&merged.into)) }
    }
}
