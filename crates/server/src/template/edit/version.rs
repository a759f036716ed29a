//! What a change of the content does to the version being edited.

use crate::template::model::Template;

/// Why the content changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Somebody edits it: where edits wait to be published, so does this one.
    Edit,
    /// What it names went away. Nobody decided anything about the template, so it stays as published as it was.
    Loss,
}

/// A version that was kept stays as it is, so the next one begins.
pub fn begin(before: &Template, after: &mut Template, cause: Cause) {
    if after.content == before.content {
        return;
    }
    let record = &mut after.record;
    if before.record.is_kept {
        record.version = before.record.version + 1;
        record.is_kept = false;
    }
    if cause == Cause::Edit && record.dual_version_enabled {
        record.is_published_state = false;
    }
}
