//! The rows of each table, as its columns ask for.

use std::collections::HashMap;

use crate::model::{ByteRange, Catalog, Code, FormId, Source};
use crate::query::crosswalk::{self, Sign};
use crate::query::{self, Head, Panel, Point, PointStatus};

use super::codebook::{NOT_PART, OTHER_NUMBER, STATUSES, label_en, label_zh, unit_en};
use super::columns::Place;
use super::table::{Sink, Table, Value, What};
use super::{ExportError, bodies};

/// Hands all rows of `table` to `sink`; returns how many.
pub(super) fn rows(
    table: &Table,
    panel: &Panel<'_>,
    sink: &mut dyn Sink,
) -> Result<u64, ExportError> {
    let place = table.place;
    let mut count = 0;
    let mut put = |values: &[Value<'_>]| {
        count += 1;
        sink.row(values)
    };
    match table.what {
        What::Reports => reports(panel, &mut put)?,
        What::Provenance => provenance(panel, &mut put)?,
        What::Long => long(panel, place, &mut put)?,
        What::Wide(form) => wide(panel, place, form, &mut put)?,
        What::Series => series(panel, &mut put)?,
        What::Statistics => statistics(panel, place, &mut put)?,
        What::Narratives => narratives(panel, place, &mut put)?,
        What::Findings => findings(panel, place, &mut put)?,
        What::Watch => bodies::watch(panel, place, &mut put)?,
        What::Agencies => bodies::agencies(panel, &mut put)?,
        What::AgencyNames => bodies::names(panel, &mut put)?,
        What::AgencyLinks => bodies::links(panel, &mut put)?,
        What::Codebook => codebook(&mut put)?,
        What::SeriesCodebook => series_codebook(&mut put)?,
        What::FindingCodes => {
            for code in Code::ALL {
                put(&[
                    Value::Text(code.as_str()),
                    Value::Text(code.severity().as_str()),
                    Value::Text(code.meaning_zh()),
                    Value::Text(code.meaning()),
                ])?;
            }
        }
        What::Statuses => {
            for one in STATUSES {
                put(&[
                    Value::Text(one.word),
                    Value::Text(one.zh),
                    Value::Text(one.en),
                    Value::Yes(one.wide_only),
                ])?;
            }
        }
    }
    Ok(count)
}

pub(super) type Put<'p> = dyn FnMut(&[Value<'_>]) -> Result<(), ExportError> + 'p;

fn whose(head: &Head) -> [Value<'_>; 5] {
    [
        Value::text(head.agency.as_deref()),
        Value::text(head.agency_code.as_deref()),
        Value::whole(head.year),
        Value::Text(&head.scope),
        Value::text(head.agency_place.as_deref()),
    ]
}

pub(super) fn identity<'a>(head: &'a Head, place: Place, values: &mut Vec<Value<'a>>) {
    values.clear();
    values.push(Value::Text(&head.key));
    if place == Place::Alone {
        values.extend(whose(head));
        values.push(Value::Text(&head.official));
    }
}

fn digest_and_address(head: &Head) -> [Value<'_>; 2] {
    [Value::Text(&head.sha256), Value::text(head.url.as_deref())]
}

fn bytes<'a>(range: Option<ByteRange>) -> [Value<'a>; 3] {
    [
        Value::whole(range.map(|range| range.part)),
        Value::whole(range.map(|range| range.start)),
        Value::whole(range.map(|range| range.end)),
    ]
}

fn ordinal<'a>(number: usize) -> Value<'a> {
    // A report has fewer rows than fit.
    i64::try_from(number).map_or(Value::Missing, Value::Whole)
}

fn reports(panel: &Panel<'_>, put: &mut Put<'_>) -> Result<(), ExportError> {
    let bodies = panel.bodies()?.of_report;
    panel.each(None, |head, _| {
        let mut values = vec![Value::Text(&head.key)];
        values.extend(whose(head));
        values.extend([
            Value::text(head.form.as_deref()),
            Value::text(head.title.as_deref()),
            Value::text(head.published.as_deref()),
            Value::Text(&head.official),
            Value::Text(&head.first_seen),
            Value::Text(&head.last_seen),
            Value::Yes(head.whole),
        ]);
        values.extend(digest_and_address(head));
        values.push(Value::text(bodies.get(&head.report_id).map(String::as_str)));
        put(&values)
    })?;
    Ok(())
}

fn provenance(panel: &Panel<'_>, put: &mut Put<'_>) -> Result<(), ExportError> {
    panel.each(None, |head, _| {
        let mut values = vec![Value::Text(&head.key)];
        values.extend(digest_and_address(head));
        values.extend([
            Value::Text(&head.fetched_at),
            Value::text(head.content_type.as_deref()),
            Value::Whole(head.size_bytes),
            Value::text(head.warc.as_deref()),
            Value::whole(head.warc_offset),
            Value::whole(head.warc_length),
            Value::Text(&head.charset),
            Value::Text(&head.program),
            Value::Text(&head.profile),
        ]);
        put(&values)
    })?;
    Ok(())
}

fn place_of(source: Option<Source>) -> Option<ByteRange> {
    source.map(|source| source.bytes)
}

fn long(panel: &Panel<'_>, place: Place, put: &mut Put<'_>) -> Result<(), ExportError> {
    panel.each(None, |head, details| {
        let observations = details.observations()?;
        let mut values = Vec::new();
        for one in &observations {
            let indicator = Catalog::get().indicator(one.indicator);
            identity(head, place, &mut values);
            values.extend([
                Value::Text(indicator.form.as_str()),
                Value::Text(&indicator.cell),
                Value::exact(one.value),
                Value::Text(one.status.as_str()),
                Value::text((!one.status.is_absent()).then_some(&one.raw)),
                Value::text(one.unit.map(crate::model::Unit::as_str)),
            ]);
            values.extend(bytes(place_of(one.source)));
            if place == Place::Alone {
                values.extend(digest_and_address(head));
            }
            put(&values)?;
        }
        Ok::<_, ExportError>(())
    })?;
    Ok(())
}

fn wide(
    panel: &Panel<'_>,
    place: Place,
    form: FormId,
    put: &mut Put<'_>,
) -> Result<(), ExportError> {
    let ids: Vec<_> = Catalog::get().of_form(form).map(|one| one.id).collect();
    panel.each(Some(form), |head, details| {
        let observations = details.all_observations()?;
        let mut values = vec![Value::Text(&head.key)];
        values.extend(whose(head));
        if place == Place::Alone {
            values.push(Value::Text(&head.official));
            values.extend(digest_and_address(head));
        }
        let mut rest = observations.iter().peekable();
        for id in &ids {
            // Both are in the catalog's order; other forms' cells are passed over.
            while rest.next_if(|one| one.indicator < *id).is_some() {}
            let one = rest.next_if(|one| one.indicator == *id);
            values.push(match one {
                None => Value::NoNumber(NOT_PART),
                Some(one) => match (query::in_wide(one), one.value) {
                    (Some(value), _) => Value::Exact(value),
                    (None, Some(_)) => Value::NoNumber(OTHER_NUMBER),
                    (None, None) => Value::NoNumber(one.status.as_str()),
                },
            });
        }
        put(&values)
    })?;
    Ok(())
}

fn series(panel: &Panel<'_>, put: &mut Put<'_>) -> Result<(), ExportError> {
    // Keys, and the order of the reports.
    let mut keys = HashMap::new();
    panel.each(None, |head, _| {
        keys.insert(head.report_id, (keys.len(), head.key.clone()));
        Ok::<_, ExportError>(())
    })?;
    for series in crosswalk::all() {
        let all = panel.series(&series.id)?;
        let apart = series.forms_apart();
        if apart.is_empty() {
            points(&series.id, all, &keys, put)?;
            continue;
        }
        for form in apart {
            let of_form = all.iter().filter(|point| point.form == Some(form));
            points(
                &series.exported_id(form),
                of_form.cloned().collect(),
                &keys,
                put,
            )?;
        }
    }
    Ok(())
}

/// The points of one series, under its id.
fn points(
    id: &str,
    mut points: Vec<Point>,
    keys: &HashMap<i64, (usize, String)>,
    put: &mut Put<'_>,
) -> Result<(), ExportError> {
    let same = |one: &Point, other: &Point| {
        (one.agency_key, one.scope, one.year) == (other.agency_key, other.scope, other.year)
    };
    for alike in points.chunk_by_mut(same) {
        // Where only the database's number tells them apart.
        alike.sort_by_key(|point| keys.get(&point.report_id).map(|(at, _)| *at));
    }
    for point in points {
        // Of a form without the indicator there is no point, nor of a report without tables.
        if matches!(point.status, PointStatus::NotInForm | PointStatus::NoTable) {
            continue;
        }
        let Some((_, key)) = keys.get(&point.report_id) else {
            continue;
        };
        put(&[
            Value::Text(id),
            Value::Text(key),
            Value::text(point.agency.as_deref()),
            Value::text(point.agency_code.as_deref()),
            Value::whole(point.year),
            Value::Text(point.scope.as_str()),
            Value::text(point.form.map(FormId::as_str)),
            Value::exact(point.value),
            Value::Text(point.status.as_str()),
            Value::text(point.unit.map(crate::model::Unit::as_str)),
            Value::Text(point.quality.as_str()),
            Value::Yes(point.break_before),
            Value::text(point.note.as_deref()),
        ])?;
    }
    Ok(())
}

fn statistics(panel: &Panel<'_>, place: Place, put: &mut Put<'_>) -> Result<(), ExportError> {
    panel.each(None, |head, details| {
        let rows = details.statistics()?;
        let mut values = Vec::new();
        for (number, row) in rows.iter().enumerate() {
            for (position, cell) in row.cells.iter().enumerate() {
                identity(head, place, &mut values);
                values.extend([
                    Value::Text(row.form.as_str()),
                    ordinal(number),
                    ordinal(position),
                    Value::text(row.id.as_deref()),
                    Value::text(row.group.as_deref()),
                    Value::Text(&row.label),
                    Value::text(cell.head.as_deref()),
                    Value::Text(cell.kind.as_str()),
                    Value::whole(cell.year),
                    Value::exact(cell.value),
                    Value::Text(cell.status.as_str()),
                    Value::Text(&cell.raw),
                    Value::text(cell.unit.map(crate::model::Unit::as_str)),
                ]);
                values.extend(bytes(place_of(cell.source)));
                put(&values)?;
            }
        }
        Ok::<_, ExportError>(())
    })?;
    Ok(())
}

fn narratives(panel: &Panel<'_>, place: Place, put: &mut Put<'_>) -> Result<(), ExportError> {
    panel.each(None, |head, details| {
        let parts = details.narratives()?;
        let mut values = Vec::new();
        for (position, one) in parts.iter().enumerate() {
            identity(head, place, &mut values);
            values.extend([
                ordinal(position),
                Value::Text(&one.kind),
                Value::text(one.heading.as_deref()),
                Value::Text(&one.text),
            ]);
            values.extend(bytes(Some(one.bytes)));
            put(&values)?;
        }
        Ok::<_, ExportError>(())
    })?;
    Ok(())
}

fn findings(panel: &Panel<'_>, place: Place, put: &mut Put<'_>) -> Result<(), ExportError> {
    panel.each(None, |head, details| {
        let found = details.findings()?;
        let mut values = Vec::new();
        for (position, one) in found.iter().enumerate() {
            identity(head, place, &mut values);
            values.extend([
                ordinal(position),
                Value::Text(&one.code),
                Value::Text(&one.severity),
                Value::Text(&one.message),
                Value::Text(&one.place),
            ]);
            put(&values)?;
        }
        Ok::<_, ExportError>(())
    })?;
    Ok(())
}

fn codebook(put: &mut Put<'_>) -> Result<(), ExportError> {
    let catalog = Catalog::get();
    for form in &catalog.forms {
        for (position, one) in catalog.of_form(form.id).enumerate() {
            let title = form.tables.iter().find(|table| table.id == one.table);
            let (zh, en) = (label_zh(one), label_en(one));
            let series = query::exported_series_of(one.id, form.id).join(" ");
            let quantity = match one.quantity {
                crate::model::form::Quantity::Count => "count",
                crate::model::form::Quantity::Change => "change",
                crate::model::form::Quantity::Money => "money",
            };
            put(&[
                Value::Text(form.id.as_str()),
                Value::Text(&one.cell),
                ordinal(position),
                Value::Text(&one.table),
                Value::text(title.map(|table| table.title.as_str())),
                Value::Text(&one.row),
                Value::text(Some(one.column.as_str()).filter(|column| !column.is_empty())),
                Value::Text(&zh),
                Value::Text(&en),
                Value::text(one.unit.map(crate::model::Unit::as_str)),
                Value::text(one.unit.map(unit_en)),
                Value::Text(quantity),
                Value::text(Some(series.as_str()).filter(|series| !series.is_empty())),
            ])?;
        }
    }
    Ok(())
}

fn series_codebook(put: &mut Put<'_>) -> Result<(), ExportError> {
    let catalog = Catalog::get();
    let terms = |terms: &[crosswalk::Term]| {
        let mut text = String::new();
        for term in terms {
            let cell = &catalog.indicator(term.indicator).cell;
            text.push_str(match (term.sign, text.is_empty()) {
                (Sign::Plus, true) => "",
                (Sign::Plus, false) => " + ",
                (Sign::Minus, _) => " - ",
            });
            text.push_str(cell);
        }
        text
    };
    for one in crosswalk::all() {
        let variants = one.variants.iter().map(|(form, terms)| (form, terms));
        let made: Vec<(FormId, String)> = one
            .forms
            .iter()
            .chain(variants)
            .map(|(form, made_of)| (*form, format!("{form}: {}", terms(made_of))))
            .collect();
        let of = |form: Option<FormId>| {
            let of_form = made
                .iter()
                .filter(|(of, _)| form.is_none_or(|form| form == *of));
            let of_form: Vec<&str> = of_form.map(|(_, made)| made.as_str()).collect();
            of_form.join("; ")
        };
        let mut line = |id: &str, label: &str, caveats: [&str; 2], forms: &str| {
            let [caveat, caveat_zh] =
                caveats.map(|caveat| Value::text(Some(caveat).filter(|one| !one.is_empty())));
            put(&[
                Value::Text(id),
                Value::Text(label),
                Value::Text(one.quality.as_str()),
                caveat,
                caveat_zh,
                Value::Text(forms),
            ])
        };
        let apart = one.forms_apart();
        if apart.is_empty() {
            line(
                &one.id,
                &one.label,
                [&one.caveat, &one.caveat_zh],
                &of(None),
            )?;
        }
        let ids: Vec<String> = apart.iter().map(|form| one.exported_id(*form)).collect();
        let ids = ids.join(", ");
        for form in apart {
            let caveat = format!("{} Never to be joined, so apart: {ids}", one.caveat);
            let caveat_zh = format!("{}；不得连接，故分列：{ids}", one.caveat_zh);
            line(
                &one.exported_id(form),
                &format!("{}（{form}年版）", one.label),
                [&caveat, &caveat_zh],
                &of(Some(form)),
            )?;
        }
    }
    Ok(())
}
