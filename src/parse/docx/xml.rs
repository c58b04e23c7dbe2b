//! The elements and texts of a member, with their bytes.
//!
//! In: XML in UTF-8. Out: elements opened and closed, runs of text, in order. The prefix of the word processing
//! namespace is taken off names, whatever it is; others stay.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event as Raw};

use crate::parse::xml_reference;

/// Namespaces of word processing: transitional and strict.
const SPACES: [&str; 2] = [
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
];

/// Something in the source, from `start` to `end`.
#[derive(Debug)]
pub(super) enum Event<'x> {
    Open(Element<'x>),
    /// The name of the element that ends, and where its end tag begins.
    Close(String, u32),
    /// Text as written, references resolved.
    Text {
        text: String,
        start: u32,
        end: u32,
    },
}

/// An element that begins.
#[derive(Debug)]
pub(super) struct Element<'x> {
    pub(super) name: String,
    /// Behind its start tag.
    pub(super) end: u32,
    tag: BytesStart<'x>,
}

impl Element<'_> {
    /// An attribute by its name without prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        self.tag.attributes().flatten().find_map(|attribute| {
            let key = attribute.key.local_name();
            let same = key.as_ref() == name;
            same.then(|| attribute.value.into_owned())
        })
    }

    /// `w:val`.
    pub(super) fn value(&self) -> Option<String> {
        self.attribute("val")
    }

    /// A switch is on unless its value says otherwise.
    pub(super) fn is_on(&self) -> bool {
        let value = self.value();
        !matches!(value.as_deref(), Some("0" | "false" | "off"))
    }
}

/// Reads a member.
#[derive(Debug)]
pub(super) struct Events<'x> {
    reader: Option<Reader<&'x [u8]>>,
    /// Bytes before the text: a byte order mark.
    skipped: u32,
    prefix: Option<String>,
}

impl<'x> Events<'x> {
    pub(super) fn new(member: &'x [u8]) -> Self {
        let plain = member.strip_prefix(b"\xef\xbb\xbf").unwrap_or(member);
        let skipped = u32::try_from(member.len() - plain.len()).unwrap_or(0);
        let reader = std::str::from_utf8(plain).ok().map(|text| {
            let mut reader = Reader::from_str(text);
            reader.config_mut().expand_empty_elements = true;
            reader
        });
        Self {
            reader,
            skipped,
            prefix: None,
        }
    }

    fn at(&self) -> u32 {
        let at = self.reader.as_ref().map_or(0, Reader::buffer_position);
        u32::try_from(at)
            .unwrap_or(u32::MAX)
            .saturating_add(self.skipped)
    }

    /// What comes next; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Event<'x>>, String> {
        loop {
            let start = self.at();
            let Some(reader) = &mut self.reader else {
                return Err("the text is not UTF-8".into());
            };
            let raw = reader.read_event().map_err(|error| error.to_string())?;
            let end = self.at();
            match raw {
                Raw::Start(tag) | Raw::Empty(tag) => {
                    self.look_for_prefix(&tag);
                    let name = self.short(tag.name().as_ref());
                    return Ok(Some(Event::Open(Element { name, end, tag })));
                }
                Raw::End(tag) => {
                    let name = self.short(tag.name().as_ref());
                    return Ok(Some(Event::Close(name, start)));
                }
                Raw::Text(text) => {
                    let text = text.to_string();
                    return Ok(Some(Event::Text { text, start, end }));
                }
                Raw::CData(text) => {
                    let text = text.to_string();
                    return Ok(Some(Event::Text { text, start, end }));
                }
                Raw::GeneralRef(reference) => {
                    if let Some(character) = xml_reference(&reference) {
                        let text = character.to_string();
                        return Ok(Some(Event::Text { text, start, end }));
                    }
                }
                Raw::Eof => return Ok(None),
                _ => {}
            }
        }
    }

    fn look_for_prefix(&mut self, tag: &BytesStart<'_>) {
        if self.prefix.is_some() {
            return;
        }
        for attribute in tag.attributes().flatten() {
            if SPACES.contains(&attribute.value.as_ref()) {
                let key: &str = attribute.key.as_ref();
                self.prefix = Some(match key.strip_prefix("xmlns:") {
                    Some(prefix) => format!("{prefix}:"),
                    None => String::new(),
                });
            }
        }
    }

    fn short(&self, name: &str) -> String {
        let prefix = self.prefix.as_deref().unwrap_or_default();
        name.strip_prefix(prefix).unwrap_or(name).to_owned()
    }
}
