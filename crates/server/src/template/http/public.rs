//! Public templates: for anybody, without a credential (contract: templates, section 11).

use std::sync::Arc;

use futures_util::future::BoxFuture;
use tallystick_wire::include::Collection;
use tallystick_wire::template::{Field as FieldView, PublicStep, PublicTemplate};
use tallystick_wire::{ErrorBody, Item};

use crate::app::App;
use crate::http::call::object_id;
use crate::http::request::Request;
use crate::http::{Answer, Refusal, Reply};
use crate::template::model::Template;
use crate::template::snippets;
use crate::template::store::{self, Hold, Kinds};
use crate::template::view;

/// A public template
///
/// By its alias or id. Texts, steps and forms, without people and rules; public snippets stand in the texts that embed them,
/// others are left out. One answer for a template that is not public and for
/// one that does not exist.
#[utoipa::path(get, path = "/public/organizations/{org}/checklists/{alias}", tag = "templates", operation_id = "public_template",
    params(("org" = String, Path), ("alias" = String, Path)),
    responses((status = 200, body = Item<PublicTemplate>), (status = 404, body = ErrorBody)))]
pub fn get(app: App, request: Arc<Request>) -> BoxFuture<'static, Answer> {
    Box::pin(async move {
        let named = |name| request.param(name).map(str::to_owned);
        let organization = named("org").as_deref().and_then(object_id);
        let (Some(organization), Some(alias)) = (organization, named("alias")) else {
            return Err(Refusal::not_found());
        };
        let found = app
            .db
            .read(move |tx| -> Result<_, Refusal> {
                let id = match object_id(&alias) {
                    Some(id) => Some(id),
                    None => store::by_alias(tx, &organization, &alias)?,
                };
                let Some(id) = id else { return Ok(None) };
                let found = store::get(tx, &organization, &id, Hold::Not, Kinds::All)?;
                let public = found.filter(|template| {
                    template.record.is_public && template.record.archived_at.is_none()
                });
                let Some(mut template) = public else {
                    return Ok(None);
                };
                snippets::fill(tx, &organization, &mut template.content, true)?;
                Ok(Some(template))
            })
            .await?;
        let template = found.ok_or_else(Refusal::not_found)?;
        Reply::data(shown(&template))
    })
}

fn shown(template: &Template) -> PublicTemplate {
    let Template { record, content } = template;
    let head = &content.head;
    // Custom fields are for members.
    let plain = |field: FieldView| FieldView {
        custom_fields: None,
        ..field
    };
    let steps = (1..)
        .zip(&content.steps)
        .filter(|(_, step)| !step.top_secret)
        .map(|(position, step)| PublicStep {
            id: step.id.clone(),
            alias: step.alias.clone(),
            title: step.title.clone(),
            summary: step.summary.clone(),
            step_type: step.kind,
            position,
            stage_id: step.stage_id.clone(),
            captures: step
                .fields
                .iter()
                .map(|field| plain(view::capture(&step.id, field)))
                .collect(),
        });
    PublicTemplate {
        id: record.id.clone(),
        alias: record.alias.clone(),
        title: head.title.clone(),
        summary: head.summary.clone(),
        r#type: head.kind,
        icon: head.icon.clone(),
        guidance: head.guidance.clone(),
        explanation_video: head.explanation_video.clone(),
        public_cover: head.public_cover.clone(),
        is_featured: record.is_featured,
        kickoff_title: head.kickoff_title.clone(),
        kickoff_description: head.kickoff_description.clone(),
        industry_tags: head.industry_tags.clone(),
        topic_tags: head.topic_tags.clone(),
        steps_count: record.steps_count,
        last_updated: record.updated_at,
        prerun: content
            .kickoff
            .iter()
            .map(|field| plain(view::prerun(&record.id, field)))
            .collect(),
        stages: Collection::of(view::stages(&record.id, content)),
        steps: Collection::of(steps.collect()),
    }
}
