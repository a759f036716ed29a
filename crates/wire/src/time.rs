//! Points in time: microseconds inside, one spelling out, several in (contract: auth, section 9.4).

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Microseconds since 1970-01-01T00:00:00Z.
///
/// Written as `2026-02-03T09:15:00.000Z`: UTC, milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub i64);

/// The years that dates may lie in; keeps every sum far from overflow.
const FIRST: i64 = -62_135_596_800_000_000; // 0001-01-01
const LAST: i64 = 253_370_764_800_000_000; // 9999-01-01

impl Time {
    /// This moment, `micros` later (or earlier).
    #[must_use]
    pub const fn plus(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// As jiff's type, for calendar arithmetic.
    #[must_use]
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0.clamp(FIRST, LAST)).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// From jiff's type; what is finer than a microsecond is cut off.
    #[must_use]
    pub fn from_timestamp(moment: Timestamp) -> Self {
        Self(moment.as_microsecond())
    }
}

impl fmt::Display for Time {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.spell(&mut [0; LENGTH]))
    }
}

/// Of the one spelling.
const LENGTH: usize = 24;

impl Time {
    /// Written out by hand: a page holds dozens of them, and their form never varies.
    fn spell(self, space: &mut [u8; LENGTH]) -> &str {
        let moment = TimeZone::UTC.to_datetime(self.timestamp());
        let digits = |space: &mut [u8], mut number: u16| {
            for place in space.iter_mut().rev() {
                *place = b'0' + (number % 10) as u8;
                number /= 10;
            }
        };
        *space = *b"0000-00-00T00:00:00.000Z";
        digits(&mut space[0..4], moment.year().unsigned_abs());
        digits(&mut space[5..7], moment.month().unsigned_abs().into());
        digits(&mut space[8..10], moment.day().unsigned_abs().into());
        digits(&mut space[11..13], moment.hour().unsigned_abs().into());
        digits(&mut space[14..16], moment.minute().unsigned_abs().into());
        digits(&mut space[17..19], moment.second().unsigned_abs().into());
        digits(&mut space[20..23], moment.millisecond().unsigned_abs());
        std::str::from_utf8(space).unwrap_or_default()
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.serialize_str(self.spell(&mut [0; LENGTH]))
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        match parse(&text) {
            Some(Written::Moment(time)) => Ok(time),
            Some(Written::Day(day)) => Ok(start_of(day, &TimeZone::UTC)),
            None => Err(serde::de::Error::custom(EXPECTED)),
        }
    }
}

/// What a date in a request says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// A moment.
    Moment(Time),
    /// A whole day; which moments it covers depends on the organisation's time zone.
    Day(Date),
}

/// What a date has to look like, for error messages.
pub const EXPECTED: &str = "must be a date such as 2026-02-03T09:15:00Z or 2026-02-03 09:15:00";

/// Reads ISO 8601 with `Z`, an offset or no zone (then UTC), `YYYY-MM-DD HH:MM:SS` (UTC), and `YYYY-MM-DD`.
#[must_use]
pub fn parse(text: &str) -> Option<Written> {
    let text = text.trim();
    if text.len() > 40 {
        return None;
    }
    let written = if text.len() == 10 {
        Written::Day(text.parse().ok()?)
    } else if let Ok(moment) = text.parse::<Timestamp>() {
        Written::Moment(Time::from_timestamp(moment))
    } else {
        let local = text.parse::<DateTime>().ok()?;
        Written::Moment(Time::from_timestamp(
            TimeZone::UTC.to_timestamp(local).ok()?,
        ))
    };
    match written {
        Written::Moment(Time(micros)) if !(FIRST..=LAST).contains(&micros) => None,
        Written::Day(day) if day.year() < 1 => None,
        fine => Some(fine),
    }
}

/// The first moment of a day in a zone.
#[must_use]
pub fn start_of(day: Date, zone: &TimeZone) -> Time {
    zone.to_timestamp(day.at(0, 0, 0, 0))
        .map_or(Time(0), Time::from_timestamp)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn moment(text: &str) -> String {
        match parse(text) {
            Some(Written::Moment(time)) => time.to_string(),
            Some(Written::Day(day)) => day.to_string(),
            None => "refused".to_owned(),
        }
    }

    #[test]
    fn every_accepted_form() {
        assert_eq!(
            moment("2026-02-03T09:15:00.000Z"),
            "2026-02-03T09:15:00.000Z"
        );
        assert_eq!(moment("2026-02-03 09:15:00"), "2026-02-03T09:15:00.000Z");
        assert_eq!(moment("2026-02-03T09:15:00"), "2026-02-03T09:15:00.000Z");
        assert_eq!(
            moment("2026-02-03T09:15:00.123456+02:00"),
            "2026-02-03T07:15:00.123Z"
        );
        assert_eq!(moment("2026-02-03"), "2026-02-03");
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "soon",
            "1700000000",
            "2026-13-01",
            "2026-02-30",
            "2026-02-03T25:00:00Z",
            "-009999-01-02T00:00:00Z",
        ] {
            assert_eq!(moment(text), "refused", "{text}");
        }
    }

    proptest! {
        #[test]
        fn printed_dates_read_back(millis in -62_135_596_800_000_i64..253_370_764_800_000) {
            let time = Time(millis * 1_000);
            prop_assert_eq!(parse(&time.to_string()), Some(Written::Moment(time)));
        }

        #[test]
        fn no_text_panics(text in ".{0,50}") {
            let _ = parse(&text);
        }
    }
}
