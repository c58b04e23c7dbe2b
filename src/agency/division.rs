//! Divisions: `data/divisions.toml` and `data/division_history.toml` as tables.
//!
//! Codes are those of GB/T 2260, filled up to six digits; of the corps in Xinjiang `xpcc` and `xpcc-08`. What is not in the
//! files is unknown.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::model::division::{Province, provinces};

/// How high a body stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Central bodies.
    National,
    /// Provinces, autonomous regions, the four municipalities, the corps in Xinjiang.
    Province,
    /// Prefectures, their cities, leagues; divisions of the corps.
    Prefecture,
    /// Counties, districts (also those of the four municipalities), county-level cities, banners.
    County,
    /// Towns, townships, subdistricts; regiments of the corps.
    Township,
}

impl Level {
    /// Every level.
    pub const ALL: [Self; 5] = [
        Self::National,
        Self::Province,
        Self::Prefecture,
        Self::County,
        Self::Township,
    ];

    /// The word used in JSON and SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::National => "national",
            Self::Province => "province",
            Self::Prefecture => "prefecture",
            Self::County => "county",
            Self::Township => "township",
        }
    }

    /// Of a division's code; `None` for codes that are none.
    pub fn of_code(code: &str) -> Option<Self> {
        if code == "xpcc" {
            return Some(Self::Province);
        }
        if code.starts_with("xpcc-") {
            return Some(Self::Prefecture);
        }
        if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        Some(match (&code[2..4], &code[4..]) {
            ("00", "00") => Self::Province,
            (_, "00") => Self::Prefecture,
            _ => Self::County,
        })
    }
}

/// A name that meant another division before.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reused {
    pub name: String,
    pub before: String,
    pub after: String,
    /// The first report year in which it means the later one.
    pub first_year: i16,
    /// For people who read the file.
    note: String,
}

/// One division that became one other, by their keys ([`Divisions::key`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Renamed {
    pub from: String,
    pub to: String,
    /// The first report year of the later one.
    pub year: i16,
}

/// A division of the corps.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CorpsDivision {
    pub number: u8,
    #[serde(default)]
    pub city: Option<String>,
}

/// All that is known of divisions.
#[derive(Debug)]
pub struct Divisions {
    /// Name → code of six digits.
    provinces: HashMap<String, String>,
    /// Name → codes of six digits, the current one first.
    prefectures: HashMap<String, Vec<String>>,
    /// Name → codes, over all parents.
    counties: HashMap<String, Vec<String>>,
    /// Code → name, for people; of several names of one code the last of the file.
    names: HashMap<String, String>,
    pub(super) reused: HashMap<String, Reused>,
    pub(super) renamed: Vec<Renamed>,
    /// From and to, as above; several of either.
    pub(super) merged: Vec<Renamed>,
    pub(super) corps_name: String,
    pub(super) corps: Vec<CorpsDivision>,
    /// The longest name in characters.
    longest: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct History {
    reused: Vec<Reused>,
    division: Vec<Dissolved>,
    counties: Vec<Counties>,
    renamed: Vec<RenamedLine>,
    merged: Vec<MergedLine>,
    corps: Corps,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Dissolved {
    code: String,
    name: String,
    #[expect(dead_code, reason = "for people who read the file")]
    until: Option<i16>,
    #[expect(dead_code, reason = "for people who read the file")]
    note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Counties {
    parent: String,
    names: HashMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RenamedLine {
    from: String,
    to: String,
    parent: String,
    year: i16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MergedLine {
    from: Vec<String>,
    to: Vec<String>,
    parents: Vec<String>,
    year: i16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Corps {
    name: String,
    #[expect(dead_code, reason = "the code is fixed in `Level::of_code`")]
    code: String,
    divisions: Vec<CorpsDivision>,
}

static DIVISIONS: LazyLock<Divisions> = LazyLock::new(|| {
    Divisions::parse(
        provinces(),
        include_str!("../../data/division_history.toml"),
    )
    .unwrap_or_else(|error| panic!("compiled-in divisions: {error}"))
});

impl Divisions {
    /// The compiled-in divisions.
    pub fn get() -> &'static Self {
        &DIVISIONS
    }

    fn parse(provinces: &[Province], history: &str) -> Result<Self, String> {
        let history: History = toml::from_str(history).map_err(|error| error.to_string())?;
        let mut read = Self {
            provinces: HashMap::new(),
            prefectures: HashMap::new(),
            counties: HashMap::new(),
            names: HashMap::new(),
            reused: HashMap::new(),
            renamed: Vec::new(),
            merged: Vec::new(),
            corps_name: history.corps.name,
            corps: history.corps.divisions,
            longest: 0,
        };
        for province in provinces {
            let code = filled(&province.code)?;
            read.names.insert(code.clone(), province.name.clone());
            read.provinces.insert(province.name.clone(), code);
            for prefecture in &province.prefectures {
                let codes: Result<Vec<String>, String> =
                    prefecture.codes.iter().map(|code| filled(code)).collect();
                read.add_prefecture(&prefecture.name, codes?)?;
            }
        }
        for division in history.division {
            let code = filled(&division.code)?;
            read.add_prefecture(&division.name, vec![code])?;
        }
        for group in history.counties {
            for (name, code) in group.names {
                if filled(&code)? != code || !code.starts_with(&group.parent) {
                    return Err(format!("{name}: code {code:?} under {}", group.parent));
                }
                if let Some(known) = read.names.insert(code.clone(), name.clone()) {
                    return Err(format!("{code}: {known} and {name}"));
                }
                read.counties.entry(name).or_default().push(code);
            }
        }
        for codes in read.counties.values_mut() {
            codes.sort();
        }
        for reused in history.reused {
            for code in [&reused.before, &reused.after] {
                let known = read.names.entry(code.clone());
                known.or_insert_with(|| reused.name.clone());
            }
            read.reused.insert(reused.name.clone(), reused);
        }
        for line in history.renamed {
            let year = line.year;
            for to in read.keys(&line.to, &line.parent, line.year)? {
                for from in read.keys(&line.from, &line.parent, line.year - 1)? {
                    let to = to.clone();
                    read.renamed.push(Renamed { from, to, year });
                }
            }
        }
        for line in history.merged {
            for parent in &line.parents {
                for from in &line.from {
                    for from in read.keys(from, parent, line.year - 1)? {
                        for to in &line.to {
                            for to in read.keys(to, parent, line.year)? {
                                let (from, year) = (from.clone(), line.year);
                                read.merged.push(Renamed { from, to, year });
                            }
                        }
                    }
                }
            }
        }
        let names = read.provinces.keys().chain(read.prefectures.keys());
        let names = names.chain(read.counties.keys());
        read.longest = names.map(|name| name.chars().count()).max().unwrap_or(0);
        Ok(read)
    }

    fn add_prefecture(&mut self, name: &str, codes: Vec<String>) -> Result<(), String> {
        for code in &codes {
            let known = self.names.entry(code.clone());
            known.or_insert_with(|| name.to_owned());
        }
        match self.prefectures.insert(name.to_owned(), codes) {
            Some(_) => Err(format!("{name} stands twice")),
            None => Ok(()),
        }
    }

    /// The key of the one division of a name under a parent in a report year.
    fn keys(&self, name: &str, parent: &str, year: i16) -> Result<Vec<String>, String> {
        if let Some(reused) = self.reused.get(name) {
            let code = reused.code_in(year);
            return Ok(vec![Self::key(code, name)]);
        }
        let found = self
            .prefectures
            .get(name)
            .into_iter()
            .filter_map(|codes| codes.first())
            .chain(self.counties.get(name).into_iter().flatten())
            .find(|code| code.starts_with(parent));
        match found {
            Some(code) => Ok(vec![Self::key(code, name)]),
            None => Err(format!("{name} is not under {parent}")),
        }
    }

    /// A division of this code under this name: one that was renamed is another, so that years can be looked at.
    pub(super) fn key(code: &str, name: &str) -> String {
        format!("{code} {name}")
    }

    /// The codes of a name, over all parents and times; none where it is not known.
    pub fn codes(&self, name: &str) -> Vec<String> {
        if name == self.corps_name {
            return vec!["xpcc".into()];
        }
        let reused = self.reused.get(name);
        let mut codes: Vec<String> = self
            .provinces
            .get(name)
            .into_iter()
            .chain(self.prefectures.get(name).into_iter().flatten())
            .chain(self.counties.get(name).into_iter().flatten())
            .chain(
                reused
                    .into_iter()
                    .flat_map(|reused| [&reused.before, &reused.after]),
            )
            .cloned()
            .collect();
        codes.sort();
        codes.dedup();
        codes
    }

    /// The name of a code; `None` where it is not known.
    pub fn name(&self, code: &str) -> Option<String> {
        if code == "xpcc" {
            return Some(self.corps_name.clone());
        }
        if let Some(number) = code.strip_prefix("xpcc-") {
            return Some(format!("{}第{number}师", self.corps_name));
        }
        self.names.get(code).cloned()
    }

    /// The longest province at the start of a text, with its code.
    pub(super) fn province_at<'t>(&self, text: &'t str) -> Option<(&'t str, &str)> {
        self.longest_at(text, |name| self.provinces.get(name).map(String::as_str))
    }

    /// The longest prefecture at the start, of a province where one is given.
    pub(super) fn prefecture_at<'t>(
        &self,
        text: &'t str,
        province: Option<&str>,
    ) -> Option<(&'t str, &str)> {
        self.longest_at(text, |name| {
            let code = self.prefectures.get(name)?.first()?;
            let fits = province.is_none_or(|province| code[..2] == province[..2]);
            fits.then_some(code.as_str())
        })
    }

    /// The longest known county at the start, of a parent where one is given; without one only where a single division has
    /// the name and it is no district, whose names recur.
    pub(super) fn county_at<'t>(
        &self,
        text: &'t str,
        parent: Option<&str>,
    ) -> Option<(&'t str, &str)> {
        self.longest_at(text, |name| {
            let codes = self.counties.get(name)?;
            match parent {
                Some(parent) => {
                    let part = if parent.ends_with("0000") { 2 } else { 4 };
                    let mut of = codes.iter().filter(|code| code[..part] == parent[..part]);
                    let found = of.next()?;
                    of.next().is_none().then_some(found.as_str())
                }
                None if codes.len() == 1 && !name.ends_with('区') => Some(codes[0].as_str()),
                None => None,
            }
        })
    }

    fn longest_at<'t, 's>(
        &'s self,
        text: &'t str,
        find: impl Fn(&str) -> Option<&'s str>,
    ) -> Option<(&'t str, &'s str)> {
        let ends: Vec<usize> = text
            .char_indices()
            .map(|(at, c)| at + c.len_utf8())
            .take(self.longest)
            .collect();
        ends.iter().rev().find_map(|end| {
            let name = &text[..*end];
            // 云溪市场监督管理局: the 市 belongs to 市场.
            if name.ends_with('市') && text[*end..].starts_with('场') {
                return None;
            }
            Some((name, find(name)?))
        })
    }
}

impl Reused {
    /// Which division the name means in a report year.
    pub fn code_in(&self, year: i16) -> &str {
        if year < self.first_year {
            &self.before
        } else {
            &self.after
        }
    }
}

/// Two, four or six digits, filled up with zeros.
fn filled(code: &str) -> Result<String, String> {
    let sound = matches!(code.len(), 2 | 4 | 6) && code.bytes().all(|byte| byte.is_ascii_digit());
    if sound {
        Ok(format!("{code:0<6}"))
    } else {
        Err(format!("code {code:?}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_are_read_strictly() {
        let history = include_str!("../../data/division_history.toml");
        assert!(Divisions::parse(provinces(), history).is_ok());
        for (from, to) in [
            ("\"320302\"", "\"330302\""),
            ("\"320303\"", "\"320302\""),
            ("name = \"莱芜市\"", "label = \"莱芜市\""),
            ("from = \"铜山县\"", "from = \"铜铁县\""),
            ("parent = \"3203\"\nyear", "parent = \"3204\"\nyear"),
        ] {
            let wrong = history.replacen(from, to, 1);
            assert_ne!(wrong, history, "{from}");
            assert!(Divisions::parse(provinces(), &wrong).is_err(), "{from}");
        }
    }

    #[test]
    fn names_lead_to_codes_only_where_one_division_is_meant() {
        let divisions = Divisions::get();
        let county = |text, parent| divisions.county_at(text, parent).map(|(_, code)| code);
        assert_eq!(county("鼓楼区教育局", None), None);
        assert_eq!(county("鼓楼区教育局", Some("320300")), Some("320302"));
        assert_eq!(county("鼓楼区教育局", Some("320100")), Some("320106"));
        assert_eq!(county("鼓楼区教育局", Some("320000")), None);
        assert_eq!(county("沛县教育局", None), Some("320322"));
        assert_eq!(county("海淀区教委", Some("110000")), Some("110108"));
        assert_eq!(Level::of_code("110108"), Some(Level::County));
        assert_eq!(Level::of_code("320300"), Some(Level::Prefecture));
        assert_eq!(Level::of_code("320000"), Some(Level::Province));
        assert_eq!(Level::of_code("xpcc-08"), Some(Level::Prefecture));
        assert_eq!(Level::of_code("3203"), None);
        assert_eq!(divisions.reused["巢湖市"].code_in(2010), "341400");
        assert_eq!(divisions.reused["巢湖市"].code_in(2011), "340181");
    }
}
