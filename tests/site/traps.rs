//! Pages without end: paging, calendars, session ids, filters. Each under a path of its own.

use super::answer::{Answer, Page};
use super::behaviour::Behaviour;
use super::host::Request;
use super::listing;

/// Paths of the traps, to begin with.
pub const TRAPS: [&str; 6] = [
    "/traps/paging/index.html",
    "/traps/next.html",
    "/traps/calendar/2025/3/",
    "/traps/session/list.html",
    "/traps/filter/list.html",
    "/traps/deeper/",
];

/// A directory of all that is hostile, in the shape of a column of reports.
pub fn directory() -> String {
    let mut items = String::new();
    for (index, behaviour) in Behaviour::ALL.iter().enumerate() {
        items.push_str(&format!(
            "<li><a href=\"{}\" title=\"{}\">云溪市第{index}局2023年政府信息公开工作年度报告</a><span>2024-01-20</span></li>\n",
            behaviour.path(),
            behaviour.as_str()
        ));
    }
    for trap in TRAPS {
        items.push_str(&format!(
            "<li><a href=\"{trap}\">政府信息公开年报</a></li>\n"
        ));
    }
    format!(
        "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><meta name=\"ColumnType\" content=\"政府信息公开年报\"><title>政府信息公开年报</title></head>\n<body><ul class=\"list\">\n{items}</ul></body></html>\n"
    )
}

/// The traps, and what redirects lead to.
pub fn answer(request: &Request) -> Option<Answer> {
    let path = request.bare_path();
    let html = |text: &str| Some(Page::html(text).answer(0, 0, request));
    let report = |year: usize, link: &str| {
        format!(
            "<li><a href=\"{link}\">云溪市民政局{year}年政府信息公开工作年度报告</a><span>{}-01-20</span></li>",
            year + 1
        )
    };
    let list = |body: &str| {
        format!(
            "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><meta name=\"ColumnType\" content=\"政府信息公开年报\"><title>政府信息公开年报</title></head>\n<body>{body}</body></html>\n"
        )
    };
    if path == "/hostile/target.html"
        || path.starts_with("/%E5%B9%B4%E6%8A%A5/")
        || path.starts_with("/%C4%EA%B1%A8/")
    {
        return html(&listing::plain(
            "云溪市审计局2023年政府信息公开工作年度报告",
            "这是重定向的终点。",
        ));
    }
    if let Some(name) = path.strip_prefix("/traps/paging/") {
        // A pager that always says that there is one page more.
        let index: usize = name
            .strip_prefix("index_")
            .and_then(|rest| rest.strip_suffix(".html"))
            .and_then(|number| number.parse().ok())
            .unwrap_or(0);
        let item = report(
            2008 + index % 17,
            &format!("./202401/t20240120_{}.html", 1000 + index),
        );
        return html(&list(&format!(
            "<ul>{item}</ul><script>createPageHTML({}, {index}, \"index\", \"html\");</script><a href=\"index_{}.html\">下一页</a>",
            index + 2,
            index + 1
        )));
    }
    if path == "/traps/next.html" {
        // The next page has the same entries, for ever.
        let page: usize = request
            .parameter("page")
            .and_then(|page| page.parse().ok())
            .unwrap_or(1);
        let item = report(2023, "/traps/session/report.html");
        return html(&list(&format!(
            "<ul>{item}</ul><a class=\"next\" href=\"/traps/next.html?page={}\">下一页</a>",
            page + 1
        )));
    }
    if let Some(rest) = path.strip_prefix("/traps/calendar/") {
        let mut numbers = rest.split('/').filter_map(|part| part.parse::<i64>().ok());
        let (year, month) = (numbers.next().unwrap_or(2025), numbers.next().unwrap_or(1));
        let (next_year, next_month) = if month >= 12 {
            (year + 1, 1)
        } else {
            (year, month + 1)
        };
        let (last_year, last_month) = if month <= 1 {
            (year - 1, 12)
        } else {
            (year, month - 1)
        };
        let days: String = (1..=28)
            .map(|day| {
                format!("<td><a href=\"/traps/calendar/{year}/{month}/{day}/\">{day}</a></td>")
            })
            .collect();
        return html(&list(&format!(
            "<table><tr>{days}</tr></table><a href=\"/traps/calendar/{last_year}/{last_month}/\">上一月</a> <a href=\"/traps/calendar/{next_year}/{next_month}/\">下一页</a>"
        )));
    }
    if path.starts_with("/traps/session/") {
        // Every link carries a new session id.
        let seed = request.path.bytes().fold(7_u64, |sum, byte| {
            sum.wrapping_mul(1_099_511_628_211) ^ u64::from(byte)
        });
        let session = format!("{seed:016X}{:016X}", seed.rotate_left(23));
        if path.contains("/report") {
            return html(&listing::plain(
                "云溪市民政局2023年政府信息公开工作年度报告",
                &format!("全年没有收到申请。<a href=\"list.html;jsessionid={session}\">返回</a>"),
            ));
        }
        let item = report(
            2023,
            &format!("/traps/session/report.html;jsessionid={session}"),
        );
        let next = format!(
            "<a href=\"/traps/session/list.html;jsessionid={session}?PHPSESSID={session}\">下一页</a>"
        );
        return html(&list(&format!("<ul>{item}</ul>{next}")));
    }
    if path.starts_with("/traps/filter/") {
        // Filters that can be joined without end.
        let query = request.path.split_once('?').map_or("", |(_, query)| query);
        let links: String = ["year", "type", "sort", "dept"]
            .iter()
            .flat_map(|name| (1..5).map(move |value| format!("<a href=\"/traps/filter/list.html?{query}&amp;{name}={value}\">{name}{value}</a> ")))
            .collect();
        return html(&list(&links));
    }
    if path.starts_with("/traps/deeper/") {
        // A relative link that grows the path.
        return html(&list(
            "<ul><li><a href=\"deeper/\">政府信息公开年报</a></li></ul>",
        ));
    }
    None
}
