//! Why an agent does not get a case, as a caller is told.

use amends_domain::agent::AgentRefused;
use amends_proto::v1::Reason;
use tonic::Code;

use super::refusal::Refusal;
use crate::convert::time;

/// The refusal with its facts.
#[must_use]
pub fn refusal(refused: &AgentRefused) -> Refusal {
    let refuse = |reason| Refusal::new(Code::FailedPrecondition, reason, refused.to_string());
    match refused {
        AgentRefused::NotAvailable { agent, presence, since, until } => {
            let refusal = refuse(Reason::AgentNotAvailable)
                .fact("agent", agent)
                .fact("presence", presence)
                .fact("since", time::print(*since));
            match until {
                Some(until) => refusal.fact("until", time::print(*until)),
                None => refusal,
            }
        }
        AgentRefused::NotSkilled { agent, what, of_case, of_agent } => refuse(Reason::AgentNotSkilled)
            .fact("agent", agent)
            .fact("skill", what)
            .fact("case", of_case)
            .fact("agent_has", of_agent),
    }
}
