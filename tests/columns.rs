//! From a site to its column: titles, the column's page, sitemaps, attachments, and the verbs that show them.

#[path = "columns/titles.rs"]
mod titles;

use nianbao::discover::title::classify;
use nianbao::model::ItemKind;

#[test]
fn titles_are_told_apart() {
    assert!(titles::OWN.len() + titles::COLUMNS.len() >= 120);
    let own = titles::OWN
        .iter()
        .map(|(title, kind, year)| (*title, Some("云溪县民政局"), *kind, *year));
    let mut wrong = Vec::new();
    for (title, column, kind, year) in own.chain(titles::COLUMNS.iter().copied()) {
        let got = classify(title, column);
        if got != (kind, year) {
            let cardinal = got.0 == ItemKind::Report && kind != ItemKind::Report
                || got.1.is_some() && got.1 != year;
            let mark = if cardinal { "WRONG " } else { "" };
            wrong.push(format!(
                "{mark}{title:?} in {column:?}: {got:?}, not {kind:?} {year:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
