//! Why a sample refuses a step, as a caller is told.

use amends_domain::quality::QualityRefused;
use amends_proto::v1::Reason;
use tonic::Code;

use super::refusal::Refusal;
use crate::convert::time;

/// The refusal with its facts.
#[must_use]
pub fn refusal(refused: &QualityRefused) -> Refusal {
    let refuse = |reason| Refusal::new(Code::FailedPrecondition, reason, refused.to_string());
    match refused {
        QualityRefused::NoArrow { from, verb } => {
            refuse(Reason::IllegalTransition).fact("state", from).fact("verb", verb)
        }
        QualityRefused::Worked { who } => {
            refuse(Reason::QualityInvolved).fact("agent", who).fact("as", "worked")
        }
        QualityRefused::Reviewer { who } => {
            refuse(Reason::QualityInvolved).fact("agent", who).fact("as", "reviewer")
        }
        QualityRefused::NotTheirs { agent } => refuse(Reason::QualityNotYours).fact("agent", agent),
        QualityRefused::TooLate { until } => {
            let message = format!("the review could be disputed until {}", time::print(*until));
            Refusal::new(Code::FailedPrecondition, Reason::DisputeTooLate, message)
                .fact("until", time::print(*until))
        }
    }
}
