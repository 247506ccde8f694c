//! The linter: one outgoing text in, one report out.

use std::collections::BTreeSet;
use std::sync::Arc;

use amends_detect::Detector;
use amends_detect::text::{Alphabet, LETTERS_MAX, primary_tag, script_fits};

use crate::data::{COMMON, Common, EMBEDDED, Rules};
use crate::error::{LintError, TooLong};
use crate::evade::Lookalikes;
use crate::found::Found;
use crate::matcher::{self, Gathering, Hit, Matcher};
use crate::read::{Reading, spell};
use crate::rule::{Advice, Report, Rule};
use crate::rules::personal;
use crate::scene::Scene;
use crate::shape::{Seen, Shape, Shapes};
use crate::template;

/// Longer texts are refused: what was not looked at must not go out.
pub const TEXT_CHARS_MAX: usize = 20_000;

/// Surer than this, one language is looked at beside the claimed one.
const SURE: f32 = 0.9;

const ENGLISH: &str = "en";

/// Languages so close that one is written with words of the other.
const TWINS: &[(&str, &str)] = &[("id", "ms"), ("ms", "id"), ("es", "pt"), ("pt", "es")];

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
struct Parts {
    detector: Detector,
    alphabet: Alphabet,
    lookalikes: Lookalikes,
    matcher: Matcher,
    shapes: Shapes,
}

impl Linter {
    /// The linter that ships in the binary. Making it takes a while; it is made once and kept.
    ///
    /// # Errors
    /// Names the file and entry that its checks refuse.
    pub fn embedded() -> Result<Self, LintError> {
        let common = Common::parse(COMMON)?;
        let alphabet = Alphabet::new(&common.variants());
        let mut gathering = Gathering::new(&alphabet);
        let mut streets: Vec<(u8, String)> = Vec::new();
        for (tag, text) in EMBEDDED {
            let rules = Rules::parse(tag, text)?;
            gathering.language(&rules);
            let number = number_of(tag).unwrap_or(matcher::COMMON);
            streets.extend(rules.streets.into_iter().map(|street| (number, street)));
        }
        gathering.add(matcher::COMMON, &common.parts);
        let matcher = gathering.compile()?;
        let shapes = Shapes::new(&common.endings, &common.hosts_allowed, &streets)?;
        let lookalikes = Lookalikes::new(&common.lookalikes());
        let detector = Detector::embedded()?;
        Ok(Self { parts: Arc::new(Parts { detector, alphabet, lookalikes, matcher, shapes }) })
    }

    /// Looks over one text, in time about linear in its length.
    ///
    /// # Errors
    /// Refuses texts of more than [`TEXT_CHARS_MAX`] characters, in any of their forms.
    pub fn check(&self, outgoing: &Outgoing<'_>) -> Result<Report, TooLong> {
        let parts = &self.parts;
        if outgoing.text.chars().nth(TEXT_CHARS_MAX).is_some() {
            return Err(TooLong { max: TEXT_CHARS_MAX });
        }
        let reading = Reading::new(&parts.alphabet, &parts.lookalikes, outgoing.text);
        // Some signs stand for whole words; what they make of a text has the same bound.
        if reading.letters.len() > LETTERS_MAX {
            return Err(TooLong { max: TEXT_CHARS_MAX });
        }
        let hits = parts.matcher.find(&reading);
        let shapes = parts.shapes.find(&reading, Shape::wanted(outgoing));
        let mut check = Check { parts, outgoing, reading: &reading, hits, shapes, found: Found::default() };
        check.run();
        Ok(check.found.report(&reading))
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

/// One look over one text.
struct Check<'c, 't> {
    parts: &'c Parts,
    outgoing: &'c Outgoing<'t>,
    reading: &'c Reading<'t>,
    hits: Vec<Hit>,
    shapes: Vec<Seen>,
    found: Found,
}

impl Check<'_, '_> {
    fn run(&mut self) {
        let pools = self.pools();
        for languages in &pools {
            let scene = Scene::new(self.reading, &self.hits, &self.shapes, languages);
            let whole = self.is_whole(languages, &pools);
            self.found.look(&scene, self.outgoing, &self.shapes, whole);
            self.names(&scene);
        }
        if self.outgoing.audience == Audience::PublicReply {
            self.found.streets = self.parts.shapes.streets(self.reading.original, &self.claimed_too(&pools));
            // What is polite in an unknown language is unknown.
            let known = self.hits.iter().any(|hit| hit.language != matcher::COMMON);
            if known && !self.found.kind && !self.outgoing.text.trim().is_empty() {
                self.found.advice.insert(((0, 0), Advice::NoApology));
            }
        }
    }

    /// Whether these languages know what else the text says: English alone does not, where only loans are from it.
    fn is_whole(&self, languages: &[u8], pools: &[Vec<u8>]) -> bool {
        let english = number_of(ENGLISH);
        let claimed = self.outgoing.language.and_then(primary_tag).and_then(|tag| number_of(&tag));
        let alone = languages.iter().all(|language| Some(*language) == english);
        !alone || pools.len() == 1 || claimed == english
    }

    /// What is known of the buyer, told to everyone.
    fn names(&mut self, scene: &Scene<'_, '_>) {
        if self.outgoing.audience != Audience::PublicReply {
            return;
        }
        let Some(view) = self.reading.views.first() else { return };
        for (list, whole_only) in [(self.outgoing.names, false), (self.outgoing.orders, true)] {
            let spelt: Vec<String> = list.iter().map(|known| spell(&self.parts.alphabet, known)).collect();
            let spans = personal::known(scene, view, &spelt, whole_only);
            self.found.refusals.extend(spans.into_iter().map(|span| (span, Rule::PersonalData)));
        }
    }

    /// An address may stand among words that no rule knows.
    fn claimed_too(&self, pools: &[Vec<u8>]) -> Vec<u8> {
        let claimed = self.outgoing.language.and_then(primary_tag).and_then(|tag| number_of(&tag));
        pools.iter().flatten().copied().chain(claimed).collect()
    }

    /// The languages to look at, each with its loans from English.
    fn pools(&self) -> Vec<Vec<u8>> {
        let letters = &self.reading.letters;
        let claimed = self.outgoing.language.and_then(primary_tag).filter(|tag| script_fits(tag, letters));
        let (identified, confidence) = self.parts.detector.identify(letters);
        let mut tags: BTreeSet<String> = claimed.into_iter().collect();
        if tags.is_empty() && (confidence < SURE || number_of(&identified).is_none()) {
            let fits = EMBEDDED.iter().map(|(tag, _)| *tag).filter(|tag| script_fits(tag, letters));
            tags.extend(fits.map(str::to_owned));
        }
        tags.insert(identified);
        let twins = TWINS.iter().filter(|(tag, _)| tags.contains(*tag));
        let twins: Vec<String> = twins.map(|(_, twin)| (*twin).to_owned()).collect();
        tags.extend(twins);
        // Without a word of its own a language says nothing that English does not.
        let speaks = |number: &u8| self.hits.iter().any(|hit| hit.language == *number);
        // Beside a language that speaks, English is looked at with it alone: its words untie English ones.
        if !tags.iter().filter_map(|tag| number_of(tag)).any(|number| speaks(&number)) {
            tags.insert(ENGLISH.to_owned());
        }
        let english = number_of(ENGLISH);
        let pools = tags.iter().filter_map(|tag| number_of(tag));
        let speaks = |number: &u8| Some(*number) == english || speaks(number);
        pools.filter(speaks).map(|number| [Some(number), english].into_iter().flatten().collect()).collect()
    }
}

fn number_of(tag: &str) -> Option<u8> {
    EMBEDDED.iter().position(|(ours, _)| *ours == tag).and_then(|at| u8::try_from(at).ok())
}

#[cfg(test)]
#[path = "linter_tests.rs"]
mod tests;
