//! The settings: tokens, applications, policy, record, sessions.

use serde_json::json;
use tallystick_server::clock::MINUTE;

use crate::support::browser::{Browser, field};
use crate::support::{Answer, PASSWORD, World, both_engines};

both_engines!(
    a_token_from_the_page,
    what_is_typed_stays,
    the_password_once_more,
    tokens_of_others_do_not_exist,
    everything_revoked,
    an_application,
    for_administrators_only,
    one_organisation_at_a_time,
    the_policy_holds,
);

const NEW: &str = "/app/settings/integrations/new";
const USUAL: [(&str, &str); 3] = [
    ("name", "Nightly export"),
    ("expiry", "90"),
    ("access", "all"),
];

fn org(path: &str) -> String {
    path.rsplit('/').next().unwrap().to_owned()
}

async fn made(browser: &Browser<'_>, fields: &[(&str, &str)]) -> (Answer, String) {
    browser.get(NEW).await.expect(200);
    let page = browser.post(NEW, fields).await.expect(200);
    let secret = field(&page.text, "id=\"secret\">").unwrap();
    (page, secret)
}

async fn id_of(browser: &Browser<'_>, name: &str) -> String {
    let list = browser.get("/app/settings/integrations").await.expect(200);
    let (_, rest) = list.text.split_once(name).unwrap();
    let rest = field(rest, "href=\"/app/settings/integrations/tokens/").unwrap();
    rest.split('/').next().unwrap().to_owned()
}

async fn a_token_from_the_page(world: &World) {
    let browser = Browser::of(world, "Bruno").await;
    let chosen = [
        ("name", "Nightly <export>"),
        ("expiry", "30"),
        ("access", "chosen"),
        ("scope.tasks", "read"),
        ("organization_id", &*org(&world.org)),
    ];
    let (page, secret) = made(&browser, &chosen).await;
    for shown in [
        "curl ",
        "fetch(",
        "urllib",
        "HttpClient",
        "net/http",
        "reqwest",
        &*org(&world.org),
    ] {
        assert!(page.text.contains(shown), "{shown}");
    }
    assert_eq!(page.text.matches(secret.as_str()).count(), 7);
    assert!(
        page.text.contains("Nightly &#60;export&#62;"),
        "{}",
        page.text
    );
    let actor = world.standard.with_token("page", &secret);
    actor.get(&world.at("me/tasks")).await.expect(200);
    actor
        .post(&world.at("tasks"), json!({"title": "x"}))
        .await
        .expect(403);
    let id = id_of(&browser, "Nightly").await;
    // Replaced: the old secret ends, a new one works.
    let rotate = format!("/app/settings/integrations/tokens/{id}/rotate");
    browser.get(&rotate).await.expect(200);
    let page = browser.post(&rotate, &[]).await.expect(200);
    let second = field(&page.text, "id=\"secret\">").unwrap();
    actor.get(&world.at("me/tasks")).await.expect(401);
    let actor = world.standard.with_token("page", &second);
    actor.get(&world.at("me/tasks")).await.expect(200);
    // The replaced one is gone from the page; the new one is revoked on it.
    browser.get(&rotate).await.expect(404);
    let id = id_of(&browser, "Nightly").await;
    let revoke = format!("/app/settings/integrations/tokens/{id}/revoke");
    browser.get(&revoke).await.expect(200);
    actor.get(&world.at("me/tasks")).await.expect(200);
    browser.post(&revoke, &[]).await.expect(303);
    actor.get(&world.at("me/tasks")).await.expect(401);
    let list = browser.get("/app/settings/integrations").await.expect(200);
    assert!(!list.text.contains("Nightly"), "{}", list.text);
}

async fn what_is_typed_stays(world: &World) {
    let browser = Browser::of(world, "Bruno").await;
    browser.get(NEW).await.expect(200);
    for (fields, wrong) in [
        (
            vec![("name", " "), ("expiry", "90"), ("access", "read")],
            "#name",
        ),
        (vec![("name", "Kept"), ("access", "all")], "#expiry"),
        (
            vec![("name", "Kept"), ("expiry", "date"), ("access", "all")],
            "#date",
        ),
        (
            vec![
                ("name", "Kept"),
                ("expiry", "date"),
                ("date", "2020-01-01"),
                ("access", "all"),
            ],
            "#date",
        ),
        (
            vec![("name", "Kept"), ("expiry", "90"), ("access", "chosen")],
            "#access",
        ),
        (
            vec![
                ("name", "Kept"),
                ("expiry", "90"),
                ("access", "all"),
                ("organization_id", "zz"),
            ],
            "404",
        ),
    ] {
        let page = browser.post(NEW, &fields).await.expect(422);
        if wrong != "404" {
            assert!(
                page.text.contains(&format!("href=\"{wrong}\"")),
                "{wrong}: {}",
                page.text
            );
        }
        if fields[0].1 == "Kept" {
            assert!(page.text.contains("value=\"Kept\""), "{}", page.text);
        }
    }
    let foreign = [("organization_id", &*org(&world.canary_org))];
    let fields: Vec<(&str, &str)> = USUAL.into_iter().chain(foreign).collect();
    browser.post(NEW, &fields).await.expect(422);
}

async fn the_password_once_more(world: &World) {
    let browser = Browser::of(world, "Bruno").await;
    browser.get(NEW).await.expect(200);
    world.clock.advance(16 * MINUTE);
    let asked = browser.post(NEW, &USUAL).await.expect(303);
    let confirm = asked.header("location").to_owned();
    assert!(confirm.starts_with("/app/confirm?next="), "{confirm}");
    browser.get(&confirm).await.expect(200);
    let back = url::form_urlencoded::parse(confirm.split_once('?').unwrap().1.as_bytes())
        .find(|(name, _)| name == "next")
        .unwrap()
        .1
        .into_owned();
    let wrong = [("password", "Wrong-Horse-9"), ("next", &*back)];
    browser.post("/app/confirm", &wrong).await.expect(422);
    browser.get(NEW).await.expect(303);
    browser.get(&confirm).await.expect(200);
    let right = [("password", PASSWORD), ("next", &*back)];
    let done = browser.post("/app/confirm", &right).await.expect(303);
    assert_eq!(done.header("location"), back);
    // What was typed is still there.
    let form = browser.get(&back).await.expect(200);
    assert!(
        form.text.contains("value=\"Nightly export\""),
        "{}",
        form.text
    );
    made(&browser, &USUAL).await;
}

async fn tokens_of_others_do_not_exist(world: &World) {
    let browser = Browser::of(world, "Bruno").await;
    let admin = Browser::of(world, "Ada").await;
    let id = id_of(&admin, "first").await;
    for end in ["rotate", "revoke"] {
        let path = format!("/app/settings/integrations/tokens/{id}/{end}");
        browser.get(&path).await.expect(404);
        browser.get("/app/settings/security").await.expect(200);
        browser.post(&path, &[]).await.expect(404);
    }
    world.admin.get("/me").await.expect(200);
}

async fn everything_revoked(world: &World) {
    let browser = Browser::of(world, "Bruno").await;
    let (_, secret) = made(&browser, &USUAL).await;
    let actor = world.standard.with_token("page", &secret);
    actor.get("/me").await.expect(200);
    browser
        .get("/app/settings/integrations/revoke-all")
        .await
        .expect(200);
    browser
        .post("/app/settings/integrations/revoke-all", &[])
        .await
        .expect(303);
    actor.get("/me").await.expect(401);
    world.standard.get("/me").await.expect(401);
    world.other.get("/me").await.expect(200);
    browser.get("/app/settings/integrations").await.expect(200);
}

async fn an_application(world: &World) {
    const LIST: &str = "/app/settings/applications";
    let browser = Browser::of(world, "Ada").await;
    let new = format!("{LIST}/new");
    browser.get(&new).await.expect(200);
    let bad = [
        ("name", "Ledger"),
        ("redirect_uris", "http://evil.example/"),
        ("grant_types", "authorization_code"),
    ];
    let page = browser.post(&new, &bad).await.expect(422);
    assert!(
        page.text.contains("href=\"#redirect_uris\"") && page.text.contains("http://evil.example/")
    );
    let public = [
        ("name", "Ledger"),
        ("confidential", "false"),
        ("grant_types", "client_credentials"),
    ];
    browser.post(&new, &public).await.expect(422);
    let good = [
        ("name", "Ledger"),
        ("grant_types", "client_credentials"),
        ("confidential", "true"),
    ];
    let page = browser.post(&new, &good).await.expect(200);
    let id = field(&page.text, "id=\"client\">").unwrap();
    let secret = field(&page.text, "id=\"secret\">").unwrap();
    let ask = |secret: &str| json!({"grant_type": "client_credentials", "client_id": id, "client_secret": secret});
    world
        .stranger
        .post("/oauth/token", ask(&secret))
        .await
        .expect(200);
    let one = format!("{LIST}/{id}");
    browser.get(&one).await.expect(200);
    let changed = [
        ("name", "Books"),
        ("grant_types", "client_credentials"),
        ("grant_types", "password"),
    ];
    browser.post(&one, &changed).await.expect(303);
    let list = browser.get(LIST).await.expect(200);
    assert!(
        list.text.contains("Books") && list.text.contains("password"),
        "{}",
        list.text
    );
    let rotate = format!("{one}/secret");
    browser.get(&rotate).await.expect(200);
    let page = browser
        .post(&rotate, &[("at_once", "true")])
        .await
        .expect(200);
    let second = field(&page.text, "id=\"secret\">").unwrap();
    world
        .stranger
        .post("/oauth/token", ask(&secret))
        .await
        .expect(401);
    world
        .stranger
        .post("/oauth/token", ask(&second))
        .await
        .expect(200);
    let remove = format!("{one}/remove");
    browser.get(&remove).await.expect(200);
    browser.post(&remove, &[]).await.expect(303);
    browser.get(&one).await.expect(404);
    world
        .stranger
        .post("/oauth/token", ask(&second))
        .await
        .expect(401);
    let log = browser
        .get("/app/settings/log?event=client+removed")
        .await
        .expect(200);
    assert!(
        log.text.contains("Client removed") && log.text.contains("1 event"),
        "{}",
        log.text
    );
}

async fn for_administrators_only(world: &World) {
    let (id, _) = world.client(&org(&world.org), &[]).await;
    for name in ["Bruno", "Dev"] {
        let browser = Browser::of(world, name).await;
        let page = browser.get("/app/settings/security").await.expect(200);
        assert!(
            !page.text.contains("/app/settings/applications"),
            "{}",
            page.text
        );
        let one = format!("/app/settings/applications/{id}");
        for (path, acts) in [
            ("/app/settings/applications".to_owned(), false),
            ("/app/settings/applications/new".to_owned(), true),
            (one.clone(), true),
            (format!("{one}/secret"), true),
            (format!("{one}/remove"), true),
            ("/app/settings/policy".to_owned(), true),
            ("/app/settings/log".to_owned(), false),
        ] {
            browser.get(&path).await.expect(403);
            if acts {
                browser.get("/app/settings/security").await.expect(200);
                browser.post(&path, &[("name", "x")]).await.expect(403);
            }
        }
    }
}

async fn one_organisation_at_a_time(world: &World) {
    let (own, side) = (org(&world.org), org(&world.side));
    let (id, _) = world.client(&side, &[]).await;
    let both = Browser::of(world, "Hana").await;
    let at = |path: &str, org: &str| format!("/app/settings/{path}?organization={org}");
    both.get(&at(&format!("applications/{id}"), &side))
        .await
        .expect(200);
    both.get(&at(&format!("applications/{id}"), &own))
        .await
        .expect(404);
    for path in ["applications", "policy", "log", "integrations"] {
        both.get(&at(path, &side)).await.expect(200);
        both.get(&at(path, &org(&world.canary_org)))
            .await
            .expect(404);
    }
    let ada = Browser::of(world, "Ada").await;
    ada.get(&at("applications", &side)).await.expect(404);
    ada.get(&format!("/app/settings/applications/{id}"))
        .await
        .expect(404);
}

async fn the_policy_holds(world: &World) {
    let admin = Browser::of(world, "Ada").await;
    admin.get("/app/settings/policy").await.expect(200);
    for bad in ["0", "-1", "x", "99999999"] {
        let page = admin
            .post("/app/settings/policy", &[("max_days", bad)])
            .await
            .expect(422);
        assert!(page.text.contains(&format!("value=\"{bad}\"")));
    }
    let fields = [("max_days", "30"), ("self_registered_clients", "true")];
    admin
        .post("/app/settings/policy", &fields)
        .await
        .expect(303);
    let browser = Browser::of(world, "Bruno").await;
    let form = browser.get(NEW).await.expect(200);
    assert!(
        !form.text.contains("90 days") && form.text.contains("30 days"),
        "{}",
        form.text
    );
    browser.post(NEW, &USUAL).await.expect(422);
    let short = [("name", "Short"), ("expiry", "30"), ("access", "all")];
    browser.post(NEW, &short).await.expect(200);
    let light = Browser::of(world, "Dev").await;
    light.get(NEW).await.expect(200);
    light.post(NEW, &short).await.expect(403);
}
