//! What an agent may legitimately meet, and what nobody should.

use amends_client::Error;
use amends_proto::v1::Reason;
use tonic::Code;

/// A refusal that belongs to the work.
#[derive(Clone, Debug)]
pub(crate) struct Legit {
    /// The reason of the error model.
    pub(crate) reason: Reason,
    /// The rules that refuse, where rules do.
    pub(crate) rules: Vec<String>,
}

/// Why a step was not taken.
#[derive(Debug)]
pub(crate) enum Snag {
    /// The case is not as it was seen: look again.
    Stale,
    /// A rule refuses, whoever looks.
    Refused(Legit),
    /// A fault of the service, or of this play.
    Fault(anyhow::Error),
}

/// Reasons that only say that somebody was faster.
const OVERTAKEN: [Reason; 6] = [
    Reason::IllegalTransition,
    Reason::AlreadyClaimed,
    Reason::CaseMerged,
    Reason::CaseClosed,
    Reason::RemedyInFlight,
    Reason::AgentAtCapacity,
];

impl From<Error> for Snag {
    fn from(error: Error) -> Self {
        let Some(failure) = error.failure() else { return Self::Fault(error.into()) };
        match (failure.code, failure.reason) {
            (Code::Aborted, _) => Self::Stale,
            (Code::FailedPrecondition, Some(reason)) if OVERTAKEN.contains(&reason) => Self::Stale,
            (Code::FailedPrecondition, Some(reason)) => {
                let mut rules: Vec<_> = failure.preconditions.iter().map(|one| one.rule.clone()).collect();
                rules.extend(failure.metadata.get("rule").cloned().filter(|rule| !rules.contains(rule)));
                Self::Refused(Legit { reason, rules })
            }
            _ => Self::Fault(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use amends_client::Failure;

    use super::*;

    fn refused(code: Code, reason: Option<Reason>) -> Snag {
        Snag::from(Error::Refused(Box::new(Failure {
            code,
            message: "no".to_owned(),
            reason,
            metadata: [("rule".to_owned(), "G20".to_owned())].into(),
            violations: Vec::new(),
            preconditions: Vec::new(),
            retry_after: None,
        })))
    }

    #[test]
    fn a_case_that_changed_is_looked_at_again() {
        assert!(matches!(refused(Code::Aborted, Some(Reason::EtagMismatch)), Snag::Stale));
        assert!(matches!(refused(Code::FailedPrecondition, Some(Reason::CaseMerged)), Snag::Stale));
    }

    #[test]
    fn a_rule_is_no_fault() {
        let snag = refused(Code::FailedPrecondition, Some(Reason::GuardrailRefused));
        assert!(matches!(snag, Snag::Refused(legit) if legit.rules == ["G20"]));
    }

    #[test]
    fn everything_else_is() {
        assert!(matches!(refused(Code::Internal, Some(Reason::Internal)), Snag::Fault(_)));
        assert!(matches!(refused(Code::InvalidArgument, Some(Reason::InvalidField)), Snag::Fault(_)));
        assert!(matches!(refused(Code::FailedPrecondition, None), Snag::Fault(_)));
    }
}
