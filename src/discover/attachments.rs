//! Files that a report's page hands out: documents linked or framed, and pictures in its text.
//!
//! In: a parsed page, its address, the profile that says where a text stands. Out: addresses, each once, bounded. A
//! page's chrome (icons, codes to be scanned, buttons, downloads of programs) is never named. Pure.

use url::Url;

use crate::extract::attached::names_document;
use crate::model::{ItemKind, Role};
use crate::normalize::label::is_space;
use crate::parse::{Document, Link};
use crate::profile::Profile;

use super::{Lead, site, title};

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
/// Pictures.
const PICTURE_ENDINGS: [&str; 8] = [
    ".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff", ".webp",
];
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

/// The files a page hands out: documents in the order of the page, then pictures.
pub fn find(document: &Document<'_>, url: &Url, profile: &Profile) -> Vec<Attachment> {
    let places = places(document, profile);
    let mut found: Vec<Attachment> = Vec::new();
    let mut add = |one: Attachment, most: usize| {
        if found.len() < most && one.url != *url && found.iter().all(|known| known.url != one.url) {
            found.push(one);
        }
    };
    for link in document.links.iter().take(LOOKED_AT) {
        if let Some(one) = linked(document, url, link, &places) {
            add(one, DOCUMENTS);
        }
    }
    let text_known = places.contains(&Place::Text);
    for image in document.images.iter().take(LOOKED_AT) {
        let place = places.get(image.container as usize).copied();
        let Some(target) = site::resolve(url, &image.source) else {
            continue;
        };
        let stands = match place {
            Some(Place::Text) => true,
            // Without a known container: what lies beside the article.
            Some(Place::Page) => !text_known && is_beside(url, &target),
            _ => false,
        };
        if stands && is_picture(&target) && !is_chrome(&target) {
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
pub fn leads(document: &Document<'_>, url: &Url, profile: &Profile) -> Vec<Lead> {
    find(document, url, profile)
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

fn linked(
    document: &Document<'_>,
    page: &Url,
    link: &Link<'_>,
    places: &[Place],
) -> Option<Attachment> {
    let place = places
        .get(link.container as usize)
        .copied()
        .unwrap_or(Place::Page);
    if place == Place::Chrome {
        return None;
    }
    let written = link.target();
    let target = site::resolve(page, &written)?;
    let name = name_of(document, link);
    let is_document = names_document(&written);
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
            .then(|| attachment(viewed(page, &target).unwrap_or(target)))
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
            .then(|| attachment(viewed(page, &target).unwrap_or(target)))
            .flatten();
    }
    if is_picture(&target) {
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

/// The document that a viewer's page shows: `viewer.html?file=%2Fa.pdf`.
fn viewed(page: &Url, target: &Url) -> Option<Url> {
    let name = site::last_segment(target);
    let is_page = [".html", ".htm"].iter().any(|end| name.ends_with(end));
    if !is_page && !name.is_empty() {
        return None;
    }
    let (_, value) = target
        .query_pairs()
        .find(|(_, value)| names_document(value))?;
    site::resolve(page, &value)
}

fn is_picture(url: &Url) -> bool {
    let name = site::last_segment(url);
    PICTURE_ENDINGS.iter().any(|ending| name.ends_with(ending))
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

    fn files(html: &str) -> Vec<(Form, String)> {
        let page =
            Url::parse("http://www.yunxi.example/xxgknb/202101/t20210131_4711.html").unwrap();
        let decoded = decode(html.as_bytes(), Some("text/html; charset=utf-8"));
        find(&parse_html(&decoded), &page, Profile::generic())
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
}
