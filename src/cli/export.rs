//! `nianbao export`.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::ValueEnum;

use crate::export::{self, Creator, Dataset, MAX_ROWS, What};
use crate::home::DatasetConfig;
use crate::model::{Catalog, FormId};
use crate::query::{self, Filter, Panel};
use crate::store::Store;

use super::context::Context;
use super::select::{self, Selection};
use super::suggest::{ALL_CELLS, did_you_mean, nearest};
use super::{Status, output, words};

const EXAMPLES: &str = "\
Columns of the long panel as CSV and JSON: agency, agency_code, year, scope, form, cell, value, status,
raw, unit, official, published, sha256, url, agency_place. Of --what statistics: agency, agency_code, year, scope, form,
row, id, group, label, head, kind, column_year, value, status, raw, unit, sha256, url,
agency_place.
docs/export.md has the other layouts, and how DuckDB, pandas and Datasette read them.

Examples:
  nianbao export -o panel.csv
  nianbao export --format json --agency 云溪市 --from 2019 | head -3
  nianbao export --form 2021 --cell requests.new@total
  nianbao export --what wide --form 2021 -o form_2021.csv
  nianbao export --format parquet --what series -o series.parquet
  nianbao export --format xlsx -o reports.xlsx
  nianbao export --format datapackage -o package
  nianbao export --format datasette -o datasette";

/// Write reports for other programs: tables, a workbook, a data package, a database to publish
///
/// A missing value is empty or null beside its status, or the word of its status; never 0. The same data give
/// the same bytes.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// What to write
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
    /// Which rows [default: long; for xlsx wide, all forms]
    #[arg(long, value_enum)]
    what: Option<Rows>,
    /// Only cells of this form
    #[arg(long, value_parser = words::form())]
    form: Option<FormId>,
    /// Only this cell (of the long panel)
    #[arg(long, value_name = "CELL")]
    cell: Option<String>,
    /// The same as --what statistics
    #[arg(long, conflicts_with_all = ["cell", "what"])]
    rows: bool,
    /// Write to a file, which is replaced when the export is whole, or for a package to a folder, which must be new [default: stdout, for csv and json]
    #[arg(short, long, visible_alias = "out", value_name = "PATH")]
    output: Option<PathBuf>,
    #[command(flatten)]
    selection: Selection,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// CSV with a head line (UTF-8, RFC 4180)
    Csv,
    /// One JSON object a line
    Json,
    /// Parquet, a table in typed columns
    Parquet,
    /// A workbook: a sheet a form, and a codebook
    Xlsx,
    /// A folder with a Data Package (v2): all tables as CSV, codebooks, where each number stood, citation
    Datapackage,
    /// A folder with the whole database and metadata for Datasette
    Datasette,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Rows {
    /// A row a cell of every report, missing ones with their status
    Long,
    /// A row a report, a column a cell; of one form
    Wide,
    /// A row a point of each series across forms
    Series,
    /// A row a value of the statistics lists of 2008 to 2018 as printed, known to the forms or not
    Statistics,
    /// A row a part of the text
    Narratives,
    /// A row a finding
    Findings,
    /// A row a finding across years, versions and texts, with its evidence
    Watch,
    /// A row a body that reports are of, with its division and level
    Agencies,
    /// A row a name of such a body, and why it is one of its names
    AgencyNames,
    /// A row a predecessor and its successor
    AgencyLinks,
}

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    if let Some(cell) = &args.cell {
        known(cell, args.form)?;
    }
    check(args)?;
    let opened = context.read()?;
    let mut filter = args.selection.filter(&opened.store)?;
    filter.form = args.form;
    filter.cell.clone_from(&args.cell);
    let store = &opened.store;
    match (&args.output, args.format) {
        (None, _) => {
            let mut out = output::stdout();
            let rows = write(args, store, &filter, &mut out)?;
            out.flush()?;
            if rows == 0 {
                output::say("no rows: nothing in the database is asked for by these arguments");
            }
        }
        (Some(path), Format::Csv | Format::Json | Format::Parquet) => {
            let rows = output::replace(path, |file| match args.format {
                Format::Parquet => {
                    let panel = Panel::new(store, &filter);
                    Ok(export::write_parquet(&panel, &what(args)?.alone(), file)?)
                }
                _ => write(args, store, &filter, file),
            })
            .with_context(|| format!("cannot write {}", path.display()))?;
            output::say(&format!("{rows} rows in {}", path.display()));
        }
        (Some(path), Format::Xlsx) => workbook(args, store, &filter, path)?,
        (Some(path), Format::Datapackage) => {
            let dataset = dataset(&opened.home.config().dataset)?;
            let panel = Panel::new(store, &filter);
            let files = export::write_package(&panel, &dataset, path)
                .with_context(|| format!("cannot write {}", path.display()))?;
            let rows: u64 = files.iter().map(|(_, rows)| rows).sum();
            output::say(&format!(
                "{} tables with {rows} rows in {}",
                files.len(),
                path.display()
            ));
            let lacks = dataset.lacks();
            if !lacks.is_empty() {
                output::say(&format!(
                    "not said, so not in its citation: {}; [dataset] of nianbao.toml is the place",
                    lacks.join(", ")
                ));
            }
        }
        (Some(path), Format::Datasette) => {
            let dataset = dataset(&opened.home.config().dataset)?;
            let panel = Panel::new(store, &filter);
            export::write_datasette(&panel, &dataset, path)
                .with_context(|| format!("cannot write {}", path.display()))?;
            let shown = path.display();
            output::say(&format!(
                "see it with: datasette -i {shown}/nianbao.db -m {shown}/metadata.json"
            ));
        }
    }
    // The whole database has the copies too, with their mark.
    if args.format != Format::Datasette {
        select::say_left_out(store, &filter)?;
    }
    Ok(Status::Done)
}

impl Args {
    fn rows(&self) -> Rows {
        match self.what {
            _ if self.rows => Rows::Statistics,
            None if self.format == Format::Xlsx => Rows::Wide,
            None => Rows::Long,
            Some(what) => what,
        }
    }
}

/// Refuses what would be left undone without a word.
fn check(args: &Args) -> anyhow::Result<()> {
    let packed = matches!(args.format, Format::Datapackage | Format::Datasette);
    if args.output.is_none() && !matches!(args.format, Format::Csv | Format::Json) {
        let name = args.format.to_possible_value();
        let name = name
            .as_ref()
            .map_or("this format", |value| value.get_name());
        bail!("{name} is not written to stdout: name a place with -o PATH");
    }
    if packed && (args.what.is_some() || args.rows || args.cell.is_some()) {
        bail!("a package has all tables: leave out --what, --rows and --cell");
    }
    let selection = &args.selection;
    let narrowed = selection.agency.is_some()
        || selection.year.is_some()
        || selection.from.is_some()
        || selection.to.is_some()
        || selection.scope.is_some()
        || args.form.is_some();
    if args.format == Format::Datasette && narrowed {
        bail!(
            "datasette gets the whole database: leave out what narrows the reports, or take another format"
        );
    }
    if args.cell.is_some() && args.rows() != Rows::Long {
        bail!("--cell narrows the long panel only: --what long");
    }
    if args.rows() == Rows::Wide && args.form.is_none() && args.format != Format::Xlsx {
        bail!(
            "a wide table is of one form: --form 2021, for example; or --format xlsx for all forms"
        );
    }
    Ok(())
}

/// CSV or JSON lines.
fn write(args: &Args, store: &Store, filter: &Filter, to: impl Write) -> anyhow::Result<u64> {
    let panel = Panel::new(store, filter);
    Ok(match (args.format, args.rows()) {
        (Format::Json, Rows::Long) => query::export_json(store, filter, to)?,
        (Format::Json, Rows::Statistics) => query::export_rows_json(store, filter, to)?,
        (Format::Json, _) => export::write_json(&panel, &what(args)?.alone(), to)?,
        (_, Rows::Long) => query::export_csv(store, filter, to)?,
        (_, Rows::Statistics) => query::export_rows_csv(store, filter, to)?,
        (_, _) => export::write_csv(&panel, &what(args)?.alone(), to)?,
    })
}

fn what(args: &Args) -> anyhow::Result<What> {
    Ok(match args.rows() {
        Rows::Long => What::Long,
        Rows::Wide => What::Wide(
            args.form
                .context("a wide table is of one form: --form FORM")?,
        ),
        Rows::Series => What::Series,
        Rows::Statistics => What::Statistics,
        Rows::Narratives => What::Narratives,
        Rows::Findings => What::Findings,
        Rows::Watch => What::Watch,
        Rows::Agencies => What::Agencies,
        Rows::AgencyNames => What::AgencyNames,
        Rows::AgencyLinks => What::AgencyLinks,
    })
}

fn workbook(args: &Args, store: &Store, filter: &Filter, path: &Path) -> anyhow::Result<()> {
    let panel = Panel::new(store, filter);
    let mut tables = Vec::new();
    if args.rows() == Rows::Wide {
        tables.extend(
            panel
                .forms()?
                .into_iter()
                .map(|form| What::Wide(form).alone()),
        );
        tables.extend([
            What::Reports.alone(),
            What::Agencies.alone(),
            What::Watch.alone(),
        ]);
    } else {
        tables.push(what(args)?.alone());
    }
    tables.extend([What::Codebook.alone(), What::Statuses.alone()]);
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let book = output::replace(path, |file| {
        Ok(export::write_xlsx(&panel, &tables, file, folder, MAX_ROWS)?)
    })
    .with_context(|| format!("cannot write {}", path.display()))?;
    output::say(&format!(
        "{} rows in {} sheets in {}",
        book.rows,
        tables.len(),
        path.display()
    ));
    for (name, sheets) in &book.split {
        output::say(&format!(
            "{name} has more rows than a sheet of Excel holds: it goes on over {sheets} sheets"
        ));
    }
    if book.as_text > 0 {
        output::say(&format!(
            "{} numbers of more than 15 digits are written as text, for Excel would round them",
            book.as_text
        ));
    }
    if book.cut > 0 {
        output::say(&format!(
            "{} texts are longer than a cell of Excel and were cut: take csv or parquet for them",
            book.cut
        ));
    }
    Ok(())
}

/// What the operator says of the data set.
fn dataset(config: &DatasetConfig) -> anyhow::Result<Dataset> {
    if let Some(name) = &config.name {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-._".contains(c);
        if name.is_empty() || !name.chars().all(fits) {
            bail!(
                "[dataset] name in nianbao.toml: lower case letters, digits, '.', '_' and '-' only, not {name:?}"
            );
        }
    }
    let doi = config.doi.as_ref().map(|doi| {
        let bare = doi.trim_start_matches("https://doi.org/");
        bare.trim_start_matches("doi:").to_owned()
    });
    Ok(Dataset {
        name: config.name.clone(),
        title: config.title.clone(),
        description: config.description.clone(),
        version: config.version.clone(),
        doi,
        publisher: config.publisher.clone(),
        publication_year: config.publication_year,
        license: config.license.clone(),
        license_url: config.license_url.clone(),
        homepage: config.homepage.clone(),
        creators: config
            .creators
            .iter()
            .map(|one| Creator {
                name: one.name.clone(),
                orcid: one.orcid.clone(),
                affiliation: one.affiliation.clone(),
            })
            .collect(),
        keywords: config.keywords.clone(),
    })
}

/// Refuses a cell that no form, or the form asked for, has: an export of nothing would pass for an answer.
fn known(cell: &str, form: Option<FormId>) -> anyhow::Result<()> {
    let catalog = Catalog::get();
    let cells = |form: Option<FormId>| {
        let all = catalog.indicators.iter();
        let of_form = all.filter(move |one| form.is_none_or(|form| one.form == form));
        of_form.map(|one| one.cell.as_str())
    };
    if cells(form).any(|known| known == cell) {
        return Ok(());
    }
    let near = did_you_mean(&nearest(cell, cells(form)));
    let Some(form) = form else {
        bail!("no form has a cell {cell:?}{near} ({ALL_CELLS})");
    };
    let others: Vec<&str> = FormId::ALL
        .into_iter()
        .filter(|other| cells(Some(*other)).any(|known| known == cell))
        .map(FormId::as_str)
        .collect();
    if others.is_empty() {
        bail!("the form of {form} has no cell {cell:?}{near} ({ALL_CELLS})");
    }
    bail!(
        "the form of {form} has no cell {cell:?}, that of {} has: --form {}{near}",
        others.join(" and "),
        others[0]
    );
}
