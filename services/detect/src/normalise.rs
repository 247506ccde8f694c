//! One spelling for what looks alike, with a way back to the original bytes.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

/// Stacked accents beyond this many say nothing and would only cost time.
const MARKS_MAX: usize = 8;

/// A rewritten text that remembers where each of its bytes came from.
#[derive(Debug, Default)]
pub(crate) struct Mapped {
    pub(crate) text: String,
    origins: Vec<(u32, u32)>,
    last: Option<char>,
    run: u32,
}

impl Mapped {
    fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), origins: Vec::with_capacity(bytes), last: None, run: 0 }
    }

    fn append(&mut self, c: char, origin: (u32, u32)) {
        self.text.push(c);
        self.origins.extend(std::iter::repeat_n(origin, c.len_utf8()));
    }

    fn drop_last(&mut self) {
        self.text.pop();
        self.origins.truncate(self.text.len());
    }

    fn push(&mut self, c: char, origin: (u32, u32)) {
        if is_invisible(c) {
            return;
        }
        let c = plain(c);
        self.run = if self.last == Some(c) { self.run + 1 } else { 1 };
        let space = c == ' ' || c == '\n';
        if space && matches!(self.last, Some(' ' | '\n')) {
            // A run of white space is one space, or one line end if it holds any.
            if c == '\n' && self.last == Some(' ') {
                self.drop_last();
                self.append(c, origin);
                self.last = Some(c);
            }
            return;
        }
        // "baaaad" and "bad" are one word; two of a letter are ordinary spelling.
        if self.run >= 3 && is_stretchable(c) {
            if self.run == 3 {
                self.drop_last();
            }
            return;
        }
        self.append(c, origin);
        self.last = Some(c);
    }

    /// The bytes of the original that became `start..end` here.
    pub(crate) fn origin(&self, start: usize, end: usize) -> Option<(u32, u32)> {
        let first = self.origins.get(start)?.0;
        let last = self.origins.get(end.checked_sub(1)?)?.1;
        (first < last).then_some((first, last))
    }
}

/// Compatibility forms, case, invisible characters, white space and stretched letters.
pub(crate) fn normalise(text: &str) -> Mapped {
    let mut out = Mapped::with_capacity(text.len());
    let mut chars = text.char_indices().peekable();
    let mut cluster = String::new();
    while let Some((start, first)) = chars.next() {
        cluster.clear();
        cluster.push(first);
        let mut end = start + first.len_utf8();
        let mut marks = 0;
        while let Some((at, mark)) = chars.next_if(|(_, c)| continues_cluster(*c)) {
            if marks < MARKS_MAX {
                cluster.push(mark);
                marks += 1;
            }
            end = at + mark.len_utf8();
        }
        let origin = (offset(start), offset(end));
        if marks == 0 && first.is_ascii() {
            out.push(first.to_ascii_lowercase(), origin);
        } else if marks == 0 && is_settled(first) {
            out.push(first, origin);
        } else {
            for c in cluster.nfkc().flat_map(char::to_lowercase) {
                out.push(c, origin);
            }
        }
    }
    out
}

/// Spelling differences that a language's lexicon declares to be none.
#[derive(Debug, Default)]
pub(crate) struct Folding {
    pub(crate) accents: bool,
    pub(crate) variants: HashMap<char, char>,
}

impl Folding {
    /// Whether nothing is folded at all.
    pub(crate) fn is_none(&self) -> bool {
        !self.accents && self.variants.is_empty()
    }

    /// Rewrites a normalised text so that foldable spellings meet.
    pub(crate) fn fold(&self, from: &Mapped) -> Mapped {
        let mut out = Mapped::with_capacity(from.text.len());
        for (at, c) in from.text.char_indices() {
            let origin = from.origins.get(at).copied().unwrap_or_default();
            if c.is_ascii() {
                out.append(c, origin);
            } else {
                self.fold_char(c, |folded| out.append(folded, origin));
            }
        }
        out
    }

    fn fold_char(&self, c: char, mut push: impl FnMut(char)) {
        if let Some(variant) = self.variants.get(&c) {
            push(*variant);
        } else if self.accents {
            match c {
                'ß' => ['s', 's'].into_iter().for_each(push),
                'æ' => ['a', 'e'].into_iter().for_each(push),
                'ø' => push('o'),
                'ł' => push('l'),
                'đ' => push('d'),
                'ı' => push('i'),
                '\u{300}'..='\u{36f}' => {}
                '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => {
                    push(std::iter::once(c).nfd().next().unwrap_or(c));
                }
                _ => push(c),
            }
        } else {
            push(c);
        }
    }
}

/// The normalised and folded form of a phrase.
pub(crate) fn normal_form(phrase: &str, folding: &Folding) -> String {
    folding.fold(&normalise(phrase)).text
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Characters that have no case, no other form and join nothing: most of what is written
/// in scripts without case. Unicode's tables need not be asked about each.
fn is_settled(c: char) -> bool {
    matches!(c,
        '\u{621}'..='\u{64a}' | '\u{904}'..='\u{939}' | '\u{e01}'..='\u{e32}' | '\u{e40}'..='\u{e46}'
        | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{430}'..='\u{44f}' | '\u{df}'..='\u{f6}')
}

fn continues_cluster(c: char) -> bool {
    // Hangul vowels and finals join what precedes without being marks.
    !c.is_ascii()
        && !is_settled(c)
        && (canonical_combining_class(c) != 0 || matches!(c, '\u{1161}'..='\u{11ff}'))
}

fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{640}' | '\u{64b}'..='\u{652}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0000}'..='\u{e01ef}')
}

fn plain(c: char) -> char {
    match c {
        '\n' | '\r' | '\u{2028}' | '\u{2029}' => '\n',
        '’' | '‘' | '`' | '´' | 'ʼ' => '\'',
        c if c.is_whitespace() || c.is_control() => ' ',
        c => c,
    }
}

/// Scripts in which three of a letter are never spelling. In Chinese and Japanese they can be.
fn is_stretchable(c: char) -> bool {
    c < '\u{2e80}' && c.is_alphabetic()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expect: &str) {
        assert_eq!(normalise(input).text, expect, "{input:?}");
    }

    #[test]
    fn what_looks_alike_becomes_one_spelling() {
        check("BROKEN", "broken");
        check("bro\u{200b}ken", "broken");
        check("ＢＲＯＫＥＮ！", "broken!");
        check("don’t", "don't");
        check("baaaaad  \t item", "bad item");
        check("good \r\n bad", "good\nbad");
        check("nul\0nul", "nul nul");
        check("e\u{301}te", "\u{e9}te");
        check("好好好", "好好好");
    }

    #[test]
    fn accents_fold_only_where_the_lexicon_says_so() {
        let folding = Folding { accents: true, variants: HashMap::from([('壞', '坏')]) };
        assert_eq!(normal_form("Não füllt łąka İyi 壞", &folding), "nao fullt laka iyi 坏");
        assert_eq!(normal_form("hỏng", &Folding::default()), "hỏng");
    }

    #[test]
    fn the_way_back_covers_whole_characters_of_the_original() {
        let original = "x e\u{301}\u{302}\u{303}t";
        let mapped = normalise(original);
        let (start, end) = mapped.origin(2, mapped.text.len()).unwrap_or_default();
        assert_eq!(original.get(start as usize..end as usize), Some("e\u{301}\u{302}\u{303}t"));
    }
}
