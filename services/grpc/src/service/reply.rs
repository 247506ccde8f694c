//! Replies: drafted, queued, approved, delivered; and the templates they are made from.

use amends_app::App;
use amends_app::lint::Reader;
use amends_app::reply::{
    ApproveReply, BeginDelivery, CreateTemplate, DraftReply, QueueReply, ReplyOfCase, ReplyView,
    ReportDelivery, UpdateTemplate, WithdrawReply,
};
use amends_domain::reply::template::Template;
use amends_domain::{CaseId, ReplyId, TemplateId, Time};
use amends_proto::v1 as pb;
use pb::reply_service_server::ReplyService;
use tonic::{Request, Response, Status};

use crate::call::{Renders, answer, execute, open, read};
use crate::convert::{decision, lint, reply};
use crate::fields::{Fields, NOTE_CHARACTERS_MAX};
use crate::latest;
use crate::page::Page;

type Answered<M> = Result<Response<M>, Status>;

/// See the contract.
#[derive(Debug, Clone)]
pub struct Replies(pub App);

macro_rules! answers {
    (both: $($both:ident),+; reply: $($one:ident),+; template: $($template:ident),+ $(;)?) => {
        $(impl Renders<ReplyOfCase> for pb::$both {
            fn render(both: &ReplyOfCase) -> Self {
                let (reply, case) = reply::render_both(both);
                Self { reply, case }
            }
        })+
        $(impl Renders<ReplyView> for pb::$one {
            fn render(view: &ReplyView) -> Self {
                Self { reply: Some(reply::render(view)) }
            }
        })+
        $(impl Renders<Template> for pb::$template {
            fn render(template: &Template) -> Self {
                Self { template: Some(reply::render_template(template)) }
            }
        })+
    };
}

answers! {
    both: ApproveReplyResponse, DraftReplyResponse, QueueReplyResponse, WithdrawReplyResponse;
    reply: BeginDeliveryResponse, ReportDeliveryResponse;
    template: CreateTemplateResponse, UpdateTemplateResponse;
}

#[tonic::async_trait]
impl ReplyService for Replies {
    async fn draft_reply(&self, request: Request<pb::DraftReplyRequest>) -> Answered<pb::DraftReplyResponse> {
        answer(async {
            let (call, mut f, message) = open("ReplyService.DraftReply", request)?;
            let command = parse_draft(&mut f, message);
            execute(&self.0, call, f.finish(command)?).await
        })
        .await
    }

    async fn get_reply(&self, request: Request<pb::GetReplyRequest>) -> Answered<pb::GetReplyResponse> {
        answer(async {
            let (principal, mut f, message) = read(request)?;
            let named = f.named("name", &message.name);
            let (shop, id) = f.finish(named)?;
            let view = self.0.reply(&principal, &shop, id).await?;
            Ok(pb::GetReplyResponse { reply: Some(reply::render(&view)) })
        })
        .await
    }

    async fn list_replies(
        &self,
        request: Request<pb::ListRepliesRequest>,
    ) -> Answered<pb::ListRepliesResponse> {
        answer(async {
            let (principal, mut f, mut message) = read(request)?;
            let page = Page::<(Time, ReplyId)>::open(&mut f, &mut message, 50, 200);
            let shop = f.shop("parent", &message.parent);
            let case = f.named_in::<CaseId>("case", &message.case, shop.as_ref());
            let stages = f.words("states", message.states);
            let (((page, shop), case), stages) = f.finish(page.zip(shop).zip(case).zip(stages))?;
            let views = self.0.replies(&principal, &shop, case, stages, page.after, page.limit).await?;
            let next_page_token = page.token_after(&views, |v| (v.reply.drafted_at, v.reply.id));
            let replies = views.iter().map(reply::render).collect();
            Ok(pb::ListRepliesResponse { replies, next_page_token })
        })
        .await
    }

    async fn queue_reply(&self, request: Request<pb::QueueReplyRequest>) -> Answered<pb::QueueReplyResponse> {
        answer(async {
            let (call, mut f, message) = open("ReplyService.QueueReply", request)?;
            let named = f.named("name", &message.name);
            let version = f.etag("etag", &message.etag);
            let fence = f.fence(message.fence);
            let (((shop, reply), version), fence) = f.finish(named.zip(version).zip(fence))?;
            let (adopt, override_lock) = (message.adopt, message.override_edit_lock);
            let command = QueueReply { shop, reply, version, fence, adopt, override_lock };
            execute(&self.0, call, command).await
        })
        .await
    }

    async fn check_reply(&self, request: Request<pb::CheckReplyRequest>) -> Answered<pb::CheckReplyResponse> {
        answer(async {
            let (principal, mut f, message) = read(request)?;
            let named = f.named("name", &message.name);
            let (shop, id) = f.finish(named)?;
            let made = self.0.check_reply(&principal, &shop, id, message.override_edit_lock).await?;
            Ok(pb::CheckReplyResponse { decision: Some(decision::decision(&shop, &made)) })
        })
        .await
    }

    async fn lint_text(&self, request: Request<pb::LintTextRequest>) -> Answered<pb::LintTextResponse> {
        answer(async {
            let (principal, mut f, message) = read(request)?;
            let shop = f.shop("parent", &message.parent);
            let language = f.language("language", message.language);
            let reader = f.word::<Reader>("reader", message.reader);
            let ((shop, language), reader) = f.finish(shop.zip(language).zip(reader))?;
            let found = self.0.lint_text(&principal, &shop, &message.text, &language, reader).await?;
            Ok(lint::found(&found))
        })
        .await
    }

    async fn approve_reply(
        &self,
        request: Request<pb::ApproveReplyRequest>,
    ) -> Answered<pb::ApproveReplyResponse> {
        answer(async {
            let (call, mut f, message) = open("ReplyService.ApproveReply", request)?;
            let named = f.named("name", &message.name);
            let version = f.etag("etag", &message.etag);
            let note = f.text("note", message.note, NOTE_CHARACTERS_MAX);
            let (((shop, reply), version), note) = f.finish(named.zip(version).zip(note))?;
            execute(&self.0, call, ApproveReply { shop, reply, version, note }).await
        })
        .await
    }

    async fn withdraw_reply(
        &self,
        request: Request<pb::WithdrawReplyRequest>,
    ) -> Answered<pb::WithdrawReplyResponse> {
        answer(async {
            let (call, mut f, message) = open("ReplyService.WithdrawReply", request)?;
            let named = f.named("name", &message.name);
            let version = f.etag("etag", &message.etag);
            let fence = f.position("fence", message.fence);
            let note = f.text("note", message.note, NOTE_CHARACTERS_MAX);
            let ((((shop, reply), version), fence), note) =
                f.finish(named.zip(version).zip(fence).zip(note))?;
            execute(&self.0, call, WithdrawReply { shop, reply, version, fence, note }).await
        })
        .await
    }

    async fn begin_delivery(
        &self,
        request: Request<pb::BeginDeliveryRequest>,
    ) -> Answered<pb::BeginDeliveryResponse> {
        answer(async {
            let (call, mut f, message) = open("ReplyService.BeginDelivery", request)?;
            let named = f.named("name", &message.name);
            let chosen = f.id_or_none("message_id", &message.message_id);
            let ((shop, reply), message) = f.finish(named.zip(chosen))?;
            execute(&self.0, call, BeginDelivery { shop, reply, message }).await
        })
        .await
    }

    async fn report_delivery(
        &self,
        request: Request<pb::ReportDeliveryRequest>,
    ) -> Answered<pb::ReportDeliveryResponse> {
        answer(async {
            let (call, mut f, message) = open("ReplyService.ReportDelivery", request)?;
            let named = f.named("name", &message.name);
            let report = reply::parse_delivery(&mut f, message, latest(&self.0));
            let ((shop, reply), (attempt, delivery)) = f.finish(named.zip(report))?;
            execute(&self.0, call, ReportDelivery { shop, reply, attempt, delivery }).await
        })
        .await
    }

    async fn create_template(
        &self,
        request: Request<pb::CreateTemplateRequest>,
    ) -> Answered<pb::CreateTemplateResponse> {
        answer(async {
            let (call, mut f, message) = open("ReplyService.CreateTemplate", request)?;
            let shop = f.shop("parent", &message.parent);
            let id = f.id::<TemplateId>("template_id", &message.template_id);
            let template = f.required("template", message.template);
            let ((shop, id), template) = f.finish(shop.zip(id).zip(template))?;
            let texts = reply::parse_texts(template.texts);
            execute(&self.0, call, CreateTemplate { shop, id, texts }).await
        })
        .await
    }

    async fn update_template(
        &self,
        request: Request<pb::UpdateTemplateRequest>,
    ) -> Answered<pb::UpdateTemplateResponse> {
        answer(async {
            let (call, mut f, message) = open("ReplyService.UpdateTemplate", request)?;
            let template = f.required("template", message.template);
            let command = template.and_then(|template| {
                f.inside("template", |f| {
                    let named = f.named("name", &template.name);
                    let version = f.etag("etag", &template.etag);
                    let ((shop, id), version) = named.zip(version)?;
                    Some(UpdateTemplate { shop, id, version, texts: reply::parse_texts(template.texts) })
                })
            });
            execute(&self.0, call, f.finish(command)?).await
        })
        .await
    }

    async fn list_templates(
        &self,
        request: Request<pb::ListTemplatesRequest>,
    ) -> Answered<pb::ListTemplatesResponse> {
        answer(async {
            let (principal, mut f, mut message) = read(request)?;
            let page = Page::<TemplateId>::open(&mut f, &mut message, 50, 200);
            let shop = f.shop("parent", &message.parent);
            let (page, shop) = f.finish(page.zip(shop))?;
            let found = self.0.templates(&principal, &shop, page.after.clone(), page.limit).await?;
            let next_page_token = page.token_after(&found, |template| template.id.clone());
            let templates = found.iter().map(reply::render_template).collect();
            Ok(pb::ListTemplatesResponse { templates, next_page_token })
        })
        .await
    }

    async fn preview_template(
        &self,
        request: Request<pb::PreviewTemplateRequest>,
    ) -> Answered<pb::PreviewTemplateResponse> {
        answer(async {
            let (principal, mut f, message) = read(request)?;
            let named = f.named::<CaseId>("case", &message.case);
            let used = f.required("template", message.template);
            let used = used.and_then(|used| reply::parse_use(&mut f, used, named.as_ref().map(|n| &n.0)));
            let language = f.language("language", message.language);
            let (((shop, case), (id, values)), language) = f.finish(named.zip(used).zip(language))?;
            let preview = self.0.preview_template(&principal, &shop, &id, case, &language, &values).await?;
            Ok(reply::render_preview(preview))
        })
        .await
    }
}

fn parse_draft(f: &mut Fields, message: pb::DraftReplyRequest) -> Option<DraftReply> {
    let named = f.named::<CaseId>("case", &message.case);
    let version = f.etag("etag", &message.etag);
    let fence = f.fence(message.fence);
    let content = reply::parse_content(f, message.content, named.as_ref().map(|(shop, _)| shop));
    let language = f.language("language", message.language);
    let (shop, case) = named?;
    Some(DraftReply {
        shop,
        case,
        version: version?,
        fence: fence?,
        public: message.public_reply,
        language: language?,
        content: content?,
    })
}
