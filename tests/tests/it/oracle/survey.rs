//! Answers to surveys, mostly about solutions that there were.

use amends_domain::Span;
use amends_domain::signal::{Signal, SignalBody, SurveyKind, SurveySignal};
use rand::Rng;
use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;

use super::desk::cases;
use super::house::House;
use super::served::Book;
use super::story::id;

/// One answer; some are told again under another id, and some are about an order alone.
pub(super) async fn answer(house: &House, rng: &mut ChaCha8Rng, book: &Book, number: u64) -> Signal {
    let all = cases(house, &book.shop).await;
    let solved: Vec<_> = all.iter().filter(|case| case.solutions > 0).collect();
    let case = if rng.random_bool(0.9) { solved.choose(rng).copied() } else { all.choose(rng) };
    let kind = if rng.random_bool(0.6) { SurveyKind::Csat } else { SurveyKind::Nps };
    let score = if kind == SurveyKind::Csat { rng.random_range(1..=5) } else { rng.random_range(0..=10) };
    let again = if rng.random_bool(0.15) { number.saturating_sub(1) } else { number };
    let about = case.filter(|_| rng.random_bool(0.8));
    let solution =
        about.filter(|_| rng.random_bool(0.6)).map(|case| rng.random_range(1..=case.solutions.max(1)));
    let said = SurveySignal {
        survey: id(format!("answer-{again}")),
        case: about.map(|case| case.id),
        order: about.is_none().then(|| id("o0")),
        kind,
        score,
        comment: String::new(),
        solution,
    };
    let ago = Span::from_minutes(rng.random_range(-4..4_000));
    Signal {
        id: id(format!("survey-{number}")),
        occurred_at: house.app.now() - ago,
        body: SignalBody::Survey(said),
    }
}
