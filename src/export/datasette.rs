//! The database for Datasette: a packed copy, and `metadata.json` with what its tables, views and columns say.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::model::{Catalog, FormId};
use crate::query::Panel;

use super::ExportError;
use super::codebook::{label_en, label_zh};
use super::dataset::Dataset;
use super::folder;

/// The copy's name, and so that of the database in Datasette's addresses.
const DATABASE: &str = "nianbao.db";

/// Tables and views with what a row of each is.
const DESCRIBED: &[(&str, &str)] = &[
    (
        "observation",
        "A cell of a report, of any form. value is missing unless status is number; a missing value is never 0.",
    ),
    (
        "report_list",
        "A report with its current version, its capture and how many findings there are.",
    ),
    ("finding_list", "A finding of a current version."),
    (
        "statistic",
        "A value of a statistics list (2008 to 2018) as printed. Never add cumulative to year.",
    ),
    (
        "mention_list",
        "A number in the narrative of a current version, with what it counts.",
    ),
    ("refusal_list", "A capture that is no report, and why."),
    (
        "proposal_list",
        "What would make contradictory numbers agree. Never applied.",
    ),
    (
        "watch_list",
        "A finding across years, versions and texts, with its evidence, the law it rests on and innocent explanations. No accusation.",
    ),
    ("watch", "A finding across years, versions and texts."),
    (
        "watch_code",
        "What each code of watch means, the law or rule, and innocent explanations.",
    ),
    (
        "verdict",
        "What a person said of a finding across years, and why.",
    ),
    (
        "absence",
        "An answer that an address is not there (404, 410).",
    ),
    (
        "address_absence",
        "As absence, with address and file by number.",
    ),
    (
        "agency_key",
        "An agency and the one to group it by, with division (GB/T 2260), level, and why they are one.",
    ),
    (
        "agency_link",
        "A predecessor and its successor. apart says why the two are not one; missing where they are.",
    ),
    ("agency", "An agency by name and code as published."),
    ("report", "A report: agency, year and scope."),
    (
        "version",
        "One content of a report, with first and last time seen.",
    ),
    (
        "capture",
        "A capture: digest, address, time, place in the archive.",
    ),
    (
        "indicator",
        "The data dictionary: a cell of a form with its labels and unit.",
    ),
    ("section", "A part of the narrative of a version."),
    (
        "section_text",
        "A part of the narrative of a version; section has it with its heading.",
    ),
    (
        "section_heading",
        "A kind of section with its heading as printed.",
    ),
    ("finding", "A finding of a version."),
    (
        "narrative",
        "A part of the narrative of a current version, with whose report it is.",
    ),
    (
        "watch_list",
        "A finding across years, versions and texts: what it rests on, what else may explain it, and what people said of it. No verdict.",
    ),
    (
        "watch",
        "A finding across years, versions and texts; watch_list has it with its words.",
    ),
    (
        "watch_code",
        "What kinds of such findings there are, with the law or rule and innocent explanations.",
    ),
    ("verdict", "What people said of such a finding."),
    (
        "agency_link",
        "What became of an agency: renamed, merged, split.",
    ),
    ("form", "A statutory form, with the years it was made for."),
    (
        "finding_code",
        "What a code of a finding means, in English and Chinese.",
    ),
    ("address", "An address that was asked for."),
    ("warc", "A file of the archive."),
    ("content_type", "What a server called its answer."),
    ("refusal", "A capture that is no report, and why."),
    (
        "date_evidence",
        "A day that a page gives, and where it stood.",
    ),
    ("mention", "A number in the narrative of a version."),
    (
        "proposal",
        "What would make contradictory numbers of a version agree. Never applied.",
    ),
    ("proposal_change", "A cell that a proposal is about."),
    (
        "statistic_row",
        "A row of a statistics list (2008 to 2018) as printed; statistic has its values.",
    ),
    (
        "statistic_cell",
        "A value of such a row; statistic has it with its words.",
    ),
    ("statistic_label", "A label of such a row as printed."),
    ("statistic_column", "A head of such a list."),
];

/// What a row of another table is shown by, where a key leads to it.
const LABELS: [(&str, &str); 9] = [
    ("watch_code", "zh"),
    ("agency", "name"),
    ("version", "title"),
    ("address", "url"),
    ("warc", "file"),
    ("content_type", "text"),
    ("indicator", "cell"),
    ("form", "basis"),
    ("finding_code", "meaning"),
];

/// Columns of the views whose names do not say all.
const COLUMNS: [(&str, &str); 11] = [
    (
        "value",
        "An integer, or exact text where the page prints decimals; missing unless status is number",
    ),
    (
        "status",
        "number, blank, mark, text, unreadable, row_absent, column_absent or table_absent",
    ),
    ("raw", "The cell's text as published"),
    ("unit", "Unit of the number as printed, else the form's"),
    ("cell", "The cell of the form, see the table indicator"),
    (
        "form",
        "The statutory form, by the first year it was made for",
    ),
    ("year", "The year reported on"),
    (
        "scope",
        "own: the agency; consolidated: a government with all below it; unknown: not said",
    ),
    (
        "official",
        "official, mirror_suspected (a copy on a foreign host) or unknown",
    ),
    ("agency", "Name as published"),
    ("agency_code", "统一社会信用代码 or old organisation code"),
];

/// Writes `nianbao.db` and `metadata.json` into the folder `path`, which must not be there or be empty. All of the
/// database: the panel's filter has no bearing.
///
/// # Errors
///
/// [`ExportError::Exists`], or if the database cannot be read or a file not be written.
pub fn write_datasette(
    panel: &Panel<'_>,
    dataset: &Dataset,
    path: &Path,
) -> Result<(), ExportError> {
    folder::whole(path, |folder| {
        panel.copy(&folder.join(DATABASE))?;
        std::fs::File::open(folder.join(DATABASE))?.sync_all()?;
        folder::json(&folder.join("metadata.json"), &metadata(dataset))?;
        Ok(())
    })
}

fn metadata(dataset: &Dataset) -> Value {
    let mut tables = Map::new();
    for &(table, description) in DESCRIBED {
        tables.insert(table.into(), json!({"description": description}));
    }
    for (table, column) in LABELS {
        let about = tables.entry(table).or_insert_with(|| json!({}));
        about["label_column"] = json!(column);
    }
    let described = |names: &[&str]| {
        let words = COLUMNS.iter().filter(|(name, _)| names.contains(name));
        let words = words.map(|(name, text)| ((*name).to_owned(), json!(text)));
        words.collect::<Map<_, _>>()
    };
    let long = [
        "value",
        "status",
        "raw",
        "unit",
        "cell",
        "form",
        "year",
        "scope",
        "official",
        "agency",
        "agency_code",
    ];
    let of_reports = ["form", "year", "scope", "official", "agency", "agency_code"];
    for form in FormId::ALL {
        let name = format!("observation_{form}");
        let text = format!("A cell of a report of form {form}: as observation, and quicker.");
        tables.insert(
            name,
            json!({"description": text, "columns": described(&long)}),
        );
        // A view of one form does not name it.
        let mut columns = described(&of_reports[1..]);
        for one in Catalog::get().of_form(form) {
            let unit = one.unit.map(|unit| format!(" ({})", unit.as_str()));
            let unit = unit.unwrap_or_default();
            let text = format!("{}{unit} – {}", label_zh(one), label_en(one));
            columns.insert(one.cell.clone(), json!(text));
        }
        let text = format!(
            "A report of form {form}, a column a cell. Missing means: no number in the form's unit; observation_{form} says what stands there."
        );
        let about = json!({"description": text, "columns": columns});
        tables.insert(format!("form_{form}"), about);
        // What the views are made of; anybody who looks at it is better served by them.
        tables.insert(format!("cells_{form}"), json!({"hidden": true}));
    }
    tables["observation"]["columns"] = Value::Object(described(&long));
    tables["report_list"]["columns"] = Value::Object(described(&of_reports));
    for table in [
        "exception",
        "place",
        "meta",
        "run",
        "reader",
        "reading",
        "warc_state",
        "warc_trouble",
        "revisit",
        "paged",
        "seen",
        "absence",
        "address_absence",
        "statistic_layout",
        "statistic_layout_cell",
        "statistic_layout_column",
        "version_title",
        "statistic_layout_row",
        "statistic_list",
        "contradiction",
        "narrative_row",
    ] {
        tables.insert(table.into(), json!({"hidden": true}));
    }
    let mut about = Map::new();
    let mut put = |key: &str, value: Option<&String>| {
        if let Some(value) = value {
            about.insert(key.into(), json!(value));
        }
    };
    put("title", dataset.title.as_ref());
    put("description", dataset.description.as_ref());
    put("license", dataset.license.as_ref());
    put("license_url", dataset.license_url.as_ref());
    put("source_url", dataset.homepage.as_ref());
    about.insert("databases".into(), json!({"nianbao": {"tables": tables}}));
    Value::Object(about)
}
