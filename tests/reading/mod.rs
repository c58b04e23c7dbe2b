//! What the tests that compare whole reports share: one cell, one field compared.

use nianbao::model::{Catalog, CellStatus, FormId, Observation, Report};
use serde_json::Value;

/// A number without the zeros that change nothing: `12.50` is `12.5`, `3.0` is `3`.
pub fn plain(number: &str) -> &str {
    if number.contains('.') {
        number.trim_end_matches('0').trim_end_matches('.')
    } else {
        number
    }
}

/// The observation of a cell; where two forms print the table, of `form` only.
pub fn find<'r>(report: &'r Report, cell: &str, form: Option<FormId>) -> Option<&'r Observation> {
    let catalog = Catalog::get();
    report.observations.iter().find(|observation| {
        let indicator = catalog.indicator(observation.indicator);
        indicator.cell == cell && form.is_none_or(|form| indicator.form == form)
    })
}

/// What is wrong with a value, in words; `None` where it is as wanted (null: no number).
pub fn wrong_value(observation: Option<&Observation>, want: &Value) -> Option<String> {
    let Some(observation) = observation else {
        return Some(format!("is not in the report, want {want}"));
    };
    let got = observation.value.map(|value| value.to_string());
    let same = match (&got, want) {
        (None, Value::Null) => observation.status != CellStatus::Number,
        (Some(got), Value::Number(number)) => plain(got) == plain(&number.to_string()),
        _ => false,
    };
    let got = got.unwrap_or_else(|| "null".into());
    let (status, raw) = (observation.status.as_str(), &observation.raw);
    (!same).then(|| format!("is {got} ({status}, {raw:?}), want {want}"))
}

/// Adds what is wrong with a field that `want` names.
pub fn field(problems: &mut Vec<String>, want: &Value, name: &str, got: Option<&str>) {
    let Some(wanted) = want.get(name).filter(|wanted| !wanted.is_null()) else {
        return;
    };
    let wanted = wanted
        .as_str()
        .map_or_else(|| wanted.to_string(), str::to_owned);
    if got != Some(wanted.as_str()) {
        problems.push(format!("{name} is {got:?}, want {wanted:?}"));
    }
}

/// Adds what is wrong with title, agency, year, form and publication date, as far as `want` names them.
pub fn fields(problems: &mut Vec<String>, report: &Report, want: &Value) {
    let year = report.year.map(|year| year.to_string());
    let published = report.published.map(|date| date.to_string());
    field(problems, want, "title", report.title.as_deref());
    field(problems, want, "agency", report.agency.name.as_deref());
    field(problems, want, "year", year.as_deref());
    field(problems, want, "form", report.form.map(FormId::as_str));
    field(problems, want, "published", published.as_deref());
}
