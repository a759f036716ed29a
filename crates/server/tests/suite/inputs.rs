//! What bad input gets, on every operation that the OpenAPI document lists: a 4xx that names the field or the documented
//! default, never a failure of ours.

use http::Method;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::support::objects::Objects;
use crate::support::openapi::{Operation, operations};
use crate::support::{Actor, Answer, Grant, World, both_engines};

both_engines!(
    broken_bodies,
    wrong_types_name_the_field,
    hostile_queries,
    hostile_paths,
    any_json_is_answered
        with [("security.key_file", format!("{}/walkers-key", crate::support::post::folder()).as_str())]
);

const JSON: (&str, &str) = ("content-type", "application/json");

/// The operation's path in a world, for its administrator, with everything that it names made before.
async fn path(world: &World, operation: &Operation) -> String {
    // What is deleted by somebody's number must not be what this test asks with.
    let person = if operation.method == Method::DELETE {
        &world.standard
    } else {
        &world.admin
    };
    let objects = Objects::of(world, &world.org, &world.admin).naming(person);
    objects.fill(&operation.path).await
}

/// Somebody who may call it: the administrator, or an application where those are meant.
async fn asker(world: &World, operation: &Operation) -> Actor {
    if operation.is_for_applications() {
        world.application("application", &world.org).await
    } else {
        world.token(&world.admin, "one use", Grant::default()).await
    }
}

#[track_caller]
fn never_ours(answer: &Answer) {
    assert!(
        answer.status < 500,
        "{} answered {} {}",
        answer.what,
        answer.status,
        answer.text
    );
    if answer.status >= 400 {
        assert_eq!(answer.json["error"], true, "{}", answer.text);
        assert!(!answer.code().is_empty(), "{}", answer.text);
    }
}

async fn broken_bodies(world: &World) {
    let deep = format!("{{\"title\":{}{}}}", "[".repeat(5_000), "]".repeat(5_000));
    let large = format!("{{\"title\":\"{}\"}}", "x".repeat(10_000_000));
    let broken: [(&str, &[u8], u16); 11] = [
        ("malformed", b"{\"title\": ", 400),
        ("not JSON at all", b"title", 400),
        ("nested too deeply", deep.as_bytes(), 400),
        ("ten megabytes", large.as_bytes(), 413),
        ("no UTF-8", b"{\"title\": \"\xff\xfe\"}", 400),
        ("half a surrogate", br#"{"title": "\ud800"}"#, 400),
        ("a zero byte", br#"{"title": "a\u0000b"}"#, 422),
        ("a zero byte in a name", br#"{"a\u0000b": 1}"#, 422),
        ("a list", b"[]", 400),
        ("a text", b"\"title\"", 400),
        ("null", b"null", 400),
    ];
    for operation in operations()
        .iter()
        .filter(|operation| operation.body.is_some())
    {
        let asker = asker(world, operation).await;
        for (what, bytes, status) in broken {
            let path = path(world, operation).await;
            let sent = asker.with_body(
                &[JSON],
                operation.method.clone(),
                &path,
                Some(bytes.to_vec()),
            );
            let answer = sent.await;
            assert_eq!(
                answer.status, status,
                "{what}: {} {}",
                answer.what, answer.text
            );
            never_ours(&answer);
        }
        // Nothing at all is an empty object, whatever its type.
        for headers in [&[JSON][..], &[]] {
            let path = path(world, operation).await;
            let sent = asker.with_body(headers, operation.method.clone(), &path, Some(Vec::new()));
            let answer = sent.await;
            let fits = matches!(answer.status, 200 | 201 | 422) || operation.open;
            assert!(fits, "{}", answer.text);
        }
        let path = path(world, operation).await;
        let image = [("content-type", "image/png")];
        let sent = asker.with_body(&image, operation.method.clone(), &path, Some(b"x".to_vec()));
        sent.await.expect(415);
    }
    for operation in operations()
        .iter()
        .filter(|operation| operation.body.is_none())
    {
        for (_, bytes, status) in broken {
            let path = path(world, operation).await;
            let actor = asker(world, operation).await;
            let sent = actor.with_body(
                &[JSON],
                operation.method.clone(),
                &path,
                Some(bytes.to_vec()),
            );
            let answer = sent.await;
            never_ours(&answer);
            // What takes no body does not look into it, but does not swallow any amount of it either.
            assert!(
                answer.status < 400
                    || status == 413
                    || answer.status == 403
                    || answer.status == 422
                    || operation.open,
                "{}",
                answer.text
            );
        }
    }
}

async fn wrong_types_name_the_field(world: &World) {
    let values = [
        json!(true),
        json!(-1),
        json!(1e300),
        json!(9_007_199_254_740_993_u64),
        json!(u64::MAX),
        json!("no such word"),
        json!("x".repeat(200_000)),
        json!([]),
        json!([[[]]]),
        json!({}),
        json!({"users": "x", "guests": 5, "groups": {}}),
        json!({"users": [{}, [], null, "x", 1.5, u64::MAX]}),
        json!({"guests": ["not an address", "a@b@c.d", "\u{202e}@x.yz"]}),
        json!([null]),
        json!("0000-00-00"),
        json!("9999-12-31T23:59:59+14:00"),
        json!("-9999-01-01 00:00:00"),
        json!("\u{1f4a9}\u{0301}\r\n\t"),
        json!("'; DROP TABLE tasks; --"),
    ];
    let mut named = 0;
    for operation in operations() {
        let asker = asker(world, &operation).await;
        for (property, _) in operation.body.iter().flatten() {
            let mut place = path(world, &operation).await;
            for value in &values {
                let mut body = json!({"title": "Sweep", "name": "Sweep"});
                body[property] = value.clone();
                let sent = asker.send(operation.method.clone(), &place, Some(&body));
                let answer = sent.await;
                never_ours(&answer);
                // A change can be repeated; what makes something of what the path names may have used it up.
                if answer.status < 300 && operation.method == Method::POST {
                    place = path(world, &operation).await;
                }
                if answer.status == 422 && answer.json.get("errors").is_some() {
                    let errors = answer.json["errors"].as_object().unwrap();
                    assert!(
                        !errors.is_empty() && !errors.contains_key(""),
                        "{}",
                        answer.text
                    );
                    named += usize::from(
                        errors
                            .keys()
                            .any(|field| field.starts_with(property.as_str())),
                    );
                } else {
                    let body = body.to_string();
                    assert!(
                        matches!(answer.status, 200 | 201 | 404) || operation.open,
                        "{body:.200} {}",
                        answer.text
                    );
                }
            }
        }
    }
    assert!(named > 100, "{named} fields were named only");
    // No text has become a statement.
    world.admin.get(&world.at("tasks")).await.expect(200);
}

async fn hostile_queries(world: &World) {
    for _ in 0..3 {
        world.task(|_| {}).await;
    }
    let values = [
        "-1",
        "0",
        "1000000000",
        "99999999999999999999",
        "9223372036854775807",
        "DROP+TABLE",
        "%00",
        "%ff%fe",
        "%F0%9F%92%A9",
        "'%3B--",
        "%25%25%25",
        "a,b,,c",
        "",
        "true",
        "[]",
        "2026-02-30",
        "0001-01-01",
        "9999-12-31",
        "2026-03-01:2026-03-05",
        "5:1",
        "1.5",
        "null",
    ];
    let long = "x".repeat(3_000);
    let common = [
        "page",
        "per_page",
        "limit",
        "sort",
        "sort_by",
        "with",
        "q",
        "without_pagination",
        "status",
        "created",
    ];
    let mut turn = 0;
    for operation in operations()
        .iter()
        .filter(|operation| operation.method == Method::GET && !operation.open)
    {
        let path = path(world, operation).await;
        let named = operation.query_params.iter().map(String::as_str);
        let others = common
            .into_iter()
            .filter(|name| !operation.query_params.iter().any(|own| own == name));
        for (name, every) in named
            .map(|name| (name, 1))
            .chain(others.map(|name| (name, 6)))
        {
            let others = operation.required_query.iter();
            let needed: String = others
                .filter(|required| *required != name)
                .map(|required| format!("{required}=x&"))
                .collect();
            // What the operation does not know of meets each value in some operation, not in all.
            turn += 1;
            let all = values.iter().copied().chain([long.as_str()]);
            for value in all.skip(turn % every).step_by(every) {
                for query in [
                    format!("{name}={value}"),
                    format!("{name}[]={value}&{name}={value}&{name}"),
                ] {
                    let answer = world.admin.get(&format!("{path}?{needed}{query}")).await;
                    never_ours(&answer);
                    assert!(
                        matches!(answer.status, 200 | 400 | 422)
                            // A version that there is none of.
                            || answer.status == 404 && matches!(name, "version" | "to"),
                        "{query:.80} {}",
                        answer.text
                    );
                    let nonsense_has_a_default = matches!(
                        name,
                        "page" | "per_page" | "limit" | "sort" | "sort_by" | "with"
                    );
                    if nonsense_has_a_default && value != "%00" {
                        assert_eq!(answer.status, 200, "{query:.80} {}", answer.text);
                    }
                }
            }
        }
    }
    let list = world.at("tasks?page=-1&per_page=1000000000&sort=DROP%20TABLE");
    let pagination = world.admin.get(&list).await.json["meta"]["pagination"].clone();
    assert_eq!(pagination["current_page"], 1);
    assert_eq!(pagination["per_page"], 100);
    let answer = world
        .admin
        .get(&world.at("tasks?status=dnoe"))
        .await
        .expect(422);
    assert!(
        answer.json["errors"]["status"][0]
            .as_str()
            .unwrap()
            .contains("not-started")
    );
}

async fn hostile_paths(world: &World) {
    let values = [
        "%00",
        "%ff",
        "..%2f..",
        "%252e%252e",
        "'",
        "0",
        "-1",
        "null",
        "99999999999999999999",
        "%F0%9F%92%A9",
        "a%20b",
    ];
    for operation in operations() {
        for name in &operation.path_params {
            for value in values {
                let path = operation.filled(|other| {
                    if other == name {
                        value.to_owned()
                    } else {
                        world.org.clone()
                    }
                });
                let answer = world
                    .admin
                    .send(operation.method.clone(), &path, None)
                    .await;
                never_ours(&answer);
                assert!(
                    answer.status >= 400,
                    "{} answered {}",
                    answer.what,
                    answer.text
                );
            }
        }
    }
    let upper = world.org.to_uppercase();
    world
        .admin
        .get(&format!("/organizations/{upper}"))
        .await
        .expect(200);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        Just(json!("2026-03-04")),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let name = prop_oneof![
            Just("users".to_owned()),
            Just("guests".to_owned()),
            "[a-z_]{0,8}"
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name, inner, 0..4).prop_map(|map| json!(map)),
        ]
    })
}

async fn any_json_is_answered(world: &World) {
    let runtime = tokio::runtime::Handle::current();
    for operation in operations()
        .iter()
        .filter(|operation| operation.body.is_some())
    {
        let names: Vec<String> = operation
            .body
            .iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect();
        let fields = prop::collection::btree_map(prop::sample::select(names), any_json(), 0..6);
        let path = path(world, operation).await;
        let asker = asker(world, operation).await;
        let mut runner = TestRunner::new(Config {
            cases: 40,
            failure_persistence: None,
            ..Config::default()
        });
        let tried = tokio::task::block_in_place(|| {
            runner.run(&fields, |fields| {
                let body = json!(fields);
                let sent = asker.send(operation.method.clone(), &path, Some(&body));
                let answer = runtime.block_on(sent);
                prop_assert!(answer.status < 500, "{} {}", answer.what, answer.text);
                Ok(())
            })
        });
        tried.unwrap();
    }
}
