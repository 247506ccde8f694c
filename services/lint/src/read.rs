//! A text as the rules read it: letters, where sentences and clauses end, and the
//! strings in which phrases are looked for.

use amends_detect::text::{Alphabet, Class, Letter, Letters, normalise};

use crate::evade::{self, Lookalikes};

/// A text, read once for all rules.
pub(crate) struct Reading<'a> {
    pub(crate) original: &'a str,
    pub(crate) letters: Letters,
    /// How far each letter is from the start; a Chinese character is as far as three letters.
    width: Vec<u32>,
    sentence: Vec<u32>,
    clause: Vec<u32>,
    /// Letters of words that were spelt out, "r e v i e w": their words have no ends.
    pub(crate) loose: Vec<bool>,
    /// What is written, in lower case, digits and signs as they are.
    pub(crate) plain: View,
    /// The strings in which phrases are looked for: the text, and what it says to the eye.
    pub(crate) views: Vec<View>,
}

/// A string and the letters that its bytes came from.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct View {
    pub(crate) text: String,
    at: Vec<u32>,
}

impl View {
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), at: Vec::with_capacity(bytes) }
    }

    pub(crate) fn push(&mut self, c: char, letter: usize) {
        let from = self.text.len();
        self.text.push(c);
        let letter = u32::try_from(letter).unwrap_or(u32::MAX);
        self.at.extend(std::iter::repeat_n(letter, self.text.len() - from));
    }

    pub(crate) fn ends_in_space(&self) -> bool {
        self.text.ends_with(' ')
    }

    /// The letters of these bytes.
    pub(crate) fn letters(&self, bytes: std::ops::Range<usize>) -> Option<(usize, usize)> {
        let last = bytes.end.checked_sub(1)?;
        Some((*self.at.get(bytes.start)? as usize, *self.at.get(last)? as usize + 1))
    }
}

impl<'a> Reading<'a> {
    pub(crate) fn new(alphabet: &Alphabet, lookalikes: &Lookalikes, original: &'a str) -> Self {
        let letters = normalise(alphabet, original);
        let mut reading = Self {
            original,
            width: Vec::with_capacity(letters.len() + 1),
            sentence: Vec::with_capacity(letters.len()),
            clause: Vec::with_capacity(letters.len()),
            loose: Vec::new(),
            plain: View::with_capacity(original.len() + 2),
            views: Vec::with_capacity(2),
            letters,
        };
        reading.lay_out();
        let folded = reading.fold();
        let (views, loose) = evade::views(&reading.letters, lookalikes);
        reading.loose = loose;
        reading.views.push(folded);
        reading.views.extend(views);
        reading
    }

    /// Numbers sentences and clauses, and measures.
    fn lay_out(&mut self) {
        let (mut sentence, mut clause, mut width) = (0, 0, 0);
        for (n, letter) in self.letters.iter().enumerate() {
            self.width.push(width);
            self.sentence.push(sentence);
            self.clause.push(clause);
            width += width_of(*letter);
            if letter.is(Class::ENDS_SENTENCE) && ends_sentence(&self.letters, n) {
                (sentence, clause) = (sentence + 1, clause + 1);
            } else if letter.is(Class::ENDS_CLAUSE) {
                clause += 1;
            }
        }
        self.width.push(width);
    }

    /// Fills the plain string; answers the one in which hyphens and quotes are spaces.
    fn fold(&mut self) -> View {
        let mut folded = View::with_capacity(self.original.len() + 2);
        for (n, letter) in self.letters.iter().enumerate() {
            self.plain.push(letter.c, n);
            let Some(mut c) = spelt(*letter) else { continue };
            // "5*" is five stars, as long as nothing is multiplied.
            if c == '*'
                && n.checked_sub(1).is_some_and(|before| self.is_digit(before))
                && self.is_border(n + 1)
            {
                c = '★';
            }
            if c != ' ' || !folded.ends_in_space() {
                folded.push(c, n);
            }
        }
        folded
    }

    /// How much stands between two spans, in letters.
    pub(crate) fn gap(&self, a: (usize, usize), b: (usize, usize)) -> u32 {
        let (first, second) = if a.0 <= b.0 { (a, b) } else { (b, a) };
        let at = |letter: usize| self.width.get(letter).or(self.width.last()).copied().unwrap_or(0);
        at(second.0).saturating_sub(at(first.1))
    }

    pub(crate) fn sentence(&self, letter: usize) -> u32 {
        self.sentence.get(letter).or(self.sentence.last()).copied().unwrap_or(0)
    }

    /// Whether no clause ends between two spans. Where words are not spaced a comma says little.
    pub(crate) fn one_clause(&self, a: (usize, usize), b: (usize, usize)) -> bool {
        let clause = |letter: usize| self.clause.get(letter).or(self.clause.last()).copied().unwrap_or(0);
        let (first, second) = if a.0 <= b.0 { (a, b) } else { (b, a) };
        let last = first.1.saturating_sub(1);
        clause(last) == clause(second.0) || self.letters.get(last).is_some_and(|letter| width_of(*letter) > 1)
    }

    /// The bytes of the original that these letters came from.
    pub(crate) fn origin(&self, span: (usize, usize)) -> std::ops::Range<usize> {
        let found = self.letters.origin(span.0, span.1.max(span.0 + 1));
        let (start, end) = found.unwrap_or((0, 0));
        let range = start as usize..end as usize;
        let valid = self.original.get(range.clone()).is_some();
        if valid { range } else { 0..self.original.len() }
    }

    pub(crate) fn is_spaced(&self, letter: usize) -> bool {
        self.letters.get(letter).is_some_and(|letter| letter.is(Class::SPACED))
    }

    fn is_digit(&self, letter: usize) -> bool {
        self.letters.get(letter).is_some_and(|letter| letter.is(Class::DIGIT))
    }

    /// Whether a word may begin or end before this letter.
    pub(crate) fn is_border(&self, letter: usize) -> bool {
        let Some(before) = letter.checked_sub(1) else { return true };
        !(self.is_spaced(before) && self.is_spaced(letter) && self.is_digit(before) == self.is_digit(letter))
    }
}

/// How far a letter takes the reader.
const fn width_of(letter: Letter) -> u32 {
    match letter.c {
        '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' => 3,
        '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7af}' => 2,
        _ => 1,
    }
}

/// A full stop inside a number or a host name ends nothing, nor does one of "tel. 12" or "12. Juni".
fn ends_sentence(letters: &Letters, at: usize) -> bool {
    let is = |at: usize, class: Class| letters.get(at).is_some_and(|letter| letter.is(class));
    let is_stop = letters.get(at).is_some_and(|letter| letter.c == '.');
    let is_space = letters.get(at + 1).is_some_and(|letter| letter.c == ' ');
    let before = |back: usize, class: Class| at.checked_sub(back).is_some_and(|at| is(at, class));
    let day = before(1, Class::DIGIT)
        && (!before(2, Class::WORD) || (before(2, Class::DIGIT) && !before(3, Class::WORD)));
    let goes_on = is(at + 1, Class::WORD) || (is_space && (day || is(at + 2, Class::DIGIT)));
    !(is_stop && goes_on)
}

/// The character by which a letter and a phrase are compared; nothing for what is only decoration.
pub(crate) fn spelt(letter: Letter) -> Option<char> {
    let c = if letter.is(Class::DIGIT) { letter.c } else { letter.folded };
    Some(match c {
        // The frame of a digit in a key.
        '\u{20e3}' => return None,
        '⭐' | '🌟' | '☆' | '⭑' | '⭒' | '✩' | '✪' | '✮' | '✯' | '✰' | '✨' | '🤩' => {
            '★'
        }
        '-' | '_' | '‐' | '‑' | '–' | '—' | '−' | '"' | '“' | '”' | '„' | '«' | '»' | '「' | '」' | '『'
        | '』' | '【' | '】' | '《' | '》' | '(' | ')' | '[' | ']' => ' ',
        c => c,
    })
}

/// A phrase as it is compared with texts.
pub(crate) fn spell(alphabet: &Alphabet, phrase: &str) -> String {
    let mut spelling = String::with_capacity(phrase.len());
    for c in normalise(alphabet, phrase).iter().filter_map(|letter| spelt(*letter)) {
        if c != ' ' || !spelling.ends_with(' ') {
            spelling.push(c);
        }
    }
    spelling.trim().to_owned()
}
