use amends_app::AppError;
use amends_app::shop::{CreateShop, UpdateShop};
use amends_domain::shop::{Channel, Shop};

use crate::house::{call, everywhere};
use crate::make::{ann, root, shop, stranger, sue};

fn create(id: &str, channel: &str) -> CreateShop {
    CreateShop {
        id: id.parse().unwrap(),
        display_name: "Lamps".to_owned(),
        channel: Channel::new(channel).unwrap(),
        region: "DE".to_owned(),
        currency: "EUR".parse().unwrap(),
        time_zone: "Europe/Berlin".to_owned(),
    }
}

fn rename(name: &str, version: Option<i64>) -> UpdateShop {
    UpdateShop { shop: shop(), display_name: Some(name.to_owned()), version }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_is_created_once_and_read_by_its_own_people() {
    everywhere(async |house| {
        let made = house.perform(&root(), create("lamps", "etsy")).await.unwrap();
        assert_eq!((made.display_name.as_str(), made.version), ("Lamps", 1));
        let again = house.perform(&root(), create("lamps", "etsy")).await;
        assert!(matches!(again, Err(AppError::AlreadyExists { what: "shop", .. })));
        assert_eq!(house.app.shop(&root(), &made.id).await.unwrap(), made);
        let hidden = house.app.shop(&ann(), &made.id).await;
        assert!(matches!(hidden, Err(AppError::NotFound { .. })));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_wrong_with_a_shop_is_said_at_once() {
    everywhere(async |house| {
        let wrong = CreateShop {
            id: "Lamps!".parse().unwrap(),
            display_name: "x".repeat(201),
            region: "Germany".to_owned(),
            time_zone: "later today".to_owned(),
            ..create("lamps", "etsy")
        };
        let Err(AppError::Invalid(violations)) = house.perform(&root(), wrong).await else {
            panic!("it must be refused")
        };
        let fields: Vec<_> = violations.iter().map(|v| v.field.as_str()).collect();
        assert_eq!(fields, ["shop_id", "shop.display_name", "shop.region", "shop.time_zone"]);
        let refused = house.perform(&sue(), create("lamps", "etsy")).await;
        assert!(matches!(refused, Err(AppError::RoleMissing { .. })));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_needs_the_version_only_where_one_is_given_and_is_seen_at_once() {
    everywhere(async |house| {
        let renamed: Shop = house.perform(&root(), rename("One", None)).await.unwrap();
        assert_eq!(renamed.version, 2);
        let stale = house.perform(&root(), rename("Two", Some(1))).await;
        assert!(matches!(stale, Err(AppError::EtagStale { seen: 1, current: 2 })));
        house.app.change_shop(call(&root()), rename("", Some(2)), |_| Vec::new()).await.unwrap();
        assert_eq!(house.app.shop(&ann(), &shop()).await.unwrap().display_name, "shop");
        let gone = house.perform(&stranger(), rename("x", None)).await;
        assert!(matches!(gone, Err(AppError::NotFound { .. })));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn shops_are_listed_page_by_page_by_channel_and_only_ones_own() {
    everywhere(async |house| {
        for id in ["a", "b", "c"] {
            house.perform(&root(), create(id, "etsy")).await.unwrap();
        }
        let etsy = [Channel::new("etsy").unwrap()];
        let (first, next) = house.app.shop_page(&root(), &etsy, None, 2).await.unwrap();
        assert_eq!(first.iter().map(|s| s.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        let (second, end) = house.app.shop_page(&root(), &etsy, next.as_ref(), 2).await.unwrap();
        assert_eq!((second.len(), end), (1, None));
        let (own, _) = house.app.shop_page(&ann(), &[], None, 10).await.unwrap();
        assert_eq!(own.iter().map(|s| s.id.as_str()).collect::<Vec<_>>(), ["shop"]);
    })
    .await;
}
