//! Shops: the tenants.

use amends_client::v1;
use amends_tests::harness::MAIN;
use amends_tests::{Harness, flow, refusal, refused};
use prost_types::FieldMask;
use tonic::Code;
use v1::Reason;

flow!(
    a_shop_is_made_once,
    a_shop_changes_only_where_it_may,
    shops_are_listed_page_by_page,
    everything_that_is_wrong_with_a_shop_is_said_at_once
);

fn shop() -> v1::Shop {
    v1::Shop {
        display_name: "Blue Bottle".to_owned(),
        channel: "shopee".to_owned(),
        region: "ID".to_owned(),
        currency: "IDR".to_owned(),
        time_zone: "Asia/Jakarta".to_owned(),
        ..v1::Shop::default()
    }
}

fn create(id: &str, shop: v1::Shop) -> v1::CreateShopRequest {
    v1::CreateShopRequest { shop_id: id.to_owned(), shop: Some(shop), ..Default::default() }
}

fn update(shop: v1::Shop, paths: &[&str]) -> v1::UpdateShopRequest {
    let paths = paths.iter().map(|path| (*path).to_owned()).collect();
    v1::UpdateShopRequest { shop: Some(shop), update_mask: Some(FieldMask { paths }), ..Default::default() }
}

async fn a_shop_is_made_once(h: &Harness) {
    let made = h.client().call(create("blue", shop())).await.unwrap().shop.unwrap();
    assert_eq!(made.name, "shops/blue");
    let again = h.client().call(create("blue", shop())).await;
    let _ = refused(again, Code::AlreadyExists, Reason::ShopExists);
    let read = v1::GetShopRequest { name: made.name.clone() };
    assert_eq!(h.client().call(read).await.unwrap().shop.unwrap(), made);
    let unknown = v1::GetShopRequest { name: "shops/nope".to_owned() };
    let _ = refused(h.client().call(unknown).await, Code::NotFound, Reason::ShopNotFound);
}

async fn a_shop_changes_only_where_it_may(h: &Harness) {
    let made = h.client().call(create("blue", shop())).await.unwrap().shop.unwrap();
    let renamed = v1::Shop { display_name: "Blue".to_owned(), ..made.clone() };
    let after = h.client().call(update(renamed.clone(), &["display_name"])).await.unwrap().shop.unwrap();
    assert_eq!(after.display_name, "Blue");
    let stale = h.client().call(update(renamed, &["display_name"])).await;
    let _ = refused(stale, Code::Aborted, Reason::EtagMismatch);
    let moved = v1::Shop { currency: "EUR".to_owned(), ..after };
    let fixed = h.client().call(update(moved, &["currency"])).await;
    let _ = refused(fixed, Code::InvalidArgument, Reason::FieldImmutable);
}

async fn shops_are_listed_page_by_page(h: &Harness) {
    for id in ["a", "b", "c", "d"] {
        h.client().call(create(id, shop())).await.unwrap();
    }
    let (mut names, mut token) = (Vec::new(), String::new());
    loop {
        let request = v1::ListShopsRequest { page_size: 2, page_token: token, channels: Vec::new() };
        let page = h.client().call(request).await.unwrap();
        names.extend(page.shops.into_iter().map(|shop| shop.name));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(names, ["shops/a", "shops/b", "shops/c", "shops/d", MAIN]);
    let only = v1::ListShopsRequest { channels: vec!["own_store".to_owned()], ..Default::default() };
    assert_eq!(h.client().call(only).await.unwrap().shops.len(), 1);
}

async fn everything_that_is_wrong_with_a_shop_is_said_at_once(h: &Harness) {
    let wrong = v1::Shop {
        channel: "Not A Channel".to_owned(),
        region: "id".to_owned(),
        currency: "XXQ".to_owned(),
        time_zone: "somewhere".to_owned(),
        ..v1::Shop::default()
    };
    let failure =
        refused(h.client().call(create("Bad Id", wrong)).await, Code::InvalidArgument, Reason::InvalidField);
    let mut paths = refusal::fields(&failure);
    paths.sort_unstable();
    assert_eq!(paths, ["shop.channel", "shop.currency", "shop.region", "shop.time_zone", "shop_id"]);
}
