//! How many people the cases that will come need.

use std::collections::BTreeSet;
use std::sync::Arc;

use amends_domain::case::CaseKind;
use amends_domain::forecast::{Ahead, HORIZON_MAX, Profile};
use amends_domain::staffing::{Goal, Staff, hours};
use amends_domain::zone::Zone;
use amends_domain::{Day, ShopId, Span, Time};
use amends_store::Conn;
use amends_store::planning::volume::{self, HourCount, Opened};
use amends_store::planning::work::{self, Backlog, Handled};

use super::due::{DueWork, Given, due};
use super::refused;
use super::volume::{Volume, VolumeQuestion, look};
use crate::app::App;
use crate::call::Principal;
use crate::error::{AppError, Result};
use crate::shops::ShopInfo;

/// The furthest first day.
const AHEAD_MAX: i32 = 60;
/// The most days of one plan.
const DAYS_MAX: u16 = 14;
/// The longest time a case may take to be due.
const DUE_MAX: u16 = 30;
/// Over how many days the handling time and the hours of a day are measured.
const HANDLED_DAYS: i64 = 28;
const PROFILE_DAYS: i64 = 364;
/// With fewer cases than that, the handling time is assumed.
const HANDLED_MIN: i64 = 10;

const HANDLING: Span = Span::from_minutes(15);
const GOAL: Goal = Goal { level: 0.8, within: Span::from_secs(60), occupancy_max: 0.85, shrinkage: 0.3 };
const AT_ONCE: u32 = 1;
const DUE_DAYS: u16 = 3;
const AGENT_HOURS: f64 = 8.0;

/// A plan that is asked for; what is none is measured or assumed.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanQuestion {
    /// The shop.
    pub shop: ShopId,
    /// The first day; none for today.
    pub start: Option<Day>,
    /// How many days.
    pub days: Option<u16>,
    /// Only these kinds; empty for all.
    pub kinds: Vec<CaseKind>,
    /// Days of which the log knows too little.
    pub gaps: BTreeSet<Day>,
    /// The share to answer in time.
    pub level: Option<f64>,
    /// In which time.
    pub within: Option<Span>,
    /// The mean handling time.
    pub handling: Option<Span>,
    /// Conversations that an agent holds at once.
    pub at_once: Option<u32>,
    /// The highest share of their time that people are busy.
    pub occupancy_max: Option<f64>,
    /// The share of paid time not spent at work.
    pub shrinkage: Option<f64>,
    /// Within how many days a case is due.
    pub due_days: Option<u16>,
    /// How many hours an agent works on a day.
    pub agent_hours: Option<f64>,
}

/// Where an input comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The log, over so many cases.
    Measured(i64),
    /// The question.
    Requested,
    /// It is what is usual.
    Assumed,
}

/// Something a plan was made from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Input {
    /// What it is.
    pub name: &'static str,
    /// Its value; none of the profile, which is many.
    pub value: Option<f64>,
    /// Its unit.
    pub unit: &'static str,
    /// Where it comes from.
    pub origin: Origin,
}

/// An hour where buyers wait.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HourPlan {
    /// Whether the shop is open in any part of it.
    pub open: bool,
    /// Cases that come in it.
    pub expected: f64,
    /// The people it needs.
    pub staff: Staff,
    /// The people it needs at the upper end of the interval at 80 %.
    pub upper: u32,
}

/// A day where buyers wait.
#[derive(Debug, Clone, PartialEq)]
pub struct DayPlan {
    /// What is expected of it.
    pub ahead: Ahead,
    /// Its 24 hours by the wall clock.
    pub hours: Vec<HourPlan>,
}

/// A plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Day by day; none where nothing is known yet.
    pub days: Vec<DayPlan>,
    /// What work that may wait needs; none where nothing is known yet.
    pub due: Option<DueWork>,
    /// What it was made from.
    pub inputs: Vec<Input>,
    /// The forecast behind it.
    pub volume: Volume,
}

impl App {
    /// How many people the cases of the next days need.
    ///
    /// # Errors
    /// When the question is not a good one, the principal may not read figures, or storage fails.
    pub async fn staffing(&self, principal: &Principal, question: &PlanQuestion) -> Result<Plan> {
        let (conn, info, zone) = self.planned(principal, &question.shop).await?;
        let now = self.now();
        let (skip, days) = question.span(zone.day(now))?;
        let due_days = question.due_days.unwrap_or(DUE_DAYS);
        if due_days > DUE_MAX {
            return Err(AppError::field("due_days", "must be 0–30"));
        }
        let whole = skip + usize::from(days) + usize::from(due_days);
        let horizon = u16::try_from(whole).unwrap_or(HORIZON_MAX).min(HORIZON_MAX);
        let (shop, kinds, gaps) = (question.shop.clone(), question.kinds.clone(), question.gaps.clone());
        let asked = VolumeQuestion { shop, horizon, kinds, gaps };
        let volume = look(&conn, &info.shop, &zone, &asked, now).await?;
        let seen = Seen::look(&conn, question, &zone, &volume).await?;
        let settled = Settled::of(question, &seen);
        let mut plan = Plan { days: Vec::new(), due: None, inputs: settled.inputs, volume };
        let Some(forecast) = &plan.volume.forecast else { return Ok(plan) };
        let wanted = forecast.days.iter().skip(skip).take(usize::from(days));
        let load = (settled.handling, settled.at_once, settled.goal);
        plan.days = days_of(wanted.cloned().collect(), seen.profile.clone(), load, (&info, &zone)).await?;
        plan.due = Some(due(&Given {
            forecast,
            opened_today: plan.volume.opened_today,
            backlog: &seen.backlog,
            days: usize::from(horizon),
            due_days,
            case_hours: settled.handling.as_secs_f64() / 3_600.0 / f64::from(settled.at_once),
            agent_hours: settled.agent_hours,
            shrinkage: settled.goal.shrinkage,
            calendar: &info.sla.calendar,
            zone: &zone,
            now,
        })?);
        Ok(plan)
    }
}

impl PlanQuestion {
    /// How many days lie before the first, and how many are asked for.
    fn span(&self, today: Day) -> Result<(usize, u16)> {
        let days = self.days.unwrap_or(1);
        if !(1..=DAYS_MAX).contains(&days) {
            return Err(AppError::field("days", "must be 1–14"));
        }
        let ahead = self.start.map_or(0, |start| start.number().saturating_sub(today.number()));
        match usize::try_from(ahead) {
            Ok(skip) if ahead <= AHEAD_MAX => Ok((skip, days)),
            _ => {
                let last = Day::from_number(today.number().saturating_add(AHEAD_MAX));
                Err(AppError::field("start_date", format!("must be from today, {today}, to {last}")))
            }
        }
    }
}

/// What the log says.
struct Seen {
    handled: Handled,
    profile: Profile,
    profile_cases: i64,
    backlog: Vec<(Option<Day>, i64)>,
}

impl Seen {
    async fn look(conn: &Conn, question: &PlanQuestion, zone: &Zone, volume: &Volume) -> Result<Self> {
        let (shop, kinds, now) = (&question.shop, question.kinds.as_slice(), volume.as_of);
        let handled = work::handled(conn, shop, now - Span::from_days(HANDLED_DAYS), now).await?;
        let (from, until) = (now - Span::from_days(PROFILE_DAYS), now);
        let offsets = zone.offsets(from, until);
        let opened = Opened { shop, kinds, from, until, offsets: &offsets };
        let counts = volume::by_hour(conn, &opened).await?;
        let end = now + Span::from_days(i64::from(HORIZON_MAX) + 1);
        let offsets = zone.offsets(now, end);
        let backlog = Backlog { shop, kinds, from: now, until: end, offsets: &offsets };
        let backlog = work::backlog(conn, &backlog).await?;
        let profile_cases = counts.iter().map(|count| i64::try_from(count.opened).unwrap_or(i64::MAX)).sum();
        Ok(Self { handled, profile: profile(&counts), profile_cases, backlog })
    }
}

fn profile(counts: &[HourCount]) -> Profile {
    let (mut working, mut weekend) = ([0; 24], [0; 24]);
    for count in counts {
        let hours: &mut [u64; 24] = if count.weekend { &mut weekend } else { &mut working };
        hours.get_mut(count.hour).into_iter().for_each(|hour| *hour += count.opened);
    }
    Profile::of(&working, &weekend)
}

/// What is asked for, or measured, or assumed.
struct Settled {
    handling: Span,
    at_once: u32,
    goal: Goal,
    agent_hours: f64,
    inputs: Vec<Input>,
}

impl Settled {
    fn of(question: &PlanQuestion, seen: &Seen) -> Self {
        let mut inputs = Vec::new();
        let mut put = |name, unit, value: f64, origin| {
            inputs.push(Input { name, value: Some(value), unit, origin });
        };
        let said = |asked: bool| if asked { Origin::Requested } else { Origin::Assumed };
        let (handling, origin) = handling(question.handling, seen.handled);
        put("handling_time", "seconds", handling.as_secs_f64(), origin);
        let goal = Goal {
            level: question.level.unwrap_or(GOAL.level),
            within: question.within.unwrap_or(GOAL.within),
            occupancy_max: question.occupancy_max.unwrap_or(GOAL.occupancy_max),
            shrinkage: question.shrinkage.unwrap_or(GOAL.shrinkage),
        };
        put("service_level", "share", goal.level, said(question.level.is_some()));
        put("answer_within", "seconds", goal.within.as_secs_f64(), said(question.within.is_some()));
        let at_once = question.at_once.unwrap_or(AT_ONCE);
        put("at_once", "conversations", f64::from(at_once), said(question.at_once.is_some()));
        put("occupancy_max", "share", goal.occupancy_max, said(question.occupancy_max.is_some()));
        put("shrinkage", "share", goal.shrinkage, said(question.shrinkage.is_some()));
        let due_days = question.due_days.unwrap_or(DUE_DAYS);
        put("due_days", "days", f64::from(due_days), said(question.due_days.is_some()));
        let agent_hours = question.agent_hours.unwrap_or(AGENT_HOURS);
        put("agent_hours", "hours", agent_hours, said(question.agent_hours.is_some()));
        let origin =
            if seen.profile_cases > 0 { Origin::Measured(seen.profile_cases) } else { Origin::Assumed };
        inputs.push(Input { name: "hour_profile", value: None, unit: "", origin });
        Self { handling, at_once, goal, agent_hours, inputs }
    }
}

/// The mean time that agents had a case in their hands.
fn handling(asked: Option<Span>, handled: Handled) -> (Span, Origin) {
    let mean = handled.micros.checked_div(handled.cases).unwrap_or(0);
    match asked {
        Some(span) => (span, Origin::Requested),
        // What is done within a microsecond says nothing about people.
        None if handled.cases >= HANDLED_MIN && mean > 0 => {
            (Span::from_micros(mean), Origin::Measured(handled.cases))
        }
        None => (HANDLING, Origin::Assumed),
    }
}

/// Counts people hour by hour, beside the threads that answer calls: with heavy loads it takes a while.
async fn days_of(
    wanted: Vec<Ahead>,
    profile: Profile,
    (handling, at_once, goal): (Span, u32, Goal),
    (info, zone): (&Arc<ShopInfo>, &Zone),
) -> Result<Vec<DayPlan>> {
    let (info, zone) = (Arc::clone(info), zone.clone());
    let count = move || {
        let day = |ahead| day(ahead, &profile, (handling, at_once, &goal), (&info, &zone));
        wanted.iter().map(day).collect()
    };
    let counted = tokio::task::spawn_blocking(count).await;
    counted.map_err(|error| AppError::Internal(error.to_string()))?
}

fn day(
    ahead: &Ahead,
    profile: &Profile,
    (handling, at_once, goal): (Span, u32, &Goal),
    (info, zone): (&ShopInfo, &Zone),
) -> Result<DayPlan> {
    let expected = profile.spread(ahead.day, ahead.expected);
    let upper = profile.spread(ahead.day, ahead.within_80.1 as f64);
    let staff = hours(&expected, handling, at_once, goal).map_err(refused)?;
    let most = hours(&upper, handling, at_once, goal).map_err(refused)?;
    let all = (0_u8..).zip(expected).zip(staff).zip(most);
    let hours = all.map(|(((hour, expected), staff), most)| {
        let (from, until): (Time, Time) = (zone.hour(ahead.day, hour), zone.hour(ahead.day, hour + 1));
        let open = info.sla.calendar.elapsed(from, until) > Span::ZERO;
        HourPlan { open, expected, staff, upper: most.agents }
    });
    Ok(DayPlan { ahead: *ahead, hours: hours.collect() })
}
