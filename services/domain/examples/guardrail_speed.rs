//! How long the rules take for one message: `cargo run --release -p amends-domain --example guardrail_speed`.

use std::hint::black_box;
use std::time::Instant;

use amends_domain::guardrail::{
    AskFacts, Buyer, Eyes, Kind, Outgoing, QuietHours, QuotaUse, Text, check, not_before, year_of,
};
use amends_domain::policy::in_force;
use amends_domain::review::replay;
use amends_domain::{Span, Time};

const ROUNDS: u32 = 20_000;

fn main() {
    // 2026-03-01T23:00:00Z: at night, with contacts, so that every rule and the way to the morning is gone.
    let now = Time::from_secs(1_772_406_000);
    let policy = in_force(&[], "ebay", "US", now);
    let (_, review) = replay(Vec::new(), 3);
    let contacts: Vec<Time> = (1..20).map(|days| now - Span::from_days(days)).collect();
    let started = Instant::now();
    let mut refusals = 0;
    for _ in 0..ROUNDS {
        let hours = QuietHours::of(None, "US", "America/New_York");
        let ask = AskFacts {
            review: &review,
            delivered_at: None,
            remedies_promised: 1,
            last_fulfilled_at: Some(now),
            asked_at: None,
            approved_words: true,
            by_request: true,
            quota: QuotaUse { year_ends_at: year_of(now).1, used: 5, reviews: 100 },
        };
        let buyer = Buyer {
            contacts: &contacts,
            hours: &hours,
            answers: false,
            opted_out: false,
            erased: false,
            delivered_at: Some(now),
        };
        let out = Outgoing {
            kind: Kind::Ask(ask),
            policy: &policy,
            text: Text::default(),
            buyer,
            extortion: false,
            eyes: Eyes::Two,
            now,
        };
        refusals += check(black_box(&out)).len();
        black_box(not_before(black_box(&out)));
    }
    let each = started.elapsed() / ROUNDS;
    println!(
        "{each:?} for hours, every rule and the time from when on ({} refusals each)",
        refusals / 20_000
    );
}
