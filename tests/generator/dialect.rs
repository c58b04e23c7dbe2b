//! The choices a page is drawn from: how tables are laid out, how numbers are spelt, what page is
//! around the text, in which charset.

use nianbao::model::FormId;

macro_rules! choices {
    ($(#[$doc:meta])* $type:ident { $($(#[$variant_doc:meta])* $name:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $type { $($(#[$variant_doc])* $name),* }

        impl $type {
            /// Every choice.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

choices! {
    /// How the statutory tables are laid out.
    Dialect {
        /// As the notice prints them, spans included. All parts of article 20 stand in one table.
        AsPrinted,
        /// [`Self::AsPrinted`] in the markup Word pastes: `MsoNormal`, `<o:p>`, `mso-` styles with
        /// line breaks inside, runs of spans, upper-case properties.
        WordPaste,
        /// A table for every item of article 20.
        Article20Separate,
        /// One table for article 20 whose header and data rows split their width differently.
        Article20Misaligned,
        /// Columns in another order, groups kept whole.
        ColumnsPermuted,
        /// Rows in another order, groups kept whole.
        RowsPermuted,
        /// No rowspans in the body: a group's label stands in its first row, empty cells under it.
        GroupOnce,
        /// No rowspans in the body: a group's label is repeated in every row.
        GroupRepeated,
        /// Groups and rows in one cell, a line each.
        GroupInLabel,
        /// A group's label is a row of its own over its rows.
        GroupHeadingRows,
        /// A column of running numbers at the left.
        SerialColumn,
        /// A column of remarks at the right.
        RemarksColumn,
        /// Some rows left out.
        MissingRows,
        /// The header again in the middle of the table.
        RepeatedHeader,
        /// Labels broken over `<br>` and `<p>`.
        BrokenLabels,
        /// `<thead>` and `<th>`, row labels `<th>` too.
        ThHeader,
        /// The title and the unit as first rows of the table.
        TitleRow,
        /// The 总计 column first.
        TotalFirst,
        /// 自然人 and 总计 over empty header cells instead of spanning two rows.
        HeaderUnspanned,
        /// Two tables at a page break, each with the header.
        SplitWithHeader,
        /// Two tables at a page break, the second without header.
        SplitWithoutHeader,
        /// Empty rows and columns between the others.
        Spacers,
        /// Disputes as a table of rows.
        DisputesVertical,
        /// Disputes as three tables.
        DisputesThreeTables,
        /// No tables: a `<p>` for every cell.
        FlatParagraphs,
        /// No tables: a `<br>` after every cell.
        FlatBreaks,
        /// No markup: a plain text file, a blank line between cells.
        FlatText,
        /// One group's rowspan is one too many.
        RowspanTooLong,
        /// One group's rowspan is one too few.
        RowspanTooShort,
        /// All statutory tables in one `<table>`.
        OneTable,
        /// One group's cell given twice, with half of its rowspan each.
        GroupHalved,
        /// One row's label broken over two rows, its values spanning both.
        LabelTwoRows,
        /// No tables: a `<p>` for every cell, none for an empty one.
        FlatBlanksLost,
        /// No tables: a `<p>` for every row, gaps between its cells.
        FlatRows,
        /// Rows and cells are `<div>` with `display:` in their style, spans filled up with empty cells.
        DivStyles,
        /// Rows and cells are `<div>` with telling classes, no spans: a row has the cells it has.
        DivClasses,
        /// A `<ul>` of `<li>` rows, cells `<div>`; spans filled up with empty cells.
        ListRows,
        /// A `<dl>`: a row's first cell is its `<dt>`.
        DefinitionList,
        /// Lists: label, unit and value twice side by side.
        ListTwoUp,
        /// Lists: a second value column, 历年累计.
        ListCumulative,
        /// Lists: the year's column and 历年累计 twice side by side.
        ListTwoUpCumulative,
        /// Lists: 本月 before the year's column.
        ListMonthly,
        /// Lists: the year before beside the report year.
        ListYears,
        /// Lists: rows of the province's own between the others.
        ListInserted,
        /// Lists: the parent in a cell of its own over its rows.
        ListParentSpan,
        /// Lists: one wrong character in some labels.
        ListTypos,
        /// Lists: no heads.
        ListHeadless,
        /// Lists: no heads over two columns of values. Nothing tells which is the year's.
        ListHeadlessTwo,
        /// Lists: heads that say nothing over two columns of values.
        ListDamagedHeads,
        /// Lists: a row of values lacks a cell here and there.
        ListShortRows,
        /// Lists of 2008: the Fujian rows, the year and 历年累计.
        ListFujian,
    }
}

impl Dialect {
    /// Whether tables of this form can be laid out so.
    pub fn fits(self, form: FormId) -> bool {
        let list = matches!(form, FormId::F2008 | FormId::F2014);
        match self {
            Self::ListFujian => form == FormId::F2008,
            Self::ListTwoUp
            | Self::ListCumulative
            | Self::ListTwoUpCumulative
            | Self::ListMonthly
            | Self::ListYears
            | Self::ListInserted
            | Self::ListParentSpan
            | Self::ListTypos
            | Self::ListHeadless
            | Self::ListHeadlessTwo
            | Self::ListDamagedHeads
            | Self::ListShortRows => list,
            Self::Article20Separate
            | Self::Article20Misaligned
            | Self::GroupOnce
            | Self::GroupRepeated
            | Self::GroupInLabel
            | Self::GroupHeadingRows
            | Self::RowsPermuted
            | Self::TotalFirst
            | Self::HeaderUnspanned
            | Self::DisputesVertical
            | Self::DisputesThreeTables
            | Self::RowspanTooLong
            | Self::RowspanTooShort
            | Self::OneTable
            | Self::GroupHalved
            | Self::LabelTwoRows => !list,
            _ => true,
        }
    }

    /// No tables on the page.
    pub fn is_flat(self) -> bool {
        matches!(
            self,
            Self::FlatParagraphs
                | Self::FlatBreaks
                | Self::FlatText
                | Self::FlatBlanksLost
                | Self::FlatRows
        )
    }

    /// Tables made of other elements.
    pub fn is_divided(self) -> bool {
        matches!(
            self,
            Self::DivStyles | Self::DivClasses | Self::ListRows | Self::DefinitionList
        )
    }

    /// The statutory tables are `<table>` elements.
    pub fn has_tables(self) -> bool {
        !self.is_flat() && !self.is_divided()
    }

    /// The markup itself is wrong. A reader may then say `unreadable` but must never give a value
    /// to another cell than its own.
    pub fn is_damaged(self) -> bool {
        matches!(
            self,
            Self::RowspanTooLong | Self::RowspanTooShort | Self::ListShortRows
        )
    }
}

choices! {
    /// How numbers are spelt.
    Numbers {
        /// `1234`.
        Plain,
        /// `１２３４`.
        FullWidth,
        /// `1,234`.
        Thousands,
        /// `1，234`.
        WideThousands,
        /// `1234件`.
        UnitInCell,
        /// No-break spaces around the number.
        NoBreakPadding,
        /// Ideographic spaces around the number.
        IdeographicPadding,
        /// Every few digits in a `<span>` of their own, empty ones between them.
        SplitSpans,
    }
}

choices! {
    /// How the headings of the six sections are worded.
    Headings {
        /// As the notice prints them.
        Statutory,
        /// In longer words.
        Longer,
        /// In shorter words.
        Shorter,
        /// A space after the number.
        Spaced,
    }
}

choices! {
    /// What is around the text.
    Template {
        /// TRS: `.TRS_Editor`, meta tags of the website guideline.
        Trs,
        /// 大汉 JCMS: `#zoom`, layout table for the breadcrumb, index box.
        Jcms,
        /// 博达 VSB: `#vsb_content`, the article inside a `<form>`.
        Vsb,
        /// 开普: `.article-content`, `content/post_….html`.
        Kaipu,
        /// `.pages_content` inside a table.
        PagesContent,
        /// No container with any class or id, no chrome.
        Bare,
        /// Layout tables, one to five deep ([`super::Case::layers`]).
        LayoutTables,
        /// The whole page in one `<form>`.
        InForm,
    }
}

choices! {
    /// The bytes' charset.
    Charset {
        /// UTF-8.
        Utf8,
        /// UTF-8 with a byte order mark.
        Utf8Bom,
        /// GBK; characters outside become numeric references.
        Gbk,
        /// GB18030; half of the texts have a character of four bytes.
        Gb18030,
    }
}

choices! {
    /// What the page and its header say about the charset.
    Declared {
        /// `<meta>` and header are right.
        Right,
        /// Only the header says it, and is right.
        HeaderOnly,
        /// `<meta>` is wrong; no header.
        MetaWrong,
        /// Nothing.
        Absent,
    }
}
