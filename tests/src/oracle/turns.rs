//! Whose turn it is, moment by moment.

use super::At;
use super::told::{Line, What};

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// The seller's.
    Sellers,
    /// The buyer's.
    Buyers,
    /// Someone else's.
    Others,
    /// Nobody's until a time.
    PutOff,
    /// The case is solved.
    Solved,
    /// It is over.
    Over,
}

/// What happened at an instant, and how things stand since.
#[derive(Debug)]
pub struct Moment<'a> {
    /// When.
    pub at: At,
    /// What.
    pub what: &'a What,
    /// A solved case came back.
    pub comes_back: bool,
    /// Whose turn it is since.
    pub turn: Turn,
    /// The buyer has the last word, and nobody waits for the buyer.
    pub waits: bool,
    /// A person has answered.
    pub answered: bool,
    /// How urgent the case is.
    pub priority: i64,
}

/// What happened, as the service heard of it: one after the other, nothing before what was known already.
#[must_use]
pub fn moments<'a>(lines: &[&'a Line]) -> Vec<Moment<'a>> {
    let (mut at, mut turn, mut waits, mut answered, mut priority) = (At::MIN, None, false, false, 0);
    let mut all = Vec::new();
    for line in lines {
        if let What::Due(due) = line.what {
            at = at.max(due);
            continue;
        }
        if line.what == What::SurveyDue {
            continue;
        }
        at = at.max(line.at());
        let before = turn;
        match (&line.what, before) {
            (What::Opened { waits: since, priority: told, .. }, None) => {
                (turn, waits, priority) = (Some(Turn::Sellers), since.is_some(), *told);
            }
            (What::Opened { .. }, _) | (_, None | Some(Turn::Over)) => continue,
            (What::Reopened, Some(turn)) if turn != Turn::Solved => continue,
            (what, Some(_)) => {
                match what {
                    What::BuyerWrote => waits = true,
                    What::PersonAnswered => (waits, answered) = (false, true),
                    What::BuyersTurn => waits = false,
                    What::Priority(now) => priority = *now,
                    _ => {}
                }
                turn = Some(next(before.unwrap_or(Turn::Over), what));
            }
        }
        let comes_back = before == Some(Turn::Solved) && matches!(line.what, What::Woken | What::Reopened);
        let turn = turn.unwrap_or(Turn::Over);
        all.push(Moment { at, what: &line.what, comes_back, turn, waits, answered, priority });
    }
    all
}

/// Whose turn it is after that.
fn next(before: Turn, what: &What) -> Turn {
    match what {
        What::Closed | What::Merged | What::Cancelled => Turn::Over,
        What::Reopened | What::Woken => Turn::Sellers,
        _ if before == Turn::Solved => Turn::Solved,
        What::Solved { .. } => Turn::Solved,
        What::BuyersTurn => Turn::Buyers,
        What::OthersTurn => Turn::Others,
        What::PutOff => Turn::PutOff,
        What::BuyerWrote | What::AtWork | What::Queued => Turn::Sellers,
        _ => before,
    }
}
