//! The columns of each table. Names are the outside contract; descriptions are for codebooks.

use crate::model::form::Quantity;
use crate::model::{Catalog, CellStatus, FormId};

use super::codebook::{STATUS_WORDS, label_en, label_zh};
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
            Self::Codebook => &["form", "cell"],
            Self::SeriesCodebook => &["series"],
            Self::Statuses => &["status"],
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
            Self::Provenance | Self::Wide(_) | Self::Narratives | Self::Findings => {
                vec![TO_REPORTS]
            }
            Self::Reports | Self::Codebook | Self::SeriesCodebook | Self::Statuses => Vec::new(),
        }
    }

    #[expect(clippy::too_many_lines, reason = "one list of columns after the other")]
    fn columns(self, place: Place) -> Vec<Column> {
        match self {
            Self::Reports => {
                let mut columns = vec![report_key()];
                columns.extend(whose());
                columns.extend([
                    column(
                        "form",
                        FORMS,
                        "版式",
                        "The form of most of its tables; empty: no table recognised",
                    ),
                    column("title", Kind::Text, "标题", "As printed"),
                    column(
                        "published",
                        Kind::Day,
                        "发布日期",
                        "The day of publication by the page's own evidence; empty: none found",
                    ),
                    official(),
                    always(
                        "first_seen",
                        Kind::Time,
                        "首次采集时间",
                        "When this content was first captured",
                    ),
                    always(
                        "last_seen",
                        Kind::Time,
                        "最近采集时间",
                        "When this content was last captured",
                    ),
                    always(
                        "whole",
                        Kind::Yes,
                        "是否完整",
                        "Whether any capture has the whole page",
                    ),
                ]);
                columns.extend(digest_and_address());
                columns
            }
            Self::Provenance => {
                let mut columns = vec![report_key()];
                columns.extend(digest_and_address());
                columns.extend([
                    always("fetched_at", Kind::Time, "采集时间", "When it was captured"),
                    column(
                        "content_type",
                        Kind::Text,
                        "内容类型",
                        "As declared; empty: not declared",
                    ),
                    always("size_bytes", Kind::Whole, "字节数", "Bytes of the payload"),
                    column(
                        "warc",
                        Kind::Text,
                        "WARC 文件",
                        "The archive's file that holds the record; empty: in no archive",
                    ),
                    column(
                        "warc_offset",
                        Kind::Whole,
                        "WARC 偏移",
                        "Where the record begins in the file, in bytes",
                    ),
                    column(
                        "warc_length",
                        Kind::Whole,
                        "WARC 长度",
                        "Compressed bytes of the record; empty: not known",
                    ),
                    always(
                        "charset",
                        Kind::Text,
                        "字符集",
                        "The charset it was decoded with",
                    ),
                    always(
                        "program",
                        Kind::Text,
                        "程序版本",
                        "Version of nianbao that read it",
                    ),
                    always(
                        "profile",
                        Kind::Text,
                        "配置摘要",
                        "Digest of the profile it was read with",
                    ),
                ]);
                columns
            }
            Self::Long => {
                let mut columns = identity(place);
                columns.extend([
                    always("form", FORMS, "版式", "The form the cell is of"),
                    always("cell", Kind::Text, "指标", "The cell, see the codebook"),
                    column(
                        "value",
                        Kind::Exact,
                        "数值",
                        "The number as printed, exact; empty unless the status is number",
                    ),
                    always("status", STATUSES, "状态", "What stands in the cell"),
                    column(
                        "raw",
                        Kind::Text,
                        "原文",
                        "The cell's text as published; empty also where the page lacks the cell",
                    ),
                    column(
                        "unit",
                        Kind::Text,
                        "单位",
                        "Unit of the number as printed, else the form's; empty: none",
                    ),
                ]);
                columns.extend(bytes("the cell's text"));
                if place == Place::Alone {
                    columns.extend(digest_and_address());
                }
                columns
            }
            Self::Wide(form) => {
                let mut columns = vec![report_key()];
                columns.extend(whose());
                if place == Place::Alone {
                    columns.push(official());
                    columns.extend(digest_and_address());
                }
                columns.extend(cells(form));
                columns
            }
            Self::Series => {
                let mut columns = vec![always(
                    "series",
                    Kind::Text,
                    "序列",
                    "The series, see its codebook",
                )];
                columns.push(report_key());
                columns.extend(whose_series());
                columns.extend([
                    column("form", FORMS, "版式", "The form the value is of"),
                    column("value", Kind::Exact, "数值", "The value; empty unless the status is number: a sum lacking a part has none"),
                    always("status", Kind::Text, "状态", "number, why the one cell has none, incomplete (a part of the sum is missing), or no_sum (parts in different units, or too large)"),
                    column("unit", Kind::Text, "单位", "Unit of the value; empty: none"),
                    always("quality", QUALITIES, "可比性", "How far it may be joined to points of another form"),
                    always("break_before", Kind::Yes, "此前中断", "Whether a line through the points must break before this one"),
                    column("note", Kind::Text, "说明", "What to know about the point"),
                ]);
                columns
            }
            Self::Statistics => {
                let mut columns = identity(place);
                columns.extend([
                    always("form", FORMS, "版式", "The form whose list it is"),
                    always(
                        "row",
                        Kind::Whole,
                        "行序",
                        "Number of the row in the report, from 0",
                    ),
                    always(
                        "position",
                        Kind::Whole,
                        "列序",
                        "Number of the value in the row, from 0",
                    ),
                    column(
                        "id",
                        Kind::Text,
                        "行标识",
                        "The form's row; empty: not known to the form",
                    ),
                    column(
                        "group",
                        Kind::Text,
                        "行组",
                        "The label over several rows; empty: none",
                    ),
                    column("label", Kind::Text, "行名", "As printed"),
                    column("head", Kind::Text, "列名", "As printed; empty: none"),
                    always(
                        "kind",
                        Kind::Word(&["year", "cumulative", "month", "unknown"]),
                        "列类",
                        "What the column counts: never add cumulative to year",
                    ),
                    column(
                        "column_year",
                        Kind::Whole,
                        "列年度",
                        "The year the column is of; empty: not of one year, or not known",
                    ),
                    column(
                        "value",
                        Kind::Exact,
                        "数值",
                        "The number as printed, exact; empty unless the status is number",
                    ),
                    always("status", STATUSES, "状态", "What stands in the cell"),
                    column("raw", Kind::Text, "原文", "The cell's text as published"),
                    column(
                        "unit",
                        Kind::Text,
                        "单位",
                        "Unit of the number; empty: none",
                    ),
                ]);
                columns.extend(bytes("the cell's text"));
                columns
            }
            Self::Narratives => {
                let mut columns = identity(place);
                columns.extend([
                    always(
                        "position",
                        Kind::Whole,
                        "序号",
                        "Number of the part in the report, from 0",
                    ),
                    always("kind", SECTIONS, "部分", "What it is about"),
                    column("heading", Kind::Text, "小标题", "As printed; empty: none"),
                    column("text", Kind::Text, "正文", "Its paragraphs, a line each"),
                ]);
                columns.extend(bytes("the part"));
                columns
            }
            Self::Findings => {
                let mut columns = identity(place);
                columns.extend([
                    always(
                        "position",
                        Kind::Whole,
                        "序号",
                        "Number of the finding in the report, from 0",
                    ),
                    always("code", Kind::Text, "代码", "What it is"),
                    always(
                        "severity",
                        Kind::Word(&["info", "warning", "error"]),
                        "程度",
                        "How bad",
                    ),
                    column("message", Kind::Text, "说明", "In words"),
                    column(
                        "place",
                        Kind::Text,
                        "位置",
                        "Where; empty: the whole report",
                    ),
                ]);
                columns
            }
            Self::Codebook => vec![
                always("form", FORMS, "版式", "The form"),
                always("cell", Kind::Text, "指标", "The cell"),
                always(
                    "position",
                    Kind::Whole,
                    "次序",
                    "Its order on the printed form, from 0",
                ),
                always("table", Kind::Text, "表", "The table within the form"),
                column("table_title", Kind::Text, "表名", "As printed"),
                always("row", Kind::Text, "行", "The row within the table"),
                column(
                    "column",
                    Kind::Text,
                    "列",
                    "The column; empty: the table has none",
                ),
                always(
                    "label_zh",
                    Kind::Text,
                    "中文标签",
                    "The printed labels that lead to it",
                ),
                always(
                    "label_en",
                    Kind::Text,
                    "英文标签",
                    "In English; a translation of ours",
                ),
                column(
                    "unit",
                    Kind::Text,
                    "单位",
                    "The form's unit; empty: the filler writes it into the cell",
                ),
                column("unit_en", Kind::Text, "单位（英文）", "In English"),
                always(
                    "quantity",
                    Kind::Word(&["count", "change", "money"]),
                    "量",
                    "A whole number, one with a sign, or money with decimals",
                ),
                column(
                    "series",
                    Kind::Text,
                    "所属序列",
                    "The series it is a part of, separated by spaces",
                ),
            ],
            Self::SeriesCodebook => vec![
                always("series", Kind::Text, "序列", "The series"),
                always("label_zh", Kind::Text, "中文标签", "In Chinese"),
                always(
                    "quality",
                    QUALITIES,
                    "可比性",
                    "good: draw through; fair: with a footnote; weak: with a break where the form changes; not_comparable: never join two forms",
                ),
                column("caveat", Kind::Text, "注意", "What to know"),
                always(
                    "forms",
                    Kind::Text,
                    "构成",
                    "The cells in each form: sums and differences",
                ),
            ],
            Self::Statuses => vec![
                always("status", Kind::Word(STATUS_WORDS), "状态", "The word"),
                always(
                    "label_zh",
                    Kind::Text,
                    "中文说明",
                    "What it means, in Chinese",
                ),
                always("label_en", Kind::Text, "英文说明", "In English"),
                always(
                    "wide_only",
                    Kind::Yes,
                    "仅宽表",
                    "Whether only wide tables have it",
                ),
            ],
        }
    }
}

/// A column a cell of the form.
fn cells(form: FormId) -> impl Iterator<Item = Column> {
    Catalog::get().of_form(form).map(|one| {
        let unit = one.unit.map(|unit| format!(" ({})", unit.as_str()));
        let unit = unit.unwrap_or_default();
        Column {
            name: one.cell.clone(),
            kind: Kind::Cell {
                money: one.quantity == Quantity::Money,
            },
            zh: format!("{}{unit}", label_zh(one)),
            en: label_en(one),
            required: false,
        }
    })
}
