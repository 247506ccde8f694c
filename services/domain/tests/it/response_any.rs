//! Response and handling over any course: what is late counts in time, and differences add up.

use std::collections::BTreeMap;

use amends_domain::event::Event;
use amends_domain::response::{Course, LapKind, of_case};
use amends_domain::rollup::{About, Facet, Facets};
use amends_domain::sla::record::Entry;
use amends_domain::tally::{Counted, Measure};
use amends_domain::zone::Zone;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::make::agent;
use crate::response_make::{
    buyer, closed, course, judged, laps, minutes, note, opened, person, reopened, robot, solved,
};
use crate::sla_make::{calendar, weekdays};

fn some_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => Just(buyer()),
        4 => Just(person()),
        1 => Just(robot()),
        1 => Just(note()),
        2 => Just(solved()),
        1 => Just(reopened()),
        1 => Just(closed()),
        1 => (1_u8..=5, 1_u32..=3).prop_map(|(score, solution)| judged(score, solution)),
    ]
}

/// All that courses add, as sums.
fn sums(counted: &[Counted]) -> BTreeMap<(String, Measure), i64> {
    let mut sums = BTreeMap::new();
    for one in counted {
        for (day, measure, n) in &one.counts {
            let key = format!("{day} {} {}", one.facets.value(Facet::Length), one.facets.value(Facet::Agent));
            *sums.entry((key, *measure)).or_default() += n;
        }
    }
    sums.retain(|_, n| *n != 0);
    sums
}

/// First and later waits by plain loops over messages in order.
fn plainly(mut talk: Vec<(i64, bool)>) -> Vec<(bool, i64, Option<i64>)> {
    talk.sort_by_key(|(at, _)| *at);
    let (mut answered, mut waits) = (false, Vec::new());
    for i in 0..talk.len() {
        let (from, is_buyer) = talk[i];
        let is_first_word = i == 0 || !talk[i - 1].1;
        if is_buyer && is_first_word {
            let reply = talk[i..].iter().find(|(_, is_buyer)| !is_buyer);
            waits.push((answered, from, reply.map(|(at, _)| at - from)));
        }
        answered |= !is_buyer;
    }
    waits
}

proptest! {
    #[test]
    fn whenever_a_word_is_heard_of_it_counts_when_it_was_said(
        talk in vec((1_i64..5_000, any::<bool>()), 0..12), order in any::<u64>(),
    ) {
        let mut talk = talk;
        talk.sort();
        talk.dedup_by_key(|(at, _)| *at);
        let mut heard: Vec<(i64, Event)> =
            talk.iter().map(|(at, is_buyer)| (*at, if *is_buyer { buyer() } else { person() })).collect();
        heard.push((0, opened(None)));
        // Some order other than that of time.
        heard.sort_by_key(|(at, _)| (*at as u64).wrapping_mul(order | 1));
        let late = minutes(10_000);
        let course = Course::of(
            heard.iter().map(|(at, event)| Entry { event, occurred_at: minutes(*at), recorded_at: late }),
        );
        let story = course.story();
        let waits = plainly(talk);
        for (kind, later) in [(LapKind::First, false), (LapKind::Next, true)] {
            let mine: Vec<_> =
                waits.iter().filter(|wait| wait.0 == later).map(|(_, from, took)| (*from, *took)).collect();
            prop_assert_eq!(laps(&story, kind), mine);
        }
    }

    #[test]
    fn differences_step_by_step_add_up_to_the_whole(
        events in vec((0_i64..9_000, some_event()), 0..30), known_after in 0_usize..30,
    ) {
        let (zone, hours) = (Zone::named("Europe/Berlin"), calendar(weekdays("Europe/Berlin", "9-17")));
        let ann = About { agent: Some(agent("ann")), ..About::default() };
        let (nobody, ann) = (Facets::default(), Facets::new(None, &ann, None));
        let mut course = course(&[(0, opened(None))]);
        let (mut added, mut before) = (Vec::new(), of_case(&course, &nobody, &zone, &hours));
        added.extend(before.clone());
        for (n, (at, event)) in events.iter().enumerate() {
            course.take(Entry { event, occurred_at: minutes(*at), recorded_at: minutes(9_000) });
            let facets = if n < known_after { &nobody } else { &ann };
            let after = of_case(&course, facets, &zone, &hours);
            for one in &before {
                let counts = one.counts.iter().map(|(day, measure, n)| (*day, *measure, -n)).collect();
                added.push(Counted { facets: one.facets.clone(), counts, ..Counted::default() });
            }
            added.extend(after.clone());
            before = after;
        }
        let stored: Course = course.to_string().parse().unwrap();
        prop_assert_eq!(&stored, &course);
        let last = if events.len() > known_after { &ann } else { &nobody };
        prop_assert_eq!(sums(&added), sums(&of_case(&stored, last, &zone, &hours)));
    }
}
