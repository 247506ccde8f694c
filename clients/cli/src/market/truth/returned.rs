//! When a channel counts a return, told from what was seen of the request.

use crate::market::shops::Counting;

/// What a channel says about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// It was opened.
    Requested,
    /// Offers are exchanged.
    Negotiating,
    /// A word that nobody knows.
    Unknown,
    /// The buyer took it back.
    Withdrawn,
    /// It was approved.
    Approved,
    /// The goods are on their way back.
    InTransit,
    /// The goods are back.
    Received,
    /// The money is back.
    Settled,
    /// It was declined.
    Declined,
}

/// What was seen of a request once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    /// When.
    pub(crate) at: i64,
    /// Where it stood.
    pub(crate) said: Said,
    /// Pieces.
    pub(crate) pieces: u32,
    /// Whether the channel held the seller at fault, if it said.
    pub(crate) fault: Option<bool>,
}

/// What a request came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Came {
    /// When it was opened.
    pub(crate) requested: i64,
    /// When the channel's figure counts it, if it does.
    pub(crate) counted: Option<i64>,
    /// When it was taken back, if it stands so.
    pub(crate) withdrawn: Option<i64>,
    /// Pieces.
    pub(crate) pieces: u32,
}

/// What a request came to; none of nothing.
pub(crate) fn came(steps: &[Step], counting: Counting) -> Option<Came> {
    let mut steps = steps.to_vec();
    steps.sort_by_key(|step| step.at);
    let first = |of: &dyn Fn(&Step) -> bool| steps.iter().find(|step| of(step)).map(|step| step.at);
    let requested = first(&|_| true)?;
    let agreed = [Said::Approved, Said::InTransit, Said::Received, Said::Settled];
    let approved = first(&|step| agreed.contains(&step.said));
    let back = first(&|step| step.said == Said::Received);
    let fault = steps
        .iter()
        .rev()
        .find_map(|step| step.fault)
        .filter(|fault| *fault)
        .and_then(|_| first(&|step| step.fault == Some(true)));
    let last = steps.iter().rev().find(|step| step.said != Said::Unknown);
    let withdrawn = last.filter(|step| step.said == Said::Withdrawn).map(|step| step.at);
    let standing = withdrawn.is_none();
    let counted = match counting {
        Counting::Opened => Some(requested),
        Counting::Listed => Some(requested).filter(|_| standing),
        Counting::SellerFault => approved.zip(fault).filter(|_| standing).map(|(a, b)| a.max(b)),
        Counting::GoodsBack => back,
        Counting::Approved => approved.filter(|_| standing),
    };
    Some(Came { requested, counted, withdrawn, pieces: steps.last().map_or(0, |step| step.pieces) })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn step(at: i64, said: Said) -> Step {
        Step { at, said, pieces: 1, fault: None }
    }

    fn counted(said: &[Said], counting: Counting) -> Option<i64> {
        let steps: Vec<_> = (1..).zip(said).map(|(at, said)| step(at, *said)).collect();
        came(&steps, counting).unwrap().counted
    }

    #[test]
    fn each_channel_counts_by_its_own_rule() {
        use Said::{Approved, InTransit, Received, Requested, Settled};
        let whole = [Requested, Approved, InTransit, Received, Settled];
        let expected = [
            (Counting::Opened, Some(1)),
            (Counting::Listed, Some(1)),
            (Counting::SellerFault, None),
            (Counting::GoodsBack, Some(4)),
            (Counting::Approved, Some(2)),
        ];
        for (counting, at) in expected {
            assert_eq!(counted(&whole, counting), at, "{counting:?}");
        }
    }

    #[test]
    fn a_withdrawn_request_counts_only_where_opening_counts() {
        let story = [Said::Requested, Said::Withdrawn];
        let rules = [
            Counting::Opened,
            Counting::Listed,
            Counting::SellerFault,
            Counting::GoodsBack,
            Counting::Approved,
        ];
        let counting: Vec<_> = rules.into_iter().filter(|rule| counted(&story, *rule).is_some()).collect();
        assert_eq!(counting, [Counting::Opened]);
    }

    #[test]
    fn fault_counts_from_when_both_are_known() {
        let mut steps = vec![step(1, Said::Requested), step(5, Said::Approved)];
        assert_eq!(came(&steps, Counting::SellerFault).unwrap().counted, None);
        steps.push(Step { fault: Some(true), ..step(7, Said::InTransit) });
        assert_eq!(came(&steps, Counting::SellerFault).unwrap().counted, Some(7));
        steps.push(Step { fault: Some(false), ..step(8, Said::Received) });
        assert_eq!(came(&steps, Counting::SellerFault).unwrap().counted, None);
    }

    #[test]
    fn a_word_nobody_knows_changes_nothing() {
        let story = [Said::Requested, Said::Withdrawn, Said::Unknown];
        assert_eq!(counted(&story, Counting::Listed), None);
    }
}
