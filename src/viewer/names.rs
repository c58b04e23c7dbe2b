//! Names of agencies and reports in addresses: the same in every database made from the same archive.
//!
//! A row's number changes when a database is made anew; what its page says does not. An agency is named by a digest of
//! its name, code and place; a report by its agency, year and scope, or by a digest of its page where one is not known.

use std::collections::HashMap;
use std::fmt;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::model::Scope;
use crate::query::{self, AgencyIdentity, QueryError, ReportPlace};
use crate::store::Store;

use super::links::Address;

/// Bytes of a digest that are written: with 100,000 agencies two are the same once in ten million archives.
const BYTES: usize = 8;

type Short = [u8; BYTES];

/// An agency's name in an address: 16 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AgencyName(Short);

/// A report's name in an address: `1a2b…-2021-own`, or `page-1a2b…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReportName {
    /// Agency, year and scope.
    Placed {
        /// Its agency: the row that has the name the report gives.
        agency: AgencyName,
        /// The year reported on.
        year: i16,
        /// Whom it is about.
        scope: Scope,
    },
    /// Digest of page, scope and what else is known.
    Page(Short),
}

/// Which rows the names stand for.
#[derive(Debug, Default)]
pub struct Names {
    agencies: HashMap<AgencyName, Row>,
    of_rows: HashMap<i64, AgencyName>,
    pages: HashMap<Short, i64>,
}

#[derive(Debug, Clone, Copy)]
struct Row {
    agency_id: i64,
    key: i64,
}

impl Names {
    /// Reads all names.
    ///
    /// # Errors
    ///
    /// If the database cannot be read.
    pub fn read(store: &Store) -> Result<Self, QueryError> {
        let mut all = Self::default();
        for identity in query::agency_identities(store)? {
            let name = AgencyName::of(&identity);
            let row = Row {
                agency_id: identity.agency_id,
                key: identity.key,
            };
            all.agencies.insert(name, row);
            all.of_rows.insert(identity.agency_id, name);
        }
        for place in query::unplaced_reports(store)? {
            if let ReportName::Page(page) = all.of_report(&place) {
                all.pages.insert(page, place.report_id);
            }
        }
        Ok(all)
    }

    /// The row of the body that a name belongs to (`agency_key.key`); `None` where there is none.
    pub fn body(&self, name: AgencyName) -> Option<i64> {
        self.agencies.get(&name).map(|row| row.key)
    }

    /// The name of an agency row of this database; `None` where there is none.
    pub fn of_agency(&self, agency_id: i64) -> Option<AgencyName> {
        self.of_rows.get(&agency_id).copied()
    }

    /// The name of a report.
    pub fn of_report(&self, place: &ReportPlace) -> ReportName {
        let agency = place.agency_id.and_then(|id| self.of_agency(id));
        match (agency, place.year) {
            (Some(agency), Some(year)) if place.page.is_empty() => ReportName::Placed {
                agency,
                year,
                scope: place.scope,
            },
            _ => ReportName::Page(short(&[
                "page",
                &place.page,
                place.scope.as_str(),
                &agency.map(|agency| agency.to_string()).unwrap_or_default(),
                &place.year.map(|year| year.to_string()).unwrap_or_default(),
            ])),
        }
    }

    /// The report of a name in this database; `None` where there is none.
    ///
    /// # Errors
    ///
    /// If the database cannot be read.
    pub fn report(&self, store: &Store, name: ReportName) -> Result<Option<i64>, QueryError> {
        match name {
            ReportName::Page(page) => Ok(self.pages.get(&page).copied()),
            ReportName::Placed {
                agency,
                year,
                scope,
            } => match self.agencies.get(&agency) {
                Some(row) => query::placed_report(store, row.agency_id, year, scope),
                None => Ok(None),
            },
        }
    }

    /// The name of a report of this database; `None` where there is none of that number.
    ///
    /// # Errors
    ///
    /// If the database cannot be read.
    pub fn of_report_id(
        &self,
        store: &Store,
        report_id: i64,
    ) -> Result<Option<ReportName>, QueryError> {
        let place = query::report_place(store, report_id)?;
        Ok(place.map(|place| self.of_report(&place)))
    }
}

impl AgencyName {
    /// From what the agency is known by.
    pub fn of(identity: &AgencyIdentity) -> Self {
        Self(short(&[
            "agency",
            identity.name.as_deref().unwrap_or_default(),
            identity.code.as_deref().unwrap_or_default(),
            &identity.place,
        ]))
    }

    /// From an address.
    pub fn parse(text: &str) -> Option<Self> {
        parse_short(text).map(Self)
    }

    /// The agency's page.
    pub fn address(self) -> Address {
        Address::of(["agency", &self.to_string()])
    }
}

impl ReportName {
    /// From an address.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(page) = text.strip_prefix("page-") {
            return parse_short(page).map(Self::Page);
        }
        let mut parts = text.splitn(3, '-');
        Some(Self::Placed {
            agency: AgencyName::parse(parts.next()?)?,
            year: parts.next()?.parse().ok()?,
            scope: parts.next()?.parse().ok()?,
        })
    }

    /// The report's page.
    pub fn address(self) -> Address {
        Address::of(["report", &self.to_string()])
    }

    /// The proof of one of its cells.
    pub fn proof(self, cell: &str) -> Address {
        Address::of(["proof", &self.to_string(), cell])
    }
}

impl fmt::Display for AgencyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Display for ReportName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Placed {
                agency,
                year,
                scope,
            } => write!(f, "{agency}-{year}-{}", scope.as_str()),
            Self::Page(page) => write!(f, "page-{}", HEXLOWER.encode(page)),
        }
    }
}

impl serde::Serialize for AgencyName {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl serde::Serialize for ReportName {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// The beginning of a digest of texts, each with its length before it.
fn short(texts: &[&str]) -> Short {
    let mut digest = Sha256::new();
    for text in texts {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text);
    }
    let mut short = Short::default();
    short.copy_from_slice(&digest.finalize()[..BYTES]);
    short
}

fn parse_short(text: &str) -> Option<Short> {
    let bytes = HEXLOWER.decode(text.as_bytes()).ok()?;
    bytes.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_nothing_else_is() {
        let agency = AgencyName(*b"\x01\x02\x03\x04\x05\x06\x07\xff");
        let placed = ReportName::Placed {
            agency,
            year: 2021,
            scope: Scope::Own,
        };
        assert_eq!(placed.to_string(), "01020304050607ff-2021-own");
        for name in [placed, ReportName::Page(agency.0)] {
            assert_eq!(ReportName::parse(&name.to_string()), Some(name));
        }
        for wrong in [
            "",
            "-",
            "01020304050607ff",
            "01020304050607FF-2021-own",
            "01020304050607ff-2021-all",
            "01020304050607ff-99999-own",
            "page-01",
            "01020304050607ff-2021-own-x",
        ] {
            assert_eq!(ReportName::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_known_is_told_apart_by_where_it_ends() {
        assert_ne!(short(&["ab", "c"]), short(&["a", "bc"]));
    }
}
