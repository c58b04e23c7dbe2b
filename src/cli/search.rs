//! `nianbao search`.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::Write as _;

use anyhow::bail;

use crate::model::{Scope, SectionKind};
use crate::present::visible;
use crate::query::{self, Division, Filter, Found, Hit, SearchOptions, Words};

use super::context::Context;
use super::select::{self, CopiesArg};
use super::{Status, output, words};

const EXAMPLES: &str = "\
A word is searched for as it stands, whatever its length: Chinese needs no spaces. Width, case, spaces and line
ends make no difference; signs and numbers do: 12 is not found in 120.

  公开 答复          both in one section        \"公开。依法\"       a phrase with signs
  公开 OR 答复       one of them                -诉讼             not in the same section
                                       (letters: -\"app\")

Examples:
  nianbao search 信息公开
  nianbao search 答复 --section problems --year 2019..2023
  nianbao search 申请 -诉讼 --agency 云溪市教育局
  nianbao search '\"公开。\" OR 答复' --json
  nianbao search 公开 --count --csv";

/// Search the text of the reports
///
/// Sections that have the words, newest year first, with the passage and the place of the section in the archived bytes.
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches of the command line"
)]
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Words that must all stand in a section; OR, -word, "phrases"
    #[arg(required = true)]
    words: Vec<String>,
    /// Only sections of this kind; may be given several times
    #[arg(long, value_name = "KIND", value_parser = words::section())]
    section: Vec<SectionKind>,
    /// Most sections shown
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(0..=100_000))]
    limit: u32,
    /// Count to the end: without it counting ends with 20000 sections
    #[arg(long)]
    count: bool,
    /// Also what agencies have replaced since
    #[arg(long)]
    all_versions: bool,
    /// One JSON object: sections, reports, exact, copies left out, hits
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// The hits as CSV with a head line (UTF-8, RFC 4180); what is not known is empty
    #[arg(long)]
    csv: bool,
    #[command(flatten)]
    reports: Reports,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Which reports [default: all]")]
struct Reports {
    /// Only agencies of this name or code; where there is none, those whose names contain it
    #[arg(long, value_name = "NAME")]
    agency: Option<String>,
    /// Only agencies of this division and those below it: its code (GB/T 2260), as 32, 3201 or 320100; xpcc, xpcc-08
    #[arg(long, value_name = "CODE")]
    division: Option<Division>,
    /// Only these report years: 2020, 2019..2023, 2019.. or ..2023
    #[arg(long, value_name = "YEARS", value_parser = years)]
    year: Option<(Option<i16>, Option<i16>)>,
    /// Only reports about the agency's own work, or those of a government with all below it
    #[arg(long, value_parser = words::scope())]
    scope: Option<Scope>,
    #[command(flatten)]
    copies: CopiesArg,
}

/// Both ends of a span of years, which are part of it.
fn years(given: &str) -> Result<(Option<i16>, Option<i16>), String> {
    let year = |text: &str| match text.parse() {
        Ok(year) if (1949..=2999).contains(&year) => Ok(year),
        _ => Err(format!("{text:?} is no year between 1949 and 2999")),
    };
    let end = |text: &str| {
        if text.is_empty() {
            Ok(None)
        } else {
            year(text).map(Some)
        }
    };
    match given.split_once("..") {
        None => year(given).map(|year| (Some(year), Some(year))),
        Some(("", "")) => Err("a span has a year on at least one side".into()),
        Some((from, to)) => match (end(from)?, end(to.trim_start_matches('='))?) {
            (Some(from), Some(to)) if from > to => Err(format!("{from} is after {to}")),
            span => Ok(span),
        },
    }
}

/// `-诉讼` and `-"app"` behind the verb, which would pass for options, with the full-width sign that means the same.
pub(super) fn exclusions(given: impl Iterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    let mut is_search = false;
    given.map(move |word| {
        is_search |= word == "search";
        let rest = word.to_str().and_then(|word| word.strip_prefix('-'));
        match rest {
            Some(rest) if is_search && rest.starts_with(|c: char| !c.is_ascii() || c == '"') => {
                format!("－{rest}").into()
            }
            _ => word,
        }
    })
}

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Status> {
    // A word that the shell took the quotation marks off may hold spaces; then it is several words, as typed.
    let asked = Words::parse(&args.words.join(" "))?;
    let opened = context.read()?;
    let store = &opened.store;
    let reports = &args.reports;
    let agency = match &reports.agency {
        None => None,
        Some(name) => Some(select::agency(store, name)?),
    };
    let (from_year, to_year) = reports.year.unwrap_or_default();
    let filter = Filter {
        agency,
        from_year,
        to_year,
        scope: reports.scope,
        copies: reports.copies.copies(),
        ..Filter::default()
    };
    let options = SearchOptions {
        filter,
        division: reports.division.clone(),
        kinds: args.section.clone(),
        all_versions: args.all_versions,
        limit: usize::try_from(args.limit)?,
        offset: 0,
        most: if args.count {
            None
        } else {
            Some(query::MOST_COUNTED)
        },
    };
    let found = match query::search(store, &asked, &options) {
        Ok(found) => found,
        Err(error) => bail!(error),
    };
    if args.json {
        output::print_json([&found])?;
    } else if args.csv {
        write_csv(&found.hits)?;
        output::say(&total(&found));
    } else {
        let bold = output::terminal_width().is_some()
            && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty());
        let mut text = String::new();
        for hit in &found.hits {
            text.push_str(&described(hit, bold));
        }
        text.push_str(&total(&found));
        text.push('\n');
        output::print(&text)?;
    }
    select::say_copies(found.copies_left_out, found.exact);
    Ok(Status::Done)
}

/// How many there are, and whether that is all.
fn total(found: &Found) -> String {
    if found.sections == 0 && found.exact {
        return "nothing found".into();
    }
    let plural = |count: u64, noun: &str| {
        let end = if count == 1 { "" } else { "s" };
        format!("{count} {noun}{end}")
    };
    let (sections, reports) = (
        plural(found.sections, "section"),
        plural(found.reports, "report"),
    );
    let shown = if (found.hits.len() as u64) < found.sections {
        format!("; {} shown", found.hits.len())
    } else {
        String::new()
    };
    if found.exact {
        format!("{sections} of {reports}{shown}")
    } else {
        format!(
            "more than {sections} of {reports}: counting ended there, --count counts all{shown}"
        )
    }
}

/// A hit for people: whose, where, the passage, its proof.
fn described(hit: &Hit, bold: bool) -> String {
    let mut text = String::new();
    let agency = hit
        .agency
        .as_deref()
        .or(hit.agency_code.as_deref())
        .unwrap_or("agency not known");
    let year = hit
        .year
        .map_or_else(|| "year not known".into(), |year| year.to_string());
    let heading = hit
        .heading
        .as_deref()
        .map_or_else(String::new, |heading| format!(" {}", visible(heading)));
    let replaced = if hit.current { "" } else { ", replaced since" };
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "{} {year} ({}), report {}{replaced} · {}{heading}",
        visible(agency),
        hit.scope,
        hit.report_id,
        hit.section
    );
    let _ = writeln!(text, "  {}", marked(hit, bold));
    let part = if hit.part > 0 {
        format!(" of part {}", hit.part)
    } else {
        String::new()
    };
    let _ = writeln!(
        text,
        "  {} bytes {}–{}{part} of sha256 {}\n",
        hit.url
            .as_deref()
            .map_or_else(|| "no address,".into(), visible),
        hit.start_byte,
        hit.end_byte,
        hit.sha256
    );
    text
}

/// The passage with what was searched for in bold, or in 【】 where there is no terminal.
fn marked(hit: &Hit, bold: bool) -> String {
    let (open, close) = if bold {
        ("\x1b[1m", "\x1b[0m")
    } else {
        ("【", "】")
    };
    let mut text = String::new();
    if hit.snippet_start > 0 {
        text.push('…');
    }
    let mut plain = String::new();
    for (at, character) in hit.snippet.chars().chain(std::iter::once('\0')).enumerate() {
        let opens = hit.marks.iter().any(|mark| mark[0] == at);
        let closes = hit.marks.iter().any(|mark| mark[1] == at);
        if opens || closes || character == '\0' {
            text.push_str(&visible(&plain));
            plain.clear();
        }
        if closes {
            text.push_str(close);
        }
        if opens {
            text.push_str(open);
        }
        plain.push(character);
    }
    text
}

fn write_csv(hits: &[Hit]) -> anyhow::Result<()> {
    let mut out = output::stdout();
    {
        let mut csv = csv::Writer::from_writer(&mut out);
        csv.write_record([
            "report_id",
            "agency",
            "agency_code",
            "year",
            "scope",
            "official",
            "version_id",
            "current",
            "section",
            "position",
            "heading",
            "snippet",
            "snippet_start",
            "places",
            "url",
            "sha256",
            "start_byte",
            "end_byte",
            "part",
        ])?;
        for hit in hits {
            csv.write_record([
                &hit.report_id.to_string(),
                hit.agency.as_deref().unwrap_or_default(),
                hit.agency_code.as_deref().unwrap_or_default(),
                &hit.year.map_or_else(String::new, |year| year.to_string()),
                &hit.scope,
                &hit.official,
                &hit.version_id.to_string(),
                &u8::from(hit.current).to_string(),
                &hit.section,
                &hit.position.to_string(),
                hit.heading.as_deref().unwrap_or_default(),
                &hit.snippet,
                &hit.snippet_start.to_string(),
                &hit.places.to_string(),
                hit.url.as_deref().unwrap_or_default(),
                &hit.sha256,
                &hit.start_byte.to_string(),
                &hit.end_byte.to_string(),
                &hit.part.to_string(),
            ])?;
        }
        csv.flush()?;
    }
    out.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_or_refused() {
        assert_eq!(years("2020"), Ok((Some(2020), Some(2020))));
        assert_eq!(years("2019..2023"), Ok((Some(2019), Some(2023))));
        assert_eq!(years("2019.."), Ok((Some(2019), None)));
        assert_eq!(years("..=2023"), Ok((None, Some(2023))));
        for wrong in ["", "..", "2023..2019", "20", "2019-2023", "3000"] {
            assert!(years(wrong).is_err(), "{wrong}");
        }
    }
}
