use super::*;
use v1::FieldViolation;

fn rejection(reason: Reason) -> SignalRejection {
    SignalRejection { reason: reason.into(), message: "no.".to_owned(), ..SignalRejection::default() }
}

fn flight(count: usize) -> Flight {
    Flight {
        batch: Batch::default(),
        sequence: Some(1),
        asked: (0..count).collect(),
        answers: vec![None; count],
        attempts: 1,
    }
}

fn result(disposition: SignalDisposition, rejection: Option<SignalRejection>) -> SignalResult {
    SignalResult { disposition: disposition.into(), rejection, ..SignalResult::default() }
}

#[test]
fn a_reason_names_the_field_without_its_place_in_the_batch() {
    let violation =
        FieldViolation { field: "signals[3].review.rating".into(), description: "must be 1–5".into() };
    let rejection = SignalRejection { field_violations: vec![violation], ..rejection(Reason::InvalidField) };
    assert_eq!(told(&rejection), "INVALID_FIELD: review.rating must be 1–5");
    assert_eq!(told(&self::rejection(Reason::CurrencyMismatch)), "CURRENCY_MISMATCH: no");
}

#[test]
fn only_what_passes_is_waited_for() {
    assert_eq!(pause(&rejection(Reason::InvalidField)), None);
    assert_eq!(pause(&rejection(Reason::Overloaded)), Some(PAUSE_DEFAULT));
    let told = prost_types::Duration { seconds: 3_600, nanos: 0 };
    let long = SignalRejection { retry_delay: Some(told), ..rejection(Reason::Overloaded) };
    assert_eq!(pause(&long), Some(PAUSE_MAX));
}

#[test]
fn signals_the_server_had_no_room_for_stay_unanswered() {
    let mut flight = flight(3);
    let results = vec![
        result(SignalDisposition::Accepted, None),
        result(SignalDisposition::Rejected, Some(rejection(Reason::StorageContended))),
        result(SignalDisposition::Rejected, Some(rejection(Reason::InvalidField))),
    ];
    assert_eq!(flight.take(results).ok(), Some(Some(PAUSE_DEFAULT)));
    let expected = [
        Some(Answer::Accepted { case_opened: false }),
        None,
        Some(Answer::Rejected("INVALID_FIELD: no".to_owned())),
    ];
    assert_eq!(flight.answers, expected);
}

#[test]
fn an_answer_of_another_length_is_no_answer() {
    assert!(flight(2).take(vec![result(SignalDisposition::Accepted, None)]).is_err());
}
