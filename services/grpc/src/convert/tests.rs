#![expect(clippy::expect_used, clippy::panic, reason = "a test may panic")]

use amends_domain::case::{CaseKind, Origin, Outcome, State};
use amends_domain::detection::{Flag, Reason};
use amends_domain::policy::{AskPermission, Certainty, CountingRule, EditFrom};
use amends_domain::remedy::{RemedyKind, RemedyStage};
use amends_domain::returns::{ReturnStatus, Verdict};
use amends_domain::review::EditState;
use amends_domain::signal::{Author, Direction, OrderState, ShipmentState, SignalBody, SurveyKind};
use amends_domain::{Day, Money, ShopId, Span, Time};
use amends_proto::v1 as pb;

use super::signal::{Limits, parse};
use super::{Word, event, money, time};
use crate::fields::Fields;

fn check_words<W: Word + PartialEq + std::fmt::Debug>(all: &[W])
where
    W::Wire: PartialEq,
{
    for word in all {
        assert_eq!(W::of(word.wire()), Some(*word));
        assert_eq!(Fields::new().word::<W>("x", word.number()), Some(*word));
    }
    for bad in [0, 999, -1] {
        let mut fields = Fields::new();
        assert_eq!(fields.word::<W>("x", bad), None);
        assert!(!fields.is_clean());
    }
}

#[test]
fn every_word_has_a_counterpart_and_nothing_else_has() {
    check_words(Reason::ALL);
    check_words(Flag::ALL);
    check_words(OrderState::ALL);
    check_words(ShipmentState::ALL);
    check_words(EditState::ALL);
    check_words(Direction::ALL);
    check_words(Author::ALL);
    check_words(ReturnStatus::ALL);
    check_words(Verdict::ALL);
    check_words(SurveyKind::ALL);
    check_words(CaseKind::ALL);
    check_words(Origin::ALL);
    check_words(State::ALL);
    check_words(Outcome::ALL);
    check_words(RemedyKind::ALL);
    check_words(RemedyStage::ALL);
    check_words(AskPermission::ALL);
    check_words(EditFrom::ALL);
    check_words(CountingRule::ALL);
    check_words(Certainty::ALL);
}

#[test]
fn times_go_round() {
    for micros in [0, 1, 999_999, 1_700_000_000_123_456, Time::MAX.micros()] {
        let at = Time::from_micros(micros);
        assert_eq!(Fields::new().time("t", Some(time::render(at))), Some(at));
    }
    for (seconds, nanos) in [(-1, 0), (0, -1), (0, 1_000_000_000), (i64::MAX, 0), (253_402_300_800, 0)] {
        let mut fields = Fields::new();
        assert_eq!(fields.time("t", Some(prost_types::Timestamp { seconds, nanos })), None);
        assert!(!fields.is_clean());
    }
    let span = Span::from_micros(90_000_001);
    let bounds = Span::ZERO..=Span::from_days(1);
    let back = Fields::new().span_or_none("s", Some(time::render_span(span)), bounds, "no");
    assert_eq!(back, Some(Some(span)));
}

#[test]
fn days_go_round_and_only_real_ones_are_read() {
    for number in [0, 59, 19_782, 20_000] {
        let day = Day::from_number(number);
        assert_eq!(time::parse_day(&time::print_day(day)), Some(day));
    }
    assert_eq!(time::print_day(Day::from_number(19_782)), "2024-02-29");
    for bad in ["2023-02-29", "2024-2-29", "2024-13-01", "20240229", "1969-12-31", "", "2024-02-29T"] {
        assert_eq!(time::parse_day(bad), None, "{bad}");
    }
}

#[test]
fn money_goes_round_and_is_never_negative() {
    let money_of = |minor| Money::new(minor, "EUR".parse().expect("a currency"));
    assert_eq!(Fields::new().money("m", Some(money::render(money_of(1_234)))), Some(money_of(1_234)));
    let mut fields = Fields::new();
    let bad = pb::Money { minor_units: -1, currency: "euro".to_owned() };
    assert_eq!(fields.money("m", Some(bad)), None);
    let paths: Vec<String> = fields.into_violations().into_iter().map(|violation| violation.field).collect();
    assert_eq!(paths, ["m.minor_units", "m.currency"]);
}

fn violations(signal: pb::Signal) -> Vec<String> {
    let shop: ShopId = "main".parse().expect("a shop");
    let limits = Limits { shop: &shop, latest: Time::from_secs(1_700_000_000) };
    let mut fields = Fields::new();
    let parsed = fields.entry("signals", 3, |f| parse(f, signal, limits));
    assert!(parsed.is_some() || !fields.is_clean(), "a parser must say why it gives up");
    fields.into_violations().into_iter().map(|violation| violation.field).collect()
}

fn signal(body: pb::signal::Body) -> pb::Signal {
    pb::Signal {
        signal_id: "s1".to_owned(),
        occur_time: Some(time::render(Time::from_secs(1_600_000_000))),
        traceparent: String::new(),
        body: Some(body),
    }
}

#[test]
fn every_mistake_is_found_at_once_with_its_path() {
    let review = pb::ReviewSignal {
        line_id: "l1".to_owned(),
        rating: Some(6),
        text: "ä".repeat(10_001),
        language: "not a tag".to_owned(),
        removal: Some(1),
        edit_state: Some(99),
        ..pb::ReviewSignal::default()
    };
    let mut bad = signal(pb::signal::Body::Review(review));
    bad.signal_id = "a/b".to_owned();
    bad.occur_time = Some(time::render(Time::from_secs(1_700_000_001)));
    let expected = [
        "signals[3].signal_id",
        "signals[3].occur_time",
        "signals[3].review.review_id",
        "signals[3].review.order_id",
        "signals[3].review.rating",
        "signals[3].review.text",
        "signals[3].review.language",
        "signals[3].review.removal",
        "signals[3].review.edit_state",
    ];
    assert_eq!(violations(bad), expected);
    assert_eq!(violations(pb::Signal::default()).len(), 3);
}

#[test]
fn an_order_has_unique_lines_in_one_currency() {
    let line = |id: &str, quantity, currency: &str| pb::OrderLine {
        line_id: id.to_owned(),
        sku: "k".to_owned(),
        quantity,
        unit_price: Some(pb::Money { minor_units: 1, currency: currency.to_owned() }),
        ..pb::OrderLine::default()
    };
    let order = |lines| {
        signal(pb::signal::Body::Order(pb::OrderSignal {
            order_id: "o".to_owned(),
            buyer_id: "b".to_owned(),
            lines,
            state: pb::OrderState::Paid.into(),
            ..pb::OrderSignal::default()
        }))
    };
    assert_eq!(violations(order(vec![line("1", 1, "EUR"), line("2", 2, "EUR")])), [""; 0]);
    let found = violations(order(vec![
        line("1", 0, "EUR"),
        line("2", 1, "EUR"),
        line("2", 1, "EUR"),
        line("3", 1, "USD"),
    ]));
    let expected = [
        "signals[3].order.lines[0].quantity",
        "signals[3].order.lines[2].line_id",
        "signals[3].order.lines[3].unit_price.currency",
    ];
    assert_eq!(found, expected);
    assert_eq!(violations(order(Vec::new())), ["signals[3].order.lines"]);
}

#[test]
fn a_text_of_ten_thousand_characters_is_taken_as_it_is() {
    let shop: ShopId = "main".parse().expect("a shop");
    let limits = Limits { shop: &shop, latest: Time::MAX };
    let text = "ä".repeat(10_000);
    let review = pb::ReviewSignal {
        review_id: "r".to_owned(),
        rating: Some(1),
        text: text.clone(),
        ..pb::ReviewSignal::default()
    };
    let parsed =
        parse(&mut Fields::new(), signal(pb::signal::Body::Review(review)), limits).expect("a good one");
    let SignalBody::Review(review) = parsed.body else { panic!("it was a review") };
    assert_eq!((review.text, review.rating, review.visible), (text, Some(1), true));
}

#[test]
fn a_status_of_the_channel_is_mapped_where_ours_is_unset() {
    let request = |status: Option<i32>, raw: &str| {
        signal(pb::signal::Body::ReturnRequest(pb::ReturnSignal {
            return_id: "r".to_owned(),
            order_id: "o".to_owned(),
            quantity: 1,
            status,
            raw_status: raw.to_owned(),
            request_time: Some(time::render(Time::from_secs(1_600_000_000))),
            ..pb::ReturnSignal::default()
        }))
    };
    assert_eq!(violations(request(None, "whatever")), [""; 0]);
    assert_eq!(violations(request(None, "")), ["signals[3].return_request.status"]);
    assert_eq!(violations(request(Some(0), "")), ["signals[3].return_request.status"]);
    assert_eq!(violations(request(Some(1), "")), [""; 0]);
}

#[test]
fn a_survey_is_about_something_and_within_its_scale() {
    let survey = |kind: pb::SurveyKind, score, order: &str| {
        signal(pb::signal::Body::Survey(pb::SurveySignal {
            survey_id: "v".to_owned(),
            order_id: order.to_owned(),
            kind: kind.into(),
            score,
            ..pb::SurveySignal::default()
        }))
    };
    assert_eq!(violations(survey(pb::SurveyKind::Csat, 5, "o")), [""; 0]);
    assert_eq!(violations(survey(pb::SurveyKind::Nps, 10, "o")), [""; 0]);
    assert_eq!(violations(survey(pb::SurveyKind::Csat, 6, "o")), ["signals[3].survey.score"]);
    assert_eq!(violations(survey(pb::SurveyKind::Nps, 11, "")).len(), 2);
}

#[test]
fn event_types_are_words_of_ours_or_refused() {
    let read = |types: &[&str]| {
        event::parse_types(&mut Fields::new(), types.iter().map(ToString::to_string).collect())
    };
    let words = read(&["amends.case.opened.v1", "amends.remedy.*"]).expect("both are known");
    assert_eq!(words, ["case.opened", "remedy.*"]);
    for bad in ["case.opened", "amends.case.invented.v1", "amends.nothing.*", "*", ""] {
        assert_eq!(read(&[bad]), None, "{bad}");
    }
}
