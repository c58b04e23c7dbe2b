//! Pages with marks in place of all that differs between reports of a year and layout.
//!
//! A page of [`Case`] is rendered with a private-use character for every cell, name and paragraph and cut at them;
//! what stands between is kept in the page's own charset. Filling in is copying.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::{Date, date};
use nianbao::model::{Decimal, FormId, SectionKind};

use super::super::case::Case;
use super::super::dialect::{Charset, Declared, Dialect, Headings, Numbers as Spelling, Template};
use super::super::markup;
use super::super::numbers::spell;
use super::super::page::encode;
use super::super::rng::Rng;
use super::numbers::{FormIndex, Habit};

/// Layouts a year.
const LAYOUTS: u64 = 12;

/// What is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Cell(usize),
    Section(usize),
    Title,
    Agency,
    Site,
    Host,
    Index,
    Url,
    Day,
    DayInWords,
    SiteCode,
}

/// Marks: the cells from here on in the catalog's order, then the rest.
const CELLS: u32 = 0xe000;
const SECTIONS: u32 = 0xf010;
const OTHERS: [(char, Slot); 9] = [
    ('\u{f000}', Slot::Title),
    ('\u{f001}', Slot::Agency),
    ('\u{f002}', Slot::Site),
    ('\u{f003}', Slot::Host),
    ('\u{f004}', Slot::Index),
    ('\u{f005}', Slot::Url),
    ('\u{f006}', Slot::Day),
    ('\u{f007}', Slot::DayInWords),
    ('\u{f008}', Slot::SiteCode),
];

fn slot_of(sign: char) -> Option<Slot> {
    let code = u32::from(sign);
    match code {
        CELLS..0xf000 => Some(Slot::Cell(usize::try_from(code - CELLS).ok()?)),
        SECTIONS..0xf040 => Some(Slot::Section(usize::try_from(code - SECTIONS).ok()?)),
        _ => OTHERS
            .iter()
            .find(|(mark, _)| *mark == sign)
            .map(|(_, slot)| *slot),
    }
}

fn mark(slot: Slot) -> char {
    match slot {
        Slot::Cell(place) => u32::try_from(place)
            .ok()
            .and_then(|place| char::from_u32(CELLS + place))
            .unwrap_or(' '),
        Slot::Section(place) => u32::try_from(place)
            .ok()
            .and_then(|place| char::from_u32(SECTIONS + place))
            .unwrap_or(' '),
        other => OTHERS
            .iter()
            .find(|(_, slot)| *slot == other)
            .map_or(' ', |(mark, _)| *mark),
    }
}

/// A page to be filled.
#[derive(Debug)]
pub struct Skeleton {
    /// Form of its tables.
    pub form: FormId,
    /// Charset of its bytes.
    charset: Charset,
    /// Platform, for the address.
    pub template: Template,
    /// How numbers are spelt.
    spelling: Spelling,
    /// `Content-Type` of the answer.
    pub content_type: String,
    /// Bytes up to a slot, and the slot; the last has none.
    pieces: Vec<(Vec<u8>, Option<Slot>)>,
    /// What stands between two paragraphs.
    between: Vec<u8>,
    /// Sections in order.
    pub sections: Vec<SectionKind>,
    /// Which cells of the form are on the page, in the catalog's order.
    pub printed: Vec<bool>,
    /// Bytes without what is filled in.
    pub size: usize,
}

/// What goes into a page.
#[derive(Debug, Clone, Copy)]
pub struct Fill<'a> {
    /// Title.
    pub title: &'a str,
    /// Name of the agency.
    pub agency: &'a str,
    /// Name of the site's government.
    pub site: &'a str,
    /// Host.
    pub host: &'a str,
    /// Address.
    pub url: &'a str,
    /// Index number.
    pub index: &'a str,
    /// The site's code of ten digits.
    pub site_code: &'a str,
    /// The date on the page.
    pub published: Date,
    /// Cells as printed, in the catalog's order.
    pub cells: &'a [String],
    /// Paragraphs, section by section in the skeleton's order.
    pub sections: &'a [Vec<String>],
}

impl Skeleton {
    /// Draws one; `bytes` is about what the page shall have, 0 for no ballast.
    fn draw(seed: u64, form: FormId, fujian: bool, year: i16, layout: u64, bytes: usize) -> Self {
        let mut rng = Rng::new(seed ^ (layout << 8), "layout");
        // Rows that only some provinces print come with every third seed.
        let case_seed = (rng.next() % 1_000_000) * 3 + 1 + layout % 2;
        let dialect = dialect(form, fujian, layout);
        let mut case = Case::plain(case_seed, form, dialect);
        case.template = Template::ALL[usize::try_from(layout).unwrap_or(0) % Template::ALL.len()];
        case.layers = 1 + rng.below(3);
        (case.charset, case.declared) = match layout % 5 {
            0 => (Charset::Gbk, Declared::Right),
            3 => (Charset::Gbk, Declared::Absent),
            4 => (Charset::Utf8, Declared::HeaderOnly),
            _ => (Charset::Utf8, Declared::Right),
        };
        case.numbers = *rng.pick(&[
            Spelling::Plain,
            Spelling::Plain,
            Spelling::Plain,
            Spelling::NoBreakPadding,
            Spelling::Thousands,
        ]);
        // Seldom met, and a text beside every number on the disk.
        if (layout + u64::from(year.unsigned_abs())).is_multiple_of(40) {
            case.numbers = Spelling::FullWidth;
        }
        case.headings = Headings::ALL[usize::try_from(layout).unwrap_or(0) % Headings::ALL.len()];
        case.narrate();
        case.size_bytes = bytes * (60 + 7 * usize::try_from(layout).unwrap_or(0)) / 100;
        let content = &mut case.content;
        let of = |slot: Slot| mark(slot).to_string();
        content.year = year;
        content.published = date(year + 1, 3, 29);
        content.title = of(Slot::Title);
        content.agency.name = of(Slot::Agency);
        content.agency.site = of(Slot::Site);
        content.agency.host = of(Slot::Host);
        for (place, section) in content.sections.iter_mut().enumerate() {
            section.paragraphs = match section.kind {
                SectionKind::Appendix => Vec::new(),
                _ => vec![of(Slot::Section(place))],
            };
        }
        let sections = content.sections.iter().map(|one| one.kind).collect();
        let index = FormIndex::of(form);
        for (place, cell) in index.cells.iter().enumerate() {
            case.raw.insert(cell.clone(), of(Slot::Cell(place)));
        }
        let text = marked(&case, year);
        let paragraph = markup::paragraph(&case, "\u{f0ff}");
        let (before, behind) = paragraph.split_once('\u{f0ff}').unwrap_or_default();
        let mut skeleton = Self {
            form,
            charset: case.charset,
            template: case.template,
            spelling: case.numbers,
            content_type: case.content_type(),
            pieces: Vec::new(),
            between: encode(&format!("{behind}{before}"), case.charset),
            sections,
            printed: vec![false; index.cells.len()],
            size: 0,
        };
        let mut start = 0;
        for (at, sign) in text.char_indices() {
            let Some(slot) = slot_of(sign) else { continue };
            skeleton.piece(&text[start..at], Some(slot));
            start = at + sign.len_utf8();
        }
        skeleton.piece(&text[start..], None);
        skeleton
    }

    fn piece(&mut self, text: &str, slot: Option<Slot>) {
        let bytes = encode(text, self.charset);
        self.size += bytes.len();
        if let Some(Slot::Cell(place)) = slot {
            self.printed[place] = true;
        }
        self.pieces.push((bytes, slot));
    }

    /// A number as this page prints it.
    pub fn print(&self, place: usize, value: Decimal, habit: Habit) -> String {
        let index = FormIndex::of(self.form);
        if value.mantissa() == 0 {
            match habit {
                Habit::Plain => {}
                Habit::Blank => return String::new(),
                Habit::Dash => return "—".into(),
            }
        }
        let unit = index.units[place];
        let mut text = spell(value, unit, self.spelling);
        if unit.is_none() {
            text.push_str("万元");
        }
        text
    }

    /// The page.
    pub fn fill(&self, fill: &Fill<'_>) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.size + 12_000);
        let day = fill.published;
        for (bytes, slot) in &self.pieces {
            out.extend_from_slice(bytes);
            let Some(slot) = slot else { continue };
            match *slot {
                Slot::Cell(place) => self.put(&mut out, &fill.cells[place]),
                Slot::Section(place) => {
                    for (number, text) in fill.sections[place].iter().enumerate() {
                        if number > 0 {
                            out.extend_from_slice(&self.between);
                        }
                        self.put(&mut out, text);
                    }
                }
                Slot::Title => self.put(&mut out, fill.title),
                Slot::Agency => self.put(&mut out, fill.agency),
                Slot::Site => self.put(&mut out, fill.site),
                Slot::Host => self.put(&mut out, fill.host),
                Slot::Index => self.put(&mut out, fill.index),
                Slot::Url => self.put(&mut out, fill.url),
                Slot::SiteCode => self.put(&mut out, fill.site_code),
                Slot::Day => self.put(&mut out, &day.to_string()),
                Slot::DayInWords => {
                    let words = format!("{}年{}月{}日", day.year(), day.month(), day.day());
                    self.put(&mut out, &words);
                }
            }
        }
        out
    }

    fn put(&self, out: &mut Vec<u8>, text: &str) {
        if self.charset == Charset::Gbk && !text.is_ascii() {
            out.extend_from_slice(&encoding_rs::GBK.encode(text).0);
        } else {
            out.extend_from_slice(text.as_bytes());
        }
    }
}

/// The page's text with marks also where the generator writes what it derives.
fn marked(case: &Case, year: i16) -> String {
    let of = |slot: Slot| mark(slot).to_string();
    let mut text = case.text();
    text = text.replace(&case.url(), &of(Slot::Url));
    let code = super::super::chrome::site_code(case).to_string();
    text = text.replace(&code, &of(Slot::SiteCode));
    let day = case.content.published;
    text = text.replace(&day.to_string(), &of(Slot::Day));
    text = text.replace(&format!("{}年3月29日", year + 1), &of(Slot::DayInWords));
    let old = format!("YX0{}/{}-00017", case.seed % 100, day.year());
    if text.contains(&old) {
        return text.replace(&old, &of(Slot::Index));
    }
    // No index box: one under the title.
    let boxed = format!(
        "<div class=\"xxgk-index\"><p>索引号：{}</p><p>发布机构：{}</p></div>\n",
        of(Slot::Index),
        of(Slot::Agency)
    );
    for behind in [
        "字号：【大 中 小】</span></div>\n",
        "</p>\n<p style='text-align: center'>",
    ] {
        let Some(at) = text.find(behind) else {
            continue;
        };
        let at = if behind.starts_with("字号") {
            at + behind.len()
        } else {
            // Behind the line under the title.
            let line = at + behind.len();
            text[line..]
                .find("</p>\n")
                .map_or(line, |end| line + end + 5)
        };
        text.insert_str(at, &boxed);
        break;
    }
    text
}

fn dialect(form: FormId, fujian: bool, layout: u64) -> Dialect {
    use Dialect as D;
    let matrices = [
        D::AsPrinted,
        D::AsPrinted,
        D::Article20Separate,
        D::GroupRepeated,
        D::ThHeader,
        D::TitleRow,
        D::AsPrinted,
        D::DisputesThreeTables,
        D::RemarksColumn,
        D::SplitWithHeader,
        D::RowsPermuted,
        D::ColumnsPermuted,
    ];
    let lists = [
        D::AsPrinted,
        D::ListTwoUp,
        D::AsPrinted,
        D::ListCumulative,
        D::ThHeader,
        D::TitleRow,
        D::ListInserted,
        D::AsPrinted,
        D::RemarksColumn,
        D::SplitWithHeader,
        D::RepeatedHeader,
        D::AsPrinted,
    ];
    let at = usize::try_from(layout % LAYOUTS).unwrap_or(0);
    match form {
        FormId::F2008 if fujian => D::ListFujian,
        FormId::F2008 | FormId::F2014 => lists[at],
        FormId::F2019 | FormId::F2021 => matrices[at],
    }
}

/// All skeletons, drawn when they are first asked for.
#[derive(Debug)]
pub struct Skeletons {
    seed: u64,
    bytes: usize,
    drawn: Mutex<HashMap<(i16, bool, u64), Arc<Skeleton>>>,
}

impl Skeletons {
    /// For pages of about so many bytes.
    pub fn new(seed: u64, bytes: usize) -> Self {
        Self {
            seed,
            bytes,
            drawn: Mutex::default(),
        }
    }

    /// The skeleton of a year in a layout.
    pub fn get(&self, form: FormId, fujian: bool, year: i16, layout: usize) -> Arc<Skeleton> {
        let fujian = fujian && form == FormId::F2008;
        let layout = layout as u64 % LAYOUTS;
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        let skeleton = drawn.entry((year, fujian, layout)).or_insert_with(|| {
            let skeleton = Skeleton::draw(self.seed, form, fujian, year, layout, self.bytes);
            Arc::new(skeleton)
        });
        Arc::clone(skeleton)
    }
}
