//! What is in the archive.

use maud::{Markup, html};
use serde::Serialize;

use crate::query::{self, AgencyListFilter};
use crate::viewer::home::{View, ViewerError};
use crate::viewer::language::Language;
use crate::viewer::links::Address;
use crate::viewer::page::Page;
use crate::viewer::shell::Shell;

/// What is in the archive, in numbers.
#[derive(Debug, Serialize)]
pub struct Overview {
    agencies: usize,
    reports: u64,
}

/// Counts.
pub fn load(view: &View<'_>) -> Result<Overview, ViewerError> {
    let agencies = query::list_agencies(view.store, &AgencyListFilter::default())?;
    Ok(Overview {
        agencies: agencies.len(),
        reports: agencies.iter().map(|line| u64::from(line.reports)).sum(),
    })
}

impl Page for Overview {
    fn title(&self, language: Language) -> String {
        language.of("概览", "Overview").into()
    }

    fn body(&self, shell: &Shell<'_>) -> Markup {
        html! {
            p { (shell.link(&Address::of(["agencies"]), self.agencies)) (shell.of(" 个机关", " agencies")) }
            p { (self.reports) (shell.of(" 份报告", " reports")) }
        }
    }
}
