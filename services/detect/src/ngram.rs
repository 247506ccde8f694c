//! What the model sees of a text: hashed n-grams of characters and of words.
//!
//! Characters are folded first, so that "não" and "nao", "ё" and "е" are one thing: buyers
//! type both. N-grams run across words, because "not broken" is not "broken"; measured on
//! twenty languages, lengths 3–5 across words did best; a character that is a word counts alone.

use crate::alphabet::Class;
use crate::normalise::Letter;

/// Goes up whenever the same text would give other features: a model is of one version.
pub(crate) const FEATURES_VERSION: u32 = 2;

const CHARS_MAX: usize = 5;

/// The rows of wishes are twenty times as wide as those of dissatisfaction. N-grams of four
/// letters and words heard wishes as well as all n-grams did, at half the cost.
const fn is_for_mood_alone(letters: usize) -> bool {
    matches!(letters, 3 | 5)
}

/// Seeds that keep the kinds of features apart: by their length those of characters.
const CHAR_SEEDS: [u64; CHARS_MAX] = [0x1f0a, 0x2e1b, 0x3d2c, 0x4c3d, 0x5b4e];
const WORD_SEED: u64 = 0xabcd;
const PAIR_SEED: u64 = 0xbcde;
/// Those of what tells languages apart.
const RAW_SEEDS: [u64; 4] = [0x61, 0x72, 0x83, 0x94];

/// One feature: the hash by which tables know it, and the letters it covers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Feature {
    pub(crate) id: u32,
    pub(crate) first: usize,
    pub(crate) letters: usize,
    pub(crate) is_for_mood_alone: bool,
}

/// The features of a text as tables know them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Features {
    ids: Vec<u32>,
    /// So many of them are read for dissatisfaction alone.
    for_mood_alone: usize,
}

impl Features {
    /// What is read for dissatisfaction.
    pub(crate) fn for_mood(&self) -> &[u32] {
        &self.ids
    }

    /// What is read for everything else.
    pub(crate) fn for_wishes(&self) -> &[u32] {
        self.ids.get(self.for_mood_alone..).unwrap_or_default()
    }
}

/// The features of a text.
pub(crate) fn features(letters: &[Letter]) -> Features {
    let mut ids = Vec::with_capacity(letters.len() * (CHARS_MAX + 1));
    let mut others = Vec::with_capacity(letters.len() * CHARS_MAX);
    visit(letters, |feature| match feature.is_for_mood_alone {
        true => ids.push(feature.id),
        false => others.push(feature.id),
    });
    let for_mood_alone = ids.len();
    ids.append(&mut others);
    Features { ids, for_mood_alone }
}

/// A Chinese character says something alone, a letter does not.
const fn is_alone(code: u64) -> bool {
    code > 0x2e80
}

/// Calls `see` with every feature of the text.
#[inline]
pub(crate) fn visit(letters: &[Letter], mut see: impl FnMut(Feature)) {
    let code = |at: usize| letters.get(at).map_or(0, |letter| u64::from(letter.folded));
    let [seed_1, seed_2, seed_3, seed_4, seed_5] = CHAR_SEEDS;
    let mut window = [code(0), code(1), code(2), code(3)];
    for first in 0..letters.len() {
        let left = letters.len() - first;
        let [a, b, c, d] = window;
        let e = code(first + CHARS_MAX - 1);
        let mut see = |id: u32, letters: usize| {
            see(Feature { id, first, letters, is_for_mood_alone: is_for_mood_alone(letters) });
        };
        // A character is 21 bits: three fill a number.
        let pair = a | b << 21;
        let three = (pair | c << 42).wrapping_mul(SPREAD);
        if is_alone(a) {
            see(finish(a.wrapping_mul(SPREAD) ^ seed_1), 1);
        }
        if left >= 2 && is_alone(b) {
            see(finish(pair.wrapping_mul(SPREAD) ^ seed_2), 2);
        }
        if left >= 3 {
            see(finish(three ^ seed_3), 3);
        }
        if left >= 4 {
            see(finish(three ^ d.wrapping_mul(SPREAD_MORE) ^ seed_4), 4);
        }
        if left >= CHARS_MAX {
            see(finish(three ^ (d | e << 21).wrapping_mul(SPREAD_MORE) ^ seed_5), 5);
        }
        window = [b, c, d, e];
    }
    visit_words(letters, see);
}

fn visit_words(letters: &[Letter], mut see: impl FnMut(Feature)) {
    let mut before: Option<(u64, usize)> = None;
    let mut word: Option<(u64, usize)> = None;
    for (at, letter) in letters.iter().enumerate() {
        if letter.is(Class::WORD) {
            let (hash, first) = word.unwrap_or((WORD_SEED, at));
            word = Some((mix(hash, u64::from(letter.folded)), first));
        } else if let Some((hash, first)) = word.take() {
            see(Feature { id: finish(hash), first, letters: at - first, is_for_mood_alone: false });
            if let Some((earlier, began)) = before {
                let pair = mix(earlier ^ PAIR_SEED, hash);
                see(Feature {
                    id: finish(pair),
                    first: began,
                    letters: at - began,
                    is_for_mood_alone: false,
                });
            }
            before = Some((hash, first));
        }
    }
}

/// The features by which a language is told: letters as they are, accents and all.
pub(crate) fn raw_features(letters: &[Letter], letters_max: usize) -> Vec<u32> {
    let mut features = Vec::with_capacity(letters_max.min(letters.len()) * 3);
    let [one, two, three, all] = RAW_SEEDS;
    let mut see = |hash: u64| features.push(finish(hash));
    let (mut a, mut b) = (SPACE, SPACE);
    let mut word = all;
    for letter in letters.iter().skip(1).take(letters_max) {
        let is_kept = !letter.c.is_ascii() || letter.c.is_ascii_alphabetic() || letter.c == '\'';
        let c = if is_kept { u64::from(letter.c) } else { SPACE };
        if is_kept {
            see(c.wrapping_mul(SPREAD) ^ one);
            word = mix(word, c);
        } else if b != SPACE {
            see(word);
            word = all;
        }
        if is_kept || b != SPACE {
            let pair = (b | c << 21).wrapping_mul(SPREAD);
            see(pair ^ two);
            see(pair ^ a.wrapping_mul(SPREAD_MORE) ^ three);
        }
        (a, b) = (b, c);
    }
    features
}

const SPACE: u64 = ' ' as u64;
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
const SPREAD_MORE: u64 = 0xd6e8_feb8_6659_fd93;

const fn mix(hash: u64, with: u64) -> u64 {
    (hash ^ with).wrapping_mul(SPREAD).rotate_left(23)
}

/// Half of a hash, of which every bit depends on all of what was mixed.
#[inline]
const fn finish(hash: u64) -> u32 {
    ((hash ^ hash >> 32).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alphabet::Alphabet;
    use crate::normalise::{Letters, normalise};

    fn letters(text: &str) -> Letters {
        normalise(&Alphabet::new(&[('ё', 'е')]), text)
    }

    fn covered(text: &str) -> Vec<String> {
        let letters = letters(text);
        let mut seen = Vec::new();
        visit(&letters, |f| {
            seen.push(letters.iter().skip(f.first).take(f.letters).map(|l| l.folded).collect::<String>());
        });
        seen
    }

    #[test]
    fn character_n_grams_run_across_words_and_words_come_alone_and_in_pairs() {
        let seen = covered("no go");
        for expect in ["o g", " no ", "no", "no go", "go"] {
            assert!(seen.iter().any(|s| s == expect), "{expect:?} not in {seen:?}");
        }
        assert!(covered("坏了").iter().any(|s| s == "坏"));
    }

    #[test]
    fn spellings_that_buyers_mix_give_the_same_features() {
        let ids = |text: &str| features(&letters(text));
        assert_eq!(ids("Não chegou 12"), ids("nao chegou 34"));
        assert_eq!(ids("её"), ids("ее"));
        assert_ne!(ids("ab"), ids("ba"));
    }

    #[test]
    fn different_features_have_different_ids() {
        let mut ids = std::collections::BTreeMap::new();
        let letters = letters("the lid came off and the blue one was never sent, two of them were");
        visit(&letters, |f| {
            let covered: String = letters.iter().skip(f.first).take(f.letters).map(|l| l.folded).collect();
            // A word and an n-gram of the same letters are two things.
            ids.entry(f.id).or_insert_with(Vec::new).push(covered);
        });
        assert!(ids.values().all(|same| same.iter().all(|one| Some(one) == same.first())), "{ids:?}");
    }
}
