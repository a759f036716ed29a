//! The listener: accepts connections, bounds them, and ends them politely.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use crate::app::App;
use crate::http::error::Refusal;
use crate::http::outer::Front;

/// How long requests that are under way may take to end after a stop signal.
const GRACE: Duration = Duration::from_secs(10);
/// Longest request head.
const HEAD: usize = 64 * 1024;

/// Serves until `stop` resolves, then answers what is under way and returns.
pub async fn serve(app: App, listener: TcpListener, stop: impl Future<Output = ()>) {
    let front = Front::new(app.clone(), crate::router::router(&app));
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(app.settings.server.max_connections));
    let mut stop = std::pin::pin!(stop);
    let chores = tokio::spawn(chores(app.clone()));
    let (halt, halted) = watch::channel(false);
    let mail = tokio::spawn(crate::mail::sender::run(app.clone(), halted));
    app.db.look_through();
    loop {
        let Ok(place) = places.clone().acquire_owned().await else {
            break;
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let (socket, peer) = match accepted {
            Ok(pair) => pair,
            Err(error) => {
                // Out of descriptors, most likely: those in use are freed sooner when we do not spin.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let _ = socket.set_nodelay(true);
        let front = front.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let front = front.clone();
            async move {
                let mut request = request.map(axum::body::Body::new);
                request.extensions_mut().insert::<SocketAddr>(peer);
                Ok::<_, std::convert::Infallible>(front.answer(request).await)
            }
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(app.settings.server.header_timeout)
            .max_buf_size(HEAD)
            .serve_connection(TokioIo::new(socket), service);
        let watched = graceful.watch(connection);
        tokio::spawn(async move {
            let _place = place;
            if let Err(error) = watched.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    drop(listener);
    app.health.stopping();
    if tokio::time::timeout(GRACE, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("some requests did not end within {GRACE:?} and are cut off");
    }
    chores.abort();
    // A mail that is under way may still go out: cut off, it would be sent twice.
    let _ = halt.send(true);
    let sender = mail.abort_handle();
    if tokio::time::timeout(GRACE / 2, mail).await.is_err() {
        sender.abort();
    }
    if let Err(error) = app.usage.flush(&app.db).await {
        tracing::warn!(%error, "the last uses of tokens were not written down");
    }
}

/// What has to be done now and then.
async fn chores(app: App) {
    let mut tick = tokio::time::interval(Duration::from_secs(5));
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    for round in 0_u64.. {
        tick.tick().await;
        if let Err(error) = app.usage.flush(&app.db).await {
            tracing::warn!(%error, "uses of tokens were not written down");
        }
        if round % 120 == 0 {
            app.limits.forget_idle();
            let (inside, now) = (app.clone(), app.clock.now());
            let cleared = app
                .write(move |tx| {
                    crate::http::idempotency::forget_old(tx, now)?;
                    crate::bin::empty_old(tx, now)?;
                    crate::audit::store::forget_old(tx, now)?;
                    crate::account::forget_old(tx, now)?;
                    crate::mail::forget_old(tx, now)?;
                    crate::mail::announce_expiring_tokens(tx, &inside, now)?;
                    Ok::<_, Refusal>(())
                })
                .await;
            if let Err(refusal) = cleared {
                tracing::warn!(cause = ?refusal.reason, "old rows were not cleared away");
            }
        }
    }
}

/// The Prometheus page on its own listener.
pub async fn serve_metrics(app: App, listener: TcpListener) {
    let page = move || {
        let app = app.clone();
        async move { app.metrics.render() }
    };
    let router = axum::Router::new().route("/metrics", axum::routing::get(page));
    if let Err(error) = axum::serve(listener, router).await {
        tracing::warn!(%error, "the metrics page has ended");
    }
}
