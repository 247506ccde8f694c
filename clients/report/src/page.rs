//! The page around the sections.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::html::{Html, el, foreign, void};
use crate::number::{moment, span};
use crate::section::{self, Section};
use crate::{GENERATOR, Report};

const STYLE: &str = include_str!("style.css");

pub(crate) fn page(report: &Report) -> Html {
    let sections = section::all(report);
    let body = el("a", &[("class", "skip"), ("href", "#content")], "Skip to the figures")
        .and(header(report))
        .and(contents(&sections))
        .and(el("main", &[("id", "content")], sections.into_iter().map(framed).collect::<Html>()))
        .and(footer(report));
    let page = head(report).and(el("body", &[], body));
    Html::fixed("<!doctype html>\n").and(el("html", &[("lang", "en")], page)).and("\n")
}

fn head(report: &Report) -> Html {
    let title = format!("{}: {}", name(report), span(Some(&report.days)));
    let inside = void("meta", &[("charset", "utf-8")])
        .and(void("meta", &[("http-equiv", "Content-Security-Policy"), ("content", &policy())]))
        .and(void("meta", &[("name", "generator"), ("content", GENERATOR)]))
        .and(void("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]))
        .and(void("meta", &[("name", "color-scheme"), ("content", "light dark")]))
        .and(void("meta", &[("name", "referrer"), ("content", "no-referrer")]))
        .and(void("meta", &[("name", "robots"), ("content", "noindex")]))
        .and(el("title", &[], title))
        .and(el("style", &[], Html::fixed(STYLE)));
    el("head", &[], inside)
}

/// Nothing may be loaded, run or sent; the one style sheet is named by its checksum.
fn policy() -> String {
    let checksum = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    format!("default-src 'none'; style-src 'sha256-{checksum}'; base-uri 'none'; form-action 'none'")
}

fn name(report: &Report) -> &str {
    match report.shop.display_name.as_str() {
        "" => report.shop.name.rsplit('/').next().unwrap_or_default(),
        name => name,
    }
}

fn header(report: &Report) -> Html {
    let place = [report.shop.channel.replace('_', " "), report.shop.region.clone()];
    let place: Vec<String> = place.into_iter().filter(|part| !part.is_empty()).collect();
    let mut about = Html::text(&span(Some(&report.days)));
    if !place.is_empty() {
        about = about.and(" · ").and(foreign(&place.join(", ")));
    }
    let title = el("h1", &[], foreign(name(report)));
    el("header", &[], title.and(el("p", &[("class", "about")], about)))
}

fn contents(sections: &[Section]) -> Html {
    let link = |one: &Section| el("li", &[], el("a", &[("href", &format!("#{}", one.id))], one.title));
    let list = sections.iter().map(link).collect::<Html>();
    el("nav", &[("aria-label", "Contents")], el("ul", &[], list))
}

fn framed(section: Section) -> Html {
    let heading_id = format!("{}-heading", section.id);
    let heading = el("h2", &[("id", &heading_id)], section.title);
    let attributes = [("id", section.id), ("aria-labelledby", &*heading_id)];
    el("section", &attributes, heading.and(section.body))
}

fn footer(report: &Report) -> Html {
    let mut times: Vec<_> = [
        report.reversal.as_of_time,
        report.reversal_over_time.as_of_time,
        report.returns.as_of_time,
        report.returns_over_time.as_of_time,
        report.remedies.as_of_time,
        report.fairness.as_of_time,
    ]
    .into_iter()
    .flatten()
    .collect();
    times.sort_by_key(|time| (time.seconds, time.nanos));
    let (first, last) = (moment(times.first()), moment(times.last()));
    let told = if first == last {
        format!("These figures hold for what was known on {first}.")
    } else {
        format!("These figures were read one after the other, between {first} and {last}.")
    };
    let made = "Made with Amends. This page is complete in itself: it loads nothing and runs no program.";
    el("footer", &[], el("p", &[], told).and(el("p", &[], made)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_sheet_loads_nothing_and_cannot_end_early() {
        for word in ["url(", "@import", "</", "http:", "https:"] {
            assert!(!STYLE.contains(word), "{word}");
        }
    }
}
