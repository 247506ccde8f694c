//! The tenants.

use amends_app::App;
use amends_app::shop::{CreateShop, UpdateShop};
use amends_domain::shop::{Channel, Shop};
use amends_proto::v1 as pb;
use pb::shop_service_server::ShopService;
use tonic::{Request, Response, Status};

use crate::call::{Renders, answer, change, execute, open, read};
use crate::convert::shop;
use crate::page::Page;

type Reply<M> = Result<Response<M>, Status>;

/// See the contract.
#[derive(Debug, Clone)]
pub struct Shops(pub App);

impl Renders<Shop> for pb::CreateShopResponse {
    fn render(made: &Shop) -> Self {
        Self { shop: Some(shop::render(made)) }
    }
}

impl Renders<Shop> for pb::UpdateShopResponse {
    fn render(changed: &Shop) -> Self {
        Self { shop: Some(shop::render(changed)) }
    }
}

#[tonic::async_trait]
impl ShopService for Shops {
    async fn create_shop(&self, request: Request<pb::CreateShopRequest>) -> Reply<pb::CreateShopResponse> {
        answer(async {
            let (call, mut f, message) = open("ShopService.CreateShop", request)?;
            let parsed = shop::parse(&mut f, &message.shop_id, message.shop);
            let new = f.finish(parsed)?;
            let command = CreateShop {
                id: new.id,
                display_name: new.display_name,
                channel: new.channel,
                region: new.region,
                currency: new.currency,
                time_zone: new.time_zone,
            };
            execute(&self.0, call, command).await
        })
        .await
    }

    async fn get_shop(&self, request: Request<pb::GetShopRequest>) -> Reply<pb::GetShopResponse> {
        answer(async {
            let (principal, mut f, message) = read(request)?;
            let id = f.shop("name", &message.name);
            let found = self.0.shop(&principal, &f.finish(id)?).await?;
            Ok(pb::GetShopResponse { shop: Some(shop::render(&found)) })
        })
        .await
    }

    async fn list_shops(&self, request: Request<pb::ListShopsRequest>) -> Reply<pb::ListShopsResponse> {
        answer(async {
            let (principal, mut f, mut message) = read(request)?;
            let page = Page::open(&mut f, &mut message, 50, 200);
            let channels = f.each("channels", message.channels, |f, name| match Channel::new(&name) {
                Ok(channel) => Some(channel),
                Err(error) => f.refuse("", error.to_string()),
            });
            let (page, channels) = f.finish(page.zip(channels))?;
            let (shops, next) =
                self.0.shop_page(&principal, &channels, page.after.as_ref(), page.limit).await?;
            let next_page_token = page.token(next.as_ref());
            Ok(pb::ListShopsResponse { shops: shops.iter().map(shop::render).collect(), next_page_token })
        })
        .await
    }

    async fn update_shop(&self, request: Request<pb::UpdateShopRequest>) -> Reply<pb::UpdateShopResponse> {
        answer(async {
            let (call, mut f, message) = open("ShopService.UpdateShop", request)?;
            let parsed = shop::parse_update(&mut f, message.shop, message.update_mask);
            let change_of = f.finish(parsed)?;
            let command = UpdateShop {
                shop: change_of.shop,
                display_name: change_of.display_name,
                version: change_of.version,
            };
            change(&self.0, call, command).await
        })
        .await
    }
}
