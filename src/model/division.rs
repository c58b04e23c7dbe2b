//! Provinces and prefectures with their codes, as `data/divisions.toml` has them.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;

/// A province, autonomous region or municipality.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Province {
    /// The first two digits of its code in GB/T 2260.
    pub code: String,
    /// Its full name; no other division of the file has it.
    pub name: String,
    /// Its prefectures; none of a municipality.
    #[serde(default)]
    pub prefectures: Vec<Prefecture>,
}

/// A prefecture.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prefecture {
    /// Its full name; no other division of the file has it.
    pub name: String,
    /// The first four digits of its codes, the current one first; at least one.
    pub codes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    province: Vec<Province>,
}

static PROVINCES: LazyLock<Vec<Province>> = LazyLock::new(|| {
    parse(include_str!("../../data/divisions.toml"))
        .unwrap_or_else(|error| panic!("compiled-in data/divisions.toml: {error}"))
});

/// The compiled-in provinces, in the file's order. A test parses them, so the panic of a broken file cannot ship.
pub fn provinces() -> &'static [Province] {
    &PROVINCES
}

fn parse(text: &str) -> Result<Vec<Province>, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    let digits =
        |code: &str, count: usize| code.len() == count && code.bytes().all(|b| b.is_ascii_digit());
    let mut names = HashSet::new();
    for province in &file.province {
        if !digits(&province.code, 2) {
            return Err(format!("{}: code {:?}", province.name, province.code));
        }
        for prefecture in &province.prefectures {
            let sound = |code: &String| digits(code, 4) && code.starts_with(&province.code);
            if prefecture.codes.is_empty() || !prefecture.codes.iter().all(sound) {
                return Err(format!("{}: codes {:?}", prefecture.name, prefecture.codes));
            }
        }
        let inner = province.prefectures.iter().map(|one| &one.name);
        for name in inner.chain([&province.name]) {
            if !names.insert(name.as_str()) {
                return Err(format!("{name} stands twice"));
            }
        }
    }
    Ok(file.province)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_strictly() {
        let text = include_str!("../../data/divisions.toml");
        assert!(parse(text).is_ok());
        for wrong in [
            text.replacen("code = \"13\"", "code = \"1\"", 1),
            text.replacen("\"1301\"", "\"1401\"", 1),
            text.replacen("唐山市", "石家庄市", 1),
            text.replacen("name = ", "label = ", 1),
        ] {
            assert_ne!(wrong, text);
            assert!(parse(&wrong).is_err());
        }
    }
}
