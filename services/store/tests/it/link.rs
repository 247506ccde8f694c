//! Links between cases.

use amends_domain::CaseId;
use amends_domain::link::{Link, Relation};
use amends_store::{Store, link};

use crate::sample::{ODD, at, case_id, shop_id};

conformance!(
    a_link_is_found_from_both_ends_and_taken_away,
    the_links_of_a_merged_case_move_and_none_leads_to_itself,
);

fn one(from: u128, to: u128, relation: Relation) -> Link {
    let (from, to) = (case_id(from), case_id(to));
    Link { shop: shop_id(ODD), from, to, relation, by: ODD.parse().unwrap(), at: at(1) }
}

async fn of(store: &Store, case: CaseId) -> Vec<Link> {
    let conn = store.reader();
    let [first, second] = link::of_cases(&[(shop_id(ODD), case)]);
    let mut links = first.all(&conn).await.unwrap();
    links.extend(second.all(&conn).await.unwrap());
    links.sort_by_key(|link| (link.from, link.to));
    links
}

async fn send(store: &Store, writes: Vec<amends_store::bulk::Write>) {
    let tx = store.begin().await.unwrap();
    tx.send(writes).await.unwrap();
    tx.commit().await.unwrap();
}

async fn a_link_is_found_from_both_ends_and_taken_away(store: Store) {
    let (a, b) = (one(1, 2, Relation::Causes), one(1, 2, Relation::Related));
    send(&store, vec![link::insert(&[a.clone(), b.clone()])]).await;
    send(&store, vec![link::insert(&[Link { at: at(9), ..a.clone() }])]).await;
    assert_eq!(of(&store, case_id(1)).await.len(), 2);
    send(&store, vec![link::remove(&[b])]).await;
    assert_eq!(of(&store, case_id(1)).await, std::slice::from_ref(&a));
    assert_eq!(of(&store, case_id(2)).await, [a]);
    assert_eq!(of(&store, case_id(3)).await, []);
}

async fn the_links_of_a_merged_case_move_and_none_leads_to_itself(store: Store) {
    let links = [
        one(1, 2, Relation::Causes),
        one(3, 1, Relation::Duplicates),
        one(1, 9, Relation::Related),
        one(9, 2, Relation::Causes),
    ];
    send(&store, vec![link::insert(&links)]).await;
    let merged = [(shop_id(ODD), case_id(1), case_id(9))];
    send(&store, link::absorb(&merged).to_vec()).await;
    assert_eq!(of(&store, case_id(1)).await, []);
    assert_eq!(of(&store, case_id(9)).await, [one(3, 9, Relation::Duplicates), one(9, 2, Relation::Causes)]);
}
