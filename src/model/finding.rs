//! Findings: what is odd about a document that was read.

use serde::{Serialize, Serializer};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; nothing is in doubt.
    Info,
    /// A value or a field is missing or in doubt.
    Warning,
    /// The report contradicts itself, or a part of it could not be read.
    Error,
}

impl Severity {
    /// Every severity, mildest first.
    pub const ALL: [Self; 3] = [Self::Info, Self::Warning, Self::Error];

    /// The word used in JSON and SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Serialize for Severity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

macro_rules! codes {
    ($($name:ident, $code:literal, $severity:ident, $meaning:literal, $chinese:literal;)*) => {
        /// The closed list of what can be found. `docs/findings.md` explains each; a test compares.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $meaning] $name),*
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word used in JSON and SQL.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }

            /// How much it weighs.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity),* }
            }

            /// What it means, in a sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning),* }
            }

            /// The same in Chinese.
            pub const fn meaning_zh(self) -> &'static str {
                match self { $(Self::$name => $chinese),* }
            }
        }
    };
}

codes! {
    // decode
    CharsetConflict, "charset_conflict", Info, "The declared charset does not decode the page cleanly, another one does and was used.",
        "声明的字符集不能完整解码本页，已改用能够解码的另一字符集。";
    ReplacementCharacters, "replacement_characters", Warning, "Some bytes are no text in the page's charset and were replaced.",
        "部分字节不是本页字符集中的文字，已用替换符代替。";
    // parse
    SpanClamped, "span_clamped", Info, "A rowspan or colspan was malformed or reached beyond the table and was clamped.",
        "单元格的跨行或跨列数有误或超出表格，已截至表格之内。";
    TableTooLarge, "table_too_large", Warning, "A table is larger than the cap; the rest of its cells was not placed.",
        "表格超过上限，其余单元格未排入。";
    NestingTooDeep, "nesting_too_deep", Warning, "Elements are nested deeper than the cap; deeper ones were read as text.",
        "页面元素嵌套超过上限，更深处按文字读取。";
    PageTruncated, "page_truncated", Warning, "The page is longer than the cap; the rest was not read.",
        "网页长度超过上限，其余部分未读。";
    PageUnreadable, "page_unreadable", Error, "A page of the file is a picture or damaged and was not read.",
        "文件中有一页是图片或已损坏，未读。";
    TableUnruled, "table_unruled", Warning, "Columns of a PDF page have no ruling lines; they were read as lines of text.",
        "页面上的栏没有表线，按文字行读取。";
    RowCut, "row_cut", Warning, "A page break may cut a row of a table into two; blank cells there were not read as blank.",
        "分页可能把表中一行切成两行，该处的空格未当作空白。";
    RulesOpen, "rules_open", Warning, "The ruling lines of a table do not close; cells there were cut row by row.",
        "表格的表线没有闭合，该处单元格逐行切分。";
    // extract: tables
    UnknownRow, "unknown_row", Warning, "A row of a statutory table has a label the form does not know; its cells are kept here as printed.",
        "法定统计表中有一行的名称不在表式之内，其单元格按所印保留。";
    UnknownColumn, "unknown_column", Warning, "A column of a statutory table has a head the form does not know; its cells were not read.",
        "法定统计表中有一栏的表头不在表式之内，其单元格未读。";
    LabelVariant, "label_variant", Info, "A label differs from the form's wording and was matched by its words.",
        "名称与表式用词不同，按其词语认定。";
    DuplicateRow, "duplicate_row", Error, "A cell of the form stands twice with different values; none was taken, unless one table is clearly the report's own.",
        "表式中的同一单元格出现两次且数值不同，除非其中一张表明显是本报告的，否则都不采用。";
    DuplicateTable, "duplicate_table", Error, "Many cells of the form stand twice with different values; none was taken, unless one table is clearly the report's own.",
        "表式中的多个单元格出现两次且数值不同，除非其中一张表明显是本报告的，否则都不采用。";
    MixedForms, "mixed_forms", Warning, "A table follows another form than the rest of the report.",
        "有一张表采用的表式与报告其余部分不同。";
    FormYearMismatch, "form_year_mismatch", Warning, "The form is not the one in force for the report year.",
        "所用表式不是报告年度施行的表式。";
    AmbiguousCells, "ambiguous_cells", Error, "Values cannot be told apart (blanks lost, merged cells); none of them was taken.",
        "数值归属无法分清（空白丢失、单元格合并），都不采用。";
    TableAbsent, "table_absent", Warning, "The page lacks a table of its form.",
        "页面缺少表式中的一张表。";
    TableUnreadable, "table_unreadable", Error, "A table is a picture or an attachment and was not read.",
        "有一张表是图片或附件，未读。";
    StrayTable, "stray_table", Info, "A table shares a few labels with a statutory one, too few to be it; it was not read as one.",
        "有一张表只有少数名称与法定统计表相同，不足以认定，未按统计表读取。";
    RowsAbsent, "rows_absent", Warning, "A table lacks rows or columns of its form.",
        "表中缺少表式的行或栏。";
    // normalize
    NotANumber, "not_a_number", Warning, "A number cell holds words; they are kept as text without a value.",
        "数字格中印的是文字，按所印保留，不作数值。";
    UnitDiffers, "unit_differs", Warning, "The unit printed in a cell is not the one of its column; the value is kept in the printed unit.",
        "格中印的单位与该栏的单位不同，数值按印出的单位保留。";
    // extract: the rest
    YearUnknown, "year_unknown", Error, "No report year was found.",
        "未找到报告年度。";
    YearFromText, "year_from_text", Warning, "Neither title nor period names the report year; the year that opens the text was taken.",
        "标题和起止日期都未说明报告年度，取正文开头的年度。";
    YearConflict, "year_conflict", Warning, "Title and text name different report years; the title's was taken.",
        "标题与正文的报告年度不同，采用标题的年度。";
    AgencyUnknown, "agency_unknown", Error, "No agency was found.",
        "未找到机关名称。";
    DateUnknown, "date_unknown", Info, "No publication date was found.",
        "未找到发布日期。";
    PublishedEarly, "published_early", Warning, "The publication date lies before the end of the report year.",
        "发布日期早于报告年度结束之日。";
    DateConflict, "date_conflict", Info, "Sources name different publication dates; all are listed.",
        "各处给出的发布日期不同，均已列出。";
    TitleLookAlike, "title_look_alike", Warning, "The title names another kind of document, and the page has statutory tables with numbers.",
        "标题是另一种文件，而页面有带数字的法定统计表。";
    SectionMissing, "section_missing", Warning, "A section of the form has no heading on the page.",
        "页面上没有表式某一部分的标题。";
    SectionTwice, "section_twice", Warning, "A section heading stands twice; both parts are kept.",
        "同一部分的标题出现两次，两处都保留。";
    MentionsCapped, "mentions_capped", Warning, "The narrative holds more numbers than the cap; the rest was not kept as mentions.",
        "正文中的数字超过上限，其余未收录。";
    AttachedDocument, "attached_document", Info, "The page lacks tables and hands out documents, which were not read.",
        "页面没有统计表而附有文件，文件未读。";
    ContinuedElsewhere, "continued_elsewhere", Warning, "The report goes on on pages that were not read.",
        "报告续在其他页面，那些页面未读。";
    SeveralReports, "several_reports", Info, "The page holds several reports one after the other; each was read by itself.",
        "页面上先后有几份报告，已分别读取。";
    FormUnknown, "form_unknown", Info, "No statutory table was recognised.",
        "未识别出法定统计表。";
    // archive
    CaptureTruncated, "capture_truncated", Warning, "The page was cut off when it was fetched; what is missing was not read.",
        "网页抓取时被截断，缺少的部分未读。";
    // audit
    IdentityFails, "identity_fails", Error, "Published numbers contradict an arithmetic identity of the form.",
        "公布的数字不符合表式的勾稽关系。";
    IdentityBlank, "identity_blank", Warning, "Cells of an identity are blank, and it fails whatever they count.",
        "勾稽关系中有空白单元格，而无论空白处为何数都不成立。";
    SoftIdentityFails, "identity_soft", Warning, "Published numbers are at odds with a rule that should hold but has innocent exceptions.",
        "公布的数字不符合通常应成立的勾稽关系，但可能有正当原因。";
    DomainFails, "domain_fails", Error, "A count is negative or not whole.",
        "计数为负数或不是整数。";
    MirrorSuspected, "mirror_suspected", Warning, "The page looks like an altered copy on a foreign host.",
        "页面疑似其他网站上经过改动的副本。";
    RepairProposed, "repair_proposed", Info, "One smallest change would make contradictory numbers agree; it is proposed and not applied.",
        "有唯一的最小改动能使相互矛盾的数字相符；仅作建议，未予采用。";
    RepairAmbiguous, "repair_ambiguous", Info, "Several changes would make contradictory numbers agree equally well; the cells are named, none is chosen.",
        "有几种改动同样能使相互矛盾的数字相符；只列出单元格，不作选择。";
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// One odd thing about a document: what, how bad, where.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Finding {
    /// What.
    pub code: Code,
    /// How bad.
    pub severity: Severity,
    /// In words, with the values concerned.
    pub message: String,
    /// Where: cell ids, a table and row, a byte range, a section; empty for the whole report.
    #[serde(rename = "where")]
    pub place: String,
}

impl Finding {
    /// A finding with its code's severity.
    pub fn new(code: Code, place: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: message.into(),
            place: place.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_words() {
        let mut words: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Code::ALL.len());
    }

    #[test]
    fn every_code_is_explained_in_both_languages() {
        let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        for (at, code) in Code::ALL.iter().enumerate() {
            let chinese = code.meaning_zh();
            let word = code.as_str();
            assert!(
                code.meaning().is_ascii() && code.meaning().ends_with('.'),
                "{word}"
            );
            assert!(
                chinese.ends_with('。') && chinese.chars().filter(|c| is_han(*c)).count() > 5,
                "{word}"
            );
            assert!(
                !chinese.contains(|c: char| c.is_ascii()),
                "{word}: {chinese}"
            );
            assert!(
                Code::ALL[..at]
                    .iter()
                    .all(|other| other.meaning_zh() != chinese),
                "{word}"
            );
        }
    }
}
