//! What a client learns of tokens, and how it ends them.

use serde_json::json;

use super::{ALL, Client, ask, begun, holder, refresh, refused, text};
use crate::support::{World, both_engines};

both_engines!(introspection_tells_only_the_owner, revocation,);

async fn introspection_tells_only_the_owner(world: &World) {
    let client = world.client(&world.org, &ALL).await;
    let other = world.client(&world.org, &ALL).await;
    let given = begun(world, &client).await;
    let look = async |client: &Client, token: &str| {
        let pairs = [
            ("client_id", client.0.as_str()),
            ("client_secret", client.1.as_str()),
            ("token", token),
        ];
        ask(world, "/oauth/introspect", &pairs).await
    };
    let access = text(&given, "access_token");
    let seen = look(&client, &access).await.expect(200);
    assert_eq!(seen.json["active"], true);
    assert_eq!(seen.json["sub"], world.standard.user_id.to_string());
    assert_eq!(seen.json["org_id"], json!(world.org));
    assert_eq!(
        seen.json["exp"].as_i64().unwrap() - seen.json["iat"].as_i64().unwrap(),
        15_778_800
    );
    assert_eq!(
        look(&client, &text(&given, "refresh_token")).await.json["active"],
        true
    );
    let nothing = json!({"active": false});
    let personal = world.standard.token.clone().unwrap();
    for (client, token) in [
        (&other, access.as_str()),
        (&client, personal.as_str()),
        (&client, "tso_x"),
        (&client, ""),
    ] {
        let answer = look(client, token).await;
        if token.is_empty() {
            refused(&answer, 400, "invalid_request");
        } else {
            assert_eq!(answer.expect(200).json, nothing);
        }
    }
    holder(world, &given)
        .delete("/me/tokens/current")
        .await
        .expect(204);
    assert_eq!(look(&client, &access).await.json, nothing);
    refused(
        &ask(world, "/oauth/introspect", &[("token", &access)]).await,
        400,
        "invalid_request",
    );
    let wrong = (client.0.clone(), "wrong".to_owned());
    refused(&look(&wrong, &access).await, 401, "invalid_client");
}

async fn revocation(world: &World) {
    let client = world.client(&world.org, &ALL).await;
    let other = world.client(&world.org, &ALL).await;
    let revoke = async |client: &Client, token: &str| {
        let pairs = [
            ("client_id", client.0.as_str()),
            ("client_secret", client.1.as_str()),
            ("token", token),
        ];
        ask(world, "/oauth/revoke", &pairs).await
    };
    let given = begun(world, &client).await;
    let actor = holder(world, &given);
    // Somebody else's token is not ended, and the answer does not tell.
    revoke(&other, actor.token.as_ref().unwrap())
        .await
        .expect(200);
    revoke(&client, "nothing").await.expect(200);
    actor.get("/me").await.expect(200);
    revoke(&client, actor.token.as_ref().unwrap())
        .await
        .expect(200);
    actor.get("/me").await.expect(401);
    let again = refresh(world, &client, &text(&given, "refresh_token"))
        .await
        .expect(200);
    revoke(&client, &text(&again, "refresh_token"))
        .await
        .expect(200);
    holder(world, &again).get("/me").await.expect(401);
    refused(
        &refresh(world, &client, &text(&again, "refresh_token")).await,
        400,
        "invalid_grant",
    );
    // Who holds a personal token may end it, without being a client.
    let spare = world
        .token(&world.standard, "spare", Default::default())
        .await;
    ask(
        world,
        "/oauth/revoke",
        &[("token", spare.token.as_ref().unwrap())],
    )
    .await
    .expect(200);
    spare.get("/me").await.expect(401);
    refused(
        &ask(
            world,
            "/oauth/revoke",
            &[("token", &text(&again, "access_token"))],
        )
        .await,
        400,
        "invalid_request",
    );
}
