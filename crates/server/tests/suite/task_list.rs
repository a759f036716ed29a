//! Lists of tasks: exactly what the viewer may see, narrowed and ordered as asked.

use tallystick_server::clock::DAY;
use tallystick_server::task::rules::Task;
use tallystick_wire::task::TaskStatus;

use crate::support::{Actor, NOW, World, both_engines};
use crate::task::{ids, to, total};

both_engines!(lists_show_what_may_be_seen, filters);

async fn lists_show_what_may_be_seen(world: &World) {
    let people = [&world.admin, &world.standard, &world.other, &world.light];
    let mut all = Vec::new();
    for starter in people {
        for assigned in 0..16_usize {
            let secret = assigned % 2 == 0;
            let chosen: Vec<&Actor> = (0..4)
                .filter(|bit| assigned >> bit & 1 == 1)
                .map(|bit| people[bit])
                .collect();
            let edit = |task: &mut Task| {
                task.top_secret = secret;
                task.assignees = to(&chosen);
            };
            all.push(world.task_in(&world.org, starter.user_id, edit).await);
        }
    }
    for viewer in people {
        let mut single = Vec::new();
        for id in &all {
            if viewer.get(&world.at(&format!("tasks/{id}"))).await.status == 200 {
                single.push(id.clone());
            }
        }
        let mut listed = ids(&viewer.get(&world.at("tasks?without_pagination=true")).await);
        single.sort();
        listed.sort();
        assert_eq!(
            single, listed,
            "what {} sees one by one and in the list",
            viewer.name
        );
        for whose in people.iter().filter(|_| viewer.name != "light") {
            let path = world.at(&format!(
                "users/{}/tasks?without_pagination=true",
                whose.user_id
            ));
            let of_them = ids(&viewer.get(&path).await.expect(200));
            assert!(
                of_them.iter().all(|id| single.contains(id)),
                "{} of {}",
                viewer.name,
                whose.name
            );
        }
    }
}

async fn filters(world: &World) {
    let mine = to(&[&world.standard]);
    let day = |days: i64| Some(NOW.plus(days * DAY));
    let make = async |title: &str, edit: &dyn Fn(&mut Task)| {
        world
            .task(|task| {
                task.title = title.to_owned();
                task.assignees = mine.clone();
                edit(task);
            })
            .await
    };
    let late = make("Late 100%_sure", &|task| task.deadline = day(-1)).await;
    let soon = make("Soon ÄÖ", &|task| task.deadline = Some(NOW.plus(DAY / 2))).await;
    let far = make("Far", &|task| {
        task.deadline = day(9);
        task.status = TaskStatus::InProgress;
    })
    .await;
    let done = make("Done", &|task| {
        task.status = TaskStatus::Completed;
        task.completed_at = day(0);
    })
    .await;
    for (query, expected) in [
        ("", vec![&far, &soon, &late]),
        ("status=all&sort=name", vec![&done, &far, &late, &soon]),
        ("status=overdue", vec![&late]),
        ("status=due-soon", vec![&soon]),
        ("status=in-progress", vec![&far]),
        ("status=completed", vec![&done]),
        ("sort=deadline", vec![&late, &soon, &far]),
        ("sort=-deadline", vec![&far, &soon, &late]),
        ("q=100%25_", vec![&late]),
        ("q=%25", vec![&late]),
        ("q=%C3%A4%C3%B6", vec![&soon]),
        ("deadline_on=2026-03-01", vec![&late]),
        ("deadline_before=2026-03-03", vec![&soon, &late]),
        ("deadline_after=2026-03-02", vec![&far]),
        ("created=2026-03-02:2026-03-02", vec![&far, &soon, &late]),
        ("created=2026-03-03", vec![]),
        ("tag=0123456789abcdef0123456789abcdef", vec![]),
    ] {
        let answer = world
            .standard
            .get(&world.at(&format!("me/tasks?{query}")))
            .await
            .expect(200);
        assert_eq!(ids(&answer).iter().collect::<Vec<_>>(), expected, "{query}");
        assert_eq!(total(&answer), expected.len() as i64, "{query}");
    }
    let page = world.standard.get(&world.at("me/tasks")).await;
    assert_eq!(page.json["meta"]["overdue_tasks"], 1);
    assert_eq!(page.json["meta"]["tasks_due_soon"], 1);
    // Searching does not reach over the wall.
    for query in [
        "q=canar",
        "guests=guest.canary-7f3a%40canary.example",
        "owners=1008",
    ] {
        let found = world
            .admin
            .get(&world.at(&format!("tasks?{query}")))
            .await
            .expect(200);
        assert_eq!(total(&found), 0, "{query}");
    }
}
