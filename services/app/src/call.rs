//! Who calls, and what is known about the call besides its content.

use amends_domain::event::{Actor, ActorKind};
use amends_domain::{AgentId, ShopId};

use crate::error::{AppError, Result};

/// What a principal may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Push signals and report fulfilments.
    Ingest,
    /// Work cases.
    Agent,
    /// Work cases, assign, approve, escalate, merge, cancel.
    Supervisor,
    /// Read figures and events.
    Analyst,
    /// Create shops and change policies.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [Self::Ingest, Self::Agent, Self::Supervisor, Self::Analyst, Self::Admin];

    /// The word a role is configured with.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Agent => "agent",
            Self::Supervisor => "supervisor",
            Self::Analyst => "analyst",
            Self::Admin => "admin",
        }
    }

    /// The role a word stands for.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// The shops a principal is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShopScope {
    /// Every shop, also future ones.
    All,
    /// These only.
    Only(Vec<ShopId>),
}

/// Who calls, as far as it was proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The name under which the caller acts; the acting agent of a case.
    pub name: AgentId,
    /// What it may do.
    pub roles: Vec<Role>,
    /// Where.
    pub shops: ShopScope,
}

impl Principal {
    /// Whether it has any of these roles.
    #[must_use]
    pub fn has(&self, any: &[Role]) -> bool {
        any.iter().any(|role| self.roles.contains(role))
    }

    /// Refuses a principal with none of these roles.
    ///
    /// # Errors
    /// When it has none of them.
    pub fn require(&self, any: &'static [Role]) -> Result<()> {
        if self.has(any) { Ok(()) } else { Err(AppError::RoleMissing { any }) }
    }

    /// Whether the shop is one of its own.
    #[must_use]
    pub fn sees(&self, shop: &ShopId) -> bool {
        match &self.shops {
            ShopScope::All => true,
            ShopScope::Only(shops) => shops.contains(shop),
        }
    }

    /// Refuses another's shop as if it did not exist.
    ///
    /// # Errors
    /// When the shop is not one of its own.
    pub fn enter(&self, shop: &ShopId) -> Result<()> {
        if self.sees(shop) { Ok(()) } else { Err(AppError::not_found("shop", shop)) }
    }
}

/// The caller's id of a write, with a hash of what was written under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    /// The caller's id; repeating it repeats the answer, not the act.
    pub id: String,
    /// A hash of the method and content.
    pub digest: [u8; 32],
}

/// One call: who, under which id, in which trace.
#[derive(Debug, Clone)]
pub struct Call {
    /// Who calls.
    pub principal: Principal,
    /// The id of the write, if the caller gave one.
    pub request: Option<RequestKey>,
    /// The W3C `traceparent` of the span that serves the call.
    pub trace: Option<String>,
    /// What the call is, such as `CaseService.SolveCase`: the cause of its events.
    pub cause: String,
    /// Whether a person or program calls, or a timer of the service.
    pub actor: ActorKind,
}

impl Call {
    /// A call by one of the service's own timers.
    #[must_use]
    pub fn by_timer(name: &AgentId, cause: impl Into<String>) -> Self {
        Self {
            principal: Principal { name: name.clone(), roles: Role::ALL.to_vec(), shops: ShopScope::All },
            request: None,
            trace: None,
            cause: cause.into(),
            actor: ActorKind::System,
        }
    }

    /// The actor that the events of this call name.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor { kind: self.actor, name: self.principal.name.to_string() }
    }
}
