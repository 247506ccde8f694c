//! The time of agents, and what they did in it.

use amends_domain::agent_performance::{AgentSpan, Made, Mark, MarkKind, SpanKind};
use amends_domain::case::{Case, Handling, Lease};
use amends_domain::{CaseId, EventId, LeaseId, Time};
use amends_store::agent_performance::{
    forget_marks, forget_spans, keep, marks_of, marks_within, presences, solved_within, spans_of,
    spans_within,
};
use amends_store::{Store, agent};

use crate::case::{agent as named, at, insert, opened, shop};

conformance!(
    spans_and_marks_are_read_back_as_written,
    an_end_closes_what_is_open_and_nothing_else,
    what_nobody_ended_ends_with_its_lease_or_presence,
    a_judgement_is_of_whoever_solved_last,
    a_judgement_of_an_earlier_solution_is_of_whoever_gave_that,
    a_hold_that_nobody_ended_ends_no_later_than_the_presence_of_its_agent,
);

fn case() -> CaseId {
    opened(&shop(), 4, at(1)).id
}

fn held(number: i64, from: i64, until: Option<i64>) -> AgentSpan {
    AgentSpan {
        shop: shop(),
        kind: SpanKind::Holding,
        subject: case().to_string(),
        number,
        agent: named("ana b: 50%"),
        started_at: at(from),
        ended_at: until.map(at),
    }
}

fn present(from: i64, until: Option<i64>) -> AgentSpan {
    let agent = named("ana b: 50%");
    AgentSpan { kind: SpanKind::Present, subject: agent.to_string(), number: from, ..held(0, from, until) }
}

fn mark(number: u128, kind: MarkKind, agent: Option<&str>, when: i64, value: i64) -> Mark {
    let event = EventId::from_bits(number);
    Mark {
        shop: shop(),
        event,
        kind,
        agent: agent.map(named),
        case: case(),
        at: at(when),
        value,
        solution: None,
    }
}

async fn write(store: &Store, made: Made) {
    let tx = store.begin().await.unwrap();
    tx.send(keep(&made)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn spans_and_marks_are_read_back_as_written(store: Store) {
    let spans = vec![held(1, 5, Some(9)), held(2, 11, None), present(3, None)];
    let marks = vec![
        mark(1, MarkKind::Reply, Some("bo"), 6, 0),
        Mark { solution: Some(7), ..mark(2, MarkKind::Solved, None, 9, -7) },
    ];
    write(&store, Made { spans: spans.clone(), marks: marks.clone(), ends: Vec::new() }).await;
    write(&store, Made { spans: spans.clone(), marks: marks.clone(), ends: Vec::new() }).await;
    let conn = store.reader();
    let subject = [(shop(), case().to_string())];
    let read = spans_of(SpanKind::Holding, &subject).all(&conn).await.unwrap();
    assert_eq!(read, spans[..2]);
    assert_eq!(presences(&conn, &shop()).await.unwrap(), spans[2..]);
    assert_eq!(marks_of(&[(shop(), case())]).all(&conn).await.unwrap(), marks);
    let tx = store.begin().await.unwrap();
    let forget = [(shop(), SpanKind::Holding, case().to_string())];
    tx.send([forget_spans(&forget), forget_marks(&[(shop(), case())])]).await.unwrap();
    tx.commit().await.unwrap();
    assert!(spans_of(SpanKind::Holding, &subject).all(&conn).await.unwrap().is_empty());
    assert!(marks_of(&[(shop(), case())]).all(&conn).await.unwrap().is_empty());
    assert_eq!(presences(&conn, &shop()).await.unwrap().len(), 1);
}

async fn an_end_closes_what_is_open_and_nothing_else(store: Store) {
    let spans = vec![held(1, 5, Some(9)), held(2, 11, None), present(3, None)];
    write(&store, Made { spans, ..Made::default() }).await;
    // Ended and begun anew in one transaction; the end lies before the beginning.
    let ends = vec![(shop(), SpanKind::Holding, case().to_string(), at(10))];
    write(&store, Made { spans: vec![held(3, 12, None)], ends, ..Made::default() }).await;
    let conn = store.reader();
    let read = spans_of(SpanKind::Holding, &[(shop(), case().to_string())]).all(&conn).await.unwrap();
    assert_eq!(read, [held(1, 5, Some(9)), held(2, 11, Some(11)), held(3, 12, None)]);
    assert_eq!(presences(&conn, &shop()).await.unwrap(), [present(3, None)]);
}

/// Who holds the case until 40 and is there until some time.
async fn there_until(store: &Store, until: i64) {
    let lease = Lease { id: LeaseId::from_bits(1), agent: named("ana b: 50%"), expires_at: at(40) };
    insert(store, &[Case { handling: Handling::Working(lease), ..opened(&shop(), 4, at(1)) }]).await;
    let told = amends_domain::agent::Told {
        presence: amends_domain::agent::Presence::Available,
        since: at(3),
        until: Some(at(until)),
    };
    let known = amends_domain::agent::Agent::unknown(shop(), named("ana b: 50%"));
    let tx = store.begin().await.unwrap();
    tx.send([agent::put(&[amends_domain::agent::Agent { told: Some(told), ..known }])]).await.unwrap();
    tx.commit().await.unwrap();
}

async fn a_hold_that_nobody_ended_ends_no_later_than_the_presence_of_its_agent(store: Store) {
    there_until(&store, 30).await;
    let spans = vec![held(2, 11, None), present(3, None)];
    write(&store, Made { spans, ..Made::default() }).await;
    let mut read = spans_within(&store.reader(), &[shop()], (at(0), at(99)), 9).await.unwrap();
    read.sort_by_key(|span| span.kind);
    assert_eq!(read, [present(3, Some(30)), held(2, 11, Some(30))]);
}

async fn what_nobody_ended_ends_with_its_lease_or_presence(store: Store) {
    there_until(&store, 50).await;
    let spans = vec![held(1, 5, Some(9)), held(2, 11, None), present(3, None)];
    write(&store, Made { spans, ..Made::default() }).await;
    let conn = store.reader();
    let within = |from: Time, until: Time| {
        let conn = &conn;
        async move {
            let mut read = spans_within(conn, &[shop()], (from, until), 9).await.unwrap();
            read.sort_by_key(|span| (span.kind, span.number));
            read
        }
    };
    let (open, there) = (held(2, 11, Some(40)), present(3, Some(50)));
    assert_eq!(within(at(0), at(99)).await, [there.clone(), held(1, 5, Some(9)), open.clone()]);
    assert_eq!(within(at(9), at(99)).await, [there.clone(), open]);
    assert_eq!(within(at(0), at(5)).await, [there], "from the first instant up to, not including, the last");
    assert_eq!(spans_within(&conn, &[shop()], (at(0), at(99)), 2).await.unwrap().len(), 2);
}

async fn a_judgement_is_of_whoever_solved_last(store: Store) {
    let marks = vec![
        mark(1, MarkKind::Contact, Some("bo"), 4, 0),
        mark(2, MarkKind::Reply, Some("ana"), 4, 0),
        mark(3, MarkKind::Solved, Some("bo"), 5, 0),
        mark(4, MarkKind::Judged, None, 6, 5),
        mark(5, MarkKind::Solved, Some("ana"), 7, 0),
        mark(6, MarkKind::Judged, None, 7, 2),
        mark(7, MarkKind::Solved, None, 8, 0),
        mark(8, MarkKind::Judged, None, 9, 1),
    ];
    write(&store, Made { marks, ..Made::default() }).await;
    let conn = store.reader();
    let read = marks_within(&conn, &[shop()], (at(4), at(10)), 99).await.unwrap();
    let told: Vec<_> = read
        .iter()
        .map(|(mark, first)| (mark.kind, mark.agent.as_ref().map(ToString::to_string), *first))
        .collect();
    let by = |name: &str| Some(name.to_owned());
    assert_eq!(
        told,
        [
            (MarkKind::Contact, by("bo"), true),
            (MarkKind::Reply, by("ana"), false),
            (MarkKind::Solved, by("bo"), false),
            (MarkKind::Judged, by("bo"), false),
            (MarkKind::Solved, by("ana"), false),
            (MarkKind::Judged, by("ana"), false),
            (MarkKind::Solved, None, false),
            (MarkKind::Judged, None, false),
        ]
    );
    let solved = solved_within(&conn, &shop(), (at(5), at(8))).await.unwrap();
    assert_eq!(solved, [(named("ana"), case()), (named("bo"), case())]);
}

async fn a_judgement_of_an_earlier_solution_is_of_whoever_gave_that(store: Store) {
    let judged = |number, when, solution| Mark {
        solution: Some(solution),
        ..mark(number, MarkKind::Judged, None, when, 1)
    };
    let marks = vec![
        mark(1, MarkKind::Solved, Some("mia"), 4, 0),
        mark(2, MarkKind::Solved, Some("tom"), 5, 0),
        // At the same time: the order of the events decides.
        mark(3, MarkKind::Solved, None, 5, 0),
        judged(4, 6, 1),
        judged(5, 7, 2),
        judged(6, 8, 3),
        judged(7, 9, 4),
    ];
    write(&store, Made { marks, ..Made::default() }).await;
    let read = marks_within(&store.reader(), &[shop()], (at(6), at(10)), 99).await.unwrap();
    let whose: Vec<_> =
        read.iter().map(|(mark, _)| (mark.agent.as_ref().map(ToString::to_string), mark.solution)).collect();
    let by = |name: &str| Some(name.to_owned());
    assert_eq!(whose, [(by("mia"), Some(1)), (by("tom"), Some(2)), (None, Some(3)), (None, Some(4))]);
}
