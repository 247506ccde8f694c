//! What an import did, for people and for machines.

use std::{collections::BTreeMap, path::PathBuf};

use serde::Serialize;

use super::state::Counts;

/// How many different reasons are told one by one.
const REASONS_MAX: usize = 20;
const OTHERS: &str = "other reasons";

/// Why rows were refused, and how many for each reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Reasons(BTreeMap<String, u64>);

impl Reasons {
    /// Counts one row. What was found in it is left out, so that equal mistakes
    /// count together.
    pub(crate) fn add(&mut self, reason: &str) {
        let kind = reason.split_once(" (found").map_or(reason, |(kind, _)| kind);
        let known = self.0.contains_key(kind) || self.0.len() < REASONS_MAX;
        *self.0.entry(if known { kind } else { OTHERS }.to_owned()).or_default() += 1;
    }

    /// Adds those of another file.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (reason, count) in &other.0 {
            *self.0.entry(reason.clone()).or_default() += count;
        }
    }

    /// One line for each, the most frequent first.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut reasons: Vec<_> = self.0.iter().collect();
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        reasons.into_iter().map(|(reason, count)| format!("{count:>12} × {reason}")).collect()
    }
}

/// One file of the report.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct FileReport {
    /// As it was named.
    pub(crate) file: String,
    /// What its rows are.
    pub(crate) kind: &'static str,
    /// What became of them.
    #[serde(flatten)]
    pub(crate) counts: Counts,
    /// The list of rows that were refused.
    pub(crate) rejects: Option<PathBuf>,
}

/// The whole import.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Report {
    /// How many files.
    pub(crate) files: usize,
    /// What became of all their rows.
    #[serde(flatten)]
    pub(crate) counts: Counts,
    /// Signals by the kind of their files.
    pub(crate) kinds: BTreeMap<&'static str, u64>,
    /// Why rows were refused in this run.
    pub(crate) reasons: Reasons,
    /// How long it took.
    pub(crate) seconds: f64,
    /// File by file.
    pub(crate) details: Vec<FileReport>,
    /// Whether nothing was sent.
    pub(crate) dry_run: bool,
}

impl Report {
    /// Adds a file.
    pub(crate) fn add(&mut self, file: FileReport, reasons: &Reasons) {
        self.files += 1;
        self.counts.add(&file.counts);
        *self.kinds.entry(file.kind).or_default() += file.counts.signals;
        self.reasons.merge(reasons);
        self.details.push(file);
    }

    /// For people.
    pub(crate) fn text(&self) -> String {
        let Counts { rows, signals, accepted, duplicates, rejected, cases_opened, .. } = &self.counts;
        let kinds: Vec<_> = self.kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        let mut lines = vec![format!("files        {:>10}", self.files), format!("rows         {rows:>10}")];
        if self.dry_run {
            lines.push(format!("would send   {signals:>10}   ({})", kinds.join(", ")));
            lines.push(format!("would refuse {rejected:>10}"));
        } else {
            lines.push(format!("signals      {signals:>10}   ({})", kinds.join(", ")));
            lines.push(format!("accepted     {accepted:>10}   rows"));
            lines.push(format!("duplicates   {duplicates:>10}   rows, stored before; nothing changed"));
            lines.push(format!("rejected     {rejected:>10}   rows"));
        }
        lines.extend(self.reasons.lines());
        if !self.dry_run {
            lines.push(format!("cases opened {cases_opened:>10}"));
        }
        lines.push(format!("seconds      {:>10.1}", self.seconds));
        let lists: std::collections::BTreeSet<_> =
            self.details.iter().filter_map(|file| file.rejects.as_deref()).collect();
        lines.extend(lists.into_iter().map(|list| format!("see {}", list.display())));
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_mistakes_count_together() {
        let mut reasons = Reasons::default();
        reasons.add("rating: must be 1 to 5 (found 7)");
        reasons.add("rating: must be 1 to 5 (found 9)");
        reasons.add("text: too long");
        let lines = reasons.lines();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines.first().map(|line| line.trim()), Some("2 × rating: must be 1 to 5"));
    }

    #[test]
    fn there_is_an_end_to_the_reasons() {
        let mut reasons = Reasons::default();
        for number in 0..100 {
            reasons.add(&format!("reason {number}"));
        }
        assert_eq!(reasons.lines().len(), REASONS_MAX + 1);
        assert!(reasons.lines().first().is_some_and(|line| line.contains("80 × other")));
    }

    #[test]
    fn the_summary_of_a_machine_has_the_promised_keys() {
        let json = serde_json::to_value(Report::default()).unwrap_or_default();
        let promised = ["files", "rows", "accepted", "duplicates", "rejected", "cases_opened", "seconds"];
        assert!(promised.iter().all(|key| json.get(key).is_some_and(serde_json::Value::is_number)), "{json}");
    }
}
