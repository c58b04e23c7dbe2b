//! What kind of file a payload is.
//!
//! In: bytes and `Content-Type`. Out: [`Media`]. Bytes decide; the header only tells text from HTML where
//! they leave it open. Never reads more than the first part of the payload.

/// What a payload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Media {
    /// A page.
    Html,
    /// Plain text.
    Text,
    /// PDF.
    Pdf,
    /// A ZIP archive: DOCX, OFD, WACZ.
    Zip,
    /// A compound file: DOC, XLS, an encrypted DOCX.
    Ole,
    /// RTF.
    Rtf,
    /// A page with its pictures in one file, as mail is.
    Mhtml,
    /// A raster image.
    Image,
    /// Empty, or anything else.
    Unknown,
}

/// How much is looked at.
const SNIFF_BYTES: usize = 65_536;

/// How far into a file the PDF header may stand (ISO 32000-1, annex H.3.4.1).
const PDF_HEADER_BYTES: usize = 1024;

/// How much is looked at for control characters.
const CONTROL_BYTES: usize = 8192;

/// One control character in this many bytes makes a file binary.
const CONTROL_SHARE: usize = 64;

/// Elements whose tags make a text HTML.
const TAGS: [&[u8]; 20] = [
    b"!doctype",
    b"html",
    b"head",
    b"body",
    b"title",
    b"meta",
    b"script",
    b"style",
    b"div",
    b"p",
    b"table",
    b"tr",
    b"td",
    b"span",
    b"br",
    b"a",
    b"h1",
    b"h2",
    b"font",
    b"center",
];

/// The kind of a payload, by its first bytes.
pub fn media(bytes: &[u8], content_type: Option<&str>) -> Media {
    let head = &bytes[..bytes.len().min(SNIFF_BYTES)];
    if let Some(known) = by_magic(head) {
        return known;
    }
    let wide = head.starts_with(b"\xFF\xFE")
        || head.starts_with(b"\xFE\xFF")
        || matches!(
            head,
            [b'<', 0, 1..=0xFF, 0, ..] | [0, b'<', 0, 1..=0xFF, ..]
        );
    let narrowed: Vec<u8>;
    let head = if wide {
        narrowed = head.iter().copied().filter(|byte| *byte != 0).collect();
        narrowed.as_slice()
    } else {
        head
    };
    let start = &head[..head.len().min(CONTROL_BYTES)];
    // Counts that fit a byte, so that many bytes are looked at in one step.
    let is_control = |byte: &u8| matches!(byte, 0..=8 | 0x0B | 0x0E..=0x1A | 0x1C..=0x1F);
    let controls: usize = start
        .chunks(255)
        .map(|chunk| chunk.iter().map(|byte| u8::from(is_control(byte))).sum())
        .map(|count: u8| usize::from(count))
        .sum();
    // Half of a Chinese UTF-16 character is any byte.
    let binary = !wide && controls > start.len() / CONTROL_SHARE;
    if head.trim_ascii().is_empty() || binary {
        return Media::Unknown;
    }
    let plain = content_type.is_some_and(|value| {
        let essence = value.split(';').next().unwrap_or_default();
        essence.trim().eq_ignore_ascii_case("text/plain")
    });
    // A text file may quote a tag, but does not start with one.
    let place = if plain {
        &head[..head.len().min(512)]
    } else {
        head
    };
    if has_tag(place) {
        Media::Html
    } else {
        Media::Text
    }
}

fn by_magic(head: &[u8]) -> Option<Media> {
    const MAGIC: [(&[u8], Media); 10] = [
        (b"{\\rtf", Media::Rtf),
        (b"PK\x03\x04", Media::Zip),
        (b"PK\x05\x06", Media::Zip),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Media::Ole),
        (b"\x89PNG\r\n\x1A\n", Media::Image),
        (b"\xFF\xD8\xFF", Media::Image),
        (b"GIF87a", Media::Image),
        (b"GIF89a", Media::Image),
        (b"II*\0", Media::Image),
        (b"MM\0*", Media::Image),
    ];
    if let Some((_, media)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(*media);
    }
    let riff = head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP");
    let bitmap = head.starts_with(b"BM") && head.get(6..10) == Some(&[0; 4]);
    if riff || bitmap {
        return Some(Media::Image);
    }
    let start = &head[..head.len().min(PDF_HEADER_BYTES)];
    let mail = [&b"MIME-Version:"[..], b"multipart/related"];
    if mail
        .iter()
        .all(|word| memchr::memmem::find(start, word).is_some())
        && !has_tag(start)
    {
        return Some(Media::Mhtml);
    }
    let pdf = memchr::memmem::find(start, b"%PDF-")?;
    // A page that mentions the header has a tag before it.
    (!has_tag(&start[..pdf])).then_some(Media::Pdf)
}

fn has_tag(text: &[u8]) -> bool {
    memchr::memchr_iter(b'<', text).any(|at| {
        let rest = &text[at + 1..];
        let rest = rest.strip_prefix(b"/").unwrap_or(rest);
        TAGS.iter().any(|tag| {
            rest.len() > tag.len()
                && rest[..tag.len()].eq_ignore_ascii_case(tag)
                && matches!(rest[tag.len()], b' ' | b'\t' | b'\n' | b'\r' | b'/' | b'>')
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_by_bytes() {
        let wide: Vec<u8> = "\u{feff}<html><p>年报"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let cases: [(&[u8], Option<&str>, Media); 18] = [
            (b"{\\rtf1\\ansi", Some("application/msword"), Media::Rtf),
            (
                b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n",
                None,
                Media::Mhtml,
            ),
            (b"", None, Media::Unknown),
            (b"  \n", None, Media::Unknown),
            (&[0; 4096], Some("text/html"), Media::Unknown),
            (b"%PDF-1.4\n", Some("text/html"), Media::Pdf),
            (b"\n\n%PDF-1.4\n", None, Media::Pdf),
            (b"<p>%PDF-1.4</p>", None, Media::Html),
            (b"PK\x03\x04....", None, Media::Zip),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", None, Media::Ole),
            (b"\x89PNG\r\n\x1A\n", None, Media::Image),
            (b"\xFF\xD8\xFF\xE0", None, Media::Image),
            (b"<!DOCTYPE html><html>", None, Media::Html),
            ("一、总体情况".as_bytes(), Some("text/html"), Media::Text),
            ("年报\n 1 < 2, 3 <4".as_bytes(), None, Media::Text),
            (
                "<TABLE\nborder=1>".as_bytes(),
                Some("text/plain"),
                Media::Html,
            ),
            (b"\x81\x00\x02\x03\x05\x81\x81", None, Media::Unknown),
            (&wide, None, Media::Html),
        ];
        for (bytes, content_type, want) in cases {
            let shown = String::from_utf8_lossy(bytes);
            assert_eq!(media(bytes, content_type), want, "{shown:?}");
        }
    }
}
