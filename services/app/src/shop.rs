//! Shops: the tenants.

use amends_domain::deadline::DeadlineKind;
use amends_domain::shop::{Channel, Shop};
use amends_domain::zone::Zone;
use amends_domain::{Currency, ShopId};
use amends_store::{rollup, shop};

use crate::app::App;
use crate::basis;
use crate::call::{Call, Principal, Role, ShopScope};
use crate::error::{AppError, Result, Violation, Why};
use crate::runner::{Answer, Command};
use crate::work::Work;

/// Who may create and change shops.
const WRITERS: &[Role] = &[Role::Admin];

/// The longest name of a shop, in characters.
pub const DISPLAY_NAME_CHARS_MAX: usize = 200;

/// The longest id of a shop, in bytes.
pub const SHOP_ID_BYTES_MAX: usize = 64;

/// The most shops on one page.
pub const SHOPS_PAGE_MAX: u32 = 200;

/// The longest name of a time zone there is has 32 characters.
const TIME_ZONE_CHARS_MAX: usize = 64;

/// Creates a shop.
#[derive(Debug, Clone)]
pub struct CreateShop {
    /// Its id.
    pub id: ShopId,
    /// What people call it; empty takes the id.
    pub display_name: String,
    /// Where it sells.
    pub channel: Channel,
    /// The region, as an upper-case code; empty when the channel has none.
    pub region: String,
    /// The currency of its orders.
    pub currency: Currency,
    /// Its IANA time zone.
    pub time_zone: String,
}

/// Changes what can be changed of a shop. Run it with [`App::change_shop`].
#[derive(Debug, Clone)]
pub struct UpdateShop {
    /// Which shop.
    pub shop: ShopId,
    /// What people call it from now on; none leaves it.
    pub display_name: Option<String>,
    /// The version the caller saw; none is not checked.
    pub version: Option<i64>,
}

impl Command for CreateShop {
    type Output = Shop;

    const NAME: &'static str = "CreateShop";

    /// There is nothing to belong to yet.
    fn shop(&self) -> Option<&ShopId> {
        None
    }

    async fn run(self, work: &mut Work) -> Result<Shop> {
        work.call.principal.require(WRITERS)?;
        if !work.call.principal.sees(&self.id) {
            // Who is bound to some shops cannot make itself another.
            return Err(AppError::RoleMissing { any: WRITERS });
        }
        let violations = self.violations();
        if !violations.is_empty() {
            return Err(AppError::Invalid(violations));
        }
        let name = if self.display_name.is_empty() { self.id.to_string() } else { self.display_name };
        let shop = Shop {
            id: self.id,
            display_name: name,
            channel: self.channel,
            region: self.region,
            currency: self.currency,
            time_zone: self.time_zone,
            version: 1,
        };
        // Without this secret nobody can say which pseudonym a buyer has.
        let salt: [u8; 32] = work.app.ids().bytes();
        if !shop::insert(&work.tx, &shop, &salt, work.now).await? {
            return Err(AppError::AlreadyExists { what: "shop", name: shop.id.to_string() });
        }
        let mut basis = basis::of(&shop);
        if !work.app.settings().rollups {
            // Nobody shall take for counted what is not.
            basis.revision = 0;
        }
        work.write([rollup::put_basis(&shop.id, &basis)]);
        let first_look = crate::incident::next_look(&Zone::named(&shop.time_zone), work.now);
        work.due(&shop.id, DeadlineKind::IncidentLook, &shop.id, first_look);
        Ok(shop)
    }
}

impl CreateShop {
    fn violations(&self) -> Vec<Violation> {
        let mut found = Vec::new();
        let mut wrong = |field: &str, problem: &str| {
            found.push(Violation {
                field: field.to_owned(),
                problem: problem.to_owned(),
                why: Why::Malformed,
            });
        };
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
        if self.id.as_str().len() > SHOP_ID_BYTES_MAX || !self.id.as_str().bytes().all(plain) {
            wrong("shop_id", "must be 1–64 characters of a–z, 0–9, '-' and '_'");
        }
        if self.id.as_str() == "-" {
            wrong("shop_id", "must not be `-`, which stands for all shops");
        }
        if self.display_name.chars().count() > DISPLAY_NAME_CHARS_MAX {
            wrong("shop.display_name", "must be at most 200 characters long");
        }
        if !self.region.is_empty()
            && (self.region.len() != 2 || !self.region.bytes().all(|b| b.is_ascii_uppercase()))
        {
            wrong("shop.region", "must be two upper-case letters (ISO 3166-1)");
        }
        let zone = |b: u8| b.is_ascii_alphanumeric() || b"/_+-".contains(&b);
        let length = self.time_zone.len();
        if length == 0 || length > TIME_ZONE_CHARS_MAX || !self.time_zone.bytes().all(zone) {
            wrong("shop.time_zone", "must be an IANA time zone such as Asia/Jakarta");
        }
        found
    }
}

impl Command for UpdateShop {
    type Output = Shop;

    const NAME: &'static str = "UpdateShop";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<Shop> {
        work.call.principal.require(WRITERS)?;
        let mut shop =
            shop::get(&work.tx, &self.shop).await?.ok_or_else(|| AppError::not_found("shop", &self.shop))?;
        if let Some(seen) = self.version.filter(|seen| *seen != shop.version) {
            return Err(AppError::EtagStale { seen, current: shop.version });
        }
        if let Some(name) = self.display_name {
            if name.chars().count() > DISPLAY_NAME_CHARS_MAX {
                return Err(AppError::field("shop.display_name", "must be at most 200 characters long"));
            }
            shop.display_name = if name.is_empty() { shop.id.to_string() } else { name };
        }
        let seen = shop.version;
        shop.version += 1;
        if shop::update(&work.tx, &shop).await? {
            Ok(shop)
        } else {
            Err(AppError::EtagStale { seen, current: shop.version })
        }
    }
}

impl App {
    /// Runs a command that changes a shop or its policy, and then forgets what was kept of it.
    ///
    /// # Errors
    /// As [`App::execute`].
    pub async fn change_shop<C: Command>(
        &self,
        call: Call,
        command: C,
        render: fn(&C::Output) -> Vec<u8>,
    ) -> Result<Answer<C::Output>> {
        let shop = command.shop().cloned();
        let answer = self.execute(call, command, render).await;
        // After the commit: forgotten earlier, another reader could keep the old one.
        if let Some(shop) = shop {
            self.shops().forget(&shop);
        }
        answer
    }

    /// One shop.
    ///
    /// # Errors
    /// When there is no such shop, it is another's, or storage fails.
    pub async fn shop(&self, principal: &Principal, id: &ShopId) -> Result<Shop> {
        principal.enter(id)?;
        shop::get(&self.store().reader(), id).await?.ok_or_else(|| AppError::not_found("shop", id))
    }

    /// A page of the shops the principal may see, by id; with where the next page begins.
    ///
    /// # Errors
    /// When storage fails.
    pub async fn shop_page(
        &self,
        principal: &Principal,
        channels: &[Channel],
        after: Option<&ShopId>,
        limit: u32,
    ) -> Result<(Vec<Shop>, Option<ShopId>)> {
        let only = match &principal.shops {
            ShopScope::All => None,
            ShopScope::Only(shops) => Some(shops.as_slice()),
        };
        let limit = usize::try_from(limit.clamp(1, SHOPS_PAGE_MAX)).unwrap_or(1);
        let (conn, mut after, mut page) = (self.store().reader(), after.cloned(), Vec::new());
        loop {
            let read = shop::list(&conn, after.as_ref(), only, SHOPS_PAGE_MAX).await?;
            let last = read.len() < usize::try_from(SHOPS_PAGE_MAX).unwrap_or(usize::MAX);
            after = read.last().map(|shop| shop.id.clone());
            page.extend(read.into_iter().filter(|s| channels.is_empty() || channels.contains(&s.channel)));
            if page.len() > limit {
                page.truncate(limit);
                let next = page.last().map(|shop| shop.id.clone());
                return Ok((page, next));
            }
            if last {
                return Ok((page, None));
            }
        }
    }
}
