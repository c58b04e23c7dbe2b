//! One agency: its names, its years.

use maud::{Markup, html};
use serde::Serialize;

use crate::query::{self, AgencyRecord};
use crate::viewer::home::{View, ViewerError};
use crate::viewer::language::Language;
use crate::viewer::links::Address;
use crate::viewer::names::AgencyName;
use crate::viewer::page::Page;
use crate::viewer::shell::Shell;

/// An agency.
#[derive(Debug, Serialize)]
pub struct Agency {
    /// Its name in addresses.
    id: AgencyName,
    #[serde(flatten)]
    record: AgencyRecord,
}

/// The agency that a name belongs to.
pub fn load(view: &View<'_>, name: AgencyName) -> Result<Agency, ViewerError> {
    let key = view.names.body(name).ok_or(ViewerError::NotFound)?;
    let record = query::show_agency(view.store, key)?.ok_or(ViewerError::NotFound)?;
    Ok(Agency {
        id: view.names.of_agency(key).unwrap_or(name),
        record,
    })
}

impl Page for Agency {
    fn title(&self, _language: Language) -> String {
        self.record.line.label.clone()
    }

    fn body(&self, shell: &Shell<'_>) -> Markup {
        html! {
            @for link in &self.record.links {
                p { (link.earlier) " → " (link.later) " (" (link.since) ")" }
            }
            p { (self.record.line.reports) (shell.of(" 份报告", " reports")) }
        }
    }

    fn address(&self) -> Option<Address> {
        Some(self.id.address())
    }
}
