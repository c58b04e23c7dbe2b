//! List pages of shapes that the generated ones do not have: links that scripts open, records in scripts and in JSON,
//! departments and years for titles, heads of tables, pagers of numbers, choices and pictures.

use nianbao::discover::{Discovery, Page, discover};
use nianbao::model::{ItemKind, Role};
use nianbao::profile::Sites;
use url::Url;

const HOST: &str = "http://www.qingling.example";

fn run(path: &str, source: &str) -> Discovery {
    let url = Url::parse(HOST).unwrap().join(path).unwrap();
    let page = Page {
        url: &url,
        role: Role::List,
        bytes: source.as_bytes(),
        content_type: None,
        title_of_link: None,
    };
    discover(&page, Sites::compiled())
}

/// A page whose title names the column.
fn column(body: &str) -> String {
    format!("<html><head><title>政府信息公开年报</title></head><body>{body}</body></html>")
}

fn title(year: i32) -> String {
    format!("青岭市文化局{year}年政府信息公开工作年度报告")
}

/// `entry` for each of three years; its holes are `YEAR`, `TITLE` and `DATE`.
fn entries(entry: &str) -> String {
    [2023, 2022, 2021]
        .map(|year| {
            entry
                .replace("YEAR", &year.to_string())
                .replace("TITLE", &title(year))
                .replace("DATE", &format!("{}-01-2{}", year + 1, year % 10))
        })
        .concat()
}

/// Path, title and date of each item.
fn items(found: &Discovery) -> Vec<(String, String, Option<String>)> {
    let leads = found.leads.iter().filter(|lead| lead.role == Role::Item);
    leads
        .map(|lead| {
            let path = lead.url.as_str().replace(HOST, "");
            let date = lead.list_date.map(|date| date.to_string());
            (path, lead.title.clone().unwrap_or_default(), date)
        })
        .collect()
}

fn lists(found: &Discovery) -> String {
    let leads = found.leads.iter().filter(|lead| lead.role == Role::List);
    let paths: Vec<_> = leads
        .map(|lead| lead.url.as_str().replace(HOST, ""))
        .collect();
    paths.join(" ")
}

#[test]
fn entries_of_any_shape_are_items() {
    let list = |entry: &str| column(&format!("<ul>{}</ul>", entries(entry)));
    let table = |head: &str, row: &str| column(&format!("<table>{head}{}</table>", entries(row)));
    let array = |record: &str| format!("[{}]", entries(record).trim_end_matches(','));
    let record = r#"{"Title":"TITLE","InfoUrl":"/nb/YEAR.html","InfoDate":"DATE 08:30:00"},"#;
    let pages = [
        list(
            "<li><a href='javascript:void(0)' onclick=\"window.open('/nb/YEAR.html')\">TITLE</a><i>DATE</i></li>",
        ),
        list("<li onclick=\"location.href='YEAR.html'\"><b>TITLE</b><i>DATE</i></li>"),
        list("<a href=YEAR.html><li><i>7</i><p>TITLE</p><span>DATE</span></li></a>"),
        list(
            "<li><a href=YEAR.html title='标题：TITLE&#13;作者：办公室&#13;发布时间：DATE'>青岭市…</a><i>DATE</i></li>",
        ),
        table(
            "",
            "<tr><td>TITLE<td>DATE<td><a href=YEAR.html>查看</a> <a href=YEAR.doc>下载</a></tr>",
        ),
        table(
            "",
            "<tr><td>TITLE<td>DATE<td><a href=YEAR.html><img alt=查看></a></tr>",
        ),
        table(
            "<tr><th>名称<th>发布日期<th>成文日期</tr>",
            "<tr><td><a href=YEAR.html>TITLE</a><td>DATE<td>YEAR-12-30</tr>",
        ),
        column(&format!(
            "<p></p><script>var rows = {};show(rows)</script>",
            array(record)
        )),
        format!("{{\"custom\":{{\"infodata\":{}}}}}", array(record)),
        format!(
            "{{\"data\":{{\"html\":\"<ul>{}</ul>\"}}}}",
            entries("<li><a href='/nb/YEAR.html'>TITLE</a><i>DATE</i></li>")
        ),
    ];
    let want = [2023, 2022, 2021].map(|year| {
        let date = format!("{}-01-2{}", year + 1, year % 10);
        (format!("/nb/{year}.html"), title(year), Some(date))
    });
    for page in pages {
        let found = run("/nb/index.html", &page);
        assert_eq!(items(&found), want, "{page}");
        let reports = found.leads.iter().filter(|lead| lead.role == Role::Item);
        for lead in reports {
            assert_eq!(lead.kind, ItemKind::Report, "{page}");
        }
    }
}

#[test]
fn departments_and_years_are_items_of_a_column_of_reports() {
    let bodies = ["青岭市教育局", "青岭市水利局", "东岭镇人民政府"];
    let list = |path: &str| {
        bodies
            .iter()
            .enumerate()
            .map(|(number, body)| format!("<li><a href='{path}{number}.html'>{body}</a></li>"))
            .collect::<Vec<_>>()
            .concat()
    };
    let page = column(&format!(
        "<h4>2022年度</h4><ul>{}</ul>",
        list("/bm/t20230118_700")
    ));
    let found = run("/zwgk/nb/", &page);
    let titles: Vec<_> = items(&found)
        .into_iter()
        .map(|(_, title, _)| title)
        .collect();
    assert_eq!(titles, bodies);
    // Neither a report nor a year: the name says neither.
    for lead in &found.leads {
        assert_eq!((lead.kind, lead.year), (ItemKind::Unknown, None));
    }
    let elsewhere = page.replace("政府信息公开年报", "机构设置");
    assert_eq!(items(&run("/zwgk/jg/", &elsewhere)), []);
    let homes = column(&format!("<ul>{}</ul>", list("/bm/").replace(".html", "/")));
    assert_eq!(items(&run("/zwgk/nb/", &homes)), []);

    let years = "<table><tr><td>政府信息公开年度报告</td></tr><tr>\
        <td><a href=/art/9/art_12_1.html>2022年度</a><td><a href=/art/8/art_12_2.html>2021年度</a></table>";
    let found = run("/zwgk/nb/", &column(years));
    let years: Vec<_> = found.leads.iter().map(|lead| lead.year).collect();
    assert_eq!(years, [Some(2022), Some(2021)]);
}

#[test]
fn what_only_looks_like_entries_is_none() {
    let menu = "<script>var m=[{\"name\":\"首页栏目\",\"url\":\"/\"},{\"name\":\"政策文件\",\"url\":\"/zc/\"}]</script>";
    let by_number =
        entries("<li><a href='javascript:;' onclick='show(YEAR)'>TITLE</a><i>DATE</i></li>");
    let added =
        entries("<li><a href='#' onclick=\"window.open('/show?id=' + YEAR)\">TITLE</a></li>");
    for body in [menu, &by_number, &added] {
        assert_eq!(items(&run("/nb/", &column(body))), [], "{body}");
    }
    // Of two lists alike that of the reports.
    let blocks = format!(
        "<div><h3>部门年报</h3><ul>{}</ul></div><div><h3>通知公告</h3><ul>{}</ul></div>",
        entries("<li><a href='/nb/YEAR.html'>TITLE</a><i>DATE</i></li>"),
        entries("<li><a href='/tz/YEAR.html'>青岭市关于YEAR年节日值班安排</a><i>DATE</i></li>")
    );
    assert_eq!(items(&run("/nb/", &column(&blocks))).len(), 3);
}

#[test]
fn pages_that_follow_are_found_by_any_pager() {
    let cases = [
        (
            "<b>1</b> <a href=p2.html>2</a> <a href=p3.html>3</a>",
            "/nb/p2.html",
        ),
        (
            "<ul><li><a href=p1.html>1</a><li>2<li><a href=p3.html>3</a></ul>",
            "/nb/p3.html",
        ),
        (
            "<a href=index.html>1</a><a href=p2.html>2</a>",
            "/nb/p2.html",
        ),
        (
            "<div class=dots><a href=/a/1.html>1</a><a href=/a/2.html>2</a></div>",
            "",
        ),
        ("<a href=p2.html><img alt=下一页></a>", "/nb/p2.html"),
        ("<a href=p2.html title=下一页></a>", "/nb/p2.html"),
        (
            "<a href='javascript:;' onclick=\"location.href='p2.html'\">下一页</a>",
            "/nb/p2.html",
        ),
        (
            "<a onclick=\"query(this,'/nb/p2.html')\">下一页</a>",
            "/nb/p2.html",
        ),
        (
            "<select onchange='location=this.value'><option value=index.html>1<option value=p2.html>2<option value=p3.html>3</select>",
            "/nb/p2.html /nb/p3.html",
        ),
        ("<a href=../nb/>2023年</a><a href=../nb2022/>2022年</a>", ""),
    ];
    let list = format!(
        "<ul>{}</ul>",
        entries("<li><a href=YEAR.html>TITLE</a><i>DATE</i></li>")
    );
    for (pager, want) in cases {
        let found = run(
            "/nb/index.html",
            &column(&format!("{list}<div>{pager}</div>")),
        );
        assert_eq!(lists(&found), want, "{pager}");
        assert_eq!(items(&found).len(), 3, "{pager}");
    }
    let years =
        "<a href='../2023/'>2023年</a><a href='../2022/'>2022年</a><a href='../2021/'>2021年</a>";
    let found = run(
        "/zwgk/nb/2023/index.html",
        &column(&format!("<p>{years}</p>{list}")),
    );
    assert_eq!(lists(&found), "/zwgk/nb/2022/ /zwgk/nb/2021/");
    let found = run("/nb/", &column("<iframe src=list.jsp?id=1></iframe>"));
    assert_eq!(lists(&found), "/nb/list.jsp?id=1");
}
