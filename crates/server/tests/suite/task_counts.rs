//! How many active tasks each member has is kept, not counted: after any walk through the verbs it is what counting gives.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::json;
use tallystick_db::args;

use crate::support::{World, both_engines};
use crate::task::complete;

both_engines!(counts_stay_exact);

/// The kept counts are those that counting gives.
pub async fn exact(world: &World) {
    let wrong = world
        .write(|tx| {
            tx.all(
                "SELECT m.organization_id || ' ' || CAST(m.user_id AS TEXT) FROM memberships m \
                 WHERE COALESCE((SELECT c.active FROM task_counts c WHERE c.organization_id = m.organization_id AND c.user_id = m.user_id), 0) \
                    <> (SELECT count(*) FROM task_members a JOIN tasks t ON t.organization_id = a.organization_id AND t.id = a.task_id \
                        WHERE a.organization_id = m.organization_id AND a.user_id = m.user_id \
                        AND t.status IN ('not-started', 'in-progress') AND t.archived_at IS NULL) \
                 UNION ALL \
                 SELECT 'active flag of ' || a.task_id FROM task_members a JOIN tasks t ON t.organization_id = a.organization_id AND t.id = a.task_id \
                 WHERE a.active <> (t.status IN ('not-started', 'in-progress') AND t.archived_at IS NULL)",
                args![],
                |row| row.take::<String>(),
            )
        })
        .await;
    assert_eq!(wrong, Vec::<String>::new(), "kept counts are wrong");
}

/// One step of somebody at work: what, on which of their tasks, by and for whom.
#[derive(Debug, Clone, Copy)]
struct Step(u8, prop::sample::Index, prop::sample::Index);

async fn counts_stay_exact(world: &World) {
    let people = [&world.admin, &world.standard, &world.other, &world.both];
    let step = (
        0..8_u8,
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
    );
    let steps = prop::collection::vec(step.prop_map(|(what, task, who)| Step(what, task, who)), 60);
    // Always the same walk: what fails here fails again.
    let mut runner = TestRunner::deterministic();
    let mut tasks: Vec<String> = Vec::new();
    for Step(what, task, who) in steps.new_tree(&mut runner).unwrap().current() {
        let someone = who.index(people.len());
        let owners = json!({"users": [people[someone].user_id, people[(someone + 1) % people.len()].user_id]});
        if tasks.is_empty() || what == 0 {
            let body = json!({"title": "Step", "owners": owners, "everyone_must_complete": someone % 2 == 0});
            let made = world.admin.post(&world.at("tasks"), body).await.expect(201);
            tasks.push(made.data()["id"].as_str().unwrap().to_owned());
        } else {
            let place = task.index(tasks.len());
            let id = tasks[place].clone();
            let at = world.at(&format!("tasks/{id}"));
            let answer = match what {
                1 => world.admin.put(&at, json!({"owners": owners})).await,
                2 | 3 => complete(world, people[someone], &id).await,
                4 => {
                    world
                        .admin
                        .delete(&world.at(&format!("completed-tasks/{id}")))
                        .await
                }
                5 => world.admin.delete(&at).await,
                6 => world.admin.put(&format!("{at}/restore"), json!({})).await,
                _ => {
                    tasks.swap_remove(place);
                    world.admin.delete(&format!("{at}/delete")).await
                }
            };
            assert!(
                matches!(answer.status, 200 | 204 | 403 | 404 | 422),
                "{}",
                answer.text
            );
        }
        exact(world).await;
    }
}
