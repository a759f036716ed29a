//! Calendar arithmetic in an organisation's zone and working week (contract: runtime, section 15.5).

use jiff::civil::{DateTime, Time as Clock, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, ZonedDateTime};
use tallystick_wire::Time;
use tallystick_wire::organisation::{DefaultDeadline, WorkingDay};

use crate::organisation::store::Calendar;

/// The zone by its IANA name; UTC when the name is unknown.
#[must_use]
pub fn zone(calendar: &Calendar) -> TimeZone {
    TimeZone::get(&calendar.timezone).unwrap_or(TimeZone::UTC)
}

/// The deadline of something that names none: the organisation's default from now on, moved into working hours.
#[must_use]
pub fn default_deadline(calendar: &Calendar, now: Time) -> Time {
    let start = now.timestamp().to_zoned_datetime(zone(calendar));
    let due = after(&start, &calendar.settings.default_deadline).unwrap_or(start);
    next_working_moment(calendar, Time::from_timestamp(due.timestamp()))
}

/// `value` of `unit` after `moment`, or before it, in calendar units of the organisation's zone, moved forward into working
/// hours. None when the unit is no such word or the moment would lie outside of the calendar.
#[must_use]
pub fn shifted(
    calendar: &Calendar,
    moment: Time,
    (value, unit): (i64, &str),
    back: bool,
) -> Option<Time> {
    let value = value.clamp(0, 1_000_000);
    let span = match unit {
        "minute" | "minutes" => Span::new().try_minutes(value),
        "hour" | "hours" => Span::new().try_hours(value),
        "day" | "days" => Span::new().try_days(value),
        "week" | "weeks" => Span::new().try_weeks(value),
        "month" | "months" => Span::new().try_months(value),
        _ => return None,
    };
    let start = moment.timestamp().to_zoned_datetime(zone(calendar));
    let moved = if back {
        start.checked_sub(span.ok()?).ok()?
    } else {
        start.checked_add(span.ok()?).ok()?
    };
    Some(next_working_moment(
        calendar,
        Time::from_timestamp(moved.timestamp()),
    ))
}

fn after(start: &ZonedDateTime, length: &DefaultDeadline) -> Option<ZonedDateTime> {
    let value = length.value.clamp(0, 100_000);
    let span = match length.r#type.trim_end_matches('s') {
        "minute" => Span::new().minutes(value),
        "hour" => Span::new().hours(value),
        "week" => Span::new().weeks(value),
        "month" => Span::new().months(value),
        _ => Span::new().days(value),
    };
    start.checked_add(span).ok()
}

/// `moment`, or the beginning of the next working time after it. Never earlier; holidays do not count.
#[must_use]
pub fn next_working_moment(calendar: &Calendar, moment: Time) -> Time {
    let zone = zone(calendar);
    let local = moment
        .timestamp()
        .to_zoned_datetime(zone.clone())
        .datetime();
    let mut day = local.date();
    // One look at each day of a week and at the first again: beyond that nobody ever works.
    for ahead in 0..8 {
        if let Some((opens, closes)) = hours(calendar, day.weekday()) {
            let earliest = day.to_datetime(opens);
            let latest = day.to_datetime(closes);
            if ahead == 0 && local >= earliest && local <= latest {
                return moment;
            }
            if local < earliest {
                return at(earliest, &zone).unwrap_or(moment);
            }
        }
        let Ok(next) = day.tomorrow() else {
            return moment;
        };
        day = next;
    }
    moment
}

fn at(local: DateTime, zone: &TimeZone) -> Option<Time> {
    zone.to_timestamp(local).ok().map(Time::from_timestamp)
}

fn hours(calendar: &Calendar, weekday: Weekday) -> Option<(Clock, Clock)> {
    let days = calendar.settings.working_days.from_monday();
    let index = usize::try_from(weekday.to_monday_zero_offset()).ok()?;
    let day: &WorkingDay = days
        .get(index)
        .copied()?
        .as_ref()
        .filter(|day| day.enabled)?;
    if day.all_hours {
        return Some((Clock::MIN, Clock::MAX));
    }
    Some((day.start.parse().ok()?, day.end.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tallystick_wire::time::{Written, parse};

    use super::*;
    use crate::organisation::store::OrganisationSettings;

    fn berlin() -> Calendar {
        Calendar {
            timezone: "Europe/Berlin".to_owned(),
            settings: OrganisationSettings::default(),
        }
    }

    fn moment(text: &str) -> Time {
        match parse(text) {
            Some(Written::Moment(time)) => time,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn deadlines_move_forward_into_working_hours() {
        for (due, moved) in [
            ("2026-02-04T10:00:00Z", "2026-02-04T10:00:00.000Z"), // Wednesday, at work
            ("2026-02-04T05:00:00Z", "2026-02-04T08:00:00.000Z"), // before nine in Berlin
            ("2026-02-06T18:00:00Z", "2026-02-09T08:00:00.000Z"), // Friday evening
            ("2026-02-07T10:00:00Z", "2026-02-09T08:00:00.000Z"), // Saturday
        ] {
            assert_eq!(
                next_working_moment(&berlin(), moment(due)).to_string(),
                moved,
                "{due}"
            );
        }
    }

    #[test]
    fn the_default_is_five_days_on() {
        let due = default_deadline(&berlin(), moment("2026-02-02T10:00:00Z"));
        assert_eq!(due.to_string(), "2026-02-09T08:00:00.000Z");
    }

    proptest! {
        #[test]
        fn never_earlier_and_twice_is_once(micros in 0_i64..4_000_000_000_000_000) {
            let calendar = berlin();
            let moved = next_working_moment(&calendar, Time(micros));
            prop_assert!(moved.0 >= micros);
            prop_assert_eq!(next_working_moment(&calendar, moved), moved);
        }
    }
}
