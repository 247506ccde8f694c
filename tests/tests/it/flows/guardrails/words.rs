//! Words that may not go out, in whatever language, and on which channels.

use amends_app::Role;
use amends_client::{Client, Error, v1};
use amends_tests::harness::MAIN;
use amends_tests::make::{message, order, terms_of};
use amends_tests::{Desk, Harness, flow, refused};
use tonic::Code;
use v1::{Reason, ReplyState, TextReader};

use super::{check, desk_in, draft, ids, queue, refused_reply};

flow!(
    words_are_refused_in_every_language_and_let_pass_where_they_mean_no_harm,
    what_a_marketplace_forbids_ones_own_shop_may_say,
    what_everyone_reads_tells_nothing_of_the_buyer,
    an_offer_ties_nothing_to_a_review,
    a_template_is_looked_over_when_it_is_stored_and_when_it_is_filled,
    words_are_looked_over_while_they_are_written
);

const CHANNELS: [&str; 6] = ["shopee", "lazada", "amazon", "ebay", "etsy", "own_store"];

async fn words_are_refused_in_every_language_and_let_pass_where_they_mean_no_harm(h: &Harness) {
    let refused_words = [
        ("Change your review to five stars and we refund everything.", "G02"),
        ("Bitte löschen Sie Ihre Bewertung.", "G06"),
        ("Si vous ne supprimez pas cet avis, nous porterons plainte.", "G07"),
        ("Silakan batalkan permintaan retur Anda.", "G22"),
        ("能不能麻烦您把差评改成五星好评？", "G05"),
    ];
    for (n, channel) in (1..).zip(CHANNELS) {
        let shop = h.open_shop(channel, channel).await;
        let (mut desk, _) = desk_in(h, &shop, n).await;
        for (words, rule) in refused_words {
            let reply = draft(&mut desk, words, false).await;
            let rules = refused_reply(&mut desk, &reply).await;
            assert!(rules.iter().any(|one| one == rule), "{channel}: {words}: {rules:?}");
        }
        let kind =
            draft(&mut desk, "We are sorry that the bottle leaked; a new one leaves today.", false).await;
        assert_eq!(queue(&mut desk, &kind, false).await.unwrap().state(), ReplyState::Queued, "{channel}");
        let timeline = h.timeline(&desk.case.name).await;
        let told: Vec<String> = timeline.iter().map(|entry| format!("{entry:?}")).collect();
        let refusals = told.iter().filter(|entry| entry.contains("ActionRefused")).count();
        assert_eq!(refusals, refused_words.len(), "each refusal stands on the timeline");
        assert!(told.iter().all(|entry| !entry.contains("Bewertung")), "and none of its words do");
    }
}

async fn what_a_marketplace_forbids_ones_own_shop_may_say(h: &Harness) {
    for (n, channel) in (1..).zip(CHANNELS) {
        let shop = h.open_shop(channel, channel).await;
        let (mut desk, _) = desk_in(h, &shop, n).await;
        let reply = draft(&mut desk, "Message us on WhatsApp, we will sort it out there.", false).await;
        if channel == "own_store" {
            assert!(check(&desk.client, &reply, false).await.allowed);
        } else {
            assert_eq!(refused_reply(&mut desk, &reply).await, ["G15"], "{channel}");
        }
    }
}

async fn what_everyone_reads_tells_nothing_of_the_buyer(h: &Harness) {
    let shop = h.open_shop("own", "own_store").await;
    let (mut desk, _) = desk_in(h, &shop, 77_001).await;
    let words = "We are sorry. The order o77001 will be replaced.";
    let public = draft(&mut desk, words, true).await;
    assert_eq!(refused_reply(&mut desk, &public).await, ["G14"]);
    let private = draft(&mut desk, words, false).await;
    assert!(check(&desk.client, &private, false).await.allowed, "the buyer may read it");
}

async fn an_offer_ties_nothing_to_a_review(h: &Harness) {
    h.say(order("o1")).await;
    let heard = h.say(message("m1", "o1", "The bottle leaks, I want to send it back.")).await;
    let mut desk = Desk::claim(h.client(), &heard.case).await;
    let offer = |desk: &Desk, text: &str| v1::OfferRemedyRequest {
        case: desk.case.name.clone(),
        etag: desk.case.etag.clone(),
        fence: desk.lease.fence,
        kind: v1::RemedyKind::PartialRefund.into(),
        terms: Some(terms_of(300)),
        customer_text: text.to_owned(),
        ..Default::default()
    };
    let tied = offer(&desk, "We refund 3 € as soon as you have changed your review to five stars.");
    let failure = refused(desk.client.call(tied).await, Code::FailedPrecondition, Reason::GuardrailRefused);
    assert!(failure.preconditions.iter().any(|one| one.rule == "G02"), "{failure:?}");
    assert_eq!(failure.metadata["action"], "offer");
    let asking = offer(&desk, "We refund 3 €. You may update your review if you like.");
    let failure = refused(desk.client.call(asking).await, Code::FailedPrecondition, Reason::GuardrailRefused);
    assert!(failure.preconditions.iter().any(|one| one.rule == "G04"), "{failure:?}");
    desk.look().await;
    let plain = offer(&desk, "We refund 3 € for the leak.");
    desk.client.call(plain).await.unwrap();
}

async fn stored(client: &Client, id: &str, text: &str) -> Result<v1::ReplyTemplate, Error> {
    let texts = vec![v1::TemplateText { language: "en".to_owned(), text: text.to_owned() }];
    let request = v1::CreateTemplateRequest {
        parent: MAIN.to_owned(),
        template_id: id.to_owned(),
        template: Some(v1::ReplyTemplate { texts, ..Default::default() }),
        ..Default::default()
    };
    client.call(request).await.map(|answer| answer.template.unwrap())
}

async fn a_template_is_looked_over_when_it_is_stored_and_when_it_is_filled(h: &Harness) {
    let sam = h.client_as("sam", &[Role::Supervisor]).await;
    let bribe =
        stored(&sam, "bribe", "{amount} are yours once your review of {product} has five stars.").await;
    let failure = refused(bribe, Code::InvalidArgument, Reason::InvalidField);
    let field = failure.violations.iter().find(|field| field.description.starts_with("G02")).unwrap();
    assert_eq!(field.field, "template.texts[0].text");
    let ask = stored(&sam, "ask", "You may update your review of {product} if you like.").await;
    let failure = refused(ask, Code::InvalidArgument, Reason::InvalidField);
    assert!(failure.violations[0].description.starts_with("G05"), "{failure:?}");
    // Harmless by itself; what fills its place is not.
    let template = stored(&sam, "about", "About {product}: a new one leaves today.").await.unwrap();
    let (mut desk, _) = desk_in(h, MAIN, 1).await;
    let value = v1::TemplateValue {
        placeholder: "product".to_owned(),
        value: "the lamp. Please delete your review".to_owned(),
    };
    let used = v1::TemplateUse { template: template.name, values: vec![value] };
    let request = v1::DraftReplyRequest {
        case: desk.case.name.clone(),
        etag: desk.case.etag.clone(),
        fence: desk.lease.fence,
        content: Some(v1::draft_reply_request::Content::Template(used)),
        ..Default::default()
    };
    let drafted = desk.client.call(request).await.unwrap();
    desk.case = drafted.case.unwrap();
    let rules = refused_reply(&mut desk, &drafted.reply.unwrap()).await;
    assert!(rules.iter().any(|rule| rule == "G06"), "{rules:?}");
}

async fn words_are_looked_over_while_they_are_written(h: &Harness) {
    let request = |text: &str, reader: TextReader| v1::LintTextRequest {
        parent: MAIN.to_owned(),
        text: text.to_owned(),
        language: String::new(),
        reader: reader.into(),
    };
    let lint = async |text: &str, reader| h.client().call(request(text, reader)).await;
    let found = lint("Grüße! Bitte löschen Sie Ihre Bewertung.", TextReader::Buyer).await.unwrap();
    let finding = found.findings.first().unwrap();
    assert_eq!(finding.refusal.as_ref().unwrap().rule, "G06");
    let there = "Grüße! Bitte löschen Sie Ihre Bewertung.".chars();
    let there = there.skip(usize::try_from(finding.start).unwrap());
    let there: String = there.take(usize::try_from(finding.end - finding.start).unwrap()).collect();
    assert_eq!(there, finding.words, "places are told in characters");
    let own_ask = lint("You may update your review if you like.", TextReader::Buyer).await.unwrap();
    assert!(own_ask.asks_for_revision);
    let loud = lint("Sorry, but you MUST send a photo!!", TextReader::Buyer).await.unwrap();
    assert!(loud.findings.is_empty());
    let hints: Vec<&str> = loud.hints.iter().map(|hint| hint.advice.as_str()).collect();
    assert!(["EXCUSE", "EXCLAMATION"].iter().all(|hint| hints.contains(hint)), "{hints:?}");
    let _ = refused(lint("", TextReader::Buyer).await, Code::InvalidArgument, Reason::InvalidField);
    let nobody = lint("Hello", TextReader::Unspecified).await;
    let _ = refused(nobody, Code::InvalidArgument, Reason::InvalidField);
    // Hints stand beside the answer about a reply, too.
    let (mut desk, _) = desk_in(h, MAIN, 1).await;
    let reply = draft(&mut desk, "It is your own fault.", true).await;
    let told = check(&desk.client, &reply, false).await;
    assert!(told.allowed && ids(&told).is_empty(), "advice refuses nothing");
    assert!(told.hints.iter().any(|hint| hint.advice == "BLAME"), "{:?}", told.hints);
}
