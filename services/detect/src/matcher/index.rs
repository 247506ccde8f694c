//! Phrases by their hashes, and the beginnings of phrases as bits.

/// What is known of one phrase, in four bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pattern(u32);

impl Pattern {
    /// A phrase with these roles; a word may go on at its open ends.
    pub(super) fn with_roles(roles: usize, open: [bool; 2]) -> Self {
        Self::new(roles, open, false)
    }

    /// One side of a phrase with a gap.
    pub(super) fn of_fragment(number: usize, open: [bool; 2]) -> Self {
        Self::new(number, open, true)
    }

    fn new(number: usize, [start, end]: [bool; 2], is_fragment: bool) -> Self {
        let bits = u32::from(start) << 2 | u32::from(end) << 1 | u32::from(is_fragment);
        Self(u32::try_from(number).unwrap_or(u32::MAX >> 3) << 3 | bits)
    }

    pub(super) const fn open_start(self) -> bool {
        self.0 & 4 != 0
    }

    pub(super) const fn open_end(self) -> bool {
        self.0 & 2 != 0
    }

    pub(super) const fn roles(self) -> usize {
        (self.0 >> 3) as usize
    }

    pub(super) fn fragment(self) -> Option<u32> {
        (self.0 & 1 != 0).then_some(self.0 >> 3)
    }
}

/// A spelling as two hashes: by one it is found, the other finds out two spellings with one hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spelling {
    hash: u64,
    check: u32,
}

/// A spelling and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    spelling: Spelling,
    pattern: Pattern,
}

impl Entry {
    pub(super) const fn new(spelling: Spelling, pattern: Pattern) -> Self {
        Self { spelling, pattern }
    }
}

/// The phrases of one language.
#[derive(Debug)]
pub(super) struct Index {
    /// In ascending order; equal ones stand together.
    hashes: Vec<u64>,
    /// In the order of `hashes`.
    patterns: Vec<Pattern>,
    /// Where the hashes with the same first bits begin: the search is a look at a few.
    starts: Vec<u32>,
    first_bits: u32,
    /// Which hashes there are: asked before the list is searched.
    ends: Bits,
    at_words: Bits,
    /// Beginnings of phrases that may begin within a word.
    anywhere: Bits,
    /// The letters of the longest phrase: bits alone could lead on without end.
    longest: usize,
}

impl Index {
    /// An index with room for about so many phrases.
    pub(super) fn new(phrases: usize) -> Self {
        Self {
            hashes: Vec::new(),
            patterns: Vec::new(),
            starts: Vec::new(),
            first_bits: phrases.next_power_of_two().ilog2().saturating_sub(1).max(1),
            ends: Bits::new(phrases * ENDS_BITS),
            at_words: Bits::new(phrases * BEGINNINGS_BITS),
            anywhere: Bits::new(phrases * ENDS_BITS),
            longest: 0,
        }
    }

    /// Learns how a phrase begins; answers its spelling.
    pub(super) fn learn(&mut self, chars: impl Iterator<Item = char>, open: [bool; 2]) -> Spelling {
        let (mut spelling, mut count) = (Spelling { hash: SEED, check: 0 }, 0);
        for c in chars {
            count += 1;
            spelling.hash = mix(spelling.hash, c);
            spelling.check = (spelling.check.rotate_left(5) ^ c as u32).wrapping_mul(0x9e37_79b1);
            self.at_words.insert(spelling.hash);
            if open.first() == Some(&true) {
                self.anywhere.insert(spelling.hash);
            }
        }
        self.ends.insert(spelling.hash);
        self.longest = self.longest.max(count);
        spelling
    }

    /// The index with these phrases in it.
    pub(super) fn with(mut self, mut entries: Vec<Entry>) -> Result<Self, String> {
        entries.sort_unstable();
        let is_other = |a: Spelling, b: Spelling| a.hash == b.hash && a.check != b.check;
        if entries.array_windows().any(|[a, b]| is_other(a.spelling, b.spelling)) {
            return Err("two phrases have one hash; one must be written otherwise".to_owned());
        }
        self.hashes = entries.iter().map(|entry| entry.spelling.hash).collect();
        self.patterns = entries.iter().map(|entry| entry.pattern).collect();
        let first = |hash: &u64| (hash >> (u64::BITS - self.first_bits)) as usize;
        let starts_of = |bits: usize| self.hashes.partition_point(|hash| first(hash) < bits);
        let starts = (0..1 << self.first_bits).map(|bits| u32::try_from(starts_of(bits)).unwrap_or(u32::MAX));
        self.starts = starts.collect();
        Ok(self)
    }

    /// The letters of the longest phrase.
    pub(super) const fn longest(&self) -> usize {
        self.longest
    }

    /// Reading from a place, at the start of a word or within one.
    #[inline]
    pub(super) fn run(&self, starts_word: bool) -> Run<'_> {
        let beginnings = if starts_word { &self.at_words } else { &self.anywhere };
        Run { index: self, beginnings, hash: SEED }
    }
}

/// A reading that has come so far.
#[derive(Debug)]
pub(super) struct Run<'a> {
    index: &'a Index,
    beginnings: &'a Bits,
    hash: u64,
}

impl<'a> Run<'a> {
    /// Reads one more letter; says whether a phrase may begin like this.
    #[inline]
    pub(super) fn goes_on(&mut self, c: char) -> bool {
        self.hash = mix(self.hash, c);
        self.beginnings.has(self.hash)
    }

    /// The phrases that end here.
    #[inline]
    pub(super) fn found(&self) -> impl Iterator<Item = Pattern> + use<'a> {
        let patterns: &'a [Pattern] = match self.index.ends.has(self.hash) {
            true => self.search(),
            false => &[],
        };
        patterns.iter().copied()
    }

    fn search(&self) -> &'a [Pattern] {
        let index = self.index;
        let start = index.starts.get((self.hash >> (u64::BITS - index.first_bits)) as usize).copied();
        let start = start.unwrap_or_default() as usize;
        let first = start + index.hashes.iter().skip(start).take_while(|hash| **hash < self.hash).count();
        let same = index.hashes.iter().skip(first).take_while(|hash| **hash == self.hash).count();
        index.patterns.get(first..first + same).unwrap_or_default()
    }
}

/// Bits for each phrase: its ends are one, its beginnings a handful that no other phrase shares.
const ENDS_BITS: usize = 8;
const BEGINNINGS_BITS: usize = 32;

/// A set of hashes that now and then says yes wrongly.
#[derive(Debug)]
struct Bits {
    words: Vec<u64>,
    mask: u64,
}

impl Bits {
    fn new(bits: usize) -> Self {
        let size = bits.next_power_of_two().max(64);
        Self { words: vec![0; size / 64], mask: size as u64 - 1 }
    }

    fn insert(&mut self, hash: u64) {
        let (word, bit) = self.place(hash);
        if let Some(word) = self.words.get_mut(word) {
            *word |= bit;
        }
    }

    #[inline]
    const fn place(&self, hash: u64) -> (usize, u64) {
        let place = hash & self.mask;
        ((place >> 6) as usize, 1 << (place & 63))
    }

    #[inline]
    fn has(&self, hash: u64) -> bool {
        let (word, bit) = self.place(hash);
        self.words.get(word).is_some_and(|word| word & bit != 0)
    }
}

const SEED: u64 = 0x51ed;

/// The low bits of the result depend on all of what was read.
#[inline]
const fn mix(hash: u64, c: char) -> u64 {
    (hash ^ c as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23)
}
