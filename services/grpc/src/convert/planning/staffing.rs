//! How many people the cases that will come need.

use amends_app::planning::{DayPlan, DueDay, DueWork, HourPlan, Input, Origin, Plan, PlanQuestion};
use amends_domain::Span;
use amends_domain::staffing::OCCUPANCY_MIN;
use amends_proto::v1 as pb;

use super::gaps;
use super::volume::method;
use crate::convert::time;
use crate::fields::Fields;

/// The domain form of a question.
pub fn parse(f: &mut Fields, m: pb::PlanStaffingRequest) -> Option<PlanQuestion> {
    let shop = f.shop("parent", &m.parent);
    let start =
        if m.start_date.is_empty() { Some(None) } else { f.day("start_date", &m.start_date).map(Some) };
    let days = f.number_or_none("days", m.days, |n| (1..=14).contains(n), "must be 1–14");
    let kinds = f.words("kinds", m.kinds);
    let gaps = gaps(f, m.gap_dates);
    let share = |share: &f64| *share > 0.0 && *share < 1.0;
    let level = f.number_or_none("service_level", m.service_level, share, "must be above 0 and below 1");
    let day = Span::from_days(1);
    let within = f.span_or_none("answer_within", m.answer_within, Span::ZERO..=day, "must be 0 s to 1 day");
    let second = Span::from_secs(1);
    let handling = f.span_or_none("handling_time", m.handling_time, second..=day, "must be 1 s to 1 day");
    let at_once = f.number_or_none("at_once", m.at_once, |n| (1..=20).contains(n), "must be 1–20");
    let busy = |share: &f64| (OCCUPANCY_MIN..=1.0).contains(share);
    let occupancy_max = f.number_or_none("occupancy_max", m.occupancy_max, busy, "must be 0.05–1");
    let away = |share: &f64| (0.0..1.0).contains(share);
    let shrinkage = f.number_or_none("shrinkage", m.shrinkage, away, "must be at least 0 and below 1");
    let due_days = f.number_or_none("due_days", m.due_days, |n| (0..=30).contains(n), "must be 0–30");
    let hours = |hours: &f64| *hours > 0.0 && *hours <= 24.0;
    let agent_hours = f.number_or_none("agent_hours", m.agent_hours, hours, "must be above 0 and at most 24");
    Some(PlanQuestion {
        shop: shop?,
        start: start?,
        days: days?.and_then(|n| u16::try_from(n).ok()),
        kinds: kinds?,
        gaps: gaps?,
        level: level?,
        within: within?,
        handling: handling?,
        at_once: at_once?.and_then(|n| u32::try_from(n).ok()),
        occupancy_max: occupancy_max?,
        shrinkage: shrinkage?,
        due_days: due_days?.and_then(|n| u16::try_from(n).ok()),
        agent_hours: agent_hours?,
    })
}

/// The wire form of a plan.
#[must_use]
pub fn render(plan: &Plan) -> pb::PlanStaffingResponse {
    pb::PlanStaffingResponse {
        days: plan.days.iter().map(day).collect(),
        due_work: plan.due.as_ref().map(due_work),
        inputs: plan.inputs.iter().map(input).collect(),
        method: Some(method(&plan.volume)),
        as_of_time: Some(time::render(plan.volume.as_of)),
    }
}

fn people(people: u32) -> i32 {
    i32::try_from(people).unwrap_or(i32::MAX)
}

fn day(day: &DayPlan) -> pb::StaffingDay {
    pb::StaffingDay {
        date: time::print_day(day.ahead.day),
        expected: day.ahead.expected,
        upper_80: i64::try_from(day.ahead.within_80.1).unwrap_or(i64::MAX),
        hours: (0..).zip(&day.hours).map(|(number, one)| hour(number, one)).collect(),
    }
}

fn hour(number: i32, hour: &HourPlan) -> pb::StaffingHour {
    let figures = hour.staff.figures;
    // A float becomes the nearest whole number there is.
    let wait = Span::from_micros((figures.mean_wait * 1e6).round() as i64);
    pb::StaffingHour {
        hour: number,
        open: hour.open,
        expected: hour.expected,
        agents: people(hour.staff.agents),
        rostered: people(hour.staff.rostered),
        service_level: figures.level,
        mean_wait: Some(time::render_span(wait)),
        occupancy: figures.occupancy,
        agents_upper_80: people(hour.upper),
    }
}

fn due_work(work: &DueWork) -> pb::DueWork {
    let (first, last) = work.because.unzip();
    let print = |day: Option<amends_domain::Day>| day.map(time::print_day).unwrap_or_default();
    pb::DueWork {
        days: work.days.iter().map(due_day).collect(),
        backlog_cases: work.backlog,
        undated_cases: work.undated,
        late_cases: work.late,
        exact_agents: work.exact,
        agents: people(work.agents),
        rostered: people(work.rostered),
        decisive_start_date: print(first),
        decisive_last_date: print(last),
        impossible: match work.impossible {
            true => "the shop is closed on all of these days".to_owned(),
            false => String::new(),
        },
    }
}

fn due_day(day: &DueDay) -> pb::DueDay {
    pb::DueDay {
        date: time::print_day(day.day),
        expected: day.expected,
        agent_hours: day.hours,
        worked_hours: day.worked,
        left_hours: day.left,
    }
}

fn input(input: &Input) -> pb::StaffingInput {
    let (origin, sample_size) = match input.origin {
        Origin::Measured(cases) => (pb::InputOrigin::Measured, cases),
        Origin::Requested => (pb::InputOrigin::Requested, 0),
        Origin::Assumed => (pb::InputOrigin::Assumed, 0),
    };
    pb::StaffingInput {
        name: input.name.to_owned(),
        value: input.value,
        unit: input.unit.to_owned(),
        origin: origin.into(),
        sample_size,
    }
}
