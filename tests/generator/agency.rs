//! Invented places and bodies, titles and addresses.

use jiff::civil::{Date, date};
use nianbao::model::{FormId, Scope};

use super::dialect::Template;
use super::rng::Rng;

/// A body that publishes reports, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agency {
    /// Full name.
    pub name: String,
    /// Whose work its report covers.
    pub scope: Scope,
    /// Name of the government whose site it publishes on.
    pub site: String,
    /// Host of that site, under the reserved `.example`.
    pub host: String,
}

const PLACES: [(&str, &str, &str); 6] = [
    ("云溪市", "www.yunxi.example", "市"),
    ("青岭县", "www.qingling.example", "县"),
    ("白鹭区", "www.bailu.example", "区"),
    ("栖霞岭县", "www.qixialing.example", "县"),
    ("石桥湾区", "www.shiqiaowan.example", "区"),
    ("望川市", "www.wangchuan.example", "市"),
];

const BODIES: [&str; 9] = [
    "教育局",
    "自然资源局",
    "卫生健康委员会",
    "财政局",
    "农业农村局",
    "住房和城乡建设局",
    "市场监督管理局",
    "交通运输局",
    "统计局",
];

const TOWNS: [&str; 4] = ["松涛镇", "柳河乡", "东渡街道办事处", "杏坪镇"];

/// Draws an agency.
pub fn draw(rng: &mut Rng) -> Agency {
    let (place, host, _) = *rng.pick(&PLACES);
    let site = format!("{place}人民政府");
    let (name, scope) = match rng.below(10) {
        0..=1 => (site.clone(), Scope::Consolidated),
        2 => (format!("{place}人民政府办公室"), Scope::Own),
        3 => (format!("{place}{}", rng.pick(&TOWNS)), Scope::Own),
        _ => (format!("{place}{}", rng.pick(&BODIES)), Scope::Own),
    };
    let name = if name.ends_with('镇') || name.ends_with('乡') {
        name + "人民政府"
    } else {
        name
    };
    Agency {
        name,
        scope,
        site,
        host: host.to_owned(),
    }
}

/// Draws a report year of `form`.
pub fn year(form: FormId, rng: &mut Rng) -> i16 {
    let (first, last) = match form {
        FormId::F2008 => (2008, 2013),
        FormId::F2014 => (2014, 2018),
        FormId::F2019 => (2019, 2020),
        FormId::F2021 => (2021, 2025),
    };
    i16::try_from(rng.range(first, last)).unwrap_or(2021)
}

/// Draws a publication date in the quarter after the report year.
pub fn published(year: i16, rng: &mut Rng) -> Date {
    let month = i8::try_from(rng.range(1, 3)).unwrap_or(1);
    let day = i8::try_from(rng.range(2, 28)).unwrap_or(2);
    date(year + 1, month, day)
}

/// Draws a title.
pub fn title(agency: &str, year: i16, rng: &mut Rng) -> String {
    match rng.below(4) {
        0 => format!("{agency}{year}年政府信息公开工作年度报告"),
        1 => format!("{agency}{year}年度政府信息公开工作年度报告"),
        2 => format!("{year}年{agency}政府信息公开工作年度报告"),
        _ => format!("{agency}政府信息公开工作年度报告（{year}年度）"),
    }
}

/// The address a page of this template has on its platform.
pub fn url(agency: &Agency, published: Date, template: Template, id: u64) -> String {
    let host = &agency.host;
    let (year, month, day) = (published.year(), published.month(), published.day());
    match template {
        Template::Trs | Template::LayoutTables => format!(
            "https://{host}/zwgk/zfxxgknb/{year}{month:02}/t{year}{month:02}{day:02}_{id}.html"
        ),
        Template::Jcms => format!("https://{host}/art/{year}/{month}/{day}/art_1207_{id}.html"),
        Template::Vsb | Template::InForm => format!("https://{host}/info/1043/{id}.htm"),
        Template::Kaipu => format!("https://{host}/zfxxgk/ndbg/content/post_{id}.html"),
        Template::PagesContent | Template::Bare => {
            format!("https://{host}/xxgknb/{year}-{month:02}/{day:02}/content_{id}.htm")
        }
    }
}
