//! The linter: one outgoing text in, one report out.

use std::sync::Arc;

use amends_detect::Detector;
use amends_detect::text::{Alphabet, LETTERS_MAX};

use crate::check::{Check, Shown};
use crate::cue::Cue;
use crate::data::{COMMON, Common, Cues, EMBEDDED, Rules};
use crate::error::{LintError, TooLong};
use crate::evade::Lookalikes;
use crate::judge::{Judge, around, heard};
use crate::matcher::{self, Gathering, Matcher};
use crate::part::Part;
use crate::read::Reading;
use crate::rule::Report;
use crate::shape::Shapes;
use crate::template;

/// Longer texts are refused: what was not looked at must not go out.
pub const TEXT_CHARS_MAX: usize = 20_000;

/// Who reads a text, and what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The buyer alone.
    PrivateMessage,
    /// Everyone: an answer below a review.
    PublicReply,
    /// The buyer, about a remedy.
    Offer,
    /// The buyer, about a review that may be revised.
    Ask,
}

/// Where it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Venue {
    /// A marketplace, which forbids contact outside it.
    Marketplace,
    /// The seller's own shop.
    OwnStore,
}

/// A text on its way to a buyer.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    /// The words, with all facts filled in.
    pub text: &'a str,
    /// BCP 47 tag of the language it is said to be in. Others are looked for as well where letters tell of them.
    pub language: Option<&'a str>,
    /// Who reads it.
    pub audience: Audience,
    /// Where.
    pub venue: Venue,
    /// Names of the buyer, which a public reply may not tell.
    pub names: &'a [&'a str],
    /// Orders of the buyer, likewise.
    pub orders: &'a [&'a str],
}

impl<'a> Outgoing<'a> {
    /// A text for a reader on a marketplace, with nothing known of its language or the buyer.
    #[must_use]
    pub const fn new(text: &'a str, audience: Audience) -> Self {
        Self { text, language: None, audience, venue: Venue::Marketplace, names: &[], orders: &[] }
    }
}

/// Looks over texts. Clones share one set of rules; it may be used from any number of threads.
#[derive(Debug, Clone)]
pub struct Linter {
    parts: Arc<Parts>,
}

#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) detector: Detector,
    pub(crate) alphabet: Alphabet,
    lookalikes: Lookalikes,
    pub(crate) matcher: Matcher<Part>,
    pub(crate) cues: Matcher<Cue>,
    pub(crate) shapes: Shapes,
    /// None if rules alone are asked.
    judge: Option<Judge>,
}

impl Linter {
    /// The linter that ships in the binary. Making it takes a while; it is made once and kept.
    ///
    /// # Errors
    /// Names the file and entry that its checks refuse.
    pub fn embedded() -> Result<Self, LintError> {
        Self::with(Some(Judge::embedded()?))
    }

    /// The rules without the judge: for measuring what each of them does, and for training.
    ///
    /// # Errors
    /// As for [`Linter::embedded`].
    pub fn rules_alone() -> Result<Self, LintError> {
        Self::with(None)
    }

    fn with(judge: Option<Judge>) -> Result<Self, LintError> {
        let common = Common::parse(COMMON)?;
        let alphabet = Alphabet::new(&common.variants());
        let mut gathering = Gathering::new(&alphabet);
        let mut streets: Vec<(u8, String)> = Vec::new();
        let mut cues = Gathering::new(&alphabet);
        for (tag, text, cue_text) in EMBEDDED {
            let rules = Rules::parse(tag, text)?;
            gathering.language(&rules.prefixes, &rules.suffixes, &rules.parts);
            cues.language(&rules.prefixes, &rules.suffixes, &Cues::parse(tag, cue_text)?.cues);
            let number = number_of(tag).unwrap_or(matcher::COMMON);
            streets.extend(rules.streets.into_iter().map(|street| (number, street)));
        }
        gathering.add(matcher::COMMON, &common.parts);
        let (matcher, cues) = (gathering.compile()?, cues.compile()?);
        let shapes = Shapes::new(&common.endings, &common.hosts_allowed, &streets)?;
        let lookalikes = Lookalikes::new(&common.lookalikes());
        let detector = Detector::embedded()?;
        Ok(Self { parts: Arc::new(Parts { detector, alphabet, lookalikes, matcher, cues, shapes, judge }) })
    }

    /// Looks over one text, in time about linear in its length.
    ///
    /// # Errors
    /// Refuses texts of more than [`TEXT_CHARS_MAX`] characters, in any of their forms.
    pub fn check(&self, outgoing: &Outgoing<'_>) -> Result<Report, TooLong> {
        if outgoing.text.chars().nth(TEXT_CHARS_MAX).is_some() {
            return Err(TooLong { max: TEXT_CHARS_MAX });
        }
        let reading = self.read(outgoing);
        // Some signs stand for whole words; what they make of a text has the same bound.
        if reading.letters.len() > LETTERS_MAX {
            return Err(TooLong { max: TEXT_CHARS_MAX });
        }
        let mut check = Check::new(&self.parts, outgoing, &reading);
        check.run();
        if let Some(judge) = &self.parts.judge {
            check.judge(judge);
        }
        Ok(check.found.report(&reading))
    }

    fn read<'a>(&self, outgoing: &Outgoing<'a>) -> Reading<'a> {
        Reading::new(&self.parts.alphabet, &self.parts.lookalikes, outgoing.text)
    }

    /// What the judge would be shown of a text.
    pub(crate) fn shown(&self, outgoing: &Outgoing<'_>) -> Shown {
        let reading = self.read(outgoing);
        let mut check = Check::new(&self.parts, outgoing, &reading);
        check.run();
        let told = check.found.told();
        Shown {
            signs: check.signs(),
            letters: reading.letters.len().max(1),
            certain: !check.found.streets.is_empty() || told.iter().any(|told| check.stands(told)),
            heard: heard(&reading),
            told: told.iter().map(|told| around(&reading, told.span)).collect(),
        }
    }

    /// Looks over a template: its places are filled with values that say nothing of their own.
    ///
    /// # Errors
    /// As for [`Linter::check`], with its places filled.
    pub fn check_template(&self, template: &Outgoing<'_>) -> Result<Report, TooLong> {
        let filled = template::fill(template.text);
        let report = self.check(&Outgoing { text: &filled.text, ..*template })?;
        Ok(filled.back(template.text, report))
    }
}

/// A language by its place in the list.
pub(crate) fn number_of(tag: &str) -> Option<u8> {
    EMBEDDED.iter().position(|(ours, ..)| *ours == tag).and_then(|at| u8::try_from(at).ok())
}

#[cfg(test)]
#[path = "linter_tests.rs"]
mod tests;
