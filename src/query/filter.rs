//! Which reports a question is about.

use rusqlite::Connection;
use rusqlite::types::Value;

use crate::model::{FormId, Scope};

use super::QueryError;

/// Which agencies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgencyFilter {
    /// The bodies that have this name, code or label: all their names.
    Exact(String),
    /// The bodies of which a name contains this text: all their names.
    Containing(String),
    /// These bodies (`agency_key.key` of this database), by all their names; none: nobody.
    Bodies(Vec<i64>),
    /// The body of this key (`agency_key.key`).
    Body(i64),
}

/// What becomes of reports that are known from suspected copies alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Copies {
    /// Left out.
    #[default]
    LeftOut,
    /// Kept beside the others.
    Included,
    /// Nothing but them.
    Only,
}

/// Which reports, and of them which cells. The default lets everything through but suspected copies.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Only these agencies.
    pub agency: Option<AgencyFilter>,
    /// No report year before this one.
    pub from_year: Option<i16>,
    /// None after this one.
    pub to_year: Option<i16>,
    /// Only this scope.
    pub scope: Option<Scope>,
    /// Only cells of this form; of reports, those whose tables follow it.
    pub form: Option<FormId>,
    /// Only this cell.
    pub cell: Option<String>,
    /// Suspected copies.
    pub copies: Copies,
}

impl Filter {
    /// A condition on `r` (report), `a` (agency, may be NULL), and its values in order. Form and cell are
    /// not part of it.
    pub(super) fn condition(&self) -> (String, Vec<Value>) {
        let bodies: String;
        let mut terms = vec!["1"];
        let mut values = Vec::new();
        let text = |text: &str| Value::Text(text.to_owned());
        match &self.agency {
            None | Some(AgencyFilter::Body(_)) => {}
            Some(AgencyFilter::Exact(name)) => {
                terms.push(
                    "r.agency_id IN (SELECT k.agency_id FROM agency_key k WHERE k.key IN
                       (SELECT m.key FROM agency_key m JOIN agency n ON n.id = m.agency_id
                        WHERE n.name = ? OR n.code = ? OR m.label = ?))",
                );
                values.extend([text(name), text(name), text(name)]);
            }
            Some(AgencyFilter::Containing(part)) => {
                terms.push(
                    "r.agency_id IN (SELECT k.agency_id FROM agency_key k WHERE k.key IN
                       (SELECT m.key FROM agency_key m JOIN agency n ON n.id = m.agency_id WHERE instr(n.name, ?) > 0))",
                );
                values.push(text(part));
            }
            Some(AgencyFilter::Bodies(keys)) => {
                bodies = format!(
                    "r.agency_id IN (SELECT agency_id FROM agency_key WHERE key IN ({}))",
                    vec!["?"; keys.len()].join(", ")
                );
                terms.push(&bodies);
                values.extend(keys.iter().map(|key| Value::Integer(*key)));
            }
        }
        if let Some(AgencyFilter::Body(key)) = self.agency {
            terms.push("r.agency_id IN (SELECT agency_id FROM agency_key WHERE key = ?)");
            values.push(Value::Integer(key));
        }
        if let Some(year) = self.from_year {
            terms.push("r.year >= ?");
            values.push(Value::Integer(year.into()));
        }
        if let Some(year) = self.to_year {
            terms.push("r.year <= ?");
            values.push(Value::Integer(year.into()));
        }
        if let Some(scope) = self.scope {
            terms.push("r.scope = ?");
            values.push(text(scope.as_str()));
        }
        match self.copies {
            Copies::Included => {}
            Copies::LeftOut => terms.push(
                "r.version_id NOT IN (SELECT id FROM version WHERE official = 'mirror_suspected')",
            ),
            Copies::Only => terms.push(
                "r.version_id IN (SELECT id FROM version WHERE official = 'mirror_suspected')",
            ),
        }
        (terms.join(" AND "), values)
    }
}

/// The versions that are suspected copies, in order.
pub(super) fn suspected_copies(connection: &Connection) -> Result<Vec<i64>, QueryError> {
    let mut statement = connection
        .prepare_cached("SELECT id FROM version WHERE official = 'mirror_suspected' ORDER BY id")?;
    let copies = statement.query_map([], |row| row.get(0))?;
    Ok(copies.collect::<Result<_, _>>()?)
}
