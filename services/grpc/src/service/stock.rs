//! Stock: what callers count, and what is free of it.

use amends_app::App;
use amends_app::stock::SetStock;
use amends_domain::stock::{Item, Standing};
use amends_proto::v1 as pb;
use pb::stock_service_server::StockService;
use tonic::{Request, Response, Status};

use crate::call::{Renders, answer, execute, open, read};
use crate::convert::stock;
use crate::latest;
use crate::page::Page;

type Reply<M> = Result<Response<M>, Status>;

/// See the contract.
#[derive(Debug, Clone)]
pub struct Stocks(pub App);

impl Renders<Vec<Standing>> for pb::SetStockResponse {
    fn render(levels: &Vec<Standing>) -> Self {
        Self { levels: levels.iter().map(stock::render).collect() }
    }
}

#[tonic::async_trait]
impl StockService for Stocks {
    async fn set_stock(&self, request: Request<pb::SetStockRequest>) -> Reply<pb::SetStockResponse> {
        answer(async {
            let (call, mut f, message) = open("StockService.SetStock", request)?;
            let shop = f.shop("parent", &message.parent);
            let levels = stock::parse(&mut f, message.levels, latest(&self.0));
            let (shop, levels) = f.finish(shop.zip(levels))?;
            execute(&self.0, call, SetStock { shop, levels }).await
        })
        .await
    }

    async fn list_stock(&self, request: Request<pb::ListStockRequest>) -> Reply<pb::ListStockResponse> {
        answer(async {
            let (principal, mut f, mut message) = read(request)?;
            let page = Page::<Item>::open(&mut f, &mut message, 200, 1_000);
            let shop = f.shop("parent", &message.parent);
            let (page, shop) = f.finish(page.zip(shop))?;
            let levels = self.0.stock(&principal, &shop, page.after.as_ref(), page.limit).await?;
            let next_page_token = page.token_after(&levels, |one| one.level.item.clone());
            let levels = levels.iter().map(stock::render).collect();
            Ok(pb::ListStockResponse { levels, next_page_token })
        })
        .await
    }
}
