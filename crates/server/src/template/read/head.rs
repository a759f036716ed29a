//! Title, texts and settings of a template (contract: templates, sections 2.3 and 2.4).

use tallystick_wire::Patch;
use tallystick_wire::lenient::Json;
use tallystick_wire::template::{TITLE_MAX, TemplateType};

use super::value::set;
use super::{HTML_MAX, MOST, Outside, Reader};
use crate::template::model::{Head, Record};

/// Longest description, in characters.
const SUMMARY_MAX: usize = 2_000;
/// Longest name format, in characters.
const FORMAT_MAX: usize = 550;
/// Longest short text, in characters.
const SHORT_MAX: usize = 250;

/// The title; it is required in every body.
pub fn title(reader: &Reader<'_>) -> Option<String> {
    match reader.text("title", TITLE_MAX) {
        Patch::Value(title) => Some(title),
        _ => {
            if reader.value("title").is_none_or(|value| value.is_string()) {
                reader.fault("title", "The title field is required");
            }
            None
        }
    }
}

/// The type; none when it is missing or unknown, which `required` makes a fault.
pub fn kind(reader: &Reader<'_>, required: bool) -> Option<TemplateType> {
    match reader.text("type", SHORT_MAX) {
        Patch::Value(word) => TemplateType::read(&word).or_else(|| {
            reader.fault("type", "The type must be procedure, form or document");
            None
        }),
        _ => {
            if required && reader.value("type").is_none() {
                reader.fault(
                    "type",
                    "The type field is required: procedure, form or document",
                );
            }
            None
        }
    }
}

/// Everything else that a version holds.
pub fn settings(reader: &Reader<'_>, head: &mut Head) {
    let summary_max = if head.kind == TemplateType::Document {
        HTML_MAX
    } else {
        SUMMARY_MAX
    };
    reader.set_html("summary", summary_max, &mut head.summary);
    reader.set_html("guidance", HTML_MAX, &mut head.guidance);
    reader.set_text("icon", SHORT_MAX, &mut head.icon);
    reader.set_url("explanation_video", &mut head.explanation_video);
    reader.set_url("webhook", &mut head.webhook);
    reader.set_url("public_cover", &mut head.public_cover);
    reader.set_text("kickoff_title", SHORT_MAX, &mut head.kickoff_title);
    reader.set_html(
        "kickoff_description",
        HTML_MAX,
        &mut head.kickoff_description,
    );
    reader.set_text(
        "default_process_name_format",
        FORMAT_MAX,
        &mut head.default_process_name_format,
    );
    for (key, place) in [
        (
            "folder_changeable_by_launcher",
            &mut head.folder_changeable_by_launcher,
        ),
        ("folderize_process", &mut head.folderize_process),
        ("tag_process", &mut head.tag_process),
        ("auto_naming", &mut head.auto_naming),
        (
            "allow_launcher_change_name",
            &mut head.allow_launcher_change_name,
        ),
        ("can_add_oot", &mut head.can_add_oot),
    ] {
        reader.set_flag(key, place);
    }
    let folder = reader.id("default_folder");
    if let Patch::Value(id) = &folder {
        reader.names("default_folder", Outside::ProcessFolder(id.clone()));
    }
    set(folder, &mut head.default_folder);
    let sharer = reader.int("kickoff_sharing_user_id", 1, i64::MAX);
    if let Patch::Value(id) = sharer {
        reader.names("kickoff_sharing_user_id", Outside::Member(id));
    }
    set(sharer, &mut head.kickoff_sharing_user_id);
    let other = reader.id("ko_form_blueprint_id");
    if let Patch::Value(id) = &other {
        reader.names("ko_form_blueprint_id", Outside::Template(id.clone()));
    }
    set(other, &mut head.ko_form_blueprint_id);
    keywords(reader, "industry_tags", &mut head.industry_tags);
    keywords(reader, "topic_tags", &mut head.topic_tags);
}

/// Public keywords are kept as they were sent.
fn keywords(reader: &Reader<'_>, key: &str, place: &mut Vec<Json>) {
    let Some(entries) = reader.list(key, MOST) else {
        return;
    };
    let entries: Vec<Json> = entries.into_iter().cloned().map(Json).collect();
    if serde_json::to_string(&entries).is_ok_and(|text| text.len() > 100_000) {
        reader.fault(
            key,
            format!("The {key} must not be larger than 100000 bytes"),
        );
        return;
    }
    *place = entries;
}

/// What a template is, apart from what its versions say. `is_admin` may pin.
pub fn record(reader: &Reader<'_>, record: &mut Record, is_admin: bool) {
    reader.set_text("status", SHORT_MAX, &mut record.status);
    reader.set_flag("is_public", &mut record.is_public);
    reader.set_flag("is_featured", &mut record.is_featured);
    reader.set_flag("is_public_kickoff", &mut record.is_public_kickoff);
    reader.set_flag("dual_version_enabled", &mut record.dual_version_enabled);
    // Clients send back what they were shown: only an administrator's word changes anything.
    if is_admin {
        reader.set_flag("is_pinned", &mut record.is_pinned);
    }
    let owner = reader.int("owner_id", 1, i64::MAX);
    if let Patch::Value(id) = owner {
        reader.names("owner_id", Outside::Member(id));
        record.owner_id = id;
    }
    // Whoever starts a template stands nowhere in it: they only have to be a member.
    if let Patch::Value(id) = reader.int("user_id", 1, i64::MAX) {
        reader.names("user_id", Outside::Member(id));
    }
    let folder = reader.id("folder_id");
    if let Patch::Value(id) = &folder {
        reader.names("folder_id", Outside::Folder(id.clone()));
    }
    set(folder, &mut record.folder_id);
}
