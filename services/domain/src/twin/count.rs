//! What a figure comes to, in whole numbers.

use super::edge::{Window, last_closed, window};
use super::judge::{Standing, judge, took};
use super::{Comparator, Conversation, Formula, Latest, Presence, Target, Twin};
use crate::Time;

/// One rate that goes into a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// How many were answered in time.
    pub answered: u32,
    /// Of how many.
    pub of: u32,
    /// What the rate weighs, in percent.
    pub weight: u8,
}

/// A figure at a cut-off.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The first instant of its window.
    pub from: Time,
    /// The cut-off: the first instant after its window.
    pub cut_off: Time,
    /// The moment from which on nothing changes it.
    pub closes: Time,
    /// The upper part: of rates, conversations in time (weighted ones over a common denominator); of a
    /// mean, microseconds.
    pub numerator: i128,
    /// The lower part.
    pub denominator: i128,
    /// Their quotient: a share of 1, or seconds. None where there are too few conversations.
    pub value: Option<f64>,
    /// Whether it reaches the target, by the whole numbers; none where it has no value.
    pub reached: Option<bool>,
    /// How many conversations it is counted over.
    pub counted: u32,
    /// The rates it is made of: of all, and of the newest where those weigh more; none of a mean.
    pub parts: Vec<Part>,
    /// What each conversation is to it, in the order in which they were given.
    pub standings: Vec<Standing>,
}

/// A figure at the last cut-off that is over at a time, from what is known then.
///
/// Conversations come in any order, each once. Which row is in force, the caller asks
/// [`in_force`](super::in_force).
#[must_use]
pub fn figure(twin: &Twin, place: &Presence, conversations: &[Conversation], at: Time) -> Figure {
    let window = window(twin, place, last_closed(twin, place, at), at);
    let answers: Vec<Option<Time>> = conversations.iter().map(|c| c.answered(at)).collect();
    count(twin, place, window, conversations, &answers)
}

/// The figure of a window when the conversations were answered at those times.
pub(super) fn count(
    twin: &Twin,
    place: &Presence,
    window: Window,
    conversations: &[Conversation],
    answers: &[Option<Time>],
) -> Figure {
    let all = conversations.iter().zip(answers);
    let standings: Vec<Standing> =
        all.clone().map(|(c, answered)| judge((twin, place), window, c, *answered)).collect();
    let counting = || all.clone().zip(&standings).filter(|(_, standing)| standing.counts());
    let counted = whole(counting().count());
    let (numerator, denominator, parts) = match twin.formula {
        Formula::MeanTime => {
            let times = counting().map(|((c, answered), _)| i128::from(took(c, *answered).micros()));
            (times.sum(), i128::from(counted), Vec::new())
        }
        Formula::SameDay { .. } => rate(&order(conversations, &standings), None),
        Formula::Within { latest, .. } => rate(&order(conversations, &standings), latest),
    };
    let enough = counted >= twin.conversations_min && denominator > 0;
    Figure {
        from: window.from,
        cut_off: window.to,
        closes: window.closes,
        numerator,
        denominator,
        value: enough.then(|| quotient(twin, numerator, denominator)),
        reached: enough.then(|| lacking(twin, numerator, denominator) <= 0),
        counted,
        parts,
        standings,
    }
}

pub(super) fn whole(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Those that count, the newest first, by their place among all. Of two that came at one moment the one
/// with the greater id is the newer, so that the order is always the same.
pub(super) fn order(conversations: &[Conversation], standings: &[Standing]) -> Vec<(usize, Standing)> {
    let all = conversations.iter().zip(standings).enumerate();
    let mut counting: Vec<_> = all.filter(|(_, (_, standing))| standing.counts()).collect();
    counting.sort_by(|(_, (a, _)), (_, (b, _))| (b.received_at, &b.id).cmp(&(a.received_at, &a.id)));
    counting.into_iter().map(|(at, (_, standing))| (at, *standing)).collect()
}

/// How many of so many are the newest.
pub(super) fn newest(of: u32, latest: Latest) -> u32 {
    let part = u64::from(of) * u64::from(latest.share);
    u32::try_from(part.div_ceil(100)).unwrap_or(of)
}

/// `a/n`, or `((100 − w)·a/n + w·b/k)/100` over one denominator, `100·n·k`.
fn rate(order: &[(usize, Standing)], latest: Option<Latest>) -> (i128, i128, Vec<Part>) {
    let part = |of: u32, weight| {
        let newest = order.iter().take(of as usize);
        let answered = whole(newest.filter(|(_, standing)| *standing == Standing::InTime).count());
        Part { answered, of, weight }
    };
    let all = whole(order.len());
    let Some(latest) = latest else {
        let part = part(all, 100);
        return (i128::from(part.answered), i128::from(all), vec![part]);
    };
    let whole = part(all, 100 - latest.weight.min(100));
    let new = part(newest(all, latest), latest.weight);
    let of =
        |one: Part, other: Part| i128::from(one.weight) * i128::from(one.answered) * i128::from(other.of);
    let numerator = of(whole, new) + of(new, whole);
    (numerator, 100 * i128::from(whole.of) * i128::from(new.of), vec![whole, new])
}

fn quotient(twin: &Twin, numerator: i128, denominator: i128) -> f64 {
    let value = numerator as f64 / denominator as f64;
    match twin.formula {
        Formula::MeanTime => value / 1e6,
        Formula::SameDay { .. } | Formula::Within { .. } => value,
    }
}

/// By how much a figure misses its target: nothing or less where it reaches it. Of rates in hundredths of
/// the numerator, of a mean in microseconds.
pub(super) fn lacking(twin: &Twin, numerator: i128, denominator: i128) -> i128 {
    let above = match twin.target {
        Target::Percent(percent) => 100 * numerator - i128::from(percent) * denominator,
        Target::Time(time) => numerator - i128::from(time.micros()) * denominator,
    };
    match twin.comparator {
        Comparator::AtLeast => -above,
        Comparator::AtMost => above,
    }
}
