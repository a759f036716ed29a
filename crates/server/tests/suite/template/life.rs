//! From making a template to deleting it for good.

use serde_json::{Value, json};
use tallystick_server::template::store;

use super::{each, field, id, made, show, step, whole};
use crate::support::shapes::snapshots;
use crate::support::{World, both_engines};

both_engines!(
    made_read_and_listed,
    changed_key_by_key,
    the_kick_off_form_is_replaced_whole,
    archived_restored_deleted_and_brought_back,
    published_compared_restored,
    copied_with_new_identities,
    embedded_templates_leave_the_texts,
);

async fn made_read_and_listed(world: &World) {
    let body = json!({"title": "Open the shop", "type": "procedure", "starred": "1", "summary": "<p>Every day</p>",
        "prerun": [{"label": "Day", "field_type": "date", "required": true}]});
    let answer = world
        .standard
        .post(&world.at("checklists"), body)
        .await
        .expect(201);
    snapshots().bind(|| insta::assert_json_snapshot!("template", answer.json, {".data.alias" => "[alias]", ".data.prerun[].alias" => "[alias]"}));
    let template = world.at(&format!("checklists/{}", id(&answer)));
    let read = world.standard.get(&template).await.expect(200);
    assert_eq!(read.data(), answer.data());
    for (query, found) in [
        ("", true),
        ("?q=THE+SHOP", true),
        ("?q=cellar", false),
        ("?starred=1", true),
        ("?type=document", false),
        ("?status=active&limit=10&sort=-updated_at", true),
        ("?status=whatever", false),
        ("?archived=only", false),
        (&format!("?owner_id={}", world.admin.user_id), false),
    ] {
        let list = world
            .standard
            .get(&world.at(&format!("checklists{query}")))
            .await
            .expect(200);
        let titles = each(list.data(), "title");
        assert_eq!(titles.contains(&json!("Open the shop")), found, "{query}");
    }
    // A favourite is each member's own.
    let theirs = world.admin.get(&template).await.expect(200);
    assert_eq!(theirs.data()["starred"], false);
}

async fn changed_key_by_key(world: &World) {
    let template = made(world, &world.standard, "Bake").await;
    let change = async |body: Value| world.standard.put(&template, body).await;
    let answer = change(
        json!({"title": "Bake bread", "guidance": "<p>Warm</p>", "users": [world.light.user_id]}),
    );
    assert_eq!(answer.await.expect(200).data()["guidance"], "<p>Warm</p>");
    let after = change(json!({"title": "Bake bread"})).await.expect(200);
    assert_eq!(after.data()["guidance"], "<p>Warm</p>");
    assert_eq!(after.data()["users"], json!([world.light.user_id]));
    let after = change(json!({"title": "Bake bread", "guidance": null, "users": []})).await;
    assert_eq!(after.expect(200).data()["users"], json!([]));
    let refused = change(json!({"guidance": "x"})).await.expect(422);
    assert!(refused.json["errors"]["title"].is_array());
    // Pinning is for administrators; what they were shown, others may send back.
    change(json!({"title": "Bake bread", "is_pinned": true}))
        .await
        .expect(200);
    assert_eq!(whole(&world.standard, &template).await["is_pinned"], false);
    let pinned = json!({"title": "Bake bread", "is_pinned": true, "alias": "bread"});
    let answer = world.admin.put(&template, pinned).await.expect(200);
    assert_eq!(answer.data()["is_pinned"], true);
    assert_eq!(answer.data()["last_updated_by"], world.admin.user_id);
    let other = made(world, &world.standard, "Other").await;
    let taken = json!({"title": "Other", "alias": "bread"});
    let refused = world.standard.put(&other, taken).await.expect(422);
    assert!(refused.json["errors"]["alias"].is_array());
    let list = world.standard.get(&world.at("checklists")).await;
    assert_eq!(
        list.data()[0]["title"],
        "Bake bread",
        "pinned ones come first"
    );
}

async fn the_kick_off_form_is_replaced_whole(world: &World) {
    let template = made(world, &world.admin, "Hire").await;
    let put = async |prerun: Value| {
        let body = json!({"title": "Hire", "prerun": prerun});
        world.admin.put(&template, body).await
    };
    let first = put(json!([
        {"label": "Name", "field_type": "text", "required": true},
        {"label": "Start", "field_type": "date", "required": false},
    ]));
    let first = first.await.expect(200).data()["prerun"].clone();
    assert_eq!(each(&first, "position"), [1, 2]);
    let mut turned = first.clone();
    turned.as_array_mut().unwrap().reverse();
    turned[0]["position"] = json!(1);
    turned[1]["position"] = json!(2);
    turned[1]["label"] = json!("Full name");
    turned.as_array_mut().unwrap().push(
        json!({"label": "Team", "field_type": "radio", "required": false,
        "options": [{"text": "A"}, {"label": "B"}]}),
    );
    let second = put(turned).await.expect(200).data()["prerun"].clone();
    assert_eq!(each(&second, "label"), ["Start", "Full name", "Team"]);
    assert_eq!(second[1]["id"], first[0]["id"]);
    assert_eq!(
        second[1]["alias"], first[0]["alias"],
        "an alias never changes"
    );
    assert_eq!(each(&second[2]["options"], "id"), [1, 2]);
    // A field that a rule looks at cannot be left out, and nothing of the change happens.
    let target = step(&world.admin, &template, "Greet").await;
    let mut rule = show(second[2]["id"].as_str().unwrap(), &target);
    rule["conditions"][0]["conditionable_type"] = json!("Prerun");
    let rules = format!("{template}/automated-actions");
    let rule = id(&world.admin.post(&rules, rule).await.expect(201));
    let refused = put(json!([second[0]])).await.expect(403);
    assert!(refused.text.contains("rule 1"), "{}", refused.text);
    assert_eq!(whole(&world.admin, &template).await["prerun"], second);
    let team = format!("{template}/preruns/{}", second[2]["id"].as_str().unwrap());
    world.admin.delete(&team).await.expect(403);
    world
        .admin
        .delete(&format!("{rules}/{rule}"))
        .await
        .expect(200);
    world.admin.delete(&team).await.expect(200);
    world.admin.delete(&team).await.expect(404);
    let left = put(json!([second[0]])).await.expect(200);
    assert_eq!(each(&left.data()["prerun"], "label"), ["Start"]);
}

async fn archived_restored_deleted_and_brought_back(world: &World) {
    let template = made(world, &world.standard, "Old ways").await;
    step(&world.standard, &template, "Only step").await;
    let before = whole(&world.standard, &template).await;
    world
        .admin
        .delete(&format!("{template}/delete"))
        .await
        .expect(403);
    let gone = world.standard.delete(&template).await.expect(200);
    assert_eq!(gone.json["deleted_references"], json!([]));
    for method in [http::Method::GET, http::Method::PUT, http::Method::DELETE] {
        let body = json!({"title": "x"});
        let answer = world.standard.send(method, &template, Some(&body)).await;
        answer.expect(404);
    }
    let list = world
        .standard
        .get(&world.at("checklists?archived=only"))
        .await;
    assert_eq!(each(list.data(), "title"), ["Old ways"]);
    let back = world
        .standard
        .put(&format!("{template}/restore"), json!({}))
        .await;
    assert_eq!(back.expect(200).data()["archived_at"], Value::Null);
    assert_eq!(
        whole(&world.standard, &template).await["steps"],
        before["steps"]
    );
    world.standard.delete(&template).await.expect(200);
    world
        .standard
        .delete(&format!("{template}/delete"))
        .await
        .expect(403);
    world
        .admin
        .delete(&format!("{template}/delete"))
        .await
        .expect(200);
    world
        .admin
        .put(&format!("{template}/restore"), json!({}))
        .await
        .expect(404);
    // An administrator on the machine can bring it back, archived as it was.
    let (org, wanted) = (
        world.org.clone(),
        template.rsplit('/').next().unwrap().to_owned(),
    );
    assert!(
        world
            .write(move |tx| store::restore_from_bin(tx, &org, &wanted))
            .await
    );
    world
        .standard
        .put(&format!("{template}/restore"), json!({}))
        .await
        .expect(200);
    assert_eq!(
        whole(&world.standard, &template).await["steps"],
        before["steps"]
    );
}

async fn published_compared_restored(world: &World) {
    let template = made(world, &world.standard, "Versions").await;
    let body = json!({"title": "Versions", "dual_version_enabled": true});
    world.standard.put(&template, body).await.expect(200);
    let first = step(&world.standard, &template, "First").await;
    let publish = format!("{template}/publish");
    let published = world.standard.put(&publish, json!({})).await.expect(200);
    assert_eq!(published.data()["is_published_state"], true);
    assert_eq!(published.data()["version"], 1);
    step(&world.standard, &template, "Second").await;
    let edited = whole(&world.standard, &template).await;
    assert_eq!(
        (&edited["version"], &edited["is_published_state"]),
        (&json!(2), &json!(false))
    );
    let old = world
        .standard
        .get(&format!("{template}?version=1&with=steps"))
        .await
        .expect(200);
    assert_eq!(each(&old.data()["steps"]["data"], "title"), ["First"]);
    assert_eq!(old.data()["steps_count"], 1);
    world
        .standard
        .get(&format!("{template}?version=9"))
        .await
        .expect(404);
    let versions = world
        .standard
        .get(&format!("{template}/versions"))
        .await
        .expect(200);
    assert_eq!(each(versions.data(), "version"), [2, 1]);
    assert_eq!(each(versions.data(), "current"), [true, false]);
    assert_eq!(
        each(versions.data(), "reason"),
        [Value::Null, json!("published")]
    );
    let restore = format!("{template}/versions/1/restore");
    let restored = world.standard.put(&restore, json!({})).await.expect(200);
    assert_eq!(restored.data()["version"], 3);
    let now = whole(&world.standard, &template).await;
    assert_eq!(
        each(&now["steps"]["data"], "id"),
        [json!(first)],
        "ids stay"
    );
    let versions = world
        .standard
        .get(&format!("{template}/versions"))
        .await
        .expect(200);
    assert_eq!(
        each(versions.data(), "version"),
        [3, 2, 1],
        "what was replaced is kept"
    );
}

async fn copied_with_new_identities(world: &World) {
    let template = made(world, &world.standard, "Original").await;
    let one = step(&world.standard, &template, "One").await;
    let two = step(&world.standard, &template, "Two").await;
    let ready = field(&world.standard, &template, &one).await;
    let rules = format!("{template}/automated-actions");
    world
        .standard
        .post(&rules, show(&ready, &two))
        .await
        .expect(201);
    let alias =
        whole(&world.standard, &template).await["steps"]["data"][0]["captures"][0]["alias"].clone();
    let alias = alias.as_str().unwrap();
    let body = json!({"title": format!("Two {{{{{alias}}}}}"), "deadline": {"value": 1, "unit": "days", "option": "from", "step": one},
        "assignees": [world.light.user_id], "guests": ["kim@guest.example"]});
    world
        .standard
        .put(&format!("{template}/steps/{two}"), body)
        .await
        .expect(200);
    let original = whole(&world.standard, &template).await;
    // As the official client sends it.
    let form = format!("tenant={}&title=Copy", world.org);
    let kind = [("content-type", "application/x-www-form-urlencoded")];
    let copy = world
        .standard
        .with_body(
            &kind,
            http::Method::POST,
            &format!("{template}/clone"),
            Some(form.into_bytes()),
        )
        .await
        .expect(201);
    let copy = whole(
        &world.standard,
        &world.at(&format!("checklists/{}", id(&copy))),
    )
    .await;
    assert_eq!(copy["title"], "Copy");
    let steps = |whole: &Value| whole["steps"]["data"].clone();
    let (old, new) = (steps(&original), steps(&copy));
    let alias = new[0]["captures"][0]["alias"].as_str().unwrap();
    assert_eq!(
        new[1]["title"],
        format!("Two {{{{{alias}}}}}"),
        "variables follow their field"
    );
    assert_eq!(
        new[1]["deadline"]["step"], new[0]["id"],
        "deadlines follow their step"
    );
    let rule = &copy["automated_actions"][0];
    assert_eq!(
        rule["conditions"][0]["conditionable_id"],
        new[0]["captures"][0]["id"]
    );
    assert_eq!(rule["then_actions"][0]["target_step_id"], new[1]["id"]);
    assert_eq!(new[1]["assignees"], old[1]["assignees"]);
    for id in [
        &old[0]["id"],
        &old[1]["id"],
        &old[0]["captures"][0]["id"],
        &original["automated_actions"][0]["id"],
    ] {
        assert!(
            !copy.to_string().contains(id.as_str().unwrap()),
            "the copy holds {id}"
        );
    }
    // Into another organisation: without people, and only by somebody who is in both.
    let there = format!(
        "/organizations/{}/checklists/{}/clone",
        world.side,
        original["id"].as_str().unwrap()
    );
    let body = json!({"tenant": world.org});
    world.standard.post(&there, body.clone()).await.expect(404);
    let copy = world.both.post(&there, body).await.expect(201);
    assert_eq!(copy.data()["title"], "COPY OF - Original");
    let path = format!("/organizations/{}/checklists/{}", world.side, id(&copy));
    let copy = whole(&world.both, &path).await;
    assert_eq!(
        (
            &copy["steps"]["data"][1]["assignees"],
            &copy["steps"]["data"][1]["guests"]
        ),
        (&json!([]), &json!([]))
    );
}

async fn embedded_templates_leave_the_texts(world: &World) {
    let inner = made(world, &world.standard, "Inner").await;
    let inner_id = inner.rsplit('/').next().unwrap();
    let outer = made(world, &world.standard, "Outer").await;
    let html = format!("<p>Before</p><div data-template-id=\"{inner_id}\">Inner</div><p>After</p>");
    let body = json!({"title": "With it", "summary": html});
    let holder = id(&world
        .standard
        .post(&format!("{outer}/steps"), body)
        .await
        .expect(201));
    let gone = world.standard.delete(&inner).await.expect(200);
    let wanted = json!([{"type": "Step", "title": "With it", "id": holder}]);
    assert_eq!(gone.json["deleted_references"], wanted);
    let step = world.standard.get(&format!("{outer}/steps/{holder}")).await;
    assert_eq!(step.data()["summary"], "<p>Before</p><p>After</p>");
}
