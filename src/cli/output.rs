//! stdout for data, stderr for people.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, StdoutLock, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use serde::Serialize;

use crate::present::visible;

/// Whether the reader of our output went away (`| head`).
static CLOSED: AtomicBool = AtomicBool::new(false);

/// stdout that remembers when nobody reads it any more.
#[derive(Debug)]
pub(super) struct Pipe(StdoutLock<'static>);

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        noted(self.0.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        noted(self.0.flush())
    }
}

fn noted<T>(result: io::Result<T>) -> io::Result<T> {
    if let Err(error) = &result
        && error.kind() == ErrorKind::BrokenPipe
    {
        CLOSED.store(true, Ordering::Relaxed);
    }
    result
}

/// Where data goes. Flush it at the end: what is left when it is dropped is written unchecked.
pub(super) fn stdout() -> BufWriter<Pipe> {
    BufWriter::new(Pipe(io::stdout().lock()))
}

/// Whether the reader of our output went away.
pub(super) fn is_closed() -> bool {
    CLOSED.load(Ordering::Relaxed)
}

/// Prints text on stdout.
pub(super) fn print(text: &str) -> io::Result<()> {
    let mut out = stdout();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Prints values on stdout, one JSON object a line.
pub(super) fn print_json(values: impl IntoIterator<Item = impl Serialize>) -> io::Result<()> {
    let mut out = stdout();
    for value in values {
        serde_json::to_writer(&mut out, &value)?;
        out.write_all(b"\n")?;
    }
    out.flush()
}

/// A line for people.
pub(super) fn say(line: &str) {
    // Nobody is left to be told that stderr is gone.
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// What went wrong with a file, in the one line that a failure gets.
pub(super) fn failure(path: &Path, why: &str) -> String {
    failure_at(&path.to_string_lossy(), why)
}

/// As [`failure`], for a place that is no file.
pub(super) fn failure_at(place: &str, why: &str) -> String {
    format!("nianbao: {}: {}", visible(place), visible(why))
}

/// An error with its causes, what a cause repeats left out. Causes of several lines stay so.
pub(super) fn explain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = error.source();
    }
    text.truncate(text.trim_end().len());
    text
}

/// Columns of the terminal that stdout is; `None` where it is none.
pub(super) fn terminal_width() -> Option<u16> {
    let (width, _) = terminal_size::terminal_size_of(io::stdout())?;
    Some(width.0.max(40))
}

/// Writes a file beside `path` and puts it in its place when it is whole and on the disk.
pub(super) fn replace<T>(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let name = path.file_name().context("not a file name")?;
    let mut draft = std::ffi::OsString::from(".");
    draft.push(name);
    draft.push(format!(".{}.part", std::process::id()));
    let draft = path.with_file_name(draft);
    let written = File::create_new(&draft)
        .map_err(Into::into)
        .and_then(|file| {
            let mut file = BufWriter::new(file);
            let result = write(&mut file)?;
            file.into_inner()?.sync_all()?;
            fs::rename(&draft, path)?;
            Ok(result)
        });
    if written.is_err() {
        // The reason it failed is what is told.
        let _ = fs::remove_file(&draft);
    }
    written
}

/// Writes a picture, whole or not at all.
pub(super) fn save(path: &Path, picture: &str) -> anyhow::Result<()> {
    replace(path, |file| Ok(file.write_all(picture.as_bytes())?))
        .with_context(|| format!("cannot write {}", path.display()))?;
    say(&format!("wrote {}", path.display()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_told_once() {
        #[derive(Debug, thiserror::Error)]
        #[error("cannot open it: {source}")]
        struct Twice {
            source: io::Error,
        }
        let source = io::Error::new(ErrorKind::NotFound, "not there");
        assert_eq!(explain(&Twice { source }), "cannot open it: not there");
        let error = anyhow::anyhow!("b").context("a");
        assert_eq!(explain(error.as_ref()), "a: b");
    }

    #[test]
    fn a_failure_is_one_line() {
        let line = failure(Path::new("a\nb"), "c\nd");
        assert_eq!(line, "nianbao: a b: c d");
    }

    #[test]
    fn a_file_is_replaced_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        fs::write(&path, "old").unwrap();
        let failed = replace(&path, |file| {
            file.write_all(b"half")?;
            anyhow::bail!("disk full") as anyhow::Result<()>
        });
        assert!(failed.is_err());
        assert_eq!(fs::read(&path).unwrap(), b"old");
        replace(&path, |file| Ok(file.write_all(b"new")?)).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
