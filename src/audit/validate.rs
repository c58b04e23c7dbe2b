//! Reads `data/identities.toml` and checks what its schema cannot say: that every id exists in every form
//! named, and that each kind has the keys it needs and no others.

use std::sync::LazyLock;

use serde::Deserialize;

use super::identity::{Group, Identity, Kind, Operator, Reach, Reports, Strictness};
use super::place::{Place, places};
use crate::model::form::Shape;
use crate::model::{Catalog, FormId};

/// The version of the file.
const SCHEMA: &str = "nianbao.identities/1";

/// What a list's value columns are called in rules across years; they are no indicators.
const LIST_COLUMNS: [&str; 2] = ["year", "cumulative"];

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

fn require(holds: bool, problem: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(problem.into()) }
}

fn validate(identity: &Identity, catalog: &Catalog) -> Result<(), String> {
    let Identity { kind, op, .. } = *identity;
    require(!identity.forms.is_empty(), "no forms")?;
    require(
        !identity.en.is_empty() && !identity.zh.is_empty(),
        "no explanation",
    )?;
    require(
        kind.is_narrative() == identity.narrative.is_some(),
        "narrative goes with the narrative kinds",
    )?;
    let across = matches!(kind, Kind::CrossYear | Kind::CrossEra);
    require(
        across != identity.earlier_forms.is_empty(),
        "earlier_forms go with the kinds across years",
    )?;
    require(
        (kind == Kind::Timeliness) != identity.deadlines.is_empty(),
        "deadlines go with timeliness",
    )?;
    require(
        (kind == Kind::Plausibility) == identity.agency_attribute.is_some(),
        "agency_attribute goes with plausibility",
    )?;
    require(
        (op == Operator::OneOf) != identity.candidates.is_empty(),
        "candidates go with one_of",
    )?;
    require(
        (op == Operator::MultipleOf)
            == identity
                .narrative
                .as_ref()
                .is_some_and(|n| n.step.is_some()),
        "step goes with multiple_of",
    )?;
    if kind.is_within_report() {
        within_report(identity)?;
    }
    readable(identity)?;
    ids(identity, catalog)?;
    candidates(identity, catalog)
}

/// What the evaluator relies on.
fn within_report(identity: &Identity) -> Result<(), String> {
    let domain = matches!(identity.op, Operator::NonNegative | Operator::Whole);
    let compared = matches!(identity.op, Operator::Eq | Operator::Le | Operator::Ge);
    require(domain || compared, "op does not go with the kind")?;
    require(
        domain == (identity.kind == Kind::Domain),
        "op does not go with the kind",
    )?;
    require(
        domain == (identity.reach == Reach::EachCell),
        "scope does not go with the op",
    )?;
    require(
        domain == identity.left.is_empty(),
        "left does not go with the op",
    )?;
    require(
        domain == identity.right.is_empty(),
        "right does not go with the op",
    )?;
    require(
        identity.strictness == Strictness::Hard || !identity.exceptions.is_empty(),
        "soft, but no exception says why",
    )?;
    for side in [&identity.left, &identity.right] {
        let greatest = side.iter().filter(|group| !group.max.is_empty()).count();
        require(greatest <= 1, "two max groups on one side")?;
    }
    Ok(())
}

/// Whether the groups name reports that the kind has.
fn readable(identity: &Identity) -> Result<(), String> {
    for group in identity.left.iter().chain(&identity.right) {
        let fits = match group.of {
            Reports::This => identity.kind != Kind::CrossLevel,
            Reports::LastYear => matches!(identity.kind, Kind::CrossYear | Kind::CrossEra),
            Reports::EveryPart | Reports::OnePart | Reports::Consolidated => {
                identity.kind == Kind::CrossLevel
            }
        };
        require(fits, "of does not go with the kind")?;
    }
    let no_ids = matches!(identity.reach, Reach::AllCells | Reach::EachCell);
    let none = identity.left.is_empty() && identity.right.is_empty();
    require(!no_ids || none, "the scope takes no ids")
}

fn ids(identity: &Identity, catalog: &Catalog) -> Result<(), String> {
    for (form, earlier) in identity
        .forms
        .iter()
        .map(|form| (*form, false))
        .chain(identity.earlier_forms.iter().map(|form| (*form, true)))
    {
        for place in places(identity, form, catalog)? {
            for group in identity.left.iter().chain(&identity.right) {
                if (group.of == Reports::LastYear) == earlier {
                    known(identity, group, place, form, catalog)?;
                }
            }
        }
    }
    Ok(())
}

fn known(
    identity: &Identity,
    group: &Group,
    place: Place,
    form: FormId,
    catalog: &Catalog,
) -> Result<(), String> {
    let list = matches!(place, Place::Row(table, _) if table.shape == Shape::List)
        && !identity.kind.is_within_report();
    for id in group.plus.iter().chain(&group.minus).chain(&group.max) {
        let exists = if list {
            LIST_COLUMNS.contains(&id.as_str())
        } else {
            place.cell(catalog, form, id).is_some()
        };
        if !exists {
            let place = place.name(catalog);
            return Err(format!("form {form} has no {id} at {place:?}"));
        }
    }
    Ok(())
}

fn candidates(identity: &Identity, catalog: &Catalog) -> Result<(), String> {
    for (at, candidate) in identity.candidates.iter().enumerate() {
        let id = &candidate.id;
        let twice = identity.candidates[..at]
            .iter()
            .any(|other| other.id == *id);
        require(!twice, "two candidates of one name")?;
        let forms = if candidate.forms.is_empty() {
            &identity.forms
        } else {
            &candidate.forms
        };
        for form in forms {
            require(identity.forms.contains(form), "candidate of a foreign form")?;
            for group in &candidate.terms {
                require(group.of == Reports::This, "candidate of another report")?;
                known(identity, group, Place::Report, *form, catalog)?;
            }
        }
    }
    for form in &identity.forms {
        let derivable = identity
            .candidates
            .iter()
            .any(|candidate| candidate.forms.is_empty() || candidate.forms.contains(form));
        require(
            identity.candidates.is_empty() || derivable,
            "form without a candidate",
        )?;
    }
    Ok(())
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
