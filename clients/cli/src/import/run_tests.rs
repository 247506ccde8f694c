//! Imports against a service that remembers what it was sent.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    collections::BTreeMap,
    path::Path,
    pin::Pin,
    sync::{Arc, Mutex},
};

use amends_client::v1;
use clap::Parser;
use futures::{Stream, StreamExt};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response, Status, Streaming, transport::Server};
use v1::{
    SignalDisposition,
    ingest_service_server::{IngestService, IngestServiceServer},
    record_stream_response::Notice,
};

use super::*;

#[derive(Parser)]
struct Program {
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    import: Import,
}

#[derive(Default)]
struct Memory {
    signals: BTreeMap<String, v1::Signal>,
    batches: usize,
    /// The batch that is shed, and the one with which the server breaks down.
    shed: Option<usize>,
    broken: Option<usize>,
}

#[derive(Clone, Default)]
struct Ingest(Arc<Mutex<Memory>>);

type Responses = Pin<Box<dyn Stream<Item = Result<v1::RecordStreamResponse, Status>> + Send>>;

#[tonic::async_trait]
impl IngestService for Ingest {
    async fn record(&self, _: Request<v1::RecordRequest>) -> Result<Response<v1::RecordResponse>, Status> {
        Err(Status::unimplemented("not asked here"))
    }

    type RecordStreamStream = Responses;

    async fn record_stream(
        &self,
        request: Request<Streaming<v1::RecordStreamRequest>>,
    ) -> Result<Response<Responses>, Status> {
        let memory = Arc::clone(&self.0);
        let answers = request.into_inner().map(move |batch| answer(&mut memory.lock().unwrap(), batch?));
        Ok(Response::new(Box::pin(answers)))
    }
}

fn answer(memory: &mut Memory, batch: v1::RecordStreamRequest) -> Result<v1::RecordStreamResponse, Status> {
    memory.batches += 1;
    if memory.broken.is_some_and(|broken| memory.batches >= broken) {
        return Err(Status::permission_denied("the key was revoked"));
    }
    let mut answer = v1::RecordAcknowledgement { sequence: batch.sequence, ..Default::default() };
    if memory.shed == Some(memory.batches) {
        let retry_delay = Some(prost_types::Duration { seconds: 0, nanos: 1 });
        let reason = v1::Reason::Overloaded.into();
        answer.rejection = Some(v1::SignalRejection { reason, retry_delay, ..Default::default() });
    } else {
        answer.results = batch.signals.into_iter().map(|signal| record(memory, signal)).collect();
    }
    Ok(v1::RecordStreamResponse { notice: Some(Notice::Acknowledgement(answer)) })
}

fn record(memory: &mut Memory, signal: v1::Signal) -> v1::SignalResult {
    let known = memory.signals.get(&signal.signal_id);
    let disposition = match known {
        None => SignalDisposition::Accepted,
        Some(known) if *known == signal => SignalDisposition::Duplicate,
        Some(_) => SignalDisposition::Rejected,
    };
    let conflict = v1::SignalRejection { reason: v1::Reason::SignalConflict.into(), ..Default::default() };
    let rejection = (disposition == SignalDisposition::Rejected).then_some(conflict);
    if known.is_none() {
        memory.signals.insert(signal.signal_id.clone(), signal);
    }
    v1::SignalResult { disposition: disposition.into(), rejection, case_opened: true, ..Default::default() }
}

struct Desk {
    ingest: Ingest,
    endpoint: String,
    folder: tempfile::TempDir,
}

impl Desk {
    async fn open() -> Self {
        let ingest = Ingest::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let service = IngestServiceServer::new(ingest.clone()).max_decoding_message_size(8 << 20);
        let server = Server::builder().add_service(service);
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
        Self { ingest, endpoint, folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn import(&self, words: &[&str]) -> anyhow::Result<Report> {
        let connection = ["import", "--shop", "main", "--endpoint", &self.endpoint];
        let program = Program::try_parse_from(connection.iter().chain(words))?;
        let inputs = input::look(&program.import)?;
        import_all(&program.import, &program.connection, inputs).await
    }

    fn memory<T>(&self, look: impl FnOnce(&mut Memory) -> T) -> T {
        look(&mut self.ingest.0.lock().unwrap())
    }
}

fn reviews(count: usize) -> String {
    let rows: String = (0..count).map(|n| format!("r{n}\t{}\ttext {n}\n", n % 5 + 1)).collect();
    format!("id\trating\ttext\n{rows}")
}

#[tokio::test]
async fn importing_a_file_again_changes_nothing() {
    let desk = Desk::open().await;
    let file = desk.file("reviews.tsv", reviews(1_234));
    let first = desk.import(&[&file]).await.unwrap().counts;
    assert_eq!((first.rows, first.accepted, first.duplicates, first.rejected), (1_234, 1_234, 0, 0));
    assert_eq!((first.signals, first.cases_opened), (1_234, 1_234));
    let second = desk.import(&[&file]).await.unwrap().counts;
    assert_eq!((second.accepted, second.duplicates, second.cases_opened), (0, 1_234, 0));
    assert_eq!(std::fs::read_dir(desk.folder.path()).unwrap().count(), 1, "nothing is left behind");
}

#[tokio::test]
async fn bad_rows_are_listed_and_the_good_ones_are_stored() {
    let desk = Desk::open().await;
    let mut text = b"id,rating,text\n1,5,a\n2,9,b\n3,4,\xff\n4,1\n1,2,other\n".to_vec();
    text.extend(format!("5,1,{}\n", "x".repeat(10_001)).bytes());
    let file = desk.file("reviews.csv", text);
    let report = desk.import(&[&file]).await.unwrap();
    assert_eq!((report.counts.rows, report.counts.accepted, report.counts.rejected), (6, 1, 5));
    let list = std::fs::read_to_string(desk.path("reviews.csv.rejects.tsv")).unwrap();
    let lines: Vec<_> = list.lines().skip(1).filter_map(|line| line.split('\t').nth(1)).collect();
    assert_eq!(lines, ["3", "4", "5", "6", "7"]);
    assert!(list.contains("SIGNAL_CONFLICT") && list.contains("UTF-8") && list.contains("10000 characters"));
}

#[tokio::test]
async fn an_import_that_stopped_goes_on_where_it_was() {
    let desk = Desk::open().await;
    let whole = desk.file("a.tsv", reviews(10));
    let long = desk.file("b.tsv", reviews(5_000).replace("r100\t1", "r100\t0"));
    desk.memory(|memory| memory.broken = Some(6));
    assert!(desk.import(&[&whole, &long]).await.is_err());
    let state = desk.path("a.tsv.import-state.json");
    assert!(state.exists());
    desk.memory(|memory| (memory.broken, memory.batches) = (None, 0));
    let report = desk.import(&[&whole, &long]).await.unwrap();
    let counts = &report.counts;
    assert_eq!((counts.rows, counts.rejected), (5_010, 1));
    assert_eq!(counts.accepted + counts.duplicates, 5_009);
    assert!(desk.memory(|memory| memory.batches) < 11, "what was dealt with is not sent again");
    assert_eq!(desk.memory(|memory| memory.signals.len()), 4_999);
    let list = std::fs::read_to_string(desk.path("b.tsv.rejects.tsv")).unwrap();
    assert_eq!(list.lines().count(), 2, "{list}");
    assert!(!state.exists());
}

#[tokio::test]
async fn a_batch_that_was_shed_is_sent_again() {
    let desk = Desk::open().await;
    desk.memory(|memory| memory.shed = Some(2));
    let file = desk.file("reviews.tsv", reviews(2_000));
    let counts = desk.import(&[&file]).await.unwrap().counts;
    assert_eq!((counts.accepted, counts.rejected), (2_000, 0));
    assert_eq!(desk.memory(|memory| memory.batches), 5);
}

#[tokio::test]
async fn nothing_is_sent_if_one_file_cannot_be_imported() {
    let desk = Desk::open().await;
    let good = desk.file("a.tsv", reviews(3));
    let bad = desk.file("b.tsv", "x\ty\n1\t2\n");
    let missing = desk.path("c.tsv").display().to_string();
    let error = desk.import(&[&good, &bad, &missing]).await.err().unwrap().to_string();
    assert!(error.contains("b.tsv") && error.contains("--kind") && error.contains("c.tsv"), "{error}");
    assert_eq!(desk.memory(|memory| memory.batches), 0);
}

#[tokio::test]
async fn a_list_of_rejects_is_not_taken_for_input() {
    let desk = Desk::open().await;
    let file = desk.file("a.tsv", "id\trating\ttext\n1\t0\tx\n");
    desk.import(&[&file]).await.unwrap();
    let list = desk.path("a.tsv.rejects.tsv");
    assert!(list.exists());
    let report = desk.import(&[&file, &list.display().to_string()]).await.unwrap();
    assert_eq!((report.files, report.counts.rows), (1, 1));
}

#[tokio::test]
async fn files_of_several_kinds_go_in_one_command() {
    let desk = Desk::open().await;
    let orders = "Order ID,Customer,SKU,Price,Currency\no1,b1,s1,5,EUR\no1,b1,s2,6,EUR\n";
    let files = [
        desk.file("o.csv", orders),
        desk.file("r.tsv", reviews(2)),
        desk.file("m.jsonl", "{\"message_id\":\"m1\",\"buyer\":\"b1\",\"text\":\"hello\"}\n"),
        desk.file("t.csv", "return_id;order_id;date\nt1;o1;2026-01-01\n"),
    ];
    let report = desk.import(&files.each_ref().map(String::as_str)).await.unwrap();
    assert_eq!((report.files, report.counts.rows, report.counts.signals), (4, 6, 5));
    assert_eq!(report.counts.accepted, 6);
    let kinds: Vec<_> = report.kinds.into_iter().collect();
    assert_eq!(kinds, [("message", 1), ("order", 1), ("return", 1), ("review", 2)]);
}

#[tokio::test]
async fn a_dry_run_sends_nothing_and_leaves_nothing() {
    let desk = Desk::open().await;
    let file = desk.file("a.tsv", "id\trating\ttext\n1\t5\tfine\n2\t0\tx\n");
    let program = Program::try_parse_from(["import", "--dry-run", &file]).unwrap();
    let inputs = input::look(&program.import).unwrap();
    let report = dry_run(&program.import, inputs, Output::new(true)).unwrap();
    assert_eq!((report.counts.signals, report.counts.rejected), (1, 1));
    assert_eq!(desk.memory(|memory| memory.batches), 0);
    assert!(!Path::new(&format!("{file}.rejects.tsv")).exists());
}

#[tokio::test]
async fn with_strict_a_rejected_row_is_a_failure_and_without_it_is_not() {
    let desk = Desk::open().await;
    let file = desk.file("a.tsv", "id\trating\ttext\n1\t0\tx\n");
    let words = ["import", "--shop", "main", "--json", "--endpoint", &desk.endpoint, &file];
    let lenient = Program::try_parse_from(words).unwrap();
    assert!(run(&lenient.import, &lenient.connection).await.is_ok());
    let strict = Program::try_parse_from(words.iter().chain(&["--strict"])).unwrap();
    let error = run(&strict.import, &strict.connection).await.unwrap_err();
    assert!(error.to_string().contains("--strict"));
}
