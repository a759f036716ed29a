//! Every setting: its name, default, environment name and sentence of help, in one table.
//!
//! A value comes from the file, then from the environment, then from flags; the later one wins, and
//! `tallystick settings` shows where each came from.

mod understood;

use std::collections::BTreeMap;
use std::path::Path;

pub use understood::{
    AccountSettings, ApiSettings, ClientHeader, DatabaseSettings, LimitSettings, MailSettings,
    MetricsSettings, OAuthSettings, SecuritySettings, ServerSettings, Settings, TokenSettings,
};

/// One row of the table.
pub struct Setting {
    /// `section.name`, as in the file.
    pub key: &'static str,
    /// Its default, as text.
    pub default: &'static str,
    /// What it does.
    pub help: &'static str,
    /// True when its value must not be shown.
    pub secret: bool,
}

const fn setting(key: &'static str, default: &'static str, help: &'static str) -> Setting {
    Setting {
        key,
        default,
        help,
        secret: false,
    }
}

/// The table.
pub const SETTINGS: &[Setting] = &[
    setting(
        "server.listen",
        "127.0.0.1:8080",
        "Address and port to serve on",
    ),
    setting(
        "server.public_url",
        "",
        "Address that people and programs reach the server at, for links; empty: as the request says",
    ),
    setting(
        "server.trusted_proxies",
        "",
        "Addresses of reverse proxies whose X-Forwarded-* headers are believed, comma separated",
    ),
    setting(
        "server.request_timeout_seconds",
        "30",
        "A request that takes longer is given up",
    ),
    setting(
        "server.header_timeout_seconds",
        "10",
        "A connection that sends no complete header for so long is closed",
    ),
    setting(
        "server.max_body_bytes",
        "2097152",
        "Largest body of a request, uploads apart",
    ),
    setting(
        "server.max_connections",
        "4096",
        "Connections served at once; more wait",
    ),
    setting(
        "server.cors_origins",
        "*",
        "Origins whose pages may call the API, comma separated; * is any (tokens are not cookies)",
    ),
    Setting {
        key: "database.address",
        default: "",
        help: "sqlite:PATH or postgres://…",
        secret: true,
    },
    setting(
        "database.connections",
        "0",
        "Connections for reading (SQLite) or in all (PostgreSQL); 0: by the number of cores",
    ),
    setting(
        "database.instance",
        "",
        "If set, only the database with this instance id is opened (see `tallystick doctor`)",
    ),
    setting(
        "api.client_header",
        "required",
        "Whether X-Tallyfy-Client has to be sent: required or optional",
    ),
    setting(
        "limits.per_person",
        "600",
        "Requests a minute for each person; 0: no limit",
    ),
    setting("limits.burst", "140", "Requests a person may send at once"),
    setting(
        "limits.per_stranger",
        "60",
        "Requests a minute without an accepted token, for each address; 0: no limit",
    ),
    setting(
        "tokens.max_days",
        "366",
        "Longest life of a personal access token, in days; 0: no limit, and tokens may be made to last for ever",
    ),
    setting(
        "tokens.light_members",
        "false",
        "Whether light members may make personal access tokens",
    ),
    setting(
        "tokens.revoke_on_logout",
        "false",
        "Whether signing out of the pages also revokes the person's personal access tokens, as the original does",
    ),
    setting(
        "limits.per_token_endpoint",
        "60",
        "Requests a minute to the OAuth endpoints for programs, for each address; 0: no limit",
    ),
    setting(
        "limits.registrations",
        "5",
        "Applications that may register themselves in an hour, for each address; 0: no limit",
    ),
    setting(
        "limits.comments",
        "120",
        "Comments an hour in each organization; 0: no limit",
    ),
    setting(
        "limits.failed_sign_ins",
        "10",
        "Failed sign-ins in 15 minutes, for each account and for each network, before more are refused; 0: no limit",
    ),
    setting(
        "oauth.access_seconds",
        "15778800",
        "Life of an access token that an application gets for a person; 3600 for a hardened installation",
    ),
    setting(
        "oauth.refresh_seconds",
        "31557600",
        "Life of a refresh token; 2592000 for a hardened installation",
    ),
    setting(
        "oauth.self_registered_access_seconds",
        "3600",
        "Life of an access token of an application that registered itself",
    ),
    setting(
        "oauth.self_registered_refresh_seconds",
        "2592000",
        "Life of a refresh token of an application that registered itself",
    ),
    setting(
        "oauth.application_seconds",
        "604800",
        "Life of an application's own token (client credentials)",
    ),
    setting(
        "oauth.issued_seconds",
        "7776000",
        "Life of a user token that an application asks for with its own token",
    ),
    setting(
        "oauth.code_seconds",
        "60",
        "Life of an authorization code, at most 600",
    ),
    setting(
        "oauth.registration",
        "true",
        "Whether applications may register themselves (RFC 7591)",
    ),
    setting(
        "accounts.registration",
        "false",
        "Whether strangers may create an account with an organization of their own",
    ),
    setting(
        "accounts.session_days",
        "14",
        "A browser that was not used for so long has to sign in again",
    ),
    Setting {
        key: "mail.smtp",
        default: "",
        help: "Mail server, such as smtps://user:password@mail.example.com or smtp://mail.example.com:587?tls=required",
        secret: true,
    },
    setting(
        "mail.folder",
        "",
        "Folder that mail is written to, one file each, when there is no mail server",
    ),
    setting(
        "mail.from",
        "Tallystick <tallystick@localhost>",
        "Sender of mail",
    ),
    setting(
        "security.key_file",
        "",
        "File with the key that stored secrets are encrypted with, made when it is missing; empty: beside the SQLite file",
    ),
    Setting {
        key: "security.leak_report_secret",
        default: "",
        help: "Secret that reports of leaked tokens are signed with; empty: no reports are taken",
        secret: true,
    },
    setting(
        "log.level",
        "info",
        "What is logged: error, warn, info, debug, trace, or a filter such as tallystick=debug",
    ),
    setting("log.format", "text", "text for people, json for machines"),
    setting(
        "metrics.listen",
        "",
        "Address and port of the Prometheus page /metrics; empty: off",
    ),
];

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The table above.
    Default,
    /// The settings file.
    File,
    /// An environment variable.
    Environment,
    /// A flag.
    Flag,
}

/// Values by key, with where each came from.
#[derive(Debug, Clone)]
pub struct Values(BTreeMap<&'static str, (String, Source)>);

impl Setting {
    /// `TALLYSTICK_SERVER_LISTEN` and so on.
    #[must_use]
    pub fn variable(&self) -> String {
        format!(
            "TALLYSTICK_{}",
            self.key.replace('.', "_").to_ascii_uppercase()
        )
    }
}

impl Default for Values {
    fn default() -> Self {
        Self(
            SETTINGS
                .iter()
                .map(|setting| (setting.key, (setting.default.to_owned(), Source::Default)))
                .collect(),
        )
    }
}

impl Values {
    /// Sets one value. An unknown key is an error: a typing mistake must not silently mean the default.
    pub fn set(&mut self, key: &str, value: &str, source: Source) -> Result<(), String> {
        match SETTINGS.iter().find(|setting| setting.key == key) {
            Some(setting) => {
                self.0
                    .insert(setting.key, (value.trim().to_owned(), source));
                Ok(())
            }
            None => Err(format!(
                "There is no setting {key}. `tallystick settings` lists them all."
            )),
        }
    }

    /// Reads a TOML file of `[section]` and `name = value`.
    pub fn read_file(&mut self, path: &Path) -> Result<(), String> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            format!(
                "The settings file {} cannot be read: {error}",
                path.display()
            )
        })?;
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            format!(
                "The settings file {} is not valid TOML: {}",
                path.display(),
                error.message()
            )
        })?;
        for (section, entries) in &table {
            let Some(entries) = entries.as_table() else {
                return Err(format!(
                    "{section} in {} stands outside of a [section]",
                    path.display()
                ));
            };
            for (name, value) in entries {
                let value = match value {
                    toml::Value::String(text) => text.clone(),
                    toml::Value::Array(items) => items
                        .iter()
                        .filter_map(toml::Value::as_str)
                        .collect::<Vec<_>>()
                        .join(","),
                    toml::Value::Integer(number) => number.to_string(),
                    toml::Value::Boolean(flag) => flag.to_string(),
                    _ => {
                        return Err(format!(
                            "{section}.{name} in {} is neither text, number, true or false, nor a list of texts",
                            path.display()
                        ));
                    }
                };
                self.set(&format!("{section}.{name}"), &value, Source::File)?;
            }
        }
        Ok(())
    }

    /// Reads the environment; `NAME_FILE` names a file that holds the value, for secrets.
    pub fn read_environment(
        &mut self,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<(), String> {
        let variables: BTreeMap<String, String> = variables
            .filter(|(name, _)| name.starts_with("TALLYSTICK_"))
            .collect();
        for setting in SETTINGS {
            let name = setting.variable();
            if let Some(value) = variables.get(&name) {
                self.set(setting.key, value, Source::Environment)?;
            } else if let Some(path) = variables.get(&format!("{name}_FILE")) {
                let value = std::fs::read_to_string(path).map_err(|error| {
                    format!("{name}_FILE names {path}, which cannot be read: {error}")
                })?;
                self.set(setting.key, &value, Source::Environment)?;
            }
        }
        Ok(())
    }

    /// A value and its source.
    #[must_use]
    pub fn get(&self, key: &str) -> (&str, Source) {
        self.0
            .get(key)
            .map_or(("", Source::Default), |(value, source)| {
                (value.as_str(), *source)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_readable_and_later_sources_win() {
        let mut values = Values::default();
        let settings = Settings::read(&values).unwrap();
        assert_eq!(settings.api.client_header, ClientHeader::Required);
        values.set("limits.per_person", "7", Source::File).unwrap();
        values
            .read_environment(
                [("TALLYSTICK_LIMITS_PER_PERSON".to_owned(), "8".to_owned())].into_iter(),
            )
            .unwrap();
        assert_eq!(Settings::read(&values).unwrap().limits.per_person, 8);
        assert_eq!(values.get("limits.per_person"), ("8", Source::Environment));
    }

    #[test]
    fn a_wrong_value_is_named() {
        let mut values = Values::default();
        values
            .set("server.listen", "everywhere", Source::Flag)
            .unwrap();
        let error = Settings::read(&values).unwrap_err();
        assert!(
            error.contains("server.listen") && error.contains("everywhere"),
            "{error}"
        );
        assert!(values.set("server.listne", "x", Source::File).is_err());
    }
}
