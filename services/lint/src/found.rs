//! What was found in one text, and the report that it makes.

use std::collections::BTreeSet;

use crate::linter::{Audience, Outgoing, Venue};
use crate::read::Reading;
use crate::rule::{Advice, Hint, Refusal, Report, Rule};
use crate::rules::{advice, contact, named, personal, review, threat};
use crate::scene::{Scene, Span};
use crate::shape::Seen;

/// What a rule found, in letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) span: Span,
    pub(crate) rule: Rule,
}

/// What was found, in letters.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) refusals: BTreeSet<(Span, Rule)>,
    /// In bytes of the original already.
    pub(crate) streets: Vec<std::ops::Range<usize>>,
    pub(crate) advice: BTreeSet<(Span, Advice)>,
    asks: bool,
    pub(crate) kind: bool,
}

impl Found {
    /// What the rules say of a scene; `whole` if it holds all words that tell of a review.
    pub(crate) fn look(
        &mut self,
        scene: &Scene<'_, '_>,
        outgoing: &Outgoing<'_>,
        shapes: &[Seen],
        whole: bool,
    ) {
        let asked = review::Asked::of(scene);
        let mut found = review::Found::new();
        review::incentive(scene, &asked, &mut found);
        review::mixed(scene, &asked, &mut found);
        review::pressure(scene, &asked, &mut found);
        review::removal(scene, &asked, &mut found);
        review::withdrawal(scene, &mut found);
        threat::threat(scene, &mut found);
        if outgoing.venue == Venue::Marketplace {
            contact::off_platform(scene, shapes, &mut found);
        }
        if whole && outgoing.audience != Audience::PublicReply {
            named::given(scene, &asked, &mut found);
        }
        if whole && matches!(outgoing.audience, Audience::PrivateMessage | Audience::Offer) {
            named::unexplained(scene, &asked, &mut found);
        }
        if outgoing.audience == Audience::PublicReply {
            let numbers = personal::numbers(scene, shapes);
            found.extend(numbers.into_iter().map(|span| (Rule::PersonalData, span)));
        }
        self.asks |= asked.revision().is_some();
        self.kind |= advice::is_kind(scene);
        self.refusals.extend(found.into_iter().map(|(rule, span)| (span, rule)));
        self.advice.extend(advice::by_parts(scene).into_iter().map(|(advice, span)| (span, advice)));
    }

    /// What the rules found so far.
    pub(crate) fn told(&self) -> Vec<Told> {
        self.refusals.iter().map(|(span, rule)| Told { span: *span, rule: *rule }).collect()
    }

    /// All of it, by place in the text.
    pub(crate) fn report(self, reading: &Reading<'_>) -> Report {
        let text = reading.original;
        let words = |span: &std::ops::Range<usize>| text.get(span.clone()).unwrap_or_default().to_owned();
        let spans = self.refusals.into_iter().map(|(span, rule)| (rule, reading.origin(span)));
        let streets = self.streets.into_iter().map(|span| (Rule::PersonalData, span));
        let mut refusals: Vec<Refusal> = Vec::new();
        let mut all: Vec<(Rule, std::ops::Range<usize>)> = spans.chain(streets).collect();
        // The shortest of what overlaps under one rule says it best.
        all.sort_by_key(|(rule, span)| (*rule, span.len(), span.start));
        for (rule, span) in all {
            let overlaps = |other: &Refusal| {
                other.rule == rule && other.span.start < span.end && span.start < other.span.end
            };
            if !refusals.iter().any(overlaps) {
                refusals.push(Refusal { rule, words: words(&span), span });
            }
        }
        refusals.sort_by_key(|refusal| (refusal.span.start, refusal.span.end, refusal.rule));
        let told = self.advice.into_iter().map(|(span, advice)| match advice {
            Advice::NoApology => (advice, 0..0),
            _ => (advice, reading.origin(span)),
        });
        let loud = advice::shouting(text).into_iter().map(|span| (Advice::Shouting, span));
        let marks = advice::exclamations(text).into_iter().map(|span| (Advice::Exclamation, span));
        let mut hints: Vec<Hint> = told
            .chain(loud)
            .chain(marks)
            .map(|(advice, span)| Hint { advice, words: words(&span), span })
            .collect();
        hints.sort_by_key(|hint| (hint.span.start, hint.span.end, hint.advice));
        hints.dedup();
        Report { refusals, advice: hints, asks_for_revision: self.asks }
    }
}
