//! What was heard in a text.

use amends_domain::detection::{Detection, Evidence, Flag, Reason, TextKind};
use amends_proto::v1 as pb;

use super::Word as _;
use super::signal::stars;
use crate::fields::Fields;

/// A text to read, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct TextInput {
    /// What it says.
    pub text: String,
    /// Its stars, if there are any.
    pub rating: Option<u8>,
    /// Its language, empty when the caller does not know it.
    pub language: String,
    /// What it is.
    pub kind: TextKind,
    /// Stars up to which a review is negative.
    pub threshold: u8,
}

/// The stars up to which a review is negative unless somebody says otherwise.
const THRESHOLD: u8 = 3;

/// The domain form of a text to read. A long one is no mistake: it is cut, and the detection says so.
pub fn parse(fields: &mut Fields, input: pb::DetectInput) -> Option<TextInput> {
    let rating = stars(fields, "rating", input.rating);
    let language = fields.language("language", input.language);
    let kind = fields.word("kind", input.kind);
    let threshold = match input.negative_threshold.map(u8::try_from) {
        None => Some(THRESHOLD),
        Some(Ok(threshold @ 1..=4)) => Some(threshold),
        Some(_) => fields.refuse("negative_threshold", "must be 1–4"),
    };
    Some(TextInput {
        text: input.text,
        rating: rating?,
        language: language?,
        kind: kind?,
        threshold: threshold?,
    })
}

/// The wire form of a detection.
#[must_use]
pub fn render(detection: Detection) -> pb::Detection {
    pb::Detection {
        negative: detection.negative,
        negative_probability: f64::from(detection.negative_probability),
        return_intent: detection.return_intent,
        return_intent_probability: f64::from(detection.return_intent_probability),
        reasons: detection
            .reasons
            .iter()
            .map(|r| pb::ScoredReason { reason: r.reason.number(), probability: f64::from(r.probability) })
            .collect(),
        flags: detection.flags.iter().map(|flag| flag.number()).collect(),
        actionable: detection.actionable,
        language: detection.language,
        language_confidence: f64::from(detection.language_confidence),
        language_supported: detection.language_supported,
        hidden_negative: detection.hidden_negative,
        truncated: detection.truncated,
        evidence: detection.evidence.iter().map(evidence).collect(),
        model_version: detection.model_version,
    }
}

fn evidence(evidence: &Evidence) -> pb::Evidence {
    let reason: Option<Reason> = evidence.weighs_for.parse().ok();
    let flag: Option<Flag> = evidence.weighs_for.parse().ok();
    let kind = match (evidence.weighs_for, reason, flag) {
        (_, Some(_), _) => pb::EvidenceKind::Reason,
        (_, None, Some(_)) => pb::EvidenceKind::Flag,
        ("RETURN_INTENT", ..) => pb::EvidenceKind::ReturnIntent,
        ("POSITIVE", ..) => pb::EvidenceKind::Positive,
        _ => pb::EvidenceKind::Negative,
    };
    let byte = |at: u32| i32::try_from(at).unwrap_or(i32::MAX);
    pb::Evidence {
        start: byte(evidence.start),
        end: byte(evidence.end),
        kind: kind.into(),
        reason: reason.map(|reason| reason.number()),
        flag: flag.map(|flag| flag.number()),
    }
}
