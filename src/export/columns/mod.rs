//! The columns of each table. Names are the outside contract; descriptions are for codebooks.

mod bodies;
mod books;
mod reports;

use crate::model::CellStatus;

use super::table::{Column, Foreign, Kind, Table, What};

const SCOPES: Kind = Kind::Word(&["own", "consolidated", "unknown"]);
const ORIGINS: Kind = Kind::Word(&["official", "mirror_suspected", "unknown"]);
const FORMS: Kind = Kind::Word(&["2008", "2014", "2019", "2021"]);
/// The statuses of a cell, as words.
const STATUSES: Kind = Kind::Word(&[
    CellStatus::Number.as_str(),
    CellStatus::Blank.as_str(),
    CellStatus::Mark.as_str(),
    CellStatus::Text.as_str(),
    CellStatus::Unreadable.as_str(),
    CellStatus::RowAbsent.as_str(),
    CellStatus::ColumnAbsent.as_str(),
    CellStatus::TableAbsent.as_str(),
]);
const SECTIONS: Kind = Kind::Word(&[
    "preamble",
    "overview",
    "active_disclosure",
    "requests",
    "disputes",
    "problems",
    "other",
    "appendix",
]);
const QUALITIES: Kind = Kind::Word(&["good", "fair", "weak", "not_comparable"]);

const TO_REPORTS: Foreign = Foreign {
    columns: &["report"],
    table: "reports",
    theirs: &["report"],
};
const TO_CODEBOOK: Foreign = Foreign {
    columns: &["form", "cell"],
    table: "codebook",
    theirs: &["form", "cell"],
};
const TO_STATUSES: Foreign = Foreign {
    columns: &["status"],
    table: "statuses",
    theirs: &["status"],
};
const TO_CODES: Foreign = Foreign {
    columns: &["code"],
    table: "finding_codes",
    theirs: &["code"],
};

const fn to_agencies(columns: &'static [&'static str]) -> Foreign {
    Foreign {
        columns,
        table: "agencies",
        theirs: &["agency_key"],
    }
}

/// Whether a table stands alone, and each row says whose it is, or in a package with a table of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Alone,
    Package,
}

fn column(name: &str, kind: Kind, zh: &str, en: &str) -> Column {
    Column {
        name: name.into(),
        kind,
        zh: zh.into(),
        en: en.into(),
        required: false,
    }
}

fn always(name: &str, kind: Kind, zh: &str, en: &str) -> Column {
    Column {
        required: true,
        ..column(name, kind, zh, en)
    }
}

fn report_key() -> Column {
    always(
        "report",
        Kind::Text,
        "报告标识",
        "Key of the report: the same in every export and build",
    )
}

fn whose() -> [Column; 5] {
    [
        column(
            "agency",
            Kind::Text,
            "机关名称",
            "Name of the agency as published; empty: not found",
        ),
        column(
            "agency_code",
            Kind::Text,
            "统一社会信用代码或组织机构代码",
            "Code of the agency; empty: not found",
        ),
        column(
            "year",
            Kind::Whole,
            "报告年度",
            "The year reported on; empty: not found",
        ),
        always(
            "scope",
            SCOPES,
            "统计范围",
            "Whose work it covers: the agency's own, a government's with all below it, or not said",
        ),
        column(
            "agency_place",
            Kind::Text,
            "同名机关区分",
            "What tells the agency from others of the same name: a site, column or page, or the division that the name meant that year; empty: the name does",
        ),
    ]
}

/// Of a series: agencies are what their reports are grouped by over the years.
fn whose_series() -> impl Iterator<Item = Column> {
    let [_, code, year, scope, _] = whose();
    let agency = column(
        "agency",
        Kind::Text,
        "机关（各年归并）",
        "Name that the agency's reports of all years are grouped under (agency_key.label), with what tells it from others; reports.csv has the name as published; empty: not found",
    );
    [agency, code, year, scope].into_iter()
}

fn identity(place: Place) -> Vec<Column> {
    let mut columns = vec![report_key()];
    if place == Place::Alone {
        columns.extend(whose());
        columns.push(official());
    }
    columns
}

fn official() -> Column {
    always(
        "official",
        ORIGINS,
        "来源判定",
        "Whether the page comes from the agency",
    )
}

fn digest_and_address() -> [Column; 2] {
    [
        always(
            "sha256",
            Kind::Text,
            "网页摘要",
            "SHA-256 of the archived payload, hexadecimal",
        ),
        column(
            "url",
            Kind::Text,
            "网址",
            "Address it was captured from; empty: imported without one",
        ),
    ]
}

fn bytes(of: &str) -> [Column; 3] {
    let en = |what: &str| format!("{what} of {of} in the archived payload, in bytes");
    [
        column(
            "part",
            Kind::Whole,
            "分件序号",
            "The part of the payload that the bytes count in: 0 is the first, or the payload itself",
        ),
        column("start_byte", Kind::Whole, "起始字节", &en("Start")),
        column("end_byte", Kind::Whole, "结束字节", &en("End, exclusive,")),
    ]
}

impl What {
    /// The table with these rows, on its own: each row says whose it is.
    pub fn alone(self) -> Table {
        self.table(Place::Alone)
    }

    pub(super) fn table(self, place: Place) -> Table {
        let (name, zh, en) = self.titles();
        let foreign = if place == Place::Package {
            self.foreign()
        } else {
            Vec::new()
        };
        Table {
            what: self,
            name,
            zh: zh.into(),
            en: en.into(),
            columns: self.columns(place),
            key: self.key(),
            foreign,
            place,
        }
    }

    fn titles(self) -> (String, &'static str, &'static str) {
        let (name, zh, en) = match self {
            Self::Reports => (
                "reports",
                "年度报告",
                "Annual reports, the current version of each",
            ),
            Self::Provenance => (
                "provenance",
                "出处",
                "The capture each report was read from and where it lies in the archive",
            ),
            Self::Long => (
                "observations",
                "指标值（长表）",
                "A row a cell of each report, missing ones with their status",
            ),
            Self::Wide(form) => {
                let name = format!("form_{form}");
                return (
                    name,
                    "指标值（宽表）",
                    "A row a report, a column a cell of the form: a number, or why there is none",
                );
            }
            Self::Series => (
                "series",
                "跨版式序列",
                "A row a point of a series across forms",
            ),
            Self::Statistics => (
                "statistics",
                "统计表各行",
                "The rows of statistics lists (2008 to 2018) as printed",
            ),
            Self::Narratives => ("narratives", "正文", "The parts of the narrative"),
            Self::Findings => ("findings", "核查结果", "What is odd about each report"),
            Self::Watch => (
                "watch",
                "跨年度核查结果",
                "Findings across years, versions and texts, with evidence and innocent explanations",
            ),
            Self::Agencies => (
                "agencies",
                "机构",
                "The bodies that the reports are of, and those that came before or after",
            ),
            Self::AgencyNames => (
                "agency_names",
                "机构名称",
                "The names of each body, and why they are one",
            ),
            Self::AgencyLinks => ("agency_links", "机构沿革", "Predecessors and successors"),
            Self::Codebook => (
                "codebook",
                "指标说明",
                "The cells of the forms with their labels",
            ),
            Self::SeriesCodebook => (
                "series_codebook",
                "序列说明",
                "The series with how far they may be joined",
            ),
            Self::Statuses => ("statuses", "缺失值说明", "The statuses of a cell"),
            Self::FindingCodes => (
                "finding_codes",
                "核查结果说明",
                "What the codes of findings within a report mean",
            ),
        };
        (name.into(), zh, en)
    }

    fn key(self) -> &'static [&'static str] {
        match self {
            Self::Reports | Self::Provenance | Self::Wide(_) => &["report"],
            Self::Long => &["report", "form", "cell"],
            Self::Series => &["series", "report"],
            Self::Statistics => &["report", "row", "position"],
            Self::Narratives | Self::Findings => &["report", "position"],
            Self::Watch => &["finding"],
            Self::Agencies => &["agency_key"],
            Self::AgencyNames => &["name_key"],
            Self::AgencyLinks => &["earlier", "later", "kind", "evidence"],
            Self::Codebook => &["form", "cell"],
            Self::SeriesCodebook => &["series"],
            Self::Statuses => &["status"],
            Self::FindingCodes => &["code"],
        }
    }

    fn foreign(self) -> Vec<Foreign> {
        match self {
            Self::Long => vec![TO_REPORTS, TO_CODEBOOK, TO_STATUSES],
            Self::Statistics => vec![TO_REPORTS, TO_STATUSES],
            Self::Series => vec![
                TO_REPORTS,
                Foreign {
                    columns: &["series"],
                    table: "series_codebook",
                    theirs: &["series"],
                },
            ],
            Self::Provenance | Self::Wide(_) | Self::Narratives | Self::Watch => {
                vec![TO_REPORTS]
            }
            Self::Findings => vec![TO_REPORTS, TO_CODES],
            Self::Reports | Self::AgencyNames => vec![to_agencies(&["agency_key"])],
            Self::AgencyLinks => vec![to_agencies(&["earlier"]), to_agencies(&["later"])],
            Self::Agencies
            | Self::Codebook
            | Self::SeriesCodebook
            | Self::Statuses
            | Self::FindingCodes => Vec::new(),
        }
    }

    fn columns(self, place: Place) -> Vec<Column> {
        match self {
            Self::Reports => reports::reports(),
            Self::Provenance => reports::provenance(),
            Self::Long => reports::long(place),
            Self::Wide(form) => reports::wide(place, form),
            Self::Series => reports::series(),
            Self::Statistics => reports::statistics(place),
            Self::Narratives => reports::narratives(place),
            Self::Findings => reports::findings(place),
            Self::Watch => bodies::watch(place),
            Self::Agencies => bodies::agencies(),
            Self::AgencyNames => bodies::agency_names(),
            Self::AgencyLinks => bodies::agency_links(),
            Self::Codebook => books::codebook(),
            Self::SeriesCodebook => books::series_codebook(),
            Self::Statuses => books::statuses(),
            Self::FindingCodes => books::finding_codes(),
        }
    }
}
