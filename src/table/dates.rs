//! Days and times as ISO 8601 and as seconds.

/// Seconds since 1970 of a day or time in ISO 8601, such as 2024-05-01 or 2024-05-01T12:30:00Z; UTC where no offset
/// is given.
pub(super) fn seconds_of(text: &str) -> Option<f64> {
    let text = text.trim();
    let (day, time) = (text.get(..10)?, text.get(10..)?);
    let [year, month, date] = day.split('-').collect::<Vec<_>>().try_into().ok()?;
    if year.len() != 4 || month.len() != 2 || !day.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return None;
    }
    let (year, month, date) =
        (year.parse::<i64>().ok()?, month.parse::<i64>().ok()?, date.parse::<i64>().ok()?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&date) {
        return None;
    }
    let days = days_from_civil(year, month, date) as f64 * 86_400.0;
    if time.is_empty() {
        return Some(days);
    }
    let clock = time.strip_prefix(['T', ' '])?;
    let (clock, offset) = match clock.rfind(['+', '-', 'Z']) {
        None => (clock, 0.0),
        Some(at) if &clock[at..] == "Z" => (&clock[..at], 0.0),
        Some(at) => {
            let (hours, minutes) = clock[at + 1..].split_once(':').unwrap_or((&clock[at + 1..], "0"));
            let seconds = hours.parse::<f64>().ok()? * 3_600.0 + minutes.parse::<f64>().ok()? * 60.0;
            (&clock[..at], if clock[at..].starts_with('-') { -seconds } else { seconds })
        }
    };
    let mut seconds = 0.0;
    for (part, unit) in clock.split(':').zip([3_600.0, 60.0, 1.0]) {
        seconds += part.parse::<f64>().ok().filter(|x| x.is_finite() && *x >= 0.0)? * unit;
    }
    Some(days + seconds - offset)
}

/// Days since 1970-01-01 of a date of the Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms").
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The date `days` after 1970-01-01, as ISO 8601; the inverse of [`days_from_civil`].
pub(super) fn date_text(days: i64) -> String {
    let days = days.clamp(-3_000_000, 3_000_000) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days - era * 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{:02}", day_of_year - (153 * shifted + 2) / 5 + 1)
}

/// A time as ISO 8601 in UTC.
pub(super) fn time_text(seconds: i64) -> String {
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    format!("{}T{:02}:{:02}:{:02}Z", date_text(days), second / 3_600, second / 60 % 60, second % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        // From Python's datetime.
        assert_eq!(seconds_of("2024-02-29"), Some(1_709_164_800.0));
        assert_eq!(seconds_of("2024-02-29T12:30:01.5Z"), Some(1_709_209_801.5));
        assert_eq!(seconds_of("1969-12-31 23:00:00-01:00"), Some(0.0));
        assert_eq!((date_text(19_782), date_text(-1)), ("2024-02-29".into(), "1969-12-31".into()));
        assert_eq!(time_text(1_709_209_801), "2024-02-29T12:30:01Z");
        for text in ["", "2024", "2024-13-01", "20240229", "2024-02-29x", "éééééééééé"] {
            assert_eq!(seconds_of(text), None, "{text}");
        }
    }
}
