//! Commands that cut a cell's bytes out of the archive, so that nobody has to believe this program.

use std::fmt::Write as _;
use std::path::Path;

use crate::decode::{self, Media};
use crate::pipeline::Fetched;
use crate::query::CaptureLine;

use super::{Found, PAGE};

/// For a shell in the home's folder: our own command, and one of the system's where the record has the page as it is.
pub(super) fn of(
    found: &Found,
    capture: &CaptureLine,
    fetched: &Fetched,
    cell: &str,
) -> Vec<String> {
    let report = &found.report;
    let mut commands = Vec::new();
    if let (Some(agency), Some(year)) = (&report.agency.name, report.year) {
        let mut command = format!(
            "nianbao show {} {year} --scope {}",
            quoted(agency),
            report.scope.as_str()
        );
        if cell != PAGE {
            let cell = cell.rsplit(':').next().unwrap_or(cell);
            // Writing to a String cannot fail.
            let _ = write!(command, " --cell {}", quoted(cell));
        }
        commands.push(command);
    }
    let (Some(file), Some(offset), Some(length)) = (&capture.file, capture.offset, capture.length)
    else {
        return commands;
    };
    let mut command = format!(
        "tail -c +{} {} | head -c {length}",
        offset + 1,
        quoted(&format!("warc/{file}"))
    );
    if Path::new(file)
        .extension()
        .is_some_and(|ending| ending == "gz")
    {
        command.push_str(" | gunzip");
    }
    // In a PDF or DOCX the bytes count in what is unpacked.
    let media = decode::media(&fetched.page, capture.content_type.as_deref());
    let is_plain = found.place.is_none_or(|place| place.part == 0)
        && matches!(media, Media::Html | Media::Text);
    if let Some(place) = fetched.place.filter(|_| is_plain) {
        let start = found.place.map_or(0, |bytes| bytes.start as usize);
        let first = place.before + start + 1;
        let _ = write!(command, " | LC_ALL=C sed '1,/^\\r$/d' | tail -c +{first}");
        if let Some(bytes) = found.place {
            let length = bytes.end.saturating_sub(bytes.start);
            let _ = write!(command, " | head -c {length}");
        }
    }
    commands.push(command);
    commands
}

/// As one word of a shell.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./@".contains(c);
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_name_is_read_by_a_shell() {
        for (text, want) in [
            ("云溪市教育局", "云溪市教育局"),
            ("a b", "'a b'"),
            ("$(x)'; rm", "'$(x)'\\''; rm'"),
            ("-x", "'-x'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(text), want);
        }
    }
}
