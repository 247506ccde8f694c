//! The shop's connectors: they send signals in batches, some twice, some late
//! and some in the wrong order, as connectors do.

use amends_client::Client;
use amends_proto::v1::{self, SignalDisposition};
use anyhow::{Context, ensure};
use futures::future::try_join_all;

use super::{
    chance::Chance,
    letter::Letter,
    shops::{SHOPS, Shop},
    time::HOUR,
};

/// The most signals of a batch.
const BATCH: usize = 1_000;

/// A letter under way.
#[derive(Clone, Debug)]
struct Envelope {
    letter: Letter,
    /// It was sent before, and nothing may come of it.
    again: bool,
}

/// What became of a letter that was new.
#[derive(Debug)]
pub(crate) struct Receipt {
    /// The letter.
    pub(crate) letter: Letter,
    /// Whether a wish to return was heard in it.
    pub(crate) wish: bool,
    /// The case it opened or joined; empty if none.
    pub(crate) case: String,
    /// Whether it opened that case.
    pub(crate) opened: bool,
}

/// How much was sent.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sent {
    /// Signals that were stored.
    pub(crate) stored: u64,
    /// Of those, sent after others that happened later.
    pub(crate) late: u64,
    /// Signals sent again that were known by then.
    pub(crate) again: u64,
}

/// Letters of one shop, in the order in which they are sent.
#[derive(Debug)]
pub(crate) struct Bag {
    shop: &'static Shop,
    envelopes: Vec<Envelope>,
}

/// The connectors.
#[derive(Debug)]
pub(crate) struct Post {
    seed: u64,
    held: Vec<(i64, Letter)>,
    again: Vec<Letter>,
    /// How much was sent so far.
    pub(crate) sent: Sent,
}

impl Post {
    /// Connectors that have sent nothing yet.
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, held: Vec::new(), again: Vec::new(), sent: Sent::default() }
    }

    /// Holds some of the letters back, and adds what was held back or is sent again.
    pub(crate) fn pack(&mut self, letters: Vec<Letter>, now: i64) -> Vec<Bag> {
        let mut envelopes = Vec::new();
        for letter in letters {
            let mut chance = self.chance("held", &letter);
            if chance.once_in(14) {
                self.held.push((now + chance.between(10 * HOUR, 40 * HOUR), letter));
            } else {
                envelopes.push(Envelope { letter, again: false });
            }
        }
        let (due, held) = std::mem::take(&mut self.held).into_iter().partition(|(due, _)| *due <= now);
        self.held = held;
        let due: Vec<(i64, Letter)> = due;
        self.sent.late += due.len() as u64;
        envelopes.extend(due.into_iter().map(|(_, letter)| Envelope { letter, again: false }));
        envelopes.extend(self.again.drain(..).map(|letter| Envelope { letter, again: true }));
        if Chance::of(self.seed, &format!("order {now}")).once_in(8) {
            envelopes.reverse();
        }
        bags(envelopes)
    }

    /// Everything that is still held back: before the books are compared, all
    /// has to be said.
    pub(crate) fn rest(&mut self) -> Vec<Bag> {
        self.sent.late += self.held.len() as u64;
        let held = self.held.drain(..).map(|(_, letter)| Envelope { letter, again: false });
        let again = self.again.drain(..).map(|letter| Envelope { letter, again: true });
        bags(held.chain(again).collect())
    }

    /// Files the answers: what was new is handed on, and some of it is sent again later.
    ///
    /// # Errors
    /// When a signal was refused, or one was taken twice.
    pub(crate) fn file(&mut self, answers: Vec<Answered>) -> anyhow::Result<Vec<Receipt>> {
        let mut receipts = Vec::new();
        for Answered { envelope: Envelope { letter, again }, result } in answers {
            let expected = if again { SignalDisposition::Duplicate } else { SignalDisposition::Accepted };
            ensure!(
                result.disposition() == expected,
                "the signal {} of the shop {} was answered {:?} in place of {expected:?}: {:?}",
                result.signal_id,
                letter.shop.id,
                result.disposition(),
                result.rejection
            );
            if again {
                self.sent.again += 1;
                continue;
            }
            self.sent.stored += 1;
            if self.chance("again", &letter).once_in(25) {
                self.again.push(letter.clone());
            }
            let wish = result.detection.is_some_and(|heard| heard.return_intent);
            receipts.push(Receipt { letter, wish, case: result.case, opened: result.case_opened });
        }
        Ok(receipts)
    }

    /// Chance for a question about a letter, whatever came before it.
    fn chance(&self, about: &str, letter: &Letter) -> Chance {
        Chance::of(self.seed, &format!("{about} {}", letter.signal.signal_id))
    }
}

fn bags(envelopes: Vec<Envelope>) -> Vec<Bag> {
    let mut bags: Vec<Bag> = SHOPS.iter().map(|shop| Bag { shop, envelopes: Vec::new() }).collect();
    for envelope in envelopes {
        if let Some(bag) = bags.iter_mut().find(|bag| bag.shop.id == envelope.letter.shop.id) {
            bag.envelopes.push(envelope);
        }
    }
    bags.retain(|bag| !bag.envelopes.is_empty());
    bags
}

/// A letter and its answer.
#[derive(Debug)]
pub(crate) struct Answered {
    envelope: Envelope,
    result: v1::SignalResult,
}

/// Sends every bag.
///
/// # Errors
/// When a batch was refused.
pub(crate) async fn send(client: &Client, bags: Vec<Bag>) -> anyhow::Result<Vec<Answered>> {
    let sent = try_join_all(bags.into_iter().map(|bag| send_bag(client, bag))).await?;
    Ok(sent.into_iter().flatten().collect())
}

async fn send_bag(client: &Client, bag: Bag) -> anyhow::Result<Vec<Answered>> {
    let mut answered = Vec::with_capacity(bag.envelopes.len());
    for batch in bag.envelopes.chunks(BATCH) {
        let signals: Vec<_> = batch.iter().map(|envelope| envelope.letter.signal.clone()).collect();
        let request = v1::RecordRequest { parent: bag.shop.name(), signals, ..Default::default() };
        let results = client.call(request).await.context("a batch of signals was refused")?.results;
        ensure!(results.len() == batch.len(), "{} signals got {} answers", batch.len(), results.len());
        let pairs = batch.iter().cloned().zip(results);
        answered.extend(pairs.map(|(envelope, result)| Answered { envelope, result }));
    }
    Ok(answered)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;
    use crate::market::{
        crowd::{Crowd, Happening},
        time::END,
    };

    fn letters() -> Vec<Letter> {
        let letter = |one| match one {
            Happening::Letter(letter) => Some(*letter),
            _ => None,
        };
        Crowd::new(1, 100).happen(END).into_iter().filter_map(letter).collect()
    }

    fn answer(bags: Vec<Bag>, disposition: SignalDisposition) -> Vec<Answered> {
        let result = |envelope: &Envelope| v1::SignalResult {
            signal_id: envelope.letter.signal.signal_id.clone(),
            disposition: disposition.into(),
            ..Default::default()
        };
        let envelopes = bags.into_iter().flat_map(|bag| bag.envelopes);
        envelopes.map(|envelope| Answered { result: result(&envelope), envelope }).collect()
    }

    #[test]
    fn every_letter_is_sent_once_and_some_again() {
        let letters = letters();
        let count = letters.len();
        let mut post = Post::new(1);
        let bags = post.pack(letters, END);
        let receipts = post.file(answer(bags, SignalDisposition::Accepted)).unwrap();
        assert!(receipts.len() < count && !post.held.is_empty() && !post.again.is_empty());
        post.again.clear();
        let bags = post.rest();
        let rest = post.file(answer(bags, SignalDisposition::Accepted)).unwrap();
        assert_eq!(receipts.len() + rest.len(), count);
        assert!(post.held.is_empty());
    }

    #[test]
    fn a_signal_that_is_taken_twice_is_a_fault() {
        let mut post = Post::new(1);
        let bags = post.pack(letters(), END);
        post.file(answer(bags, SignalDisposition::Accepted)).unwrap();
        post.held.clear();
        let rest = post.rest();
        let error = post.file(answer(rest, SignalDisposition::Accepted)).unwrap_err().to_string();
        assert!(error.contains("in place of Duplicate"), "{error}");
    }
}
