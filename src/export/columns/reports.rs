//! The columns of tables of reports and what belongs to them.

use crate::model::form::Quantity;
use crate::model::{Catalog, FormId};

use super::super::codebook::{label_en, label_zh};
use super::super::table::{Column, Kind};
use super::bodies::agency_key;
use super::{
    FORMS, Place, QUALITIES, SECTIONS, STATUSES, always, bytes, column, digest_and_address,
    identity, official, report_key, whose, whose_series,
};

/// Of the reports.
pub(super) fn reports() -> Vec<Column> {
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
    columns.push(agency_key());
    columns
}

/// Of where each was read.
pub(super) fn provenance() -> Vec<Column> {
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

/// Of a cell a row.
pub(super) fn long(place: Place) -> Vec<Column> {
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

/// Of a report a row and a cell a column.
pub(super) fn wide(place: Place, form: FormId) -> Vec<Column> {
    let mut columns = vec![report_key()];
    columns.extend(whose());
    if place == Place::Alone {
        columns.push(official());
        columns.extend(digest_and_address());
    }
    columns.extend(cells(form));
    columns
}

/// Of a point a row.
pub(super) fn series() -> Vec<Column> {
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

/// Of the rows of statistics lists.
pub(super) fn statistics(place: Place) -> Vec<Column> {
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

/// Of the parts of the text.
pub(super) fn narratives(place: Place) -> Vec<Column> {
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

/// Of the findings.
pub(super) fn findings(place: Place) -> Vec<Column> {
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
