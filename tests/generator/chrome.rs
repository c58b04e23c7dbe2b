//! What stands around an article: navigation, breadcrumb, related links, footer, style sheets.

use super::case::Case;
use super::rng::Rng;

const NAV: [&str; 8] = [
    "首页",
    "政务公开",
    "政务服务",
    "互动交流",
    "魅力家园",
    "专题专栏",
    "数据开放",
    "无障碍浏览",
];

const COLUMNS: [&str; 9] = [
    "政府信息公开指南",
    "政府信息公开制度",
    "法定主动公开内容",
    "政府信息公开年报",
    "依申请公开",
    "规划信息",
    "财政资金",
    "应急管理",
    "建议提案办理",
];

const TOPICS: [&str; 10] = [
    "河道清淤工程进度通报",
    "中小学午餐供应商名单公示",
    "公交线路调整听证会公告",
    "春季植树点位安排",
    "老旧小区加装电梯补助办法解读",
    "防汛物资储备点一览",
    "农机购置补贴受益户公示",
    "图书馆延时开放通知",
    "临时停水区域与时段",
    "社区食堂营业时间",
];

/// Top of the page: site name, search box, navigation.
pub fn header(case: &Case) -> String {
    let site = &case.content.agency.site;
    let mut out = format!(
        "<div class=\"top-bar\"><a href=\"/\">设为首页</a> | <a href=\"/mobile/\">手机版</a></div>\n<div class=\"header\"><a class=\"logo\" href=\"/\" title=\"{site}\"><img src=\"/images/logo.png\" alt=\"{site}\"></a>\n<form class=\"search\" action=\"/search\" method=\"get\"><input type=\"text\" name=\"q\" value=\"请输入关键字\"><button type=\"submit\">搜索</button></form></div>\n<ul class=\"nav\">"
    );
    for (number, item) in NAV.iter().enumerate() {
        out += &format!("<li><a href=\"/c{number}/index.html\">{item}</a></li>");
    }
    out + "</ul>\n"
}

/// Where we are.
pub fn breadcrumb(case: &Case) -> String {
    format!(
        "<div class=\"position\">您现在的位置：<a href=\"/\">{}</a> &gt; <a href=\"/zwgk/\">政务公开</a> &gt; <a href=\"/zwgk/zfxxgknb/\">政府信息公开年报</a></div>\n",
        case.content.agency.site
    )
}

/// Left column: columns of the disclosure page.
pub fn sidebar() -> String {
    let mut out = String::from("<div class=\"left-nav\"><h3>政府信息公开</h3><ul>");
    for (number, column) in COLUMNS.iter().enumerate() {
        out += &format!("<li><a href=\"/zwgk/l{number}/\">{column}</a></li>");
    }
    out + "</ul></div>\n"
}

/// Links to reports of other years: words of the title that are not the title.
pub fn related(case: &Case) -> String {
    let name = &case.content.agency.name;
    let year = case.content.year;
    let mut out = String::from("<div class=\"related\"><h4>相关信息</h4><ul>");
    for other in [year - 1, year - 2] {
        out += &format!(
            "<li><a href=\"/zwgk/zfxxgknb/{other}.html\">{name}{other}年政府信息公开工作年度报告</a><span>{}-01-2{}</span></li>",
            other + 1,
            other % 10
        );
    }
    out + "</ul></div>\n"
}

/// Bottom of the page.
pub fn footer(case: &Case) -> String {
    let site = &case.content.agency.site;
    format!(
        "<div class=\"footer\"><p>主办：{site}　承办：{site}办公室　联系电话：000-5550{:03}</p>\n<p>网站标识码：{}　<a href=\"/sitemap.html\">网站地图</a></p>\n<p>版权所有：{site}　建议使用1366×768以上分辨率浏览</p></div>\n<script type=\"text/javascript\">var siteVisits = {}; document.title = document.title;</script>\n",
        case.seed % 1000,
        site_code(case),
        case.seed % 90_000
    )
}

/// A made-up site code of ten digits.
pub fn site_code(case: &Case) -> u64 {
    9_900_000_000 + case.content.agency.host.len() as u64 * 1001
}

/// About `bytes` of style rules.
pub fn style(seed: u64, bytes: usize) -> String {
    let mut rng = Rng::new(seed, "style");
    let mut out = String::new();
    let mut number = 0;
    while out.len() < bytes {
        number += 1;
        out += &format!(
            ".col-{number} .item-{} a:hover {{ color: #{:06x}; padding: {}px {}px; font-size: {}px; }}\n",
            rng.below(40),
            rng.below(0xff_ffff),
            rng.below(30),
            rng.below(30),
            12 + rng.below(10)
        );
    }
    out
}

/// About `bytes` of link lists.
pub fn links(seed: u64, bytes: usize) -> String {
    if bytes == 0 {
        return String::new();
    }
    let mut rng = Rng::new(seed, "links");
    let mut out = String::from("<div class=\"sub-menu\"><ul>\n");
    while out.len() < bytes {
        let topic = rng.pick(&TOPICS);
        let (month, day, id) = (1 + rng.below(12), 1 + rng.below(28), rng.below(90_000));
        out += &format!(
            "<li class=\"list-item\"><a href=\"/xwdt/tz/t_{id}.html\" title=\"{topic}\" target=\"_blank\">{topic}</a><span class=\"date\">{month:02}-{day:02}</span></li>\n"
        );
    }
    out + "</ul></div>\n"
}
