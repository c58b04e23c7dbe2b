//! A report's title: what it says of agency, year and scope, and whether it is a report's at all.

use std::sync::LazyLock;

use crate::model::Scope;
use crate::normalize::label::is_space;
use crate::normalize::numeral;
use crate::profile::Words;

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
const LOOK_ALIKES: [&str; 26] = [
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
    "大学",
    "学院",
    "学校信息公开",
    "高校",
    "解读",
];
/// What a report's title calls itself, behind `信息公开`.
const NAMES: [&str; 5] = ["年度报告", "年报", "情况报告", "情况的报告", "报告"];

static LOOK_ALIKE_WORDS: LazyLock<Option<Words>> =
    LazyLock::new(|| Words::new(LOOK_ALIKES.iter().map(|word| (*word).to_owned()).collect()));

/// Reads a line or a meta title.
pub fn read(text: &str) -> TitleKind {
    // Longer than any title, even with spaces between all characters.
    if text.len() > 600 {
        return TitleKind::Other;
    }
    let topic = text.contains('公') && text.contains('开');
    if !topic
        && !LOOK_ALIKE_WORDS
            .as_ref()
            .is_some_and(|words| words.occur_in(text))
    {
        return TitleKind::Other;
    }
    let plain: String = text.chars().filter(|c| !is_space(*c)).collect();
    let Some(topic) = find_topic(&plain) else {
        return match LOOK_ALIKES.iter().find(|word| plain.contains(**word)) {
            Some(word) if plain.chars().count() < 80 => TitleKind::LookAlike(word),
            _ => TitleKind::Other,
        };
    };
    if plain.chars().count() > 80 || plain.contains(['。', '；', '？']) {
        return TitleKind::Other;
    }
    if let Some(word) = LOOK_ALIKES.iter().find(|word| {
        plain.contains(**word)
            && !(plain[..topic].contains(**word) && is_name_part(&plain, topic, word))
    }) {
        return TitleKind::LookAlike(word);
    }
    let (year, rest) = take_year(&plain, topic);
    TitleKind::Report(Title {
        text: text.trim_matches(is_space).to_owned(),
        year,
        agency: agency_of(&rest),
        scope: scope_of(&plain),
    })
}

/// `XX大学城管理委员会` is an agency, `XX大学` is none of government.
fn is_name_part(plain: &str, topic: usize, word: &str) -> bool {
    let before = &plain[..topic];
    before
        .rfind(word)
        .is_some_and(|at| before[at + word.len()..].contains(['局', '委', '办', '府', '厅', '会']))
}

/// Where `信息公开` stands, if a report's name follows it.
fn find_topic(plain: &str) -> Option<usize> {
    let at = plain
        .find("政府信息公开")
        .or_else(|| plain.find("信息公开"))?;
    let rest = &plain[at..];
    NAMES.iter().any(|name| rest.contains(name)).then_some(at)
}

/// The year of the title, and the title without it.
fn take_year(plain: &str, topic: usize) -> (Option<i16>, String) {
    let characters: Vec<(usize, char)> = plain.char_indices().collect();
    let mut found: Option<(i16, usize, usize)> = None;
    for (number, (start, _)) in characters.iter().enumerate() {
        let Some((end, after)) = characters.get(number + 4) else {
            break;
        };
        let previous = number.checked_sub(1).map(|p| characters[p].1);
        if previous.is_some_and(|c| numeral::digit(c).is_some()) || *after != '年' {
            continue;
        }
        let Some(year) = numeral::read_year(&plain[*start..*end]) else {
            continue;
        };
        let mut stop = end + after.len_utf8();
        if plain[stop..].starts_with('度') {
            stop += '度'.len_utf8();
        }
        // The year nearest before the topic counts; one behind it only where there is none before.
        let better = found.is_none_or(|(_, at, _)| at < *start && *start < topic);
        if better {
            found = Some((year, *start, stop));
        }
    }
    match found {
        Some((year, start, stop)) => {
            let mut rest = plain[..start].to_owned();
            rest.push_str(&plain[stop..]);
            (Some(year), rest)
        }
        None => (None, plain.to_owned()),
    }
}

/// What stands before the topic, without `关于`, brackets and fillers.
fn agency_of(title: &str) -> Option<String> {
    let topic = find_topic(title)?;
    let mut name = title[..topic]
        .trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '）' | ')' | '（' | '('));
    loop {
        let before = name;
        for filler in [
            "关于",
            "公布",
            "发布",
            "的",
            "年度",
            "全年",
            "《",
            "本级",
            "本机关",
            "_",
            "-",
            "（）",
            "()",
        ] {
            name = name.strip_suffix(filler).unwrap_or(name);
        }
        for filler in ["关于", "公布", "发布", "《", "_", "-"] {
            name = name.strip_prefix(filler).unwrap_or(name);
        }
        if name == before {
            break;
        }
    }
    let count = name.chars().count();
    let vague = matches!(
        name,
        "我局" | "我委" | "我市" | "我县" | "我区" | "本机关" | "本级" | "政府" | ""
    );
    (count >= 2 && !vague).then(|| name.to_owned())
}

fn scope_of(plain: &str) -> Option<Scope> {
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
    ["汇总", "全市", "全县", "全区", "全省", "本级政府", "全辖区"]
        .iter()
        .any(|word| plain.contains(word))
        .then_some(Scope::Consolidated)
}

/// What an agency's name says of scope: departments and townships report on themselves; a government from the
/// county upwards publishes the report of its whole level (Regulation of 2019, art. 49). Zones run by
/// committees are neither.
pub fn scope_of_agency(name: &str) -> Option<Scope> {
    let own = [
        "局",
        "委员会",
        "办公室",
        "办公厅",
        "厅",
        "中心",
        "总队",
        "支队",
        "大队",
        "院",
        "部",
        "委",
        "办",
        "署",
        "镇人民政府",
        "乡人民政府",
        "街道办事处",
        "街道",
        "镇",
        "乡",
        "办事处",
        "处",
        "所",
        "站",
        "社",
        "行",
    ];
    let wide = ["管理委员会", "管委会"];
    if wide.iter().any(|suffix| name.ends_with(suffix)) {
        return None;
    }
    if own.iter().any(|suffix| name.ends_with(suffix)) {
        return Some(Scope::Own);
    }
    let zones = [
        "开发区",
        "实验区",
        "新区",
        "园区",
        "示范区",
        "合作区",
        "管理区",
        "度假区",
        "保税区",
        "高新区",
    ];
    let division = name.strip_suffix("人民政府").unwrap_or(name);
    let levels = ["省", "市", "县", "区", "州", "旗", "盟"];
    let whole = levels.iter().any(|level| division.ends_with(level))
        && !zones.iter().any(|zone| division.ends_with(zone));
    whole.then_some(Scope::Consolidated)
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
    fn look_alikes_are_told_apart() {
        for text in [
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
        assert_eq!(read("云溪市召开信息公开会议"), TitleKind::Other);
    }
}
