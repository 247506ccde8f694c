//! `amends keys`: the operator's way to credentials, straight to the database.

use std::sync::Arc;

use amends_app::call::Principal;
use amends_app::key::{CreateKey, RevokeKey, local_principal};
use amends_app::{App, Call, Ids, Role, Settings, ShopScope, SystemClock};
use amends_detect::Detector;
use amends_domain::event::ActorKind;
use amends_domain::{AgentId, KeyId, ShopId, Span, Time};
use anyhow::{Context, anyhow};
use clap::Subcommand;
use serde::Serialize;

use super::flags::ServerFlags;
use crate::serve::open;

/// Creates, lists and revokes API keys.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  amends keys create --name mia --role agent --shops blue-bottle\n  amends keys create --name connector --role ingest --days 365\n  amends keys list\n  amends keys revoke key_0192…\n\nA running server sees a new or revoked key within two seconds."
)]
pub struct Keys {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    settings: ServerFlags,
}

#[derive(Subcommand)]
enum Action {
    /// Make a key; it is printed this once and cannot be shown again
    Create {
        /// The principal's name: the acting agent of a case, the sender of signals.
        #[arg(long)]
        name: AgentId,
        /// ingest, agent, supervisor, analyst or admin; may be repeated.
        #[arg(long = "role", required = true, value_parser = role)]
        roles: Vec<Role>,
        /// Shops it may enter, by id; every shop when absent.
        #[arg(long, value_delimiter = ',')]
        shops: Vec<ShopId>,
        /// Days until it ends by itself.
        #[arg(long)]
        days: Option<i64>,
    },
    /// List every key, without its secret
    List,
    /// End a key
    Revoke {
        /// The key's id, as `keys list` shows it.
        id: KeyId,
    },
}

#[derive(Serialize)]
struct Listed {
    id: String,
    name: String,
    prefix: String,
    roles: Vec<String>,
    shops: Vec<String>,
    state: &'static str,
}

fn role(word: &str) -> Result<Role, String> {
    Role::from_word(word).ok_or_else(|| "must be ingest, agent, supervisor, analyst or admin".to_owned())
}

pub(super) async fn run(command: Keys, json: bool) -> anyhow::Result<()> {
    let config = command.settings.config()?;
    let store = open(&config).await?;
    store.migrate().await?;
    let app = App::new(
        store.clone(),
        Arc::new(Detector::embedded()?),
        Arc::new(SystemClock),
        Ids::random(),
        Settings::default(),
    );
    let done = act(&app, command.action, json).await;
    app.stop();
    store.close().await;
    done
}

async fn act(app: &App, action: Action, json: bool) -> anyhow::Result<()> {
    let principal = local_principal()?;
    match action {
        Action::Create { name, roles, shops, days } => {
            let shops = if shops.is_empty() { ShopScope::All } else { ShopScope::Only(shops) };
            let expires_at = days.map(|days| app.now() + Span::from_days(days));
            let made =
                app.perform(by_operator(principal), CreateKey { name, roles, shops, expires_at }).await?;
            if json {
                println!("{}", serde_json::json!({ "id": made.id.to_string(), "key": made.token }));
            } else {
                eprintln!("{} was made. Keep the key: it is shown this once.", made.id);
                println!("{}", made.token);
            }
        }
        Action::List => list(app, &principal, json).await?,
        Action::Revoke { id } => {
            app.perform(by_operator(principal), RevokeKey { id }).await?;
            println!("{id} is revoked");
        }
    }
    Ok(())
}

fn by_operator(principal: Principal) -> Call {
    Call { principal, request: None, trace: None, cause: "amends keys".to_owned(), actor: ActorKind::System }
}

async fn list(app: &App, principal: &Principal, json: bool) -> anyhow::Result<()> {
    let now = app.now();
    let state = |ends: Option<Time>, revoked: Option<Time>| match (ends, revoked) {
        (_, Some(_)) => "revoked",
        (Some(end), None) if end <= now => "expired",
        _ => "active",
    };
    let keys = app.keys(principal).await?.into_iter().map(|key| Listed {
        state: state(key.expires_at, key.revoked_at),
        id: key.id.to_string(),
        name: key.name,
        prefix: key.prefix,
        roles: key.roles,
        shops: key.shops,
    });
    let keys: Vec<Listed> = keys.collect();
    if json {
        println!("{}", serde_json::to_string(&keys)?);
        return Ok(());
    }
    if keys.is_empty() {
        println!("there is no key: a server on this machine lets everyone in as `local`");
    }
    for key in keys {
        let (roles, shops) = (key.roles.join(","), key.shops.join(","));
        println!("{}  {:8}  {:20}  {:24}  {shops}", key.id, key.state, key.name, roles);
    }
    Ok(())
}

impl Keys {
    /// A key for a demonstration or test, made in the server's own process.
    ///
    /// # Errors
    /// When the name is no name or storage fails.
    pub async fn make(app: &App, name: &str, roles: &[Role]) -> anyhow::Result<String> {
        let name: AgentId = name.parse().map_err(|e| anyhow!("{name}: {e}"))?;
        let key = CreateKey { name, roles: roles.to_vec(), shops: ShopScope::All, expires_at: None };
        let made =
            app.perform(by_operator(local_principal()?), key).await.context("a key could not be made")?;
        Ok(made.token)
    }
}
