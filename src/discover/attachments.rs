//! Files that a report's page hands out: documents linked or framed, and pictures in its text.
//!
//! In: a parsed page, its address, the profile that says where a text stands. Out: addresses, each once, bounded. A
//! page's chrome (icons, codes to be scanned, buttons, downloads of programs) is never named. Pure.

use url::Url;

use crate::extract::attached::has_ending;
use crate::model::{ItemKind, Role};
use crate::normalize::label::is_space;
use crate::parse::{Document, Link};
use crate::profile::{Attachments, Profile};

use super::tree::Tree;
use super::urls::{self, Base};
use super::{Lead, css, site, title};

/// How a page hands a file out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A link.
    Linked,
    /// Shown in a frame.
    Framed,
    /// A picture in the text.
    Picture,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Where.
    pub url: Url,
    /// How it is handed out.
    pub form: Form,
    /// The link's text or title, spaces taken out; `None` for pictures and where there is none.
    pub name: Option<String>,
}

/// So many documents of a page, and so many pictures: a scanned report has a picture a page.
const DOCUMENTS: usize = 60;
const PICTURES: usize = 120;
/// More links or pictures are not looked at.
const LOOKED_AT: usize = 10_000;

/// In addresses that hand out files by number.
const HANDLERS: [&str; 10] = [
    "download",
    "downfile",
    "downattach",
    "attach",
    "getfile",
    "fileid",
    "wbfileid",
    "openfile",
    "filedown",
    "annex",
];
/// In texts of links to programs and help.
const PROGRAMS: [&str; 14] = [
    "客户端",
    "浏览器",
    "阅读器",
    "APP",
    "app",
    "插件",
    "控件",
    "软件",
    "Adobe",
    "WPS",
    "手机",
    "无障碍",
    "帮助",
    "指南",
];
/// In texts of links to files of an article.
const FILE_WORDS: [&str; 10] = [
    "附件",
    "附表",
    ".pdf",
    ".doc",
    ".xls",
    ".wps",
    ".ofd",
    ".zip",
    ".rar",
    "统计表",
];
/// Endings that are pictures'; all others are documents'.
const PICTURES_ARE: [&str; 8] = ["jpg", "jpeg", "png", "bmp", "gif", "tif", "tiff", "webp"];
/// In the names of pictures that are chrome.
const CHROME: [&str; 34] = [
    "icon", "ico_", "logo", "qrcode", "erweima", "ewm", "weixin", "wechat", "weibo", "share",
    "print", "button", "btn", "arrow", "banner", "header", "footer", "blank", "spacer", "line.",
    "dot.", "bg.", "_bg", "bg_", "close", "search", "dzjg", "conac", "beian", "gongan", "jiucuo",
    "zfwz", "loading", "zwgk_",
];
/// Names of pictures that stand for a kind of file.
const KINDS: [&str; 16] = [
    "pdf", "doc", "docx", "word", "xls", "xlsx", "excel", "zip", "rar", "wps", "ofd", "txt", "ppt",
    "jpg", "gif", "att",
];

/// A report's page, and what its profile says of files.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sheet<'s> {
    pub document: &'s Document<'s>,
    pub tree: &'s Tree<'s>,
    pub base: &'s Base,
    /// Where a text stands.
    pub profile: &'s Profile,
    /// Which links are files.
    pub rules: &'s Attachments,
}

impl Sheet<'_> {
    /// Whether an address as written has the ending of a document that is handed out.
    fn names_document(&self, written: &str) -> bool {
        let written = written.to_ascii_lowercase();
        let endings = self.rules.extensions.iter().map(String::as_str);
        let mut documents = endings.filter(|ending| !PICTURES_ARE.contains(ending));
        documents.any(|ending| has_ending(&written, ending))
    }

    /// Whether an address is that of a picture that is handed out.
    fn is_picture(&self, url: &Url) -> bool {
        let name = site::last_segment(url);
        let ending = name.rsplit_once('.').map(|(_, ending)| ending);
        ending.is_some_and(|ending| {
            PICTURES_ARE.contains(&ending) && self.rules.extensions.iter().any(|one| one == ending)
        })
    }

    /// The links that the profile names: at its elements or in them.
    fn selected(&self) -> Vec<Attachment> {
        let Some(link) = &self.rules.link else {
            return Vec::new();
        };
        let mut within = css::matches(self.tree, link);
        let mut found = Vec::new();
        for (id, node) in self.tree.nodes().iter().enumerate() {
            within[id] |= node.parent.is_some_and(|parent| within[parent]);
            if !within[id] {
                continue;
            }
            let (written, form) = match &*node.name {
                "a" => (node.attribute("href"), Form::Linked),
                "iframe" | "embed" => (node.attribute("src"), Form::Framed),
                "object" => (node.attribute("data"), Form::Framed),
                _ => continue,
            };
            let Some(target) = written.and_then(|written| urls::resolve(self.base, &written))
            else {
                continue;
            };
            let name = self.tree.text(id);
            let name = match node.attribute("title") {
                Some(title) if name.trim().is_empty() => title.into_owned(),
                _ => name,
            };
            let name: String = name.chars().filter(|c| !is_space(*c)).take(160).collect();
            found.push(Attachment {
                url: self.viewed(&target).unwrap_or(target),
                form,
                name: (!name.is_empty()).then_some(name),
            });
        }
        found
    }

    /// The document that a viewer's page shows: `viewer.html?file=%2Fa.pdf`.
    fn viewed(&self, target: &Url) -> Option<Url> {
        let name = site::last_segment(target);
        let is_page = [".html", ".htm"].iter().any(|end| name.ends_with(end));
        if !is_page && !name.is_empty() {
            return None;
        }
        let (_, value) = target
            .query_pairs()
            .find(|(_, value)| self.names_document(value))?;
        urls::resolve(self.base, &value)
    }
}

/// The files a page hands out: documents in the order of the page, then pictures. Where the profile says which links
/// they are and the page has such, no other links are; frames and pictures of the text are in any case.
fn find(sheet: &Sheet<'_>) -> Vec<Attachment> {
    let url = sheet.base.page();
    let places = places(sheet.document, sheet.profile);
    let mut found: Vec<Attachment> = Vec::new();
    let mut add = |one: Attachment, most: usize| {
        if found.len() < most && one.url != *url && found.iter().all(|known| known.url != one.url) {
            found.push(one);
        }
    };
    let selected = sheet.selected();
    let by_profile = !selected.is_empty();
    for one in selected {
        add(one, DOCUMENTS);
    }
    for link in sheet.document.links.iter().take(LOOKED_AT) {
        if by_profile && !link.is_embedded {
            continue;
        }
        if let Some(one) = linked(sheet, link, &places) {
            add(one, DOCUMENTS);
        }
    }
    let text_known = places.contains(&Place::Text);
    for image in sheet.document.images.iter().take(LOOKED_AT) {
        let place = places.get(image.container as usize).copied();
        let Some(target) = urls::resolve(sheet.base, &image.source) else {
            continue;
        };
        let stands = match place {
            Some(Place::Text) => true,
            // Without a known container: what lies beside the article.
            Some(Place::Page) => !text_known && is_beside(url, &target),
            _ => false,
        };
        if stands && sheet.is_picture(&target) && !is_chrome(&target) {
            let one = Attachment {
                url: target,
                form: Form::Picture,
                name: None,
            };
            add(one, DOCUMENTS + PICTURES);
        }
    }
    found
}

/// The same as addresses to be fetched.
pub(super) fn leads(sheet: &Sheet<'_>) -> Vec<Lead> {
    find(sheet)
        .into_iter()
        .map(|one| Lead {
            url: one.url,
            role: Role::Attachment,
            title: one.name,
            list_date: None,
            kind: ItemKind::Unknown,
            year: None,
            rule: match one.form {
                Form::Linked => "attachment",
                Form::Framed => "attachment.frame",
                Form::Picture => "attachment.picture",
            },
        })
        .collect()
}

/// Where something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In a container of the article's text.
    Text,
    /// In a part that is never of it.
    Chrome,
    /// Neither.
    Page,
}

/// Of every container where it stands.
fn places(document: &Document<'_>, profile: &Profile) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::with_capacity(document.containers.len());
    for (number, container) in document.containers.iter().enumerate() {
        let parent = match number {
            0 => Place::Page,
            _ => places
                .get(container.parent as usize)
                .copied()
                .unwrap_or(Place::Page),
        };
        let own = |set: &crate::profile::SelectorSet| {
            set.matches(container.tag, container.id, container.class)
        };
        places.push(if parent == Place::Chrome || own(&profile.body.drop) {
            Place::Chrome
        } else if parent == Place::Text || own(&profile.body.containers) {
            Place::Text
        } else {
            Place::Page
        });
    }
    places
}

fn linked(sheet: &Sheet<'_>, link: &Link<'_>, places: &[Place]) -> Option<Attachment> {
    let page = sheet.base.page();
    let place = places
        .get(link.container as usize)
        .copied()
        .unwrap_or(Place::Page);
    if place == Place::Chrome {
        return None;
    }
    let written = link.target();
    let target = urls::resolve(sheet.base, &written)?;
    let name = name_of(sheet.document, link);
    let is_document = sheet.names_document(&written);
    let form = if link.is_embedded {
        Form::Framed
    } else {
        Form::Linked
    };
    let attachment = |url| {
        Some(Attachment {
            url,
            form,
            name: (!name.is_empty()).then(|| name.clone()),
        })
    };
    if link.is_embedded {
        return is_document
            .then(|| attachment(sheet.viewed(&target).unwrap_or(target)))
            .flatten();
    }
    if PROGRAMS.iter().any(|word| name.contains(word))
        && !name.contains("报告")
        && !name.contains("附件")
    {
        return None;
    }
    let in_text = place == Place::Text;
    let lower = name.to_ascii_lowercase();
    let is_file_name = FILE_WORDS.iter().any(|word| lower.contains(word));
    let titled = || {
        matches!(
            title::classify(&name, None).0,
            ItemKind::Report | ItemKind::Statistics
        )
    };
    if is_document {
        let wanted = in_text || is_file_name || is_beside(page, &target) || titled();
        return wanted
            .then(|| attachment(sheet.viewed(&target).unwrap_or(target)))
            .flatten();
    }
    if sheet.is_picture(&target) {
        return (in_text && !is_chrome(&target))
            .then(|| attachment(target))
            .flatten();
    }
    let address =
        format!("{}?{}", target.path(), target.query().unwrap_or_default()).to_ascii_lowercase();
    let handler = HANDLERS.iter().any(|word| address.contains(word));
    let wanted = is_file_name || in_text && (lower.contains("下载") || titled());
    (handler && wanted && !site::is_article(&target))
        .then(|| attachment(target))
        .flatten()
}

/// The text of a link, else its title, without spaces, cut.
fn name_of(document: &Document<'_>, link: &Link<'_>) -> String {
    let plain =
        |text: &str| -> String { text.chars().filter(|c| !is_space(*c)).take(160).collect() };
    let shown = document
        .text
        .get(link.text.start as usize..link.text.end as usize)
        .map(plain)
        .unwrap_or_default();
    if shown.is_empty() {
        link.title().map(|title| plain(&title)).unwrap_or_default()
    } else {
        shown
    }
}

/// Icons, codes, buttons: by name.
fn is_chrome(url: &Url) -> bool {
    let name = site::last_segment(url);
    let stem = name.split('.').next().unwrap_or_default();
    let path = url.path().to_ascii_lowercase();
    let bare = stem
        .trim_start_matches("icon_")
        .trim_end_matches(|c: char| c.is_ascii_digit());
    KINDS.contains(&bare)
        || CHROME.iter().any(|word| name.contains(word))
        || [
            "/icon",
            "/filetype",
            "/fileicon",
            "/emoji",
            "/emotion",
            "/skin",
            "/template",
            "/style",
        ]
        .iter()
        .any(|folder| path.contains(folder))
}

/// In the folder of the page or below.
fn is_beside(page: &Url, target: &Url) -> bool {
    let folder = page.path().rfind('/').map_or("/", |at| &page.path()[..=at]);
    folder.len() > 1 && page.host() == target.host() && target.path().starts_with(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::decode;
    use crate::parse::parse_html;
    use crate::profile::Sites;

    fn files(html: &str) -> Vec<(Form, String)> {
        let page =
            Url::parse("http://www.yunxi.example/xxgknb/202101/t20210131_4711.html").unwrap();
        files_by(
            html,
            &page,
            &Sites::compiled().generic().unwrap().attachments,
        )
    }

    fn files_by(html: &str, page: &Url, rules: &Attachments) -> Vec<(Form, String)> {
        let decoded = decode(html.as_bytes(), Some("text/html; charset=utf-8"));
        let tree = Tree::parse(&decoded.text);
        let sheet = Sheet {
            document: &parse_html(&decoded),
            tree: &tree,
            base: &Base::new(page, tree.base.as_deref(), decoded.charset),
            profile: Profile::generic(),
            rules,
        };
        find(&sheet)
            .into_iter()
            .map(|one| {
                (
                    one.form,
                    one.url.to_string().replace("http://www.yunxi.example", ""),
                )
            })
            .collect()
    }

    #[test]
    fn documents_and_pictures_of_the_text_are_found() {
        use Form::{Framed, Linked, Picture};
        let html = "<div class=header><a href=/a.pdf>通知附件</a><img src=/images/top.jpg></div>\
            <div class=TRS_Editor><p>正文<img src=./W020210131.png><img src=/images/icon_pdf.gif><img src=data:image/png;base64,AA>\
            <a href=./P020210131.pdf>云溪县2020年政府信息公开年报</a> <a href='/x/b.DOCX?v=1'>下载</a>\
            <a href='/system/_content/download.jsp?urltype=news.DownloadAttachUrl&wbfileid=47'>附件1：统计表</a>\
            <a href='/module/download/downfile.jsp?filename=47.xls'>表</a> <a href=/download/app.html>手机客户端下载</a>\
            <a href=./big.jpg><img src=./small.jpg></a><a href=/other.html>其他</a></p>\
            <iframe src='/pdfjs/web/viewer.html?file=%2Ffiles%2F2020.pdf'></iframe><embed src=/a.ofd><iframe src=/map.html></iframe>\
            <img src=/images/ewm.png></div>\
            <div><a href=./P02.doc>附表</a><a href=/help/manual.pdf>说明</a><a href=/files/2019.pdf>云溪县2019年政府信息公开年报</a></div>\
            <div class=footer><a href=/foot.pdf>附件</a></div>";
        let want = [
            (Linked, "/xxgknb/202101/P020210131.pdf"),
            (Linked, "/x/b.DOCX?v=1"),
            (
                Linked,
                "/system/_content/download.jsp?urltype=news.DownloadAttachUrl&wbfileid=47",
            ),
            (Linked, "/module/download/downfile.jsp?filename=47.xls"),
            (Linked, "/xxgknb/202101/big.jpg"),
            (Framed, "/files/2020.pdf"),
            (Framed, "/a.ofd"),
            (Linked, "/xxgknb/202101/P02.doc"),
            (Linked, "/files/2019.pdf"),
            (Picture, "/xxgknb/202101/W020210131.png"),
            (Picture, "/xxgknb/202101/small.jpg"),
        ];
        assert_eq!(files(html), want.map(|(form, url)| (form, url.to_owned())));
    }

    #[test]
    fn without_a_known_container_only_pictures_beside_the_article_count() {
        let html = "<table><tr><td><img src=/images/a.jpg><img src=./W0202.jpg><img src=W0203.gif></td></tr></table>";
        assert_eq!(files(html).len(), 2);
        let mut many = String::new();
        for n in 0..500 {
            many.push_str(
                "<img src=./W0.jpg><a href=./0.pdf>0</a>"
                    .replace('0', &n.to_string())
                    .as_str(),
            );
        }
        assert_eq!(files(&many).len(), DOCUMENTS + PICTURES);
    }
    #[test]
    fn a_profile_says_which_links_and_which_endings() {
        let page = Url::parse("http://www.yunxi.example/xxgknb/t20210131_4711.html").unwrap();
        let html = "<div class=TRS_Editor><a href=./a.pdf>云溪县2020年政府信息公开年报</a><img src=./1.png>\
            <a href=/get/4711;jsessionid=AB12>表格</a></div>\
            <ul class=fj><li><a href=/get/4712;jsessionid=AB12>表格</a></ul><a href=./b.csv>附件</a>";
        let rules = |text: &str| toml::from_str::<Attachments>(text).unwrap();
        let found = |text: &str| -> Vec<String> {
            let found = files_by(html, &page, &rules(text));
            found.into_iter().map(|(_, url)| url).collect()
        };
        assert_eq!(
            found("extensions = [\"pdf\", \"png\"]"),
            ["/xxgknb/a.pdf", "/xxgknb/1.png"]
        );
        assert_eq!(found("extensions = [\"csv\"]"), ["/xxgknb/b.csv"]);
        // No other links than those named, but the pictures of the text.
        let named = "link = \".fj\"\nextensions = [\"pdf\", \"png\"]";
        assert_eq!(found(named), ["/get/4712", "/xxgknb/1.png"]);
        // A selector that finds nothing is no reason to archive nothing.
        let named = "link = \".none a\"\nextensions = [\"pdf\"]";
        assert_eq!(found(named), ["/xxgknb/a.pdf"]);
        for wrong in [".pdf", "PDF", ""] {
            assert!(toml::from_str::<Attachments>(&format!("extensions = [\"{wrong}\"]")).is_err());
        }
    }
}
