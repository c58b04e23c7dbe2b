//! The page generator keeps its own promises.

#[path = "generator/mod.rs"]
mod generator;

use generator::{Case, Charset, Dialect, NonReport, Planted, Template, non_report};
use nianbao::model::{Catalog, CellStatus, FormId};
use scraper::{Html, Selector};

/// Every dialect on every form it fits.
fn all(seed: u64) -> impl Iterator<Item = Case> {
    FormId::ALL.into_iter().flat_map(move |form| {
        Dialect::ALL
            .iter()
            .filter(move |dialect| dialect.fits(form))
            .map(move |dialect| Case::of(seed, form, *dialect))
    })
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    for seed in 0..40 {
        assert_eq!(Case::draw(seed), Case::draw(seed), "seed {seed}");
        assert_eq!(Case::draw(seed).render(), Case::draw(seed).render());
    }
    assert_ne!(Case::draw(1).render(), Case::draw(2).render());
}

#[test]
fn truth_covers_all_cells_of_the_form() {
    for case in (0..4).flat_map(all) {
        let truth = case.truth();
        let cells: Vec<&str> = truth.cells.keys().map(String::as_str).collect();
        // The lists of a form are variants, of which a page has one; some rows only some provinces print.
        let tables = &Catalog::get().form(case.form).tables;
        let of = |id: &str| tables.iter().find(|table| table.id == id).unwrap();
        let printed = |indicator: &&nianbao::model::Indicator| {
            let table = of(&indicator.table);
            let row = table.rows.iter().find(|row| row.id == indicator.row);
            let other = (table.id == "fujian") != (case.dialect == Dialect::ListFujian);
            let optional = row.is_some_and(|row| row.optional);
            let list = table.shape == nianbao::model::form::Shape::List;
            !(list && other) && (!optional || truth.cells.contains_key(&indicator.cell))
        };
        let mut form: Vec<&str> = Catalog::get()
            .of_form(case.form)
            .filter(printed)
            .map(|indicator| indicator.cell.as_str())
            .collect();
        form.sort_unstable();
        assert_eq!(cells, form, "{:?}", case.dialect);
        for (id, cell) in &truth.cells {
            let number = cell.status == CellStatus::Number;
            assert_eq!(number, cell.value.is_some(), "{id}: {cell:?}");
        }
    }
}

#[test]
fn pages_have_the_tables_they_promise() {
    let tables = Selector::parse("table").unwrap();
    for case in (0..6).flat_map(all) {
        if case.dialect == Dialect::FlatText {
            continue;
        }
        let page = Html::parse_document(&case.text());
        let found = page.select(&tables).count();
        assert_eq!(found, case.tables(), "{:?} {:?}", case.form, case.dialect);
    }
}

#[test]
fn every_printed_value_is_on_the_page() {
    let cell = Selector::parse("td").unwrap();
    for form in FormId::ALL {
        let case = Case {
            template: Template::Trs,
            ..Case::of(3, form, Dialect::AsPrinted)
        };
        let page = Html::parse_document(&case.text());
        let texts: Vec<String> = page.select(&cell).map(|td| td.text().collect()).collect();
        for (id, expected) in case.truth().cells {
            let found = texts.iter().any(|text| text.trim() == expected.raw);
            assert!(found, "{form} {id}: {expected:?}");
        }
    }
}

#[test]
fn values_agree_unless_planted() {
    for seed in 0..60 {
        for form in [FormId::F2019, FormId::F2021] {
            let case = Case::plain(seed, form, Dialect::AsPrinted);
            let value = |cell: String| case.content.values[&cell].as_integer().unwrap();
            let outcomes: Vec<&str> = Catalog::get()
                .of_form(form)
                .filter(|it| it.table == "requests" && it.column == "total")
                .map(|it| it.row.as_str())
                .collect();
            let columns = [
                "natural_person",
                "enterprise",
                "research",
                "public_welfare",
                "legal_service",
                "other",
            ];
            for row in &outcomes {
                let sum: i64 = columns.iter().map(|c| value(format!("{row}@{c}"))).sum();
                assert_eq!(sum, value(format!("{row}@total")), "seed {seed} {row}");
            }
            for column in columns.into_iter().chain(["total"]) {
                let at = |row: &str| value(format!("{row}@{column}"));
                let parts = outcomes
                    .iter()
                    .filter(|row| row.starts_with("outcome.") && **row != "outcome.total");
                assert_eq!(parts.map(|row| at(row)).sum::<i64>(), at("outcome.total"));
                assert_eq!(
                    at("requests.new") + at("requests.carried_in"),
                    at("outcome.total") + at("requests.carried_out")
                );
            }
        }
    }
}

#[test]
fn one_cell_changes_nothing_else() {
    for case in (0..3).flat_map(all) {
        let Some(cell) = case.truth().cells.keys().next().cloned() else {
            continue;
        };
        let edited = case.with_raw(&cell, "73519");
        let (before, after) = (case.truth(), edited.truth());
        for (id, expected) in &before.cells {
            if *id != cell {
                assert_eq!(expected, &after.cells[id]);
            }
        }
        assert_eq!(before.sections, after.sections);
        let marker = edited.text().contains("73519") || case.text() != edited.text();
        let absent = before.cells[&cell].status == CellStatus::RowAbsent;
        assert!(marker || absent, "{:?} {cell}", case.dialect);
    }
}

#[test]
fn charsets_decode_to_the_same_text() {
    for case in (0..3).flat_map(all) {
        let bytes = case.render();
        let (text, malformed) = match case.charset {
            Charset::Utf8 | Charset::Utf8Bom => encoding_rs::UTF_8.decode_with_bom_removal(&bytes),
            Charset::Gbk | Charset::Gb18030 => {
                encoding_rs::GB18030.decode_without_bom_handling(&bytes)
            }
        };
        assert!(!malformed);
        if case.charset != Charset::Gbk {
            assert_eq!(text, case.text());
        }
    }
}

#[test]
fn pages_grow_to_the_wanted_size() {
    for template in Template::ALL {
        let case = Case {
            size_bytes: 100_000,
            template: *template,
            charset: Charset::Utf8,
            ..Case::plain(5, FormId::F2021, Dialect::AsPrinted)
        };
        let size = case.render().len();
        let bare = *template == Template::Bare;
        assert!(
            bare || (95_000..110_000).contains(&size),
            "{template:?}: {size}"
        );
    }
}

/// The grid of a table after the WHATWG model: how many cells claim each slot.
fn slots(table: scraper::ElementRef<'_>) -> Vec<Vec<usize>> {
    let row = Selector::parse(":scope > tr, :scope > * > tr").unwrap();
    let cell = Selector::parse(":scope > td, :scope > th").unwrap();
    let rows: Vec<_> = table.select(&row).collect();
    let mut grid = vec![Vec::new(); rows.len()];
    for (y, row) in rows.iter().enumerate() {
        let mut x = 0;
        for cell in row.select(&cell) {
            let span = |name| cell.attr(name).map_or(1, |n| n.parse().unwrap());
            let (width, height): (usize, usize) = (span("colspan"), span("rowspan"));
            while grid[y].get(x).is_some_and(|claims| *claims > 0) {
                x += 1;
            }
            for line in grid.iter_mut().skip(y).take(height) {
                line.resize(line.len().max(x + width), 0);
                for claims in &mut line[x..x + width] {
                    *claims += 1;
                }
            }
            x += width;
        }
    }
    grid
}

#[test]
fn undamaged_tables_are_rectangles() {
    let tables = Selector::parse("table").unwrap();
    for case in (0..5).flat_map(all) {
        if !case.dialect.has_tables() {
            continue;
        }
        let case = Case {
            template: Template::Bare,
            ..case
        };
        let text = case.text();
        let page = Html::parse_document(&text);
        let whole = page.select(&tables).all(|table| {
            let grid = slots(table);
            let full = |line: &Vec<usize>| line.iter().all(|claims| *claims == 1);
            grid.iter()
                .all(|line| line.len() == grid[0].len() && full(line))
        });
        let damaged = case.dialect.is_damaged();
        assert_eq!(whole, !damaged, "{:?} {:?}", case.form, case.dialect);
    }
}

#[test]
fn non_reports_have_no_printed_form() {
    for kind in NonReport::ALL {
        for seed in 0..8 {
            let bytes = non_report(*kind, seed);
            assert_eq!(bytes, non_report(*kind, seed));
            let (text, _, malformed) = match std::str::from_utf8(&bytes) {
                Ok(_) => encoding_rs::UTF_8.decode(&bytes),
                Err(_) => encoding_rs::GBK.decode(&bytes),
            };
            assert!(!malformed, "{kind:?}");
            let form = text.contains("本年新收政府信息公开申请数量");
            let blank = matches!(kind, NonReport::FormNotice | NonReport::BlankForm);
            assert_eq!(form, blank, "{kind:?}");
        }
    }
}

/// Cell texts without white space, by grid row and column, spans resolved.
fn texts(table: scraper::ElementRef<'_>) -> Vec<Vec<String>> {
    let row = Selector::parse(":scope > tr, :scope > * > tr").unwrap();
    let cell = Selector::parse(":scope > td, :scope > th").unwrap();
    let rows: Vec<_> = table.select(&row).collect();
    let mut grid: Vec<Vec<Option<String>>> = vec![Vec::new(); rows.len()];
    for (y, row) in rows.iter().enumerate() {
        let mut x = 0;
        for cell in row.select(&cell) {
            let span = |name| cell.attr(name).map_or(1, |n| n.parse().unwrap());
            let (width, height): (usize, usize) = (span("colspan"), span("rowspan"));
            while grid[y].get(x).is_some_and(Option::is_some) {
                x += 1;
            }
            let text: String = cell.text().flat_map(str::split_whitespace).collect();
            for line in grid.iter_mut().skip(y).take(height) {
                line.resize(line.len().max(x + width), None);
                line[x..x + width].fill(Some(text.clone()));
            }
            x += width;
        }
    }
    let full = |line: Vec<Option<String>>| line.into_iter().map(Option::unwrap_or_default);
    grid.into_iter().map(|line| full(line).collect()).collect()
}

#[test]
fn requests_stand_under_their_labels() {
    let tables = Selector::parse("table").unwrap();
    for form in [FormId::F2019, FormId::F2021] {
        let catalog = Catalog::get();
        let mut requests = catalog.form(form).tables.iter();
        let requests = requests.find(|table| table.id == "requests").unwrap();
        for case in (0..6).flat_map(all).filter(|case| case.form == form) {
            let broken = case.dialect == Dialect::LabelTwoRows;
            if broken || !case.dialect.has_tables() || case.dialect.is_damaged() {
                continue;
            }
            let page = Html::parse_document(
                &Case {
                    template: Template::Bare,
                    ..case.clone()
                }
                .text(),
            );
            let grid: Vec<Vec<String>> = page.select(&tables).flat_map(texts).collect();
            let column_of = |label: &str| {
                let header = grid
                    .iter()
                    .position(|line| line.iter().any(|t| t == "申请人情况"));
                let lines = &grid[header.unwrap()..header.unwrap() + 3];
                (0..20).find(|x| {
                    lines
                        .iter()
                        .any(|line| line.get(*x).is_some_and(|t| t == label))
                })
            };
            let truth = case.truth();
            for (y, row) in requests.rows.iter().enumerate() {
                let starts = |line: &&Vec<String>| {
                    line.iter()
                        .take(4)
                        .any(|text| text.ends_with(&row.label) && text != "其他")
                };
                let line = grid.iter().find(starts);
                for (x, column) in requests.columns.iter().enumerate() {
                    let id = requests.indicator(y, x).unwrap();
                    let cell = &catalog.indicator(id).cell;
                    let expected = &truth.cells[cell];
                    if expected.status == CellStatus::RowAbsent {
                        assert!(line.is_none(), "{:?} {cell}", case.dialect);
                        continue;
                    }
                    let found = &line.unwrap()[column_of(&column.label).unwrap()];
                    assert_eq!(found, &expected.raw, "{:?} {cell}", case.dialect);
                }
            }
        }
    }
}

#[test]
fn a_planted_contradiction_changes_the_printed_numbers() {
    let case = Case::plain(8, FormId::F2021, Dialect::AsPrinted);
    let planted = case.with_planted(Planted::Flow {
        column: "natural_person".into(),
    });
    let value = |case: &Case, cell: &str| case.truth().cells[cell].value.clone().unwrap();
    for cell in [
        "requests.carried_out@natural_person",
        "requests.carried_out@total",
    ] {
        let before: i64 = value(&case, cell).parse().unwrap();
        assert_eq!(value(&planted, cell), (before + 1).to_string());
    }
    let said = case.with_planted(Planted::Narrative {
        cell: "requests.new@total".into(),
        said: 918_273,
    });
    assert!(said.text().contains("918273件"));
    assert_eq!(said.truth().cells, case.truth().cells);
}
