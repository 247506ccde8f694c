//! Promises and hours of work in one line each, as people say them.

use amends_proto::v1;

use super::{duration, number, word};

const TARGET: &str = "write a promise as `first-response 1h business`, more after `;`, \
    for some cases only with kind=return, channel=shopee or priority=70 before the time";

const HOURS: &str = "write hours as `mon-fri 09:00-12:30 13:30-18:00`, more after `;`, \
    a date in place of days for an exception, and `closed` for a holiday";

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Parses promises such as `first-response priority=70 30m business; resolution 14d always`.
pub(super) fn targets(text: &str) -> Result<Vec<v1::SlaTarget>, String> {
    parts(text).map(target).collect()
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([';', '\n']).map(str::trim).filter(|part| !part.is_empty())
}

fn target(text: &str) -> Result<v1::SlaTarget, String> {
    let mut words = text.split_whitespace();
    let metric = words.next().ok_or(TARGET)?;
    let mut target = v1::SlaTarget { metric: word::<v1::SlaMetric>(metric)?, ..Default::default() };
    for one in words {
        match one.split_once('=') {
            Some(("kind", kind)) => target.kind = Some(word::<v1::CaseKind>(kind)?),
            Some(("channel", channel)) => target.channel = channel.to_owned(),
            Some(("priority", least)) => target.least_priority = Some(number(least)?),
            Some(_) => return Err(TARGET.to_owned()),
            None if one.starts_with(|first: char| first.is_ascii_digit()) => {
                target.promised_time = Some(duration(one)?);
            }
            None => target.hours = word::<v1::SlaHours>(one)?,
        }
    }
    if target.promised_time.is_none() || target.hours == 0 {
        return Err(TARGET.to_owned());
    }
    Ok(target)
}

/// Parses hours such as `mon-fri 09:00-18:00; 2026-12-25 closed`.
pub(super) fn calendar(text: &str) -> Result<v1::SlaCalendar, String> {
    let mut calendar = v1::SlaCalendar::default();
    for part in parts(text) {
        let (when, shifts) = part.split_once(char::is_whitespace).ok_or(HOURS)?;
        let shifts = match shifts.trim() {
            "closed" => Vec::new(),
            shifts => shifts.split_whitespace().map(shift).collect::<Result<_, _>>()?,
        };
        if when.starts_with(|first: char| first.is_ascii_digit()) {
            calendar.exceptions.push(v1::SlaException { date: when.to_owned(), shifts });
            continue;
        }
        for days in when.split(',') {
            for weekday in weekdays(days)? {
                calendar.week.push(v1::SlaDay { weekday, shifts: shifts.clone() });
            }
        }
    }
    if calendar.week.is_empty() {
        return Err(HOURS.to_owned());
    }
    Ok(calendar)
}

fn shift(text: &str) -> Result<v1::SlaShift, String> {
    let (opens, closes) = text.split_once('-').ok_or(HOURS)?;
    Ok(v1::SlaShift { opens: opens.to_owned(), closes: closes.to_owned() })
}

fn weekdays(days: &str) -> Result<std::ops::RangeInclusive<i32>, String> {
    let (first, last) = days.split_once('-').unwrap_or((days, days));
    let number = |name: &str| -> Result<i32, String> {
        let place = DAYS.iter().position(|day| name.to_ascii_lowercase().starts_with(day));
        place.and_then(|place| i32::try_from(place + 1).ok()).ok_or_else(|| HOURS.to_owned())
    };
    let (first, last) = (number(first)?, number(last)?);
    if first > last { Err(HOURS.to_owned()) } else { Ok(first..=last) }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

    use super::*;

    #[test]
    fn promises_are_taken_as_people_say_them() {
        let read =
            targets("first-response kind=return priority=70 30m business; resolution 14d always;").unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!(read[0].metric(), v1::SlaMetric::FirstResponse);
        assert_eq!((read[0].kind(), read[0].least_priority), (v1::CaseKind::Return, Some(70)));
        assert_eq!(read[0].promised_time.as_ref().unwrap().seconds, 1_800);
        assert_eq!((read[1].hours(), read[1].kind), (v1::SlaHours::Always, None));
        for wrong in ["first-response", "first-response 1h", "answer 1h always", "update soon always"] {
            assert!(targets(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn hours_are_taken_as_people_say_them() {
        let text = "mon-fri 09:00-12:30 13:30-18:00; sat,sun 10:00-14:00; 2026-12-25 closed";
        let read = calendar(text).unwrap();
        assert_eq!((read.week.len(), read.exceptions.len()), (7, 1));
        assert_eq!(read.week[0].shifts.len(), 2);
        assert_eq!(read.week[6].weekday(), v1::Weekday::Sunday);
        assert!(read.exceptions[0].shifts.is_empty());
        for wrong in ["", "mon", "fri-mon 09:00-10:00", "someday 09:00-10:00", "2026-12-25 closed", "mon 9"] {
            assert!(calendar(wrong).is_err(), "{wrong}");
        }
    }
}
