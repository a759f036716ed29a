//! Style, scripts and pictures, compiled in. Their addresses change with their content, so browsers keep them for good.

use std::sync::LazyLock;

use axum::extract::{Path, State};
use http::{HeaderValue, Uri, header};
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::http::Refusal;
use crate::http::pipeline::Finished;
use crate::web::page;

struct Asset {
    name: &'static str,
    media: &'static str,
    bytes: &'static [u8],
    version: String,
}

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    const FILES: [(&str, &str, &[u8]); 6] = [
        (
            "app.css",
            "text/css; charset=utf-8",
            include_bytes!("../../static/app.css"),
        ),
        (
            "app.js",
            "text/javascript; charset=utf-8",
            include_bytes!("../../static/app.js"),
        ),
        (
            "forward.js",
            "text/javascript; charset=utf-8",
            include_bytes!("../../static/forward.js"),
        ),
        (
            "htmx.js",
            "text/javascript; charset=utf-8",
            include_bytes!("../../static/htmx.js"),
        ),
        (
            "logo.svg",
            "image/svg+xml",
            include_bytes!("../../static/logo.svg"),
        ),
        (
            "notches.svg",
            "image/svg+xml",
            include_bytes!("../../static/notches.svg"),
        ),
    ];
    let with_version = |(name, media, bytes): (_, _, &'static [u8])| Asset {
        name,
        media,
        bytes,
        version: format!("{:x}", Sha256::digest(bytes))[..12].to_owned(),
    };
    FILES.into_iter().map(with_version).collect()
});

fn find(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.name == name)
}

/// Where a file is, with its version.
#[must_use]
pub fn address(name: &str) -> String {
    let version = find(name).map_or("", |asset| &asset.version);
    format!("/app/static/{name}?{version}")
}

/// Serves one.
pub async fn serve(State(app): State<App>, Path(name): Path<String>, uri: Uri) -> Finished {
    let Some(asset) = find(&name) else {
        return page::failure(&app, &Refusal::not_found());
    };
    let mut response = Finished::new(axum::body::Body::from(asset.bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.media));
    // An address without the version, or with another one, is asked for again after an update.
    let kept = if uri.query() == Some(&asset.version) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        ),
    );
    response
}
