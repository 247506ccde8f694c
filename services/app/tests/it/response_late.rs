//! Response and handling where word comes late, twice, or from a clock that is ahead.

use amends_app::ingest::Incoming;
use amends_app::metrics::{Days, Dimension, HandlingRow, Question};
use amends_domain::case::{Handling, Outcome};
use amends_domain::response::LapKind;
use amends_domain::signal::{Author, Direction, Signal, SignalBody, SurveyKind, SurveySignal};
use amends_domain::zone::Zone;
use amends_domain::{CaseId, Day, Span};

use crate::house::everywhere;
use crate::make::{START, days};
use crate::response::{asked, contact, differences, handling, message, question, said, wait};
use crate::stage::{Stage, analyst, back_end, id};

fn answer(name: &str, case: Option<CaseId>) -> SignalBody {
    SignalBody::Survey(SurveySignal {
        survey: id(name),
        case,
        order: None,
        kind: SurveyKind::Csat,
        score: 5,
        comment: String::new(),
        solution: None,
    })
}

async fn solved(stage: &Stage<'_>, order: &str) -> CaseId {
    let case = asked(stage, order).await;
    stage.claim(case).await;
    contact(stage, case).await;
    stage.pass(Span::from_minutes(3)).await;
    stage.solve(case, Outcome::TalkedThrough).await;
    case
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_written_before_the_solution_and_heard_after_it_opens_the_case_again() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let case = solved(&stage, "o1").await;
        let written = stage.now() - Span::from_minutes(2);
        stage.pass(Span::from_minutes(5)).await;
        stage.push_at(written, message("o1", "o1-2", Direction::FromBuyer, Author::Human)).await;
        assert!(stage.case(case).await.is_open(), "the queue has it again");
        let row = &handling(&stage, &[]).await[0];
        assert_eq!((row.cases.open, row.cases.solved, row.reopen_rate.rate.numerator), (1, 1, 1));
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_told_again_about_another_case_or_first_about_none_counts_once() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let (one, other) = (solved(&stage, "o1").await, solved(&stage, "o2").await);
        for (name, case) in [("a", Some(one)), ("a", Some(other)), ("b", None), ("b", Some(one))] {
            stage.push(answer(name, case)).await;
        }
        assert_eq!(said(&stage, &[]).await[0].scores, [0, 0, 0, 0, 2]);
        // The same within one batch.
        let signal = |n: u8, case| Incoming {
            signal: Signal { id: id(format!("b{n}")), occurred_at: stage.now(), body: answer("c", case) },
            digest: [n; 16],
        };
        let both = vec![signal(1, Some(other)), signal(2, None)];
        stage.app.record(back_end(), stage.shop.clone(), both).await.unwrap();
        assert_eq!(said(&stage, &[]).await[0].scores, [0, 0, 0, 0, 3]);
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_told_in_two_signals_is_heard_once() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let case = solved(&stage, "o1").await;
        let words = stage.words(case).await;
        let again = || message("o1", "o1-1", Direction::FromBuyer, Author::Human);
        assert_eq!(stage.case_of(again()).await, case, "it is told of which case it is");
        assert_eq!(stage.words(case).await, words);
        assert!(matches!(stage.case(case).await.handling, Handling::Solved { .. }), "nothing wakes it");
        let signal = |n: u8| Incoming {
            signal: Signal {
                id: id(format!("b{n}")),
                occurred_at: stage.now(),
                body: message("o1", "o1-2", Direction::FromBuyer, Author::Human),
            },
            digest: [n; 16],
        };
        stage.app.record(back_end(), stage.shop.clone(), vec![signal(1), signal(2)]).await.unwrap();
        let seen = |words: &[&str]| words.iter().filter(|word| **word == "message.seen").count();
        assert_eq!(seen(&stage.words(case).await), seen(&words) + 1, "the same within one batch");
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_about_no_case_from_a_clock_that_is_ahead_counts_now() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let tomorrow = Day::from_number(START.day().number() + 2);
        let late = Zone::named("Europe/Berlin").start(tomorrow) - Span::from_minutes(2);
        stage.pass(late.since(stage.now())).await;
        stage.push_at(stage.now() + Span::from_minutes(4), answer("a", None)).await;
        let whole = question(&stage, &[]);
        let until_today = Question { days: Days { until: tomorrow, ..whole.days }, ..whole };
        let rows = stage.app.satisfaction(&analyst(), &until_today).await.unwrap().rows;
        assert_eq!(rows[0].scores, [0, 0, 0, 0, 1]);
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_tells_the_same_waits_as_the_row_of_its_value() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        solved(&stage, "o1").await;
        asked(&stage, "o2").await;
        stage.pass(Span::from_minutes(20)).await;
        stage.push(message("o2", "o2-2", Direction::ToBuyer, Author::Human)).await;
        let split = handling(&stage, &[Dimension::Agent]).await;
        assert_eq!(split.iter().map(|row| row.key[0].1.as_str()).collect::<Vec<_>>(), ["", "ann"]);
        let minutes =
            |rows: &[HandlingRow]| rows.iter().map(|row| wait(row, LapKind::First)).collect::<Vec<_>>();
        assert_eq!(minutes(&split), [([1, 0, 0], Some(20)), ([1, 0, 0], Some(0))]);
        for (row, value) in split.iter().zip(["", "ann"]) {
            let filters = vec![(Dimension::Agent, value.to_owned())];
            for dimensions in [&[][..], &[Dimension::Agent]] {
                let question = Question { filters: filters.clone(), ..question(&stage, dimensions) };
                let rows = stage.app.handling(&analyst(), &question).await.unwrap().rows;
                assert_eq!(minutes(&rows), minutes(std::slice::from_ref(row)), "{value} {dimensions:?}");
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn waits_of_a_case_that_can_be_opened_again_are_not_mature() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        solved(&stage, "o1").await;
        let whole = question(&stage, &[]);
        let until = Day::from_number(whole.days.from.number() + 3);
        let short = Question { days: Days { until, ..whole.days }, ..whole };
        let mature = async || {
            let rows = stage.app.handling(&analyst(), &short).await.unwrap().rows;
            [LapKind::First, LapKind::Agreement, LapKind::Resolution]
                .map(|kind| rows[0].waits.iter().find(|(of, _)| *of == kind).unwrap().1.mature)
        };
        stage.pass(Zone::named("Europe/Berlin").start(until).since(stage.now())).await;
        assert_eq!(mature().await, [false, true, false], "it is solved, and not yet over");
        stage.pass(days(6)).await;
        assert_eq!(mature().await, [true, true, true]);
    })
    .await;
}
