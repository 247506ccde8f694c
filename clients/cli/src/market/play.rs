//! The play itself: what happens in one tick of the clock, and in which order.

mod apply;

use std::collections::{BTreeMap, BTreeSet};

use amends_client::{Client, Settings};
use anyhow::{Context, ensure};
use tokio::task::JoinSet;

use super::{
    Access, Options, Report,
    agent::{Agent, Deed, Errand, Queues, Round, escalated},
    audit::{Audit, audit},
    backend::Backend,
    crowd::{Crowd, Happening},
    letter::Letter,
    post::{self, Post, Receipt},
    report::Findings,
    shops::{SHOPS, open_all},
    tally::Tally,
    time::{END, START, TICK, WEEK},
    truth::Books,
};

/// The play.
pub(crate) struct Play {
    options: Options,
    ingest: Client,
    supervisor: Client,
    analyst: Client,
    agents: Vec<Agent>,
    crowd: Crowd,
    post: Post,
    backend: Backend,
    books: BTreeMap<&'static str, Books>,
    tally: Tally,
    /// Cases left waiting: by whom, and under which fence.
    left: BTreeMap<String, (usize, i64)>,
    buyer_of_remedy: BTreeMap<String, u32>,
    errands: BTreeMap<usize, Vec<Errand>>,
    /// Shops whose queue may have changed since it was last seen empty.
    news: BTreeSet<&'static str>,
    differences: Vec<String>,
    audits: u64,
    compared: u64,
}

/// Whether the books are compared at this time: twice on the way, and at the end.
pub(crate) fn is_audit(now: i64) -> bool {
    [START + 4 * WEEK, START + 8 * WEEK, END].contains(&now)
}

async fn connect(access: &Access, key: &str) -> anyhow::Result<Client> {
    let settings = Settings { api_key: Some(key.to_owned()), ..Settings::new(&access.endpoint) };
    Ok(Client::connect(settings).await?)
}

impl Play {
    /// Opens the shops, and lets everybody connect.
    ///
    /// # Errors
    /// When the service cannot be reached or a shop cannot be opened.
    pub(crate) async fn open(options: Options, access: &Access) -> anyhow::Result<Self> {
        ensure!(!access.agent_keys.is_empty(), "a marketplace needs at least one agent");
        open_all(&connect(access, &access.admin_key).await?).await?;
        let ingest = connect(access, &access.ingest_key).await?;
        let supervisor = connect(access, &access.supervisor_key).await?;
        let mut agents = Vec::new();
        for (number, (name, key)) in access.agent_keys.iter().enumerate() {
            let client = connect(access, key).await?;
            let supervisor = supervisor.clone();
            agents.push(Agent { number, name: name.clone(), client, supervisor, seed: options.seed });
        }
        Ok(Self {
            options,
            backend: Backend::new(ingest.clone()),
            ingest,
            supervisor,
            analyst: connect(access, &access.analyst_key).await?,
            agents,
            crowd: Crowd::new(options.seed, options.buyers),
            post: Post::new(options.seed),
            books: BTreeMap::new(),
            tally: Tally::default(),
            left: BTreeMap::new(),
            buyer_of_remedy: BTreeMap::new(),
            errands: BTreeMap::new(),
            news: BTreeSet::new(),
            differences: Vec::new(),
            audits: 0,
            compared: 0,
        })
    }

    /// Cases opened so far.
    pub(crate) fn cases(&self) -> u64 {
        self.tally.cases
    }

    /// Offers made so far.
    pub(crate) fn offers(&self) -> u64 {
        self.tally.offers
    }

    /// Everything that happens until `now`, and what everybody does about it.
    ///
    /// # Errors
    /// When the service answers what no caller should ever see.
    pub(crate) async fn tick(&mut self, now: i64) -> anyhow::Result<()> {
        let happened = self.crowd.happen(now);
        let mut letters = Vec::new();
        let mut calls = Vec::new();
        for one in happened {
            match one {
                Happening::Letter(letter) => letters.push(*letter),
                call => calls.push(call),
            }
        }
        // What buyers write comes while the agents are at work; the rest before.
        let (interruptions, letters): (Vec<Letter>, Vec<Letter>) =
            letters.into_iter().partition(Letter::interrupts);
        let bags = self.post.pack(letters, now);
        let answers = post::send(&self.ingest, bags).await?;
        let receipts = self.post.file(answers)?;
        self.enter(receipts);
        for call in calls {
            self.call(call, now).await?;
        }
        for remedy in self.backend.collect().await? {
            self.carry_out(&remedy, now);
        }
        self.supervise(now).await?;
        let (receipts, deeds) = self.work(interruptions, now).await?;
        self.enter(receipts);
        for deed in deeds {
            self.apply(deed, now);
        }
        Ok(())
    }

    /// Once a day the supervisor looks after what was raised.
    async fn supervise(&mut self, now: i64) -> anyhow::Result<()> {
        if (now - START) % (2 * TICK) != 0 {
            return Ok(());
        }
        let names: Vec<String> = self.agents.iter().map(|agent| agent.name.clone()).collect();
        for shop in &SHOPS {
            let found = escalated(&self.supervisor, shop, &names).await?;
            // Timers bring cases back without a word: this is where they are seen.
            if found.waiting {
                self.news.insert(shop.id);
            }
            for (agent, errand) in found.given {
                self.errands.entry(agent).or_default().push(errand);
            }
        }
        Ok(())
    }

    /// The agents' round, and what buyers write meanwhile.
    async fn work(
        &mut self,
        interruptions: Vec<Letter>,
        now: i64,
    ) -> anyhow::Result<(Vec<Receipt>, Vec<Deed>)> {
        let news = std::mem::take(&mut self.news);
        let queues = Queues::of(SHOPS.iter().filter(|shop| news.contains(shop.id)));
        let mut rounds = JoinSet::new();
        for agent in &self.agents {
            let errands = self.errands.remove(&agent.number).unwrap_or_default();
            rounds.spawn(agent.clone().round(Round { errands, queues: queues.clone(), now }));
        }
        // Shop by shop, so that the messages are spread over the agents' round.
        let mut receipts = Vec::new();
        for bag in self.post.pack(interruptions, now) {
            let answers = post::send(&self.ingest, vec![bag]).await?;
            receipts.extend(self.post.file(answers)?);
        }
        let mut deeds = Vec::new();
        while let Some(round) = rounds.join_next().await {
            deeds.extend(round.context("an agent's round broke off")??);
        }
        Ok((receipts, deeds))
    }

    /// Says everything that was held back: before the books are compared, the
    /// service has to know all that happened.
    ///
    /// # Errors
    /// When the service refuses a signal.
    pub(crate) async fn say_the_rest(&mut self) -> anyhow::Result<()> {
        let bags = self.post.rest();
        let answers = post::send(&self.ingest, bags).await?;
        let receipts = self.post.file(answers)?;
        self.enter(receipts);
        Ok(())
    }

    /// Compares the books.
    ///
    /// # Errors
    /// When the service cannot say its figures.
    pub(crate) async fn audit(&mut self, now: i64) -> anyhow::Result<Vec<Audit>> {
        self.audits += 1;
        let mut audits = Vec::new();
        for shop in &SHOPS {
            let books = self.books.entry(shop.id).or_default();
            let audit = audit(&self.analyst, shop, books, now).await?;
            self.compared += audit.compared;
            self.differences.extend(audit.differences.iter().cloned());
            audits.push(audit);
        }
        Ok(audits)
    }

    /// Reports, with what was found when the books were compared for the last time.
    ///
    /// # Errors
    /// When the service cannot say what the report wants to know.
    pub(crate) async fn report(
        mut self,
        audits: Vec<Audit>,
        took: std::time::Duration,
    ) -> anyhow::Result<Report> {
        if self.backend.awaited() != 0 {
            let missing = self.backend.awaited();
            self.differences.push(format!("{missing} accepted remedies were never told of as events"));
        }
        let findings = Findings {
            options: self.options,
            weeks: (END - START) / WEEK,
            sent: self.post.sent,
            tally: self.tally,
            audits: self.audits,
            compared: self.compared,
            differences: self.differences,
            took,
        };
        Report::new(&self.supervisor, findings, audits).await
    }
}
