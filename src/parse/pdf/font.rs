//! Fonts: character codes → text and widths.
//!
//! In: a font dictionary. Out: for each code its text, by `ToUnicode`, else by the character collection or the
//! encoding; and how far it advances. A code without text is U+FFFD, never a guess from the outline.

use std::cell::OnceCell;
use std::collections::HashMap;

use hayro_cmap::{BfString, CMap, CMapName, CidFamily, load_embedded};
use hayro_syntax::object::{Array, Dict, Name, Object, Stream};

use super::names;
use super::stream;

/// Most single widths of a font that are kept; the largest character collections have 30,000.
const MAX_WIDTHS: usize = 70_000;
/// Most bytes of a character map, decoded.
const MAX_CMAP: usize = 4 << 20;

/// One code of a string.
#[derive(Debug, Clone, Copy)]
pub(super) struct Code {
    value: u32,
    /// How many bytes it takes.
    pub(super) bytes: usize,
}

/// A font ready for reading strings.
#[derive(Debug)]
pub(super) struct Font {
    to_unicode: Option<CMap>,
    kind: Kind,
    widths: HashMap<u32, f32>,
    /// Of codes not in `widths`, in ems.
    default_width: f32,
    /// Type 3 fonts measure in units of their own.
    unit: f32,
    /// Text by code, for codes already asked for.
    known: HashMap<u32, Option<Box<str>>>,
}

#[derive(Debug)]
enum Kind {
    /// One byte a code; what the encoding says of each.
    Simple(Box<[Option<char>; 256]>),
    /// Codes by a character map.
    Composite {
        map: Box<CMap>,
        /// The shortest code.
        shortest: u8,
        /// From character numbers to text, where the collection is known; loaded when first asked.
        collection: Option<CMapName<'static>>,
        loaded: OnceCell<Option<Box<CMap>>>,
    },
}

impl Font {
    pub(super) fn new(dict: &Dict<'_>) -> Self {
        let to_unicode = dict
            .get::<Stream<'_>>("ToUnicode")
            .and_then(|map| character_map(&map));
        let subtype = dict.get::<Name<'_>>("Subtype");
        let composite = (subtype.as_deref() == Some(b"Type0"))
            .then(|| composite(dict))
            .flatten();
        if let Some((kind, widths, default_width)) = composite {
            return Self {
                to_unicode,
                kind,
                widths,
                default_width,
                unit: 0.001,
                known: HashMap::new(),
            };
        }
        let type3 = subtype.as_deref() == Some(b"Type3");
        let unit = dict
            .get::<Array<'_>>("FontMatrix")
            .filter(|_| type3)
            .and_then(|matrix| matrix.iter::<f32>().next())
            .unwrap_or(0.001);
        let (widths, default_width) = simple_widths(dict);
        Self {
            to_unicode,
            kind: Kind::Simple(Box::new(names::encoding(dict))),
            widths,
            default_width,
            unit,
            known: HashMap::new(),
        }
    }

    /// The first code of a string; `None` of an empty one.
    pub(super) fn first(&self, string: &[u8]) -> Option<Code> {
        let first = *string.first()?;
        let Kind::Composite { map, shortest, .. } = &self.kind else {
            return Some(Code {
                value: u32::from(first),
                bytes: 1,
            });
        };
        let mut value = 0;
        for (bytes, byte) in (1_u8..=4).zip(string) {
            value = value << 8 | u32::from(*byte);
            if bytes >= *shortest && map.lookup_cid_code(value, bytes).is_some() {
                return Some(Code {
                    value,
                    bytes: usize::from(bytes),
                });
            }
        }
        // No character of the map: two bytes as in nearly all of them.
        let bytes = string.len().min(2);
        let value = string[..bytes]
            .iter()
            .fold(0, |value, byte| value << 8 | u32::from(*byte));
        Some(Code { value, bytes })
    }

    /// How far a code advances, in ems.
    pub(super) fn width(&self, code: Code) -> f32 {
        let key = match &self.kind {
            Kind::Simple(_) => code.value,
            Kind::Composite { map, .. } => cid(map, code).unwrap_or(0),
        };
        let width = self.widths.get(&key).copied();
        width.map_or(self.default_width, |width| width * self.unit)
    }

    /// The text of a code; `None` where nothing tells it.
    pub(super) fn text(&mut self, code: Code) -> Option<&str> {
        if !self.known.contains_key(&code.value) {
            let text = self.look_up(code);
            self.known.insert(code.value, text);
        }
        self.known.get(&code.value)?.as_deref()
    }

    fn look_up(&self, code: Code) -> Option<Box<str>> {
        if let Some(text) = self
            .to_unicode
            .as_ref()
            .and_then(|map| text_of(map, code.value))
        {
            return Some(text);
        }
        match &self.kind {
            Kind::Simple(encoding) => {
                let character = encoding[usize::try_from(code.value).ok()? & 0xFF]?;
                Some(character.to_string().into())
            }
            Kind::Composite {
                map,
                collection,
                loaded,
                ..
            } => {
                let known = loaded.get_or_init(|| predefined((*collection)?).map(Box::new));
                text_of(known.as_ref()?, cid(map, code)?)
            }
        }
    }
}

fn cid(map: &CMap, code: Code) -> Option<u32> {
    map.lookup_cid_code(code.value, u8::try_from(code.bytes).ok()?)
}

fn text_of(map: &CMap, code: u32) -> Option<Box<str>> {
    let text = match map.lookup_bf_string(code)? {
        BfString::Char(character) => names::plain(character).to_string(),
        BfString::String(text) => text.chars().map(names::plain).collect(),
    };
    let usable = |c: char| c != '\0' && c != '\u{fffd}' && !('\u{e000}'..='\u{f8ff}').contains(&c);
    (!text.is_empty() && text.chars().all(usable)).then(|| text.into())
}

fn character_map(map: &Stream<'_>) -> Option<CMap> {
    CMap::parse(&stream::decoded(map, MAX_CMAP).ok()?, load_embedded)
}

fn predefined(name: CMapName<'_>) -> Option<CMap> {
    CMap::parse(load_embedded(name)?, load_embedded)
}

fn composite(dict: &Dict<'_>) -> Option<(Kind, HashMap<u32, f32>, f32)> {
    let descendants = dict.get::<Array<'_>>("DescendantFonts")?;
    let descendant = descendants.iter::<Dict<'_>>().next()?;
    let map = match dict.get::<Object<'_>>("Encoding")? {
        Object::Name(name) => match CMapName::from_bytes(name.as_ref()) {
            CMapName::IdentityH => CMap::identity_h(),
            CMapName::IdentityV => CMap::identity_v(),
            known => predefined(known)?,
        },
        Object::Stream(map) => character_map(&map)?,
        _ => return None,
    };
    // Encodings with codes of one byte have the digits there.
    let digits = (b'0'..=b'9').all(|digit| map.lookup_cid_code(u32::from(digit), 1).is_some());
    let own = descendant.get::<Dict<'_>>("CIDSystemInfo").map(|info| {
        let text = |key: &str| match info.get::<Object<'_>>(key) {
            Some(Object::String(text)) => text.as_bytes().to_vec(),
            _ => Vec::new(),
        };
        CidFamily::from_registry_ordering(&text("Registry"), &text("Ordering"))
    });
    let of_map = map.metadata().character_collection.as_ref();
    let collection = own
        .and_then(|family| family.ucs2_cmap())
        .or_else(|| of_map.and_then(|collection| collection.family.ucs2_cmap()));
    let default_width = descendant.get::<f32>("DW").unwrap_or(1000.0) * 0.001;
    let kind = Kind::Composite {
        map: Box::new(map),
        shortest: if digits { 1 } else { 2 },
        collection,
        loaded: OnceCell::new(),
    };
    Some((kind, composite_widths(&descendant), default_width))
}

/// `c [w …]` and `first last w` (9.7.4.3).
fn composite_widths(descendant: &Dict<'_>) -> HashMap<u32, f32> {
    let mut widths = HashMap::new();
    let Some(array) = descendant.get::<Array<'_>>("W") else {
        return widths;
    };
    let whole = |number: f32| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a character number; `as` clamps"
        )]
        let whole = number as u32;
        whole
    };
    let mut pending: Vec<f32> = Vec::new();
    for object in array.iter::<Object<'_>>() {
        if widths.len() >= MAX_WIDTHS {
            break;
        }
        match object {
            Object::Number(number) => pending.push(number.as_f32()),
            Object::Array(list) => {
                let first = pending.pop().map_or(0, whole);
                pending.clear();
                for (code, width) in (first..).zip(list.iter::<f32>()).take(MAX_WIDTHS) {
                    widths.insert(code, width);
                }
            }
            _ => pending.clear(),
        }
        if let [first, last, width] = pending[..] {
            let (first, last) = (whole(first), whole(last).min(0xFFFF));
            for code in (first..=last).take(MAX_WIDTHS) {
                widths.insert(code, width);
            }
            pending.clear();
        }
    }
    widths
}

fn simple_widths(dict: &Dict<'_>) -> (HashMap<u32, f32>, f32) {
    let mut widths = HashMap::new();
    let first = dict.get::<u32>("FirstChar").unwrap_or(0);
    if let Some(list) = dict.get::<Array<'_>>("Widths") {
        for (code, width) in (first..).zip(list.iter::<f32>()).take(256) {
            widths.insert(code, width);
        }
    }
    let missing = dict
        .get::<Dict<'_>>("FontDescriptor")
        .and_then(|descriptor| descriptor.get::<f32>("MissingWidth"))
        .filter(|width| *width > 0.0);
    // The digits of the standard fonts are about as wide.
    let default = missing.map_or(0.556, |width| width * 0.001);
    (widths, default)
}
