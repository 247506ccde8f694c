//! Templates of replies: stored only when nothing is wrong, filled with what the case knows.

use std::collections::BTreeMap;

use amends_app::AppError;
use amends_app::remedy::{BuyerAnswer, Report};
use amends_app::reply::{Content, CreateTemplate, DraftReply, Said, UpdateTemplate};
use amends_domain::TemplateId;
use amends_domain::remedy::RemedyKind;
use amends_domain::reply::template::{Placeholder, Template};
use amends_domain::returns::ReturnStatus;

use crate::house::{House, everywhere};
use crate::stage::{Stage, ann, back_end, boss, id, money};

fn said(language: &str, text: &str) -> Said {
    Said { language: language.to_owned(), text: text.to_owned() }
}

async fn create(stage: &Stage<'_>, name: &str, texts: Vec<Said>) -> Result<Template, AppError> {
    let create = CreateTemplate { shop: stage.shop.clone(), id: id(name), texts };
    stage.app.perform(boss(), create).await
}

async fn on(house: &House) -> Stage<'_> {
    Stage::on(house, "own_store").await
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_wrong_with_a_template_is_told_at_once_and_nothing_is_stored() {
    everywhere(async |house| {
        let stage = on(house).await;
        let texts = vec![
            said("en", "Dear {buyer_name}, {order_id} is { late"),
            said("", "Fine."),
            said("not a tag", ""),
            said("EN", "Twice."),
        ];
        let Err(AppError::Invalid(wrong)) = create(&stage, "bad", texts).await else {
            panic!("it was stored")
        };
        let fields: Vec<_> = wrong.iter().map(|w| w.field.as_str()).collect();
        let expected = [
            "template.texts[0].text",
            "template.texts[0].text",
            "template.texts[1].language",
            "template.texts[2].language",
            "template.texts[2].text",
            "template.texts[3].language",
        ];
        assert_eq!(fields, expected, "{wrong:?}");
        assert!(wrong[0].problem.contains("{buyer_name}") && wrong[1].problem.contains("brace"));
        assert!(matches!(create(&stage, "none", vec![]).await, Err(AppError::Invalid(_))));
        let all = house.app.templates(&boss().principal, &stage.shop, None, 9).await.unwrap();
        assert!(all.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_is_made_once_and_changed_from_the_version_that_was_seen() {
    everywhere(async |house| {
        let stage = on(house).await;
        let one = create(&stage, "delay", vec![said("en", "Sorry.")]).await.unwrap();
        let again = create(&stage, "delay", vec![said("en", "Sorry!")]).await;
        assert!(matches!(again, Err(AppError::AlreadyExists { what: "template", .. })));
        let update = |version, text: &str| UpdateTemplate {
            shop: stage.shop.clone(),
            id: id("delay"),
            version,
            texts: vec![said("en", text)],
        };
        let denied = house.app.perform(ann(), update(one.version, "x")).await;
        assert!(matches!(denied, Err(AppError::RoleMissing { .. })));
        let two = house.app.perform(boss(), update(one.version, "We are sorry.")).await.unwrap();
        assert_eq!((two.version, two.texts["en"].as_str()), (2, "We are sorry."));
        let late = house.app.perform(boss(), update(one.version, "x")).await;
        assert!(matches!(late, Err(AppError::EtagStale { seen: 1, current: 2 })));
        let missing = UpdateTemplate { id: id("nope"), ..update(1, "x") };
        let missing = house.app.perform(boss(), missing).await;
        assert!(matches!(missing, Err(AppError::NotFound { what: "template", .. })));
        let all = house.app.templates(&ann().principal, &stage.shop, None, 9).await.unwrap();
        assert_eq!(all, [two]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_is_filled_with_what_the_case_knows_and_says_what_is_missing() {
    everywhere(async |house| {
        let stage = on(house).await;
        let all = "{order_id} {product} {tracking} {amount} {date} {agent}";
        create(&stage, "all", vec![said("en", all), said("de", "Hallo {agent}")]).await.unwrap();
        let case = stage.broken("o1", 1).await;
        stage.claim(case).await;
        let name: TemplateId = id("all");
        let preview = async |language: &str, values: &[(&str, &str)]| {
            let values: BTreeMap<_, _> =
                values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            house.app.preview_template(&ann().principal, &stage.shop, &name, case, language, &values).await
        };
        let early = preview("en", &[]).await.unwrap();
        assert_eq!(early.missing, [Placeholder::Tracking, Placeholder::Amount]);
        assert_eq!(early.text, "o1 SKU-1 {tracking} {amount} 2026-03-01 ann");
        assert_eq!(preview("de-AT", &[]).await.unwrap().text, "Hallo ann");
        // What an agent gives is checked as what it is, all at once.
        let given = [("amount", "much"), ("nope", "x"), ("agent", "bob"), ("date", "2026-02-30")];
        let Err(AppError::Invalid(wrong)) = preview("en", &given).await else { panic!("it was taken") };
        assert_eq!(wrong.len(), 4, "{wrong:?}");
        let given = preview("en", &[("tracking", "T7"), ("amount", "5.00 EUR")]).await.unwrap();
        assert_eq!((given.text.as_str(), given.missing.len()), ("o1 SKU-1 T7 5.00 EUR 2026-03-01 ann", 0));
        // A draft is not made of half a template.
        let content = || Content::Template { id: id("all"), values: BTreeMap::new() };
        let draft = stage.draft_on(&stage.case(case).await);
        let half = DraftReply { content: content(), language: "en".to_owned(), ..draft };
        let Err(AppError::Invalid(wrong)) = house.app.perform(ann(), half).await else { panic!("half") };
        let fields: Vec<_> = wrong.iter().map(|w| w.field.as_str()).collect();
        assert_eq!(fields, ["template.values[tracking]", "template.values[amount]"]);
        let remedy = stage.offered(case, RemedyKind::PartialRefund, money(250)).await.unwrap();
        stage.answer(remedy.id, BuyerAnswer::Accepted).await.unwrap();
        stage.report(remedy.id, Report::Fulfilled { tracking: "PAY-1".to_owned() }).await.unwrap();
        let draft = stage.draft_on(&stage.case(case).await);
        let whole = DraftReply { content: content(), language: "en".to_owned(), ..draft };
        let reply = house.app.perform(ann(), whole).await.unwrap().reply;
        assert_eq!((reply.template.clone(), reply.language.as_str()), (Some(id("all")), "en"));
        let read = house.app.reply(&back_end().principal, &stage.shop, reply.id).await.unwrap();
        assert_eq!(read.text.as_deref(), Some("o1 SKU-1 PAY-1 2.50 EUR 2026-03-01 ann"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_knows_where_it_goes() {
    everywhere(async |house| {
        let stage = on(house).await;
        let case = stage.broken("o1", 1).await;
        stage.claim(case).await;
        stage.wish_of("o1", stage.now()).await;
        let private = stage.draft(case).await.destination;
        assert_eq!((private.order, private.line), (Some(id("o1")), Some(id("1"))));
        assert_eq!((private.conversation, private.review, private.public), (Some(id("c-o1")), None, false));
        let draft = stage.draft_on(&stage.case(case).await);
        let public = DraftReply { public: true, ..draft };
        let public = house.app.perform(ann(), public).await.unwrap().reply.destination;
        assert_eq!((public.review, public.public), (Some(id("r-o1")), true));
        // Nobody reviewed: there is nothing to answer below.
        stage.delivered("o2", 1).await;
        let other = stage.wants_return("o2", ReturnStatus::Requested).await;
        stage.claim(other).await;
        let draft = stage.draft_on(&stage.case(other).await);
        let error = house.app.perform(ann(), DraftReply { public: true, ..draft }).await.unwrap_err();
        assert!(matches!(error, AppError::Precondition(_)), "{error:?}");
    })
    .await;
}
