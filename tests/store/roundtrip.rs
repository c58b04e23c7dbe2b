//! What goes in comes out; the views say the same.

use std::collections::HashMap;

use nianbao::model::{
    Catalog, Cause, Confidence, Decimal, Fault, Proposal, ProposedChange, Report,
};
use nianbao::query::Filter;
use nianbao::store::{Outcome, Store};
use proptest::prelude::*;

use crate::random::{capture, report};
use crate::{home, noon};

/// The report as the store promises to give it back.
fn stored(store: &Store, report: &Report) -> Report {
    let sha256 = &report.provenance.sha256;
    let id: i64 = store
        .connection()
        .query_row(
            "SELECT r.version_id FROM reading r JOIN capture c ON c.id = r.capture_id
             LEFT JOIN address d ON d.id = c.address_id WHERE lower(hex(c.sha256)) = ?1 AND d.url IS ?2",
            rusqlite::params![sha256, report.provenance.url],
            |row| row.get(0),
        )
        .unwrap();
    store.reader().version(id).unwrap().unwrap().report
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn reports_come_back_equal(report in report()) {
        let mut home = home();
        let mut writer = home.store.writer("0.1.0", noon());
        prop_assert_eq!(writer.put(&capture(&report, 1), Ok(&report)).unwrap(), Outcome::New);
        writer.finish().unwrap();
        let back = stored(&home.store, &report);
        for (one, other) in back.observations.iter().zip(&report.observations) {
            prop_assert_eq!(one, other);
        }
        prop_assert_eq!(back, report);
        prop_assert_eq!(home.store.verify().unwrap(), Vec::<String>::new());
    }

    #[test]
    fn the_long_view_says_the_same(report in report()) {
        let mut home = home();
        let mut writer = home.store.writer("0.1.0", noon());
        writer.put(&capture(&report, 1), Ok(&report)).unwrap();
        writer.finish().unwrap();
        let mut statement = home
            .store
            .connection()
            .prepare("SELECT form, cell, CAST(value AS TEXT), status, raw, unit, typeof(value) FROM observation")
            .unwrap();
        let mut rows = statement.query([]).unwrap();
        let mut seen = HashMap::new();
        while let Some(row) = rows.next().unwrap() {
            let key: (String, String) = (row.get(0).unwrap(), row.get(1).unwrap());
            let value: Option<String> = row.get(2).unwrap();
            let rest: (String, Option<String>, Option<String>) =
                (row.get(3).unwrap(), row.get(4).unwrap(), row.get(5).unwrap());
            let kind: String = row.get(6).unwrap();
            prop_assert!(kind != "real");
            prop_assert!(seen.insert(key, (value, rest)).is_none());
        }
        for one in &report.observations {
            let indicator = Catalog::get().indicator(one.indicator);
            let key = (indicator.form.to_string(), indicator.cell.clone());
            let rest = (
                one.status.as_str().to_owned(),
                (!one.status.is_absent()).then(|| one.raw.clone()),
                one.unit.map(|unit| unit.as_str().to_owned()),
            );
            let want = (one.value.map(|value| value.to_string()), rest);
            prop_assert_eq!(seen.remove(&key), Some(want), "{:?}", key);
        }
        prop_assert!(seen.is_empty());
    }

    #[test]
    fn the_statistics_view_says_the_same(report in report()) {
        let mut home = home();
        let mut writer = home.store.writer("0.1.0", noon());
        writer.put(&capture(&report, 1), Ok(&report)).unwrap();
        writer.finish().unwrap();
        let mut statement = home
            .store
            .connection()
            .prepare(
                "SELECT row, position, label, head, kind, year, CAST(value AS TEXT), status, raw, unit
                 FROM statistic ORDER BY row, position",
            )
            .unwrap();
        let mut rows = statement.query([]).unwrap();
        for (number, row) in (0_i64..).zip(&report.statistics) {
            for (position, cell) in (0_i64..).zip(&row.cells) {
                let got = rows.next().unwrap().unwrap();
                let text = |column: usize| got.get::<_, Option<String>>(column).unwrap();
                let word = |word: &str| Some(word.to_owned());
                prop_assert_eq!((got.get(0).unwrap(), got.get(1).unwrap()), (number, position));
                prop_assert_eq!(text(2), word(&row.label));
                prop_assert_eq!(text(3), cell.head.clone());
                prop_assert_eq!(text(4), word(cell.kind.as_str()));
                prop_assert_eq!(got.get::<_, Option<i16>>(5).unwrap(), cell.year);
                prop_assert_eq!(text(6), cell.value.map(|value| value.to_string()));
                prop_assert_eq!(text(7), word(cell.status.as_str()));
                prop_assert_eq!(text(8), word(&cell.raw));
                prop_assert_eq!(text(9), cell.unit.and_then(|unit| word(unit.as_str())));
            }
        }
        prop_assert!(rows.next().unwrap().is_none());
    }
}

/// Proposals are shown, never applied: whatever they say, the values are those without them.
#[test]
fn proposals_change_no_value() {
    let plain = crate::random::sound();
    let mut proposed = plain.clone();
    let changes = plain.observations.iter().take(3).map(|one| ProposedChange {
        indicator: one.indicator,
        printed: one.value,
        proposed: Some(Decimal::integer(987_654)),
        source: one.source,
    });
    proposed.proposals.push(Proposal {
        cause: Cause::Several,
        fault: Fault::Page,
        confidence: Confidence::High,
        unique: true,
        changes: changes.collect(),
        identities: vec!["T3.FLOW at total".into()],
        alternatives: 1,
        message: "a message".into(),
    });
    let [without, with] = [&plain, &proposed].map(|report| {
        let mut home = home();
        let mut writer = home.store.writer("0.1.0", noon());
        writer.put(&capture(report, 1), Ok(report)).unwrap();
        writer.finish().unwrap();
        assert_eq!(stored(&home.store, report), *report);
        let mut csv = Vec::new();
        nianbao::query::export_csv(&home.store, &Filter::default(), &mut csv).unwrap();
        let row = |sql: &str| -> Vec<String> {
            let mut statement = home.store.connection().prepare(sql).unwrap();
            let columns = statement.column_count();
            let mut rows = statement.query([]).unwrap();
            let mut values = Vec::new();
            while let Some(row) = rows.next().unwrap() {
                values.extend((0..columns).map(|at| format!("{:?}", row.get_ref(at).unwrap())));
            }
            values
        };
        let listed = row("SELECT cell, proposed_mantissa, cause FROM proposal_list").len();
        let wide = row("SELECT * FROM cells_2021");
        assert!(wide.len() > 100 && csv.len() > 1_000);
        (listed, wide, row("SELECT * FROM observation"), csv)
    });
    assert_eq!((without.0, with.0), (0, 9));
    assert_eq!((&without.1, &without.2), (&with.1, &with.2));
    assert!(without.3 == with.3);
}
