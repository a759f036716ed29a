//! Passwords and addresses: set anew by mail, changed by who knows the password.

use serde_json::json;
use tallystick_server::account::email;
use tallystick_server::clock::{DAY, MINUTE};

use crate::account::{MIRA, origin};
use crate::support::account::{PASSWORD, login, member, signed_in};
use crate::support::post::{Post, settled};
use crate::support::{World, both_engines};

both_engines!(
    a_reset_is_good_once_and_voids_older_ones,
    a_reset_tells_nothing_about_addresses,
    a_reset_for_somebody_suspended_is_not_sent,
    a_password_is_changed_by_who_knows_it,
    an_address_is_replaced_when_it_is_proven,
    parallel_resets_give_one_success,
    ten_changes_a_day with [("mail.folder", crate::support::post::folder().as_str())]
);

const NEW: &str = "Another9pony";

async fn ask(world: &World, email: &str) -> crate::support::Answer {
    world
        .stranger
        .post("/auth/password/email", json!({"email": email}))
        .await
        .expect(200)
}

async fn reset(world: &World, code: &str) -> crate::support::Answer {
    let body = json!({"code": code, "password": NEW, "password_confirmation": NEW});
    world.stranger.post("/auth/password/reset", body).await
}

async fn a_reset_is_good_once_and_voids_older_ones(world: &World) {
    let mut post = Post::of(world);
    member(world, MIRA).await;
    ask(world, MIRA).await;
    let first = post.next(MIRA, "password").await.code(world);
    ask(world, MIRA).await;
    let mail = post.next(MIRA, "password").await;
    assert!(
        mail.body
            .contains(&format!("{}/app/reset?code=", world.app.origin()))
    );
    let second = mail.code(world);
    reset(world, &first).await.expect(422);
    let weak = json!({"code": second, "password": "short"});
    world
        .stranger
        .post("/auth/password/reset", weak)
        .await
        .expect(422);
    let different = json!({"code": second, "password": NEW, "password_confirmation": PASSWORD});
    let answer = world.stranger.post("/auth/password/reset", different).await;
    assert!(answer.expect(422).json["errors"]["password_confirmation"].is_array());
    reset(world, &second).await.expect(200);
    reset(world, &second).await.expect(422);
    login(world, MIRA, PASSWORD).await.expect(401);
    login(world, MIRA, NEW).await.expect(200);
    post.next(MIRA, "was changed").await;
    ask(world, MIRA).await;
    let late = post.next(MIRA, "Set a new").await.code(world);
    world.clock.advance(60 * MINUTE);
    reset(world, &late).await.expect(422);
    // A code for one purpose is none for another.
    let answer = world
        .stranger
        .post("/auth/email/verify", json!({"code": late}));
    answer.await.expect(422);
}

async fn a_reset_tells_nothing_about_addresses(world: &World) {
    let mut post = Post::of(world);
    member(world, MIRA).await;
    let known = ask(world, MIRA).await;
    let unknown = ask(world, "nobody@northwind.example").await;
    assert_eq!(known.comparable(), unknown.comparable());
    post.next(MIRA, "password").await;
    // Five in an hour, then none, and the same answer.
    for _ in 0..6 {
        assert_eq!(ask(world, MIRA).await.comparable(), known.comparable());
    }
    settled(world).await;
    assert_eq!(post.left(), 4);
    world.clock.advance(60 * MINUTE);
    ask(world, MIRA).await;
    settled(world).await;
    assert_eq!(post.left(), 5);
}

async fn a_reset_for_somebody_suspended_is_not_sent(world: &World) {
    let post = Post::of(world);
    let id = member(world, MIRA).await;
    let app = world.app.clone();
    world
        .write(move |tx| {
            let now = app.clock.now();
            tallystick_server::mail::reset(tx, &app, Some(id), now)?;
            tx.run(
                "UPDATE users SET suspended_at = 1 WHERE id = $1",
                tallystick_db::args![id],
            )
        })
        .await;
    world.app.mail.wake();
    settled(world).await;
    assert_eq!(post.left(), 0);
}

async fn a_password_is_changed_by_who_knows_it(world: &World) {
    let mut post = Post::of(world);
    let id = member(world, MIRA).await;
    let mira = signed_in(world, MIRA, PASSWORD).await;
    let path = world.at(&format!("users/{id}/update-password"));
    let body = |current: &str| json!({"current_password": current, "password": NEW});
    world.admin.put(&path, body(PASSWORD)).await.expect(403);
    let strange = world.at(&format!("users/{}/update-password", world.canary.user_id));
    mira.put(&strange, body(PASSWORD)).await.expect(404);
    let wrong = mira.put(&path, body("wrong")).await.expect(422);
    assert!(wrong.json["errors"]["current_password"].is_array());
    mira.put(&path, body(PASSWORD)).await.expect(200);
    post.next(MIRA, "was changed").await;
    login(world, MIRA, PASSWORD).await.expect(401);
    login(world, MIRA, NEW).await.expect(200);
}

async fn an_address_is_replaced_when_it_is_proven(world: &World) {
    const OKAFOR: &str = "okafor@northwind.example";
    let mut post = Post::of(world);
    let id = member(world, MIRA).await;
    let mira = signed_in(world, MIRA, PASSWORD).await;
    let path = world.at(&format!("users/{id}/update-email"));
    let body = |email: &str, password: &str| json!({"email": email, "current_password": password});
    mira.put(&path, body(OKAFOR, "wrong")).await.expect(422);
    mira.put(&path, body("no address", PASSWORD))
        .await
        .expect(422);
    // An address that somebody has: the same answer, and no mail.
    let taken = mira
        .put(&path, body("bruno@northwind.example", PASSWORD))
        .await;
    let free = mira.put(&path, body(OKAFOR, PASSWORD)).await.expect(200);
    assert_eq!(taken.comparable(), free.comparable());
    assert_eq!(free.data()["email"], MIRA);
    ask(world, MIRA).await;
    let reset_code = post.next(MIRA, "Set a new").await.code(world);
    let code = post.next(OKAFOR, "new address").await.code(world);
    assert!(
        email::confirm_change(&world.app, &code, &origin())
            .await
            .unwrap()
    );
    assert!(
        !email::confirm_change(&world.app, &code, &origin())
            .await
            .unwrap()
    );
    assert!(post.next(MIRA, "was changed").await.body.contains(OKAFOR));
    assert_eq!(mira.get("/me").await.data()["email"], OKAFOR);
    let found = world.admin.get(&world.at("users?q=okafor%40")).await;
    assert_eq!(found.data().as_array().unwrap().len(), 1);
    // What was mailed to the old address is worth nothing.
    reset(world, &reset_code).await.expect(422);
    settled(world).await;
    assert_eq!(post.left(), 0);
}

async fn parallel_resets_give_one_success(world: &World) {
    let mut post = Post::of(world);
    member(world, MIRA).await;
    ask(world, MIRA).await;
    let code = post.next(MIRA, "password").await.code(world);
    let all = futures_util::future::join_all((0..8).map(|_| reset(world, &code))).await;
    let successes = all.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(successes, 1);
}

async fn ten_changes_a_day(world: &World) {
    let _post = Post::of(world);
    let id = member(world, MIRA).await;
    let mira = world
        .token(&world.standard, "mira", Default::default())
        .await;
    let path = world.at(&format!("users/{id}/update-email"));
    mira.put(
        &path,
        json!({"email": "x@y.example", "current_password": PASSWORD}),
    )
    .await
    .expect(403);
    let mira = signed_in(world, MIRA, PASSWORD).await;
    for turn in 0..10 {
        let email = format!("mira{turn}@northwind.example");
        let body = json!({"email": email, "current_password": PASSWORD});
        mira.put(&path, body).await.expect(200);
    }
    let body = json!({"email": "x@y.example", "current_password": PASSWORD});
    mira.put(&path, body.clone()).await.expect(429);
    world.clock.advance(DAY);
    mira.put(&path, body).await.expect(200);
}
