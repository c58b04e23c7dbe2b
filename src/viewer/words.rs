//! What the closed words of the model are called, in Chinese and English.

use crate::model::{
    Cause, CellStatus, Channel, CharsetEvidence, Code, ColumnKind, Confidence, Fault, MentionKind,
    Official, Period, SectionKind, Severity,
};

use super::language::Language;

/// A word in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    zh: &'static str,
    en: &'static str,
}

impl Word {
    /// In one of them.
    pub fn of(self, language: Language) -> &'static str {
        language.of(self.zh, self.en)
    }
}

const fn word(zh: &'static str, en: &'static str) -> Word {
    Word { zh, en }
}

/// What stands in a cell.
pub const fn status(status: CellStatus) -> Word {
    match status {
        CellStatus::Number => word("数字（印出的 0 也是数字）", "a number, a printed 0 too"),
        CellStatus::Blank => word(
            "空白：有单元格，未填写",
            "blank: the cell is there and empty",
        ),
        CellStatus::Mark => word("符号：划线等，不是数字", "a mark such as a dash, no number"),
        CellStatus::Text => word("文字，不是单纯的数字", "words, or a number with words"),
        CellStatus::Unreadable => word(
            "不可读：有内容，无法辨读",
            "unreadable: something is there that cannot be read",
        ),
        CellStatus::RowAbsent => word(
            "无此行：页面缺少表式的这一行",
            "the page lacks this row of the form",
        ),
        CellStatus::ColumnAbsent => word(
            "无此栏：页面缺少表式的这一栏",
            "the page lacks this column of the form",
        ),
        CellStatus::TableAbsent => word(
            "无此表：页面缺少表式的这张表",
            "the page lacks this table of the form",
        ),
    }
}

/// Whose page it is.
pub const fn official(official: Official) -> Word {
    match official {
        Official::Official => word("官方网站", "official site"),
        Official::MirrorSuspected => word("疑似转载、仿冒", "suspected copy"),
        Official::Unknown => word("来源不明", "origin not known"),
    }
}

/// How much a finding weighs.
pub const fn severity(severity: Severity) -> Word {
    match severity {
        Severity::Error => word("矛盾或未读出", "error"),
        Severity::Warning => word("存疑", "warning"),
        Severity::Info => word("提示", "info"),
    }
}

/// What a section is about.
pub const fn section(kind: SectionKind) -> Word {
    match kind {
        SectionKind::Preamble => word("标题之前", "before the first heading"),
        SectionKind::Overview => word("总体情况", "overview"),
        SectionKind::ActiveDisclosure => word("主动公开", "active disclosure"),
        SectionKind::Requests => word("依申请公开", "requests"),
        SectionKind::Disputes => word("复议、诉讼", "disputes"),
        SectionKind::Problems => word("问题及改进", "problems and improvement"),
        SectionKind::Other => word("其他事项", "other"),
        SectionKind::Appendix => word("附表、附件", "appendix"),
    }
}

/// How a charset was decided.
pub const fn evidence(evidence: CharsetEvidence) -> Word {
    match evidence {
        CharsetEvidence::Bom => word("字节顺序标记", "byte order mark"),
        CharsetEvidence::Http => word("Content-Type 头", "Content-Type header"),
        CharsetEvidence::Meta => word("meta 标签", "meta element"),
        CharsetEvidence::Detected => word("由字节判断", "by the bytes themselves"),
    }
}

/// What sort of number a mention is.
pub const fn mention(kind: MentionKind) -> Word {
    match kind {
        MentionKind::Count => word("数量", "count"),
        MentionKind::Amount => word("金额", "amount"),
        MentionKind::Percent => word("比例", "share"),
        MentionKind::Change => word("增减", "change"),
    }
}

/// What time a mention speaks of.
pub const fn period(period: Period) -> Word {
    match period {
        Period::Year => word("文中所说年份", "the year named"),
        Period::Implied => word("报告年度（文中未说）", "the report's year, not named"),
        Period::Part => word("一年中的一段", "a part of a year"),
        Period::Cumulative => word("历年累计", "all years up to then"),
        Period::Unclear => word("时间不明", "time not clear"),
    }
}

/// The way something was published or asked for.
pub const fn channel(channel: Channel) -> Word {
    match channel {
        Channel::Website => word("网站", "website"),
        Channel::Wechat => word("微信", "WeChat"),
        Channel::Weibo => word("微博", "Weibo"),
        Channel::App => word("客户端", "app"),
        Channel::NewMedia => word("政务新媒体", "new media"),
        Channel::Gazette => word("政府公报", "gazette"),
        Channel::Press => word("新闻发布会", "press conference"),
        Channel::Newspaper => word("报刊", "newspaper"),
        Channel::Broadcast => word("广播电视", "broadcast"),
        Channel::Bulletin => word("公告栏", "bulletin board"),
        Channel::Online => word("网络", "online"),
        Channel::Letter => word("信函", "letter"),
        Channel::Fax => word("传真", "fax"),
        Channel::Email => word("电子邮件", "email"),
        Channel::InPerson => word("当面", "in person"),
    }
}

/// What a column of a list counts.
pub const fn column(kind: ColumnKind) -> Word {
    match kind {
        ColumnKind::Year => word("一年", "a year"),
        ColumnKind::Cumulative => word("历年累计", "all years up to then"),
        ColumnKind::Month => word("月或季", "a month or quarter"),
        ColumnKind::Unknown => word("表头未说明", "the head does not say"),
    }
}

/// What would have led to the printed numbers.
pub const fn cause(cause: Cause) -> Word {
    match cause {
        Cause::DigitDropped => word("漏一位数字", "a digit is missing"),
        Cause::DigitAdded => word("多一位数字", "a digit too many"),
        Cause::DigitChanged => word("一位数字不同", "one digit is another one"),
        Cause::DigitsSwapped => word("相邻两位颠倒", "two neighbouring digits swapped"),
        Cause::Replaced => word("另一个数", "another number"),
        Cause::TotalNotUpdated => word("合计与分项不符", "a total is not what its parts add up to"),
        Cause::AddedIntoTotal => word("误数计入合计", "a wrong number was added into the total"),
        Cause::CellsSwapped => word("相邻两格颠倒", "two neighbouring cells swapped"),
        Cause::RowShifted => word("整行错位", "a row stands one cell off"),
        Cause::ColumnShifted => word("整列错位", "a column stands one cell off"),
        Cause::RowRepeated => word("重复邻行", "a row repeats its neighbour"),
        Cause::ColumnRepeated => word("重复邻列", "a column repeats its neighbour"),
        Cause::RowsSwapped => word("两行颠倒", "two rows swapped"),
        Cause::NumberSplit => word("一数分两格", "one number in two cells"),
        Cause::NumbersMerged => word("两数在一格", "two numbers in one cell"),
        Cause::Several => word("多处各有误", "several cells, each wrong for itself"),
    }
}

/// Whose mistake it would be.
pub const fn fault(fault: Fault) -> Word {
    match fault {
        Fault::Page => word("网页如此印", "the page prints it so"),
        Fault::Reading => word(
            "本程序误读，网页并非如此",
            "read wrongly: the page does not print it so",
        ),
        Fault::Unknown => word("未能核对网页", "not known whether the page prints it so"),
    }
}

/// How far to trust a proposal.
pub const fn confidence(confidence: Confidence) -> Word {
    match confidence {
        Confidence::High => word("高", "high"),
        Confidence::Medium => word("中", "medium"),
        Confidence::Low => word("低", "low"),
    }
}

/// What a finding means, in a sentence.
pub const fn code(code: Code) -> Word {
    word(code.meaning_zh(), code.meaning())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_stands_for_two() {
        fn distinct(words: impl Iterator<Item = Word>) {
            let all: Vec<Word> = words.collect();
            for (at, one) in all.iter().enumerate() {
                assert!(!one.zh.is_empty() && one.en.is_ascii());
                let same = |other: &&Word| other.zh == one.zh || other.en == one.en;
                assert_eq!(all[..at].iter().find(same), None, "{}", one.en);
            }
        }
        distinct(CellStatus::ALL.into_iter().map(status));
        distinct(Official::ALL.iter().copied().map(official));
        distinct(Severity::ALL.into_iter().map(severity));
        distinct(SectionKind::ALL.iter().copied().map(section));
        distinct(CharsetEvidence::ALL.iter().copied().map(evidence));
        distinct(MentionKind::ALL.iter().copied().map(mention));
        distinct(Period::ALL.iter().copied().map(period));
        distinct(Channel::ALL.iter().copied().map(channel));
        distinct(ColumnKind::ALL.iter().copied().map(column));
        distinct(Cause::ALL.iter().copied().map(cause));
        distinct(Fault::ALL.iter().copied().map(fault));
        distinct(Confidence::ALL.iter().copied().map(confidence));
        distinct(Code::ALL.iter().copied().map(code));
    }
}
