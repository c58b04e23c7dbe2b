//! Pages that may go on in one another → reports.
//!
//! In: the bytes of pages whose names are alike. Out: for each page its reports, that it is part of another one's
//! report, or why it is none. Pages are joined only where the first one's own pager leads to the others. Pure.

use std::collections::BTreeMap;

use crate::audit::origin::HostRules;
use crate::extract::{self, NoReport, paging};
use crate::model::{Part, Report};
use crate::parse::Document;
use crate::profile::Profile;

use super::read::{Origin, Page, Unreadable};

/// A page with what it is known by.
#[derive(Debug, Clone, Copy)]
pub struct Input<'i> {
    /// Its payload.
    pub bytes: &'i [u8],
    /// Its address and type.
    pub origin: Origin<'i>,
    /// Name of its file, where it has no address.
    pub file: Option<&'i str>,
}

impl Input<'_> {
    fn name(&self) -> Option<&str> {
        self.origin.url.map(paging::name_of).or(self.file)
    }
}

/// What came of a page.
#[derive(Debug)]
pub enum Outcome {
    /// Its reports, with those of the pages behind it.
    Reports(Vec<Report>),
    /// It was read with the page that has this number among the inputs.
    Joined(usize),
    /// It is none.
    Unreadable(Unreadable),
}

/// Reads pages: an outcome each, in their order. Official hosts are those compiled in.
pub fn read_pages(inputs: &[Input<'_>], profile: &Profile) -> Vec<Outcome> {
    read_pages_with(inputs, profile, HostRules::get())
}

/// As [`read_pages`], with official hosts as given.
pub(super) fn read_pages_with(
    inputs: &[Input<'_>],
    profile: &Profile,
    hosts: &HostRules,
) -> Vec<Outcome> {
    let pages: Vec<Result<Page<'_>, Unreadable>> = inputs
        .iter()
        .map(|input| Page::new(input.bytes, input.origin))
        .collect();
    let documents: Vec<Option<Document<'_>>> = pages
        .iter()
        .map(|page| page.as_ref().ok().map(Page::parse))
        .collect();
    let is_text = |number: usize| pages[number].as_ref().is_ok_and(Page::is_text);
    let paging: Vec<Option<paging::Paging>> = documents
        .iter()
        .zip(inputs)
        .map(|(document, input)| paging::find(document.as_ref()?, input.origin.url, input.file))
        .collect();
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, input) in inputs.iter().enumerate() {
        if let Some(name) = input.name() {
            numbers.entry(name).or_insert(number);
        }
    }
    let mut parts_of: Vec<Vec<usize>> = vec![Vec::new(); inputs.len()];
    let mut whole: Vec<Option<usize>> = vec![None; inputs.len()];
    for (number, paging) in paging.iter().enumerate() {
        let Some(paging) = paging.as_ref().filter(|paging| paging.first().is_none()) else {
            continue;
        };
        for name in paging.behind() {
            if let Some(part) = numbers.get(name).copied()
                && part != number
                && is_text(part)
                && whole[part].is_none()
                && parts_of[part].is_empty()
            {
                whole[part] = Some(number);
                parts_of[number].push(part);
            }
        }
    }
    (0..inputs.len())
        .map(|number| {
            if let Some(first) = whole[number] {
                return Outcome::Joined(first);
            }
            let (page, document) = match (&pages[number], &documents[number]) {
                (Ok(page), Some(document)) => (page, document),
                (Err(why), _) => return Outcome::Unreadable(why.clone()),
                (Ok(_), None) => return Outcome::Unreadable(NoReport::Empty.into()),
            };
            let mut paging = paging[number].clone();
            let joined = join(document, &parts_of[number], &documents, profile);
            let mut parts = Vec::new();
            if joined.is_some() {
                let all = std::iter::once(&number).chain(&parts_of[number]);
                parts = all
                    .filter_map(|part| {
                        Some(Part {
                            name: inputs[*part].name().unwrap_or_default().to_owned(),
                            sha256: pages[*part].as_ref().ok()?.sha256(),
                        })
                    })
                    .collect();
                let read = |name: &String| {
                    let part = numbers.get(name.as_str());
                    part.is_some_and(|part| parts_of[number].contains(part))
                };
                if let Some(paging) = &mut paging {
                    paging.others.retain(|(_, name)| !read(name));
                }
                paging = paging.filter(|paging| !paging.others.is_empty());
            }
            let document = joined.as_ref().unwrap_or(document);
            let url = inputs[number].origin.url;
            match extract::extract(document, url, paging.as_ref(), profile) {
                Ok(found) => Outcome::Reports(page.reports(document, found, parts, profile, hosts)),
                Err(why) => Outcome::Unreadable(why.into()),
            }
        })
        .collect()
}

fn join<'s>(
    first: &Document<'s>,
    parts: &[usize],
    documents: &[Option<Document<'s>>],
    profile: &Profile,
) -> Option<Document<'s>> {
    if parts.is_empty() {
        return None;
    }
    let mut pages = vec![first.clone()];
    pages.extend(parts.iter().filter_map(|part| documents[*part].clone()));
    paging::join(&pages, profile)
}

/// Numbers of the names that may be pages of one report, by folder and name without number: candidates, for their
/// pagers to decide. In the order of each group's first name.
pub fn groups<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for (number, name) in names.into_iter().enumerate() {
        let key = stem(name);
        let group = *known.entry(key).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[group].push(number);
    }
    groups
}

/// A name or address without the number of its page.
pub(super) fn stem(name: &str) -> String {
    let (path, query) = name.split_once('?').unwrap_or((name, ""));
    let (folder, file) = path.split_at(path.len() - paging::name_of(path).len());
    let (stem, extension) = file.rsplit_once('.').unwrap_or((file, ""));
    let stem = match stem.rsplit_once('_') {
        Some((base, digits))
            if (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) =>
        {
            base
        }
        _ => stem,
    };
    let digits = |c: char| c.is_ascii_digit();
    // Which key counts pages, the pager knows.
    let query: String = query.split(digits).collect();
    format!("{folder}{stem}.{extension}?{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_may_belong_together_are_grouped() {
        let names = [
            "x/a_2.html",
            "x/b.html",
            "x/a.html",
            "y/a.html",
            "x/a_2020.html",
            "x/a_10.html",
        ];
        let want: [&[usize]; 4] = [&[0, 2, 5], &[1], &[3], &[4]];
        assert_eq!(groups(names), want);
    }
}
