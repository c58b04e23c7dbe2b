//! The rows of bodies, their names and links, and of findings across years.

use std::collections::HashMap;

use crate::query::{Head, Panel};

use super::ExportError;
use super::columns::Place;
use super::rows::{Put, identity};
use super::table::Value;

pub(super) fn agencies(panel: &Panel<'_>, put: &mut Put<'_>) -> Result<(), ExportError> {
    for one in &panel.bodies()?.bodies {
        put(&[
            Value::Text(&one.key),
            Value::Text(&one.label),
            Value::text(one.name.as_deref()),
            Value::text(one.code.as_deref()),
            Value::text(one.place.as_deref()),
            Value::text(one.division.as_deref()),
            Value::text(one.level.as_deref()),
            Value::Whole(one.reports),
            Value::whole(one.years.0),
            Value::whole(one.years.1),
        ])?;
    }
    Ok(())
}

pub(super) fn names(panel: &Panel<'_>, put: &mut Put<'_>) -> Result<(), ExportError> {
    for one in &panel.bodies()?.names {
        put(&[
            Value::Text(&one.agency),
            Value::Text(&one.key),
            Value::text(one.name.as_deref()),
            Value::text(one.code.as_deref()),
            Value::text(one.place.as_deref()),
            Value::Text(&one.rule),
            Value::text(one.evidence.as_deref()),
        ])?;
    }
    Ok(())
}

pub(super) fn links(panel: &Panel<'_>, put: &mut Put<'_>) -> Result<(), ExportError> {
    for one in &panel.bodies()?.links {
        put(&[
            Value::Text(&one.earlier),
            Value::Text(&one.later),
            Value::Text(&one.kind),
            Value::Text(&one.since),
            Value::text(one.until.as_deref()),
            Value::Text(&one.evidence),
            Value::text(one.apart.as_deref()),
        ])?;
    }
    Ok(())
}

pub(super) fn watch(panel: &Panel<'_>, place: Place, put: &mut Put<'_>) -> Result<(), ExportError> {
    let keys = panel.all_keys()?;
    let mut heads: HashMap<i64, Head> = HashMap::new();
    let lines = panel.watch()?;
    let about: std::collections::HashSet<i64> = lines.iter().map(|line| line.report_id).collect();
    panel.each(None, |head, _| {
        if about.contains(&head.report_id) {
            heads.insert(head.report_id, head.clone());
        }
        Ok::<_, ExportError>(())
    })?;
    for line in &lines {
        let Some(head) = heads.get(&line.report_id) else {
            continue;
        };
        let json = [&line.innocent_zh, &line.innocent_en, &line.evidence].map(ToString::to_string);
        let mut values = Vec::new();
        identity(head, place, &mut values);
        values.insert(0, Value::Text(&line.id));
        let other = line.other_report_id.and_then(|id| keys.get(&id));
        values.extend([
            Value::Text(&line.code),
            Value::Text(&line.severity),
            Value::text(other.map(String::as_str)),
            Value::Text(&line.about),
            Value::Text(&line.message_zh),
            Value::Text(&line.message_en),
            Value::text(Some(line.rule.as_str()).filter(|rule| !rule.is_empty())),
            Value::Text(&line.basis_zh),
            Value::Text(&line.basis_en),
            Value::Text(&json[0]),
            Value::Text(&json[1]),
            Value::Text(&json[2]),
            Value::Text(&line.verdict),
            Value::text(line.verdict_reason.as_deref()),
        ]);
        put(&values)?;
    }
    Ok(())
}
