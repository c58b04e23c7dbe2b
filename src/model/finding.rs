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
    ($($name:ident, $code:literal, $severity:ident, $meaning:literal;)*) => {
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
        }
    };
}

codes! {
    // decode
    CharsetConflict, "charset_conflict", Info, "The declared charset does not decode the page cleanly, another one does and was used.";
    ReplacementCharacters, "replacement_characters", Warning, "Some bytes are no text in the page's charset and were replaced.";
    // parse
    SpanClamped, "span_clamped", Info, "A rowspan or colspan was malformed or reached beyond the table and was clamped.";
    TableTooLarge, "table_too_large", Warning, "A table is larger than the cap; the rest of its cells was not placed.";
    NestingTooDeep, "nesting_too_deep", Warning, "Elements are nested deeper than the cap; deeper ones were read as text.";
    PageTruncated, "page_truncated", Warning, "The page is longer than the cap; the rest was not read.";
    PageUnreadable, "page_unreadable", Error, "A page of the file is a picture or damaged and was not read.";
    TableUnruled, "table_unruled", Warning, "Columns of a PDF page have no ruling lines; they were read as lines of text.";
    RowCut, "row_cut", Warning, "A page break may cut a row of a table into two; blank cells there were not read as blank.";
    RulesOpen, "rules_open", Warning, "The ruling lines of a table do not close; cells there were cut row by row.";
    // extract: tables
    UnknownRow, "unknown_row", Warning, "A row of a statutory table has a label the form does not know; its cells are kept here as printed.";
    UnknownColumn, "unknown_column", Warning, "A column of a statutory table has a head the form does not know; its cells were not read.";
    LabelVariant, "label_variant", Info, "A label differs from the form's wording and was matched by its words.";
    DuplicateRow, "duplicate_row", Error, "A cell of the form stands twice with different values; none was taken, unless one table is clearly the report's own.";
    DuplicateTable, "duplicate_table", Error, "Many cells of the form stand twice with different values; none was taken, unless one table is clearly the report's own.";
    MixedForms, "mixed_forms", Warning, "A table follows another form than the rest of the report.";
    FormYearMismatch, "form_year_mismatch", Warning, "The form is not the one in force for the report year.";
    AmbiguousCells, "ambiguous_cells", Error, "Values cannot be told apart (blanks lost, merged cells); none of them was taken.";
    TableAbsent, "table_absent", Warning, "The page lacks a table of its form.";
    TableUnreadable, "table_unreadable", Error, "A table is a picture or an attachment and was not read.";
    StrayTable, "stray_table", Info, "A table shares a few labels with a statutory one, too few to be it; it was not read as one.";
    RowsAbsent, "rows_absent", Warning, "A table lacks rows or columns of its form.";
    // normalize
    NotANumber, "not_a_number", Warning, "A number cell holds words; they are kept as text without a value.";
    UnitDiffers, "unit_differs", Warning, "The unit printed in a cell is not the one of its column; the value is kept in the printed unit.";
    // extract: the rest
    YearUnknown, "year_unknown", Error, "No report year was found.";
    YearFromText, "year_from_text", Warning, "Neither title nor period names the report year; the year that opens the text was taken.";
    YearConflict, "year_conflict", Warning, "Title and text name different report years; the title's was taken.";
    AgencyUnknown, "agency_unknown", Error, "No agency was found.";
    DateUnknown, "date_unknown", Info, "No publication date was found.";
    PublishedEarly, "published_early", Warning, "The publication date lies before the end of the report year.";
    DateConflict, "date_conflict", Info, "Sources name different publication dates; all are listed.";
    TitleLookAlike, "title_look_alike", Warning, "The title names another kind of document, and the page has statutory tables with numbers.";
    SectionMissing, "section_missing", Warning, "A section of the form has no heading on the page.";
    SectionTwice, "section_twice", Warning, "A section heading stands twice; both parts are kept.";
    MentionsCapped, "mentions_capped", Warning, "The narrative holds more numbers than the cap; the rest was not kept as mentions.";
    AttachedDocument, "attached_document", Info, "The page lacks tables and hands out documents, which were not read.";
    ContinuedElsewhere, "continued_elsewhere", Warning, "The report goes on on pages that were not read.";
    SeveralReports, "several_reports", Info, "The page holds several reports one after the other; each was read by itself.";
    FormUnknown, "form_unknown", Info, "No statutory table was recognised.";
    // archive
    CaptureTruncated, "capture_truncated", Warning, "The page was cut off when it was fetched; what is missing was not read.";
    // audit
    IdentityFails, "identity_fails", Error, "Published numbers contradict an arithmetic identity of the form.";
    IdentityBlank, "identity_blank", Warning, "Cells of an identity are blank, and it fails whatever they count.";
    SoftIdentityFails, "identity_soft", Warning, "Published numbers are at odds with a rule that should hold but has innocent exceptions.";
    DomainFails, "domain_fails", Error, "A count is negative or not whole.";
    MirrorSuspected, "mirror_suspected", Warning, "The page looks like an altered copy on a foreign host.";
    RepairProposed, "repair_proposed", Info, "One smallest change would make contradictory numbers agree; it is proposed and not applied.";
    RepairAmbiguous, "repair_ambiguous", Info, "Several changes would make contradictory numbers agree equally well; the cells are named, none is chosen.";
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
}
