//! An archive that grows night by night, in whatever order its files come.

use proptest::prelude::*;

use super::nights::nights;
use super::reports;
use super::warcs::{built, dump, gzip, write};

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// However the archive grew, and whichever file came when, the rows are those of one build of it all.
    #[test]
    fn builds_along_the_way_come_to_the_same_as_one_build(
        order in Just((0..6_usize).collect::<Vec<_>>()).prop_shuffle(),
        parts in prop::collection::vec(1..4_usize, 6),
        gaps in prop::collection::vec(any::<bool>(), 24),
    ) {
        let nights = nights();
        let folder = tempfile::tempdir().unwrap();
        let archive = folder.path().join("warc");
        std::fs::create_dir(&archive).unwrap();
        let along = folder.path().join("along.db");
        let mut gaps = gaps.into_iter();
        for number in order {
            let records = &nights[number].records;
            let step = records.len().div_ceil(parts[number]).max(1);
            let mut bytes = Vec::new();
            for some in records.chunks(step) {
                bytes.extend(some.iter().flat_map(|record| gzip(record)));
                write(&archive, &format!("night-{number}.warc.gz"), &bytes);
                if gaps.next().unwrap_or(true) {
                    built(&archive, &along, false);
                }
            }
        }
        built(&archive, &along, false);
        let before = dump(&along);
        let fresh = folder.path().join("fresh.db");
        let (summary, _) = built(&archive, &fresh, false);
        prop_assert_eq!(summary.failures, 0);
        let whole = dump(&fresh);
        for (one, other) in before.iter().zip(&whole) {
            prop_assert_eq!(one, other);
        }
        prop_assert_eq!(before.len(), whole.len());
        // And reading all of it again changes nothing.
        built(&archive, &along, true);
        prop_assert_eq!(dump(&along), whole);
    }
}

#[test]
fn the_months_reports_are_what_was_published() {
    let folder = tempfile::tempdir().unwrap();
    for (number, night) in nights().iter().enumerate() {
        write(
            folder.path(),
            &format!("night-{number}.warc.gz"),
            &night.packed(),
        );
    }
    let database = folder.path().join("d.db");
    let (summary, told) = built(folder.path(), &database, false);
    assert_eq!((summary.unresolved, told.len()), (0, 0), "{told:?}");
    let lines: Vec<_> = reports(&database)
        .into_iter()
        .map(|(year, versions, first, last)| {
            (
                year,
                versions,
                first[..10].to_owned(),
                last[..10].to_owned(),
            )
        })
        .collect();
    let line = |year, versions, first: &str, last: &str| {
        (year, versions, first.to_owned(), last.to_owned())
    };
    assert_eq!(
        lines,
        [
            line(2020, 2, "2026-01-03", "2026-01-06"),
            // The third is from a host of which nothing is known.
            line(2023, 3, "2026-01-01", "2026-01-05"),
        ]
    );
}
