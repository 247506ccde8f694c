//! One look over one text: which languages it is looked at in, what rules find, what the judge makes of it.

use std::collections::BTreeSet;

use amends_detect::text::{primary_tag, script_fits};

use crate::cue::Cue;
use crate::data::EMBEDDED;
use crate::found::{Found, Told};
use crate::judge::{Judge, Opinion, Signs, around};
use crate::linter::{Audience, Outgoing, Parts, number_of};
use crate::matcher::{self, Hit};
use crate::read::{Reading, spell};
use crate::rule::{Advice, Rule};
use crate::rules::personal;
use crate::scene::{Scene, Span};
use crate::shape::{Seen, Shape};

/// Surer than this, one language is looked at beside the claimed one.
const SURE: f32 = 0.9;

const ENGLISH: &str = "en";

/// Languages so close that one is written with words of the other.
const TWINS: &[(&str, &str)] = &[("id", "ms"), ("ms", "id"), ("es", "pt"), ("pt", "es")];

/// What the judge is shown of a text.
pub(crate) struct Shown {
    pub(crate) signs: Signs,
    pub(crate) letters: usize,
    /// A rule found something that stands, whatever the judge says.
    pub(crate) certain: bool,
    /// What is heard of it: pieces, and sentences alone.
    pub(crate) heard: Vec<Span>,
    /// The sentences in which a rule found something.
    pub(crate) told: Vec<Span>,
}

/// One look over one text.
pub(crate) struct Check<'c, 't> {
    parts: &'c Parts,
    outgoing: &'c Outgoing<'t>,
    reading: &'c Reading<'t>,
    /// The languages that the text may be in, by their number.
    tongues: BTreeSet<u8>,
    hits: Vec<Hit>,
    shapes: Vec<Seen>,
    /// What the text says in the languages that it was looked at in.
    said: BTreeSet<Hit>,
    pub(crate) found: Found,
}

impl<'c, 't> Check<'c, 't> {
    pub(crate) fn new(parts: &'c Parts, outgoing: &'c Outgoing<'t>, reading: &'c Reading<'t>) -> Self {
        let hits = parts.matcher.find(reading);
        let shapes = parts.shapes.find(reading, Shape::wanted(outgoing));
        let tongues = tongues(parts, outgoing, reading);
        let (said, found) = (BTreeSet::new(), Found::default());
        Self { parts, outgoing, reading, tongues, hits, shapes, said, found }
    }

    pub(crate) fn signs(&self) -> Signs {
        let english = number_of(ENGLISH);
        let ours = |hit: &Hit<Cue>| self.tongues.contains(&hit.language) || Some(hit.language) == english;
        let cues = self.parts.cues.find(self.reading).into_iter().filter(ours);
        let cues: BTreeSet<(usize, Cue)> = cues.map(|hit| (hit.start, hit.part)).collect();
        let told = self.found.told();
        Signs::of(self.reading, &self.said, &cues, &self.shapes, &told, self.outgoing.audience)
    }

    /// Whether a finding needs no second opinion: addresses and numbers are known by their shape.
    pub(crate) fn stands(&self, told: &Told) -> bool {
        let inside = |seen: &Seen| told.span.0 < seen.end && seen.start < told.span.1;
        match told.rule {
            Rule::PersonalData => true,
            Rule::OffPlatform => self.shapes.iter().any(|seen| seen.shape.is_contact() && inside(seen)),
            _ => false,
        }
    }

    /// Lets go what was only said in passing, and adds what no rule has words for.
    pub(crate) fn judge(&mut self, judge: &Judge) {
        let signs = self.signs();
        let opinions = judge.look(&signs, self.reading, self.outgoing);
        let meets = |a: Span, b: Span| a.0 < b.1 && b.0 < a.1;
        let told = self.found.told();
        let kept = told.iter().filter(|told| {
            let piece = |opinion: &Opinion| meets(opinion.piece, told.span) && judge.keeps(opinion);
            // Harmless talk beside it takes nothing back: it is heard alone as well.
            let alone = || judge.keeps(&judge.hear(around(self.reading, told.span), &signs, self.outgoing));
            self.stands(told) || opinions.iter().any(piece) || alone()
        });
        let kept: BTreeSet<(Span, Rule)> = kept.map(|told| (told.span, told.rule)).collect();
        self.found.refusals = kept;
        for opinion in opinions.iter().filter(|opinion| judge.refuses(opinion)) {
            if !self.found.refusals.iter().any(|(span, _)| meets(opinion.piece, *span)) {
                let place = judge.place(opinion, &signs, self.reading);
                self.found.refusals.insert((place, opinion.rule));
            }
        }
    }

    pub(crate) fn run(&mut self) {
        let pools = self.pools();
        for languages in &pools {
            let scene = Scene::new(self.reading, &self.hits, &self.shapes, languages);
            let whole = self.is_whole(languages, &pools);
            self.found.look(&scene, self.outgoing, &self.shapes, whole);
            self.said.extend(scene.all().copied());
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
        let english = number_of(ENGLISH);
        let mut tongues = self.tongues.clone();
        // Without a word of its own a language says nothing that English does not.
        let speaks = |number: &u8| self.hits.iter().any(|hit| hit.language == *number);
        // Beside a language that speaks, English is looked at with it alone: its words untie English ones.
        if !tongues.iter().any(speaks) {
            tongues.extend(english);
        }
        let speaks = |number: &u8| Some(*number) == english || speaks(number);
        let pools = tongues.into_iter().filter(speaks);
        pools.map(|number| [Some(number), english].into_iter().flatten().collect()).collect()
    }
}

/// The languages that the text may be in.
fn tongues(parts: &Parts, outgoing: &Outgoing<'_>, reading: &Reading<'_>) -> BTreeSet<u8> {
    let letters = &reading.letters;
    let claimed = outgoing.language.and_then(primary_tag).filter(|tag| script_fits(tag, letters));
    let (identified, confidence) = parts.detector.identify(letters);
    let mut tags: BTreeSet<String> = claimed.into_iter().collect();
    if tags.is_empty() && (confidence < SURE || number_of(&identified).is_none()) {
        let fits = EMBEDDED.iter().map(|(tag, ..)| *tag).filter(|tag| script_fits(tag, letters));
        tags.extend(fits.map(str::to_owned));
    }
    tags.insert(identified);
    let twins = TWINS.iter().filter(|(tag, _)| tags.contains(*tag));
    let twins: Vec<String> = twins.map(|(_, twin)| (*twin).to_owned()).collect();
    tags.extend(twins);
    tags.iter().filter_map(|tag| number_of(tag)).collect()
}
