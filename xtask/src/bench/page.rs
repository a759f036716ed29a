//! The page every server has to serve, as a request.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::blocking::Client;

/// One GET request.
#[derive(Clone)]
pub struct Page {
    /// Where.
    pub url: String,
    /// Sent along.
    pub headers: Vec<(&'static str, String)>,
}

impl Page {
    /// The page at `url` for whoever holds `token`. Every server gets the same headers, needed there or not.
    pub fn new(url: String, token: &str) -> Self {
        let headers = vec![
            ("Authorization", format!("Bearer {token}")),
            ("Accept", "application/json".to_owned()),
            ("X-Tallyfy-Client", "bench".to_owned()),
        ];
        Self { url, headers }
    }

    /// The body, if the server answers with 200.
    pub fn get(&self, client: &Client) -> Result<Vec<u8>> {
        let mut request = client.get(&self.url);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let answer = request
            .send()
            .with_context(|| format!("GET {}", self.url))?;
        let status = answer.status();
        let body = answer.bytes()?.to_vec();
        ensure!(
            status == 200,
            "GET {} answered {status}: {}",
            self.url,
            String::from_utf8_lossy(&body)
        );
        Ok(body)
    }
}

/// A client that goes straight to the server, whatever proxy the environment names.
pub fn client() -> Result<Client> {
    Ok(Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(60))
        .build()?)
}
