//! Sitemaps: addresses a site lists of itself.
//!
//! In: the text of a sitemap: XML (`urlset`, `sitemapindex`), a feed (RSS, Atom), or a line an address; already
//! unpacked. Out: addresses of the same site, bounded in number. Only the five references of XML and characters by
//! number are resolved, so a document type that multiplies itself does nothing. Pure.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use url::Url;

use crate::model::{ItemKind, Role};
use crate::parse::xml_reference;

use super::{Lead, column, site, title, urls};

/// What a sitemap was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `urlset`, or a line an address: pages.
    Pages,
    /// `sitemapindex`: further sitemaps.
    Index,
    /// RSS or Atom: pages with titles.
    Feed,
    /// An HTML page, which is read as any other page.
    Html,
    /// Nothing of it was understood.
    Other,
}

/// An address in a sitemap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where.
    pub url: Url,
    /// Its title; in feeds only.
    pub title: Option<String>,
}

/// What a sitemap says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sitemap {
    /// What it was.
    pub form: Form,
    /// Addresses of the same site, in order.
    pub entries: Vec<Entry>,
    /// Caps reached, what was left out, where it is broken: a line each.
    pub notes: Vec<String>,
}

/// A sitemap has no more (sitemaps.org).
const ENTRIES: usize = 50_000;
/// A sitemap is no longer, in bytes (sitemaps.org).
const BYTES: usize = 52_428_800;
/// Elements within each other; a sitemap has four.
const DEPTH: usize = 32;
/// So many sitemaps of an index, and pages of a sitemap, are gone on with.
const LEADS: usize = 2_000;
/// A title or address is no longer, in bytes.
const TEXT: usize = 2_048;

/// Reads a sitemap that was fetched from `base`. What is broken ends it; what stood before counts.
pub fn parse(text: &str, base: &Url) -> Sitemap {
    let mut sitemap = Sitemap {
        form: Form::Other,
        entries: Vec::new(),
        notes: Vec::new(),
    };
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.len() > BYTES {
        sitemap
            .notes
            .push(format!("sitemap: longer than {BYTES} bytes"));
        return sitemap;
    }
    let mut foreign = 0;
    if text.starts_with('<') {
        xml(text, base, &mut sitemap, &mut foreign);
    } else {
        lines(text, base, &mut sitemap, &mut foreign);
    }
    if foreign > 0 {
        let note = format!("sitemap: {foreign} addresses of other sites left out");
        sitemap.notes.push(note);
    }
    sitemap
}

/// What a sitemap leads to: further sitemaps, pages of columns of annual reports by their paths, and reports by
/// their titles. `is_child` says that an index led here: then it leads to no further ones. `agency` is the body the
/// site belongs to.
pub fn leads(sitemap: &Sitemap, is_child: bool, agency: Option<&str>) -> (Vec<Lead>, Vec<String>) {
    let mut notes = sitemap.notes.clone();
    let mut leads: Vec<Lead> = Vec::new();
    if sitemap.form == Form::Index && is_child {
        notes.push("sitemap: an index within an index is not followed".to_owned());
        return (leads, notes);
    }
    let mut seen = std::collections::HashSet::new();
    for entry in &sitemap.entries {
        let Some((role, kind, year)) = role_of(sitemap.form, entry, agency) else {
            continue;
        };
        if !seen.insert(entry.url.as_str()) {
            continue;
        }
        if leads.len() == LEADS {
            notes.push(format!(
                "sitemap: more than {LEADS} addresses to go on with"
            ));
            break;
        }
        leads.push(Lead {
            url: entry.url.clone(),
            role,
            title: entry.title.clone(),
            list_date: None,
            kind,
            year,
            rule: "sitemap",
        });
    }
    (leads, notes)
}

fn role_of(
    form: Form,
    entry: &Entry,
    agency: Option<&str>,
) -> Option<(Role, ItemKind, Option<i32>)> {
    if form == Form::Index {
        return Some((Role::Sitemap, ItemKind::Unknown, None));
    }
    if let Some(text) = &entry.title {
        let (kind, year) = title::classify(text, agency);
        if matches!(kind, ItemKind::Report | ItemKind::OtherAgency) {
            return Some((Role::Item, kind, year));
        }
    }
    column::path_word(&entry.url)?;
    if site::is_file(&entry.url) {
        return None;
    }
    let role = if site::is_article(&entry.url) {
        Role::Item
    } else {
        Role::List
    };
    Some((role, ItemKind::Unknown, None))
}

/// Adds an address; `false` once the cap is reached.
fn add(
    target: &str,
    title: Option<String>,
    base: &Url,
    sitemap: &mut Sitemap,
    foreign: &mut usize,
) -> bool {
    // A sitemap is in UTF-8 by its standard.
    let Some(url) = urls::resolve(&base.into(), target) else {
        return true;
    };
    if !site::is_same_site(base, &url) {
        *foreign += 1;
        return true;
    }
    if sitemap.entries.len() == ENTRIES {
        sitemap
            .notes
            .push(format!("sitemap: more than {ENTRIES} addresses"));
        return false;
    }
    sitemap.entries.push(Entry { url, title });
    true
}

fn lines(text: &str, base: &Url, sitemap: &mut Sitemap, foreign: &mut usize) {
    for line in text.lines() {
        let line = line.trim();
        if !line.starts_with("http://") && !line.starts_with("https://") {
            continue;
        }
        sitemap.form = Form::Pages;
        if !add(line, None, base, sitemap, foreign) {
            return;
        }
    }
}

/// What stands in an entry that is not closed yet.
#[derive(Default)]
struct Open {
    target: String,
    title: String,
}

/// Which text of an entry is being read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Nothing,
    Target,
    Title,
}

fn xml(text: &str, base: &Url, sitemap: &mut Sitemap, foreign: &mut usize) {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut depth = 0_usize;
    let mut entry: Option<Open> = None;
    let mut reading = Reading::Nothing;
    loop {
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => {
                let at = reader.buffer_position();
                let note = format!("sitemap: broken at byte {at}: {error}");
                sitemap.notes.push(note);
                return;
            }
        };
        match event {
            Event::Start(tag) => {
                depth += 1;
                if depth > DEPTH {
                    let note = format!("sitemap: more than {DEPTH} elements within each other");
                    sitemap.notes.push(note);
                    return;
                }
                reading = open(&tag, sitemap, &mut entry);
                if sitemap.form == Form::Html {
                    return;
                }
            }
            Event::Empty(tag) => {
                open(&tag, sitemap, &mut entry);
            }
            Event::End(tag) => {
                depth = depth.saturating_sub(1);
                reading = Reading::Nothing;
                let name = tag.local_name();
                let name: &str = name.as_ref();
                if matches!(name, "url" | "sitemap" | "item" | "entry")
                    && let Some(done) = entry.take()
                {
                    let title =
                        (!done.title.trim().is_empty()).then(|| done.title.trim().to_owned());
                    if !add(&done.target, title, base, sitemap, foreign) {
                        return;
                    }
                }
            }
            Event::Text(text) => put(&text, reading, entry.as_mut()),
            Event::CData(text) => put(&text, reading, entry.as_mut()),
            Event::GeneralRef(reference) => {
                let mut buffer = [0; 4];
                let Some(character) = xml_reference(&reference) else {
                    continue;
                };
                let text = character.encode_utf8(&mut buffer);
                put(text, reading, entry.as_mut());
            }
            Event::Eof => return,
            _ => {}
        }
    }
}

/// Takes note of an element that begins; what its text is.
fn open(tag: &BytesStart<'_>, sitemap: &mut Sitemap, entry: &mut Option<Open>) -> Reading {
    let name = tag.local_name();
    let name: &str = name.as_ref();
    let form = match name {
        "urlset" => Some(Form::Pages),
        "sitemapindex" => Some(Form::Index),
        "rss" | "feed" | "RDF" => Some(Form::Feed),
        "html" | "HTML" => Some(Form::Html),
        _ => None,
    };
    if let Some(form) = form.filter(|_| sitemap.form == Form::Other) {
        sitemap.form = form;
    }
    match name {
        "url" | "sitemap" | "item" | "entry" => {
            *entry = Some(Open::default());
            Reading::Nothing
        }
        "loc" => Reading::Target,
        "title" => Reading::Title,
        "link" => {
            // Atom has the address in an attribute.
            let target = tag.attributes().flatten().find(|one| {
                let key: &str = one.key.as_ref();
                key == "href"
            });
            if let (Some(target), Some(entry)) = (target, entry.as_mut())
                && entry.target.is_empty()
            {
                put(&target.value, Reading::Target, Some(entry));
            }
            Reading::Target
        }
        _ => Reading::Nothing,
    }
}

fn put(text: &str, reading: Reading, entry: Option<&mut Open>) {
    let Some(entry) = entry else {
        return;
    };
    let into = match reading {
        Reading::Target => &mut entry.target,
        Reading::Title => &mut entry.title,
        Reading::Nothing => return,
    };
    if into.len() + text.len() <= TEXT {
        into.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Sitemap {
        parse(
            text,
            &Url::parse("http://www.yunxi.example/sitemap.xml").unwrap(),
        )
    }

    fn addresses(text: &str) -> Vec<String> {
        read(text)
            .entries
            .iter()
            .map(|one| one.url.to_string())
            .collect()
    }

    #[test]
    fn all_forms_are_read() {
        let set = "\u{feff}<?xml version=\"1.0\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\
            <url><loc> http://www.yunxi.example/xxgknb/ </loc><lastmod>2021-01-31</lastmod></url>\
            <url><loc>http://www.yunxi.example/a?b=1&amp;c=2</loc></url>\
            <url><loc><![CDATA[http://www.yunxi.example/d?e=1&f=2]]></loc></url>\
            <url><loc>/relative/</loc></url><url><loc>javascript:x</loc></url>\
            <url><loc>http://www.bailu.example/</loc></url></urlset>";
        assert_eq!(
            addresses(set),
            [
                "http://www.yunxi.example/xxgknb/",
                "http://www.yunxi.example/a?b=1&c=2",
                "http://www.yunxi.example/d?e=1&f=2",
                "http://www.yunxi.example/relative/",
            ]
        );
        assert_eq!(read(set).form, Form::Pages);
        assert!(read(set).notes[0].contains("1 addresses of other sites"));
        let index = "<sitemapindex><sitemap><loc>http://www.yunxi.example/1.xml</loc></sitemap></sitemapindex>";
        assert_eq!(read(index).form, Form::Index);
        assert_eq!(addresses(index), ["http://www.yunxi.example/1.xml"]);
        let list = "http://www.yunxi.example/1\r\n\n# no address\nhttps://www.yunxi.example/2\n";
        assert_eq!(
            addresses(list),
            ["http://www.yunxi.example/1", "https://www.yunxi.example/2"]
        );
        let rss = "<rss><channel><title>站</title><link>http://www.yunxi.example/</link>\
            <item><title>云溪县2020年政府信息公开年报</title><link>http://www.yunxi.example/1.html</link></item></channel></rss>";
        assert_eq!(
            read(rss).entries[0].title.as_deref(),
            Some("云溪县2020年政府信息公开年报")
        );
        assert_eq!(addresses(rss), ["http://www.yunxi.example/1.html"]);
        let atom = "<feed><entry><title>甲</title><link href=\"/2.html\"/></entry></feed>";
        assert_eq!(addresses(atom), ["http://www.yunxi.example/2.html"]);
        assert_eq!(
            read("<!DOCTYPE html><html><body><a href=x>y</a>").form,
            Form::Html
        );
        assert_eq!(read("nothing").form, Form::Other);
    }

    #[test]
    fn hostile_sitemaps_end_within_bounds() {
        let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>\
            <urlset><url><loc>http://www.yunxi.example/&b;c</loc></url></urlset>";
        assert_eq!(addresses(bomb), ["http://www.yunxi.example/c"]);
        let deep = format!("<urlset>{}", "<a>".repeat(100_000));
        assert!(read(&deep).notes[0].contains("within each other"));
        let broken = "<urlset><url><loc>http://www.yunxi.example/1</loc></url><url><loc";
        assert_eq!(addresses(broken), ["http://www.yunxi.example/1"]);
        assert!(read(broken).notes[0].contains("broken at byte"));
        let many = format!("<urlset>{}", "<url><loc>/a</loc></url>".repeat(ENTRIES + 5));
        assert_eq!(read(&many).entries.len(), ENTRIES);
        let long = format!(
            "<urlset><url><loc>/{}</loc></url></urlset>",
            "a".repeat(5_000)
        );
        assert!(addresses(&long).iter().all(|url| url.len() < 100));
        let crossed = "<urlset><url><loc>/1</a></loc></url></b><url><loc>/2</loc></url></urlset>";
        assert_eq!(addresses(crossed).len(), 2);
    }

    #[test]
    fn only_what_concerns_the_reports_is_gone_on_with() {
        let set = "http://www.yunxi.example/xxgknb/\nhttp://www.yunxi.example/xxgknb/202101/t20210131_4711.html\n\
            http://www.yunxi.example/news/1.html\nhttp://www.yunxi.example/zwgk/nb/index.html\nhttp://www.yunxi.example/xxgknb/a.pdf\n\
            http://www.yunxi.example/nb/\nhttp://www.yunxi.example/xxgknb/";
        let (leads, notes) = leads(&read(set), false, None);
        let got: Vec<(Role, &str)> = leads
            .iter()
            .map(|lead| (lead.role, lead.url.path()))
            .collect();
        assert_eq!(
            got,
            [
                (Role::List, "/xxgknb/"),
                (Role::Item, "/xxgknb/202101/t20210131_4711.html"),
                (Role::List, "/zwgk/nb/index.html"),
            ]
        );
        assert!(notes.is_empty());
        let index = read("<sitemapindex><sitemap><loc>/1.xml</loc></sitemap></sitemapindex>");
        assert_eq!(super::leads(&index, false, None).0[0].role, Role::Sitemap);
        assert!(super::leads(&index, true, None).0.is_empty());
    }
}
