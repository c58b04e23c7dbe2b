//! Reads `data/watch.toml`: what each code means, in two languages.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::model::WatchCode;

/// What there is to say of a code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// The code's word.
    pub id: String,
    /// Its severity's word.
    pub severity: String,
    /// What it means, in Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// The law or rule it rests on, in Chinese.
    pub basis_zh: String,
    /// In English.
    pub basis_en: String,
    /// Explanations without fault, in Chinese.
    pub innocent_zh: Vec<String>,
    /// In English.
    pub innocent_en: Vec<String>,
}

/// All of them, in the order of the codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts(Vec<Text>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    code: Vec<Text>,
}

static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    let text = include_str!("../../../data/watch.toml");
    Texts::parse(text).unwrap_or_else(|error| panic!("compiled-in reference data: {error}"))
});

impl Texts {
    /// The compiled-in ones. A test parses them, so the panic of a broken file cannot ship.
    pub fn get() -> &'static Self {
        &TEXTS
    }

    /// That of a code.
    pub fn of(&self, code: WatchCode) -> &Text {
        &self.0[code as usize]
    }

    /// All of them.
    pub fn all(&self) -> &[Text] {
        &self.0
    }

    fn parse(text: &str) -> Result<Self, String> {
        let file: File =
            toml::from_str(text).map_err(|error| format!("data/watch.toml: {error}"))?;
        let mut sorted = Vec::new();
        for code in WatchCode::ALL {
            let mut found = file.code.iter().filter(|text| text.id == code.as_str());
            let (Some(text), None) = (found.next(), found.next()) else {
                return Err(format!(
                    "data/watch.toml: {} must stand once",
                    code.as_str()
                ));
            };
            if text.severity != code.severity().as_str() {
                return Err(format!(
                    "data/watch.toml: {} is {}",
                    code.as_str(),
                    code.severity().as_str()
                ));
            }
            if text.innocent_zh.is_empty() || text.innocent_zh.len() != text.innocent_en.len() {
                return Err(format!(
                    "data/watch.toml: {}: innocent explanations in both languages",
                    code.as_str()
                ));
            }
            sorted.push(text.clone());
        }
        if sorted.len() != file.code.len() {
            return Err("data/watch.toml: a code that is none".into());
        }
        Ok(Self(sorted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_sentences() {
        let texts = Texts::get();
        assert_eq!(texts.all().len(), WatchCode::ALL.len());
        assert_eq!(texts.of(WatchCode::Late).id, "late");
        let text = include_str!("../../../data/watch.toml");
        for (from, to) in [
            ("id = \"late\"", "id = \"later\""),
            ("severity = \"error\"", "severity = \"info\""),
            ("zh = ", "cn = "),
        ] {
            assert!(Texts::parse(&text.replacen(from, to, 1)).is_err(), "{to}");
        }
    }
}
