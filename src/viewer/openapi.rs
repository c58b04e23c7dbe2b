//! What the JSON twins are, in `OpenAPI` 3.1, made from one table. `tests/viewer.rs` holds the table against the pages.

use serde_json::{Map, Value, json};

/// A page that has a twin.
pub(super) struct Operation {
    /// Its path, parameters in braces.
    pub path: &'static str,
    /// What it is, in Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
    /// Names that may stand in the query, with what they mean.
    pub query: &'static [(&'static str, &'static str)],
    /// Names of the JSON object's members, in order.
    pub members: &'static [&'static str],
    /// Names of the tables, for `PATH.NAME.csv`.
    pub tables: &'static [&'static str],
}

/// What a parameter of a path means.
const PARAMETERS: [(&str, &str); 9] = [
    ("from", "Number of a version, first seen first, from 1"),
    ("to", "Number of a version"),
    ("part", "Number of a part of the list, from 1"),
    (
        "agency",
        "An agency's name in addresses: 16 hexadecimal digits",
    ),
    (
        "report",
        "A report's name in addresses: AGENCY-YEAR-SCOPE or page-DIGEST",
    ),
    ("cell", "A cell id of the report's form"),
    ("finding", "A finding's id"),
    ("form", "A form: 2008, 2014, 2019, 2021"),
    ("series", "A series or ratio of the codebook"),
];

/// Every page.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        path: "/overview",
        zh: "概览",
        en: "What is in the archive",
        query: &[],
        members: &[
            "holdings", "coverage", "years", "agencies", "findings", "builds",
        ],
        tables: &["coverage"],
    },
    Operation {
        path: "/agencies",
        zh: "机关",
        en: "Agencies with the years of their reports; the first part of the list",
        query: AGENCIES,
        members: &[
            "q", "division", "page", "pages", "total", "years", "agencies",
        ],
        tables: &["agencies", "reports", "absent"],
    },
    Operation {
        path: "/agencies/{part}",
        zh: "机关（分页）",
        en: "A part of the list of agencies",
        query: AGENCIES,
        members: &[
            "q", "division", "page", "pages", "total", "years", "agencies",
        ],
        tables: &["agencies", "reports", "absent"],
    },
    Operation {
        path: "/agency/{agency}",
        zh: "一个机关",
        en: "One agency: its names, reports, series and findings",
        query: &[],
        members: &[
            "id",
            "key",
            "label",
            "code",
            "division",
            "level",
            "joined",
            "reports",
            "first_year",
            "last_year",
            "names",
            "links",
            "reports_by_year",
            "absent",
            "series",
            "findings",
            "findings_total",
        ],
        tables: &["reports", "series", "findings", "absent"],
    },
    Operation {
        path: "/findings",
        zh: "核查发现",
        en: "Findings across years, versions and texts; the first part of the list",
        query: FINDINGS,
        members: &["filter", "page", "pages", "total", "findings"],
        tables: &["findings"],
    },
    Operation {
        path: "/findings/{part}",
        zh: "核查发现（分页）",
        en: "A part of the list of findings",
        query: FINDINGS,
        members: &["filter", "page", "pages", "total", "findings"],
        tables: &["findings"],
    },
    Operation {
        path: "/press",
        zh: "新闻素材",
        en: "Findings with all that is needed to repeat them, confirmed ones unless told otherwise",
        query: FINDINGS,
        members: &["filter", "total", "findings"],
        tables: &["findings"],
    },
    Operation {
        path: "/unplaced",
        zh: "机关或年度不详的报告",
        en: "Reports of which agency or year is not known; the first part of the list",
        query: &[],
        members: &["page", "pages", "total", "reports"],
        tables: &["reports"],
    },
    Operation {
        path: "/unplaced/{part}",
        zh: "机关或年度不详的报告（分页）",
        en: "A part of the list of reports of which agency or year is not known",
        query: &[],
        members: &["page", "pages", "total", "reports"],
        tables: &["reports"],
    },
    Operation {
        path: "/finding/{finding}",
        zh: "一条发现",
        en: "One finding: rule, evidence, innocent explanations, verdict",
        query: &[],
        members: &[
            "report",
            "other_report",
            "id",
            "code",
            "severity",
            "report_id",
            "agency",
            "agency_code",
            "year",
            "scope",
            "other_report_id",
            "about",
            "message_zh",
            "message_en",
            "rule",
            "basis_zh",
            "basis_en",
            "innocent_zh",
            "innocent_en",
            "evidence",
            "verdict",
            "verdict_reason",
            "verdict_by",
            "verdict_at",
        ],
        tables: &["findings"],
    },
    Operation {
        path: "/status",
        zh: "采集情况",
        en: "What the crawl did and has still to do",
        query: &[],
        members: &[
            "last_run",
            "hosts",
            "seeds",
            "needs_browser",
            "blocked",
            "builds",
        ],
        tables: &["hosts", "seeds"],
    },
    Operation {
        path: "/report/{report}",
        zh: "一份报告",
        en: "One report: its forms with every cell, contradictions, findings, text with its numbers, versions, citation",
        query: &[],
        members: &[
            "id",
            "agency_id",
            "citation",
            "versions",
            "capture",
            "first_seen",
            "last_seen",
            "captures",
            "contradictions",
            "watch",
            "report",
        ],
        tables: &["cells", "beyond", "findings", "watch", "mentions"],
    },
    Operation {
        path: "/proof/{report}/{cell}",
        zh: "一个数值及其出处",
        en: "One cell with its proof: bytes, digest, place in the archive, charset",
        query: &[],
        members: &[
            "id",
            "cell",
            "about",
            "observed",
            "capture",
            "charset",
            "charset_evidence",
            "replacements",
            "program",
            "profile",
            "archive",
            "commands",
            "shown",
        ],
        tables: &[],
    },
    Operation {
        path: "/diff/{report}/{from}/{to}",
        zh: "版本对照",
        en: "What differs between two versions of a report",
        query: &[],
        members: &["id", "versions", "diff"],
        tables: &["cells"],
    },
    Operation {
        path: "/compare",
        zh: "比较",
        en: "Series and ratios of agencies side by side, exactly as the page shows them",
        query: &[
            ("series", "A series, ratio or cell; up to four times"),
            (
                "agency",
                "An agency's name in addresses; up to forty times. None: all of division and level",
            ),
            ("division", "A division of GB/T 2260, or xpcc"),
            ("level", "national, province, prefecture, county, township"),
            ("by", "Rows: agency, division, province, level, all"),
            ("from", "First year"),
            ("to", "Last year"),
            ("scope", "own, consolidated, unknown"),
            ("form", "Only this form"),
        ],
        members: &["question", "offered", "answers"],
        tables: &[],
    },
    Operation {
        path: "/search",
        zh: "检索",
        en: "Full text over the reports' narratives",
        query: &[
            ("q", "Words, phrases in quotes, OR, -word"),
            ("from", "First year"),
            ("to", "Last year"),
            ("division", "A division of GB/T 2260, or xpcc"),
            ("section", "Kind of section, as in docs/record.md"),
            ("page", "Part of the hits, from 1"),
        ],
        members: &[
            "q", "from", "to", "division", "section", "page", "pages", "found", "problem",
        ],
        tables: &["hits"],
    },
    Operation {
        path: "/codebook",
        zh: "指标与表式",
        en: "Forms, series and ratios with what they mean",
        query: &[],
        members: &["forms", "series", "ratios", "statuses"],
        tables: &["forms", "series", "ratios", "statuses"],
    },
    Operation {
        path: "/form/{form}",
        zh: "一种表式",
        en: "A form with its cells",
        query: &[],
        members: &["id", "first_year", "last_year", "basis", "tables", "cells"],
        tables: &["cells"],
    },
    Operation {
        path: "/series/{series}",
        zh: "一个指标",
        en: "A series or ratio: definition, comparability, sums and medians by year where they are defined",
        query: &[],
        members: &[
            "id",
            "kind",
            "label",
            "label_en",
            "quality",
            "measure",
            "caveat",
            "caveat_zh",
            "formula",
            "forms",
            "changes",
            "years",
        ],
        tables: &["terms", "years"],
    },
];

const AGENCIES: &[(&str, &str)] = &[
    ("q", "Text that a name contains, or a code"),
    (
        "division",
        "Digits of GB/T 2260 that the division begins with",
    ),
    ("level", "national, province, prefecture, county, township"),
];

const FINDINGS: &[(&str, &str)] = &[
    (
        "code",
        "Only this kind: codebook of findings, docs/watch.md",
    ),
    ("severity", "error, warning, info"),
    ("verdict", "open, confirmed, dismissed"),
    ("agency", "An agency's name in addresses"),
    ("year", "Year of the report"),
];

/// The description, as JSON.
pub(super) fn description() -> String {
    let mut paths = Map::new();
    for operation in OPERATIONS {
        paths.insert(
            format!("{}.json", operation.path),
            json!({ "get": json_twin(operation) }),
        );
        for table in operation.tables {
            let parameters = parameters(operation);
            let csv = json!({ "get": {
                "summary": format!("{}: table {table}", operation.en),
                "operationId": format!("{}_{table}_csv", id(operation)),
                "parameters": parameters,
                "responses": answers("text/csv", &json!({ "type": "string" })),
            } });
            paths.insert(format!("{}.{table}.csv", operation.path), csv);
        }
    }
    let description = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "nianbao",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Annual reports on government information disclosure (政府信息公开工作年度报告). A value that is missing is \
    null and has a status; no missing value is 0. Numbers are exact, with as many digits as printed: read them as decimals.",
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
    });
    format!("{description:#}\n")
}

fn id(operation: &Operation) -> String {
    let parts = operation.path.split('/').filter(|part| !part.is_empty());
    let parts: Vec<String> = parts.map(|part| part.replace(['{', '}'], "")).collect();
    parts.join("_")
}

fn json_twin(operation: &Operation) -> Value {
    let members: Map<String, Value> = operation
        .members
        .iter()
        .map(|member| ((*member).to_owned(), json!({})))
        .collect();
    let schema = json!({ "type": "object", "properties": members, "required": operation.members });
    json!({
        "summary": operation.en,
        "description": operation.zh,
        "operationId": id(operation),
        "parameters": parameters(operation),
        "responses": answers("application/json", &schema),
    })
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let in_path = PARAMETERS
        .iter()
        .filter(|(name, _)| operation.path.contains(&format!("{{{name}}}")))
        .map(|(name, meaning)| parameter(name, meaning, true));
    let in_query = operation
        .query
        .iter()
        .map(|(name, meaning)| parameter(name, meaning, false));
    in_path.chain(in_query).collect()
}

fn parameter(name: &str, meaning: &str, in_path: bool) -> Value {
    json!({
        "name": name,
        "in": if in_path { "path" } else { "query" },
        "required": in_path,
        "description": meaning,
        "schema": { "type": "string" },
    })
}

fn answers(media_type: &str, schema: &Value) -> Value {
    let content = Value::Object(Map::from_iter([(
        media_type.to_owned(),
        json!({ "schema": schema }),
    )]));
    json!({
        "200": { "description": "The page's data", "content": content },
        "400": { "description": "The address asks for something that cannot be answered" },
        "404": { "description": "There is nothing at this address" },
        "503": { "description": "Too many questions at once, or one that takes too long" },
    })
}
