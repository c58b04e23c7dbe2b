//! Chinese or English.

use serde::Serialize;

use super::report::Scope;
use super::unit::Unit;

/// The language that people are spoken to in. What reports say stays as they say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// 简体中文.
    #[default]
    Zh,
    /// English.
    En,
}

impl Language {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Zh, Self::En];

    /// As in an address and in `lang`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// The one of two texts that is in this language.
    pub const fn of<'t>(self, zh: &'t str, en: &'t str) -> &'t str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

impl Scope {
    /// Whom a report is about, in words.
    pub const fn name(self, language: Language) -> &'static str {
        match self {
            Self::Own => language.of("本机关", "own work"),
            Self::Consolidated => language.of("全区域汇总", "with all below it"),
            Self::Unknown => language.of("范围不明", "scope not known"),
        }
    }
}

impl Unit {
    /// What it counts, in English.
    pub const fn english(self) -> &'static str {
        match self {
            Self::Jian => "documents, requests or cases",
            Self::Tiao | Self::Xiang => "items",
            Self::Ci => "times",
            Self::Ge => "bodies or places",
            Self::Ren => "persons",
            Self::RenCi => "persons, once an occasion",
            Self::Pian => "articles",
            Self::Zong | Self::Qi3 => "cases",
            Self::Qi => "issues",
            Self::Bu => "works",
            Self::Fen => "copies",
            Self::Chu => "places",
            Self::Chang => "sessions",
            Self::Yuan => "yuan",
            Self::WanYuan => "10,000 yuan",
            Self::YiYuan => "100,000,000 yuan",
        }
    }
}
