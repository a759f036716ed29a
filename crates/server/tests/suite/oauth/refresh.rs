//! Refresh tokens: rotated, narrowed, given again after a lost answer, and ended with their family after a theft.

use serde_json::json;
use tallystick_server::clock::SECOND;

use super::{ALL, ask, begun, holder, refresh, refused, text};
use crate::support::{World, both_engines};

both_engines!(
    refresh_tokens_rotate,
    a_stolen_refresh_token_ends_the_family,
    a_lost_answer_is_given_again,
    many_refreshes_at_once_leave_one_pair,
    scopes_only_narrow_on_refresh,
);

async fn refresh_tokens_rotate(world: &World) {
    let client = world.client(&world.org, &ALL).await;
    let first = begun(world, &client).await;
    let second = refresh(world, &client, &text(&first, "refresh_token"))
        .await
        .expect(200);
    assert_ne!(first.json["refresh_token"], second.json["refresh_token"]);
    holder(world, &first).get("/me").await.expect(401);
    let actor = holder(world, &second);
    actor.get("/me").await.expect(200);
    // A refresh token is no access token.
    world
        .standard
        .with_token("refresh", &text(&second, "refresh_token"))
        .get("/me")
        .await
        .expect(401);
    let third = refresh(world, &client, &text(&second, "refresh_token"))
        .await
        .expect(200);
    world.clock.advance(31_557_600 * SECOND);
    refused(
        &refresh(world, &client, &text(&third, "refresh_token")).await,
        400,
        "invalid_grant",
    );
}

async fn a_stolen_refresh_token_ends_the_family(world: &World) {
    let client = world.client(&world.org, &ALL).await;
    let other = world.client(&world.org, &ALL).await;
    let first = begun(world, &client).await;
    let second = refresh(world, &client, &text(&first, "refresh_token"))
        .await
        .expect(200);
    let third = refresh(world, &client, &text(&second, "refresh_token"))
        .await
        .expect(200);
    refused(
        &refresh(world, &client, &text(&first, "refresh_token")).await,
        400,
        "invalid_grant",
    );
    holder(world, &third).get("/me").await.expect(401);
    refused(
        &refresh(world, &client, &text(&third, "refresh_token")).await,
        400,
        "invalid_grant",
    );
    let log = world
        .admin
        .get(&world.at("system-log?event=refresh_token_reused"))
        .await;
    assert_eq!(log.data()[0]["user_id"], world.standard.user_id);

    let mine = begun(world, &client).await;
    refused(
        &refresh(world, &other, &text(&mine, "refresh_token")).await,
        400,
        "invalid_grant",
    );
    holder(world, &mine).get("/me").await.expect(401);
}

async fn a_lost_answer_is_given_again(world: &World) {
    let client = world.client(&world.org, &ALL).await;
    let first = begun(world, &client).await;
    let lost = refresh(world, &client, &text(&first, "refresh_token"))
        .await
        .expect(200);
    let again = refresh(world, &client, &text(&first, "refresh_token"))
        .await
        .expect(200);
    holder(world, &lost).get("/me").await.expect(401);
    holder(world, &again).get("/me").await.expect(200);
    let next = refresh(world, &client, &text(&again, "refresh_token"))
        .await
        .expect(200);
    holder(world, &next).get("/me").await.expect(200);
}

async fn many_refreshes_at_once_leave_one_pair(world: &World) {
    let client = world.client(&world.org, &ALL).await;
    let first = begun(world, &client).await;
    let token = text(&first, "refresh_token");
    let all =
        futures_util::future::join_all((0..20).map(|_| refresh(world, &client, &token))).await;
    let mut living = 0;
    for answer in &all {
        let answer = answer.clone().expect(200);
        living += usize::from(holder(world, &answer).get("/me").await.status == 200);
    }
    assert_eq!(living, 1);
}

async fn scopes_only_narrow_on_refresh(world: &World) {
    let client = world.client(&world.org, &ALL).await;
    let first = begun(world, &client).await;
    let ask_for = async |token: &str, scope: &str| {
        let pairs = [
            ("grant_type", "refresh_token"),
            ("client_id", client.0.as_str()),
            ("client_secret", client.1.as_str()),
            ("refresh_token", token),
            ("scope", scope),
        ];
        ask(world, "/oauth/token", &pairs).await
    };
    refused(
        &ask_for(&text(&first, "refresh_token"), "everything").await,
        400,
        "invalid_scope",
    );
    let narrow = ask_for(&text(&first, "refresh_token"), "tasks.read")
        .await
        .expect(200);
    assert_eq!(narrow.json["scope"], "tasks.read");
    let actor = holder(world, &narrow);
    actor.get(&world.at("me/tasks")).await.expect(200);
    actor
        .post(&world.at("tasks"), json!({"title": "x"}))
        .await
        .expect(403);
    // What was allowed is kept for the next time.
    let wide = refresh(world, &client, &text(&narrow, "refresh_token"))
        .await
        .expect(200);
    assert_eq!(wide.json["scope"], "*");
}
