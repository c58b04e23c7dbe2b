//! Texts that say mostly what stands elsewhere, written short: titles, signals, days with what they were read from.
//!
//! Each way back gives the very text. The schema (`0014_smaller.sql`) has the same ways back in SQL, in the views `version_title` and
//! `date_evidence`.

use jiff::civil::Date;

use crate::model::{DateEvidence, DateSource};

use super::StoreError;

/// Stands for the agency's name.
const NAME: char = '\u{1}';
/// Stands for the report's year.
const YEAR: char = '\u{2}';
/// Stand for what most titles end with.
const ENDINGS: [(char, &str); 2] = [
    ('\u{3}', "政府信息公开工作年度报告"),
    ('\u{4}', "政府信息公开年度报告"),
];
/// What follows has no signs in it.
const PLAIN: char = '\u{7}';

fn has_sign(text: &str) -> bool {
    text.chars().any(|c| (NAME..=PLAIN).contains(&c))
}

/// A title with signs for the agency's name, the year and common endings.
pub(super) fn title(title: &str, name: Option<&str>, year: Option<i16>) -> String {
    if has_sign(title) {
        return format!("{PLAIN}{title}");
    }
    let mut short = title.to_owned();
    if let Some(name) = name.filter(|name| !name.is_empty() && !has_sign(name)) {
        short = short.replace(name, NAME.encode_utf8(&mut [0; 4]));
    }
    if let Some(year) = year {
        short = short.replace(&year.to_string(), YEAR.encode_utf8(&mut [0; 4]));
    }
    for (sign, ending) in ENDINGS {
        short = short.replace(ending, sign.encode_utf8(&mut [0; 4]));
    }
    short
}

/// The title that [`title`] made short.
pub(super) fn full_title(short: &str, name: Option<&str>, year: Option<i16>) -> String {
    if let Some(title) = short.strip_prefix(PLAIN) {
        return title.to_owned();
    }
    let mut title = short.to_owned();
    for (sign, ending) in ENDINGS {
        title = title.replace(sign, ending);
    }
    let year = year.map(|year| year.to_string()).unwrap_or_default();
    title
        .replace(YEAR, &year)
        .replace(NAME, name.unwrap_or_default())
}

/// What `signals` is where [`own_host`] is the one signal.
const OWN_HOST: &str = "[]";

/// The signal that the address's own host is official.
fn own_host(url: Option<&str>) -> Option<String> {
    let rest = url?.split_once("://")?.1;
    let host = rest.split(['/', '?', '#', ':', '@']).next()?;
    Some(format!("host_official: {host}"))
}

/// Signals as JSON; `None` for none.
pub(super) fn signals(signals: &[String], url: Option<&str>) -> Result<Option<String>, StoreError> {
    Ok(match signals {
        [] => None,
        [one] if own_host(url).as_ref() == Some(one) => Some(OWN_HOST.into()),
        _ => Some(serde_json::to_string(signals)?),
    })
}

/// The signals that [`signals`] wrote.
pub(super) fn full_signals(
    short: Option<&str>,
    url: Option<&str>,
) -> Result<Vec<String>, StoreError> {
    Ok(match short {
        None => Vec::new(),
        Some(OWN_HOST) => own_host(url).into_iter().collect(),
        Some(json) => serde_json::from_str(json)?,
    })
}

const fn letter(source: DateSource) -> char {
    match source {
        DateSource::Byline => 'b',
        DateSource::Meta => 'm',
        DateSource::Url => 'u',
        DateSource::Text => 't',
    }
}

/// 2021年1月20日, without zeros.
fn spelled(day: Date) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// Days as JSON; `None` for none. `url` is the capture's address.
pub(super) fn dates(
    dates: &[DateEvidence],
    url: Option<&str>,
) -> Result<Option<String>, StoreError> {
    if dates.is_empty() {
        return Ok(None);
    }
    let short = dates.iter().map(|date| {
        let day = date.value.to_string();
        if day.len() != 10 {
            return Err(StoreError::unknown("day", day));
        }
        let implied = match date.source {
            DateSource::Url => url.unwrap_or(&day),
            _ => &day,
        };
        let spelled = spelled(date.value);
        let raw = date.raw.as_str();
        let raw = if raw == implied {
            String::new()
        } else if let Some(rest) = raw.strip_prefix(&spelled) {
            format!("~{rest}")
        } else if let Some(rest) = raw.strip_prefix(&day) {
            format!("@{rest}")
        } else {
            format!("={raw}")
        };
        Ok(format!("{day}{}{raw}", letter(date.source)))
    });
    let short: Vec<String> = short.collect::<Result<_, _>>()?;
    Ok(Some(serde_json::to_string(&short)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_usual_title_takes_a_few_bytes() {
        let name = Some("白鹭市水务局");
        for (long, bytes) in [
            ("白鹭市水务局2021年政府信息公开工作年度报告", 6),
            ("2021年白鹭市水务局政府信息公开年度报告", 6),
            ("\u{1}白鹭市水务局", 20),
            ("", 0),
        ] {
            let short = title(long, name, Some(2021));
            assert_eq!(short.len(), bytes, "{short:?}");
            assert_eq!(full_title(&short, name, Some(2021)), long);
        }
    }

    #[test]
    fn the_own_host_is_no_text() {
        let url = Some("https://www.bailu.gov.cn/a/1.html");
        let own = vec!["host_official: www.bailu.gov.cn".to_owned()];
        let other = vec!["host_official: www.other.gov.cn".to_owned()];
        let both = [own.clone(), other.clone()].concat();
        for (list, address, want) in [
            (&own, url, Some("[]")),
            (&own, None, Some(r#"["host_official: www.bailu.gov.cn"]"#)),
            (&other, url, Some(r#"["host_official: www.other.gov.cn"]"#)),
            (&vec![], url, None),
        ] {
            let short = signals(list, address).unwrap();
            assert_eq!(short.as_deref(), want);
            assert_eq!(&full_signals(short.as_deref(), address).unwrap(), list);
        }
        let short = signals(&both, url).unwrap();
        assert_eq!(full_signals(short.as_deref(), url).unwrap(), both);
    }

    proptest! {
        #[test]
        fn any_title_comes_back(text in "[a公年20-2\u{1}-\u{7}政府信息开工作度报告]{0,40}", name in "[a公2\u{1}-\u{7}]{0,3}",
            year in proptest::option::of(0_i16..30)) {
            let name = Some(name.as_str()).filter(|name| !name.is_empty());
            prop_assert_eq!(full_title(&title(&text, name, year), name, year), text);
        }
    }
}
