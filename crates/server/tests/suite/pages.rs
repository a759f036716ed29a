//! The door of the pages: signing in and out, forms of strangers, headers, looking without changing.

use http::Method;
use tallystick_server::clock::MINUTE;
use tallystick_server::web::ADDRESSES;

use crate::support::browser::Browser;
use crate::support::{PASSWORD, World, both_engines};

both_engines!(
    signs_in_and_out,
    tells_nothing_about_accounts,
    a_new_session_at_every_sign_in,
    goes_nowhere_else,
    forms_of_strangers_do_nothing,
    looking_changes_nothing,
    headers_on_every_page,
    no_other_site_may_read,
    what_is_not_there,
    files_are_kept,
);

/// A path with something in the place of each parameter.
fn filled(path: &str) -> String {
    path.replace("{id}", "0198c0ffee0000000000000000000000")
}

async fn signs_in_and_out(world: &World) {
    let browser = Browser::new(world);
    let asked = browser.get("/app/settings/security").await.expect(303);
    assert_eq!(
        asked.header("location"),
        "/app/sign-in?next=%2Fapp%2Fsettings%2Fsecurity"
    );
    let entered = browser
        .sign_in("Ada", PASSWORD, "/app/settings/security")
        .await;
    let entered = entered.expect(303);
    assert_eq!(entered.header("location"), "/app/settings/security");
    let page = browser.get("/app/settings/security").await.expect(200);
    assert!(page.text.contains("Ada Example"), "{}", page.text);
    let cookie = browser.cookie("tallystick").unwrap();
    browser.post("/app/sign-out", &[]).await.expect(303);
    assert_eq!(browser.cookie("tallystick"), None);
    browser.set_cookie("tallystick", &cookie);
    browser.get("/app/settings/security").await.expect(303);
}

async fn tells_nothing_about_accounts(world: &World) {
    let browser = Browser::new(world);
    let page = |text: &str| text.replace("ada@", "@").replace("nobody@", "@");
    let wrong = browser
        .sign_in("Ada", "Wrong-Horse-9", "")
        .await
        .expect(422);
    let unknown = browser.sign_in("Nobody", PASSWORD, "").await.expect(422);
    assert_eq!(page(&wrong.text), page(&unknown.text));
    assert!(wrong.text.contains("value=\"ada@northwind.example\""));
    assert!(!wrong.text.contains("Wrong-Horse-9"));
    for _ in 0..8 {
        browser
            .sign_in("Ada", "Wrong-Horse-9", "")
            .await
            .expect(422);
    }
    let waiting = browser.sign_in("Ada", PASSWORD, "").await.expect(429);
    assert!(waiting.text.contains("Wait 15 minutes"), "{}", waiting.text);
    world.clock.advance(16 * MINUTE);
    browser.sign_in("Ada", PASSWORD, "").await.expect(303);
}

async fn a_new_session_at_every_sign_in(world: &World) {
    let browser = Browser::new(world);
    // A value that somebody else put there gets nobody in, and is not kept.
    browser.set_cookie("tallystick", "tss_chosen");
    browser.sign_in("Ada", PASSWORD, "").await.expect(303);
    let first = browser.cookie("tallystick").unwrap();
    assert_ne!(first, "tss_chosen");
    browser.sign_in("Bruno", PASSWORD, "").await.expect(303);
    let second = browser.cookie("tallystick").unwrap();
    assert_ne!(first, second);
    browser.set_cookie("tallystick", &first);
    browser.get("/app/settings/security").await.expect(303);
}

async fn goes_nowhere_else(world: &World) {
    let browser = Browser::new(world);
    for trick in [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example/",
        "https:evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/app\r\nSet-Cookie: a=b",
        "evil",
        "",
    ] {
        let entered = browser.sign_in("Ada", PASSWORD, trick).await.expect(303);
        let to = entered.header("location");
        assert_eq!(to, "/app/settings/integrations", "{trick:?}");
    }
}

const NULL: &[(&str, &str)] = &[("origin", "null")];

/// Whether a browser that keeps its origin to itself is refused: not where a mailed code has to be there anyway, because those
/// pages send no referrer, and over plain HTTP a browser then says nothing at all.
fn unsaid(path: &str) -> bool {
    ![
        "/app/reset",
        "/app/verify",
        "/app/invitation",
        "/app/address",
    ]
    .contains(&path)
}

async fn forms_of_strangers_do_nothing(world: &World) {
    let (own, other) = (
        Browser::of(world, "Ada").await,
        Browser::of(world, "Hana").await,
    );
    let before = world.stored().await;
    let (csrf, foreign) = (own.csrf(), other.csrf());
    assert_ne!(csrf, foreign);
    let origin = world.origin().to_owned();
    let good: &[(&str, &str)] = &[("origin", &origin)];
    let signed_out = Browser::new(world);
    for address in ADDRESSES.iter().filter(|address| address.acts()) {
        let path = filled(address.path);
        for (headers, token) in [
            (good, None),
            (good, Some("")),
            (good, Some(foreign.as_str())),
            (&[], Some(csrf.as_str())),
            (&[("origin", "https://evil.example")], Some(&csrf)),
            (
                &[("origin", &*origin), ("sec-fetch-site", "cross-site")],
                Some(&csrf),
            ),
            (
                &[("origin", &*origin), ("sec-fetch-site", "same-site")],
                Some(&csrf),
            ),
        ]
        .into_iter()
        .chain(unsaid(address.path).then_some((NULL, Some(csrf.as_str()))))
        {
            let fields: Vec<(&str, &str)> =
                token.into_iter().map(|token| ("csrf", token)).collect();
            let refused = own.raw_post(&path, headers, &fields).await.expect(403);
            assert!(
                refused.text.contains("Nothing was done"),
                "{}",
                refused.text
            );
        }
        signed_out
            .raw_post(&path, good, &[("csrf", &csrf)])
            .await
            .expect(403);
        let json = [("origin", &*origin), ("content-type", "application/json")];
        let body = Some(format!("{{\"csrf\":\"{csrf}\"}}"));
        own.send(Method::POST, &path, &json, body).await.expect(415);
    }
    assert_eq!(world.stored().await, before);
}

async fn looking_changes_nothing(world: &World) {
    let browser = Browser::of(world, "Ada").await;
    let before = world.stored().await;
    for method in [Method::GET, Method::HEAD] {
        for address in ADDRESSES.iter().filter(|address| address.shows()) {
            let path = filled(address.path);
            let answer = browser.send(method.clone(), &path, &[], None).await;
            assert!(answer.status < 500, "{} {}", answer.what, answer.text);
        }
    }
    assert_eq!(world.stored().await, before);
}

async fn headers_on_every_page(world: &World) {
    let (inside, outside) = (Browser::of(world, "Ada").await, Browser::new(world));
    for browser in [&inside, &outside] {
        for address in ADDRESSES {
            let answer = browser.get(&filled(address.path)).await;
            assert_eq!(
                answer.header("cache-control"),
                "no-store",
                "{}",
                answer.what
            );
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            if answer.status == 303 {
                continue;
            }
            let policy = answer.header("content-security-policy");
            for needed in [
                "default-src 'none'",
                "frame-ancestors 'none'",
                "base-uri 'none'",
                "form-action 'self'",
            ] {
                assert!(policy.contains(needed), "{}: {policy}", answer.what);
            }
            assert!(!policy.contains("unsafe"), "{policy}");
            assert_eq!(answer.header("x-frame-options"), "DENY");
            assert!(!answer.header("referrer-policy").is_empty());
            assert!(answer.header("content-type").starts_with("text/html"));
            for needed in ["<html lang=\"en\">", "<main", "<h1>", "Skip to the content"] {
                assert_eq!(
                    answer.text.matches(needed).count(),
                    1,
                    "{} {needed}",
                    answer.what
                );
            }
            for inline in ["style=", "<style", "onclick", "<script>", "javascript:"] {
                assert!(
                    !answer.text.contains(inline),
                    "{} has {inline}",
                    answer.what
                );
            }
        }
    }
}

async fn no_other_site_may_read(world: &World) {
    let browser = Browser::of(world, "Ada").await;
    for path in [
        "/app/settings/integrations",
        "/app/sign-in",
        "/app/none",
        "/oauth/authorize",
    ] {
        for method in [Method::GET, Method::OPTIONS] {
            let headers = [
                ("origin", "https://evil.example"),
                ("access-control-request-method", "POST"),
            ];
            let answer = browser.send(method, path, &headers, None).await;
            for (name, _) in &answer.headers {
                assert!(
                    !name.as_str().starts_with("access-control-"),
                    "{} {name}",
                    answer.what
                );
            }
        }
    }
    // A token is no cookie, and a cookie no token.
    let bearer = format!("Bearer {}", world.admin.token.as_ref().unwrap());
    let headers = [
        ("authorization", bearer.as_str()),
        ("x-tallyfy-client", "test"),
    ];
    let stranger = Browser::new(world);
    stranger
        .send(Method::GET, "/app/settings/security", &headers, None)
        .await
        .expect(303);
    stranger
        .send(Method::GET, "/oauth/authorize?client_id=1", &headers, None)
        .await
        .expect(400);
    let client = [("x-tallyfy-client", "test")];
    browser
        .send(Method::GET, "/api/me", &client, None)
        .await
        .expect(401);
}

async fn what_is_not_there(world: &World) {
    let browser = Browser::of(world, "Ada").await;
    for path in [
        "/app/nothing",
        "/app/settings/nothing",
        "/app/static/nothing.css",
    ] {
        let answer = browser.get(path).await.expect(404);
        assert!(
            answer.text.contains("There is nothing here"),
            "{}",
            answer.text
        );
    }
    assert!(
        browser
            .get("/app/sign-out")
            .await
            .expect(405)
            .text
            .contains("for a form")
    );
    assert_eq!(
        browser.get("/nothing").await.expect(404).code(),
        "ENDPOINT_NOT_FOUND"
    );
    for path in ["/app", "/app/", "/app/settings"] {
        let answer = browser.get(path).await.expect(303);
        assert_eq!(answer.header("location"), "/app/settings/integrations");
    }
    let reference = browser.get("/").await.expect(200);
    assert!(reference.text.contains("/app/static/forward.js"));
    assert!(
        reference
            .header("content-security-policy")
            .contains("script-src 'self'")
    );
}

async fn files_are_kept(world: &World) {
    let browser = Browser::new(world);
    let page = browser.get("/app/sign-in").await.expect(200);
    let (_, rest) = page.text.split_once("href=\"/app/static/app.css?").unwrap();
    let version = &rest[..12];
    let style = browser
        .get(&format!("/app/static/app.css?{version}"))
        .await
        .expect(200);
    assert!(style.header("cache-control").contains("immutable"));
    assert!(style.header("content-type").starts_with("text/css"));
    let other = browser
        .get("/app/static/app.css?000000000000")
        .await
        .expect(200);
    assert_eq!(other.header("cache-control"), "no-cache");
}
