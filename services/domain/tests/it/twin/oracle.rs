//! The same figures again, slowly: plain loops over days and conversations, written from the words of
//! `docs/marketplace-twins.md`, with none of the code they are compared with.

use amends_domain::twin::{Formula, Latest, Target};
use jiff::civil::Date;

use super::drawn::{Shop, means, worlds};
use super::*;

/// An answered share or a sum of microseconds, of so many; and whether it reaches the target.
#[derive(Debug, PartialEq)]
struct Slow {
    value: Option<f64>,
    reached: Option<bool>,
    counted: usize,
}

/// The answer of each conversation as it is known at a time.
fn known(conversations: &[Conversation], at: Time) -> Vec<Option<Time>> {
    let known = |c: &Conversation| match c.answer {
        Answer::Human(answered) if answered <= at => Some(answered.max(c.received_at)),
        _ => None,
    };
    conversations.iter().map(known).collect()
}

fn share(twin: &Twin, answered: usize, of: usize) -> Slow {
    let Target::Percent(percent) = twin.target else { panic!() };
    if of < twin.conversations_min as usize {
        return Slow { value: None, reached: None, counted: of };
    }
    let reached = answered * 100 >= of * usize::from(percent);
    Slow { value: Some(answered as f64 / of as f64), reached: Some(reached), counted: of }
}

fn slow_days(
    twin: &Twin,
    shop: &Shop,
    last: Date,
    all: &[Conversation],
    answers: &[Option<Time>],
    at: Time,
) -> Slow {
    let (mut answered, mut of, mut sum) = (0, 0, 0);
    for back in 0..i64::from(twin.window_days) {
        let day = last - jiff::Span::new().days(back);
        if shop.holidays.contains(&day) {
            continue;
        }
        let (from, to) = (shop.wall(day.yesterday().unwrap(), twin.cut_off), shop.wall(day, twin.cut_off));
        for (c, answer) in all.iter().zip(answers) {
            let here = c.received_at >= from && c.received_at < to && c.received_at <= at;
            if !here || shop.is_away(c.received_at) {
                continue;
            }
            match twin.formula {
                Formula::SameDay { answer_by } => {
                    of += 1;
                    answered += usize::from(answer.is_some_and(|at| at <= shop.wall(day, answer_by)));
                }
                _ => {
                    let Some(answer) = answer.filter(|at| *at < shop.wall(last, twin.cut_off)) else {
                        continue;
                    };
                    of += 1;
                    sum += answer.micros() - c.received_at.micros();
                }
            }
        }
    }
    let Target::Time(time) = twin.target else { return share(twin, answered, of) };
    let value = (of > 0).then(|| sum as f64 / 1e6 / of as f64);
    let reached = (of > 0).then(|| sum <= time.micros() * of as i64);
    Slow { value, reached, counted: of }
}

fn slow_within(
    twin: &Twin,
    shop: &Shop,
    last: Date,
    all: &[Conversation],
    answers: &[Option<Time>],
    at: Time,
) -> Slow {
    let Formula::Within { limit, latest } = twin.formula else { panic!() };
    let first = last - jiff::Span::new().days(i64::from(twin.window_days));
    let (from, to) = (shop.wall(first, twin.cut_off), shop.wall(last, twin.cut_off));
    let mut counted = Vec::new();
    for (c, answer) in all.iter().zip(answers) {
        let over = c.received_at + limit;
        let holiday = twin.holidays.as_str() == "OUT" && shop.holidays.contains(&shop.date(c.received_at));
        if over >= from && over < to && c.received_at <= at && !shop.is_away(c.received_at) && !holiday {
            counted.push((c.received_at, c.id.clone(), answer.is_some_and(|at| at <= over)));
        }
    }
    let good = |some: &[(Time, ConversationId, bool)]| some.iter().filter(|(_, _, good)| *good).count();
    let plain = share(twin, good(&counted), counted.len());
    let (Some(Latest { share: part, weight }), Some(rate)) = (latest, plain.value) else { return plain };
    counted.sort();
    let newest = (counted.len() * usize::from(part)).div_ceil(100);
    let newest = &counted[counted.len() - newest..];
    let weight = usize::from(weight);
    let value = (100 - weight) as f64 / 100.0 * rate
        + weight as f64 / 100.0 * good(newest) as f64 / newest.len() as f64;
    // Exactly, over a common denominator.
    let (a, n, b, k) = (good(&counted), counted.len(), good(newest), newest.len());
    let Target::Percent(percent) = twin.target else { panic!() };
    let reached = (100 - weight) * a * k + weight * b * n >= usize::from(percent) * n * k;
    Slow { value: Some(value), reached: Some(reached), counted: n }
}

fn slow(
    twin: &Twin,
    shop: &Shop,
    last: Date,
    all: &[Conversation],
    answers: &[Option<Time>],
    at: Time,
) -> Slow {
    match twin.formula {
        Formula::Within { .. } => slow_within(twin, shop, last, all, answers, at),
        _ => slow_days(twin, shop, last, all, answers, at),
    }
}

fn same(found: &amends_domain::twin::Figure, slow: &Slow) -> Result<(), TestCaseError> {
    prop_assert_eq!(found.counted as usize, slow.counted);
    prop_assert_eq!(found.reached, slow.reached);
    match (found.value, slow.value) {
        (Some(found), Some(slow)) => {
            prop_assert!((found - slow).abs() <= 1e-9 * slow.abs(), "{found} {slow}")
        }
        (found, slow) => prop_assert_eq!(found, slow),
    }
    Ok(())
}

/// How few of the open ones must be answered now, by trying every set of them.
fn fewest(open: &[usize], reached: impl Fn(&[usize]) -> bool) -> Option<usize> {
    let sets = 0_u32..1 << open.len();
    let set = |bits: u32| (0..open.len()).filter(|n| bits >> n & 1 == 1).map(|n| open[n]).collect::<Vec<_>>();
    sets.filter(|bits| reached(&set(*bits))).map(u32::count_ones).min().map(|n| n as usize)
}

/// That the list of a world is enough, and nothing shorter.
fn check(shop: &Shop, at: Time, all: &[Conversation], twin: &Twin) -> Result<(), TestCaseError> {
    let (_, coming) = shop.days(twin, at);
    let count = |answers: &[Option<Time>]| slow(twin, shop, coming, all, answers, at);
    let known = known(all, at);
    let found = next(twin, &shop.presence(), all, at);
    same(&found.if_none, &count(&known))?;
    let open: Vec<usize> =
        (0..all.len()).filter(|n| known[*n].is_none() && all[*n].received_at <= at).collect();
    let with = |set: &[usize], when: &dyn Fn(usize) -> Time| {
        let mut answers = known.clone();
        set.iter().for_each(|n| answers[*n] = Some(when(*n)));
        count(&answers)
    };
    same(&found.if_all, &with(&open, &|_| at))?;
    let least = fewest(&open, |set| with(set, &|_| at).reached == Some(true));
    let listed: Vec<usize> = ids(&found.rescue).iter().map(|id| id.parse().unwrap()).collect();
    match &found.rescue {
        Rescue::NoValue => prop_assert_eq!(found.if_none.value, None),
        Rescue::Safe => prop_assert_eq!(found.if_none.reached, Some(true)),
        Rescue::Answer(list) => {
            prop_assert_eq!(least, Some(list.len()));
            let until = |n: usize| list.iter().find(|todo| todo.id == all[n].id).unwrap().until;
            prop_assert_eq!(with(&listed, &until).reached, Some(true));
            prop_assert!(list.iter().all(|todo| todo.until >= at));
            prop_assert!(list.is_sorted_by_key(|todo| (todo.until, todo.received_at)));
            // One of them left out, or answered a moment after its time, and it is missed.
            for (n, _) in listed.iter().enumerate() {
                let mut fewer = listed.clone();
                fewer.remove(n);
                prop_assert!(with(&fewer, &until).reached != Some(true));
            }
            // Of a mean all of them, since its moment is rounded to a microsecond for all together.
            let mean = twin.formula == Formula::MeanTime;
            let late =
                |n: usize| if mean || n == listed[0] { until(n) + Span::from_micros(1) } else { until(n) };
            prop_assert!(with(&listed, &late).reached != Some(true));
        }
        Rescue::Lost(_) => {
            prop_assert_eq!(least, None);
            let best = with(&listed, &|_| at).value;
            for n in &open {
                let more = with(&[&listed[..], &[*n]].concat(), &|_| at).value;
                let better = if twin.comparator.as_str() == "AT_LEAST" { more > best } else { more < best };
                prop_assert!(!better || listed.contains(n), "{n} would help");
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]
    #[test]
    fn a_figure_is_what_plain_loops_count((shop, at, all, twin) in worlds()) {
        let (last, _) = shop.days(&twin, at);
        let found = figure(&twin, &shop.presence(), &all, at);
        prop_assert_eq!(found.cut_off, shop.wall(last, twin.cut_off));
        same(&found, &slow(&twin, &shop, last, &all, &known(&all, at), at))?;
        let counts = found.standings.iter().filter(|standing| standing.counts()).count();
        prop_assert_eq!(counts, found.counted as usize);
    }

    #[test]
    fn the_list_is_enough_and_nothing_shorter_is((shop, at, all, twin) in prop_oneof![5 => worlds(), 1 => means()]) {
        check(&shop, at, &all, &twin)?;
    }
}

/// What is drawn reaches every way it can end with every formula, so that the tests above see them all.
#[test]
fn the_worlds_that_are_drawn_hold_every_outcome_of_every_formula() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut seen = std::collections::BTreeMap::<(&str, &str), u32>::new();
    for _ in 0..3_000 {
        let (shop, at, all, twin) =
            prop_oneof![5 => worlds(), 1 => means()].new_tree(&mut runner).unwrap().current();
        let formula = match twin.formula {
            Formula::SameDay { .. } => "same day",
            Formula::MeanTime => "mean",
            Formula::Within { latest: None, .. } => "within",
            Formula::Within { latest: Some(_), .. } => "weighted",
        };
        let outcome = match next(&twin, &shop.presence(), &all, at).rescue {
            Rescue::NoValue => "no value",
            Rescue::Safe => "safe",
            Rescue::Answer(list) if list.len() > 1 => "several",
            Rescue::Answer(_) => "one",
            Rescue::Lost(_) => "lost",
        };
        *seen.entry((formula, outcome)).or_default() += 1;
    }
    let few: Vec<_> = seen.iter().filter(|(_, n)| **n < 10).collect();
    assert!(seen.len() == 20 && few.is_empty(), "{seen:?}");
}
