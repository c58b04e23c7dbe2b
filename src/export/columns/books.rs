//! The columns of codebooks.

use super::super::codebook::STATUS_WORDS;
use super::super::table::{Column, Kind};
use super::{FORMS, QUALITIES, always, column};

/// Of the cells.
pub(super) fn codebook() -> Vec<Column> {
    vec![
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
    ]
}

/// Of the series.
pub(super) fn series_codebook() -> Vec<Column> {
    vec![
        always("series", Kind::Text, "序列", "The series"),
        always("label_zh", Kind::Text, "中文标签", "In Chinese"),
        always(
            "quality",
            QUALITIES,
            "可比性",
            "good: draw through; fair: with a footnote; weak: with a break where the form changes; not_comparable: never join two forms",
        ),
        column(
            "caveat",
            Kind::Text,
            "注意（英文）",
            "What to know, in English",
        ),
        column("caveat_zh", Kind::Text, "注意", "In Chinese"),
        always(
            "forms",
            Kind::Text,
            "构成",
            "The cells in each form: sums and differences",
        ),
    ]
}

/// What a word means.
fn labels() -> [Column; 2] {
    [
        always(
            "label_zh",
            Kind::Text,
            "中文说明",
            "What it means, in Chinese",
        ),
        always("label_en", Kind::Text, "英文说明", "In English"),
    ]
}

/// Of the words for what is missing.
pub(super) fn statuses() -> Vec<Column> {
    let [zh, en] = labels();
    vec![
        always("status", Kind::Word(STATUS_WORDS), "状态", "The word"),
        zh,
        en,
        always(
            "wide_only",
            Kind::Yes,
            "仅宽表",
            "Whether only wide tables have it",
        ),
    ]
}

/// Of the codes of findings.
pub(super) fn finding_codes() -> Vec<Column> {
    let [zh, en] = labels();
    vec![
        always("code", Kind::Text, "代码", "The code"),
        always(
            "severity",
            Kind::Word(&["info", "warning", "error"]),
            "程度",
            "How bad",
        ),
        zh,
        en,
    ]
}
