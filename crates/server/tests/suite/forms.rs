//! Bodies as real clients write them: forms, multipart, and words where JSON has values.

use http::Method;
use serde_json::{Value, json};

use crate::support::{World, both_engines};

both_engines!(forms_say_the_same_as_json, lenient_words);

/// Without what differs between two tasks.
fn without_identity(mut task: Value) -> Value {
    for name in ["id", "increment_id"] {
        task[name] = Value::Null;
    }
    task
}

async fn forms_say_the_same_as_json(world: &World) {
    let (one, two) = (world.standard.user_id, world.light.user_id);
    let body = json!({
        "title": "Wash the windows & doors", "everyone_must_complete": true, "max_assignable": 5,
        "deadline": "2026-03-09 12:00:00", "owners": {"users": [one, two], "guests": ["kim@guest.example"]},
    });
    let at = world.at("tasks");
    let by_json = world.admin.post(&at, body).await.expect(201);
    let form = format!(
        "title=Wash+the+windows+%26+doors&everyone_must_complete=1&max_assignable=5&deadline=2026-03-09%2012:00:00\
         &owners[users][]={one}&owners[users][]={two}&owners[guests][0]=kim%40guest.example"
    );
    let multipart: String = [
        ("title", "Wash the windows & doors".to_owned()),
        ("everyone_must_complete", "TRUE".to_owned()),
        ("max_assignable", "5".to_owned()),
        ("deadline", "2026-03-09T12:00:00Z".to_owned()),
        ("owners[users][0]", one.to_string()),
        ("owners[users][1]", two.to_string()),
        ("owners[guests][]", "kim@guest.example".to_owned()),
    ]
    .iter()
    .map(|(name, value)| {
        format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    })
    .chain(["--cut--\r\n".to_owned()])
    .collect();
    for (media, text) in [
        ("application/x-www-form-urlencoded", form.clone()),
        ("multipart/form-data; boundary=cut", multipart),
        ("", form),
    ] {
        let headers = [("content-type", media)];
        let sent = world
            .admin
            .with_body(&headers, Method::POST, &at, Some(text.into_bytes()));
        let by_form = sent.await.expect(201);
        assert_eq!(
            without_identity(by_form.data().clone()),
            without_identity(by_json.data().clone()),
            "{media}"
        );
    }
    let broken = [("content-type", "multipart/form-data; boundary=cut")];
    let sent = world
        .admin
        .with_body(&broken, Method::POST, &at, Some(b"--other\r\n".to_vec()));
    sent.await.expect(400);
}

async fn lenient_words(world: &World) {
    let task = world.task(|_| {}).await;
    let at = world.at(&format!("tasks/{task}"));
    for (sent, stored) in [
        (json!("TRUE"), true),
        (json!("0"), false),
        (json!(1), true),
        (json!("False"), false),
        (json!("1"), true),
        (json!(0), false),
    ] {
        let answer = world
            .admin
            .put(&at, json!({"everyone_must_complete": sent}))
            .await
            .expect(200);
        assert_eq!(answer.data()["everyone_must_complete"], stored);
    }
    for sent in [json!("yes"), json!(2), json!([]), json!(1.0)] {
        let answer = world
            .admin
            .put(&at, json!({"everyone_must_complete": sent}))
            .await
            .expect(422);
        assert!(
            answer.json["errors"]
                .get("everyone_must_complete")
                .is_some(),
            "{}",
            answer.text
        );
    }
    for sent in [json!("7"), json!(7)] {
        let answer = world
            .admin
            .put(&at, json!({"position": sent}))
            .await
            .expect(200);
        assert_eq!(answer.data()["position"], 7);
    }
    world
        .admin
        .put(&at, json!({"summary": "x"}))
        .await
        .expect(200);
    let answer = world
        .admin
        .put(&at, json!({"summary": ""}))
        .await
        .expect(200);
    assert_eq!(
        answer.data()["summary"],
        Value::Null,
        "an empty string is null"
    );
}
