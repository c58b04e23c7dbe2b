//! Reports side by side over the years, as rules across years need them: numbers only, a few dozen of each report.

use std::collections::BTreeMap;

use super::{FormId, IndicatorId, Scope};

/// Which cells are wanted of each form, in ascending order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Columns(BTreeMap<FormId, Vec<IndicatorId>>);

impl Columns {
    /// Of these cells.
    pub fn new(cells: impl IntoIterator<Item = (FormId, IndicatorId)>) -> Self {
        let mut columns: BTreeMap<FormId, Vec<IndicatorId>> = BTreeMap::new();
        for (form, cell) in cells {
            columns.entry(form).or_default().push(cell);
        }
        for cells in columns.values_mut() {
            cells.sort_unstable();
            cells.dedup();
        }
        Self(columns)
    }

    /// Those of a form.
    pub fn of(&self, form: FormId) -> &[IndicatorId] {
        self.0.get(&form).map_or(&[], Vec::as_slice)
    }

    /// The number of a cell; `None` where it is not wanted or there is no number in the form's unit.
    pub fn value(&self, numbers: &Numbers, cell: IndicatorId) -> Option<i64> {
        let at = self.of(numbers.form).binary_search(&cell).ok()?;
        numbers.values.get(at).copied().flatten()
    }
}

/// The numbers of one form in one report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbers {
    /// The form.
    pub form: FormId,
    /// In the order of [`Columns::of`]; `None` where there is no whole number in the form's unit: blank, mark, text, absent.
    pub values: Vec<Option<i64>>,
    /// A digest of all cells of the form that have a number other than 0, stocks left out.
    pub digest: u64,
    /// How many of these there are.
    pub counted: u32,
    /// How many different numbers they have.
    pub different: u32,
    /// Their greatest.
    pub greatest: i64,
}

/// A report in a chain of years. Neither a suspected copy nor a page that was cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelReport {
    /// Its id.
    pub report_id: i64,
    /// Its current version.
    pub version_id: i64,
    /// The agency it was published under: name, code and place as read, which stay what they are however the agencies are joined.
    pub agency_id: i64,
    /// The year reported on.
    pub year: i16,
    /// By form; nearly always one.
    pub numbers: Vec<Numbers>,
}

impl PanelReport {
    /// The numbers of a form; `None` where the report has no table of it.
    pub fn of(&self, form: FormId) -> Option<&Numbers> {
        self.numbers.iter().find(|numbers| numbers.form == form)
    }
}

/// The reports of one agency and scope, by year. Years of which there are two reports are left out: which is meant is
/// not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// The agency's name; `None` where only the code is known.
    pub agency: Option<String>,
    /// Its code; `None` where not known.
    pub code: Option<String>,
    /// The word for its level; `None` where not known.
    pub level: Option<String>,
    /// The scope.
    pub scope: Scope,
    /// Ascending by year, one a year.
    pub reports: Vec<PanelReport>,
}

impl Chain {
    /// Each report with that of the year before.
    pub fn pairs(&self) -> impl Iterator<Item = (&PanelReport, &PanelReport)> {
        self.reports
            .windows(2)
            .filter_map(|pair| match pair {
                [earlier, later] => Some((earlier, later)),
                _ => None,
            })
            .filter(|(earlier, later)| later.year == earlier.year + 1)
    }

    /// The report of a year.
    pub fn year(&self, year: i16) -> Option<&PanelReport> {
        let at = self
            .reports
            .binary_search_by_key(&year, |report| report.year);
        at.ok().and_then(|at| self.reports.get(at))
    }
}
