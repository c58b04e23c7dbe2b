//! List pages with known items: platforms, layouts, ways to print dates, and what stands around a list.
//!
//! Names, places and titles are invented; the shapes are those of real sites.

use std::fmt::Write as _;

/// Which publishing system the page seems to come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    Trs,
    Hanweb,
    HanwebData,
    Vsb,
    Kaipu,
    Plain,
}

impl Platform {
    pub const ALL: [Self; 6] = [
        Self::Trs,
        Self::Hanweb,
        Self::HanwebData,
        Self::Vsb,
        Self::Kaipu,
        Self::Plain,
    ];
}

/// How an item is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    List,
    Rows,
    TwoUp,
    Lists,
    Terms,
    Blocks,
    WholeLink,
    Lines,
    Unclosed,
    Categories,
    Numbered,
}

impl Layout {
    pub const ALL: [Self; 11] = [
        Self::List,
        Self::Rows,
        Self::TwoUp,
        Self::Lists,
        Self::Terms,
        Self::Blocks,
        Self::WholeLink,
        Self::Lines,
        Self::Unclosed,
        Self::Categories,
        Self::Numbered,
    ];
}

/// How its date is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dates {
    After,
    Before,
    Brackets,
    Chinese,
    Time,
    MonthDay,
    Split,
    None,
}

impl Dates {
    pub const ALL: [Self; 8] = [
        Self::After,
        Self::Before,
        Self::Brackets,
        Self::Chinese,
        Self::Time,
        Self::MonthDay,
        Self::Split,
        Self::None,
    ];
}

/// What stands around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chrome {
    /// Divisions with the usual classes.
    Classes,
    /// Tables within tables, no classes.
    Tables,
    /// Sidebars built like the list itself.
    Twins,
}

impl Chrome {
    pub const ALL: [Self; 3] = [Self::Classes, Self::Tables, Self::Twins];
}

/// An item as it must be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    pub url: String,
    pub title: String,
    pub date: Option<String>,
}

/// A page with its truth.
pub struct Sample {
    pub name: String,
    pub url: String,
    pub html: String,
    pub items: Vec<Truth>,
    pub pages: Vec<String>,
}

/// Numbers that look random and are the same every time.
pub struct Dice(u64);

impl Dice {
    pub const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit
    }
}

const PLACES: [&str; 5] = ["青岭市", "云溪县", "白鹭区", "六合镇", "石桥街道办事处"];
const BODIES: [&str; 5] = [
    "人民政府",
    "财政局",
    "教育和体育局",
    "自然资源和规划局",
    "卫生健康委员会",
];
const NEWS: [&str; 6] = [
    "召开2020年度工作会议",
    "关于做好冬季供水管网改造期间停水安排的通知",
    "2019，青岭，再出发！",
    "一图读懂：2022年重点工作",
    "政府网站工作年度报表（2021年度）",
    "关于征求《青岭市“十四五”林业发展规划（征求意见稿）》意见的公告",
];

fn title(dice: &mut Dice) -> String {
    let year = 2008 + dice.below(18);
    let body = format!("{}{}", PLACES[dice.below(5)], BODIES[dice.below(5)]);
    match dice.below(10) {
        0..=5 => format!("{body}{year}年政府信息公开工作年度报告"),
        6 => format!("{year}年度{body}信息公开年报"),
        7 => format!(
            "{}{year}年政府信息公开工作年度报告（本级）",
            PLACES[dice.below(5)]
        ),
        _ => {
            let news = NEWS[dice.below(6)];
            if news.starts_with("召开") {
                format!("{body}{news}")
            } else {
                news.to_owned()
            }
        }
    }
}

struct Entry {
    href: String,
    url: String,
    title: String,
    day: (usize, usize, usize),
}

pub fn page_url(platform: Platform) -> &'static str {
    match platform {
        Platform::Trs => "http://www.qingling.example/zwgk/zfxxgk/zfxxgknb/index.html",
        Platform::Hanweb | Platform::HanwebData => {
            "http://www.qingling.example/col/col12077/index.html"
        }
        Platform::Vsb => "http://www.qingling.example/zwgk/zfxxgknb.htm",
        Platform::Kaipu => "http://www.qingling.example/ql/xxgknb/nblist.shtml",
        Platform::Plain => "http://www.qingling.example/list.aspx?cid=31",
    }
}

fn entry(platform: Platform, number: usize, dice: &mut Dice) -> Entry {
    let (y, m, d) = (
        2009 + dice.below(17),
        1 + dice.below(12),
        1 + dice.below(28),
    );
    let id = 48_000 + number * 17 + dice.below(9);
    let root = "http://www.qingling.example";
    let (href, url) = match platform {
        Platform::Trs => {
            let path = format!("{y}{m:02}/t{y}{m:02}{d:02}_{id}.html");
            (
                format!("./{path}"),
                format!("{root}/zwgk/zfxxgk/zfxxgknb/{path}"),
            )
        }
        Platform::Hanweb | Platform::HanwebData => {
            let path = format!("/art/{y}/{m}/{d}/art_12077_{id}.html");
            (path.clone(), format!("{root}{path}"))
        }
        Platform::Vsb => (
            format!("../info/1034/{id}.htm"),
            format!("{root}/info/1034/{id}.htm"),
        ),
        Platform::Kaipu => {
            let path = format!("{y}{m:02}/0a{id}f3c94be2b7.shtml");
            (path.clone(), format!("{root}/ql/xxgknb/{path}"))
        }
        Platform::Plain => (
            format!("show.aspx?id={id}&amp;cid=31"),
            format!("{root}/show.aspx?id={id}&cid=31"),
        ),
    };
    Entry {
        href,
        url,
        title: title(dice),
        day: (y, m, d),
    }
}

fn printed(dates: Dates, (y, m, d): (usize, usize, usize)) -> String {
    match dates {
        Dates::After | Dates::Before => format!("{y}-{m:02}-{d:02}"),
        Dates::Brackets => format!("[{y}-{m:02}-{d:02}]"),
        Dates::Chinese => format!("{y}年{m}月{d}日"),
        Dates::Time => format!("发布时间：{y}/{m}/{d} 09:3{}:05", m % 10),
        Dates::MonthDay => format!("{m:02}-{d:02}"),
        Dates::Split => format!("<b>{d:02}</b><i>{y}-{m:02}</i>"),
        Dates::None => String::new(),
    }
}

/// The link, its title cut or not; cut ones have the whole in `title=`.
fn anchor(entry: &Entry, dice: &mut Dice) -> String {
    let length = entry.title.chars().count();
    let shown: String = match dice.below(4) {
        0 if length > 14 => entry.title.chars().take(12).chain("...".chars()).collect(),
        1 if length > 14 => entry.title.chars().take(13).chain(['…']).collect(),
        _ => entry.title.clone(),
    };
    let is_cut = shown != entry.title;
    let named = is_cut || dice.below(2) == 0;
    let attribute = if named {
        format!(" title=\"{}\"", entry.title)
    } else {
        String::new()
    };
    let bullet = if dice.below(6) == 0 { "·" } else { "" };
    format!(
        "<a target=\"_blank\" href=\"{}\"{attribute}>{bullet}{shown}</a>",
        entry.href
    )
}

/// The list and whether its dates can be told.
#[expect(clippy::too_many_lines, reason = "a layout an arm")]
fn list(
    entries: &[Entry],
    layout: Layout,
    dates: Dates,
    platform: Platform,
    dice: &mut Dice,
) -> String {
    let mut out = String::new();
    let vsb = |number: usize| {
        if platform == Platform::Vsb {
            format!(" id=\"line_u9_{number}\"")
        } else {
            String::new()
        }
    };
    for (number, entry) in entries.iter().enumerate() {
        let link = anchor(entry, dice);
        let date = printed(dates, entry.day);
        let before = dates == Dates::Before;
        let id = vsb(number);
        let pair = |tag: &str| {
            let date = if date.is_empty() {
                String::new()
            } else {
                format!("<{tag} class=\"rq\">{date}</{tag}>")
            };
            if before {
                format!("{date}{link}")
            } else {
                format!("{link}\n   {date}")
            }
        };
        let _ = match layout {
            Layout::List | Layout::Numbered => writeln!(out, "<li{id}>{}</li>", pair("span")),
            Layout::Unclosed => writeln!(out, "<li{id}>{}", pair("span")),
            Layout::Categories => writeln!(
                out,
                "<li{id}><a href=\"/zwgk/nb/\">[年报]</a> {}</li>",
                pair("em")
            ),
            Layout::Rows => {
                let cell = format!("<td width=550>{link}</td>");
                let (a, b) = if before {
                    (format!("<td>{date}</td>"), cell)
                } else {
                    (cell, format!("<td>\n{date}\n</td>"))
                };
                writeln!(
                    out,
                    "<tr{id} valign=top><td><img src=/i/ico.gif></td>{a}{b}</tr>"
                )
            }
            Layout::TwoUp => {
                let open = if number % 2 == 0 { "<tr>" } else { "" };
                let close = if number % 2 == 1 || number + 1 == entries.len() {
                    "</tr>"
                } else {
                    ""
                };
                writeln!(out, "{open}<td{id}>{}</td>{close}", pair("span"))
            }
            Layout::Lists => {
                let (a, b) = if before {
                    (&date, &link)
                } else {
                    (&link, &date)
                };
                writeln!(
                    out,
                    "<dl{id}><dd class=wz>{a}</dd><dd class=rq>{b}</dd></dl>"
                )
            }
            Layout::Terms => {
                let (a, b) = if before {
                    (&date, &link)
                } else {
                    (&link, &date)
                };
                writeln!(out, "<dt>{a}</dt><dd>{b}</dd>")
            }
            Layout::Blocks => writeln!(
                out,
                "<div class=xw{id}><div class=bt><h3>{link}</h3></div><div class=rq>{date}</div><p>摘要：为贯彻落实有关要求，现将情况予以公布。</p></div>"
            ),
            Layout::WholeLink => {
                let (a, b) = (
                    format!("<span class=bt>{}</span>", entry.title),
                    format!("<span class=rq>{date}</span>"),
                );
                let inner = if before {
                    format!("{b}{a}")
                } else {
                    format!("{a}{b}")
                };
                writeln!(out, "<li{id}><a href=\"{}\">{inner}</a></li>", entry.href)
            }
            Layout::Lines => {
                let both = if before {
                    format!("{date} {link}")
                } else {
                    format!("{link} {date}")
                };
                writeln!(out, "{both}<br>")
            }
        };
    }
    match layout {
        Layout::Rows | Layout::TwoUp => {
            format!("<table class=\"wzlb\" width=682><tbody>{out}</tbody></table>")
        }
        Layout::Lists | Layout::Blocks => format!("<div class=\"wzlb\">{out}</div>"),
        Layout::Terms => format!("<dl class=\"wzlb\">{out}</dl>"),
        Layout::Lines => format!("<p class=\"wzlb\">{out}</p>"),
        Layout::Numbered => format!("<ol class=\"wzlb\">{out}</ol>"),
        _ => format!("<ul class=\"wzlb clearfix\">{out}</ul>"),
    }
}

const SECTIONS: [(&str, &str); 7] = [
    ("信息公开规定", "../xxgkgd/"),
    ("信息公开指南", "../xxgkzn/"),
    ("信息公开目录", "/zwgk/ml/index.html"),
    ("依申请公开", "../ysqgk/"),
    ("政府信息公开年报", "./"),
    ("人事信息", "/zwgk/rsxx/"),
    ("政府采购", "/col/col9/index.html"),
];

fn links(tag: &str, entries: &[(&str, &str)]) -> String {
    entries.iter().fold(String::new(), |mut out, (text, href)| {
        let _ = write!(
            out,
            "<{tag}><a href=\"{href}\" title=\"{text}\">{text}</a></{tag}>"
        );
        out
    })
}

/// A list of something else, dated like the real one, with its heading.
fn aside(heading: &str, wrap: &str, dice: &mut Dice) -> String {
    let mut out = format!(
        "<div class=\"{wrap}\"><h3>{heading}<a href=\"/more/\">更多&gt;&gt;</a></h3><ul class=\"wzlb clearfix\">"
    );
    for number in 0..5 {
        let (m, d) = (1 + dice.below(12), 1 + dice.below(28));
        let date = if dice.below(2) == 0 {
            format!("{m:02}-{d:02}")
        } else {
            format!("2024-{m:02}-{d:02}")
        };
        let _ = write!(
            out,
            "<li><a href=\"/xwzx/bdxw/2024{m:02}/t2024{m:02}{d:02}_{}.html\">青岭市领导到基层调研安全生产工作第{number}次</a><span class=\"rq\">{date}</span></li>",
            90_000 + number
        );
    }
    out + "</ul></div>"
}

fn friends() -> &'static str {
    "<div class=yqlj><p>友情链接</p><ul><li><a href='http://www.gov.example/' title='中国政府网'>中国政府网</a></li>\
     <li><a href='http://www.people.example/'>人民网</a></li><li><a href='http://rsj.shengfu.example/rlzyshbzw/1.html'>省人力资源和社会保障厅</a></li>\
     <li><a href='https://xy.shengfu.example/#/home'>信用云溪</a></li></ul></div>"
}

fn pager(platform: Platform, total: usize, records: usize) -> (String, Vec<String>) {
    let root = "http://www.qingling.example";
    match platform {
        Platform::Trs => (
            format!("<div class=fy><script>function createPageHTML(_n,_c,_p,_e){{}}\ncreatePageHTML({total}, 0, \"index\", \"html\");</script></div>"),
            (1..total).map(|n| format!("{root}/zwgk/zfxxgk/zfxxgknb/index_{n}.html")).collect(),
        ),
        Platform::Kaipu => (
            format!("<div id='page_div'></div><script>createPageHTML('page_div',{total}, 1,'nblist','shtml',{});</script>", records * total),
            (2..=total).map(|n| format!("{root}/ql/xxgknb/nblist_{n}.shtml")).collect(),
        ),
        Platform::Vsb if total > 1 => (
            format!(
                "<div class=pb_sys_common><span class='p_t'>共{}条</span><span class='p_pages'><span>首页</span><span class='p_no_d'>1</span><span class='p_no'><a href='zfxxgknb/{}.htm'>2</a></span><span class='p_next'><a href='zfxxgknb/{}.htm'>下页</a></span><span class='p_last'><a href='zfxxgknb/1.htm'>尾页</a></span></span></div>",
                records * total, total - 1, total - 1
            ),
            (1..total).rev().map(|n| format!("{root}/zwgk/zfxxgknb/{n}.htm")).collect(),
        ),
        Platform::Plain if total > 1 => (
            "<div><a href='javascript:void(0)'>1</a> <a href='list.aspx?cid=31&amp;p=2'>2</a> <a href='list.aspx?cid=31&amp;p=2'>下一页</a> <a href='list.aspx?cid=31&amp;p=9'>末页</a></div>".into(),
            vec![format!("{root}/list.aspx?cid=31&p=2")],
        ),
        _ => (String::new(), Vec::new()),
    }
}

/// A page. `count` items, which may be 0.
pub fn sample(
    platform: Platform,
    layout: Layout,
    dates: Dates,
    chrome: Chrome,
    count: usize,
    seed: u64,
) -> Sample {
    let mut dice = Dice::new(seed + 1);
    let total = if count == 0 { 1 } else { 1 + dice.below(4) };
    let entries: Vec<Entry> = (0..count)
        .map(|number| entry(platform, number, &mut dice))
        .collect();
    let layout = if platform == Platform::HanwebData {
        Layout::List
    } else {
        layout
    };
    let mut body = if count == 0 {
        if dice.below(2) == 0 {
            "<ul class=\"wzlb clearfix\"></ul>".into()
        } else {
            "<p class=none>暂无相关信息</p>".into()
        }
    } else {
        list(&entries, layout, dates, platform, &mut dice)
    };
    let (mut pages_html, mut pages) = pager(platform, total, count);
    if platform == Platform::HanwebData {
        let mut data = String::from("<script type=\"text/xml\"><datastore>");
        if total > 1 {
            data += "<nextgroup><![CDATA[<a href=\"/module/web/jpage/dataproxy.jsp?page=1&appid=1&webid=3&path=/&columnid=12077&unitid=38486&permissiontype=0\"></a>]]></nextgroup>";
        }
        data += "<recordset>";
        for item in body.split("</li>").filter(|line| line.contains("href")) {
            let item = item.replace("<ul class=\"wzlb clearfix\">", "");
            let _ = write!(data, "<record><![CDATA[\n{item}</li>]]></record>\n");
        }
        data += "</recordset></datastore></script><script>$('#38486').jpage({perPage:15, proxyUrl:'/module/web/jpage/dataproxy.jsp'})</script>";
        body = format!("<div id=38486></div>{data}");
        pages_html = String::new();
        pages = Vec::new();
        if total > 1 && count > 0 {
            pages.push("http://www.qingling.example/module/web/jpage/dataproxy.jsp?page=1&appid=1&webid=3&path=/&columnid=12077&unitid=38486&permissiontype=0".into());
        }
    }
    let html = around(chrome, &body, &pages_html, &mut dice);
    let items = entries
        .into_iter()
        .map(|entry| {
            let (y, m, d) = entry.day;
            let date = !matches!(dates, Dates::None | Dates::MonthDay);
            Truth {
                url: entry.url,
                title: entry.title,
                date: date.then(|| format!("{y}-{m:02}-{d:02}")),
            }
        })
        .collect();
    Sample {
        name: format!("{platform:?} {layout:?} {dates:?} {chrome:?} {count} seed {seed}"),
        url: page_url(platform).into(),
        html,
        items,
        pages,
    }
}

fn around(chrome: Chrome, body: &str, pager: &str, dice: &mut Dice) -> String {
    let head = "<!DOCTYPE html><html><head><meta charset=\"CHARSET\"><title>政府信息公开年报_青岭市人民政府</title>\
        <script>var t='<li><a href=\"/x/2020/t20200101_1.html\">不是条目的链接文字</a> 2020-01-01</li>';</script></head><body>";
    let template = "<ul ms-if=\"list.length\"><li ms-repeat=\"list\"><a href=\"./202001/t20200101_7.html\">岚综管办文件模板</a><span>2020-01-01</span></li>\
        <li><a href=\"{{el.url}}\">{{el.title}}</a></li></ul>";
    let top = links(
        "li",
        &[
            ("首页", "/"),
            ("政务公开", "/zwgk/"),
            ("解读回应", "/jdhy/"),
            ("办事服务", "/bsfw/"),
            ("走进青岭", "/zjql/"),
        ],
    );
    let sections = links("li", &SECTIONS);
    let way = "您现在的位置：<a href=\"/\">首页</a>&nbsp;&gt;&nbsp;<a href=\"../\">政府信息公开</a>&nbsp;&gt;&nbsp;<a href=\"./\" title=\"政府信息公开年报\">政府信息公开年报</a>";
    let foot = "主办：青岭市人民政府 <a href=\"/wzdt/\">网站地图</a> <a href=\"/dbdh/lxwm/t20190101_2.html\">联系我们</a> <a href=\"http://www.beian.example/portal?recordcode=15062102000168\">蒙公网安备 15062102000168号</a> 网站标识码：1506000140";
    match chrome {
        Chrome::Classes => format!(
            "{head}<div class=\"header\"><ul class=nav>{top}</ul></div><div class=\"crumb\">{way}</div><div class=main>\
             <div class=\"left-nav\"><h2>信息公开</h2><ul><li><h3><a href=\"/zc/\">政策</a></h3><ul>{sections}</ul></li></ul></div>\
             <div class=\"right-con\"><div class=tit><h2>政府信息公开年报</h2></div>{template}<div class=list>{body}</div>{pager}</div>\
             {}{}</div><div class=\"footer\">{}{foot}</div></body></html>",
            aside("最新公开", "box", dice),
            aside("通知公告", "sidebar", dice),
            friends()
        ),
        Chrome::Tables => {
            let cells = links("td", &SECTIONS[..4]);
            format!(
                "{head}<table width=1006><tbody><tr>{cells}</tr></tbody></table><table><tr><td bgcolor=#e1f1ff><table><tr><td>\
                 <table>{}</table></td></tr></table></td><td><table><tr><td height=27>{way}</td></tr><tr><td height=678 valign=top>{body}</td></tr>\
                 <tr><td>{pager}</td></tr></table></td></tr></table><table><tr><td align=center>{}{foot}</td></tr></table></body></html>",
                links("tr><td", &SECTIONS).replace("</tr><td>", "</td></tr>"),
                friends()
            )
        }
        Chrome::Twins => format!(
            "{head}<div><ul>{top}</ul></div><div>{way}</div><div>{}<div class=box><h3>政府信息公开年报</h3>{body}{pager}</div>{}{}</div>\
             <div>{}</div><div>{foot}</div></body></html>",
            aside("相关信息", "box", dice),
            aside("热点关注", "box", dice),
            aside("推荐阅读", "box", dice),
            friends()
        ),
    }
}
