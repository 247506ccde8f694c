//! Links between cases.

use crate::code::codes;
use crate::{AgentId, CaseId, ShopId, Time};

/// Links that a case has at most.
pub const LINKS_MAX: usize = 50;

codes! {
    /// How one case stands to another.
    pub enum Relation {
        /// They have to do with each other; without a direction.
        Related = "RELATED",
        /// The first is the same trouble as the second, told once more.
        Duplicates = "DUPLICATES",
        /// The first brought the second about.
        Causes = "CAUSES",
    }
}

/// A link of two cases of one shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The tenant.
    pub shop: ShopId,
    /// The first case.
    pub from: CaseId,
    /// The second.
    pub to: CaseId,
    /// How the first stands to the second.
    pub relation: Relation,
    /// Who linked them.
    pub by: AgentId,
    /// When.
    pub at: Time,
}

/// The first and the second case of a link, as one of them asks for it. Where the relation has
/// no direction, both ask for the same.
#[must_use]
pub fn ends(case: CaseId, other: CaseId, relation: Relation, incoming: bool) -> (CaseId, CaseId) {
    let backwards = match relation {
        Relation::Related => other < case,
        Relation::Duplicates | Relation::Causes => incoming,
    };
    if backwards { (other, case) } else { (case, other) }
}

impl Link {
    /// The other case, as one of both sees it, and whether that is the first of the two.
    #[must_use]
    pub fn seen_from(&self, case: CaseId) -> (CaseId, bool) {
        let directed = self.relation != Relation::Related;
        if self.from == case { (self.to, false) } else { (self.from, directed) }
    }
}
