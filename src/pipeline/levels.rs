//! Governments against their departments: which government a department is one of, by name and code; then the rule.

use std::collections::{BTreeMap, HashMap};

use crate::agency::{Code, Name, Path, site_of};
use crate::audit::across::{check_levels, is_department};
use crate::model::{Chain, PanelReport, Scope, Watched};
use crate::query::watch::Publisher;

/// Whose a report is, as far as governments and their departments go.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Body {
    /// The divisions in its name.
    path: String,
    /// Nothing else in the country has that path, and nothing in the database is told apart from it by place.
    is_whole: bool,
    /// Division of the authority that gave it its code; `None` where the code has none, or one that many bodies of this name may
    /// have.
    registered: Option<String>,
    /// The site of one government that it publishes on, where its name has not told whose it is: a site has one district of a name.
    site: Option<String>,
    is_government: bool,
}

/// Governments by code or site: their places among those of a division.
type Places<'b> = HashMap<&'b str, Vec<usize>>;

/// The reports of a division, or of several of one name, in a year.
#[derive(Debug, Default)]
struct Division<'c> {
    /// Consolidated ones of governments.
    wholes: Vec<(&'c Body, &'c PanelReport)>,
    /// Departments' own, each with the name.
    parts: Vec<(&'c Body, &'c str, &'c PanelReport)>,
}

/// Governments against their departments; `bodies` by agency.
pub(super) fn levels(chains: &[Chain], bodies: &HashMap<i64, Publisher>) -> Vec<Watched> {
    let read: HashMap<i64, (&str, Body)> = bodies
        .iter()
        .filter_map(|(id, publisher)| {
            let name = publisher.name.as_deref()?;
            Some((*id, (name, body(name, publisher)?)))
        })
        .collect();
    let mut divisions: BTreeMap<(&str, i16), Division<'_>> = BTreeMap::new();
    for chain in chains {
        for report in &chain.reports {
            let Some((name, body)) = read.get(&report.agency_id) else {
                continue;
            };
            let place = (body.path.as_str(), report.year);
            match (chain.scope, body.is_government) {
                (Scope::Consolidated, true) => {
                    divisions
                        .entry(place)
                        .or_default()
                        .wholes
                        .push((body, report));
                }
                (Scope::Own, false) => {
                    let parts = &mut divisions.entry(place).or_default().parts;
                    parts.push((body, name, report));
                }
                _ => {}
            }
        }
    }
    divisions.values().flat_map(Division::check).collect()
}

impl Division<'_> {
    fn check(&self) -> Vec<Watched> {
        let mut parts_of: Vec<Vec<(&str, &PanelReport)>> = vec![Vec::new(); self.wholes.len()];
        let by_code = self.wholes_by(|body| body.registered.as_deref());
        let by_site = self.wholes_by(|body| body.site.as_deref());
        for (body, name, report) in &self.parts {
            if let Some(at) = self.whole_of(body, &by_code, &by_site) {
                parts_of[at].push((*name, *report));
            }
        }
        let wholes = self.wholes.iter().zip(&parts_of);
        wholes
            .filter_map(|((_, whole), parts)| check_levels(whole, parts))
            .collect()
    }

    fn wholes_by<'b>(&'b self, key: impl Fn(&'b Body) -> Option<&'b str>) -> Places<'b> {
        let mut places: Places<'b> = HashMap::new();
        for (at, (body, _)) in self.wholes.iter().enumerate() {
            if let Some(key) = key(body) {
                places.entry(key).or_default().push(at);
            }
        }
        places
    }

    /// The government of a department: the one whose code was given out where the department's was, else the only one of a name
    /// that tells it, else that of the same site. `None` where which of several is meant is not known, or the codes speak of two
    /// divisions.
    fn whole_of(&self, part: &Body, by_code: &Places, by_site: &Places) -> Option<usize> {
        let only = |places: &[usize]| match places {
            [at] => Some(*at),
            _ => None,
        };
        let of_code = part
            .registered
            .as_deref()
            .and_then(|code| by_code.get(code));
        if let Some(of_code) = of_code {
            return only(of_code);
        }
        let at = if part.is_whole {
            (self.wholes.len() == 1).then_some(0)?
        } else {
            only(by_site.get(part.site.as_deref()?)?)?
        };
        let (whole, _) = self.wholes.get(at)?;
        let is_open = whole.registered.is_none() || part.registered.is_none();
        (whole.is_whole == part.is_whole && is_open).then_some(at)
    }
}

/// A government or a department; `None` for other bodies, and where the name tells no division.
fn body(name: &str, publisher: &Publisher) -> Option<Body> {
    let read = Name::parse(name, None);
    let is_government = read.body == "人民政府";
    if !is_government && !is_department(&read.body) {
        return None;
    }
    let (path, is_whole) = match read.path() {
        Path::Whole(path) => (path, publisher.place.is_empty()),
        Path::Site(path) => (path, false),
        Path::Column(_) => return None,
    };
    let code = publisher.code.as_deref().and_then(Code::parse);
    let registered = code.as_ref().and_then(Code::registered_in);
    // A province may have several districts of one name, a prefecture has not.
    let registered = registered.filter(|division| is_whole || !division.ends_with("0000"));
    // A column, a page or an era is no site.
    let place = publisher.place.as_str();
    let is_host = !is_whole && !place.is_empty() && !place.contains(['/', ' ']);
    Some(Body {
        path,
        is_whole,
        site: is_host.then(|| site_of(place).to_owned()),
        registered: registered.map(str::to_owned),
        is_government,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::across::columns;
    use crate::model::{Catalog, FormId, Numbers};

    /// Names, codes, places and requests received of a year's reports → the numbers of those accused, each with its department's.
    fn accused(reports: &[(&str, &str, &str, i64)]) -> Vec<(i64, i64)> {
        let mut bodies = HashMap::new();
        let mut chains = Vec::new();
        for (id, (name, code, place, new)) in (1..).zip(reports) {
            let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            bodies.insert(
                id,
                Publisher {
                    name: some(name),
                    code: some(code),
                    place: (*place).to_owned(),
                },
            );
            let form = FormId::F2021;
            let wanted = Catalog::get().find(form, "requests.new@total");
            let cells = columns().of(form);
            let values = cells
                .iter()
                .map(|cell| (Some(*cell) == wanted).then_some(*new));
            let scope = if name.ends_with("人民政府") {
                Scope::Consolidated
            } else {
                Scope::Own
            };
            chains.push(Chain {
                agency: some(name),
                code: some(code),
                level: None,
                scope,
                reports: vec![PanelReport {
                    report_id: id,
                    version_id: id,
                    agency_id: id,
                    year: 2023,
                    numbers: vec![Numbers {
                        form,
                        values: values.collect(),
                        digest: 0,
                        counted: 1,
                        different: 1,
                        greatest: *new,
                    }],
                }],
            });
        }
        let found = levels(&chains, &bodies);
        let pairs = found
            .iter()
            .filter_map(|one| Some((one.report_id, one.other_report_id?)));
        pairs.collect()
    }

    /// Education in a district.
    fn part<'t>(code: &'t str, place: &'t str) -> (&'t str, &'t str, &'t str, i64) {
        ("云溪区教育局", code, place, 11)
    }

    /// A code of a division: the check digits as the standards have them.
    fn code(division: &str, number: u32) -> String {
        const LETTERS: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
        let digits = format!("{number:08}");
        let candidates = "0123456789X".chars().flat_map(|own| {
            let stem = format!("11{division}{digits}{own}");
            LETTERS.chars().map(move |check| format!("{stem}{check}"))
        });
        let mut sound = candidates.filter(|code| Code::parse(code).is_some());
        sound.next().unwrap()
    }

    #[test]
    fn names_that_tell_the_division_lead_to_its_government() {
        let whole = ("云溪县人民政府", "", "", 10);
        assert_eq!(accused(&[whole, ("云溪县教育局", "", "", 11)]), [(1, 2)]);
        assert_eq!(accused(&[whole, ("云溪县教育局", "", "", 10)]), []);
        assert_eq!(accused(&[whole, ("松岭县教育局", "", "", 11)]), []);
        // Led from above, or of a town.
        assert_eq!(accused(&[whole, ("云溪县税务局", "", "", 11)]), []);
        assert_eq!(accused(&[whole, ("云溪县柳河镇人民政府", "", "", 11)]), []);
        // Which of two is meant is not known.
        assert_eq!(accused(&[whole, whole, ("云溪县教育局", "", "", 11)]), []);
    }

    #[test]
    fn a_district_is_told_by_where_codes_were_given_out() {
        let (one, two) = (code("990122", 1), code("990122", 2));
        let host = "www.yunxi.gov.cn";
        let whole = ("云溪区人民政府", one.as_str(), host, 10);
        assert_eq!(accused(&[whole, part(&two, host)]), [(1, 2)]);
        assert_eq!(accused(&[whole, part(&two, "")]), [(1, 2)]);
        let elsewhere = code("990222", 3);
        assert_eq!(accused(&[whole, part(&elsewhere, host)]), []);
        assert_eq!(accused(&[whole, part("", "www.x.gov.cn")]), []);
        // An organisation code says nothing of places.
        assert_eq!(accused(&[whole, part(&two[8..17], "")]), []);
        let other = ("云溪区人民政府", elsewhere.as_str(), "www.x.gov.cn", 10);
        assert_eq!(accused(&[other, whole, part(&two, host)]), [(2, 3)]);
        // A province gave them out, which may have two such districts.
        let (one, two) = (code("990000", 1), code("990000", 2));
        let whole = ("云溪区人民政府", one.as_str(), host, 10);
        assert_eq!(accused(&[whole, part(&two, "www.x.gov.cn")]), []);
    }

    #[test]
    fn a_district_is_told_by_the_site_of_its_government() {
        let here = code("990122", 1);
        let whole = ("云溪区人民政府", here.as_str(), "www.yunxi.gov.cn", 10);
        assert_eq!(accused(&[whole, part("", "www.yunxi.gov.cn")]), [(1, 2)]);
        assert_eq!(accused(&[whole, part("", "jyj.yunxi.gov.cn")]), [(1, 2)]);
        let named = |place| ("云溪区人民政府", "", place, 10);
        let edu = "www.yunxi.gov.cn";
        assert_eq!(accused(&[named(edu), part(&here, edu)]), [(1, 2)]);
        let there = named("www.yunxi.org.cn");
        assert_eq!(accused(&[there, named(edu), part("", edu)]), [(2, 3)]);
        assert_eq!(accused(&[there, part("", edu)]), []);
        // Two governments of the name on one site; a page, a column, a platform of the province.
        assert_eq!(accused(&[whole, whole, part("", edu)]), []);
        for place in ["page https://x.cn/1", "zwgk.x.gov.cn/yunxi", ""] {
            assert_eq!(accused(&[named(place), part("", place)]), [], "{place}");
        }
        assert_eq!(
            accused(&[named("a.js.gov.cn"), part("", "b.js.gov.cn")]),
            []
        );
    }

    #[test]
    fn codes_of_two_divisions_are_not_of_one_government() {
        let (here, there) = (code("990122", 1), code("980122", 2));
        let whole = ("云溪县人民政府", here.as_str(), "", 10);
        let part = ("云溪县教育局", there.as_str(), "", 11);
        assert_eq!(accused(&[whole, part]), []);
        let near = code("990122", 3);
        let other = ("云溪县人民政府", there.as_str(), "", 20);
        let own = ("云溪县财政局", near.as_str(), "", 11);
        assert_eq!(accused(&[whole, other, part, own]), [(1, 4)]);
        // Told apart from another of the name by place, and no code.
        let whole = ("云溪县人民政府", "", "www.yunxi.gov.cn", 10);
        assert_eq!(accused(&[whole, ("云溪县教育局", "", "", 11)]), []);
    }
}
