//! The pages that list entries, and what stands around them.

use std::sync::Arc;

use super::answer::{Answer, Page};
use super::column::{Column, Item, Platform};
use super::host::Request;
use super::report::Charset;

/// Path of list page `index` (from 0) of a column that shows all its entries.
pub fn page_path(column: &Column, index: usize) -> String {
    path_of(column, index, column.pages())
}

fn path_of(column: &Column, index: usize, pages: usize) -> String {
    let folder = column.path.trim_end_matches('/');
    match (column.platform, index) {
        (Platform::Trs, 0) => format!("{folder}/index.html"),
        (Platform::Trs, _) => format!("{folder}/index_{index}.html"),
        (Platform::Hanweb, 0) => format!("{folder}/index.html"),
        (Platform::Hanweb, _) => format!(
            "/module/web/jpage/dataproxy.jsp?page={index}&appid=1&webid=1&path=/&columnid={}&unitid=2209&permissiontype=0",
            column_number(&column.path)
        ),
        (Platform::Vsb, 0) => format!("{folder}.htm"),
        (Platform::Vsb, _) => format!("{folder}/{}.htm", pages - index),
        (Platform::Kaipu, 0) => format!("{folder}/list.shtml"),
        (Platform::Kaipu, _) => format!("{folder}/list_{}.shtml", index + 1),
        (Platform::Gkmlpt, _) => format!(
            "/gkmlpt/api/all/{}?page={}&sid=1",
            column_number(&column.path),
            index + 1
        ),
        (Platform::GovCn, 0) => format!("{folder}/home.htm"),
        (Platform::GovCn, _) => format!("{folder}/home_{index}.htm"),
    }
}

/// A number for a column, the same for the same path.
pub fn column_number(path: &str) -> u32 {
    let sum = path.bytes().fold(0_u32, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(u32::from(byte))
    });
    1_000 + sum % 9_000
}

/// The list page that a request asks for; `None` where it asks for something else.
pub fn answer(column: &Column, items: &[Item], request: &Request) -> Option<Answer> {
    let pages = items.len().div_ceil(column.per_page).max(1);
    let folder = column.path.trim_end_matches('/');
    let path = request.path.as_str();
    let bare = request.bare_path();
    if column.platform == Platform::Gkmlpt && bare == "/gkmlpt/index" {
        let text = shell(
            column,
            &format!(
                "<div id=\"app\"></div><script>window._CONFIG = {{\"SITE_ID\": 1, \"COLUMN\": {{\"id\": {0}, \"name\": \"政府信息公开年报\", \"url\": \"/gkmlpt/index#{0}\"}}}};</script>",
                column_number(&column.path)
            ),
        );
        return Some(page(column, &text, request));
    }
    let index = if path == folder || path == format!("{folder}/") {
        0
    } else {
        let asked = number_in(bare.strip_prefix(folder).unwrap_or(bare));
        let candidate = match column.platform {
            Platform::Hanweb | Platform::Gkmlpt => request
                .parameter("page")
                .and_then(|value| value.parse().ok())
                .map_or(0, |value: usize| {
                    value.saturating_sub(usize::from(column.platform == Platform::Gkmlpt))
                }),
            Platform::Vsb => asked.map_or(0, |number| pages.saturating_sub(number)),
            Platform::Kaipu => asked.map_or(0, |number| number.saturating_sub(1)),
            Platform::Trs | Platform::GovCn => asked.unwrap_or(0),
        };
        let own = path_of(column, candidate, pages);
        let same_query = match column.platform {
            Platform::Hanweb | Platform::Gkmlpt => {
                bare == own.split('?').next().unwrap_or_default()
                    && (candidate == 0 && column.platform == Platform::Hanweb
                        || path.contains(&column_number(&column.path).to_string()))
            }
            _ => bare == own,
        };
        if !same_query || candidate >= pages {
            return None;
        }
        candidate
    };
    let from = (index * column.per_page).min(items.len());
    let to = (from + column.per_page).min(items.len());
    let shown = &items[from..to];
    let text = match column.platform {
        Platform::Trs => trs(column, shown, index, pages),
        Platform::Hanweb if index > 0 => {
            let text = datastore(column, shown, index, pages);
            return Some(
                Page::new("text/xml; charset=utf-8", text.into_bytes()).answer(0, 0, request),
            );
        }
        Platform::Hanweb => shell(column, &format!(
            "<div id=\"2209\"><script type=\"text/xml\">{}</script></div><script src=\"/script/jpage.js\"></script>",
            datastore(column, shown, index, pages)
        )),
        Platform::Vsb => vsb(column, shown, index, pages, items.len()),
        Platform::Kaipu => shell(column, &format!(
            "<ul class=\"list\">{}</ul><div id=\"page_div\"></div>\n<script>createPageHTML('page_div',{pages}, {},'list','shtml',{});</script>",
            lines(shown, |item| item.path.clone(), 0),
            index + 1,
            items.len()
        )),
        Platform::Gkmlpt => {
            let text = json(column, shown, &request.host, items.len());
            return Some(
                Page::new("application/json; charset=utf-8", text.into_bytes())
                    .without_validators()
                    .answer(0, 0, request),
            );
        }
        Platform::GovCn => shell(column, &format!(
            "<div class=\"list list_1 list_2\"><ul>{}</ul></div><div class=\"newspage cl\"><ul id=\"page\"></ul></div>\n<script>var nPageCount = {pages};\nvar nCurrIndex = {index};\nvar nPageName = \"home\";\nvar nPageExt = \"htm\";\ncreatePageHTML(nPageCount, nCurrIndex, nPageName, nPageExt);</script>",
            shown
                .iter()
                .map(|item| format!("<li><h4><a href=\"{}\" target=\"_blank\">{}</a><span class=\"date\">{}</span></h4></li>\n", item.path, item.title, item.date))
                .collect::<String>()
        )),
    };
    Some(page(column, &text, request))
}

fn page(column: &Column, text: &str, request: &Request) -> Answer {
    let kind = column.charset.content_type();
    Page::new(kind, column.charset.encode(text)).answer(0, 0, request)
}

/// The last number of a path's file name.
fn number_in(path: &str) -> Option<usize> {
    let name = path.rsplit('/').next()?;
    let stem = name.split('.').next()?;
    let at = stem.rfind(|one: char| !one.is_ascii_digit());
    stem[at.map_or(0, |at| at + 1)..].parse().ok()
}

fn trs(column: &Column, items: &[Item], index: usize, pages: usize) -> String {
    let folder = format!("{}/", column.path.trim_end_matches('/'));
    let relative = |item: &Item| match item.path.strip_prefix(&folder) {
        Some(rest) => format!("./{rest}"),
        None => item.path.clone(),
    };
    shell(
        column,
        &format!(
            "<div class=\"gl_list\"><ul>{}</ul></div>\n<div class=\"page\"><script>createPageHTML({pages}, {index}, \"index\", \"html\");</script></div>",
            lines(items, relative, 24)
        ),
    )
}

/// Entries as `<li>`; where `most` is not 0, titles longer than that are cut, the full one in `title=`.
fn lines(items: &[Item], link: impl Fn(&Item) -> String, most: usize) -> String {
    items
        .iter()
        .map(|item| {
            let shown = if most > 0 && item.title.chars().count() > most {
                format!("{}...", item.title.chars().take(most).collect::<String>())
            } else {
                item.title.clone()
            };
            format!(
                "<li><a href=\"{}\" target=\"_blank\" title=\"{}\">{shown}</a><span>{}</span></li>\n",
                link(item),
                item.title,
                item.date
            )
        })
        .collect()
}

fn datastore(column: &Column, items: &[Item], index: usize, pages: usize) -> String {
    let records: String = items
        .iter()
        .map(|item| {
            format!(
                "<record><![CDATA[\n<li class=\"clearfix\"><a target=\"_blank\" href=\"{}\" title=\"{}\">{}</a><b>{}</b></li>]]></record>\n",
                item.path, item.title, item.title, item.date
            )
        })
        .collect();
    let next = if index + 1 < pages {
        format!(
            "<nextgroup><![CDATA[<a href=\"{}\"></a>]]></nextgroup>\n",
            path_of(column, index + 1, pages)
        )
    } else {
        String::new()
    };
    format!("<datastore>\n{next}<recordset>\n{records}</recordset>\n</datastore>")
}

fn vsb(column: &Column, items: &[Item], index: usize, pages: usize, count: usize) -> String {
    let folder = column.path.trim_end_matches('/');
    let link = |name: &str, to: usize| {
        format!(
            "<span class=\"p_{name}\"><a href=\"{}\">{}</a></span>",
            path_of(column, to, pages),
            match name {
                "next" => "下页",
                "last" => "尾页",
                "prev" => "上页",
                _ => "首页",
            }
        )
    };
    let mut pager = format!(
        "<span class=\"p_t\">共{count}条</span><span class=\"p_t\">{}/{pages}</span>",
        index + 1
    );
    if index > 0 {
        pager.push_str(&link("first", 0));
        pager.push_str(&link("prev", index - 1));
    }
    if index + 1 < pages {
        pager.push_str(&link("next", index + 1));
        pager.push_str(&link("last", pages - 1));
    }
    let up = "../".repeat(folder.matches('/').count() - usize::from(index == 0));
    shell(
        column,
        &format!(
            "<ul class=\"winstyle\">{}</ul><div class=\"pb_sys_common\">{pager}</div>",
            lines(
                items,
                |item| format!("{up}{}", item.path.trim_start_matches('/')),
                0
            )
        ),
    )
}

fn json(column: &Column, items: &[Item], host: &str, count: usize) -> String {
    let number = column_number(&column.path);
    let articles: Vec<String> = items
        .iter()
        .enumerate()
        .map(|(index, item)| {
            format!(
                "{{\"id\":{},\"classify_main\":{number},\"title\":\"{}\",\"url\":\"http://{host}{}\",\"is_open\":1,\"publish_time\":\"{} 09:00:00\",\"display_publish_time\":\"{}\"}}",
                index + 1,
                item.title,
                item.path.replace('/', "\\/"),
                item.date,
                item.date
            )
        })
        .collect();
    format!(
        "{{\"articles\":[{}],\"classify\":{{\"id\":{number},\"name\":\"政府信息公开年报\",\"post_count\":{count}}},\"total\":{count}}}",
        articles.join(",")
    )
}

/// A page of the column around its list.
fn shell(column: &Column, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"{}\">\n<meta name=\"SiteName\" content=\"示例政府网站\">\n<meta name=\"ColumnName\" content=\"政府信息公开年报\">\n<meta name=\"ColumnType\" content=\"政府信息公开年报\">\n<title>政府信息公开年报</title>\n</head>\n<body>\n<div class=\"nav\"><a href=\"/\">首页</a> &gt; <a href=\"/zwgk/\">政务公开</a> &gt; 政府信息公开年报</div>\n{body}\n<div class=\"footer\"><p>网站标识码：9900000001</p></div>\n</body>\n</html>\n",
        column.charset.name()
    )
}

/// A front page that leads to the columns.
pub fn front(host: &str, columns: &[Column]) -> String {
    let links: String = columns
        .iter()
        .map(|column| {
            let target = match column.platform {
                Platform::Gkmlpt => format!("/gkmlpt/index#{}", column_number(&column.path)),
                _ => column.first_page(),
            };
            format!("<li><a href=\"{target}\">政府信息公开年报</a></li>\n")
        })
        .collect();
    format!(
        "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"SiteName\" content=\"{host}\">\n<title>{host}</title>\n</head>\n<body>\n<ul class=\"menu\"><li><a href=\"/\">首页</a></li><li><a href=\"/zwdt/\">政务动态</a></li>\n{links}<li><a href=\"javascript:void(0)\">无障碍浏览</a></li></ul>\n</body>\n</html>\n"
    )
}

/// A sitemap with the first page of each column and all entries.
pub fn sitemap(host: &str, columns: &[Column]) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for column in columns {
        let first = column.first_page().replace('&', "&amp;");
        text.push_str(&format!("<url><loc>http://{host}{first}</loc></url>\n"));
        for item in column.items() {
            text.push_str(&format!(
                "<url><loc>http://{host}{}</loc><lastmod>{}</lastmod></url>\n",
                item.path, item.date
            ));
        }
    }
    text.push_str("</urlset>\n");
    text
}

/// Scripts, styles and menus of about so many bytes.
pub fn filler(size: usize) -> String {
    let mut text = String::with_capacity(size + 200);
    let mut number = 0_u32;
    if size == 0 {
        return text;
    }
    text.push_str("<style type=\"text/css\">\n");
    while text.len() < size / 2 {
        number += 1;
        text.push_str(&format!(
            ".m{number} {{ margin: {}px auto; padding: 0 {}px; color: #3{:02x}; }}\n",
            number % 40,
            number % 13,
            number % 256
        ));
    }
    text.push_str("</style>\n<div class=\"menu\"><ul>\n");
    while text.len() < size {
        number += 1;
        text.push_str(&format!(
            "<li class=\"m{number}\"><a href=\"/zt/{number}/\">专题栏目{number}</a></li>\n"
        ));
    }
    text.push_str("</ul></div>\n");
    text
}

/// A PDF, a DOC and an XLS: ending, Content-Type, bytes. Small, with the right first bytes.
pub fn files(title: &str) -> Vec<(&'static str, &'static str, Arc<[u8]>)> {
    let mut pdf = b"%PDF-1.4\n%\xE2\xE3\xCF\xD3\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>\nendobj\n% ".to_vec();
    pdf.extend_from_slice(title.as_bytes());
    pdf.extend_from_slice(b"\ntrailer\n<< /Root 1 0 R /Size 4 >>\n%%EOF\n");
    let mut compound = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    compound.resize(1_024, 0);
    let mut sheet = compound.clone();
    compound.extend_from_slice(title.as_bytes());
    sheet.extend_from_slice(format!("xls {title}").as_bytes());
    vec![
        ("pdf", "application/pdf", pdf.into()),
        ("doc", "application/msword", compound.into()),
        ("xls", "application/vnd.ms-excel", sheet.into()),
    ]
}

/// What stands beside reports in columns: title and text.
pub fn strangers() -> Vec<(&'static str, &'static str)> {
    vec![
        (
            "云溪市召开政务公开工作推进会",
            "会议总结了上半年的工作，对下一阶段的任务作了安排。",
        ),
        (
            "2024年政府网站工作年度报表",
            "网站名称、访问总量、信息发布总数等情况见附表。",
        ),
        (
            "松岗区人民政府2022年政府信息公开工作年度报告解读",
            "本文用图说明年度报告的主要内容。",
        ),
        (
            "云溪市政府信息公开指南",
            "本指南说明公开的范围、方式和申请的办法。",
        ),
        (
            "关于做好年度报告编制工作的通知",
            "请各单位按照统一格式编制，于一月底前报送。",
        ),
        ("云溪市2023年度部门决算公开", "收入支出决算总表见附件。"),
    ]
}

/// A page with a title and a paragraph.
pub fn plain(title: &str, text: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>{title}</title></head>\n<body><h1>{title}</h1><div class=\"con\"><p>　　{text}</p></div></body></html>\n"
    )
}

/// The bytes of a text in a charset.
impl Charset {
    /// The name in `<meta>`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Gbk => "gb2312",
        }
    }

    /// The Content-Type; GBK pages of real servers seldom name their charset there.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Utf8 => "text/html; charset=utf-8",
            Self::Gbk => "text/html",
        }
    }

    /// The bytes.
    pub fn encode(self, text: &str) -> Vec<u8> {
        match self {
            Self::Utf8 => text.as_bytes().to_vec(),
            Self::Gbk => encoding_rs::GBK.encode(text).0.into_owned(),
        }
    }
}
