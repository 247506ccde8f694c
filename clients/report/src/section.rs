//! The sections of the page, in the order in which a shop owner asks.

mod fairness;
mod incidents;
mod promises;
mod reading;
mod remedies;
mod response;
mod returns;
mod reviews;
mod short;

use crate::Report;
use crate::html::{Html, el, void};

/// A part of the page with a heading.
pub(crate) struct Section {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) body: Html,
}

/// All of them.
pub(crate) fn all(report: &Report) -> Vec<Section> {
    let section = |id, title, body| Section { id, title, body };
    vec![
        section("short", "In short", short::body(report)),
        section("reviews", "Reviews", reviews::body(report)),
        section("returns", "Returns", returns::body(report)),
        section("remedies", "Remedies", remedies::body(report)),
        section("fairness", "Fairness", fairness::body(report)),
        section("response", "Response", response::body(report)),
        section("promises", "Promises to buyers", promises::body(report)),
        section("incidents", "Incidents", incidents::body(report)),
        section("reading", "How to read this", reading::body()),
    ]
}

/// A paragraph.
fn p(text: impl Into<Html>) -> Html {
    el("p", &[], text)
}

/// A paragraph that stands back.
fn note(text: impl Into<Html>) -> Html {
    el("p", &[("class", "note")], text)
}

/// A heading within a section.
fn heading(text: &str) -> Html {
    el("h3", &[], text)
}

/// A chart with its words and the table behind it.
fn figure(caption: &str, picture: Option<Html>, numbers: Html) -> Html {
    let Some(picture) = picture else { return Html::new() };
    let legend =
        "The line is the share, the band its 95 % interval. Hollow, dashed and hatched may still change.";
    let caption = el("figcaption", &[], el("strong", &[], caption).and(void("br", &[])).and(legend));
    el("figure", &[], caption.and(picture).and(numbers))
}
