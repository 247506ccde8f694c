//! Marketplace twins: what is served is what plain loops over the same messages count.

use std::collections::{BTreeMap, BTreeSet};

use amends_app::Role;
use amends_client::v1;
use amends_domain::{Span, Time};
use amends_tests::harness::{MAIN, START};
use amends_tests::make::{WRONG_SIZE, answer, message, order, stamp, time};
use amends_tests::{Desk, Harness, flow};
use prost_types::FieldMask;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use v1::{MessageAuthor, TwinRescue, TwinUnit};

use super::{DAY, HOUR, open};

flow!(
    served_rates_are_those_of_plain_loops_over_the_messages,
    answering_what_is_listed_saves_the_figure_and_one_less_does_not,
    a_reply_that_the_channel_took_is_an_answer,
    days_away_and_holidays_are_left_out,
    a_channel_without_figures_has_none
);

/// Jakarta is seven hours ahead.
const AHEAD: i64 = 7 * HOUR;

/// A word in a conversation, as the oracle remembers it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Word {
    Buyer,
    Person,
    Machine,
}

/// Who wrote when, by conversation.
type Log = BTreeMap<String, Vec<(i64, Word)>>;

async fn twins(h: &Harness, shop: &str) -> Vec<v1::MarketplaceTwin> {
    let request = v1::GetMarketplaceTwinsRequest { parent: shop.to_owned(), ..Default::default() };
    h.client().call(request).await.unwrap().twins
}

fn named(twins: Vec<v1::MarketplaceTwin>, figure: &str) -> v1::MarketplaceTwin {
    twins.into_iter().find(|twin| twin.figure == figure).unwrap()
}

fn said(id: String, talk: &str, word: Word) -> v1::MessageSignal {
    let plain = v1::MessageSignal {
        conversation_id: talk.to_owned(),
        ..match word {
            Word::Buyer => message(&id, talk, "Do you have it in blue as well?"),
            Word::Person if id.ends_with('7') => answer(&id, talk, MessageAuthor::QuickReply),
            Word::Person => answer(&id, talk, MessageAuthor::Human),
            Word::Machine => answer(&id, talk, MessageAuthor::Bot),
        }
    };
    v1::MessageSignal { order_id: String::new(), line_id: String::new(), ..plain }
}

/// Words of a hundred days in some threads, sent in any order.
async fn chatter(h: &Harness, shop: &str, seed: u64) -> Log {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (mut log, mut signals) = (Log::new(), Vec::new());
    for n in 0..900 {
        let talk = format!("talk-{}", rng.random_range(0..120));
        let back = rng.random_range(0..100 * DAY / 60_000_000) * 60_000_000;
        // Many fall upon the very minutes of cut-offs and ends of time.
        let at = if n % 4 == 0 { START.micros() - back / HOUR * HOUR } else { START.micros() - back };
        let word = [Word::Buyer, Word::Buyer, Word::Person, Word::Machine][rng.random_range(0..4)];
        signals.push(h.signal_at(Time::from_micros(at), said(format!("m-{n}"), &talk, word)));
        log.entry(talk).or_default().push((at, word));
    }
    for batch in signals.chunks(300) {
        for result in h.record(shop, batch.to_vec()).await {
            assert_eq!(result.disposition(), v1::SignalDisposition::Accepted, "{:?}", result.rejection);
        }
    }
    log
}

/// When conversations began and were first answered by a person.
fn begun(log: &Log) -> Vec<(i64, String, Option<i64>)> {
    let mut found = Vec::new();
    for (talk, words) in log {
        let mut words = words.clone();
        words.sort_unstable();
        for (n, (at, word)) in words.iter().enumerate() {
            let quiet = n == 0 || at - words[n - 1].0 >= DAY;
            if *word == Word::Buyer && quiet {
                let mut later = words[n..].iter();
                let human = later.find(|(_, word)| *word == Word::Person).map(|(at, _)| *at);
                found.push((*at, talk.clone(), human));
            }
        }
    }
    found.sort_unstable();
    found.reverse();
    found
}

/// The last moment at which the wall clock of Jakarta showed that hour.
fn wall(hour: i64) -> i64 {
    let local = START.micros() + AHEAD;
    let today = local - local.rem_euclid(DAY) + hour * HOUR;
    (if today <= local { today } else { today - DAY }) - AHEAD
}

/// Answered, of all, over the conversations whose twelve hours ended in so many days.
fn within(log: &Log, days: i64) -> Vec<bool> {
    let (to, limit) = (wall(0), 12 * HOUR);
    let ends = |at: &i64| (to - days * DAY..to).contains(&(at + limit));
    let begun = begun(log).into_iter().filter(|(at, _, _)| ends(at));
    begun.map(|(at, _, human)| human.is_some_and(|human| human <= at + limit)).collect()
}

fn count(answered: &[bool]) -> (i64, i64) {
    (answered.iter().filter(|yes| **yes).count() as i64, answered.len() as i64)
}

async fn served_rates_are_those_of_plain_loops_over_the_messages(h: &Harness) {
    let shopee = open(h, "blue", "shopee", "ID", "Asia/Jakarta").await;
    let log = chatter(h, &shopee, 1).await;
    let found = twins(h, &shopee).await;
    let plain = named(found.clone(), "shopee_chat_response_rate_30_days").current.unwrap();
    assert_eq!((plain.numerator, plain.denominator), count(&within(&log, 30)));
    assert!(plain.denominator > 20, "enough to mean something: {plain:?}");
    let weighted = named(found, "shopee_chat_response_rate").current.unwrap();
    let all = within(&log, 90);
    let (answered, of) = count(&all);
    // The newest quarter, rounded up.
    let newest = all.len().div_ceil(4);
    let (fresh, among) = count(&all[..newest]);
    let expected = (50 * answered * among + 50 * fresh * of, 100 * of * among);
    assert_eq!((weighted.numerator, weighted.denominator), expected);
    assert_eq!(weighted.parts.len(), 2);
    let lazada = open(h, "green", "lazada", "ID", "Asia/Jakarta").await;
    let log = chatter(h, &lazada, 2).await;
    let found = twins(h, &lazada).await;
    // It is five in the afternoon: the day that closed last ended yesterday at six.
    let to = wall(18);
    let week = |at: &i64| (to - 7 * DAY..to).contains(at);
    let mine: Vec<_> = begun(&log).into_iter().filter(|(at, _, _)| week(at)).collect();
    // The end of a conversation's day is the first six o'clock after it; an hour later is in time.
    let end = |at: i64| to - (to - at - 1).div_euclid(DAY) * DAY + HOUR;
    let in_time: Vec<bool> =
        mine.iter().map(|(at, _, human)| human.is_some_and(|human| human <= end(*at))).collect();
    let rate = named(found.clone(), "lazada_same_day_response_rate").current.unwrap();
    assert_eq!((rate.numerator, rate.denominator), count(&in_time));
    assert!(rate.denominator > 5, "{rate:?}");
    let times: Vec<i64> = mine
        .iter()
        .filter_map(|(at, _, human)| human.filter(|human| *human < to).map(|human| human - at))
        .collect();
    let mean = named(found, "lazada_response_time");
    assert_eq!(mean.unit(), TwinUnit::Seconds);
    let mean = mean.current.unwrap();
    assert_eq!((mean.numerator, mean.denominator), (times.iter().sum(), times.len() as i64));
    h.settle().await;
}

async fn answering_what_is_listed_saves_the_figure_and_one_less_does_not(h: &Harness) {
    let shop = open(h, "red", "lazada", "MY", "Asia/Kuala_Lumpur").await;
    for n in 0..6 {
        let at = START - Span::from_hours(6) + Span::from_minutes(n);
        h.say_in(&shop, START - Span::from_days(2), order(&format!("o{n}"))).await;
        h.say_in(&shop, at, message(&format!("m{n}"), &format!("o{n}"), WRONG_SIZE)).await;
    }
    // A machine's answer is none.
    h.say_in(&shop, START, answer("bot", "o0", MessageAuthor::Bot)).await;
    let figure = "lazada_same_day_response_rate";
    let twin = named(twins(h, &shop).await, figure);
    assert!(twin.current.unwrap().value.is_none(), "nothing came before the last cut-off");
    let (none, all) = (twin.next_if_none.unwrap(), twin.next_if_all.unwrap());
    assert_eq!((none.numerator, none.denominator, none.reached), (0, 6, Some(false)));
    assert_eq!((all.numerator, all.denominator, all.reached), (6, 6, Some(true)));
    assert_eq!(twin.rescue, i32::from(TwinRescue::Answer));
    assert_eq!((twin.to_answer.len(), twin.to_answer_count), (6, 6), "5 of 6 are 83 %, below 85 %");
    let cases: BTreeSet<String> = h.cases(&shop).await.into_iter().map(|case| case.name).collect();
    for one in &twin.to_answer {
        assert!(cases.contains(&one.case), "{one:?}");
        // 19:00 in Kuala Lumpur, eight hours ahead.
        assert_eq!(time(one.answer_by_time), START + Span::from_hours(1));
    }
    for (n, one) in twin.to_answer.iter().enumerate() {
        let before = named(twins(h, &shop).await, figure).rescue();
        assert_eq!(before, TwinRescue::Answer, "{n} answered");
        let order = one.conversation_id.strip_prefix("talk-of-").unwrap();
        h.say_in(&shop, h.now(), answer(&format!("a{n}"), order, MessageAuthor::Human)).await;
    }
    let twin = named(twins(h, &shop).await, figure);
    assert_eq!((twin.rescue(), twin.to_answer_count), (TwinRescue::Safe, 0));
    // What happened afterwards is not looked at by whoever asks for an earlier moment.
    h.advance(Span::from_hours(1)).await;
    let request = v1::GetMarketplaceTwinsRequest {
        parent: shop,
        at_time: Some(stamp(START - Span::from_micros(1))),
        ..Default::default()
    };
    let then = named(h.client().call(request).await.unwrap().twins, figure);
    assert_eq!(then.rescue(), TwinRescue::Answer);
}

async fn a_reply_that_the_channel_took_is_an_answer(h: &Harness) {
    let shop = open(h, "pink", "shopee", "SG", "Asia/Singapore").await;
    for n in 0..2 {
        let o = format!("o{n}");
        h.say_in(&shop, h.now(), order(&o)).await;
        h.say_in(&shop, h.now(), message(&format!("m{n}"), &o, WRONG_SIZE)).await;
    }
    let figure = "shopee_chat_response_rate_30_days";
    let case = h
        .cases(&shop)
        .await
        .into_iter()
        .find(|case| case.subject.as_ref().is_some_and(|subject| subject.order_id == "o1"));
    let desk = Desk::claim(h.client(), &case.unwrap().name).await;
    let draft = v1::DraftReplyRequest {
        case: desk.case.name.clone(),
        etag: desk.case.etag.clone(),
        fence: desk.lease.fence,
        content: Some(v1::draft_reply_request::Content::Text("The right one leaves today.".to_owned())),
        ..Default::default()
    };
    let drafted = h.client().call(draft).await.unwrap();
    let (name, etag) = (drafted.reply.unwrap().name, drafted.case.unwrap().etag);
    let queue = v1::QueueReplyRequest { name, etag, fence: desk.lease.fence, ..Default::default() };
    let name = h.client().call(queue).await.unwrap().reply.unwrap().name;
    let begin = v1::BeginDeliveryRequest { name: name.clone(), ..Default::default() };
    let sending = h.client().call(begin).await.unwrap().reply.unwrap();
    let report = v1::ReportDeliveryRequest {
        name,
        attempt: sending.attempt,
        outcome: v1::DeliveryOutcome::Sent.into(),
        message_id: "ours".to_owned(),
        ..Default::default()
    };
    h.client().call(report).await.unwrap();
    // Twelve hours end in the night, and that day at the next midnight.
    h.advance(Span::from_days(2)).await;
    let twin = named(twins(h, &shop).await, figure).current.unwrap();
    assert_eq!((twin.numerator, twin.denominator), (1, 2), "the channel never showed it as a message");
}

async fn days_away_and_holidays_are_left_out(h: &Harness) {
    let shop = open(h, "grey", "lazada", "ID", "Asia/Jakarta").await;
    for n in 1..=5 {
        let at = START - Span::from_days(n) - Span::from_hours(2);
        h.say_in(&shop, at, said(format!("m{n}"), &format!("talk-{n}"), Word::Buyer)).await;
    }
    let request = v1::GetMarketplaceTwinsRequest { parent: shop.clone(), ..Default::default() };
    let counted = async |request: &v1::GetMarketplaceTwinsRequest| {
        let answer = h.client().call(request.clone()).await.unwrap();
        let twin = named(answer.twins, "lazada_same_day_response_rate");
        (twin.current.unwrap().denominator, answer.holiday_dates)
    };
    assert_eq!(counted(&request).await, (5, Vec::new()));
    let came = START - Span::from_days(3) - Span::from_hours(2);
    let away = |from: Time, to: Time| v1::GetMarketplaceTwinsRequest {
        away: vec![v1::AwaySpan { start_time: Some(stamp(from)), end_time: Some(stamp(to)) }],
        ..request.clone()
    };
    let after = came + Span::from_micros(1);
    assert_eq!(counted(&away(came, after)).await.0, 4);
    assert_eq!(counted(&away(came - Span::from_hours(9), came)).await.0, 5, "the end belongs to nobody");
    // Every day is open but one that is closed as a holiday.
    let day = |weekday| v1::SlaDay {
        weekday,
        shifts: vec![v1::SlaShift { opens: "00:00".to_owned(), closes: "24:00".to_owned() }],
    };
    let exceptions = vec![v1::SlaException { date: "2026-02-26".to_owned(), shifts: Vec::new() }];
    let calendar = v1::SlaCalendar { week: (1..=7).map(day).collect(), exceptions, ..Default::default() };
    let asked = v1::GetPolicyRequest { name: format!("{shop}/policy") };
    let policy = h.client().call(asked).await.unwrap().policy.unwrap();
    let sla = Some(v1::SlaPolicy { calendar: Some(calendar), ..Default::default() });
    let update = v1::UpdatePolicyRequest {
        policy: Some(v1::Policy { sla, ..policy }),
        update_mask: Some(FieldMask { paths: vec!["sla.calendar".to_owned()] }),
        ..Default::default()
    };
    h.client().call(update).await.unwrap();
    assert_eq!(counted(&request).await, (4, vec!["2026-02-26".to_owned()]));
}

async fn a_channel_without_figures_has_none(h: &Harness) {
    assert_eq!(twins(h, MAIN).await, []);
    let shop = open(h, "new", "shopee", "ID", "Asia/Jakarta").await;
    for twin in twins(h, &shop).await {
        assert_eq!((twin.rescue(), twin.to_answer_count), (TwinRescue::NoValue, 0));
        let current = twin.current.unwrap();
        assert_eq!((current.denominator, current.value, current.reached), (0, None, None));
    }
    let reader = h.client_as("ann", &[Role::Analyst]).await;
    let tiered = v1::GetMarketplaceTwinsRequest {
        parent: open(h, "mall", "shopee", "MY", "Asia/Kuala_Lumpur").await,
        tier: "MALL".to_owned(),
        at_time: None,
        away: Vec::new(),
    };
    h.advance(Span::from_days(80)).await;
    let twin = named(reader.call(tiered).await.unwrap().twins, "shopee_chat_response_rate_30_days");
    assert_eq!((twin.tier.as_str(), twin.current.unwrap().target), ("MALL", 0.85), "from 14 May 2026 on");
}
