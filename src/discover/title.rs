//! What an entry of a column is, by its title alone.
//!
//! In: a title as a list prints it, and the body the column belongs to. Out: its kind and the year reported on. The
//! title grammar is that of `extract`; here it is told what lists add: dates, numbers of documents, cut titles, other
//! bodies. Never looks at a list's date or an address. Says `unknown` rather than `report`: a page that is fetched
//! decides for itself.

use std::ops::Range;

use crate::extract::title::{self, Standing, Title, TitleKind};
use crate::extract::{name, year};
use crate::model::ItemKind;
use crate::normalize::label::is_space;
use crate::normalize::{find_dates, numeral};

use super::bodies::{Relation, relation};

/// Longer than any title, in characters without spaces.
const LONGEST: usize = 160;

/// What a title says an entry is, and the year reported on: 1990 to 2099, `None` where the title names none, several
/// (`2008—2009年`), or only the day of publication. `column_agency` is the body the column belongs to; without it no
/// report is called another body's.
///
/// A notice that publishes a report (`关于公布2012年政府信息公开年度报告的通知`) is `Unknown` with its year: such pages
/// mostly hold the report. Guides and news have no year.
pub fn classify(title: &str, column_agency: Option<&str>) -> (ItemKind, Option<i32>) {
    let Some(line) = Line::new(title) else {
        return (ItemKind::Unknown, None);
    };
    let kind = title::read(&line.text);
    let kind = match &kind {
        TitleKind::Report(read) if !line.is_cut => line.report(read, column_agency),
        _ => line.other(&kind),
    };
    let has_year = !matches!(kind, ItemKind::Guide | ItemKind::News);
    (kind, if has_year { line.year() } else { None })
}

/// A title without spaces and without what a list adds to it.
struct Line {
    text: String,
    /// It ends in an ellipsis: what follows may make another document of it.
    is_cut: bool,
    /// It named several years side by side; the last is left in the text.
    is_span: bool,
    /// It is of the table that goes with a report.
    is_table: bool,
}

/// Topics of which statistics and reports are published.
const TOPICS: [&str; 5] = [
    "信息公开",
    "政务公开",
    "依申请公开",
    "公开信息",
    "信息依申请",
];
/// A table without its report.
const STATISTICS: [&str; 6] = [
    "统计表",
    "统计情况",
    "情况统计",
    "统计数据",
    "统计报表",
    "统计附表",
];
/// In front of a table that goes with the report.
const ALONG: [&str; 8] = ["及", "和", "与", "附", "含", "、", "暨", "＋"];
/// Reports that are not a year's, or not on the work itself. The body's own name does not count.
const NOT_ANNUAL: [&str; 24] = [
    "半年",
    "季度",
    "月报",
    "周报",
    "月份",
    "自查",
    "整改",
    "调研",
    "审计",
    "督查",
    "督导",
    "检查",
    "述职",
    "验收",
    "专项",
    "简报",
    "进展",
    "推进情况",
    "问卷",
    "满意度",
    "案例",
    "答复",
    "申请书",
    "汇编",
];
/// Notices and news.
const NEWS: [&str; 48] = [
    "通知",
    "公告",
    "通告",
    "通报",
    "公示",
    "启事",
    "倡议",
    "召开",
    "举办",
    "举行",
    "开展",
    "会议",
    "座谈",
    "培训",
    "部署",
    "启动",
    "出炉",
    "上线",
    "亮相",
    "解读",
    "图解",
    "图说",
    "读懂",
    "一图",
    "看懂",
    "征求意见",
    "征集",
    "约谈",
    "问答",
    "调查",
    "发布会",
    "做好",
    "加强",
    "强化",
    "推进",
    "报送",
    "上报",
    "催报",
    "印发",
    "动态",
    "快讯",
    "荣获",
    "获评",
    "排名",
    "发布",
    "公布",
    "学习",
    "要求",
];
/// Guides, catalogues, rules, blanks.
const GUIDES: [&str; 26] = [
    "指南",
    "目录",
    "条例",
    "规定",
    "制度",
    "办法",
    "细则",
    "规范",
    "规程",
    "规则",
    "清单",
    "流程",
    "标准",
    "申请表",
    "格式",
    "模板",
    "样式",
    "样表",
    "空表",
    "填报说明",
    "填写说明",
    "编制说明",
    "指引",
    "职责",
    "须知",
    "机制",
];
/// Behind a year that is the day of publication.
const RELEASED: [&str; 12] = [
    "发布", "公布", "印发", "修订", "修改", "修正", "更新", "编制", "制定", "版", "施行", "实施",
];

impl Line {
    /// `None` for what is no title: nothing, or a text.
    fn new(title: &str) -> Option<Self> {
        // `云政办〔2021〕5号` beside the title.
        let is_number = |word: &str| word.ends_with('号') && word.contains(['〔', '[', '［']);
        let mut text: String = title
            .split(is_space)
            .filter(|word| !is_number(word))
            .flat_map(str::chars)
            .take(LONGEST + 1)
            .collect();
        if text.is_empty() || text.chars().count() > LONGEST {
            return None;
        }
        let opens = |c: char| matches!(c, '（' | '(' | '【' | '[' | '〔' | '《' | '“' | '"' | '「');
        let lead = text.len()
            - text
                .trim_start_matches(|c: char| !c.is_alphanumeric() && !opens(c))
                .len();
        text.replace_range(..lead, "");
        let mut line = Self {
            is_cut: false,
            is_span: false,
            is_table: false,
            text,
        };
        line.drop_dates();
        line.drop_span();
        line.drop_numbers();
        line.drop_releases();
        line.drop_months();
        for empty in ["()", "（）", "[]", "【】", "〔〕"] {
            line.text = line.text.replace(empty, "");
        }
        line.is_cut = ["…", "...", "．．．", "。。。", ".."]
            .iter()
            .any(|dots| line.text.ends_with(dots));
        line.drop_enclosures();
        Some(line)
    }

    /// Days: a whole year (`2021年1月1日至12月31日`) becomes that year, others are none of the report's.
    fn drop_dates(&mut self) {
        let mut kept = String::with_capacity(self.text.len());
        let mut at = 0;
        for date in find_dates(&self.text) {
            if date.place.start < at {
                continue;
            }
            kept.push_str(&self.text[at..date.place.start]);
            at = date.place.end;
            let year = date.date.year();
            if (date.date.month(), date.date.day()) == (1, 1)
                && let Some(length) = period_end(&self.text[at..], year)
            {
                kept.push_str(&year.to_string());
                kept.push('年');
                at += length;
            }
        }
        kept.push_str(&self.text[at..]);
        self.text = kept;
    }

    /// `2008—2009年`: two years are none.
    fn drop_span(&mut self) {
        while let Some(place) = span(&self.text) {
            self.is_span = true;
            self.text.replace_range(place, "");
        }
    }

    /// `云政办〔2021〕5号`, `2021年第5号`.
    fn drop_numbers(&mut self) {
        self.drop_years(|before, _, rest| {
            let rest_in = before
                .ends_with(['〔', '[', '（', '(', '［', '【'])
                .then(|| rest.strip_prefix(['〕', ']', '）', ')', '］', '】']))
                .flatten();
            let rest_of = rest.strip_prefix("年").unwrap_or(rest).strip_prefix('第');
            let number = rest_in.or(rest_of)?.trim_start_matches(['第', '年']);
            let digits = number.bytes().take_while(u8::is_ascii_digit).count();
            (digits > 0 && number[digits..].starts_with(['号', '期']))
                .then(|| rest.len() - number.len() + digits + '号'.len_utf8())
        });
    }

    /// `2022年发布`, `2022年修订`: not the year reported on.
    fn drop_releases(&mut self) {
        self.drop_years(|_, _, rest| {
            let after = rest.strip_prefix('年').unwrap_or(rest);
            let after = after.strip_prefix('度').unwrap_or(after);
            // `2021年1月发布`.
            let bare = after.trim_start_matches(|c: char| c.is_ascii_digit());
            let after = bare
                .strip_prefix('月')
                .filter(|_| bare.len() < after.len())
                .unwrap_or(after);
            let behind = RELEASED.iter().find_map(|word| after.strip_prefix(word))?;
            // `2022年发布2021年…`: the word goes along.
            let alone = behind.chars().next().is_none_or(|c| !c.is_alphabetic());
            let left = if alone { behind } else { after };
            Some(rest.len() - left.len())
        });
    }

    /// `2021年3月` is a month, `2021年1-12月` a year.
    fn drop_months(&mut self) {
        self.drop_years(|_, _, rest| {
            let after = rest.strip_prefix('年')?;
            let month =
                after.trim_start_matches(|c: char| numeral::digit(c).is_some() || c == '十');
            let (length, all) = (after.len() - month.len(), after);
            let more = month.strip_prefix('月')?;
            let first = numeral::read(&all[..length])?;
            let range = more.trim_start_matches(['至', '到', '-', '—', '－', '~']);
            let whole = first == 1 && range.len() < more.len() && range.starts_with("12月");
            (length > 0 && !whole).then(|| rest.len() - more.len())
        });
    }

    /// Takes out years for which `rest` gives how many bytes behind the digits go with them.
    fn drop_years(&mut self, rest: impl Fn(&str, &str, &str) -> Option<usize>) {
        for run in runs(&self.text).into_iter().rev() {
            let (before, behind) = (&self.text[..run.place.start], &self.text[run.place.end..]);
            if run.length == 4
                && let Some(length) = rest(before, &self.text[run.place.clone()], behind)
            {
                self.text
                    .replace_range(run.place.start..run.place.end + length, "");
            }
        }
    }

    /// `…年度报告及附表`, `…年度报告（附统计表）`: the report all the same.
    fn drop_enclosures(&mut self) {
        let Some(at) = ["报告", "年报"]
            .iter()
            .filter_map(|name| Some(self.text.rfind(name)? + name.len()))
            .max()
        else {
            return;
        };
        let tail = &self.text[at..];
        let open = tail.trim_start_matches(['（', '(', '【', '[', '_', '-', '—']);
        let along = ALONG.iter().find_map(|word| open.strip_prefix(word));
        // `…年度报告附表` is the table alone.
        self.is_table = open.len() == tail.len() && tail.starts_with("附表");
        let along = along.filter(|_| !self.is_table);
        let listed = along.is_some_and(|rest| {
            ["表", "附件", "图", "数据"]
                .iter()
                .any(|end| rest.trim_end_matches(['）', ')', '】', ']']).ends_with(end))
        });
        let shown = ["PDF", "pdf", "下载", "Word", "word", "查看", "WORD"]
            .iter()
            .any(|word| open.starts_with(word))
            && tail.chars().count() <= 10;
        if listed || shown {
            self.text.truncate(at);
        }
    }

    /// A title that `extract` reads as a report's.
    fn report(&self, title: &Title, column_agency: Option<&str>) -> ItemKind {
        let agency = title.agency.as_deref().filter(|name| !is_everybody(name));
        let apart = match agency {
            Some(agency) => self.text.replace(agency, ""),
            None => self.text.clone(),
        };
        if let Some(kind) = self.statistics() {
            return kind;
        }
        if self.is_table {
            return ItemKind::Unknown;
        }
        if NOT_ANNUAL.iter().any(|word| apart.contains(word)) {
            return ItemKind::Unknown;
        }
        let yearly = apart.contains("年报") || apart.contains("年度") || title.year.is_some();
        // 政府信息公开年报 alone is the column's own name.
        let names = agency.is_some() || title.year.is_some();
        if title.standing != Standing::Sure {
            let tells = title.standing == Standing::Weak && apart.contains("信息公开");
            return if tells && contains(&NEWS, &apart) {
                ItemKind::News
            } else {
                ItemKind::Unknown
            };
        }
        if !yearly || !names {
            return ItemKind::Unknown;
        }
        if let Some(kind) = notice(&apart) {
            return kind;
        }
        match (agency, column_agency) {
            (Some(agency), Some(column)) => match relation(agency, column) {
                Relation::Same => ItemKind::Report,
                Relation::Other => ItemKind::OtherAgency,
                Relation::Unclear => ItemKind::Unknown,
            },
            (Some(agency), None) if !name::is_body(agency) => ItemKind::Unknown,
            _ => ItemKind::Report,
        }
    }

    /// A title that is no report's.
    fn other(&self, read: &TitleKind) -> ItemKind {
        let text = &self.text;
        let is_report = matches!(read, TitleKind::Report(_));
        if !is_report
            && (text.contains("网站") || text.contains("新媒体"))
            && ["报表", "年报", "年度报告", "年度工作报告"]
                .iter()
                .any(|word| text.contains(word))
            && !contains(&["通知", "通报", "做好", "报送"], text)
        {
            return ItemKind::WebsiteReport;
        }
        if let Some(kind) = self.statistics() {
            return kind;
        }
        // Of a cut title only what stands there before the topic is known.
        if is_report {
            return ItemKind::Unknown;
        }
        let about = contains(&TOPICS, text);
        let notice = ["通知", "公告", "通告", "通报", "公示"]
            .iter()
            .any(|word| text.contains(word));
        if !notice && about && contains(&GUIDES, text) {
            return ItemKind::Guide;
        }
        let summary = ["工作总结", "法治政府", "依法行政", "决算", "预算"];
        if !notice && contains(&summary, text) {
            return ItemKind::Unknown;
        }
        if contains(&NEWS, text) {
            return ItemKind::News;
        }
        ItemKind::Unknown
    }

    /// A table of numbers, if the title names one that does not go with a report.
    fn statistics(&self) -> Option<ItemKind> {
        let text = &self.text;
        let named = contains(&STATISTICS, text) && contains(&TOPICS, text);
        let blank = contains(
            &[
                "通知", "格式", "样式", "模板", "空表", "说明", "解读", "做好",
            ],
            text,
        );
        (named && !blank).then_some(ItemKind::Statistics)
    }

    /// The year, where the title names exactly one.
    fn year(&self) -> Option<i32> {
        if self.is_span {
            return None;
        }
        let topic = TOPICS
            .iter()
            .filter_map(|topic| self.text.find(topic))
            .min();
        let found = year::find_all(&self.text);
        let topic = topic.unwrap_or(self.text.len());
        let nearest = found.iter().rfind(|year| year.place.start < topic);
        let behind = found.iter().find(|year| year.place.start >= topic);
        match (nearest, behind) {
            (Some(one), Some(other)) if one.year != other.year => None,
            (Some(one), _) | (None, Some(one)) => Some(i32::from(one.year)),
            (None, None) => None,
        }
    }
}

fn contains(words: &[&str], text: &str) -> bool {
    words.iter().any(|word| text.contains(word))
}

/// `全市`, `全县各单位`: no body's name.
fn is_everybody(name: &str) -> bool {
    name.starts_with('全') && name.chars().count() <= 5 || name == "年度" || name.starts_with("各")
}

/// What a notice around a report's name makes of it; `None` where there is none.
fn notice(text: &str) -> Option<ItemKind> {
    let demands = [
        "做好", "报送", "上报", "编制", "填报", "催报", "开展", "征求",
    ];
    if contains(&demands, text) {
        return Some(ItemKind::News);
    }
    let notices = ["通知", "公告", "通告", "的函"];
    contains(&notices, text).then_some(ItemKind::Unknown)
}

/// A run of digits, of any kind.
struct Run {
    place: Range<usize>,
    /// In characters.
    length: usize,
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (at, character) in text.char_indices() {
        if numeral::digit(character).is_none() {
            continue;
        }
        let end = at + character.len_utf8();
        match runs.last_mut().filter(|run| run.place.end == at) {
            Some(run) => {
                run.place.end = end;
                run.length += 1;
            }
            None => runs.push(Run {
                place: at..end,
                length: 1,
            }),
        }
    }
    runs
}

/// Where a title names several years side by side (`2008-2009年`, `2008年、2009年`, `20—21年`), all but the last.
fn span(text: &str) -> Option<Range<usize>> {
    let runs = runs(text);
    let joins = |c: char| {
        matches!(
            c,
            '-' | '—' | '–' | '－' | '~' | '～' | '至' | '到' | '、' | '和' | '及' | '与' | '/'
        )
    };
    runs.windows(2).find_map(|pair| {
        let [first, second] = pair else {
            return None;
        };
        let between = &text[first.place.end..second.place.start];
        let between = between.strip_prefix('年').unwrap_or(between);
        let between = between.strip_prefix('度').unwrap_or(between);
        let years = matches!((first.length, second.length), (4, 4 | 2) | (2, 2))
            && !between.is_empty()
            && between.chars().all(joins)
            && !text[second.place.end..].starts_with(['月', '日', '号', '期'])
            && text[first.place.clone()] != text[second.place.clone()];
        years.then_some(first.place.start..second.place.start)
    })
}

/// How many bytes behind the 1 January of `year` lead up to its 31 December.
fn period_end(rest: &str, year: i16) -> Option<usize> {
    let dates: Vec<_> = find_dates(rest).take(1).collect();
    if let Some(end) = dates.first()
        && (end.date.year(), end.date.month(), end.date.day()) == (year, 12, 31)
        && rest[..end.place.start].chars().count() <= 4
    {
        return Some(end.place.end);
    }
    let at = rest.find("12月31日")?;
    (rest[..at].chars().count() <= 3).then_some(at + "12月31日".len())
}
