//! Storing an edit, and recording what it changed.

use crate::activity::store::{Event, Subject, described, record_event};
use crate::http::fields::taken;
use crate::http::{Call, Member, Refusal};
use crate::template::access::{Grants, Permission};
use crate::template::edit::version::{Cause, begin};
use crate::template::model::Template;
use crate::template::store;
use crate::template::store::version::{self, Reason};
use crate::template::told::{self, Told};

/// An edit that is to be stored.
pub(super) struct Edit<'e> {
    /// The template as it was.
    pub before: &'e Template,
    /// The template as it is to be.
    pub after: &'e mut Template,
    /// Who may do what with it, before and after.
    pub grants: Option<(&'e Grants, &'e Grants)>,
    /// Whether it is to be published, or not any more; none for what the edit makes of it.
    pub published: Option<bool>,
    /// Why it changes.
    pub cause: Cause,
    /// What the feed tells of it; none for each change by itself.
    pub told: Option<Told>,
}

impl<'e> Edit<'e> {
    /// Somebody changed what is in it.
    pub const fn new(before: &'e Template, after: &'e mut Template) -> Self {
        Self {
            before,
            after,
            grants: None,
            published: None,
            cause: Cause::Edit,
            told: None,
        }
    }

    /// Stores it, if it changes anything.
    pub fn store(self, call: &mut Call<'_, '_, Member>) -> Result<(), Refusal> {
        let Self { before, after, .. } = self;
        let grants = self.grants.filter(|(old, new)| !old.mean_the_same(new));
        let is_other = after != before;
        if !is_other && grants.is_none() && self.published.is_none() {
            return Ok(());
        }
        begin(before, after, self.cause);
        let by = call.caller.id();
        let record = &mut after.record;
        record.steps_count = i64::try_from(after.content.steps.len()).unwrap_or(i64::MAX);
        record.updated_at = call.now;
        record.last_updated_by = by;
        if let Some(published) = self.published {
            record.is_published_state = published;
        }
        if self.published == Some(true) {
            version::keep(call.tx, call.org(), after, Reason::Published, by, call.now)?;
            after.record.is_kept = true;
        }
        let renamed = after.record.alias != before.record.alias;
        store::update(call.tx, call.org(), before, after).map_err(|error| {
            // Somebody else took the name since it was looked up.
            if renamed {
                taken("alias", error)
            } else {
                error.into()
            }
        })?;
        if let Some((_, new)) = grants {
            store::set_grants(call.tx, call.org(), &after.record.id, new)?;
        }
        let mut all = match self.told {
            Some(told) => vec![told],
            None if is_other => told::told(before, after),
            None => Vec::new(),
        };
        let title = &after.content.head.title;
        all.extend(
            grants
                .into_iter()
                .flat_map(|(old, new)| shared(old, new, title)),
        );
        all.extend(self.published.map(|published| by_hand(published, title)));
        all.iter()
            .try_for_each(|told| tell(call, &after.record.id, told))
    }
}

/// Stores what somebody changed in a template.
pub(super) fn store_change(
    call: &mut Call<'_, '_, Member>,
    before: &Template,
    after: &mut Template,
) -> Result<(), Refusal> {
    Edit::new(before, after).store(call)
}

/// Records one thing that was done to this template.
pub(super) fn tell(
    call: &mut Call<'_, '_, Member>,
    template: &str,
    told: &Told,
) -> Result<(), Refusal> {
    let field = told.field.as_deref();
    let event = Event {
        field: field.map(|field| (field, told.old.as_deref())),
        description: Some(&told.description),
        parent: told.step.is_some().then_some((Subject::Template, template)),
        ..Event::new(
            told.subject(),
            told.step.as_deref().unwrap_or(template),
            told.verb,
        )
    };
    Ok(record_event(call, &event)?)
}

fn by_hand(published: bool, title: &str) -> Told {
    let told = told::field("is_published_state", Some((!published).to_string()), title);
    if published {
        return Told {
            verb: "published",
            description: described("published", Subject::Template.word(), Some(title)),
            ..told
        };
    }
    Told {
        description: format!("took back the publication of the template \"{title}\""),
        ..told
    }
}

/// What was granted and taken back.
fn shared(old: &Grants, new: &Grants, title: &str) -> Vec<Told> {
    let (named, others) = (old.of(Permission::Named), new.of(Permission::Named));
    let mut all = Vec::new();
    if named.users != others.users {
        let users: Vec<String> = named.users.iter().map(i64::to_string).collect();
        all.push(told::field("users", Some(users.join(", ")), title));
    }
    if named.groups != others.groups {
        all.push(told::field("groups", Some(named.groups.join(", ")), title));
    }
    if old.permissions() != new.permissions() {
        all.push(told::field("permissions", None, title));
    }
    all
}
