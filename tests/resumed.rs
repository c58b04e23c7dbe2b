//! Builds of the whole archive that are stopped: the next goes on, and the rows are those of one that nobody stopped.

#[path = "warcs/nights.rs"]
mod nights;
mod warcs;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, Ordering};

use jiff::Timestamp;
use nianbao::audit::origin::HostRules;
use nianbao::pipeline::{BuildError, BuildEvent, BuildOptions, BuildSummary, Readings, build};
use nianbao::store::Store;
use nights::nights;
use warcs::{built, dump, write};

/// Builds until so many records were gone through; `Err` where that stopped it.
fn stopped_after(
    records: usize,
    archive: &Path,
    database: &Path,
    reread: bool,
) -> Result<BuildSummary, BuildError> {
    let stop = AtomicU8::new(0);
    let mut store = Store::open(database).unwrap();
    let options = BuildOptions {
        decisions: nianbao::decisions::Decisions::none(),
        hosts: HostRules::get(),
        readings: Readings::compiled(),
        jobs: std::num::NonZeroUsize::new(2),
        started_at: Timestamp::now(),
        reread,
        stop: Some(&stop),
    };
    let mut left = records;
    build(archive, &mut store, &options, |event| {
        if matches!(event, BuildEvent::Advanced { .. }) {
            left = left.saturating_sub(1);
            if left == 0 {
                stop.store(1, Ordering::Relaxed);
            }
        }
    })
}

/// An archive, and a database of what it was before it was packed anew: a night is gone, one has lost its end.
fn packed_anew(folder: &Path) -> (PathBuf, PathBuf) {
    let archive = folder.join("warc");
    std::fs::create_dir(&archive).unwrap();
    let database = folder.join("before.db");
    let nights = nights();
    let name = |number: usize| format!("night-{number}.warc.gz");
    for number in [5, 0, 1, 2, 3] {
        write(&archive, &name(number), &nights[number].packed());
        built(&archive, &database, false);
    }
    let mut short = warcs::Warc::new();
    short.records = nights[1].records[..1].to_vec();
    write(&archive, &name(1), &short.packed());
    write(&archive, &name(4), &nights[4].packed());
    std::fs::remove_file(archive.join(name(3))).unwrap();
    let mut damaged = nights[2].packed();
    damaged.truncate(damaged.len() - 30);
    write(&archive, &name(2), &damaged);
    (archive, database)
}

#[test]
fn a_stopped_build_of_the_whole_archive_goes_on_and_comes_to_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (archive, before) = packed_anew(folder.path());
    let copy = |name: &str| {
        let path = folder.path().join(name);
        std::fs::copy(&before, &path).unwrap();
        path
    };
    let undisturbed = copy("undisturbed.db");
    let (whole, troubles) = built(&archive, &undisturbed, false);
    assert_eq!((whole.known_bytes, troubles.len()), (0, 1), "{troubles:?}");
    let expected = dump(&undisturbed);
    let (mut stops, mut known) = (0, 0);
    for first in 1..40 {
        let database = copy("stopped.db");
        let Err(error) = stopped_after(first, &archive, &database, false) else {
            break;
        };
        assert!(matches!(error, BuildError::Stopped), "{error}");
        stops += 1;
        // Once more, while it goes on.
        let again = stopped_after(2, &archive, &database, false);
        let (rest, told) = built(&archive, &database, false);
        if again.is_err() {
            assert!(rest.known_bytes >= known, "it never has to do more");
            known = rest.known_bytes;
        }
        assert_eq!(told, troubles, "after {first} records");
        let rows = dump(&database);
        for (one, other) in rows.iter().zip(&expected) {
            assert_eq!(one, other, "after {first} records");
        }
        assert_eq!(rows.len(), expected.len(), "after {first} records");
        // Nothing is left of it: what is new is read, and nothing else.
        let (nothing, _) = built(&archive, &database, false);
        assert!(nothing.outcomes.is_empty(), "{nothing:?}");
    }
    assert!(stops >= 8, "{stops}");
    assert!(known > 0, "none went on");
}

/// The rows of a build that nobody stops.
fn undisturbed(folder: &Path, archive: &Path) -> Vec<String> {
    let database = folder.join("undisturbed.db");
    std::fs::copy(folder.join("before.db"), &database).unwrap();
    built(archive, &database, false);
    dump(&database)
}

/// A copy of what there was before, and a build on it that was stopped.
fn stopped(folder: &Path, archive: &Path) -> PathBuf {
    let database = folder.join("stopped.db");
    std::fs::copy(folder.join("before.db"), &database).unwrap();
    assert!(stopped_after(6, archive, &database, false).is_err());
    database
}

#[test]
fn who_asks_for_all_to_be_read_again_gets_all_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let (archive, _) = packed_anew(folder.path());
    let database = stopped(folder.path(), &archive);
    let (all, _) = built(&archive, &database, true);
    assert_eq!(all.known_bytes, 0);
    assert_eq!(dump(&database), undisturbed(folder.path(), &archive));
}

#[test]
fn a_file_that_changes_meanwhile_has_all_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let (archive, _) = packed_anew(folder.path());
    let database = stopped(folder.path(), &archive);
    // Gone through already, and now another.
    write(&archive, "night-0.warc.gz", &nights()[3].packed());
    let (rest, _) = built(&archive, &database, false);
    assert_eq!(rest.known_bytes, 0);
    assert_eq!(dump(&database), undisturbed(folder.path(), &archive));
}
