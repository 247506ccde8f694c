//! The one table from errors to statuses, and the one place that logs a fault.
//!
//! A caller decides by the reason; the message is for a person's log. Nothing
//! that storage or the service itself says about a fault leaves this file.

use std::time::Duration;

use amends_app::attestation::TOO_LONG;
use amends_app::basis::NOT_COUNTED;
use amends_app::case::{AFTER_HARD_DEADLINE, LINKS_FULL, MERGE_TARGET_ENDED};
use amends_app::error::{Violation, Why};
use amends_app::incident::{FULL, RESOLVED};
use amends_app::stored::StoreError;
use amends_app::{AppError, Role};
use amends_domain::case::{Refused, State, VerbKind};
use amends_domain::ledger::LedgerRefused;
use amends_domain::remedy::{RemedyRefused, RemedyStage, RemedyVerbKind};
use amends_domain::reply::ReplyRefused;
use amends_proto::v1::Reason;
use tonic::{Code, Status};

use self::refusal::Refusal;

pub mod agent;
pub mod foreign;
pub mod guardrail;
pub mod offer;
pub mod quality;
pub mod refusal;

/// What is wrong with a mask that names a field that never changes.
pub const IMMUTABLE: &str = "cannot be changed";

/// What is wrong with a batch that is too large.
pub const TOO_MANY: &str = "must have at most 1,000 entries";

/// When to come back after the database was in the way.
const CONTENDED_RETRY: Duration = Duration::from_millis(200);
/// When to come back after there were too many watches.
const WATCH_RETRY: Duration = Duration::from_secs(5);
/// When to come back after the database was gone, or we were.
const UNAVAILABLE_RETRY: Duration = Duration::from_secs(1);

/// The status a caller gets for an error. Faults of ours are logged here and nowhere else.
#[must_use]
pub fn of(error: AppError) -> Status {
    logged(&error).into_status()
}

/// The refusal of an error, for answers that carry one beside others. Logs like [`of`].
#[must_use]
pub fn logged(error: &AppError) -> Refusal {
    log(error);
    refusal_of(error)
}

/// The table.
fn refusal_of(error: &AppError) -> Refusal {
    let refuse = |code, reason| Refusal::new(code, reason, error.to_string());
    match error {
        AppError::Invalid(violations) => {
            refuse(Code::InvalidArgument, reason_of(violations)).violations(violations)
        }
        AppError::RequestIdReused => refuse(Code::InvalidArgument, Reason::RequestIdReused),
        AppError::NotFound { what, .. } => refuse(Code::NotFound, missing(what)).fact("resource", *what),
        AppError::AlreadyExists { what: "template", .. } => {
            refuse(Code::AlreadyExists, Reason::TemplateExists)
        }
        AppError::AlreadyExists { .. } => refuse(Code::AlreadyExists, Reason::ShopExists),
        AppError::Unauthenticated(_) => refuse(Code::Unauthenticated, Reason::Unauthenticated),
        AppError::RoleMissing { any } => role_missing(any),
        AppError::Case(refused) => of_case(refused),
        AppError::EtagStale { current, .. } => {
            refuse(Code::Aborted, Reason::EtagMismatch).fact("current_etag", current)
        }
        AppError::Remedy(refused) => of_remedy(refused),
        AppError::Reply(refused) => of_reply(refused),
        AppError::Quality(refused) => quality::refusal(refused),
        AppError::Ledger(refused) => of_ledger(refused),
        AppError::Bounds(refused) => offer::of_bounds(refused),
        AppError::OutOfStock(refused) => offer::of_stock(refused),
        AppError::Guarded(decision) => guardrail::of_decision(decision),
        AppError::Precondition(text) => of_precondition(text),
        AppError::Agent(refused) => agent::refusal(refused),
        AppError::AtCapacity { held, max } => at_capacity(*held, *max),
        AppError::TooManyWatches { max, .. } => {
            refuse(Code::ResourceExhausted, Reason::TooManyStreams).fact("max", max).retry_after(WATCH_RETRY)
        }
        AppError::Overloaded { retry_after } => {
            refuse(Code::ResourceExhausted, Reason::Overloaded).retry_after(*retry_after)
        }
        AppError::ShuttingDown => {
            refuse(Code::Unavailable, Reason::ShuttingDown).retry_after(UNAVAILABLE_RETRY)
        }
        AppError::Store(error) => of_store(error),
        AppError::Internal(_) => internal(),
    }
}

/// The caller has none of the roles of which one is needed.
#[must_use]
pub fn role_missing(any: &[Role]) -> Refusal {
    let roles: Vec<&str> = any.iter().map(|role| role.as_str()).collect();
    let message = format!("this needs one of the roles {}", roles.join(", "));
    Refusal::new(Code::PermissionDenied, Reason::RoleMissing, message).fact("role", roles.join(","))
}

/// Why an agent who holds as many cases as they may gets no other.
#[must_use]
pub fn at_capacity(held: i64, max: i64) -> Refusal {
    let message = AppError::AtCapacity { held, max }.to_string();
    Refusal::new(Code::FailedPrecondition, Reason::AgentAtCapacity, message)
        .fact("held", held)
        .fact("max", max)
}

/// Why a case refuses a step.
#[must_use]
pub fn of_case(refused: &Refused) -> Refusal {
    let refuse = |code, reason| Refusal::new(code, reason, refused.to_string());
    match refused {
        Refused::NoArrow { from, verb } => refuse(Code::FailedPrecondition, no_arrow(*from, *verb))
            .fact("state", from.as_str())
            .fact("verb", verb.as_str()),
        Refused::Merged { into } => {
            refuse(Code::FailedPrecondition, Reason::CaseMerged).fact("merged_into", into)
        }
        Refused::FenceStale { current, version, .. } => refuse(Code::Aborted, Reason::FenceStale)
            .fact("current_fence", current)
            .fact("current_etag", version),
        Refused::VersionStale { current, .. } => {
            refuse(Code::Aborted, Reason::EtagMismatch).fact("current_etag", current)
        }
        Refused::NotHolder | Refused::LeaseExpired => refuse(Code::Aborted, Reason::LeaseLost),
        Refused::RemedyInFlight => refuse(Code::FailedPrecondition, Reason::RemedyInFlight),
        Refused::NotMergeable => refuse(Code::FailedPrecondition, Reason::DifferentBuyer),
        Refused::InThePast => {
            refuse(Code::InvalidArgument, Reason::InvalidField).field("until_time", "must lie in the future")
        }
        Refused::NotDue => refuse(Code::FailedPrecondition, Reason::IllegalTransition),
    }
}

/// The plain reason is that no arrow leads there; some ends are worth a name of their own.
fn no_arrow(from: State, verb: VerbKind) -> Reason {
    match (from, verb) {
        (State::Closed, _) => Reason::CaseClosed,
        (State::Merged, _) => Reason::CaseMerged,
        (
            State::Claimed | State::Working | State::WaitingBuyer | State::WaitingThirdParty | State::Snoozed,
            VerbKind::Claim,
        ) => Reason::AlreadyClaimed,
        _ => Reason::IllegalTransition,
    }
}

fn of_remedy(refused: &RemedyRefused) -> Refusal {
    let refuse = |code, reason| Refusal::new(code, reason, refused.to_string());
    match refused {
        RemedyRefused::NoArrow { from, verb } => {
            let answers = matches!(verb, RemedyVerbKind::Accept | RemedyVerbKind::Decline);
            let reason = match from {
                RemedyStage::Expired if answers => Reason::OfferExpired,
                RemedyStage::Proposed | RemedyStage::AwaitingApproval if answers => Reason::ApprovalRequired,
                _ => Reason::IllegalTransition,
            };
            refuse(Code::FailedPrecondition, reason).fact("state", from.as_str()).fact("verb", verb.as_str())
        }
        RemedyRefused::SamePerson => refuse(Code::FailedPrecondition, Reason::ApprovalBySamePerson),
        RemedyRefused::OfferEnded => refuse(Code::FailedPrecondition, Reason::OfferExpired),
        // An offer is cut at the channel's deadline; there is no time left for one.
        RemedyRefused::EndsInThePast => refuse(Code::FailedPrecondition, Reason::HardDeadlineBefore),
        RemedyRefused::NotDue => refuse(Code::FailedPrecondition, Reason::IllegalTransition),
    }
}

fn of_reply(refused: &ReplyRefused) -> Refusal {
    let refuse = |code, reason| Refusal::new(code, reason, refused.to_string());
    match refused {
        ReplyRefused::NoArrow { from, verb } => refuse(Code::FailedPrecondition, Reason::IllegalTransition)
            .fact("state", from.as_str())
            .fact("verb", verb.as_str()),
        ReplyRefused::FenceStale { current, version, .. } => refuse(Code::Aborted, Reason::FenceStale)
            .fact("current_fence", current)
            .fact("current_etag", version),
        ReplyRefused::SamePerson => refuse(Code::FailedPrecondition, Reason::ApprovalBySamePerson),
        ReplyRefused::OldAttempt { current, .. } => {
            refuse(Code::FailedPrecondition, Reason::DeliveryAttemptStale).fact("current_attempt", current)
        }
        ReplyRefused::NotDue => refuse(Code::FailedPrecondition, Reason::IllegalTransition),
    }
}

/// A precondition is told in words; these are the ones that have a reason of their own.
const PRECONDITIONS: [(&str, Reason); 11] = [
    (NOT_COUNTED, Reason::FiguresNotCounted),
    (TOO_LONG, Reason::AttestationTooLong),
    (AFTER_HARD_DEADLINE, Reason::HardDeadlineBefore),
    (MERGE_TARGET_ENDED, Reason::CaseClosed),
    (LINKS_FULL, Reason::LinksFull),
    (RESOLVED, Reason::IncidentResolved),
    (FULL, Reason::IncidentFull),
    ("not known", Reason::SubjectUnknown),
    ("channel decides", Reason::HardDeadlineBefore),
    ("the case is over", Reason::CaseClosed),
    ("never negotiated", Reason::RemedyIneligible),
];

fn of_precondition(text: &str) -> Refusal {
    // A guardrail that is checked on the way begins with its id.
    let rule = text.split_once(": ").filter(|(rule, _)| rule.len() == 3 && rule.starts_with('G'));
    if let Some((rule, why)) = rule {
        return Refusal::new(Code::FailedPrecondition, Reason::GuardrailRefused, text)
            .fact("rule", rule)
            .precondition(rule, "", why);
    }
    let known = PRECONDITIONS.iter().find(|(words, _)| text.contains(words));
    let reason = known.map_or(Reason::IllegalTransition, |(_, reason)| *reason);
    Refusal::new(Code::FailedPrecondition, reason, text)
}

fn of_ledger(refused: &LedgerRefused) -> Refusal {
    let refuse = |code, reason| Refusal::new(code, reason, refused.to_string());
    match refused {
        LedgerRefused::UnitsTaken { asked, free, purchased } => {
            refuse(Code::FailedPrecondition, Reason::UnitAlreadyRemedied)
                .fact("asked", asked)
                .fact("free", free)
                .fact("purchased", purchased)
        }
        LedgerRefused::UnitsRefunded { asked, free, refunded, purchased } => {
            refuse(Code::FailedPrecondition, Reason::UnitRefunded)
                .fact("asked", asked)
                .fact("free", free)
                .fact("refunded", refunded)
                .fact("purchased", purchased)
        }
        LedgerRefused::RefundedSince { return_id } => {
            refuse(Code::FailedPrecondition, Reason::UnitRefunded).fact("return", return_id)
        }
        LedgerRefused::ExceedsPaid { granted, paid } => {
            refuse(Code::FailedPrecondition, Reason::GrantExceedsPaid)
                .fact("granted", granted)
                .fact("paid", paid)
        }
        LedgerRefused::AmountMissing => refuse(Code::InvalidArgument, Reason::InvalidField)
            .field("terms.amount", "must be set to an amount above zero"),
        LedgerRefused::CurrencyMismatch => refuse(Code::InvalidArgument, Reason::CurrencyMismatch)
            .field("terms.amount.currency", "must be the currency of the order"),
    }
}

fn of_store(error: &StoreError) -> Refusal {
    match error {
        StoreError::Contended(_) => {
            let message = "others were writing about the same; nothing was changed, try again";
            Refusal::new(Code::Aborted, Reason::StorageContended, message).retry_after(CONTENDED_RETRY)
        }
        StoreError::Unavailable(_) => {
            let message = "storage cannot be reached at the moment";
            Refusal::new(Code::Unavailable, Reason::StorageUnavailable, message)
                .retry_after(UNAVAILABLE_RETRY)
        }
        StoreError::Corrupt { .. } | StoreError::Database(_) => internal(),
    }
}

/// A fault of ours: the caller gets the trace to tell us, and nothing else.
fn internal() -> Refusal {
    let refusal = Refusal::new(Code::Internal, Reason::Internal, "a fault of the service; it was logged");
    match crate::call::trace_id() {
        Some(trace) => refusal.fact("trace_id", trace),
        None => refusal,
    }
}

fn log(error: &AppError) {
    let fault = match error {
        AppError::Internal(_) => true,
        AppError::Store(error) => !matches!(error, StoreError::Contended(_)),
        _ => false,
    };
    if fault {
        let chain = std::iter::successors(Some(error as &dyn std::error::Error), |e| e.source());
        let chain: Vec<String> = chain.map(ToString::to_string).collect();
        tracing::error!(error = chain.join(": "), "a call failed");
    }
}

/// What is not there, as a reason.
fn missing(what: &str) -> Reason {
    match what {
        "shop" => Reason::ShopNotFound,
        "case" => Reason::CaseNotFound,
        "remedy" => Reason::RemedyNotFound,
        "reply" => Reason::ReplyNotFound,
        "suggestion" => Reason::SuggestionNotFound,
        "review" => Reason::ReviewNotFound,
        "return" => Reason::ReturnNotFound,
        "agent" => Reason::AgentNotFound,
        "template" => Reason::TemplateNotFound,
        "incident" => Reason::IncidentNotFound,
        "buyer" => Reason::BuyerNotFound,
        "erasure" => Reason::ErasureNotFound,
        "sample" => Reason::SampleNotFound,
        "quality form" => Reason::QualityFormNotFound,
        "remedy policy" => Reason::RemedyPolicyNotFound,
        _ => Reason::Unspecified,
    }
}

/// One reason for all violations: their own if they share it.
#[must_use]
pub fn reason_of(violations: &[Violation]) -> Reason {
    let mut reasons = violations.iter().map(reason_of_one);
    let first = reasons.next().unwrap_or(Reason::InvalidField);
    if reasons.all(|reason| reason == first) { first } else { Reason::InvalidField }
}

/// When trying violations again may help: only what could not be stored is nobody's mistake.
#[must_use]
pub fn retry_of(violations: &[Violation]) -> Option<Duration> {
    violations.iter().any(|violation| violation.why == Why::NotStored).then_some(UNAVAILABLE_RETRY)
}

fn reason_of_one(violation: &Violation) -> Reason {
    match (violation.why, violation.field.as_str()) {
        (Why::Malformed, "page_token") => Reason::PageTokenInvalid,
        (Why::Malformed, _) if violation.problem == TOO_MANY => Reason::BatchTooLarge,
        (Why::Malformed, path) if path.starts_with("update_mask") && violation.problem == IMMUTABLE => {
            Reason::FieldImmutable
        }
        (Why::Malformed | Why::Unknown, "after_position") => Reason::PositionUnknown,
        (Why::Malformed | Why::Unknown, "resume_token") => Reason::PositionUnknown,
        (Why::Unknown, "after_sequence") => Reason::PositionUnknown,
        (Why::Malformed | Why::Unknown, _) => Reason::InvalidField,
        (Why::Currency, _) => Reason::CurrencyMismatch,
        (Why::Future, _) => Reason::TimeInFuture,
        (Why::Quantity, _) => Reason::QuantityExceedsPurchased,
        (Why::Conflict, _) => Reason::SignalConflict,
        (Why::Unsolved, _) => Reason::CaseNotSolved,
        (Why::Answered, _) => Reason::SolutionAnswered,
        (Why::NotStored, _) => Reason::StorageContended,
    }
}

#[cfg(test)]
mod tests;
