//! A template as one viewer gets it.

mod parts;

use std::collections::BTreeMap;

use serde_json::json;
use tallystick_db::Tx;
use tallystick_wire::include::{Collection, Item};
use tallystick_wire::lenient::{Json, Object};
use tallystick_wire::template::{Template as View, TemplateIncludes};

use crate::http::query::Query;
use crate::http::{Member, Refusal};
use crate::template::access::{Grants, Permission};
use crate::template::around::{self, Asked};
use crate::template::model::Template;
use crate::template::store::{self, Kinds};
use crate::thread::view::{Said, Talk};
use crate::thread::{self, Subject};

pub use parts::{capture, prerun, rule, stage, stages, step, steps};

/// Collections that may hang on a template and that nothing fills yet.
const COLLECTIONS: [&str; 6] = [
    "linked_tasks",
    "assets",
    "member_watchers",
    "guest_watchers",
    "runs",
    "statistics",
];

/// What `with=` asks for, read once for a whole list.
#[derive(Debug, Clone, Default)]
pub struct With {
    steps: bool,
    stages: bool,
    permissions: bool,
    talk: thread::view::With,
    around: Asked,
    empty: Vec<&'static str>,
}

impl With {
    /// Reads `with=`. What always comes along, and what is not known, is ignored.
    #[must_use]
    pub fn read(query: &Query) -> Self {
        let has = |name: &str| query.asks_into(name);
        Self {
            steps: has("steps"),
            stages: has("stages"),
            permissions: has("permissions"),
            talk: thread::view::With::read(query),
            around: Asked {
                tags: has("tags"),
                folder: has("folder"),
                folder_tree: query.flag("entire_folder_tree") == Some(true),
            },
            empty: COLLECTIONS.into_iter().filter(|name| has(name)).collect(),
        }
    }

    /// Everything that belongs to the template itself.
    #[must_use]
    pub fn whole() -> Self {
        Self {
            steps: true,
            stages: true,
            around: Asked {
                tags: true,
                ..Asked::default()
            },
            ..Self::default()
        }
    }

    /// Which parts have to be loaded.
    #[must_use]
    pub const fn kinds(&self) -> Kinds {
        if self.steps || self.stages {
            Kinds::All
        } else {
            Kinds::Usual
        }
    }
}

/// What stands beside a template and belongs to its viewer.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// Everybody's grants.
    pub grants: Grants,
    /// Whether it is one of the viewer's favourites.
    pub starred: bool,
    /// What was said about it, as far as that is asked for.
    pub said: Said,
}

/// One template with what was asked for.
pub fn single(
    tx: &mut Tx<'_>,
    template: &Template,
    grants: Grants,
    member: &Member,
    with: &With,
) -> Result<View, Refusal> {
    let starred = store::is_starred(tx, &member.organization, &template.record.id, member.id())?;
    let ids = std::slice::from_ref(&template.record.id);
    let talk = Talk::read(tx, &member.organization, Subject::Template, ids, with.talk)?;
    let beside = Beside {
        grants,
        starred,
        said: talk.of(&template.record.id),
    };
    let mut view = [show(template, beside, with)];
    around::fill(tx, &member.organization, &mut view, with.around)?;
    let [view] = view;
    Ok(view)
}

/// A page of templates with what was asked for.
pub fn many(
    tx: &mut Tx<'_>,
    templates: &[Template],
    member: &Member,
    with: &With,
) -> Result<Vec<View>, Refusal> {
    let mut beside = store::list::beside(tx, member, templates)?;
    let ids: Vec<String> = templates
        .iter()
        .map(|template| template.record.id.clone())
        .collect();
    let talk = Talk::read(tx, &member.organization, Subject::Template, &ids, with.talk)?;
    let mut views: Vec<View> = templates
        .iter()
        .map(|template| {
            let mut own = beside.remove(&template.record.id).unwrap_or_default();
            own.said = talk.of(&template.record.id);
            show(template, own, with)
        })
        .collect();
    around::fill(tx, &member.organization, &mut views, with.around)?;
    Ok(views)
}

/// Puts a template together.
#[must_use]
pub fn show(template: &Template, beside: Beside, with: &With) -> View {
    let Template { record, content } = template;
    let head = &content.head;
    let named = beside.grants.of(Permission::Named);
    View {
        id: record.id.clone(),
        increment_id: record.increment_id,
        version: record.version,
        title: head.title.clone(),
        summary: head.summary.clone(),
        r#type: head.kind,
        status: record.status.clone(),
        starred: beside.starred,
        is_pinned: record.is_pinned,
        alias: record.alias.clone(),
        icon: head.icon.clone(),
        guidance: head.guidance.clone(),
        explanation_video: head.explanation_video.clone(),
        webhook: head.webhook.clone(),
        folder_id: record.folder_id.clone(),
        default_folder: head.default_folder.clone(),
        folder_changeable_by_launcher: head.folder_changeable_by_launcher,
        folderize_process: head.folderize_process,
        tag_process: head.tag_process,
        auto_naming: head.auto_naming,
        default_process_name_format: head.default_process_name_format.clone(),
        allow_launcher_change_name: head.allow_launcher_change_name,
        can_add_oot: head.can_add_oot,
        is_public: record.is_public,
        is_featured: record.is_featured,
        public_cover: head.public_cover.clone(),
        is_public_kickoff: record.is_public_kickoff,
        kickoff_title: head.kickoff_title.clone(),
        kickoff_description: head.kickoff_description.clone(),
        kickoff_sharing_user_id: head.kickoff_sharing_user_id,
        ko_form_blueprint_id: head.ko_form_blueprint_id.clone(),
        dual_version_enabled: record.dual_version_enabled,
        is_published_state: record.is_published_state,
        prerun: content
            .kickoff
            .iter()
            .map(|field| prerun(&record.id, field))
            .collect(),
        automated_actions: (1..)
            .zip(&content.rules)
            .map(|(position, each)| rule(each, position))
            .collect(),
        users: named.users,
        groups: named.groups,
        industry_tags: head.industry_tags.clone(),
        topic_tags: head.topic_tags.clone(),
        steps_count: record.steps_count,
        started_processes: record.started_processes,
        created_by: record.created_by,
        owner_id: record.owner_id,
        last_updated_by: Some(record.last_updated_by),
        created_at: record.created_at,
        last_updated: record.updated_at,
        archived_at: record.archived_at,
        custom_fields: Some(Object::default()),
        includes: includes(template, beside.said, &beside.grants, with),
    }
}

fn includes(template: &Template, said: Said, grants: &Grants, with: &With) -> TemplateIncludes {
    let none = || Json(json!({"data": []}));
    let more: BTreeMap<_, _> = with
        .empty
        .iter()
        .map(|name| ((*name).to_owned(), none()))
        .collect();
    let Template { record, content } = template;
    TemplateIncludes {
        steps: with
            .steps
            .then(|| Collection::of(steps(&record.id, content))),
        stages: with
            .stages
            .then(|| Collection::of(stages(&record.id, content))),
        permissions: with.permissions.then(|| Item {
            data: grants.permissions(),
        }),
        threads: said.threads,
        comments: said.comments,
        issues: said.issues,
        threads_count: said.count,
        more,
    }
}
