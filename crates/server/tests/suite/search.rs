//! Search: every kind of thing in its own list, only what the caller may read, narrowed by conditions in brackets.

use serde_json::{Value, json};
use tallystick_db::args;
use tallystick_server::tag::store::attach;
use tallystick_server::task::rules::Task;
use tallystick_wire::tag::SubjectType;

use crate::support::{Actor, NOW, World, both_engines};
use crate::task::to;

both_engines!(
    each_kind_has_its_list,
    only_what_may_be_read,
    with_snippets_tags_and_folders,
    conditions_narrow,
    wrong_questions_are_named,
);

async fn find(world: &World, by: &Actor, query: &str) -> Value {
    let path = world.at(&format!("search?{query}"));
    by.get(&path).await.expect(200).json
}

fn titles(list: &Value) -> Vec<&str> {
    let rows = list["data"].as_array().unwrap();
    rows.iter()
        .map(|row| {
            assert_eq!(row["title"], row["name"]);
            row["title"].as_str().unwrap()
        })
        .collect()
}

async fn template(world: &World, by: &Actor, title: &str) -> String {
    let body = json!({
        "title": title, "type": "procedure",
        "prerun": [{"label": "Lease number", "field_type": "text", "required": false}],
    });
    let made = by.post(&world.at("checklists"), body).await.expect(201);
    let id = made.data()["id"].as_str().unwrap().to_owned();
    let path = world.at(&format!("checklists/{id}/steps"));
    let body = json!({"title": "Sign the lease"});
    by.post(&path, body).await.expect(201);
    id
}

async fn each_kind_has_its_list(world: &World) {
    let task = world
        .task(|task| task.title = "Renew the LEASE for unit 4".to_owned())
        .await;
    let checklist = template(world, &world.admin, "Lease").await;
    let query = "search=lease&on=blueprint,process,task,snippet,capture,step&tags=true";
    let found = find(world, &world.admin, query).await;
    assert_eq!(found.as_object().unwrap().len(), 6);
    assert_eq!(titles(&found["task"]), ["Renew the LEASE for unit 4"]);
    assert_eq!(titles(&found["blueprint"]), ["Lease"]);
    assert_eq!(titles(&found["step"]), ["Sign the lease"]);
    assert_eq!(titles(&found["capture"]), ["Lease number"]);
    let empty = json!({"data": [], "meta": {"pagination": {
        "total": 0, "count": 0, "per_page": 20, "current_page": 1, "total_pages": 1, "has_more_pages": false, "links": {},
    }}});
    assert_eq!(found["process"], empty);
    assert_eq!(found["snippet"], empty);
    let hit = &found["task"]["data"][0];
    assert_eq!(hit["id"], task);
    for (name, value) in [
        ("run_id", Value::Null),
        ("is_oneoff_task", json!(true)),
        ("status", json!("not-started")),
        ("status_label", json!("not-started")),
        ("starter_id", json!(world.admin.user_id)),
        ("tags", json!({"data": []})),
    ] {
        assert_eq!(hit[name], value, "{name}");
    }
    let hit = &found["blueprint"]["data"][0];
    assert_eq!(hit["id"], checklist);
    assert_eq!(hit["organization_id"], world.org);
    assert_eq!(hit["folders"], json!([]));
    assert_eq!(hit["steps_count"], 1);
    assert_eq!(found["step"]["data"][0]["checklist_id"], checklist);
    // Without `on` it is processes; archived tasks are found, archived templates are not.
    let usual = find(world, &world.admin, "search=lease").await;
    assert_eq!(
        usual.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["process"]
    );
    for path in [format!("tasks/{task}"), format!("checklists/{checklist}")] {
        let status = world.admin.delete(&world.at(&path)).await.status;
        assert!(status < 300, "{status}");
    }
    let found = find(world, &world.admin, "search=lease&on=blueprint,task,step").await;
    assert_eq!(titles(&found["task"]).len(), 1);
    assert!(titles(&found["blueprint"]).is_empty());
    assert!(titles(&found["step"]).is_empty());
}

async fn with_snippets_tags_and_folders(world: &World) {
    let checklist = template(world, &world.admin, "Lease").await;
    let body = json!({"name": "Legal", "folder_type": "checklist"});
    let made = world
        .admin
        .post(&world.at("folders"), body)
        .await
        .expect(201);
    let folder = made.data()["id"].as_str().unwrap().to_owned();
    let inside = folder.clone();
    let made = world
        .admin
        .post(&world.at("tags"), json!({"title": "Urgent"}))
        .await
        .expect(201);
    let tag = made.data()["id"].as_str().unwrap().to_owned();
    let task = world.task(|task| task.title = "Lease".to_owned()).await;
    let (org, elsewhere) = (world.org.clone(), world.canary_org.clone());
    world
        .write(move |tx| {
            for (subject, id) in [
                (SubjectType::Task, &task),
                (SubjectType::Checklist, &checklist),
            ] {
                attach(tx, &org, &tag, subject, id, NOW)?;
            }
            tx.run(
                "UPDATE templates SET folder_id = $2 WHERE organization_id = $1",
                args![&org, &inside],
            )?;
            for (org, id, title) in [(&org, "1", "Lease clause"), (&elsewhere, "2", "Lease of theirs")] {
                tx.run(
                    "INSERT INTO snippets (organization_id, id, title, title_folded, content, content_rules, is_public, created_at, updated_at) \
                     VALUES ($1, $2, $3, $4, 'Pay.', 1, FALSE, 0, 0)",
                    args![org, id, title, title.to_lowercase()],
                )?;
            }
            Ok(())
        })
        .await;
    let query = "search=lease&on=task,blueprint,snippet";
    let found = find(world, &world.light, query).await;
    assert_eq!(titles(&found["snippet"]), ["Lease clause"]);
    assert_eq!(found["snippet"]["data"][0]["content"], "Pay.");
    let found = find(world, &world.admin, &format!("{query}&tags=true")).await;
    for kind in ["task", "blueprint"] {
        let tags = &found[kind]["data"][0]["tags"]["data"];
        assert_eq!(tags[0]["title"], "Urgent", "{kind}");
    }
    let folders = &found["blueprint"]["data"][0]["folders"];
    assert_eq!(
        folders,
        &json!([{"id": folder, "name": "Legal", "parent_id": null}])
    );
    let plain = find(world, &world.admin, query).await;
    assert!(plain["task"]["data"][0].get("tags").is_none());
}

async fn only_what_may_be_read(world: &World) {
    let make = async |title: &str, edit: fn(&mut Task), people: &[&Actor]| {
        let title = title.to_owned();
        let people = to(people);
        world
            .task(|task| {
                task.title = title;
                task.assignees = people;
                edit(task);
            })
            .await
    };
    make("Lease one", |_| {}, &[&world.standard]).await;
    make("Lease two", |task| task.top_secret = true, &[&world.other]).await;
    let checklist = template(world, &world.admin, "Lease").await;
    let nobody = json!({"read": {"everyone": false}});
    let path = world.at(&format!("checklists/{checklist}/permissions"));
    world.admin.put(&path, nobody).await.expect(200);
    let query = "search=lease&on=task,blueprint,step,capture";
    for (actor, tasks, templates) in [
        (&world.admin, 2, 1),
        (&world.standard, 1, 0),
        (&world.other, 1, 0),
        (&world.light, 0, 0),
    ] {
        let found = find(world, actor, query).await;
        assert_eq!(titles(&found["task"]).len(), tasks, "{}", actor.name);
        for kind in ["blueprint", "step", "capture"] {
            assert_eq!(titles(&found[kind]).len(), templates, "{}", actor.name);
        }
    }
    for sign in ["%25", "_", "%5C"] {
        let found = find(world, &world.admin, &format!("search={sign}&on=task")).await;
        assert!(titles(&found["task"]).is_empty());
    }
    let canary = find(world, &world.admin, "search=audit&on=task").await;
    assert!(titles(&canary["task"]).is_empty());
}

async fn conditions_narrow(world: &World) {
    for title in ["Lease", "Lease B", "Release"] {
        template(world, &world.admin, title).await;
    }
    template(world, &world.standard, "Lease").await;
    let me = world.standard.user_id;
    let field = |at: &str, field: &str, operation: &str, value: &str| {
        format!(
            "&filter{at}[type]=field&filter{at}[field]={field}&filter{at}[operation]={operation}&filter{at}[value]={value}"
        )
    };
    let one = |name, operation, value| field("", name, operation, value);
    let either = format!(
        "&filter[0][type]=boolean&filter[0][value]=OR{}{}",
        field("[1]", "title", "%3D", "release"),
        field("[2]", "starter", "%3D", &me.to_string())
    );
    for (filter, count) in [
        (String::new(), 4),
        (
            "&filter[type]=field&filter[field]=title&filter[value]=LEASE".to_owned(),
            2,
        ),
        (one("title", "%3C%3E", "lease"), 2),
        (one("title", "!%3D", "lease"), 2),
        (one("starter", "%3D", &me.to_string()), 1),
        (one("date", "%3D", "2026-03-02"), 4),
        (one("date", "%3E", "2026-03-02"), 0),
        (one("date", "%3E%3D", "2026-03-02"), 4),
        (one("date", "%3C", "2026-03-02"), 0),
        (one("date", "%3C%3D", "2026-03-02T10:00:00Z"), 4),
        (one("date", "!%3D", "2026-03-02T10:00:00Z"), 0),
        (either, 2),
    ] {
        let query = format!("search=lease&on=blueprint{filter}");
        let found = find(world, &world.admin, &query).await;
        assert_eq!(titles(&found["blueprint"]).len(), count, "{filter}");
    }
    let found = find(
        world,
        &world.admin,
        "search=lease&on=blueprint&per_page=3&page=2",
    )
    .await;
    assert_eq!(titles(&found["blueprint"]).len(), 1);
    assert_eq!(found["blueprint"]["meta"]["pagination"]["total"], 4);
}

async fn wrong_questions_are_named(world: &World) {
    let date = "filter[type]=field&filter[field]=date&filter[value]=2026-03-02";
    for (query, name) in [
        ("on=task", "search"),
        ("search=x&on=planet", "on"),
        (&format!("search=x&on=task&{date}")[..], "filter"),
        (&format!("search=x&on=step&{date}"), "filter"),
        (
            "search=x&filter[type]=field&filter[field]=colour",
            "filter.field",
        ),
    ] {
        let path = world.at(&format!("search?{query}"));
        let answer = world.light.get(&path).await.expect(422);
        assert!(answer.json["errors"].get(name).is_some(), "{}", answer.text);
    }
}
