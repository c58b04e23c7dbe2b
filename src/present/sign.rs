//! Signs that stand in a chart where there is no number. Pure.

/// A sign with its meaning. None of them looks like a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sign {
    /// One character.
    pub sign: &'static str,
    /// What it means, in English.
    pub english: &'static str,
    /// In Chinese.
    pub chinese: &'static str,
}

macro_rules! signs {
    ($($(#[$doc:meta])* $name:ident = $sign:literal $english:literal $chinese:literal;)*) => {
        impl Sign {
            $($(#[$doc])* pub const $name: Self = Self { sign: $sign, english: $english, chinese: $chinese };)*
            /// Every sign.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

signs! {
    /// An empty cell.
    BLANK = "空" "blank" "空白";
    /// `—`, `/`.
    MARK = "—" "a mark, no number" "划线等符号";
    /// Words in a number cell.
    TEXT = "文" "words, no number" "文字";
    /// A picture, damage.
    UNREADABLE = "？" "unreadable" "无法辨读";
    /// The form has it, the page does not.
    ABSENT = "无" "not on the page" "页面无此项";
    /// No report is known.
    NO_REPORT = "·" "no report" "未见报告";
    /// A part of a sum or a ratio is missing.
    INCOMPLETE = "缺" "a part is missing, so no sum" "缺项，不予合计";
    /// A ratio of nothing.
    OF_NOTHING = "∅" "the denominator is 0" "分母为零";
    /// Another form.
    NOT_IN_FORM = "非" "not in that form" "该表式无此项";
    /// No statutory table.
    NO_TABLE = "○" "no statutory table" "无统计表";
    /// Several reports for a year.
    SEVERAL = "异" "several reports say different things" "同年多份报告不一致";
    /// Parts of different units, forms or definitions.
    NO_SUM = "≠" "different things, not added up" "口径或单位不同，不予合计";
    /// Values of several years of what may stand at a day.
    NOT_ADDED = "分" "of several years, not added up" "多年数值，不予合计";
    /// A number that cannot be brought to the chart's unit.
    NOT_DRAWN = "量" "in another unit, or too large: not drawn" "单位不同或数值过大，未绘";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_distinct_and_no_numbers() {
        for (at, one) in Sign::ALL.iter().enumerate() {
            assert!(!one.sign.contains(|c: char| c.is_numeric()));
            assert!(Sign::ALL[..at].iter().all(|other| other.sign != one.sign));
        }
    }
}
