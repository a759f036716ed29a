//! Lists of tasks: exactly what the viewer may see, narrowed and ordered as asked.

use serde_json::{Value, json};
use tallystick_server::clock::DAY;
use tallystick_server::task::rules::Task;
use tallystick_wire::task::TaskStatus;

use crate::support::{Actor, NOW, World, both_engines};
use crate::task::{ids, to, total};

both_engines!(
    lists_show_what_may_be_seen,
    filters,
    by_tag_and_folder,
    tags_in_the_body,
    of_a_guest,
);

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

async fn by_tag_and_folder(world: &World) {
    let mut tasks = Vec::new();
    for _ in 0..3 {
        tasks.push(
            world
                .task(|task| task.assignees = to(&[&world.admin]))
                .await,
        );
    }
    let made = async |path: &str, body: Value| {
        let made = world.admin.post(&world.at(path), body).await.expect(201);
        made.data()["id"].as_str().unwrap().to_owned()
    };
    let red = made("tags", json!({"title": "Röt"})).await;
    let blue = made("tags", json!({"title": "Blue"})).await;
    for (task, tag) in [(0, &red), (1, &red), (1, &blue)] {
        let body = json!({"subject_id": tasks[task], "subject_type": "Task", "tag_id": tag, "tag_type": "private"});
        world
            .admin
            .post(&world.at("checklists/tags"), body)
            .await
            .expect(201);
    }
    let folder = made("folders", json!({"name": "Cellar", "folder_type": "run"})).await;
    let body = json!({"folder_id": folder, "subject_id": tasks[2], "subject_type": "Task"});
    world
        .admin
        .post(&world.at("folders/add-object"), body)
        .await
        .expect(201);
    let upper = folder.to_uppercase();
    for (query, wanted) in [
        (format!("tag={red}"), vec![0, 1]),
        ("tag=r%C3%96T".to_owned(), vec![0, 1]),
        (format!("tag={blue},r%C3%B6t"), vec![0, 1]),
        ("tag=blue".to_owned(), vec![1]),
        ("tag=green".to_owned(), vec![]),
        (format!("folder={upper}"), vec![2]),
        (format!("folder={folder}&tag={red}"), vec![]),
        (format!("folder={red}"), vec![]),
    ] {
        for list in ["me/tasks", "tasks"] {
            let answer = world
                .admin
                .get(&world.at(&format!("{list}?{query}")))
                .await
                .expect(200);
            let mut found = ids(&answer);
            found.sort();
            let mut wanted: Vec<String> =
                wanted.iter().map(|at: &usize| tasks[*at].clone()).collect();
            wanted.sort();
            assert_eq!(found, wanted, "{list}?{query}");
            assert_eq!(
                total(&answer),
                i64::try_from(wanted.len()).unwrap(),
                "{list}?{query}"
            );
        }
    }
}

async fn of_a_guest(world: &World) {
    let with = |email: &'static str, status: TaskStatus, whose: &Actor| {
        let assignees = to(&[whose]);
        world.task(move |task| {
            task.guests.push(email.to_owned());
            task.assignees = assignees;
            task.status = status;
        })
    };
    let open = with("kim@guest.example", TaskStatus::NotStarted, &world.standard).await;
    let done = with("kim@guest.example", TaskStatus::Completed, &world.standard).await;
    let hidden = with("kim@guest.example", TaskStatus::NotStarted, &world.admin).await;
    with("lee@guest.example", TaskStatus::NotStarted, &world.standard).await;
    let kim = world
        .admin
        .get(&world.at("guests/kim@guest.example"))
        .await
        .expect(200);
    let number = kim.data()["id"].to_string();
    for name in ["kim@guest.example", "KIM%40guest.example", number.as_str()] {
        let path = world.at(&format!("guests/{name}/tasks"));
        let mut all = ids(&world.admin.get(&path).await.expect(200));
        all.sort();
        let mut wanted = vec![open.clone(), hidden.clone()];
        wanted.sort();
        assert_eq!(all, wanted, "{name}");
        // Whoever looks sees what they may see.
        assert_eq!(
            ids(&world.standard.get(&path).await.expect(200)),
            std::slice::from_ref(&open)
        );
        let completed = world
            .standard
            .get(&format!("{path}?status=completed"))
            .await;
        assert_eq!(ids(&completed), std::slice::from_ref(&done));
        // A light member does not know of guests they do not work with.
        world.light.get(&path).await.expect(404);
    }
    world
        .admin
        .get(&world.at("guests/nobody@guest.example/tasks"))
        .await
        .expect(404);
    let bad = world.at("guests/kim@guest.example/tasks?status=odd");
    world.admin.get(&bad).await.expect(422);
}

async fn tags_in_the_body(world: &World) {
    let tag = async |title: &str| {
        let body = json!({"title": title});
        let made = world.admin.post(&world.at("tags"), body).await.expect(201);
        made.data()["id"].as_str().unwrap().to_owned()
    };
    let (red, blue) = (tag("Red").await, tag("Blue").await);
    let body = |tags: Value| json!({"title": "Paint", "tags": tags});
    let tasks = world.at("tasks");
    let made = world
        .standard
        .post(&tasks, body(json!([red])))
        .await
        .expect(201);
    let task = format!("{tasks}/{}", made.data()["id"].as_str().unwrap());
    let shown = async || {
        let read = world
            .standard
            .get(&format!("{task}?with=tags"))
            .await
            .expect(200);
        read.data()["tags"].clone()
    };
    let on_it = |tags: &Value| -> Vec<String> {
        let all = tags["data"].as_array().unwrap().iter();
        all.map(|link| link["tag_id"].as_str().unwrap().to_owned())
            .collect()
    };
    let first = shown().await;
    assert_eq!(on_it(&first), std::slice::from_ref(&red));
    // As one connector sends them; the same again keeps the association.
    let comma = json!({"tags": format!("{red}, {blue}")});
    world.standard.put(&task, comma).await.expect(200);
    let both = shown().await;
    assert_eq!(on_it(&both), [red.clone(), blue.clone()]);
    assert_eq!(both["data"][0]["id"], first["data"][0]["id"]);
    // As an answer showed them; null says nothing; an empty list takes them off.
    world
        .standard
        .put(&task, json!({"tags": both}))
        .await
        .expect(200);
    world
        .standard
        .put(&task, json!({"tags": null, "title": "Paint it"}))
        .await
        .expect(200);
    assert_eq!(shown().await, both);
    let unknown = json!({"title": "Not this", "tags": [blue, "0".repeat(32), 7]});
    let refused = world.standard.put(&task, unknown).await.expect(422);
    assert!(
        refused.json["errors"]["tags.1"].is_array() && refused.json["errors"]["tags.2"].is_array()
    );
    assert!(refused.json["errors"]["tags.0"].is_null());
    let foreign = world
        .canary
        .post(
            &format!("/organizations/{}/tags", world.canary_org),
            json!({"title": "Theirs"}),
        )
        .await;
    let foreign = foreign.expect(201).data()["id"].clone();
    world
        .standard
        .put(&task, json!({"tags": [foreign]}))
        .await
        .expect(422);
    assert_eq!(shown().await, both);
    world
        .standard
        .put(&task, json!({"tags": []}))
        .await
        .expect(200);
    assert_eq!(on_it(&shown().await), Vec::<String>::new());
    world
        .light
        .post(&tasks, body(json!([red])))
        .await
        .expect(403);
}
