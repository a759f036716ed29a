//! What a change of a template touches besides what was sent: publication, the label, who changed it last.

use serde_json::{Value, json};
use tallystick_server::clock::MINUTE;

use super::{each, made, step, whole};
use crate::support::{Actor, World, both_engines};

both_engines!(
    publication_by_hand,
    sharing_is_a_change,
    the_label_is_for_whoever_reads,
    one_alias_for_two_at_once,
);

async fn publication_by_hand(world: &World) {
    let template = made(world, &world.standard, "Bake").await;
    let change = async |body: Value| {
        world.clock.advance(MINUTE);
        let mut body = body;
        body["title"] = json!("Bake");
        let answer = world.standard.put(&template, body).await.expect(200);
        answer.data().clone()
    };
    change(json!({"dual_version_enabled": true})).await;
    // With other changes in the same body.
    let before = change(json!({"guidance": "<p>Warm</p>"})).await;
    let after = change(json!({"guidance": "<p>Hot</p>", "is_published_state": true})).await;
    assert_eq!(after["is_published_state"], true);
    assert_ne!(after["last_updated"], before["last_updated"]);
    let versions = world.standard.get(&format!("{template}/versions")).await;
    assert_eq!(each(versions.data(), "reason"), ["published"]);
    let kept = world.standard.get(&format!("{template}/versions/1")).await;
    assert_eq!(kept.data()["guidance"], "<p>Hot</p>");
    // What was shown and comes back with an edit is no wish: the edit waits to be published.
    let mut echo = whole(&world.standard, &template).await;
    echo["guidance"] = json!("<p>Boiling</p>");
    let edited = change(echo).await;
    assert_eq!(
        (&edited["is_published_state"], &edited["version"]),
        (&json!(false), &json!(2))
    );
    let kept = world.standard.get(&format!("{template}/versions/1")).await;
    assert_eq!(kept.data()["guidance"], "<p>Hot</p>");
    change(json!({"is_published_state": true})).await;
    world.clock.advance(MINUTE);
    let back = change(json!({"is_published_state": false})).await;
    assert_eq!(back["is_published_state"], false);
    let rows = world.at("activity-feeds?field=is_published_state");
    let rows = world.standard.get(&rows).await.expect(200);
    let verbs: Vec<Value> = each(rows.data(), "verb");
    assert_eq!(
        verbs,
        [
            json!(["updated"]),
            json!(["published"]),
            json!(["published"])
        ]
    );
}

async fn sharing_is_a_change(world: &World) {
    let template = made(world, &world.standard, "Bake").await;
    let last = async || {
        let now = whole(&world.standard, &template).await;
        (now["last_updated"].clone(), now["last_updated_by"].clone())
    };
    let (mut before, _) = last().await;
    let users = json!({"title": "Bake", "users": [world.light.user_id]});
    let launch = json!({"launch": {"users": [world.light.user_id]}});
    let permissions = format!("{template}/permissions");
    for (path, body) in [(&template, users), (&permissions, launch)] {
        world.clock.advance(MINUTE);
        world.admin.put(path, body.clone()).await.expect(200);
        let (after, by) = last().await;
        assert_ne!(after, before, "{path}");
        assert_eq!(by, world.admin.user_id);
        before = after;
        // Doing it again changes nothing.
        world.clock.advance(MINUTE);
        world.admin.put(path, body).await.expect(200);
        assert_eq!(last().await.0, before);
    }
    let rows = world.at("activity-feeds?type=Blueprint&verb=updated");
    let rows = world.standard.get(&rows).await.expect(200);
    assert_eq!(
        each(rows.data(), "field"),
        [json!(["permissions"]), json!(["users"])]
    );
}

async fn the_label_is_for_whoever_reads(world: &World) {
    let template = made(world, &world.standard, "Bake").await;
    let change = async |by: &Actor, body: Value| by.put(&template, body).await.status;
    let label = |word: &str| json!({"title": "Bake", "status": word});
    assert_eq!(change(&world.light, label("Started")).await, 404);
    let read = json!({"read": {"everyone": true, "users": [world.light.user_id]}});
    let permissions = format!("{template}/permissions");
    world.standard.put(&permissions, read).await.expect(200);
    for (by, word) in [(&world.light, "Started"), (&world.other, "Finishing")] {
        assert_eq!(change(by, label(word)).await, 200, "{}", by.name);
        let now = whole(&world.standard, &template).await;
        assert_eq!(now["status"], word);
        assert_eq!(now["last_updated_by"], by.user_id);
        // Nothing else, even beside it.
        for body in [
            json!({"title": "Bake"}),
            json!({"title": "Roast", "status": "Published"}),
            json!({"title": "Bake", "status": "Published", "users": [by.user_id]}),
            json!({"title": "Bake", "status": "Published", "is_published_state": true}),
            json!({"title": "Bake", "status": "Published", "prerun": [{"label": "X", "field_type": "text", "required": false}]}),
        ] {
            assert_eq!(change(by, body.clone()).await, 403, "{} {body}", by.name);
        }
        assert_eq!(whole(&world.standard, &template).await["status"], word);
        // The whole of what they were shown, with another label.
        let mut echo = by.get(&template).await.expect(200).data().clone();
        echo["status"] = json!("In progress");
        assert_eq!(change(by, echo).await, 200, "{}", by.name);
    }
    world.standard.delete(&template).await.expect(200);
    assert_eq!(change(&world.other, label("x")).await, 404);
}

async fn one_alias_for_two_at_once(world: &World) {
    let [one, two] = ["One", "Two"].map(|title| made(world, &world.standard, title));
    let (one, two) = (one.await, two.await);
    step(&world.standard, &one, "Only").await;
    for round in 0..8 {
        let put = |template: &str, title: &str| {
            let template = template.to_owned();
            let body = json!({"title": title, "alias": format!("bread-{round}")});
            async move { world.standard.put(&template, body).await }
        };
        let both = futures_util::future::join(put(&one, "One"), put(&two, "Two")).await;
        let mut answers = [both.0, both.1];
        answers.sort_by_key(|answer| answer.status);
        let [won, lost] = answers;
        won.expect(200);
        let lost = lost.expect(422);
        assert!(lost.json["errors"]["alias"].is_array(), "{}", lost.text);
    }
}
