//! Title, narrative and tables as the body of a page, and the page as bytes.

use nianbao::model::SectionKind;

use super::case::Case;
use super::chrome;
use super::dialect::{Charset, Declared, Dialect};
use super::layout::sheets;
use super::markup::{escape, heading, lines, paragraph, table};
use super::template;

/// The parts a template puts together.
#[derive(Debug, Clone)]
pub struct Parts {
    /// Title as printed, without markup.
    pub title: String,
    /// Publication date as the line under the title gives it.
    pub byline: String,
    /// Sections and tables.
    pub body: String,
    /// Ballast for the head.
    pub style: String,
    /// Ballast for the page's side.
    pub aside: String,
}

impl Case {
    /// The page as text.
    pub fn text(&self) -> String {
        if self.dialect == Dialect::FlatText {
            return plain(self);
        }
        // The ballast must not depend on single cells.
        let ballast = self.size_bytes.saturating_sub(if self.size_bytes == 0 {
            0
        } else {
            let bare = Self {
                raw: std::collections::BTreeMap::new(),
                size_bytes: 0,
                ..self.clone()
            };
            template::html(&bare, &parts(&bare, 0)).len()
        });
        template::html(self, &parts(self, ballast))
    }

    /// The page as bytes.
    pub fn render(&self) -> Vec<u8> {
        encode(&self.text(), self.charset)
    }

    /// The charset `<meta>` gives; `None` for no declaration.
    pub fn meta_charset(&self) -> Option<&'static str> {
        match (self.declared, self.charset) {
            (Declared::HeaderOnly | Declared::Absent, _) => None,
            (Declared::Right, Charset::Utf8 | Charset::Utf8Bom)
            | (Declared::MetaWrong, Charset::Gbk | Charset::Gb18030) => Some("utf-8"),
            // What servers call it, whichever superset the bytes are in.
            (Declared::Right, Charset::Gbk)
            | (Declared::MetaWrong, Charset::Utf8 | Charset::Utf8Bom) => Some("gb2312"),
            (Declared::Right, Charset::Gb18030) => Some("gb18030"),
        }
    }

    /// The `Content-Type` header the server sends.
    pub fn content_type(&self) -> String {
        let media = if self.dialect == Dialect::FlatText {
            "text/plain"
        } else {
            "text/html"
        };
        let charset = match self.charset {
            Charset::Utf8 | Charset::Utf8Bom => "UTF-8",
            Charset::Gbk => "GBK",
            Charset::Gb18030 => "GB18030",
        };
        match self.declared {
            Declared::Right | Declared::HeaderOnly => format!("{media}; charset={charset}"),
            Declared::MetaWrong | Declared::Absent => media.to_owned(),
        }
    }
}

/// Text as bytes; what GBK lacks becomes a numeric reference.
pub fn encode(text: &str, charset: Charset) -> Vec<u8> {
    match charset {
        Charset::Utf8 => text.as_bytes().to_vec(),
        Charset::Utf8Bom => [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat(),
        Charset::Gbk => encoding_rs::GBK.encode(text).0.into_owned(),
        Charset::Gb18030 => encoding_rs::GB18030.encode(text).0.into_owned(),
    }
}

/// Title, byline and body of a page with so much ballast.
pub fn parts(case: &Case, ballast: usize) -> Parts {
    let mut body = String::new();
    for section in &case.content.sections {
        if let Some(text) = &section.heading {
            body += &heading(case, text);
        }
        for text in &section.paragraphs {
            body += &paragraph(case, text);
        }
        for sheet in sheets(case, section.kind) {
            body += &table(case, &sheet);
        }
    }
    Parts {
        title: escape(&case.content.title),
        byline: byline(case),
        body,
        style: chrome::style(case.seed, ballast / 3),
        aside: chrome::links(case.seed, ballast - ballast / 3),
    }
}

/// The publication date in the spelling of the seed.
fn byline(case: &Case) -> String {
    let date = case.content.published;
    let (year, month, day) = (date.year(), date.month(), date.day());
    match case.seed % 3 {
        0 => format!("发布时间：{year}-{month:02}-{day:02}"),
        1 => format!("发布日期：{year}年{month}月{day}日"),
        _ => format!("时间：{year}-{month:02}-{day:02} 09:30"),
    }
}

fn plain(case: &Case) -> String {
    let content = &case.content;
    let mut out = format!(
        "{}\n\n{} 来源：{}\n\n",
        content.title,
        byline(case),
        content.agency.name
    );
    for section in &content.sections {
        if let Some(heading) = &section.heading {
            out += &format!("　　{heading}\n\n");
        }
        for text in &section.paragraphs {
            out += &format!("　　{text}\n\n");
        }
        for sheet in sheets(case, section.kind) {
            if let Some(caption) = &sheet.caption {
                out += &format!("{caption}\n\n");
            }
            out += "\n";
            out += &lines(case, &sheet);
        }
        if section.kind == SectionKind::Preamble {
            out += "\n";
        }
    }
    out
}
