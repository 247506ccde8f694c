//! Signals over a long-lived stream, acknowledged by the caller's own numbers.

use amends_client::{RecordStream, v1};
use amends_tests::harness::MAIN;
use amends_tests::make::{LEAKS, order, review};
use amends_tests::{Harness, flow};
use tonic::Code;
use v1::record_stream_response::Notice;
use v1::{Reason, RecordStreamRequest, SignalDisposition};

flow!(
    batches_are_acknowledged_in_their_order,
    a_batch_that_is_refused_does_not_end_the_stream,
    a_sequence_that_does_not_rise_ends_the_stream,
    what_is_sent_again_after_a_break_is_a_duplicate
);

async fn batches_are_acknowledged_in_their_order(h: &Harness) {
    let mut stream = RecordStream::new(h.client(), 64);
    for n in 0..40 {
        let (o, r) = (format!("o{n}"), format!("r{n}"));
        let signals = vec![h.signal(order(&o)), h.signal(review(&r, &o, 1, LEAKS))];
        assert_eq!(stream.send(MAIN, signals).await.unwrap(), n + 1);
    }
    for n in 0..40 {
        let acknowledged = stream.acknowledged().await.unwrap().unwrap().answer;
        assert_eq!(acknowledged.sequence, n + 1);
        assert!(acknowledged.results.iter().all(|r| r.disposition() == SignalDisposition::Accepted));
    }
    assert!(stream.acknowledged().await.unwrap().is_none());
}

async fn a_batch_that_is_refused_does_not_end_the_stream(h: &Harness) {
    let mut stream = RecordStream::new(h.client(), 8);
    stream.send("shops/nope", vec![h.signal(order("o1"))]).await.unwrap();
    stream.send(MAIN, vec![h.signal(order("o1"))]).await.unwrap();
    let first = stream.acknowledged().await.unwrap().unwrap().answer;
    assert_eq!(first.rejection.unwrap().reason(), Reason::ShopNotFound);
    assert!(first.results.is_empty());
    let second = stream.acknowledged().await.unwrap().unwrap().answer;
    assert!(second.rejection.is_none() && second.results.len() == 1);
}

async fn a_sequence_that_does_not_rise_ends_the_stream(h: &Harness) {
    let batch = |sequence, id: &str| RecordStreamRequest {
        sequence,
        parent: MAIN.to_owned(),
        signals: vec![h.signal(order(id))],
    };
    let batches = tokio_stream::iter([batch(7, "o1"), batch(7, "o2")]);
    let mut answers = h.client().ingest().record_stream(batches).await.unwrap().into_inner();
    let first = answers.message().await.unwrap().unwrap().notice;
    assert!(matches!(first, Some(Notice::Acknowledgement(a)) if a.sequence == 7));
    let status = answers.message().await.unwrap_err();
    let failure = amends_client::Failure::from(&status);
    assert_eq!((failure.code, failure.reason), (Code::InvalidArgument, Some(Reason::SequenceNotRising)));
}

async fn what_is_sent_again_after_a_break_is_a_duplicate(h: &Harness) {
    let signals = vec![h.signal(order("o1")), h.signal(review("r1", "o1", 1, LEAKS))];
    let mut first = RecordStream::new(h.client(), 8);
    first.send(MAIN, signals.clone()).await.unwrap();
    first.acknowledged().await.unwrap().unwrap();
    drop(first);
    let mut second = RecordStream::new(h.client(), 8);
    second.send(MAIN, signals).await.unwrap();
    let again = second.acknowledged().await.unwrap().unwrap().answer;
    assert!(again.results.iter().all(|r| r.disposition() == SignalDisposition::Duplicate));
    assert_eq!(h.cases(MAIN).await.len(), 1);
}
