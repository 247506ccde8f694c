//! What may be done with a case now, and why not the rest.

use amends_domain::Time;
use amends_domain::agent::AgentRefused;
use amends_domain::case::handling::arrow;
use amends_domain::case::{Case, Handling, Hold, Refused, VerbKind};

use super::{DESK, SUPERVISION};
use crate::call::{Principal, Role};

/// The verbs that people have; the others belong to signals and timers.
pub const DESK_VERBS: &[VerbKind] = &[
    VerbKind::Claim,
    VerbKind::Release,
    VerbKind::Assign,
    VerbKind::Note,
    VerbKind::Act,
    VerbKind::WaitBuyer,
    VerbKind::WaitThirdParty,
    VerbKind::Snooze,
    VerbKind::Escalate,
    VerbKind::Solve,
    VerbKind::Reopen,
    VerbKind::Merge,
    VerbKind::Cancel,
];

/// A verb, and why it is not possible now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextVerb {
    /// The verb.
    pub verb: VerbKind,
    /// Why not; none if it is possible.
    pub refused: Option<NotNow>,
}

/// Why a verb is not possible now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotNow {
    /// The case refuses.
    Case(Refused),
    /// The reader lacks the role.
    RoleMissing(&'static [Role]),
    /// The reader is not there, or the case lies outside their skills.
    Agent(AgentRefused),
    /// The reader holds as many cases as they may.
    AtCapacity {
        /// So many.
        held: i64,
        /// Of so many.
        max: i64,
    },
}

/// Every verb of the desk, with why the reader could not use it now.
///
/// Computed from the same arrows and holds that the commands check, so that a
/// screen never shows a button that would be refused for a reason known here.
#[must_use]
pub fn next_verbs(case: &Case, principal: &Principal, remedy_in_flight: bool, now: Time) -> Vec<NextVerb> {
    let refused = |verb| refusal(case, principal, remedy_in_flight, now, verb);
    DESK_VERBS.iter().map(|verb| NextVerb { verb: *verb, refused: refused(*verb) }).collect()
}

fn refusal(
    case: &Case,
    principal: &Principal,
    remedy_in_flight: bool,
    now: Time,
    verb: VerbKind,
) -> Option<NotNow> {
    let needed = role_of(case, verb);
    if !principal.has(needed) {
        return Some(NotNow::RoleMissing(needed));
    }
    let from = case.handling.state();
    let unheld_note = verb == VerbKind::Note && principal.has(SUPERVISION) && case.is_open();
    if arrow(from, verb).is_none() && !unheld_note {
        return Some(NotNow::Case(match case.handling {
            Handling::Merged { into, .. } => Refused::Merged { into },
            _ => Refused::NoArrow { from, verb },
        }));
    }
    if needs_hold(verb, principal) {
        let hold = Hold { agent: principal.name.clone(), fence: case.fence, version: case.version };
        if let Err(refused) = case.check(&hold, now) {
            return Some(NotNow::Case(refused));
        }
    }
    let ends = matches!(verb, VerbKind::Solve | VerbKind::Cancel | VerbKind::Merge);
    (ends && remedy_in_flight).then_some(NotNow::Case(Refused::RemedyInFlight))
}

fn role_of(case: &Case, verb: VerbKind) -> &'static [Role] {
    match verb {
        VerbKind::Assign | VerbKind::Cancel => SUPERVISION,
        VerbKind::Claim if case.level > 0 => SUPERVISION,
        _ => DESK,
    }
}

fn needs_hold(verb: VerbKind, principal: &Principal) -> bool {
    match verb {
        VerbKind::Claim | VerbKind::Assign | VerbKind::Reopen => false,
        VerbKind::Note | VerbKind::Escalate | VerbKind::Merge | VerbKind::Cancel => {
            !principal.has(SUPERVISION)
        }
        _ => true,
    }
}
