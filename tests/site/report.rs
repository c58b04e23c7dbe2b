//! Reports of invented agencies in the statutory shape of 2019 and of 2021, with sums that hold.

use std::sync::Arc;

use super::answer::{Answer, Page};
use super::host::Request;

/// Charset of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// UTF-8, declared in header and page.
    Utf8,
    /// GBK, declared as gb2312 in the page alone.
    Gbk,
}

const PLACES: [&str; 20] = [
    "云溪市",
    "青岭县",
    "白鹭区",
    "柳荫县",
    "石渡市",
    "松岗区",
    "南埔县",
    "北泽市",
    "竹坞县",
    "枫桥区",
    "苇塘县",
    "沙洲市",
    "桐浦区",
    "榆关县",
    "槐安市",
    "杏川县",
    "梅坞区",
    "荷湾县",
    "鹿鸣市",
    "雁栖县",
];

const BODIES: [&str; 25] = [
    "人民政府",
    "人民政府办公室",
    "教育局",
    "财政局",
    "民政局",
    "司法局",
    "人力资源和社会保障局",
    "自然资源局",
    "生态环境局",
    "住房和城乡建设局",
    "交通运输局",
    "水利局",
    "农业农村局",
    "商务局",
    "文化和旅游局",
    "卫生健康委员会",
    "应急管理局",
    "审计局",
    "市场监督管理局",
    "统计局",
    "医疗保障局",
    "城市管理局",
    "林业局",
    "信访局",
    "发展和改革委员会",
];

const FIRST: [&str; 12] = [
    "东", "西", "南", "北", "上", "下", "大", "小", "新", "古", "清", "红",
];
const SECOND: [&str; 12] = [
    "桥", "溪", "塘", "坪", "岭", "湾", "庄", "店", "河", "坝", "冲", "陂",
];

/// An invented agency; each number another, up to some ten thousand.
pub fn agency(number: usize) -> String {
    let place = PLACES[number % PLACES.len()];
    let rest = number / PLACES.len();
    if let Some(body) = BODIES.get(rest) {
        return format!("{place}{body}");
    }
    let rest = rest - BODIES.len();
    let first = FIRST[rest % FIRST.len()];
    let second = SECOND[(rest / FIRST.len()) % SECOND.len()];
    let round = rest / (FIRST.len() * SECOND.len());
    let kind = ["镇", "乡", "街道办事处"][round % 3];
    if kind == "街道办事处" {
        format!("{place}{first}{second}{kind}")
    } else {
        format!("{place}{first}{second}{kind}人民政府")
    }
}

/// A report to be written.
#[derive(Debug, Clone)]
pub struct Report {
    /// Who reports.
    pub agency: String,
    /// On which year; 2019 and 2020 in the form of 2019, later ones in that of 2021.
    pub year: i32,
    /// Day of publication.
    pub published: String,
    /// Charset of the page.
    pub charset: Charset,
    /// What stands around the text, for size.
    pub filler: Arc<str>,
    /// Paths of files the page hands out.
    pub attachments: Vec<String>,
}

impl Report {
    /// A report of an agency on a year, published in the January after.
    pub fn new(agency: &str, year: i32) -> Self {
        let day = 10 + hash(agency, year) % 18;
        Self {
            agency: agency.to_owned(),
            year,
            published: format!("{}-01-{day:02}", year + 1),
            charset: Charset::Utf8,
            filler: "".into(),
            attachments: Vec::new(),
        }
    }

    /// Its title.
    pub fn title(&self) -> String {
        format!("{}{}年政府信息公开工作年度报告", self.agency, self.year)
    }

    /// New requests that the page reports in an edition, of all applicants.
    pub fn requests(&self, edition: u32) -> u32 {
        let (people, firms) = self.counts(edition);
        people + firms
    }

    fn counts(&self, edition: u32) -> (u32, u32) {
        let seed = hash(&self.agency, self.year);
        (3 + seed % 90 + edition, seed / 97 % 12)
    }

    pub(super) fn answer(&self, request: &Request) -> Answer {
        Page::new(
            self.charset.content_type(),
            self.bytes(request.edition, request.chrome),
        )
        .answer(request.edition, request.chrome, request)
    }

    /// The page of an edition. Editions differ in numbers and in a sentence, chromes in the counter of visits, the day's date and a menu.
    pub fn bytes(&self, edition: u32, chrome: u32) -> Vec<u8> {
        self.charset.encode(&self.text(edition, chrome))
    }

    fn text(&self, edition: u32, chrome: u32) -> String {
        let (people, firms) = self.counts(edition);
        let total = people + firms;
        let (agency, year, title) = (&self.agency, self.year, self.title());
        let denied = people / 5;
        let absent = people / 3;
        let files: String = self
            .attachments
            .iter()
            .map(|path| {
                let ending = path.rsplit('.').next().unwrap_or_default();
                format!("<p>附件：<a href=\"{path}\">{title}.{ending}</a></p>\n")
            })
            .collect();
        let menu: String = (0..chrome)
            .map(|number| format!("<li><a href=\"/zt/new{number}/\">新专题{number}</a></li>"))
            .collect();
        format!(
            "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"{charset}\">\n<meta name=\"ArticleTitle\" content=\"{title}\">\n<meta name=\"PubDate\" content=\"{published} 09:30\">\n<meta name=\"ColumnName\" content=\"政府信息公开年报\">\n<title>{title}</title>\n{filler}</head>\n<body>\n<div class=\"top\">今天是2025年3月{today}日 <ul>{menu}</ul></div>\n<div class=\"position\">您现在的位置：<a href=\"/\">首页</a> &gt; 政府信息公开年报</div>\n<div class=\"article\">\n<h1>{title}</h1>\n<div class=\"info\">发布时间：{published} 访问次数：{visits}</div>\n<div class=\"TRS_Editor\">\n<p>　　根据《中华人民共和国政府信息公开条例》，{agency}编制本报告，数据期限为{year}年1月1日至12月31日。</p>\n<h3>一、总体情况</h3>\n<p>　　{agency}在{year}年继续推进公开，全年发布信息{posts}条，修订了公开目录，按时答复申请。{edited}</p>\n<h3>二、主动公开政府信息情况</h3>\n{disclosure}<h3>三、收到和处理政府信息公开申请情况</h3>\n<p>　　{year}年新收政府信息公开申请{total}件。</p>\n{table}<h3>四、政府信息公开行政复议、行政诉讼情况</h3>\n{disputes}<h3>五、存在的主要问题及改进情况</h3>\n<p>　　主要问题是答复文书不够规范。下一步将完善审核，加强培训。</p>\n<h3>六、其他需要报告的事项</h3>\n<p>　　没有其他需要报告的事项。</p>\n</div>\n{files}</div>\n<div class=\"footer\"><p>网站标识码：9900000001</p></div>\n<script>var visits = {visits};</script>\n</body>\n</html>\n",
            charset = self.charset.name(),
            published = self.published,
            filler = self.filler,
            today = 3 + chrome % 25,
            visits = 1_204 + chrome * 17,
            posts = 120 + hash(agency, year) % 700,
            edited = match edition {
                0 => String::new(),
                number => format!("本报告已作第{number}次更正。"),
            },
            disclosure = disclosure(year, 20 + people),
            table = requests(year, people, firms, denied, absent),
            disputes = disputes(people / 9),
        )
    }
}

fn hash(agency: &str, year: i32) -> u32 {
    agency
        .bytes()
        .chain(year.to_le_bytes())
        .fold(2_166_136_261, |hash: u32, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(16_777_619)
        })
        >> 8
}

fn row(cells: &[&str]) -> String {
    let cells: String = cells
        .iter()
        .map(|cell| format!("<td>{cell}</td>"))
        .collect();
    format!("<tr>{cells}</tr>\n")
}

fn disclosure(year: i32, licences: u32) -> String {
    let licences = licences.to_string();
    let mut text = String::from("<table border=\"1\">\n");
    let head = |name: &str| format!("<tr><td colspan=\"4\">{name}</td></tr>\n");
    if year >= 2021 {
        text += &head("第二十条第（一）项");
        text += &row(&["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"]);
        text += &row(&["规章", "0", "0", "0"]);
        text += &row(&["行政规范性文件", "2", "1", "14"]);
        for (name, rows) in [
            ("第二十条第（五）项", &[("行政许可", licences.as_str())][..]),
            (
                "第二十条第（六）项",
                &[("行政处罚", "5"), ("行政强制", "0")],
            ),
        ] {
            text += &head(name);
            text += "<tr><td>信息内容</td><td colspan=\"3\">本年处理决定数量</td></tr>\n";
            for (label, value) in rows {
                text += &format!("<tr><td>{label}</td><td colspan=\"3\">{value}</td></tr>\n");
            }
        }
        text += &head("第二十条第（八）项");
        text += "<tr><td>信息内容</td><td colspan=\"3\">本年收费金额（单位：万元）</td></tr>\n<tr><td>行政事业性收费</td><td colspan=\"3\">0</td></tr>\n";
    } else {
        text += &head("第二十条第（一）项");
        text += &row(&[
            "信息内容",
            "本年新制作数量",
            "本年新公开数量",
            "对外公开总数量",
        ]);
        text += &row(&["规章", "0", "0", "0"]);
        text += &row(&["规范性文件", "2", "2", "14"]);
        text += &head("第二十条第（五）项");
        text += &row(&["信息内容", "上一年项目数量", "本年增/减", "处理决定数量"]);
        text += &row(&["行政许可", "9", "0", &licences]);
        text += &row(&["其他对外管理服务事项", "6", "0", "22"]);
        text += &head("第二十条第（六）项");
        text += &row(&["信息内容", "上一年项目数量", "本年增/减", "处理决定数量"]);
        text += &row(&["行政处罚", "14", "1", "5"]);
        text += &row(&["行政强制", "0", "0", "0"]);
        text += &head("第二十条第（八）项");
        text += "<tr><td>信息内容</td><td>上一年项目数量</td><td colspan=\"2\">本年增/减</td></tr>\n<tr><td>行政事业性收费</td><td>2</td><td colspan=\"2\">0</td></tr>\n";
        text += &head("第二十条第（九）项");
        text += "<tr><td>信息内容</td><td>采购项目数量</td><td colspan=\"2\">采购总金额</td></tr>\n<tr><td>政府集中采购</td><td>9</td><td colspan=\"2\">95.3万元</td></tr>\n";
    }
    text + "</table>\n"
}

/// Table three: what was asked for by people and firms, and what came of it.
fn requests(year: i32, people: u32, firms: u32, denied: u32, absent: u32) -> String {
    let granted = people - denied - absent;
    let values = |people: u32, firms: u32| {
        [people, firms, 0, 0, 0, 0, people + firms]
            .iter()
            .map(|value| format!("<td>{value}</td>"))
            .collect::<String>()
    };
    let mut text = String::from(
        "<table border=\"1\">\n<tr><td colspan=\"3\" rowspan=\"3\">（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）</td><td colspan=\"7\">申请人情况</td></tr>\n<tr><td rowspan=\"2\">自然人</td><td colspan=\"5\">法人或其他组织</td><td rowspan=\"2\">总计</td></tr>\n<tr><td>商业企业</td><td>科研机构</td><td>社会公益组织</td><td>法律服务机构</td><td>其他</td></tr>\n",
    );
    let whole = |label: &str, people, firms| {
        format!(
            "<tr><td colspan=\"3\">{label}</td>{}</tr>\n",
            values(people, firms)
        )
    };
    text += &whole("一、本年新收政府信息公开申请数量", people, firms);
    text += &whole("二、上年结转政府信息公开申请数量", 1, 0);
    let others: &[&str] = if year >= 2021 {
        &[
            "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
            "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
            "3.其他",
        ]
    } else {
        &[]
    };
    let groups: [(&str, &[&str]); 4] = [
        (
            "（三）不予公开",
            &[
                "1.属于国家秘密",
                "2.其他法律行政法规禁止公开",
                "3.危及“三安全一稳定”",
                "4.保护第三方合法权益",
                "5.属于三类内部事务信息",
                "6.属于四类过程性信息",
                "7.属于行政执法案卷",
                "8.属于行政查询事项",
            ],
        ),
        (
            "（四）无法提供",
            &[
                "1.本机关不掌握相关政府信息",
                "2.没有现成信息需要另行制作",
                "3.补正后申请内容仍不明确",
            ],
        ),
        (
            "（五）不予处理",
            &[
                "1.信访举报投诉类申请",
                "2.重复申请",
                "3.要求提供公开出版物",
                "4.无正当理由大量反复申请",
                "5.要求行政机关确认或重新出具已获取信息",
            ],
        ),
        ("（六）其他处理", others),
    ];
    let rows = 3 + groups
        .iter()
        .map(|(_, rows)| rows.len().max(1))
        .sum::<usize>();
    text += &format!(
        "<tr><td rowspan=\"{rows}\">三、本年度办理结果</td><td colspan=\"2\">（一）予以公开</td>{}</tr>\n",
        values(granted, firms)
    );
    text += &format!(
        "<tr><td colspan=\"2\">（二）部分公开（区分处理的，只计这一情形，不计其他情形）</td>{}</tr>\n",
        values(0, 0)
    );
    for (group, labels) in groups {
        if labels.is_empty() {
            text += &format!("<tr><td colspan=\"2\">{group}</td>{}</tr>\n", values(0, 0));
        }
        for (index, label) in labels.iter().enumerate() {
            let head = if index == 0 {
                format!("<td rowspan=\"{}\">{group}</td>", labels.len())
            } else {
                String::new()
            };
            let count = match *label {
                "4.保护第三方合法权益" => denied,
                "1.本机关不掌握相关政府信息" => absent,
                _ => 0,
            };
            text += &format!("<tr>{head}<td>{label}</td>{}</tr>\n", values(count, 0));
        }
    }
    text += &format!(
        "<tr><td colspan=\"2\">（七）总计</td>{}</tr>\n",
        values(people, firms)
    );
    text += &whole("四、结转下年度继续办理", 1, 0);
    text + "</table>\n"
}

fn disputes(upheld: u32) -> String {
    let kinds = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"];
    let mut text = String::from(
        "<table border=\"1\">\n<tr><td colspan=\"5\">行政复议</td><td colspan=\"10\">行政诉讼</td></tr>\n<tr>",
    );
    for kind in kinds {
        text += &format!("<td rowspan=\"2\">{kind}</td>");
    }
    text += "<td colspan=\"5\">未经复议直接起诉</td><td colspan=\"5\">复议后起诉</td></tr>\n<tr>";
    for kind in kinds.iter().chain(&kinds) {
        text += &format!("<td>{kind}</td>");
    }
    text += "</tr>\n<tr>";
    for value in [upheld, 0, 0, 0, upheld, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0] {
        text += &format!("<td>{value}</td>");
    }
    text + "</tr>\n</table>\n"
}
