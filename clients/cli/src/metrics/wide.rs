//! Rows of figures on a screen: downwards for one, side by side for several, with a
//! line over time below where time was cut.

use amends_proto::v1;
use comfy_table::Cell;

use super::figures::{Cut, Row};
use super::spark::{Part, highest, joined, line, parts_of_a_sign};
use crate::output::table::{bare, pairs, table, text};

/// Signs of a line where output is no screen.
const SIGNS: usize = 60;

/// Blanks between columns.
const GAP: usize = 2;

/// A single row is easier read downwards, several are easier compared side by side.
pub(super) fn shown(rows: Vec<Row>, cut: &Cut) -> String {
    let mut parts = match rows.as_slice() {
        [] => return "No member in this cohort.".to_owned(),
        [row] => vec![downwards(row)],
        rows => beside("cohort", rows, cut.room),
    };
    if rows.len() > 1
        && let Some(trend) = trend(&rows, cut)
    {
        parts.push(trend);
    }
    let mut shown = parts.join("\n\n");
    if shown.contains('*') {
        shown.push_str("\n\n* some windows are still open: this figure may still change");
    }
    shown
}

fn downwards(row: &Row) -> String {
    let label = std::iter::once(row.days.clone()).chain(row.key.iter().cloned());
    let cohort = ("cohort".to_owned(), Cell::new(label.collect::<Vec<_>>().join(", ")));
    let values = row.values.iter().map(|(name, value)| ((*name).to_owned(), Cell::new(value)));
    text(&pairs(std::iter::once(cohort).chain(values)))
}

/// A table of the columns that fit, and how many do not.
pub(super) fn beside(heading: &str, rows: &[Row], room: Option<usize>) -> Vec<String> {
    let keys = rows.iter().map(|row| row.key.len()).max().unwrap_or(0);
    let names: Vec<&str> =
        rows.first().map(|row| row.values.iter().map(|(name, _)| *name).collect()).unwrap_or_default();
    let widths: Vec<usize> = names.iter().enumerate().map(|(at, name)| width(rows, at, name)).collect();
    let first = rows.iter().map(|row| chars(&row.days)).chain([chars(heading)]).max().unwrap_or(0)
        + (0..keys).map(|at| key_width(rows, at) + GAP).sum::<usize>();
    let kept = fitting(first, &widths, room);
    let mut headings = vec![heading];
    headings.extend(rows.first().into_iter().flat_map(|row| &row.dimensions).map(String::as_str));
    headings.extend(names.iter().take(kept));
    let mut table = table(&headings);
    for row in rows {
        let key = row.key.iter().map(String::as_str).chain(std::iter::repeat("")).take(keys);
        let values = row.values.iter().take(kept).map(|(_, value)| value.as_str());
        table.add_row(std::iter::once(row.days.as_str()).chain(key).chain(values));
    }
    let mut parts = vec![text(&table)];
    let left = names.len().saturating_sub(kept);
    if left > 0 {
        let columns = if left == 1 { "1 more column stands" } else { &format!("{left} more columns stand") };
        parts.push(format!("{columns} in --csv and --json, and on a wider screen."));
    }
    parts
}

fn chars(text: &str) -> usize {
    text.chars().count()
}

fn width(rows: &[Row], at: usize, name: &str) -> usize {
    let values = rows.iter().filter_map(|row| row.values.get(at));
    values.map(|(_, value)| chars(value)).chain([chars(name)]).max().unwrap_or(0)
}

fn key_width(rows: &[Row], at: usize) -> usize {
    let values = rows.iter().flat_map(|row| [row.dimensions.get(at), row.key.get(at)]);
    values.flatten().map(|value| chars(value)).max().unwrap_or(0)
}

/// How many columns have room beside the first; one is always shown.
fn fitting(first: usize, widths: &[usize], room: Option<usize>) -> usize {
    let Some(room) = room else { return widths.len() };
    let mut used = first + GAP;
    let fit = widths.iter().take_while(|width| {
        used += *width + GAP;
        used <= room
    });
    fit.count().max(1)
}

/// Rates over time: every rate where nothing else was split, else the first rate of every value.
fn trend(rows: &[Row], cut: &Cut) -> Option<String> {
    if cut.starts.len() < 2 || rows.iter().all(|row| row.rates.is_empty()) {
        return None;
    }
    let mut keys: Vec<&[String]> = rows.iter().map(|row| row.key.as_slice()).collect();
    keys.sort_unstable();
    keys.dedup();
    let mut lines: Vec<(String, Vec<Part>)> = match keys.as_slice() {
        [only] => {
            let names = rows.first()?.rates.iter().enumerate();
            names.map(|(at, (name, _))| ((*name).to_owned(), over_time(rows, only, at, cut))).collect()
        }
        keys => keys.iter().map(|key| (key.join(", "), over_time(rows, key, 0, cut))).collect(),
    };
    let label = lines.iter().map(|(name, _)| chars(name)).max().unwrap_or(0);
    // Beside the line stand its name, its scale and what may still change.
    let room = cut.room.map_or(SIGNS, |room| room.saturating_sub(label + 45).clamp(10, SIGNS));
    let of_a_sign = parts_of_a_sign(cut.starts.len(), room);
    for (_, parts) in &mut lines {
        *parts = joined(parts, of_a_sign);
    }
    let common = lines.iter().map(|(_, parts)| highest(parts)).fold(0.0, f64::max);
    let mut drawn = bare();
    for (name, parts) in &lines {
        let top = if keys.len() > 1 { common } else { highest(parts) };
        let scale = format!("0–{:.1} %{}", top * 100.0, open(parts));
        drawn.add_row([name.clone(), line(parts, top, cut.signs), scale]);
    }
    Some(format!("{}\n{}", heading(rows, cut, of_a_sign, keys.len() > 1), text(&drawn)))
}

fn heading(rows: &[Row], cut: &Cut, of_a_sign: usize, split: bool) -> String {
    let (one, several) = match cut.bucket {
        v1::TimeBucket::Day => ("day", "days"),
        v1::TimeBucket::Week => ("week", "weeks"),
        _ => ("month", "months"),
    };
    let sign = if of_a_sign == 1 { format!("a {one}") } else { format!("{of_a_sign} {several}") };
    let of = rows.first().and_then(|row| row.rates.first()).map_or("", |(name, _)| name);
    let what = if split { format!(", {of}") } else { String::new() };
    format!("Over time from {} on, a sign for {sign}, a dot for none{what}", cut.days.start_date)
}

fn over_time(rows: &[Row], key: &[String], rate: usize, cut: &Cut) -> Vec<Part> {
    let of_key: std::collections::BTreeMap<_, _> = rows
        .iter()
        .filter(|row| row.key == key)
        .filter_map(|row| Some((row.start?, row.rates.get(rate)?.1)))
        .collect();
    cut.starts.iter().map(|start| of_key.get(start).copied().unwrap_or_default()).collect()
}

fn open(parts: &[Part]) -> String {
    let open = parts.iter().filter(|part| part.open).count();
    if open == 0 { String::new() } else { format!(", {open} may change*") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::days::cuts;
    use crate::metrics::spark::Signs;

    fn cut(room: Option<usize>) -> Cut {
        let days = v1::DateRange { start_date: "2026-01-05".into(), end_date: "2026-02-02".into() };
        let bucket = v1::TimeBucket::Week;
        Cut { starts: cuts(&days, bucket), days, bucket, room, signs: Signs::Blocks }
    }

    fn row(day: &str, key: &[&str], numerator: i64) -> Row {
        let part = Part { numerator, denominator: 4, open: numerator == 4 };
        Row {
            days: day.to_owned(),
            start: day.parse().ok(),
            dimensions: key.iter().map(|_| "sku".to_owned()).collect(),
            key: key.iter().map(|part| (*part).to_owned()).collect(),
            values: vec![
                ("return rate", format!("{numerator}/4 = 25.0 % (4.6–69.9)")),
                ("requested", "2/4 = 50.0 % (15.0–85.0)".to_owned()),
                ("rescued", "0/0".to_owned()),
            ],
            rates: vec![("return rate", part), ("requested", part)],
        }
    }

    #[test]
    fn only_the_columns_that_fit_are_shown_and_the_others_are_named() {
        let rows = || vec![row("2026-01-05", &[], 1), row("2026-01-12", &[], 2)];
        let narrow = shown(rows(), &cut(Some(60)));
        assert!(narrow.contains("RETURN RATE") && !narrow.contains("REQUESTED"), "{narrow}");
        assert!(narrow.contains("2 more columns stand in --csv"), "{narrow}");
        assert!(narrow.lines().all(|line| chars(line) <= 80), "{narrow}");
        assert!(shown(rows(), &cut(None)).contains("RESCUED"));
    }

    #[test]
    fn a_line_over_time_has_a_dot_where_nothing_was() {
        let told = shown(vec![row("2026-01-05", &[], 1), row("2026-01-19", &[], 4)], &cut(None));
        assert!(told.contains("return rate  ▃·█·  0–100.0 %, 1 may change*"), "{told}");
    }

    #[test]
    fn values_of_a_split_share_one_scale() {
        let rows = vec![row("2026-01-05", &["a"], 1), row("2026-01-05", &["b"], 2)];
        let told = shown(rows, &cut(None));
        assert!(told.contains("a  ▅···  0–50.0 %") && told.contains("b  █···  0–50.0 %"), "{told}");
        assert!(told.contains("a dot for none, return rate") && told.contains("COHORT      SKU"), "{told}");
    }

    #[test]
    fn one_column_is_shown_however_narrow_it_is() {
        assert_eq!(fitting(18, &[24, 24], Some(20)), 1);
        assert_eq!(fitting(18, &[24, 24], Some(80)), 2);
        assert_eq!(fitting(18, &[24, 24], None), 2);
    }
}
