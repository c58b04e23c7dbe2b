//! What a comparison asks: all of it in the address, so that the address is the comparison.

use serde::Serialize;

use crate::charts::Picture;
use crate::model::{FormId, Scope};
use crate::query::compare::By;
use crate::query::{self, AgencyListFilter, Division};
use crate::viewer::home::{View, ViewerError};
use crate::viewer::links::Address;
use crate::viewer::names::AgencyName;

use super::super::{controls, terms};

/// Indicators on one page.
pub const MOST_SERIES: usize = 4;
/// Agencies named one by one.
pub const MOST_AGENCIES: usize = 40;
/// Agencies that a search offers.
pub const MOST_OFFERED: usize = 50;
/// Rows of each scope unless asked otherwise, and at most.
pub const ROWS: usize = 30;
pub const MOST_ROWS: usize = 200;

/// The question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// Ids of series, ratios or cells.
    pub series: Vec<String>,
    /// Agencies picked one by one; none: all of division and level.
    pub agencies: Vec<Picked>,
    pub division: Option<String>,
    pub level: Option<String>,
    /// `agency`, `division`, `province`, `level`, `all`.
    pub by: &'static str,
    pub from: Option<i16>,
    pub to: Option<i16>,
    pub scope: Option<Scope>,
    pub form: Option<FormId>,
    /// Whether the least is first.
    pub ascending: bool,
    /// `bars`, `slope`, `panels`, `line`; `None`: what suits the years.
    pub chart: Option<&'static str>,
    /// Rows of each scope.
    pub rows: usize,
    /// What agencies were searched for and not picked yet; empty where nothing.
    pub find: String,
}

/// An agency that was picked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Picked {
    /// Its name in addresses.
    pub id: AgencyName,
    /// `None` where this database does not have it.
    pub label: Option<String>,
    #[serde(skip)]
    pub key: Option<i64>,
}

/// An agency that may be picked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Offered {
    pub id: AgencyName,
    pub label: String,
    pub code: Option<String>,
    pub reports: u32,
}

const BYS: [(&str, By); 5] = [
    ("agency", By::Agency),
    ("division", By::Division),
    ("province", By::Province),
    ("level", By::Level),
    ("all", By::All),
];

const CHARTS: [(&str, Picture); 4] = [
    ("bars", Picture::Bars),
    ("slope", Picture::Slope),
    ("panels", Picture::Panels),
    ("line", Picture::Line),
];

/// The word of a picture, which is also its file's name.
pub fn word_of(picture: Picture) -> &'static str {
    let found = CHARTS.into_iter().find(|(_, known)| *known == picture);
    found.map_or("bars", |(word, _)| word)
}

fn bad(name: &str, value: &str) -> ViewerError {
    ViewerError::Bad(format!("{name}={value}: unknown · 无此选项"))
}

/// The one of the words that a parameter has.
fn one_of(
    address: &Address,
    name: &str,
    words: impl IntoIterator<Item = &'static str>,
) -> Result<Option<&'static str>, ViewerError> {
    let Some(value) = address.get(name) else {
        return Ok(None);
    };
    let found = words.into_iter().find(|word| *word == value);
    found.map(Some).ok_or_else(|| bad(name, value))
}

impl Asked {
    /// Reads an address; the agencies that its search offers come along.
    pub fn read(view: &View<'_>, address: &Address) -> Result<(Self, Vec<Offered>), ViewerError> {
        let mut series: Vec<String> = Vec::new();
        for id in address.all("series") {
            if !series.iter().any(|known| known == id) {
                series.push(id.to_owned());
            }
        }
        let too_many = |most: usize, what: &str| {
            ViewerError::Bad(format!("at most {most} {what} · 最多{most}项"))
        };
        if series.len() > MOST_SERIES {
            return Err(too_many(MOST_SERIES, "indicators"));
        }
        let mut names: Vec<AgencyName> = Vec::new();
        for text in address.all("agency") {
            let name = AgencyName::parse(text).ok_or_else(|| bad("agency", text))?;
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let (from, to) = (
            controls::year_of(address, "from")?,
            controls::year_of(address, "to")?,
        );
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            return Err(ViewerError::Bad(format!(
                "from {from} is after to {to} · 起始年度晚于截止年度"
            )));
        }
        let division = address.get("division").map(str::to_owned);
        if let Some(code) = division
            .as_deref()
            .filter(|code| code.parse::<Division>().is_err())
        {
            return Err(bad("division", code));
        }
        let rows = match address.get("rows") {
            Some(text) => {
                let rows = text
                    .parse()
                    .ok()
                    .filter(|rows| (1..=MOST_ROWS).contains(rows));
                rows.ok_or_else(|| bad("rows", text))?
            }
            None => ROWS,
        };
        let scope = address.get("scope");
        let form = address.get("form");
        let mut asked = Self {
            series,
            agencies: Vec::new(),
            division,
            level: one_of(address, "level", terms::LEVELS.map(|level| level.0))?.map(Into::into),
            by: one_of(address, "by", BYS.map(|by| by.0))?.unwrap_or("agency"),
            from,
            to,
            scope: scope
                .map(|word| word.parse().map_err(|()| bad("scope", word)))
                .transpose()?,
            form: form
                .map(|word| word.parse().map_err(|()| bad("form", word)))
                .transpose()?,
            ascending: one_of(address, "order", ["ascending"])?.is_some(),
            chart: one_of(address, "chart", CHARTS.map(|chart| chart.0))?,
            rows,
            find: address.get("find").unwrap_or_default().trim().to_owned(),
        };
        let offered = asked.find(view, &mut names)?;
        if names.len() > MOST_AGENCIES {
            return Err(too_many(MOST_AGENCIES, "agencies"));
        }
        for name in names {
            let key = view.names.body(name);
            // Two names of one body are picked once.
            if key.is_some() && asked.agencies.iter().any(|one| one.key == key) {
                continue;
            }
            let label = match key {
                Some(key) => query::agency_label(view.store, key)?,
                None => None,
            };
            asked.agencies.push(Picked {
                id: name,
                label,
                key,
            });
        }
        Ok((asked, offered))
    }

    /// Picks the one agency that is searched for, or offers the several.
    fn find(
        &mut self,
        view: &View<'_>,
        names: &mut Vec<AgencyName>,
    ) -> Result<Vec<Offered>, ViewerError> {
        if self.find.is_empty() {
            return Ok(Vec::new());
        }
        let filter = AgencyListFilter {
            name: Some(self.find.clone()),
            ..AgencyListFilter::default()
        };
        let found = query::list_agencies(view.store, &filter)?;
        let offered = found.into_iter().filter_map(|line| {
            Some(Offered {
                id: view.names.of_agency(line.key)?,
                label: line.label,
                code: line.code,
                reports: line.reports,
            })
        });
        let mut offered: Vec<Offered> = offered.collect();
        let mut exact = offered.iter().filter(|one| one.label == self.find);
        let only = match (offered.as_slice(), exact.next(), exact.next()) {
            ([one], ..) | (_, Some(one), None) => Some(one.id),
            _ => None,
        };
        if let Some(only) = only {
            if !names.contains(&only) {
                names.push(only);
            }
            self.find.clear();
            return Ok(Vec::new());
        }
        offered.retain(|one| !names.contains(&one.id));
        Ok(offered)
    }

    /// What a row is.
    pub fn by(&self) -> By {
        let found = BYS.into_iter().find(|(word, _)| *word == self.by);
        found.map_or(By::Agency, |(_, by)| by)
    }

    /// What is drawn of so many years.
    pub fn picture(&self, years: usize) -> Picture {
        let asked = CHARTS
            .into_iter()
            .find(|(word, _)| Some(*word) == self.chart);
        asked.map_or_else(|| Picture::of_years(years), |(_, picture)| picture)
    }

    /// The address of the question, without what is not asked.
    pub fn address(&self) -> Address {
        let mut address = Address::of(["compare"]);
        for id in &self.series {
            address = address.with("series", id);
        }
        for agency in &self.agencies {
            address = address.with("agency", agency.id.to_string());
        }
        let year = |year: Option<i16>| year.map(|year| year.to_string());
        let rows = (self.rows != ROWS).then(|| self.rows.to_string());
        address
            .set("division", self.division.as_deref())
            .set("level", self.level.as_deref())
            .set("by", Some(self.by).filter(|by| *by != "agency"))
            .set("from", year(self.from).as_deref())
            .set("to", year(self.to).as_deref())
            .set("scope", self.scope.map(Scope::as_str))
            .set("form", self.form.map(FormId::as_str))
            .set("order", self.ascending.then_some("ascending"))
            .set("chart", self.chart)
            .set("rows", rows.as_deref())
            .set(
                "find",
                Some(self.find.as_str()).filter(|find| !find.is_empty()),
            )
    }
}
