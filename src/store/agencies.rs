//! What is known of agencies, and which are one.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, params};

use crate::agency::{AgencyFact, column_of};

use super::{Store, StoreError};

/// One row of `agency_key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// The agency.
    pub agency_id: i64,
    /// The one to group it by.
    pub key: i64,
    /// Name of the key, told from others.
    pub label: String,
    /// Code of the division; `None` where not known.
    pub division: Option<String>,
    /// Word for the level; `None` where not known.
    pub level: Option<&'static str>,
    /// Word for the rule.
    pub rule: &'static str,
    /// What it rests on.
    pub evidence: String,
}

/// One row of `agency_link`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkRow {
    /// The agency before.
    pub earlier_id: i64,
    /// The one after.
    pub later_id: i64,
    /// Word for what became of it.
    pub kind: &'static str,
    /// From when.
    pub since: String,
    /// Until when; `None` for at once.
    pub until: Option<String>,
    /// What it rests on.
    pub evidence: String,
    /// Why they are not one; `None` where they are.
    pub apart: Option<String>,
}

type Known = (i64, String, Option<String>, Option<String>, String, String);

impl Store {
    /// Every agency with the years and sites of its reports.
    ///
    /// # Errors
    ///
    /// What `SQLite` says.
    pub fn agency_facts(&self) -> Result<Vec<AgencyFact>, StoreError> {
        let connection = &self.connection;
        let mut facts: BTreeMap<i64, AgencyFact> = BTreeMap::new();
        let mut statement = connection.prepare("SELECT id, name, code, place FROM agency")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let fact = AgencyFact {
                id: row.get(0)?,
                name: row.get(1)?,
                code: row.get(2)?,
                place: row.get(3)?,
                is_copy: true,
                ..AgencyFact::default()
            };
            facts.insert(fact.id, fact);
        }
        // What copies say is no evidence.
        let mut statement = connection.prepare(
            "SELECT r.agency_id, r.year, r.scope, v.site_id FROM report r JOIN version v ON v.id = r.version_id
             WHERE r.agency_id IS NOT NULL AND v.official <> 'mirror_suspected'",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let Some(fact) = facts.get_mut(&row.get(0)?) else {
                continue;
            };
            fact.is_copy = false;
            if let Some(year) = row.get(1)? {
                fact.years.insert((year, row.get(2)?));
            }
            if let Some(site) = row.get(3)? {
                fact.sites.insert(site);
            }
        }
        let mut statement = connection.prepare(
            "SELECT DISTINCT r.agency_id, d.url FROM report r JOIN reading g ON g.version_id = r.version_id
             JOIN capture c ON c.id = g.capture_id JOIN address d ON d.id = c.address_id
             WHERE r.agency_id IS NOT NULL AND g.official <> 'mirror_suspected'",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if let (Some(fact), Some(page)) = (
                facts.get_mut(&row.get(0)?),
                column_of(row.get_ref(1)?.as_str().unwrap_or_default()),
            ) {
                fact.pages.insert(page);
            }
        }
        Ok(facts.into_values().collect())
    }

    /// Puts keys and links in place of those that are there; whether anything changed. Agencies without a row keep theirs.
    ///
    /// # Errors
    ///
    /// What `SQLite` says. Then nothing is changed.
    pub fn put_agencies(&mut self, keys: &[KeyRow], links: &[LinkRow]) -> Result<bool, StoreError> {
        let transaction = self
            .connection
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let mut known: HashMap<i64, Known> = HashMap::new();
        let mut statement = transaction.prepare(
            "SELECT agency_id, key, label, division, level, rule, evidence FROM agency_key",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let known_row = (
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
                row.get(5)?,
                row.get(6)?,
            );
            known.insert(row.get(0)?, known_row);
        }
        drop(rows);
        drop(statement);
        let mut changed = false;
        let mut put = transaction.prepare(
            "UPDATE agency_key SET key = ?2, label = ?3, division = ?4, level = ?5, rule = ?6, evidence = ?7
             WHERE agency_id = ?1",
        )?;
        for row in keys {
            let same = known.get(&row.agency_id).is_some_and(|known| {
                (known.0, known.1.as_str(), known.2.as_deref())
                    == (row.key, row.label.as_str(), row.division.as_deref())
                    && (known.3.as_deref(), known.4.as_str(), known.5.as_str())
                        == (row.level, row.rule, row.evidence.as_str())
            });
            if !same {
                changed = true;
                put.execute(params![
                    row.agency_id,
                    row.key,
                    row.label,
                    row.division,
                    row.level,
                    row.rule,
                    row.evidence
                ])?;
            }
        }
        drop(put);
        let is_same = same_links(&transaction, links)?;
        if !is_same {
            changed = true;
            transaction.execute("DELETE FROM agency_link", [])?;
            let mut put =
                transaction.prepare("INSERT INTO agency_link VALUES (?, ?, ?, ?, ?, ?, ?)")?;
            for link in links {
                put.execute(params![
                    link.earlier_id,
                    link.later_id,
                    link.kind,
                    link.since,
                    link.until,
                    link.evidence,
                    link.apart
                ])?;
            }
        }
        if changed {
            // Findings across years are about agencies as they were.
            transaction.execute("DELETE FROM meta WHERE key = 'watched'", [])?;
            transaction.commit()?;
        }
        Ok(changed)
    }
}

/// Whether exactly these links are there.
fn same_links(connection: &Connection, links: &[LinkRow]) -> Result<bool, StoreError> {
    let mut statement = connection.prepare(
        "SELECT earlier_id, later_id, kind, since, until, evidence, apart FROM agency_link
             ORDER BY earlier_id, later_id, kind, evidence",
    )?;
    let mut sorted: Vec<&LinkRow> = links.iter().collect();
    sorted.sort_by(|one, other| {
        (one.earlier_id, one.later_id, one.kind, &one.evidence).cmp(&(
            other.earlier_id,
            other.later_id,
            other.kind,
            &other.evidence,
        ))
    });
    let mut rows = statement.query([])?;
    let mut wanted = sorted.into_iter();
    loop {
        match (rows.next()?, wanted.next()) {
            (None, None) => return Ok(true),
            (Some(row), Some(link)) => {
                let same = row.get::<_, i64>(0)? == link.earlier_id
                    && row.get::<_, i64>(1)? == link.later_id
                    && row.get::<_, String>(2)? == link.kind
                    && row.get::<_, String>(3)? == link.since
                    && row.get::<_, Option<String>>(4)? == link.until
                    && row.get::<_, String>(5)? == link.evidence
                    && row.get::<_, Option<String>>(6)? == link.apart;
                if !same {
                    return Ok(false);
                }
            }
            _ => return Ok(false),
        }
    }
}
