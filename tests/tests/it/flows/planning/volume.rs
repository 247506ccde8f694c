//! Volume: the days are the shop's own, and the numbers those of the forecast over them.

use std::collections::BTreeMap;

use amends_client::v1;
use amends_domain::forecast::{Series, forecast};
use amends_domain::{Day, Span};
use amends_tests::harness::MAIN;
use amends_tests::make::{LEAKS, order, review};
use amends_tests::{Harness, flow};
use v1::{CaseKind, VolumeMethodKind as Kind};

use super::{date, open};

flow!(
    cases_are_counted_by_the_days_of_the_shop_and_forecast_from_them,
    few_days_give_the_plain_mean_and_none_give_nothing,
    a_day_on_which_the_clock_changes_is_one_day
);

async fn asked(h: &Harness, request: v1::ForecastVolumeRequest) -> v1::ForecastVolumeResponse {
    h.client().call(request).await.unwrap()
}

fn whole(shop: &str) -> v1::ForecastVolumeRequest {
    v1::ForecastVolumeRequest { parent: shop.to_owned(), include_history: true, ..Default::default() }
}

/// A bad review of an order of its own opens a case.
async fn case(h: &Harness, shop: &str, n: usize) {
    let o = format!("o{n}");
    h.say_in(shop, h.now(), order(&o)).await;
    h.say_in(shop, h.now(), review(&format!("r{n}"), &o, 1, LEAKS)).await;
}

fn days(answer: &v1::ForecastVolumeResponse) -> Vec<(String, i64)> {
    answer.history.iter().map(|day| (day.date.clone(), day.opened)).collect()
}

async fn cases_are_counted_by_the_days_of_the_shop_and_forecast_from_them(h: &Harness) {
    let shop = open(h, "blue", "shopee", "ID", "Asia/Jakarta").await;
    let mut opened: BTreeMap<String, i64> = BTreeMap::new();
    let today = |h: &Harness| date(h.now(), 7);
    let first = today(h);
    for n in 0..60 {
        // Five hours and a half and so on: over a fortnight, through every hour of the day.
        case(h, &shop, n).await;
        *opened.entry(today(h)).or_default() += 1;
        h.advance(Span::from_minutes(317 + 11 * i64::try_from(n % 7).unwrap())).await;
    }
    h.advance(Span::from_days(2)).await;
    let (from, until) = (opened.keys().next().unwrap().clone(), today(h));
    assert_eq!(from, first);
    let number = |date: &str| {
        let all = (20_000..22_000).map(Day::from_number);
        all.into_iter().find(|day| day.to_string() == date).unwrap().number()
    };
    let all: Vec<Day> = (number(&from)..number(&until)).map(Day::from_number).collect();
    let counts: Vec<(String, i64)> =
        all.iter().map(|day| (day.to_string(), opened.get(&day.to_string()).copied().unwrap_or(0))).collect();
    assert!(counts.len() >= 15, "{counts:?}");
    let answer = asked(h, whole(&shop)).await;
    assert_eq!(days(&answer), counts);
    assert_eq!((answer.days.len(), answer.days[0].date.as_str()), (28, until.as_str()));
    assert_eq!(answer.method.clone().unwrap().kind(), Kind::Weekly);
    equals(&answer, all[0], counts.iter().map(|(_, n)| Some(u32::try_from(*n).unwrap())).collect());
    // A gap is no zero, and no day of the history.
    let gap = counts[3].0.clone();
    let request = v1::ForecastVolumeRequest { gap_dates: vec![gap.clone()], ..whole(&shop) };
    let answer = asked(h, request).await;
    assert_eq!(answer.gap_dates, [gap]);
    assert_eq!(answer.history.len(), counts.len() - 1);
    let known =
        counts.iter().enumerate().map(|(n, (_, count))| (n != 3).then(|| u32::try_from(*count).unwrap()));
    equals(&answer, all[0], known.collect());
    // Nothing was opened for a parcel.
    let request = v1::ForecastVolumeRequest { kinds: vec![CaseKind::Delivery.into()], ..whole(&shop) };
    assert!(asked(h, request).await.history.iter().all(|day| day.opened == 0));
}

/// What is served is what the rules make of those counts.
fn equals(answer: &v1::ForecastVolumeResponse, first: Day, counts: Vec<Option<u32>>) {
    let series = Series::new(first, counts).unwrap();
    let horizon = u16::try_from(answer.days.len()).unwrap();
    let expected = forecast(&series, horizon).unwrap().days;
    for (day, ahead) in answer.days.iter().zip(expected) {
        assert_eq!((day.date.as_str(), day.expected), (ahead.day.to_string().as_str(), ahead.expected));
        let ends =
            [day.lower_80, day.upper_80, day.lower_95, day.upper_95].map(|n| u64::try_from(n).unwrap());
        let (near, far) = (ahead.within_80, ahead.within_95);
        assert_eq!(ends, [near.0, near.1, far.0, far.1]);
    }
}

async fn few_days_give_the_plain_mean_and_none_give_nothing(h: &Harness) {
    let none = asked(h, whole(MAIN)).await;
    assert_eq!((none.method.unwrap().kind(), none.days.len()), (Kind::NothingKnown, 0));
    case(h, MAIN, 0).await;
    case(h, MAIN, 1).await;
    let today = asked(h, whole(MAIN)).await;
    assert_eq!((today.method.unwrap().kind(), today.opened_today), (Kind::NothingKnown, 2));
    h.advance(Span::from_days(1)).await;
    case(h, MAIN, 2).await;
    h.advance(Span::from_days(2)).await;
    let request = v1::ForecastVolumeRequest { horizon_days: Some(3), ..whole(MAIN) };
    let guess = asked(h, request).await;
    let method = guess.method.clone().unwrap();
    assert_eq!(
        (method.kind(), method.known_days, method.first_date.as_str()),
        (Kind::PlainMean, 3, "2026-03-02")
    );
    assert_eq!(days(&guess).iter().map(|(_, n)| *n).collect::<Vec<_>>(), [2, 1, 0]);
    let expected: Vec<f64> = guess.days.iter().map(|day| day.expected).collect();
    assert_eq!(expected, [1.0; 3], "three cases on three days");
    let gaps = guess.history.iter().map(|day| day.date.clone()).collect();
    let request = v1::ForecastVolumeRequest { gap_dates: gaps, ..whole(MAIN) };
    assert_eq!(asked(h, request).await.method.unwrap().kind(), Kind::NothingKnown, "only gaps");
}

async fn a_day_on_which_the_clock_changes_is_one_day(h: &Harness) {
    let shop = open(h, "berlin", "own_store", "DE", "Europe/Berlin").await;
    // Clocks go forward on 29 March at two: 28 March ends at 23:00 UTC, 29 March at 22:00 UTC.
    let at = |hours: i64| 24 * 26 + hours - 10;
    let mut passed = 0;
    for (n, hours) in [22, 23, 24 + 21, 24 + 22].into_iter().enumerate() {
        h.advance(Span::from_hours(at(hours) - passed)).await;
        passed = at(hours);
        case(h, &shop, n).await;
    }
    h.advance(Span::from_days(2)).await;
    let found = days(&asked(h, whole(&shop)).await);
    let expected = [("2026-03-28", 1), ("2026-03-29", 2), ("2026-03-30", 1), ("2026-03-31", 0)];
    assert_eq!(found, expected.map(|(day, n)| (day.to_owned(), n)));
}
