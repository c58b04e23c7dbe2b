//! The ratios of `data/ratios.toml`: a sum of series and cells over another, exact until it is printed.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::model::{Catalog, CellStatus, Decimal, FormId};
use crate::store::Store;

use super::crosswalk::{self, Measure, Quality, Relation, Series, Sign, Term};
use super::series::{self, Point, PointStatus, Side};
use super::wide::Panel;
use super::{Filter, QueryError};

/// Digits behind the point of a percentage.
pub const PERCENT_SCALE: u8 = 2;

/// A derived indicator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ratio {
    /// Its id: `disclosure_rate`.
    pub id: String,
    /// In Chinese, for people.
    pub label: String,
    /// In English.
    pub label_en: String,
    /// How it is made, in Chinese.
    pub formula: String,
    /// In English.
    pub formula_en: String,
    /// How far it may be joined.
    pub quality: Quality,
    /// What to know about it; empty where nothing.
    pub caveat: String,
    /// What is counted.
    pub numerator: Series,
    /// Of how many. It has the forms and relations of the numerator.
    pub denominator: Series,
}

/// The counts behind a percentage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Fraction {
    /// `None` where it is missing.
    pub numerator: Option<Decimal>,
    /// `None` where it is missing.
    pub denominator: Option<Decimal>,
}

impl Fraction {
    /// numerator ÷ denominator × 100 with two decimals, halves away from zero; `None` where something is
    /// missing, the denominator is 0, or a count is negative.
    pub fn percent(&self) -> Option<Decimal> {
        let (above, below) = self.whole()?;
        let unit = 10_i128.pow(2 + u32::from(PERCENT_SCALE));
        let twice = above
            .checked_mul(unit)?
            .checked_mul(2)?
            .checked_add(below)?;
        Decimal::new(
            i64::try_from(twice / below.checked_mul(2)?).ok()?,
            PERCENT_SCALE,
        )
    }

    /// Both counts at one scale, the lower one above 0.
    pub(super) fn whole(&self) -> Option<(i128, i128)> {
        let (above, below) = (self.numerator?, self.denominator?);
        let scale = above.scale().max(below.scale());
        let (above, below) = (above.at_scale(scale)?, below.at_scale(scale)?);
        (above >= 0 && below > 0).then_some((above, below))
    }

    /// Whether there is a denominator and it is 0.
    pub fn is_of_nothing(&self) -> bool {
        self.denominator.is_some_and(|value| value.mantissa() == 0)
    }
}

/// Why `data/ratios.toml` is not usable.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RatioError {
    /// Not TOML, or a key or value that the schema does not know.
    #[error("data/ratios.toml: {0}")]
    Syntax(#[from] toml::de::Error),
    /// Well-formed, but against the series, the forms or itself.
    #[error("data/ratios.toml: ratio {ratio}: {problem}")]
    Meaning {
        /// The ratio.
        ratio: String,
        /// What is wrong.
        problem: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    ratio: Vec<RatioFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RatioFile {
    id: String,
    label: String,
    label_en: String,
    formula: String,
    formula_en: String,
    quality: Quality,
    #[serde(default)]
    caveat: String,
    #[serde(default)]
    caveat_zh: String,
    numerator: SumFile,
    denominator: SumFile,
    forms: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SumFile {
    plus: Vec<String>,
    #[serde(default)]
    minus: Vec<String>,
}

static RATIOS: LazyLock<Vec<Ratio>> = LazyLock::new(|| {
    parse(include_str!("../../data/ratios.toml"))
        .unwrap_or_else(|error| panic!("compiled-in reference data: {error}"))
});

/// Every ratio, in the file's order. A test parses it, so the panic of a broken file cannot ship.
pub fn all() -> &'static [Ratio] {
    &RATIOS
}

/// The ratio with this id.
pub fn find(id: &str) -> Option<&'static Ratio> {
    RATIOS.iter().find(|ratio| ratio.id == id)
}

fn parse(text: &str) -> Result<Vec<Ratio>, RatioError> {
    let file: File = toml::from_str(text)?;
    let mut all: Vec<Ratio> = Vec::new();
    for one in file.ratio {
        let id = one.id.clone();
        let meaning = |problem: String| RatioError::Meaning {
            ratio: id.clone(),
            problem,
        };
        if all.iter().any(|other| other.id == one.id) {
            return Err(meaning("stands twice".into()));
        }
        if one.caveat.is_empty() != one.caveat_zh.is_empty() {
            return Err(meaning("caveat and caveat_zh go together".into()));
        }
        if crosswalk::find(&one.id).is_some() {
            return Err(meaning("is a series' id".into()));
        }
        let sums = [&one.numerator, &one.denominator].map(components);
        let [numerator, denominator] = sums;
        let (numerator, denominator) =
            (numerator.map_err(&meaning)?, denominator.map_err(&meaning)?);
        let parts = || {
            numerator
                .iter()
                .chain(&denominator)
                .map(|(_, series)| series)
        };
        let worst = parts()
            .filter(|part| !part.label.is_empty())
            .map(|part| part.quality)
            .max();
        if worst > Some(one.quality) || one.quality == Quality::NotComparable {
            return Err(meaning(
                "is of a better quality than what it is made of".into(),
            ));
        }
        let mut forms = Vec::new();
        for word in one.forms.iter().flatten() {
            forms.push(
                word.parse::<FormId>()
                    .map_err(|()| meaning(format!("no form {word:?}")))?,
            );
        }
        let has = |form: &FormId| {
            (forms.is_empty() || forms.contains(form))
                && parts().all(|part| part.forms.contains_key(form))
        };
        let forms: Vec<FormId> = FormId::ALL.into_iter().filter(has).collect();
        if forms.is_empty() {
            return Err(meaning("no form has all of it".into()));
        }
        let relation = |form: &FormId| {
            let same = |part: &Series| {
                part.relations
                    .get(form)
                    .is_none_or(|relation| relation.is_same())
            };
            (
                *form,
                if parts().all(same) {
                    Relation::Exact
                } else {
                    Relation::Differs
                },
            )
        };
        let relations: BTreeMap<FormId, Relation> = forms.iter().map(relation).collect();
        let sum = |parts: &[(Sign, Series)]| Series {
            id: one.id.clone(),
            label: one.label.clone(),
            quality: one.quality,
            measure: Measure::Flow,
            caveat: one.caveat.clone(),
            caveat_zh: one.caveat_zh.clone(),
            forms: forms
                .iter()
                .map(|form| (*form, main(parts, *form)))
                .collect(),
            variants: forms
                .iter()
                .flat_map(|form| variants(parts, *form))
                .collect(),
            relations: relations.clone(),
        };
        all.push(Ratio {
            numerator: sum(&numerator),
            denominator: sum(&denominator),
            id: one.id,
            label: one.label,
            label_en: one.label_en,
            formula: one.formula,
            formula_en: one.formula_en,
            quality: one.quality,
            caveat: one.caveat,
        });
    }
    Ok(all)
}

/// The series and cells of a sum. Cells have no label and, being named one by one, no relation.
fn components(sum: &SumFile) -> Result<Vec<(Sign, Series)>, String> {
    if sum.plus.is_empty() {
        return Err("a sum of nothing".into());
    }
    let signs = [(Sign::Plus, &sum.plus), (Sign::Minus, &sum.minus)];
    let names = signs
        .iter()
        .flat_map(|(sign, names)| names.iter().map(move |name| (*sign, name)));
    names
        .map(|(sign, name)| {
            if let Some(series) = crosswalk::find(name) {
                return Ok((sign, series.clone()));
            }
            let cell = series::of_cell(name).map(|cell| Series {
                relations: BTreeMap::new(),
                ..cell
            });
            Ok((
                sign,
                cell.ok_or_else(|| format!("no series and no cell {name:?}"))?,
            ))
        })
        .collect()
}

fn main(parts: &[(Sign, Series)], form: FormId) -> Vec<Term> {
    let terms = parts
        .iter()
        .flat_map(|(sign, part)| part.forms[&form].iter().map(|term| signed(*sign, *term)));
    terms.collect()
}

fn signed(sign: Sign, term: Term) -> Term {
    let sign = match (sign, term.sign) {
        (Sign::Plus, sign) => sign,
        (Sign::Minus, Sign::Plus) => Sign::Minus,
        (Sign::Minus, Sign::Minus) => Sign::Plus,
    };
    Term { sign, ..term }
}

/// The other lists of a form: the parts of one list belong together.
fn variants(parts: &[(Sign, Series)], form: FormId) -> Vec<(FormId, Vec<Term>)> {
    let table = |terms: &[Term]| {
        terms
            .first()
            .map(|term| &Catalog::get().indicator(term.indicator).table)
    };
    let Some(((_, first), _)) = parts.split_first() else {
        return Vec::new();
    };
    let of_list = |list: &Vec<Term>| {
        let mut all = Vec::new();
        for (sign, part) in parts {
            let terms = part
                .terms_of(form)
                .skip(1)
                .find(|terms| table(terms) == table(list))?;
            all.extend(terms.iter().map(|term| signed(*sign, *term)));
        }
        Some((form, all))
    };
    first.terms_of(form).skip(1).filter_map(of_list).collect()
}

/// A ratio, a point a report; `value` is in percent, `fraction` has the counts.
///
/// # Errors
///
/// [`QueryError::UnknownSeries`], or if the database cannot be read.
pub fn ratio(store: &Store, id: &str, filter: &Filter) -> Result<Vec<Point>, QueryError> {
    let ratio = find(id).ok_or_else(|| QueryError::UnknownSeries { id: id.into() })?;
    ratio_points(store, ratio, filter)
}

/// Every ratio at once, in the file's order, as [`super::all_series`] does; the series are those of the numerators.
///
/// # Errors
///
/// If the database cannot be read.
pub fn all_ratios(store: &Store, filter: &Filter) -> Result<Vec<super::Panels>, QueryError> {
    let sums: Vec<&Series> = all()
        .iter()
        .flat_map(|ratio| [&ratio.numerator, &ratio.denominator])
        .collect();
    let panel = Panel::read(store, &sums, filter)?;
    Ok(all()
        .iter()
        .map(|ratio| super::Panels {
            series: &ratio.numerator,
            points: series::finished(&ratio.numerator, divisions(ratio, &panel), filter),
        })
        .collect())
}

pub(super) fn ratio_points(
    store: &Store,
    ratio: &Ratio,
    filter: &Filter,
) -> Result<Vec<Point>, QueryError> {
    let panel = Panel::read(store, &[&ratio.numerator, &ratio.denominator], filter)?;
    series::finished(&ratio.numerator, divisions(ratio, &panel), filter)
}

/// The points of a ratio, one a head of the panel.
fn divisions(ratio: &Ratio, panel: &Panel) -> Vec<Point> {
    series::each_head(panel, |head| ratio_point(ratio, panel, head))
}

/// The point of one head of a panel that has both counts' cells.
pub(super) fn ratio_point(ratio: &Ratio, panel: &Panel, head: usize) -> Point {
    let (above, list) = series::point(&ratio.numerator, panel, head);
    let (below, other) = series::point(&ratio.denominator, panel, head);
    divided(above, below, list == other)
}

/// Puts the counts beside each other.
fn divided(above: Point, below: Point, one_list: bool) -> Point {
    let fraction = Fraction {
        numerator: above.value,
        denominator: below.value,
    };
    let mut point = Point {
        value: None,
        unit: None,
        note: None,
        fraction: Some(fraction),
        ..above
    };
    let same_form = point.form == below.form && one_list;
    let missing = |of: &str, side: &Point, note: Option<String>| {
        let cell = side.parts.iter().find(|part| part.value.is_none());
        let cell = cell.map(|part| {
            format!(
                "{} is {}",
                part.cell,
                part.status.map_or("not_reported", CellStatus::as_str)
            )
        });
        note.or(cell).map(|why| format!("{of}: {why}"))
    };
    let number = PointStatus::Cell(CellStatus::Number);
    for part in &mut point.parts {
        part.side = Some(Side::Numerator);
    }
    if point.parts.is_empty() && below.parts.is_empty() {
        // The status says it: the form, or the page, has nothing of it.
        return point;
    }
    let notes: Vec<String> = [
        ("numerator", &point, above.note),
        ("denominator", &below, below.note.clone()),
    ]
    .into_iter()
    .filter(|(_, side, _)| side.value.is_none())
    .filter(|(of, ..)| *of == "denominator" || fraction.numerator.is_none())
    .filter_map(|(of, side, note)| missing(of, side, note))
    .collect();
    let complete = fraction.numerator.is_some() && fraction.denominator.is_some();
    point.status = if !complete {
        PointStatus::Incomplete
    } else if !same_form {
        PointStatus::NoSum
    } else if fraction.is_of_nothing() {
        PointStatus::ZeroDenominator
    } else {
        point.value = fraction.percent();
        if point.value.is_some() {
            number
        } else {
            PointStatus::NoSum
        }
    };
    point.note = match fraction.whole() {
        _ if !complete => Some(notes.join("; ")).filter(|notes| !notes.is_empty()),
        _ if !same_form => Some("the counts are of different forms or lists".into()),
        Some((above, below)) if above > below => {
            Some("the numerator is larger than the denominator".into())
        }
        None if point.status == PointStatus::NoSum => {
            Some("a count is negative or too large".into())
        }
        _ => None,
    };
    point.form = point
        .form
        .filter(|_| !point.parts.is_empty())
        .or(below.form);
    point.relation = point.relation.or(below.relation);
    let parts = below.parts.into_iter();
    point.parts.extend(parts.map(|part| super::Part {
        side: Some(Side::Denominator),
        ..part
    }));
    point
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_sound() {
        let all = parse(include_str!("../../data/ratios.toml")).unwrap();
        assert!(all.len() >= 15);
        let forms = |id: &str| {
            all.iter()
                .find(|one| one.id == id)
                .unwrap()
                .numerator
                .forms
                .keys()
                .copied()
                .collect::<Vec<_>>()
        };
        assert_eq!(forms("unable_rate"), [FormId::F2019, FormId::F2021]);
        assert_eq!(forms("carry_over_rate"), [FormId::F2019, FormId::F2021]);
        assert_eq!(forms("petition_share"), [FormId::F2019, FormId::F2021]);
        assert_eq!(forms("disclosure_rate"), FormId::ALL);
        assert_eq!(
            forms("review_correction_rate"),
            [FormId::F2014, FormId::F2019, FormId::F2021]
        );
        for one in &all {
            assert_eq!(
                one.numerator.forms.len(),
                one.denominator.forms.len(),
                "{}",
                one.id
            );
            // A percentage is of things counted alike.
            for (form, terms) in &one.numerator.forms {
                let unit = |term: &Term| Catalog::get().indicator(term.indicator).unit;
                let all: Vec<_> = terms.iter().chain(&one.denominator.forms[form]).collect();
                assert!(
                    all.iter().all(|term| unit(term) == unit(all[0])),
                    "{} {form}",
                    one.id
                );
            }
            assert!(
                [&one.label, &one.label_en, &one.formula, &one.formula_en]
                    .iter()
                    .all(|text| !text.is_empty())
            );
        }
        // Both lists of 2008, each by itself.
        let disclosure = find("disclosure_rate").unwrap();
        assert_eq!(disclosure.numerator.variants.len(), 1);
        assert_eq!(disclosure.denominator.variants.len(), 1);
    }

    #[test]
    fn wrong_files_are_refused() {
        let file = |quality: &str, above: &str, more: &str| {
            format!(
                "[[ratio]]\nid = \"a\"\nlabel = \"a\"\nlabel_en = \"a\"\nformula = \"a\"\nformula_en = \"a\"\nquality = \"{quality}\"\n\
                 numerator = {above}\ndenominator = {{ plus = [\"requests_closed\"] }}\n{more}"
            )
        };
        assert!(parse(&file("fair", "{ plus = [\"granted\"] }", "")).is_ok());
        for (quality, above, more) in [
            ("good", "{ plus = [\"granted\"] }", ""),
            ("not_comparable", "{ plus = [\"granted\"] }", ""),
            ("fair", "{ plus = [\"no_such\"] }", ""),
            ("fair", "{ plus = [] }", ""),
            ("fair", "{ plus = [\"granted\"], times = [] }", ""),
            ("fair", "{ plus = [\"granted\"] }", "rounding = 3\n"),
            ("fair", "{ plus = [\"granted\"] }", "forms = [\"2020\"]\n"),
            // No form has both.
            (
                "fair",
                "{ plus = [\"closed_on_time\", \"needs_creation\"] }",
                "",
            ),
            ("weak", "{ plus = [\"fee_items_vs_amount\"] }", ""),
        ] {
            assert!(
                parse(&file(quality, above, more)).is_err(),
                "{quality} {above} {more}"
            );
        }
    }

    #[test]
    fn percentages_are_exact_and_rounded_once() {
        let percent = |above: &str, below: &str| {
            let fraction = Fraction {
                numerator: above.parse().ok(),
                denominator: below.parse().ok(),
            };
            fraction.percent().map(|value| value.to_string())
        };
        for (above, below, want) in [
            ("1", "3", Some("33.33")),
            ("2", "3", Some("66.67")),
            ("0", "7", Some("0.00")),
            // Halves go up: 0.00005 is 0.005 %.
            ("1", "20000", Some("0.01")),
            ("1", "20001", Some("0.00")),
            ("3", "2", Some("150.00")),
            ("0.5", "2", Some("25.00")),
            ("9223372036854775807", "9223372036854775807", Some("100.00")),
            ("1", "0", None),
            ("0", "0", None),
            ("-1", "2", None),
            ("1", "-2", None),
            ("9223372036854775807", "1", None),
            ("", "2", None),
            ("1", "", None),
        ] {
            assert_eq!(percent(above, below).as_deref(), want, "{above} / {below}");
        }
    }
}
