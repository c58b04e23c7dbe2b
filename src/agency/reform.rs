//! Reforms of bodies and short names: `data/reforms.toml`.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

/// What became of the bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReformKind {
    /// One body under another name.
    Rename,
    /// Several into one.
    Merger,
    /// One into several.
    Split,
    /// Made anew.
    New,
    /// No successor.
    Abolished,
}

/// One line of a reform.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reform {
    /// Its name in evidence.
    pub id: String,
    /// What became of them.
    pub kind: ReformKind,
    /// Day of the national plan, ISO 8601.
    pub decree: String,
    /// By when local bodies followed, ISO 8601.
    pub deadline: String,
    /// Of central bodies: the names are whole, and no other body has them.
    #[serde(default)]
    pub national: bool,
    /// Names of the earlier bodies, behind the division; empty for new ones.
    #[serde(default)]
    pub from: Vec<String>,
    /// Names of the later ones; empty where there is none.
    #[serde(default)]
    pub to: Vec<String>,
    /// The plan.
    pub basis: String,
    /// What else is to be known.
    #[serde(default)]
    pub note: Option<String>,
}

impl Reform {
    /// The first report year of a successor.
    pub fn first_year(&self) -> i16 {
        year(&self.decree)
    }

    /// The last report year of a predecessor.
    pub fn last_year(&self) -> i16 {
        year(&self.deadline)
    }
}

fn year(day: &str) -> i16 {
    day.get(..4)
        .and_then(|year| year.parse().ok())
        .unwrap_or_default()
}

/// Whether it is a day of the calendar, ISO 8601.
fn is_day(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

/// Reforms and short names.
#[derive(Debug)]
pub struct Reforms {
    /// In the order of the file.
    pub all: Vec<Reform>,
    short: HashMap<String, String>,
    /// Names of central bodies in the reforms.
    national: HashSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    reform: Vec<Reform>,
    short: HashMap<String, String>,
}

static REFORMS: LazyLock<Reforms> = LazyLock::new(|| {
    Reforms::parse(include_str!("../../data/reforms.toml"))
        .unwrap_or_else(|error| panic!("compiled-in data/reforms.toml: {error}"))
});

impl Reforms {
    /// The compiled-in reforms.
    pub fn get() -> &'static Self {
        &REFORMS
    }

    fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        for (short, long) in &file.short {
            if short == long || file.short.contains_key(long) {
                return Err(format!(
                    "{short} is short for {long}, which is short itself"
                ));
            }
        }
        let mut ids = BTreeSet::new();
        let mut national = HashSet::new();
        // What became of a body on one day is one thing.
        let mut ended: HashMap<(&str, &str), ReformKind> = HashMap::new();
        for reform in &file.reform {
            let id = &reform.id;
            if !ids.insert(id) {
                return Err(format!("{id} stands twice"));
            }
            if !is_day(&reform.decree)
                || !is_day(&reform.deadline)
                || reform.deadline < reform.decree
            {
                return Err(format!(
                    "{id}: from {} to {}",
                    reform.decree, reform.deadline
                ));
            }
            for name in &reform.from {
                let one = ended.entry((name, &reform.decree)).or_insert(reform.kind);
                let is_rename = |kind| kind == ReformKind::Rename;
                if *one != reform.kind && (is_rename(*one) || is_rename(reform.kind)) {
                    return Err(format!("{id}: {name} is renamed and more on one day"));
                }
            }
            if reform.national {
                national.extend(reform.from.iter().chain(&reform.to).cloned());
            }
            if reform.first_year() < 2000 || reform.last_year() < reform.first_year() {
                return Err(format!(
                    "{id}: from {} to {}",
                    reform.decree, reform.deadline
                ));
            }
            let (from, to) = (!reform.from.is_empty(), !reform.to.is_empty());
            let sound = match reform.kind {
                ReformKind::Rename | ReformKind::Merger | ReformKind::Split => from && to,
                ReformKind::New => !from && to,
                ReformKind::Abolished => from && !to,
            };
            if !sound {
                return Err(format!("{id}: {:?} with such names", reform.kind));
            }
            let names = reform.from.iter().chain(&reform.to);
            if let Some(name) = names
                .into_iter()
                .find(|name| file.short.contains_key(*name))
            {
                return Err(format!("{id}: {name} is a short name"));
            }
            if reform.kind == ReformKind::Rename {
                let mut same = reform.from.iter().filter(|name| reform.to.contains(name));
                if let Some(name) = same.next() {
                    return Err(format!("{id}: {name} is renamed to itself"));
                }
            }
        }
        Ok(Self {
            all: file.reform,
            short: file.short,
            national,
        })
    }

    /// Whether a central body had or has exactly this name.
    pub(super) fn is_national(&self, name: &str) -> bool {
        self.national.contains(name)
    }

    /// The full name that a name behind a division is short for.
    pub(super) fn full<'a>(&'a self, body: &'a str) -> &'a str {
        self.short.get(body).map_or(body, String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_strictly() {
        let text = include_str!("../../data/reforms.toml");
        let reforms = Reforms::parse(text).unwrap();
        assert_eq!(reforms.full("发改委"), "发展和改革委员会");
        assert_eq!(reforms.full("教育局"), "教育局");
        for (from, to) in [
            ("decree = \"2018-03-17\"", "decree = \"2028-03-17\""),
            ("decree = \"2018-03-17\"", "decree = \"2018-02-30\""),
            ("id = \"2018-health\"", "id = \"2018-environment\""),
            ("from = [\"卫生和计划生育局\"", "from = [\"林业局\""),
            ("kind = \"new\"", "kind = \"merger\""),
            ("kind = \"rename\"", "kind = \"moved\""),
            ("to = [\"生态环境局\"", "to = [\"环境保护局\""),
            ("from = [\"环境保护局\"", "from = [\"环保局\""),
            (
                "\"发改委\" = \"发展和改革委员会\"",
                "\"发改委\" = \"发改局\"",
            ),
        ] {
            let wrong = text.replacen(from, to, 1);
            assert_ne!(wrong, text, "{from}");
            assert!(Reforms::parse(&wrong).is_err(), "{from}");
        }
    }

    #[test]
    fn names_of_reforms_are_read_as_they_stand() {
        use crate::agency::{Name, Path};
        for reform in &Reforms::get().all {
            for name in reform.from.iter().chain(&reform.to) {
                if reform.national {
                    let read = Name::parse(name, None);
                    assert_eq!(read.path(), Path::Whole("cn".into()), "{name}");
                    assert_eq!(&read.body, name);
                } else {
                    let read = Name::parse(&format!("云溪县{name}"), None);
                    assert_eq!(&read.body, name);
                    assert_eq!(read.path(), Path::Whole("? 云溪县".into()), "{name}");
                    assert!(!Name::parse(name, None).is_national, "{name}");
                }
            }
        }
    }

    #[test]
    fn a_central_rename_leads_to_a_body_that_nothing_else_went_into() {
        let all = &Reforms::get().all;
        for rename in all
            .iter()
            .filter(|one| one.national && one.kind == ReformKind::Rename)
        {
            let others = all
                .iter()
                .filter(|one| one.id != rename.id && one.decree == rename.decree);
            for other in others {
                let into = other.to.iter().any(|name| rename.to.contains(name));
                assert!(!into, "{} and {}", rename.id, other.id);
            }
            assert_eq!(
                (rename.from.len(), rename.to.len()),
                (1, 1),
                "{}",
                rename.id
            );
        }
    }
}
