//! What the model sees of a text: hashed n-grams of characters and of words.
//!
//! Characters are folded first, so that "não" and "nao", "ё" and "е" are one thing: buyers
//! type both. N-grams run across words, because "not broken" is not "broken"; measured on
//! twenty languages, lengths 3–5 across words did best; a character that is a word counts alone.

use unicode_normalization::UnicodeNormalization;

use crate::normalise::Mapped;

/// Goes up whenever the same text would give other features: a model is of one version.
pub(crate) const FEATURES_VERSION: u32 = 1;

/// Shorter ones say little in scripts of letters, and there are many.
const CHARS_MIN: usize = 3;
const CHARS_MAX: usize = 5;
const WORDS_MAX: usize = 2;
/// Seeds that keep the kinds of features apart.
const CHAR_SEED: u64 = 0x1234;
const WORD_SEED: u64 = 0xabcd;

/// A folded character and the byte of the normalised text at which it stood.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Letter {
    pub(crate) c: char,
    pub(crate) at: u32,
    /// Whether it belongs to a word, as against space and punctuation.
    pub(crate) is_word: bool,
}

impl Letter {
    const fn space(at: u32) -> Self {
        Self { c: ' ', at, is_word: false }
    }
}

/// One feature: its hash and the letters it covers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Feature {
    pub(crate) hash: u64,
    pub(crate) first: usize,
    pub(crate) letters: usize,
}

impl Feature {
    /// The half of its hash by which tables know it.
    #[inline]
    pub(crate) const fn id(self) -> u32 {
        let mixed = (self.hash ^ (self.hash >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed >> 32) as u32
    }
}

/// The folded characters of a normalised text, between two spaces.
pub(crate) fn letters(text: &Mapped) -> Vec<Letter> {
    let mut letters = Vec::with_capacity(text.text.len() + 2);
    letters.push(Letter::space(0));
    for (at, c) in text.text.char_indices() {
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        if let Some(c) = fold(c) {
            letters.push(Letter { c, at, is_word: is_word(c) });
        }
    }
    let end = u32::try_from(text.text.len()).unwrap_or(u32::MAX);
    letters.push(Letter::space(end));
    letters
}

/// One letter for what buyers type in several ways; nothing for a loose accent.
fn fold(c: char) -> Option<char> {
    if c.is_ascii() {
        return Some(match c {
            '\n' => ' ',
            '0'..='9' => '0',
            c => c,
        });
    }
    match c {
        'đ' => Some('d'),
        'ı' => Some('i'),
        'ł' => Some('l'),
        'ø' => Some('o'),
        'ё' => Some('е'),
        'أ' | 'إ' | 'آ' => Some('ا'),
        'ة' => Some('ه'),
        'ى' => Some('ي'),
        '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{652}' => None,
        '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => std::iter::once(c).nfd().next(),
        c => Some(c),
    }
}

/// Whether a character belongs to a word. The common scripts are settled by their ranges:
/// asking Unicode's tables for every character would take as long as all the rest.
pub(crate) fn is_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || c == '\'';
    }
    match c {
        '\u{a0}'..='\u{bf}' | '×' | '÷' | '\u{2000}'..='\u{303f}' | '\u{ff00}'..='\u{ff0f}' => false,
        '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | '\u{400}'..='\u{52f}' => true,
        '\u{900}'..='\u{963}' | '\u{e01}'..='\u{e4e}' | '\u{620}'..='\u{64a}' => true,
        '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' => true,
        c => c.is_alphanumeric(),
    }
}

/// The features of a text as tables know them.
pub(crate) fn features(letters: &[Letter]) -> Vec<u32> {
    let mut features = Vec::with_capacity(letters.len() * (CHARS_MAX + 1));
    visit(letters, |feature| features.push(feature.id()));
    features
}

/// A Chinese character says something alone, a letter does not.
const fn is_alone(c: char) -> bool {
    c > '\u{2e80}'
}

/// Calls `see` with every feature of the text.
#[inline]
pub(crate) fn visit(letters: &[Letter], mut see: impl FnMut(Feature)) {
    for first in 0..letters.len() {
        let end = (first + CHARS_MAX).min(letters.len());
        let mut hash = CHAR_SEED;
        for (n, letter) in letters.get(first..end).unwrap_or_default().iter().enumerate() {
            hash = mix(hash, letter.c as u64);
            if n + 1 >= CHARS_MIN || is_alone(letter.c) {
                see(Feature { hash: hash ^ (n as u64 + 1), first, letters: n + 1 });
            }
        }
    }
    visit_words(letters, see);
}

fn visit_words(letters: &[Letter], mut see: impl FnMut(Feature)) {
    let mut before: [Option<(u64, usize)>; WORDS_MAX - 1] = [None; WORDS_MAX - 1];
    let mut word: Option<(u64, usize)> = None;
    for (at, letter) in letters.iter().enumerate() {
        if letter.is_word {
            let (hash, first) = word.unwrap_or((0, at));
            word = Some((mix(hash, letter.c as u64), first));
        } else if let Some((hash, first)) = word.take() {
            see(Feature { hash: mix(WORD_SEED, hash) ^ 77, first, letters: at - first });
            for (earlier, began) in before.iter().flatten() {
                let pair = mix(mix(WORD_SEED, *earlier), hash) ^ 78;
                see(Feature { hash: pair, first: *began, letters: at - began });
            }
            before.rotate_left(1);
            if let Some(last) = before.last_mut() {
                *last = Some((hash, first));
            }
        }
    }
}

/// The features by which a language is told: letters as they are, accents and all.
pub(crate) fn raw_features(text: &str, letters_max: usize) -> Vec<u32> {
    let mut features = Vec::with_capacity(letters_max.min(text.len()) * 3);
    let mut see = |hash: u64| features.push(Feature { hash, first: 0, letters: 0 }.id());
    let (mut a, mut b) = (' ', ' ');
    let mut word = 0_u64;
    for c in text.chars().chain([' ']).take(letters_max) {
        let c = if c.is_ascii_alphabetic() || c == '\'' || !c.is_ascii() { c } else { ' ' };
        if c != ' ' {
            see(mix(1, c as u64));
            word = mix(word, c as u64);
        } else if b != ' ' {
            see(mix(4, word));
            word = 0;
        }
        if c != ' ' || b != ' ' {
            see(mix(mix(2, b as u64), c as u64));
            see(mix(mix(mix(3, a as u64), b as u64), c as u64));
        }
        (a, b) = (b, c);
    }
    features
}

const fn mix(hash: u64, with: u64) -> u64 {
    (hash ^ with).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalise::normalise;

    fn covered(text: &str) -> Vec<String> {
        let letters = letters(&normalise(text));
        let mut seen = Vec::new();
        visit(&letters, |f| {
            seen.push(letters.iter().skip(f.first).take(f.letters).map(|l| l.c).collect::<String>());
        });
        seen
    }

    #[test]
    fn character_n_grams_run_across_words_and_words_come_alone_and_in_pairs() {
        let seen = covered("no go");
        for expect in ["o g", " no ", "no", "no go", "go"] {
            assert!(seen.iter().any(|s| s == expect), "{expect:?} not in {seen:?}");
        }
    }

    #[test]
    fn spellings_that_buyers_mix_give_the_same_features() {
        let hashes = |text: &str| {
            let mut all = Vec::new();
            visit(&letters(&normalise(text)), |f| all.push(f.hash));
            all
        };
        assert_eq!(hashes("Não chegou 12"), hashes("nao chegou 34"));
        assert_eq!(hashes("её"), hashes("ее"));
        assert_ne!(hashes("ab"), hashes("ba"));
    }
}
