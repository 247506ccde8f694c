//! `amends detect --replay`: what a model would hear differently in texts that are stored.

use std::collections::BTreeMap;

use amends_detect::{Detector, Input, THRESHOLD_DEFAULT};
use amends_domain::detection::Detection;
use amends_store::text::{self, HeardText};
use amends_store::{Options, Store};
use anyhow::Context;
use serde_json::json;

use crate::config::mask_url;

/// Texts read at a time.
const PAGE: u32 = 1_000;
/// Changes that are listed by id; the counts are of all.
const LISTED_MAX: usize = 20;

#[derive(Debug, Default)]
struct Changes {
    texts: u64,
    counts: BTreeMap<(&'static str, String), u64>,
    listed: Vec<(String, &'static str, String)>,
}

/// Compares every stored detection with what this model hears. Texts are never printed.
pub(super) async fn run(detector: &Detector, url: &str, as_json: bool) -> anyhow::Result<()> {
    let store = Store::open(url, &Options::default())
        .await
        .with_context(|| format!("the database {} cannot be opened", mask_url(url)))?;
    let mut changes = Changes::default();
    let mut after = None;
    loop {
        let page = text::heard_page(&store.reader(), after.as_ref(), PAGE).await?;
        for stored in &page.texts {
            changes.compare(stored, &hear(detector, stored));
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    store.close().await;
    changes.print(detector.version(), as_json);
    Ok(())
}

fn hear(detector: &Detector, stored: &HeardText) -> Detection {
    let was = &stored.detection;
    // What the stars decided by the shop's threshold then, they decide now.
    let threshold = match stored.rating {
        Some(rating) if was.negative => rating,
        Some(rating) => rating.saturating_sub(1),
        None => THRESHOLD_DEFAULT,
    };
    // Only a language that the caller named is known for certain.
    let language = (was.language_confidence >= 1.0).then_some(was.language.as_str());
    detector.detect(&Input {
        text: &stored.body,
        rating: stored.rating,
        threshold,
        language,
        kind: stored.kind,
    })
}

impl Changes {
    fn compare(&mut self, stored: &HeardText, now: &Detection) {
        self.texts += 1;
        let was = &stored.detection;
        // A text without a rating is negative by the model; with one, by the shop's threshold.
        if stored.rating.is_none() {
            self.note(stored, now, "negative", yes(was.negative), yes(now.negative));
        }
        self.note(stored, now, "hidden negative", yes(was.hidden_negative), yes(now.hidden_negative));
        self.note(stored, now, "return intent", yes(was.return_intent), yes(now.return_intent));
        self.note(stored, now, "main reason", was.main_reason().as_str(), now.main_reason().as_str());
        self.note(stored, now, "language", &was.language, &now.language);
        let flags = |d: &Detection| d.flags.iter().map(|f| f.as_str()).collect::<Vec<_>>().join(",");
        self.note(stored, now, "flags", &flags(was), &flags(now));
    }

    fn note(&mut self, stored: &HeardText, now: &Detection, what: &'static str, before: &str, after: &str) {
        if before == after {
            return;
        }
        let change = format!("{} → {}", or_none(before), or_none(after));
        *self.counts.entry((what, format!("{}: {change}", now.language))).or_default() += 1;
        if self.listed.len() < LISTED_MAX {
            self.listed.push((format!("{}/{}", stored.key.shop, stored.key.id), what, change));
        }
    }

    fn print(&self, version: &str, as_json: bool) {
        if as_json {
            let counts: Vec<_> = self
                .counts
                .iter()
                .map(|((what, change), texts)| json!({ "what": what, "change": change, "texts": texts }))
                .collect();
            println!("{}", json!({ "model_version": version, "texts": self.texts, "changes": counts }));
            return;
        }
        println!("{} texts heard again by {version}", self.texts);
        if self.counts.is_empty() {
            println!("  nothing would change");
        }
        for ((what, change), texts) in &self.counts {
            println!("  {texts:6}  {what:16} {change}");
        }
        for (id, what, change) in &self.listed {
            println!("  e.g. {id}: {what} {change}");
        }
    }
}

const fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}

const fn or_none(word: &str) -> &str {
    if word.is_empty() { "none" } else { word }
}
