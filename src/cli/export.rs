//! `nianbao export`.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::ValueEnum;

use crate::model::{Catalog, FormId};
use crate::query::{self, Filter, QueryError};
use crate::store::Store;

use super::context::Context;
use super::select::{self, Selection};
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
        select::say_left_out(&opened.store, &filter)?;
        return Ok(Status::Done);
    };
    let rows = output::replace(path, |file| {
        Ok(args.format.write(args.rows, &opened.store, &filter, file)?)
    })
    .with_context(|| format!("cannot write {}", path.display()))?;
    output::say(&format!("{rows} rows in {}", path.display()));
    select::say_left_out(&opened.store, &filter)?;
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
