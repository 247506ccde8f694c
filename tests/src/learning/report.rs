//! Compares what the service estimates with what is true.

use std::collections::BTreeMap;

use amends_domain::detection::Reason;
use amends_domain::learning::moments::{Estimate, Moments};
use amends_domain::rate::Rate;
use amends_domain::remedy::RemedyKind;

use super::play::{Played, Truth};

/// Pieces of the regret curve.
const PIECES: usize = 10;

/// An estimate and the truth; no estimate where the service says nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Compared {
    /// What the service says.
    pub said: Option<Estimate>,
    /// What is true.
    pub truth: f64,
}

/// What one seed showed. Amounts are in minor units.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The seed.
    pub seed: u64,
    /// Cases with the learned order, and in the holdout.
    pub cases: (usize, usize),
    /// What a treated case cost more than the best alternative, expected, in each tenth of the cases.
    pub regret: [f64; PIECES],
    /// The same, had the fixed order been kept, over all.
    pub fixed_regret: f64,
    /// What a treated case cost less than in the fixed order.
    pub saving: Compared,
    /// How many returns fewer were counted.
    pub avoided: Compared,
    /// "This one first, always", by inverse propensity and self-normalised.
    pub always: Vec<(RemedyKind, Compared, Compared)>,
    /// Values that are not what the log makes them.
    pub differences: u64,
}

impl Compared {
    /// Whether the interval holds the truth; none where nothing was said.
    #[must_use]
    pub fn covers(self) -> Option<bool> {
        self.said.map(|said| said.covers(self.truth))
    }
}

impl Truth {
    fn of(&self, kind: RemedyKind) -> (f64, f64) {
        let found = self.expected.iter().find(|(of, _, _)| *of == kind);
        found.map_or((f64::NAN, f64::NAN), |(_, cost, comes_back)| (*cost, *comes_back))
    }

    fn best(&self) -> f64 {
        self.expected.iter().map(|(_, cost, _)| *cost).fold(f64::INFINITY, f64::min)
    }
}

fn mean(numbers: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = numbers.fold((0.0, 0_u32), |(sum, n), x| (sum + x, n + 1));
    sum / f64::from(n)
}

/// Compares estimate and truth.
#[must_use]
pub fn judge(seed: u64, played: &Played) -> Judged {
    let truths = &played.truths;
    let treated: Vec<&Truth> = truths.iter().filter(|t| !t.holdout).collect();
    let regret_of = |t: &Truth, kind| t.of(kind).0 - t.best();
    let mut regret = [0.0; PIECES];
    for (piece, at) in regret.iter_mut().zip(0..) {
        let (from, to) = (treated.len() * at / PIECES, treated.len() * (at + 1) / PIECES);
        *piece = mean(treated[from..to].iter().map(|t| regret_of(t, t.first)));
    }
    let compared = compared(truths);
    let causal = &played.figures.causal;
    let saved = mean(compared.iter().map(|t| t.of(t.fixed).0 - t.of(t.first).0));
    let fewer: f64 = compared.iter().map(|t| t.of(t.fixed).1 - t.of(t.first).1).sum();
    let always = played.figures.always.iter().map(|(kind, found)| {
        let allowed = truths.iter().filter(|t| t.expected.iter().any(|(of, _, _)| of == kind));
        let truth = mean(allowed.map(|t| t.of(*kind).0));
        let with = |said| Compared { said, truth };
        (*kind, with(found.inverse), with(found.normalised))
    });
    Judged {
        seed,
        cases: (treated.len(), truths.len() - treated.len()),
        regret,
        fixed_regret: mean(treated.iter().map(|t| regret_of(t, t.fixed))),
        saving: Compared { said: causal.saving, truth: saved },
        avoided: Compared { said: causal.avoided, truth: fewer },
        always: always.collect(),
        differences: played.differences,
    }
}

/// The treated cases of reasons with two or more on either side: those the estimate speaks of.
fn compared(truths: &[Truth]) -> Vec<&Truth> {
    let mut sizes: BTreeMap<Reason, (u32, u32)> = BTreeMap::new();
    for truth in truths {
        let size = sizes.entry(truth.reason).or_default();
        if truth.holdout { size.0 += 1 } else { size.1 += 1 }
    }
    let enough = |t: &&Truth| sizes.get(&t.reason).is_some_and(|(h, t)| *h >= 2 && *t >= 2);
    truths.iter().filter(|t| !t.holdout).filter(enough).collect()
}

fn money(one: Compared) -> String {
    let yes = if one.covers() == Some(true) { "yes" } else { "NO" };
    let Some(said) = one.said else { return format!("{:.1} | - | -", one.truth) };
    format!("{:.1} | {:.1} ({:.1} to {:.1}) | {yes}", one.truth, said.value, said.lower, said.upper)
}

/// How many intervals hold the truth, and of how many.
fn covered(all: &[Compared]) -> (usize, usize) {
    let told: Vec<bool> = all.iter().filter_map(|one| one.covers()).collect();
    (told.iter().filter(|yes| **yes).count(), told.len())
}

/// So many of so many, with Wilson's interval.
fn share((yes, n): (usize, usize)) -> String {
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let (lower, upper) = Rate::of(count(yes), count(n)).interval.unwrap_or((0.0, 1.0));
    format!("{yes} of {n} ({:.1} % to {:.1} %)", lower * 100.0, upper * 100.0)
}

/// Prints tables as they stand in the documentation.
pub fn print(all: &[Judged]) {
    println!(
        "| seed | learned / holdout | regret, first and last tenth | regret, fixed order | true saving | estimated saving per case | covers | true avoided | estimated avoided | covers |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for one in all {
        println!(
            "| {} | {} / {} | {:.1} → {:.1} | {:.1} | {} | {} |",
            one.seed,
            one.cases.0,
            one.cases.1,
            one.regret[0],
            one.regret[PIECES - 1],
            one.fixed_regret,
            money(one.saving),
            money(one.avoided),
        );
    }
    print_always(all);
    print_summary(all);
}

fn print_always(all: &[Judged]) {
    println!(
        "\n| seed | always first | truth | by inverse propensity | covers | truth | self-normalised | covers |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for one in all {
        for (kind, inverse, normalised) in &one.always {
            println!("| {} | {kind} | {} | {} |", one.seed, money(*inverse), money(*normalised));
        }
    }
}

fn print_summary(all: &[Judged]) {
    let curve = (0..PIECES).map(|at| mean(all.iter().map(|one| one.regret[at])));
    let curve: Vec<String> = curve.map(|point| format!("{point:.1}")).collect();
    println!("\nregret per case by tenth of the cases, mean of seeds: {}", curve.join(", "));
    println!("regret per case in the fixed order: {:.1}", mean(all.iter().map(|one| one.fixed_regret)));
    println!("true saving per case: {:.1}", mean(all.iter().map(|one| one.saving.truth)));
    let pick = |of: fn(&Judged) -> Vec<Compared>| covered(&all.iter().flat_map(of).collect::<Vec<_>>());
    let saving = pick(|one| vec![one.saving]);
    let avoided = pick(|one| vec![one.avoided]);
    let inverse = pick(|one| one.always.iter().map(|a| a.1).collect());
    let normalised = pick(|one| one.always.iter().map(|a| a.2).collect());
    println!("causal saving covers the truth in {} seeds", share(saving));
    println!("causal avoided covers the truth in {} seeds", share(avoided));
    println!("inverse propensity covers the truth in {} estimates", share(inverse));
    println!("self-normalised covers the truth in {} estimates", share(normalised));
    let missed = all.iter().filter_map(|one| one.saving.said.map(|said| said.value - one.saving.truth));
    if let Some(missed) = Moments::of(missed).estimate() {
        println!(
            "estimated less true saving per case, mean of seeds: {:.1} ({:.1} to {:.1})",
            missed.value, missed.lower, missed.upper
        );
    }
    for (name, of) in [("inverse propensity", 1), ("self-normalised", 2)] {
        let every = all.iter().filter(|one| {
            let told = one.always.iter().map(|a| if of == 1 { a.1 } else { a.2 });
            let (yes, n) = covered(&told.collect::<Vec<_>>());
            yes * 10 >= n * 9
        });
        println!("{name}: at least 9 of 10 kinds covered in {} of {} seeds", every.count(), all.len());
    }
    println!("values that differ from the log: {}", all.iter().map(|one| one.differences).sum::<u64>());
}
