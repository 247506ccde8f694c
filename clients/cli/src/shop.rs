//! `amends shop …`

use amends_proto::v1;
use clap::{Args, Subcommand};

use crate::{
    args::Limit,
    connection::{Session, shop_name},
    output::table::{id, table, text},
};

pub(crate) const EXAMPLES: &str = "\
Examples:
  amends shop create main --channel shopee --region SG --currency SGD --time-zone Asia/Singapore
  amends shop list
  amends shop update main --display-name \"Main store\"";

/// What can be done with shops.
#[derive(Subcommand)]
pub enum Shop {
    /// Create a shop
    Create(Create),
    /// List the shops you may see
    List(List),
    /// Show one shop
    Get(Get),
    /// Change a shop's name or language
    Update(Update),
}

/// A new shop.
#[derive(Args)]
pub struct Create {
    /// Its id: lower-case letters, digits, `-` and `_`
    id: String,
    /// Where it sells, for example shopee, lazada, amazon, own_store
    #[arg(long)]
    channel: String,
    /// Its region, ISO 3166-1, for example SG
    #[arg(long)]
    region: String,
    /// Currency of its orders, ISO 4217, for example SGD
    #[arg(long)]
    currency: String,
    /// Time zone its days begin in, for example Asia/Singapore
    #[arg(long)]
    time_zone: String,
    /// What people call it [default: the id]
    #[arg(long)]
    display_name: Option<String>,
    /// Language of texts to buyers whose own is not known [default: en]
    #[arg(long)]
    language: Option<String>,
}

/// Which shops to list.
#[derive(Args)]
pub struct List {
    /// Only this channel; may be repeated
    #[arg(long = "channel")]
    channels: Vec<String>,
    #[command(flatten)]
    limit: Limit,
}

/// Which shop to show.
#[derive(Args)]
pub struct Get {
    /// The shop [default: that of --shop]
    id: Option<String>,
}

/// What to change in a shop.
#[derive(Args)]
#[group(required = true, multiple = true, id = "change", args = ["display_name", "language"])]
pub struct Update {
    /// The shop [default: that of --shop]
    id: Option<String>,
    /// What people call it
    #[arg(long)]
    display_name: Option<String>,
    /// Language of texts to buyers whose own is not known
    #[arg(long)]
    language: Option<String>,
    /// Version you saw [default: not checked]
    #[arg(long)]
    etag: Option<String>,
}

impl Shop {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let output = session.output;
        let shop = match self {
            Self::List(args) => return list(session, args).await,
            Self::Create(args) => create(session, args).await?,
            Self::Get(args) => {
                let name = named(session, args.id).await?;
                session.client.call(v1::GetShopRequest { name }).await?.shop
            }
            Self::Update(args) => update(session, args).await?,
        };
        output.some(shop.as_ref(), |shop| output.details(shop))
    }
}

async fn named(session: &Session, id: Option<String>) -> anyhow::Result<String> {
    match id {
        Some(id) => Ok(shop_name(&id)),
        None => session.shop().await,
    }
}

async fn create(session: &Session, args: Create) -> anyhow::Result<Option<v1::Shop>> {
    let request = v1::CreateShopRequest {
        shop_id: args.id,
        shop: Some(v1::Shop {
            display_name: args.display_name.unwrap_or_default(),
            channel: args.channel,
            region: args.region,
            currency: args.currency,
            time_zone: args.time_zone,
            default_language: args.language.unwrap_or_default(),
            ..Default::default()
        }),
        ..Default::default()
    };
    Ok(session.client.call(request).await?.shop)
}

async fn update(session: &Session, args: Update) -> anyhow::Result<Option<v1::Shop>> {
    let changes =
        [("display_name", args.display_name.is_some()), ("default_language", args.language.is_some())];
    let paths = changes.iter().filter(|(_, given)| *given).map(|(path, _)| (*path).to_owned()).collect();
    let request = v1::UpdateShopRequest {
        shop: Some(v1::Shop {
            name: named(session, args.id).await?,
            display_name: args.display_name.unwrap_or_default(),
            default_language: args.language.unwrap_or_default(),
            etag: args.etag.unwrap_or_default(),
            ..Default::default()
        }),
        update_mask: Some(prost_types::FieldMask { paths }),
        ..Default::default()
    };
    Ok(session.client.call(request).await?.shop)
}

async fn list(session: &Session, args: List) -> anyhow::Result<()> {
    let page = args
        .limit
        .pages(200, async |page_size, page_token| {
            let request = v1::ListShopsRequest { page_size, page_token, channels: args.channels.clone() };
            let answer = session.client.call(request).await?;
            Ok((answer.shops, answer.next_page_token))
        })
        .await?;
    session.output.page("shops", &page, |shops| {
        let mut table = table(&["shop", "name", "channel", "region", "currency", "time zone"]);
        for shop in shops {
            table.add_row([
                id(&shop.name),
                &shop.display_name,
                &shop.channel,
                &shop.region,
                &shop.currency,
                &shop.time_zone,
            ]);
        }
        text(&table)
    })
}
