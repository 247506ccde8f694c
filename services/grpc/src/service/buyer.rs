//! Buyers who are to be forgotten.

use amends_app::App;
use amends_domain::BuyerKey;
use amends_proto::v1 as pb;
use pb::buyer_service_server::BuyerService;
use tonic::{Request, Response, Status};

use crate::call::{answer, open, read};
use crate::convert::buyer;

type Reply<M> = Result<Response<M>, Status>;

/// See the contract.
#[derive(Debug, Clone)]
pub struct Buyers(pub App);

#[tonic::async_trait]
impl BuyerService for Buyers {
    async fn erase_buyer(&self, request: Request<pb::EraseBuyerRequest>) -> Reply<pb::EraseBuyerResponse> {
        answer(async {
            let (call, mut f, message) = open("BuyerService.EraseBuyer", request)?;
            let command = buyer::parse(&mut f, &message);
            let erasure = self.0.erase_buyer(call, f.finish(command)?).await?;
            Ok(pb::EraseBuyerResponse { erasure: Some(buyer::render(&erasure)) })
        })
        .await
    }

    async fn get_erasure(&self, request: Request<pb::GetErasureRequest>) -> Reply<pb::GetErasureResponse> {
        answer(async {
            let (principal, mut f, message) = read(request)?;
            let named = f.named::<BuyerKey>("name", &message.name);
            let (shop, key) = f.finish(named)?;
            let erasure = self.0.erasure(&principal, &shop, key).await?;
            Ok(pb::GetErasureResponse { erasure: Some(buyer::render(&erasure)) })
        })
        .await
    }
}
