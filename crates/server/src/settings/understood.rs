//! The values of the settings, understood: the types the rest of the server takes.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
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
    /// `[oauth]`
    pub oauth: OAuthSettings,
    /// `[accounts]`
    pub accounts: AccountSettings,
    /// `[mail]`
    pub mail: MailSettings,
    /// `[security]`
    pub security: SecuritySettings,
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
    pub per_token_endpoint: u32,
    pub registrations: u32,
    pub comments: u32,
    pub failed_sign_ins: u32,
}

/// `[oauth]`; lives in seconds.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the table explains each")]
pub struct OAuthSettings {
    pub access: i64,
    pub refresh: i64,
    pub self_registered_access: i64,
    pub self_registered_refresh: i64,
    pub application: i64,
    pub issued: i64,
    pub code: i64,
    pub registration: bool,
}

/// `[accounts]`
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the table explains each")]
pub struct AccountSettings {
    pub registration: bool,
    pub session_days: i64,
}

/// `[mail]`
#[derive(Clone)]
#[expect(missing_docs, reason = "the table explains each")]
pub struct MailSettings {
    pub smtp: Option<String>,
    pub folder: Option<PathBuf>,
    pub from: String,
}

impl fmt::Debug for MailSettings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address of the mail server may hold a password.
        out.debug_struct("MailSettings")
            .field("smtp", &self.smtp.is_some())
            .field("folder", &self.folder)
            .field("from", &self.from)
            .finish()
    }
}

/// `[security]`
#[derive(Clone)]
#[expect(missing_docs, reason = "the table explains each")]
pub struct SecuritySettings {
    pub key_file: Option<PathBuf>,
    pub leak_report_secret: Option<String>,
}

impl fmt::Debug for SecuritySettings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("SecuritySettings")
            .field("key_file", &self.key_file)
            .field("leak_report_secret", &self.leak_report_secret.is_some())
            .finish()
    }
}

/// `[tokens]`
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the table explains each")]
pub struct TokenSettings {
    pub max_days: Option<i64>,
    pub light_members: bool,
    pub revoke_on_logout: bool,
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
        let life = |key: &str| number(key).map(|seconds| i64::from(seconds.max(1)));
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
                per_token_endpoint: number("limits.per_token_endpoint")?,
                registrations: number("limits.registrations")?,
                comments: number("limits.comments")?,
                failed_sign_ins: number("limits.failed_sign_ins")?,
            },
            tokens: TokenSettings {
                max_days: Some(i64::from(number("tokens.max_days")?)).filter(|days| *days > 0),
                light_members: flag("tokens.light_members")?,
                revoke_on_logout: flag("tokens.revoke_on_logout")?,
            },
            oauth: OAuthSettings {
                access: life("oauth.access_seconds")?,
                refresh: life("oauth.refresh_seconds")?,
                self_registered_access: life("oauth.self_registered_access_seconds")?,
                self_registered_refresh: life("oauth.self_registered_refresh_seconds")?,
                application: life("oauth.application_seconds")?,
                issued: life("oauth.issued_seconds")?,
                code: life("oauth.code_seconds")?.min(600),
                registration: flag("oauth.registration")?,
            },
            accounts: AccountSettings {
                registration: flag("accounts.registration")?,
                session_days: i64::from(number("accounts.session_days")?.max(1)),
            },
            mail: MailSettings {
                smtp: optional("mail.smtp"),
                folder: optional("mail.folder").map(PathBuf::from),
                from: text("mail.from"),
            },
            security: SecuritySettings {
                key_file: optional("security.key_file").map(PathBuf::from),
                leak_report_secret: optional("security.leak_report_secret"),
            },
            metrics: MetricsSettings {
                listen: optional("metrics.listen")
                    .map(|_| address("metrics.listen"))
                    .transpose()?,
            },
        })
    }
}
