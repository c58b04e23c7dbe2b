//! A Data Package (v2): CSV files, `datapackage.json` with their schemas, `datacite.json` for a DOI.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::query::Panel;

use super::ExportError;
use super::columns::Place;
use super::dataset::Dataset;
use super::folder::{self, Written};
use super::schema::schema;
use super::table::{Table, What};
use super::text::write_csv;

/// Writes the package into the folder `path`, which must not be there or be empty; returns the rows of each file.
///
/// # Errors
///
/// [`ExportError::Exists`], or if the database cannot be read or a file not be written.
pub fn write_package(
    panel: &Panel<'_>,
    dataset: &Dataset,
    path: &Path,
) -> Result<Vec<(String, u64)>, ExportError> {
    let mut whats = vec![What::Reports, What::Provenance, What::Long];
    whats.extend(panel.forms()?.into_iter().map(What::Wide));
    whats.extend([
        What::Series,
        What::Statistics,
        What::Narratives,
        What::Findings,
        What::Watch,
        What::Agencies,
        What::AgencyNames,
        What::AgencyLinks,
        What::Codebook,
        What::SeriesCodebook,
        What::Statuses,
        What::FindingCodes,
    ]);
    folder::whole(path, |folder| {
        let (mut resources, mut counts) = (Vec::new(), Vec::new());
        for what in whats {
            let table = what.table(Place::Package);
            let name = format!("{}.csv", table.name);
            let (rows, written) =
                folder::file(&folder.join(&name), |file| write_csv(panel, &table, file))?;
            resources.push(resource(&table, &written));
            counts.push((name, rows));
        }
        folder::json(
            &folder.join("datacite.json"),
            &dataset.datacite(&["text/csv"]),
        )?;
        folder::json(
            &folder.join("datapackage.json"),
            &package(dataset, resources),
        )?;
        Ok(counts)
    })
}

fn resource(table: &Table, written: &Written) -> Value {
    json!({
        "name": table.name,
        "type": "table",
        "path": format!("{}.csv", table.name),
        "title": table.zh,
        "description": table.en,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": "\"", "doubleQuote": true, "header": true},
        "bytes": written.bytes,
        "hash": format!("sha256:{}", written.sha256),
        "schema": schema(table),
    })
}

fn package(dataset: &Dataset, resources: Vec<Value>) -> Value {
    let mut package = Map::new();
    package.insert(
        "$schema".into(),
        json!("https://datapackage.org/profiles/2.0/datapackage.json"),
    );
    let name = dataset.name.as_deref().unwrap_or("nianbao");
    package.insert("name".into(), json!(name));
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            package.insert(key.into(), value);
        }
    };
    put("title", dataset.title.as_ref().map(|title| json!(title)));
    put(
        "description",
        dataset.description.as_ref().map(|text| json!(text)),
    );
    put(
        "version",
        dataset.version.as_ref().map(|version| json!(version)),
    );
    put("homepage", dataset.homepage.as_ref().map(|url| json!(url)));
    put(
        "id",
        dataset
            .doi
            .as_ref()
            .map(|doi| json!(format!("https://doi.org/{doi}"))),
    );
    put("citation", dataset.citation().map(|text| json!(text)));
    put(
        "keywords",
        Some(json!(dataset.keywords)).filter(|_| !dataset.keywords.is_empty()),
    );
    let license = dataset.license.as_ref().map(|name| {
        let mut license = Map::new();
        license.insert("name".into(), json!(name));
        if let Some(url) = &dataset.license_url {
            license.insert("path".into(), json!(url));
        }
        json!([license])
    });
    put("licenses", license);
    let contributors: Vec<Value> = dataset
        .creators
        .iter()
        .map(|one| {
            let mut person = Map::new();
            person.insert("title".into(), json!(one.name));
            person.insert("roles".into(), json!(["creator"]));
            if let Some(affiliation) = &one.affiliation {
                person.insert("organization".into(), json!(affiliation));
            }
            Value::Object(person)
        })
        .collect();
    put(
        "contributors",
        Some(json!(contributors)).filter(|_| !contributors.is_empty()),
    );
    put(
        "sources",
        Some(json!([{
            "title": "政府信息公开工作年度报告, as the agencies published them: the address, time and place in the archive of each are in provenance.csv",
            "path": "provenance.csv",
        }])),
    );
    put("resources", Some(Value::Array(resources)));
    Value::Object(package)
}
