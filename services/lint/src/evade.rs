//! What a text says to the eye though not by its letters: look-alike letters, digits for
//! letters, words spelt out with spaces or dots, characters kept apart.

use std::collections::BTreeMap;

use amends_detect::text::{Class, Letter};

use crate::read::{View, spelt};

/// Fewer single letters in a row are initials.
const SPELT_OUT_MIN: usize = 4;

/// Letters that look like a Latin one.
#[derive(Debug)]
pub(crate) struct Lookalikes {
    latin: BTreeMap<char, char>,
    /// Back from Latin, for Russian words with Latin letters in them.
    cyrillic: BTreeMap<char, char>,
}

impl Lookalikes {
    pub(crate) fn new(pairs: &[(char, char)]) -> Self {
        let cyrillic = pairs.iter().filter(|(from, _)| is_cyrillic(*from)).map(|(from, to)| (*to, *from));
        Self { latin: pairs.iter().copied().collect(), cyrillic: cyrillic.collect() }
    }
}

const fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{52f}')
}

/// Which of the readings of a doubtful sign is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Taste {
    /// Look-alikes are Latin letters, 1 is an i.
    Latin,
    /// 1 is an l.
    LatinL,
    /// Latin letters in Cyrillic words are Cyrillic.
    Cyrillic,
}

/// The other strings that a text may be read as, each once, without the text itself where nothing is odd
/// about it; and which letters belong to words that were spelt out.
pub(crate) fn views(letters: &[Letter], lookalikes: &Lookalikes) -> (Vec<View>, Vec<bool>) {
    let loose = spelt_out(letters);
    let traits = Traits::of(letters, lookalikes, &loose);
    let mut views: Vec<View> = Vec::new();
    if traits.odd {
        views.push(view(letters, lookalikes, &loose, Taste::Latin));
    }
    if traits.one {
        views.push(view(letters, lookalikes, &loose, Taste::LatinL));
    }
    if traits.mixed {
        views.push(view(letters, lookalikes, &loose, Taste::Cyrillic));
    }
    (views, loose)
}

/// What is odd about a text.
#[derive(Default)]
struct Traits {
    odd: bool,
    /// A 1 among letters.
    one: bool,
    /// Latin and Cyrillic letters in one word.
    mixed: bool,
}

impl Traits {
    fn of(letters: &[Letter], lookalikes: &Lookalikes, loose: &[bool]) -> Self {
        let mut traits = Self { odd: loose.contains(&true), ..Self::default() };
        for [a, b] in letters.array_windows() {
            let (digit, latin) = (is_leet(a.c), is_latin(b.folded));
            let beside = (digit && latin) || (is_latin(a.folded) && is_leet(b.c));
            traits.odd |= beside || lookalikes.latin.contains_key(&b.folded) && !is_cyrillic(b.folded);
            traits.one |= beside && (a.c == '1' || b.c == '1');
            traits.mixed |= (is_cyrillic(a.c) && latin) || (is_latin(a.folded) && is_cyrillic(b.c));
        }
        traits.odd |= traits.mixed || letters.array_windows().any(|[a, b, c]| is_pulled(*a, *b, *c));
        // A word all of look-alikes in a text of Latin letters.
        let count = |is: fn(char) -> bool| letters.iter().filter(|letter| is(letter.folded)).count();
        let cyrillic = count(is_cyrillic);
        traits.odd |= cyrillic > 0 && count(is_latin) > cyrillic;
        traits
    }
}

const fn is_latin(c: char) -> bool {
    c.is_ascii_lowercase()
}

const fn is_leet(c: char) -> bool {
    matches!(c, '0' | '1' | '3' | '4' | '5' | '7' | '@' | '$' | '!' | '€')
}

/// Whether the middle one only keeps two letters apart.
fn is_pulled(a: Letter, between: Letter, b: Letter) -> bool {
    let wide = |letter: Letter| letter.is(Class::UNSPACED) || matches!(letter.c, '\u{ac00}'..='\u{d7af}');
    let word = |letter: Letter| letter.is(Class::WORD) && !letter.is(Class::DIGIT) && letter.c != '\'';
    match between.c {
        ' ' => wide(a) && wide(b),
        '.' | '-' | '_' | '*' | '·' | '•' | '|' | '~' | '+' | '/' | '\\' | '^' | '=' => word(a) && word(b),
        _ => false,
    }
}

/// Marks the letters of words of which every letter stands alone.
fn spelt_out(letters: &[Letter]) -> Vec<bool> {
    let mut loose = vec![false; letters.len()];
    let (mut start, mut count, mut last) = (0, 0, 0);
    let is_word = |at: usize| letters.get(at).is_some_and(|letter| letter.is(Class::SPACED));
    for at in 0..=letters.len() {
        let alone =
            is_word(at) && !is_word(at + 1) && at.checked_sub(1).is_none_or(|before| !is_word(before));
        if alone && (count == 0 || at <= last + 3) {
            start = if count == 0 { at } else { start };
            (count, last) = (count + 1, at);
        } else if is_word(at) || at == letters.len() || (count > 0 && at > last + 3) {
            if count >= SPELT_OUT_MIN {
                loose.get_mut(start..=last).unwrap_or_default().fill(true);
            }
            (start, count, last) = if alone { (at, 1, at) } else { (0, 0, 0) };
        }
    }
    loose
}

fn view(letters: &[Letter], lookalikes: &Lookalikes, loose: &[bool], taste: Taste) -> View {
    let mut view = View::with_capacity(letters.len() + letters.len() / 2);
    for (n, letter) in letters.iter().enumerate() {
        let before = n.checked_sub(1).and_then(|n| letters.get(n)).copied();
        let after = letters.get(n + 1).copied();
        let pulled = match (before, after) {
            (Some(a), Some(b)) => is_pulled(a, *letter, b),
            _ => false,
        };
        let is_loose = loose.get(n).copied().unwrap_or(false);
        if pulled || (is_loose && !letter.is(Class::WORD)) {
            continue;
        }
        let Some(c) = spelt(*letter) else { continue };
        let c = resolve(c, letter.c, [before, after].map(|l| l.map(|l| l.folded)), lookalikes, taste);
        if c != ' ' || !view.ends_in_space() {
            view.push(c, n);
        }
    }
    view
}

/// What a sign is meant to be between its neighbours.
fn resolve(c: char, written: char, beside: [Option<char>; 2], lookalikes: &Lookalikes, taste: Taste) -> char {
    if taste == Taste::Cyrillic {
        return lookalikes.cyrillic.get(&c).copied().unwrap_or(c);
    }
    if let Some(latin) = lookalikes.latin.get(&c) {
        return *latin;
    }
    let letters = beside.into_iter().flatten().any(|c| is_latin(c) || lookalikes.latin.contains_key(&c));
    if !letters || !is_leet(written) {
        return c;
    }
    match written {
        '0' => 'o',
        '1' if taste == Taste::LatinL => 'l',
        // At the end of a word it is a mark of exclamation.
        '!' if beside.last().is_some_and(|after| after.is_some_and(is_latin)) => 'i',
        '1' => 'i',
        '3' | '€' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        _ => c,
    }
}
