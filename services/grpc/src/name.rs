//! Resource names: `shops/{shop}/cases/{case}` and the like, both ways.

use std::fmt::Display;
use std::str::FromStr;

use amends_domain::id::IdError;
use amends_domain::{
    AgentId, BuyerKey, CaseId, DecisionId, IncidentId, RemedyId, ReplyId, ReturnId, ReviewId, SampleId,
    ShopId, SuggestionId, TemplateId,
};

use crate::fields::Fields;

/// The collections below a shop.
pub trait Noun: FromStr<Err = IdError> + Display {
    /// The word of the collection, such as `cases`.
    const COLLECTION: &'static str;
    /// The pattern, for messages.
    const PATTERN: &'static str;
}

macro_rules! nouns {
    ($($id:ty = $collection:literal, $noun:literal;)+) => {$(
        impl Noun for $id {
            const COLLECTION: &'static str = $collection;
            const PATTERN: &'static str = concat!("must be `shops/{shop}/", $collection, "/{", $noun, "}`");
        }
    )+};
}

nouns! {
    AgentId = "agents", "agent";
    CaseId = "cases", "case";
    RemedyId = "remedies", "remedy";
    SuggestionId = "suggestions", "suggestion";
    ReviewId = "reviews", "review";
    ReturnId = "returns", "return";
    ReplyId = "replies", "reply";
    TemplateId = "templates", "template";
    IncidentId = "incidents", "incident";
    BuyerKey = "erasures", "pseudonym";
    SampleId = "samples", "sample";
}

/// The name of a shop.
#[must_use]
pub fn of_shop(shop: &ShopId) -> String {
    format!("shops/{shop}")
}

/// The name of something in a shop.
#[must_use]
pub fn of<N: Noun>(shop: &ShopId, id: &N) -> String {
    format!("shops/{shop}/{}/{id}", N::COLLECTION)
}

/// The name of something in a shop, empty when there is none.
#[must_use]
pub fn of_any<N: Noun>(shop: &ShopId, id: Option<&N>) -> String {
    id.map(|id| of(shop, id)).unwrap_or_default()
}

/// The name of a stored decision, empty when there is none. No call takes one.
#[must_use]
pub fn of_decision(shop: &ShopId, id: Option<&DecisionId>) -> String {
    id.map(|id| format!("shops/{shop}/decisions/{id}")).unwrap_or_default()
}

/// Stands for all shops, where a question may be about several.
const ALL_SHOPS: &str = "shops/-";

impl Fields {
    /// The shop that a name stands for.
    pub fn shop(&mut self, field: &'static str, name: &str) -> Option<ShopId> {
        match name.strip_prefix("shops/").map(str::parse) {
            Some(Ok(shop)) => Some(shop),
            _ => self.refuse(field, "must be `shops/{shop}`"),
        }
    }

    /// The shop that a name stands for, or none where it stands for all that the caller may read.
    /// The outer option says whether it could be read at all.
    pub fn shops(&mut self, field: &'static str, name: &str) -> Option<Option<ShopId>> {
        if name == ALL_SHOPS { Some(None) } else { self.shop(field, name).map(Some) }
    }

    /// The shop and thing that a name stands for.
    pub fn named<N: Noun>(&mut self, field: &'static str, name: &str) -> Option<(ShopId, N)> {
        let mut parts = name.split('/');
        let (shops, shop, collection, id, rest) =
            (parts.next(), parts.next(), parts.next(), parts.next(), parts.next());
        if let (Some("shops"), Some(shop), Some(collection), Some(id), None) =
            (shops, shop, collection, id, rest)
            && collection == N::COLLECTION
            && let (Ok(shop), Ok(id)) = (shop.parse(), id.parse())
        {
            return Some((shop, id));
        }
        self.refuse(field, N::PATTERN)
    }

    /// Something of a known shop that a name stands for; may be empty.
    ///
    /// The outer option says whether the name was readable. A shop that could
    /// not be read was refused before, so any shop is taken then.
    pub fn named_in<N: Noun>(
        &mut self,
        field: &'static str,
        name: &str,
        shop: Option<&ShopId>,
    ) -> Option<Option<N>> {
        if name.is_empty() {
            return Some(None);
        }
        let (named, id) = self.named::<N>(field, name)?;
        if shop.is_some_and(|shop| *shop != named) {
            return self.refuse(field, "must name something of the same shop");
        }
        Some(Some(id))
    }

    /// The name of a shop's policy.
    pub fn policy_of(&mut self, field: &'static str, name: &str) -> Option<ShopId> {
        let shop = name.strip_prefix("shops/").and_then(|rest| rest.strip_suffix("/policy"));
        match shop.map(str::parse) {
            Some(Ok(shop)) => Some(shop),
            _ => self.refuse(field, "must be `shops/{shop}/policy`"),
        }
    }

    /// The version that an etag stands for.
    pub fn etag(&mut self, field: &'static str, etag: &str) -> Option<i64> {
        match etag.parse() {
            Ok(version) if version > 0 => Some(version),
            _ if etag.is_empty() => self.refuse(field, "must be set to the etag that was read"),
            _ => self.refuse(field, "is not an etag of this service"),
        }
    }

    /// The fence of a lease that the caller must have.
    pub fn fence(&mut self, fence: i64) -> Option<i64> {
        if fence > 0 { Some(fence) } else { self.refuse("fence", "must be set to the fence of your lease") }
    }

    /// A number that is zero or above.
    pub fn position(&mut self, field: &'static str, number: i64) -> Option<i64> {
        if number >= 0 { Some(number) } else { self.refuse(field, "must not be negative") }
    }
}

#[cfg(test)]
mod tests;
