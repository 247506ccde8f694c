//! The enums of the contract as words a person types and reads: `wrong-item` for
//! `COMPLAINT_REASON_WRONG_ITEM`.

use std::marker::PhantomData;

use amends_proto::v1;
use clap::{
    Arg,
    builder::{PossibleValue, TypedValueParser},
    error::{ContextKind, ContextValue, ErrorKind},
};

/// An enum of the contract.
pub(crate) trait Code: Copy + TryFrom<i32> + Send + Sync + 'static {
    /// What every name of it begins with.
    const PREFIX: &'static str;

    /// The name as it stands in the contract.
    fn full(self) -> &'static str;
}

macro_rules! codes {
    ($($name:ident $prefix:literal)*) => {
        $(impl Code for v1::$name {
            const PREFIX: &'static str = $prefix;

            fn full(self) -> &'static str {
                self.as_str_name()
            }
        })*

        const PREFIXES: &[&str] = &[$($prefix),*];
    };
}

codes! {
    ActorKind "ACTOR_KIND_"
    AgentPresence "AGENT_PRESENCE_"
    AskPermission "ASK_PERMISSION_"
    AskState "ASK_STATE_"
    AttestationPromise "ATTESTATION_PROMISE_"
    AttestationStep "ATTESTATION_STEP_"
    AttestationVerdict "ATTESTATION_VERDICT_"
    BoardPlace "BOARD_PLACE_"
    BuyerAnswer "BUYER_ANSWER_"
    CaseKind "CASE_KIND_"
    CaseOrder "CASE_ORDER_"
    CaseOrigin "CASE_ORIGIN_"
    CaseOutcome "CASE_OUTCOME_"
    CasePriority "CASE_PRIORITY_"
    CaseState "CASE_STATE_"
    CaseRelation "CASE_RELATION_"
    CaseStatus "CASE_STATUS_"
    CaseVerb "CASE_VERB_"
    CausalMissing "CAUSAL_MISSING_"
    ChannelOrigin "CHANNEL_ORIGIN_"
    ComplaintReason "COMPLAINT_REASON_"
    ContactMedium "CONTACT_MEDIUM_"
    CountingEffect "COUNTING_EFFECT_"
    CountingRule "COUNTING_RULE_"
    CountsOn "COUNTS_ON_"
    DetectionFlag "DETECTION_FLAG_"
    Dimension "DIMENSION_"
    EditWindowStart "EDIT_WINDOW_START_"
    EvidenceKind "EVIDENCE_KIND_"
    EvidenceNeed "EVIDENCE_NEED_"
    FairnessVerdict "FAIRNESS_VERDICT_"
    FulfilmentState "FULFILMENT_STATE_"
    HardDeadlineKind "HARD_DEADLINE_KIND_"
    IncidentCaseOutcome "INCIDENT_CASE_OUTCOME_"
    IncidentState "INCIDENT_STATE_"
    InputOrigin "INPUT_ORIGIN_"
    ItemDisposal "ITEM_DISPOSAL_"
    MessageAuthor "MESSAGE_AUTHOR_"
    MessageDirection "MESSAGE_DIRECTION_"
    OrderState "ORDER_STATE_"
    OwnerOptIn "OWNER_OPT_IN_"
    PlanAlternative "PLAN_ALTERNATIVE_"
    PlanOutlook "PLAN_OUTLOOK_"
    PlanStepKind "PLAN_STEP_KIND_"
    PlanStepState "PLAN_STEP_STATE_"
    PlanWay "PLAN_WAY_"
    PolicyCertainty "POLICY_CERTAINTY_"
    ReplyState "REPLY_STATE_"
    Reason "REASON_"
    RemedyKind "REMEDY_KIND_"
    RemedyState "REMEDY_STATE_"
    RequeueReason "REQUEUE_REASON_"
    RetainedBy "RETAINED_BY_"
    ReturnStatus "RETURN_STATUS_"
    ReturnVerdict "RETURN_VERDICT_"
    ReviewDiffKind "REVIEW_DIFF_KIND_"
    ReviewEditState "REVIEW_EDIT_STATE_"
    ReviewRemoval "REVIEW_REMOVAL_"
    SampleState "SAMPLE_STATE_"
    ShipmentState "SHIPMENT_STATE_"
    SlaHours "SLA_HOURS_"
    SlaMetric "SLA_METRIC_"
    SurveyKind "SURVEY_KIND_"
    SlaSegmentKind "SLA_SEGMENT_KIND_"
    SlaVerdict "SLA_VERDICT_"
    TextKind "TEXT_KIND_"
    TextReader "TEXT_READER_"
    ThresholdComparator "THRESHOLD_COMPARATOR_"
    TimeBucket "TIME_BUCKET_"
    TwinRescue "TWIN_RESCUE_"
    TwinUnit "TWIN_UNIT_"
    VolumeMethodKind "VOLUME_METHOD_KIND_"
    WaitReason "WAIT_REASON_"
    Weekday "WEEKDAY_"
}

/// More values than any enum of the contract has, or leaves free between two.
const VALUES_MAX: i32 = 256;

/// The word for a value that came over the wire: `-` if it is unset, its number if
/// this client is too old to know it.
pub(crate) fn word<C: Code>(value: i32) -> String {
    match C::try_from(value) {
        Ok(_) if value == 0 => "-".to_owned(),
        Ok(code) => short(code),
        Err(_) => value.to_string(),
    }
}

/// The words for several values, or `-`.
pub(crate) fn words<C: Code>(values: &[i32]) -> String {
    if values.is_empty() {
        return "-".to_owned();
    }
    let words: Vec<_> = values.iter().map(|value| word::<C>(*value)).collect();
    words.join(", ")
}

/// The word for a name of the contract, or nothing if it is not one.
pub(crate) fn word_of_name(name: &str) -> Option<String> {
    let prefix =
        PREFIXES.iter().filter(|prefix| name.starts_with(**prefix)).max_by_key(|prefix| prefix.len())?;
    Some(kebab(name.strip_prefix(prefix)?))
}

/// The name of the contract for a number, or nothing if it is unknown here.
pub(crate) fn name<C: Code>(value: i32) -> Option<&'static str> {
    C::try_from(value).ok().map(Code::full)
}

fn short<C: Code>(code: C) -> String {
    let full = code.full();
    kebab(full.strip_prefix(C::PREFIX).unwrap_or(full))
}

fn kebab(name: &str) -> String {
    name.to_ascii_lowercase().replace('_', "-")
}

fn every<C: Code>() -> impl Iterator<Item = C> {
    // Zero is `_UNSPECIFIED`, which nobody may say.
    (1..VALUES_MAX).filter_map(|value| C::try_from(value).ok())
}

/// Parses the word of an enum value, in any case, with `-` or `_`.
pub(crate) fn parse<C: Code>(text: &str) -> Option<C> {
    let wanted = kebab(text);
    let bare = kebab(C::PREFIX);
    let wanted = wanted.strip_prefix(&bare).unwrap_or(&wanted);
    every::<C>().find(|code| short(*code) == wanted)
}

/// What clap needs to take and complete the words of an enum.
pub(crate) fn code<C: Code>() -> Words<C> {
    Words(PhantomData)
}

/// See [`code`].
pub(crate) struct Words<C>(PhantomData<C>);

impl<C> Clone for Words<C> {
    fn clone(&self) -> Self {
        Self(PhantomData)
    }
}

impl<C: Code> TypedValueParser for Words<C> {
    type Value = C;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<C, clap::Error> {
        let text = value.to_string_lossy();
        parse(&text).ok_or_else(|| {
            let mut error = clap::Error::new(ErrorKind::InvalidValue).with_cmd(command);
            let name = arg.map_or_else(String::new, ToString::to_string);
            error.insert(ContextKind::InvalidArg, ContextValue::String(name));
            let said = ContextValue::String(text.into_owned());
            error.insert(ContextKind::InvalidValue, said);
            let words = every::<C>().map(short).collect();
            error.insert(ContextKind::ValidValue, ContextValue::Strings(words));
            error
        })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(every::<C>().map(|code| PossibleValue::new(short(code)))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_taken_in_every_usual_spelling() {
        let spellings = ["wrong-item", "WRONG_ITEM", "COMPLAINT_REASON_WRONG_ITEM"];
        for spelling in spellings {
            let reason = parse::<v1::ComplaintReason>(spelling);
            assert_eq!(reason, Some(v1::ComplaintReason::WrongItem), "{spelling}");
        }
    }

    #[test]
    fn unspecified_is_no_word() {
        assert_eq!(parse::<v1::CaseKind>("unspecified"), None);
        assert_eq!(word::<v1::CaseKind>(0), "-");
    }

    #[test]
    fn a_value_of_a_newer_server_is_shown_as_its_number() {
        assert_eq!(word::<v1::CaseKind>(99), "99");
    }

    #[test]
    fn the_longest_prefix_gives_the_word_of_a_name() {
        // `REVIEW_REMOVAL_…` must not be read as something shorter.
        let word = word_of_name("REVIEW_REMOVAL_BY_BUYER");
        assert_eq!(word.as_deref(), Some("by-buyer"));
        assert_eq!(word_of_name("hello"), None);
    }
}
