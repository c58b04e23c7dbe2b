//! `Retry-After`: seconds, or a date in one of three spellings (RFC 9110, 10.2.3 and 5.6.7).

use jiff::civil::{Date, Time};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

/// No server is believed that wants to be left alone longer.
const MAX_WAIT: SignedDuration = SignedDuration::from_hours(7 * 24);

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// When a server wants to be asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// After so many seconds.
    Seconds(u64),
    /// At a time, which may be past.
    At(Timestamp),
}

impl RetryAfter {
    /// A field's value; `None` for nonsense.
    pub fn parse(value: &str) -> Option<Self> {
        let value = value.trim();
        if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
            // More than fits is more than is believed anyway.
            return Some(Self::Seconds(value.parse().unwrap_or(u64::MAX)));
        }
        date(value).map(Self::At)
    }

    /// The time before which nothing of the host is to be asked, and whether the server named a later one: it is
    /// believed for seven days at most. Never before `now`.
    pub fn not_before(self, now: Timestamp) -> (Timestamp, bool) {
        let wait = match self {
            Self::Seconds(seconds) => {
                SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX))
            }
            Self::At(at) => at.duration_since(now).max(SignedDuration::ZERO),
        };
        let believed = wait.min(MAX_WAIT);
        let at = now.checked_add(believed).unwrap_or(Timestamp::MAX);
        (at, wait > MAX_WAIT)
    }
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`. The day of the week is
/// not compared: servers get it wrong, and the rest says all.
fn date(value: &str) -> Option<Timestamp> {
    let words: Vec<&str> = value.split_ascii_whitespace().collect();
    let (day, month, year, time) = match words.as_slice() {
        [_, date, time, "GMT" | "UTC"] => {
            let mut parts = date.splitn(3, '-');
            (parts.next()?, parts.next()?, parts.next()?, *time)
        }
        [_, day, month, year, time, "GMT" | "UTC"] | [_, month, day, time, year] => {
            (*day, *month, *year, *time)
        }
        _ => return None,
    };
    let month = MONTHS
        .iter()
        .position(|name| name.eq_ignore_ascii_case(month))?
        + 1;
    let year = match (year.len(), number(year)?) {
        (4, year) => year,
        // The format is of the last century; what it says today is of this one.
        (2, year @ 70..) => 1900 + year,
        (2, year) => 2000 + year,
        _ => return None,
    };
    let mut parts = time.splitn(3, ':').map(number);
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let small = |number: i16| i8::try_from(number).ok();
    let date = Date::new(year, i8::try_from(month).ok()?, small(number(day)?)?).ok()?;
    // 60 is a leap second.
    let time = Time::new(small(hour)?, small(minute)?, small(second.min(59))?, 0).ok()?;
    Offset::UTC.to_timestamp(date.to_datetime(time)).ok()
}

fn number(digits: &str) -> Option<i16> {
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates_are_read() {
        let at = RetryAfter::At("1994-11-06T08:49:37Z".parse().unwrap());
        let cases = [
            ("120", Some(RetryAfter::Seconds(120))),
            (" 0 ", Some(RetryAfter::Seconds(0))),
            (
                "99999999999999999999999",
                Some(RetryAfter::Seconds(u64::MAX)),
            ),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(at)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(at)),
            ("Sun Nov  6 08:49:37 1994", Some(at)),
            ("Mon, 6 nov 1994 08:49:37 UTC", Some(at)),
            ("", None),
            ("-1", None),
            ("+5", None),
            ("1.5", None),
            ("soon", None),
            ("Sun, 31 Feb 1994 08:49:37 GMT", None),
            ("Sun, 06 Nov 1994 25:49:37 GMT", None),
            ("Sun, 06 Nov 1994 08:49 GMT", None),
            ("Sun, 06 Nov 99994 08:49:37 GMT", None),
            ("Sun, 06 Nov 1994 08:49:37 CST", None),
            ("年 年 年 年 年 GMT", None),
        ];
        for (value, want) in cases {
            assert_eq!(RetryAfter::parse(value), want, "{value:?}");
        }
    }

    #[test]
    fn nobody_is_believed_for_longer_than_a_week() {
        let now: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        let cases = [
            (RetryAfter::Seconds(60), at("2026-03-01T00:01:00Z"), false),
            (
                RetryAfter::Seconds(7 * 86400),
                at("2026-03-08T00:00:00Z"),
                false,
            ),
            (
                RetryAfter::Seconds(7 * 86400 + 1),
                at("2026-03-08T00:00:00Z"),
                true,
            ),
            (
                RetryAfter::Seconds(u64::MAX),
                at("2026-03-08T00:00:00Z"),
                true,
            ),
            (
                RetryAfter::At(at("2026-03-02T00:00:00Z")),
                at("2026-03-02T00:00:00Z"),
                false,
            ),
            (RetryAfter::At(at("1994-11-06T08:49:37Z")), now, false),
            (
                RetryAfter::At(Timestamp::MAX),
                at("2026-03-08T00:00:00Z"),
                true,
            ),
        ];
        for (after, want, cut) in cases {
            assert_eq!(after.not_before(now), (want, cut), "{after:?}");
        }
        RetryAfter::At(Timestamp::MAX).not_before(Timestamp::MIN);
        RetryAfter::Seconds(5).not_before(Timestamp::MAX);
    }
}
