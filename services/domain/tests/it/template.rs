//! Templates of replies: what is wrong with them, and what they become.

use std::collections::BTreeMap;

use amends_domain::reply::template::{Placeholder, Template, TemplateProblem, Values, problems, render};
use proptest::prelude::*;

use crate::make::{at, shop};

fn values(all: &[(Placeholder, &str)]) -> Values {
    all.iter().map(|(place, value)| (*place, (*value).to_owned())).collect()
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let unknown = |name: &str| TemplateProblem::UnknownPlaceholder(name.to_owned());
    let cases: &[(&str, Vec<TemplateProblem>)] = &[
        ("Order {order_id} of {date}", vec![]),
        ("Literal {{braces}}", vec![]),
        ("Dear {buyer_name}, {order_id} {nope}", vec![unknown("buyer_name"), unknown("nope")]),
        ("{ORDER_ID} {}", vec![unknown("ORDER_ID"), unknown("")]),
        ("a { b", vec![TemplateProblem::Unbalanced(3)]),
        ("é } b {date", vec![TemplateProblem::Unbalanced(3), TemplateProblem::Unbalanced(7)]),
        ("{a {date}", vec![TemplateProblem::Unbalanced(1)]),
        ("  \n", vec![TemplateProblem::Empty]),
        ("", vec![TemplateProblem::Empty]),
    ];
    for (body, expected) in cases {
        assert_eq!(problems(body), *expected, "{body}");
    }
}

#[test]
fn the_name_of_the_buyer_is_no_placeholder() {
    assert!(Placeholder::ALL.iter().all(|place| !place.as_str().contains("buyer")));
}

#[test]
fn a_place_without_a_fact_stays_and_is_told_once() {
    let body = "{agent}: {tracking}, {amount}, {tracking} {{x}}";
    let rendered = render(body, &values(&[(Placeholder::Agent, "ann")]));
    assert_eq!(rendered.text, "ann: {tracking}, {amount}, {tracking} {x}");
    assert_eq!(rendered.missing, [Placeholder::Tracking, Placeholder::Amount]);
}

#[test]
fn a_fact_is_not_read_for_places() {
    let rendered = render(
        "{product} {agent}",
        &values(&[(Placeholder::Product, "{agent} {{lamp"), (Placeholder::Agent, "ann")]),
    );
    assert_eq!((rendered.text.as_str(), rendered.missing.len()), ("{agent} {{lamp ann", 0));
}

#[test]
fn the_nearest_language_is_taken() {
    let texts: BTreeMap<_, _> =
        ["de", "en", "pt-BR"].map(|tag| (tag.to_owned(), format!("in {tag}"))).into_iter().collect();
    let template = Template {
        id: "delay".parse().unwrap(),
        shop: shop(),
        texts,
        version: 1,
        changed_by: "sue".to_owned(),
        changed_at: at(0),
    };
    for (wanted, found) in [("de-AT", "de"), ("pt-br", "pt-BR"), ("pt", "en"), ("", "en"), ("DE", "de")] {
        assert_eq!(template.words_in(wanted).unwrap().0, found, "{wanted}");
    }
    let only = Template { texts: BTreeMap::from([("id".to_owned(), "Halo".to_owned())]), ..template };
    assert_eq!(only.words_in("fr"), Some(("id", "Halo")));
    assert_eq!(Template { texts: BTreeMap::new(), ..only }.words_in("fr"), None);
}

proptest! {
    #[test]
    fn a_template_without_problems_and_with_all_facts_becomes_words_without_places(
        parts in prop::collection::vec(prop_oneof!["[a-zé ]{1,5}", Just("{order_id}".to_owned()), Just("{date}".to_owned()), Just("{{".to_owned()), Just("}".to_owned()), Just("{x}".to_owned())], 1..8)
    ) {
        let body: String = parts.concat();
        let all: Values = Placeholder::ALL.iter().map(|place| (*place, "v".to_owned())).collect();
        let rendered = render(&body, &all);
        if problems(&body).is_empty() {
            prop_assert!(rendered.missing.is_empty());
            let is_literal = body.contains("{{");
            prop_assert_eq!(rendered.text.contains('{'), is_literal, "only a doubled brace is left");
        }
    }
}
