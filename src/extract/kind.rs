//! Is there a report on the page at all? Refused pages are named, never stored as reports of zeros.

use crate::model::CellStatus;

use super::reading::Found;
use super::title::TitleKind;

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
    /// No text at all.
    #[error("an empty page: no text")]
    Empty,
}

/// What speaks for a report.
#[derive(Debug)]
pub struct Evidence<'e> {
    /// What the titles of the page say, the most telling first.
    pub titles: &'e [(String, TitleKind)],
    /// Cells of statutory tables.
    pub found: &'e [Found<'e>],
    /// Known sections with text.
    pub sections: usize,
    /// Characters of sentences outside links.
    pub characters: usize,
    /// A report year was found.
    pub has_year: bool,
}

/// Fewer statutory numbers than this are no evidence: any table may hold a few.
const NUMBERS: usize = 10;
/// Running text of a narrative report without sections.
const NARRATIVE: usize = 400;
/// Running text that no blank form has.
const SENTENCES: usize = 150;

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
    let titled = evidence
        .titles
        .iter()
        .any(|(_, kind)| matches!(kind, TitleKind::Report(_)));
    let first = evidence
        .titles
        .iter()
        .find(|(_, kind)| *kind != TitleKind::Other);
    if let Some((title, TitleKind::LookAlike(word))) = first {
        let foreign = matches!(*word, "大学" | "学院" | "学校信息公开" | "高校");
        if foreign || numbers < NUMBERS {
            return Err(NoReport::LookAlike {
                title: title.clone(),
                word,
            });
        }
    }
    // A form's tables, and nothing in them: a blank form unless a narrative with a year stands around.
    let blank = evidence.found.len() >= 30 && numbers == 0;
    if blank && (evidence.characters < SENTENCES || !evidence.has_year) {
        return Err(NoReport::BlankForm);
    }
    let accepted = numbers >= NUMBERS && (titled || evidence.sections >= 2 || numbers >= 100)
        || titled
            && (evidence.sections >= 2 && evidence.characters >= SENTENCES
                || evidence.characters >= NARRATIVE);
    if accepted {
        return Ok(());
    }
    if evidence.characters == 0 && evidence.titles.is_empty() && numbers == 0 {
        return Err(NoReport::Empty);
    }
    Err(NoReport::NoEvidence {
        characters: evidence.characters,
        numbers,
        sections: evidence.sections,
    })
}
