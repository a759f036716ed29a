//! The SQL of organisations.

use serde::{Deserialize, Serialize};
use tallystick_db::{DbError, Result, Row, Tx, args};
use tallystick_wire::Time;
use tallystick_wire::organisation::{
    After, DefaultDeadline, Organization, WorkingDay, WorkingDays,
};

/// Settings of an organisation that rules ask for. Stored as JSON: read and written whole, never searched.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct OrganisationSettings {
    /// When a task is due that names no deadline.
    pub default_deadline: DefaultDeadline,
    /// When people work.
    pub working_days: WorkingDays,
    /// Whether non-administrators may invite.
    pub allow_user_invite: bool,
    /// Whether non-administrators may manage groups.
    pub allow_manage_groups: bool,
    /// Whether new templates are visible to their creator and administrators only.
    pub restrict_blueprint_permissions: bool,
}

impl Default for OrganisationSettings {
    fn default() -> Self {
        let day = |enabled| {
            Some(WorkingDay {
                enabled,
                all_hours: false,
                start: "09:00".to_owned(),
                end: "17:00".to_owned(),
            })
        };
        Self {
            default_deadline: DefaultDeadline {
                r#type: "days".to_owned(),
                value: 5,
            },
            working_days: WorkingDays {
                monday: day(true),
                tuesday: day(true),
                wednesday: day(true),
                thursday: day(true),
                friday: day(true),
                saturday: day(false),
                sunday: day(false),
            },
            allow_user_invite: true,
            allow_manage_groups: true,
            restrict_blueprint_permissions: false,
        }
    }
}

/// What deadline rules need to know of an organisation.
pub struct Calendar {
    /// IANA name of its time zone.
    pub timezone: String,
    /// Its settings.
    pub settings: OrganisationSettings,
}

/// Makes an organisation with the usual settings.
pub fn insert(tx: &mut Tx<'_>, id: &str, name: &str, timezone: &str, now: Time) -> Result<()> {
    let settings = serde_json::to_string(&OrganisationSettings::default())
        .map_err(|error| DbError::Other(error.to_string()))?;
    tx.run(
        "INSERT INTO organizations (id, name, slug, timezone, settings, created_at, updated_at) VALUES ($1, $2, NULL, $3, $4, $5, $5)",
        args![id, name, timezone, settings, now.0],
    )?;
    Ok(())
}

/// Zone and settings.
pub fn calendar(tx: &mut Tx<'_>, organization: &str) -> Result<Calendar> {
    tx.one(
        "SELECT timezone, settings FROM organizations WHERE id = $1",
        args![organization],
        |row| {
            let timezone = row.take()?;
            let text: String = row.take()?;
            Ok(Calendar {
                timezone,
                settings: read_settings(&text)?,
            })
        },
    )
}

fn read_settings(text: &str) -> Result<OrganisationSettings> {
    serde_json::from_str(text)
        .map_err(|error| DbError::Decode(format!("settings of an organisation: {error}")))
}

const COLUMNS: &str = "o.id, o.name, o.slug, o.timezone, o.settings, o.created_at, o.updated_at, \
    m.role, m.status, m.created_at, m.disabled_at, m.last_accessed_at, \
    (SELECT count(*) FROM memberships a WHERE a.organization_id = o.id AND a.status = 'active')";

fn read(row: &mut Row<'_>) -> Result<Organization> {
    let (id, name, slug) = (row.take()?, row.take()?, row.take()?);
    let timezone: String = row.take()?;
    let settings = read_settings(&row.take::<String>()?)?;
    let (created_at, updated_at) = (Time(row.take()?), Time(row.take()?));
    let (user_role, user_status) = (row.take()?, row.take()?);
    let joined_on = Some(Time(row.take()?));
    let disabled_on = row.take::<Option<i64>>()?.map(Time);
    let last_accessed = row.take::<Option<i64>>()?.map(Time);
    let users_count = row.take()?;
    let digest = || {
        ["Monday", "Wednesday", "Friday"]
            .map(str::to_owned)
            .to_vec()
    };
    Ok(Organization {
        id,
        name,
        slug,
        industry: None,
        description: None,
        purpose: None,
        process_today: None,
        address1: None,
        address2: None,
        address3: None,
        country: None,
        state: None,
        city: None,
        zipcode: None,
        welcome_title: None,
        welcome_description: None,
        created_on: created_at,
        created_at,
        last_updated: updated_at,
        last_accessed,
        joined_on,
        disabled_on,
        user_role,
        user_status,
        org_logo: None,
        home_bg: None,
        settings: None,
        users_count,
        live_support_enabled: 0,
        payment_state: Some("active".to_owned()),
        plan_code: Some("self_hosted".to_owned()),
        preferred_trial_plan: None,
        in_trial: false,
        limit_trial_features: false,
        real_time_billing: false,
        disable_min_members_billing: false,
        enable_light_users_billing: false,
        team_size: Vec::new(),
        signup_survey: None,
        analytics_enabled: false,
        google_analytics_id: None,
        mixpanel_token: None,
        saml_enabled: false,
        saml_login_url: None,
        sso_default_role: None,
        auto_join_signups: false,
        allow_user_invite: settings.allow_user_invite,
        allow_manage_groups: settings.allow_manage_groups,
        maximum_group_assignment_limit: 0,
        restrict_blueprint_permissions: settings.restrict_blueprint_permissions,
        wyiwyg: true,
        timezone: Some(timezone),
        working_days: Some(settings.working_days),
        deadline_setting: None,
        default_deadline: Some(settings.default_deadline),
        auto_archive: false,
        auto_archive_processes_after: Some(After {
            unit: "weeks".to_owned(),
            value: 52,
        }),
        auto_complete_tasks: false,
        auto_complete_task_months: 18,
        cadence_days: digest(),
        guest_cadence_days: digest(),
        webhook_date_field_format: "yyyy-MM-ddTHH:mm:ssZ".to_owned(),
        onboarding_template_id: None,
        enable_onboarding_template: false,
        onboarding_snippet: None,
        homepage_snippet: None,
        guest_onboarding_snippet: None,
        light_role_error_snippet: None,
        global_css: None,
        error_404_template: None,
        enable_custom_404_error: false,
        enable_custom_smtp: false,
        azure_cognitive_service: None,
        use_generative_ai: false,
        subscription: None,
        billing_info: None,
    })
}

/// An organisation as this member sees it.
pub fn get_for(tx: &mut Tx<'_>, organization: &str, user_id: i64) -> Result<Option<Organization>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM organizations o JOIN memberships m ON m.organization_id = o.id AND m.user_id = $2 WHERE o.id = $1"
    );
    tx.maybe(&sql, args![organization, user_id], read)
}

/// How many organisations a person belongs to; `only` narrows it to one.
pub fn count_of(tx: &mut Tx<'_>, user_id: i64, only: Option<&str>) -> Result<i64> {
    tx.one(
        "SELECT count(*) FROM memberships WHERE user_id = $1 AND (organization_id = $2 OR CAST($2 AS TEXT) IS NULL)",
        args![user_id, only],
        |row| row.take(),
    )
}

/// The organisations a person belongs to, the one used last first.
pub fn list_of(
    tx: &mut Tx<'_>,
    user_id: i64,
    only: Option<&str>,
    limit: i64,
    offset: i64,
) -> Result<Vec<Organization>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM organizations o JOIN memberships m ON m.organization_id = o.id AND m.user_id = $1 \
         WHERE (o.id = $2 OR CAST($2 AS TEXT) IS NULL) \
         ORDER BY m.last_accessed_at DESC NULLS LAST, o.name, o.id LIMIT $3 OFFSET $4"
    );
    tx.all(&sql, args![user_id, only, limit, offset], read)
}

/// Every organisation, for the administrator on the machine: id, name, zone, active members.
pub fn list_all(tx: &mut Tx<'_>) -> Result<Vec<(String, String, String, i64)>> {
    tx.all(
        "SELECT o.id, o.name, o.timezone, \
            (SELECT count(*) FROM memberships a WHERE a.organization_id = o.id AND a.status = 'active') \
         FROM organizations o ORDER BY o.name, o.id",
        args![],
        |row| Ok((row.take()?, row.take()?, row.take()?, row.take()?)),
    )
}
