//! The division in an index number against the agency's name.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Evidence;
use super::signal::{Sign, Signal, Weight};
use crate::model::division::{Province, provinces};

/// Provinces and prefectures of `data/divisions.toml`.
#[derive(Debug)]
pub struct Divisions {
    /// Full name → codes, of two or four digits.
    by_name: HashMap<String, Vec<String>>,
    /// The longest name, in characters.
    longest: usize,
}

static DIVISIONS: LazyLock<Divisions> = LazyLock::new(|| Divisions::of(provinces()));

impl Divisions {
    /// The compiled-in divisions.
    pub fn get() -> &'static Self {
        &DIVISIONS
    }

    fn of(provinces: &[Province]) -> Self {
        let mut by_name = HashMap::new();
        for province in provinces {
            by_name.insert(province.name.clone(), vec![province.code.clone()]);
            for prefecture in &province.prefectures {
                by_name.insert(prefecture.name.clone(), prefecture.codes.clone());
            }
        }
        let longest = by_name
            .keys()
            .map(|name| name.chars().count())
            .max()
            .unwrap_or(0);
        Self { by_name, longest }
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
}
