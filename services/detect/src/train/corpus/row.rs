//! One row of a labelled file.

use std::ops::RangeInclusive;

use amends_domain::detection::{Flag, Reason, TextKind};

use super::{HeadLabels, Text};
use crate::head::Topic;
use crate::language::primary_tag;

/// Ratings that say something where a file gives no label.
const RATINGS: RangeInclusive<f32> = 1.0..=5.0;

/// Ratings up to this one are negative where a file gives no label.
const NEGATIVE_RATING_MAX: f32 = 2.0;

/// Ratings from this one on are praise where a file gives no label.
const PRAISE_RATING_MIN: f32 = 4.0;

/// Where the columns of a file stand, and what it teaches.
#[derive(Debug)]
pub(super) struct Columns {
    names: Vec<String>,
    stem: String,
    teaches: Teaches,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Teaches {
    Mood,
    Intent,
    Everything,
    LanguageOnly,
}

impl Columns {
    /// Reads a header; nothing if the file has no labels that are known.
    pub(super) fn of(header: &str, stem: &str) -> Option<Self> {
        let names: Vec<String> = header.split('\t').map(str::to_owned).collect();
        let has = |name: &str| names.iter().any(|known| known == name);
        let teaches = match () {
            () if !has("text") => return None,
            () if has("reasons") && has("flags") && has("intent") && has("negative") => Teaches::Everything,
            () if has("intent") && has("label") => Teaches::Intent,
            () if has("causes") => return None,
            () if has("label") || has("rating") => Teaches::Mood,
            () if has("lang") => Teaches::LanguageOnly,
            () => return None,
        };
        Some(Self { names, stem: stem.to_owned(), teaches })
    }

    /// Reads a row.
    pub(super) fn read(&self, line: &str) -> Result<Text, String> {
        let fields: Vec<&str> = line.split('\t').collect();
        if fields.len() != self.names.len() {
            return Err(format!("has {} fields, the header {}", fields.len(), self.names.len()));
        }
        let field = |name: &str| {
            let at = self.names.iter().position(|known| known == name)?;
            fields.get(at).copied().filter(|field| !field.is_empty())
        };
        // Files of several languages name it in a column, others are named after theirs.
        let language = field("lang").unwrap_or(self.stem.split('_').next().unwrap_or_default());
        let mut text = Text {
            text: field("text").unwrap_or_default().to_owned(),
            language: primary_tag(language).ok_or_else(|| {
                format!("{language:?} is no language tag: name the language in a column lang, or begin the file's name with it")
            })?,
            source: field("source").unwrap_or("own").to_owned(),
            kind: if field("kind") == Some("message") { TextKind::Message } else { TextKind::Review },
            is_dev: false,
            is_measured_only: false,
            is_full: self.teaches == Teaches::Everything,
            negative: None,
            is_praise: false,
            heads: HeadLabels::default(),
        };
        match self.teaches {
            Teaches::Mood => mood(&mut text, field("label"), field("rating"))?,
            Teaches::Intent => intent(&mut text, field("label").unwrap_or_default())?,
            Teaches::Everything => {
                let flag = |name: &str| field(name).ok_or(format!("{name} is missing")).and_then(yes);
                text.negative = Some(flag("negative")?);
                text.heads = everything(flag("intent")?, field("reasons"), field("flags"))?;
            }
            Teaches::LanguageOnly => {}
        }
        Ok(text)
    }
}

fn mood(text: &mut Text, label: Option<&str>, rating: Option<&str>) -> Result<(), String> {
    let rating = rating.map(stars).transpose()?;
    (text.negative, text.is_praise) = match (label, rating) {
        (Some("neg"), _) => (Some(true), false),
        (Some("neu"), _) => (Some(false), false),
        (Some("pos"), _) => (Some(false), true),
        (Some(other), _) => return Err(format!("{other:?} is none of neg, neu, pos")),
        // Beside a label stars decide nothing, and shops that count from 0 may keep theirs.
        (None, Some(stars)) if !RATINGS.contains(&stars) => {
            return Err(format!("{stars} is no rating: without a label it must be 1 to 5 stars"));
        }
        (None, Some(stars)) => (Some(stars <= NEGATIVE_RATING_MAX), stars >= PRAISE_RATING_MIN),
        (None, None) => (None, false),
    };
    Ok(())
}

fn stars(field: &str) -> Result<f32, String> {
    let stars = field.parse().ok().filter(|stars: &f32| stars.is_finite());
    stars.ok_or_else(|| format!("{field:?} is no rating"))
}

fn intent(text: &mut Text, label: &str) -> Result<(), String> {
    text.kind = TextKind::Message;
    let lane = 1 << HeadLabels::lane(Topic::Intent);
    text.heads = match label {
        "return_request" => HeadLabels { known: lane, set: lane },
        "refund_status" | "other" => HeadLabels { known: lane, set: 0 },
        // A complaint may or may not want something back; nobody said which.
        "complaint" => HeadLabels::default(),
        unknown => {
            return Err(format!("{unknown:?} is none of return_request, refund_status, complaint, other"));
        }
    };
    Ok(())
}

fn yes(field: &str) -> Result<bool, String> {
    match field {
        "1" => Ok(true),
        "0" => Ok(false),
        other => Err(format!("{other:?} is neither 0 nor 1")),
    }
}

fn everything(intent: bool, reasons: Option<&str>, flags: Option<&str>) -> Result<HeadLabels, String> {
    let mut set = 0_u32;
    if intent {
        set |= 1 << HeadLabels::lane(Topic::Intent);
    }
    for word in listed(reasons) {
        let reason: Reason = word.parse().map_err(|_| format!("{word:?} is no reason"))?;
        set |= 1 << HeadLabels::lane(Topic::Reason(reason));
    }
    for word in listed(flags) {
        let flag: Flag = word.parse().map_err(|_| format!("{word:?} is no flag"))?;
        set |= 1 << HeadLabels::lane(Topic::Flag(flag));
    }
    Ok(HeadLabels { known: HeadLabels::ALL, set })
}

fn listed(field: Option<&str>) -> impl Iterator<Item = &str> {
    field.unwrap_or("-").split(',').filter(|word| *word != "-" && !word.is_empty())
}
