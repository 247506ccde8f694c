//! Which gains follow a series best, and how far off its forecasts were.
//!
//! Both are found by forecasting the series' own past: from the end of each
//! week, with nothing that came after it, so far ahead as is known (a rolling
//! origin: L. J. Tashman, International Journal of Forecasting 16 (2000):
//! 437–450). What is chosen is what was nearest over the four weeks ahead, not
//! over one day, since that is what people are planned by.

use super::filter::{Gains, Points, State};

const LEVEL: [f64; 6] = [0.01, 0.03, 0.06, 0.12, 0.24, 0.4];
const TREND: [f64; 3] = [0.0, 0.02, 0.1];
const SEASON: [f64; 3] = [0.0, 0.02, 0.08];

/// Days before the first forecast: what was begun from must not be judged by itself.
const WARM: usize = 28;
/// Below so many days a trend is a guess.
const TREND_DAYS: usize = 84;
/// How far ahead gains are judged.
const JUDGED: usize = 28;
/// The last day of each stretch of the horizon that is judged together.
const STRETCHES: [usize; 5] = [7, 14, 28, 56, FURTHEST];
/// The last day ahead of all.
const FURTHEST: usize = super::HORIZON_MAX as usize;
/// Below so many forecasts a stretch says nothing.
const ORIGINS_MIN: u32 = 8;

/// What a series is forecast with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fit {
    pub(super) gains: Gains,
    /// The variance of a count beside its mean.
    pub(super) dispersion: f64,
    /// How far off the expected number was in each stretch: the mean square beside its square.
    drift: [f64; STRETCHES.len()],
    /// Whether the far stretches were seen at all.
    known: [bool; STRETCHES.len()],
}

pub(super) fn fit(points: &Points) -> Fit {
    let trends = if points.days.len() < TREND_DAYS { &TREND[..1] } else { &TREND[..] };
    let gains = LEVEL.iter().flat_map(|level| {
        let trends = trends.iter();
        trends.flat_map(move |trend| SEASON.map(|season| Gains { level: *level, trend: *trend, season }))
    });
    let judged = gains.map(|gains| (loss(points, gains), gains));
    let least = judged.min_by(|(a, _), (b, _)| a.total_cmp(b));
    let gains = least.map_or(Gains { level: 0.06, trend: 0.0, season: 0.02 }, |(_, gains)| gains);
    scatter(points, gains)
}

/// Every forecast of the series' own past: how far ahead, what was expected, what came, and the day's
/// share of a mean one as it was thought to be at the beginning.
fn past(points: &Points, gains: Gains, horizon: usize, mut see: impl FnMut(usize, f64, f64, f64)) {
    let warm = WARM.min(points.days.len() / 2);
    let mut state = points.begin;
    let begin = State { level: 1.0, trend: 0.0, ..points.begin };
    for (at, point) in points.days.iter().enumerate() {
        if at >= warm && (at - warm).is_multiple_of(7) {
            for (ahead, point) in (1..=horizon).zip(points.days.iter().skip(at)) {
                let Some(count) = point.count else { continue };
                let share = begin.expected(1, point.weekday, point.peak);
                see(ahead, state.expected(ahead, point.weekday, point.peak), count, share);
            }
        }
        state = state.after(*point, gains);
    }
}

/// The mean square of what was wrong over four weeks. A day is weighed by a share that does not depend
/// on the gains: to divide by what was expected would reward expecting much.
fn loss(points: &Points, gains: Gains) -> f64 {
    let (mut sum, mut n) = (0.0, 0.0);
    past(points, gains, JUDGED, |_, expected, count, share| {
        let error = count - expected;
        (sum, n) = (sum + error * error / share.max(0.1), n + 1.0);
    });
    if n > 0.0 { sum / n } else { f64::INFINITY }
}

fn scatter(points: &Points, gains: Gains) -> Fit {
    let dispersion = dispersion(points, gains);
    let mut sums = [(0.0, 0.0, 0_u32); STRETCHES.len()];
    past(points, gains, FURTHEST, |ahead, expected, count, _| {
        let error = count - expected;
        let stretch = STRETCHES.iter().position(|last| ahead <= *last);
        if let Some(sum) = stretch.and_then(|stretch| sums.get_mut(stretch)) {
            let chance = dispersion * expected.max(0.5 / 28.0);
            *sum = (sum.0 + error * error - chance, sum.1 + expected * expected, sum.2 + 1);
        }
    });
    // A stretch further away is not better known than a nearer one.
    let mut worst = 0.0_f64;
    let mut drift = [0.0; STRETCHES.len()];
    let mut known = [false; STRETCHES.len()];
    let before = [0].into_iter().chain(STRETCHES);
    for (((drift, known), (excess, squares, n)), (from, to)) in
        drift.iter_mut().zip(&mut known).zip(sums).zip(before.zip(STRETCHES))
    {
        let days = u32::try_from(to - from).unwrap_or(u32::MAX);
        *known = n >= ORIGINS_MIN.saturating_mul(days);
        if *known && squares > 0.0 {
            worst = worst.max(excess / squares);
        }
        *drift = worst;
    }
    Fit { gains, dispersion, drift, known }
}

/// How much more counts scatter than a Poisson's: the mean of Pearson's squares one day ahead (P.
/// McCullagh and J. A. Nelder, Generalized Linear Models, 2nd ed. 1989, §4.5).
fn dispersion(points: &Points, gains: Gains) -> f64 {
    let warm = WARM.min(points.days.len() / 2);
    let (mut sum, mut n, mut state) = (0.0, 0.0, points.begin);
    for (at, point) in points.days.iter().enumerate() {
        if let Some(count) = point.count.filter(|_| at >= warm) {
            let expected = state.expected(1, point.weekday, point.peak);
            sum += (count - expected).powi(2) / expected.max(0.1);
            n += 1.0;
        }
        state = state.after(*point, gains);
    }
    if n > 0.0 { (sum / n).max(1.0) } else { 1.0 }
}

impl Fit {
    /// How far off the expected number may be so many days ahead: the variance beside its square.
    ///
    /// What was seen in the past, and never less than what the gains alone make of the surprises until
    /// then (each moves the level by so much of it); twice that where the past is too short to tell.
    pub(super) fn drift(&self, ahead: usize, level: f64) -> f64 {
        let stretch = STRETCHES.iter().position(|last| ahead <= *last).unwrap_or(STRETCHES.len() - 1);
        let seen = self.drift.get(stretch).copied().unwrap_or(0.0);
        let known = self.known.get(stretch).copied().unwrap_or(false);
        let Gains { level: gain, trend, .. } = self.gains;
        let moved = (1..ahead).map(|day| (gain * (1.0 + trend * (day.min(50)) as f64)).powi(2)).sum::<f64>();
        let moved = moved * self.dispersion / level.max(0.5);
        seen.max(if known { moved } else { 2.0 * moved })
    }
}
