//! The lines of the truth, beside the WARC files.

use std::io::BufRead;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// A line of `truth.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case")]
pub enum Line {
    /// The first: what was made.
    Corpus(CorpusLine),
    /// An agency; its reports follow.
    Agency(AgencyLine),
    /// A report.
    Report(Box<ReportLine>),
    /// Something planted: a defect that must be found.
    Defect(PlantedLine),
    /// Something that looks like a defect and must not be found.
    Innocent(PlantedLine),
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorpusLine {
    /// Seed.
    pub seed: u64,
    /// Agencies.
    pub agencies: usize,
    /// First and last report year.
    pub years: (i16, i16),
}

/// An agency under all its names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgencyLine {
    /// Number in the corpus.
    pub agency: usize,
    /// `government`, `office`, `department` or `town`.
    pub kind: String,
    /// Level of its division, or `township`.
    pub level: String,
    /// Six digits.
    pub division: String,
    /// Name of the division.
    pub place: String,
    /// Host of its site.
    pub host: String,
    /// Its names, each with the first report year under it.
    pub names: Vec<(i16, String)>,
    /// Its 统一社会信用代码, likewise. The organisation code is characters 9 to 17.
    pub codes: Vec<(i16, String)>,
}

/// A report as its page's last capture says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportLine {
    /// `AGENCY-YEAR`, with `-own` for a government's report on its own work.
    pub report: String,
    /// Number of the agency.
    pub agency: usize,
    /// As the page has it.
    pub name: String,
    /// As the page has it in its index number, without hyphen; `None` where it has none.
    pub code: Option<String>,
    /// Report year.
    pub year: i16,
    /// `own` or `consolidated`.
    pub scope: String,
    /// Form.
    pub form: String,
    /// The page's address.
    pub url: String,
    /// The date on the page.
    pub published: String,
    /// First and last time the page was fetched, and how often.
    pub first_seen: String,
    /// See [`Self::first_seen`].
    pub last_seen: String,
    /// Answers of the address in the archive, whatever their status.
    pub captures: usize,
    /// Every cell of the form in the catalog's order as printed; empty text: blank; `None`: not on the page.
    pub cells: Vec<Option<String>>,
    /// Characters of the narrative.
    pub characters: usize,
}

/// What is planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlantedKind {
    /// Defect: cells of one report contradict an identity of the form.
    Arithmetic,
    /// Defect: `carried_in` is not last year's `carried_out`.
    CarryOver,
    /// Defect: the stock in force does not follow from last year's. A misprint is one of its own year, which `off` has.
    InForce,
    /// Defect: all numbers are last year's.
    SameNumbers,
    /// Defect: the date on the page is after the deadline of its year and kind, week-ends and the Spring Festival left out.
    Late,
    /// Defect: the page at the address was replaced by one with other numbers.
    SilentChange,
    /// Defect: the page was there and the address then answered 404 or 410, the last time too.
    Withdrawn,
    /// Defect: the address answered 404 after the date that the page claims.
    Backdated,
    /// Defect: the page was fetched before the date it claims.
    PostDated,
    /// Defect: the narrative, or large passages, are another agency's.
    Copied,
    /// Defect: a number in the narrative follows from no cell of the table.
    Narrative,
    /// Defect: a share in the narrative is none of the numbers'.
    Share,
    /// Defect: a sum of fees that is no multiple of ten yuan.
    FeeStep,
    /// Defect: requests of 2018 were left open that 2019 does not carry in.
    OpenRequests,
    /// Defect: a department counts more requests than its government's consolidated report, which is the one accused.
    PartAbove,
    /// Told of the last of an agency's reports that vanished when its site was rebuilt; innocent: those beside it, and what came after.
    Rebuilt,
    /// Innocent: a share of all requests handled.
    ShareRight,
    /// Innocent: a sum of fees as the tariff makes it.
    FeeTariff,
    /// Innocent: a number of the narrative is another definition (carried-in ones included).
    OtherDefinition,
    /// Innocent: a wrong number was corrected before the next report, which agrees.
    Corrected,
    /// Innocent: a year without a report lies between.
    MissingYear,
    /// Innocent: zeros are left blank, or struck out.
    BlankZeros,
    /// Innocent: the government's own report stands beside the consolidated one.
    OwnBesideConsolidated,
    /// Innocent: another name, and perhaps another code, since the reform.
    Renamed,
    /// Innocent: other bodies have the same name in another division.
    SameName,
    /// Innocent: the page around the text changed, the report did not.
    Redesigned,
    /// Innocent: the address answered 404 once and had the page again.
    Outage,
    /// Innocent: published on the last day.
    LastDay,
    /// Innocent: a town after the end of January, when the law sets it no day any more, or a street office, which it never did.
    Township,
    /// Innocent: the stock in force follows from the number that last year's report should have.
    AfterMisprint,
    /// Innocent: the agency's own text of last year, with this year's numbers.
    OwnTextAgain,
    /// Innocent: next to nothing but zeros, as last year.
    Quiet,
    /// Innocent: the page was fetched again and was the same.
    SeenAgain,
}

/// Something planted in a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlantedLine {
    /// What.
    pub kind: PlantedKind,
    /// In which report.
    pub report: String,
    /// The other report it is about: the source of a copy, last year's.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub other: Option<String>,
    /// The cells it is about.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub cells: Vec<String>,
    /// The year whose numbers are wrong; `None` where the numbers do not tell.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub off: Option<i16>,
    /// The number that the narrative gives, or that stands in the cell.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub said: Option<i64>,
    /// The number it should be.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub should: Option<i64>,
    /// More, in a few words: the variant, a date.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub note: String,
    /// Share of the narrative that is copied, in percent of its characters.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub share: Option<usize>,
}

impl PlantedLine {
    /// Of this kind in this report.
    pub fn new(kind: PlantedKind, report: &str) -> Self {
        Self {
            kind,
            report: report.to_owned(),
            other: None,
            cells: Vec::new(),
            off: None,
            said: None,
            should: None,
            note: String::new(),
            share: None,
        }
    }

    /// With the other report.
    #[must_use]
    pub fn other(mut self, other: &str) -> Self {
        self.other = Some(other.to_owned());
        self
    }

    /// With a note.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// With the cells.
    #[must_use]
    pub fn cells(mut self, cells: &[String]) -> Self {
        self.cells = cells.to_vec();
        self
    }
}

/// Calls `each` for every line of a truth file.
///
/// # Panics
///
/// If the file is none.
pub fn read_truth(path: &Path, mut each: impl FnMut(Line)) {
    let file = std::fs::File::open(path).expect("the truth is there");
    for line in std::io::BufReader::with_capacity(1 << 20, file).lines() {
        let line = line.expect("the truth is text");
        each(serde_json::from_str(&line).expect("a line of the truth"));
    }
}
