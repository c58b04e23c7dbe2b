//! Pages that look like reports and are none.

use nianbao::model::{Catalog, FormId, SectionKind};

use super::case::Case;
use super::dialect::{Charset, Declared, Dialect, Template};
use super::layout::sheets;
use super::markup::{heading, paragraph, table};
use super::page::{Parts, encode};
use super::prose::Section;
use super::rng::Rng;
use super::template;

/// Kinds of look-alikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NonReport {
    /// A list of links to reports.
    ReportList,
    /// 政府网站工作年度报表: the website's yearly statement, tables of numbers of its own.
    WebsiteStatement,
    /// The notice that publishes the form, blank tables below it.
    FormNotice,
    /// The form itself, `××××年` and empty cells.
    BlankForm,
    /// 政务公开工作总结: the same words, no tables.
    OpennessSummary,
    /// 法治政府建设年度报告.
    RuleOfLaw,
    /// 部门决算 with a table of money.
    FinalAccounts,
    /// 信息公开年度报告 of a university, under another law.
    University,
    /// The page a server sends instead.
    NotFound,
}

impl NonReport {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::ReportList,
        Self::WebsiteStatement,
        Self::FormNotice,
        Self::BlankForm,
        Self::OpennessSummary,
        Self::RuleOfLaw,
        Self::FinalAccounts,
        Self::University,
        Self::NotFound,
    ];
}

/// A page of that kind.
pub fn non_report(kind: NonReport, seed: u64) -> Vec<u8> {
    let mut rng = Rng::new(seed, "non-report");
    let mut case = Case::plain(seed, FormId::F2021, Dialect::AsPrinted);
    case.template = *rng.pick(Template::ALL);
    case.charset = *rng.pick(&[Charset::Utf8, Charset::Gbk]);
    case.declared = Declared::Right;
    let (column, title, body) = match kind {
        NonReport::ReportList => list(&case),
        NonReport::WebsiteStatement => website(&case, &mut rng),
        NonReport::FormNotice => notice(&mut case),
        NonReport::BlankForm => blank(&mut case),
        NonReport::OpennessSummary => summary(&case, &mut rng),
        NonReport::RuleOfLaw => rule_of_law(&case),
        NonReport::FinalAccounts => accounts(&case, &mut rng),
        NonReport::University => university(&case, &mut rng),
        NonReport::NotFound => return encode(&not_found(&case), case.charset),
    };
    case.content.column = column;
    case.content.title.clone_from(&title);
    let date = case.content.published;
    let parts = Parts {
        title,
        byline: format!("发布时间：{date}"),
        body,
        style: String::new(),
        aside: String::new(),
    };
    encode(&template::html(&case, &parts), case.charset)
}

type Article = (&'static str, String, String);

fn paragraphs(case: &Case, texts: &[String]) -> String {
    texts.iter().map(|text| paragraph(case, text)).collect()
}

fn list(case: &Case) -> Article {
    let site = &case.content.agency.site;
    let mut body = String::from("<ul class=\"news-list\">\n");
    for year in (2008..=case.content.year).rev() {
        for name in [
            site.clone(),
            format!("{site}办公室"),
            case.content.agency.name.clone(),
        ] {
            body += &format!(
                "<li><a href=\"/zwgk/zfxxgknb/{0}01/t{0}0120_{year}.html\" target=\"_blank\">{name}{year}年政府信息公开工作年度报告</a><span>{0}-01-20</span></li>\n",
                year + 1
            );
        }
    }
    body += "</ul>\n<div class=\"page\"><script>createPageHTML(5, 0, \"index\", \"html\");</script></div>";
    ("政府信息公开年报", "政府信息公开年报".to_owned(), body)
}

fn rows(lines: &[(&str, String)]) -> String {
    let mut out = String::from("<table border=\"1\" cellspacing=\"0\"><tbody>\n");
    for (label, value) in lines {
        out += &format!("<tr><td>{label}</td><td>{value}</td></tr>\n");
    }
    out + "</tbody></table>\n"
}

fn website(case: &Case, rng: &mut Rng) -> Article {
    let year = case.content.year;
    let mut number = |most| rng.range(0, most).to_string();
    let first = [
        ("网站名称", case.content.agency.site.clone()),
        ("独立用户访问总量（单位：个）", number(900_000)),
        ("网站总访问量（单位：次）", number(9_000_000)),
        ("信息发布总数（单位：条）", number(12_000)),
        ("概况类信息更新量（单位：条）", number(200)),
        ("政务动态信息更新量（单位：条）", number(8000)),
        ("信息公开目录信息更新量（单位：条）", number(3000)),
    ];
    let second = [
        ("解读信息发布总数（单位：条）", number(200)),
        ("回应公众关注热点或重大舆情数量（单位：次）", number(20)),
        ("政务服务事项数量（单位：项）", number(2000)),
        ("可全程在线办理政务服务事项数量（单位：项）", number(900)),
        ("收到留言数量（单位：条）", number(700)),
        ("办结留言数量（单位：条）", number(700)),
        ("平均办理时间（单位：天）", number(9)),
        ("在线访谈期数（单位：期）", number(12)),
    ];
    let title = format!(
        "{}政府网站工作年度报表（{year}年度）",
        case.content.agency.site
    );
    let body = paragraphs(case, &[format!("填报单位：{}", case.content.agency.name)])
        + &rows(&first)
        + &rows(&second);
    ("政府网站工作年度报表", title, body)
}

/// Sections and tables without a number: the form as the notice publishes it.
fn empty_form(case: &mut Case) -> String {
    for indicator in Catalog::get().of_form(case.form) {
        case.raw.insert(indicator.cell.clone(), String::new());
    }
    case.content.sections.iter_mut().for_each(|section| {
        section.paragraphs = match section.kind {
            SectionKind::Preamble
            | SectionKind::ActiveDisclosure
            | SectionKind::Requests
            | SectionKind::Disputes => vec![],
            _ => vec!["（此处填写文字内容）".to_owned()],
        };
    });
    let mut body = String::new();
    for Section {
        kind,
        heading: text,
        paragraphs,
    } in &case.content.sections
    {
        if let Some(text) = text {
            body += &heading(case, text);
        }
        body += &self::paragraphs(case, paragraphs);
        for sheet in sheets(case, *kind) {
            body += &table(case, &sheet);
        }
    }
    body
}

fn notice(case: &mut Case) -> Article {
    let form = empty_form(case);
    let year = case.content.year;
    let texts = [
        "各科室、各直属单位：".to_owned(),
        format!(
            "为统一口径，现将{year}年政府信息公开工作年度报告的格式发给你们，请对照填写，不得增删表格的行和列。"
        ),
        "各单位应于1月20日前报送初稿，由办公室汇总核对表内数字是否平衡，核对无误后上网发布。"
            .to_owned(),
        "附件：政府信息公开工作年度报告格式".to_owned(),
    ];
    let title = format!("关于印发{year}年政府信息公开工作年度报告格式的通知");
    ("通知公告", title, paragraphs(case, &texts) + &form)
}

fn blank(case: &mut Case) -> Article {
    let form = empty_form(case);
    let title = "××××年政府信息公开工作年度报告".to_owned();
    let lead = paragraphs(case, &["（××××年1月1日至12月31日）".to_owned()]);
    ("资料下载", title, lead + &form)
}

fn summary(case: &Case, rng: &mut Rng) -> Article {
    let year = case.content.year;
    let count = rng.range(100, 4000);
    let texts = [
        format!(
            "{year}年，我单位把政务公开作为改进作风的抓手，全年公开各类信息{count}条，收到依申请公开申请3件，均已答复。"
        ),
        "一、主要做法".to_owned(),
        "健全台账，逐月核对公开事项；开放日邀请居民参观档案查阅室，现场演示网上查询步骤。"
            .to_owned(),
        "二、存在问题".to_owned(),
        "栏目更新仍有滞后，解读形式不多。".to_owned(),
        "三、下一步打算".to_owned(),
        "继续充实专栏内容，办好每月一次的线上问答。".to_owned(),
    ];
    let title = format!("{}{year}年政务公开工作总结", case.content.agency.name);
    ("工作总结", title, paragraphs(case, &texts))
}

fn rule_of_law(case: &Case) -> Article {
    let year = case.content.year;
    let texts = [
        "一、主要举措和成效".to_owned(),
        "全面梳理权责事项，修订裁量基准；办理行政复议案件12件，行政诉讼案件5件，负责人出庭应诉5次。".to_owned(),
        "加大政府信息公开力度，依法答复信息公开申请。".to_owned(),
        "二、存在的不足和原因".to_owned(),
        "基层法制审核人员偏少，个别案卷文书不够规范。".to_owned(),
        "三、下一年度推进法治政府建设的主要安排".to_owned(),
        "开展案卷互评，组织旁听庭审两次以上。".to_owned(),
    ];
    let title = format!("{}{year}年法治政府建设年度报告", case.content.agency.name);
    ("法治政府建设", title, paragraphs(case, &texts))
}

fn accounts(case: &Case, rng: &mut Rng) -> Article {
    let year = case.content.year;
    let mut money = || format!("{}.{:02}", rng.range(1, 9000), rng.range(0, 99));
    let lines = [
        ("一、一般公共预算财政拨款收入", money()),
        ("二、其他收入", money()),
        ("本年收入合计", money()),
        ("结余分配", money()),
        ("总计", money()),
    ];
    let texts = [
        "第一部分 部门概况".to_owned(),
        "第二部分 部门决算表（单位：万元）".to_owned(),
    ];
    let title = format!("{}{year}年度部门决算公开", case.content.agency.name);
    (
        "财政预决算",
        title,
        paragraphs(case, &texts) + &rows(&lines),
    )
}

fn university(case: &Case, rng: &mut Rng) -> Article {
    let school = "云溪理工学院";
    let year = case.content.year;
    let texts = [
        format!(
            "本报告依据《高等学校信息公开办法》编制，统计期限为{}年9月1日至{year}年8月31日。",
            year - 1
        ),
        "一、概述".to_owned(),
        "学校按清单公开招生、财务、人事等十类信息，校务会议纪要在内网发布。".to_owned(),
        "二、主动公开情况".to_owned(),
        format!(
            "通过学校网站公开信息{}条，校报{}期。",
            rng.range(200, 3000),
            rng.range(8, 30)
        ),
        "三、依申请公开和不予公开情况".to_owned(),
        "收到信息公开申请2件，均已答复，没有不予公开的情况。".to_owned(),
    ];
    let title = format!("{school}{}-{year}学年信息公开工作年度报告", year - 1);
    ("信息公开", title, paragraphs(case, &texts))
}

fn not_found(case: &Case) -> String {
    format!(
        "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset={}\"><title>404 您访问的页面不存在</title></head><body><h2>抱歉，您访问的页面不存在或已删除</h2><p><a href=\"/\">返回{}首页</a></p></body></html>",
        case.meta_charset().unwrap_or("utf-8"),
        case.content.agency.site
    )
}
