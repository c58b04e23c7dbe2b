//! `nianbao export`.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::ValueEnum;

use crate::model::{Catalog, FormId};
use crate::query::{self, Filter, QueryError};
use crate::store::Store;

use super::context::Context;
use super::select::Selection;
use super::suggest::{did_you_mean, near};
use super::{Status, output, words};

const EXAMPLES: &str = "\
Columns: agency, agency_code, year, scope, form, cell, value, status, raw, unit, official,
published, sha256, url.
Of --rows: agency, agency_code, year, scope, form, row, id, group, label, head, kind, column_year,
value, status, raw, unit, sha256, url.

Examples:
  nianbao export -o panel.csv
  nianbao export --format json --agency 云溪市 --from 2019 | head -3
  nianbao export --form 2021 --cell requests.new@total
  nianbao export --rows --to 2018 -o rows.csv";

/// Write the long panel: a row a cell of every report, missing ones with their status
///
/// A missing value is empty, never 0.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// csv with a head line (UTF-8, RFC 4180), or json with one object a line
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
    /// Only cells of this form
    #[arg(long, value_parser = words::form())]
    form: Option<FormId>,
    /// Only this cell
    #[arg(long, value_name = "CELL")]
    cell: Option<String>,
    /// The rows of statistics lists (2008 to 2018) as printed instead: all labels and columns, known to the forms or not
    #[arg(long, conflicts_with = "cell")]
    rows: bool,
    /// Write to a file, which is replaced when the export is whole [default: stdout]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    selection: Selection,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Csv,
    Json,
}

impl Format {
    fn write(
        self,
        rows: bool,
        store: &Store,
        filter: &Filter,
        to: impl Write,
    ) -> Result<u64, QueryError> {
        match (self, rows) {
            (Self::Csv, false) => query::export_csv(store, filter, to),
            (Self::Json, false) => query::export_json(store, filter, to),
            (Self::Csv, true) => query::export_rows_csv(store, filter, to),
            (Self::Json, true) => query::export_rows_json(store, filter, to),
        }
    }
}

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    if let Some(cell) = &args.cell {
        known(cell)?;
    }
    let opened = context.read()?;
    let mut filter = args.selection.filter(&opened.store)?;
    filter.form = args.form;
    filter.cell.clone_from(&args.cell);
    let Some(path) = &args.output else {
        let mut out = output::stdout();
        args.format
            .write(args.rows, &opened.store, &filter, &mut out)?;
        out.flush()?;
        return Ok(Status::Done);
    };
    let rows = replace(path, |file| {
        Ok(args.format.write(args.rows, &opened.store, &filter, file)?)
    })
    .with_context(|| format!("cannot write {}", path.display()))?;
    output::say(&format!("{rows} rows in {}", path.display()));
    Ok(Status::Done)
}

/// Refuses a cell that no form has: an export of nothing would pass for an answer.
fn known(cell: &str) -> anyhow::Result<()> {
    let cells = || {
        Catalog::get()
            .indicators
            .iter()
            .map(|one| one.cell.as_str())
    };
    if cells().any(|known| known == cell) {
        return Ok(());
    }
    bail!(
        "no form has a cell {cell:?}{}",
        did_you_mean(&near(cell, cells()))
    );
}

/// Writes a file beside `path` and puts it in its place when it is whole and on the disk.
fn replace<T>(
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

#[cfg(test)]
mod tests {
    use super::*;

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
