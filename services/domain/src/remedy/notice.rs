//! What was told of a remedy because the channel refunds, so that nothing is told twice or never.

use super::Remedy;
use crate::ReturnId;
use crate::code::codes;

codes! {
    /// What is told.
    pub enum NoticeKind {
        /// It must not leave; an offer can no longer be accepted.
        Stop = "STOP",
        /// It was given all the same.
        Twice = "TWICE",
    }
}

/// What was told of a remedy because of one return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The return by which the channel refunds.
    pub return_id: ReturnId,
    /// What was told.
    pub kind: NoticeKind,
}

impl Remedy {
    /// Whether that was told of it because of this return.
    #[must_use]
    pub fn was_told(&self, return_id: &ReturnId, kind: NoticeKind) -> bool {
        self.told.iter().any(|notice| notice.kind == kind && notice.return_id == *return_id)
    }

    /// Whether that was told of it because of any return.
    #[must_use]
    pub fn was_ever_told(&self, kind: NoticeKind) -> bool {
        self.told.iter().any(|notice| notice.kind == kind)
    }

    /// Keeps what is told of it; the latest return is the one it is stopped by.
    pub fn tell(&mut self, return_id: ReturnId, kind: NoticeKind) {
        self.stopped_by = Some(return_id.clone());
        if !self.was_told(&return_id, kind) {
            self.told.push(Notice { return_id, kind });
        }
    }
}
