//! Signs that stand in a chart where there is no number. Pure.

use crate::model::Language;

/// A sign with its meaning. None of them looks like a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sign {
    /// One character.
    pub sign: &'static str,
    /// The same where readers know no Chinese: a small letter or a mark.
    pub letter: &'static str,
    /// What it means, in English.
    pub english: &'static str,
    /// In Chinese.
    pub chinese: &'static str,
}

macro_rules! signs {
    ($($(#[$doc:meta])* $name:ident = $sign:literal $letter:literal $english:literal $chinese:literal;)*) => {
        impl Sign {
            $($(#[$doc])* pub const $name: Self = Self { sign: $sign, letter: $letter, english: $english, chinese: $chinese };)*
            /// Every sign.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

signs! {
    /// An empty cell.
    BLANK = "空" "b" "blank" "空白";
    /// `—`, `/`.
    MARK = "—" "—" "a mark, no number" "划线等符号";
    /// Words in a number cell.
    TEXT = "文" "w" "words, no number" "文字";
    /// A picture, damage.
    UNREADABLE = "？" "?" "unreadable" "无法辨读";
    /// The form has it, the page does not.
    ABSENT = "无" "a" "not on the page" "页面无此项";
    /// No report is known.
    NO_REPORT = "·" "n" "no report" "未见报告";
    /// A part of a sum or a ratio is missing.
    INCOMPLETE = "缺" "p" "a part is missing, so no sum" "缺项，不予合计";
    /// A ratio of nothing.
    OF_NOTHING = "∅" "∅" "the denominator is 0" "分母为零";
    /// Another form.
    NOT_IN_FORM = "非" "f" "not in that form" "该表式无此项";
    /// No statutory table.
    NO_TABLE = "○" "○" "no statutory table" "无统计表";
    /// Several reports for a year.
    SEVERAL = "异" "s" "several reports say different things" "同年多份报告不一致";
    /// Parts of different units, forms or definitions.
    NO_SUM = "≠" "≠" "different things, not added up" "口径或单位不同，不予合计";
    /// Reports that may hold one another.
    NESTED = "套" "h" "reports may hold one another, not added up" "报告可能相互包含，不予合计";
    /// Values of several years of what may stand at a day.
    NOT_ADDED = "分" "y" "of several years, not added up" "多年数值，不予合计";
    /// A number that cannot be brought to the chart's unit.
    NOT_DRAWN = "量" "u" "in another unit, or too large: not drawn" "单位不同或数值过大，未绘";
}

impl Sign {
    /// What it means.
    pub const fn meaning(self, language: Language) -> &'static str {
        language.of(self.chinese, self.english)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_distinct_and_no_numbers() {
        for (at, one) in Sign::ALL.iter().enumerate() {
            assert!(!one.sign.contains(|c: char| c.is_numeric()));
            let others = || Sign::ALL[..at].iter();
            assert!(others().all(|other| other.sign != one.sign && other.letter != one.letter));
            // No Chinese character in a picture for those who cannot read it.
            let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
            assert!(!one.letter.contains(|c: char| c.is_numeric() || is_han(c)));
            assert!(one.english.is_ascii() && one.chinese.contains(is_han));
        }
    }
}
