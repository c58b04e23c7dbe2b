//! A report's tables for other programs.

use crate::model::{Catalog, Report};
use crate::present::beyond_the_form;
use crate::query::WatchLine;
use crate::viewer::page::Table;

use super::cell_name;

/// Every cell of its forms. `value` is the number, else the word of the status.
pub fn cells(report: &Report) -> Table {
    let rows = report.observations.iter().map(|one| {
        let indicator = Catalog::get().indicator(one.indicator);
        let bytes = one.source.map(|source| source.bytes);
        let value = one.value.map(|value| value.to_string());
        vec![
            indicator.form.to_string(),
            cell_name(report, one.indicator),
            indicator.path.join(" / "),
            value.unwrap_or_else(|| one.status.as_str().to_owned()),
            one.unit.map_or("", |unit| unit.as_str()).to_owned(),
            one.status.as_str().to_owned(),
            one.raw.clone(),
            bytes
                .map(|bytes| bytes.part.to_string())
                .unwrap_or_default(),
            bytes
                .map(|bytes| bytes.start.to_string())
                .unwrap_or_default(),
            bytes.map(|bytes| bytes.end.to_string()).unwrap_or_default(),
        ]
    });
    let head = [
        "form", "cell", "labels", "value", "unit", "status", "raw", "part", "start", "end",
    ];
    Table::of("cells", &head, rows)
}

/// Values of its lists beyond its forms.
pub fn beyond(report: &Report) -> Table {
    let rows = beyond_the_form(report).into_iter().map(|beyond| {
        let cell = beyond.cell;
        let value = cell.value.map(|value| value.to_string());
        vec![
            beyond.label(),
            cell.unit.map_or("", |unit| unit.as_str()).to_owned(),
            cell.head.clone().unwrap_or_default(),
            beyond.counts(),
            value.unwrap_or_else(|| cell.status.as_str().to_owned()),
            cell.status.as_str().to_owned(),
            cell.raw.clone(),
        ]
    });
    let head = ["label", "unit", "head", "counts", "value", "status", "raw"];
    Table::of("beyond", &head, rows)
}

/// What was odd when it was read, and in its arithmetic.
pub fn findings(report: &Report) -> Table {
    let rows = report.findings.iter().map(|finding| {
        vec![
            finding.code.as_str().to_owned(),
            finding.severity.as_str().to_owned(),
            finding.place.clone(),
            finding.message.clone(),
        ]
    });
    Table::of("findings", &["code", "severity", "where", "message"], rows)
}

/// What is told across years, versions and texts.
pub fn watch(lines: &[WatchLine]) -> Table {
    let rows = lines.iter().map(|line| {
        vec![
            line.id.clone(),
            line.code.clone(),
            line.severity.clone(),
            line.about.clone(),
            line.message_zh.clone(),
            line.message_en.clone(),
            line.basis_zh.clone(),
            line.verdict.clone(),
        ]
    });
    let head = [
        "id",
        "code",
        "severity",
        "about",
        "message_zh",
        "message_en",
        "basis_zh",
        "verdict",
    ];
    Table::of("watch", &head, rows)
}

/// Numbers of its text. `about` is empty where no cell counts the same.
pub fn mentions(report: &Report) -> Table {
    let rows = (1..)
        .zip(&report.mentions)
        .map(|(number, mention): (usize, _)| {
            vec![
                number.to_string(),
                mention.text.clone(),
                mention.value.to_string(),
                mention.unit.clone().unwrap_or_default(),
                mention.kind.as_str().to_owned(),
                mention.direction.map_or("", |way| way.as_str()).to_owned(),
                mention.period.as_str().to_owned(),
                mention
                    .year
                    .map(|year| year.to_string())
                    .unwrap_or_default(),
                mention.approximate.to_string(),
                mention.negated.to_string(),
                mention.channel.map_or("", |one| one.as_str()).to_owned(),
                mention.about.clone().unwrap_or_default(),
                mention.bytes.part.to_string(),
                mention.bytes.start.to_string(),
                mention.bytes.end.to_string(),
            ]
        });
    let head = [
        "number",
        "text",
        "value",
        "unit",
        "kind",
        "direction",
        "period",
        "year",
        "approximate",
        "negated",
        "channel",
        "about",
        "part",
        "start",
        "end",
    ];
    Table::of("mentions", &head, rows)
}
