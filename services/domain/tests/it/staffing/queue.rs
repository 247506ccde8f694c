//! A queue that is simulated customer by customer, beside the formula.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::*;
use crate::make_beta::Draws;

/// Shares that waited and were in time, mean wait and occupancy, of one part of a simulation.
type Seen = [f64; 4];

/// Parts a simulation is cut into: neighbours hang together (a long queue is one event, not hundreds),
/// parts of this length hardly do, so their spread says how far their mean may be off.
const PARTS: usize = 30;

/// An M/M/c queue, first come first served. Each customer takes the seat that is free first.
fn simulate(seed: u64, load: &Load, handling: f64, seats: u32, within: f64, each: u32) -> Vec<Seen> {
    let mut draws = Draws::new(seed);
    let mut exponential = |mean: f64| -mean * draws.unit().ln();
    // Times in whole microseconds, so that they can be ordered.
    let micros = |secs: f64| (secs * 1e6).round() as u64;
    let mut free: BinaryHeap<Reverse<u64>> = (0..seats).map(|_| Reverse(0)).collect();
    let mut now = 0_u64;
    let parts = (0..=PARTS).map(|_| {
        let (from, mut sums) = (now, Seen::default());
        for _ in 0..each {
            now += micros(exponential(handling / load.offered()));
            let Reverse(seat) = free.pop().unwrap();
            let service = exponential(handling);
            let wait = seat.saturating_sub(now);
            free.push(Reverse(now + wait + micros(service)));
            let wait = wait as f64 / 1e6;
            let seen = [f64::from(wait > 0.0), f64::from(wait <= within), wait, service];
            sums.iter_mut().zip(seen).for_each(|(sum, one)| *sum += one);
        }
        let n = f64::from(each);
        let [waits, level, wait, busy] = sums;
        [waits / n, level / n, wait / n, busy * 1e6 / ((now - from) as f64 * f64::from(seats))]
    });
    // The first part begins with an empty queue and is no rule.
    parts.skip(1).collect()
}

/// The mean over the parts of one of the four figures, and its standard error.
fn mean(parts: &[Seen], which: usize) -> (f64, f64) {
    let n = parts.len() as f64;
    let mean = parts.iter().map(|part| part[which]).sum::<f64>() / n;
    let squares: f64 = parts.iter().map(|part| (part[which] - mean).powi(2)).sum();
    (mean, (squares / (n - 1.0) / n).sqrt())
}

#[test]
fn a_simulated_queue_waits_as_the_formula_says() {
    // Arrivals an hour, seconds each, agents, chats at once, seconds to answer in.
    let queues = [
        (200.0, 180, 14, 1, 20),
        (200.0, 180, 12, 1, 20),
        (12.0, 600, 3, 1, 60),
        (90.0, 900, 9, 3, 60),
        (600.0, 240, 46, 1, 15),
    ];
    for (seed, (arrivals, handling, agents, at_once, within)) in (1..).zip(queues) {
        let load = Load::new(arrivals, Span::from_hours(1), Span::from_secs(handling), at_once).unwrap();
        let said = figures(&load, agents, within);
        let said = [said.waits, said.level, said.mean_wait, said.occupancy];
        let seen = simulate(seed, &load, handling as f64, agents * at_once, within as f64, 40_000);
        for (which, said) in said.into_iter().enumerate() {
            let (mean, error) = mean(&seen, which);
            assert!(error < 0.06 * said, "{which} of {load:?} is known too badly: {mean} ± {error}");
            near(mean, said, 3.5 * error);
        }
    }
}

#[test]
fn the_fewest_agents_reach_their_goal_in_a_simulated_queue_and_one_fewer_does_not() {
    let load = load(150.0, 60, 300);
    let staff = least(&load, &goal(0.8, 30)).unwrap();
    let level = |agents| mean(&simulate(7, &load, 300.0, agents, 30.0, 15_000), 1);
    let (enough, few) = (level(staff.agents), level(staff.agents - 1));
    assert!(enough.0 >= 0.8 - 3.0 * enough.1, "{enough:?}");
    assert!(few.0 < 0.8 - 3.0 * few.1, "{few:?}");
}
