//! What goes over the wire: headers, addresses, what is sent again and what is not. The other side is a few lines of
//! TCP that answer what a test lays down; the live proof is the example in `clients/rust`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::time::{Duration, Instant};

use tallystick_client::{Client, Error, NewTask, Retry, TaskChange, TaskFilter, TaskQuery};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

const ORG: &str = "0198c0ffee0000000000000000000000";
const REFUSED: &str = r#"{"error":true,"message":"Slow down","code":"RATE_LIMIT_EXCEEDED"}"#;
const EMPTY: &str = r#"{"data":[],"meta":{"overdue_tasks":0,"tasks_due_soon":0,"pagination":{"total":0,"count":0,"per_page":10,
    "current_page":1,"total_pages":1,"has_more_pages":false,"links":{}}}}"#;

/// One request as it arrived.
struct Seen {
    line: String,
    headers: Vec<String>,
    body: String,
}

impl Seen {
    fn header(&self, name: &str) -> &str {
        self.headers
            .iter()
            .filter_map(|line| line.split_once(": "))
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map_or("", |(_, value)| value)
    }
}

/// Answers one request with each of these, in turn, and then gives back what it saw.
async fn server(answers: Vec<String>) -> (String, JoinHandle<Vec<Seen>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        let mut seen = Vec::new();
        for answer in answers {
            let (socket, _) = listener.accept().await.unwrap();
            let mut stream = BufReader::new(socket);
            let mut head = Vec::new();
            loop {
                let mut line = String::new();
                stream.read_line(&mut line).await.unwrap();
                if line.trim().is_empty() {
                    break;
                }
                head.push(line.trim().to_owned());
            }
            let mut request = Seen {
                line: head.remove(0),
                headers: head,
                body: String::new(),
            };
            let mut body = vec![0; request.header("content-length").parse().unwrap_or(0)];
            stream.read_exact(&mut body).await.unwrap();
            request.body = String::from_utf8(body).unwrap();
            seen.push(request);
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
        seen
    });
    (base, serving)
}

fn answer(status: &str, more: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n{more}\r\n{body}",
        body.len()
    )
}

fn client(base: &str) -> Client {
    let quick = Retry {
        first_wait: Duration::from_millis(1),
        ..Retry::default()
    };
    Client::new(base, "tsp_secret").unwrap().with_retry(quick)
}

#[tokio::test]
async fn headers_and_query_are_sent() {
    let (base, serving) = server(vec![answer("200 OK", "", EMPTY)]).await;
    let query = TaskQuery {
        status: Some(TaskFilter::InProgress),
        owners: vec![1, 2],
        q: Some("a b&c".to_owned()),
        per_page: Some(5),
        ..TaskQuery::default()
    };
    let page = client(&format!("{base}/api/"))
        .organization(ORG)
        .my_tasks(&query)
        .await
        .unwrap();
    assert_eq!(page.meta.pagination.total, 0);
    let seen = serving.await.unwrap();
    assert_eq!(
        seen[0].line,
        format!(
            "GET /api/organizations/{ORG}/me/tasks?status=in-progress&q=a+b%26c&owners=1%2C2&per_page=5 HTTP/1.1"
        )
    );
    assert_eq!(seen[0].header("authorization"), "Bearer tsp_secret");
    assert_eq!(seen[0].header("accept"), "application/json");
    assert!(
        seen[0]
            .header("x-tallyfy-client")
            .starts_with("tallystick-client/")
    );
}

#[tokio::test]
async fn a_limit_is_waited_for_as_long_as_the_server_says() {
    let (base, serving) = server(vec![
        answer("429 Too Many Requests", "retry-after: 1\r\n", REFUSED),
        answer("200 OK", "", EMPTY),
    ])
    .await;
    let began = Instant::now();
    client(&base)
        .organization(ORG)
        .my_tasks(&TaskQuery::default())
        .await
        .unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1));
    assert_eq!(serving.await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_limit_that_lasts_too_long_is_handed_over() {
    let (base, serving) = server(vec![answer(
        "429 Too Many Requests",
        "retry-after: 3600\r\n",
        REFUSED,
    )])
    .await;
    let error = client(&base).me().await.unwrap_err();
    assert_eq!(
        (error.status(), error.code()),
        (Some(429), Some("RATE_LIMIT_EXCEEDED"))
    );
    assert_eq!(error.to_string(), "HTTP 429 RATE_LIMIT_EXCEEDED: Slow down");
    serving.await.unwrap();
}

#[tokio::test]
async fn a_created_task_keeps_its_key_when_it_is_sent_again() {
    let unavailable = answer("503 Service Unavailable", "", "");
    let refused = answer(
        "422 Unprocessable Entity",
        "",
        r#"{"error":true,"message":"No","code":"VALIDATION_FAILED","errors":{"title":["No"]}}"#,
    );
    let (base, serving) = server(vec![unavailable, refused]).await;
    let error = client(&base)
        .organization(ORG)
        .create_task(&NewTask::titled("One"))
        .await
        .unwrap_err();
    let Error::Refused { status: 422, body } = error else {
        panic!("{error}")
    };
    assert_eq!(body.errors["title"], ["No"]);
    let seen = serving.await.unwrap();
    let key = seen[0].header("idempotency-key");
    assert_eq!(key.len(), 32);
    assert_eq!(key, seen[1].header("idempotency-key"));
    assert_eq!(seen[0].body, r#"{"title":"One"}"#);
    assert_eq!(seen[0].body, seen[1].body);
}

#[tokio::test]
async fn what_would_be_refused_the_second_time_is_sent_once() {
    let (base, serving) = server(vec![answer("503 Service Unavailable", "", "")]).await;
    let error = client(&base)
        .organization(ORG)
        .delete_task(ORG)
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::Unreadable { status: 503, .. }),
        "{error}"
    );
    let seen = serving.await.unwrap();
    assert_eq!(
        seen[0].line,
        format!("DELETE /organizations/{ORG}/tasks/{ORG}/delete HTTP/1.1")
    );
}

#[tokio::test]
async fn attempts_come_to_an_end() {
    let (base, serving) = server(vec![answer("502 Bad Gateway", "", "<html>"); 4]).await;
    let error = client(&base).me().await.unwrap_err();
    assert_eq!(error.status(), Some(502));
    assert_eq!(serving.await.unwrap().len(), 4);
}

#[tokio::test]
async fn a_change_tells_clearing_from_leaving_alone() {
    let (base, serving) = server(vec![answer("204 No Content", "", "")]).await;
    let change = TaskChange {
        deadline: Some(None),
        title: Some("Two".to_owned()),
        ..TaskChange::default()
    };
    // The answer is no task, which is what the error has to say.
    let error = client(&base)
        .organization(ORG)
        .update_task(ORG, &change)
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::Unreadable { status: 204, .. }),
        "{error}"
    );
    assert_eq!(
        serving.await.unwrap()[0].body,
        r#"{"title":"Two","deadline":null}"#
    );
}

#[tokio::test]
async fn ids_stay_within_their_place_in_the_address() {
    let (base, serving) = server(vec![answer("404 Not Found", "", "")]).await;
    let work = client(&base).organization(ORG);
    assert_eq!(
        work.task("a/b?c#d é").await.unwrap_err().status(),
        Some(404)
    );
    assert_eq!(
        serving.await.unwrap()[0].line,
        format!("GET /organizations/{ORG}/tasks/a%2Fb%3Fc%23d%20%C3%A9 HTTP/1.1")
    );
    for id in ["", ".", ".."] {
        assert!(
            matches!(work.archive_task(id).await, Err(Error::Unsendable(_))),
            "{id:?}"
        );
    }
}

#[tokio::test]
async fn nobody_there_is_said_so() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = client(&base).me().await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    assert!(
        error
            .to_string()
            .contains(base.trim_start_matches("http://")),
        "{error}"
    );
}

#[test]
fn what_cannot_be_sent_is_refused_at_once() {
    for (base, token) in [
        ("not an address", "t"),
        ("ftp://x", "t"),
        ("http://x/?a=b", "t"),
        ("http://x", "a\nb"),
    ] {
        assert!(
            matches!(Client::new(base, token), Err(Error::Unsendable(_))),
            "{base}"
        );
    }
    assert!(
        !format!("{:?}", Client::new("http://x", "tsp_secret").unwrap()).contains("tsp_secret")
    );
}
