//! Is there a report on the page at all? Refused pages are named, never stored as reports of zeros.

use crate::model::CellStatus;

use super::body::Item;
use super::reading::Found;
use super::title::{self, Standing, Title, TitleKind};
use super::titles::Candidate;

/// Why a page holds no report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoReport {
    /// Its title names another kind of document.
    #[error("not an annual report: the title {title:?} names another document ({word})")]
    LookAlike {
        /// As printed.
        title: String,
        /// The word that tells.
        word: &'static str,
    },
    /// The form's tables without any value, and no narrative.
    #[error("a blank form: statutory tables without a single number, and no narrative")]
    BlankForm,
    /// Hardly any text, or only links.
    #[error(
        "not an annual report: {characters} characters of text, {numbers} statutory numbers, {sections} known sections"
    )]
    NoEvidence {
        /// Characters of running text outside links.
        characters: usize,
        /// Numbers read from statutory tables.
        numbers: usize,
        /// Sections with text.
        sections: usize,
    },
    /// A later page of a report over several.
    #[error("not a report of its own: it goes on from {first}")]
    Continuation {
        /// The report's first page.
        first: String,
    },
    /// Only a title: the report is in a document that the page links or frames.
    #[error("the report is not on the page but in {}", targets.join(" "))]
    Attached {
        /// Addresses as written, the most likely first.
        targets: Vec<String>,
    },
    /// No text at all.
    #[error("an empty page: no text")]
    Empty,
}

impl NoReport {
    /// Where a page that names one report has no other text than a document it hands out, that.
    #[must_use]
    pub fn with_attachment(
        self,
        title: &Title,
        linked: usize,
        documents: impl FnOnce() -> Vec<String>,
    ) -> Self {
        let named = title.year.is_some() && title.standing != Standing::Foreign;
        if !named || linked >= LIST || !matches!(self, Self::NoEvidence { .. }) {
            return self;
        }
        let targets = documents();
        if targets.is_empty() {
            return self;
        }
        Self::Attached { targets }
    }
}

/// What speaks for a report.
#[derive(Debug)]
pub struct Evidence<'e> {
    /// What the titles of the page say, the most telling first.
    pub titles: &'e [Candidate],
    /// Cells of statutory tables.
    pub found: &'e [Found<'e>],
    /// Known sections with text.
    pub sections: usize,
    /// Characters of sentences outside links.
    pub characters: usize,
    /// The report year.
    pub year: Option<i16>,
    /// Linked lines of the body that read as titles of different reports.
    pub linked: usize,
}

/// Fewer statutory numbers than this are no evidence: any table may hold a few.
const NUMBERS: usize = 10;
/// Running text of a narrative report without sections.
const NARRATIVE: usize = 400;
/// Running text that no blank form has.
const SENTENCES: usize = 150;

/// So many linked titles of reports are a list of them.
const LIST: usize = 3;

/// Linked lines that read as titles of different reports.
pub fn linked_titles(items: &[Item<'_>]) -> usize {
    let mut titles: Vec<&str> = items
        .iter()
        .filter(|item| {
            item.link_chars > 0 && matches!(title::read(&item.text), TitleKind::Report(_))
        })
        .map(|item| item.text.as_ref())
        .collect();
    titles.sort_unstable();
    titles.dedup();
    titles.len()
}

/// Decides.
///
/// # Errors
///
/// [`NoReport`] says what the page is instead.
pub fn decide(evidence: &Evidence<'_>) -> Result<(), NoReport> {
    let numbers = evidence
        .found
        .iter()
        .filter(|cell| cell.value.status == CellStatus::Number)
        .count();
    let standing = evidence
        .titles
        .iter()
        .find_map(|candidate| match &candidate.kind {
            TitleKind::Report(title) => Some(title.standing),
            _ => None,
        });
    let titled = standing.is_some();
    // A form's tables, and nothing in them: a blank form, whatever its title, unless a narrative with a year stands
    // around.
    let blank = evidence.found.len() >= 30 && numbers == 0;
    if blank && (evidence.characters < SENTENCES || evidence.year.is_none()) {
        return Err(NoReport::BlankForm);
    }
    if let Some(Candidate {
        text,
        kind: TitleKind::LookAlike(word),
        ..
    }) = evidence.titles.first()
    {
        let foreign = matches!(*word, "大学" | "学院" | "学校信息公开" | "高校" | "学年");
        if foreign || numbers < NUMBERS {
            return Err(NoReport::LookAlike {
                title: text.clone(),
                word,
            });
        }
    }
    let form = numbers >= NUMBERS && (titled || evidence.sections >= 2 || numbers >= 100);
    let sections = evidence.sections >= 2 && evidence.characters >= SENTENCES;
    // Text without sections: news of a report and lists of reports are that too.
    let text = standing == Some(Standing::Sure)
        && evidence.year.is_some()
        && evidence.characters >= NARRATIVE
        && evidence.linked < LIST;
    let own_rules = standing == Some(Standing::Foreign);
    let accepted = form || titled && !own_rules && (sections || text);
    if accepted {
        return Ok(());
    }
    Err(NoReport::NoEvidence {
        characters: evidence.characters,
        numbers,
        sections: evidence.sections,
    })
}

#[cfg(test)]
mod tests {
    use crate::decode::decode;
    use crate::parse::parse_html;
    use crate::profile::Profile;

    const TEXT: &str = "<p>2021年，我局坚持以人民为中心，深入贯彻落实条例，不断加强政府信息公开工作，健全工作机制，强化监督保障，各项工作取得了较好的成效，人民群众的满意度持续提高，公开平台建设稳步推进。</p>";

    fn refused(html: &str) -> bool {
        let page = format!("<html><body>{html}</body></html>");
        let decoded = decode(page.as_bytes(), Some("text/html; charset=utf-8"));
        let read = crate::extract::extract(&parse_html(&decoded), None, None, Profile::generic());
        read.is_err()
    }

    #[test]
    fn reports_are_told_from_what_speaks_of_them() {
        let text = TEXT.repeat(6);
        let sections = [
            "一、概述",
            "二、主动公开政府信息的情况",
            "三、存在的主要问题和改进措施",
        ]
        .map(|heading| format!("<p>{heading}</p>{TEXT}"))
        .concat();
        let list = [2015, 2016, 2017, 2018]
            .map(|year| {
                format!("<div><a href=x>云溪县民政局{year}年政府信息公开年度报告</a>{TEXT}</div>")
            })
            .concat();
        let cases = [
            (
                format!("<h1>云溪县民政局2012年政府信息公开年度报告</h1>{text}"),
                false,
            ),
            (
                format!("<h1>云溪县民政局政府信息公开年度报告</h1>{text}"),
                true,
            ),
            (
                format!("<h1>云溪县民政局政府信息公开年度报告</h1>{sections}"),
                false,
            ),
            (
                format!("<h1>云溪县发布2021年政府信息公开年度报告</h1>{text}"),
                true,
            ),
            (
                format!("<h1>我县2021年政府信息公开年度报告出炉</h1>{text}"),
                true,
            ),
            (
                format!("<h1>云溪县政府信息公开年度报告制度</h1>{sections}"),
                true,
            ),
            (format!("<h1>云溪县政府信息公开年报</h1>{list}"), true),
            (
                format!("<h1>云溪供水公司2021年信息公开年度报告</h1>{sections}"),
                true,
            ),
            (
                format!("<h1>云溪大学2021年信息公开年度报告</h1>{sections}"),
                true,
            ),
            (
                format!("<h1>大学路街道2021年信息公开年度报告</h1>{sections}"),
                false,
            ),
            (
                format!(
                    "<h2>预算决算</h2><h2>工作总结</h2><h1>云溪县民政局2012年政府信息公开年度报告</h1>{sections}"
                ),
                false,
            ),
        ];
        for (html, want) in cases {
            assert_eq!(
                refused(&html),
                want,
                "{}",
                html.chars().take(60).collect::<String>()
            );
        }
    }
}
