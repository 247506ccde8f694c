//! What a row of the catalogue's file says.

use super::super::channel::{AskQuota, ChannelPolicy};
use super::super::{EditFrom, EditWindow};
use crate::rows::{Raw, day, days, number, string, word};

/// Rows with the line that each begins on, and everything that is wrong.
pub(super) fn rows(text: &str) -> (Vec<(usize, ChannelPolicy)>, Vec<String>) {
    crate::rows::rows(text, Raw::row)
}

impl Raw<'_> {
    fn row(&mut self) -> Option<ChannelPolicy> {
        // Everything is read before anything is given up, so that all problems are told at once.
        let text = (self.text("channel"), self.text("region"), self.text("source"));
        let from = self.must("effective_from", day);
        let stars = self.must("negative_threshold", number);
        let ask = (self.must("ask", word), self.must("owner_opt_in", word));
        let window = self.must("edit_window", window);
        let edits_allowed = self.may("edits_allowed", number);
        let locks = self.must("reply_locks_edit", number);
        let replies = (self.may("replies", number), self.may("reply_characters", number));
        let contact_window = self.may("contact_days", days);
        let ask_quota = self.quota();
        let counting = self.must("counting", word);
        let windows = (self.must("return_days", days), self.must("avoid_days", days));
        let auto_approval = self.may("auto_approval_days", days);
        let (kpi, note) = (self.may("kpi", string), self.may("note", string));
        let (known_at, certainty) = (self.must("known_at", day), self.must("certainty", word));
        Some(ChannelPolicy {
            channel: text.0?,
            region: text.1?,
            effective_from: from?,
            negative_threshold: stars?,
            ask: ask.0?,
            opt_in: ask.1?,
            edit_window: window?,
            edits_allowed,
            reply_locks_edit: locks?,
            reply_count: replies.0,
            reply_length: replies.1,
            contact_window,
            ask_quota,
            counting: counting?,
            return_window: windows.0?,
            avoid_window: windows.1?,
            auto_approval,
            kpi: kpi.unwrap_or_default(),
            note: note.unwrap_or_default(),
            source: text.2?,
            known_at: known_at?,
            certainty: certainty?,
            signed_off: None,
        })
    }

    /// All of the quota or nothing of it: half of one would be a limit that nobody meant.
    fn quota(&mut self) -> Option<AskQuota> {
        let per_year = self.may("asks_per_year", number);
        let per_thousand = self.may("asks_per_thousand", number);
        let answer_within = self.may("ask_answer_days", days);
        let ignored_count = self.may("ignored_asks_count", number);
        match (per_year, per_thousand, ignored_count) {
            (Some(per_year), Some(per_thousand), Some(ignored_count)) => {
                Some(AskQuota { per_year, per_thousand, answer_within, ignored_count })
            }
            (None, None, None) if answer_within.is_none() => None,
            _ => {
                self.problems.push(format!("line {}: has half of a quota of asks", self.line));
                None
            }
        }
    }
}

fn window(value: &str) -> Result<EditWindow, String> {
    let text = string(value)?;
    match text.as_str() {
        "NONE" => return Ok(EditWindow::None),
        "ALWAYS" => return Ok(EditWindow::Always),
        _ => {}
    }
    let (days, from) = text.split_once(" from ").ok_or("must be NONE, ALWAYS or `30 from FIRST_OBSERVED`")?;
    let from: EditFrom = from.parse().map_err(|why: crate::id::UnknownWord| why.to_string())?;
    Ok(EditWindow::Days { days: number(days)?, from })
}
