//! Proposals judged by the bytes: is the page wrong, or our reading of it?
//!
//! Every cell that a proposal would change is cut out of the payload and read again on its own, then once more with
//! all that stands in its table cell. Changes nothing but the proposals' [`Fault`].

use memchr::{memchr, memrchr};

use crate::decode::{self, Decoded};
use crate::model::{ByteRange, CellStatus, Decimal, Fault, Observation, Proposal, ProposedChange};
use crate::normalize::number::read_cell;
use crate::parse;

/// How far the ends of a table cell are looked for, in bytes.
const REACH: usize = 2_048;

/// A payload that cells are cut from.
struct Page<'p> {
    bytes: &'p [u8],
    charset: &'static str,
    is_html: bool,
}

/// Sets the fault of each proposal.
pub(super) fn judge(
    proposals: &mut [Proposal],
    observations: &[Observation],
    decoded: &Decoded<'_>,
    bytes: &[u8],
    is_html: bool,
) {
    let page = Page {
        bytes,
        charset: decoded.charset,
        is_html,
    };
    for proposal in proposals {
        let mut faults = proposal.changes.iter().map(|change| {
            let mut all = observations.iter();
            let observation = all.find(|one| one.indicator == change.indicator);
            observation.map_or(Fault::Unknown, |one| page.fault(one, change))
        });
        proposal.fault = faults
            .try_fold(Fault::Page, |whole, fault| match fault {
                Fault::Reading => Err(Fault::Reading),
                Fault::Unknown => Ok(Fault::Unknown),
                Fault::Page => Ok(whole),
            })
            .unwrap_or_else(|reading| reading);
    }
}

impl Page<'_> {
    fn fault(&self, observation: &Observation, change: &ProposedChange) -> Fault {
        let in_payload = |range: &ByteRange| range.part == 0;
        let range = observation.source.map(|source| source.bytes);
        let Some(range) = range.filter(in_payload) else {
            return Fault::Unknown;
        };
        let Some(again) = range.slice(self.bytes).and_then(|cut| self.text(cut)) else {
            return Fault::Unknown;
        };
        if squeeze(&again) != squeeze(&observation.raw)
            || !reads_as(&again, observation.status, observation.value)
        {
            return Fault::Reading;
        }
        let Some(around) = self.around(range).and_then(|cut| self.text(cut)) else {
            return Fault::Page;
        };
        if squeeze(&around) == squeeze(&again) {
            return Fault::Page;
        }
        // More stands in the cell than was taken: perhaps the rest of the number.
        let joined = squeeze(&around);
        if change.proposed.is_some() && reads_as(&joined, CellStatus::Number, change.proposed) {
            return Fault::Reading;
        }
        if joined.chars().filter(|c| c.is_numeric()).count()
            == again.chars().filter(|c| c.is_numeric()).count()
        {
            return Fault::Page;
        }
        Fault::Unknown
    }

    /// Some of the payload as text; `None` where its charset cannot be told by a tag.
    fn text(&self, cut: &[u8]) -> Option<String> {
        if !self.is_html {
            let content_type = format!("text/plain; charset={}", self.charset);
            return Some(decode::decode(cut, Some(&content_type)).text.into_owned());
        }
        if self.charset.starts_with("UTF-16") {
            return None;
        }
        let mut page = format!("<meta charset={}><p>", self.charset).into_bytes();
        page.extend_from_slice(cut);
        let content_type = format!("text/html; charset={}", self.charset);
        let decoded = decode::decode(&page, Some(&content_type));
        Some(parse::parse_html(&decoded).text.clone())
    }

    /// What stands in the table cell that a range lies in; `None` where its ends are not near.
    fn around(&self, range: ByteRange) -> Option<&[u8]> {
        let (start, end) = (range.start as usize, range.end as usize);
        if !self.is_html {
            return None;
        }
        let low = start.saturating_sub(REACH);
        let high = self.bytes.len().min(end.saturating_add(REACH));
        // `<` and `>` are no part of another character in any charset read here.
        let before = self.bytes.get(low..start)?;
        let mut until = before.len();
        let opened = loop {
            let at = memrchr(b'<', &before[..until])?;
            if is_cell_tag(&before[at + 1..]) {
                break at;
            }
            until = at;
        };
        let inside = low + opened + memchr(b'>', &before[opened..])? + 1;
        let behind = self.bytes.get(end..high)?;
        let mut from = 0;
        let closed = loop {
            let at = from + memchr(b'<', &behind[from..])?;
            let tag = &behind[at + 1..];
            if is_cell_tag(tag.strip_prefix(b"/").unwrap_or(tag)) {
                break end + at;
            }
            from = at + 1;
        };
        self.bytes.get(inside..closed)
    }
}

/// Whether a tag's name is one that begins or ends a cell.
fn is_cell_tag(tag: &[u8]) -> bool {
    let names: [&[u8]; 4] = [b"td", b"th", b"tr", b"table"];
    names.iter().any(|name| {
        tag.get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name))
            && tag
                .get(name.len())
                .is_none_or(|next| !next.is_ascii_alphanumeric())
    })
}

fn reads_as(text: &str, status: CellStatus, value: Option<Decimal>) -> bool {
    let read = read_cell(text);
    read.status == status && read.value == value
}

fn squeeze(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Catalog, Cause, Confidence, Source};

    /// The fault found for the cell at `cut` of `page`, read as `raw`, for which 12 is proposed.
    fn fault(page: &str, cut: &str, raw: &str) -> Fault {
        let start = page.find(cut).unwrap();
        let bytes = ByteRange::new(
            u32::try_from(start).unwrap(),
            u32::try_from(start + cut.len()).unwrap(),
        );
        let read = read_cell(raw);
        let observation = Observation {
            indicator: Catalog::get().indicators[0].id,
            value: read.value,
            status: read.status,
            raw: raw.into(),
            unit: None,
            source: Some(Source {
                table: Some(0),
                row: 0,
                column: 0,
                bytes,
            }),
        };
        let mut proposals = [Proposal {
            cause: Cause::Replaced,
            fault: Fault::Unknown,
            confidence: Confidence::Medium,
            unique: true,
            changes: vec![ProposedChange {
                indicator: observation.indicator,
                printed: observation.value,
                proposed: Some(Decimal::integer(12)),
                source: observation.source,
            }],
            identities: vec![],
            alternatives: 1,
            message: String::new(),
        }];
        let decoded = decode::decode(page.as_bytes(), Some("text/html; charset=utf-8"));
        judge(
            &mut proposals,
            &[observation],
            &decoded,
            page.as_bytes(),
            true,
        );
        proposals[0].fault
    }

    #[test]
    fn the_bytes_say_whose_fault_it_is() {
        for (page, cut, raw, want) in [
            ("<td>11</td>", "11", "11", Fault::Page),
            (
                "<td><p>1<b>1</b></p></td><td>2</td>",
                "1<b>1</b>",
                "11",
                Fault::Page,
            ),
            ("<td>\n 11 <!-- 2 --></td>", "11", "11", Fault::Page),
            // Another number stands there.
            ("<td>12</td>", "12", "11", Fault::Reading),
            ("<td></td>", "", "11", Fault::Reading),
            // Only a part of the number was taken.
            (
                "<td><span>1</span><span>2</span></td>",
                "1",
                "1",
                Fault::Reading,
            ),
            ("<TD class=x>1<br>7</TD>", "1", "1", Fault::Unknown),
            ("<td>11件</td>", "11", "11", Fault::Page),
        ] {
            assert_eq!(fault(page, cut, raw), want, "{page}");
        }
        let far = format!("<td>{}11</td>", "<!---->".repeat(400));
        assert_eq!(fault(&far, "11", "11"), Fault::Page);
    }
}
