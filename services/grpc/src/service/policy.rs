//! What a shop may do.

use amends_app::App;
use amends_app::policy::{PolicyView, UpdatePolicy};
use amends_app::remedy_policy::REMEDY_POLICIES_PAGE_MAX;
use amends_domain::ReviewId;
use amends_domain::shop::Shop;
use amends_proto::v1 as pb;
use pb::policy_service_server::PolicyService;
use tonic::{Request, Response, Status};

use crate::call::{Renders, With, answer, change, open, read};
use crate::convert::{decision, policy, remedy_policy};
use crate::fields::Fields;
use crate::page::Page;

type Reply<M> = Result<Response<M>, Status>;

/// See the contract.
#[derive(Debug, Clone)]
pub struct Policies(pub App);

impl Renders<(Shop, PolicyView)> for pb::UpdatePolicyResponse {
    fn render((shop, view): &(Shop, PolicyView)) -> Self {
        Self { policy: Some(policy::render(shop, view)) }
    }
}

#[tonic::async_trait]
impl PolicyService for Policies {
    async fn get_policy(&self, request: Request<pb::GetPolicyRequest>) -> Reply<pb::GetPolicyResponse> {
        answer(async {
            let (principal, mut f, message) = read(request)?;
            let shop = f.policy_of("name", &message.name);
            let id = f.finish(shop)?;
            let shop = self.0.shop(&principal, &id).await?;
            let view = self.0.policy(&principal, &id).await?;
            Ok(pb::GetPolicyResponse { policy: Some(policy::render(&shop, &view)) })
        })
        .await
    }

    async fn update_policy(
        &self,
        request: Request<pb::UpdatePolicyRequest>,
    ) -> Reply<pb::UpdatePolicyResponse> {
        answer(async {
            let (call, mut f, message) = open("PolicyService.UpdatePolicy", request)?;
            let update = policy::parse_update(&mut f, message);
            let update = f.finish(update)?;
            let shop = self.0.shop(&call.principal, &update.shop).await?;
            let now = self.0.policy(&call.principal, &update.shop).await?;
            let version = update.version.unwrap_or(now.version);
            let mut f = Fields::new();
            let wanted = update.change(&mut f, &shop, &now);
            let wanted = f.finish(Some(wanted))?;
            let command = UpdatePolicy { shop: shop.id.clone(), version, change: wanted };
            change(&self.0, call, With(shop, command)).await
        })
        .await
    }

    async fn list_policy_versions(
        &self,
        request: Request<pb::ListPolicyVersionsRequest>,
    ) -> Reply<pb::ListPolicyVersionsResponse> {
        answer(async {
            let (principal, mut f, mut message) = read(request)?;
            let page = Page::<i64>::open(&mut f, &mut message, 50, 200);
            let shop = f.shop("parent", &message.parent);
            let (page, id) = f.finish(page.zip(shop))?;
            let shop = self.0.shop(&principal, &id).await?;
            let views = self.0.policy_versions(&principal, &id, page.after, page.limit).await?;
            let next_page_token = page.token_after(&views, |view| view.version);
            let versions = views.iter().map(|view| policy::render(&shop, view)).collect();
            Ok(pb::ListPolicyVersionsResponse { versions, next_page_token })
        })
        .await
    }

    async fn list_channels(
        &self,
        request: Request<pb::ListChannelsRequest>,
    ) -> Reply<pb::ListChannelsResponse> {
        answer(async {
            let (principal, mut f, message) = read(request)?;
            let asked = policy::parse_channels(&mut f, message);
            let asked = f.finish(asked)?;
            let (of, channel, region) =
                (asked.shop.as_ref(), asked.channel.as_ref(), asked.region.as_deref());
            let rows = self.0.channels(&principal, of, channel, region, asked.at).await?;
            Ok(policy::channels(&rows))
        })
        .await
    }

    async fn check_policy(&self, request: Request<pb::CheckPolicyRequest>) -> Reply<pb::CheckPolicyResponse> {
        answer(async {
            let (principal, mut f, message) = read(request)?;
            let shop = f.shop("parent", &message.parent);
            let action = f.required("action", message.action);
            let asked = action.and_then(|pb::check_policy_request::Action::Ask(ask)| {
                f.inside("ask", |f| {
                    let review = f.named_in::<ReviewId>("review", &ask.review, shop.as_ref());
                    let review = review.and_then(|review| f.required("review", review));
                    review.zip(f.text("template", ask.template, 100))
                })
            });
            let (shop, (id, template)) = f.finish(shop.zip(asked))?;
            let made = self.0.check_ask(&principal, &shop, &id, &template, false).await?;
            Ok(pb::CheckPolicyResponse { decision: Some(decision::decision(&shop, &made)) })
        })
        .await
    }

    async fn check_remedy_policy(
        &self,
        request: Request<pb::CheckRemedyPolicyRequest>,
    ) -> Reply<pb::CheckRemedyPolicyResponse> {
        answer(async {
            let (principal, mut f, message) = read(request)?;
            let asked = remedy_policy::parse_check(&mut f, message);
            let (shop, document, cases) = f.finish(asked)?;
            let checked = self.0.check_remedy_policy(&principal, &shop, &document, cases).await?;
            Ok(remedy_policy::checked(checked))
        })
        .await
    }

    async fn apply_remedy_policy(
        &self,
        request: Request<pb::ApplyRemedyPolicyRequest>,
    ) -> Reply<pb::ApplyRemedyPolicyResponse> {
        answer(async {
            let (call, mut f, message) = open("PolicyService.ApplyRemedyPolicy", request)?;
            let command = remedy_policy::parse_apply(&mut f, message);
            let command = f.finish(command)?;
            change(&self.0, call, With(command.shop.clone(), command)).await
        })
        .await
    }

    async fn get_remedy_policy(
        &self,
        request: Request<pb::GetRemedyPolicyRequest>,
    ) -> Reply<pb::GetRemedyPolicyResponse> {
        answer(async {
            let (principal, mut f, message) = read(request)?;
            let shop = f.shop("parent", &message.parent);
            let version = match message.version {
                None => Some(None),
                Some(version) => f.position("version", version).map(Some),
            };
            let (shop, version) = f.finish(shop.zip(version))?;
            let view = self.0.remedy_policy(&principal, &shop, version).await?;
            Ok(pb::GetRemedyPolicyResponse { policy: Some(remedy_policy::render(&shop, &view)) })
        })
        .await
    }

    async fn list_remedy_policies(
        &self,
        request: Request<pb::ListRemedyPoliciesRequest>,
    ) -> Reply<pb::ListRemedyPoliciesResponse> {
        answer(async {
            let (principal, mut f, mut message) = read(request)?;
            let page = Page::<i64>::open(&mut f, &mut message, 50, REMEDY_POLICIES_PAGE_MAX);
            let shop = f.shop("parent", &message.parent);
            let (page, shop) = f.finish(page.zip(shop))?;
            let views = self.0.remedy_policies(&principal, &shop, page.after, page.limit).await?;
            let next_page_token = page.token_after(&views, |view| view.version);
            let policies = views.iter().map(|view| remedy_policy::render(&shop, view)).collect();
            Ok(pb::ListRemedyPoliciesResponse { policies, next_page_token })
        })
        .await
    }
}
