//! Agencies side by side: chosen by name, or by division and level; drawn, and the table of what is drawn.

mod form;
mod question;
mod show;

use std::collections::{BTreeMap, HashMap};

use maud::{Markup, html};
use serde::Serialize;

use crate::charts;
use crate::model::{Decimal, Scope};
use crate::present::svg::MOST_OVERLAID;
use crate::query::compare::{self, By, Comparison, Indicator, Question, Standing, Total};
use crate::query::crosswalk::{Measure, Quality};
use crate::query::{self, AgencyFilter, Filter, QueryError};
use crate::viewer::home::{View, ViewerError};
use crate::viewer::language::Language;
use crate::viewer::links::Address;
use crate::viewer::names::{AgencyName, ReportName};
use crate::viewer::page::{Page, Picture, Table};
use crate::viewer::shell::Shell;

use super::terms;
use question::{Asked, Offered};

/// A comparison.
#[derive(Debug, Serialize)]
pub struct Compare {
    question: Asked,
    /// Agencies that the search found, to pick from.
    offered: Vec<Offered>,
    answers: Vec<Answer>,
    /// Divisions of this database, to choose from.
    #[serde(skip)]
    divisions: Vec<String>,
}

/// One indicator.
#[derive(Debug, Serialize)]
struct Answer {
    id: String,
    label: String,
    label_en: String,
    is_ratio: bool,
    quality: Quality,
    measure: Measure,
    caveat: String,
    /// The same in Chinese.
    caveat_zh: String,
    /// How a ratio is made, in Chinese and English; `None` of others.
    formula: Option<[String; 2]>,
    /// The years compared, ascending.
    years: Vec<i16>,
    /// By scope and rank.
    rows: Vec<Row>,
    /// Rows that are not shown, by scope.
    left_out: BTreeMap<&'static str, usize>,
    /// Reports of agencies or years that are not known: in no row.
    unplaced: u64,
    /// Agencies whose division or level, which was asked for, is not known.
    unknown_place: u64,
    /// Why there is no answer, in Chinese and English; `None` where there is one.
    refused: Option<[String; 2]>,
    /// Pictures as files, a scope each, in Chinese and in English.
    #[serde(skip)]
    pictures: [Vec<Picture>; 2],
}

/// A row.
#[derive(Debug, Serialize)]
struct Row {
    /// Its agency's name in addresses; `None` of groups.
    agency: Option<AgencyName>,
    #[serde(flatten)]
    standing: Standing,
    /// The reports behind the years, where there is one for a year.
    reports: BTreeMap<i16, ReportName>,
}

/// What `?series=…` asks.
pub fn load(view: &View<'_>, address: &Address) -> Result<Compare, ViewerError> {
    let (asked, offered) = Asked::read(view, address)?;
    let mut answers = Vec::new();
    for id in &asked.series {
        answers.push(answer(view, &asked, id)?);
    }
    let mut seen: HashMap<String, usize> = HashMap::new();
    for answer in &mut answers {
        let [chinese, english] = &mut answer.pictures;
        for (one, other) in chinese.iter_mut().zip(english) {
            let count = seen.entry(one.name.clone()).or_default();
            *count += 1;
            if *count > 1 {
                one.name = format!("{}_{count}", one.name);
                other.name.clone_from(&one.name);
            }
        }
    }
    Ok(Compare {
        question: asked,
        offered,
        answers,
        divisions: query::divisions(view.store)?,
    })
}

fn answer(view: &View<'_>, asked: &Asked, id: &str) -> Result<Answer, ViewerError> {
    let Ok(indicator) = Indicator::find(id) else {
        return Ok(Answer::unknown(id));
    };
    let mut filter = Filter {
        scope: asked.scope,
        form: asked.form,
        from_year: asked.from,
        to_year: asked.to,
        ..Filter::default()
    };
    if asked.agencies.is_empty() {
        // All agencies of all years would be read for one table.
        if asked.from.is_none() && asked.to.is_none() {
            let newest = compare::newest_year(view.store, &filter)?;
            (filter.from_year, filter.to_year) = (newest, newest);
        }
    } else {
        let keys = asked.agencies.iter().filter_map(|agency| agency.key);
        filter.agency = Some(AgencyFilter::Bodies(keys.collect()));
    }
    let question = Question {
        by: asked.by(),
        agencies: Vec::new(),
        division: asked.division.as_deref().and_then(|code| code.parse().ok()),
        level: asked.level.clone(),
        ascending: asked.ascending,
    };
    let mut answer = Answer::of(&indicator);
    match compare::compare(view.store, &indicator, &filter, &question) {
        Ok(found) => answer.take(view, asked, &indicator, found)?,
        Err(error @ QueryError::NotComparable { .. }) => {
            let forms = match &error {
                QueryError::NotComparable { forms, .. } => {
                    forms.iter().map(|form| form.as_str()).collect()
                }
                _ => Vec::new(),
            };
            let forms = forms.join("、");
            answer.refused = Some([
                format!("{forms}年表式中含义不同，不能连接比较；请选定一种表式"),
                format!("{error}; choose one form"),
            ]);
        }
        Err(error) => return Err(error.into()),
    }
    Ok(answer)
}

impl Answer {
    fn of(indicator: &Indicator) -> Self {
        let series = indicator.series();
        Self {
            id: series.id.clone(),
            label: terms::indicator(indicator, Language::Zh),
            label_en: terms::indicator(indicator, Language::En),
            is_ratio: indicator.is_ratio(),
            quality: series.quality,
            measure: series.measure,
            caveat: series.caveat.clone(),
            caveat_zh: series.caveat_zh.clone(),
            formula: match indicator {
                Indicator::Ratio(ratio) => Some([ratio.formula.clone(), ratio.formula_en.clone()]),
                Indicator::Series(_) => None,
            },
            years: Vec::new(),
            rows: Vec::new(),
            left_out: BTreeMap::new(),
            unplaced: 0,
            unknown_place: 0,
            refused: None,
            pictures: [Vec::new(), Vec::new()],
        }
    }

    fn unknown(id: &str) -> Self {
        Self {
            id: id.into(),
            label: id.into(),
            label_en: id.into(),
            is_ratio: false,
            quality: Quality::Weak,
            measure: Measure::Flow,
            caveat: String::new(),
            caveat_zh: String::new(),
            formula: None,
            years: Vec::new(),
            rows: Vec::new(),
            left_out: BTreeMap::new(),
            unplaced: 0,
            unknown_place: 0,
            refused: Some([
                "没有这一指标、比率或单元格".into(),
                "no series, ratio or cell of this id".into(),
            ]),
            pictures: [Vec::new(), Vec::new()],
        }
    }

    /// The first rows of each scope, their reports, their picture.
    fn take(
        &mut self,
        view: &View<'_>,
        asked: &Asked,
        indicator: &Indicator,
        found: Comparison,
    ) -> Result<(), ViewerError> {
        self.unplaced = found.unplaced;
        self.unknown_place = found.unknown_place;
        let mut shown: Vec<Standing> = Vec::new();
        let mut counts: HashMap<Scope, usize> = HashMap::new();
        for row in found.rows {
            let count = counts.entry(row.scope).or_default();
            *count += 1;
            if *count > asked.rows {
                *self.left_out.entry(row.scope.as_str()).or_default() += 1;
            } else {
                shown.push(row);
            }
        }
        let picture = asked.picture(found.years.len());
        let most = match picture {
            charts::Picture::Line => MOST_OVERLAID,
            charts::Picture::Bars => charts::MOST_BARS,
            charts::Picture::Slope | charts::Picture::Panels => charts::MOST_LINES,
        };
        for rows in shown.chunk_by(|one, other| one.scope == other.scope) {
            let drawn = &rows[..rows.len().min(most)];
            let hidden = self
                .left_out
                .get(rows[0].scope.as_str())
                .copied()
                .unwrap_or(0);
            let left_out = rows.len() - drawn.len() + hidden;
            let labels = [&self.label, &self.label_en];
            for ((pictures, label), language) in
                self.pictures.iter_mut().zip(labels).zip(Language::ALL)
            {
                let subject = charts::Subject {
                    indicator,
                    label,
                    language,
                };
                pictures.push(Picture {
                    name: question::word_of(picture).into(),
                    svg: charts::of_comparison(subject, drawn, &found.years, left_out, picture),
                });
            }
        }
        let mut reports = reports(view, asked, &found.years, &shown)?;
        self.years = found.years;
        let rows = shown.into_iter().map(|standing| Row {
            agency: standing.key.and_then(|key| view.names.of_agency(key)),
            reports: standing
                .key
                .and_then(|key| reports.remove(&(key, standing.scope)))
                .unwrap_or_default(),
            standing,
        });
        self.rows = rows.collect();
        Ok(())
    }
}

type Reports = HashMap<(i64, Scope), BTreeMap<i16, ReportName>>;

/// The reports behind rows that are agencies; of several for one year none.
fn reports(
    view: &View<'_>,
    asked: &Asked,
    years: &[i16],
    rows: &[Standing],
) -> Result<Reports, ViewerError> {
    let mut reports = Reports::new();
    let (Some(first), Some(last), By::Agency) = (years.first(), years.last(), asked.by()) else {
        return Ok(reports);
    };
    let mut keys: Vec<i64> = rows.iter().filter_map(|row| row.key).collect();
    keys.sort_unstable();
    keys.dedup();
    let mut several = Vec::new();
    for (key, place) in query::places_of_bodies(view.store, &keys, (*first, *last))? {
        let Some(year) = place.year else { continue };
        let name = view.names.of_report(&place);
        let slot = reports.entry((key, place.scope)).or_default();
        if slot.insert(year, name).is_some() {
            several.push((key, place.scope, year));
        }
    }
    for (key, scope, year) in several {
        if let Some(slot) = reports.get_mut(&(key, scope)) {
            slot.remove(&year);
        }
    }
    Ok(reports)
}

/// The number, or the word for what is there instead.
fn word(total: &Total) -> String {
    total.value.map_or_else(
        || total.status.as_str().to_owned(),
        |value| value.to_string(),
    )
}

fn count(value: Option<Decimal>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| value.to_string())
}

impl Answer {
    /// Its pictures with words of a language.
    fn pictures_in(&self, language: Language) -> &[Picture] {
        let [chinese, english] = &self.pictures;
        match language {
            Language::Zh => chinese,
            Language::En => english,
        }
    }

    /// Its table's name: the id without signs.
    fn table_name(&self) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
        self.id.chars().map(plain).collect()
    }

    fn table(&self) -> Table {
        let mut head: Vec<String> = [
            "rank",
            "agency",
            "name",
            "code",
            "division",
            "level",
            "scope",
            "agencies",
            "value",
            "unit",
            "numerator",
            "denominator",
            "reports",
            "left_out",
            "quality",
            "note",
        ]
        .map(String::from)
        .to_vec();
        for year in &self.years {
            let of = ["value", "numerator", "denominator", "break_before"];
            let of = of
                .iter()
                .filter(|what| self.is_ratio || !what.ends_with("ator"));
            head.extend(of.map(|what| format!("{what}_{year}")));
        }
        let or = |text: &Option<String>, word: &str| text.clone().unwrap_or_else(|| word.into());
        let rows = self.rows.iter().map(|row| {
            let standing = &row.standing;
            let total = &standing.total;
            let unit = if self.is_ratio {
                "%"
            } else {
                total.unit.map_or("none", crate::model::Unit::as_str)
            };
            let fraction = |total: &Total| match (self.is_ratio, total.fraction) {
                (false, _) => ["no_ratio".to_owned(), "no_ratio".to_owned()],
                (true, None) => ["none".to_owned(), "none".to_owned()],
                (true, Some(fraction)) => [fraction.numerator, fraction.denominator].map(count),
            };
            let [numerator, denominator] = fraction(total);
            let mut cells = vec![
                standing
                    .rank
                    .map_or_else(|| "none".into(), |rank| rank.to_string()),
                row.agency
                    .map_or_else(|| "none".into(), |agency| agency.to_string()),
                or(&standing.name, "unknown"),
                or(&standing.code, "unknown"),
                or(&standing.division, "unknown"),
                or(&standing.level, "unknown"),
                standing.scope.as_str().into(),
                standing.agencies.to_string(),
                word(total),
                unit.into(),
                numerator,
                denominator,
                total.reports.to_string(),
                total.left_out.to_string(),
                total.quality.as_str().into(),
                or(&total.note, ""),
            ];
            for year in &standing.years {
                cells.push(word(&year.total));
                if self.is_ratio {
                    cells.extend(fraction(&year.total));
                }
                cells.push(if year.break_before { "true" } else { "false" }.into());
            }
            cells
        });
        Table {
            name: self.table_name(),
            rows: rows.collect(),
            head,
        }
    }
}

impl Page for Compare {
    fn title(&self, language: Language) -> String {
        let title = language.of("比较", "Compare");
        let labels = self
            .answers
            .iter()
            .map(|one| language.of(&one.label, &one.label_en));
        let labels: Vec<&str> = labels.collect();
        if labels.is_empty() {
            title.into()
        } else {
            format!(
                "{title}{}{}",
                language.of("：", ": "),
                labels.join(language.of("、", ", "))
            )
        }
    }

    fn body(&self, shell: &Shell<'_>) -> Markup {
        html! {
            (form::form(shell, self))
            @if self.answers.is_empty() {
                p { (shell.of(
                    "选择指标（一至四个）、机关与年份，即可比较。地址即为所选内容，可以收藏或引用。",
                    "Choose one to four indicators, agencies and years. The address holds the whole choice: keep it or cite it.",
                )) }
            }
            @for (number, answer) in self.answers.iter().enumerate() {
                (show::answer(shell, &self.question, answer, number))
            }
        }
    }

    fn tables(&self) -> Vec<Table> {
        let answered = self
            .answers
            .iter()
            .filter(|answer| answer.refused.is_none());
        let mut tables: Vec<Table> = answered.map(Answer::table).collect();
        for at in 1..tables.len() {
            if tables[..at]
                .iter()
                .any(|other| other.name == tables[at].name)
            {
                tables[at].name = format!("{}_{}", tables[at].name, at + 1);
            }
        }
        tables
    }

    fn pictures(&self, language: Language) -> Vec<Picture> {
        let answers = self.answers.iter();
        answers
            .flat_map(|answer| answer.pictures_in(language).to_vec())
            .collect()
    }

    fn address(&self) -> Option<Address> {
        Some(self.question.address())
    }
}
