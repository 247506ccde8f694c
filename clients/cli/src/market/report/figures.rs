//! The served figures of all shops, put together.

use amends_proto::v1::{self, AvoidedCounts, ReviewFunnel};

use crate::market::{audit::Audit, shops::SHOPS};

/// Review reversal over all shops.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pooled {
    /// The way from a negative review to a revised one.
    pub(super) funnel: ReviewFunnel,
    /// Reversed at any time.
    pub(super) reversed: i64,
}

/// Returns on one channel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Returned {
    /// The channel.
    pub(super) channel: &'static str,
    /// Units counted by the channel, of those delivered.
    pub(super) rate: (i64, i64),
    /// Units requested back.
    pub(super) requested: i64,
    /// Units whose return did not enter the channel's figure after a remedy.
    pub(super) avoided: AvoidedCounts,
}

impl Pooled {
    /// The sum over the shops.
    pub(super) fn of(audits: &[Audit]) -> Self {
        let mut all = Self::default();
        for row in audits.iter().map(|audit| &audit.served.reversal) {
            let one = row.funnel.unwrap_or_default();
            let sum = &mut all.funnel;
            for (to, from) in [
                (&mut sum.negative, one.negative),
                (&mut sum.eligible, one.eligible),
                (&mut sum.contacted, one.contacted),
                (&mut sum.solved, one.solved),
                (&mut sum.asked, one.asked),
                (&mut sum.recovered, one.recovered),
                (&mut sum.improved, one.improved),
                (&mut sum.text_only, one.text_only),
                (&mut sum.worsened, one.worsened),
                (&mut sum.removed_by_buyer, one.removed_by_buyer),
                (&mut sum.removed_by_platform, one.removed_by_platform),
                (&mut sum.vanished, one.vanished),
                (&mut sum.re_reversed, one.re_reversed),
                (&mut sum.unchanged, one.unchanged),
            ] {
                *to += from;
            }
            all.reversed += row.reversal_rate_all.as_ref().map_or(0, |rate| rate.numerator);
        }
        all
    }

    /// Reversed of the negative.
    pub(super) fn rate(&self) -> (i64, i64) {
        (self.reversed, self.funnel.negative)
    }
}

/// The returns of every channel.
pub(super) fn returned(audits: &[Audit]) -> Vec<Returned> {
    let pair =
        |rate: &Option<v1::Rate>| rate.as_ref().map_or((0, 0), |rate| (rate.numerator, rate.denominator));
    let one = |(shop, audit): (&'static crate::market::shops::Shop, &Audit)| {
        let row = &audit.served.returns;
        Returned {
            channel: shop.channel,
            rate: pair(&row.return_rate_units),
            requested: pair(&row.requested_rate).0,
            avoided: row.avoided.unwrap_or_default(),
        }
    };
    SHOPS.iter().zip(audits).map(one).collect()
}
