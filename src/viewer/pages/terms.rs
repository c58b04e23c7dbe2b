//! What the words of the data are called on pages, in Chinese and English.

use maud::{Markup, html};

use crate::charts;
use crate::export::label_en;
use crate::model::form::Quantity;
use crate::model::{Catalog, FormId, SectionKind};
use crate::present::Sign;
use crate::query::compare::{Indicator, Outcome};
use crate::query::crosswalk::{Measure, Quality, Relation};
use crate::query::ratios;
use crate::viewer::language::Language;

/// An indicator's name: of a cell its printed labels, of a series in English the words of its id.
pub fn indicator(indicator: &Indicator, language: Language) -> String {
    let id = indicator.series().id.as_str();
    if let (Indicator::Ratio(ratio), Language::En) = (indicator, language) {
        return ratio.label_en.clone();
    }
    if indicator.series().label.is_empty() {
        return cell(id, language);
    }
    match language {
        Language::Zh => indicator.label().to_owned(),
        Language::En => words_of(id),
    }
}

/// The words of a series' id: `requests_by_channel.fax` is `requests by channel: fax`.
pub fn words_of(id: &str) -> String {
    id.replace('_', " ").replace('.', ": ")
}

/// A cell's name in the newest form that has it; its id where none has.
pub fn cell(id: &str, language: Language) -> String {
    let forms = FormId::ALL.into_iter().rev();
    let mut found = forms.filter_map(|form| Catalog::get().find(form, id));
    let Some(found) = found.next() else {
        return id.to_owned();
    };
    let found = Catalog::get().indicator(found);
    match language {
        Language::Zh => found.path.join(" / "),
        Language::En => label_en(found),
    }
}

/// What a form rests on: as the data says it, in Chinese where that is partly English.
pub fn basis(form: FormId, known: &str, language: Language) -> Markup {
    let chinese = match form {
        FormId::F2008 => {
            "《政府信息公开条例》（2007年）第三十一条、第三十二条；文字报告，法定六项内容，另有各省统计表"
        }
        FormId::F2014 => {
            "国办发〔2014〕32号附件《政府信息公开情况统计表》；报告正文仍为文字，附此统计表"
        }
        FormId::F2019 | FormId::F2021 => return html! { span lang="zh" { (known) } },
    };
    html! { span lang=(language.of("zh", "en")) { (language.of(chinese, known)) } }
}

/// Levels of agencies, highest first: word of the data, Chinese, English.
pub const LEVELS: [(&str, &str, &str); 5] = [
    ("national", "国家", "national"),
    ("province", "省级", "province"),
    ("prefecture", "市级", "prefecture"),
    ("county", "县级", "county"),
    ("township", "乡级", "township"),
];

/// The word for a level; `None` for what is no level.
pub fn level(word: &str, language: Language) -> Option<&'static str> {
    let found = LEVELS.iter().find(|(known, ..)| *known == word);
    found.map(|(_, zh, en)| language.of(zh, en))
}

/// How far a series may be joined, in a sentence.
pub fn quality(quality: Quality, language: Language) -> &'static str {
    match quality {
        Quality::Good => language.of(
            "各年口径一致，可以连线",
            "the same in all forms: draw through",
        ),
        Quality::Fair => language.of(
            "口径基本一致，表式变更处加注",
            "nearly the same: draw with a footnote where the form changes",
        ),
        Quality::Weak => language.of(
            "口径随表式变化，断开处前后不可比较",
            "changes with the form: draw with a break",
        ),
        Quality::NotComparable => language.of(
            "不同表式含义不同，不可连接",
            "other things in other forms: never join",
        ),
    }
}

/// What a form's cells count, held against the series.
pub fn relation(relation: Option<Relation>, language: Language) -> &'static str {
    match relation {
        Some(Relation::Exact) => language.of("一致", "the same"),
        Some(Relation::Sum) => language.of("各项合计后一致", "the same, as a sum of parts"),
        Some(Relation::Broader) => language.of("范围更宽", "more"),
        Some(Relation::Narrower) => language.of("范围更窄", "less"),
        Some(Relation::Differs) => language.of("相近但不同", "something near it"),
        Some(Relation::NotComparable) => language.of("另一种数量", "another quantity"),
        None => language.of("未定", "not known"),
    }
}

/// What numbers are about in time.
pub fn measure(measure: Measure, is_ratio: bool, language: Language) -> &'static str {
    if is_ratio {
        return language.of("比率（%）", "ratio (%)");
    }
    match measure {
        Measure::Flow => language.of("当年发生数", "what happened in the year"),
        Measure::Stock => language.of(
            "时点存量，各年不可相加",
            "what stood at a day: years are never added",
        ),
        Measure::Unknown => language.of("性质不明，各年不相加", "not known: years are not added"),
    }
}

/// What values a cell may take.
pub const fn quantity(quantity: Quantity) -> (&'static str, &'static str, &'static str) {
    match quantity {
        Quantity::Count => ("count", "非负整数", "a whole number, not negative"),
        Quantity::Change => ("change", "整数，可为负", "a whole number with a sign"),
        Quantity::Money => ("money", "金额", "an amount of money"),
    }
}

/// Kinds of sections.
pub const fn section(kind: SectionKind) -> (&'static str, &'static str) {
    match kind {
        SectionKind::Preamble => ("首节之前", "before the first heading"),
        SectionKind::Overview => ("总体情况", "overview"),
        SectionKind::ActiveDisclosure => ("主动公开", "active disclosure"),
        SectionKind::Requests => ("依申请公开", "requests"),
        SectionKind::Disputes => ("复议诉讼", "disputes"),
        SectionKind::Problems => ("问题及改进", "problems and improvements"),
        SectionKind::Other => ("其他事项", "other matters"),
        SectionKind::Appendix => ("附表附件", "appendix"),
    }
}

/// A sign's meaning.
pub fn sign(sign: Sign, language: Language) -> &'static str {
    sign.meaning(language)
}

/// Why there is no number. A number without a value breaks the contract; still no number comes of it.
pub fn outcome(outcome: Outcome, language: Language) -> &'static str {
    sign(charts::sign(outcome).unwrap_or(Sign::UNREADABLE), language)
}

/// The sign of a status' word, as [`crate::query::Spread::missing`] has it.
pub fn sign_of(word: &str) -> Sign {
    match word {
        "blank" => Sign::BLANK,
        "mark" => Sign::MARK,
        "text" => Sign::TEXT,
        "row_absent" | "column_absent" | "table_absent" => Sign::ABSENT,
        "incomplete" => Sign::INCOMPLETE,
        "no_sum" => Sign::NO_SUM,
        "zero_denominator" => Sign::OF_NOTHING,
        "not_in_form" => Sign::NOT_IN_FORM,
        "no_table" => Sign::NO_TABLE,
        "several_reports" => Sign::SEVERAL,
        _ => Sign::UNREADABLE,
    }
}

/// Every series and ratio: id, name, and whether it is a ratio.
pub fn indicators(language: Language) -> Vec<(&'static str, String, bool)> {
    let series = crate::query::crosswalk::all().iter().map(|one| {
        let name = match language {
            Language::Zh => one.label.clone(),
            Language::En => words_of(&one.id),
        };
        (one.id.as_str(), name, false)
    });
    let ratios = ratios::all().iter().map(|one| {
        let name = language.of(&one.label, &one.label_en).to_owned();
        (one.id.as_str(), name, true)
    });
    series.chain(ratios).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agency::Level;

    #[test]
    fn everything_has_a_name_in_both_languages() {
        for language in Language::ALL {
            let all = indicators(language);
            assert!(all.len() > 60);
            for (id, name, is_ratio) in all {
                assert!(!name.is_empty(), "{id}");
                let found = Indicator::find(id).unwrap();
                assert_eq!(indicator(&found, language), name);
                assert_eq!(found.is_ratio(), is_ratio);
            }
            let cell = Indicator::find("requests.new@total").unwrap();
            assert_ne!(indicator(&cell, language), "requests.new@total");
        }
        let words: Vec<&str> = LEVELS.iter().map(|level| level.0).collect();
        let levels: Vec<&str> = Level::ALL.iter().map(|level| level.as_str()).collect();
        assert_eq!(words, levels);
    }
}
