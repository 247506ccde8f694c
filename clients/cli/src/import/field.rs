//! What a row can say, and the headers people write above it.

use clap::ValueEnum;

/// What the rows of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Orders; rows of one order that follow each other are its lines.
    Order,
    /// Reviews as they were observed.
    Review,
    /// Messages exchanged with buyers.
    Message,
    /// Return or refund requests.
    Return,
}

impl Kind {
    /// Every kind, in the order in which a guess prefers them.
    pub(crate) const ALL: [Self; 4] = [Self::Return, Self::Review, Self::Message, Self::Order];

    /// The word for it, also in the ids of its signals.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Review => "review",
            Self::Message => "message",
            Self::Return => "return",
        }
    }

    /// The word for several.
    pub(crate) fn plural(self) -> &'static str {
        match self {
            Self::Order => "orders",
            Self::Review => "reviews",
            Self::Message => "messages",
            Self::Return => "returns",
        }
    }

    /// What a plain column `id` means in such a file.
    pub(crate) fn id(self) -> Field {
        match self {
            Self::Order => Field::OrderId,
            Self::Review => Field::ReviewId,
            Self::Message => Field::MessageId,
            Self::Return => Field::ReturnId,
        }
    }

    /// Columns that only such a file has.
    pub(crate) fn marks(self) -> &'static [Field] {
        match self {
            Self::Order => &[Field::UnitPrice],
            Self::Review => &[Field::ReviewId, Field::Rating],
            Self::Message => &[Field::MessageId, Field::ConversationId, Field::Direction],
            Self::Return => &[Field::ReturnId, Field::RefundAmount, Field::SellerFault],
        }
    }

    /// What cannot be left out: one field of each group has to be mapped.
    pub(crate) fn needs(self) -> &'static [&'static [Field]] {
        match self {
            Self::Order => {
                &[&[Field::OrderId], &[Field::BuyerId], &[Field::Sku, Field::LineId], &[Field::UnitPrice]]
            }
            Self::Review => &[&[Field::Rating, Field::FollowUp]],
            Self::Message => &[&[Field::BuyerId], &[Field::Text]],
            Self::Return => &[&[Field::OrderId]],
        }
    }

    /// What such a row can say.
    pub(crate) fn fields(self) -> impl Iterator<Item = Field> {
        SPECS.iter().filter(move |spec| spec.kinds.contains(self.letter())).map(|spec| spec.field)
    }

    fn letter(self) -> char {
        match self {
            Self::Order => 'o',
            Self::Review => 'r',
            Self::Message => 'm',
            Self::Return => 't',
        }
    }
}

struct Spec {
    field: Field,
    name: &'static str,
    /// The letters of the kinds that know it.
    kinds: &'static str,
    /// Other headers for it, in lower case without anything but letters and digits;
    /// the first one that is there wins.
    spellings: &'static [&'static str],
}

macro_rules! fields {
    ($($field:ident $name:literal $kinds:literal [$($spelling:literal)*])*) => {
        /// Something a row can say about an order, review, message or return.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Field { $($field),* }

        const SPECS: &[Spec] = &[$(
            Spec { field: Field::$field, name: $name, kinds: $kinds, spellings: &[$($spelling),*] }
        ),*];

        impl Field {
            /// The name `--map` takes.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$field => $name),* }
            }
        }
    };
}

fields! {
    OrderId "order_id" "ormt" ["orderid" "ordernumber" "orderno" "ordernr" "ordersn" "order" "ordername" "purchaseid" "amazonorderid"]
    ReviewId "review_id" "r" ["reviewid" "reviewnumber" "ratingid" "commentid" "feedbackid"]
    MessageId "message_id" "m" ["messageid" "msgid" "messagenumber"]
    ReturnId "return_id" "t" ["returnid" "returnsn" "returnnumber" "rma" "rmaid" "rmanumber" "refundid" "claimid" "requestid"]
    ConversationId "conversation_id" "m" ["conversationid" "conversation" "threadid" "thread" "chatid" "ticketid" "ticket"]
    LineId "line_id" "ormt" ["lineid" "orderlineid" "lineitemid" "orderitemid" "itemid" "linenumber" "lineno" "line"]
    Sku "sku" "or" ["sku" "skuid" "sellersku" "articlenumber" "article" "asin" "productid" "productcode" "itemcode" "product" "lineitemsku"]
    BuyerId "buyer_id" "ormt" ["buyerid" "buyer" "buyerusername" "customerid" "customer" "customernumber" "userid" "user" "username" "reviewerid" "reviewer" "author" "authorid" "senderid" "customeremail" "email"]
    Rating "rating" "r" ["rating" "stars" "star" "starrating" "ratingstar" "reviewrating" "score" "reviewscore" "overall" "note"]
    Text "text" "rm" ["text" "reviewtext" "reviewbody" "reviewcontent" "comment" "comments" "body" "content" "review" "message" "messagetext" "messagebody" "feedback" "reviewcomment" "commentmessage"]
    Language "language" "orm" ["language" "lang" "languagecode" "locale" "reviewlanguage"]
    FollowUp "follow_up" "r" ["followup" "isfollowup" "additional"]
    Visible "visible" "r" ["visible" "isvisible" "published" "ispublished"]
    Direction "direction" "m" ["direction" "sender" "sendertype" "senderrole" "from" "fromrole" "role" "inbound" "writtenby"]
    Author "author" "m" ["authortype" "authorkind" "writtenwith"]
    PublicReply "public_reply" "m" ["publicreply" "public" "ispublic"]
    Title "title" "o" ["title" "producttitle" "productname" "itemname" "lineitemname" "name" "itemtitle"]
    Category "category" "o" ["category" "productcategory" "categoryname" "producttype"]
    Quantity "quantity" "ot" ["quantity" "qty" "pieces" "units" "count" "lineitemquantity" "quantitypurchased" "amountofitems" "returnquantity"]
    UnitPrice "unit_price" "o" ["unitprice" "price" "itemprice" "lineitemprice" "priceperunit" "dealprice" "sellingprice" "paidprice"]
    Currency "currency" "ot" ["currency" "currencycode" "refundcurrency"]
    State "state" "o" ["state" "status" "orderstatus" "orderstate" "financialstatus"]
    Region "buyer_region" "o" ["buyerregion" "region" "country" "countrycode" "shippingcountry" "buyercountry"]
    Zone "buyer_time_zone" "o" ["buyertimezone" "timezone"]
    Status "status" "t" ["status" "returnstatus" "returnstate" "state" "refundstatus"]
    Reason "reason" "t" ["reason" "returnreason" "refundreason" "cause" "reasoncode"]
    RefundAmount "refund_amount" "t" ["refundamount" "refund" "refundtotal" "refundvalue" "amount"]
    SellerFault "seller_fault" "t" ["sellerfault" "issellerfault"]
    Deadline "channel_deadline" "t" ["channeldeadline" "deadline" "duedate" "respondby" "duetime"]
    Date "date" "ormt" ["date" "createdat" "created" "createtime" "creationdate" "time" "timestamp" "datetime" "reviewdate" "reviewtime" "reviewcreationdate" "submittedat" "postedat" "publishedat" "orderdate" "ordertime" "orderedat" "purchasedate" "paidat" "requestdate" "requestedat" "requesttime" "sentat" "senddate" "messagedate" "ctime" "unixreviewtime"]
    Updated "updated" "ort" ["updated" "updatedat" "updatetime" "modified" "modifiedat" "modifytime" "lastupdated" "lastmodified" "lastupdate" "editedat" "mtime"]
}

impl Field {
    /// The field of that name, as `--map` takes it.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let plain = plain(name);
        SPECS.iter().find(|spec| self::plain(spec.name) == plain).map(|spec| spec.field)
    }

    /// How well a header fits: smaller is better, none if it does not.
    pub(crate) fn fit(self, header: &str) -> Option<usize> {
        let spec = SPECS.iter().find(|spec| spec.field == self)?;
        let rank = |header: &str| spec.spellings.iter().position(|spelling| *spelling == header);
        // `customer.id` of nested JSON is a customer id; `lines.sku` is a sku.
        let last = header.rsplit('.').next().unwrap_or(header);
        rank(&plain(header)).or_else(|| rank(&plain(last)).map(|rank| rank + spec.spellings.len()))
    }
}

/// A header without case, blanks and punctuation: `Order ID` becomes `orderid`.
pub(crate) fn plain(header: &str) -> String {
    header.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_found_by_its_name_and_belongs_to_a_kind() {
        for spec in SPECS {
            assert_eq!(Field::named(spec.name), Some(spec.field), "{}", spec.name);
            assert!(Kind::ALL.iter().any(|kind| spec.kinds.contains(kind.letter())), "{}", spec.name);
        }
    }

    #[test]
    fn every_spelling_can_be_met() {
        for spec in SPECS {
            for spelling in spec.spellings {
                assert_eq!(plain(spelling), *spelling, "{}", spec.name);
            }
        }
    }

    #[test]
    fn headers_fit_in_the_spellings_people_use() {
        for header in ["order_id", "orderid", "Order ID", "ORDER-ID", "Order No."] {
            assert!(Field::OrderId.fit(header).is_some(), "{header}");
        }
        assert!(Field::BuyerId.fit("customer.id").is_some());
        assert!(Field::Sku.fit("lines.sku") > Field::Sku.fit("sku"));
        assert_eq!(Field::Rating.fit("label"), None);
    }

    #[test]
    fn what_a_kind_needs_is_something_it_can_say() {
        for kind in Kind::ALL {
            let known: Vec<_> = kind.fields().collect();
            let needed = kind.needs().iter().flat_map(|group| group.iter());
            assert!(needed.chain(kind.marks()).all(|field| known.contains(field)), "{kind:?}");
            assert!(known.contains(&kind.id()));
        }
    }
}
