//! Satisfaction: asked for once per solution, answered once per solution, never before.

use amends_app::case::{RecordContact, ReopenCase};
use amends_app::error::Why;
use amends_app::ingest::Receipt;
use amends_domain::case::{Handling, Outcome};
use amends_domain::signal::{SignalBody, SurveyKind, SurveySignal};
use amends_domain::{CaseId, Span};

use crate::house::everywhere;
use crate::make::{days, root};
use crate::stage::{Stage, ann, id};

fn answer(name: &str, case: CaseId, kind: SurveyKind, solution: Option<u32>) -> SignalBody {
    SignalBody::Survey(SurveySignal {
        survey: id(name),
        case: Some(case),
        order: None,
        kind,
        score: 2,
        comment: "It took too long.".to_owned(),
        solution,
    })
}

async fn refused(stage: &Stage<'_>, body: SignalBody) -> Why {
    match stage.push(body).await {
        Receipt::Rejected(violation) => violation.why,
        other => panic!("{other:?}"),
    }
}

async fn taken(stage: &Stage<'_>, body: SignalBody) {
    let receipt = stage.push(body).await;
    assert!(matches!(receipt, Receipt::Accepted { .. }), "{receipt:?}");
}

async fn solve(stage: &Stage<'_>, case: CaseId, outcome: Outcome) {
    stage.claim(case).await;
    let contact = RecordContact {
        target: stage.target(case).await,
        means: "PHONE".to_owned(),
        reached: true,
        text: String::new(),
        at: None,
    };
    stage.app.perform(ann(), contact).await.unwrap();
    stage.solve(case, outcome).await;
}

async fn reopen(stage: &Stage<'_>, case: CaseId) {
    let version = stage.case(case).await.version;
    let reopen = ReopenCase { shop: stage.shop.clone(), case, version, note: String::new() };
    stage.app.perform(ann(), reopen).await.unwrap();
}

async fn asked(stage: &Stage<'_>, case: CaseId) -> usize {
    stage.words(case).await.into_iter().filter(|word| *word == "case.satisfaction_due").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_answer_counts_per_solution_and_a_new_solution_takes_a_new_one() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let case = stage.broken("o1", 1).await;
        let early = answer("early", case, SurveyKind::Csat, None);
        assert_eq!(refused(&stage, early).await, Why::Unsolved);
        assert_eq!(asked(&stage, case).await, 0);
        solve(&stage, case, Outcome::TalkedThrough).await;
        assert_eq!(asked(&stage, case).await, 1);
        taken(&stage, answer("a1", case, SurveyKind::Csat, None)).await;
        assert_eq!(refused(&stage, answer("a2", case, SurveyKind::Csat, None)).await, Why::Answered);
        // The same answer in another signal is no second one, and a recommendation is another question.
        taken(&stage, answer("a1", case, SurveyKind::Csat, None)).await;
        taken(&stage, answer("n1", case, SurveyKind::Nps, None)).await;
        assert_eq!(refused(&stage, answer("a3", case, SurveyKind::Csat, Some(2))).await, Why::Unsolved);
        reopen(&stage, case).await;
        assert_eq!(refused(&stage, answer("a4", case, SurveyKind::Csat, None)).await, Why::Answered);
        solve(&stage, case, Outcome::TalkedThrough).await;
        assert_eq!((asked(&stage, case).await, stage.case(case).await.solutions), (2, 2));
        assert_eq!(refused(&stage, answer("a5", case, SurveyKind::Csat, Some(1))).await, Why::Answered);
        taken(&stage, answer("a6", case, SurveyKind::Csat, Some(2))).await;
        let view = stage.app.case_view(&root(), &stage.shop, case).await.unwrap();
        let seen: Vec<_> =
            view.surveys.iter().map(|one| (one.survey.survey.to_string(), one.survey.solution)).collect();
        let wanted = [("a1", 1), ("a6", 2), ("n1", 1)].map(|(name, n)| (name.to_owned(), Some(n)));
        assert_eq!(seen, wanted);
        assert_eq!(view.surveys[0].comment.as_deref(), Some("It took too long."));
        assert!(matches!(stage.case(case).await.handling, Handling::Solved { .. }));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_answer_leaves_the_closed_case_as_it_is() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let case = stage.broken("o1", 1).await;
        solve(&stage, case, Outcome::TalkedThrough).await;
        stage.pass(days(5)).await;
        let closed = stage.case(case).await;
        assert!(matches!(closed.handling, Handling::Closed { .. }));
        taken(&stage, answer("late", case, SurveyKind::Csat, None)).await;
        assert_eq!(stage.case(case).await, closed);
        let view = stage.app.case_view(&root(), &stage.shop, case).await.unwrap();
        assert_eq!(view.surveys.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_asked_who_was_not_helped() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let case = stage.broken("o1", 1).await;
        solve(&stage, case, Outcome::NotACase).await;
        assert_eq!(asked(&stage, case).await, 0);
        stage.pass(Span::from_hours(1)).await;
        // Whoever answers all the same is heard.
        taken(&stage, answer("a1", case, SurveyKind::Csat, None)).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_answers_that_come_at_once_count_once() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let case = stage.broken("o1", 1).await;
        solve(&stage, case, Outcome::TalkedThrough).await;
        let race = (0..6).map(|n| stage.push(answer(&format!("r{n}"), case, SurveyKind::Csat, None)));
        let receipts = futures::future::join_all(race).await;
        let accepted = receipts.iter().filter(|one| matches!(one, Receipt::Accepted { .. })).count();
        assert_eq!(accepted, 1, "{receipts:?}");
    })
    .await;
}
