//! What went wrong, in words that say what to do next.

use std::{
    collections::BTreeMap,
    error::Error as StdError,
    fmt::{self, Write as _},
    time::Duration,
};

use tonic::{Code, Status, TimeoutExpired};
use tonic_types::StatusExt;

use crate::{advice::advice, v1::Reason};

/// Why a call did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The settings cannot be used; nothing was sent.
    #[error("{0}.")]
    Settings(String),
    /// The server could not be reached at all.
    #[error(
        "Cannot reach Amends at {endpoint}. Check the address, and that the server runs \
         (`amends serve` starts one)."
    )]
    Connect {
        /// Where it was tried.
        endpoint: String,
        /// What the network said.
        source: tonic::transport::Error,
    },
    /// The server, or the way to it, refused the call.
    #[error("{0}")]
    Refused(Box<Failure>),
}

/// A refused call with everything the server told about it.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The gRPC status code. A lost connection counts as unavailable.
    pub code: Code,
    /// The server's own words.
    pub message: String,
    /// The reason of the error model, if the server gave one this client knows.
    pub reason: Option<Reason>,
    /// The facts that belong to the reason, for example `current_etag`.
    pub metadata: BTreeMap<String, String>,
    /// Every field of the request that is wrong.
    pub violations: Vec<Violation>,
    /// Every rule that refuses.
    pub preconditions: Vec<Precondition>,
    /// When trying again may help.
    pub retry_after: Option<Duration>,
}

/// A field of the request that could not be accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Its path, for example `signals[3].review.rating`.
    pub field: String,
    /// What is wrong with it.
    pub description: String,
}

/// A rule that refuses an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Precondition {
    /// The rule, for example `G03`.
    pub rule: String,
    /// What it is about.
    pub subject: String,
    /// Why it refuses.
    pub description: String,
}

impl Error {
    /// The refusal, where the server gave one.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Refused(failure) => Some(failure),
            Self::Settings(_) | Self::Connect { .. } => None,
        }
    }

    /// The reason of the error model: decide by this, never by the text.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        self.failure().and_then(|failure| failure.reason)
    }

    /// The gRPC status code, where a call was made.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        self.failure().map(|failure| failure.code)
    }
}

impl From<Status> for Error {
    fn from(status: Status) -> Self {
        Self::Refused(Box::new(Failure::from(&status)))
    }
}

impl From<&Status> for Failure {
    fn from(status: &Status) -> Self {
        let details = status.get_error_details();
        let info = details.error_info();
        let violations = details.bad_request().map(|bad| {
            bad.field_violations.iter().map(|violation| Violation {
                field: violation.field.clone(),
                description: violation.description.clone(),
            })
        });
        let preconditions = details.precondition_failure().map(|failure| {
            failure.violations.iter().map(|violation| Precondition {
                rule: violation.r#type.clone(),
                subject: violation.subject.clone(),
                description: violation.description.clone(),
            })
        });
        Self {
            code: true_code(status),
            message: status.message().to_owned(),
            reason: info.and_then(|info| Reason::from_str_name(&format!("REASON_{}", info.reason))),
            metadata: info.map(|info| info.metadata.clone().into_iter().collect()).unwrap_or_default(),
            violations: violations.into_iter().flatten().collect(),
            preconditions: preconditions.into_iter().flatten().collect(),
            retry_after: details.retry_info().and_then(|info| info.retry_delay),
        }
    }
}

/// The code a caller should act on. What breaks on this side of the wire reaches
/// us as a guess, such as UNKNOWN for a connection that died under a call.
fn true_code(status: &Status) -> Code {
    let mut cause: Option<&(dyn StdError + 'static)> = status.source();
    let local = cause.is_some();
    while let Some(error) = cause {
        if error.is::<TimeoutExpired>() {
            return Code::DeadlineExceeded;
        }
        cause = error.source();
    }
    match status.code() {
        Code::Unknown | Code::Cancelled | Code::Internal if local => Code::Unavailable,
        code => code,
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        let said = self.message.trim().trim_end_matches('.');
        text.push_str(if said.is_empty() { "The server gave no explanation" } else { said });
        write!(text, " ({})", self.label())?;
        for (index, violation) in self.violations.iter().enumerate() {
            let lead = if index == 0 { ": " } else { "; " };
            write!(text, "{lead}`{}`: {}", violation.field, violation.description.trim_end_matches('.'))?;
        }
        text.push('.');
        for precondition in &self.preconditions {
            write!(
                text,
                " {} refuses: {}.",
                precondition.rule,
                precondition.description.trim_end_matches('.')
            )?;
        }
        if let Some(next) = advice(self) {
            write!(text, " {next}")?;
        }
        if let Some(delay) = self.retry_after {
            write!(text, " Try again in {}.", Pause(delay))?;
        }
        formatter.write_str(&text)
    }
}

impl Failure {
    // The reason and its facts, or the code where there is no reason.
    fn label(&self) -> String {
        let name = self.reason.map(|reason| reason.as_str_name());
        let mut label = match name.and_then(|name| name.strip_prefix("REASON_")) {
            Some(name) => name.to_owned(),
            None => format!("{:?}", self.code),
        };
        for (name, value) in &self.metadata {
            label.push_str(", ");
            label.push_str(name);
            label.push(' ');
            label.push_str(value);
        }
        label
    }
}

struct Pause(Duration);

impl fmt::Display for Pause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < Duration::from_secs(1) {
            write!(formatter, "{} ms", self.0.as_millis())
        } else {
            write!(formatter, "{} s", self.0.as_secs_f64().ceil())
        }
    }
}

#[cfg(test)]
#[path = "error_tests.rs"]
mod tests;
