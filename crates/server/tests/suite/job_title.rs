//! Job titles: made, renamed and deleted by administrators.

use serde_json::json;

use crate::support::{World, both_engines};

both_engines!(a_life, lists);

async fn a_life(world: &World) {
    let path = world.at("roles");
    let made = world
        .admin
        .post(&path, json!({"name": " Büro ", "permissions": ["x"]}))
        .await
        .expect(201);
    assert_eq!(made.data()["name"], "Büro");
    assert_eq!(made.data()["permissions"], json!({}));
    world
        .standard
        .post(&path, json!({"name": "Mine"}))
        .await
        .expect(403);
    for body in [
        json!({}),
        json!({"name": "x".repeat(101)}),
        json!({"name": "BÜRO"}),
    ] {
        let refused = world.admin.post(&path, body).await.expect(422);
        assert!(refused.json["errors"]["name"].is_array());
    }
    let one = world.at(&format!("roles/{}", made.data()["id"].as_str().unwrap()));
    let read = world.light.get(&one).await.expect(200);
    assert_eq!(read.data(), made.data());
    let renamed = world
        .admin
        .put(&one, json!({"name": "Buyer"}))
        .await
        .expect(200);
    assert_eq!(renamed.data()["name"], "Buyer");
    world.admin.put(&one, json!({})).await.expect(200);
    world.admin.delete(&one).await.expect(204);
    world.admin.delete(&one).await.expect(404);
}

async fn lists(world: &World) {
    for name in ["Öler", "buyer", "Cook"] {
        world
            .admin
            .post(&world.at("roles"), json!({"name": name}))
            .await
            .expect(201);
    }
    for (query, expected) in [
        ("", vec!["buyer", "Cook", "Öler"]),
        ("?sort=-name&limit=1", vec!["Öler"]),
        ("?q=%C3%96L", vec!["Öler"]),
        ("?sort=created_at&page=2&per_page=2", vec!["Cook"]),
    ] {
        let list = world
            .light
            .get(&world.at(&format!("roles{query}")))
            .await
            .expect(200);
        let rows = list.data().as_array().unwrap();
        let names: Vec<&str> = rows
            .iter()
            .map(|title| title["name"].as_str().unwrap())
            .collect();
        let in_any_order = query == "?sort=created_at&page=2&per_page=2";
        assert!(
            names == expected || (in_any_order && names.len() == 1),
            "{query} {names:?}"
        );
    }
}
