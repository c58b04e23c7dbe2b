//! Which language a reader gets.

pub use crate::model::Language;

impl Language {
    /// What it calls itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::Zh => "中文",
            Self::En => "English",
        }
    }

    /// The first part of a path, if it is a language.
    pub fn from_path(part: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|language| language.as_str() == part)
    }

    /// What an `Accept-Language` header prefers (RFC 9110, 12.5.4); Chinese where it prefers neither.
    pub fn accepted(header: &str) -> Self {
        let weighed = header.split(',').filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let tag = parts.next()?;
            let weight = parts.find_map(|part| part.strip_prefix("q="));
            let weight = thousandths(weight.unwrap_or("1"))?;
            let primary = tag.split('-').next()?.to_ascii_lowercase();
            Some((Self::from_path(&primary)?, weight))
        });
        let mut best = (Self::Zh, 0);
        for (language, weight) in weighed {
            if weight > best.1 {
                best = (language, weight);
            }
        }
        best.0
    }
}

/// A weight of RFC 9110, 12.4.2, in thousandths.
fn thousandths(weight: &str) -> Option<u16> {
    let (whole, rest) = weight.split_once('.').unwrap_or((weight, ""));
    let whole: u16 = whole.parse().ok().filter(|whole| *whole <= 1)?;
    if rest.len() > 3 || !rest.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let rest: u16 = format!("{rest:0<3}").parse().ok()?;
    Some((whole * 1000 + rest).min(1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_known_language_is_taken() {
        for (header, want) in [
            ("", Language::Zh),
            ("en-GB,en;q=0.9", Language::En),
            ("fr, en;q=0.3, zh-CN;q=0.2", Language::En),
            ("en;q=0.3, zh-TW;q=0.4", Language::Zh),
            ("en;q=0", Language::Zh),
            ("de, *;q=0.5", Language::Zh),
            ("en;q=x", Language::Zh),
            ("EN", Language::En),
        ] {
            assert_eq!(Language::accepted(header), want, "{header}");
        }
    }
}
