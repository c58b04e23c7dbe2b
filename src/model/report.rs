//! A report as read: what the outside contract `nianbao.report/1` prints (`docs/record.md`).

use std::str::FromStr;

use jiff::civil::Date;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

use super::{
    ByteRange, Catalog, CellStatus, Decimal, Finding, FormId, IndicatorId, Mention, Proposal,
    StatisticRow, Unit,
};

/// The version of the printed record.
pub const SCHEMA: &str = "nianbao.report/1";

macro_rules! words {
    ($(#[$doc:meta])* $type:ident { $($(#[$variant_doc:meta])* $name:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $type { $($(#[$variant_doc])* $name),* }

        impl $type {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word used in JSON and SQL.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),* }
            }
        }

        impl FromStr for $type {
            type Err = ();

            fn from_str(word: &str) -> Result<Self, ()> {
                Self::ALL.iter().copied().find(|value| value.as_str() == word).ok_or(())
            }
        }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

pub(super) use words;

words! {
    /// What a part of a report is about. Older forms map to the same kinds.
    SectionKind {
        /// Before the first heading.
        Preamble = "preamble",
        /// 一、总体情况.
        Overview = "overview",
        /// 二、主动公开政府信息情况.
        ActiveDisclosure = "active_disclosure",
        /// 三、收到和处理政府信息公开申请情况.
        Requests = "requests",
        /// 四、政府信息公开行政复议、行政诉讼情况.
        Disputes = "disputes",
        /// 五、存在的主要问题及改进情况.
        Problems = "problems",
        /// 六、其他需要报告的事项, and headings outside the six.
        Other = "other",
        /// 附表, 附件, statistics tables after the text.
        Appendix = "appendix",
    }
}

impl<'de> Deserialize<'de> for SectionKind {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        word.parse()
            .map_err(|()| serde::de::Error::custom(format!("unknown section kind {word:?}")))
    }
}

words! {
    /// Whose work a report covers. Part of a report's identity: years compare only within one scope.
    Scope {
        /// The agency itself (本机关).
        Own = "own",
        /// The government with all its departments and lower levels (本级, 全行政区域).
        Consolidated = "consolidated",
        /// The page does not say.
        Unknown = "unknown",
    }
}

words! {
    /// Where a publication date was read.
    DateSource {
        /// The line under the title.
        Byline = "byline",
        /// A `PubDate` meta tag.
        Meta = "meta",
        /// The page's URL.
        Url = "url",
        /// The signature or another line of the text.
        Text = "text",
    }
}

words! {
    /// How a charset was decided.
    CharsetEvidence {
        /// A byte order mark.
        Bom = "bom",
        /// The `Content-Type` header.
        Http = "http",
        /// A `meta` element.
        Meta = "meta",
        /// No declaration, or none that decodes the page cleanly: by looking at the bytes.
        Detected = "detected",
    }
}

words! {
    /// Whether a page comes from the agency.
    Official {
        /// An official host, and nothing speaks against it.
        Official = "official",
        /// Signs of a copy on a foreign host.
        MirrorSuspected = "mirror_suspected",
        /// Nothing is known of its origin.
        Unknown = "unknown",
    }
}

/// Who published a report.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize)]
pub struct Agency {
    /// Name as the report gives it; `None` where none was found.
    pub name: Option<String>,
    /// 统一社会信用代码 or old organisation code, from the index number; `None` where the page has none.
    pub code: Option<String>,
}

/// One date a page gives for its publication.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct DateEvidence {
    /// The day.
    #[serde(serialize_with = "as_text")]
    pub value: Date,
    /// Where it was read.
    pub source: DateSource,
    /// As printed.
    pub raw: String,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands fields over by reference"
)]
fn as_text<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(date)
}

/// One part of the narrative. The sections in order are the whole body: nothing lost, nothing twice.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Section {
    /// What it is about.
    pub kind: SectionKind,
    /// The heading as printed; `None` for the preamble.
    pub heading: Option<String>,
    /// Its paragraphs, a line each, without the heading and without the statutory tables
    /// (whose cells are observations). Other tables are lines of tab-separated cells.
    pub text: String,
    /// From heading to the last paragraph, in the archived bytes; of a section that runs over several parts,
    /// what the first of them has.
    pub bytes: ByteRange,
}

impl Serialize for Section {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Section", 5)?;
        object.serialize_field("kind", &self.kind)?;
        object.serialize_field("heading", &self.heading)?;
        object.serialize_field("text", &self.text)?;
        object.serialize_field("part", &self.bytes.part)?;
        object.serialize_field("bytes", &self.bytes)?;
        object.end()
    }
}

/// Where an observation stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Source {
    /// Number of the table on the page, from 0; `None` in flattened text.
    pub table: Option<u32>,
    /// Grid row of the cell (from 0), or line of flattened text.
    pub row: u32,
    /// Grid column of the cell (from 0); 0 in flattened text.
    pub column: u32,
    /// The cell's text in the archived bytes, without surrounding space; for a blank cell, its inside.
    pub bytes: ByteRange,
}

impl Serialize for Source {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Source", 5)?;
        object.serialize_field("table", &self.table)?;
        object.serialize_field("row", &self.row)?;
        object.serialize_field("column", &self.column)?;
        object.serialize_field("part", &self.bytes.part)?;
        object.serialize_field("bytes", &self.bytes)?;
        object.end()
    }
}

/// One cell of the form as the page has it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Observation {
    /// Which cell.
    pub indicator: IndicatorId,
    /// The number; present exactly where `status` is [`CellStatus::Number`].
    pub value: Option<Decimal>,
    /// What stands there.
    pub status: CellStatus,
    /// The cell's text as published, without surrounding space; empty where blank or absent.
    pub raw: String,
    /// The printed unit, else the form's; `None` where neither says.
    pub unit: Option<Unit>,
    /// Where it stood; `None` where the page lacks the cell.
    pub source: Option<Source>,
}

impl Serialize for Observation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let indicator = Catalog::get().indicator(self.indicator);
        let mut object = serializer.serialize_struct("Observation", 7)?;
        object.serialize_field("id", &indicator.cell)?;
        object.serialize_field("form", &indicator.form)?;
        object.serialize_field("value", &self.value)?;
        object.serialize_field("status", &self.status)?;
        object.serialize_field("raw", &(!self.status.is_absent()).then_some(&self.raw))?;
        object.serialize_field("unit", &self.unit)?;
        object.serialize_field("source", &self.source)?;
        object.end()
    }
}

/// What a byte range counts in where that is not the payload as archived: a member of an archive,
/// unpacked; the decoded content of a PDF page; the page a report goes on on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Part {
    /// Which: `word/document.xml`, `page 3`, `report_2.html`.
    pub name: String,
    /// SHA-256 of the part's bytes, those that ranges count in; lower-case hexadecimal.
    pub sha256: String,
}

/// Where a report's bytes came from and how they were read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Provenance {
    /// SHA-256 of the archived payload, lower-case hexadecimal.
    pub sha256: String,
    /// The address it was fetched from, if known.
    pub url: Option<String>,
    /// WHATWG name of the charset it was read in.
    pub charset: &'static str,
    /// How the charset was decided.
    pub charset_evidence: CharsetEvidence,
    /// How many U+FFFD the decoding made.
    pub replacements: u32,
    /// Whether it comes from the agency.
    pub official: Official,
    /// What that rests on.
    pub signals: Vec<String>,
    /// What byte ranges count in, by [`ByteRange::part`]; empty where they count in the payload itself.
    pub parts: Vec<Part>,
    /// SHA-256 of the profile used, first 16 hexadecimal digits.
    pub profile: String,
    /// Program version that read it.
    pub program: &'static str,
    /// `SiteIDCode` of the page, lower-case: whose site it is on; `None` where the page has none, or none of that form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site_id: Option<String>,
}

/// One agency's annual report for one year and scope, as one capture has it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Report {
    /// Title as printed.
    pub title: Option<String>,
    /// Who published it.
    pub agency: Agency,
    /// Report year (the year reported on, not the one of publication).
    pub year: Option<i16>,
    /// Whose work it covers.
    pub scope: Scope,
    /// The form most of its tables follow; `None` where no table was recognised.
    pub form: Option<FormId>,
    /// The publication date chosen from `dates`.
    pub published: Option<Date>,
    /// Every date the page gives, the chosen one first.
    pub dates: Vec<DateEvidence>,
    /// The narrative, in order.
    pub sections: Vec<Section>,
    /// The cells of every form whose tables the page has, in the form's order.
    pub observations: Vec<Observation>,
    /// The rows of its statistics lists as printed, all columns, known to the forms or not.
    pub statistics: Vec<StatisticRow>,
    /// Numbers in the narrative.
    pub mentions: Vec<Mention>,
    /// What is odd.
    pub findings: Vec<Finding>,
    /// What would make contradictory numbers agree. Never applied to the observations.
    pub proposals: Vec<Proposal>,
    /// Where it all comes from.
    pub provenance: Provenance,
}

impl Report {
    /// The observation of a cell, by the form that its table follows; `None` where no form on the page has it.
    pub fn observation(&self, cell: &str) -> Option<&Observation> {
        let catalog = Catalog::get();
        self.observations
            .iter()
            .find(|observation| catalog.indicator(observation.indicator).cell == cell)
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Report", 14)?;
        object.serialize_field("schema", SCHEMA)?;
        object.serialize_field("title", &self.title)?;
        object.serialize_field("agency", &self.agency)?;
        object.serialize_field("year", &self.year)?;
        object.serialize_field("scope", &self.scope)?;
        object.serialize_field("form", &self.form)?;
        object.serialize_field("published", &self.published.map(|date| date.to_string()))?;
        object.serialize_field("dates", &self.dates)?;
        object.serialize_field("sections", &self.sections)?;
        object.serialize_field("observations", &self.observations)?;
        object.serialize_field("statistics", &self.statistics)?;
        object.serialize_field("mentions", &self.mentions)?;
        object.serialize_field("findings", &self.findings)?;
        object.serialize_field("proposals", &self.proposals)?;
        object.serialize_field("provenance", &self.provenance)?;
        object.end()
    }
}
