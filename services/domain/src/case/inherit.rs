//! What a case that stays learns from one that becomes part of it.

use super::Case;

impl Case {
    /// Learns what the other knew, whoever made one of the two; says whether anything changed.
    ///
    /// The version is the caller's: a person who merges changes the case in any event.
    pub fn inherit(&mut self, from: &Self) -> bool {
        let known = |case: &Self| {
            let stamps = (case.first_human_action_at, case.waiting_since, case.hard_deadline);
            (stamps, case.first_agent.clone(), case.remedied, case.level)
        };
        let before = known(self);
        let learnt = self.learn(&from.reasons, &from.flags, from.hard_deadline);
        self.level = self.level.max(from.level);
        self.first_agent = self.first_agent.take().or_else(|| from.first_agent.clone());
        // What changes in a review after somebody acted on either case is not natural any more.
        self.first_human_action_at =
            self.first_human_action_at.into_iter().chain(from.first_human_action_at).min();
        self.remedied = self.remedied.or(from.remedied);
        // Whoever waits for an answer waits for it in the case that stays.
        self.waiting_since = self.waiting_since.into_iter().chain(from.waiting_since).min();
        learnt || before != known(self)
    }
}
