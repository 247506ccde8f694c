//! Phrases with a gap: two fragments, in this order, without punctuation between, a few words apart.

use crate::alphabet::Class;
use crate::normalise::Letter;

/// More words between, or characters where words are not spaced, and they are no phrase.
const SPACES_MAX: usize = 6;
const UNSPACED_MAX: usize = 12;
const LETTERS_MAX: usize = 48;

/// One side of a phrase with a gap, found in letters of the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fragment {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) number: u32,
}

/// A phrase with a gap, found in letters of the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    /// From where to where the gap is.
    pub(super) gap: (usize, usize),
    pub(super) roles: usize,
}

/// Which fragments make a phrase, and the roles it has.
#[derive(Debug, Default)]
pub(super) struct Gaps {
    /// Second fragment and roles of each pair, by the first fragment.
    pairs: Vec<(u32, usize)>,
    /// Where the pairs of each first fragment begin.
    starts: Vec<u32>,
}

impl Gaps {
    /// From first fragment, second fragment and roles of each, the fragments numbered from 0.
    pub(super) fn new(mut pairs: Vec<(u32, u32, usize)>) -> Self {
        pairs.sort_unstable();
        let count = pairs.iter().map(|(first, second, _)| first.max(second) + 1).max().unwrap_or(0);
        let start = |first: u32| pairs.partition_point(|pair| pair.0 < first);
        let starts = (0..=count).map(|first| u32::try_from(start(first)).unwrap_or(u32::MAX)).collect();
        Self { starts, pairs: pairs.into_iter().map(|(_, second, roles)| (second, roles)).collect() }
    }

    /// The phrases that these fragments make. A fragment closes with the nearest one that fits.
    pub(super) fn close<'a>(
        &'a self,
        letters: &'a [Letter],
        fragments: &'a [Fragment],
    ) -> impl Iterator<Item = Span> + 'a {
        fragments.iter().enumerate().filter_map(|(at, first)| {
            let pairs = self.pairs_of(first.number);
            if pairs.is_empty() {
                return None;
            }
            let after = fragments.iter().skip(at + 1).filter(|second| second.start >= first.end);
            let mut near = after.take_while(|second| second.start <= first.end + LETTERS_MAX);
            near.find_map(|second| {
                let roles = pairs.iter().find(|pair| pair.0 == second.number)?.1;
                let is_near = is_gap(letters.get(first.end..second.start).unwrap_or_default());
                is_near.then_some(Span {
                    start: first.start,
                    end: second.end,
                    gap: (first.end, second.start),
                    roles,
                })
            })
        })
    }

    fn pairs_of(&self, first: u32) -> &[(u32, usize)] {
        let start = |at: usize| self.starts.get(at).map_or(0, |start| *start as usize);
        let at = first as usize;
        self.pairs.get(start(at)..start(at + 1)).unwrap_or_default()
    }
}

fn is_gap(between: &[Letter]) -> bool {
    let count = |is: fn(&Letter) -> bool| between.iter().filter(|letter| is(letter)).count();
    count(|letter| letter.is(Class::ENDS_CLAUSE) || letter.is(Class::ENDS_SENTENCE)) == 0
        && count(|letter| letter.c == ' ') <= SPACES_MAX
        && count(|letter| letter.is(Class::UNSPACED)) <= UNSPACED_MAX
}
