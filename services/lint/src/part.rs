//! The parts of which forbidden wordings are made. What a part means is the same in every
//! language; which words say it stands in `rules/<language>.toml`.

use serde::Deserialize;

macro_rules! parts {
    ($($(#[$meta:meta])* $value:ident),+ $(,)?) => {
        /// What a word or phrase contributes to a rule.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub(crate) enum Part { $($(#[$meta])* $value),+ }

        impl Part {
            pub(crate) const COUNT: usize = [$(Self::$value),+].len();
        }
    };
}

parts! {
    /// A review, rating, comment, feedback.
    Review,
    /// What can only be the review of this buyer: "your review".
    Named,
    /// Stars.
    Stars,
    /// As many stars as there are.
    Five,
    /// What makes a review a good one.
    Praise,
    /// A good review in one expression.
    Good,
    /// Asking to write: "leave us", "give".
    Write,
    /// Asking to review, in one expression: "rate us".
    Rate,
    /// Asking to revise: "change", "update", "reconsider".
    Change,
    /// The same of something named in the sentence before.
    ChangeIt,
    /// Asking for more stars: "raise", "improve".
    Raise,
    /// Asking to delete or hide.
    Remove,
    /// The same of something named in the sentence before.
    RemoveIt,
    /// "it", "them": stands for something named in the sentence before.
    It,
    /// Something of value: refund, coupon, gift.
    Value,
    /// A remedy without being a gift: replacement. It only may not stand beside an ask.
    Remedy,
    /// "in exchange", "as a reward".
    Exchange,
    /// "if", "once", "as soon as".
    If,
    /// "we will send you", "you will receive".
    Give,
    /// "for", between what is given and what for.
    For,
    /// "whether or not", "either way": nothing is tied.
    Regardless,
    /// "please", "we hope", "would mean a lot".
    Please,
    /// "reminder", "don't forget".
    Remind,
    /// What a review does to those who beg: "hurts our shop", "will be fined".
    Plea,
    /// "only", "nothing but", before a good review.
    Only,
    /// Thanks; what follows is told of, not asked for.
    Thanks,
    /// Apologies; likewise.
    Sorry,
    /// "we saw", "glad": likewise.
    Noted,
    /// "taking the time": what the sentence says was done, and is not asked for.
    Took,
    /// "we never ask": undoes everything that follows in its sentence.
    Never,
    /// "you need not": undoes the verb that follows in its clause.
    Waive,
    /// Undoes the verb that precedes.
    WaiveAfter,
    /// "we will", before a verb: not asked of the buyer.
    Ourselves,
    /// A screenshot of the review.
    Proof,
    /// Asking to cancel, close or withdraw.
    Withdraw,
    /// The same of something named in the sentence before.
    WithdrawIt,
    /// Return request, dispute, claim, case.
    Case,
    /// A threat in one expression.
    Threat,
    /// Lawyer, court, police.
    Legal,
    /// "otherwise", "if you do not", "against you".
    Force,
    /// To block, ban, report: with an account it is a threat.
    Block,
    /// "your account", "as a fraudulent buyer".
    Account,
    /// "we have", "we know", before what is private.
    Hold,
    /// To publish or expose.
    Expose,
    /// Address, number, name of the buyer.
    Private,
    /// To write, call, reach, add.
    Contact,
    /// A messenger or network.
    Messenger,
    /// Phone, mobile, hotline.
    Phone,
    /// Order, parcel, invoice: what numbers belong to.
    Order,
    /// Outside the marketplace, in one expression.
    Outside,
    /// Harmless expressions that mute what they contain.
    Neutral,
    /// Whole expressions of a rule.
    SayIncentive,
    SayPressure,
    SayRemoval,
    SayWithdrawal,
    /// Advice: "you must".
    Must,
    /// Advice: "your fault".
    Blame,
    /// Advice: "sorry, but".
    Excuse,
}
