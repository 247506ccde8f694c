//! Forms, what is drawn by them, and how it was judged.

use amends_domain::agent_performance::{Mark, MarkKind};
use amends_domain::case::{Case, Handling};
use amends_domain::deadline::{Deadline, DeadlineChange, DeadlineKind};
use amends_domain::quality::{
    Counts, Criterion, Decision, Dispute, Drawn, Form, FormVersion, Given, Review, Sample, SampleState,
    Scored, Standing,
};
use amends_domain::{Day, EventId, SampleId, Span};
use amends_store::agent_performance::{put_marks, put_spans};
use amends_store::quality::{
    SampleFilter, by_ids, counts, form, form_at, has_worked, list, next_draw, put_draw, put_form, update,
};
use amends_store::{Store, StoreError, deadline};

use crate::case::{agent as named, at, insert, opened, shop};

conformance!(
    a_form_is_read_back_as_written_and_by_its_time,
    a_sample_is_read_back_in_every_state,
    drawing_again_changes_nothing,
    a_sample_that_changed_meanwhile_is_not_overwritten,
    samples_are_listed_by_what_is_asked,
    weeks_are_added_up_by_agent,
    the_first_week_that_is_not_drawn_is_known,
    who_worked_what_was_merged_into_a_case_worked_it,
);

const WEEK: Day = Day::from_number(20_514);

fn version(number: i64, set_at: i64) -> FormVersion {
    let criterion = |id: &str, critical| Criterion {
        id: id.to_owned(),
        title: "“odd” \"title\", 壊れた".to_owned(),
        weight: 3,
        max: 5,
        critical,
    };
    let form = Form {
        share: 10,
        minimum: 2,
        dispute_within: Span::from_days(7),
        criteria: vec![criterion("tone", false), criterion("facts-2", true)],
    };
    FormVersion { shop: shop(), version: number, form, set_by: named("sam b"), set_at: at(set_at) }
}

fn drawn(who: &str, solved: u32, cases: &[u32]) -> Drawn {
    let cases = cases.iter().map(|n| (opened(&shop(), *n, at(1)).id, SampleId::from_bits(u128::from(*n))));
    Drawn { agent: named(who), solved, cases: cases.collect() }
}

async fn draw(store: &Store, week: Day, drawn: &[Drawn], now: i64) {
    let tx = store.begin().await.unwrap();
    tx.send(put_draw(&version(1, 1), week, drawn, at(now))).await.unwrap();
    tx.commit().await.unwrap();
}

async fn step(store: &Store, sample: &Sample) -> Result<(), StoreError> {
    let tx = store.begin().await.unwrap();
    let done = tx.send([update(sample, sample.version - 1)]).await;
    match done {
        Ok(()) => tx.commit().await,
        Err(error) => Err(error),
    }
}

async fn read(store: &Store, number: u32) -> Sample {
    let key = [(shop(), SampleId::from_bits(u128::from(number)))];
    by_ids(&key).all(&store.reader()).await.unwrap().remove(0)
}

fn scored(score: i64) -> Scored {
    let given = |criterion: &str, score| Given { criterion: criterion.to_owned(), score };
    Scored { given: vec![given("tone", 4), given("facts-2", 0)], score }
}

fn review(score: i64) -> Review {
    Review { by: named("sam b"), at: at(20), scored: scored(score), event: EventId::from_bits(1) }
}

fn dispute() -> Dispute {
    Dispute { at: at(30), event: EventId::from_bits(2) }
}

fn decision(changed: Option<i64>) -> Decision {
    Decision { by: named("kim"), at: at(40), changed: changed.map(scored), event: EventId::from_bits(3) }
}

async fn a_form_is_read_back_as_written_and_by_its_time(store: Store) {
    let tx = store.begin().await.unwrap();
    tx.send([put_form(&version(1, 10))]).await.unwrap();
    tx.send([put_form(&version(2, 20))]).await.unwrap();
    tx.commit().await.unwrap();
    let conn = store.reader();
    assert_eq!(form_at(&conn, &shop(), at(9)).await.unwrap(), None);
    assert_eq!(form_at(&conn, &shop(), at(19)).await.unwrap(), Some(version(1, 10)));
    assert_eq!(form_at(&conn, &shop(), at(20)).await.unwrap(), Some(version(2, 20)));
    assert_eq!(form(&conn, &shop(), 1).await.unwrap(), Some(version(1, 10)));
    assert_eq!(form(&conn, &shop(), 3).await.unwrap(), None);
    let tx = store.begin().await.unwrap();
    assert!(tx.send([put_form(&version(2, 30))]).await.is_err(), "a version is written once");
    tx.rollback().await.unwrap();
}

async fn a_sample_is_read_back_in_every_state(store: Store) {
    draw(&store, WEEK, &[drawn("mia", 9, &[1])], 10).await;
    let open = read(&store, 1).await;
    assert_eq!((open.agent.clone(), open.week, open.form, open.drawn_at), (named("mia"), WEEK, 1, at(10)));
    assert_eq!((open.state(), open.version), (SampleState::Open, 1));
    let standings = [
        Standing::Reviewed(review(8_001)),
        Standing::Disputed(review(8_001), dispute()),
        Standing::Resolved(review(8_001), dispute(), decision(None)),
        Standing::Resolved(review(8_001), dispute(), decision(Some(0))),
    ];
    for (standing, version) in standings.into_iter().zip(2..) {
        let next = Sample { standing, version, ..open.clone() };
        step(&store, &next).await.unwrap();
        assert_eq!(read(&store, 1).await, next);
    }
}

async fn drawing_again_changes_nothing(store: Store) {
    draw(&store, WEEK, &[drawn("mia", 9, &[1])], 10).await;
    let judged = Sample { standing: Standing::Reviewed(review(1)), version: 2, ..read(&store, 1).await };
    step(&store, &judged).await.unwrap();
    draw(&store, WEEK, &[drawn("mia", 12, &[1])], 50).await;
    assert_eq!(read(&store, 1).await, judged);
    let conn = store.reader();
    let shops = [shop()];
    let sums = counts(&conn, &shops, (WEEK, Day::from_number(WEEK.number() + 1)), at(50));
    let sums = sums.await.unwrap();
    assert_eq!((sums.len(), sums[0].2.solved, sums[0].2.sampled), (1, 9, 1));
}

async fn a_sample_that_changed_meanwhile_is_not_overwritten(store: Store) {
    draw(&store, WEEK, &[drawn("mia", 9, &[1])], 10).await;
    let next =
        |score| Sample { standing: Standing::Reviewed(review(score)), version: 2, ..Sample::clone(&open()) };
    fn open() -> Sample {
        Sample {
            shop: shop(),
            id: SampleId::from_bits(1),
            case: opened(&shop(), 1, at(1)).id,
            agent: named("mia"),
            week: WEEK,
            form: 1,
            drawn_at: at(10),
            standing: Standing::Open,
            version: 1,
        }
    }
    step(&store, &next(1)).await.unwrap();
    assert!(matches!(step(&store, &next(2)).await, Err(StoreError::Contended(_))));
    assert_eq!(read(&store, 1).await, next(1));
}

async fn samples_are_listed_by_what_is_asked(store: Store) {
    draw(&store, WEEK, &[drawn("mia", 9, &[1, 2]), drawn("tom", 1, &[3])], 10).await;
    draw(&store, Day::from_number(WEEK.number() + 7), &[drawn("mia", 3, &[4])], 20).await;
    let judged = Sample { standing: Standing::Reviewed(review(1)), version: 2, ..read(&store, 1).await };
    step(&store, &judged).await.unwrap();
    let span = amends_domain::agent_performance::AgentSpan {
        shop: shop(),
        kind: amends_domain::agent_performance::SpanKind::Holding,
        subject: read(&store, 2).await.case.to_string(),
        number: 1,
        agent: named("kim"),
        started_at: at(1),
        ended_at: None,
    };
    let tx = store.begin().await.unwrap();
    tx.send([put_spans(&[span])]).await.unwrap();
    tx.commit().await.unwrap();
    let conn = store.reader();
    let found = async |filter: SampleFilter| -> Vec<u128> {
        let found = list(&conn, &shop(), &filter, None, 9).await.unwrap();
        found.into_iter().map(|one| one.id.bits()).collect()
    };
    assert_eq!(found(SampleFilter::default()).await, [4, 3, 2, 1]);
    let open =
        SampleFilter { state: Some(SampleState::Open), agent: Some(named("mia")), ..Default::default() };
    assert_eq!(found(open).await, [4, 2]);
    let read_by_mia = SampleFilter { reader: Some(named("mia")), ..Default::default() };
    assert_eq!(found(read_by_mia).await, [3, 1], "not what waits of their own");
    let of = |who: &str| SampleFilter { reviewer: Some(named(who)), ..Default::default() };
    assert_eq!(found(of("kim")).await, [4, 3], "not what they held");
    assert_eq!(found(of("tom")).await, [4, 2], "not their own");
    let first = list(&conn, &shop(), &SampleFilter::default(), None, 2).await.unwrap();
    let after = first.last().map(|last| (last.drawn_at, last.id));
    let rest = list(&conn, &shop(), &SampleFilter::default(), after.as_ref(), 9).await.unwrap();
    assert_eq!(rest.iter().map(|one| one.id.bits()).collect::<Vec<_>>(), [2, 1]);
    let case = read(&store, 2).await.case;
    assert!(has_worked(&conn, &shop(), case, &named("kim")).await.unwrap());
    assert!(!has_worked(&conn, &shop(), case, &named("tom")).await.unwrap());
}

async fn weeks_are_added_up_by_agent(store: Store) {
    draw(&store, WEEK, &[drawn("mia", 9, &[1, 2, 3, 4]), drawn("tom", 2, &[])], 10).await;
    for (number, standing) in [
        (1, Standing::Reviewed(review(8_000))),
        (2, Standing::Disputed(review(10_000), dispute())),
        (3, Standing::Resolved(review(1_000), dispute(), decision(Some(3_000)))),
    ] {
        step(&store, &Sample { standing, version: 2, ..read(&store, number).await }).await.unwrap();
    }
    let tx = store.begin().await.unwrap();
    tx.send([put_form(&version(1, 1))]).await.unwrap();
    tx.commit().await.unwrap();
    let conn = store.reader();
    let within = |from: i32, until: i32| {
        (Day::from_number(WEEK.number() + from), Day::from_number(WEEK.number() + until))
    };
    let in_time = at(19) + Span::from_days(7);
    let sums = counts(&conn, &[shop()], within(0, 1), in_time).await.unwrap();
    let mia = Counts {
        solved: 9,
        sampled: 4,
        reviewed: 3,
        disputed: 2,
        disputable: 1,
        undecided: 1,
        upheld: 0,
        scores: 2,
        sum: 11_000,
        squares: 73_000_000,
    };
    let tom = Counts { solved: 2, ..Counts::default() };
    assert_eq!(sums, [(WEEK, named("mia"), mia), (WEEK, named("tom"), tom)]);
    let too_late = counts(&conn, &[shop()], within(0, 1), at(20) + Span::from_days(7)).await.unwrap();
    assert_eq!(too_late[0].2, Counts { disputable: 0, ..mia });
    assert!(counts(&conn, &[shop()], within(1, 7), at(99)).await.unwrap().is_empty());
    assert!(counts(&conn, &[], within(0, 7), at(99)).await.unwrap().is_empty());
}

async fn the_first_week_that_is_not_drawn_is_known(store: Store) {
    assert_eq!(next_draw(&store.reader(), &[shop()]).await.unwrap(), None);
    let due = |kind, subject: &str| {
        DeadlineChange::Set(Deadline { shop: shop(), kind, subject: subject.to_owned(), due_at: at(1) })
    };
    let draw = DeadlineKind::QualityDraw;
    let set = [due(draw, "20521"), due(draw, "9999"), due(DeadlineKind::IncidentLook, "7")];
    let tx = store.begin().await.unwrap();
    tx.send(deadline::apply(&set)).await.unwrap();
    tx.commit().await.unwrap();
    let next = next_draw(&store.reader(), &[shop()]).await.unwrap();
    assert_eq!(next, Some(Day::from_number(9_999)), "as numbers, not as words");
    assert_eq!(next_draw(&store.reader(), &[]).await.unwrap(), None);
}

async fn who_worked_what_was_merged_into_a_case_worked_it(store: Store) {
    draw(&store, WEEK, &[drawn("mia", 9, &[1, 2])], 10).await;
    let id = |n: u32| opened(&shop(), n, at(1)).id;
    let merged = |n: u32, into: u32| Case {
        handling: Handling::Merged { into: id(into), at: at(5) },
        ..opened(&shop(), n, at(1))
    };
    insert(&store, &[opened(&shop(), 1, at(1)), merged(7, 1), merged(8, 7), merged(9, 2)]).await;
    let mark = |event: u128, who: &str, case: u32| Mark {
        shop: shop(),
        event: EventId::from_bits(event),
        kind: MarkKind::Reply,
        agent: Some(named(who)),
        case: id(case),
        at: at(2),
        value: 0,
        solution: None,
    };
    let tx = store.begin().await.unwrap();
    tx.send([put_marks(&[mark(1, "kim", 8), mark(2, "tom", 9)])]).await.unwrap();
    tx.commit().await.unwrap();
    let conn = store.reader();
    for (who, worked, rest) in [("kim", [true, false], 2), ("tom", [false, true], 1)] {
        let who = named(who);
        for (n, worked) in [1, 2].into_iter().zip(worked) {
            assert_eq!(has_worked(&conn, &shop(), id(n), &who).await.unwrap(), worked, "{who} {n}");
        }
        let filter = SampleFilter { reviewer: Some(who), ..Default::default() };
        let found = list(&conn, &shop(), &filter, None, 9).await.unwrap();
        assert_eq!(found.iter().map(|one| one.id.bits()).collect::<Vec<_>>(), [rest]);
    }
}
