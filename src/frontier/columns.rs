//! What the lists of a site name: each list with the annual reports on it and what came of asking for them.

use jiff::Timestamp;

use super::{Frontier, FrontierError, time};
use crate::model::Outcome;

/// A report that a list names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedItem {
    /// Its address.
    pub url: String,
    /// Title of the link; `None` where it has none.
    pub title: Option<String>,
    /// The year that the title names.
    pub year: i32,
    /// What came of the last try; `None`: never asked for.
    pub outcome: Option<Outcome>,
    /// Why, in a line for people.
    pub why: Option<String>,
    /// When it was last asked for; `None`: never.
    pub at: Option<Timestamp>,
}

/// A list with all its pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListColumn {
    /// Address of its first page.
    pub url: String,
    /// When that was last known to be as we have it; `None`: never had.
    pub read: Option<Timestamp>,
    /// Whether every page of it was had, and nothing says that it goes on.
    pub whole: bool,
    /// Whether an entry's title does not tell what it is.
    pub unclear: bool,
    /// Annual reports with a year, by year and address.
    pub items: Vec<ListedItem>,
}

impl Frontier {
    /// Every list, by address.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn columns(&self) -> Result<Vec<ListColumn>, FrontierError> {
        let mut lists = self.connection.prepare(
            "SELECT f.id, f.url, coalesce(f.checked_us, max(u.checked_us)),
               min(u.state = 'done' AND u.outcome IN ('ok', 'not_modified', 'redirect')
                 AND instr(coalesce(u.why, ''), 'list cut short') = 0)
             FROM url u JOIN url f ON f.id = coalesce(u.column_id, u.id)
             WHERE u.role = 'list' GROUP BY f.id ORDER BY f.id",
        )?;
        let rows = lists.query_map([], |row| {
            let read: Option<i64> = row.get(2)?;
            let column = ListColumn {
                url: row.get(1)?,
                read: read.map(time),
                whole: row.get(3)?,
                unclear: false,
                items: Vec::new(),
            };
            Ok((row.get::<_, i64>(0)?, column))
        })?;
        let mut columns = rows.collect::<Result<Vec<(i64, ListColumn)>, _>>()?;
        let mut entries = self.connection.prepare(
            "SELECT coalesce(p.column_id, p.id), u.kind, u.url, u.title, u.year, u.outcome, u.why, e.at_us
             FROM url u JOIN url p ON p.id = u.parent_id LEFT JOIN exchange e ON e.id = u.last_exchange_id
             WHERE u.role = 'item' AND p.role = 'list' AND (u.kind = 'unknown' OR u.kind = 'report')
             ORDER BY 1, u.year, u.url",
        )?;
        let mut rows = entries.query([])?;
        while let Some(row) = rows.next()? {
            let list: i64 = row.get(0)?;
            let Ok(place) = columns.binary_search_by_key(&list, |(id, _)| *id) else {
                continue;
            };
            let column = &mut columns[place].1;
            let kind: String = row.get(1)?;
            let year: Option<i32> = row.get(4)?;
            let Some(year) = year.filter(|_| kind == "report") else {
                column.unclear = true;
                continue;
            };
            let outcome: Option<String> = row.get(5)?;
            let at: Option<i64> = row.get(7)?;
            column.items.push(ListedItem {
                url: row.get(2)?,
                title: row.get(3)?,
                year,
                outcome: outcome.and_then(|word| Outcome::named(&word)),
                why: row.get(6)?,
                at: at.map(time),
            });
        }
        let mut columns: Vec<ListColumn> = columns.into_iter().map(|(_, column)| column).collect();
        columns.sort_by(|one, other| one.url.cmp(&other.url));
        Ok(columns)
    }
}
