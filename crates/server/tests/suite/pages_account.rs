//! Passwords, second factors and mailed links on the pages.

use tallystick_server::clock::SECOND;
use totp_rs::{Algorithm, Secret, TOTP};

use crate::support::browser::{Browser, field};
use crate::support::post::Post;
use crate::support::{PASSWORD, World, both_engines};

const NEW: &str = "Another-Horse-7";
const HERE: &str = "/app/settings/security";

both_engines!(the_password_changes, browsers_signed_out);
both_engines!(
    a_second_factor with [("security.key_file", format!("{}/key", crate::support::post::folder()).as_str())]
);
both_engines!(
    a_forgotten_password with [("mail.folder", crate::support::post::folder().as_str())]
);

async fn the_password_changes(world: &World) {
    let (one, two) = (
        Browser::of(world, "Bruno").await,
        Browser::of(world, "Bruno").await,
    );
    let path = "/app/settings/security/password";
    one.get(path).await.expect(200);
    for (current, new, wrong) in [
        ("Wrong-Horse-9", NEW, "#current"),
        (PASSWORD, "short", "#password"),
    ] {
        let fields = [("current", current), ("password", new)];
        let again = one.post(path, &fields).await.expect(422);
        assert!(again.text.contains(&format!("href=\"{wrong}\"")));
        assert!(!again.text.contains(new), "a password is shown again");
    }
    let fields = [("current", PASSWORD), ("password", NEW)];
    one.post(path, &fields).await.expect(303);
    one.get(HERE).await.expect(200);
    two.get(HERE).await.expect(303);
    two.sign_in("Bruno", PASSWORD, "").await.expect(422);
    two.sign_in("Bruno", NEW, "").await.expect(303);
}

async fn a_second_factor(world: &World) {
    let browser = Browser::of(world, "Bruno").await;
    let page = browser
        .post("/app/settings/security/second-factor/start", &[])
        .await
        .expect(200);
    let letters = field(&page.text, "id=\"factor\">").unwrap();
    let secret = Secret::Encoded(letters.replace(' ', ""))
        .to_bytes()
        .unwrap();
    let app = TOTP::new(Algorithm::SHA1, 6, 0, 30, secret, None, String::new()).unwrap();
    let code = || {
        let seconds = world.app.clock.now().0 / SECOND;
        app.generate(u64::try_from(seconds).unwrap())
    };
    let confirm = "/app/settings/security/second-factor/confirm";
    let wrong = [("code", "000000")];
    browser.post(confirm, &wrong).await.expect(422);
    let page = browser
        .post(confirm, &[("code", &code())])
        .await
        .expect(200);
    let recovery = field(&page.text, "id=\"codes\"><li>")
        .unwrap()
        .trim()
        .to_owned();
    assert!(recovery.len() > 8, "{recovery}");

    // The password alone is not enough any more, and what stands between is no session.
    let other = Browser::new(world);
    let owed = other.sign_in("Bruno", PASSWORD, HERE).await.expect(303);
    let address = owed.header("location").to_owned();
    assert!(address.starts_with("/app/sign-in/code?next="), "{address}");
    assert_eq!(other.cookie("tallystick"), None);
    other.get(HERE).await.expect(303);
    other.get(&address).await.expect(200);
    other.post("/app/sign-in/code", &wrong).await.expect(422);
    world.clock.advance(30 * SECOND);
    let fields = [("code", &*code()), ("next", HERE)];
    let entered = other.post("/app/sign-in/code", &fields).await.expect(303);
    assert_eq!(entered.header("location"), HERE);
    assert_eq!(other.cookie("tallystick_challenge"), None);
    let page = other.get(HERE).await.expect(200);
    assert!(page.text.contains("codes are left"), "{}", page.text);

    // A recovery code does as well, once.
    for status in [303, 422] {
        let third = Browser::new(world);
        third.sign_in("Bruno", PASSWORD, "").await.expect(303);
        third.get("/app/sign-in/code").await.expect(200);
        let fields = [("code", &*recovery)];
        third
            .post("/app/sign-in/code", &fields)
            .await
            .expect(status);
    }

    let off = "/app/settings/security/second-factor/off";
    other.get(off).await.expect(200);
    other.post(off, &[]).await.expect(303);
    let fourth = Browser::new(world);
    let entered = fourth.sign_in("Bruno", PASSWORD, HERE).await.expect(303);
    assert_eq!(entered.header("location"), HERE);
}

async fn a_forgotten_password(world: &World) {
    let mut post = Post::of(world);
    let browser = Browser::new(world);
    browser.get("/app/forgot").await.expect(200);
    let asked = browser
        .post("/app/forgot", &[("email", "bruno@northwind.example")])
        .await
        .expect(200);
    let unknown = browser
        .post("/app/forgot", &[("email", "nobody@northwind.example")])
        .await
        .expect(200);
    assert_eq!(asked.text, unknown.text);
    let mail = post.next("bruno@northwind.example", "password").await;
    let code = mail.code(world);
    let link = format!("/app/reset?code={code}");
    let page = browser.get(&link).await.expect(200);
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    // Following the link did nothing.
    Browser::new(world)
        .sign_in("Bruno", PASSWORD, "")
        .await
        .expect(303);
    let fields = [("code", &*code), ("password", "short")];
    browser.post("/app/reset", &fields).await.expect(422);
    let fields = [("code", &*code), ("password", NEW)];
    browser.get(&link).await.expect(200);
    let done = browser.post("/app/reset", &fields).await.expect(200);
    assert!(done.text.contains("The password is set"), "{}", done.text);
    assert_eq!(browser.cookie("tallystick"), None);
    browser.get(&link).await.expect(200);
    browser.post("/app/reset", &fields).await.expect(422);
    browser.sign_in("Bruno", NEW, "").await.expect(303);
}

async fn browsers_signed_out(world: &World) {
    let (one, two, three) = (
        Browser::of(world, "Bruno").await,
        Browser::of(world, "Bruno").await,
        Browser::of(world, "Bruno").await,
    );
    let stranger = Browser::of(world, "Chiara").await;
    let page = one.get("/app/settings/security").await.expect(200);
    let id = field(&page.text, "action=\"/app/settings/security/sessions/").unwrap();
    let id = if id == "end-others" {
        let (_, rest) = page.text.split_once("sessions/end-others").unwrap();
        field(rest, "action=\"/app/settings/security/sessions/").unwrap()
    } else {
        id
    };
    let end = format!("/app/settings/security/sessions/{id}");
    stranger.post(&end, &[]).await.expect(404);
    one.post(&end, &[]).await.expect(303);
    let mut alive = 0;
    for browser in [&two, &three] {
        alive += usize::from(browser.get("/app/settings/security").await.status == 200);
    }
    assert_eq!(alive, 1);
    one.get("/app/settings/security").await.expect(200);
    one.post("/app/settings/security/sessions/end-others", &[])
        .await
        .expect(303);
    one.get("/app/settings/security").await.expect(200);
    for browser in [&two, &three] {
        browser.get("/app/settings/security").await.expect(303);
    }
}
