//! `amends detect --replay`: what a model would hear differently in texts that are stored.

use std::collections::BTreeMap;

use amends_detect::{Detector, Input, THRESHOLD_DEFAULT};
use amends_domain::detection::Detection;
use amends_store::text::{self, HeardText};
use amends_store::{Options, Store};
use anyhow::Context;
use serde_json::{Value, json};

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
    if as_json {
        println!("{}", changes.json(detector.version()));
    } else {
        println!("{}", changes.lines(detector.version()).join("\n"));
    }
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
        let reasons =
            |d: &Detection| d.reasons.iter().map(|r| r.reason.as_str()).collect::<Vec<_>>().join(",");
        self.note(stored, now, "reasons", &reasons(was), &reasons(now));
        self.note(stored, now, "actionable", yes(was.actionable), yes(now.actionable));
        self.note(stored, now, "language", &was.language, &now.language);
        let flags = |d: &Detection| d.flags.iter().map(|f| f.as_str()).collect::<Vec<_>>().join(",");
        self.note(stored, now, "flags", &flags(was), &flags(now));
    }

    fn note(&mut self, stored: &HeardText, now: &Detection, what: &'static str, before: &str, after: &str) {
        if before == after {
            return;
        }
        let change = format!("{} → {}", or_none(before), or_none(after));
        self.count(format!("{}/{}", stored.key.shop, stored.key.id), &now.language, what, change);
    }

    fn count(&mut self, id: String, language: &str, what: &'static str, change: String) {
        *self.counts.entry((what, format!("{language}: {change}"))).or_default() += 1;
        if self.listed.len() < LISTED_MAX {
            self.listed.push((id, what, change));
        }
    }

    /// How many changes are counted only.
    fn unlisted(&self) -> u64 {
        self.counts.values().sum::<u64>() - self.listed.len() as u64
    }

    fn json(&self, version: &str) -> Value {
        let counts: Vec<_> = self
            .counts
            .iter()
            .map(|((what, change), texts)| json!({ "what": what, "change": change, "texts": texts }))
            .collect();
        let listed: Vec<_> = self
            .listed
            .iter()
            .map(|(id, what, change)| json!({ "id": id, "what": what, "change": change }))
            .collect();
        json!({
            "model_version": version, "texts": self.texts, "changes": counts,
            "listed": listed, "unlisted": self.unlisted(),
        })
    }

    fn lines(&self, version: &str) -> Vec<String> {
        let mut lines = vec![format!("{} texts heard again by {version}", self.texts)];
        if self.counts.is_empty() {
            lines.push("  nothing would change".to_owned());
        }
        let counts = self.counts.iter();
        lines.extend(counts.map(|((what, change), texts)| format!("  {texts:6}  {what:16} {change}")));
        let listed = self.listed.iter();
        lines.extend(listed.map(|(id, what, change)| format!("  e.g. {id}: {what} {change}")));
        if self.unlisted() > 0 {
            lines.push(format!("  and {} more that are not listed", self.unlisted()));
        }
        lines
    }
}

const fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}

const fn or_none(word: &str) -> &str {
    if word.is_empty() { "none" } else { word }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many changes, each of another text.
    fn changes(number: usize) -> Changes {
        let mut changes = Changes { texts: 30, ..Changes::default() };
        for at in 0..number {
            changes.count(format!("shop/r-{at}"), "en", "return intent", "yes → no".to_owned());
        }
        changes
    }

    #[test]
    fn the_changes_are_listed_in_json_as_in_text() {
        let changes = changes(2);
        let expect = json!({
            "model_version": "mine", "texts": 30, "unlisted": 0,
            "changes": [{ "what": "return intent", "change": "en: yes → no", "texts": 2 }],
            "listed": [
                { "id": "shop/r-0", "what": "return intent", "change": "yes → no" },
                { "id": "shop/r-1", "what": "return intent", "change": "yes → no" },
            ],
        });
        assert_eq!(changes.json("mine"), expect);
        let expect = [
            "30 texts heard again by mine",
            "       2  return intent    en: yes → no",
            "  e.g. shop/r-0: return intent yes → no",
            "  e.g. shop/r-1: return intent yes → no",
        ];
        assert_eq!(changes.lines("mine"), expect);
    }

    #[test]
    fn both_say_when_more_changed_than_is_listed() {
        let changes = changes(LISTED_MAX + 3);
        assert_eq!(changes.listed.len(), LISTED_MAX);
        assert_eq!(changes.json("mine").get("unlisted"), Some(&json!(3)));
        assert_eq!(
            changes.lines("mine").last().map(String::as_str),
            Some("  and 3 more that are not listed")
        );
    }
}
