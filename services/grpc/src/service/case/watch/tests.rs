#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may panic")]

use pb::watch_case_response::Notice as Said;

use super::*;

/// What a notice says.
fn said(notice: &pb::WatchCaseResponse) -> &Said {
    notice.notice.as_ref().unwrap()
}

fn outlet(
    notices_max: usize,
) -> (Outlet<pb::WatchCaseResponse>, mpsc::Receiver<Result<pb::WatchCaseResponse, Status>>) {
    let (sender, receiver) = mpsc::channel(notices_max);
    let watching = Watching::new(CancellationToken::new(), WatchSettings::default());
    (Outlet { sender, watching }, receiver)
}

fn beat() -> pb::WatchCaseResponse {
    Notice::heartbeat("here".to_owned(), Time::from_secs(1))
}

#[tokio::test(start_paused = true)]
async fn one_who_does_not_read_is_let_go_when_patience_ends_and_nothing_more_is_kept_for_them() {
    let (out, receiver) = outlet(2);
    for _ in 0..2 {
        assert!(out.send(beat()).await.is_ok());
    }
    let began = Instant::now();
    assert!(matches!(out.send(beat()).await, Err(End::TooSlow)));
    assert_eq!(began.elapsed().as_secs(), out.watching.settings.patience.as_secs());
    assert_eq!(receiver.len(), 2);
    let words = farewell::<pb::WatchCaseResponse>(End::TooSlow, "here".to_owned());
    let [Ok(last), Err(status)] = words.as_slice() else { panic!("{words:?}") };
    assert_eq!(last.resume_token, "here");
    let Said::GoingAway(away) = said(last) else { panic!("{last:?}") };
    assert_eq!(away.reason(), pb::Reason::SubscriberTooSlow);
    assert_eq!(status.code(), Code::ResourceExhausted);
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_does_not_wait_for_one_who_does_not_read() {
    let (out, _receiver) = outlet(1);
    assert!(out.send(beat()).await.is_ok());
    out.watching.shutdown.cancel();
    assert!(matches!(out.send(beat()).await, Err(End::Shutdown)));
    let words = farewell::<pb::WatchCaseResponse>(End::Shutdown, "here".to_owned());
    assert_eq!(words.len(), 1);
    let last = words[0].as_ref().unwrap();
    assert!(matches!(said(last), Said::GoingAway(away) if away.reason() == pb::Reason::ShuttingDown));
}

#[tokio::test]
async fn one_who_hung_up_gets_no_last_word() {
    let (out, receiver) = outlet(1);
    drop(receiver);
    assert!(matches!(out.send(beat()).await, Err(End::Gone)));
    assert!(farewell::<pb::WatchCaseResponse>(End::Gone, String::new()).is_empty());
}
