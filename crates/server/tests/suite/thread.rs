//! Comments and issues: who says what where, whom a mention lets in, and what an issue does to its task.

use serde_json::{Value, json};
use tallystick_server::clock::MINUTE;
use tallystick_server::task::rules::Task;

use crate::support::{Actor, Answer, World, both_engines};
use crate::task::{complete, ids, to, total};
use crate::task_counts::exact;

both_engines!(
    written_and_read,
    markup_is_cleaned,
    mentions_let_people_in,
    issues_block_and_reopen,
    issues_are_resolved_once,
    edited_and_deleted_by_whom,
    what_is_wrong_is_named,
);

pub async fn say(world: &World, by: &Actor, task: &str, body: Value) -> Answer {
    by.post(&world.at(&format!("tasks/{task}/comment")), body)
        .await
}

pub async fn report(world: &World, by: &Actor, task: &str) -> Answer {
    let body = json!({"content": "The ladder is broken"});
    by.post(&world.at(&format!("tasks/{task}/problem")), body)
        .await
}

pub fn id(answer: &Answer) -> String {
    answer.data()["id"].as_str().unwrap().to_owned()
}

pub async fn read(world: &World, by: &Actor, task: &str, with: &str) -> Value {
    let path = world.at(&format!("tasks/{task}?with={with}"));
    by.get(&path).await.expect(200).data().clone()
}

pub async fn standards_task(world: &World) -> String {
    world
        .task(|task| task.assignees = to(&[&world.standard]))
        .await
}

async fn written_and_read(world: &World) {
    let task = standards_task(world).await;
    let body = json!({"content": "Looks good.\nReally."});
    let first = say(world, &world.standard, &task, body).await.expect(201);
    world.clock.advance(MINUTE);
    let body = json!({"content": "Imported.", "author_id": 1, "label": "advice"});
    let path = world.at(&format!("tasks/{task}/bot-comment"));
    let second = world.standard.post(&path, body).await.expect(201);
    assert_eq!(second.data()["author_type"], "bot");
    assert_eq!(second.data()["author_id"], Value::Null);
    world.clock.advance(MINUTE);
    let issue = report(world, &world.standard, &task).await.expect(201);
    let with = "threads,comments,issues,threads_count";
    let seen = read(world, &world.admin, &task, with).await;
    assert_eq!(
        seen["threads"],
        json!({"data": [first.data(), second.data(), issue.data()]})
    );
    assert_eq!(
        seen["comments"],
        json!({"data": [first.data(), second.data()]})
    );
    assert_eq!(seen["issues"], json!({"data": [issue.data()]}));
    assert_eq!(seen["threads_count"], 3);
    let expected = json!({
        "id": id(&first), "content": "Looks good.\nReally.", "author_id": world.standard.user_id, "author_type": "user",
        "task_id": task, "run_id": null, "checklist_id": null, "label": "comment", "state": "hide-for-guests",
        "created_at": "2026-03-02T10:00:00.000Z", "updated_at": "2026-03-02T10:00:00.000Z", "archived_at": null,
        "resolve_id": null, "sent_to": [], "sent_by": world.standard.user_id, "last_updated_at": "2026-03-02T10:00:00.000Z",
    });
    assert_eq!(first.data(), &expected);
    for (label, state) in [("improvement", "open"), ("resolve", "collapsed")] {
        let body = json!({"content": "x", "label": label, "state": state, "sent_to": [1]});
        let said = say(world, &world.standard, &task, body).await.expect(201);
        assert_eq!(said.data()["label"], label);
        assert_eq!(said.data()["state"], state);
    }
}

async fn markup_is_cleaned(world: &World) {
    let task = standards_task(world).await;
    let bad =
        "<p onclick=\"x()\">Hi<script>alert(1)</script> <a href=\"javascript:x()\">there</a></p>";
    let said = say(world, &world.admin, &task, json!({"content": bad}))
        .await
        .expect(201);
    let content = said.data()["content"].as_str().unwrap();
    assert!(
        content.contains("Hi") && content.contains("there"),
        "{content}"
    );
    for part in ["onclick", "script", "alert"] {
        assert!(!content.contains(part), "{content}");
    }
    let nothing = json!({"content": "<script>alert(1)</script>"});
    say(world, &world.admin, &task, nothing).await.expect(422);
}

async fn mentions_let_people_in(world: &World) {
    let task = standards_task(world).await;
    let at = world.at(&format!("tasks/{task}"));
    let listed = async |actor: &Actor| ids(&actor.get(&world.at("tasks")).await).contains(&task);
    for actor in [&world.other, &world.light] {
        actor.get(&at).await.expect(404);
        assert!(!listed(actor).await);
    }
    let (light, other, stranger) = (
        world.light.user_id,
        world.other.user_id,
        world.canary.user_id,
    );
    let text = format!("Ask @[{light}], @[{other}] or @[{stranger}]");
    let said = say(world, &world.standard, &task, json!({"content": text}))
        .await
        .expect(201);
    let shown = format!(
        "Ask <strong>Dev Example</strong>, <strong>Chiara Example</strong> or @[{stranger}]"
    );
    assert_eq!(said.data()["content"], shown);
    assert_eq!(said.data()["sent_to"], json!([light, other]));
    for actor in [&world.other, &world.light] {
        actor.get(&at).await.expect(200);
        assert!(listed(actor).await);
        say(world, actor, &task, json!({"content": "Yes?"}))
            .await
            .expect(201);
    }
    // Seeing and answering is all: the rest takes what it took before.
    complete(world, &world.light, &task).await.expect(403);
    report(world, &world.light, &task).await.expect(403);
    // Who is mentioned no longer sees it no longer, whether the text or the whole comment went.
    let comment = format!("{at}/comment/{}", id(&said));
    let text = format!("Ask @[{other}]");
    world
        .standard
        .put(&comment, json!({"content": text}))
        .await
        .expect(200);
    world.light.get(&at).await.expect(404);
    world.other.get(&at).await.expect(200);
    world.standard.delete(&comment).await.expect(204);
    world.other.get(&at).await.expect(404);
    assert!(!listed(&world.other).await);
    // A secret task stays with its assignees.
    let edit = |task: &mut Task| {
        task.top_secret = true;
        task.assignees = to(&[&world.standard]);
    };
    let secret = world.task(edit).await;
    let text = json!({"content": format!("@[{other}]")});
    say(world, &world.standard, &secret, text).await.expect(201);
    world
        .other
        .get(&world.at(&format!("tasks/{secret}")))
        .await
        .expect(404);
}

async fn issues_block_and_reopen(world: &World) {
    let task = standards_task(world).await;
    let issue = report(world, &world.standard, &task).await.expect(201);
    assert_eq!(issue.data()["label"], "problem");
    let seen = read(world, &world.standard, &task, "threads").await;
    assert_eq!(seen["problem"], true);
    assert_eq!(seen["is_completable"], false);
    let refused = complete(world, &world.standard, &task).await.expect(422);
    assert!(refused.text.contains("open issue"), "{}", refused.text);
    for status in ["problem", "hasproblem", "issue"] {
        let found = world
            .admin
            .get(&world.at(&format!("tasks?status={status}")))
            .await;
        assert_eq!(ids(&found), std::slice::from_ref(&task));
    }
    let resolve = json!({"thread_id": id(&issue), "content": "Got a new one"});
    let path = world.at(&format!("tasks/{task}/resolved-threads"));
    let resolved = world.standard.post(&path, resolve).await.expect(200);
    assert_eq!(resolved.data()["label"], "resolve");
    let seen = read(world, &world.standard, &task, "issues").await;
    assert_eq!(seen["problem"], false);
    assert_eq!(seen["issues"]["data"][0]["resolve_id"], id(&resolved));
    complete(world, &world.standard, &task).await.expect(200);
    exact(world).await;
    // On a finished task an issue opens it again, also when it comes as a comment.
    let body = json!({"content": "Not done at all", "label": "problem"});
    let issue = say(world, &world.admin, &task, body).await.expect(201);
    let seen = read(world, &world.standard, &task, "activities").await;
    assert_eq!(seen["status"], "in-progress");
    assert_eq!(seen["completed_at"], Value::Null);
    assert_eq!(total(&world.standard.get(&world.at("me/tasks")).await), 1);
    let verbs: Vec<&str> = seen["activities"]["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|activity| activity["verb"].as_str().unwrap())
        .collect();
    assert_eq!(
        verbs,
        [
            "re-opened",
            "issue-reported",
            "completed",
            "issue-resolved",
            "issue-reported"
        ]
    );
    exact(world).await;
    // An issue that is deleted blocks nothing.
    let path = world.at(&format!("tasks/{task}/comment/{}", id(&issue)));
    world.admin.delete(&path).await.expect(204);
    complete(world, &world.standard, &task).await.expect(200);
    exact(world).await;
}

async fn issues_are_resolved_once(world: &World) {
    let task = standards_task(world).await;
    let issue = id(&report(world, &world.standard, &task).await.expect(201));
    let second = id(&report(world, &world.admin, &task).await.expect(201));
    let path = world.at(&format!("tasks/{task}/resolved-threads"));
    let body = json!({"thread_id": issue, "content": "Done"});
    let both = [&world.standard, &world.admin].map(|actor| actor.post(&path, body.clone()));
    let answers = futures_util::future::join_all(both).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422]);
    assert_eq!(read(world, &world.admin, &task, "").await["problem"], true);
    // A comment with the issue's id resolves it too.
    let body = json!({"thread_id": second, "content": "Done", "label": "resolve"});
    say(world, &world.standard, &task, body).await.expect(201);
    assert_eq!(read(world, &world.admin, &task, "").await["problem"], false);
    // An issue of another task is none here, and a comment is no issue.
    let elsewhere = standards_task(world).await;
    let foreign = id(&report(world, &world.standard, &elsewhere).await);
    let comment = id(&say(world, &world.standard, &task, json!({"content": "x"})).await);
    for wrong in [foreign, comment, second, "nonsense".to_owned()] {
        let body = json!({"thread_id": wrong, "content": "Done"});
        let refused = world.standard.post(&path, body).await.expect(422);
        assert!(refused.json["errors"].get("thread_id").is_some());
    }
}

async fn edited_and_deleted_by_whom(world: &World) {
    let people = [&world.standard, &world.other, &world.light];
    let task = world.task(|task| task.assignees = to(&people)).await;
    let said = say(world, &world.standard, &task, json!({"content": "One"})).await;
    let at = world.at(&format!("tasks/{task}/comment/{}", id(&said)));
    for actor in [&world.other, &world.light] {
        actor.put(&at, json!({"content": "Two"})).await.expect(403);
        actor.delete(&at).await.expect(403);
    }
    world.canary.delete(&at).await.expect(404);
    world.clock.advance(MINUTE);
    let changed = world
        .standard
        .put(&at, json!({"state": "open"}))
        .await
        .expect(200);
    assert_eq!(changed.data()["content"], "One");
    assert_eq!(changed.data()["updated_at"], "2026-03-02T10:01:00.000Z");
    let changed = world
        .admin
        .put(&at, json!({"content": "Two", "label": "problem"}))
        .await
        .expect(200);
    assert_eq!(changed.data()["author_id"], world.standard.user_id);
    assert_eq!(read(world, &world.admin, &task, "").await["problem"], true);
    world
        .standard
        .put(&at, json!({"label": "comment"}))
        .await
        .expect(422);
    // Under another task it is not there.
    let elsewhere = world.task(|task| task.assignees = to(&people)).await;
    let wrong = world.at(&format!("tasks/{elsewhere}/comment/{}", id(&said)));
    world.admin.delete(&wrong).await.expect(404);
    world.standard.delete(&at).await.expect(204);
    world.standard.delete(&at).await.expect(404);
    let seen = read(world, &world.admin, &task, "threads,threads_count").await;
    assert_eq!(seen["threads"], json!({"data": []}));
    assert_eq!(seen["threads_count"], 0);
    assert_eq!(seen["problem"], false);
    // Only assignees, where the task says so.
    let closed = world
        .task(|task| {
            task.starter_id = world.other.user_id;
            task.can_complete_only_assignees = true;
            task.assignees = to(&[&world.standard]);
        })
        .await;
    say(world, &world.other, &closed, json!({"content": "x"}))
        .await
        .expect(403);
    report(world, &world.other, &closed).await.expect(201);
}

async fn what_is_wrong_is_named(world: &World) {
    let task = standards_task(world).await;
    let named = |answer: Answer| -> Vec<String> {
        let errors = answer.expect(422).json["errors"].as_object().cloned();
        errors.unwrap().keys().cloned().collect()
    };
    let body = json!({"content": "  ", "label": "shout", "state": "loud"});
    let answer = say(world, &world.admin, &task, body).await;
    assert_eq!(named(answer), ["content", "label", "state"]);
    let body = json!({"content": "x".repeat(20_001)});
    assert_eq!(
        named(say(world, &world.admin, &task, body).await),
        ["content"]
    );
    let path = world.at(&format!("tasks/{task}/resolved-threads"));
    let answer = world.admin.post(&path, json!({})).await;
    assert_eq!(named(answer), ["content", "thread_id"]);
    world
        .admin
        .delete(&world.at(&format!("tasks/{task}")))
        .await
        .expect(204);
    let answer = say(world, &world.admin, &task, json!({"content": "x"})).await;
    assert_eq!(named(answer), ["task"]);
}
