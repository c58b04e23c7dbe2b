//! Narrative paragraphs of invented agencies. Every sentence is ours.

use nianbao::model::{Decimal, FormId, Scope, SectionKind};

use super::dialect::Headings;
use super::rng::Rng;
use super::truth::Planted;
use super::values::Values;

/// A part of the narrative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// What it is about.
    pub kind: SectionKind,
    /// As printed; `None` for the preamble.
    pub heading: Option<String>,
    /// Its paragraphs.
    pub paragraphs: Vec<String>,
}

const OVERVIEW: [&str; 8] = [
    "全年围绕群众办事的堵点改进公开方式，把分散在各科室的办事须知整理成册，逐条写明材料、时限和窗口。",
    "安排专人每周核对栏目更新情况，发现过期链接当日处理，全年共清理失效页面并补发缺漏文件若干。",
    "把公开要求写进发文流程，文稿起草时即注明公开属性，未注明的一律退回补充。",
    "在便民服务大厅设置查阅角，配备自助终端和打印设备，由值班人员帮助老年人查找所需材料。",
    "邀请居民代表、个体经营者和农户走进机关，当面听取他们对公开内容是否看得懂、找得到的意见。",
    "政策出台后同步发布图示和问答，用简短文字说明谁受益、怎么办、找谁问。",
    "对新媒体账号逐一登记，停用长期无人维护的账号，保留的账号明确责任人和更新频次。",
    "组织两次业务学习，请办理申请经验较多的同志讲解答复文书的写法和常见疏漏。",
];

const DISCLOSURE: [&str; 5] = [
    "重点公开规划计划、财政资金、公共服务事项等内容，附件均提供可检索的文本格式。",
    "对现行文件逐件标注有效状态，废止和失效的文件在原页面注明，不作删除处理。",
    "新修订的信息公开指南和目录于上半年上网，联系电话由专人接听。",
    "会议决定事项在规定时间内发布，涉及民生的议题邀请利害关系人列席。",
    "把群众询问较多的补贴发放、学位安排、道路施工等信息集中到一个栏目，便于查找。",
];

const REQUESTS: [&str; 4] = [
    "申请内容主要涉及土地征收、房屋补偿和项目审批，答复前均与申请人电话沟通一次以上。",
    "对内容不清楚的申请一次性告知补正事项，对不属于本机关负责的说明理由并告知办理渠道。",
    "所有申请均在法定期限内办结，没有收取检索、复制、邮寄等费用。",
    "答复文书由承办科室起草、法制科室审核，重要事项提交集体讨论。",
];

const DISPUTES: [&str; 3] = [
    "对被纠正的案件逐件查找原因，修改答复模板，避免同类问题再次发生。",
    "复议和诉讼案件由分管负责人牵头应对，按要求提交证据和答辩意见。",
    "与司法机关定期会商，梳理容易引起争议的情形。",
];

const PROBLEMS: [&str; 6] = [
    "一是个别科室对公开时限把握不严，文件印发后上网偏慢；二是解读材料形式单一，基层群众反映不够通俗。",
    "主要问题是基层公开专区更新不够均衡，部分站点长期没有新内容，兼职人员变动较大。",
    "下一步，将把发布时限纳入月度通报，对逾期未发的逐件说明原因。",
    "改进措施：制作短视频和漫画问答，选取办件量前列的事项先行解读；为各站点配备固定联络员。",
    "针对上一年提出的栏目重复问题，已合并相近栏目，原有链接设置跳转。",
    "今后将加强业务培训，每季度抽查答复文书，把抽查结果反馈到人。",
];

const OTHER: [&str; 4] = [
    "本年度未收取信息处理费。",
    "没有其他需要报告的事项。",
    "按照规定收取信息处理费情况：本年度发出收费通知0件，总金额0元。",
    "人大代表建议和政协提案的办理结果已全部上网。",
];

/// What the paragraphs need to know.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The form.
    pub form: FormId,
    /// Name of the agency.
    pub agency: &'a str,
    /// Report year.
    pub year: i16,
    /// Whose work.
    pub scope: Scope,
    /// The numbers of the tables.
    pub values: &'a Values,
    /// A character outside GBK goes into the text.
    pub rare_character: bool,
    /// Wording of the headings.
    pub headings: Headings,
}

/// Draws the narrative. A planted contradiction between text and table replaces the number of
/// requests.
pub fn draw(facts: Facts<'_>, planted: &[Planted], rng: &mut Rng) -> Vec<Section> {
    let headings = headings(facts.form, facts.headings);
    let mut sections = vec![Section {
        kind: SectionKind::Preamble,
        heading: None,
        paragraphs: vec![preamble(facts)],
    }];
    for (kind, heading) in headings {
        let paragraphs = match kind {
            SectionKind::Overview => {
                let mut paragraphs = some(&OVERVIEW, 3, facts.year, rng);
                let count = rng.range(80, 9600);
                paragraphs[0] = format!("{}全年主动公开政府信息{count}余条。", paragraphs[0]);
                if facts.rare_character {
                    paragraphs.push(format!(
                        "新媒体账号“{}䶮信”由宣传科负责日常维护。",
                        facts.agency
                    ));
                }
                paragraphs
            }
            SectionKind::ActiveDisclosure => some(&DISCLOSURE, 1, facts.year, rng),
            SectionKind::Requests => {
                vec![requests(facts, planted), rng.pick(&REQUESTS).to_string()]
            }
            SectionKind::Disputes => some(&DISPUTES, 1, facts.year, rng),
            SectionKind::Problems => {
                let mut paragraphs = some(&PROBLEMS, 2, facts.year, rng);
                if rng.chance(40) {
                    paragraphs.insert(0, "（一）主要问题".to_owned());
                    paragraphs.insert(2, "（二）改进情况".to_owned());
                }
                paragraphs
            }
            SectionKind::Other => some(&OTHER, 1, facts.year, rng),
            SectionKind::Preamble | SectionKind::Appendix => vec![],
        };
        sections.push(Section {
            kind,
            heading: Some(heading),
            paragraphs,
        });
    }
    sections
}

/// The headings of a form's report, in order.
fn headings(form: FormId, wording: Headings) -> Vec<(SectionKind, String)> {
    use SectionKind as S;
    let statutory = [
        (S::Overview, "一、总体情况"),
        (S::ActiveDisclosure, "二、主动公开政府信息情况"),
        (S::Requests, "三、收到和处理政府信息公开申请情况"),
        (S::Disputes, "四、政府信息公开行政复议、行政诉讼情况"),
        (S::Problems, "五、存在的主要问题及改进情况"),
        (S::Other, "六、其他需要报告的事项"),
    ];
    let longer = [
        (S::Overview, "一、政府信息公开工作总体情况"),
        (S::ActiveDisclosure, "二、行政机关主动公开政府信息的情况"),
        (S::Requests, "三、行政机关收到和处理政府信息公开申请的情况"),
        (
            S::Disputes,
            "四、因政府信息公开工作被申请行政复议、提起行政诉讼的情况",
        ),
        (S::Problems, "五、政府信息公开工作存在的主要问题及改进情况"),
        (S::Other, "六、其他需要报告的事项"),
    ];
    let shorter = [
        (S::Overview, "一、总体情况"),
        (S::ActiveDisclosure, "二、主动公开情况"),
        (S::Requests, "三、依申请公开情况"),
        (S::Disputes, "四、行政复议、行政诉讼情况"),
        (S::Problems, "五、存在问题及改进措施"),
        (S::Other, "六、其他事项"),
    ];
    let older = [
        (S::Overview, "一、概述"),
        (S::ActiveDisclosure, "二、主动公开政府信息情况"),
        (S::Requests, "三、依申请公开政府信息情况"),
        (S::Disputes, "四、行政复议、行政诉讼情况"),
        (S::Problems, "五、存在的主要问题及改进措施"),
        (S::Other, "六、其他需要报告的事项"),
    ];
    let list = matches!(form, FormId::F2008 | FormId::F2014);
    let words = match wording {
        Headings::Longer => longer,
        Headings::Shorter => shorter,
        _ if list => older,
        _ => statutory,
    };
    let mut headings: Vec<(SectionKind, String)> = words
        .into_iter()
        .map(|(kind, text)| match wording {
            Headings::Spaced => (kind, text.replacen('、', "、 ", 1)),
            _ => (kind, text.to_owned()),
        })
        .collect();
    if list {
        let appendix = "附表：政府信息公开情况统计表".to_owned();
        headings.push((S::Appendix, appendix));
    }
    headings
}

fn preamble(facts: Facts<'_>) -> String {
    let Facts { agency, year, .. } = facts;
    let scope = match facts.scope {
        Scope::Own => "本报告为本机关年度报告，所列数据仅统计本机关".to_owned(),
        Scope::Consolidated => {
            "本报告统计范围为本级政府及所属各部门、下级政府，所列数据为汇总数".to_owned()
        }
        Scope::Unknown => "所列数据经逐项核对".to_owned(),
    };
    format!(
        "根据《中华人民共和国政府信息公开条例》的规定，由{agency}编制本报告。{scope}，统计期限自{year}年1月1日起至{year}年12月31日止。"
    )
}

fn some(pool: &[&str], count: usize, year: i16, rng: &mut Rng) -> Vec<String> {
    let mut pool = pool.to_vec();
    rng.shuffle(&mut pool);
    let mut paragraphs: Vec<String> = pool.into_iter().take(count).map(str::to_owned).collect();
    if rng.chance(50)
        && let Some(first) = paragraphs.first_mut()
    {
        *first = format!("{year}年，{first}");
    }
    paragraphs
}

/// The cell of a form that counts the requests received.
pub fn received_cell(form: FormId) -> &'static str {
    match form {
        FormId::F2008 => "h.req",
        FormId::F2014 => "applications.received",
        FormId::F2019 | FormId::F2021 => "requests.new@total",
    }
}

fn requests(facts: Facts<'_>, planted: &[Planted]) -> String {
    let value = facts.values.get(received_cell(facts.form));
    let said = planted.iter().find_map(|planted| match planted {
        Planted::Narrative { said, .. } => Some(*said),
        _ => None,
    });
    let received = said.unwrap_or_else(|| value.copied().map_or(0, Decimal::mantissa));
    if received == 0 {
        return format!("{}年度没有收到政府信息公开申请。", facts.year);
    }
    format!("{}年度共收到政府信息公开申请{received}件。", facts.year)
}
