//! What the crawl knows of lists, as questions about coverage take it.

use crate::frontier::ListColumn;
use crate::model::Outcome;
use crate::query::{ListedColumn, ListedEntry};

/// A list of the ledger.
pub fn listed(column: ListColumn) -> ListedColumn {
    let entries = column.items.into_iter().map(|item| ListedEntry {
        url: item.url,
        title: item.title,
        year: item.year,
        word: item.outcome.map(Outcome::as_str).map(ToOwned::to_owned),
        why: item.why,
        at: item.at,
    });
    ListedColumn {
        url: column.url,
        read: column.read,
        whole: column.whole && !column.unclear,
        entries: entries.collect(),
    }
}
