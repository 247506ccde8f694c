//! API keys: who may come in, as what, and where.
//!
//! A key is `amends_<prefix>_<secret>`. The prefix finds it, the secret proves
//! it, and only a hash of the secret is stored. The secret has 256 random
//! bits, so the hash needs no salt and no slowness.

use std::collections::BTreeSet;
use std::fmt;

use amends_domain::deadline::DeadlineKind;
use amends_domain::{AgentId, KeyId, ShopId, Time};
use amends_store::key::{self, KeyRow};
use amends_store::{Conn, agent};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::app::App;
use crate::call::{Principal, Role, ShopScope};
use crate::error::{AppError, Result};
use crate::runner::Command;
use crate::work::Work;

mod ring;

pub use ring::KeyRing;

const WRITERS: &[Role] = &[Role::Admin];

/// What every key begins with, so that a leaked one is recognised.
const SCHEME: &str = "amends_";

/// Without l, o, 0 and 1: a prefix is read out and typed.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// What stands for every shop in a stored key.
const ALL_SHOPS: &str = "*";

/// The principal that everyone is while no key exists.
const LOCAL: &str = "local";

/// The one answer to every bad key: it does not say what was bad.
const REFUSED: &str = "the API key is not valid";

/// Makes a key. Never run it with a request id: the answer would be stored.
#[derive(Debug, Clone)]
pub struct CreateKey {
    /// The name of the principal; the acting agent.
    pub name: AgentId,
    /// What it may do.
    pub roles: Vec<Role>,
    /// Where.
    pub shops: ShopScope,
    /// When it ends by itself.
    pub expires_at: Option<Time>,
}

/// A key that was just made.
#[derive(Clone)]
pub struct NewKey {
    /// Which.
    pub id: KeyId,
    /// The whole key. It is shown this once and cannot be found again.
    pub token: String,
}

impl fmt::Debug for NewKey {
    /// Without the secret, which must not end up in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Ends a key.
#[derive(Debug, Clone)]
pub struct RevokeKey {
    /// Which.
    pub id: KeyId,
}

impl Command for CreateKey {
    type Output = NewKey;

    const NAME: &'static str = "CreateKey";

    fn shop(&self) -> Option<&ShopId> {
        None
    }

    async fn run(self, work: &mut Work) -> Result<NewKey> {
        work.call.principal.require(WRITERS)?;
        if work.call.request.is_some() {
            return Err(AppError::Internal("the answer to CreateKey must not be stored".to_owned()));
        }
        if self.roles.is_empty() {
            return Err(AppError::field("roles", "must name at least one role"));
        }
        if self.expires_at.is_some_and(|at| at <= work.now) {
            return Err(AppError::field("expires_at", "must lie in the future"));
        }
        let random: [u8; 12] = work.app.ids().bytes();
        let letter = |byte: &u8| ALPHABET.get(usize::from(byte % 32)).copied().map_or('a', char::from);
        let prefix: String = random.iter().map(letter).collect();
        let secret = URL_SAFE_NO_PAD.encode(work.app.ids().bytes::<32>());
        let shops = match self.shops {
            ShopScope::All => vec![ALL_SHOPS.to_owned()],
            ShopScope::Only(shops) => shops.iter().map(ToString::to_string).collect(),
        };
        let row = KeyRow {
            id: KeyId::from_bits(work.id()),
            prefix: prefix.clone(),
            hash: blake3::hash(secret.as_bytes()).as_bytes().to_vec(),
            name: self.name.to_string(),
            roles: self.roles.iter().map(|role| role.as_str().to_owned()).collect(),
            shops,
            created_at: work.now,
            expires_at: self.expires_at,
            revoked_at: None,
        };
        key::insert(&work.tx, &row).await?;
        Ok(NewKey { id: row.id, token: format!("{SCHEME}{prefix}_{secret}") })
    }
}

impl Command for RevokeKey {
    type Output = ();

    const NAME: &'static str = "RevokeKey";

    fn shop(&self) -> Option<&ShopId> {
        None
    }

    async fn run(self, work: &mut Work) -> Result<()> {
        work.call.principal.require(WRITERS)?;
        let ended = key::revoke(&work.tx, &self.id, work.now).await?;
        let name = ended.ok_or_else(|| AppError::not_found("key", self.id))?;
        if !key::is_active(&work.tx, &name, work.now).await? {
            // Nobody can speak for them any more: what they hold goes back like that of everyone
            // whose presence ran out.
            for shop in agent::end_presences(&work.tx, &name, work.now).await? {
                work.due(&shop, DeadlineKind::PresenceExpiry, &name, work.now);
            }
        }
        Ok(())
    }
}

impl App {
    /// Every key there ever was, oldest first; nobody learns a secret from it.
    ///
    /// # Errors
    /// When the role is missing or storage fails.
    pub async fn keys(&self, principal: &Principal) -> Result<Vec<KeyRow>> {
        principal.require(WRITERS)?;
        Ok(key::list(&self.store().reader()).await?)
    }

    /// Whether no key is valid now, so that everyone is `local`.
    ///
    /// # Errors
    /// When storage fails.
    pub async fn access_is_open(&self) -> Result<bool> {
        Ok(!key::any_active(&self.store().reader(), self.now()).await?)
    }

    /// The principal behind a key, read afresh; [`KeyRing`] keeps it for a moment.
    ///
    /// # Errors
    /// When the key is not valid or storage fails.
    pub async fn authenticate(&self, token: &str) -> Result<Principal> {
        let refused = || AppError::Unauthenticated(REFUSED);
        let (prefix, secret) =
            token.strip_prefix(SCHEME).and_then(|rest| rest.split_once('_')).ok_or_else(refused)?;
        let row = key::by_prefix(&self.store().reader(), prefix).await?.ok_or_else(refused)?;
        let stored = <[u8; 32]>::try_from(row.hash.as_slice()).map_err(|_| refused())?;
        // This comparison takes the same time whatever differs.
        let proved = blake3::hash(secret.as_bytes()) == blake3::Hash::from_bytes(stored);
        if proved && is_active(&row, self.now()) { principal_of(&row) } else { Err(refused()) }
    }
}

/// The principal that everyone is while no key exists: it may do everything.
///
/// # Errors
/// Never, as long as its name is a name.
pub fn local_principal() -> Result<Principal> {
    let name = AgentId::new(LOCAL).map_err(|e| AppError::Internal(e.to_string()))?;
    Ok(Principal { name, roles: Role::ALL.to_vec(), shops: ShopScope::All })
}

fn is_active(row: &KeyRow, now: Time) -> bool {
    row.revoked_at.is_none() && row.expires_at.is_none_or(|at| at > now)
}

fn principal_of(row: &KeyRow) -> Result<Principal> {
    let name = AgentId::new(&row.name).map_err(|e| AppError::Internal(e.to_string()))?;
    // A role of a newer version gives nothing here.
    let roles = row.roles.iter().filter_map(|word| Role::from_word(word)).collect();
    let shops = if row.shops.iter().any(|shop| shop == ALL_SHOPS) {
        ShopScope::All
    } else {
        ShopScope::Only(row.shops.iter().filter_map(|shop| ShopId::new(shop).ok()).collect())
    };
    Ok(Principal { name, roles, shops })
}

/// Whether an agent of that name may work cases of a shop. Without keys nobody is known by name.
pub(crate) async fn agent_exists(work: &Work, shop: &ShopId, agent: &AgentId) -> Result<bool> {
    let known = desk_of(&work.tx, shop, work.now).await?;
    Ok(known.is_none_or(|names| names.contains(agent)))
}

/// The names of those who may work cases of a shop; none while no key exists.
pub(crate) async fn desk_of(conn: &Conn, shop: &ShopId, now: Time) -> Result<Option<BTreeSet<AgentId>>> {
    let active = key::list(conn).await?.into_iter().filter(|row| is_active(row, now));
    let known = active.map(|row| principal_of(&row)).collect::<Result<Vec<_>>>()?;
    if known.is_empty() {
        return Ok(None);
    }
    let works_here = |p: &Principal| p.has(crate::case::DESK) && p.sees(shop);
    Ok(Some(known.into_iter().filter(works_here).map(|p| p.name).collect()))
}
