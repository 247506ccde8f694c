//! Personal data where everyone can read them.

use std::ops::Range;

use super::contact::is_phone;
use crate::matcher::Hit;
use crate::part::Part;
use crate::read::View;
use crate::scene::{Scene, Span};
use crate::shape::{Seen, Shape};

/// The number of an order stands close after the word.
const NUMBER_MAX: u32 = 18;
/// "5550-1293-7741 numaralı sipariş": the word follows at once.
const NUMBERED_MAX: u32 = 1;
/// Shorter parts of a name are initials, or words.
const NAME_CHARS_MIN: usize = 4;

/// Addresses, numbers and accounts, by their shape and the words beside them.
pub(crate) fn numbers(scene: &Scene<'_, '_>, shapes: &[Seen]) -> Vec<Span> {
    let is_personal = |seen: &&Seen| match seen.shape {
        Shape::Email | Shape::Card | Shape::Iban | Shape::OrderId => true,
        Shape::Phone | Shape::Digits => is_phone(scene, seen) || is_number_of_order(scene, seen),
        Shape::Code => is_number_of_order(scene, seen),
        Shape::Url | Shape::Handle | Shape::Money => false,
    };
    shapes.iter().filter(is_personal).map(Seen::span).collect()
}

fn is_number_of_order(scene: &Scene<'_, '_>, seen: &Seen) -> bool {
    let named = scene.of(Part::Order).map(Hit::span);
    named.into_iter().any(|hit| {
        let max = if hit.0 <= seen.start { NUMBER_MAX } else { NUMBERED_MAX };
        scene.within(hit, seen.span(), max)
    })
}

/// Where known words stand in a text: names and order numbers of the buyer, spelt as the text is.
pub(crate) fn known(scene: &Scene<'_, '_>, view: &View, spelt: &[String], whole_only: bool) -> Vec<Span> {
    let mut found = Vec::new();
    for known in spelt {
        found.extend(places(scene, view, known));
        if whole_only {
            continue;
        }
        for word in known.split(' ').filter(|word| word.chars().count() >= NAME_CHARS_MIN) {
            let capital = |span: &Span| is_capital(scene.reading.original, &scene.reading.origin(*span));
            found.extend(places(scene, view, word).into_iter().filter(capital));
        }
    }
    found
}

fn places(scene: &Scene<'_, '_>, view: &View, word: &str) -> Vec<Span> {
    if word.chars().count() < 2 {
        return Vec::new();
    }
    let spans = view.text.match_indices(word).filter_map(|(at, _)| view.letters(at..at + word.len()));
    spans.filter(|(start, end)| scene.reading.is_border(*start) && scene.reading.is_border(*end)).collect()
}

/// Whether a word is written as names are: "Will" may be a name, "will" is not. Most scripts have no capitals.
fn is_capital(original: &str, at: &Range<usize>) -> bool {
    let first = original.get(at.clone()).and_then(|word| word.chars().next());
    first.is_some_and(|c| !c.is_lowercase())
}
