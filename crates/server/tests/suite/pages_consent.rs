//! Consent: in the browser and for a device. Who may give it, for what, and where the answer goes.

use serde_json::json;
use tallystick_server::oauth::GrantType;

use crate::support::browser::{Browser, field};
use crate::support::{Answer, REDIRECT, World, both_engines};

both_engines!(
    allowed,
    refused,
    nothing_less_than_a_scope_and_nothing_more,
    a_bad_request_sends_nobody_anywhere,
    only_who_may,
    a_device,
    guessing_codes_is_slow,
);

const GRANTS: [GrantType; 2] = [GrantType::AuthorizationCode, GrantType::RefreshToken];

fn org(world: &World) -> String {
    world.org.rsplit('/').next().unwrap().to_owned()
}

fn request(client: &str, more: &str) -> String {
    format!(
        "/oauth/authorize?client_id={client}&response_type=code&state=s%26t&scope=tasks.read+members.read{more}"
    )
}

async fn code(world: &World, answer: &Answer) -> String {
    let to = answer.header("location");
    let code = url::Url::parse(to).unwrap();
    assert!(to.starts_with(REDIRECT), "{to}");
    let pairs: Vec<(String, String)> = code.query_pairs().into_owned().collect();
    let get = |name: &str| {
        pairs
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.clone())
    };
    assert_eq!(get("state").as_deref(), Some("s&t"));
    assert_eq!(get("iss").as_deref(), Some(world.origin()));
    get("code").unwrap_or_default()
}

async fn allowed(world: &World) {
    let (client, secret) = world.client(&org(world), &GRANTS).await;
    let browser = Browser::new(world);
    let address = request(&client, "");
    let asked = browser.get(&address).await.expect(303);
    let target = asked.header("location").to_owned();
    assert!(
        target.starts_with("/app/sign-in?next=%2Foauth%2Fauthorize"),
        "{target}"
    );
    let entered = browser
        .sign_in("Bruno", crate::support::PASSWORD, &address)
        .await
        .expect(303);
    assert_eq!(entered.header("location"), address);
    let page = browser.get(&address).await.expect(200);
    for shown in [
        "Ledger",
        "bruno@northwind.example",
        "https://ledger.example",
        "Northwind",
        "Read tasks",
    ] {
        assert!(page.text.contains(shown), "{shown}: {}", page.text);
    }
    assert!(
        page.header("content-security-policy")
            .contains("form-action 'self' https://ledger.example;")
    );
    let fields = [
        ("decision", "allow"),
        ("organization_id", &*org(world)),
        ("scopes", "tasks.read"),
    ];
    let answer = browser.post(&address, &fields).await.expect(303);
    let code = code(world, &answer).await;
    let body = json!({"grant_type": "authorization_code", "code": code, "client_id": client, "client_secret": secret});
    let tokens = world.stranger.post("/oauth/token", body).await.expect(200);
    assert_eq!(tokens.json["scope"], "tasks.read");
    let actor = world
        .standard
        .with_token("ledger", tokens.json["access_token"].as_str().unwrap());
    actor.get(&world.at("me/tasks")).await.expect(200);
    actor.get(&world.at("users")).await.expect(403);
    // It is on the list, and ends from there.
    let list = browser.get("/app/settings/integrations").await.expect(200);
    let end = field(&list.text, "href=\"/app/settings/integrations/connections/").unwrap();
    let end = format!("/app/settings/integrations/connections/{end}");
    browser.get(&end).await.expect(200);
    let foreign = Browser::of(world, "Chiara").await;
    foreign.get(&end).await.expect(404);
    foreign.get("/app/settings/security").await.expect(200);
    foreign.post(&end, &[]).await.expect(404);
    browser.post(&end, &[]).await.expect(303);
    actor.get(&world.at("me/tasks")).await.expect(401);
}

async fn refused(world: &World) {
    let (client, _) = world.client(&org(world), &GRANTS).await;
    let browser = Browser::of(world, "Bruno").await;
    for address in [
        request(&client, ""),
        format!("/api{}", request(&client, "")),
    ] {
        browser.get(&address).await.expect(200);
        let answer = browser
            .post(&address, &[("decision", "deny")])
            .await
            .expect(303);
        assert_eq!(code(world, &answer).await, "");
        assert!(answer.header("location").contains("error=access_denied"));
    }
}

async fn nothing_less_than_a_scope_and_nothing_more(world: &World) {
    let (client, _) = world.client(&org(world), &GRANTS).await;
    let browser = Browser::of(world, "Hana").await;
    let address = request(&client, "");
    let org = org(world);
    let side = world.side.rsplit('/').next().unwrap();
    let canary = world.canary_org.rsplit('/').next().unwrap();
    for fields in [
        vec![("organization_id", &*org)],
        vec![("organization_id", &*org), ("scopes", "*")],
        vec![("organization_id", &*org), ("scopes", "tasks.write")],
        vec![
            ("organization_id", &*org),
            ("scopes", "tasks.read"),
            ("scopes", "org.write"),
        ],
        vec![("organization_id", &*org), ("scopes", "nonsense")],
        // The client belongs to one organisation.
        vec![("organization_id", side), ("scopes", "tasks.read")],
        vec![("organization_id", canary), ("scopes", "tasks.read")],
        vec![("organization_id", ""), ("scopes", "tasks.read")],
    ] {
        browser.get(&address).await.expect(200);
        let fields: Vec<(&str, &str)> = fields.into_iter().chain([("decision", "allow")]).collect();
        let again = browser.post(&address, &fields).await.expect(422);
        assert!(again.text.contains("There is a problem"), "{}", again.text);
    }
    assert!(
        world
            .stored()
            .await
            .iter()
            .any(|row| row.starts_with("authorization_codes 0 "))
    );
}

async fn a_bad_request_sends_nobody_anywhere(world: &World) {
    let (client, _) = world.client(&org(world), &GRANTS).await;
    let browser = Browser::of(world, "Bruno").await;
    for address in [
        "/oauth/authorize".to_owned(),
        "/oauth/authorize?client_id=99999&response_type=code".to_owned(),
        request(&client, "&redirect_uri=https%3A%2F%2Fevil.example%2F"),
        request(
            &client,
            "&redirect_uri=https%3A%2F%2Fledger.example%2Fcallback%2F",
        ),
        request(&client, "&client_id=99999"),
    ] {
        let answer = browser.get(&address).await.expect(400);
        assert_eq!(answer.header("location"), "");
        browser.get("/app/settings/security").await.expect(200);
        let answer = browser
            .post(&address, &[("decision", "allow")])
            .await
            .expect(400);
        assert_eq!(answer.header("location"), "");
    }
    // The application hears of its own mistakes at its own address.
    let own = format!("/oauth/authorize?client_id={client}&response_type=sausage");
    let answer = browser.get(&own).await.expect(303);
    assert!(
        answer
            .header("location")
            .starts_with(&format!("{REDIRECT}?error=unsupported_response_type"))
    );
}

async fn only_who_may(world: &World) {
    let (client, _) = world.client(&org(world), &GRANTS).await;
    let (side, _) = world
        .client(world.side.rsplit('/').next().unwrap(), &GRANTS)
        .await;
    for (name, client) in [("Dev", &client), ("Bruno", &side)] {
        let browser = Browser::of(world, name).await;
        let address = request(client, "");
        let page = browser.get(&address).await.expect(200);
        assert!(!page.text.contains("value=\"allow\""), "{}", page.text);
        let fields = [
            ("decision", "allow"),
            ("organization_id", &*org(world)),
            ("scopes", "tasks.read"),
        ];
        browser.post(&address, &fields).await.expect(403);
        browser.get(&address).await.expect(200);
        browser
            .post(&address, &[("decision", "deny")])
            .await
            .expect(303);
    }
}

async fn device_codes(world: &World) -> (String, String, String, String) {
    let (client, secret) = world.client(&org(world), &[GrantType::DeviceCode]).await;
    let body = json!({"client_id": client, "client_secret": secret, "scope": "tasks.read"});
    let started = world
        .stranger
        .post("/oauth/device_authorization", body)
        .await
        .expect(200);
    let text = |name: &str| started.json[name].as_str().unwrap().to_owned();
    (client, secret, text("device_code"), text("user_code"))
}

async fn a_device(world: &World) {
    let (client, secret, device, user) = device_codes(world).await;
    let browser = Browser::of(world, "Bruno").await;
    let typed = browser
        .get(&format!("/app/device?user_code={user}"))
        .await
        .expect(200);
    assert!(
        typed.text.contains(&user) && !typed.text.contains("Ledger"),
        "a link alone shows nothing"
    );
    let lower = user.to_lowercase();
    let page = browser
        .post("/app/device", &[("user_code", &lower)])
        .await
        .expect(200);
    assert!(
        page.text.contains("Ledger") && page.text.contains("Read tasks"),
        "{}",
        page.text
    );
    let none = [
        ("user_code", &*lower),
        ("decision", "allow"),
        ("organization_id", &*org(world)),
    ];
    browser.post("/app/device", &none).await.expect(422);
    let fields: Vec<(&str, &str)> = none.into_iter().chain([("scopes", "tasks.read")]).collect();
    let done = browser.post("/app/device", &fields).await.expect(200);
    assert!(
        done.text.contains("The device is connected"),
        "{}",
        done.text
    );
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    let body = json!({"grant_type": grant, "device_code": device, "client_id": client, "client_secret": secret});
    let tokens = world.stranger.post("/oauth/token", body).await.expect(200);
    let actor = world
        .standard
        .with_token("device", tokens.json["access_token"].as_str().unwrap());
    actor.get(&world.at("me/tasks")).await.expect(200);
    browser.get("/app/device").await.expect(200);
    browser.post("/app/device", &fields).await.expect(422);
}

async fn guessing_codes_is_slow(world: &World) {
    let (.., user) = device_codes(world).await;
    let browser = Browser::of(world, "Bruno").await;
    browser.get("/app/device").await.expect(200);
    for _ in 0..10 {
        browser
            .post("/app/device", &[("user_code", "BBBB-BBBB")])
            .await
            .expect(422);
    }
    browser
        .post("/app/device", &[("user_code", &user)])
        .await
        .expect(429);
    world.clock.advance(16 * tallystick_server::clock::MINUTE);
    browser.get("/app/device").await.expect(200);
    // The device's own time is over by then.
    browser
        .post("/app/device", &[("user_code", &user)])
        .await
        .expect(422);
}
