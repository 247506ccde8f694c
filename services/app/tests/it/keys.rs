use amends_app::key::{CreateKey, KeyRing, NewKey, RevokeKey};
use amends_app::{AppError, Role, ShopScope};
use amends_domain::Time;

use crate::house::{House, everywhere};
use crate::make::{after, agent, ann, days, root, shop};

fn create(name: &str, expires_at: Option<Time>) -> CreateKey {
    let shops = ShopScope::Only(vec![shop()]);
    CreateKey { name: agent(name), roles: vec![Role::Agent, Role::Ingest], shops, expires_at }
}

async fn made(house: &House, expires_at: Option<Time>) -> NewKey {
    house.perform(&root(), create("cli", expires_at)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_proves_its_principal_and_its_secret_is_stored_nowhere() {
    everywhere(async |house| {
        let key = made(house, None).await;
        let parts: Vec<_> = key.token.splitn(3, '_').collect();
        assert_eq!((parts[0], parts[1].len(), parts[2].len()), ("amends", 12, 43));
        let principal = house.app.authenticate(&key.token).await.unwrap();
        assert_eq!(principal.name, agent("cli"));
        assert_eq!(principal.roles, [Role::Agent, Role::Ingest]);
        assert_eq!(principal.shops, ShopScope::Only(vec![shop()]));
        let stored = format!("{:?}", house.app.keys(&root()).await.unwrap());
        assert!(!stored.contains(parts[2]) && !format!("{key:?}").contains(parts[2]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_revoked_or_expired_key_is_refused_in_the_same_words() {
    everywhere(async |house| {
        let (key, short) = (made(house, None).await, made(house, Some(after(days(1)))).await);
        let (head, _) = key.token.rsplit_once('_').unwrap();
        house.perform(&root(), RevokeKey { id: key.id }).await.unwrap();
        house.clock.advance_to(after(days(1)));
        let bad = [key.token.clone(), short.token, format!("{head}_x"), "amends_".to_owned(), String::new()];
        for token in bad {
            let refused = house.app.authenticate(&token).await;
            assert!(matches!(refused, Err(AppError::Unauthenticated("the API key is not valid"))));
        }
        let again = house.perform(&root(), RevokeKey { id: key.id }).await;
        assert!(matches!(again, Err(AppError::NotFound { what: "key", .. })));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_admin_makes_keys_and_every_key_has_a_role_and_a_future() {
    everywhere(async |house| {
        let refused = house.perform(&ann(), create("cli", None)).await;
        assert!(matches!(refused, Err(AppError::RoleMissing { .. })));
        let idle = house.perform(&root(), CreateKey { roles: Vec::new(), ..create("cli", None) }).await;
        assert!(matches!(idle, Err(AppError::Invalid(_))));
        let over = house.perform(&root(), create("cli", Some(after(days(0))))).await;
        assert!(matches!(over, Err(AppError::Invalid(_))));
        assert!(matches!(house.app.keys(&ann()).await, Err(AppError::RoleMissing { .. })));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_keys_everyone_is_local_and_the_door_never_opens_again_by_itself() {
    everywhere(async |house| {
        let open = KeyRing::new(house.app.clone());
        assert_eq!(open.principal(None).await.unwrap().name, agent("local"));
        assert!(house.app.access_is_open().await.unwrap());
        let key = made(house, None).await;
        let ring = KeyRing::new(house.app.clone());
        assert!(matches!(ring.principal(None).await, Err(AppError::Unauthenticated(_))));
        assert_eq!(ring.principal(Some(&key.token)).await.unwrap().name, agent("cli"));
        house.perform(&root(), RevokeKey { id: key.id }).await.unwrap();
        assert!(house.app.access_is_open().await.unwrap());
        assert!(matches!(ring.principal(None).await, Err(AppError::Unauthenticated(_))));
    })
    .await;
}
