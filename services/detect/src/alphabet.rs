//! What is known of each character, looked up at once: Unicode's tables, asked one question
//! after the other for every character of every text, would take as long as all the rest.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

/// Characters of the basic plane; nearly all that is typed but emoji.
const BASIC: u32 = 0x1_0000;

/// Kinds of character, as bits; a script's number stands above them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Class(u16);

impl Class {
    /// Belongs to a word, as against space and punctuation.
    pub const WORD: Self = Self(1);
    /// A letter of a script that puts spaces between words. Korean does, but glues its
    /// particles to them, so that a word's end says nothing there.
    pub const SPACED: Self = Self(1 << 1);
    /// Thai, kana and Chinese characters.
    pub const UNSPACED: Self = Self(1 << 2);
    /// A digit from 0 to 9.
    pub const DIGIT: Self = Self(1 << 3);
    /// Ends a sentence.
    pub const ENDS_SENTENCE: Self = Self(1 << 4);
    /// Ends a clause but no sentence.
    pub const ENDS_CLAUSE: Self = Self(1 << 5);
    /// Three in a row are hardly ever spelling. In Chinese and Japanese they can be.
    pub(crate) const STRETCHABLE: Self = Self(1 << 6);
    /// Leaves no trace.
    pub(crate) const INVISIBLE: Self = Self(1 << 7);
    /// Has another form of several characters, or one that depends on its neighbours.
    pub(crate) const COMPOSITE: Self = Self(1 << 8);
    /// May become one character with what precedes.
    pub(crate) const JOINS: Self = Self(1 << 9);
    /// Needs more than one look.
    pub(crate) const UNSETTLED: Self = Self(Self::COMPOSITE.0 | Self::JOINS.0);
    /// Neither of a word nor anything else.
    pub(crate) const NONE: Self = Self(0);
    const SCRIPT: u16 = 10;

    /// Whether it is any of these kinds.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    const fn with(self, other: Self, when: bool) -> Self {
        if when { Self(self.0 | other.0) } else { self }
    }

    /// The number of its script, below [`SCRIPTS`].
    pub(crate) const fn script(self) -> usize {
        (self.0 >> Self::SCRIPT) as usize
    }

    /// What a character in its normal form is.
    fn of(c: char) -> Self {
        let unspaced = matches!(c, '\u{e00}'..='\u{e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}');
        let word = is_word(c);
        Self((script(c) as u16) << Self::SCRIPT)
            .with(Self::WORD, word)
            .with(Self::SPACED, word && c != '\'' && !is_joined_up(c))
            .with(Self::UNSPACED, unspaced)
            .with(Self::DIGIT, c.is_ascii_digit())
            .with(Self::ENDS_SENTENCE, matches!(c, '.' | '!' | '?' | '\n' | '。' | '؟' | '।'))
            .with(Self::ENDS_CLAUSE, matches!(c, ',' | ';' | ':' | '(' | ')' | '、' | '،' | '؛' | '—' | '–'))
            .with(Self::STRETCHABLE, c < '\u{2e80}' && c.is_alphabetic())
    }
}

/// Scripts that are told apart, none and all others included.
pub(crate) const SCRIPTS: usize = 10;

/// The number of a letter's script; 0 for what is no letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Script {
    None,
    Latin,
    Han,
    Kana,
    Hangul,
    Thai,
    Devanagari,
    Cyrillic,
    Arabic,
    Other,
}

fn script(c: char) -> Script {
    match c {
        c if c.is_ascii() => match c.is_ascii_alphabetic() {
            true => Script::Latin,
            false => Script::None,
        },
        '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => Script::Latin,
        '\u{400}'..='\u{52f}' => Script::Cyrillic,
        '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' => Script::Arabic,
        '\u{900}'..='\u{97f}' => Script::Devanagari,
        '\u{e00}'..='\u{e7f}' => Script::Thai,
        '\u{3040}'..='\u{30ff}' => Script::Kana,
        '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7af}' => Script::Hangul,
        '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' => Script::Han,
        c if c.is_alphabetic() => Script::Other,
        _ => Script::None,
    }
}

/// Scripts whose words are not spaced, or whose word ends say nothing.
const fn is_joined_up(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}' | '\u{1780}'..='\u{17ff}'
        | '\u{2e80}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn is_word(c: char) -> bool {
    match c {
        c if c.is_ascii() => c.is_ascii_alphanumeric() || c == '\'',
        '\u{a0}'..='\u{bf}' | '×' | '÷' | '\u{2000}'..='\u{303f}' | '\u{ff00}'..='\u{ff0f}' => false,
        // Vowel signs that are marks belong to words as well.
        '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | '\u{400}'..='\u{52f}' => true,
        '\u{900}'..='\u{963}' | '\u{e01}'..='\u{e4e}' | '\u{620}'..='\u{64a}' => true,
        c => c.is_alphanumeric(),
    }
}

/// A character as it is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sign {
    /// Its normal form: compatibility forms and case resolved.
    pub(crate) c: char,
    /// What buyers type for it as well: without accent, the common variant, any digit as 0.
    pub(crate) folded: char,
    pub(crate) class: Class,
}

/// [`Sign`] in six bytes; sixty-five thousand of them are kept.
#[derive(Debug, Clone, Copy)]
struct Row {
    c: u16,
    folded: u16,
    class: Class,
}

/// What is known of all characters.
#[derive(Debug)]
pub struct Alphabet {
    rows: Vec<Row>,
}

impl Alphabet {
    /// An alphabet with variants that count as one: of each pair the first is read as the second.
    #[must_use]
    pub fn new(variants: &[(char, char)]) -> Self {
        let mut rows: Vec<Row> = (0..BASIC).map(|code| pack(sign_of(code))).collect();
        for (from, to) in variants {
            // The lexicon's check refuses others.
            let code = u16::try_from(u32::from(*to));
            if let (Ok(code), Some(row)) = (code, rows.get_mut(*from as usize)) {
                row.folded = code;
            }
        }
        Self { rows }
    }

    /// What is known of a character.
    #[inline]
    pub(crate) fn sign(&self, c: char) -> Sign {
        match self.rows.get(c as usize) {
            Some(row) => Sign { c: basic(row.c), folded: basic(row.folded), class: row.class },
            None => beyond(c),
        }
    }

    /// What is known of a character that is in its normal form.
    pub(crate) fn normal_sign(&self, c: char) -> Sign {
        let c = plain(c);
        let known = self.sign(c);
        let folded = if known.class.has(Class::COMPOSITE) { c } else { known.folded };
        Sign { c, folded, class: Class::of(c) }
    }
}

#[inline]
fn basic(code: u16) -> char {
    char::from_u32(u32::from(code)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn pack(sign: Sign) -> Row {
    let code = |c: char| u16::try_from(u32::from(c)).unwrap_or(0xfffd);
    Row { c: code(sign.c), folded: code(sign.folded), class: sign.class }
}

fn sign_of(code: u32) -> Sign {
    let Some(c) = char::from_u32(code) else { return composite(char::REPLACEMENT_CHARACTER) };
    match c {
        // Most of them; nothing about them needs to be asked.
        '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' => settled(c, c),
        c if is_invisible(c) => Sign { class: Class::INVISIBLE, ..settled(c, c) },
        c if joins(c) => Sign { class: Class::JOINS, ..settled(c, c) },
        c => {
            // First: compatibility would make a space and an accent of an apostrophe.
            let c = plain(c);
            let mut normal = std::iter::once(c).nfkc().flat_map(char::to_lowercase);
            match (normal.next(), normal.next()) {
                (Some(one), None) if (one as u32) < BASIC => settled(one, fold(one)),
                _ => composite(c),
            }
        }
    }
}

/// A character outside the basic plane.
fn beyond(c: char) -> Sign {
    match c {
        c if is_invisible(c) => Sign { class: Class::INVISIBLE, ..settled(c, c) },
        // Emoji have no other form; letters and characters in frames have.
        '\u{1f000}'..='\u{1f0ff}' | '\u{1f300}'..='\u{1faff}' => {
            Sign { c, folded: c, class: Class::default() }
        }
        c => composite(c),
    }
}

fn settled(c: char, folded: char) -> Sign {
    Sign { c, folded, class: Class::of(c) }
}

const fn composite(c: char) -> Sign {
    Sign { c, folded: c, class: Class::COMPOSITE }
}

/// Marks that Unicode composes with what precedes. Most marks of Thai and Hindi it never does.
fn joins(c: char) -> bool {
    let composes = matches!(c,
        '\u{300}'..='\u{36f}' | '\u{653}'..='\u{655}' | '\u{93c}' | '\u{9bc}' | '\u{9d7}' | '\u{3099}' | '\u{309a}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}');
    // Hangul vowels and finals join what precedes without being marks.
    (composes && canonical_combining_class(c) != 0) || matches!(c, '\u{1161}'..='\u{11ff}')
}

/// Signs without width and of direction, joiners, vowel points that are mostly left out.
const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{fff9}'..='\u{fffb}' | '\u{640}' | '\u{64b}'..='\u{652}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{1f3fb}'..='\u{1f3ff}'
        | '\u{e0000}'..='\u{e01ef}')
}

/// An accent that found no letter to join.
pub(crate) const fn is_loose(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

fn plain(c: char) -> char {
    match c {
        '\n' | '\r' | '\u{2028}' | '\u{2029}' => '\n',
        '’' | '‘' | '`' | '´' | 'ʼ' => '\'',
        c if c.is_whitespace() || c.is_control() => ' ',
        c => c,
    }
}

/// One letter for what buyers type in several ways.
fn fold(c: char) -> char {
    match c {
        '\n' => ' ',
        '0'..='9' => '0',
        'đ' => 'd',
        'ı' => 'i',
        'ł' => 'l',
        'ø' => 'o',
        '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => std::iter::once(c).nfd().next().unwrap_or(c),
        c => c,
    }
}
