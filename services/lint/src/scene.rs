//! The parts of one language in a text, and how they stand to each other.

use crate::matcher::{COMMON, Hit};
use crate::part::Part;
use crate::read::Reading;
use crate::shape::{Seen, Shape};

/// A verb and its object may be this far apart, in letters.
pub(crate) const NEAR: u32 = 36;
/// A verb and its pronoun stand closer.
const IT_MAX: u32 = 14;
/// Parts of one sentence further apart have little to do with each other.
pub(crate) const FAR: u32 = 140;

/// Letters from the first to before the last.
pub(crate) type Span = (usize, usize);

/// What one language, English loans and what is common to all make of a text.
pub(crate) struct Scene<'r, 'a> {
    pub(crate) reading: &'r Reading<'a>,
    parts: Vec<Vec<Hit>>,
    /// Amounts of money.
    money: Vec<Span>,
}

impl<'r, 'a> Scene<'r, 'a> {
    pub(crate) fn new(reading: &'r Reading<'a>, hits: &[Hit], shapes: &[Seen], languages: &[u8]) -> Self {
        let ours = |hit: &&Hit| hit.language == COMMON || languages.contains(&hit.language);
        let mut parts = vec![Vec::new(); Part::COUNT];
        for hit in hits.iter().filter(ours) {
            if let Some(list) = parts.get_mut(hit.part as usize) {
                list.push(*hit);
            }
        }
        let money = shapes.iter().filter(|seen| seen.shape == Shape::Money).map(Seen::span).collect();
        let mut scene = Self { reading, parts, money };
        scene.mute();
        scene.hope();
        scene
    }

    /// Takes away what stands inside harmless expressions.
    fn mute(&mut self) {
        let neutral: Vec<Span> = self.of(Part::Neutral).map(|hit| hit.span()).collect();
        if neutral.is_empty() {
            return;
        }
        // What is harmless may be so because it thanks, apologises or declines.
        let kind = |hit: &Hit| {
            use Part::{Never, Noted, Regardless, Sorry, Thanks, Took, Waive, WaiveAfter};
            matches!(hit.part, Thanks | Sorry | Noted | Took | Never | Regardless | Waive | WaiveAfter)
        };
        for list in &mut self.parts {
            list.retain(|hit| {
                kind(hit) || !neutral.iter().any(|(start, end)| *start <= hit.start && hit.end <= *end)
            });
        }
    }

    /// "We would be grateful for" and "we would be glad that" ask, though "grateful for" thanks.
    fn hope(&mut self) {
        const AT_ONCE: usize = 3;
        let pleas = self.any(&[Part::Please]);
        for part in [Part::Thanks, Part::Noted] {
            let reach = if part == Part::Noted { AT_ONCE } else { 0 };
            let hoped = |told: &Hit| {
                pleas.iter().any(|(start, end)| *start < told.start && told.start < *end + reach)
            };
            if let Some(list) = self.parts.get_mut(part as usize) {
                list.retain(|told| !hoped(told));
            }
        }
    }

    pub(crate) fn of(&self, part: Part) -> impl Iterator<Item = &Hit> + Clone {
        self.parts.get(part as usize).into_iter().flatten()
    }

    /// All parts, after what is harmless was taken away.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Hit> {
        self.parts.iter().flatten()
    }

    pub(crate) fn has(&self, part: Part) -> bool {
        self.of(part).next().is_some()
    }

    pub(crate) fn any(&self, parts: &[Part]) -> Vec<Span> {
        parts.iter().flat_map(|part| self.of(*part)).map(Hit::span).collect()
    }

    /// What is worth something.
    pub(crate) fn values(&self) -> Vec<Span> {
        let mut values = self.any(&[Part::Value]);
        values.extend(&self.money);
        values
    }

    /// What a review is called: "review", "stars".
    pub(crate) fn targets(&self) -> Vec<Span> {
        self.any(&[Part::Review, Part::Stars, Part::Good, Part::Rate])
    }

    pub(crate) fn sentence(&self, span: Span) -> u32 {
        self.reading.sentence(span.0)
    }

    pub(crate) fn same_sentence(&self, a: Span, b: Span) -> bool {
        self.sentence(a) == self.sentence(b)
    }

    /// In one sentence, and at most so far apart.
    pub(crate) fn within(&self, a: Span, b: Span, max: u32) -> bool {
        self.reading.gap(a, b) <= max && self.same_sentence(a, b)
    }

    /// In one clause, and at most so far apart.
    pub(crate) fn beside(&self, a: Span, b: Span, max: u32) -> bool {
        self.within(a, b, max) && self.reading.one_clause(a, b)
    }

    /// Whether any hit of these parts stands in the sentence, not too far away.
    pub(crate) fn said_with(&self, span: Span, parts: &[Part]) -> bool {
        parts.iter().flat_map(|part| self.of(*part)).any(|hit| self.within(span, hit.span(), FAR))
    }

    /// Whether the text says that this is not asked of the buyer.
    pub(crate) fn is_waived(&self, span: Span) -> bool {
        let mut before = self.of(Part::Waive).map(Hit::span).filter(|waive| waive.0 <= span.0);
        let mut after = self.of(Part::WaiveAfter).map(Hit::span).filter(|waive| waive.1 >= span.1);
        let mut never = self.of(Part::Never).map(Hit::span).filter(|never| never.0 <= span.0);
        never.any(|never| self.within(never, span, FAR))
            || before.any(|waive| self.beside(waive, span, 40))
            || after.any(|waive| self.beside(span, waive, 40))
    }

    /// Whether the seller says to do it himself.
    pub(crate) fn is_ours(&self, span: Span) -> bool {
        let ours = self.of(Part::Ourselves).map(Hit::span);
        // "We would be grateful if it was deleted" and "we beg to delete it" ask all the same.
        let asked = |ours: Span| {
            self.of(Part::Please).any(|please| {
                (please.start <= ours.0 && self.beside(please.span(), ours, NEAR))
                    || (please.start >= ours.1 && please.end <= span.0)
            })
        };
        ours.into_iter().any(|ours| ours.1 <= span.0 && self.beside(ours, span, 8) && !asked(ours))
    }

    /// Whether it is asked of the buyer at all.
    pub(crate) fn is_asked(&self, span: Span) -> bool {
        !self.is_ours(span) && !self.is_waived(span)
    }

    /// A verb with its object, each verb with the nearest.
    pub(crate) fn acts(&self, verb: Part, objects: &[Span]) -> Vec<Span> {
        let verbs = self.of(verb).map(Hit::span).filter(|verb| self.is_asked(*verb));
        let act = |verb: Span| {
            let near = objects.iter().filter(|object| {
                self.beside(verb, **object, NEAR)
                    || self.asked_before(**object, verb)
                    || self.pleaded(verb, **object)
            });
            near.min_by_key(|object| self.reading.gap(verb, **object)).map(|object| join(verb, *object))
        };
        verbs.filter_map(act).collect()
    }

    /// "Could you please … the review, which you wrote on Monday, … delete".
    fn asked_before(&self, object: Span, verb: Span) -> bool {
        let asked = |object: Span| {
            self.of(Part::Please)
                .any(|please| please.end <= object.0 && self.beside(please.span(), object, 24))
        };
        object.1 <= verb.0 && self.within(object, verb, 2 * NEAR) && asked(object)
    }

    /// "Cancel, please, the request": some languages set the plea between commas.
    fn pleaded(&self, verb: Span, object: Span) -> bool {
        let (first, second) = if verb.0 <= object.0 { (verb, object) } else { (object, verb) };
        self.within(first, second, NEAR)
            && self.of(Part::Please).any(|please| please.start >= first.1 && please.end <= second.0)
    }

    /// A verb with a pronoun, of something that the same sentence or the one before names.
    pub(crate) fn acts_on_it(&self, verb: Part, with_it: Part, objects: &[Span]) -> Vec<Span> {
        let pronouns = self.any(&[Part::It]);
        let please = self.any(&[Part::Please]);
        let on_it = self.of(verb).map(Hit::span).filter(|verb| {
            pronouns.iter().any(|it| self.beside(*verb, *it, IT_MAX))
                && please.iter().any(|please| self.within(*verb, *please, 50))
        });
        let verbs = self.of(with_it).map(Hit::span).chain(on_it).filter(|verb| self.is_asked(*verb));
        let named = |verb: &Span| {
            objects.iter().any(|object| {
                object.0 < verb.1
                    && self.sentence(*object) + 1 >= self.sentence(*verb)
                    && self.reading.gap(*object, *verb) <= FAR
            })
        };
        verbs.filter(named).collect()
    }
}

/// From the start of the first to the end of the last.
pub(crate) fn join(a: Span, b: Span) -> Span {
    (a.0.min(b.0), a.1.max(b.1))
}
