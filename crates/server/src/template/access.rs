//! Who may do what with a template (contract: auth, sections 14.2 and 14.3).
//!
//! Administrators, the owner and the maker may do everything that a grant allows; others need a grant, by name or through
//! a group. *Everyone* means administrators and standard members. Grants are read with each request, so a change counts
//! from the next one on.

use serde::{Deserialize, Serialize};
use tallystick_db::{Result, Tx, args};
use tallystick_wire::template::{Grant, Permissions};

use crate::draft::Draft;
use crate::http::{Call, Member, Refusal};
use crate::template::model::{Record, Template};
use crate::template::store::{self, Hold, Kinds};

/// What can be granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Permission {
    /// Read it.
    Read,
    /// Change it.
    Edit,
    /// Launch it.
    Launch,
    /// Copy it.
    Duplicate,
    /// Read its processes.
    ProcessRead,
    /// Named under `users` and `groups`: stands for reading and launching.
    Named,
}

impl Permission {
    /// The five that can be granted, in the order of the contract.
    pub const ALL: [Self; 5] = [
        Self::Read,
        Self::Edit,
        Self::Launch,
        Self::Duplicate,
        Self::ProcessRead,
    ];

    /// The word in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Edit => "edit",
            Self::Launch => "launch",
            Self::Duplicate => "duplicate",
            Self::ProcessRead => "process_read",
            Self::Named => "named",
        }
    }

    fn read(word: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter().chain([Self::Named]);
        all.find(|permission| permission.word() == word)
    }
}

/// Who holds a permission.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Holder {
    /// Administrators and standard members.
    Everyone,
    /// A member.
    Member(i64),
    /// A group.
    Group(String),
}

/// All grants of a template, in the order they were given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grants(pub Vec<(Permission, Holder)>);

impl Grants {
    /// What a new template grants: reading, unless the organisation restricts that.
    #[must_use]
    pub fn of_a_new_one(restricted: bool) -> Self {
        if restricted {
            Self::default()
        } else {
            Self(vec![(Permission::Read, Holder::Everyone)])
        }
    }

    /// Who has one permission.
    #[must_use]
    pub fn of(&self, permission: Permission) -> Grant {
        let mut grant = Grant::default();
        for (_, holder) in self.0.iter().filter(|(held, _)| *held == permission) {
            match holder {
                Holder::Everyone => grant.everyone = true,
                Holder::Member(id) => grant.users.push(*id),
                Holder::Group(id) => grant.groups.push(id.clone()),
            }
        }
        grant
    }

    /// Puts another grant in the place of this permission's.
    pub fn set(&mut self, permission: Permission, grant: &Grant) {
        self.0.retain(|(held, _)| *held != permission);
        let everyone = grant.everyone.then_some(Holder::Everyone);
        let users = grant.users.iter().map(|id| Holder::Member(*id));
        let groups = grant.groups.iter().map(|id| Holder::Group(id.clone()));
        for holder in everyone.into_iter().chain(users).chain(groups) {
            if !self.0.contains(&(permission, holder.clone())) {
                self.0.push((permission, holder));
            }
        }
    }

    /// All five, as they are shown.
    #[must_use]
    pub fn permissions(&self) -> Permissions {
        Permissions {
            read: self.of(Permission::Read),
            edit: self.of(Permission::Edit),
            launch: self.of(Permission::Launch),
            duplicate: self.of(Permission::Duplicate),
            process_read: self.of(Permission::ProcessRead),
        }
    }

    /// Whether others grant as much to the same; in which order each permission was given does not count.
    #[must_use]
    pub fn mean_the_same(&self, others: &Self) -> bool {
        self.permissions() == others.permissions()
            && self.of(Permission::Named) == others.of(Permission::Named)
    }

    fn hold(&self, permission: Permission, member: &Member, groups: &[String]) -> bool {
        let mut all = self.0.iter();
        all.any(|(held, holder)| {
            *held == permission
                && match holder {
                    Holder::Everyone => !member.is_light(),
                    Holder::Member(id) => *id == member.id(),
                    Holder::Group(id) => groups.contains(id),
                }
        })
    }
}

/// What one member may do with one template.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the five permissions")]
pub struct Rights {
    pub read: bool,
    pub edit: bool,
    pub launch: bool,
    pub duplicate: bool,
    pub process_read: bool,
}

impl Rights {
    /// Refuses who may read the template, but not change it.
    pub fn check_edit(self) -> std::result::Result<(), Refusal> {
        if self.edit {
            return Ok(());
        }
        Err(Refusal::forbidden(
            "You may read this template, not change it",
        ))
    }
}

/// What `member`, who is in these groups, may do with a template.
#[must_use]
pub fn rights(record: &Record, grants: &Grants, member: &Member, groups: &[String]) -> Rights {
    let own = record.owner_id == member.id() || record.created_by == member.id();
    let all = member.is_admin() || own;
    let has = |permission| all || grants.hold(permission, member, groups);
    let named = has(Permission::Named);
    let [edit, launch, duplicate, process_read] = [
        has(Permission::Edit),
        named || has(Permission::Launch),
        has(Permission::Duplicate),
        has(Permission::ProcessRead),
    ];
    Rights {
        read: named || edit || launch || duplicate || process_read || has(Permission::Read),
        // Light members carry work out; they do not design it.
        edit: edit && !member.is_light(),
        duplicate: duplicate && !member.is_light(),
        launch,
        process_read,
    }
}

/// The same rule in SQL, for lists of `t`; a test compares the two.
pub fn only_visible(draft: &mut Draft, member: &Member) {
    if member.is_admin() {
        return;
    }
    let me = draft.value(member.id());
    let name = draft.value(member.id().to_string());
    let everyone = if member.is_light() {
        ""
    } else {
        "g.subject_kind = 'everyone' OR "
    };
    draft.and(&format!(
        "(t.owner_id = {me} OR t.created_by = {me} OR EXISTS (SELECT 1 FROM template_grants g \
         WHERE g.organization_id = t.organization_id AND g.template_id = t.id AND ({everyone}\
         (g.subject_kind = 'member' AND g.subject = {name}) \
         OR (g.subject_kind = 'group' AND EXISTS (SELECT 1 FROM group_members x \
            WHERE x.organization_id = g.organization_id AND x.group_id = g.subject AND x.user_id = {me})))))"
    ));
}

/// The groups somebody is in.
fn groups_of(tx: &mut Tx<'_>, organization: &str, user_id: i64) -> Result<Vec<String>> {
    tx.all(
        "SELECT group_id FROM group_members WHERE organization_id = $1 AND user_id = $2",
        args![organization, user_id],
        |row| row.take(),
    )
}

/// A template that the caller may read, with what else they may do; not found otherwise, and when it is archived.
pub fn readable(
    call: &mut Call<'_, '_, Member>,
    id: &str,
) -> std::result::Result<(Template, Grants, Rights), Refusal> {
    readable_with(call, id, Kinds::All)
}

/// The same, with those parts that are needed.
pub fn readable_with(
    call: &mut Call<'_, '_, Member>,
    id: &str,
    kinds: Kinds,
) -> std::result::Result<(Template, Grants, Rights), Refusal> {
    readable_by(call.tx, call.caller, id, kinds)
}

/// A template that this member may read, in their organisation.
pub fn readable_by(
    tx: &mut Tx<'_>,
    member: &Member,
    id: &str,
    kinds: Kinds,
) -> std::result::Result<(Template, Grants, Rights), Refusal> {
    let found = store::get(tx, &member.organization, id, Hold::Not, kinds)?;
    let (template, grants, rights) = judged(tx, member, found)?;
    if template.record.archived_at.is_some() {
        return Err(Refusal::not_found());
    }
    Ok((template, grants, rights))
}

/// The same, archived ones too, held until the transaction ends.
pub fn held(
    call: &mut Call<'_, '_, Member>,
    id: &str,
) -> std::result::Result<(Template, Grants, Rights), Refusal> {
    let found = store::get(call.tx, call.org(), id, Hold::UntilTheEnd, Kinds::All)?;
    judged(call.tx, call.caller, found)
}

fn judged(
    tx: &mut Tx<'_>,
    member: &Member,
    found: Option<Template>,
) -> std::result::Result<(Template, Grants, Rights), Refusal> {
    let template = found.ok_or_else(Refusal::not_found)?;
    let grants = store::grants(tx, &member.organization, &template.record.id)?;
    let groups = if grants
        .0
        .iter()
        .any(|(_, holder)| matches!(holder, Holder::Group(_)))
    {
        groups_of(tx, &member.organization, member.id())?
    } else {
        Vec::new()
    };
    let rights = rights(&template.record, &grants, member, &groups);
    if rights.read {
        Ok((template, grants, rights))
    } else {
        Err(Refusal::not_found())
    }
}

/// A template to be changed: not found when it cannot be seen or is archived, refused when it may not be changed.
pub fn editable(
    call: &mut Call<'_, '_, Member>,
    id: &str,
) -> std::result::Result<(Template, Grants), Refusal> {
    let (template, grants, rights) = held(call, id)?;
    if template.record.archived_at.is_some() {
        return Err(Refusal::not_found());
    }
    rights.check_edit()?;
    Ok((template, grants))
}

pub(super) fn stored(rows: Vec<(String, String, String)>) -> Grants {
    Grants(
        rows.into_iter()
            .filter_map(|(permission, kind, subject)| {
                let holder = match kind.as_str() {
                    "everyone" => Holder::Everyone,
                    "member" => Holder::Member(subject.parse().ok()?),
                    _ => Holder::Group(subject),
                };
                Some((Permission::read(&permission)?, holder))
            })
            .collect(),
    )
}

/// The rows of `template_grants` for these.
pub(super) fn to_store(grants: &Grants) -> impl Iterator<Item = [String; 3]> {
    grants.0.iter().map(|(permission, holder)| {
        let (kind, subject) = match holder {
            Holder::Everyone => ("everyone", String::new()),
            Holder::Member(id) => ("member", id.to_string()),
            Holder::Group(id) => ("group", id.clone()),
        };
        [permission.word().to_owned(), kind.to_owned(), subject]
    })
}
