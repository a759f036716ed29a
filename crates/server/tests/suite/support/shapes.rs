//! Whole answers as snapshots: what differs from run to run is checked for its form and then named.

use insta::Settings;
use insta::internals::{Content, ContentPath};
use tallystick_wire::{time, token};

/// Settings in which ids, secrets and moments are checked and replaced.
pub fn snapshots() -> Settings {
    let mut settings = Settings::clone_current();
    settings.set_prepend_module_to_snapshot(true);
    settings.add_dynamic_redaction(".**.id", id);
    settings.add_dynamic_redaction(".**.organization_id", id);
    settings.add_dynamic_redaction(".**.checklist_id", id);
    settings.add_dynamic_redaction(".data.token", secret);
    settings.add_dynamic_redaction(".**.prefix", start_of_secret);
    settings.add_redaction(".**.last4", "[last4]");
    for name in ["last_used_at", "last_accessed_at"] {
        settings.add_dynamic_redaction(&format!(".**.{name}"), moment_or_nothing);
    }
    for name in ["last_used_ip", "last_client", "last_known_ip"] {
        settings.add_redaction(&format!(".**.{name}"), "[after use]");
    }
    settings.set_sort_maps(false);
    settings
}

fn id(value: Content, _: ContentPath<'_>) -> Content {
    // People are numbered, and the numbers are the same in every run.
    match value.as_str() {
        Some(text) => {
            let hex = text
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            assert!(text.len() == 32 && hex, "{text} is no id");
            "[id]".into()
        }
        None => value,
    }
}

fn secret(value: Content, _: ContentPath<'_>) -> Content {
    let text = value.as_str().unwrap();
    assert_eq!(token::recognise(text), Some(token::Kind::Personal));
    "[token]".into()
}

fn start_of_secret(value: Content, _: ContentPath<'_>) -> Content {
    // A form field has a prefix of another kind.
    match value.as_str() {
        Some(text) => {
            assert!(text.starts_with("tsp_"));
            "[prefix]".into()
        }
        None => value,
    }
}

fn moment_or_nothing(value: Content, _: ContentPath<'_>) -> Content {
    if let Some(text) = value.as_str() {
        assert!(time::parse(text).is_some(), "{text} is no moment");
    }
    "[after use]".into()
}
