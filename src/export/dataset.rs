//! What the operator says of the data set: title, authors, licence, DOI. Nothing of it is made up; what is not said
//! is left out.

use serde_json::{Map, Value, json};

/// Who made the data set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Creator {
    /// Name.
    pub name: String,
    /// ORCID iD, as an address or its digits; `None`: not said.
    pub orcid: Option<String>,
    /// Institution; `None`: not said.
    pub affiliation: Option<String>,
}

/// What is said of the data set; `None` and empty: not said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dataset {
    /// Name for addresses: lower case letters, digits, `.`, `_`, `-`.
    pub name: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// In some sentences.
    pub description: Option<String>,
    /// Version of the data, not of the program.
    pub version: Option<String>,
    /// DOI without `https://doi.org/`.
    pub doi: Option<String>,
    /// Who publishes it.
    pub publisher: Option<String>,
    /// Year of its publication.
    pub publication_year: Option<i16>,
    /// SPDX id of its licence.
    pub license: Option<String>,
    /// Address of the licence's text.
    pub license_url: Option<String>,
    /// Address of its page.
    pub homepage: Option<String>,
    /// Who made it.
    pub creators: Vec<Creator>,
    /// What it is about.
    pub keywords: Vec<String>,
}

impl Dataset {
    /// The keys of `[dataset]` that a citation with a DOI needs and that are not said.
    pub fn lacks(&self) -> Vec<&'static str> {
        let mut lacks = Vec::new();
        for (key, said) in [
            ("doi", self.doi.is_some()),
            ("title", self.title.is_some()),
            ("creators", !self.creators.is_empty()),
            ("publisher", self.publisher.is_some()),
            ("publication_year", self.publication_year.is_some()),
            ("license", self.license.is_some()),
        ] {
            if !said {
                lacks.push(key);
            }
        }
        lacks
    }

    /// As `DataCite` has it (schema 4), with what is said and nothing else.
    pub(super) fn datacite(&self, formats: &[&str]) -> Value {
        let mut about = Map::new();
        about.insert(
            "schemaVersion".into(),
            json!("http://datacite.org/schema/kernel-4"),
        );
        about.insert(
            "types".into(),
            json!({"resourceTypeGeneral": "Dataset", "resourceType": "Dataset"}),
        );
        about.insert("formats".into(), json!(formats));
        about.insert("language".into(), json!("zh"));
        let mut put = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                about.insert(key.into(), value);
            }
        };
        put("doi", self.doi.as_ref().map(|doi| json!(doi)));
        put(
            "titles",
            self.title.as_ref().map(|title| json!([{"title": title}])),
        );
        put(
            "publisher",
            self.publisher.as_ref().map(|name| json!({"name": name})),
        );
        let year = self.publication_year.map(|year| json!(year.to_string()));
        put("publicationYear", year);
        put(
            "version",
            self.version.as_ref().map(|version| json!(version)),
        );
        put("url", self.homepage.as_ref().map(|url| json!(url)));
        let described = self
            .description
            .as_ref()
            .map(|text| json!([{"description": text, "descriptionType": "Abstract"}]));
        put("descriptions", described);
        let subjects: Vec<_> = self
            .keywords
            .iter()
            .map(|word| json!({"subject": word}))
            .collect();
        put(
            "subjects",
            Some(json!(subjects)).filter(|_| !subjects.is_empty()),
        );
        let creators: Vec<_> = self.creators.iter().map(creator).collect();
        put(
            "creators",
            Some(json!(creators)).filter(|_| !creators.is_empty()),
        );
        let rights = self.license.as_ref().map(|license| {
            let mut rights = Map::new();
            rights.insert("rightsIdentifier".into(), json!(license));
            rights.insert("rightsIdentifierScheme".into(), json!("SPDX"));
            if let Some(url) = &self.license_url {
                rights.insert("rightsUri".into(), json!(url));
            }
            json!([rights])
        });
        put("rightsList", rights);
        Value::Object(about)
    }

    /// A citation in a line; `None` where title or creators are not said.
    pub(super) fn citation(&self) -> Option<String> {
        use std::fmt::Write as _;
        let title = self.title.as_ref()?;
        let names: Vec<&str> = self.creators.iter().map(|one| one.name.as_str()).collect();
        if names.is_empty() {
            return None;
        }
        let mut text = names.join("; ");
        // Writing to a String cannot fail.
        if let Some(year) = self.publication_year {
            let _ = write!(text, " ({year})");
        }
        let _ = write!(text, ": {title}.");
        if let Some(version) = &self.version {
            let _ = write!(text, " Version {version}.");
        }
        if let Some(publisher) = &self.publisher {
            let _ = write!(text, " {publisher}.");
        }
        if let Some(doi) = &self.doi {
            let _ = write!(text, " https://doi.org/{doi}");
        }
        Some(text)
    }
}

fn creator(one: &Creator) -> Value {
    let mut creator = Map::new();
    creator.insert("name".into(), json!(one.name));
    if let Some(orcid) = &one.orcid {
        let digits = orcid.trim_start_matches("https://orcid.org/");
        creator.insert(
            "nameIdentifiers".into(),
            json!([{
                "nameIdentifier": format!("https://orcid.org/{digits}"),
                "nameIdentifierScheme": "ORCID",
                "schemeUri": "https://orcid.org",
            }]),
        );
    }
    if let Some(affiliation) = &one.affiliation {
        creator.insert("affiliation".into(), json!([{"name": affiliation}]));
    }
    Value::Object(creator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_made_up() {
        let nothing = Dataset::default();
        assert_eq!(nothing.lacks().len(), 6);
        assert_eq!(nothing.citation(), None);
        let said = nothing.datacite(&["text/csv"]);
        let keys: Vec<_> = said.as_object().unwrap().keys().cloned().collect();
        assert_eq!(keys, ["formats", "language", "schemaVersion", "types"]);
    }

    #[test]
    fn what_is_said_is_told() {
        let dataset = Dataset {
            title: Some("年报数据".into()),
            doi: Some("10.5072/example".into()),
            publication_year: Some(2026),
            creators: vec![Creator {
                name: "王, 明".into(),
                orcid: Some("0000-0002-1825-0097".into()),
                affiliation: None,
            }],
            ..Dataset::default()
        };
        let citation = dataset.citation().unwrap();
        assert_eq!(
            citation,
            "王, 明 (2026): 年报数据. https://doi.org/10.5072/example"
        );
        let cite = dataset.datacite(&[]);
        assert_eq!(cite["creators"][0]["name"], "王, 明");
        assert_eq!(cite["publicationYear"], "2026");
        assert_eq!(dataset.lacks(), ["publisher", "license"]);
    }
}
