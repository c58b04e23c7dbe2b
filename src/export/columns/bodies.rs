//! The columns of bodies, their names and links, and of findings across years.

use super::super::table::{Column, Kind};
use super::{Place, always, column, identity};

const LEVELS: Kind = Kind::Word(&["national", "province", "prefecture", "county", "township"]);
const RULES: Kind = Kind::Word(&[
    "own", "name", "host", "column", "site", "code", "division", "rename", "decision",
]);

/// That of the body a report is of.
pub(super) fn agency_key() -> Column {
    column(
        "agency_key",
        Kind::Text,
        "机构标识",
        "Key of the body it is of, the same under all its names and in every export and build; empty: not found",
    )
}

fn name_code_place() -> [Column; 3] {
    [
        column(
            "name",
            Kind::Text,
            "名称",
            "As published; empty: only the code is known",
        ),
        column(
            "code",
            Kind::Text,
            "统一社会信用代码或组织机构代码",
            "Empty: not known",
        ),
        column(
            "place",
            Kind::Text,
            "所在网站或栏目",
            "Where its pages stand, if the name does not tell whose they are; empty: it does",
        ),
    ]
}

/// Of the bodies.
pub(super) fn agencies() -> Vec<Column> {
    let mut columns = vec![
        always(
            "agency_key",
            Kind::Text,
            "机构标识",
            "Key of the body: the same in every export and build",
        ),
        always(
            "label",
            Kind::Text,
            "机构",
            "Its latest name, with what tells it from others of the same name",
        ),
    ];
    columns.extend(name_code_place());
    columns.extend([
        column(
            "division",
            Kind::Text,
            "行政区划代码",
            "GB/T 2260, six digits, or xpcc with the number of the division of the corps in Xinjiang; empty: not known",
        ),
        column("level", LEVELS, "层级", "Empty: not known"),
        always(
            "reports",
            Kind::Whole,
            "报告数",
            "Its reports in this export; 0 for a body that only a link leads to",
        ),
        column(
            "first_year",
            Kind::Whole,
            "首个报告年度",
            "Of its reports in this export; empty: none has a year",
        ),
        column("last_year", Kind::Whole, "最近报告年度", "As the first"),
    ]);
    columns
}

/// Of their names.
pub(super) fn agency_names() -> Vec<Column> {
    let mut columns = vec![
        always("agency_key", Kind::Text, "机构标识", "Key of the body"),
        always(
            "name_key",
            Kind::Text,
            "名称标识",
            "Key of this name, code and place",
        ),
    ];
    columns.extend(name_code_place());
    columns.extend([
        always(
            "rule",
            RULES,
            "归并规则",
            "Why it is one with the others: own for the one that stands for the body",
        ),
        column(
            "evidence",
            Kind::Text,
            "依据",
            "What that rests on; empty: rule own",
        ),
    ]);
    columns
}

/// Of predecessors and successors.
pub(super) fn agency_links() -> Vec<Column> {
    vec![
        always("earlier", Kind::Text, "前身", "Key of the body before"),
        always("later", Kind::Text, "后继", "Key of the body after"),
        always(
            "kind",
            Kind::Word(&["renamed_to", "merged_into", "split_into"]),
            "沿革",
            "What happened",
        ),
        always(
            "since",
            Kind::Text,
            "起始",
            "The day of the plan, or a year",
        ),
        column(
            "until",
            Kind::Text,
            "截止",
            "By when local bodies followed; empty: at once",
        ),
        always("evidence", Kind::Text, "依据", "What it rests on"),
        column(
            "apart",
            Kind::Text,
            "未归并原因",
            "Why the two are not one; empty: they are",
        ),
    ]
}

/// Of findings across years, versions and texts.
pub(super) fn watch(place: Place) -> Vec<Column> {
    let mut columns = vec![always(
        "finding",
        Kind::Text,
        "核查结果标识",
        "The finding's id, the same in every build: nianbao audit show",
    )];
    columns.extend(identity(place));
    let text = |name: &str, zh: &str, en: &str| always(name, Kind::Text, zh, en);
    columns.extend([
        text("code", "代码", "What it is, see docs/watch.md"),
        always(
            "severity",
            Kind::Word(&["info", "warning", "error"]),
            "程度",
            "How bad",
        ),
        column(
            "other_report",
            Kind::Text,
            "对照报告标识",
            "Key of the report it is compared with, which may be in no table; empty: none",
        ),
        text("about", "对象", "What of the report it is about"),
        text("message_zh", "说明", "In words, in Chinese"),
        text("message_en", "说明（英文）", "In English"),
        column(
            "rule",
            Kind::Text,
            "规则",
            "The rule of data/identities.toml; empty: none",
        ),
        text("basis_zh", "依据", "The law or rule it rests on, in Chinese"),
        text("basis_en", "依据（英文）", "In English"),
        text(
            "innocent_zh",
            "可能的正常原因",
            "Explanations without fault, in Chinese (a JSON array): to be read before the finding is repeated",
        ),
        text("innocent_en", "可能的正常原因（英文）", "In English"),
        text(
            "evidence",
            "证据",
            "Cells with their values, clauses, dates, captures (a JSON array)",
        ),
        always(
            "verdict",
            Kind::Word(&["open", "confirmed", "dismissed"]),
            "人工判断",
            "What a person said of it",
        ),
        column(
            "verdict_reason",
            Kind::Text,
            "判断理由",
            "Why; empty: open",
        ),
    ]);
    columns
}
