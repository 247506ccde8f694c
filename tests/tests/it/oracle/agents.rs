//! Questions about what agents did with their time, and both answers to each.

use std::collections::BTreeMap;

use amends_app::metrics::{AgentQuestion, AgentRow};
use amends_app::{Principal, Role};
use amends_tests::oracle::figure::{Figures, put_spread};
use amends_tests::oracle::{Figure, Question, Record, agents, wilson};
use rand::Rng;
use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;

use super::answers::{Told, key};
use super::compare::{self, CUTS, Found, any_days, differ};
use super::house::{House, PLACES, principal};
use super::served::Book;

const NAMES: [&str; 5] = ["mia", "tom", "zoe", "boss", "nobody"];

/// All of it, in each way in which time is cut, and some days of some agents.
fn questions(rng: &mut ChaCha8Rng) -> Vec<Question> {
    let mut all: Vec<Question> = CUTS
        .iter()
        .map(|(bucket, _)| Question {
            days: compare::WHOLE,
            bucket: *bucket,
            by: Vec::new(),
            only: Vec::new(),
        })
        .collect();
    for _ in 0..3 {
        let (bucket, _) = *CUTS.choose(rng).unwrap();
        let count = rng.random_range(0..3);
        let only = NAMES.choose_multiple(rng, count).map(|name| ("AGENT", (*name).to_owned())).collect();
        all.push(Question { days: any_days(rng), bucket, by: Vec::new(), only });
    }
    all
}

/// Asks about the agents of each shop and of all together.
pub(super) async fn every_figure(house: &House, books: &[Book], rng: &mut ChaCha8Rng, found: &mut [Found]) {
    let now = house.app.now().micros();
    let together = if books.len() > 1 { books.len() + 1 } else { books.len() };
    for n in 0..together {
        let some = if n == books.len() { books } else { &books[n..=n] };
        let shops: Vec<&Record> = some.iter().map(|book| &book.record).collect();
        for question in questions(rng) {
            let named = some.len() > 1 || rng.random_bool(0.3);
            let zone = if named { PLACES.choose(rng).unwrap().2.to_owned() } else { shops[0].zone.clone() };
            let shop = (some.len() == 1).then(|| some[0].shop.clone());
            let asked = AgentQuestion {
                shop: shop.clone(),
                zone: named.then(|| zone.clone()),
                agents: question.only.iter().map(|(_, agent)| agent.parse().unwrap()).collect(),
                ..of(&question)
            };
            let served = told(house, &asked).await;
            for one in found.iter_mut().filter(|one| one.is_open() && one.wrong.concerns_agents()) {
                let counted = agents::count(&shops, (&question, &zone), now, one.wrong);
                for what in differ(&counted, &served, one) {
                    one.differences.push(format!("Agents of {shop:?}: {what}; asked {question:?} {zone}"));
                }
            }
        }
    }
}

fn of(question: &Question) -> AgentQuestion {
    let put = compare::put(None, question);
    AgentQuestion { shop: None, days: put.days, bucket: put.bucket, zone: None, agents: Vec::new() }
}

async fn told(house: &House, question: &AgentQuestion) -> Told {
    let reader: Principal = principal("reader", &[Role::Analyst]);
    let answer = house.app.agent_performance(&reader, question).await.unwrap();
    let name = |row: &AgentRow| row.told.agent.as_ref().map(ToString::to_string).unwrap_or_default();
    answer.rows.iter().map(|row| ((key(row.days, &Vec::new()).0, vec![name(row)]), figures(row))).collect()
}

fn figures(row: &AgentRow) -> Figures {
    let told = &row.told;
    let number = |n: u64| i64::try_from(n).unwrap();
    let csat = told.csat();
    assert_eq!(csat.numerator, number(told.scores[3] + told.scores[4]));
    assert_eq!(csat.denominator, number(told.scores.iter().sum()));
    assert_eq!(csat.interval.is_some(), wilson(csat.numerator, csat.denominator).is_some());
    let mut all: Figures = [
        ("present", told.present.micros()),
        ("away", told.away.micros()),
        ("working", told.working.micros()),
        ("idle", told.idle().micros()),
        ("holding", told.holding.micros()),
        ("held", told.case_time.micros()),
        ("cases held", told.cases_held),
        ("contacts", told.contacts),
        ("first replies", told.first_replies),
        ("solved", told.solved),
        ("abandoned", told.abandoned),
        ("over", i64::from(row.over)),
    ]
    .into_iter()
    .map(|(name, n)| (name.to_owned(), Figure::Whole(n)))
    .collect::<BTreeMap<_, _>>();
    for (n, count) in told.scores.iter().enumerate() {
        all.insert(format!("csat {}", n + 1), Figure::Whole(number(*count)));
    }
    all.insert("per case".to_owned(), Figure::Maybe(told.per_case().map(amends_domain::Span::micros)));
    for (name, ratio) in [
        ("occupancy", told.occupancy),
        ("contacts per hour", told.contacts_per_hour),
        ("solved per hour", told.solved_per_hour),
    ] {
        all.insert(name.to_owned(), Figure::Near(ratio.value));
        let ends = ratio.interval.zip(ratio.value).map(|((low, high), value)| (value, low, high));
        put_spread(&mut all, name, ends);
    }
    all
}
