//! Templates of replies: words by language, with places for facts of the case.

use std::collections::BTreeMap;

use crate::code::codes;
use crate::{ShopId, TemplateId, Time};

codes! {
    /// A place in a template, by the word that stands between its braces.
    pub enum Placeholder {
        /// The id of the order.
        OrderId = "order_id",
        /// What was bought.
        Product = "product",
        /// The number of the parcel.
        Tracking = "tracking",
        /// What is given back.
        Amount = "amount",
        /// The day the reply is written.
        Date = "date",
        /// Who writes.
        Agent = "agent",
    }
}

/// The words of a template in each language it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Which.
    pub id: TemplateId,
    /// The tenant.
    pub shop: ShopId,
    /// The words by language, a BCP 47 tag.
    pub texts: BTreeMap<String, String>,
    /// Rises with every change; the etag.
    pub version: i64,
    /// Who changed it last.
    pub changed_by: String,
    /// When.
    pub changed_at: Time,
}

/// What is wrong with the words of a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateProblem {
    /// There is no such place; the buyer's name is never one, because it is not stored beside facts.
    #[error(
        "{{{0}}} is no placeholder; there are {{order_id}}, {{product}}, {{tracking}}, {{amount}}, {{date}} and {{agent}}"
    )]
    UnknownPlaceholder(String),
    /// A brace without its other half.
    #[error("the brace at character {0} has no other half; a brace itself is written twice")]
    Unbalanced(usize),
    /// There are no words.
    #[error("must say something")]
    Empty,
}

/// Facts that stand for placeholders.
pub type Values = BTreeMap<Placeholder, String>;

/// A template with its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The words; a place for which there is no fact stands there as it is written.
    pub text: String,
    /// The places for which there is no fact, each once, in order.
    pub missing: Vec<Placeholder>,
}

/// A piece of a template.
enum Piece<'a> {
    Words(&'a str),
    Brace(char),
    Place(&'a str),
    Stray(usize),
}

/// Cuts a template into its pieces. `{{` and `}}` stand for a brace.
fn pieces(body: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = body;
    while let Some(at) = rest.find(['{', '}']) {
        let (words, from) = rest.split_at(at);
        if !words.is_empty() {
            pieces.push(Piece::Words(words));
        }
        let stray = || Piece::Stray(body.chars().count() - from.chars().count() + 1);
        let (piece, after) = if let Some(after) = from.strip_prefix("{{") {
            (Piece::Brace('{'), after)
        } else if let Some(after) = from.strip_prefix("}}") {
            (Piece::Brace('}'), after)
        } else if let Some(after) = from.strip_prefix('}') {
            (stray(), after)
        } else {
            let inner = from.strip_prefix('{').unwrap_or(from);
            match inner.split_once('}') {
                Some((name, after)) if !name.contains('{') => (Piece::Place(name), after),
                _ => (stray(), inner),
            }
        };
        pieces.push(piece);
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest));
    }
    pieces
}

/// Everything that is wrong with the words of a template; none if nothing is.
#[must_use]
pub fn problems(body: &str) -> Vec<TemplateProblem> {
    let mut found = Vec::new();
    if body.trim().is_empty() {
        found.push(TemplateProblem::Empty);
    }
    for piece in pieces(body) {
        match piece {
            Piece::Place(name) if name.parse::<Placeholder>().is_err() => {
                found.push(TemplateProblem::UnknownPlaceholder(name.to_owned()));
            }
            Piece::Stray(at) => found.push(TemplateProblem::Unbalanced(at)),
            Piece::Place(_) | Piece::Words(_) | Piece::Brace(_) => {}
        }
    }
    found
}

/// Puts facts into the places of a template.
#[must_use]
pub fn render(body: &str, values: &Values) -> Rendered {
    let mut rendered = Rendered { text: String::with_capacity(body.len()), missing: Vec::new() };
    for piece in pieces(body) {
        match piece {
            Piece::Words(words) => rendered.text.push_str(words),
            Piece::Brace(brace) => rendered.text.push(brace),
            Piece::Place(name) => {
                let place = name.parse::<Placeholder>().ok();
                if let Some(value) = place.and_then(|place| values.get(&place)) {
                    // A fact is never read for places again: what a buyer ordered cannot write our replies.
                    rendered.text.push_str(value);
                    continue;
                }
                rendered.text.push_str(&format!("{{{name}}}"));
                if let Some(place) = place.filter(|place| !rendered.missing.contains(place)) {
                    rendered.missing.push(place);
                }
            }
            // A stored template has none.
            Piece::Stray(_) => {}
        }
    }
    rendered
}

impl Template {
    /// The words for a buyer's language, and the language they are in: the
    /// tag itself, its primary language, English, or the first there is.
    #[must_use]
    pub fn words_in(&self, tag: &str) -> Option<(&str, &str)> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        let alike = |wanted: &str| self.texts.iter().find(|(known, _)| known.eq_ignore_ascii_case(wanted));
        let found = alike(tag).or_else(|| alike(primary)).or_else(|| alike("en"));
        found.or_else(|| self.texts.iter().next()).map(|(language, body)| (language.as_str(), body.as_str()))
    }
}
