//! The desk.

use amends_app::App;
use amends_app::case::{
    AddNote, CancelCase, ClaimCase, ClaimNextCase, EscalateCase, LinkCases, MergeCase, RecordContact,
    ReleaseCase, RenewLease, ReopenCase, SnoozeCase, SolveCase, UnlinkCases, WaitCase,
};
use amends_domain::case::Outcome;
use amends_proto::v1 as pb;
use pb::case_service_server::CaseService;
use tonic::{Request, Response, Status};

use crate::call::{answer, claim_next, execute, open, read};
use crate::convert::watch::viewer;
use crate::convert::{case, plan, sla, time, timeline, view};
use crate::fields::{NOTE_CHARACTERS_MAX, TEXT_CHARACTERS_MAX};
use crate::latest;
use crate::page::Page;

mod ask;
mod render;
mod watch;

pub use watch::{WatchSettings, Watching};

type Reply<M> = Result<Response<M>, Status>;

/// See the contract.
#[derive(Debug, Clone)]
pub struct Cases(pub App, pub Watching);

#[tonic::async_trait]
impl CaseService for Cases {
    type WatchCasesStream = watch::Notices<pb::WatchCasesResponse>;
    type WatchCaseStream = watch::Notices<pb::WatchCaseResponse>;

    async fn get_case(&self, request: Request<pb::GetCaseRequest>) -> Reply<pb::GetCaseResponse> {
        answer(async {
            let (principal, mut f, message) = read(request)?;
            let named = f.named("name", &message.name);
            let (shop, id) = f.finish(named)?;
            let picture = self.0.case_view(&principal, &shop, id).await?;
            let viewers = self.0.other_viewers(&principal, &shop, id).await?;
            let view =
                pb::CaseView { viewers: viewers.iter().map(viewer).collect(), ..view::render(picture) };
            Ok(pb::GetCaseResponse { view: Some(view) })
        })
        .await
    }

    async fn list_cases(&self, request: Request<pb::ListCasesRequest>) -> Reply<pb::ListCasesResponse> {
        answer(async {
            let (principal, mut f, mut message) = read(request)?;
            let page = Page::open(&mut f, &mut message, 50, 200);
            let asked = ask::list(&mut f, message);
            let (page, asked) = f.finish(page.zip(asked))?;
            let (shop, selection, order) = (&asked.shop, &asked.selection, asked.order);
            let found = self.0.cases(&principal, shop, selection, order, page.after, page.limit).await?;
            let cases = found.cases.iter().map(case::render).filter(|case| asked.shows(case));
            Ok(pb::ListCasesResponse {
                cases: cases.collect(),
                next_page_token: page.token(found.next.as_ref()),
            })
        })
        .await
    }

    async fn claim_next_case(
        &self,
        request: Request<pb::ClaimNextCaseRequest>,
    ) -> Reply<pb::ClaimNextCaseResponse> {
        answer(async {
            let (call, mut f, message) = open("CaseService.ClaimNextCase", request)?;
            let shop = f.shop("parent", &message.parent);
            let kinds = f.words("kinds", message.kinds);
            let languages = ask::languages(&mut f, message.languages);
            let level_max = ask::level(&mut f, "level_max", message.level_max);
            let parsed = shop.zip(kinds).zip(languages).zip(level_max);
            let (((shop, kinds), languages), level_max) = f.finish(parsed)?;
            let command = ClaimNextCase { shop, kinds, languages, level_max };
            claim_next(&self.0, call, command).await
        })
        .await
    }

    async fn claim_case(&self, request: Request<pb::ClaimCaseRequest>) -> Reply<pb::ClaimCaseResponse> {
        answer(async {
            let (call, mut f, message) = open("CaseService.ClaimCase", request)?;
            let named = f.named("name", &message.name);
            let (shop, case) = f.finish(named)?;
            execute(&self.0, call, ClaimCase { shop, case }).await
        })
        .await
    }

    async fn renew_lease(&self, request: Request<pb::RenewLeaseRequest>) -> Reply<pb::RenewLeaseResponse> {
        answer(async {
            let (call, mut f, message) = open("CaseService.RenewLease", request)?;
            let named = f.named("name", &message.name);
            let lease = f.id("lease_id", &message.lease_id);
            let fence = f.fence(message.fence);
            let (((shop, case), lease), fence) = f.finish(named.zip(lease).zip(fence))?;
            execute(&self.0, call, RenewLease { shop, case, lease, fence }).await
        })
        .await
    }

    async fn release_case(&self, request: Request<pb::ReleaseCaseRequest>) -> Reply<pb::ReleaseCaseResponse> {
        answer(async {
            let (call, mut f, message) = open("CaseService.ReleaseCase", request)?;
            let target = ask::target(&mut f, &message.name, &message.etag, ask::Fence::Held(message.fence));
            let lease = f.id_or_none("lease_id", &message.lease_id);
            let note = f.text("note", message.note, NOTE_CHARACTERS_MAX);
            let ((target, lease), note) = f.finish(target.zip(lease).zip(note))?;
            execute(&self.0, call, ReleaseCase { target, lease, note }).await
        })
        .await
    }

    async fn assign_case(&self, request: Request<pb::AssignCaseRequest>) -> Reply<pb::AssignCaseResponse> {
        answer(async {
            let (call, mut f, message) = open("CaseService.AssignCase", request)?;
            let command = ask::assign(&mut f, message);
            execute(&self.0, call, f.finish(command)?).await
        })
        .await
    }

    async fn add_case_note(
        &self,
        request: Request<pb::AddCaseNoteRequest>,
    ) -> Reply<pb::AddCaseNoteResponse> {
        answer(async {
            let (call, mut f, message) = open("CaseService.AddCaseNote", request)?;
            let target = ask::target(&mut f, &message.name, &message.etag, ask::Fence::Free(message.fence));
            let text = f.required_text("text", message.text, TEXT_CHARACTERS_MAX);
            let (target, text) = f.finish(target.zip(text))?;
            execute(&self.0, call, AddNote { target, text }).await
        })
        .await
    }

    async fn record_contact(
        &self,
        request: Request<pb::RecordContactRequest>,
    ) -> Reply<pb::RecordContactResponse> {
        answer(async {
            let (call, mut f, message) = open("CaseService.RecordContact", request)?;
            let target = ask::target(&mut f, &message.name, &message.etag, ask::Fence::Held(message.fence));
            let means = ask::means(&mut f, message.medium);
            let text = f.text("text", message.text, TEXT_CHARACTERS_MAX);
            let at = f.past_or_none("contact_time", message.contact_time, latest(&self.0));
            ask::message_id(&mut f, &message.message_id);
            let (((target, means), text), at) = f.finish(target.zip(means).zip(text).zip(at))?;
            execute(&self.0, call, RecordContact { target, means, reached: true, text, at }).await
        })
        .await
    }

    async fn wait_case(&self, request: Request<pb::WaitCaseRequest>) -> Reply<pb::WaitCaseResponse> {
        answer(async {
            let (call, mut f, message) = open("CaseService.WaitCase", request)?;
            let target = ask::target(&mut f, &message.name, &message.etag, ask::Fence::Held(message.fence));
            let wait_for = ask::wait_for(&mut f, message.wait_reason);
            let until = f.time_or_none("until_time", message.until_time);
            let note = f.text("note", message.note, NOTE_CHARACTERS_MAX);
            let (((target, wait_for), until), note) = f.finish(target.zip(wait_for).zip(until).zip(note))?;
            execute(&self.0, call, WaitCase { target, wait_for, until, note }).await
        })
        .await
    }

    async fn snooze_case(&self, request: Request<pb::SnoozeCaseRequest>) -> Reply<pb::SnoozeCaseResponse> {
        answer(async {
            let (call, mut f, message) = open("CaseService.SnoozeCase", request)?;
            let target = ask::target(&mut f, &message.name, &message.etag, ask::Fence::Held(message.fence));
            let until = f.time("until_time", message.until_time);
            let note = f.text("note", message.note, NOTE_CHARACTERS_MAX);
            let ((target, until), note) = f.finish(target.zip(until).zip(note))?;
            execute(&self.0, call, SnoozeCase { target, until, note }).await
        })
        .await
    }

    async fn escalate_case(
        &self,
        request: Request<pb::EscalateCaseRequest>,
    ) -> Reply<pb::EscalateCaseResponse> {
        answer(async {
            let (call, mut f, message) = open("CaseService.EscalateCase", request)?;
            let target = ask::target(&mut f, &message.name, &message.etag, ask::Fence::Free(message.fence));
            let why = f.required_text("escalation_reason", message.escalation_reason, NOTE_CHARACTERS_MAX);
            let (target, why) = f.finish(target.zip(why))?;
            execute(&self.0, call, EscalateCase { target, why }).await
        })
        .await
    }

    async fn solve_case(&self, request: Request<pb::SolveCaseRequest>) -> Reply<pb::SolveCaseResponse> {
        answer(async {
            let (call, mut f, message) = open("CaseService.SolveCase", request)?;
            let target = ask::target(&mut f, &message.name, &message.etag, ask::Fence::Held(message.fence));
            let outcome = f.word::<Outcome>("outcome", message.outcome);
            let note = ask::note_for(&mut f, message.note, outcome == Some(Outcome::Other));
            let reason = f.word_or_none("reason", message.reason);
            let (((target, outcome), note), reason) = f.finish(target.zip(outcome).zip(note).zip(reason))?;
            execute(&self.0, call, SolveCase { target, outcome, note, reason }).await
        })
        .await
    }

    async fn reopen_case(&self, request: Request<pb::ReopenCaseRequest>) -> Reply<pb::ReopenCaseResponse> {
        answer(async {
            let (call, mut f, message) = open("CaseService.ReopenCase", request)?;
            let named = f.named("name", &message.name);
            let version = f.etag("etag", &message.etag);
            let note = f.text("note", message.note, NOTE_CHARACTERS_MAX);
            let (((shop, case), version), note) = f.finish(named.zip(version).zip(note))?;
            execute(&self.0, call, ReopenCase { shop, case, version, note }).await
        })
        .await
    }

    async fn merge_case(&self, request: Request<pb::MergeCaseRequest>) -> Reply<pb::MergeCaseResponse> {
        answer(async {
            let (call, mut f, message) = open("CaseService.MergeCase", request)?;
            let target = ask::target(&mut f, &message.name, &message.etag, ask::Fence::Free(message.fence));
            let into = ask::into(&mut f, &message.into, target.as_ref());
            let into_version = f.etag("into_etag", &message.into_etag);
            let note = f.text("note", message.note, NOTE_CHARACTERS_MAX);
            let (((target, into), into_version), note) =
                f.finish(target.zip(into).zip(into_version).zip(note))?;
            execute(&self.0, call, MergeCase { target, into, into_version, note }).await
        })
        .await
    }

    async fn cancel_case(&self, request: Request<pb::CancelCaseRequest>) -> Reply<pb::CancelCaseResponse> {
        answer(async {
            let (call, mut f, message) = open("CaseService.CancelCase", request)?;
            let target = ask::target(&mut f, &message.name, &message.etag, ask::Fence::Free(message.fence));
            let note = f.required_text("note", message.note, NOTE_CHARACTERS_MAX);
            let (target, note) = f.finish(target.zip(note))?;
            execute(&self.0, call, CancelCase { target, note }).await
        })
        .await
    }

    async fn list_timeline(
        &self,
        request: Request<pb::ListTimelineRequest>,
    ) -> Reply<pb::ListTimelineResponse> {
        answer(async {
            let (principal, mut f, mut message) = read(request)?;
            let page = Page::open(&mut f, &mut message, 100, 500);
            let named = f.named("parent", &message.parent);
            let after = f.position("after_sequence", message.after_sequence);
            let ((page, (shop, case)), after) = f.finish(page.zip(named).zip(after))?;
            let found = self.0.timeline(&principal, &shop, case, page.after, after, page.limit).await?;
            let next_page_token = page.token(found.next.as_ref());
            Ok(pb::ListTimelineResponse { entries: timeline::render(&found.entries), next_page_token })
        })
        .await
    }

    async fn explain_sla(&self, request: Request<pb::ExplainSlaRequest>) -> Reply<pb::ExplainSlaResponse> {
        answer(async {
            let (principal, mut f, message) = read(request)?;
            let named = f.named("name", &message.name);
            let under = ask::policy_version(&mut f, &message.policy_version);
            let ((shop, id), under) = f.finish(named.zip(under))?;
            let explained = self.0.explain_sla(&principal, &shop, id, under).await?;
            Ok(sla::explanation(&explained))
        })
        .await
    }

    async fn plan_case(&self, request: Request<pb::PlanCaseRequest>) -> Reply<pb::PlanCaseResponse> {
        answer(async {
            let (principal, mut f, message) = read(request)?;
            let named = f.named("name", &message.name);
            let (shop, id) = f.finish(named)?;
            let planned = self.0.case_plan(&principal, &shop, id).await?;
            Ok(pb::PlanCaseResponse { plan: Some(plan::render(&shop, &planned)) })
        })
        .await
    }

    async fn watch_cases(&self, request: Request<pb::WatchCasesRequest>) -> Reply<Self::WatchCasesStream> {
        answer(async {
            let (principal, fields, message) = read(request)?;
            watch::board::start(self, principal, fields, message).await
        })
        .await
    }

    async fn watch_case(&self, request: Request<pb::WatchCaseRequest>) -> Reply<Self::WatchCaseStream> {
        answer(async {
            let (principal, fields, message) = read(request)?;
            watch::one::start(self, principal, fields, message).await
        })
        .await
    }

    async fn view_case(&self, request: Request<pb::ViewCaseRequest>) -> Reply<pb::ViewCaseResponse> {
        answer(async {
            let (principal, mut f, message) = read(request)?;
            let named = f.named("name", &message.name);
            let (shop, id) = f.finish(named)?;
            let (viewers, until) = self.0.view_case(&principal, &shop, id, message.leave).await?;
            Ok(pb::ViewCaseResponse {
                viewers: viewers.iter().map(viewer).collect(),
                expire_time: until.map(time::render),
            })
        })
        .await
    }

    async fn link_cases(&self, request: Request<pb::LinkCasesRequest>) -> Reply<pb::LinkCasesResponse> {
        answer(async {
            let (call, mut f, m) = open("CaseService.LinkCases", request)?;
            let target = ask::target(&mut f, &m.name, &m.etag, ask::Fence::Free(m.fence));
            let link = ask::link(&mut f, target.as_ref(), &m.other, m.relation, m.incoming);
            let (target, link) = f.finish(target.zip(link))?;
            execute(&self.0, call, LinkCases { target, link }).await
        })
        .await
    }

    async fn unlink_cases(&self, request: Request<pb::UnlinkCasesRequest>) -> Reply<pb::UnlinkCasesResponse> {
        answer(async {
            let (call, mut f, m) = open("CaseService.UnlinkCases", request)?;
            let target = ask::target(&mut f, &m.name, &m.etag, ask::Fence::Free(m.fence));
            let link = ask::link(&mut f, target.as_ref(), &m.other, m.relation, m.incoming);
            let (target, link) = f.finish(target.zip(link))?;
            execute(&self.0, call, UnlinkCases { target, link }).await
        })
        .await
    }
}
