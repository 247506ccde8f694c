//! What to do about a refusal: the one place that turns reasons into a next step.

use tonic::Code;

use crate::{Failure, v1::Reason};

/// A sentence on what to do next, where there is more to say than the server did.
pub(crate) fn advice(failure: &Failure) -> Option<&'static str> {
    match failure.reason {
        Some(reason) => by_reason(reason).or_else(|| by_code(failure.code)),
        None => by_code(failure.code),
    }
}

fn by_reason(reason: Reason) -> Option<&'static str> {
    Some(match reason {
        Reason::RequestIdReused => "Choose a new request id for a new request.",
        Reason::PageTokenInvalid => "Start again from the first page.",
        Reason::BatchTooLarge | Reason::MessageTooLarge => "Send smaller batches.",
        Reason::EtagMismatch => "Read it again, look at what changed, and repeat with its etag.",
        Reason::FenceStale => "Somebody else has the case now; read it before you go on.",
        Reason::LeaseLost => "Claim the case again before you go on.",
        Reason::StorageContended => "Nothing was written; the same call may simply be repeated.",
        Reason::AlreadyClaimed => "Take another case, or ask a supervisor to assign it.",
        Reason::CaseMerged => "Work the case it was merged into.",
        Reason::CaseClosed => "A new complaint opens a new case; this one stays as it is.",
        Reason::RemedyInFlight => "Wait for the remedy to end, or withdraw it first.",
        Reason::AgentAtCapacity => "Solve or release a case first.",
        Reason::AgentNotAvailable => {
            "Say that you are there first (SetPresence AVAILABLE, `amends agent available`), or choose an agent who is."
        }
        Reason::AgentNotSkilled => {
            "Take another case, or ask a supervisor to assign it or to widen the skills."
        }
        Reason::QualityInvolved => "Ask a supervisor who had nothing to do with the case or the review.",
        Reason::HardDeadlineBefore => "Choose a time before the deadline.",
        Reason::SubjectUnknown => "It becomes possible once the order has arrived.",
        Reason::OfferExpired => "Make a new offer if the buyer still wants it.",
        Reason::ApprovalBySamePerson => "Ask another person to approve it.",
        Reason::ApprovalRequired => "It can go on once another person has approved it.",
        Reason::Unauthenticated => "Give a valid API key, for example in AMENDS_API_KEY.",
        Reason::RoleMissing => "Use a key with that role.",
        Reason::DeadlineExceeded => "It may still have taken place; repeat it with the same request id.",
        Reason::Unimplemented => "The server may be older than this client.",
        Reason::Internal => "This is a fault of the server; its log holds the trace id.",
        _ => return None,
    })
}

fn by_code(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::Unavailable => "The server is away or restarting; repeat the call in a moment.",
        Code::DeadlineExceeded => "It may still have taken place; repeat it with the same request id.",
        Code::Unauthenticated => "Give a valid API key, for example in AMENDS_API_KEY.",
        Code::Unimplemented => "The server may be older than this client, or no Amends at all.",
        _ => return None,
    })
}
