//! Response and handling: what is counted while it happens is what the log makes of it.

use std::sync::Arc;

use amends_app::Role;
use amends_app::case::{RecordContact, ReopenCase};
use amends_app::metrics::{AttainmentRow, Bucket, Days, Dimension, HandlingRow, Question, SatisfactionRow};
use amends_domain::case::Outcome;
use amends_domain::response::LapKind;
use amends_domain::signal::{Author, Direction, MessageSignal, SignalBody, SurveyKind, SurveySignal};
use amends_domain::sla::Metric;
use amends_domain::{CaseId, Day, Span};

use crate::house::everywhere;
use crate::make::START;
use crate::stage::{Stage, analyst, ann, buyer, call, id};

pub(crate) fn question(stage: &Stage<'_>, dimensions: &[Dimension]) -> Question {
    let from = Day::from_number(START.day().number() - 1);
    Question {
        shop: Some(stage.shop.clone()),
        days: Days { from, until: Day::from_number(from.number() + 60) },
        bucket: Bucket::Total,
        dimensions: dimensions.to_vec(),
        filters: Vec::new(),
    }
}

pub(crate) async fn handling(stage: &Stage<'_>, dimensions: &[Dimension]) -> Vec<HandlingRow> {
    stage.app.handling(&analyst(), &question(stage, dimensions)).await.unwrap().rows
}

async fn promises(stage: &Stage<'_>, dimensions: &[Dimension]) -> Vec<AttainmentRow> {
    stage.app.sla_attainment(&analyst(), &question(stage, dimensions)).await.unwrap().rows
}

pub(crate) async fn said(stage: &Stage<'_>, dimensions: &[Dimension]) -> Vec<SatisfactionRow> {
    stage.app.satisfaction(&analyst(), &question(stage, dimensions)).await.unwrap().rows
}

pub(crate) async fn differences(stage: &Stage<'_>, repair: bool) -> Vec<String> {
    let admin = call("root", &[Role::Admin]);
    stage.app.recompute(admin, &stage.shop, repair, Arc::new(|_, _| {})).await.unwrap().differences
}

pub(crate) fn message(order: &str, name: &str, direction: Direction, author: Author) -> SignalBody {
    SignalBody::Message(MessageSignal {
        message: id(name),
        conversation: id(format!("talk-{order}")),
        order: Some(id(order)),
        line: None,
        buyer: buyer(order),
        direction,
        author,
        text: "Wrong size, it does not fit. I want to return it.".to_owned(),
        language: "en".to_owned(),
        public: false,
    })
}

pub(crate) async fn contact(stage: &Stage<'_>, case: CaseId) {
    let contact = RecordContact {
        target: stage.target(case).await,
        means: "CHAT".to_owned(),
        reached: true,
        text: String::new(),
        at: None,
    };
    stage.app.perform(ann(), contact).await.unwrap();
}

/// How often one thing came, is waited for, and was without; and the median in minutes.
pub(crate) fn wait(row: &HandlingRow, kind: LapKind) -> ([i64; 3], Option<i64>) {
    let (_, wait) = row.waits.iter().find(|(of, _)| *of == kind).unwrap();
    let minutes = wait.calendar.median.map(|median| (median.value + 30_000) / 60_000);
    ([wait.count, wait.waiting, wait.without], minutes)
}

pub(crate) async fn asked(stage: &Stage<'_>, order: &str) -> CaseId {
    stage.delivered(order, 1).await;
    stage.case_of(message(order, &format!("{order}-1"), Direction::FromBuyer, Author::Human)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_counted_as_it_goes_and_the_same_again_from_its_log() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let case = asked(&stage, "o1").await;
        let row = &handling(&stage, &[]).await[0];
        assert_eq!((row.cases.opened, row.cases.open), (1, 1));
        assert_eq!(wait(row, LapKind::First), ([0, 1, 0], None));
        stage.pass(Span::from_minutes(5)).await;
        stage.push(message("o1", "bot", Direction::ToBuyer, Author::Bot)).await;
        assert_eq!(wait(&handling(&stage, &[]).await[0], LapKind::First), ([0, 1, 0], None));
        stage.pass(Span::from_minutes(25)).await;
        stage.claim(case).await;
        contact(&stage, case).await;
        let row = &handling(&stage, &[Dimension::Agent]).await[0];
        assert_eq!(row.key[0].1, "ann", "who acted first takes what was counted before with them");
        assert_eq!(wait(row, LapKind::First), ([1, 0, 0], Some(30)));
        stage.pass(Span::from_minutes(30)).await;
        stage.claim(case).await;
        contact(&stage, case).await;
        stage.solve(case, Outcome::TalkedThrough).await;
        let row = &handling(&stage, &[Dimension::Agent]).await[0];
        assert_eq!(wait(row, LapKind::Resolution), ([1, 0, 0], Some(60)));
        assert_eq!((row.one_touch_rate.rate.numerator, row.one_touch_rate.mature), (1, false));
        stage.pass(Span::from_minutes(40)).await;
        let version = stage.case(case).await.version;
        let reopen = ReopenCase { shop: stage.shop.clone(), case, version, note: String::new() };
        stage.app.perform(ann(), reopen).await.unwrap();
        let row = &handling(&stage, &[]).await[0];
        assert_eq!(wait(row, LapKind::Resolution), ([0, 1, 0], None));
        assert_eq!((row.reopen_rate.rate.numerator, row.one_touch_rate.rate.numerator), (1, 0));
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn promises_are_kept_and_broken_by_what_was_promised_and_how_urgent_it_was() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let (kept, broken) = (asked(&stage, "o1").await, asked(&stage, "o2").await);
        stage.pass(Span::from_minutes(20)).await;
        stage.claim(kept).await;
        contact(&stage, kept).await;
        stage.pass(Span::from_hours(3)).await;
        stage.claim(broken).await;
        contact(&stage, broken).await;
        let rows = promises(&stage, &[Dimension::Target]).await;
        let first: Vec<_> = rows
            .iter()
            .flat_map(|row| row.clocks.iter().map(move |clock| (row.key[0].1.as_str(), clock)))
            .filter(|(_, clock)| clock.metric == Metric::FirstResponse)
            .map(|(target, clock)| (target, clock.met, clock.missed, clock.running))
            .collect();
        assert_eq!(first, [("1h BUSINESS", 1, 1, 0)]);
        let all = &promises(&stage, &[]).await[0];
        let agreement = all.clocks.iter().find(|clock| clock.metric == Metric::Agreement).unwrap();
        assert_eq!((agreement.running, agreement.attainment.rate.value), (2, None));
        let by_priority = promises(&stage, &[Dimension::Priority, Dimension::Agent]).await;
        let keys: Vec<_> = by_priority.iter().map(|row| (row.key[0].1.as_str(), &*row.key[1].1)).collect();
        assert_eq!(keys, [("40-49", "ann")], "both are as urgent");
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_count_once_on_their_day_whether_or_not_a_case_is_known() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let case = asked(&stage, "o1").await;
        stage.claim(case).await;
        contact(&stage, case).await;
        stage.solve(case, Outcome::TalkedThrough).await;
        let answer = |name: &str, case: Option<CaseId>, kind, score| {
            SignalBody::Survey(SurveySignal {
                survey: id(name),
                case,
                order: Some(id("o1")),
                kind,
                score,
                comment: String::new(),
                solution: None,
            })
        };
        for (name, case, kind, score) in [
            ("a", Some(case), SurveyKind::Csat, 5),
            ("b", None, SurveyKind::Csat, 2),
            ("b", None, SurveyKind::Csat, 2),
            ("c", None, SurveyKind::Nps, 9),
            ("d", Some(case), SurveyKind::Nps, 3),
        ] {
            stage.push(answer(name, case, kind, score)).await;
        }
        let row = &said(&stage, &[]).await[0];
        assert_eq!(row.scores, [0, 1, 0, 0, 1], "what is told twice is one answer");
        assert_eq!((row.csat.rate.numerator, row.csat.rate.denominator), (1, 2));
        assert_eq!((row.nps.answers.promoters, row.nps.answers.detractors), (1, 1));
        assert_eq!((row.response.rate.numerator, row.response.rate.denominator), (1, 1));
        let by_agent = said(&stage, &[Dimension::Agent]).await;
        let scores: Vec<_> = by_agent.iter().map(|row| (row.key[0].1.as_str(), row.scores)).collect();
        assert_eq!(scores, [("", [0, 1, 0, 0, 0]), ("ann", [0, 0, 0, 0, 1])]);
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_of_before_these_figures_are_filled_in_by_a_repair() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let case = asked(&stage, "o1").await;
        let tx = stage.app.store().begin().await.unwrap();
        amends_store::rollup::clear(&tx, &stage.shop).await.unwrap();
        tx.script("DELETE FROM courses").await.unwrap();
        tx.commit().await.unwrap();
        stage.pass(Span::from_minutes(10)).await;
        stage.claim(case).await;
        contact(&stage, case).await;
        assert_eq!(handling(&stage, &[]).await[0].cases.opened, 0, "nothing is half counted");
        let found = differences(&stage, true).await;
        for table in ["course of ", "handling_rollups, ", "time_rollups, "] {
            assert!(found.iter().any(|told| told.starts_with(table)), "{table}: {found:?}");
        }
        let row = &handling(&stage, &[]).await[0];
        assert_eq!((row.cases.opened, wait(row, LapKind::First)), (1, ([1, 0, 0], Some(10))));
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}
