//! What the value columns of a list count, by their heads, and which of them is the report year's.
//!
//! A cumulative count must never pass for the year's. So a head has to say that it is the year's, or its column has
//! to be the only one; where two columns could be, none is.

use crate::extract::lexicon::ListForm;
use crate::model::ColumnKind;
use crate::normalize::label::{fold, fold_width};
use crate::normalize::numeral;

/// What a head says of its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Units.
    Unit,
    /// Codes, running numbers.
    Code,
    /// Remarks.
    Note,
    /// The counts of the year it names: `2015年度`.
    Named(i16),
    /// Of the year reported on: `本年度`, `本年累计`.
    This,
    /// Of the year before: `上年`.
    Previous,
    /// Numbers, without saying of when: `统计数`.
    Generic,
    /// Of all years up to now: `历年累计`, `截至2012年底累计`.
    Cumulative,
    /// `累计`, `2012年累计`: of the year so far, or of all years.
    Total,
    /// Of a month or a quarter.
    Month,
    /// Words that say nothing of the kind, and might be the year's.
    Other,
    /// A change, a share: surely not the year's.
    Foreign,
    /// No head, or an empty one.
    Blank,
}

impl Class {
    /// Whether numbers stand under it.
    pub const fn is_value(self) -> bool {
        !matches!(self, Self::Unit | Self::Code | Self::Note)
    }

    /// What the record says of the column, beside the columns it stands with.
    pub fn kind(
        self,
        chosen: bool,
        has_year: bool,
        year: Option<i16>,
    ) -> (ColumnKind, Option<i16>) {
        match self {
            Self::Named(named) => (ColumnKind::Year, Some(named)),
            _ if chosen => (ColumnKind::Year, year),
            Self::This => (ColumnKind::Year, year),
            Self::Previous => match year {
                Some(year) => (ColumnKind::Year, Some(year - 1)),
                None => (ColumnKind::Unknown, None),
            },
            Self::Cumulative => (ColumnKind::Cumulative, None),
            // Beside the year's own column it can only be the sum over years.
            Self::Total if has_year => (ColumnKind::Cumulative, None),
            Self::Month => (ColumnKind::Month, None),
            _ => (ColumnKind::Unknown, None),
        }
    }
}

/// Signs of periods, sums over time and changes: a head with one of them that is not understood is not the year's.
const PERIODS: &str = "累历截止来月季去上同比增率往底末前";

/// Reads a head.
pub fn classify(text: &str, list: &ListForm) -> Class {
    let whole = fold_width(text);
    let words = fold(whole.split('(').next().unwrap_or_default());
    let core = if words.is_empty() {
        fold(&whole)
    } else {
        words
    };
    if core.is_empty() {
        return Class::Blank;
    }
    let has = |word: &str| whole.contains(word);
    let is = |heads: &[String]| heads.contains(&core);
    if is(&list.unit_heads) {
        return Class::Unit;
    }
    if is(&list.code_heads)
        || matches!(
            &*core,
            "序号" | "代码" | "行次" | "编号" | "编码" | "指标代码"
        )
    {
        return Class::Code;
    }
    if matches!(
        &*core,
        "备注" | "说明" | "填报说明" | "指标解释" | "指标说明" | "指标含义"
    ) {
        return Class::Note;
    }
    if ["同比", "增减", "增长", "比上年", "%", "率", "占比"]
        .iter()
        .any(|word| has(word))
    {
        return Class::Foreign;
    }
    if ["历年", "以来", "截至", "截止", "历史", "往年"]
        .iter()
        .any(|word| has(word))
        || (has("累计") && (has("底") || has("末") || has("自")))
    {
        return Class::Cumulative;
    }
    if ["上年", "去年", "上一年", "同期"]
        .iter()
        .any(|word| has(word))
    {
        return Class::Previous;
    }
    let named = years(&whole);
    let this = ["本年", "全年", "当年", "年度"]
        .iter()
        .any(|word| has(word));
    if has("累计") {
        return match named.as_slice() {
            _ if has("月") && whole_year(&whole).is_none() => Class::Month,
            _ if has("季") => Class::Month,
            [] if this => Class::This,
            _ => Class::Total,
        };
    }
    let rest = whole_year(&whole).map_or_else(|| whole.clone(), |months| whole.replace(months, ""));
    let plain = !rest.contains(|c| PERIODS.contains(c));
    match named.as_slice() {
        [] => {}
        [year] if plain => return Class::Named(*year),
        _ if has("月") || has("季") => return Class::Month,
        _ => return Class::Foreign,
    }
    if has("月") || has("季") {
        return match whole_year(&whole) {
            Some(_) if plain => Class::This,
            _ => Class::Month,
        };
    }
    if !plain {
        return Class::Foreign;
    }
    if this {
        return Class::This;
    }
    if is(&list.other_heads) {
        return Class::Total;
    }
    if is(&list.value_heads) {
        return Class::Generic;
    }
    Class::Other
}

/// What the title of a table says of its columns: sums over years, or the counts of one year. `None` where it says
/// neither, as most.
pub fn of_title(text: &str) -> Option<Class> {
    let whole = fold_width(text);
    let has = |word: &str| whole.contains(word);
    if !["统计", "情况", "一览", "汇总", "累计"]
        .iter()
        .any(|word| has(word))
    {
        return None;
    }
    let this = ["本年", "全年", "当年", "年度累计"]
        .iter()
        .any(|word| has(word));
    if has("历年") || has("以来") || (has("累计") && !this) {
        return Some(Class::Cumulative);
    }
    let named = years(&whole);
    let of_year = |year: &i16| {
        // Not the year of a day: `2013年1月10日`.
        let behind = whole.split_once(&year.to_string()).map(|(_, rest)| rest);
        behind
            .and_then(|rest| rest.strip_prefix('年'))
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    match named.as_slice() {
        [year] if of_year(year) => Some(Class::Named(*year)),
        [_, .., _] if !has("月") => Some(Class::Foreign),
        _ => None,
    }
}

/// What heads one over another say together: the one that says most; [`Class::Other`] where they differ.
pub fn joined(classes: &[Class]) -> Class {
    let mut says: Vec<Class> = classes
        .iter()
        .copied()
        .filter(|class| !matches!(class, Class::Blank))
        .collect();
    says.dedup();
    if says.len() > 1 {
        // `统计数` over `2012年`, `2013年`.
        says.retain(|class| !matches!(class, Class::Generic | Class::Other));
        says.dedup();
    }
    match says.as_slice() {
        [] if classes.contains(&Class::Generic) => Class::Generic,
        [] if classes.contains(&Class::Other) => Class::Other,
        [] => Class::Blank,
        [only] => *only,
        // `2012年` over `本年数`.
        [Class::Named(year), Class::This] | [Class::This, Class::Named(year)] => {
            Class::Named(*year)
        }
        _ => Class::Foreign,
    }
}

/// Which of the value columns (numbers in `classes`) holds the report year's values; `None` where no head says so
/// and there is more than one.
pub fn choose(classes: &[Class], year: Option<i16>) -> Option<usize> {
    let values: Vec<usize> = (0..classes.len())
        .filter(|at| classes[*at].is_value())
        .collect();
    let of = |wanted: &dyn Fn(Class) -> bool| -> Vec<usize> {
        values
            .iter()
            .copied()
            .filter(|at| wanted(classes[*at]))
            .collect()
    };
    let named = of(&|class| matches!(class, Class::Named(_)));
    let this = of(&|class| class == Class::This);
    let generic = of(&|class| class == Class::Generic);
    if let Some(year) = year {
        match of(&|class| class == Class::Named(year)).as_slice() {
            [only] => return Some(*only),
            [] => {}
            _ => return None,
        }
    }
    match this.as_slice() {
        [only] => return Some(*only),
        [] => {}
        _ => return None,
    }
    match named.as_slice() {
        [] => {}
        [only] if year.is_none() && generic.is_empty() => return Some(*only),
        _ => return None,
    }
    let periods = of(&|class| matches!(class, Class::Month | Class::Previous));
    match generic.as_slice() {
        [only] if periods.is_empty() => return Some(*only),
        [] => {}
        _ => return None,
    }
    match values.as_slice() {
        [only] if matches!(classes[*only], Class::Other | Class::Blank) => Some(*only),
        _ => None,
    }
}

/// The years a head names, each once.
fn years(text: &str) -> Vec<i16> {
    let characters: Vec<(usize, char)> = text
        .char_indices()
        .chain([(text.len(), '\u{0}')])
        .take(64)
        .collect();
    let mut years: Vec<i16> = characters
        .windows(5)
        .filter_map(|run| {
            let end = run[4].0;
            let digits = &text[run[0].0..end];
            let year = numeral::read_year(digits)?;
            // `2012` and `2012年`, not the `2012` of a longer number.
            (2000..2100).contains(&year).then_some(year)
        })
        .collect();
    years.sort_unstable();
    years.dedup();
    years
}

/// `1-12月`, in any spelling: the months of a whole year.
fn whole_year(text: &str) -> Option<&str> {
    let twelfth = text.find("12月")?;
    let before = text[..twelfth].trim_end_matches(['-', '~', '至', '—', '–', '－', '到', '―', '─']);
    let first = before.strip_suffix('月').unwrap_or(before);
    let rest = first.strip_suffix('1')?;
    if before.len() == twelfth || rest.ends_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    Some(&text[rest.len()..twelfth + "12月".len()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::lexicon::Lexicon;

    fn class(text: &str) -> Class {
        let list = Lexicon::get().lists.last().unwrap();
        classify(text, list)
    }

    #[test]
    fn heads_say_which_period_they_count() {
        let cases = [
            ("2015年度", Class::Named(2015)),
            ("2012年", Class::Named(2012)),
            ("２０１２年度数（条）", Class::Named(2012)),
            ("二〇一二年度", Class::Named(2012)),
            ("2012年1-12月", Class::Named(2012)),
            ("本年度（2013年）", Class::Named(2013)),
            ("本年度数", Class::This),
            ("本年累计", Class::This),
            ("年度", Class::This),
            ("1—12月", Class::This),
            ("1-12月累计", Class::Total),
            ("1-11月累计", Class::Month),
            ("本月累计", Class::Month),
            ("本月", Class::Month),
            ("四季度", Class::Month),
            ("2012年12月", Class::Month),
            ("历年累计", Class::Cumulative),
            ("截至2012年底累计", Class::Cumulative),
            ("截止本年底累计", Class::Cumulative),
            ("2008年以来累计", Class::Cumulative),
            ("2012年底累计", Class::Cumulative),
            ("累计", Class::Total),
            ("2012年累计", Class::Total),
            ("上年同期", Class::Previous),
            ("上年度", Class::Previous),
            ("比上年增减", Class::Foreign),
            ("同比（%）", Class::Foreign),
            ("历年汁累", Class::Cumulative),
            ("历羊累汁", Class::Foreign),
            ("2008-2012年", Class::Foreign),
            ("数量（件）", Class::Generic),
            ("情况", Class::Other),
            ("计量单位", Class::Unit),
            ("行 次", Class::Code),
            ("备　注", Class::Note),
            ("　", Class::Blank),
        ];
        for (text, want) in cases {
            assert_eq!(class(text), want, "{text:?}");
        }
    }

    #[test]
    fn titles_may_say_which_years_are_counted() {
        let cases = [
            ("政府信息公开情况统计表", None),
            (
                "附表：2012年度政府信息公开情况统计表",
                Some(Class::Named(2012)),
            ),
            ("历年累计统计表（2008—2012年）", Some(Class::Cumulative)),
            ("2008年以来政府信息公开情况", Some(Class::Cumulative)),
            ("2008—2012年政府信息公开统计表", Some(Class::Foreign)),
            ("统计表（2012年1月1日至2012年12月31日）", None),
            ("统计表　填报日期：2013年1月10日", None),
            ("特此公布。", None),
        ];
        for (text, want) in cases {
            assert_eq!(of_title(text), want, "{text:?}");
        }
    }

    #[test]
    fn only_a_head_that_says_so_or_the_only_column_is_the_year() {
        use Class::{Blank, Cumulative, Generic, Month, Named, Other, Previous, This, Total, Unit};
        let cases: [(&[Class], Option<i16>, Option<usize>); 16] = [
            (&[Unit, Named(2015), Cumulative], Some(2015), Some(1)),
            (&[Unit, Cumulative, Named(2015)], Some(2015), Some(2)),
            (&[Named(2012), Named(2013)], Some(2013), Some(1)),
            (&[Named(2012), Named(2013)], Some(2014), None),
            (&[Named(2012), Named(2013)], None, None),
            (&[Named(2013)], None, Some(0)),
            (&[Named(2013)], Some(2014), None),
            (&[Month, This], Some(2014), Some(1)),
            (&[Month, Total], Some(2014), None),
            (&[Generic, Total], Some(2014), Some(0)),
            (&[Generic, Previous], Some(2014), None),
            (&[Generic, Generic], Some(2014), None),
            (&[Other, Cumulative], Some(2014), None),
            (&[Blank, Blank], Some(2014), None),
            (&[Unit, Other], Some(2014), Some(1)),
            (&[Total], Some(2014), None),
        ];
        for (classes, year, want) in cases {
            assert_eq!(choose(classes, year), want, "{classes:?} {year:?}");
        }
    }
}
