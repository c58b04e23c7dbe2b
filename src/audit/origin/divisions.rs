//! The division in an index number against the agency's name.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::Evidence;
use super::signal::{Sign, Signal, Weight};

/// Provinces and prefectures of `data/divisions.toml`.
#[derive(Debug)]
pub struct Divisions {
    /// Full name → codes, of two or four digits.
    by_name: HashMap<String, Vec<String>>,
    /// The longest name, in characters.
    longest: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    province: Vec<Province>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Province {
    code: String,
    name: String,
    #[serde(default)]
    prefectures: Vec<Prefecture>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Prefecture {
    name: String,
    codes: Vec<String>,
}

static DIVISIONS: LazyLock<Divisions> = LazyLock::new(|| {
    Divisions::parse(include_str!("../../../data/divisions.toml"))
        .unwrap_or_else(|error| panic!("compiled-in data/divisions.toml: {error}"))
});

impl Divisions {
    /// The compiled-in divisions.
    pub fn get() -> &'static Self {
        &DIVISIONS
    }

    fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut by_name = HashMap::new();
        let digits = |code: &str, count: usize| {
            code.len() == count && code.bytes().all(|b| b.is_ascii_digit())
        };
        for province in file.province {
            if !digits(&province.code, 2) {
                return Err(format!("{}: code {:?}", province.name, province.code));
            }
            for prefecture in province.prefectures {
                let sound = |code: &String| digits(code, 4) && code.starts_with(&province.code);
                if prefecture.codes.is_empty() || !prefecture.codes.iter().all(sound) {
                    return Err(format!("{}: codes {:?}", prefecture.name, prefecture.codes));
                }
                if by_name
                    .insert(prefecture.name.clone(), prefecture.codes)
                    .is_some()
                {
                    return Err(format!("{} stands twice", prefecture.name));
                }
            }
            if by_name
                .insert(province.name.clone(), vec![province.code])
                .is_some()
            {
                return Err(format!("{} stands twice", province.name));
            }
        }
        let longest = by_name
            .keys()
            .map(|name| name.chars().count())
            .max()
            .unwrap_or(0);
        Ok(Self { by_name, longest })
    }

    /// The division that an agency's name begins with, and its codes; behind a province's name the prefecture's, if it is
    /// one of that province. `None` where the name begins otherwise: central bodies, counties, the corps in Xinjiang.
    fn of_agency<'a>(&self, agency: &'a str) -> Option<(&'a str, &[String])> {
        let (name, codes) = self.at_start(agency)?;
        let inner = self.at_start(&agency[name.len()..]).filter(|(_, inner)| {
            codes
                .iter()
                .any(|outer| inner.iter().all(|code| code.starts_with(outer.as_str())))
        });
        Some(inner.unwrap_or((name, codes)))
    }

    fn at_start<'a>(&self, text: &'a str) -> Option<(&'a str, &[String])> {
        let ends: Vec<usize> = text
            .char_indices()
            .map(|(at, character)| at + character.len_utf8())
            .take(self.longest)
            .collect();
        ends.iter().rev().find_map(|end| {
            let (_, codes) = self.by_name.get_key_value(&text[..*end])?;
            Some((&text[..*end], codes.as_slice()))
        })
    }
}

pub(super) fn compare(evidence: &Evidence<'_>, signals: &mut Vec<Signal>) {
    if let [first, rest @ ..] = evidence.codes
        && let Some(other) = rest.iter().find(|code| !same_code(first, code))
    {
        let evidence = format!("index numbers with {first} and {other}");
        signals.push(Signal::new(Sign::IndexCodeDiffers, Weight::Note, evidence));
    }
    let Some(agency) = evidence.agency else {
        return;
    };
    let Some((code, found)) = evidence
        .codes
        .iter()
        .find_map(|code| Some((code, division(code)?)))
    else {
        return;
    };
    let divisions = Divisions::get();
    let Some((name, codes)) = divisions.of_agency(agency) else {
        return;
    };
    // A province that is not in the list says nothing.
    let known = divisions
        .by_name
        .values()
        .flatten()
        .any(|code| *code == found[..2]);
    if !known {
        return;
    }
    let province = &codes[0][..2];
    let prefecture = codes[0].len() == 4 && &found[2..4] != "00";
    if found[..2] != *province {
        let evidence =
            format!("{code} is of a body registered in division {found}, {name} is {province}");
        signals.push(Signal::new(
            Sign::IndexDivisionDiffers,
            Weight::Sign,
            evidence,
        ));
    } else if prefecture && !codes.iter().any(|code| *code == found[..4]) {
        // Counties move between prefectures, and offices are registered where they sit.
        let evidence = format!(
            "{code} is of a body registered in division {found}, {name} is {}",
            codes.join(" or ")
        );
        signals.push(Signal::new(
            Sign::IndexDivisionDiffers,
            Weight::Note,
            evidence,
        ));
    }
}

/// Characters 3 to 8 of a 统一社会信用代码; `None` for other codes and bodies registered centrally (100000).
fn division(code: &str) -> Option<&str> {
    let found = code.get(2..8).filter(|_| code.len() == 18)?;
    let digits = found.bytes().all(|byte| byte.is_ascii_digit());
    (digits && !found.starts_with("10")).then_some(found)
}

/// The same body: equal, or the old code inside the new one (characters 9 to 17).
fn same_code(one: &str, other: &str) -> bool {
    let inner = |code: &str| match code.len() {
        18 => code.get(8..17).map(str::to_owned),
        _ => Some(code.to_owned()),
    };
    one == other || inner(one) == inner(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agencies_begin_with_their_divisions() {
        let divisions = Divisions::get();
        let code = |agency: &str| {
            divisions
                .of_agency(agency)
                .map(|(_, codes)| codes[0].clone())
        };
        let cases = [
            ("江苏省教育厅", Some("32")),
            ("徐州市人民政府办公室", Some("3203")),
            ("江苏省徐州市人民政府", Some("3203")),
            ("吉林省吉林市人民政府", Some("2202")),
            ("重庆市某区人民政府", Some("50")),
            ("海南藏族自治州人民政府", Some("6325")),
            ("海南省财政厅", Some("46")),
            ("云溪县教育局", None),
            ("国家税务总局江苏省税务局", None),
            ("新疆生产建设兵团水利局", None),
        ];
        for (agency, want) in cases {
            assert_eq!(code(agency).as_deref(), want, "{agency}");
        }
    }

    #[test]
    fn the_file_is_read_strictly() {
        let text = include_str!("../../../data/divisions.toml");
        for wrong in [
            text.replacen("code = \"13\"", "code = \"1\"", 1),
            text.replacen("\"1301\"", "\"1401\"", 1),
            text.replacen("唐山市", "石家庄市", 1),
            text.replacen("name = ", "label = ", 1),
        ] {
            assert!(Divisions::parse(&wrong).is_err());
        }
    }
}
