//! The time of agents, told again from the log.

use std::collections::HashMap;

use amends_domain::CaseId;
use amends_domain::agent_performance::{AgentSpan, CASE_WORDS, Made, Mark, PRESENCE_WORDS, SpanKind};
use amends_store::case::{CaseCursor, CaseFilter, CaseOrder};
use amends_store::event::{self, EventRow};
use amends_store::{Conn, Of, agent_performance, case};

use super::{Corrections, PAGE, Pass};
use crate::agent_performance::made;
use crate::error::Result;

/// Cases read at once; each comes with a part of its log.
const CASES: u32 = 200;

impl Pass {
    pub(super) async fn agent_performance(
        &mut self,
        conn: &Conn,
        mut fix: Option<&mut Corrections>,
    ) -> Result<()> {
        self.presences(conn, fix.as_deref_mut()).await?;
        let (shop, order) = (self.info.shop.id.clone(), CaseOrder::Opened);
        let mut after = None;
        loop {
            let page = case::list(conn, &shop, &CaseFilter::default(), order, after.as_ref(), CASES).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(CaseCursor::after(last, order));
            let keys: Vec<Of<CaseId>> = page.iter().map(|case| (shop.clone(), case.id)).collect();
            self.held(conn, &keys, fix.as_deref_mut()).await?;
        }
    }

    /// What was held and done in some cases.
    async fn held(
        &mut self,
        conn: &Conn,
        keys: &[Of<CaseId>],
        mut fix: Option<&mut Corrections>,
    ) -> Result<()> {
        let mut logs: HashMap<CaseId, Vec<EventRow>> = HashMap::new();
        for one in event::by_cases(keys, &[CASE_WORDS]).all(conn).await? {
            one.row.case.into_iter().for_each(|case| logs.entry(case).or_default().push(one.row.clone()));
        }
        let subjects: Vec<Of<String>> =
            keys.iter().map(|(shop, case)| (shop.clone(), case.to_string())).collect();
        let mut spans: HashMap<String, Vec<AgentSpan>> = HashMap::new();
        for span in agent_performance::spans_of(SpanKind::Holding, &subjects).all(conn).await? {
            spans.entry(span.subject.clone()).or_default().push(span);
        }
        let mut marks: HashMap<CaseId, Vec<Mark>> = HashMap::new();
        for mark in agent_performance::marks_of(keys).all(conn).await? {
            marks.entry(mark.case).or_default().push(mark);
        }
        for key in keys {
            let mut derived = made(logs.get(&key.1).into_iter().flatten());
            derived.marks.sort_by_key(|mark| mark.event.to_string());
            let stored = (
                spans.remove(&key.1.to_string()).unwrap_or_default(),
                marks.remove(&key.1).unwrap_or_default(),
            );
            let differs = [
                self.differ(format_args!("holds of {}", key.1), &stored.0, &derived.spans),
                self.differ(format_args!("acts of agents in {}", key.1), &stored.1, &derived.marks),
            ];
            if let Some(fix) = fix.as_deref_mut().filter(|_| differs.contains(&true)) {
                fix.agents.forget_cases.push(key.clone());
                fix.agents.put(derived);
            }
        }
        Ok(())
    }

    async fn presences(&mut self, conn: &Conn, fix: Option<&mut Corrections>) -> Result<()> {
        let shop = self.info.shop.id.clone();
        let (mut log, mut after) = (Vec::new(), 0);
        loop {
            let page = event::of_no_case(conn, &shop, PRESENCE_WORDS, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            log.extend(page.into_iter().map(|one| one.row));
        }
        let derived = made(&log);
        let stored = agent_performance::presences(conn, &shop).await?;
        let key = |span: &AgentSpan| (span.kind, span.subject.clone());
        let mut subjects: Vec<_> = stored.iter().chain(&derived.spans).map(key).collect();
        subjects.sort();
        subjects.dedup();
        let mut fix = fix;
        for subject in subjects {
            let of = |spans: &[AgentSpan]| -> Vec<AgentSpan> {
                spans.iter().filter(|span| key(span) == subject).cloned().collect()
            };
            let (stored, derived) = (of(&stored), of(&derived.spans));
            let (kind, agent) = &subject;
            let differs = self.differ(format_args!("{kind} of {agent}"), &stored, &derived);
            if let Some(fix) = fix.as_deref_mut().filter(|_| differs) {
                fix.agents.forget_presences.push((shop.clone(), *kind, agent.clone()));
                fix.agents.put(Made { spans: derived, ..Made::default() });
            }
        }
        Ok(())
    }
}

/// What is stored of the time of agents and is not what the log makes.
#[derive(Debug, Default)]
pub(super) struct Agents {
    forget_cases: Vec<Of<CaseId>>,
    forget_presences: Vec<(amends_domain::ShopId, SpanKind, String)>,
    spans: Vec<AgentSpan>,
    marks: Vec<Mark>,
}

impl Agents {
    fn put(&mut self, made: Made) {
        self.spans.extend(made.spans);
        self.marks.extend(made.marks);
    }

    pub(super) async fn store(self, conn: &Conn) -> Result<()> {
        let mut forget = self.forget_presences;
        let held = self.forget_cases.iter();
        forget.extend(held.map(|(shop, case)| (shop.clone(), SpanKind::Holding, case.to_string())));
        conn.send([
            agent_performance::forget_spans(&forget),
            agent_performance::forget_marks(&self.forget_cases),
        ])
        .await?;
        let puts = [agent_performance::put_spans(&self.spans), agent_performance::put_marks(&self.marks)];
        Ok(conn.send(puts).await?)
    }
}
