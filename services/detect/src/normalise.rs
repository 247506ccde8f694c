//! One spelling for what looks alike, with a way back to the original bytes.

use unicode_normalization::UnicodeNormalization;

use crate::alphabet::{Alphabet, Class, Sign, is_loose};

/// Stacked accents beyond this many say nothing and would only cost time.
const MARKS_MAX: usize = 8;

/// A few signs stand for whole sentences; what they make of a text has a bound as well.
pub const LETTERS_MAX: usize = 20_000;

/// A character of a text in its normal form.
#[derive(Debug, Clone, Copy)]
pub struct Letter {
    /// The character.
    pub c: char,
    /// What buyers type for it as well: without accent, the common variant, any digit as 0.
    pub folded: char,
    /// The byte of the original text at which it stood.
    at: u32,
    /// What kind of character it is.
    pub class: Class,
}

impl Letter {
    const fn space(at: u32) -> Self {
        Self { c: ' ', folded: ' ', at, class: Class::NONE }
    }

    /// Whether it is any of these kinds.
    #[must_use]
    pub const fn is(self, class: Class) -> bool {
        self.class.has(class)
    }
}

/// A text in its normal form, between two spaces.
#[derive(Debug)]
pub struct Letters(Vec<Letter>);

impl std::ops::Deref for Letters {
    type Target = [Letter];

    fn deref(&self) -> &[Letter] {
        &self.0
    }
}

impl Letters {
    /// The bytes of the original that became the letters from `first` to before `end`.
    #[must_use]
    pub fn origin(&self, first: usize, end: usize) -> Option<(u32, u32)> {
        let (start, last) = (self.get(first)?.at, self.get(first..end)?.last()?.at);
        // Letters that were one sign begin at the same byte: it ends where the next one begins.
        let end = self.get(end..)?.iter().map(|letter| letter.at).find(|at| *at > last)?;
        Some((start, end))
    }
}

/// Compatibility forms, case, invisible characters, white space and stretched letters.
#[must_use]
pub fn normalise(alphabet: &Alphabet, text: &str) -> Letters {
    let mut writer = Writer::new(text.len());
    let mut signs = text.char_indices().map(|(at, c)| (at, c, alphabet.sign(c))).peekable();
    while let Some((at, c, sign)) = signs.next() {
        let at = offset(at);
        let is_joined = signs.peek().is_some_and(|(_, _, next)| next.class.has(Class::JOINS));
        if !is_joined && !sign.class.has(Class::UNSETTLED) {
            writer.push(sign, at);
            continue;
        }
        let mut cluster = [c; 1 + MARKS_MAX];
        let mut length = 1;
        while let Some((_, mark, _)) = signs.next_if(|(_, _, next)| next.class.has(Class::JOINS)) {
            if let Some(place) = cluster.get_mut(length) {
                *place = mark;
                length += 1;
            }
        }
        let settled = cluster.into_iter().take(length).nfkc().flat_map(char::to_lowercase);
        settled.filter(|c| !is_loose(*c)).for_each(|c| writer.push(alphabet.normal_sign(c), at));
    }
    writer.finish(offset(text.len()))
}

struct Writer {
    letters: Vec<Letter>,
    last: char,
    run: u32,
}

impl Writer {
    fn new(bytes: usize) -> Self {
        let mut letters = Vec::with_capacity(bytes.min(LETTERS_MAX) + 2);
        letters.push(Letter::space(0));
        Self { letters, last: ' ', run: 1 }
    }

    #[inline]
    fn push(&mut self, sign: Sign, at: u32) {
        if sign.class.has(Class::INVISIBLE) || self.letters.len() > LETTERS_MAX {
            return;
        }
        let letter = Letter { c: sign.c, folded: sign.folded, at, class: sign.class };
        if sign.c != self.last {
            if is_space(sign.c) && is_space(self.last) {
                self.join_space(letter);
                return;
            }
            (self.last, self.run) = (sign.c, 1);
            self.letters.push(letter);
            return;
        }
        self.run += 1;
        // "baaaad" and "bad" are one word; two of a letter are ordinary spelling.
        let is_stretched = self.run >= 3 && sign.class.has(Class::STRETCHABLE);
        if is_stretched && self.run == 3 {
            self.letters.pop();
        }
        if !is_stretched && !is_space(sign.c) {
            self.letters.push(letter);
        }
    }

    /// A run of white space is one space, or one line end if it holds any.
    fn join_space(&mut self, letter: Letter) {
        if letter.c == '\n'
            && let Some(last) = self.letters.last_mut()
        {
            *last = Letter { at: last.at, ..letter };
            self.last = letter.c;
        }
    }

    fn finish(mut self, end: u32) -> Letters {
        self.letters.push(Letter::space(end));
        Letters(self.letters)
    }
}

const fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\n')
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(text: &str) -> Letters {
        normalise(&Alphabet::new(&[('壞', '坏')]), text)
    }

    fn check(input: &str, expect: &str) {
        let all: String = normal(input).iter().map(|letter| letter.c).collect();
        assert_eq!(all.trim(), expect, "{input:?}");
    }

    #[test]
    fn what_looks_alike_becomes_one_spelling() {
        check("BROKEN", "broken");
        check("bro\u{200b}ken", "broken");
        check("ＢＲＯＫＥＮ！", "broken!");
        check("don’t", "don't");
        check("don´t don`t", "don't don't");
        check("مك\u{61c}سور", "مكسور");
        check("🄱🅁🄾🄺🄴🄽", "broken");
        check("baaaaad  \t item", "bad item");
        check("good \r\n bad", "good\nbad");
        check("nul\0nul", "nul nul");
        check("e\u{301}te", "\u{e9}te");
        check("好好好", "好好好");
        check("\u{1100}\u{1161}\u{11a8}", "각");
        check("か\u{3099}", "が");
        check("İyi", "iyi");
    }

    #[test]
    fn accents_variants_and_digits_fold() {
        let folded = |text: &str| normal(text).iter().map(|letter| letter.folded).collect::<String>();
        assert_eq!(folded("Não füllt łąka İyi 壞 17"), " nao fullt laka iyi 坏 00 ");
    }

    #[test]
    fn the_way_back_covers_whole_characters_of_the_original() {
        let original = "x e\u{301}\u{302}\u{303}t ﬁn oﬀ";
        let letters = normal(original);
        let origin = |first: usize, end: usize| {
            letters.origin(first, end).and_then(|(start, end)| original.get(start as usize..end as usize))
        };
        assert_eq!(origin(3, 5), Some("e\u{301}\u{302}\u{303}t"));
        assert_eq!(origin(6, 7), Some("ﬁ"));
        assert_eq!(origin(7, 9), Some("ﬁn"));
        assert_eq!(origin(10, 12), Some("oﬀ"));
        assert_eq!(origin(9, 9), None);
    }
}
