//! The Organization object (contract: organization, section 6.1).

use serde::{Deserialize, Serialize};

use crate::lenient::Json;
use crate::time::Time;

/// A length of calendar time, as settings write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DefaultDeadline {
    /// `minutes`, `hours`, `days`, `weeks` or `months`.
    pub r#type: String,
    /// How many of them.
    pub value: i64,
}

/// After how long something is done by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct After {
    /// `days` or `weeks`.
    pub unit: String,
    /// How many of them.
    pub value: i64,
}

/// The working hours of one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkingDay {
    /// False when nobody works that day.
    pub enabled: bool,
    /// True when the whole day counts.
    pub all_hours: bool,
    /// `HH:MM`.
    pub start: String,
    /// `HH:MM`.
    pub end: String,
}

/// The working week. Days are named in English, as the contract has them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names of the days say it")]
pub struct WorkingDays {
    pub monday: Option<WorkingDay>,
    pub tuesday: Option<WorkingDay>,
    pub wednesday: Option<WorkingDay>,
    pub thursday: Option<WorkingDay>,
    pub friday: Option<WorkingDay>,
    pub saturday: Option<WorkingDay>,
    pub sunday: Option<WorkingDay>,
}

impl WorkingDays {
    /// The days from Monday on.
    #[must_use]
    pub const fn from_monday(&self) -> [&Option<WorkingDay>; 7] {
        [
            &self.monday,
            &self.tuesday,
            &self.wednesday,
            &self.thursday,
            &self.friday,
            &self.saturday,
            &self.sunday,
        ]
    }
}

/// An organisation as one of its members sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[expect(
    missing_docs,
    reason = "the contract's table explains each; what has no meaning on a self-hosted server is constant"
)]
pub struct Organization {
    pub id: String,
    pub name: String,
    pub slug: Option<String>,
    pub industry: Option<String>,
    pub description: Option<String>,
    pub purpose: Option<String>,
    pub process_today: Option<String>,
    pub address1: Option<String>,
    pub address2: Option<String>,
    pub address3: Option<String>,
    pub country: Option<String>,
    pub state: Option<String>,
    pub city: Option<String>,
    pub zipcode: Option<String>,
    pub welcome_title: Option<String>,
    pub welcome_description: Option<String>,
    pub created_on: Time,
    pub created_at: Time,
    pub last_updated: Time,
    pub last_accessed: Option<Time>,
    pub joined_on: Option<Time>,
    pub disabled_on: Option<Time>,
    pub user_role: Option<String>,
    pub user_status: Option<String>,
    pub org_logo: Option<String>,
    pub home_bg: Option<String>,
    pub settings: Option<String>,
    pub users_count: i64,
    pub live_support_enabled: i64,
    pub payment_state: Option<String>,
    pub plan_code: Option<String>,
    pub preferred_trial_plan: Option<String>,
    pub in_trial: bool,
    pub limit_trial_features: bool,
    pub real_time_billing: bool,
    pub disable_min_members_billing: bool,
    pub enable_light_users_billing: bool,
    pub team_size: Vec<i64>,
    pub signup_survey: Option<String>,
    pub analytics_enabled: bool,
    pub google_analytics_id: Option<String>,
    pub mixpanel_token: Option<String>,
    pub saml_enabled: bool,
    pub saml_login_url: Option<String>,
    pub sso_default_role: Option<String>,
    pub auto_join_signups: bool,
    pub allow_user_invite: bool,
    pub allow_manage_groups: bool,
    pub maximum_group_assignment_limit: i64,
    pub restrict_blueprint_permissions: bool,
    pub wyiwyg: bool,
    pub timezone: Option<String>,
    pub working_days: Option<WorkingDays>,
    pub deadline_setting: Option<String>,
    pub default_deadline: Option<DefaultDeadline>,
    pub auto_archive: bool,
    pub auto_archive_processes_after: Option<After>,
    pub auto_complete_tasks: bool,
    pub auto_complete_task_months: i64,
    pub cadence_days: Vec<String>,
    pub guest_cadence_days: Vec<String>,
    pub webhook_date_field_format: String,
    pub onboarding_template_id: Option<String>,
    pub enable_onboarding_template: bool,
    pub onboarding_snippet: Option<String>,
    pub homepage_snippet: Option<String>,
    pub guest_onboarding_snippet: Option<String>,
    pub light_role_error_snippet: Option<String>,
    pub global_css: Option<String>,
    pub error_404_template: Option<String>,
    pub enable_custom_404_error: bool,
    pub enable_custom_smtp: bool,
    pub azure_cognitive_service: Option<String>,
    pub use_generative_ai: bool,
    /// Only with `with=subscription`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscription: Option<Json>,
    /// Only with `with=billing_info`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing_info: Option<Json>,
}
