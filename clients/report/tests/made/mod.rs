//! Reports that were made up, for tests and for looking at.

use amends_proto::v1;
use amends_report::{Currency, Promise, Promises, Report};
use jiff::ToSpan;
use jiff::civil::Date;

pub(crate) fn days(start: &str, end: &str) -> v1::DateRange {
    v1::DateRange { start_date: start.to_owned(), end_date: end.to_owned() }
}

pub(crate) fn rate(numerator: i64, denominator: i64, mature: bool) -> v1::Rate {
    let wilson = wilson(numerator, denominator);
    v1::Rate {
        numerator,
        denominator,
        value: wilson.map(|(value, _, _)| value),
        lower: wilson.map(|(_, lower, _)| lower),
        upper: wilson.map(|(_, _, upper)| upper),
        mature,
    }
}

fn remedy_rate(numerator: i64, denominator: i64) -> v1::RemedyRate {
    let v1::Rate { numerator, denominator, value, lower, upper, .. } = rate(numerator, denominator, true);
    v1::RemedyRate { numerator, denominator, value, lower, upper }
}

fn wilson(numerator: i64, denominator: i64) -> Option<(f64, f64, f64)> {
    let (k, n, z) = (numerator as f64, denominator as f64, 1.96_f64);
    (denominator > 0).then(|| {
        let centre = (k + z * z / 2.0) / (n + z * z);
        let half = z / (n + z * z) * (k * (1.0 - k / n) + z * z / 4.0).max(0.0).sqrt();
        (k / n, (centre - half).max(0.0), (centre + half).min(1.0))
    })
}

fn time(day: &str) -> Option<prost_types::Timestamp> {
    let time: jiff::Timestamp = format!("{day}T09:30:00Z").parse().unwrap();
    Some(prost_types::Timestamp { seconds: time.as_second(), nanos: 0 })
}

/// A shop of which nothing is known but its name.
pub(crate) fn empty(start: &str, end: &str) -> Report {
    Report {
        shop: v1::Shop { name: "shops/main".to_owned(), ..Default::default() },
        days: days(start, end),
        reversal: v1::GetReviewReversalResponse::default(),
        reversal_over_time: v1::GetReviewReversalResponse::default(),
        returns: v1::GetReturnsResponse::default(),
        returns_over_time: v1::GetReturnsResponse::default(),
        remedies: v1::GetRemedyPerformanceResponse::default(),
        fairness: v1::GetRemedyFairnessResponse::default(),
        currency: Currency { code: String::new(), digits: 2 },
        promises: Promises::default(),
        handling: v1::GetHandlingResponse::default(),
        incidents: Vec::new(),
    }
}

/// A shop with some of everything; time is cut into `parts` parts of `each` days.
pub(crate) fn busy(start: &str, parts: i32, each: i32) -> Report {
    let first: Date = start.parse().unwrap();
    let end = first.checked_add((parts * each).days()).unwrap();
    let cohorts: Vec<v1::DateRange> = (0..parts)
        .map(|part| {
            let from = first.checked_add((part * each).days()).unwrap();
            days(&from.to_string(), &from.checked_add(each.days()).unwrap().to_string())
        })
        .collect();
    let all = days(start, &end.to_string());
    // Some cohorts have no member, and are left out as the service leaves them out.
    let kept = cohorts.iter().enumerate().filter(|(at, _)| at % 9 != 4);
    let mature = |at: usize| (at as i32) < parts - 3;
    let over_time = kept.clone().map(|(at, days)| reversal(days.clone(), 3 + at as i64 % 7, mature(at)));
    let returned = kept.map(|(at, days)| returns(days.clone(), 40 + (at as i64 * 13) % 60, mature(at)));
    Report {
        shop: v1::Shop {
            name: "shops/kettle-co".to_owned(),
            display_name: "Kettle & Co".to_owned(),
            channel: "own_store".to_owned(),
            region: "GB".to_owned(),
            currency: "GBP".to_owned(),
            ..Default::default()
        },
        reversal: v1::GetReviewReversalResponse {
            rows: vec![reversal(all.clone(), 95, false)],
            as_of_time: time("2026-04-01"),
        },
        reversal_over_time: v1::GetReviewReversalResponse {
            rows: over_time.collect(),
            as_of_time: time("2026-04-01"),
        },
        returns: v1::GetReturnsResponse {
            rows: vec![returns(all.clone(), 1_234, false)],
            as_of_time: time("2026-04-01"),
        },
        returns_over_time: v1::GetReturnsResponse {
            rows: returned.collect(),
            as_of_time: time("2026-04-01"),
        },
        days: all,
        remedies: remedies(),
        fairness: fairness(),
        currency: Currency { code: "GBP".to_owned(), digits: 2 },
        promises: promises(),
        handling: handling(),
        incidents: incidents(),
    }
}

fn reversal(cohort: v1::DateRange, negative: i64, mature: bool) -> v1::ReviewReversalRow {
    let part = |share: i64| negative * share / 100;
    v1::ReviewReversalRow {
        cohort: Some(cohort),
        key: Vec::new(),
        funnel: Some(v1::ReviewFunnel {
            negative,
            eligible: part(90),
            contacted: part(80),
            solved: part(70),
            asked: part(10),
            reversed: part(35),
            recovered: part(30),
            improved: part(5),
            re_reversed: part(2),
            removed_by_buyer: part(4),
            unchanged: negative - part(35) - part(5) - part(2) - part(4),
            ..Default::default()
        }),
        reversal_rate_all: Some(rate(part(35), negative, mature)),
        reversal_rate_eligible: Some(rate(part(35), part(90), mature)),
        reversal_rate_contacted: Some(rate(part(30), part(80), mature)),
        reversal_rate_solved: Some(rate(part(30), part(70), mature)),
        reversal_rate_asked: Some(rate(part(5), part(10), mature)),
        natural_rate: Some(rate(part(5), negative, mature)),
        backslide_rate: Some(rate(part(2), part(35) + part(2), mature)),
        uplift: Some(v1::Estimate { value: 0.2, lower: 0.1, upper: 0.3 }),
        net_stars_recovered: Some(v1::Mean {
            sum: part(90),
            count: negative,
            value: (negative > 0).then(|| part(90) as f64 / negative as f64),
            mature,
        }),
    }
}

fn returns(cohort: v1::DateRange, units: i64, mature: bool) -> v1::ReturnsRow {
    let part = |share: i64| units * share / 100;
    let avoided =
        |confirmed| Some(v1::AvoidedCounts { provisional: i64::from(!mature), confirmed, failed: part(1) });
    v1::ReturnsRow {
        cohort: Some(cohort),
        key: Vec::new(),
        return_rate_units: Some(rate(part(8), units, mature)),
        return_rate_orders: Some(rate(part(7), part(80), mature)),
        requested_rate: Some(rate(part(12), units, mature)),
        intent_rate: Some(rate(part(15), units, mature)),
        rescue_rate: Some(rate(part(5), part(15), mature)),
        avoided_intent_only: avoided(part(4)),
        avoided_withdrawn: avoided(part(2)),
        avoided: avoided(part(6)),
    }
}

fn remedies() -> v1::GetRemedyPerformanceResponse {
    let kind = |kind: v1::RemedyKind, offered: i64, accepted: i64| v1::RemedyKindPerformance {
        kind: kind.into(),
        suggested_first: offered / 2,
        offered,
        acceptance: Some(remedy_rate(accepted, offered)),
        declined: offered - accepted,
        fulfilled: accepted,
        cost_total: accepted * 1_250,
        cost_mean: (accepted > 0).then_some(1_250.0),
        low_scores: Some(remedy_rate(accepted / 4, accepted)),
        stopped: (kind == v1::RemedyKind::Coupon).then(v1::RemedyStop::default),
        ..Default::default()
    };
    let estimate = |value, lower, upper| Some(v1::Estimate { value, lower, upper });
    let group = |part, all| {
        Some(v1::CaseGroup { counted: Some(remedy_rate(part, all)), cost: estimate(900.0, 700.0, 1_100.0) })
    };
    v1::GetRemedyPerformanceResponse {
        kinds: vec![
            kind(v1::RemedyKind::Replacement, 120, 92),
            kind(v1::RemedyKind::PartialRefund, 80, 31),
            kind(v1::RemedyKind::Coupon, 14, 3),
            kind(v1::RemedyKind::ReturnLabel, 0, 0),
        ],
        naive: Some(v1::NaiveComparison {
            helped: group(12, 140),
            not_helped: group(30, 60),
            difference: estimate(1_520.0, 880.0, 2_160.0),
        }),
        causal: Some(v1::CausalComparison {
            holdout_cases: 60,
            treated_cases: 140,
            left_out_cases: 3,
            rate_difference: estimate(0.05, -0.02, 0.12),
            avoided_causal: estimate(7.0, -2.8, 16.8),
            saving_per_case: estimate(212.0, 15.0, 409.0),
            net_saving: estimate(29_680.0, 2_100.0, 57_260.0),
        }),
        always: Vec::new(),
        mature_cases: 200,
        immature_cases: 18,
        currency: "GBP".to_owned(),
        as_of_time: time("2026-04-01"),
    }
}

fn fairness() -> v1::GetRemedyFairnessResponse {
    let row = |star: Option<i32>, remedies: i64, share: f64| v1::FairnessRow {
        star,
        remedies,
        granted_share: (remedies > 0).then_some(share),
        excess: (remedies > 0).then_some(v1::Estimate {
            value: share - 0.42,
            lower: share - 0.47,
            upper: share - 0.37,
        }),
    };
    v1::GetRemedyFairnessResponse {
        rows: vec![row(None, 64, 0.41), row(Some(1), 40, 0.43), row(Some(2), 22, 0.42), row(Some(3), 0, 0.0)],
        q: 1.42,
        degrees_of_freedom: 2,
        p_value: 0.492,
        verdict: v1::FairnessVerdict::Flat.into(),
        as_of_time: time("2026-04-01"),
    }
}

fn promises() -> Promises {
    let promise = |metric, met, breached, running| Promise { metric, met, breached, running };
    Promises {
        cases: 212,
        more: false,
        rows: vec![
            promise(v1::SlaMetric::FirstResponse, 180, 9, 2),
            promise(v1::SlaMetric::NextResponse, 310, 31, 4),
            promise(v1::SlaMetric::Agreement, 0, 0, 5),
        ],
    }
}

fn handling() -> v1::GetHandlingResponse {
    let of = |seconds: i64| {
        let value = Some(prost_types::Duration { seconds, nanos: 0 });
        Some(v1::TimeQuantile { value, lower: None, upper: None })
    };
    let spread = |median, p90| Some(v1::TimeSpread { median: of(median), p90: of(p90) });
    let wait = |count, waiting, median: i64| {
        let (calendar, business) = (spread(median, median * 5), spread(median / 2, median * 2));
        Some(v1::WaitingTime { count, waiting, without: 3, calendar, business, mature: waiting == 0 })
    };
    let row = v1::HandlingRow {
        cases: Some(v1::HandlingCounts { opened: 212, solved: 190, ..Default::default() }),
        first_response: wait(189, 2, 7_500),
        next_response: wait(341, 4, 12_000),
        agreement: wait(185, 24, 93_600),
        resolution: wait(184, 22, 187_200),
        reopen_rate: Some(rate(11, 190, false)),
        one_touch_rate: Some(rate(120, 190, false)),
        ..Default::default()
    };
    v1::GetHandlingResponse { rows: vec![row], as_of_time: time("2026-04-01") }
}

fn incidents() -> Vec<v1::Incident> {
    let incident = |title: &str, state: v1::IncidentState| v1::Incident {
        title: title.to_owned(),
        reason: Some(v1::ComplaintReason::Defective.into()),
        product: "Kettle 1.7 l".to_owned(),
        sku: "KETTLE-17".to_owned(),
        state: state.into(),
        open_time: time("2026-02-11"),
        case_count: 31,
        ..Default::default()
    };
    let resolved = v1::Incident {
        resolve_time: time("2026-03-02"),
        resolution: "New lids were sent to everybody who wrote, and the batch was taken off the shelf."
            .to_owned(),
        carrier: "DHL".to_owned(),
        ..incident("Lids of batch 7 leak", v1::IncidentState::Resolved)
    };
    vec![incident("Switch gets stuck", v1::IncidentState::Open), resolved]
}
