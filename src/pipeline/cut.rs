//! Pages that were cut off when they were fetched: what may not be whole in them is `unreadable`, never a number. Pure.

use memchr::{memchr, memrchr};

use crate::model::{CellStatus, Code, Finding, Report, Source};

/// Marks a report read from the first part of a page. `bytes` are those its places count in.
pub(super) fn mark(report: &mut Report, bytes: &[u8], reason: &str) {
    let unpacked = !report.provenance.parts.is_empty();
    // The row a page ends in may lack digits, cells, or the words that make it another row.
    let row = last_tag(bytes, &["tr", "/tr"]).or_else(|| last_tag(bytes, &["/div", "/li", "/dd"]));
    let row = row.unwrap_or_else(|| last_line(bytes));
    let doubtful = |source: Option<Source>| {
        !unpacked && source.is_none_or(|source| source.bytes.end as usize > row)
    };
    for one in &mut report.observations {
        if one.status.is_absent() || doubtful(one.source) {
            one.status = CellStatus::Unreadable;
            one.value = None;
        }
    }
    for cell in report.statistics.iter_mut().flat_map(|row| &mut row.cells) {
        if doubtful(cell.source) {
            cell.status = CellStatus::Unreadable;
            cell.value = None;
        }
    }
    let block = ["p", "/p", "br", "div", "/div", "tr", "/tr", "li", "/li"];
    let paragraph = last_tag(bytes, &block).unwrap_or_else(|| last_line(bytes));
    let whole = report
        .mentions
        .iter()
        .position(|mention| !unpacked && mention.bytes.end as usize > paragraph);
    if let Some(whole) = whole {
        report.mentions.truncate(whole);
    }
    let absences = [Code::TableAbsent, Code::RowsAbsent, Code::SectionMissing];
    report
        .findings
        .retain(|finding| !absences.contains(&finding.code));
    report.findings.push(Finding::new(
        Code::CaptureTruncated,
        "",
        format!("the page was cut off when it was fetched ({reason}); what is missing is unreadable, not absent"),
    ));
}

/// Where the last tag of one of these names begins; `None` where the bytes have none.
fn last_tag(bytes: &[u8], names: &[&str]) -> Option<usize> {
    let mut until = bytes.len();
    loop {
        let at = memrchr(b'<', &bytes[..until])?;
        let tag = &bytes[at + 1..];
        let is_one = names.iter().any(|name| {
            let start = tag.get(..name.len());
            let after = tag.get(name.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()))
                && after.is_some_and(|byte| !byte.is_ascii_alphanumeric())
        });
        if is_one {
            return Some(at);
        }
        until = at;
    }
}

/// Where the last line begins, of text without tags; 0 where a tag says that there is more to it.
fn last_line(bytes: &[u8]) -> usize {
    if memchr(b'<', bytes).is_some() {
        return 0;
    }
    memrchr(b'\n', bytes).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_row_is_where_its_tag_begins() {
        for (bytes, want) in [
            ("<tr><td>1<td>2</tr><tr><td>1", Some(19)),
            ("<TR ><td>1</TR>\n<td>1<", Some(10)),
            ("<track>1", None),
        ] {
            assert_eq!(last_tag(bytes.as_bytes(), &["tr", "/tr"]), want, "{bytes}");
        }
        assert_eq!(last_line(b"a\nb"), 1);
        assert_eq!(last_line(b"<p>a\nb"), 0);
    }
}
