//! What was heard in a text, as JSON beside the signal that brought it.

use amends_domain::detection::{Detection, Evidence, Flag, Reason, ScoredReason};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct Heard {
    negative: bool,
    negative_probability: f32,
    hidden_negative: bool,
    return_intent: bool,
    return_intent_probability: f32,
    reasons: Vec<(String, f32)>,
    flags: Vec<String>,
    actionable: bool,
    language: String,
    language_confidence: f32,
    language_supported: bool,
    truncated: bool,
    evidence: Vec<(u32, u32, String)>,
    model_version: String,
}

/// The detection as it is stored.
pub(super) fn write(d: &Detection) -> String {
    let heard = Heard {
        negative: d.negative,
        negative_probability: d.negative_probability,
        hidden_negative: d.hidden_negative,
        return_intent: d.return_intent,
        return_intent_probability: d.return_intent_probability,
        reasons: d.reasons.iter().map(|r| (r.reason.to_string(), r.probability)).collect(),
        flags: d.flags.iter().map(ToString::to_string).collect(),
        actionable: d.actionable,
        language: d.language.clone(),
        language_confidence: d.language_confidence,
        language_supported: d.language_supported,
        truncated: d.truncated,
        evidence: d.evidence.iter().map(|e| (e.start, e.end, e.weighs_for.to_owned())).collect(),
        model_version: d.model_version.clone(),
    };
    serde_json::to_string(&heard).unwrap_or_default()
}

/// The detection as it was stored.
pub(super) fn read(text: &str) -> Result<Detection, String> {
    let h: Heard = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let reason = |(word, probability): (String, f32)| {
        let reason = word.parse().map_err(|e| format!("{e}"))?;
        Ok(ScoredReason { reason, probability })
    };
    let flag = |word: String| word.parse::<Flag>().map_err(|e| e.to_string());
    Ok(Detection {
        negative: h.negative,
        negative_probability: h.negative_probability,
        hidden_negative: h.hidden_negative,
        return_intent: h.return_intent,
        return_intent_probability: h.return_intent_probability,
        reasons: h.reasons.into_iter().map(reason).collect::<Result<_, String>>()?,
        flags: h.flags.into_iter().map(flag).collect::<Result<_, _>>()?,
        actionable: h.actionable,
        language: h.language,
        language_confidence: h.language_confidence,
        language_supported: h.language_supported,
        truncated: h.truncated,
        evidence: h
            .evidence
            .into_iter()
            .map(|(start, end, word)| Evidence { start, end, weighs_for: weighs_for(&word) })
            .collect(),
        model_version: h.model_version,
    })
}

/// The word as the detector knows it; one it no longer uses weighs for nothing in particular.
fn weighs_for(word: &str) -> &'static str {
    let reasons = Reason::ALL.iter().map(|reason| reason.as_str());
    let flags = Flag::ALL.iter().map(|flag| flag.as_str());
    ["NEGATIVE", "RETURN_INTENT"]
        .into_iter()
        .chain(reasons)
        .chain(flags)
        .find(|w| *w == word)
        .unwrap_or("OTHER")
}
