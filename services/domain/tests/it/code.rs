//! The stored word of every value of every enumeration reads back.

use std::collections::BTreeSet;
use std::fmt::{Debug, Display};
use std::str::FromStr;

use amends_domain::{
    UnknownWord, case, deadline, detection, event, guardrail, ledger, order, policy, remedy,
};
use amends_domain::{returns, review, signal, suggestion, tally};

fn check<T: Copy + PartialEq + Debug + Display + FromStr<Err = UnknownWord>>(all: &[T]) {
    let words: BTreeSet<_> = all.iter().map(T::to_string).collect();
    assert_eq!(words.len(), all.len(), "one word stands for two values of {all:?}");
    for value in all {
        let word = value.to_string();
        assert_eq!(word.parse(), Ok(*value));
        let shape = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        assert!(word.chars().all(shape), "{word}");
        for other in [word.to_lowercase(), format!(" {word}"), String::new()] {
            assert_eq!(other.parse::<T>().unwrap_err().word, other);
        }
    }
}

#[test]
fn every_word_reads_back_and_no_other_spelling_does() {
    check(case::CaseKind::ALL);
    check(case::Origin::ALL);
    check(case::Outcome::ALL);
    check(case::State::ALL);
    check(case::Status::ALL);
    check(case::VerbKind::ALL);
    check(deadline::DeadlineKind::ALL);
    check(detection::Flag::ALL);
    check(detection::Reason::ALL);
    check(detection::TextKind::ALL);
    check(event::ActorKind::ALL);
    check(guardrail::Rule::ALL);
    check(ledger::GrantState::ALL);
    check(order::HelpKind::ALL);
    check(policy::AskPermission::ALL);
    check(policy::Certainty::ALL);
    check(policy::CountingRule::ALL);
    check(policy::EditFrom::ALL);
    check(remedy::RemedyKind::ALL);
    check(remedy::RemedyStage::ALL);
    check(remedy::RemedyVerbKind::ALL);
    check(returns::ReturnStatus::ALL);
    check(returns::Verdict::ALL);
    check(review::DiffKind::ALL);
    check(review::EditState::ALL);
    check(review::RemovedBy::ALL);
    check(signal::Author::ALL);
    check(signal::Direction::ALL);
    check(signal::OrderState::ALL);
    check(signal::ShipmentState::ALL);
    check(signal::SignalKind::ALL);
    check(signal::SurveyKind::ALL);
    check(suggestion::Excluded::ALL);
    check(tally::Measure::ALL);
}
