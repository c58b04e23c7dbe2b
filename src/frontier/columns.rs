//! What the lists of a site name: each list with the annual reports on it and what came of asking for them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::{Frontier, FrontierError, digest_of, time};
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

/// Of some lists together no more entries are read than this.
const MOST_ENTRIES: usize = 20_000;
/// Nor more lists.
const MOST_LISTS: usize = 2_000;

/// Times and completeness of a list's pages, grouped by their first.
const PAGES: &str = "SELECT f.id, f.url, coalesce(f.checked_us, max(u.checked_us)),
       min(u.state = 'done' AND u.outcome IN ('ok', 'not_modified', 'redirect')
         AND instr(coalesce(u.why, ''), 'list cut short') = 0)
     FROM url u JOIN url f ON f.id = coalesce(u.column_id, u.id) WHERE u.role = 'list'";

/// The pages of the list `?1`, itself the first. An `OR` would go through all lists.
const OF_LIST: &str =
    "SELECT ?1 UNION ALL SELECT id FROM url WHERE role = 'list' AND column_id = ?1";

/// Of an entry `u` with its last exchange `e`.
const ENTRY: &str = "u.kind, u.url, u.title, u.year, u.outcome, u.why, e.at_us";

fn column(row: &Row<'_>) -> rusqlite::Result<(i64, ListColumn)> {
    let read: Option<i64> = row.get(2)?;
    let column = ListColumn {
        url: row.get(1)?,
        read: read.map(time),
        whole: row.get(3)?,
        unclear: false,
        items: Vec::new(),
    };
    Ok((row.get(0)?, column))
}

impl ListColumn {
    /// Adds the entry whose columns begin at `at`.
    fn add(&mut self, row: &Row<'_>, at: usize) -> rusqlite::Result<()> {
        let kind: String = row.get(at)?;
        let year: Option<i32> = row.get(at + 3)?;
        let Some(year) = year.filter(|_| kind == "report") else {
            self.unclear = true;
            return Ok(());
        };
        let outcome: Option<String> = row.get(at + 4)?;
        let asked: Option<i64> = row.get(at + 6)?;
        self.items.push(ListedItem {
            url: row.get(at + 1)?,
            title: row.get(at + 2)?,
            year,
            outcome: outcome.and_then(|word| Outcome::named(&word)),
            why: row.get(at + 5)?,
            at: asked.map(time),
        });
        Ok(())
    }
}

impl Frontier {
    /// The lists that name one of these addresses, or a report under a title that begins with one of these names, by address; each
    /// with all of its entries. Where these are too many, what is left out is called unclear.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn columns_of(
        &self,
        urls: &[String],
        names: &[String],
    ) -> Result<Vec<ListColumn>, FrontierError> {
        let is_indexed = self
            .connection
            .prepare_cached("SELECT 1 FROM sqlite_schema WHERE name = 'url_listed'")?
            .exists([])?;
        if !is_indexed {
            // A ledger that no crawl of this program has opened yet.
            let mut columns = self.columns()?;
            let begins = |title: &str| names.iter().any(|name| title.starts_with(name.as_str()));
            let urls: BTreeSet<&String> = urls.iter().collect();
            columns.retain(|column| {
                column.items.iter().any(|item| {
                    urls.contains(&item.url) || item.title.as_deref().is_some_and(begins)
                })
            });
            return Ok(columns);
        }
        let mut lists: BTreeSet<i64> = BTreeSet::new();
        let mut by_url = self.connection.prepare_cached(
            "SELECT coalesce(p.column_id, p.id) FROM url u JOIN url p ON p.id = u.parent_id
             WHERE u.digest = ? AND u.role = 'item' AND p.role = 'list'",
        )?;
        for url in urls {
            let mut found = by_url.query([&digest_of(url)[..]])?;
            while let Some(row) = found.next()? {
                lists.insert(row.get(0)?);
            }
        }
        let mut by_title = self.connection.prepare_cached(
            "SELECT DISTINCT coalesce(p.column_id, p.id) FROM url u CROSS JOIN url p
             WHERE u.role = 'item' AND u.title IS NOT NULL AND u.title >= ?1 AND u.title < ?2
               AND p.id = u.parent_id AND p.role = 'list'",
        )?;
        for name in names.iter().filter(|name| !name.is_empty()) {
            let mut found = by_title.query([name, &format!("{name}{}", char::MAX)])?;
            while let Some(row) = found.next()? {
                lists.insert(row.get(0)?);
            }
        }
        let sql = format!("{PAGES} AND u.id IN ({OF_LIST}) GROUP BY f.id");
        let mut pages = self.connection.prepare_cached(&sql)?;
        let sql = format!(
            "SELECT {ENTRY} FROM url u LEFT JOIN exchange e ON e.id = u.last_exchange_id
             WHERE u.parent_id IN ({OF_LIST}) AND u.role = 'item' AND (u.kind = 'unknown' OR u.kind = 'report')
             ORDER BY u.year, u.url LIMIT ?2"
        );
        let mut entries = self.connection.prepare_cached(&sql)?;
        let (mut columns, mut room) = (Vec::new(), MOST_ENTRIES);
        for list in lists.into_iter().take(MOST_LISTS) {
            let mut found = pages.query([list])?;
            let Some(row) = found.next()? else {
                continue;
            };
            let (_, mut column) = column(row)?;
            let limit = i64::try_from(room).unwrap_or(i64::MAX);
            let mut rows = entries.query(params![list, limit])?;
            while let Some(row) = rows.next()? {
                column.add(row, 0)?;
                room -= 1;
            }
            column.unclear |= room == 0;
            columns.push(column);
        }
        columns.sort_by(|one, other| one.url.cmp(&other.url));
        Ok(columns)
    }

    /// Every list, by address.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn columns(&self) -> Result<Vec<ListColumn>, FrontierError> {
        let sql = format!("{PAGES} GROUP BY f.id ORDER BY f.id");
        let mut lists = self.connection.prepare(&sql)?;
        let rows = lists.query_map([], column)?;
        let mut columns = rows.collect::<Result<Vec<(i64, ListColumn)>, _>>()?;
        let sql = format!(
            "SELECT coalesce(p.column_id, p.id), {ENTRY}
             FROM url u JOIN url p ON p.id = u.parent_id LEFT JOIN exchange e ON e.id = u.last_exchange_id
             WHERE u.role = 'item' AND p.role = 'list' AND (u.kind = 'unknown' OR u.kind = 'report')
             ORDER BY 1, u.year, u.url"
        );
        let mut entries = self.connection.prepare(&sql)?;
        let mut rows = entries.query([])?;
        while let Some(row) = rows.next()? {
            let list: i64 = row.get(0)?;
            if let Ok(place) = columns.binary_search_by_key(&list, |(id, _)| *id) {
                columns[place].1.add(row, 1)?;
            }
        }
        let mut columns: Vec<ListColumn> = columns.into_iter().map(|(_, column)| column).collect();
        columns.sort_by(|one, other| one.url.cmp(&other.url));
        Ok(columns)
    }
}
