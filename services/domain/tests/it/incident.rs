//! Complaints beside a control chart: what is a signal, what is none, how often it errs, how soon it hears.

use amends_domain::incident::chart::{ALARMS_PER_LOOK, Point, Signal, Watch, judge};
use amends_domain::statistics::chart::{Sample, Verdict};

use crate::make::at;

const WATCH: Watch = Watch { on: true, least_complaints: 5, least_units: 30, base_weeks: 12 };

fn of(count: u64, size: u64) -> Sample {
    Sample { count, size }
}

/// Twelve weeks with two complaints of 160 units each, in a shop with 200 pairs.
fn after_usual(week: Sample) -> Point {
    judge(&WATCH, &[of(2, 160); 12], week, 200)
}

#[test]
fn a_share_far_above_the_usual_one_is_a_signal_and_a_little_above_is_none() {
    assert_eq!(WATCH, Watch::default());
    let many = after_usual(of(16, 160));
    assert!(many.signals, "{many:?}");
    assert_eq!((many.base, many.weeks), (of(24, 1_920), 12));
    // Beyond three deviations, and yet to be expected where 200 pairs are looked at every day.
    let some = after_usual(of(9, 160));
    assert_eq!((some.judged.verdict, some.signals), (Verdict::Above, false));
    let few = after_usual(of(3, 160));
    assert_eq!((few.judged.verdict, few.signals), (Verdict::Within, false));
}

#[test]
fn the_bound_is_shared_by_all_pairs_that_are_looked_at() {
    let first = (5..40).find(|count| after_usual(of(*count, 160)).signals).unwrap();
    let at_first = after_usual(of(first, 160)).chance.unwrap();
    let before = after_usual(of(first - 1, 160)).chance.unwrap();
    assert!(at_first <= ALARMS_PER_LOOK / 200.0 && before > ALARMS_PER_LOOK / 200.0);
    let alone = judge(&WATCH, &[of(2, 160); 12], of(first - 1, 160), 14);
    assert!(alone.signals, "fewer pairs, less chance: {alone:?}");
}

#[test]
fn every_bound_is_kept_exactly() {
    let steady = |weeks: usize, week| judge(&WATCH, &vec![of(1, 400); weeks], week, 14);
    assert!(steady(8, of(12, 400)).signals && !steady(7, of(12, 400)).signals);
    let rare = |week| judge(&WATCH, &[of(0, 4_000); 12], week, 14);
    assert!(rare(of(5, 400)).signals && !rare(of(4, 400)).signals);
    let small = |size| judge(&WATCH, &[of(0, 60); 12], of(8, size), 14).signals;
    assert!(small(30) && !small(29));
    let other = Watch { least_complaints: 13, ..WATCH };
    assert!(!judge(&other, &[of(1, 400); 12], of(12, 400), 14).signals);
}

#[test]
fn nothing_is_said_of_what_is_not_known() {
    let none = judge(&WATCH, &[], of(9, 100), 14);
    assert_eq!((none.chance, none.judged.verdict, none.signals), (None, Verdict::Unknown, false));
    let unsold = judge(&WATCH, &[of(1, 100); 12], of(9, 0), 14);
    assert_eq!((unsold.chance, unsold.signals), (None, false));
    // Weeks without deliveries are no weeks of the base.
    let mixed: Vec<Sample> = [[of(1, 400); 7], [of(0, 0); 7]].concat();
    assert_eq!(judge(&WATCH, &mixed, of(12, 400), 14).weeks, 7);
    // More complaints than units: every unit.
    let all = judge(&WATCH, &[of(1, 40); 12], of(60, 40), 14);
    assert_eq!((all.judged.sample, all.signals), (of(60, 60), true));
}

#[test]
fn a_first_complaint_ever_has_no_factor_but_a_chance() {
    let heard = |base| Signal { from: at(1), until: at(8), week: of(6, 100), base, weeks: 12, pairs: 14 };
    let first = heard(of(0, 1_200));
    assert_eq!((first.expected(), first.factor()), (0.0, None));
    // (100 / 1,300)⁶
    assert!((first.chance() - (1.0_f64 / 13.0).powi(6)).abs() < 1e-15);
    let tripled = heard(of(24, 1_200));
    assert_eq!((tripled.expected(), tripled.factor()), (2.0, Some(3.0)));
}

/// SplitMix64 (Steele, Lea and Flood, 2014).
struct Draws(u64);

impl Draws {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn of(&mut self, size: u64, chance: f64) -> Sample {
        let count = (0..size).filter(|_| self.unit() < chance).count();
        Sample { count: u64::try_from(count).unwrap(), size }
    }
}

#[test]
fn false_alarms_are_as_seldom_as_promised_and_a_tripled_share_is_heard_in_weeks() {
    let mut draws = Draws(7);
    let (pairs, weeks) = (300_u64, 100);
    let (mut alarms, mut beyond) = (0, 0);
    for _ in 0..pairs {
        let chance = 0.001 + 0.02 * draws.unit();
        let series: Vec<Sample> = (0..12 + weeks).map(|_| draws.of(120, chance)).collect();
        for window in series.windows(13) {
            let (week, before) = window.split_last().unwrap();
            let point = judge(&WATCH, before, *week, pairs);
            alarms += u32::from(point.signals);
            beyond += u32::from(point.judged.verdict == Verdict::Above);
        }
    }
    // 100 looks promise one false one at most on average, where the limits alone would have raised dozens.
    assert!(alarms <= 2 && beyond >= 20, "{alarms} {beyond}");

    let mut delays = Vec::new();
    for _ in 0..200 {
        let mut series: Vec<Sample> = (0..12).map(|_| draws.of(400, 0.02)).collect();
        let heard = (1..=8).find(|_| {
            let week = draws.of(400, 0.06);
            let signals = judge(&WATCH, &series[series.len() - 12..], week, 100).signals;
            series.push(week);
            signals
        });
        delays.push(heard.unwrap_or(9));
    }
    delays.sort_unstable();
    let within = |weeks| delays.iter().filter(|delay| **delay <= weeks).count();
    println!("{alarms} and {beyond}; heard in one week {}, in two {}", within(1), within(2));
    assert_eq!(delays[100], 1);
    assert!(within(2) >= 160, "{}", within(2));
}

/// What `docs/incidents.md` says about twelve usual weeks and one that is not.
#[test]
fn the_worked_example_of_the_docs_is_what_the_rule_says() {
    let base = [1, 3, 2, 2, 0, 4, 2, 1, 3, 2, 2, 2].map(|count| of(count, 160));
    let mut rows = String::new();
    for count in [5, 7, 9, 12] {
        let point = judge(&WATCH, &base, of(count, 160), 200);
        let limits = point.judged.limits.unwrap();
        let (factor, chance) = (point.judged.factor.unwrap(), point.chance.unwrap());
        let (above, signal) = (point.judged.verdict == Verdict::Above, point.signals);
        let word = |yes| if yes { "yes" } else { "no" };
        rows.push_str(&format!(
            "| {count} of 160 | 2.0 | {factor:.1} | {:.2} % | {} | {chance:.1e} | {} |\n",
            limits.upper * 100.0,
            word(above),
            word(signal)
        ));
    }
    let page = include_str!("../../../../docs/incidents.md");
    assert!(page.contains(&rows), "{rows}");
}
