//! The page around a report: platforms and worse.

use super::case::Case;
use super::chrome::{breadcrumb, footer, header, related, sidebar, site_code};
use super::dialect::Template;
use super::page::Parts;

/// The whole page.
pub fn html(case: &Case, parts: &Parts) -> String {
    let head = head(case, parts);
    let body = match case.template {
        Template::Trs => trs(case, parts),
        Template::Jcms => jcms(case, parts),
        Template::Vsb => vsb(case, parts),
        Template::Kaipu => kaipu(case, parts),
        Template::PagesContent => pages_content(case, parts),
        Template::Bare => format!("{}\n{}", heading(parts, ""), parts.body),
        Template::LayoutTables => layout(case, parts),
        Template::InForm => in_form(case, parts),
    };
    let doctype = match case.template {
        Template::Trs | Template::Kaipu | Template::PagesContent => "<!DOCTYPE html>\n",
        Template::Jcms | Template::Vsb => {
            "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n"
        }
        _ => "",
    };
    format!("{doctype}<html>\n<head>\n{head}</head>\n<body>\n{body}\n</body>\n</html>\n")
}

/// How many `<table>` elements a template adds.
pub fn layout_tables(case: &Case) -> usize {
    match case.template {
        Template::Jcms => 2,
        Template::PagesContent => 1,
        Template::LayoutTables => case.layers.clamp(1, 5),
        _ => 0,
    }
}

fn head(case: &Case, parts: &Parts) -> String {
    let content = &case.content;
    let site = &content.agency.site;
    let mut out = String::new();
    if let Some(charset) = case.meta_charset() {
        out += &match case.template {
            Template::Trs | Template::Kaipu => format!("<meta charset=\"{charset}\">\n"),
            _ => format!(
                "<meta http-equiv=\"Content-Type\" content=\"text/html; charset={charset}\" />\n"
            ),
        };
    }
    let title = &parts.title;
    let column = content.column;
    let column_type = if column == "政府信息公开年报" {
        "信息公开年报"
    } else {
        column
    };
    out += &match case.template {
        Template::Trs => format!("<title>{title}_{column}_{site}</title>\n"),
        Template::Jcms | Template::Kaipu => {
            format!("<title>{site} {column} {title}</title>\n")
        }
        Template::Bare => String::new(),
        _ => format!("<title>{title}-{site}</title>\n"),
    };
    if has_meta(case.template) {
        let date = content.published;
        for (name, value) in [
            ("SiteName", site.clone()),
            ("SiteDomain", content.agency.host.clone()),
            ("SiteIDCode", site_code(case).to_string()),
            ("ColumnName", column.to_owned()),
            ("ColumnType", column_type.to_owned()),
            ("ArticleTitle", title.clone()),
            ("PubDate", format!("{date} 09:30")),
            ("ContentSource", content.agency.name.clone()),
            ("Keywords", String::new()),
            ("Author", String::new()),
            ("Url", case.url()),
        ] {
            out += &format!("<meta name=\"{name}\" content=\"{value}\"/>\n");
        }
    }
    if case.template != Template::Bare {
        out += "<link rel=\"stylesheet\" type=\"text/css\" href=\"/css/main.css\">\n";
    }
    out + &format!(
        "<style type=\"text/css\">\nbody {{ font-family: 宋体; margin: 0; }}\n{}</style>\n",
        parts.style
    )
}

fn has_meta(template: Template) -> bool {
    matches!(
        template,
        Template::Trs | Template::Jcms | Template::Vsb | Template::Kaipu | Template::PagesContent
    )
}

/// Title and line under it.
fn heading(parts: &Parts, class: &str) -> String {
    let Parts { title, byline, .. } = parts;
    if class.is_empty() {
        return format!(
            "<p style='text-align: center;font-weight: bold;'>{title}</p>\n<p style='text-align: center'>{byline}</p>\n"
        );
    }
    format!(
        "<h1 class=\"{class}\">{title}</h1>\n<div class=\"info\"><span>{byline}</span> <span>字号：【大 中 小】</span></div>\n"
    )
}

fn trs(case: &Case, parts: &Parts) -> String {
    format!(
        "{}{}<div class=\"wrap\">{}{}<div class=\"article\">{}<div class=\"article_content\"><div class=TRS_Editor>{}</div></div>\n<div class=\"share\">分享到：<a href=\"#\">微信</a> <a href=\"#\">打印本页</a></div></div>\n{}</div>\n{}",
        header(case),
        breadcrumb(case),
        sidebar(),
        parts.aside,
        heading(parts, "article-title"),
        parts.body,
        related(case),
        footer(case)
    )
}

fn jcms(case: &Case, parts: &Parts) -> String {
    let agency = &case.content.agency.name;
    let date = case.content.published;
    format!(
        "{}<table width=\"1000\" border=\"0\" cellpadding=\"0\" cellspacing=\"0\"><tr><td>{}</td></tr></table>\n{}<table class=\"xxgk_index\" border=\"1\"><tbody><tr><td>索 引 号</td><td>YX0{}/{}-00017</td><td>主题分类</td><td>信息公开</td></tr><tr><td>发布机构</td><td>{agency}</td><td>发文日期</td><td>{date}</td></tr></tbody></table>\n<div id=\"article\">{}<div id=\"zoom\"><!--ZJEG_RSS.content.begin-->{}<!--ZJEG_RSS.content.end--></div></div>\n{}{}",
        header(case),
        breadcrumb(case),
        parts.aside,
        case.seed % 100,
        date.year(),
        heading(parts, "title"),
        parts.body,
        related(case),
        footer(case)
    )
}

fn vsb(case: &Case, parts: &Parts) -> String {
    format!(
        "{}{}{}<form name=\"_newscontent_fromname\"><script language=\"javascript\" src=\"/system/resource/js/dynclicks.js\"></script><div class=\"content\">{}<div id=\"vsb_content\"><div class=\"v_news_content\">{}</div></div><p align=\"right\">【<a href=\"javascript:window.close()\">关闭窗口</a>】</p></div></form>\n{}",
        header(case),
        breadcrumb(case),
        parts.aside,
        heading(parts, "content-title"),
        parts.body,
        footer(case)
    )
}

fn kaipu(case: &Case, parts: &Parts) -> String {
    format!(
        "{}{}{}<div class=\"container\"><div class=\"article-title\">{}</div><div class=\"article-content\">{}</div>\n<p class=\"prev\">上一篇：<a href=\"post_1.html\">依申请公开办理流程图</a></p></div>\n{}",
        header(case),
        breadcrumb(case),
        parts.aside,
        heading(parts, "title"),
        parts.body,
        footer(case)
    )
}

fn pages_content(case: &Case, parts: &Parts) -> String {
    format!(
        "{}{}<table width=\"96%\" border=\"0\" align=\"center\"><tbody><tr><td>{}</td></tr><tr><td class=\"pages_content\">{}</td></tr></tbody></table>\n{}{}",
        header(case),
        parts.aside,
        heading(parts, "pages-title"),
        parts.body,
        related(case),
        footer(case)
    )
}

fn layout(case: &Case, parts: &Parts) -> String {
    let layers = case.layers.clamp(1, 5);
    let mut body = format!("{}{}", heading(parts, ""), parts.body);
    for layer in 0..layers {
        let side = if layer == 0 {
            format!(
                "<td width=\"180\" valign=\"top\">{}{}</td>",
                sidebar(),
                parts.aside
            )
        } else {
            String::new()
        };
        body = format!(
            "<table width=\"100%\" border=\"0\" cellspacing=\"0\"><tr>{side}<td valign=\"top\">{body}</td></tr></table>\n"
        );
    }
    format!("{}{body}{}", header(case), footer(case))
}

fn in_form(case: &Case, parts: &Parts) -> String {
    format!(
        "<form method=\"post\" action=\"./detail.aspx?id={}\" id=\"form1\">\n<input type=\"hidden\" name=\"__VIEWSTATE\" value=\"dDwtMTQ0NjU2\" />\n{}{}<div class=\"main\">{}<div class=\"con\">{}</div></div>\n{}</form>",
        case.seed % 9999,
        breadcrumb(case),
        parts.aside,
        heading(parts, ""),
        parts.body,
        footer(case)
    )
}
