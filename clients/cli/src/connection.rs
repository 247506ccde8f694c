//! Which server, as whom, which shop.

use std::{path::PathBuf, time::Duration};

use amends_client::{Client, Settings};
use amends_proto::v1;
use anyhow::{Context, bail};
use clap::Args;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::output::Output;

/// Options of every command that talks to a server.
#[derive(Args, Clone)]
pub struct Connection {
    /// Where the service listens
    #[arg(
        long,
        global = true,
        env = "AMENDS_ENDPOINT",
        default_value = "http://127.0.0.1:7460",
        value_name = "URL",
        help_heading = "Connection"
    )]
    pub endpoint: String,
    /// API key; a server on this machine without keys needs none
    #[arg(
        long,
        global = true,
        env = "AMENDS_API_KEY",
        hide_env_values = true,
        value_name = "KEY",
        help_heading = "Connection"
    )]
    pub api_key: Option<String>,
    /// Certificates to trust, a PEM file [default: the public ones]
    #[arg(
        long,
        global = true,
        env = "AMENDS_CA_CERTIFICATE",
        value_name = "FILE",
        help_heading = "Connection"
    )]
    pub ca_certificate: Option<PathBuf>,
    /// The shop, by its id [default: yours, if you see only one]
    #[arg(long, global = true, env = "AMENDS_SHOP", value_name = "SHOP", help_heading = "Connection")]
    pub shop: Option<String>,
    /// Print JSON instead of tables
    #[arg(long, global = true, help_heading = "Output")]
    pub json: bool,
}

impl Connection {
    /// The settings of a client with these options.
    ///
    /// # Errors
    /// If the file of certificates cannot be read.
    pub fn settings(&self) -> anyhow::Result<Settings> {
        let ca_certificate = match &self.ca_certificate {
            Some(path) => Some(
                std::fs::read(path)
                    .with_context(|| format!("The certificates in {} cannot be read", path.display()))?,
            ),
            None => None,
        };
        Ok(Settings {
            // An empty variable is how a shell script says "none".
            api_key: self.api_key.clone().filter(|key| !key.is_empty()),
            ca_certificate,
            deadline: Duration::from_secs(30),
            ..Settings::new(&self.endpoint)
        })
    }
}

/// A connected command.
pub(crate) struct Session {
    pub(crate) client: Client,
    pub(crate) output: Output,
    shop: Option<String>,
}

impl Session {
    pub(crate) async fn open(connection: &Connection) -> anyhow::Result<Self> {
        Ok(Self {
            client: Client::connect(connection.settings()?).await?,
            output: Output::new(connection.json),
            shop: connection.shop.clone().filter(|shop| !shop.is_empty()),
        })
    }

    /// The time zone in which the shop's days are counted; of no known name, UTC, as the service has it.
    pub(crate) async fn zone(&self) -> anyhow::Result<TimeZone> {
        let request = v1::GetShopRequest { name: self.shop().await? };
        let shop = self.client.call(request).await?.shop;
        let name = shop.map(|shop| shop.time_zone).unwrap_or_default();
        Ok(zone_named(&name))
    }

    /// The shop as `shops/{shop}`: the one that was named, or the only one there is.
    pub(crate) async fn shop(&self) -> anyhow::Result<String> {
        if let Some(shop) = &self.shop {
            return Ok(shop_name(shop));
        }
        let request = v1::ListShopsRequest { page_size: 5, ..Default::default() };
        let shops = self.client.call(request).await?.shops;
        match shops.as_slice() {
            [only] => Ok(only.name.clone()),
            [] => bail!("There is no shop you may see yet; `amends shop create` makes one."),
            several => {
                let ids: Vec<_> = several.iter().map(|shop| id(&shop.name)).collect();
                bail!(
                    "Say which shop is meant with --shop or AMENDS_SHOP, for example --shop {}.",
                    ids.join(", --shop ")
                )
            }
        }
    }

    /// The full name of a resource that was given by its name or by its id.
    pub(crate) async fn name(&self, collection: &str, given: &str) -> anyhow::Result<String> {
        if !given.contains('/') {
            return Ok(format!("{}/{collection}/{given}", self.shop().await?));
        }
        match given.split('/').collect::<Vec<_>>().as_slice() {
            ["shops", shop, kind, id] if *kind == collection && !shop.is_empty() && !id.is_empty() => {
                Ok(given.to_owned())
            }
            _ => {
                bail!("`{given}` is no name of this kind; write shops/SHOP/{collection}/ID, or the id alone.")
            }
        }
    }
}

/// `shops/{shop}` for an id or a name.
pub(crate) fn shop_name(shop: &str) -> String {
    format!("shops/{}", shop.strip_prefix("shops/").unwrap_or(shop))
}

/// The zone of a name, from the copy of the zone data that is compiled in, as the service has it.
fn zone_named(name: &str) -> TimeZone {
    TimeZoneDatabase::bundled().get(name).unwrap_or(TimeZone::UTC)
}

fn id(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn session() -> Session {
        Session {
            client: Client::connect_lazy(Settings::new("http://127.0.0.1:1")).unwrap(),
            output: Output::new(false),
            shop: Some("main".into()),
        }
    }

    #[tokio::test]
    async fn a_case_is_named_in_short_or_in_full() {
        let session = session();
        let short = session.name("cases", "case_1").await.unwrap();
        assert_eq!(short, "shops/main/cases/case_1");
        let full = session.name("cases", "shops/other/cases/case_1").await.unwrap();
        assert_eq!(full, "shops/other/cases/case_1");
    }

    #[tokio::test]
    async fn a_name_of_another_kind_is_refused() {
        let error = session().name("cases", "shops/main/remedies/rem_1").await;
        assert!(error.unwrap_err().to_string().contains("shops/SHOP/cases/ID"));
    }

    #[test]
    fn days_are_those_of_the_shop_and_of_no_known_zone_those_of_utc() {
        let evening: jiff::Timestamp = "2026-03-01T20:00:00Z".parse().unwrap();
        let day = |name| zone_named(name).to_datetime(evening).date().to_string();
        assert_eq!(day("Asia/Manila"), "2026-03-02");
        assert_eq!(day("America/Los_Angeles"), "2026-03-01");
        assert_eq!(day("Nowhere/At_All"), "2026-03-01");
    }

    #[test]
    fn a_shop_is_named_in_short_or_in_full() {
        assert_eq!(shop_name("main"), "shops/main");
        assert_eq!(shop_name("shops/main"), "shops/main");
    }
}
