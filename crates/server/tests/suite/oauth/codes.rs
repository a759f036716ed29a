//! Authorization codes: exchanged once, by the client, from the address and with the verifier they were made for.

use tallystick_server::clock::SECOND;

use super::{ALL, Client, VERIFIER, ask, begun, code, exchange, holder, refresh, refused, text};
use crate::support::{REDIRECT, World, both_engines};

/// Fields of a form.
type Pairs<'a> = Vec<(&'a str, &'a str)>;

both_engines!(
    codes_are_exchanged_once,
    a_code_fits_one_client_address_and_verifier,
    many_exchanges_at_once_give_one_success,
    people_who_left_get_nothing,
);

async fn codes_are_exchanged_once(world: &World) {
    let client = world.client(&world.org, &ALL).await;
    let code = code(world, &client.0).await;
    let first = exchange(world, &client, &code).await.expect(200);
    assert_eq!(first.json["expires_in"], 15_778_800);
    assert_eq!(first.json["scope"], "*");
    let actor = holder(world, &first);
    actor.get(&world.at("me/tasks")).await.expect(200);
    let shown = world.standard.get("/me/authorizations").await.expect(200);
    assert_eq!(shown.data()[0]["client_name"], "Ledger");
    assert_eq!(shown.data()[0]["origin"], "code");
    refused(&exchange(world, &client, &code).await, 400, "invalid_grant");
    // The second attempt has ended what the first one got.
    actor.get(&world.at("me/tasks")).await.expect(401);
    refused(
        &refresh(world, &client, &text(&first, "refresh_token")).await,
        400,
        "invalid_grant",
    );
    let log = world
        .admin
        .get(&world.at("system-log?event=authorization_code_reused"))
        .await;
    assert_eq!(log.data()[0]["severity"], "warning");
}

async fn a_code_fits_one_client_address_and_verifier(world: &World) {
    let client = world.client(&world.org, &ALL).await;
    let other = world.client(&world.org, &ALL).await;
    let good = [("redirect_uri", REDIRECT), ("code_verifier", VERIFIER)];
    let changes: [(&Client, Pairs<'_>); 7] = [
        (&other, good.to_vec()),
        (
            &client,
            vec![
                ("redirect_uri", "https://ledger.example/callback/"),
                good[1],
            ],
        ),
        (&client, vec![good[1]]),
        (&client, vec![good[0]]),
        (
            &client,
            vec![
                good[0],
                (
                    "code_verifier",
                    "wrong-wrong-wrong-wrong-wrong-wrong-wrong-wrong",
                ),
            ],
        ),
        (&client, vec![good[0], ("code_verifier", "short")]),
        (
            &client,
            vec![
                good[0],
                (
                    "code_verifier",
                    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
                ),
            ],
        ),
    ];
    for (presenter, more) in changes {
        let code = code(world, &client.0).await;
        let mut pairs = vec![
            ("grant_type", "authorization_code"),
            ("client_id", presenter.0.as_str()),
            ("client_secret", presenter.1.as_str()),
            ("code", code.as_str()),
        ];
        pairs.extend(more);
        refused(
            &ask(world, "/oauth/token", &pairs).await,
            400,
            "invalid_grant",
        );
        // And it is burnt: the right client comes too late.
        refused(&exchange(world, &client, &code).await, 400, "invalid_grant");
    }
    let late = code(world, &client.0).await;
    world.clock.advance(60 * SECOND);
    refused(&exchange(world, &client, &late).await, 400, "invalid_grant");
}

async fn many_exchanges_at_once_give_one_success(world: &World) {
    let client = world.client(&world.org, &ALL).await;
    let code = code(world, &client.0).await;
    let all =
        futures_util::future::join_all((0..50).map(|_| exchange(world, &client, &code))).await;
    let given = all.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(given, 1);
    for answer in all.iter().filter(|answer| answer.status != 200) {
        refused(answer, 400, "invalid_grant");
    }
}

async fn people_who_left_get_nothing(world: &World) {
    use tallystick_server::member::store::set_membership;
    use tallystick_wire::member::{MemberStatus, Role};
    let client = world.client(&world.org, &ALL).await;
    let given = begun(world, &client).await;
    let waiting = code(world, &client.0).await;
    let (org, user, now) = (
        world.org.clone(),
        world.standard.user_id,
        world.app.clock.now(),
    );
    world
        .write(move |tx| {
            set_membership(tx, &org, user, Role::Standard, MemberStatus::Disabled, now)
        })
        .await;
    holder(world, &given)
        .get(&world.at("me/tasks"))
        .await
        .expect(401);
    refused(
        &refresh(world, &client, &text(&given, "refresh_token")).await,
        400,
        "invalid_grant",
    );
    refused(
        &exchange(world, &client, &waiting).await,
        400,
        "invalid_grant",
    );
}
