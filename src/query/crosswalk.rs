//! The series of `data/series.toml`: an indicator across forms, and how far it may be joined.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::model::form::LIST_CUMULATIVE;
use crate::model::{Catalog, FormId, IndicatorId};

/// How far a series may be drawn through where the form changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    /// Draw through.
    Good,
    /// Draw with a footnote.
    Fair,
    /// Draw with a break.
    Weak,
    /// Never join two forms.
    NotComparable,
}

/// What a form's cells count, held against the series as its newest form has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// The same, in one cell.
    Exact,
    /// The same, as a sum or difference of parts.
    Sum,
    /// More.
    Broader,
    /// Less.
    Narrower,
    /// Something near it, or it is not known what was counted.
    Differs,
    /// Another quantity.
    NotComparable,
}

impl Relation {
    /// The word used in data, JSON and CSV.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Sum => "sum",
            Self::Broader => "broader",
            Self::Narrower => "narrower",
            Self::Differs => "differs",
            Self::NotComparable => "not_comparable",
        }
    }

    /// Whether it counts just what the series does.
    pub const fn is_same(self) -> bool {
        matches!(self, Self::Exact | Self::Sum)
    }
}

impl Quality {
    /// The word used in data, JSON and CSV.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Fair => "fair",
            Self::Weak => "weak",
            Self::NotComparable => "not_comparable",
        }
    }
}

/// What a number is about in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// What happened in a year; years may be added up.
    #[default]
    Flow,
    /// What stood at a day; years are never added up.
    Stock,
    /// A cell asked for by its id, of which no series says either.
    #[serde(skip_deserializing)]
    Unknown,
}

/// What a term of a sum does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// Is added.
    Plus,
    /// Is taken off.
    Minus,
}

/// One cell of a sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// The cell.
    pub indicator: IndicatorId,
    /// What it does.
    pub sign: Sign,
}

/// An indicator across forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// Its id: `requests_received`.
    pub id: String,
    /// In Chinese, for people.
    pub label: String,
    /// How far it may be joined.
    pub quality: Quality,
    /// Whether years may be added up.
    pub measure: Measure,
    /// What to know about it; empty where nothing.
    pub caveat: String,
    /// The same in Chinese, for pictures and codebooks.
    pub caveat_zh: String,
    /// The terms in each form that has it.
    pub forms: BTreeMap<FormId, Vec<Term>>,
    /// Other terms where a form has several lists, of which a report follows one.
    pub variants: Vec<(FormId, Vec<Term>)>,
    /// What the terms of each form count, held against the newest; of a form that lacks here it is not known.
    pub relations: BTreeMap<FormId, Relation>,
}

impl Series {
    /// The forms that exports keep apart, each under an id of its own: those of a series that must never be joined. Empty where it may,
    /// and where there is one form.
    pub fn forms_apart(&self) -> Vec<FormId> {
        if self.quality == Quality::NotComparable && self.forms.len() > 1 {
            self.forms.keys().copied().collect()
        } else {
            Vec::new()
        }
    }

    /// The id under which exports have what a form says: the series' own, behind it the form where forms are kept apart.
    pub fn exported_id(&self, form: FormId) -> String {
        if self.forms_apart().is_empty() {
            self.id.clone()
        } else {
            format!("{}_{form}", self.id)
        }
    }

    /// The sums a form may have, the first of which a report has a cell counts.
    pub fn terms_of(&self, form: FormId) -> impl Iterator<Item = &Vec<Term>> {
        let variants = self.variants.iter().filter(move |(of, _)| *of == form);
        self.forms
            .get(&form)
            .into_iter()
            .chain(variants.map(|(_, terms)| terms))
    }

    /// Whether a line must break between points of two forms.
    pub fn breaks_between(&self, one: FormId, other: FormId) -> bool {
        let same = |form| {
            self.relations
                .get(&form)
                .is_some_and(|relation| relation.is_same())
        };
        one != other && self.quality >= Quality::Weak && !(same(one) && same(other))
    }
}

/// Why `data/series.toml` is not usable.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CrosswalkError {
    /// Not TOML, or a key or value that the schema does not know.
    #[error("data/series.toml: {0}")]
    Syntax(#[from] toml::de::Error),
    /// Well-formed, but against the forms or itself.
    #[error("data/series.toml: series {series}: {problem}")]
    Meaning {
        /// The series.
        series: String,
        /// What is wrong.
        problem: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    series: Vec<SeriesFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeriesFile {
    id: String,
    label: String,
    quality: Quality,
    #[serde(default)]
    measure: Measure,
    #[serde(default)]
    caveat: String,
    #[serde(default)]
    caveat_zh: String,
    forms: Vec<FormFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FormFile {
    form: String,
    relation: Relation,
    plus: Vec<String>,
    #[serde(default)]
    minus: Vec<String>,
}

static SERIES: LazyLock<Vec<Series>> = LazyLock::new(|| {
    parse(include_str!("../../data/series.toml"))
        .unwrap_or_else(|error| panic!("compiled-in reference data: {error}"))
});

/// Every series, in the file's order. A test parses it, so the panic of a broken file cannot ship.
pub fn all() -> &'static [Series] {
    &SERIES
}

/// The series with this id.
pub fn find(id: &str) -> Option<&'static Series> {
    SERIES.iter().find(|series| series.id == id)
}

fn parse(text: &str) -> Result<Vec<Series>, CrosswalkError> {
    let file: File = toml::from_str(text)?;
    let mut all: Vec<Series> = Vec::new();
    for one in file.series {
        let meaning = |problem: String| CrosswalkError::Meaning {
            series: one.id.clone(),
            problem,
        };
        if all.iter().any(|other| other.id == one.id) {
            return Err(meaning("stands twice".into()));
        }
        if one.caveat.is_empty() != one.caveat_zh.is_empty() {
            return Err(meaning("caveat and caveat_zh go together".into()));
        }
        let mut forms = BTreeMap::new();
        let mut variants = Vec::new();
        let mut relations = BTreeMap::new();
        for terms in &one.forms {
            let form: FormId = terms
                .form
                .parse()
                .map_err(|()| meaning(format!("no form {:?}", terms.form)))?;
            let mut list = Vec::new();
            let signs = [(Sign::Plus, &terms.plus), (Sign::Minus, &terms.minus)];
            for (sign, cell) in signs
                .iter()
                .flat_map(|(sign, cells)| cells.iter().map(move |cell| (*sign, cell)))
            {
                let indicator = Catalog::get()
                    .find(form, cell)
                    .ok_or_else(|| meaning(format!("form {form} has no cell {cell:?}")))?;
                if Catalog::get().indicator(indicator).column == LIST_CUMULATIVE {
                    return Err(meaning(format!("{cell} adds up years")));
                }
                list.push(Term { indicator, sign });
            }
            if terms.plus.is_empty() {
                return Err(meaning(format!("form {form} has no terms")));
            }
            let single = list.len() == 1 && terms.minus.is_empty();
            match terms.relation {
                Relation::Exact if !single => {
                    return Err(meaning(format!("form {form}: several cells are a sum")));
                }
                Relation::Sum if single => {
                    return Err(meaning(format!("form {form}: one cell is no sum")));
                }
                _ => {}
            }
            if *relations.entry(form).or_insert(terms.relation) != terms.relation {
                return Err(meaning(format!("form {form} has two relations")));
            }
            let table = |term: &Term| Catalog::get().indicator(term.indicator).table.as_str();
            match forms.entry(form) {
                Entry::Vacant(entry) => {
                    entry.insert(list);
                }
                Entry::Occupied(first) if table(&first.get()[0]) != table(&list[0]) => {
                    variants.push((form, list));
                }
                Entry::Occupied(_) => {
                    return Err(meaning(format!("form {form} stands twice")));
                }
            }
        }
        // A line is drawn through what is the same only; a refusal needs something to refuse.
        let same = relations.values().all(|relation| relation.is_same());
        let other = relations
            .values()
            .any(|relation| *relation == Relation::NotComparable);
        if (one.quality == Quality::Good && !same)
            || (other && one.quality != Quality::NotComparable)
        {
            return Err(meaning(
                "quality and relations contradict each other".into(),
            ));
        }
        all.push(Series {
            id: one.id.clone(),
            label: one.label,
            quality: one.quality,
            measure: one.measure,
            caveat: one.caveat,
            caveat_zh: one.caveat_zh,
            forms,
            variants,
            relations,
        });
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_is_one_of_its_form() {
        let all = parse(include_str!("../../data/series.toml")).unwrap();
        assert!(all.len() > 40);
        let terms = |id: &str, form| {
            let series = all.iter().find(|one| one.id == id).unwrap();
            let terms = series.forms[&form].iter();
            terms.map(|term| term.sign).collect::<Vec<_>>()
        };
        assert_eq!(
            terms("denied_legal", FormId::F2014),
            [Sign::Plus, Sign::Minus]
        );
        assert_eq!(terms("denied_all_2019def", FormId::F2021).len(), 8);
    }

    #[test]
    fn sums_stay_within_one_unit() {
        for series in all() {
            let variants = series.variants.iter().map(|(_, terms)| terms);
            for terms in series.forms.values().chain(variants) {
                let unit = |term: &Term| Catalog::get().indicator(term.indicator).unit;
                assert!(
                    terms.iter().all(|term| unit(term) == unit(&terms[0])),
                    "{}",
                    series.id
                );
            }
        }
    }

    #[test]
    fn wrong_files_are_refused() {
        let file = |forms: &str| {
            format!("[[series]]\nid = \"a\"\nlabel = \"\"\nquality = \"good\"\nforms = [{forms}]\n")
        };
        assert!(
            parse(&file(
                "{ form = \"2021\", relation = \"exact\", plus = [\"review.total\"] }"
            ))
            .is_ok()
        );
        let variants = "{ form = \"2008\", relation = \"exact\", plus = [\"h.req\"] }, { form = \"2008\", relation = \"exact\", plus = [\"fj.req@year\"] }";
        assert!(parse(&file(variants)).is_ok());
        for forms in [
            "{ form = \"2021\", relation = \"exact\", plus = [\"review.sum\"] }",
            "{ form = \"2022\", relation = \"exact\", plus = [\"review.total\"] }",
            "{ form = \"2021\", relation = \"exact\", plus = [] }",
            "{ form = \"2021\", plus = [\"review.total\"] }",
            "{ form = \"2021\", relation = \"sum\", plus = [\"review.total\"] }",
            "{ form = \"2021\", relation = \"broader\", plus = [\"review.total\"] }",
            "{ form = \"2021\", relation = \"exact\", plus = [\"review.upheld\", \"review.other\"] }",
            "{ form = \"2021\", relation = \"exact\", plus = [\"review.total\"] }, { form = \"2021\", relation = \"exact\", plus = [\"review.upheld\"] }",
            "{ form = \"2008\", relation = \"exact\", plus = [\"fj.req@cumulative\"] }",
            "{ form = \"2021\", relation = \"exact\", plus = [\"review.total\"], times = [] }",
        ] {
            assert!(parse(&file(forms)).is_err(), "{forms}");
        }
    }
}
