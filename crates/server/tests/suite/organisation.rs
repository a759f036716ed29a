//! Organisations as their members see them.

use serde_json::Value;

use crate::support::shapes::snapshots;
use crate::support::{World, both_engines};

both_engines!(whole, own_ones, extras);

async fn whole(world: &World) {
    let seen = world
        .standard
        .get(&format!("/organizations/{}", world.org))
        .await
        .expect(200);
    assert_eq!(seen.data()["id"], world.org);
    snapshots().bind(|| insta::assert_json_snapshot!("organisation", seen.json));
}

async fn own_ones(world: &World) {
    let names = async |actor: &crate::support::Actor| -> Vec<String> {
        let list = actor.get("/me/organizations").await.expect(200);
        let all = list.data().as_array().unwrap().iter();
        let mut names: Vec<String> = all
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names(&world.admin).await, ["Northwind"]);
    assert_eq!(names(&world.both).await, ["Northwind", "Sideline"]);
    // Whatever their status there.
    assert_eq!(names(&world.disabled).await, ["Northwind"]);
    assert_eq!(names(&world.invited).await, ["Northwind"]);
    let page = world
        .both
        .get("/me/organizations?per_page=1&page=2")
        .await
        .expect(200);
    assert_eq!(page.data().as_array().unwrap().len(), 1);
    assert_eq!(page.json["meta"]["pagination"]["total"], 2);
}

async fn extras(world: &World) {
    let at = format!("/organizations/{}", world.org);
    let with = world
        .standard
        .get(&format!("{at}?with=subscription,billing_info"))
        .await
        .expect(200);
    assert_eq!(
        with.data()["subscription"]["data"]["plan_code"],
        "self_hosted"
    );
    let without = world.standard.get(&at).await.expect(200);
    assert_eq!(without.data().get("subscription"), None::<&Value>);
}
