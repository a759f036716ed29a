//! The values of the settings, understood: the types the rest of the server takes.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use crate::settings::Values;

/// Whether the client header has to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientHeader {
    /// Without it: 401.
    Required,
    /// For clients that never send it.
    Optional,
}

/// The values, understood.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `[server]`
    pub server: ServerSettings,
    /// `[database]`
    pub database: DatabaseSettings,
    /// `[api]`
    pub api: ApiSettings,
    /// `[limits]`
    pub limits: LimitSettings,
    /// `[tokens]`
    pub tokens: TokenSettings,
    /// `[metrics]`
    pub metrics: MetricsSettings,
}

/// `[server]`
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the table explains each")]
pub struct ServerSettings {
    pub listen: SocketAddr,
    pub public_url: Option<String>,
    pub trusted_proxies: Vec<IpAddr>,
    pub request_timeout: Duration,
    pub header_timeout: Duration,
    pub max_body_bytes: usize,
    pub max_connections: usize,
    pub cors_origins: Vec<String>,
}

impl ServerSettings {
    /// Whether this address is a reverse proxy of ours.
    #[must_use]
    pub fn trusts(&self, ip: IpAddr) -> bool {
        self.trusted_proxies.contains(&ip)
    }
}

/// `[database]`
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the table explains each")]
pub struct DatabaseSettings {
    pub address: String,
    pub connections: u32,
    pub instance: Option<String>,
}

/// `[api]`
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the table explains each")]
pub struct ApiSettings {
    pub client_header: ClientHeader,
}

/// `[limits]`
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the table explains each")]
pub struct LimitSettings {
    pub per_person: u32,
    pub burst: u32,
    pub per_stranger: u32,
}

/// `[tokens]`
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the table explains each")]
pub struct TokenSettings {
    pub max_days: Option<i64>,
    pub light_members: bool,
}

/// `[metrics]`
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the table explains each")]
pub struct MetricsSettings {
    pub listen: Option<SocketAddr>,
}

impl Settings {
    /// Understands the values, or says which one is wrong and what it should be.
    pub fn read(values: &Values) -> Result<Self, String> {
        let text = |key: &str| values.get(key).0.to_owned();
        let optional = |key: &str| Some(text(key)).filter(|value| !value.is_empty());
        let list = |key: &str| -> Vec<String> {
            text(key)
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(str::to_owned)
                .collect()
        };
        let wrong = |key: &str, expected: &str| {
            format!(
                "The setting {key} must be {expected}, not \"{}\".",
                values.get(key).0
            )
        };
        let number = |key: &str| {
            text(key)
                .parse::<u32>()
                .map_err(|_| wrong(key, "a whole number"))
        };
        let address = |key: &str| {
            text(key)
                .parse::<SocketAddr>()
                .map_err(|_| wrong(key, "an address and port such as 127.0.0.1:8080"))
        };
        let flag = |key: &str| {
            tallystick_wire::lenient::flag(&text(key)).ok_or_else(|| wrong(key, "true or false"))
        };
        let public_url =
            optional("server.public_url").map(|url| url.trim_end_matches('/').to_owned());
        if public_url
            .as_ref()
            .is_some_and(|url| !url.starts_with("http://") && !url.starts_with("https://"))
        {
            return Err(wrong(
                "server.public_url",
                "an address that begins with http:// or https://",
            ));
        }
        let trusted_proxies = list("server.trusted_proxies")
            .iter()
            .map(|item| {
                item.parse().map_err(|_| {
                    wrong(
                        "server.trusted_proxies",
                        "addresses such as 10.0.0.2, separated by commas",
                    )
                })
            })
            .collect::<Result<_, _>>()?;
        let client_header = match text("api.client_header").as_str() {
            "required" => ClientHeader::Required,
            "optional" => ClientHeader::Optional,
            _ => return Err(wrong("api.client_header", "required or optional")),
        };
        if !matches!(text("log.format").as_str(), "text" | "json") {
            return Err(wrong("log.format", "text or json"));
        }
        let cores = std::thread::available_parallelism()
            .map_or(2, |cores| u32::try_from(cores.get()).unwrap_or(64));
        let connections = match number("database.connections")? {
            // PostgreSQL writes one change for each connection, and a change mostly waits for the disk.
            0 if text("database.address").starts_with("postgres") => (8 * cores).clamp(16, 64),
            0 => (2 * cores).clamp(4, 64),
            stated => stated,
        };
        let seconds =
            |key: &str| number(key).map(|seconds| Duration::from_secs(u64::from(seconds.max(1))));
        Ok(Self {
            server: ServerSettings {
                listen: address("server.listen")?,
                public_url,
                trusted_proxies,
                request_timeout: seconds("server.request_timeout_seconds")?,
                header_timeout: seconds("server.header_timeout_seconds")?,
                max_body_bytes: number("server.max_body_bytes")? as usize,
                max_connections: number("server.max_connections")?.max(1) as usize,
                cors_origins: list("server.cors_origins"),
            },
            database: DatabaseSettings {
                address: text("database.address"),
                connections,
                instance: optional("database.instance"),
            },
            api: ApiSettings { client_header },
            limits: LimitSettings {
                per_person: number("limits.per_person")?,
                burst: number("limits.burst")?,
                per_stranger: number("limits.per_stranger")?,
            },
            tokens: TokenSettings {
                max_days: Some(i64::from(number("tokens.max_days")?)).filter(|days| *days > 0),
                light_members: flag("tokens.light_members")?,
            },
            metrics: MetricsSettings {
                listen: optional("metrics.listen")
                    .map(|_| address("metrics.listen"))
                    .transpose()?,
            },
        })
    }
}
