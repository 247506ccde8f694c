//! A refusal in the making: code, reason, and the details that help to act on it.

use std::collections::HashMap;
use std::time::Duration;

use amends_app::error::Violation;
use amends_proto::v1::Reason;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, PreconditionViolation, StatusExt};

/// The domain that every reason belongs to.
pub const DOMAIN: &str = "amends.v1";

/// Bytes of details. They travel in a header, in base64 and with the message
/// beside them; above 8 KiB of headers some clients hang instead of failing.
const DETAILS_BYTES_MAX: usize = 4_500;
/// Bytes of a message, which is sent twice and percent-encoded once.
const MESSAGE_BYTES_MAX: usize = 300;
/// Bytes of one description.
const DESCRIPTION_BYTES_MAX: usize = 300;

/// Why something was not done.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The code of the status.
    pub code: Code,
    /// What a program decides by.
    pub reason: Reason,
    /// What a person reads.
    pub message: String,
    /// When trying again may help.
    pub retry_after: Option<Duration>,
    facts: Vec<(&'static str, String)>,
    fields: Vec<(String, String)>,
    preconditions: Vec<(String, String, String)>,
}

impl Refusal {
    /// A refusal without details.
    #[must_use]
    pub fn new(code: Code, reason: Reason, message: impl Into<String>) -> Self {
        Self {
            code,
            reason,
            message: message.into(),
            retry_after: None,
            facts: Vec::new(),
            fields: Vec::new(),
            preconditions: Vec::new(),
        }
    }

    /// With a fact among the metadata.
    #[must_use]
    pub fn fact(mut self, name: &'static str, value: impl ToString) -> Self {
        self.facts.push((name, value.to_string()));
        self
    }

    /// With a field that is wrong.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>, problem: impl Into<String>) -> Self {
        self.fields.push((field.into(), problem.into()));
        self
    }

    /// With all the fields that are wrong.
    #[must_use]
    pub fn violations(mut self, violations: &[Violation]) -> Self {
        self.fields.extend(violations.iter().map(|v| (v.field.clone(), v.problem.clone())));
        self
    }

    /// With a rule that refuses, what it refuses, and why.
    #[must_use]
    pub fn precondition(
        mut self,
        rule: impl Into<String>,
        subject: impl Into<String>,
        description: impl Into<String>,
    ) -> Self {
        self.preconditions.push((rule.into(), subject.into(), description.into()));
        self
    }

    /// With a hint when to try again.
    #[must_use]
    pub const fn retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }

    /// The status, cut to what a header can carry.
    #[must_use]
    pub fn into_status(self) -> Status {
        let mut room = DETAILS_BYTES_MAX;
        let mut details = ErrorDetails::new();
        let mut metadata = HashMap::new();
        for (name, value) in self.facts {
            let value = cut(value, DESCRIPTION_BYTES_MAX);
            if take(&mut room, name.len() + value.len() + 8) {
                metadata.insert(name.to_owned(), value);
            }
        }
        details.set_error_info(reason_word(self.reason), DOMAIN, metadata);
        let mut left_out = 0_usize;
        let mut fields = Vec::new();
        for (field, problem) in self.fields {
            let (field, problem) = (cut(field, DESCRIPTION_BYTES_MAX), cut(problem, DESCRIPTION_BYTES_MAX));
            if take(&mut room, field.len() + problem.len() + 12) {
                fields.push(FieldViolation::new(field, problem));
            } else {
                left_out += 1;
            }
        }
        if left_out > 0 {
            fields.push(FieldViolation::new("", format!("and {left_out} more")));
        }
        if !fields.is_empty() {
            details.set_bad_request(fields);
        }
        let preconditions: Vec<PreconditionViolation> = self
            .preconditions
            .into_iter()
            .map(|(rule, subject, why)| {
                (rule, cut(subject, DESCRIPTION_BYTES_MAX), cut(why, DESCRIPTION_BYTES_MAX))
            })
            .filter(|(rule, subject, why)| take(&mut room, rule.len() + subject.len() + why.len() + 12))
            .map(|(rule, subject, why)| PreconditionViolation::new(rule, subject, why))
            .collect();
        if !preconditions.is_empty() {
            details.set_precondition_failure(preconditions);
        }
        if self.retry_after.is_some() {
            details.set_retry_info(self.retry_after);
        }
        Status::with_error_details(self.code, cut(self.message, MESSAGE_BYTES_MAX), details)
    }
}

/// Takes so many bytes of the room that is left, if they fit.
fn take(room: &mut usize, bytes: usize) -> bool {
    let rest = room.checked_sub(bytes);
    *room = rest.unwrap_or(*room);
    rest.is_some()
}

/// The text, cut at a character boundary.
fn cut(mut text: String, bytes_max: usize) -> String {
    if text.len() > bytes_max {
        let end = (0..=bytes_max).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
    text
}

/// The reason without its prefix, as the metadata carry it.
#[must_use]
pub fn reason_word(reason: Reason) -> &'static str {
    let name = reason.as_str_name();
    name.strip_prefix("REASON_").unwrap_or(name)
}
