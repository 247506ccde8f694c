//! A hold that is over never writes, however calls fall between each other.

use amends_app::Call;
use amends_app::case::{AddNote, AssignCase, Target};
use amends_domain::case::Case;
use amends_domain::event::Event;
use amends_store::event;

use crate::house::{House, call, everywhere};
use crate::make::{ann, bob, case, case_id, shop, sue, target};

/// Cases that are fought over at the same time, rounds for each, and writes of a round.
const CASES: u32 = 8;
const ROUNDS: u32 = 313;
const WRITES: u32 = 4;

/// One round: the holder writes twice and the other agent once, each with what they know or
/// guess, while a supervisor gives the case to the other.
async fn fight(house: &House, seen: &Case) -> u32 {
    let holder = seen.handling.owner().unwrap();
    let (mine, other) = if *holder == ann().name { (ann(), bob()) } else { (bob(), ann()) };
    let note = |target: Target, who: &str| AddNote { target, text: format!("by {who}") };
    let next = Target { fence: seen.fence + 1, version: seen.version + 1, ..target(seen) };
    let guess = Target { version: seen.version + 1, ..target(seen) };
    let assign = AssignCase {
        shop: shop(),
        case: seen.id,
        version: seen.version,
        agent: Some(other.name.clone()),
        note: String::new(),
    };
    let app = &house.app;
    let call = |who: &_| -> Call { call(who) };
    let (a, b, c, d) = tokio::join!(
        app.perform(call(&mine), note(target(seen), "holder")),
        app.perform(call(&sue()), assign),
        app.perform(call(&mine), note(guess, "holder")),
        app.perform(call(&other), note(next, "other")),
    );
    [a.is_ok(), b.is_ok(), c.is_ok(), d.is_ok()].into_iter().map(u32::from).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn in_ten_thousand_interleavings_no_write_is_under_an_older_fence() {
    const { assert!(CASES * ROUNDS * WRITES > 10_000) };
    everywhere(async |house| {
        for n in 1..=CASES {
            house.insert(&case(n)).await;
            let assign = AssignCase {
                shop: shop(),
                case: case_id(n),
                version: 1,
                agent: Some(ann().name),
                note: String::new(),
            };
            house.perform(&sue(), assign).await.unwrap();
        }
        let fights = (1..=CASES).map(|n| async move {
            let mut done = 0;
            for _ in 0..ROUNDS {
                let seen = house.case(case_id(n)).await;
                done += fight(house, &seen).await;
            }
            done
        });
        let done: u32 = futures::future::join_all(fights).await.into_iter().sum();
        assert!(done > CASES * ROUNDS, "in every round somebody writes: {done}");
        for n in 1..=CASES {
            check(house, n).await;
        }
    })
    .await;
}

/// Reads the timeline: who writes is who was given the case last, and fences only rise.
async fn check(house: &House, n: u32) {
    let (mut fence, mut holder, mut after) = (0, None, 0);
    loop {
        let page =
            event::of_case(&house.app.store().reader(), &shop(), &case_id(n), after, 500).await.unwrap();
        let Some(last) = page.last() else { break };
        after = last.seq;
        for stored in page {
            match stored.row.event {
                Event::CaseAssigned { agent, fence: given } => {
                    assert!(given > fence, "fence {given} after {fence}");
                    (fence, holder) = (given, Some(agent));
                }
                Event::NoteAdded { agent, .. } => assert_eq!(Some(agent), holder, "under fence {fence}"),
                _ => {}
            }
        }
    }
    assert!(fence > 1, "the case changed hands");
}
