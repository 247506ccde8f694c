//! Returns as the channel has them.

use amends_app::App;
use amends_app::returns::ReturnView;
use amends_app::stored::ReturnFilter;
use amends_domain::returns::{ReturnStatus, Verdict};
use amends_domain::{CaseId, ReturnId, ShopId};
use amends_proto::v1 as pb;
use pb::return_service_server::ReturnService;
use tonic::{Request, Response, Status};

use crate::call::{answer, read};
use crate::convert::returns;
use crate::fields::Fields;
use crate::page::Page;

type Reply<M> = Result<Response<M>, Status>;

/// See the contract.
#[derive(Debug, Clone)]
pub struct Returns(pub App);

#[tonic::async_trait]
impl ReturnService for Returns {
    async fn get_return(&self, request: Request<pb::GetReturnRequest>) -> Reply<pb::GetReturnResponse> {
        answer(async {
            let (principal, mut f, message) = read(request)?;
            let named = f.named::<ReturnId>("name", &message.name);
            let (shop, id) = f.finish(named)?;
            let view = self.0.buyer_return(&principal, &shop, &id).await?;
            Ok(pb::GetReturnResponse { buyer_return: Some(returns::render(&view)) })
        })
        .await
    }

    async fn list_returns(&self, request: Request<pb::ListReturnsRequest>) -> Reply<pb::ListReturnsResponse> {
        answer(async {
            let (principal, mut f, mut message) = read(request)?;
            let page = Page::open(&mut f, &mut message, 50, 200);
            let shop = f.shop("parent", &message.parent);
            let filter = Filter::parse(&mut f, message, shop.as_ref());
            let ((page, shop), filter) = f.finish(page.zip(shop).zip(filter))?;
            let stored = filter.stored();
            let views =
                self.0.buyer_returns(&principal, &shop, &stored, page.after.clone(), page.limit).await?;
            let next_page_token =
                page.token_after(&views, |view| (view.row.requested_at, view.row.return_id.clone()));
            let returns = views.iter().filter(|view| filter.shows(view)).map(returns::render).collect();
            Ok(pb::ListReturnsResponse { returns, next_page_token })
        })
        .await
    }
}

/// Which returns a list holds.
struct Filter {
    statuses: Vec<ReturnStatus>,
    verdicts: Vec<Verdict>,
    order: Option<amends_domain::OrderId>,
    case: Option<CaseId>,
}

impl Filter {
    fn parse(f: &mut Fields, message: pb::ListReturnsRequest, shop: Option<&ShopId>) -> Option<Self> {
        let statuses = f.words("statuses", message.statuses);
        let verdicts = f.words("verdicts", message.verdicts);
        let order = f.id_or_none("order_id", &message.order_id);
        let case = f.named_in("case", &message.case, shop);
        Some(Self { statuses: statuses?, verdicts: verdicts?, order: order?, case: case? })
    }

    /// What storage looks up; the rest is left out of the page afterwards.
    fn stored(&self) -> ReturnFilter {
        let status = match self.statuses.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
        ReturnFilter { status, order: self.order.clone() }
    }

    fn shows(&self, view: &ReturnView) -> bool {
        (self.statuses.is_empty() || self.statuses.contains(&view.row.status))
            && (self.verdicts.is_empty() || self.verdicts.contains(&view.verdict))
            && self.case.is_none_or(|case| view.row.case == Some(case))
    }
}
