//! One-off tasks: what completing, reopening, assigning, moving and deleting do, and what everybody sees of it.

use serde_json::{Value, json};
use tallystick_server::clock::MINUTE;
use tallystick_server::task::rules::Assignee;
use tallystick_wire::task::TaskType;

use crate::support::shapes::snapshots;
use crate::support::{Actor, Answer, World, both_engines};
use crate::task_counts::exact;

both_engines!(
    made_and_read,
    completed_once,
    approvals_need_a_decision,
    everyone_must_complete,
    everyone_completes_at_once,
    reopened,
    archived_restored_deleted,
    assigned_and_taken_away,
    light_members_work_and_do_not_change,
    guests_of_others_stay_unknown,
);

pub fn to(people: &[&Actor]) -> Vec<Assignee> {
    let assign = |actor: &&Actor| Assignee {
        user_id: actor.user_id,
        completed_at: None,
    };
    people.iter().map(assign).collect()
}

pub async fn complete(world: &World, by: &Actor, task: &str) -> Answer {
    let body = json!({"task_id": task});
    by.post(&world.at("completed-tasks"), body).await
}

pub fn ids(answer: &Answer) -> Vec<String> {
    let all = answer.data().as_array().unwrap().iter();
    all.map(|task| task["id"].as_str().unwrap().to_owned())
        .collect()
}

pub fn total(answer: &Answer) -> i64 {
    answer.json["meta"]["pagination"]["total"].as_i64().unwrap()
}

async fn made_and_read(world: &World) {
    let body = json!({
        "title": "Hang the pictures", "summary": "<p>Straight.</p>", "deadline": "2026-03-06T15:00:00+02:00",
        "owners": {"users": [world.standard.user_id], "guests": ["kim@guest.example"]},
    });
    let made = world.admin.post(&world.at("tasks"), body).await.expect(201);
    let read = world
        .admin
        .get(&world.at(&format!("tasks/{}", made.data()["id"].as_str().unwrap())))
        .await;
    assert_eq!(made.json, read.json);
    let shown = world.standard.get(&world.at("me/tasks")).await.expect(200);
    let path = read.what.split_once("/api").unwrap().1;
    let query = "with=activities,threads,tags,run,step";
    let with = world
        .admin
        .get(&format!("{path}?{query}"))
        .await
        .expect(200);
    assert_eq!(with.data()["activities"]["data"][0]["verb"], "created");
    assert_eq!(with.data()["threads"], json!({"data": []}));
    snapshots().bind(|| {
        insta::assert_json_snapshot!("task", made.json);
        let mut page = shown.json;
        page["data"][0] = json!("[the task]");
        insta::assert_json_snapshot!("page", page);
    });
}

async fn completed_once(world: &World) {
    let task = world
        .task(|task| task.assignees = to(&[&world.standard]))
        .await;
    world.clock.advance(MINUTE);
    let done = complete(world, &world.standard, &task).await.expect(200);
    assert_eq!(done.data()["status"], "completed");
    assert_eq!(done.data()["completer_id"], world.standard.user_id);
    assert_eq!(done.data()["completed_at"], "2026-03-02T10:01:00.000Z");
    assert_eq!(done.data()["is_completable"], false);
    let again = complete(world, &world.standard, &task).await.expect(422);
    assert!(
        again.json["errors"].get("task_id").is_some(),
        "{}",
        again.text
    );
    world
        .admin
        .put(&world.at(&format!("tasks/{task}")), json!({"title": "x"}))
        .await
        .expect(422);
    assert_eq!(total(&world.standard.get(&world.at("me/tasks")).await), 0);
    assert_eq!(
        total(
            &world
                .standard
                .get(&world.at("me/tasks?status=completed"))
                .await
        ),
        1
    );
    // Two at the same moment: one of them did it.
    let task = world
        .task(|task| task.assignees = to(&[&world.standard, &world.admin]))
        .await;
    let (one, two) = tokio::join!(
        complete(world, &world.standard, &task),
        complete(world, &world.admin, &task)
    );
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422]);
    exact(world).await;
}

async fn approvals_need_a_decision(world: &World) {
    for (decision, label) in [(json!(true), "approved"), (json!("0"), "rejected")] {
        let task = world
            .task(|task| {
                task.task_type = TaskType::Approval;
                task.assignees = to(&[&world.light]);
            })
            .await;
        let refused = complete(world, &world.light, &task).await.expect(422);
        assert!(
            refused.json["errors"].get("is_approved").is_some(),
            "{}",
            refused.text
        );
        let body = json!({"task_id": task, "is_approved": decision});
        let done = world
            .light
            .post(&world.at("completed-tasks"), body)
            .await
            .expect(200);
        assert_eq!(done.data()["status_label"], label);
    }
}

async fn shared(world: &World, people: &[&Actor]) -> String {
    world
        .task(|task| {
            task.everyone_must_complete = true;
            task.assignees = to(people);
        })
        .await
}

async fn everyone_must_complete(world: &World) {
    let task = shared(world, &[&world.standard, &world.other]).await;
    let half = complete(world, &world.standard, &task).await.expect(200);
    assert_eq!(half.data()["status"], "in-progress");
    assert_eq!(half.data()["completion_progress"], 0.5);
    complete(world, &world.standard, &task).await.expect(422);
    let whole = complete(world, &world.other, &task).await.expect(200);
    assert_eq!(whole.data()["status"], "completed");
    assert_eq!(whole.data()["completion_progress"], 1.0);
    exact(world).await;
}

async fn everyone_completes_at_once(world: &World) {
    let people = [
        &world.admin,
        &world.standard,
        &world.other,
        &world.light,
        &world.both,
    ];
    for _ in 0..5 {
        let task = shared(world, &people).await;
        let all = people.map(|actor| complete(world, actor, &task));
        let answers = futures_util::future::join_all(all).await;
        let finished = answers
            .iter()
            .filter(|answer| answer.data()["status"] == "completed")
            .count();
        assert_eq!(finished, 1, "exactly one of them was the last");
        let seen = world
            .admin
            .get(&world.at(&format!("tasks/{task}?with=activities")))
            .await;
        assert_eq!(seen.data()["status"], "completed");
        let verbs: Vec<&str> = seen.data()["activities"]["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|activity| activity["verb"].as_str().unwrap())
            .collect();
        assert_eq!(
            verbs.iter().filter(|verb| **verb == "completed").count(),
            1,
            "{verbs:?}"
        );
        assert_eq!(
            verbs
                .iter()
                .filter(|verb| **verb == "completed-part")
                .count(),
            4,
            "{verbs:?}"
        );
        exact(world).await;
    }
}

async fn reopened(world: &World) {
    let task = shared(world, &[&world.standard]).await;
    let at = world.at(&format!("completed-tasks/{task}"));
    world.standard.delete(&at).await.expect(422);
    complete(world, &world.standard, &task).await.expect(200);
    let open = world.standard.post(&at, json!({})).await.expect(200);
    assert_eq!(open.data()["status"], "in-progress");
    for name in ["completed_at", "completer_id", "is_approved"] {
        assert_eq!(open.data()[name], Value::Null, "{name}");
    }
    assert_eq!(open.data()["completion_progress"], 0.0);
    complete(world, &world.standard, &task).await.expect(200);
    world.standard.delete(&at).await.expect(200);
    exact(world).await;
}

async fn archived_restored_deleted(world: &World) {
    let task = world
        .task(|task| task.assignees = to(&[&world.standard]))
        .await;
    let at = world.at(&format!("tasks/{task}"));
    for _ in 0..2 {
        world.standard.delete(&at).await.expect(204);
    }
    assert_ne!(
        world.standard.get(&at).await.data()["archived_at"],
        Value::Null
    );
    complete(world, &world.standard, &task).await.expect(422);
    assert_eq!(total(&world.standard.get(&world.at("me/tasks")).await), 0);
    assert_eq!(
        total(
            &world
                .standard
                .get(&world.at("me/tasks?archived=only&status=all"))
                .await
        ),
        1
    );
    exact(world).await;
    for _ in 0..2 {
        let back = world
            .standard
            .put(&format!("{at}/restore"), json!({}))
            .await
            .expect(200);
        assert_eq!(back.data()["archived_at"], Value::Null);
    }
    assert_eq!(total(&world.standard.get(&world.at("me/tasks")).await), 1);
    world
        .standard
        .delete(&format!("{at}/delete"))
        .await
        .expect(204);
    for answer in [
        world.admin.get(&at).await,
        world.admin.delete(&format!("{at}/delete")).await,
    ] {
        answer.expect(404);
    }
    exact(world).await;
}

async fn assigned_and_taken_away(world: &World) {
    let task = world
        .task(|task| task.assignees = to(&[&world.standard]))
        .await;
    let at = world.at(&format!("tasks/{task}"));
    let owners =
        json!({"owners": {"users": [world.other.user_id, world.light.user_id.to_string()]}});
    let answer = world.admin.put(&at, owners).await.expect(200);
    assert_eq!(
        answer.data()["owners"]["users"],
        json!([world.other.user_id, world.light.user_id])
    );
    world.standard.get(&at).await.expect(404);
    world.other.get(&at).await.expect(200);
    exact(world).await;
    let refused = world
        .admin
        .put(&at, json!({"owners": {"users": [world.disabled.user_id]}}))
        .await
        .expect(422);
    assert!(refused.text.contains("owners.users.0"), "{}", refused.text);
    let unassigned = world
        .admin
        .put(&at, json!({"owners": {"users": []}}))
        .await
        .expect(200);
    assert_eq!(unassigned.data()["owners"]["users"], json!([]));
    assert_eq!(
        ids(&world.admin.get(&world.at("tasks?unassigned=true")).await),
        [task]
    );
    exact(world).await;
}

async fn light_members_work_and_do_not_change(world: &World) {
    let theirs = world
        .task(|task| task.assignees = to(&[&world.light]))
        .await;
    let others = world
        .task(|task| task.assignees = to(&[&world.standard]))
        .await;
    let at = |id: &str| world.at(&format!("tasks/{id}"));
    world.light.get(&at(&theirs)).await.expect(200);
    world.light.get(&at(&others)).await.expect(404);
    complete(world, &world.light, &others).await.expect(404);
    let refused = world
        .light
        .put(&at(&theirs), json!({"title": "Mine"}))
        .await
        .expect(403);
    assert!(!refused.json["message"].as_str().unwrap().is_empty());
    world.light.delete(&at(&theirs)).await.expect(403);
    complete(world, &world.light, &theirs).await.expect(200);
    let made = world
        .light
        .post(&world.at("tasks"), json!({"title": "For me"}))
        .await
        .expect(201);
    assert_eq!(made.data()["owners"]["users"], json!([world.light.user_id]));
    let for_others = json!({"title": "For you", "owners": {"users": [world.standard.user_id]}});
    world
        .light
        .post(&world.at("tasks"), for_others)
        .await
        .expect(403);
    world
        .light
        .get(&world.at(&format!("users/{}/tasks", world.standard.user_id)))
        .await
        .expect(403);
    world
        .light
        .get(&world.at(&format!("users/{}/tasks", world.light.user_id)))
        .await
        .expect(200);
}

/// An address may be a guest's in two organisations; neither learns of the other, not even how it is spelled there.
async fn guests_of_others_stay_unknown(world: &World) {
    let theirs = json!({"title": "Invite", "owners": {"guests": ["Kim.Okoro@Guest.Example"]}});
    let at = format!("/organizations/{}/tasks", world.canary_org);
    world.canary.post(&at, theirs).await.expect(201);
    let ours = json!({"title": "Invite", "owners": {"guests": ["KIM.OKORO@guest.example", "kim.okoro@guest.example"]}});
    let made = world.admin.post(&world.at("tasks"), ours).await.expect(201);
    let task = made.data()["id"].as_str().unwrap();
    let read = world
        .admin
        .get(&world.at(&format!("tasks/{task}")))
        .await
        .expect(200);
    for answer in [made.clone(), read] {
        assert_eq!(
            answer.data()["owners"]["guests"],
            json!(["kim.okoro@guest.example"])
        );
    }
    let found = world
        .admin
        .get(&world.at("tasks?guests=Kim.Okoro@Guest.Example"))
        .await;
    assert_eq!(ids(&found), [task]);
    assert_eq!(total(&world.canary.get(&at).await), 2);
}
