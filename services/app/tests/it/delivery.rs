//! Delivery: connectors that race, repeat themselves or fall silent, crashes at every step, and the channel
//! that shows what became of a reply.

use amends_app::ingest::Receipt;
use amends_app::{AppError, Command, Work};
use amends_domain::event::Event;
use amends_domain::reply::{Reply, ReplyRefused, ReplyStage, ReplyState, ReplyVerbKind};
use amends_domain::signal::Direction;
use amends_domain::{CaseId, ShopId, Span};
use amends_store::{deadline, event};

use crate::house::{House, everywhere};
use crate::make::{minutes, root};
use crate::replying::{failed, other_connector, sent_as, unknown};
use crate::stage::{Stage, ann, back_end};

async fn held(house: &House) -> (Stage<'_>, CaseId) {
    let stage = Stage::on(house, "own_store").await;
    let case = stage.broken("o1", 1).await;
    stage.claim(case).await;
    (stage, case)
}

/// The conversation as a screen shows it: the channel's ids of what was said to the buyer.
async fn shown(stage: &Stage<'_>, case: CaseId) -> Vec<String> {
    let view = stage.app.case_view(&root(), &stage.shop, case).await.unwrap();
    let said = view.messages.iter().filter(|view| view.message.direction == Direction::ToBuyer);
    let echoes = said.map(|view| view.message.message.to_string());
    let ours = view.replies.iter().map(|sent| sent.reply.message.clone().unwrap().to_string());
    echoes.chain(ours).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_connectors_that_take_one_reply_one_has_it() {
    everywhere(async |house| {
        let (stage, case) = held(house).await;
        for _ in 0..5 {
            let reply = stage.queued(case).await;
            let mut race = tokio::task::JoinSet::new();
            for n in 0..8 {
                let who = if n % 2 == 0 { back_end() } else { other_connector() };
                let (app, begin) = (house.app.clone(), stage.begin_of(&reply, None));
                race.spawn(async move { app.perform(who, begin).await });
            }
            let done = race.join_all().await;
            let (won, lost): (Vec<_>, Vec<_>) = done.into_iter().partition(Result::is_ok);
            assert_eq!(won.len(), 1);
            for error in lost.into_iter().filter_map(Result::err) {
                let taken = ReplyRefused::NoArrow { from: ReplyStage::Sending, verb: ReplyVerbKind::Begin };
                assert!(matches!(&error, AppError::Reply(why) if *why == taken), "{error:?}");
            }
            let sending = stage.reply(reply.id).await.reply;
            assert_eq!(sending.attempts, 1);
            stage.report_delivery(&sending, failed()).await.unwrap();
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_report_twice_is_one_report() {
    everywhere(async |house| {
        let (stage, case) = held(house).await;
        let sending = stage.sending(case).await;
        let lost = stage.report_delivery(&sending, unknown(None)).await.unwrap();
        assert_eq!(stage.report_delivery(&sending, unknown(None)).await.unwrap(), lost);
        let sent = stage.report_delivery(&sending, sent_as("m1")).await.unwrap();
        let version = stage.case(case).await.version;
        stage.pass(minutes(1)).await;
        assert_eq!(stage.report_delivery(&sending, sent_as("m1")).await.unwrap(), sent);
        assert_eq!(stage.case(case).await.version, version);
        let steps = ["reply.drafted", "reply.queued", "reply.sending", "reply.unknown", "reply.sent"];
        assert_eq!(stage.told(case).await, steps);
        for delivery in [sent_as("m2"), failed(), unknown(None)] {
            let error = stage.report_delivery(&sending, delivery).await.unwrap_err();
            assert!(matches!(&error, AppError::Reply(ReplyRefused::NoArrow { .. })), "{error:?}");
        }
        // A message of the channel is one reply.
        stage.buyer_wrote("o1").await;
        let other = stage.sending(case).await;
        let error = stage.report_delivery(&other, sent_as("m1")).await.unwrap_err();
        assert!(matches!(&error, AppError::Invalid(wrong) if wrong[0].field == "message_id"), "{error:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connector_that_falls_silent_leaves_an_unknown_end_that_is_never_sent_again() {
    everywhere(async |house| {
        let (stage, case) = held(house).await;
        let sending = stage.sending(case).await;
        stage.pass(minutes(9)).await;
        assert_eq!(stage.stage_of(&sending).await, ReplyStage::Sending);
        stage.pass(minutes(1)).await;
        let lost = stage.reply(sending.id).await.reply;
        assert_eq!(lost.state, ReplyState::Unknown { at: stage.now(), why: String::new() });
        let error = stage.begin(other_connector(), &lost).await.unwrap_err();
        let taken = ReplyRefused::NoArrow { from: ReplyStage::Unknown, verb: ReplyVerbKind::Begin };
        assert!(matches!(&error, AppError::Reply(why) if *why == taken), "{error:?}");
        stage.claim(case).await;
        assert!(stage.queue(ann(), &lost).await.is_err());
        stage.pass(Span::from_days(2)).await;
        assert_eq!(stage.stage_of(&lost).await, ReplyStage::Unknown, "time alone resolves nothing");
        // A look into the channel does.
        let sent = stage.report_delivery(&lost, sent_as("m1")).await.unwrap();
        assert_eq!(sent.state.stage(), ReplyStage::Sent);
        let steps = ["reply.drafted", "reply.queued", "reply.sending", "reply.unknown", "reply.sent"];
        assert_eq!(stage.told(case).await, steps);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_looked_for_and_not_found_in_the_channel_failed() {
    everywhere(async |house| {
        let (stage, case) = held(house).await;
        let sending = stage.sending(case).await;
        let lost = stage.report_delivery(&sending, unknown(None)).await.unwrap();
        let back = stage.report_delivery(&lost, failed()).await.unwrap();
        assert_eq!(back.state.stage(), ReplyStage::Failed);
        assert_eq!(stage.queue(ann(), &back).await.unwrap().state.stage(), ReplyStage::Queued);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sellers_own_message_resolves_an_unknown_end() {
    everywhere(async |house| {
        let (stage, case) = held(house).await;
        let queued = stage.queued(case).await;
        // The connector chose the name of the message, and died.
        let begin = stage.begin_of(&queued, Some("m1"));
        house.app.perform(back_end(), begin).await.unwrap();
        stage.pass(minutes(11)).await;
        assert_eq!(stage.stage_of(&queued).await, ReplyStage::Unknown);
        let receipt = stage.echo("o1", "m1").await;
        assert!(matches!(receipt, Receipt::Accepted { case: Some(of), .. } if of == case), "{receipt:?}");
        let sent = stage.reply(queued.id).await.reply;
        assert_eq!(sent.state, ReplyState::Sent { at: stage.now() });
        assert_eq!(stage.case(case).await.first_human_action_at, Some(stage.now()));
        assert_eq!(shown(&stage, case).await, ["m1"]);
        // The connector comes back to life and says what is known by now.
        assert_eq!(stage.report_delivery(&sent, sent_as("m1")).await.unwrap(), sent);
        assert_eq!(stage.told(case).await.last(), Some(&"reply.sent"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_echo_that_names_no_order_finds_the_case_of_its_reply() {
    everywhere(async |house| {
        let (stage, case) = held(house).await;
        let queued = stage.queued(case).await;
        let begin = stage.begin_of(&queued, Some("m1"));
        house.app.perform(back_end(), begin).await.unwrap();
        // The conversation alone hangs on nothing that the case hangs on.
        let receipt = stage.echo_about("elsewhere", None, "m1").await;
        assert!(matches!(receipt, Receipt::Accepted { case: Some(of), .. } if of == case), "{receipt:?}");
        assert_eq!(stage.stage_of(&queued).await, ReplyStage::Sent);
        assert_eq!(stage.case(case).await.first_human_action_at, Some(stage.now()));
        assert_eq!(shown(&stage, case).await, ["m1"]);
        let set = deadline::count(&house.app.store().reader()).await.unwrap();
        stage.pass(minutes(11)).await;
        assert_eq!(stage.told(case).await.last(), Some(&"reply.sent"), "no timer comes after, of {set}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_echo_that_came_before_its_name_was_told_resolves_it_too() {
    everywhere(async |house| {
        let (stage, case) = held(house).await;
        let sending = stage.sending(case).await;
        stage.pass(minutes(1)).await;
        stage.echo("o1", "m1").await;
        let seen = stage.now();
        assert_eq!(stage.stage_of(&sending).await, ReplyStage::Sending, "nobody can know whose it is");
        stage.pass(minutes(11)).await;
        let lost = stage.reply(sending.id).await.reply;
        assert_eq!(lost.state.stage(), ReplyStage::Unknown);
        let sent = stage.report_delivery(&lost, unknown(Some("m1"))).await.unwrap();
        assert_eq!(sent.state, ReplyState::Sent { at: seen });
        assert_eq!(shown(&stage, case).await, ["m1"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_stands_in_the_conversation_once_whether_the_channel_shows_it_or_not() {
    everywhere(async |house| {
        let (stage, case) = held(house).await;
        let sending = stage.sending(case).await;
        assert!(shown(&stage, case).await.is_empty(), "what is under way was not said yet");
        stage.report_delivery(&sending, sent_as("m1")).await.unwrap();
        assert_eq!(shown(&stage, case).await, ["m1"]);
        let (version, told) = (stage.case(case).await.version, stage.told(case).await);
        stage.pass(minutes(2)).await;
        stage.echo("o1", "m1").await;
        assert_eq!(shown(&stage, case).await, ["m1"]);
        assert_eq!((stage.case(case).await.version, stage.told(case).await), (version, told));
        let events = event::of_case(&house.app.store().reader(), &stage.shop, &case, 0, 500).await.unwrap();
        let echoes = events.iter().filter(|e| matches!(e.row.event, Event::MessageSeen { .. }));
        assert_eq!(echoes.count(), 0, "the timeline has told it already");
        stage.echo("o1", "m2").await;
        assert_eq!(shown(&stage, case).await, ["m1", "m2"], "another message is another message");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_that_was_called_a_failure_and_shows_up_is_not_sent_again() {
    everywhere(async |house| {
        let (stage, case) = held(house).await;
        let queued = stage.queued(case).await;
        let begin = stage.begin_of(&queued, Some("m1"));
        let sending = house.app.perform(back_end(), begin).await.unwrap().reply;
        let back = stage.report_delivery(&sending, failed()).await.unwrap();
        let again = stage.queue(ann(), &back).await.unwrap();
        stage.echo("o1", "m1").await;
        assert_eq!(stage.stage_of(&again).await, ReplyStage::Sent, "it had arrived after all");
        let error = stage.begin(back_end(), &again).await.unwrap_err();
        let over = ReplyRefused::NoArrow { from: ReplyStage::Sent, verb: ReplyVerbKind::Begin };
        assert!(matches!(&error, AppError::Reply(why) if *why == over), "{error:?}");
        assert_eq!(shown(&stage, case).await, ["m1"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_echo_and_the_end_of_an_attempt_that_come_at_once_leave_it_sent() {
    everywhere(async |house| {
        let (stage, case) = held(house).await;
        stage.buyer_wrote("o1").await;
        for n in 0..6 {
            let queued = stage.queued(case).await;
            let name = format!("m{n}");
            let begin = stage.begin_of(&queued, Some(&name));
            let sending = house.app.perform(back_end(), begin).await.unwrap().reply;
            let report = if n % 2 == 0 { unknown(Some(&name)) } else { sent_as(&name) };
            let (echo, report) =
                tokio::join!(stage.echo("o1", &name), stage.report_delivery(&sending, report));
            assert!(matches!(echo, Receipt::Accepted { .. }), "{echo:?}");
            // A report that comes after the echo is refused where it says less than is known.
            assert!(report.is_ok() || n % 2 == 0, "{report:?}");
            assert_eq!(stage.stage_of(&sending).await, ReplyStage::Sent);
        }
        assert_eq!(shown(&stage, case).await.len(), 6);
        let told = stage.told(case).await;
        assert_eq!(told.iter().filter(|word| **word == "reply.sent").count(), 6);
    })
    .await;
}

/// Does what a command does, and dies before it is committed.
#[derive(Clone)]
struct Dying<C>(C);

impl<C: Command> Command for Dying<C> {
    type Output = C::Output;
    const NAME: &'static str = C::NAME;

    fn shop(&self) -> Option<&ShopId> {
        self.0.shop()
    }

    async fn run(self, work: &mut Work) -> Result<C::Output, AppError> {
        self.0.run(work).await?;
        Err(AppError::Internal("died".to_owned()))
    }
}

/// Everything that a step could have changed.
async fn everything(stage: &Stage<'_>, case: CaseId) -> String {
    let conn = stage.app.store().reader();
    let replies = stage.app.replies(&root(), &stage.shop, Some(case), vec![], None, 99).await.unwrap();
    let events = event::of_case(&conn, &stage.shop, &case, 0, 1_000).await.unwrap().len();
    let due = deadline::count(&conn).await.unwrap();
    format!("{replies:?} {:?} {events} {due}", stage.case(case).await)
}

/// A command that dies leaves nothing, and does everything when it is run again.
async fn twice<C: Command>(stage: &Stage<'_>, who: amends_app::Call, case: CaseId, command: C) -> C::Output {
    let before = everything(stage, case).await;
    let died = stage.app.perform(who.clone(), Dying(command.clone())).await;
    assert!(matches!(died, Err(AppError::Internal(_))), "{} did not come to its end", C::NAME);
    assert_eq!(everything(stage, case).await, before, "{} left something behind", C::NAME);
    let done = stage.app.perform(who, command).await;
    done.unwrap_or_else(|error| panic!("{} could not be done again: {error}", C::NAME))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_at_any_step_leaves_nothing_half_done() {
    everywhere(async |house| {
        let (stage, case) = held(house).await;
        let draft = stage.draft_on(&stage.case(case).await);
        let reply: Reply = twice(&stage, ann(), case, draft).await.reply;
        let reply = twice(&stage, ann(), case, stage.queue_of(&reply).await).await.reply;
        let reply = twice(&stage, back_end(), case, stage.begin_of(&reply, Some("m1"))).await.reply;
        let reply = twice(&stage, back_end(), case, stage.report_of(&reply, unknown(None))).await.reply;
        let reply = twice(&stage, back_end(), case, stage.report_of(&reply, failed())).await.reply;
        let reply = twice(&stage, ann(), case, stage.queue_of(&reply).await).await.reply;
        stage.buyer_wrote("o1").await;
        let withdrawn = stage.queued(case).await;
        let withdrawn = twice(&stage, ann(), case, stage.withdraw_of(&withdrawn).await).await.reply;
        assert_eq!(withdrawn.state.stage(), ReplyStage::Withdrawn);
        let reply = twice(&stage, back_end(), case, stage.begin_of(&reply, None)).await.reply;
        let reply = twice(&stage, back_end(), case, stage.report_of(&reply, sent_as("m9"))).await.reply;
        assert_eq!((reply.attempts, reply.state.stage()), (2, ReplyStage::Sent));
        assert_eq!(shown(&stage, case).await, ["m9"]);
    })
    .await;
}
