//! Templates of replies over the wire.

use amends_app::Role;
use amends_client::{Client, Error, v1};
use amends_tests::harness::MAIN;
use amends_tests::make::{LEAKS, order, review};
use amends_tests::{Desk, Harness, flow, refusal, refused};
use tonic::Code;
use v1::Reason;
use v1::draft_reply_request::Content;

flow!(
    a_template_is_stored_changed_previewed_and_used,
    a_template_with_mistakes_is_refused_with_all_of_them,
    templates_are_listed_page_by_page_and_made_by_supervisors
);

fn words(language: &str, text: &str) -> v1::TemplateText {
    v1::TemplateText { language: language.to_owned(), text: text.to_owned() }
}

async fn create(client: &Client, id: &str, texts: Vec<v1::TemplateText>) -> Result<v1::ReplyTemplate, Error> {
    let request = v1::CreateTemplateRequest {
        parent: MAIN.to_owned(),
        template_id: id.to_owned(),
        template: Some(v1::ReplyTemplate { texts, ..Default::default() }),
        ..Default::default()
    };
    client.call(request).await.map(|answer| answer.template.unwrap())
}

async fn supervisor(h: &Harness) -> Client {
    h.client_as("sam", &[Role::Supervisor]).await
}

fn using(template: &v1::ReplyTemplate, values: &[(&str, &str)]) -> v1::TemplateUse {
    let value = |(placeholder, value): &(&str, &str)| v1::TemplateValue {
        placeholder: (*placeholder).to_owned(),
        value: (*value).to_owned(),
    };
    v1::TemplateUse { template: template.name.clone(), values: values.iter().map(value).collect() }
}

async fn a_template_is_stored_changed_previewed_and_used(h: &Harness) {
    let sam = supervisor(h).await;
    let made = create(&sam, "delay", vec![words("en", "Order {order_id} is late.")]).await.unwrap();
    assert_eq!((made.name.as_str(), made.author.as_str()), ("shops/main/templates/delay", "sam"));
    let taken = create(&sam, "delay", vec![words("en", "x")]).await;
    let _ = refused(taken, Code::AlreadyExists, Reason::TemplateExists);
    let texts = vec![words("en", "{order_id}: {tracking} ({agent})"), words("de", "{order_id}!")];
    let update = v1::UpdateTemplateRequest {
        template: Some(v1::ReplyTemplate { texts, ..made.clone() }),
        ..Default::default()
    };
    let changed = sam.call(update.clone()).await.unwrap().template.unwrap();
    assert_eq!(changed.texts.len(), 2);
    let again = v1::UpdateTemplateRequest { request_id: "again".to_owned(), ..update };
    let stale = refused(sam.call(again).await, Code::Aborted, Reason::EtagMismatch);
    assert_eq!(stale.metadata["current_etag"], changed.etag);
    h.say(order("o1")).await;
    let case = h.say(review("r1", "o1", 1, LEAKS)).await.case;
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let desk = Desk::claim(&mia, &case).await;
    let preview = v1::PreviewTemplateRequest {
        template: Some(using(&changed, &[])),
        case: case.clone(),
        language: "en".to_owned(),
    };
    let shown = mia.call(preview.clone()).await.unwrap();
    assert_eq!(
        (shown.text.as_str(), shown.missing.as_slice()),
        ("o1: {tracking} (mia)", &["tracking".to_owned()][..])
    );
    let german = v1::PreviewTemplateRequest { language: "de-CH".to_owned(), ..preview.clone() };
    let german = mia.call(german).await.unwrap();
    assert_eq!((german.text.as_str(), german.language.as_str()), ("o1!", "de"));
    let draft = |values: &[(&str, &str)]| v1::DraftReplyRequest {
        case: case.clone(),
        etag: desk.case.etag.clone(),
        fence: desk.lease.fence,
        language: "en".to_owned(),
        content: Some(Content::Template(using(&changed, values))),
        ..Default::default()
    };
    let half = refused(mia.call(draft(&[])).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&half), ["template.values[tracking]"]);
    let odd = mia.call(draft(&[("tracking", "T\n1"), ("colour", "red"), ("agent", "tom")])).await;
    let odd = refused(odd, Code::InvalidArgument, Reason::InvalidField);
    let expected = ["template.values[agent]", "template.values[colour]", "template.values[tracking]"];
    assert_eq!(refusal::fields(&odd), expected);
    let whole = mia.call(draft(&[("tracking", "T1")])).await.unwrap().reply.unwrap();
    assert_eq!((whole.template.as_str(), whole.language.as_str()), (changed.name.as_str(), "en"));
    let read = mia.call(v1::GetReplyRequest { name: whole.name }).await.unwrap().reply.unwrap();
    assert_eq!(read.text, "o1: T1 (mia)");
    let nowhere = v1::TemplateUse { template: format!("{MAIN}/templates/nope"), values: vec![] };
    let nowhere = v1::PreviewTemplateRequest { template: Some(nowhere), ..preview };
    let _ = refused(mia.call(nowhere).await, Code::NotFound, Reason::TemplateNotFound);
}

async fn a_template_with_mistakes_is_refused_with_all_of_them(h: &Harness) {
    let sam = supervisor(h).await;
    let texts =
        vec![words("en", "Dear {buyer_name}, {order_id} is { late"), words("", "Fine."), words("de", " ")];
    let failure = refused(create(&sam, "bad", texts).await, Code::InvalidArgument, Reason::InvalidField);
    let expected = [
        "template.texts[0].text",
        "template.texts[0].text",
        "template.texts[1].language",
        "template.texts[2].text",
    ];
    assert_eq!(refusal::fields(&failure), expected);
    assert!(failure.violations[0].description.contains("{buyer_name} is no placeholder"));
    let list = v1::ListTemplatesRequest { parent: MAIN.to_owned(), ..Default::default() };
    assert!(sam.call(list).await.unwrap().templates.is_empty());
}

async fn templates_are_listed_page_by_page_and_made_by_supervisors(h: &Harness) {
    let (sam, mia) = (supervisor(h).await, h.client_as("mia", &[Role::Agent]).await);
    let denied = create(&mia, "mine", vec![words("en", "x")]).await;
    let _ = refused(denied, Code::PermissionDenied, Reason::RoleMissing);
    for id in ["c", "a", "b b"] {
        create(&sam, id, vec![words("en", "x")]).await.unwrap();
    }
    let (mut seen, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = v1::ListTemplatesRequest { parent: MAIN.to_owned(), page_size: 1, page_token };
        let page = mia.call(request).await.unwrap();
        seen.extend(page.templates.into_iter().map(|template| template.name));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(seen, ["a", "b b", "c"].map(|id| format!("{MAIN}/templates/{id}")));
}
