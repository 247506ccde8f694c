//! The checks checked: a life that held is doctored, and exactly what was broken is found.

use amends_domain::case::State;
use amends_domain::event::Event;
use amends_domain::sla::Phase;
use amends_domain::{CaseId, EventId, Span};
use amends_store::event::StoredEvent;
use amends_tests::{Database, Engine};

use super::{Verdict, clocks, holds, log, outgoing};
use crate::simulation::life::Life;
use crate::simulation::seen::Seen;

/// A life in which everything happened that is to be doctored.
async fn a_full_life() -> Seen {
    for seed in 1_000..1_060 {
        let database = Database::fresh(Engine::Sqlite).await.unwrap();
        let mut life = Life::begin(&database, seed).await;
        for _ in 0..150 {
            life.step().await;
        }
        let seen = super::check(&life.house, &life.channel, None, seed).await;
        life.house.end().await;
        let words: Vec<&str> = seen.events().map(|one| one.row.event.word()).collect();
        let wanted = ["sla.breached", "reply.queued", "reply.sending", "case.claimed", "case.work_started"];
        let arrived = seen.channel.attempts.iter().any(|attempt| attempt.arrived);
        if wanted.iter().all(|word| words.contains(word)) && arrived && queue(&seen).is_some() {
            return seen;
        }
    }
    panic!("no life was full enough");
}

fn queue(seen: &Seen) -> Option<usize> {
    seen.cases.iter().position(|case| case.handling.state() == State::Queued && case.fence > 0)
}

/// The first entry of that word: on whose timeline, and where.
fn find(seen: &Seen, word: &str) -> (CaseId, usize) {
    let place = |(case, events): (&CaseId, &Vec<StoredEvent>)| {
        Some((*case, events.iter().position(|one| one.row.event.word() == word)?))
    };
    seen.log.iter().find_map(place).unwrap()
}

/// Writes an entry of that word a second time, at the end of its timeline.
fn twice(seen: &Seen, word: &str, change: fn(&mut Event)) -> Seen {
    let (mut seen, (case, at)) = (seen.clone(), find(seen, word));
    let events = seen.log.get_mut(&case).unwrap();
    let mut again = events[at].clone();
    again.seq = events.last().unwrap().seq + 1;
    again.position = None;
    again.row.id = EventId::from_bits(77);
    change(&mut again.row.event);
    events.push(again);
    seen
}

fn found(verdict: Verdict) {
    assert!(verdict.is_err(), "what was doctored was not found");
}

fn unchanged(_: &mut Event) {}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_doctored_life_is_found_out() {
    let life = a_full_life().await;

    let mut other = life.clone();
    let open = other.cases.iter().find(|case| case.is_open()).unwrap().clone();
    other.cases.push(open);
    found(holds::one_open_case_per_subject(&other));

    // The same fence once more, and then a claim of a case that is held.
    found(holds::fences_rise_and_no_case_is_held_twice(&twice(&life, "case.claimed", unchanged)));
    let mut held = twice(&life, "case.claimed", |event| {
        if let Event::CaseClaimed { fence, .. } = event {
            *fence += 1_000;
        }
    });
    let (case, _) = find(&life, "case.claimed");
    let mut second = held.log[&case].last().unwrap().clone();
    second.seq += 1;
    if let Event::CaseClaimed { fence, .. } = &mut second.row.event {
        *fence += 1;
    }
    held.log.get_mut(&case).unwrap().push(second);
    found(holds::fences_rise_and_no_case_is_held_twice(&held));

    let (case, at) = find(&life, "case.work_started");
    let mut other = life.clone();
    let row = &mut other.log.get_mut(&case).unwrap()[at].row;
    row.actor.name = if row.actor.name == "mia" { "tom" } else { "mia" }.to_owned();
    found(holds::agents_write_only_under_their_own_hold(&other));
    let older = twice(&life, "reply.queued", |event| {
        if let Event::ReplyQueued { fence, .. } = event {
            *fence -= 1;
        }
    });
    found(holds::agents_write_only_under_their_own_hold(&older));

    let mut other = life.clone();
    other.decisions.clear();
    found(outgoing::nothing_goes_out_without_a_passing_decision(&other));
    other = life.clone();
    other.decisions.values_mut().for_each(|allowed| *allowed = false);
    found(outgoing::nothing_goes_out_without_a_passing_decision(&other));

    found(clocks::a_warning_and_a_breach_are_told_once_per_instance(&twice(
        &life,
        "sla.breached",
        unchanged,
    )));
    let (case, at) = find(&life, "sla.breached");
    let mut other = life.clone();
    other.log.get_mut(&case).unwrap().remove(at);
    found(clocks::a_warning_and_a_breach_are_told_once_per_instance(&other));
    found(log::timelines_only_grow(&life, &other));
    other = life.clone();
    other.log.get_mut(&case).unwrap()[at].row.cause = "another".to_owned();
    found(log::timelines_only_grow(&life, &other));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_doctored_database_is_found_out() {
    let life = a_full_life().await;

    let mut other = life.clone();
    let row = other.clocks.iter_mut().flat_map(|one| &mut one.parts.rows).find(|row| !row.phase.is_open());
    row.unwrap().phase = Phase::Running { since: life.cases[0].opened_at };
    found(clocks::clocks_never_run_backwards(&life, &other));
    other = life.clone();
    for one in &mut other.clocks {
        one.parts.stand.last_at = one.parts.stand.last_at - Span::from_micros(1);
    }
    found(clocks::clocks_never_run_backwards(&life, &other));
    other = life.clone();
    let one = &mut other.accounts[0].1;
    one.running = Span::from_micros(one.running.micros() + 1);
    found(clocks::elapsed_outside_and_paused_are_the_wall(&other));

    other = life.clone();
    let arrived = other.channel.attempts.iter().find(|attempt| attempt.arrived).unwrap().clone();
    other
        .channel
        .attempts
        .push(super::super::channel::Attempt { number: arrived.number + 1, ..arrived.clone() });
    found(outgoing::a_reply_reaches_the_buyer_at_most_once(&other));
    other = life.clone();
    let sent = other.replies.iter_mut().find(|reply| reply.id == arrived.reply).unwrap();
    sent.state = amends_domain::reply::ReplyState::Draft;
    found(outgoing::what_the_buyer_has_is_never_taken_for_unsent(&other));

    other = life.clone();
    let waits = &life.cases[queue(&life).unwrap()];
    other.replies[0].case = waits.id;
    other.replies[0].fence = waits.fence;
    other.replies[0].state = amends_domain::reply::ReplyState::Queued { at: waits.opened_at };
    found(outgoing::nothing_is_queued_under_a_hold_that_ended(&other));

    let mut asked = life.clone();
    let review: amends_domain::ReviewId = "r".parse().unwrap();
    for n in 0..2 {
        let events = asked.log.values_mut().nth(n).unwrap();
        let mut ask = events[0].clone();
        let decision = amends_domain::DecisionId::from_bits(1);
        ask.row.event = Event::AskSent { review: review.clone(), template: String::new(), decision };
        events.push(ask);
    }
    found(outgoing::a_review_is_asked_about_at_most_once(&asked));
}
