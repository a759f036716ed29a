//! The rows of the comparison: the same columns a Tallystick task has, filled the same way on every run.

/// A column's kind, in the words of PocketBase.
pub const COLUMNS: &[(&str, &str)] = &[
    ("increment_id", "number"),
    ("title", "text"),
    ("original_title", "text"),
    ("summary", "text"),
    ("original_summary", "text"),
    ("run_id", "text"),
    ("checklist_id", "text"),
    ("step_id", "text"),
    ("linked_step_id", "text"),
    ("alias", "text"),
    ("taskdata", "json"),
    ("owners", "json"),
    ("allow_guest_owners", "bool"),
    ("is_completable", "bool"),
    ("status", "text"),
    ("status_label", "text"),
    ("task_type", "text"),
    ("is_approved", "bool"),
    ("position", "number"),
    ("blueprint_position", "number"),
    ("stage_id", "text"),
    ("started_at", "date"),
    ("deadline", "date"),
    ("is_soft_start_date", "bool"),
    ("completed_at", "date"),
    ("archived_at", "date"),
    ("starter_id", "number"),
    ("completer_id", "number"),
    ("completer_guest", "text"),
    ("completer_guest_id", "text"),
    ("is_oneoff_task", "bool"),
    ("everyone_must_complete", "bool"),
    ("completion_progress", "number"),
    ("can_complete_only_assignees", "bool"),
    ("max_assignable", "number"),
    ("has_deadline_dependent_child_tasks", "bool"),
    ("prevent_guest_comment", "bool"),
    ("problem", "bool"),
    ("webhook", "text"),
    ("send_chromeless", "bool"),
    ("run_status", "text"),
    ("top_secret", "bool"),
    ("custom_fields", "json"),
];

/// The word for a task that waits to be done.
pub const ACTIVE: &str = "not-started";

/// Task number `number` of an organisation with `members` members.
pub struct Task {
    /// Place in the whole, from 0.
    pub number: u64,
    /// The one member who has to do it: 0 to `members` - 1.
    pub owner: u64,
}

impl Task {
    /// Owners take turns.
    pub fn new(number: u64, members: u64) -> Self {
        Self {
            number,
            owner: number % members.max(1),
        }
    }

    /// Three of every ten tasks of each owner are done. `members` as given to [`Task::new`].
    pub fn done(&self, members: u64) -> bool {
        (self.number / members.max(1)) % 10 < 3
    }

    /// 32 hex digits, spread like random ones.
    pub fn id(&self) -> String {
        format!(
            "{:016x}{:016x}",
            scatter(self.number * 2),
            scatter(self.number * 2 + 1)
        )
    }

    /// One task each minute, the newest last.
    pub fn created(&self) -> String {
        moment(self.number)
    }

    /// A week after it came.
    pub fn deadline(&self) -> String {
        moment(self.number + 7 * 24 * 60)
    }

    /// A line people would write.
    pub fn title(&self) -> String {
        format!("Check meter reading {:06}", self.number)
    }

    /// The title in a link.
    pub fn alias(&self) -> String {
        format!("check-meter-reading-{:06}", self.number)
    }

    /// A sentence or two.
    pub fn summary(&self) -> String {
        format!(
            "<p>Photo plus number of meter {:06}, sent before noon.</p>",
            self.number
        )
    }
}

/// The minute `minutes` after the beginning of 2026, as PocketBase stores dates.
fn moment(minutes: u64) -> String {
    let start = jiff::civil::date(2026, 1, 1).at(8, 0, 0, 0);
    let minutes = i64::try_from(minutes).unwrap_or(i64::MAX);
    let at = start.saturating_add(jiff::SignedDuration::from_mins(minutes));
    at.strftime("%Y-%m-%d %H:%M:%S.000Z").to_string()
}

/// SplitMix64's mixing step: different in, different out, and looks random.
fn scatter(seed: u64) -> u64 {
    let mut mixed = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_of_ten_are_done_for_every_owner() {
        let members = 10;
        for owner in 0..members {
            let own = (0..1_000)
                .map(|number| Task::new(number, members))
                .filter(|task| task.owner == owner);
            assert_eq!(own.filter(|task| task.done(members)).count(), 30);
        }
    }

    #[test]
    fn ids_differ() {
        let ids: std::collections::HashSet<_> = (0..10_000)
            .map(|number| Task::new(number, 7).id())
            .collect();
        assert_eq!(ids.len(), 10_000);
    }
}
