//! What must be said about a running clock, each thing exactly once.

use super::{Calendar, Clocks, Metric, Row};
use crate::Time;
use crate::code::codes;

codes! {
    /// What there is to say.
    pub enum DueKind {
        /// Three quarters of the promised time have passed.
        Warning = "WARNING",
        /// All of it has.
        Breach = "BREACH",
    }
}

/// Something that is due, or was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Due {
    /// When, whenever it is told.
    pub at: Time,
    /// Of which metric.
    pub metric: Metric,
    /// Which instance of it.
    pub number: u32,
    /// What.
    pub kind: DueKind,
}

impl Row {
    /// The next thing not yet told.
    fn next(&self, calendar: &Calendar) -> Option<Due> {
        let kind = match (self.warned_at, self.breached_at) {
            (None, _) => DueKind::Warning,
            (Some(_), None) => DueKind::Breach,
            (Some(_), Some(_)) => return None,
        };
        let at = self.due_at(kind, calendar)?;
        Some(Due { at, metric: self.metric, number: self.number, kind })
    }

    fn mark(&mut self, due: &Due) {
        match due.kind {
            DueKind::Warning => self.warned_at = Some(due.at),
            DueKind::Breach => self.breached_at = Some(due.at),
        }
    }
}

impl Clocks {
    /// The next warning or breach not yet told, if nothing happens until then.
    #[must_use]
    pub fn due(&self, calendar: &Calendar) -> Option<Due> {
        self.rows.iter().filter_map(|row| row.next(calendar)).min_by_key(|due| (due.at, due.metric))
    }

    /// Marks everything that is due by then as told, and answers it in order.
    ///
    /// What has been told is not unsaid: a moment that is learnt afterwards
    /// happens, for these clocks, no earlier than the last thing told.
    pub fn tell(&mut self, by: Time, calendar: &Calendar) -> Vec<Due> {
        let mut told = Vec::new();
        for row in &mut self.rows {
            while let Some(due) = row.next(calendar).filter(|due| due.at <= by) {
                row.mark(&due);
                told.push(due);
            }
        }
        told.sort_by_key(|due| (due.at, due.metric));
        if let Some(last) = told.last() {
            self.stand.last_at = self.stand.last_at.max(last.at);
        }
        told
    }
}
