//! Scoring a detector against labelled texts: how well the text alone, its rating
//! hidden, tells the unhappy from the rest.

use std::collections::BTreeMap;
use std::io::BufRead;

use amends_domain::detection::TextKind;

use crate::detector::{Detector, Input, THRESHOLD_DEFAULT};
use crate::error::EvalError;

pub mod wishes;

/// Calibration is compared in this many bins of equal width.
const BINS: u16 = 10;

/// One labelled text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// The caller's id of the text.
    pub id: String,
    /// The language it is filed under.
    pub language: String,
    /// Where it comes from.
    pub source: String,
    /// Stars, if known. They are never shown to the detector.
    pub rating: Option<u8>,
    /// Labelled `neg`, as against `neu` and `pos`.
    pub negative: bool,
    /// The text.
    pub text: String,
}

/// The figures of one group of texts.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    /// How many texts.
    pub texts: usize,
    /// How many of them are labelled negative.
    pub negatives: usize,
    /// Negative rightly among negative said; 0 when none was said.
    pub precision: f64,
    /// Negative rightly among negative labelled; 0 when there is none.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub f1: f64,
    /// The chance that a negative text scores above another; none when one side is missing.
    pub roc_auc: Option<f64>,
    /// Mean distance of said probability and observed share.
    pub calibration_error: f64,
    /// Share of texts identified as the language they are filed under.
    pub language_accuracy: f64,
}

/// Figures per language and of all texts together.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// By language tag.
    pub languages: BTreeMap<String, Scores>,
    /// All texts.
    pub pooled: Scores,
    /// Mean AUC of the languages that have one.
    pub macro_auc: Option<f64>,
    /// Mean F1 of the languages.
    pub macro_f1: f64,
}

/// One text as judged.
#[derive(Debug, Clone, Copy)]
struct Judged {
    negative: bool,
    said: bool,
    probability: f64,
    identified: bool,
}

/// Reads tab-separated rows under a header that names at least `id`, `lang`,
/// `source`, `rating`, `label` and `text`, in any order.
///
/// # Errors
/// Names the line that cannot be read, or the column that is missing.
pub fn read_tsv(reader: impl BufRead) -> Result<Vec<Labelled>, EvalError> {
    let mut lines = reader.lines().enumerate();
    let header = match lines.next() {
        Some((_, header)) => header.map_err(|source| EvalError::Read { line: 1, source })?,
        None => String::new(),
    };
    let header: Vec<&str> = header.split('\t').collect();
    let column = |name: &'static str| {
        header.iter().position(|found| *found == name).ok_or(EvalError::Column { column: name })
    };
    let columns = [
        column("id")?,
        column("lang")?,
        column("source")?,
        column("rating")?,
        column("label")?,
        column("text")?,
    ];
    let mut rows = Vec::new();
    for (at, line) in lines {
        let line_number = at + 1;
        let line = line.map_err(|source| EvalError::Read { line: line_number, source })?;
        if !line.is_empty() {
            let row = read_row(&line, columns);
            rows.push(row.map_err(|problem| EvalError::Row { line: line_number, problem })?);
        }
    }
    Ok(rows)
}

fn read_row(line: &str, columns: [usize; 6]) -> Result<Labelled, String> {
    let fields: Vec<&str> = line.split('\t').collect();
    let field =
        |column: usize| fields.get(column).copied().ok_or_else(|| format!("has no field {}", column + 1));
    let [id, language, source, rating, label, text] = columns;
    let rating = match field(rating)? {
        "" => None,
        stars => Some(stars.parse::<f32>().map_err(|_| format!("{stars:?} is no rating"))?.round() as u8),
    };
    let negative = match field(label)? {
        "neg" => true,
        "neu" | "pos" => false,
        other => return Err(format!("{other:?} is none of neg, neu, pos")),
    };
    Ok(Labelled {
        id: field(id)?.to_owned(),
        language: field(language)?.to_owned(),
        source: field(source)?.to_owned(),
        rating,
        negative,
        text: field(text)?.to_owned(),
    })
}

/// Judges every text without its rating and compares with the labels.
#[must_use]
pub fn evaluate(detector: &Detector, texts: &[Labelled]) -> Report {
    let mut groups: BTreeMap<String, Vec<Judged>> = BTreeMap::new();
    for labelled in texts {
        groups.entry(labelled.language.clone()).or_default().push(judge(detector, labelled));
    }
    let pooled: Vec<Judged> = groups.values().flatten().copied().collect();
    let languages: BTreeMap<String, Scores> =
        groups.iter().map(|(language, judged)| (language.clone(), scores(judged))).collect();
    let aucs: Vec<f64> = languages.values().filter_map(|scores| scores.roc_auc).collect();
    let macro_auc = (!aucs.is_empty()).then(|| aucs.iter().sum::<f64>() / aucs.len() as f64);
    let macro_f1 = languages.values().map(|scores| scores.f1).sum::<f64>() / languages.len().max(1) as f64;
    Report { languages, pooled: scores(&pooled), macro_auc, macro_f1 }
}

fn judge(detector: &Detector, labelled: &Labelled) -> Judged {
    let input = Input {
        text: &labelled.text,
        rating: None,
        threshold: THRESHOLD_DEFAULT,
        language: None,
        kind: TextKind::Review,
    };
    let detection = detector.detect(&input);
    let filed = if labelled.language == "tl" { "fil" } else { labelled.language.as_str() };
    Judged {
        negative: labelled.negative,
        said: detection.negative,
        probability: f64::from(detection.negative_probability),
        identified: detection.language == filed,
    }
}

fn scores(judged: &[Judged]) -> Scores {
    let count = |is: fn(&Judged) -> bool| judged.iter().filter(|one| is(one)).count();
    let negatives = count(|one| one.negative);
    let hits = count(|one| one.negative && one.said);
    let precision = ratio(hits, count(|one| one.said));
    let recall = ratio(hits, negatives);
    let sum = precision + recall;
    Scores {
        texts: judged.len(),
        negatives,
        precision,
        recall,
        f1: if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 },
        roc_auc: roc_auc(judged),
        calibration_error: calibration_error(judged),
        language_accuracy: ratio(count(|one| one.identified), judged.len()),
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// By rank sums; texts of equal probability share their mean rank.
fn roc_auc(judged: &[Judged]) -> Option<f64> {
    let mut sorted: Vec<Judged> = judged.to_vec();
    sorted.sort_by(|a, b| a.probability.total_cmp(&b.probability));
    let (mut rank_sum, mut below) = (0.0, 0.0);
    for tied in sorted.chunk_by(|a, b| a.probability.total_cmp(&b.probability).is_eq()) {
        let size = tied.len() as f64;
        let mean_rank = below + f64::midpoint(size, 1.0);
        rank_sum += mean_rank * tied.iter().filter(|one| one.negative).count() as f64;
        below += size;
    }
    let negatives = judged.iter().filter(|one| one.negative).count() as f64;
    let others = judged.len() as f64 - negatives;
    let pairs = negatives * others;
    (pairs > 0.0).then(|| (rank_sum - negatives * (negatives + 1.0) / 2.0) / pairs)
}

fn calibration_error(judged: &[Judged]) -> f64 {
    let mut bins: BTreeMap<u16, (f64, f64)> = BTreeMap::new();
    for one in judged {
        let bin = ((one.probability * f64::from(BINS)) as u16).min(BINS - 1);
        let (said, seen) = bins.entry(bin).or_default();
        *said += one.probability;
        *seen += f64::from(u8::from(one.negative));
    }
    let distance: f64 = bins.values().map(|(said, seen)| (said - seen).abs()).sum();
    if judged.is_empty() { 0.0 } else { distance / judged.len() as f64 }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn judged(rows: &[(bool, f64)]) -> Vec<Judged> {
        let one = |(negative, probability): &(bool, f64)| Judged {
            negative: *negative,
            said: *probability >= 0.5,
            probability: *probability,
            identified: true,
        };
        rows.iter().map(one).collect()
    }

    #[test]
    fn the_figures_agree_with_a_hand_count() {
        let scores = scores(&judged(&[(true, 0.9), (true, 0.4), (false, 0.6), (false, 0.1)]));
        assert_eq!((scores.texts, scores.negatives), (4, 2));
        assert!((scores.precision - 0.5).abs() < 1e-9 && (scores.recall - 0.5).abs() < 1e-9);
        assert!((scores.f1 - 0.5).abs() < 1e-9);
        assert!((scores.roc_auc.unwrap() - 0.75).abs() < 1e-9);
        assert!((scores.calibration_error - (0.1 + 0.6 + 0.6 + 0.1) / 4.0).abs() < 1e-9);
    }

    #[test]
    fn equal_probabilities_rank_equal_and_one_side_alone_has_no_auc() {
        assert_eq!(roc_auc(&judged(&[(true, 0.5), (false, 0.5)])), Some(0.5));
        assert_eq!(roc_auc(&judged(&[(true, 0.5)])), None);
        assert_eq!(roc_auc(&[]), None);
    }

    #[test]
    fn rows_are_read_by_the_names_in_the_header() {
        let file = "text\tid\tlang\tsource\tdomain\trating\tlabel\nit broke\ta\ten\tx\t\t2\tneg\nfine\tb\ten\tx\t\t\tpos\n";
        let rows = read_tsv(file.as_bytes()).unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(
            rows.first().map(|row| (row.rating, row.negative, row.text.as_str())),
            Some((Some(2), true, "it broke"))
        );
    }

    #[test]
    fn a_bad_row_is_named_by_its_line() {
        let header = "id\tlang\tsource\tdomain\trating\tlabel\ttext\n";
        let check = |file: String, expect: &str| {
            assert_eq!(read_tsv(file.as_bytes()).unwrap_err().to_string(), expect);
        };
        check(format!("{header}a\ten\tx\t\t\tbad\tt\n"), "line 2: \"bad\" is none of neg, neu, pos");
        check(format!("{header}a\ten\n"), "line 2: has no field 5");
        check("id\tlang\n".to_owned(), "the header has no column \"source\"");
    }
}
