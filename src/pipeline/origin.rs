//! What a page says of its origin, gathered for the judgement in `audit`.

use crate::audit::origin::{self, Evidence, HostRules, Judgement, MetaTags};
use crate::extract::Extraction;
use crate::normalize::code::find_code;
use crate::parse::Document;

/// Codes looked at; a page has one or two.
const CODES: usize = 8;

/// Judges the page a report was extracted from.
pub(super) fn judge(
    document: &Document<'_>,
    extraction: &Extraction,
    url: Option<&str>,
    hosts: &HostRules,
) -> Judgement {
    let meta = |name: &str| {
        let mut named = document.metas.iter().filter(|meta| meta.name == name);
        named
            .find(|meta| !meta.content.is_empty())
            .map(|meta| meta.content.as_str())
    };
    let mut codes: Vec<String> = extraction.agency.code.iter().cloned().collect();
    for meta in &document.metas {
        let is_index = meta.name.contains("index") || meta.name.contains("syh");
        if is_index
            && codes.len() < CODES
            && let Some(code) = find_code(&meta.content)
            && !codes.contains(&code)
        {
            codes.push(code);
        }
    }
    let texts: Vec<&str> = extraction
        .sections
        .iter()
        .flat_map(|section| {
            section
                .heading
                .as_deref()
                .into_iter()
                .chain([section.text.as_str()])
        })
        .collect();
    let evidence = Evidence {
        url,
        page_title: document.title.as_deref().filter(|title| !title.is_empty()),
        metas: MetaTags {
            site_name: meta("sitename"),
            site_domain: meta("sitedomain"),
            column_name: meta("columnname"),
            article_title: meta("articletitle"),
            url: meta("url"),
            keywords: meta("keywords"),
        },
        report_title: extraction.title.as_deref(),
        agency: extraction.agency.name.as_deref(),
        codes: &codes,
        texts: &texts,
    };
    origin::judge(&evidence, hosts)
}
