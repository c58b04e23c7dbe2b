//! From a site to its column: titles, the column's page, sitemaps, attachments, and the verbs that show them.

#[path = "columns/titles.rs"]
mod titles;
#[path = "columns/verbs.rs"]
mod verbs;

use std::fmt::Write as _;

use nianbao::decode::decode;
use nianbao::discover::column::{self, Evidence, Hop, Sections};
use nianbao::discover::title::classify;
use nianbao::discover::{Page, discover};
use nianbao::model::{ItemKind, Role};
use nianbao::parse::parse_html;
use nianbao::profile::Sites;
use url::Url;

#[test]
fn titles_are_told_apart() {
    assert!(titles::OWN.len() + titles::COLUMNS.len() >= 120);
    let own = titles::OWN
        .iter()
        .map(|(title, kind, year)| (*title, Some("云溪县民政局"), *kind, *year));
    let mut wrong = Vec::new();
    for (title, column, kind, year) in own.chain(titles::COLUMNS.iter().copied()) {
        let got = classify(title, column);
        if got != (kind, year) {
            let cardinal = got.0 == ItemKind::Report && kind != ItemKind::Report
                || got.1.is_some() && got.1 != year;
            let mark = if cardinal { "WRONG " } else { "" };
            wrong.push(format!(
                "{mark}{title:?} in {column:?}: {got:?}, not {kind:?} {year:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn column(html: &str, url: &str) -> (Vec<(Hop, String)>, Vec<Evidence>) {
    let decoded = decode(html.as_bytes(), Some("text/html; charset=utf-8"));
    let document = parse_html(&decoded);
    let url = Url::parse(url).unwrap();
    let found = column::find(&document, &(&url).into(), Sections::Otherwise)
        .into_iter()
        .inspect(|one| assert!(!one.reasons.is_empty() && one.score > 0, "{one:?}"))
        .map(|one| {
            (
                one.hop,
                one.url.to_string().replace("http://www.yunxi.example", ""),
            )
        })
        .collect();
    (found, column::recognise(&document, &url))
}

/// What the page is, its links, and what is found, in order.
type FrontPage = (&'static str, &'static str, Vec<(Hop, String)>);

#[test]
fn a_front_page_leads_to_the_column() {
    const FRONT: &str = "http://www.yunxi.example/";
    let lead = |hop, url: &str| (hop, url.to_owned());
    let cases: &[FrontPage] = &[
        (
            "the column itself",
            "<a href=/>首页</a><a href=/zwgk/>政务公开</a><a href=/zwgk/xxgknb/>政府信息公开年报</a>\
             <a href=/tjnb/>统计年鉴</a><a href=/wznb/>网站工作年报</a>",
            vec![lead(Hop::Column, "/zwgk/xxgknb/")],
        ),
        (
            "the section above it",
            "<a href=/gk/>政府信息公开</a><a href=/zwgk/>政务公开</a><a href=/xwzx/>新闻中心</a><a href=/nb/>年报</a>",
            vec![lead(Hop::Section, "/gk/"), lead(Hop::Section, "/zwgk/")],
        ),
        (
            "a short name on a known path",
            "<a href='/zwgk/nb/index.html'>年度报告</a><a href=/qy/nb/>企业年报</a>",
            vec![lead(Hop::Column, "/zwgk/nb/index.html")],
        ),
        (
            "a picture with a title",
            "<a href=/xxgk/gknb.htm title=信息公开年度报告><img src=nb.png></a>",
            vec![lead(Hop::Column, "/xxgk/gknb.htm")],
        ),
        (
            "two names: the better path first",
            "<a href='/col/col17/index.html'>政府信息公开年报</a><a href='/zfxxgk/zfxxgknb/'>政府信息公开年报</a>",
            vec![
                lead(Hop::Column, "/zfxxgk/zfxxgknb/"),
                lead(Hop::Column, "/col/col17/index.html"),
            ],
        ),
        (
            "a subdomain, spaces in the text, the fragment of a platform that needs it",
            "<a href='http://xxgk.yunxi.example/nb/'>信息公开 年报</a><a href='/gkmlpt/annualreport#4711'>政府信息公开年报</a>",
            vec![
                lead(Hop::Column, "/gkmlpt/annualreport#4711"),
                lead(Hop::Column, "http://xxgk.yunxi.example/nb/"),
            ],
        ),
        (
            "nothing: entries, other reports, other sites, files, scripts",
            "<a href=/a/t20210131_4711.html>云溪县2020年政府信息公开年报</a><a href=http://www.bailu.example/nb/>政府信息公开年报</a>\
             <a href=/a.pdf>政府信息公开年报</a><a href='javascript:go(1)'>政府信息公开年报</a><a href='#'>政府信息公开年报</a>\
             <a href=/fz/>法治政府建设年度报告</a><a href=/dx/>高校信息公开年报</a><a href=/nb/>年报</a><a href=/xxgknb/help.html>使用帮助</a>\
             <a href=/jd/>政府信息公开年报解读</a>",
            vec![],
        ),
    ];
    for (what, html, want) in cases {
        let (found, evidence) = column(html, FRONT);
        assert_eq!(&found, want, "{what}");
        assert!(evidence.is_empty(), "{what}: {evidence:?}");
    }
}

#[test]
fn from_the_section_the_short_name_is_enough_and_no_further_hop_is_taken() {
    let html = "<title>政府信息公开_云溪县人民政府</title><a href=/zfxxgk/>政府信息公开</a><a href=/zfxxgk/zn/>政府信息公开指南</a>\
        <a href=/zfxxgk/c17/>年报</a><a href=/zwgk/>政务公开</a>";
    let decoded = decode(html.as_bytes(), Some("text/html; charset=utf-8"));
    let url = Url::parse("http://www.yunxi.example/zfxxgk/").unwrap();
    let leads = column::leads(&parse_html(&decoded), &(&url).into(), false);
    let got: Vec<_> = leads
        .iter()
        .map(|lead| (lead.role, lead.url.path()))
        .collect();
    assert_eq!(got, [(Role::List, "/zfxxgk/c17/")]);
    let bare = "<a href=/zwgk/>政务公开</a>";
    let decoded = decode(bare.as_bytes(), Some("text/html; charset=utf-8"));
    assert!(column::leads(&parse_html(&decoded), &(&url).into(), false).is_empty());
    let leads = column::leads(&parse_html(&decoded), &(&url).into(), true);
    assert_eq!(leads[0].role, Role::Root);
}

#[test]
fn the_column_itself_is_recognised() {
    use Evidence::{Heading, Meta, Path, Reports, Window};
    let year = |year: i32| format!("<a href=/{year}.html>云溪县{year}年政府信息公开年报</a>");
    let list: String = (2018..2022).map(year).collect();
    let cases: &[(&str, &str, &[Evidence])] = &[
        (
            "<meta name=ColumnType content=信息公开年报>",
            "/c17/",
            &[Meta],
        ),
        (
            "<meta name=ColumnName content=政府信息公开年报>",
            "/xxgknb/",
            &[Meta, Path],
        ),
        ("<h2>政府信息公开年报</h2>", "/c17/", &[Heading]),
        (
            "<p>当前位置：<a href=/>首页</a> &gt; <a href=/zwgk/>政务公开</a> &gt; <a href=/nb/>信息公开年报</a></p>",
            "/nb/",
            &[Heading],
        ),
        (
            "<title>政府信息公开年报-云溪县人民政府</title>",
            "/c17/",
            &[Window],
        ),
        (&list, "/zwgk/nb/", &[Reports, Path]),
        // An article of the column, a page of another column, a path alone.
        (
            "<meta name=ColumnName content=政府信息公开年报><meta name=ArticleTitle content=甲>",
            "/c17/1.html",
            &[],
        ),
        (
            "<meta name=ColumnName content=政府信息公开年报>",
            "/xxgknb/t20210131_47.html",
            &[],
        ),
        (
            "<meta name=ColumnType content=政策解读><h2>政府网站工作年报</h2>",
            "/c17/",
            &[],
        ),
        ("<p>政府信息公开年报</p>", "/xxgknb/", &[]),
    ];
    for (html, path, want) in cases {
        let (_, evidence) = column(html, &format!("http://www.yunxi.example{path}"));
        assert_eq!(&evidence, want, "{html}");
    }
}

#[test]
fn a_page_of_nothing_but_links_is_read_in_bounded_time() {
    let mut html = String::from("<title>政府信息公开</title>");
    for number in 0..200_000 {
        write!(html, "<a href=/c{number}/>政府信息公开年报</a>").unwrap();
    }
    let start = std::time::Instant::now();
    let (found, _) = column(&html, "http://www.yunxi.example/");
    assert_eq!(found.len(), 8);
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

/// What a page fetched to find the column from leads to.
fn root_leads(html: &str) -> Vec<(Role, String)> {
    let url = Url::parse("http://www.yunxi.example/zfxxgk/").unwrap();
    let page = Page {
        url: &url,
        role: Role::Root,
        bytes: html.as_bytes(),
        content_type: Some("text/html; charset=utf-8"),
        title_of_link: Some("政府信息公开"),
    };
    let leads = discover(&page, Sites::compiled()).leads;
    let short = |url: &Url| url.path().to_owned();
    leads
        .iter()
        .map(|lead| (lead.role, short(&lead.url)))
        .collect()
}

#[test]
fn a_root_that_is_the_column_or_lists_reports_yields_them() {
    let mut items = String::new();
    for year in 2018..2022 {
        let title = format!("云溪县{year}年政府信息公开工作年度报告");
        write!(items, "<li><a href=/nb/{year}.html>{title}</a></li>").unwrap();
    }
    let reports = |year: i32| (Role::Item, format!("/nb/{year}.html"));
    let named = format!("<meta name=ColumnType content=信息公开年报><ul class=l>{items}</ul>");
    assert_eq!(
        root_leads(&named),
        (2018..2022).map(reports).collect::<Vec<_>>()
    );
    // Reports beside news, and the column's own link.
    let mixed = format!(
        "<title>政府信息公开</title><ul class=n><li><a href=/xw/1.html>县民政局召开政府信息公开工作会议</a></li>\
         <li><a href=/xw/2.html>关于做好防汛工作的通知</a></li><li><a href=/xw/3.html>全县经济运行情况新闻发布会</a></li></ul>\
         <ul class=l>{items}</ul><a href=/zfxxgk/xxgknb/>政府信息公开年报</a>"
    );
    let found = root_leads(&mixed);
    assert!(
        found.contains(&(Role::List, "/zfxxgk/xxgknb/".to_owned())),
        "{found:?}"
    );
    assert!(
        found.iter().all(|(_, path)| !path.starts_with("/xw/")),
        "{found:?}"
    );
}
