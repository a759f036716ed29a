//! Mail: what is sent, what its links do, and what is not sent after all.

use serde_json::json;
use tallystick_db::args;
use tallystick_server::account::invitation::{self, Acceptance};
use tallystick_server::clock::DAY;
use tallystick_server::mail::{self, Notice};
use tallystick_server::member::store::{NewUser, insert_membership, insert_user, set_membership};
use tallystick_wire::member::{MemberStatus, Role};

use crate::account::{MIRA, origin};
use crate::support::account::{PASSWORD, login, member, signed_in};
use crate::support::post::{Post, settled};
use crate::support::{NOW, World, both_engines};

both_engines!(
    an_invitation_opens_a_new_account,
    an_invitation_changes_nothing_of_an_account_in_use,
    an_invitation_does_not_trust_an_unproven_account,
    a_withdrawn_invitation_is_neither_sent_nor_accepted,
    notices_tell_what_happened with [("mail.folder", crate::support::post::folder().as_str())]
);
both_engines!(
    registration_asks_for_a_proof,
    registration_tells_nothing_about_addresses with
        [("mail.folder", crate::support::post::folder().as_str()), ("accounts.registration", "true")]
);
both_engines!(mail_that_cannot_be_sent_is_given_up with [("mail.smtp", "smtp://127.0.0.1:1")]);
both_engines!(links_come_from_the_settings with
    [("mail.folder", crate::support::post::folder().as_str()), ("server.public_url", "https://flow.example.com")]);

/// Invites an address, which gets an account if it has none.
async fn invite(world: &World, email: &str) -> i64 {
    let (org, email, app) = (world.org.clone(), email.to_owned(), world.app.clone());
    let admin = world.admin.user_id;
    let id = world
        .write(move |tx| {
            let id = match tallystick_server::member::store::by_email(tx, &email)? {
                Some(id) => id,
                None => {
                    let new = NewUser {
                        email: &email,
                        first_name: "mira",
                        last_name: "",
                        timezone: None,
                        password_hash: None,
                    };
                    insert_user(tx, &new, NOW)?
                }
            };
            insert_membership(tx, &org, id, Role::Light, false, NOW)?;
            set_membership(tx, &org, id, Role::Light, MemberStatus::Invited, NOW)?;
            mail::invite(tx, &app, id, &org, Some(admin), NOW)?;
            Ok(id)
        })
        .await;
    world.app.mail.wake();
    id
}

fn acceptance() -> Acceptance {
    Acceptance {
        first_name: "Mira".to_owned(),
        last_name: "Okafor".to_owned(),
        password: Some("Another9pony".to_owned()),
        timezone: Some("Europe/Berlin".to_owned()),
    }
}

async fn an_invitation_opens_a_new_account(world: &World) {
    let mut post = Post::of(world);
    let id = invite(world, MIRA).await;
    let mail = post.next(MIRA, "Join Northwind").await;
    assert!(
        mail.body.contains("Ada Example invites you"),
        "{}",
        mail.body
    );
    let code = mail.code(world);
    for _ in 0..2 {
        let seen = invitation::look(&world.app, &code).await.unwrap().unwrap();
        assert_eq!(seen.organization_name, "Northwind");
        assert_eq!((seen.email.as_str(), seen.needs_password), (MIRA, true));
        assert_eq!(seen.timezone, "UTC");
    }
    let without = Acceptance {
        password: None,
        ..acceptance()
    };
    let refused = invitation::accept(&world.app, &code, without, &origin()).await;
    assert_eq!(refused.unwrap_err().status(), 422);
    let accepted = invitation::accept(&world.app, &code, acceptance(), &origin()).await;
    assert_eq!(accepted.unwrap().unwrap().user_id, id);
    let again = invitation::accept(&world.app, &code, acceptance(), &origin()).await;
    assert_eq!(again.unwrap(), None);
    let mira = signed_in(world, MIRA, "Another9pony").await;
    let me = mira.get(&world.at("me")).await.expect(200);
    assert_eq!(me.data()["full_name"], "Mira Okafor");
    assert_eq!(me.data()["status"], "active");
    assert_eq!(me.data()["timezone"], "Europe/Berlin");
    assert!(me.data()["activated_at"].is_string());
}

async fn an_invitation_changes_nothing_of_an_account_in_use(world: &World) {
    let mut post = Post::of(world);
    let id = member(world, MIRA).await;
    let org = world.org.clone();
    world
        .write(move |tx| {
            tx.run(
                "DELETE FROM memberships WHERE organization_id = $1 AND user_id = $2",
                args![&org, id],
            )
        })
        .await;
    invite(world, MIRA).await;
    let code = post.next(MIRA, "Join").await.code(world);
    let seen = invitation::look(&world.app, &code).await.unwrap().unwrap();
    assert!(!seen.needs_password);
    let sent = Acceptance {
        first_name: "Somebody".to_owned(),
        ..acceptance()
    };
    let accepted = invitation::accept(&world.app, &code, sent, &origin()).await;
    assert_eq!(accepted.unwrap().unwrap().user_id, id);
    login(world, MIRA, "Another9pony").await.expect(401);
    let mira = signed_in(world, MIRA, PASSWORD).await;
    let me = mira.get(&world.at("me")).await.expect(200);
    assert_eq!(me.data()["full_name"], "Mira Okafor");
}

async fn an_invitation_does_not_trust_an_unproven_account(world: &World) {
    let mut post = Post::of(world);
    let id = member(world, MIRA).await;
    let org = world.org.clone();
    world
        .write(move |tx| {
            tx.run(
                "DELETE FROM memberships WHERE organization_id = $1 AND user_id = $2",
                args![&org, id],
            )?;
            tx.run(
                "UPDATE users SET email_verified_at = NULL WHERE id = $1",
                args![id],
            )
        })
        .await;
    invite(world, MIRA).await;
    let code = post.next(MIRA, "Join").await.code(world);
    let seen = invitation::look(&world.app, &code).await.unwrap().unwrap();
    assert!(
        seen.needs_password,
        "whoever registered the address need not read its mail"
    );
    let accepted = invitation::accept(&world.app, &code, acceptance(), &origin()).await;
    assert!(accepted.unwrap().is_some());
    login(world, MIRA, PASSWORD).await.expect(401);
    login(world, MIRA, "Another9pony").await.expect(200);
}

async fn a_withdrawn_invitation_is_neither_sent_nor_accepted(world: &World) {
    let mut post = Post::of(world);
    let id = invite(world, MIRA).await;
    let code = post.next(MIRA, "Join").await.code(world);
    let (org, app) = (world.org.clone(), world.app.clone());
    world
        .write(move |tx| {
            mail::invite(tx, &app, id, &org, None, NOW)?;
            set_membership(tx, &org, id, Role::Light, MemberStatus::Disabled, NOW)
        })
        .await;
    world.app.mail.wake();
    settled(world).await;
    assert_eq!(post.left(), 0);
    assert_eq!(invitation::look(&world.app, &code).await.unwrap(), None);
    let accepted = invitation::accept(&world.app, &code, acceptance(), &origin()).await;
    assert_eq!(accepted.unwrap(), None);
}

async fn notices_tell_what_happened(world: &World) {
    let mut post = Post::of(world);
    let expires_at = Some(NOW.plus(20 * DAY));
    let grant = crate::support::Grant {
        expires_at,
        ..Default::default()
    };
    let short = world.token(&world.standard, "short", grant).await;
    let id = short.get("/me/tokens/current").await.data()["id"].clone();
    let (id, user, app) = (
        id.as_str().unwrap().to_owned(),
        world.standard.user_id,
        world.app.clone(),
    );
    world
        .write(move |tx| {
            let token = id.as_str();
            mail::notice(tx, &app, Notice::TokenCreated { token }, user, NOW)?;
            mail::notice(tx, &app, Notice::LeakedToken { token }, user, NOW)?;
            assert_eq!(mail::announce_expiring_tokens(tx, &app, NOW)?, 0);
            let week = NOW.plus(14 * DAY);
            assert_eq!(mail::announce_expiring_tokens(tx, &app, week)?, 1);
            assert_eq!(mail::announce_expiring_tokens(tx, &app, week)?, 0);
            Ok(())
        })
        .await;
    world.app.mail.wake();
    let to = "bruno@northwind.example";
    let created = post.next(to, "was made").await;
    assert!(created.head.contains("Auto-Submitted: auto-generated"));
    post.next(to, "found in public").await;
    world.clock.advance(14 * DAY);
    world.app.mail.wake();
    post.next(to, "ends soon").await;
}

async fn register(world: &World, email: &str) -> crate::support::Answer {
    let body = json!({"first_name": "Mira", "last_name": "Okafor", "email": email, "password": PASSWORD,
        "company_name": "Flow & Sons", "timezone": "Europe/Berlin", "plan_code": "x"});
    world.stranger.post("/auth/register", body).await
}

async fn registration_asks_for_a_proof(world: &World) {
    let mut post = Post::of(world);
    let answer = register(world, MIRA).await.expect(201);
    assert_eq!(answer.data()["role"], "admin");
    login(world, MIRA, PASSWORD).await.expect(401);
    let code = post.next(MIRA, "Confirm").await.code(world);
    let body = json!({"code": code});
    // The page behind the link may be fetched by anything: only a POST confirms.
    world.stranger.get("/auth/email/verify").await.expect(405);
    world
        .stranger
        .post("/auth/email/verify", body.clone())
        .await
        .expect(200);
    world
        .stranger
        .post("/auth/email/verify", body)
        .await
        .expect(422);
    let mira = signed_in(world, MIRA, PASSWORD).await;
    assert_eq!(mira.user_id, answer.data()["id"].as_i64().unwrap());
    let organizations = mira.get("/me/organizations").await.expect(200);
    assert_eq!(organizations.data()[0]["name"], "Flow & Sons");
    for wrong in ["first_name", "email", "password", "company_name"] {
        let mut body = json!({"first_name": "A", "last_name": "B", "email": "a@b.example", "password": PASSWORD, "company_name": "C"});
        body[wrong] = json!("");
        let refused = world
            .stranger
            .post("/auth/register", body)
            .await
            .expect(422);
        assert!(refused.json["errors"][wrong].is_array(), "{wrong}");
    }
}

async fn registration_tells_nothing_about_addresses(world: &World) {
    let mut post = Post::of(world);
    let number = |answer: &crate::support::Answer| answer.data()["id"].to_string();
    let shape = |answer: &crate::support::Answer, email: &str| {
        let name = email.split('@').next().unwrap();
        answer
            .comparable()
            .replace(&number(answer), "N")
            .replace(email, "E")
            .replace(name, "U")
    };
    let free = register(world, "joe@northwind.example").await.expect(201);
    let taken = register(world, "ada@northwind.example").await.expect(201);
    assert_eq!(
        shape(&free, "joe@northwind.example"),
        shape(&taken, "ada@northwind.example")
    );
    post.next("ada@northwind.example", "have an account").await;
    post.next("joe@northwind.example", "Confirm").await;
    world.admin.get("/me").await.expect(200);
}

async fn mail_that_cannot_be_sent_is_given_up(world: &World) {
    let (app, user) = (world.app.clone(), world.standard.user_id);
    world
        .write(move |tx| mail::notice(tx, &app, Notice::PasswordChanged, user, NOW))
        .await;
    let state = async || {
        let read = world.write(|tx| {
            tx.one(
                "SELECT tries, failed_at IS NOT NULL, sent_at IS NOT NULL FROM mail_jobs",
                args![],
                |row| Ok((row.take::<i64>()?, row.take::<bool>()?, row.take::<bool>()?)),
            )
        });
        read.await
    };
    for tries in 1..=12 {
        world.clock.advance(61 * 60 * 1_000_000);
        world.app.mail.wake();
        let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
        loop {
            let (now, failed, sent) = state().await;
            assert!(!sent);
            let due: i64 = world
                .write(|tx| tx.one("SELECT due_at FROM mail_jobs", args![], |row| row.take()))
                .await;
            // Put off: further than the lease of a claim, or at the first try exactly a minute.
            let settled = due - world.app.clock.now().0 != 2 * 60 * 1_000_000;
            if now == tries && (failed || settled) {
                break;
            }
            assert!(
                std::time::Instant::now() < until,
                "try {tries} of {now} did not end"
            );
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
    let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while !state().await.1 {
        assert!(std::time::Instant::now() < until);
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let log = world
        .admin
        .get(&world.at("system-log?event=email_send_failed"))
        .await;
    let events = log.json["data"].as_array().unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["severity"], "warning");
    assert_eq!(events[0]["details"]["kind"], "password_changed");
}

async fn links_come_from_the_settings(world: &World) {
    let mut post = Post::of(world);
    member(world, MIRA).await;
    let body = json!({"email": MIRA}).to_string().into_bytes();
    let headers = [
        ("content-type", "application/json"),
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
    ];
    world
        .stranger
        .with_body(
            &headers,
            http::Method::POST,
            "/auth/password/email",
            Some(body),
        )
        .await
        .expect(200);
    let mail = post.next(MIRA, "Set a new").await;
    assert!(
        mail.body
            .contains("https://flow.example.com/app/reset?code=")
    );
    assert!(!mail.body.contains("evil") && !mail.head.contains("evil"));
    mail.code(world);
}
