//! The figures by which marketplaces judge how fast a shop answers.

use std::collections::HashMap;

use amends_domain::twin::{
    Answer, Conversation, Figure, Next, Presence, Rescue, Twin, UnknownZone, earliest, figure, in_force,
    next, table,
};
use amends_domain::{CaseId, ConversationId, Day, ShopId, Time};
use amends_store::planning::conversation::{self, Begun, Which};

use crate::app::App;
use crate::call::Principal;
use crate::error::{AppError, Result};
use crate::shops::ShopInfo;

/// The most conversations within a window.
const CONVERSATIONS_MAX: i64 = 100_000;
/// The most messages that are read for them.
const WORDS_MAX: i64 = 1_000_000;

/// The most conversations to answer that are listed.
pub const TO_ANSWER_MAX: usize = 500;

/// Which figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwinQuestion {
    /// The shop.
    pub shop: ShopId,
    /// The moment; none for now.
    pub at: Option<Time>,
    /// The tier of sellers; empty for all.
    pub tier: String,
    /// When the shop was away.
    pub away: Vec<(Time, Time)>,
}

/// A conversation to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToDo {
    /// Which.
    pub conversation: ConversationId,
    /// Its case.
    pub case: Option<CaseId>,
    /// When it came.
    pub received_at: Time,
    /// The last instant at which an answer has the effect.
    pub until: Time,
}

/// One figure.
#[derive(Debug, Clone, PartialEq)]
pub struct TwinFigures {
    /// What it was at the last cut-off, and the row it was counted by; none where no row held then.
    pub current: Option<(&'static Twin, Figure)>,
    /// The row it is counted by at the next cut-off.
    pub twin: &'static Twin,
    /// Where it goes.
    pub next: Next,
    /// The first of those to answer.
    pub to_answer: Vec<ToDo>,
    /// How many there are.
    pub to_answer_count: usize,
}

/// All figures of a shop.
#[derive(Debug, Clone, PartialEq)]
pub struct Twins {
    /// By name.
    pub twins: Vec<TwinFigures>,
    /// How many conversations were looked at.
    pub conversations: usize,
    /// The holidays of the shop within the windows.
    pub holidays: Vec<Day>,
    /// The moment it holds for.
    pub at: Time,
}

impl App {
    /// The figures by which the shop's marketplace judges it, and what still saves them.
    ///
    /// # Errors
    /// When the question is not a good one, the principal may not read figures, or storage fails.
    pub async fn marketplace_twins(&self, principal: &Principal, question: &TwinQuestion) -> Result<Twins> {
        let (conn, info, zone) = self.planned(principal, &question.shop).await?;
        let now = self.now();
        let at = question.at.unwrap_or(now);
        if at > now {
            return Err(AppError::field("at_time", "must not lie in the future"));
        }
        let holidays = holidays(&info);
        let place = Presence::new(&info.shop.time_zone, holidays.iter().copied(), question.away.clone())
            .map_err(|wrong: UnknownZone| AppError::Internal(wrong.to_string()))?;
        let mine = Mine { info: &info, tier: &question.tier };
        let rows: Vec<&'static Twin> = mine.rows(at);
        let from = rows.iter().map(|row| earliest(row, &place, at)).min();
        let begun = match from {
            None => Vec::new(),
            Some(from) => {
                let which = Which { shop: &question.shop, from, at, limit: CONVERSATIONS_MAX + 1 };
                if conversation::has_more_words(&conn, &which, WORDS_MAX).await? {
                    let problem = "must have at most 1,000,000 messages within the window of its figures";
                    return Err(AppError::field("parent", problem));
                }
                conversation::begun(&conn, &which).await?
            }
        };
        if begun.len() > usize::try_from(CONVERSATIONS_MAX).unwrap_or(usize::MAX) {
            let problem = "must have at most 100,000 conversations within the window of its figures";
            return Err(AppError::field("parent", problem));
        }
        let all: Vec<Conversation> = begun.iter().map(heard).collect();
        let cases: HashMap<(&ConversationId, Time), Option<CaseId>> =
            begun.iter().map(|one| ((&one.conversation, one.received_at), one.case)).collect();
        let twins = rows.into_iter().map(|row| mine.figures(row, &place, &all, &cases, at)).collect();
        let first = from.map_or(zone.day(at), |from| zone.day(from));
        // The day whose cut-off follows today's may be the next.
        let last = zone.day(at).number().saturating_add(1);
        let within = |day: &Day| *day >= first && day.number() <= last;
        let holidays = holidays.into_iter().filter(within).collect();
        Ok(Twins { twins, conversations: begun.len(), holidays, at })
    }
}

/// The dates on which the shop's calendar is closed as an exception.
fn holidays(info: &ShopInfo) -> Vec<Day> {
    let exceptions = info.sla.calendar.hours().map_or(&[][..], |hours| &hours.exceptions);
    let mut days: Vec<Day> =
        exceptions.iter().filter(|one| one.shifts.is_empty()).map(|one| one.date).collect();
    days.sort_unstable();
    days
}

fn heard(begun: &Begun) -> Conversation {
    let answer = match (begun.human_at, begun.machine) {
        (Some(at), _) => Answer::Human(at),
        (None, true) => Answer::OnlyAutomatic,
        (None, false) => Answer::None,
    };
    Conversation { id: begun.conversation.clone(), received_at: begun.received_at, answer }
}

/// The rows of a shop.
struct Mine<'a> {
    info: &'a ShopInfo,
    tier: &'a str,
}

impl Mine<'_> {
    fn rows(&self, at: Time) -> Vec<&'static Twin> {
        let shop = &self.info.shop;
        in_force(table(), shop.channel.as_str(), &shop.region, self.tier, at).collect()
    }

    /// The row of that name at a cut-off.
    fn row(&self, name: &str, cut_off: Time) -> Option<&'static Twin> {
        self.rows(cut_off).into_iter().find(|row| row.name == name)
    }

    /// A figure is counted by the row that holds at its cut-off, which may be another than today's.
    fn figures(
        &self,
        row: &'static Twin,
        place: &Presence,
        all: &[Conversation],
        cases: &HashMap<(&ConversationId, Time), Option<CaseId>>,
        at: Time,
    ) -> TwinFigures {
        let last = figure(row, place, all, at);
        let current = match self.row(&row.name, last.cut_off) {
            Some(then) if then == row => Some((row, last)),
            Some(then) => Some((then, figure(then, place, all, at))),
            None => None,
        };
        let ahead = next(row, place, all, at);
        let (twin, next) = match self.row(&row.name, ahead.if_none.cut_off) {
            Some(then) if then != row => (then, next(then, place, all, at)),
            _ => (row, ahead),
        };
        let list = match &next.rescue {
            Rescue::Answer(list) | Rescue::Lost(list) => list.as_slice(),
            Rescue::NoValue | Rescue::Safe => &[],
        };
        let to_answer = list.iter().take(TO_ANSWER_MAX).map(|one| ToDo {
            conversation: one.id.clone(),
            case: cases.get(&(&one.id, one.received_at)).copied().flatten(),
            received_at: one.received_at,
            until: one.until,
        });
        let (to_answer, to_answer_count) = (to_answer.collect(), list.len());
        TwinFigures { current, twin, next, to_answer, to_answer_count }
    }
}
