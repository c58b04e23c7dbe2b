//! The words of a picture that are neither a name nor a number, in both languages.

use crate::model::Language;
use crate::present::sign::Sign;

/// Of a picture of nothing.
pub(super) const fn no_reports(language: Language) -> &'static str {
    language.of("没有报告", "No reports")
}

/// Before the signs of what has no number.
pub(super) fn no_number(language: Language, signs: &[String]) -> String {
    match language {
        Language::Zh => format!("无数值：{}", signs.join("；")),
        Language::En => format!("No number: {}", signs.join("; ")),
    }
}

/// A year as a head.
pub(super) fn year(language: Language, year: i16) -> String {
    match language {
        Language::Zh => format!("{year}年"),
        Language::En => year.to_string(),
    }
}

/// A year's value, or why it has none.
pub(super) fn in_year(language: Language, year: i16, what: &str) -> String {
    match language {
        Language::Zh => format!("{year}年{what}"),
        Language::En => format!("{year}: {what}"),
    }
}

/// What a dot says.
pub(super) fn dot(language: Language, year: i16, value: &str) -> String {
    match language {
        Language::Zh => format!("{year}年 {value}"),
        Language::En => format!("{year}: {value}"),
    }
}

/// That a year's missing value is called so.
pub(super) fn missing(language: Language, year: i16, sign: Sign) -> String {
    in_year(language, year, sign.meaning(language))
}

/// That the line is broken before a year.
pub(super) fn break_from(language: Language, year: i16) -> String {
    match language {
        Language::Zh => format!("{year}年起口径不同，不可比较"),
        Language::En => {
            format!("from {year} on it counts something else, not to be compared")
        }
    }
}

/// Behind two values that count different things.
pub(super) const fn broken(language: Language) -> &'static str {
    language.of(
        "，口径不同，不可比较",
        ", which count different things, not to be compared",
    )
}

/// At the rule where a line is broken, with the forms or lines it is about.
pub(super) fn break_mark(language: Language, what: &str) -> String {
    format!("{} {what}", language.of("断", "break"))
}

/// A sentence of whom, and what of them.
pub(super) fn sentence(language: Language, whose: &str, what: &[String]) -> String {
    match language {
        Language::Zh => format!("{whose}：{}", what.join("，")),
        Language::En => format!("{whose}: {}", what.join(", ")),
    }
}
