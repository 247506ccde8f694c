//! Promises, hours of work and the clocks that go by them.

use amends_app::sla::{Explained, SlaExplanation};
use amends_domain::case::CaseKind;
use amends_domain::shop::Channel;
use amends_domain::sla::{
    Account, Exception, Hours, Instance, Metric, OpeningHours, Promise, Segment, SegmentKind, Shift,
    Standing, Target, Terms, Verdict,
};
use amends_domain::{Span, Time};
use amends_proto::v1 as pb;

use super::{Word as _, time};
use crate::fields::Fields;

/// Entries that are looked at; more are refused where the policy is kept.
const ENTRIES_MAX: usize = 4_000;

/// What a shop said last.
#[must_use]
pub fn policy(terms: &Terms) -> pb::SlaPolicy {
    pb::SlaPolicy {
        targets: terms.targets().iter().map(target).collect(),
        calendar: terms.opening_hours().map(calendar),
        targets_effective_time: terms.promises.last().map(|last| time::render(last.effective_from)),
        calendar_effective_time: terms.hours.last().map(|last| time::render(last.effective_from)),
    }
}

fn target(target: &Target) -> pb::SlaTarget {
    pb::SlaTarget {
        metric: target.metric.number(),
        kind: target.kind.map(|kind| kind.number()),
        channel: target.channel.as_ref().map(|channel| channel.as_str().to_owned()).unwrap_or_default(),
        least_priority: target.least_priority.map(i32::from),
        promised_time: Some(time::render_span(target.span)),
        hours: target.hours.number(),
    }
}

fn calendar(hours: &OpeningHours) -> pb::SlaCalendar {
    let days = (1..).zip(&hours.week).filter(|(_, of_day)| !of_day.is_empty());
    pb::SlaCalendar {
        time_zone: hours.zone.clone(),
        week: days.map(|(weekday, of_day)| pb::SlaDay { weekday, shifts: shifts(of_day) }).collect(),
        exceptions: hours
            .exceptions
            .iter()
            .map(|e| pb::SlaException { date: time::print_day(e.date), shifts: shifts(&e.shifts) })
            .collect(),
    }
}

fn shifts(of_day: &[Shift]) -> Vec<pb::SlaShift> {
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    of_day.iter().map(|s| pb::SlaShift { opens: clock(s.from), closes: clock(s.to) }).collect()
}

/// The promises that a caller wants; the standard ones where none is given.
pub fn parse_targets(f: &mut Fields, wire: Vec<pb::SlaTarget>) -> Option<Vec<Target>> {
    if wire.is_empty() {
        return Some(Terms::default().targets());
    }
    if wire.len() > ENTRIES_MAX {
        return f.refuse("targets", "must have at most 200 entries");
    }
    f.each("targets", wire, |f, wire| {
        let metric = f.word::<Metric>("metric", wire.metric);
        let kind = f.word_or_none::<CaseKind>("kind", wire.kind);
        let channel = match wire.channel.as_str() {
            "" => Some(None),
            name => match Channel::new(name) {
                Ok(channel) => Some(Some(channel)),
                Err(error) => f.refuse("channel", error.to_string()),
            },
        };
        let least_priority = match wire.least_priority.map(u8::try_from) {
            None => Some(None),
            Some(Ok(priority)) => Some(Some(priority)),
            Some(Err(_)) => f.refuse("least_priority", "must be 0 to 100"),
        };
        let (all, problem) = (Span::ZERO..=Span::from_days(3_650), "must be 1 second to 366 days");
        let span = f.required("promised_time", wire.promised_time);
        let span = span.and_then(|span| f.span_or_none("promised_time", Some(span), all, problem)).flatten();
        let hours = f.word::<Hours>("hours", wire.hours);
        Some(Target {
            metric: metric?,
            kind: kind?,
            channel: channel?,
            least_priority: least_priority?,
            span: span?,
            hours: hours?,
        })
    })
}

/// The hours that a caller wants; the inner none for always open. Their zone is set where they are kept.
pub fn parse_calendar(f: &mut Fields, wire: Option<pb::SlaCalendar>) -> Option<Option<OpeningHours>> {
    let Some(wire) = wire else { return Some(None) };
    f.inside("calendar", |f| {
        if wire.week.len() > 7 || wire.exceptions.len() > ENTRIES_MAX {
            return f.refuse("", "must have at most 7 days and 3,660 exceptions");
        }
        let mut week: [Option<Vec<Shift>>; 7] = Default::default();
        let days = f.each("week", wire.week, |f, day| {
            let of_day = parse_shifts(f, day.shifts);
            let place = usize::try_from(day.weekday).ok().and_then(|n| n.checked_sub(1));
            match place.and_then(|place| week.get_mut(place)) {
                None => f.refuse("weekday", "must be a day of the week"),
                Some(Some(_)) => f.refuse("weekday", "stands there twice"),
                Some(slot) => {
                    *slot = Some(of_day?);
                    Some(())
                }
            }
        });
        let exceptions = f.each("exceptions", wire.exceptions, |f, exception| {
            let (date, shifts) = (f.day("date", &exception.date), parse_shifts(f, exception.shifts));
            Some(Exception { date: date?, shifts: shifts? })
        });
        days?;
        let hours = OpeningHours {
            zone: String::new(),
            week: week.map(Option::unwrap_or_default),
            exceptions: exceptions?,
        };
        Some(Some(hours))
    })
}

fn parse_shifts(f: &mut Fields, wire: Vec<pb::SlaShift>) -> Option<Vec<Shift>> {
    if wire.len() > 100 {
        return f.refuse("shifts", "must have at most 100 entries");
    }
    f.each("shifts", wire, |f, shift| {
        let problem = "must be a time of the day such as 09:00 or 24:00";
        let mut minute = |field, text: &str| match parse_minute(text) {
            Some(minute) => Some(minute),
            None => f.refuse(field, problem),
        };
        let (from, to) = (minute("opens", &shift.opens), minute("closes", &shift.closes));
        Some(Shift { from: from?, to: to? })
    })
}

fn parse_minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let two = |digits: &str| -> Option<u16> {
        Some(digits).filter(|d| d.len() == 2 && d.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()
    };
    let minute = two(hour)? * 60 + Some(two(minute)?).filter(|minute| *minute < 60)?;
    Some(minute).filter(|minute| *minute <= 1_440)
}

/// The wire form of a clock.
#[must_use]
pub fn clock(one: &Instance) -> pb::SlaClock {
    let (verdict, due_at) = match one.verdict {
        Verdict::Met => (pb::SlaVerdict::Met, None),
        Verdict::Breached { at } => (pb::SlaVerdict::Breached, Some(at)),
        Verdict::Running { due_at } => (pb::SlaVerdict::Running, due_at),
        Verdict::Cancelled => (pb::SlaVerdict::Cancelled, None),
        Verdict::Measured => (pb::SlaVerdict::Measured, None),
    };
    pb::SlaClock {
        metric: one.metric.number(),
        instance: i32::try_from(one.number).unwrap_or(i32::MAX),
        start_time: Some(time::render(one.started_at)),
        stop_time: one.stopped_at.map(time::render),
        elapsed: Some(time::render_span(one.elapsed)),
        promise: one.promise.map(promise),
        verdict: verdict.into(),
        due_time: due_at.map(time::render),
    }
}

fn promise(promise: Promise) -> pb::SlaPromise {
    pb::SlaPromise {
        promised_time: Some(time::render_span(promise.span)),
        hours: promise.hours.number(),
        effective_time: Some(promise.effective_from).filter(|at| *at > Time::MIN).map(time::render),
        target_index: i32::try_from(promise.target).unwrap_or(i32::MAX),
    }
}

/// The wire form of an explanation.
#[must_use]
pub fn explanation(explained: &SlaExplanation) -> pb::ExplainSlaResponse {
    pb::ExplainSlaResponse {
        clocks: explained.instances.iter().map(comparison).collect(),
        policy_version: explained.policy_version.to_string(),
        time_zone: explained.time_zone.clone(),
    }
}

fn comparison(one: &Explained) -> pb::SlaComparison {
    let verdict = |account: &Account| account.instance.verdict;
    let (now, other) = (&one.account, one.other.as_ref());
    pb::SlaComparison {
        account: Some(account(now, one.target.as_ref())),
        under_version: other.map(|(other, target)| account(other, target.as_ref())),
        differs: other.is_some_and(|(other, _)| verdict(other) != verdict(now)),
    }
}

fn account(account: &Account, of: Option<&Target>) -> pb::SlaAccount {
    let span = |span| Some(time::render_span(span));
    pb::SlaAccount {
        clock: Some(clock(&account.instance)),
        segments: account.segments.iter().map(segment).collect(),
        running: span(account.running),
        outside_hours: span(account.outside),
        paused: span(account.paused),
        target: of.map(target),
    }
}

fn segment(segment: &Segment) -> pb::SlaSegment {
    let kind = match segment.kind {
        SegmentKind::Running => pb::SlaSegmentKind::Running,
        SegmentKind::OutsideHours => pb::SlaSegmentKind::OutsideHours,
        SegmentKind::Paused(Standing::WaitingBuyer) => pb::SlaSegmentKind::WaitingBuyer,
        SegmentKind::Paused(Standing::WaitingThirdParty) => pb::SlaSegmentKind::WaitingThirdParty,
        SegmentKind::Paused(_) => pb::SlaSegmentKind::Paused,
    };
    pb::SlaSegment {
        start_time: Some(time::render(segment.from)),
        end_time: Some(time::render(segment.to)),
        kind: kind.into(),
    }
}
