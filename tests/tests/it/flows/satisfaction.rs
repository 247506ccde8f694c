//! Satisfaction with a solution: asked for once, answered once.

use amends_app::Role;
use amends_client::v1;
use amends_tests::harness::MAIN;
use amends_tests::make::{LEAKS, order, review};
use amends_tests::{Desk, Harness, flow};
use v1::timeline_entry::Entry;

flow!(a_solution_is_judged_once_and_the_case_shows_it);

fn answer(id: &str, case: &str, score: i32) -> v1::SurveySignal {
    v1::SurveySignal {
        survey_id: id.to_owned(),
        case: case.to_owned(),
        kind: v1::SurveyKind::Csat.into(),
        score,
        comment: "Slow.".to_owned(),
        ..Default::default()
    }
}

async fn refusal_of(h: &Harness, answer: v1::SurveySignal) -> v1::Reason {
    let result = h.record(MAIN, vec![h.signal(answer)]).await.pop().unwrap();
    result.rejection.unwrap().reason()
}

async fn a_solution_is_judged_once_and_the_case_shows_it(h: &Harness) {
    h.say(order("o1")).await;
    let case = h.say(review("r1", "o1", 2, LEAKS)).await.case;
    assert_eq!(refusal_of(h, answer("a0", &case, 5)).await, v1::Reason::CaseNotSolved);
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let mut desk = Desk::work_on(&mia, &case).await;
    desk.solve(v1::CaseOutcome::TalkedThrough).await.unwrap();
    let entries = h.timeline(&case).await;
    let asked = entries.iter().filter_map(|entry| match &entry.entry {
        Some(Entry::SatisfactionDue(step)) => Some((step.solution, step.order_id.clone())),
        _ => None,
    });
    assert_eq!(asked.collect::<Vec<_>>(), [(1, "o1".to_owned())]);
    h.say(answer("a1", &case, 1)).await;
    assert_eq!(refusal_of(h, answer("a2", &case, 5)).await, v1::Reason::SolutionAnswered);
    let second = v1::SurveySignal { solution: Some(2), ..answer("a3", &case, 5) };
    assert_eq!(refusal_of(h, second).await, v1::Reason::CaseNotSolved);
    let view = h.view(&case).await;
    let [shown] = view.survey_answers.as_slice() else { panic!("{:?}", view.survey_answers) };
    assert_eq!((shown.score, shown.solution, shown.unhappy), (1, 1, true));
    assert_eq!(shown.comment, "Slow.");
    // An unhappy buyer is shown, and nothing else follows by itself.
    assert_eq!(view.case.unwrap().state(), v1::CaseState::Solved);
}
