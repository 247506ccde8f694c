//! Promises and hours of a shop: how they change, and what can be wrong with them.

use amends_domain::Time;
use amends_domain::policy::ShopPolicy;
use amends_domain::sla::calendar::Place;
use amends_domain::sla::{CalendarProblem, DatedHours, OpeningHours, Policy, PolicyProblem, Target};

use crate::error::{Violation, Why};
use crate::sla::LEAD;

/// How often a shop may have changed its promises or hours: each version is kept.
const VERSIONS_MAX: usize = 200;

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Promises for clocks that start from a moment after now on.
pub(super) fn promise(policy: &mut ShopPolicy, targets: Vec<Target>, now: Time) {
    if targets == policy.sla.targets() {
        return;
    }
    // Never before the last, even if the clock of another process is ahead of this one's.
    let last = policy.sla.promises.last().map_or(Time::MIN, |last| last.effective_from);
    let effective_from = last.max(now + LEAD);
    // Of two from one instant only one can hold.
    policy.sla.promises.retain(|old| old.effective_from != effective_from);
    policy.sla.promises.push(Policy { effective_from, targets });
}

/// Hours from a moment after now on; says whether they differ from those before.
pub(super) fn open(policy: &mut ShopPolicy, hours: Option<OpeningHours>, now: Time) -> bool {
    if hours.as_ref() == policy.sla.opening_hours() {
        return false;
    }
    let last = policy.sla.hours.last().map_or(Time::MIN, |last| last.effective_from);
    let effective_from = last.max(now + LEAD);
    policy.sla.hours.retain(|old| old.effective_from != effective_from);
    policy.sla.hours.push(DatedHours { effective_from, hours });
    true
}

/// Everything that is wrong with the promises and hours that a policy ends with.
pub(super) fn violations(policy: &ShopPolicy) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut wrong = |field: String, problem: String| {
        found.push(Violation { field, problem, why: Why::Malformed });
    };
    let terms = &policy.sla;
    if terms.promises.len() > VERSIONS_MAX {
        wrong("sla.targets".to_owned(), "were changed too often: at most 200 versions are kept".to_owned());
    }
    if terms.hours.len() > VERSIONS_MAX {
        wrong("sla.calendar".to_owned(), "was changed too often: at most 200 versions are kept".to_owned());
    }
    if let Err(problems) = terms.ready() {
        problems.promises.iter().map(of_target).for_each(|(field, problem)| wrong(field, problem));
        problems.hours.iter().map(of_hours).for_each(|(field, problem)| wrong(field, problem));
    }
    found
}

/// Only the last policy can be wrong: those before it were checked when they were the last.
fn of_target(problem: &PolicyProblem) -> (String, String) {
    let at = |target: &usize, field: &str| format!("sla.targets[{target}]{field}");
    match problem {
        PolicyProblem::SameDate { .. } => {
            ("sla.targets".to_owned(), "were changed a moment ago: try again".to_owned())
        }
        PolicyProblem::TooMany { count, .. } => {
            ("sla.targets".to_owned(), format!("must be at most 200, not {count}"))
        }
        PolicyProblem::MeasuredOnly { target, metric, .. } => {
            (at(target, ".metric"), format!("{metric} is measured but cannot be promised"))
        }
        PolicyProblem::Span { target, .. } => {
            (at(target, ".promised_time"), "must be 1 second to 366 days".to_owned())
        }
        PolicyProblem::Priority { target, priority, .. } => {
            (at(target, ".least_priority"), format!("must be 0 to 100, not {priority}"))
        }
        PolicyProblem::NeverUsed { target, earlier, .. } => {
            (at(target, ""), format!("is never used: targets[{earlier}] takes all its cases"))
        }
    }
}

fn of_hours(problem: &CalendarProblem) -> (String, String) {
    let (place, problem) = match problem {
        CalendarProblem::UnknownZone { zone } => {
            let problem = format!("needs the shop's time zone, and {zone:?} is not an IANA time zone");
            return ("sla.calendar".to_owned(), problem);
        }
        CalendarProblem::TooMany { count } => {
            return ("sla.calendar.exceptions".to_owned(), format!("must be at most 3,660, not {count}"));
        }
        CalendarProblem::Twice { place } => (place, "has more than one exception".to_owned()),
        CalendarProblem::Shift { place, from, to } => {
            (place, format!("the shift {}–{} must end after it begins", clock(*from), clock(*to)))
        }
        CalendarProblem::Order { place, from, ended } => {
            (place, format!("the shift from {} must not begin before {}", clock(*from), clock(*ended)))
        }
    };
    match place {
        Place::Weekday(day) => {
            let name = WEEKDAYS.get(usize::from(*day)).copied().unwrap_or("a day");
            ("sla.calendar.week".to_owned(), format!("{name}: {problem}"))
        }
        Place::Date(day) => ("sla.calendar.exceptions".to_owned(), format!("{day}: {problem}")),
    }
}

/// A minute of the day as people write it.
fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}
