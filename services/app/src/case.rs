//! Cases at the desk: claimed, worked, handed over, solved.
//!
//! Every verb is one command. It reads the case under the lock of what the
//! case hangs on, lets the domain take the step, and stores the case on
//! condition that nobody else did meanwhile; deadlines and figures follow from
//! the difference between before and after.

use amends_domain::case::Hold;
use amends_domain::{AgentId, CaseId, ShopId, Span};

use crate::call::Role;

mod board;
mod claim;
mod contact;
mod deadlines;
mod desk;
mod lease;
mod link;
mod list;
mod merge;
mod next;
mod note;
mod pause;
mod plan;
mod solve;
mod summary;
mod supervise;
mod timeline;
mod touched;
mod view;
mod viewers;

pub use amends_store::case::{CaseCursor, CaseFilter, CaseOrder};
pub use board::{BOARD_AGENTS_MAX, BOARD_MAX, BOARD_QUEUE_MAX, Board, BoardQuery, Place, order_key};
pub use claim::{ClaimCase, ClaimNextCase, Claimed, HeldLease, TurnStart, Turns};
pub use contact::RecordContact;
pub use deadlines::{CHANNEL_MARGIN, deadlines_of};
pub use lease::{AssignCase, Assigned, ReleaseCase, RenewLease};
pub use link::{LINKS_FULL, LinkCases, LinkTo, LinkView, Linked, UnlinkCases};
pub use list::{CASES_PAGE_MAX, CasePage, CaseSelection};
pub use merge::{MergeCase, Merged};
pub use next::{DESK_VERBS, NextVerb, NotNow, next_verbs};
pub use note::AddNote;
pub use pause::{SnoozeCase, WaitCase, WaitFor};
pub use plan::CasePlan;
pub use solve::{ReopenCase, SolveCase};
pub use summary::CaseSummary;
pub use supervise::{CancelCase, EscalateCase};
pub use timeline::{TIMELINE_PAGE_MAX, TimelineCursor, TimelineEntry, TimelinePage};
pub use touched::{Recent, Touched};
pub use view::{CaseView, History, LINES_MAX, MessageView, ReplySent, SHIPMENTS_MAX, SurveyView};
pub use viewers::{LOOK_EVERY, Screen, Screens, VIEWING, Viewer, Viewers};

pub(crate) use claim::{expire, lock_agent};
pub(crate) use contact::{stamp_contact, stamp_first_action};
pub(crate) use desk::{check_text, keep, keep_all, open, tell, tell_as};
pub(crate) use solve::after_solved;
pub(crate) use summary::summary;

/// Who works cases.
pub const DESK: &[Role] = &[Role::Agent, Role::Supervisor, Role::Admin];

/// Who may act on a case without holding it.
pub const SUPERVISION: &[Role] = &[Role::Supervisor, Role::Admin];

/// Who may look at cases; the texts in them are for the desk only.
pub const READERS: &[Role] = &[Role::Agent, Role::Supervisor, Role::Admin, Role::Analyst];

/// The longest note that goes with a verb, in characters.
pub const NOTE_CHARS_MAX: usize = 2_000;

/// The longest note of its own, and the longest text of a contact, in characters.
pub const TEXT_CHARS_MAX: usize = 10_000;

/// The longest a case may wait or be put off.
pub const PAUSE_MAX: Span = Span::from_days(60);

/// Why a case cannot be put off so long; the transport knows it by this text.
pub const AFTER_HARD_DEADLINE: &str = "the time lies after a deadline that cannot be moved";

/// Why a case cannot be merged into another; the transport knows it by this text.
pub const MERGE_TARGET_ENDED: &str = "the case to merge into must be open and not solved";

/// What an agent shows with a write: which case, under which hold, having seen which version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The tenant.
    pub shop: ShopId,
    /// Which case.
    pub case: CaseId,
    /// The fence of the agent's lease; 0 of a supervisor who has none, where the verb allows it.
    pub fence: i64,
    /// The version the agent saw.
    pub version: i64,
}

impl Target {
    /// The hold that the caller claims to have.
    pub(crate) fn hold(&self, agent: &AgentId) -> Hold {
        Hold { agent: agent.clone(), fence: self.fence, version: self.version }
    }
}
