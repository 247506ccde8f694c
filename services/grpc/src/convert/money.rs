//! Money.

use amends_app::error::Why;
use amends_domain::Money;
use amends_proto::v1 as pb;

use crate::fields::Fields;

/// The wire form of an amount.
#[must_use]
pub fn render(money: Money) -> pb::Money {
    pb::Money { minor_units: money.minor_units, currency: money.currency.to_string() }
}

impl Fields {
    /// An amount that must be there and not be negative.
    pub fn money(&mut self, field: &'static str, money: Option<pb::Money>) -> Option<Money> {
        let money = self.required(field, money)?;
        self.inside(field, |f| {
            let minor_units = if money.minor_units < 0 {
                f.refuse("minor_units", "must not be negative")
            } else {
                Some(money.minor_units)
            };
            let currency = match money.currency.parse() {
                Ok(currency) => Some(currency),
                Err(_) => f.refuse("currency", "must be an ISO 4217 code such as `EUR`"),
            };
            Some(Money::new(minor_units?, currency?))
        })
    }

    /// An amount that may be left out. The outer option says whether it was readable.
    pub fn money_or_none(&mut self, field: &'static str, money: Option<pb::Money>) -> Option<Option<Money>> {
        match money {
            None => Some(None),
            money => self.money(field, money).map(Some),
        }
    }

    /// Says that an amount is in another currency than the one before it.
    pub fn foreign_currency<T>(&mut self, field: &'static str, expected: Money) -> Option<T> {
        self.refuse_for(Why::Currency, field, format!("must be in {}", expected.currency))
    }
}
