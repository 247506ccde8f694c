//! Survey answers.

use amends_domain::SurveyId;
use amends_domain::remedy::RemedyKind;
use amends_domain::signal::SurveyKind;
use amends_store::Store;
use amends_store::survey::{self, SurveyRow};

use crate::sample::{ODD, at, case_id, order_id, shop_id};

conformance!(an_answer_is_kept_as_first_written);

fn bare(id: &str) -> SurveyRow {
    SurveyRow {
        shop: shop_id(ODD),
        survey: SurveyId::new(id).unwrap(),
        case: None,
        order: None,
        kind: SurveyKind::Nps,
        score: 0,
        occurred_at: at(1),
        solution: None,
        remedy: None,
    }
}

async fn an_answer_is_kept_as_first_written(store: Store) {
    let full = SurveyRow {
        case: Some(case_id(1)),
        order: Some(order_id(ODD)),
        score: 10,
        solution: Some(2),
        remedy: Some(RemedyKind::Coupon),
        ..bare(ODD)
    };
    let tx = store.begin().await.unwrap();
    survey::insert(&[bare("1"), full.clone()]).run(&tx).await.unwrap();
    survey::insert(&[SurveyRow { score: 5, ..bare("1") }]).run(&tx).await.unwrap();
    let asked = ["1", ODD, "x"].map(|id| (shop_id(ODD), SurveyId::new(id).unwrap()));
    let mut found = survey::by_ids(&tx, &asked).await.unwrap();
    found.sort_by_key(|answer| answer.score);
    assert_eq!(found, [bare("1"), full]);
    tx.commit().await.unwrap();
}
