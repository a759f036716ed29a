//! What happens to every request around its handler: routes, prefixes, idempotency, limits, pages, CORS, compression.

use http::Method;
use serde_json::{Value, json};
use tallystick_server::router::{endpoints, public};

use crate::support::{Answer, World, both_engines};

both_engines!(
    routes_and_verbs,
    public_routes,
    slashes_and_prefixes,
    request_ids,
    cross_origin,
    compression,
    pages_and_links,
    errors_have_one_shape,
);
both_engines!(small_bodies_only with [("server.max_body_bytes", "1000")]);
both_engines!(client_header_may_be_optional with [("api.client_header", "optional")]);
both_engines!(links_follow_the_public_address with [("server.public_url", "https://tally.example/")]);
both_engines!(only_named_origins with [("server.cors_origins", "https://app.example")]);

async fn routes_and_verbs(world: &World) {
    for prefix in ["", "/api"] {
        let ask = async |method: Method, path: &str| {
            let headers = world.admin.headers();
            world
                .admin
                .raw(method, &format!("{prefix}{path}"), headers, None)
                .await
        };
        let answer = ask(Method::GET, "/nothing/here").await.expect(404);
        assert_eq!(answer.code(), "ENDPOINT_NOT_FOUND");
        let answer = ask(Method::DELETE, "/me").await.expect(405);
        assert_eq!(answer.code(), "METHOD_NOT_ALLOWED");
        assert_eq!(answer.header("allow"), "GET,HEAD");
        for endpoint in endpoints() {
            let path = endpoint.path.replace(['{', '}'], "");
            let answer = ask("PROPFIND".parse().unwrap(), &path).await.expect(405);
            let allow = answer.header("allow").to_owned();
            assert!(
                allow
                    .split(',')
                    .any(|verb| verb == endpoint.method.as_str()),
                "{allow}"
            );
            let answer = ask(Method::OPTIONS, &path).await.expect(204);
            assert!(answer.bytes.is_empty());
        }
        let got = ask(Method::GET, "/me").await.expect(200);
        let head = ask(Method::HEAD, "/me").await.expect(200);
        assert!(head.bytes.is_empty());
        assert_eq!(head.header("content-type"), got.header("content-type"));
        assert_eq!(head.header("content-length"), got.bytes.len().to_string());
    }
}

async fn public_routes(world: &World) {
    for (method, path) in public() {
        for prefix in ["", "/api"] {
            let target = format!("{prefix}{path}");
            let sent = world.stranger.raw(
                method.parse().unwrap(),
                &target,
                http::HeaderMap::new(),
                None,
            );
            let answer = sent.await;
            if method == "GET" {
                answer.expect(200);
            } else {
                // What programs send to OAuth endpoints needs a body, and is refused as the RFCs say.
                let refused = answer.expect(400);
                assert!(refused.json["error"].is_string(), "{}", refused.text);
            }
        }
    }
    assert_eq!(
        world.stranger.get("/health").await.json,
        json!({"status": "ok"})
    );
    assert_eq!(
        world.stranger.get("/ready").await.json,
        json!({"status": "ready"})
    );
    let document = world.stranger.get("/openapi.json").await;
    assert_eq!(document.json["openapi"], "3.1.0");
    let page = world.stranger.get("/").await;
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(
        page.header("content-security-policy")
            .contains("default-src 'none'")
    );
}

async fn slashes_and_prefixes(world: &World) {
    let plain = world.admin.get("/me").await.expect(200);
    for target in [
        "/me",
        "/me/",
        "//me",
        "/api/me",
        "/api/me/",
        "/api//me",
        "//api///me//",
    ] {
        let answer = world
            .admin
            .raw(Method::GET, target, world.admin.headers(), None)
            .await;
        assert_eq!(answer.expect(200).text, plain.text, "{target}");
    }
    let spaced = world.at("users?q=ada+ex").replace('?', "/?");
    assert_eq!(
        world
            .admin
            .get(&spaced)
            .await
            .data()
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

async fn request_ids(world: &World) {
    let answer = world
        .admin
        .with(&[("x-request-id", "mine-1")], Method::GET, "/me")
        .await;
    assert_eq!(answer.header("x-request-id"), "mine-1");
    let long = "x".repeat(300);
    for unfit in ["a b", long.as_str()] {
        let answer = world
            .admin
            .with(&[("x-request-id", unfit)], Method::GET, "/me")
            .await;
        let id = answer.header("x-request-id");
        assert!(id.len() == 32 && id != unfit, "{id}");
    }
    let refused = world.stranger.get("/me").await.expect(401);
    assert_eq!(refused.header("x-request-id").len(), 32);
    assert_eq!(refused.header("x-content-type-options"), "nosniff");
    assert_eq!(refused.header("cache-control"), "no-store");
}

async fn cross_origin(world: &World) {
    let asked = [
        ("origin", "https://app.example"),
        ("access-control-request-method", "POST"),
        (
            "access-control-request-headers",
            "authorization,x-tallyfy-client,content-type",
        ),
        ("authorization", ""),
    ];
    let answer = world
        .stranger
        .with(&asked, Method::OPTIONS, &world.at("tasks"))
        .await
        .expect(204);
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert!(
        answer
            .header("access-control-allow-methods")
            .contains("PUT")
    );
    for name in ["authorization", "x-tallyfy-client", "idempotency-key"] {
        assert!(
            answer.header("access-control-allow-headers").contains(name),
            "{name}"
        );
    }
    // A page has to be able to read why it was refused.
    let answer = world
        .stranger
        .with(&asked[..1], Method::GET, "/me")
        .await
        .expect(401);
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert!(
        answer
            .header("access-control-expose-headers")
            .contains("retry-after")
    );
    assert_eq!(answer.header("access-control-allow-credentials"), "");
}

async fn only_named_origins(world: &World) {
    let from = async |origin: &str| {
        let answer = world
            .admin
            .with(&[("origin", origin)], Method::GET, "/me")
            .await
            .expect(200);
        answer.header("access-control-allow-origin").to_owned()
    };
    assert_eq!(from("https://app.example").await, "https://app.example");
    assert_eq!(from("https://evil.example").await, "");
}

async fn compression(world: &World) {
    for _ in 0..20 {
        world
            .task(|task| task.title = "Repeat after me ".repeat(20))
            .await;
    }
    let path = world.at("tasks?per_page=20");
    let plain = world.admin.get(&path).await.expect(200);
    for encoding in ["gzip", "br"] {
        let packed = world
            .admin
            .with(&[("accept-encoding", encoding)], Method::GET, &path)
            .await
            .expect(200);
        assert_eq!(packed.header("content-encoding"), encoding);
        assert!(packed.bytes.len() * 4 < plain.bytes.len(), "{encoding}");
        assert!(packed.header("vary").contains("accept-encoding"));
    }
    assert_eq!(plain.header("content-encoding"), "");
}

fn pagination(answer: &Answer) -> &Value {
    &answer.json["meta"]["pagination"]
}

async fn pages_and_links(world: &World) {
    for number in 0..23 {
        world
            .task(|task| task.title = format!("Chair {number}"))
            .await;
    }
    for (target, origin) in [("/api", world.origin()), ("", world.origin())] {
        let path = format!("{target}{}", world.at("tasks"));
        let query = "?q=chair&with=summary%2Crun&page=2&per_page=5&status=all";
        let answer = world
            .admin
            .raw(
                Method::GET,
                &format!("{path}{query}"),
                world.admin.headers(),
                None,
            )
            .await;
        let page = pagination(&answer);
        let shown = ["total", "count", "per_page", "current_page", "total_pages"]
            .map(|name| page[name].as_i64().unwrap());
        assert_eq!(shown, [23, 5, 5, 2, 5]);
        assert_eq!(page["has_more_pages"], true);
        let link = |number: i64| {
            format!("{origin}{path}?q=chair&with=summary%2Crun&per_page=5&status=all&page={number}")
        };
        assert_eq!(page["links"]["next"], link(3));
        assert_eq!(page["links"]["previous"], link(1));
        assert_eq!(page["links"]["prev"], link(1));
    }
    // Following the links shows everything once.
    let mut seen = Vec::new();
    let mut next = Some(format!(
        "/api{}",
        world.at("tasks?per_page=4&sort=deadline")
    ));
    while let Some(target) = next {
        let answer = world
            .admin
            .raw(Method::GET, &target, world.admin.headers(), None)
            .await;
        seen.extend(
            answer
                .data()
                .as_array()
                .unwrap()
                .iter()
                .map(|task| task["id"].as_str().unwrap().to_owned()),
        );
        let link = pagination(&answer)["links"]["next"]
            .as_str()
            .map(str::to_owned);
        next = link.map(|link| link.strip_prefix(world.origin()).unwrap().to_owned());
    }
    let all = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!((all, seen.len()), (23, 23));
    let count = async |query: &str| {
        let answer = world.admin.get(&world.at(&format!("tasks?{query}"))).await;
        (
            answer.data().as_array().unwrap().len(),
            pagination(&answer)["per_page"].as_i64().unwrap(),
        )
    };
    assert_eq!(count("").await, (10, 10));
    assert_eq!(count("limit=7").await, (7, 7));
    assert_eq!(count("limit=7&per_page=3").await, (3, 3));
    assert_eq!(count("per_page=5000").await, (23, 100));
    assert_eq!(count("without_pagination=true").await.0, 23);
    let beyond = world.admin.get(&world.at("tasks?page=99")).await;
    assert_eq!(pagination(&beyond)["count"], 0);
    assert_eq!(pagination(&beyond)["has_more_pages"], false);
    assert_eq!(pagination(&beyond)["links"].get("next"), None);
}

async fn links_follow_the_public_address(world: &World) {
    for _ in 0..11 {
        world.task(|_| {}).await;
    }
    let hostile = [
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
    ];
    let answer = world
        .admin
        .with(&hostile, Method::GET, &world.at("tasks"))
        .await
        .expect(200);
    let next = pagination(&answer)["links"]["next"].as_str().unwrap();
    assert!(
        next.starts_with("https://tally.example/api/organizations/"),
        "{next}"
    );
    assert!(!answer.text.contains("evil.example"));
}

async fn small_bodies_only(world: &World) {
    let body = json!({"title": "x", "summary": "y".repeat(2_000)});
    let answer = world.admin.post(&world.at("tasks"), body).await.expect(413);
    assert_eq!(answer.code(), "PAYLOAD_TOO_LARGE");
    world
        .admin
        .post(&world.at("tasks"), json!({"title": "x"}))
        .await
        .expect(201);
}

async fn client_header_may_be_optional(world: &World) {
    world
        .admin
        .with(&[("x-tallyfy-client", "")], Method::GET, "/me")
        .await
        .expect(200);
}

async fn errors_have_one_shape(world: &World) {
    let mut shown = Vec::new();
    for answer in [
        world.stranger.get("/me").await,
        world.admin.get("/nowhere").await,
        world.admin.delete("/me").await,
        world
            .admin
            .with(&[("accept", "text/html")], Method::GET, "/me")
            .await,
        world
            .admin
            .with(&[("x-tallyfy-client", "")], Method::GET, "/me")
            .await,
        world.admin.get("/me?token=x").await,
        world
            .admin
            .get(&world.at("tasks/0123456789abcdef0123456789abcdef"))
            .await,
        world
            .light
            .put(
                &world.at("tasks/0123456789abcdef0123456789abcdef"),
                json!({}),
            )
            .await,
        world
            .admin
            .post(&world.at("tasks"), json!({"task_type": "x", "position": 0}))
            .await,
    ] {
        assert_eq!(answer.header("content-type"), "application/json");
        shown.push(json!({"question": answer.what.replace(&world.org, "{org}"), "status": answer.status, "body": answer.json}));
    }
    insta::assert_json_snapshot!("errors", shown);
}
