//! Shops, moments and conversations for the oracle, often at the very edge of something.

use amends_domain::Day;
use amends_domain::twin::{Formula, parse};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use proptest::collection::{btree_set, vec};
use proptest::sample::select;

use super::*;

/// A shop as the oracle sees it.
#[derive(Debug, Clone)]
pub(super) struct Shop {
    pub(super) zone: &'static str,
    pub(super) holidays: Vec<Date>,
    pub(super) away: Vec<(Time, Time)>,
}

impl Shop {
    pub(super) fn presence(&self) -> Presence {
        let number = |date: &Date| date.since(jiff::civil::date(1970, 1, 1)).unwrap().get_days();
        let holidays = self.holidays.iter().map(|date| Day::from_number(number(date)));
        Presence::new(self.zone, holidays, self.away.clone()).unwrap()
    }

    pub(super) fn wall(&self, date: Date, minute: u16) -> Time {
        let at = date.at((minute / 60) as i8, (minute % 60) as i8, 0, 0);
        let zone = TimeZone::get(self.zone).unwrap();
        Time::from_micros(at.to_zoned(zone).unwrap().timestamp().as_microsecond())
    }

    pub(super) fn date(&self, at: Time) -> Date {
        let at = jiff::Timestamp::from_microsecond(at.micros()).unwrap();
        at.to_zoned(TimeZone::get(self.zone).unwrap()).date()
    }

    pub(super) fn is_away(&self, at: Time) -> bool {
        self.away.iter().any(|(from, until)| at >= *from && at < *until)
    }

    /// The last day that is over, and the first that is not.
    pub(super) fn days(&self, twin: &Twin, at: Time) -> (Date, Date) {
        let mut last = None;
        for n in -4..4 {
            let day = self.date(at) + jiff::Span::new().days(n);
            let over = match twin.formula {
                Formula::SameDay { answer_by } => self.wall(day, answer_by) < at,
                _ => self.wall(day, twin.cut_off) <= at,
            };
            if over {
                last = Some(day);
            }
        }
        let last = last.unwrap();
        (last, last.tomorrow().unwrap())
    }
}

/// The rows that ship, and some that look at few days, so that few conversations fill them.
fn twins() -> Vec<Twin> {
    let small = |formula: &str, holidays: &str, cut_off: &str| {
        format!(
            "[[row]]\nname = \"small\"\nchannel = \"x\"\nregion = \"\"\ntier = \"\"\nvalid_from = 1970-01-01\n\
             window_days = 2\ncut_off = \"{cut_off}\"\n{formula}\nholidays = \"{holidays}\"\nsource = \"-\"\n\
             known_at = 2026-01-01\ncertainty = \"ASSUMED\"\n"
        )
    };
    let rate = "comparator = \"AT_LEAST\"\ntarget_percent = 70";
    let rows = [
        small(
            &format!(
                "formula = \"WITHIN\"\nanswer_hours = 12\nlatest_percent = 25\nlatest_weight_percent = 50\n{rate}"
            ),
            "OUT",
            "00:00",
        ),
        small(
            &format!(
                "formula = \"WITHIN\"\nanswer_hours = 36\nlatest_percent = 60\nlatest_weight_percent = 80\n{rate}"
            ),
            "COUNT",
            "02:30",
        ),
        small(&format!("formula = \"SAME_DAY\"\nanswer_by = \"03:00\"\n{rate}"), "OUT", "02:15"),
        small("formula = \"MEAN_TIME\"\ncomparator = \"AT_MOST\"\ntarget_minutes = 30", "OUT", "18:00"),
        small("formula = \"MEAN_TIME\"\ncomparator = \"AT_MOST\"\ntarget_minutes = 360", "OUT", "18:00"),
    ];
    let parsed = rows.iter().flat_map(|row| parse(row).unwrap());
    table().iter().cloned().chain(parsed).collect()
}

/// A moment, and a time around it, of seconds up to days, often to the very edge of something.
fn around(at: Time, shop: &Shop, days: i64) -> impl Strategy<Value = Time> + use<> {
    let date = shop.date(at);
    let days_of = move |n: i64| date + jiff::Span::new().days(n);
    let shop = shop.clone();
    let edges = [0, 135, 150, 180, 18 * 60, 19 * 60];
    let edge = (-days..1, select(edges.to_vec()), -1_i64..2)
        .prop_map(move |(n, minute, off)| shop.wall(days_of(n), minute) + Span::from_micros(off));
    let any = (-days * 86_400_000..=7_200_000).prop_map(move |ms| at + Span::from_micros(ms * 1_000));
    prop_oneof![1 => edge, 3 => any]
}

fn shops() -> impl Strategy<Value = (Shop, Time)> {
    // Places beside the days on which their clocks change, and one whose clock never does.
    let places = [
        ("Asia/Jakarta", "2026-03-10T11:30:00Z"),
        ("Europe/Berlin", "2026-03-29T12:00:00Z"),
        ("Europe/Berlin", "2026-10-25T12:00:00Z"),
        ("America/New_York", "2026-03-08T12:00:00Z"),
        ("Australia/Lord_Howe", "2026-04-05T02:00:00Z"),
        ("America/Santiago", "2026-09-06T08:00:00Z"),
    ];
    let holidays = btree_set(0_i64..4, 0..2);
    let away = vec((-72_i64..12, 1_i64..30), 0..2);
    (select(places.to_vec()), holidays, away).prop_flat_map(|((zone, at), holidays, away)| {
        let bare = Shop { zone, holidays: Vec::new(), away: Vec::new() };
        let base = utc(at);
        let holidays = holidays.iter().map(|n| bare.date(base) - jiff::Span::new().days(*n)).collect();
        let away = away
            .iter()
            .map(|(from, hours)| (base + Span::from_hours(*from), base + Span::from_hours(from + hours)));
        let shop = Shop { zone, holidays, away: away.collect() };
        let now = around(base, &shop, 1);
        (Just(shop), now)
    })
}

fn conversations(shop: &Shop, at: Time, days: i64) -> impl Strategy<Value = Vec<Conversation>> + use<> {
    let brisk = prop_oneof![3 => (0_i64..800).prop_map(|m| Some(Span::from_minutes(m))), 1 => Just(None)];
    let wait = prop_oneof![
        Just(Some(Span::from_hours(12))),
        Just(Some(Span::from_micros(12 * 3_600_000_000 + 1_000))),
        (0_i64..3_600).prop_map(|s| Some(Span::from_secs(s))),
        (0_i64..2_000).prop_map(|m| Some(Span::from_minutes(m))),
        Just(None),
        Just(None),
    ];
    let one = (around(at, shop, days), wait, any::<bool>());
    let quick = (around(at, shop, days), brisk, any::<bool>());
    prop_oneof![vec(one, 0..14), vec(quick, 0..14)].prop_map(|all| {
        let made = all.into_iter().enumerate().map(|(n, (received_at, wait, machine))| Conversation {
            id: ConversationId::new(n.to_string()).unwrap(),
            received_at,
            answer: match wait {
                Some(wait) => Answer::Human(received_at + wait),
                None if machine => Answer::OnlyAutomatic,
                None => Answer::None,
            },
        });
        made.collect()
    })
}

pub(super) fn worlds() -> impl Strategy<Value = (Shop, Time, Vec<Conversation>, Twin)> {
    (shops(), select(vec![1_i64, 3, 9, 95]), select(twins())).prop_flat_map(|((shop, now), days, twin)| {
        let all = conversations(&shop, now, days);
        (Just(shop), Just(now), all, Just(twin))
    })
}

/// Conversations of which those that are answered took about as long as they may, and what is open came lately:
/// worlds in which a mean can still be saved.
pub(super) fn means() -> impl Strategy<Value = (Shop, Time, Vec<Conversation>, Twin)> {
    let slow = (14 * 60_i64..40 * 60, 0_i64..800).prop_map(|(ago, wait)| (ago, Some(wait)));
    let open = (0_i64..150).prop_map(|ago| (ago, None));
    let all = (vec(slow, 1..8), vec(open, 1..8)).prop_map(|(slow, open)| [slow, open].concat());
    (shops(), all).prop_map(|((shop, at), all)| {
        let made = all.into_iter().enumerate().map(|(n, (ago, wait))| {
            let received_at = at - Span::from_minutes(ago);
            let answer =
                wait.map_or(Answer::None, |wait| Answer::Human(received_at + Span::from_minutes(wait)));
            Conversation { id: ConversationId::new(n.to_string()).unwrap(), received_at, answer }
        });
        let twin = twins().into_iter().rfind(|twin| twin.formula == Formula::MeanTime).unwrap();
        (shop, at, made.collect(), twin)
    })
}
