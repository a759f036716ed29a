//! The second factor: each code once, recovery codes once, challenges for a while.

use serde_json::json;
use tallystick_server::account::sign_in::Person;
use tallystick_server::account::{challenge, second_factor};
use tallystick_server::clock::{MINUTE, SECOND};
use tallystick_wire::token::Kind;
use totp_rs::{Algorithm, Secret, TOTP};

use crate::account::{MIRA, origin};
use crate::support::account::{PASSWORD, login, member};
use crate::support::{Kind as Engine, World, both_engines};

both_engines!(
    a_code_is_taken_once,
    recovery_codes_are_taken_once,
    a_challenge_ends_after_five_wrong_codes,
    wrong_codes_count_like_wrong_passwords,
    signing_in_by_api_takes_the_code with [("security.key_file", format!("{}/key", crate::support::post::folder()).as_str())]
);

#[test]
fn without_a_key_file_postgres_enrols_nobody() {
    crate::support::run(Engine::Postgres, &[], async |world: &World| {
        let refused = second_factor::start(&world.app, world.admin.user_id).await;
        let message = refused.err().unwrap().body().message;
        assert!(message.contains("security.key_file"), "{message}");
    });
}

/// Somebody whose second factor is on, and their authenticator app.
struct Enrolled {
    person: Person,
    app: TOTP,
    recovery: Vec<String>,
}

impl Enrolled {
    async fn new(world: &World) -> Self {
        let user_id = member(world, MIRA).await;
        let enrolment = second_factor::start(&world.app, user_id).await.unwrap();
        assert!(enrolment.qr_svg.contains("<svg"));
        assert!(
            enrolment
                .otpauth_uri
                .starts_with("otpauth://totp/Tallystick:")
        );
        world.remember(&enrolment.secret_base32);
        let secret = Secret::Encoded(enrolment.secret_base32).to_bytes().unwrap();
        let app = TOTP::new(Algorithm::SHA1, 6, 0, 30, secret, None, String::new()).unwrap();
        login(world, MIRA, PASSWORD).await.expect(200);
        let wrong = second_factor::confirm(&world.app, user_id, "000000", &origin()).await;
        assert_eq!(wrong.unwrap(), None);
        let code = app.generate(seconds(world));
        let recovery = second_factor::confirm(&world.app, user_id, &code, &origin()).await;
        let recovery = recovery.unwrap().unwrap();
        for code in &recovery {
            world.remember(code);
        }
        // The next code is another one.
        world.clock.advance(30 * SECOND);
        Self {
            person: Person { user_id, epoch: 1 },
            app,
            recovery,
        }
    }

    fn code(&self, world: &World) -> String {
        self.app.generate(seconds(world))
    }
}

fn seconds(world: &World) -> u64 {
    u64::try_from(world.app.clock.now().0 / SECOND).unwrap()
}

async fn begin(world: &World, person: Person) -> String {
    let app = world.app.clone();
    let secret = world
        .write(move |tx| challenge::begin(tx, &app, person, app.clock.now()))
        .await;
    world.remember(&secret);
    secret
}

async fn answer(world: &World, challenge: &str, code: &str) -> Option<Person> {
    challenge::answer(&world.app, challenge, code, &origin())
        .await
        .unwrap()
}

async fn a_code_is_taken_once(world: &World) {
    let mira = Enrolled::new(world).await;
    let (first, second) = (
        begin(world, mira.person).await,
        begin(world, mira.person).await,
    );
    let code = mira.code(world);
    assert_eq!(answer(world, &first, &code).await, Some(mira.person));
    assert_eq!(answer(world, &second, &code).await, None, "a replayed code");
    world.clock.advance(30 * SECOND);
    let code = mira.code(world);
    assert_eq!(answer(world, &first, &code).await, None, "a used challenge");
    assert_eq!(answer(world, &second, &code).await, Some(mira.person));
    let late = begin(world, mira.person).await;
    world.clock.advance(5 * MINUTE);
    assert_eq!(answer(world, &late, &mira.code(world)).await, None);
    // Of many at once one succeeds.
    let challenges = [
        begin(world, mira.person).await,
        begin(world, mira.person).await,
        begin(world, mira.person).await,
    ];
    let code = mira.code(world);
    let all = challenges
        .iter()
        .map(|challenge| answer(world, challenge, &code));
    let taken = futures_util::future::join_all(all).await;
    assert_eq!(taken.iter().flatten().count(), 1);
    let invented = tallystick_wire::token::build(Kind::Code, &[7; 60]).unwrap();
    assert_eq!(answer(world, &invented, &code).await, None);
}

async fn recovery_codes_are_taken_once(world: &World) {
    let mira = Enrolled::new(world).await;
    let user = mira.person.user_id;
    assert_eq!(mira.recovery.len(), 10);
    let typed = mira.recovery[0].to_uppercase().replace('-', " ");
    assert!(
        second_factor::verify(&world.app, user, &typed)
            .await
            .unwrap()
    );
    assert!(
        !second_factor::verify(&world.app, user, &typed)
            .await
            .unwrap()
    );
    let left = world.write(move |tx| second_factor::recovery_codes_left(tx, user));
    assert_eq!(left.await, 9);
    let renewed = second_factor::new_recovery_codes(&world.app, user, &origin()).await;
    let old = &mira.recovery[1];
    assert!(!second_factor::verify(&world.app, user, old).await.unwrap());
    let new = &renewed.unwrap()[0];
    assert!(second_factor::verify(&world.app, user, new).await.unwrap());
    second_factor::turn_off(&world.app, user, &origin())
        .await
        .unwrap();
    login(world, MIRA, PASSWORD).await.expect(200);
}

async fn a_challenge_ends_after_five_wrong_codes(world: &World) {
    let mira = Enrolled::new(world).await;
    let challenge = begin(world, mira.person).await;
    for _ in 0..5 {
        assert_eq!(answer(world, &challenge, "000000").await, None);
    }
    assert_eq!(answer(world, &challenge, &mira.code(world)).await, None);
    let another = begin(world, mira.person).await;
    assert_eq!(
        answer(world, &another, &mira.code(world)).await,
        Some(mira.person)
    );
}

async fn wrong_codes_count_like_wrong_passwords(world: &World) {
    let mira = Enrolled::new(world).await;
    for _ in 0..9 {
        assert!(
            !second_factor::verify(&world.app, mira.person.user_id, "000000")
                .await
                .unwrap()
        );
    }
    // One wrong code was given at the enrolment.
    let refused = second_factor::verify(&world.app, mira.person.user_id, &mira.code(world)).await;
    assert_eq!(refused.unwrap_err().status(), 429);
    login(world, MIRA, PASSWORD).await.expect(429);
    let audited: i64 = world
        .write(|tx| {
            tx.one(
                "SELECT count(*) FROM audit_events WHERE event = 'second_factor_failed'",
                tallystick_db::args![],
                |row| row.take(),
            )
        })
        .await;
    assert_eq!(audited, 9);
}

async fn signing_in_by_api_takes_the_code(world: &World) {
    let mira = Enrolled::new(world).await;
    let answer = login(world, MIRA, PASSWORD).await.expect(401);
    assert_eq!(answer.code(), "SECOND_FACTOR_REQUIRED");
    let body = |code: &str| json!({"email": MIRA, "password": PASSWORD, "code": code});
    let wrong = world.stranger.post("/auth/login", body("000000")).await;
    assert_eq!(wrong.expect(401).code(), "INVALID_CREDENTIALS");
    let code = mira.code(world);
    world
        .stranger
        .post("/auth/login", body(&code))
        .await
        .expect(200);
    world
        .stranger
        .post("/auth/login", body(&code))
        .await
        .expect(401);
}
