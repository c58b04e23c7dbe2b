//! Which series and ratios there are.

use crate::present::{Align, Table};
use crate::query::crosswalk::{self, Series};
use crate::query::ratios::{self, Ratio};

use super::super::output;

fn form_words(series: &Series) -> Vec<&'static str> {
    series.forms.keys().map(|form| form.as_str()).collect()
}

/// Prints every series and ratio.
pub(super) fn list(json: bool) -> std::io::Result<()> {
    if json {
        let relations = |series: &Series| -> serde_json::Map<String, serde_json::Value> {
            let relations = series.relations.iter();
            relations
                .map(|(form, relation)| (form.to_string(), relation.as_str().into()))
                .collect()
        };
        let all = crosswalk::all().iter().map(|series| {
            serde_json::json!({
                "id": series.id,
                "kind": "series",
                "label": series.label,
                "quality": series.quality,
                "measure": series.measure,
                "forms": form_words(series),
                "relations": relations(series),
                "caveat": series.caveat,
                "caveat_zh": series.caveat_zh,
            })
        });
        let ratios = ratios::all().iter().map(|ratio: &Ratio| {
            serde_json::json!({
                "id": ratio.id,
                "kind": "ratio",
                "label": ratio.label,
                "label_en": ratio.label_en,
                "formula": ratio.formula,
                "formula_en": ratio.formula_en,
                "quality": ratio.quality,
                "forms": form_words(&ratio.numerator),
                "caveat": ratio.caveat,
                "caveat_zh": ratio.numerator.caveat_zh,
            })
        });
        return output::print_json(all.chain(ratios));
    }
    let heads = ["series", "指标", "quality", "forms"];
    let mut table = Table::new(heads.map(|head| (head, Align::Left)));
    table.max_width = output::terminal_width();
    for series in crosswalk::all() {
        table.push([
            series.id.as_str(),
            &series.label,
            series.quality.as_str(),
            &form_words(series).join(" "),
        ]);
    }
    let heads = ["ratio (%)", "指标", "quality", "forms", "算法"];
    let mut derived = Table::new(heads.map(|head| (head, Align::Left)));
    derived.max_width = output::terminal_width();
    for ratio in ratios::all() {
        derived.push([
            ratio.id.as_str(),
            &ratio.label,
            ratio.quality.as_str(),
            &form_words(&ratio.numerator).join(" "),
            &ratio.formula,
        ]);
    }
    output::print(&format!(
        "{}\n{}",
        table.render_plain(),
        derived.render_plain()
    ))
}
