//! The router against the contract's own list of endpoints.

use std::collections::BTreeSet;
use std::path::Path;

use tallystick_server::router::{endpoints, public};

/// Endpoints that the contract's list does not have, each with its reason.
const OURS: &[(&str, &str, &str)] = &[
    (
        "GET",
        "/organizations/{}/checklists/{}/versions/{}",
        "a version under an address of its own",
    ),
    (
        "GET",
        "/organizations/{}/checklists/{}/versions/{}/compare",
        "what an edit changed can be seen before it is published",
    ),
    (
        "GET",
        "/organizations/{}/checklists/{}/health",
        "what will not work is found before a process meets it",
    ),
    (
        "POST",
        "/organizations/{}/checklists/{}/automated-actions/test",
        "rules can be tried without a process",
    ),
    (
        "GET",
        "/organizations/{}/checklists/{}/versions",
        "the contract keeps versions and names no way to list them",
    ),
    (
        "PUT",
        "/organizations/{}/checklists/{}/versions/{}/restore",
        "what was kept can be brought back",
    ),
    (
        "GET",
        "/ready",
        "load balancers ask whether work can be done, not only whether the process lives",
    ),
    (
        "GET",
        "/openapi.json",
        "generated from the handlers, for programs that make clients",
    ),
    ("GET", "/me/sessions", "people see where they are signed in"),
    (
        "DELETE",
        "/me/sessions/{}",
        "and sign a browser out that they no longer have",
    ),
    (
        "POST",
        "/oauth/register",
        "the contract has dynamic registration below /mcp only; clients find it here by discovery",
    ),
    (
        "GET",
        "/organizations/{}/token-policy",
        "the contract's text proposes a policy without giving it an address",
    ),
    (
        "PUT",
        "/organizations/{}/token-policy",
        "the same, to change it",
    ),
    (
        "POST",
        "/organizations/{}/completed-tasks/{}",
        "a published connector reopens tasks with POST",
    ),
];

/// A path whose parameters have no names: the list and the router may name them differently.
fn nameless(path: &str) -> String {
    let part = |part: &str| {
        if part.starts_with('{') {
            "{}".to_owned()
        } else {
            part.to_owned()
        }
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[test]
fn every_endpoint_is_in_the_contract_or_has_a_reason() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/contract/endpoints.tsv");
    let text = std::fs::read_to_string(file).unwrap();
    let listed: BTreeSet<(String, String)> = text
        .lines()
        .skip(1)
        .map(|line| {
            let mut cells = line.split('\t');
            let mut cell = || cells.next().unwrap();
            (cell().to_owned(), nameless(cell()))
        })
        .collect();
    let public = public()
        .into_iter()
        .map(|(method, path)| (method.to_owned(), nameless(path)));
    let served: BTreeSet<(String, String)> = endpoints()
        .iter()
        .flat_map(|endpoint| {
            let methods = std::iter::once(&endpoint.method).chain(&endpoint.also);
            methods
                .map(|method| (method.to_string(), nameless(&endpoint.path)))
                .collect::<Vec<_>>()
        })
        .chain(public)
        .collect();
    let ours: BTreeSet<_> = OURS
        .iter()
        .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
    let unexplained: Vec<_> = served
        .difference(&listed)
        .filter(|endpoint| !ours.contains(*endpoint))
        .collect();
    assert!(
        unexplained.is_empty(),
        "neither in the contract nor explained: {unexplained:?}"
    );
    let idle: Vec<_> = ours
        .iter()
        .filter(|endpoint| !served.contains(*endpoint) || listed.contains(*endpoint))
        .collect();
    assert!(idle.is_empty(), "explained without need: {idle:?}");
    let common = served.intersection(&listed).count();
    println!("{common} of {} endpoints", listed.len());
}
