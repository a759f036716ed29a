//! Lists of templates: each filter, each order, what comes along, and what pages say.

use serde_json::{Value, json};
use tallystick_server::clock::MINUTE;

use super::{each, id, made, step};
use crate::support::{World, both_engines};

both_engines!(
    each_filter,
    each_order,
    pages_say_how_many,
    what_comes_along,
    into_a_folder_and_out,
);

async fn titles(world: &World, query: &str) -> Vec<Value> {
    let path = world.at(&format!("checklists?per_page=50&{query}"));
    let list = world.standard.get(&path).await.expect(200);
    each(list.data(), "title")
}

async fn folder(world: &World, body: Value) -> String {
    id(&world
        .admin
        .post(&world.at("folders"), body)
        .await
        .expect(201))
}

async fn each_filter(world: &World) {
    let of = |template: &str| template.rsplit('/').next().unwrap().to_owned();
    let bake = made(world, &world.standard, "Bake").await;
    let roast = made(world, &world.admin, "Roast").await;
    let fry = made(world, &world.standard, "Fry").await;
    let (one, two) = (
        folder(world, json!({"name": "One", "folder_type": "checklist"})).await,
        folder(world, json!({"name": "Two", "folder_type": "checklist"})).await,
    );
    let body = json!({"title": "Bake", "folder_id": one, "status": "In progress"});
    world.standard.put(&bake, body).await.expect(200);
    let body = json!({"title": "Roast", "folder_id": two, "dual_version_enabled": true});
    world.admin.put(&roast, body).await.expect(200);
    let mut tags = Vec::new();
    for (title, template) in [("Kitchen", &bake), ("Äpfel", &roast)] {
        let tag = json!({"title": title});
        let tag = world.admin.post(&world.at("tags"), tag).await.expect(201);
        let tag = id(&tag);
        let link = json!({"subject_type": "Checklist", "subject_id": of(template), "tag_id": tag});
        let path = world.at("checklists/tags");
        world.admin.post(&path, link).await.expect(201);
        tags.push(tag);
    }
    world.standard.delete(&fry).await.expect(200);
    let owner = format!("owner_id={}", world.admin.user_id);
    for (query, wanted) in [
        ("", &["Bake", "Roast"][..]),
        (&format!("folder={one}"), &["Bake"]),
        (&format!("folder_id={two}"), &["Roast"]),
        (&format!("folder={one},{two}"), &["Bake", "Roast"]),
        ("folder=99999999999999999999999999999999", &[]),
        (&format!("tag={}", tags[0]), &["Bake"]),
        ("tag=kitchen", &["Bake"]),
        ("tag=%C3%84PFEL", &["Roast"]),
        (&format!("tag=Kitchen,{}", tags[1]), &["Bake", "Roast"]),
        ("tag=Nowhere", &[]),
        ("status=draft", &["Roast"]),
        ("status=archived", &["Fry"]),
        ("status=active", &["Bake", "Roast"]),
        ("status=In+progress", &["Bake"]),
        ("status=In+prog", &[]),
        ("archived=1", &["Bake", "Fry", "Roast"]),
        ("archived=0", &["Bake", "Roast"]),
        ("archived=only", &["Fry"]),
        (&owner, &["Roast"]),
    ] {
        assert_eq!(
            titles(world, &format!("sort=title&{query}")).await,
            wanted,
            "{query}"
        );
    }
    // A new owner; who has left cannot be one.
    let body = json!({"title": "Bake", "owner_id": world.admin.user_id});
    let answer = world.standard.put(&bake, body).await.expect(200);
    assert_eq!(answer.data()["owner_id"], world.admin.user_id);
    assert_eq!(answer.data()["created_by"], world.standard.user_id);
    assert_eq!(
        titles(world, &format!("{owner}&sort=title")).await,
        ["Bake", "Roast"]
    );
    for nobody in [world.disabled.user_id, world.canary.user_id] {
        let body = json!({"title": "Bake", "owner_id": nobody});
        let refused = world.admin.put(&bake, body).await.expect(422);
        assert!(refused.json["errors"]["owner_id"].is_array());
    }
}

async fn each_order(world: &World) {
    for title in ["bread", "Äpfel", "Cake"] {
        world.clock.advance(MINUTE);
        made(world, &world.standard, title).await;
    }
    for (query, wanted) in [
        ("sort=created_at", ["bread", "Äpfel", "Cake"]),
        ("sort_by=-created_at", ["Cake", "Äpfel", "bread"]),
        (
            "sort_by=created_at&sort_direction=desc",
            ["Cake", "Äpfel", "bread"],
        ),
        ("", ["Cake", "Äpfel", "bread"]),
        ("sort=updated", ["bread", "Äpfel", "Cake"]),
        (
            "sort=last_updated&sort_direction=DESC",
            ["Cake", "Äpfel", "bread"],
        ),
        ("sort=title", ["bread", "Cake", "Äpfel"]),
        ("sort=name&sort_direction=asc", ["bread", "Cake", "Äpfel"]),
        ("sort=-name", ["Äpfel", "Cake", "bread"]),
    ] {
        assert_eq!(titles(world, query).await, wanted, "{query}");
    }
}

async fn pages_say_how_many(world: &World) {
    for number in 0..5 {
        made(world, &world.standard, &format!("Bake {number}")).await;
    }
    made(world, &world.standard, "Roast").await;
    let path = world.at("checklists?q=bake&sort=title&per_page=2&page=2");
    let page = world.standard.get(&path).await.expect(200);
    assert_eq!(each(page.data(), "title"), ["Bake 2", "Bake 3"]);
    let meta = &page.json["meta"]["pagination"];
    let wanted = [
        ("total", 5),
        ("count", 2),
        ("per_page", 2),
        ("current_page", 2),
        ("total_pages", 3),
    ];
    for (key, value) in wanted {
        assert_eq!(meta[key], value, "{key}");
    }
    let next = meta["links"]["next"].as_str().unwrap();
    assert!(next.starts_with("http"), "{next}");
    for part in ["q=bake", "sort=title", "per_page=2", "page=3"] {
        assert!(next.contains(part), "{next}");
    }
    let rest = next.split_once("/organizations").unwrap().1;
    let last = world.standard.get(&format!("/organizations{rest}")).await;
    assert_eq!(each(last.data(), "title"), ["Bake 4"]);
    assert!(last.json["meta"]["pagination"]["links"]["next"].is_null());
}

async fn what_comes_along(world: &World) {
    let above = folder(world, json!({"name": "Home", "folder_type": "checklist"})).await;
    let body = json!({"name": "Kitchen", "folder_type": "checklist", "parent_id": above});
    let own = folder(world, body).await;
    let template = made(world, &world.standard, "Bake").await;
    for title in ["Knead", "Rise"] {
        step(&world.standard, &template, title).await;
    }
    let body = json!({"title": "Bake", "folder_id": own});
    world.standard.put(&template, body).await.expect(200);
    made(world, &world.standard, "Roast").await;
    let path = world.at("checklists?sort=title&with=steps,folder");
    let list = world.standard.get(&path).await.expect(200);
    let (bake, roast) = (&list.data()[0], &list.data()[1]);
    assert_eq!(each(&bake["steps"]["data"], "title"), ["Knead", "Rise"]);
    assert_eq!(roast["steps"]["data"], json!([]));
    assert_eq!(bake["folder"]["data"]["name"], "Kitchen");
    assert_eq!(bake["folder"]["data"]["parent_id"], above);
    assert_eq!(roast["folder"]["data"], Value::Null);
    let path = format!("{template}?with=folder&entire_folder_tree=1");
    let shown = world.standard.get(&path).await.expect(200);
    let chain = each(&shown.data()["folder"]["data"]["ancestors"], "name");
    assert_eq!(chain, ["Home"]);
    let plain = world.standard.get(&template).await.expect(200);
    assert!(plain.data().get("folder").is_none() && plain.data().get("steps").is_none());
}

async fn into_a_folder_and_out(world: &World) {
    let own = folder(world, json!({"name": "T", "folder_type": "checklist"})).await;
    let other = folder(world, json!({"name": "P", "folder_type": "run"})).await;
    let template = made(world, &world.standard, "Bake").await;
    let file = async |folder: Value| {
        let body = json!({"title": "Bake", "folder_id": folder});
        world.standard.put(&template, body).await
    };
    let filed = file(json!(own)).await.expect(200);
    assert_eq!(filed.data()["folder_id"], own);
    let refused = file(json!(other)).await.expect(422);
    assert!(
        refused.json["errors"]["folder_id"].is_array(),
        "a folder for processes"
    );
    let title = json!({"title": "Bake"});
    let same = world.standard.put(&template, title).await.expect(200);
    assert_eq!(same.data()["folder_id"], own);
    let out = file(Value::Null).await.expect(200);
    assert_eq!(out.data()["folder_id"], Value::Null);
}
