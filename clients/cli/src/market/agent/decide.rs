//! What is to be done next with a case, by what the agent sees.

use amends_proto::v1::{self, CaseOutcome, RemedyState, ReturnStatus};

/// The next move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Move {
    /// Offer something; after a decline it is a counter-offer.
    Offer {
        /// Whether the first idea was declined.
        counter: bool,
    },
    /// An offer is with the buyer.
    WaitForBuyer,
    /// What was promised is being carried out.
    WaitForWarehouse,
    /// Nothing is left to do.
    Solve(CaseOutcome),
}

/// What to do. `counters` says whether this agent tries a second time.
pub(crate) fn decide(view: &v1::CaseView, counters: bool) -> Move {
    let name = view.case.as_ref().map_or("", |case| case.name.as_str());
    let own: Vec<RemedyState> =
        view.remedies.iter().filter(|remedy| remedy.case == name).map(v1::Remedy::state).collect();
    let any = |of: &[RemedyState]| own.iter().any(|state| of.contains(state));
    if any(&[RemedyState::Accepted, RemedyState::Executing, RemedyState::Failed]) {
        return Move::WaitForWarehouse;
    }
    if any(&[RemedyState::Offered, RemedyState::AwaitingApproval, RemedyState::Proposed]) {
        return Move::WaitForBuyer;
    }
    if any(&[RemedyState::Fulfilled]) {
        let outcome =
            if is_returning(view) { CaseOutcome::ReturnProceeds } else { CaseOutcome::RemedyFulfilled };
        return Move::Solve(outcome);
    }
    match own.len() {
        0 => Move::Offer { counter: false },
        1 if counters && !is_returning(view) => Move::Offer { counter: true },
        _ => Move::Solve(without_remedy(view)),
    }
}

/// How a case ends for which there is nothing to offer.
pub(crate) fn without_remedy(view: &v1::CaseView) -> CaseOutcome {
    let case = view.case.as_ref();
    let wanted = case.is_some_and(|case| case.return_track.is_some()) || !view.returns.is_empty();
    if wanted { CaseOutcome::ReturnProceeds } else { CaseOutcome::NotRecoverable }
}

/// Whether a return request is pursued.
fn is_returning(view: &v1::CaseView) -> bool {
    let over = [ReturnStatus::Intent, ReturnStatus::Withdrawn, ReturnStatus::Declined, ReturnStatus::Expired];
    view.returns.iter().any(|one| !over.contains(&one.status()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(states: &[RemedyState], returns: &[ReturnStatus]) -> v1::CaseView {
        let remedy = |state: &RemedyState| v1::Remedy {
            case: "c".into(),
            state: (*state).into(),
            ..Default::default()
        };
        let one = |status: &ReturnStatus| v1::Return { status: (*status).into(), ..Default::default() };
        v1::CaseView {
            case: Some(v1::Case { name: "c".into(), ..Default::default() }),
            remedies: states.iter().map(remedy).collect(),
            returns: returns.iter().map(one).collect(),
            ..Default::default()
        }
    }

    #[test]
    fn a_fresh_case_gets_an_offer() {
        assert_eq!(decide(&view(&[], &[]), false), Move::Offer { counter: false });
    }

    #[test]
    fn a_promise_is_waited_for_before_anything_else() {
        let both = view(&[RemedyState::Offered, RemedyState::Failed], &[]);
        assert_eq!(decide(&both, true), Move::WaitForWarehouse);
        assert_eq!(decide(&view(&[RemedyState::Offered], &[]), true), Move::WaitForBuyer);
    }

    #[test]
    fn after_a_decline_there_is_one_counter_offer_at_most() {
        assert_eq!(decide(&view(&[RemedyState::Declined], &[]), true), Move::Offer { counter: true });
        let twice = view(&[RemedyState::Declined, RemedyState::Expired], &[]);
        assert_eq!(decide(&twice, true), Move::Solve(CaseOutcome::NotRecoverable));
        let wanted = view(&[RemedyState::Declined], &[ReturnStatus::Requested]);
        assert_eq!(decide(&wanted, true), Move::Solve(CaseOutcome::ReturnProceeds));
    }

    #[test]
    fn a_kept_promise_solves_the_case_unless_the_article_comes_back_all_the_same() {
        let done = view(&[RemedyState::Fulfilled], &[ReturnStatus::Withdrawn]);
        assert_eq!(decide(&done, false), Move::Solve(CaseOutcome::RemedyFulfilled));
        let back = view(&[RemedyState::Fulfilled], &[ReturnStatus::Approved]);
        assert_eq!(decide(&back, false), Move::Solve(CaseOutcome::ReturnProceeds));
    }
}
