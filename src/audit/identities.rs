//! Reads `data/identities.toml`: the text in, identities that fit the forms out, or the first thing wrong.

use std::sync::LazyLock;

use serde::Deserialize;

use super::identity::Identity;
use super::validate::validate;
use crate::model::Catalog;

/// The version of the file.
const SCHEMA: &str = "nianbao.identities/1";

/// Why `data/identities.toml` is not usable.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// Not TOML, or a key or value that the schema does not know.
    #[error("data/identities.toml: {source}")]
    Syntax {
        /// What the TOML reader says, with line and column.
        source: Box<toml::de::Error>,
    },
    /// Another schema.
    #[error("data/identities.toml: schema {found:?}, not {SCHEMA:?}")]
    Schema {
        /// What the file says.
        found: String,
    },
    /// Well-formed but contradictory, or at odds with the forms.
    #[error("data/identities.toml: {id}: {problem}")]
    Meaning {
        /// The identity.
        id: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// Every identity, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identities {
    /// The identities.
    pub all: Vec<Identity>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IdentityFile {
    schema: String,
    identity: Vec<Identity>,
}

static IDENTITIES: LazyLock<Identities> = LazyLock::new(|| {
    let text = include_str!("../../data/identities.toml");
    Identities::parse(text, Catalog::get())
        .unwrap_or_else(|error| panic!("compiled-in reference data: {error}"))
});

impl Identities {
    /// The compiled-in identities. A test parses them, so the panic of a broken file cannot ship.
    pub fn get() -> &'static Self {
        &IDENTITIES
    }

    /// The identity with this id; `None` where there is none.
    pub fn find(&self, id: &str) -> Option<&Identity> {
        self.all.iter().find(|identity| identity.id == id)
    }

    /// Reads identities and checks them against the forms.
    ///
    /// # Errors
    ///
    /// [`IdentityError`] with the first thing that is wrong.
    pub fn parse(text: &str, catalog: &Catalog) -> Result<Self, IdentityError> {
        let file: IdentityFile = toml::from_str(text).map_err(|source| IdentityError::Syntax {
            source: Box::new(source),
        })?;
        if file.schema != SCHEMA {
            return Err(IdentityError::Schema { found: file.schema });
        }
        for (at, identity) in file.identity.iter().enumerate() {
            let twice = file.identity[..at]
                .iter()
                .any(|other| other.id == identity.id);
            let checked = if twice {
                Err("stands twice".into())
            } else {
                validate(identity, catalog)
            };
            checked.map_err(|problem| IdentityError::Meaning {
                id: identity.id.clone(),
                problem,
            })?;
        }
        Ok(Self { all: file.identity })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compiled_in_identities_are_valid() {
        let identities = Identities::get();
        assert_eq!(identities.all.len(), 67);
        let evaluated = identities.all.iter().filter(|i| i.kind.is_within_report());
        assert_eq!(evaluated.count(), 35);
        let Identity { left, right, .. } = identities.find("T3.FLOW").unwrap();
        assert_eq!(left[0].plus, ["requests.new", "requests.carried_in"]);
        assert_eq!(right[0].plus, ["outcome.total", "requests.carried_out"]);
    }

    #[test]
    fn broken_identities_are_refused() {
        let sum = r#"schema = "nianbao.identities/1"
            [[identity]]
            id = "A"
            kind = "sum"
            severity = "hard"
            forms = ["2014"]
            scope = "report"
            left = [{ plus = ["institution.staff.fulltime"] }]
            op = "eq"
            right = [{ plus = ["institution.staff"] }]
            en = "A."
            zh = "甲。"
        "#;
        let parse = |text: &str| Identities::parse(text, Catalog::get());
        assert_eq!(parse(sum).unwrap().all.len(), 1);
        for (from, to) in [
            ("institution.staff.fulltime", "institution.staff.volunteers"),
            ("[\"2014\"]", "[\"2019\"]"),
            ("[\"2014\"]", "[]"),
            ("op = \"eq\"", "op = \"ne\""),
            ("\"hard\"", "\"soft\""),
            ("\"sum\"", "\"cross_year\""),
            ("\"report\"", "\"each_row\""),
            ("en = \"A.\"", "en = \"\""),
            (
                "{ plus = [\"institution.staff\"] }",
                "{ of = \"last_year\", plus = [\"institution.staff\"] }",
            ),
        ] {
            assert!(sum.contains(from), "{from}");
            let error = parse(&sum.replacen(from, to, 1)).unwrap_err();
            assert!(
                matches!(error, IdentityError::Meaning { .. }),
                "{to}: {error}"
            );
        }
        for (from, to) in [
            ("op = \"eq\"", "op = \"equals\""),
            ("[\"2014\"]", "[\"2015\"]"),
            ("en =", "colour = \"red\"\nen ="),
            ("{ plus", "{ plus_ = [], plus"),
        ] {
            let error = parse(&sum.replacen(from, to, 1)).unwrap_err();
            assert!(
                matches!(error, IdentityError::Syntax { .. }),
                "{to}: {error}"
            );
        }
        let twice = format!("{sum}{}", sum.split_once('\n').unwrap().1);
        assert!(matches!(parse(&twice), Err(IdentityError::Meaning { .. })));
        let other = sum.replacen("identities/1", "identities/9", 1);
        assert!(matches!(parse(&other), Err(IdentityError::Schema { .. })));
    }
}
