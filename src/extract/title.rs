//! A report's title: what it says of agency, year and scope, and whether it is a report's at all.

use std::sync::LazyLock;

use crate::model::Scope;
use crate::normalize::label::is_space;
use crate::profile::Words;

use super::{name, year};

/// What a title says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Title {
    /// As printed, spaces at the ends taken off.
    pub text: String,
    /// Report year; `None` where the title has none.
    pub year: Option<i16>,
    /// The agency's name; `None` where the title has none.
    pub agency: Option<String>,
    /// `（本机关）`, `（全市汇总）`.
    pub scope: Option<Scope>,
    /// What must stand on the page besides.
    pub standing: Standing,
}

/// How far a title alone tells a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Standing {
    /// A report's name and nothing behind it.
    #[default]
    Sure,
    /// Other words around the name: news of a report, rules about reports. Needs sections or numbers.
    Weak,
    /// Of a school or company, whose reports follow other rules. Needs statutory numbers.
    Foreign,
}

/// What kind of document a title names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TitleKind {
    /// A report on information disclosure.
    Report(Title),
    /// Something that is easily taken for one; the word that tells.
    LookAlike(&'static str),
    /// Neither.
    Other,
}

/// Titles of other documents (FORMATS.md, 4).
const LOOK_ALIKES: [&str; 24] = [
    "网站工作年度报表",
    "网站年度工作报表",
    "网站监管年度报表",
    "网站建设年度",
    "政府网站年度报表",
    "法治政府建设",
    "依法行政",
    "决算",
    "预算",
    "的通知",
    "通知如下",
    "征求意见",
    "报告格式",
    "报告模板",
    "填报说明",
    "填写说明",
    "样式",
    "工作总结",
    "工作要点",
    "实施方案",
    "考核",
    "学校信息公开",
    "高校",
    "解读",
];
/// Between the topic and the report's name, or behind that, these make another document of it.
const OTHER_DOCUMENTS: [&str; 20] = [
    "指南",
    "制度",
    "办法",
    "规定",
    "评估",
    "考核",
    "答复",
    "告知书",
    "培训",
    "计划",
    "要点",
    "格式",
    "模板",
    "样式",
    "说明",
    "解读",
    "征求意见",
    "编制",
    "有关事项",
    "网站",
];
/// In front of the topic: about a report, not one.
const ABOUT: [&str; 6] = ["一图读懂", "图解", "图说", "解读", "征求意见", "学年"];
/// Universities' reports follow rules of their own ministry.
const UNIVERSITIES: [&str; 3] = ["大学", "学院", "高校"];
/// Schools of the administration, part of it.
const STATE_SCHOOLS: [&str; 3] = ["行政学院", "社会主义学院", "党校"];
/// Bodies that report by rules of their trade.
const TRADES: [&str; 6] = ["学校", "中学", "小学", "幼儿园", "公司", "集团"];
/// The topic, longest first.
const TOPICS: [&str; 4] = ["政府信息公开", "政府信息主动公开", "信息公开", "政务公开"];
/// What may stand behind a report's name.
const TAILS: [&str; 14] = [
    "的公示",
    "的公告",
    "的通告",
    "的通知",
    "的函",
    "的报告",
    "公示",
    "公告",
    "公布",
    "全文",
    "正文",
    "修订",
    "度",
    "版",
];
const EXTENSIONS: [&str; 8] = [
    ".docx", ".doc", ".pdf", ".html", ".htm", ".wps", ".xlsx", ".txt",
];
/// Verbs of one who makes a report public.
const PUBLISHING: [&str; 7] = ["公布", "发布", "印发", "公开", "公示", "报送", "上报"];

static LOOK_ALIKE_WORDS: LazyLock<Option<Words>> =
    LazyLock::new(|| Words::new(LOOK_ALIKES.iter().map(|word| (*word).to_owned()).collect()));
/// All words that can make another document of a title.
static OTHER_WORDS: LazyLock<Option<Words>> = LazyLock::new(|| {
    let all = ABOUT.iter().chain(&OTHER_DOCUMENTS).chain(&LOOK_ALIKES);
    Words::new(all.map(|word| (*word).to_owned()).collect())
});

/// A cheap look before the real one: what fails it is [`TitleKind::Other`].
pub fn may_be(text: &str) -> bool {
    // Longer than any title, even with spaces between all characters.
    if text.len() > 600 || text.contains('。') {
        return false;
    }
    // A report's name has all three.
    let topic = text.contains('报') && text.contains('公') && text.contains('开');
    topic
        || LOOK_ALIKE_WORDS
            .as_ref()
            .is_some_and(|words| words.occur_in(text))
}

/// Reads a line or a meta title.
pub fn read(text: &str) -> TitleKind {
    if !may_be(text) {
        return TitleKind::Other;
    }
    let plain: String = text.chars().filter(|c| !is_space(*c)).collect();
    if plain.chars().count() > 80 || plain.contains(['；', '？', '!', '！']) || is_crumb(&plain)
    {
        return TitleKind::Other;
    }
    let Some(parts) = split(&plain) else {
        return LOOK_ALIKES
            .iter()
            .find(|word| plain.contains(**word))
            .map_or(TitleKind::Other, |word| TitleKind::LookAlike(word));
    };
    match parts.other_document() {
        Some(word) => TitleKind::LookAlike(word),
        None => TitleKind::Report(parts.title(text, &plain)),
    }
}

/// The way to the page: `首页 > 政府信息公开 > 年报`.
fn is_crumb(plain: &str) -> bool {
    plain.contains(['>', '＞', '»', '›'])
        || ["当前位置", "您的位置", "所在位置", "您现在的位置"]
            .iter()
            .any(|word| plain.contains(word))
}

/// A title without spaces, cut at its topic and its report's name.
struct Parts<'t> {
    before: &'t str,
    topic: &'t str,
    middle: &'t str,
    tail: &'t str,
    agency: Option<String>,
    year: Option<i16>,
}

/// Cuts a title; `None` without topic or report's name.
fn split(plain: &str) -> Option<Parts<'_>> {
    let mut from = 0;
    let (at, topic) = loop {
        let (at, topic) = TOPICS
            .iter()
            .filter_map(|topic| Some((plain[from..].find(topic)? + from, *topic)))
            .min_by_key(|(at, topic)| (*at, std::cmp::Reverse(topic.len())))?;
        let behind = at + topic.len();
        // 青岭县政府信息公开办公室 is a name: the topic comes later.
        let later = TOPICS
            .iter()
            .filter_map(|topic| Some(plain[behind..].find(topic)? + behind))
            .min();
        let is_name = later.is_some_and(|later| {
            let between = &plain[behind..later];
            ["办公室", "领导小组", "中心", "科", "处", "办"]
                .iter()
                .any(|end| between.contains(end))
                && !between.contains("报")
        });
        if !is_name {
            break (at, topic);
        }
        from = behind;
    };
    let behind = at + topic.len();
    let (middle_end, name_end) = report_name(plain, behind)?;
    let mut parts = Parts {
        before: &plain[..at],
        topic,
        middle: &plain[behind..middle_end],
        tail: &plain[name_end..],
        agency: None,
        year: year::of_title(plain, at),
    };
    if topic == "政务公开" && !plain[behind..name_end].contains("年") {
        return None;
    }
    parts.agency = name::cut_out(parts.before, topic.starts_with("政府"));
    Some(parts)
}

/// Where the report's name begins and ends: the last outside brackets, else the last.
fn report_name(plain: &str, from: usize) -> Option<(usize, usize)> {
    let mut depth = 0_u32;
    let mut last = None;
    let mut outside = None;
    for (at, character) in plain[from..].char_indices() {
        let at = from + at;
        match character {
            '（' | '(' | '【' | '[' | '〔' => depth += 1,
            '）' | ')' | '】' | ']' | '〕' => depth = depth.saturating_sub(1),
            _ => {}
        }
        for name in ["报告", "年报"] {
            if plain[at..].starts_with(name) {
                last = Some((at, at + name.len()));
                if depth == 0 {
                    outside = last;
                }
            }
        }
    }
    outside.or(last)
}

impl Parts<'_> {
    /// The word that makes another document of it.
    fn other_document(&self) -> Option<&'static str> {
        let find = |words: &[&'static str], text: &str| {
            words.iter().copied().find(|word| text.contains(word))
        };
        let body = || self.agency.as_deref().is_some_and(name::is_body);
        let foreign = self.agency.as_deref().and_then(|agency| {
            let state = STATE_SCHOOLS.iter().any(|end| agency.ends_with(end));
            let end = UNIVERSITIES
                .iter()
                .copied()
                .find(|end| agency.ends_with(end));
            end.filter(|_| !state)
        });
        // Of most titles, none of the lists has a word.
        let any = OTHER_WORDS.as_ref().is_none_or(|words| {
            [self.before, self.middle, self.tail]
                .iter()
                .any(|text| words.occur_in(text))
        });
        if !any {
            return foreign;
        }
        let about = find(&ABOUT, self.before);
        let published = self.tail.trim_start_matches('》').starts_with("的通知")
            && find(&PUBLISHING, self.before).is_some();
        about
            .or(foreign)
            .or_else(|| find(&OTHER_DOCUMENTS, self.middle))
            .or_else(|| find(&OTHER_DOCUMENTS, self.tail))
            .or_else(|| find(&LOOK_ALIKES, self.tail).filter(|_| !published))
            .or_else(|| find(&LOOK_ALIKES, self.before).filter(|_| !body()))
    }

    fn title(&self, text: &str, plain: &str) -> Title {
        let (rest, behind) = strip_tail(self.tail);
        let agency = self.agency.clone().or(behind);
        let trade = agency
            .as_deref()
            .is_some_and(|agency| TRADES.iter().any(|end| agency.ends_with(end)));
        let without_about = !self.before.contains("关于");
        // 政府信息公开办公室 is a name, 教育局公开2021年… is news.
        let plainly = self.before.replace("信息公开", "");
        let news = without_about
            && ["发布", "公布", "公开", "召开", "举办", "完成", "做好"]
                .iter()
                .any(|verb| plainly.contains(verb));
        let standing = if trade {
            Standing::Foreign
        } else if !rest.is_empty()
            || news
            || self.before.contains("做好")
            || self.middle.contains("自查")
            || self.topic == "政务公开"
        {
            Standing::Weak
        } else {
            Standing::Sure
        };
        Title {
            text: text.trim_matches(is_space).to_owned(),
            year: self.year,
            agency,
            scope: scope_of(plain),
            standing,
        }
    }
}

/// Takes off what may stand behind a report's name: years, brackets, file extensions, the name of who reports.
/// What is left, and that name.
fn strip_tail(tail: &str) -> (&str, Option<String>) {
    let mut rest = tail;
    let mut agency = None;
    loop {
        let known = rest.len();
        rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric() && !"（([〔【.".contains(c));
        for word in TAILS.iter().chain(&EXTENSIONS) {
            rest = rest.strip_prefix(word).unwrap_or(rest);
        }
        if let Some(found) = year::find_all(rest)
            .first()
            .filter(|year| year.place.start == 0)
        {
            rest = &rest[found.place.end..];
        }
        if let Some(found) = crate::normalize::find_date(rest).filter(|date| date.place.start == 0)
        {
            rest = &rest[found.place.end..];
        }
        if let Some(first) = rest.chars().next().filter(|c| "（([〔【".contains(*c)) {
            let end = rest
                .find(['）', ')', ']', '〕', '】'])
                .unwrap_or(rest.len());
            let inner = &rest[first.len_utf8()..end];
            if agency.is_none() && name::is_body(inner) {
                agency = Some(inner.to_owned());
            }
            rest = rest[end..].trim_start_matches(['）', ')', ']', '〕', '】']);
        }
        if rest.len() == known {
            break;
        }
    }
    let behind_mark = tail.starts_with(['-', '—', '－', '_', '：', ':']);
    if behind_mark && agency.is_none() && rest.len() < tail.len() && name::is_body(rest) {
        return ("", Some(rest.to_owned()));
    }
    (rest, agency)
}

fn scope_of(plain: &str) -> Option<Scope> {
    // Every word has one of these.
    if !plain.contains(['本', '汇', '全']) {
        return None;
    }
    if [
        "本机关",
        "（本单位）",
        "(本单位)",
        "（本部门）",
        "(本部门)",
        "本级机关",
    ]
    .iter()
    .any(|word| plain.contains(word))
    {
        return Some(Scope::Own);
    }
    let whole = ["汇总", "全市", "全县", "全区", "全省", "本级政府", "全辖区"];
    let told = whole.iter().any(|word| {
        // 安全市监局 is no 全市.
        plain.match_indices(word).any(|(at, _)| {
            let inside = plain[..at].ends_with(['安', '健', '完', '保', '齐']);
            !(inside && word.starts_with('全') || plain[at + word.len()..].starts_with("场"))
        })
    });
    told.then_some(Scope::Consolidated)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_give_agency_and_year() {
        let cases = [
            (
                "云溪市2025年度政府信息公开工作年度报告",
                Some("云溪市"),
                Some(2025),
            ),
            (
                "2019年云溪市人民政府办公厅政府信息公开工作年度报告",
                Some("云溪市人民政府办公厅"),
                Some(2019),
            ),
            (
                "云溪市教育局2012年政府信息公开年报",
                Some("云溪市教育局"),
                Some(2012),
            ),
            (
                "云溪市教育局关于2016年度政府信息公开工作情况的报告",
                Some("云溪市教育局"),
                Some(2016),
            ),
            (
                "关于云溪市二〇一〇年政府信息公开工作的报告",
                Some("云溪市"),
                Some(2010),
            ),
            ("政府信息公开工作年度报告（2021年）", None, Some(2021)),
            (
                "云溪市政府信息公开工作年度报告(2021年度)",
                Some("云溪市"),
                Some(2021),
            ),
            (
                "2019年 青岭县教育局政府信息公开 工作年度报告",
                Some("青岭县教育局"),
                Some(2019),
            ),
            (
                "青岭县 2014 年政府信息公开工作年度报告",
                Some("青岭县"),
                Some(2014),
            ),
            (
                "云溪大学城管理委员会2020年政府信息公开工作年度报告",
                Some("云溪大学城管理委员会"),
                Some(2020),
            ),
        ];
        for (text, agency, year) in cases {
            let TitleKind::Report(title) = read(text) else {
                panic!("{text:?} is a report: {:?}", read(text));
            };
            assert_eq!(
                (title.agency.as_deref(), title.year),
                (agency, year),
                "{text:?}"
            );
        }
    }

    #[test]
    fn agencies_stand_before_the_topic_or_behind_the_name() {
        let cases = [
            (
                "云溪市人民政府信息公开工作年度报告（2021）",
                "云溪市人民政府",
                2021,
            ),
            (
                "云溪市人民政府2021年信息公开工作年度报告",
                "云溪市人民政府",
                2021,
            ),
            ("城关镇政府2021年信息公开年度报告", "城关镇政府", 2021),
            (
                "2021年政府信息公开工作年度报告（云溪县民政局）",
                "云溪县民政局",
                2021,
            ),
            (
                "2021年政府信息公开工作年度报告-云溪县民政局",
                "云溪县民政局",
                2021,
            ),
            (
                "云溪县政府信息公开办公室2021年政府信息公开年报",
                "云溪县政府信息公开办公室",
                2021,
            ),
            (
                "云溪县预算绩效中心2021年政府信息公开年度报告",
                "云溪县预算绩效中心",
                2021,
            ),
            ("大学路街道2021年政府信息公开年度报告", "大学路街道", 2021),
            (
                "云溪市行政学院2021年政府信息公开年度报告",
                "云溪市行政学院",
                2021,
            ),
            (
                "关于印发《云溪县民政局2021年政府信息公开年报》的通知",
                "云溪县民政局",
                2021,
            ),
            (
                "云溪县民政局关于公布2012年政府信息公开年度报告的通知",
                "云溪县民政局",
                2012,
            ),
            (
                "云溪县民政局2021年政府信息公开工作总结报告",
                "云溪县民政局",
                2021,
            ),
            (
                "云溪县民政局2021政府信息公开年度报告.docx",
                "云溪县民政局",
                2021,
            ),
        ];
        for (text, agency, year) in cases {
            let TitleKind::Report(title) = read(text) else {
                panic!("{text:?} is a report: {:?}", read(text));
            };
            let got = (title.agency.as_deref(), title.year, title.standing);
            assert_eq!(got, (Some(agency), Some(year), Standing::Sure), "{text:?}");
        }
    }

    #[test]
    fn words_around_the_name_weaken_a_title() {
        let cases = [
            ("云溪县发布2021年政府信息公开工作年度报告", Standing::Weak),
            ("我县2021年政府信息公开年度报告出炉", Standing::Weak),
            ("云溪县民政局2021年政务公开工作年度报告", Standing::Weak),
            ("云溪供水公司2021年信息公开工作年度报告", Standing::Foreign),
            ("云溪县第一中学2021年信息公开年度报告", Standing::Foreign),
            ("云溪县2021年政府信息公开年度报告（修订版）", Standing::Sure),
        ];
        for (text, want) in cases {
            let TitleKind::Report(title) = read(text) else {
                panic!("{text:?}: {:?}", read(text));
            };
            assert_eq!(title.standing, want, "{text:?}");
        }
        for (text, want) in [
            ("安全市监局2021年政府信息公开年报", None),
            (
                "云溪市2021年政府信息公开年报（全市汇总）",
                Some(Scope::Consolidated),
            ),
        ] {
            let TitleKind::Report(title) = read(text) else {
                panic!("{text:?}: {:?}", read(text));
            };
            assert_eq!(title.scope, want, "{text:?}");
        }
    }

    #[test]
    fn look_alikes_are_told_apart() {
        for text in [
            "云溪县政府信息公开工作年度报告制度",
            "云溪县民政局政府信息公开指南（年度报告、目录）",
            "云溪县2021年政府信息公开评估报告",
            "云溪县民政局政府信息公开申请答复书 报告",
            "云溪县民政局2022年政府信息公开工作计划（附2021年度报告）",
            "县民政局召开政府信息公开工作年度报告编制培训会",
            "云溪大学2020—2021学年信息公开工作年度报告",
            "一图读懂云溪县2021年政府信息公开工作年度报告",
            "2021年政府网站工作年度报表",
            "云溪市2020年法治政府建设年度报告",
            "云溪市教育局2020年部门决算",
            "关于做好2021年政府信息公开工作年度报告编制发布工作的通知",
            "云溪大学2020年信息公开年度报告",
            "云溪市2020年政务公开工作总结",
        ] {
            assert!(
                matches!(read(text), TitleKind::LookAlike(_)),
                "{text:?}: {:?}",
                read(text)
            );
        }
        for text in [
            "云溪市召开信息公开会议",
            "当前位置：首页 > 政府信息公开年报 > 云溪县民政局2012年政府信息公开年度报告",
            "根据县政府办的通知精神，编制本报告。",
        ] {
            assert_eq!(read(text), TitleKind::Other, "{text:?}");
        }
    }
}
