#![expect(clippy::expect_used, reason = "a test may panic")]

use std::time::Duration;

use amends_app::{AppError, Role};
use amends_domain::case::{Refused, State, VerbKind};
use amends_domain::remedy::{RemedyRefused, RemedyStage, RemedyVerbKind};
use prost::Message as _;
use tonic_types::StatusExt as _;

use super::*;

fn check(error: AppError, code: Code, reason: Reason) {
    let printed = format!("{error:?}");
    let status = of(error);
    assert_eq!(status.code(), code, "{printed}");
    let info = status.get_details_error_info().expect("every status has an ErrorInfo");
    assert_eq!(info.reason, refusal::reason_word(reason), "{printed}");
    assert_eq!(info.domain, "amends.v1");
}

fn violation(why: Why, field: &str) -> AppError {
    AppError::Invalid(vec![Violation { field: field.to_owned(), problem: "wrong".to_owned(), why }])
}

#[test]
fn every_error_has_its_code_and_reason() {
    let max = 20;
    check(violation(Why::Malformed, "a"), Code::InvalidArgument, Reason::InvalidField);
    check(violation(Why::Malformed, "page_token"), Code::InvalidArgument, Reason::PageTokenInvalid);
    check(violation(Why::Malformed, "after_position"), Code::InvalidArgument, Reason::PositionUnknown);
    check(violation(Why::Future, "a"), Code::InvalidArgument, Reason::TimeInFuture);
    check(violation(Why::Currency, "a"), Code::InvalidArgument, Reason::CurrencyMismatch);
    check(AppError::RequestIdReused, Code::InvalidArgument, Reason::RequestIdReused);
    for (what, reason) in [
        ("shop", Reason::ShopNotFound),
        ("case", Reason::CaseNotFound),
        ("remedy", Reason::RemedyNotFound),
        ("suggestion", Reason::SuggestionNotFound),
        ("review", Reason::ReviewNotFound),
        ("return", Reason::ReturnNotFound),
        ("agent", Reason::AgentNotFound),
        ("template", Reason::TemplateNotFound),
    ] {
        check(AppError::not_found(what, "x"), Code::NotFound, reason);
    }
    let taken = AppError::AlreadyExists { what: "shop", name: "main".to_owned() };
    check(taken, Code::AlreadyExists, Reason::ShopExists);
    check(AppError::Unauthenticated("no"), Code::Unauthenticated, Reason::Unauthenticated);
    check(AppError::RoleMissing { any: &[Role::Admin] }, Code::PermissionDenied, Reason::RoleMissing);
    check(AppError::EtagStale { seen: 1, current: 2 }, Code::Aborted, Reason::EtagMismatch);
    check(AppError::AtCapacity { held: max, max }, Code::FailedPrecondition, Reason::AgentAtCapacity);
    let retry_after = Duration::from_millis(250);
    check(AppError::Overloaded { retry_after }, Code::ResourceExhausted, Reason::Overloaded);
    let stale = AppError::Precondition(NOT_COUNTED);
    check(stale, Code::FailedPrecondition, Reason::FiguresNotCounted);
    check(AppError::ShuttingDown, Code::Unavailable, Reason::ShuttingDown);
    check(AppError::Internal("secret".to_owned()), Code::Internal, Reason::Internal);
}

#[test]
fn what_machines_refuse_has_its_code_and_reason() {
    let arrow = |from, verb| AppError::Case(Refused::NoArrow { from, verb });
    check(arrow(State::Queued, VerbKind::Solve), Code::FailedPrecondition, Reason::IllegalTransition);
    check(arrow(State::Closed, VerbKind::Reopen), Code::FailedPrecondition, Reason::CaseClosed);
    check(arrow(State::Working, VerbKind::Claim), Code::FailedPrecondition, Reason::AlreadyClaimed);
    let fence = Refused::FenceStale { seen: 1, current: 2, version: 3 };
    check(fence.into(), Code::Aborted, Reason::FenceStale);
    check(Refused::VersionStale { seen: 1, current: 2 }.into(), Code::Aborted, Reason::EtagMismatch);
    check(Refused::LeaseExpired.into(), Code::Aborted, Reason::LeaseLost);
    check(Refused::NotHolder.into(), Code::Aborted, Reason::LeaseLost);
    check(Refused::RemedyInFlight.into(), Code::FailedPrecondition, Reason::RemedyInFlight);
    check(Refused::NotMergeable.into(), Code::FailedPrecondition, Reason::DifferentBuyer);
    check(Refused::InThePast.into(), Code::InvalidArgument, Reason::InvalidField);
    let step = |from, verb| AppError::Remedy(RemedyRefused::NoArrow { from, verb });
    let accept = RemedyVerbKind::Accept;
    check(step(RemedyStage::Expired, accept), Code::FailedPrecondition, Reason::OfferExpired);
    check(step(RemedyStage::AwaitingApproval, accept), Code::FailedPrecondition, Reason::ApprovalRequired);
    check(step(RemedyStage::Fulfilled, accept), Code::FailedPrecondition, Reason::IllegalTransition);
    check(RemedyRefused::SamePerson.into(), Code::FailedPrecondition, Reason::ApprovalBySamePerson);
    check(RemedyRefused::OfferEnded.into(), Code::FailedPrecondition, Reason::OfferExpired);
    let taken = LedgerRefused::UnitsTaken { asked: 1, free: 0, purchased: 1 };
    check(taken.into(), Code::FailedPrecondition, Reason::UnitAlreadyRemedied);
    let too_much = LedgerRefused::ExceedsPaid { granted: 2, paid: 1 };
    check(too_much.into(), Code::FailedPrecondition, Reason::GrantExceedsPaid);
    check(LedgerRefused::CurrencyMismatch.into(), Code::InvalidArgument, Reason::CurrencyMismatch);
}

#[test]
fn preconditions_are_known_by_their_words() {
    let check_text = |text, reason| check(AppError::Precondition(text), Code::FailedPrecondition, reason);
    check_text(AFTER_HARD_DEADLINE, Reason::HardDeadlineBefore);
    check_text(MERGE_TARGET_ENDED, Reason::CaseClosed);
    check_text("the order line is not known yet, and the remedy needs one", Reason::SubjectUnknown);
    check_text("G20: after a decline there is one counter-offer at most", Reason::GuardrailRefused);
    check_text("something else", Reason::IllegalTransition);
}

#[test]
fn storage_says_nothing_about_itself() {
    let contended = AppError::Store(StoreError::Contended("SELECT secret".to_owned()));
    let unavailable = AppError::Store(StoreError::Unavailable("10.0.0.7".to_owned()));
    let database = AppError::Store(StoreError::Database("syntax error near SELECT".to_owned()));
    let corrupt = AppError::Store(StoreError::Corrupt {
        table: "cases",
        column: "state".to_owned(),
        why: "x".to_owned(),
    });
    for error in [contended, unavailable, database, corrupt, AppError::Internal("secret".to_owned())] {
        let status = of(error);
        let told = format!("{} {:?}", status.message(), status.get_error_details());
        for word in ["SELECT", "secret", "10.0.0.7", "cases", "syntax"] {
            assert!(!told.contains(word), "{told}");
        }
    }
}

#[test]
fn who_may_try_again_is_told_when() {
    for error in [
        AppError::ShuttingDown,
        AppError::Overloaded { retry_after: Duration::from_millis(250) },
        AppError::Store(StoreError::Contended(String::new())),
        AppError::Store(StoreError::Unavailable(String::new())),
    ] {
        let status = of(error);
        assert!(status.get_details_retry_info().and_then(|info| info.retry_delay).is_some(), "{status:?}");
    }
    assert!(of(AppError::RequestIdReused).get_details_retry_info().is_none());
}

#[test]
fn all_violations_are_named_at_once() {
    let violations = ["a.b", "c[3].d"].map(|field| Violation {
        field: field.to_owned(),
        problem: "must be set".to_owned(),
        why: Why::Malformed,
    });
    let status = of(AppError::Invalid(violations.to_vec()));
    let details = status.get_details_bad_request().expect("the fields");
    let fields: Vec<String> = details.field_violations.into_iter().map(|violation| violation.field).collect();
    assert_eq!(fields, ["a.b", "c[3].d"]);
}

#[test]
fn a_status_fits_in_a_header_whatever_is_wrong() {
    let one = |n: usize| Violation {
        field: format!("signals[{n}].message.text{}", "é".repeat(400)),
        problem: "ü".repeat(2_000),
        why: Why::Malformed,
    };
    let status = of(AppError::Invalid((0..5_000).map(one).collect()));
    let response = status.clone().into_http::<tonic::body::Body>();
    let bytes: usize =
        response.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 32).sum();
    assert!(bytes <= 8 * 1024, "{bytes} bytes of headers");
    let details = status.get_details_bad_request().expect("the fields");
    let last = details.field_violations.last().expect("the rest is counted");
    assert!(last.description.starts_with("and "), "{}", last.description);
    let long = AppError::NotFound { what: "case", name: "ß".repeat(100_000) };
    assert!(of(long).message().len() < 400, "a long name is cut");
}

#[test]
fn what_tonic_refuses_gets_a_reason() {
    let decode = pb_error();
    let cases = [
        (Status::unimplemented(""), Code::Unimplemented, "UNIMPLEMENTED"),
        (Status::out_of_range("too large"), Code::ResourceExhausted, "MESSAGE_TOO_LARGE"),
        (Status::internal(decode), Code::InvalidArgument, "INVALID_FIELD"),
    ];
    for (status, code, reason) in cases {
        let explained = foreign::explain(status);
        assert_eq!(explained.code(), code);
        assert_eq!(explained.get_details_error_info().expect("a reason").reason, reason);
    }
    assert_eq!(foreign::explain(Status::internal("bug")).code(), Code::Internal);
}

/// What prost really says about a message that is none.
fn pb_error() -> String {
    let error = amends_proto::v1::GetCaseRequest::decode([0x0a_u8, 0x01, 0xff].as_slice());
    error.expect_err("must not be readable").to_string()
}
