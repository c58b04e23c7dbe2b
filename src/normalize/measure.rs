//! What stands behind and in front of the digits of a number: 余, 万, its unit, 约. Used by [`super::quantity`].

use super::quantity::{Kind, Lexed, Quantity, begins};
use crate::model::Decimal;

/// Units, longer ones before their beginnings, each with the characters that make it another word.
const UNITS: [(&str, &str); 58] = [
    ("个百分点", ""),
    ("万元", ""),
    ("亿元", ""),
    ("元", "素旦首年月"),
    ("人次", ""),
    ("件次", ""),
    ("条次", ""),
    ("场次", ""),
    ("批次", ""),
    ("户次", ""),
    ("篇次", ""),
    ("家次", ""),
    ("件", ""),
    ("条", "例款线形规"),
    ("项", "目下"),
    ("次", "日年要于生"),
    ("个", "人别性案体"),
    ("人", "大民员事才工社力口均类物文生"),
    ("篇", "幅章"),
    ("宗", "旨教"),
    ("期", "间限末望满刊中货"),
    ("起", "诉草来因到于至步点始源"),
    ("部", "门分署委长队级位"),
    ("份", "额"),
    ("处", "理罚置于室长级分所方"),
    ("场", "所景地馆合"),
    ("家", "庭长乡里园居"),
    ("名", "单称义录字额词胜优"),
    ("位", "于置列次"),
    ("户", "籍口外主型"),
    ("套", "餐路用"),
    ("例", "如行外会证"),
    ("则", ""),
    ("幅", "度员"),
    ("张", "贴力"),
    ("册", "子"),
    ("页", "面"),
    ("类", "型别似同"),
    ("组", "织成建合长"),
    ("轮", "流岗值廓"),
    ("封", "闭面"),
    ("批", "准复示评办量发"),
    ("款", "项式"),
    ("种", "类植子养"),
    ("支", "持付出部队撑"),
    ("块", ""),
    ("台", "账帐阶"),
    ("辆", ""),
    ("所", "有在以属需涉"),
    ("座", "谈右"),
    ("栋", ""),
    ("只", "需要有跑是"),
    ("本", "级次年机局市县区省地报着职单部身科人质来"),
    ("道", "路德"),
    ("对", "于比外标应接照"),
    ("员", "工"),
    ("门", "户类"),
    ("节", "约能点目"),
];

/// What a unit of time begins with: `5个工作日`, `24小时`.
const TIMES: [&str; 14] = [
    "个工作日",
    "个小时",
    "个月",
    "个季度",
    "个星期",
    "个自然日",
    "个学期",
    "个年度",
    "个日历天",
    "小时",
    "分钟",
    "天",
    "周",
    "秒",
];

/// Words of approximation directly in front of a number.
const BEFORE: [&str; 11] = [
    "约", "近", "超过", "超", "逾", "突破", "不足", "不到", "大概", "接近", "高于",
];

/// Words of approximation directly behind a number or its unit.
const BEHIND: [&str; 7] = ["左右", "以上", "以下", "上下", "以内", "开外", "之多"];

/// Characters that make `约` and `近` the end of another word.
const NOT_ABOUT: &str = "预节签违公条合制契附最新靠亲远邻相";

/// Reads on behind the digits: 余, 万, the unit, 左右.
#[expect(clippy::too_many_lines, reason = "one reading from left to right")]
pub(super) fn suffix(
    text: &str,
    start: usize,
    digits_end: usize,
    value: Decimal,
    kind: Kind,
) -> Lexed {
    let mut end = digits_end;
    let mut approximate = false;
    let mut power = 0_u8;
    let mut money_power = None;
    let mut take = |end: &mut usize, word: &str| {
        let found = text[*end..].starts_with(word);
        if found {
            *end += word.len();
        }
        found
    };
    let more = |end: &mut usize, take: &mut dyn FnMut(&mut usize, &str) -> bool| {
        let found = take(end, "余") || take(end, "多") || take(end, "来");
        // `多个`, `多家`; `来自`, `来源`, `来信`: the word goes on.
        if found
            && text[..*end].ends_with('来')
            && text[*end..].starts_with(['自', '源', '信', '访', '电', '函'])
        {
            *end -= '来'.len_utf8();
            return false;
        }
        found
    };
    approximate |= more(&mut end, &mut take);
    if kind == Kind::Arabic {
        if take(&mut end, "千") {
            power += 3;
        } else if take(&mut end, "百") {
            power += 2;
        }
        approximate |= more(&mut end, &mut take);
    }
    if !text[start..digits_end].contains('万') {
        let before = end;
        if take(&mut end, "万") {
            money_power = Some(("万元", before));
            power += 4;
        } else if take(&mut end, "亿") {
            money_power = Some(("亿元", before));
            power += 8;
        }
    }
    if text[end..].starts_with(|character: char| begins(character)) {
        // `3万5千`, `十几`, `几`: not read.
        let length: usize = text[end..]
            .chars()
            .take_while(|character| begins(*character))
            .take(16)
            .map(char::len_utf8)
            .sum();
        return Lexed::Other { end: end + length };
    }
    approximate |= more(&mut end, &mut take);
    if take(&mut end, "%") {
        let range = text[end..].starts_with(['-', '~', '～', '—', '至', '到'])
            && text[end..]
                .chars()
                .nth(1)
                .is_some_and(|next| next.is_ascii_digit());
        if power > 0 || range {
            return Lexed::Other { end };
        }
        return finish(text, start, end, value, Some("%"), approximate, kind, false);
    }
    let rest = &text[end..];
    if TIMES.iter().any(|time| rest.starts_with(time))
        || rest.starts_with([
            '年', '月', '日', '号', '时', '点', '届', '级', '版', '楼', '室', '倍', '岁', '度',
            '分', '楼', '层',
        ])
    {
        return Lexed::Other { end };
    }
    let found = UNITS.iter().find(|(unit, not)| {
        rest.strip_prefix(unit)
            .is_some_and(|behind| !behind.starts_with(|next: char| not.contains(next)))
    });
    // Behind 万 and 亿 stands 元, which makes them part of the unit.
    let unit = match (found, money_power) {
        (Some(("元", _)), Some((money, _))) => {
            end += "元".len();
            let left = power - if money == "万元" { 4 } else { 8 };
            let Some(value) = value.shifted(left) else {
                return Lexed::Other { end };
            };
            return finish(
                text,
                start,
                end,
                value,
                Some(money),
                approximate,
                kind,
                false,
            );
        }
        (Some(("元", _)), None) if text[start..digits_end].contains('万') => None,
        (Some((unit, _)), _) => {
            end += unit.len();
            Some(*unit)
        }
        (None, _) => None,
    };
    let Some(shifted) = value.shifted(power) else {
        return Lexed::Other { end };
    };
    finish(
        text,
        start,
        end,
        shifted,
        unit,
        approximate,
        kind,
        power > 0,
    )
}

#[expect(
    clippy::too_many_arguments,
    reason = "the parts of one number, put together in one place"
)]
pub(super) fn finish(
    text: &str,
    start: usize,
    mut end: usize,
    value: Decimal,
    unit: Option<&'static str>,
    mut approximate: bool,
    kind: Kind,
    multiplied: bool,
) -> Lexed {
    if let Some(word) = BEHIND.iter().find(|word| text[end..].starts_with(**word)) {
        approximate = true;
        end += word.len();
    }
    // `10件至20件`: two ends, no value.
    if unit.is_some()
        && ["至", "到", "-", "~", "～", "—"].iter().any(|word| {
            text[end..]
                .strip_prefix(word)
                .is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_digit()))
        })
        && !text[..start].ends_with(['由', '从', '的'])
    {
        let digits_from = end + text[end..].chars().next().map_or(0, char::len_utf8);
        let digits = text[digits_from..]
            .bytes()
            .take_while(u8::is_ascii_digit)
            .count();
        return Lexed::Other {
            end: digits_from + digits,
        };
    }
    let round = kind != Kind::Arabic && text[start..].starts_with(['百', '千', '万']);
    approximate |= approximate_before(text, start, round);
    Lexed::Number(Quantity {
        place: start..end,
        value,
        unit,
        approximate,
        chinese: kind != Kind::Arabic,
        single: kind == (Kind::Chinese { single: true }),
        multiplied,
    })
}

/// Whether a word of approximation stands right in front. `round` also takes 上 (`上千`).
fn approximate_before(text: &str, start: usize, round: bool) -> bool {
    let before = &text[..start];
    if round && before.ends_with('上') && !before.ends_with("以上") {
        return true;
    }
    let before = before.strip_suffix('为').unwrap_or(before);
    BEFORE.iter().any(|word| {
        before.strip_suffix(word).is_some_and(|rest| {
            !matches!(*word, "约" | "近")
                || !rest.ends_with(|character: char| NOT_ABOUT.contains(character))
        })
    })
}
