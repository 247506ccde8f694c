//! Sets of instants as intervals that do not touch, with exact lengths.

use crate::Time;

/// Instants, as intervals `[from, until)` in order, none of which touches the next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Intervals(Vec<(Time, Time)>);

impl Intervals {
    /// All instants of any of these; empty and backward ones hold none.
    #[must_use]
    pub fn of(spans: impl IntoIterator<Item = (Time, Time)>) -> Self {
        let mut spans: Vec<_> = spans.into_iter().filter(|(from, until)| from < until).collect();
        spans.sort_unstable();
        let mut joined: Vec<(Time, Time)> = Vec::with_capacity(spans.len());
        for (from, until) in spans {
            match joined.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(until),
                _ => joined.push((from, until)),
            }
        }
        Self(joined)
    }

    /// The instants of either.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        Self::of(self.0.iter().chain(&other.0).copied())
    }

    /// The instants of both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let (mut mine, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut both = Vec::new();
        while let (Some(a), Some(b)) = (mine.peek(), theirs.peek()) {
            let (from, until) = (a.0.max(b.0), a.1.min(b.1));
            if from < until {
                both.push((from, until));
            }
            if a.1 <= b.1 {
                mine.next();
            } else {
                theirs.next();
            }
        }
        Self(both)
    }

    /// How long they are in each piece between neighbouring cuts, in microseconds; cuts are in order.
    #[must_use]
    pub fn lengths(&self, cuts: &[Time]) -> Vec<i64> {
        let mut lengths = vec![0; cuts.len().saturating_sub(1)];
        for (from, until) in &self.0 {
            add(&mut lengths, cuts, *from, *until);
        }
        lengths
    }
}

/// Adds the length of one interval to the pieces it lies in.
pub(super) fn add(lengths: &mut [i64], cuts: &[Time], from: Time, until: Time) {
    let first = cuts.partition_point(|cut| *cut <= from).saturating_sub(1);
    for (length, piece) in lengths.iter_mut().zip(cuts.windows(2)).skip(first) {
        let [start, end] = piece else { continue };
        if *start >= until {
            break;
        }
        *length += until.min(*end).since(from.max(*start)).micros().max(0);
    }
}
