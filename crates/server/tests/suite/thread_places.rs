//! Comments where they hang: on pages of tasks, on templates, on what was deleted; and how many may be written.

use serde_json::{Value, json};
use tallystick_db::args;
use tallystick_server::bin;
use tallystick_server::clock::{DAY, MINUTE};
use tallystick_server::task::store::restore_from_bin;

use crate::support::{NOW, World, both_engines};
use crate::thread::{id, read, report, say, standards_task};

both_engines!(
    a_page_of_tasks_brings_all_threads,
    templates_have_them_too,
    what_was_deleted_rests_and_goes,
);
both_engines!(comments_are_limited with [("limits.comments", "2")]);

async fn a_page_of_tasks_brings_all_threads(world: &World) {
    let mut tasks = Vec::new();
    for index in 0..12 {
        let task = standards_task(world).await;
        for number in 0..index % 3 {
            let text = format!("{number} of {task}");
            world.clock.advance(MINUTE);
            say(world, &world.standard, &task, json!({"content": text}))
                .await
                .expect(201);
        }
        tasks.push(task);
    }
    let path = world.at("me/tasks?per_page=50&with=threads,threads_count");
    let page = world.standard.get(&path).await.expect(200);
    for shown in page.data().as_array().unwrap() {
        let task = shown["id"].as_str().unwrap();
        let index = tasks.iter().position(|known| known == task).unwrap();
        let threads = shown["threads"]["data"].as_array().unwrap();
        assert_eq!(threads.len(), index % 3);
        assert_eq!(shown["threads_count"], index % 3);
        for (number, thread) in threads.iter().enumerate() {
            assert_eq!(thread["content"], format!("{number} of {task}"));
        }
    }
}

async fn templates_have_them_too(world: &World) {
    let body = json!({"title": "Onboarding", "type": "procedure"});
    let made = world
        .admin
        .post(&world.at("checklists"), body)
        .await
        .expect(201);
    let template = made.data()["id"].as_str().unwrap();
    let at = world.at(&format!("checklists/{template}"));
    let body = json!({"content": "Shorter, please", "label": "improvement"});
    let said = world
        .standard
        .post(&format!("{at}/comment"), body)
        .await
        .expect(201);
    assert_eq!(said.data()["checklist_id"], template);
    assert_eq!(said.data()["task_id"], Value::Null);
    let issue = world
        .other
        .post(&format!("{at}/problem"), json!({"content": "Wrong form"}))
        .await
        .expect(201);
    let body = json!({"content": "Replaced", "thread_id": id(&issue)});
    let resolved = format!("{at}/resolved-threads");
    world
        .standard
        .post(&resolved, body.clone())
        .await
        .expect(200);
    world.standard.post(&resolved, body).await.expect(422);
    let with = "with=threads,issues,comments,threads_count";
    let seen = world.admin.get(&format!("{at}?{with}")).await.expect(200);
    let count = |name: &str| seen.data()[name]["data"].as_array().unwrap().len();
    assert_eq!(
        (count("threads"), count("issues"), count("comments")),
        (3, 1, 2)
    );
    assert_eq!(seen.data()["threads_count"], 3);
    let listed = world
        .admin
        .get(&world.at(&format!("checklists?{with}")))
        .await
        .expect(200);
    assert_eq!(listed.data()[0]["threads"], seen.data()["threads"]);
    let comment = format!("{at}/comment/{}", id(&said));
    world.other.delete(&comment).await.expect(403);
    world
        .standard
        .put(&comment, json!({"content": "Much shorter"}))
        .await
        .expect(200);
    // Who may not read the template may not write there.
    let path = format!("{at}/comment");
    let body = json!({"content": "x"});
    world.light.post(&path, body.clone()).await.expect(404);
    let wrong = world.at(&format!(
        "tasks/{}/comment/{}",
        standards_task(world).await,
        id(&said)
    ));
    world.admin.delete(&wrong).await.expect(404);
    world.standard.delete(&comment).await.expect(204);
    world.admin.delete(&at).await.expect(200);
    world.admin.post(&path, body).await.expect(404);
}

/// Comments of a task rest in the bin as long as the task does, and come back with it.
async fn what_was_deleted_rests_and_goes(world: &World) {
    let mut tasks = Vec::new();
    for _ in 0..2 {
        let task = standards_task(world).await;
        report(world, &world.standard, &task).await.expect(201);
        let at = world.at(&format!("tasks/{task}/delete"));
        world.standard.delete(&at).await.expect(204);
        tasks.push(task);
    }
    let (org, first) = (world.org.clone(), tasks[0].clone());
    world
        .write(move |tx| restore_from_bin(tx, &org, &first))
        .await;
    let open = standards_task(world).await;
    let said = say(world, &world.standard, &open, json!({"content": "x"})).await;
    let at = world.at(&format!("tasks/{open}/comment/{}", id(&said)));
    world.standard.delete(&at).await.expect(204);
    let seen = read(world, &world.standard, &tasks[0], "issues").await;
    assert_eq!(seen["problem"], true);
    assert_eq!(seen["issues"]["data"].as_array().unwrap().len(), 1);
    let left = async |now| {
        world
            .write(move |tx| {
                bin::empty_old(tx, now)?;
                tx.one("SELECT count(*) FROM threads", args![], |row| {
                    row.take::<i64>()
                })
            })
            .await
    };
    assert_eq!(left(NOW.plus(29 * DAY)).await, 3);
    assert_eq!(left(NOW.plus(31 * DAY)).await, 1);
}

async fn comments_are_limited(world: &World) {
    let task = standards_task(world).await;
    for status in [201, 201, 429] {
        let answer = say(world, &world.standard, &task, json!({"content": "x"})).await;
        let answer = answer.expect(status);
        if status == 429 {
            assert!(answer.text.contains("comments an hour"), "{}", answer.text);
        }
    }
}
