//! `data/refusals.toml`: the words of refusals, which statuses mean what, and what to do.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use memchr::memmem;
use serde::Deserialize;

use crate::crawl::markup::{LONG_CHARS, Shape};
use crate::model::Outcome;

/// A text of fewer characters is no document, whatever the title says.
const DOCUMENT_CHARS: usize = 100;

/// Where the evidence stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Header,
    Markup,
    Title,
    Text,
    Noscript,
}

impl Place {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Markup => "markup",
            Self::Title => "title",
            Self::Text => "text",
            Self::Noscript => "text for browsers without scripts",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    statuses: BTreeMap<String, Vec<u16>>,
    advice: BTreeMap<String, String>,
    rule: Vec<RuleFile>,
}

/// A rule as the file has it, which explains its keys.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    name: String,
    outcome: String,
    #[serde(default)]
    statuses: Vec<u16>,
    max_text: usize,
    max_links: Option<usize>,
    #[serde(default)]
    header: Vec<String>,
    #[serde(default)]
    markup: Vec<String>,
    #[serde(default)]
    title_is: Vec<String>,
    #[serde(default)]
    title: Vec<String>,
    #[serde(default)]
    text: Vec<String>,
    #[serde(default)]
    noscript: Vec<String>,
}

/// A rule, checked.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) outcome: Outcome,
    file: RuleFile,
}

/// The file, checked.
#[derive(Debug)]
pub(super) struct Refusals {
    statuses: BTreeMap<u16, Outcome>,
    advice: BTreeMap<Outcome, String>,
    rules: Vec<Rule>,
}

static REFUSALS: LazyLock<Refusals> = LazyLock::new(|| {
    Refusals::parse(include_str!("../../../data/refusals.toml"))
        .unwrap_or_else(|error| panic!("compiled-in data/refusals.toml: {error}"))
});

/// What the operator can do about an outcome; `None` where nothing need be done.
pub fn advice(outcome: Outcome) -> Option<&'static str> {
    REFUSALS.advice.get(&outcome).map(String::as_str)
}

impl Refusals {
    /// The compiled-in file.
    pub(super) fn get() -> &'static Self {
        &REFUSALS
    }

    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let named =
            |word: &str| Outcome::named(word).ok_or_else(|| format!("{word:?} is no outcome"));
        let mut statuses = BTreeMap::new();
        for (word, list) in &file.statuses {
            let outcome = named(word)?;
            for status in list {
                if !(400..600).contains(status) || statuses.insert(*status, outcome).is_some() {
                    return Err(format!(
                        "statuses.{word}: {status} is no failure, or stands twice"
                    ));
                }
            }
        }
        let advice = file.advice.into_iter();
        let advice = advice.map(|(word, line)| Ok((named(&word)?, line)));
        Ok(Self {
            statuses,
            advice: advice.collect::<Result<_, String>>()?,
            rules: file
                .rule
                .into_iter()
                .map(Rule::new)
                .collect::<Result<_, _>>()?,
        })
    }

    /// What a status of 4xx, 5xx or none of the known means by itself.
    pub(super) fn of_status(&self, status: u16) -> Outcome {
        self.statuses
            .get(&status)
            .copied()
            .unwrap_or(Outcome::ErrorPage)
    }

    /// The first rule that holds, and what it found.
    pub(super) fn find(
        &self,
        status: u16,
        header: &[u8],
        shape: &Shape<'_>,
    ) -> Option<(&Rule, Vec<(Place, &str)>)> {
        if shape.is_long {
            return None;
        }
        let mut rules = self.rules.iter();
        rules.find_map(|rule| Some((rule, rule.holds(status, header, shape)?)))
    }
}

impl Rule {
    fn new(file: RuleFile) -> Result<Self, String> {
        let wrong = |what: &str| Err(format!("rule {:?}: {what}", file.name));
        let tellable = [
            Outcome::Blocked,
            Outcome::Challenge,
            Outcome::Throttled,
            Outcome::SoftGone,
            Outcome::ErrorPage,
        ];
        let outcome = Outcome::named(&file.outcome).filter(|outcome| tellable.contains(outcome));
        let Some(outcome) = outcome else {
            return wrong("an outcome that no page's words can tell");
        };
        if file.max_text == 0 || file.max_text > LONG_CHARS {
            return wrong("max_text is 1 to 600: a page with more to say is a page");
        }
        let texts = [&file.title_is, &file.title, &file.text, &file.noscript];
        let codes = [&file.header, &file.markup];
        let is_empty = |list: &&Vec<String>| list.is_empty();
        if texts.iter().chain(&codes).all(is_empty) {
            return wrong("no evidence");
        }
        let mut words = texts.iter().chain(&codes).copied().flatten();
        if words.any(|word| word.trim().is_empty()) {
            return wrong("an empty word");
        }
        let mut words = texts.iter().copied().flatten();
        if words.any(|word| word.chars().any(char::is_uppercase)) {
            return wrong("words of texts are in small letters");
        }
        Ok(Self { outcome, file })
    }

    /// Its name in the file.
    pub(super) fn name(&self) -> &str {
        &self.file.name
    }

    /// What the rule finds; `None` where it does not hold.
    fn holds(&self, status: u16, header: &[u8], shape: &Shape<'_>) -> Option<Vec<(Place, &str)>> {
        let rule = &self.file;
        let status_fits = rule.statuses.is_empty() || rule.statuses.contains(&status);
        let links_fit = rule.max_links.is_none_or(|most| shape.links <= most);
        if !status_fits || !links_fit || shape.chars > rule.max_text {
            return None;
        }
        let is_document = shape.chars >= DOCUMENT_CHARS && is_article(&shape.title);
        let is_notice_of_itself = self.outcome == Outcome::ErrorPage && is_upkeep(&shape.title);
        if self.outcome != Outcome::Challenge && is_document && !is_notice_of_itself {
            return None;
        }
        let mut found = Vec::new();
        if !rule.header.is_empty() {
            let stands = |word: &&String| memmem::find(header, word.as_bytes()).is_some();
            found.push((Place::Header, rule.header.iter().find(stands)?.as_str()));
        }
        let texts = [&rule.title_is, &rule.title, &rule.text, &rule.noscript];
        if texts.iter().any(|list| !list.is_empty()) {
            found.push(self.word(shape)?);
        }
        for word in &rule.markup {
            memmem::find(shape.markup.as_bytes(), word.as_bytes())?;
            found.push((Place::Markup, word.as_str()));
        }
        Some(found)
    }

    /// The first word that stands where it should.
    fn word(&self, shape: &Shape<'_>) -> Option<(Place, &str)> {
        let rule = &self.file;
        if let Some(title) = rule.title_is.iter().find(|word| **word == shape.title) {
            return Some((Place::Title, title));
        }
        let places = [
            (&rule.title, &shape.title, Place::Title),
            (&rule.text, &shape.title, Place::Title),
            (&rule.text, &shape.text, Place::Text),
            (&rule.noscript, &shape.noscript, Place::Noscript),
        ];
        places.into_iter().find_map(|(words, text, place)| {
            let word = words.iter().find(|word| text.contains(word.as_str()))?;
            Some((place, word.as_str()))
        })
    }
}

/// Whether a title is that of a document: what it says of missing pages and firewalls is its matter. Pages that refuse
/// have titles of their own or that of the column.
///
/// Only where there is a text as well ([`DOCUMENT_CHARS`]): many systems print the title of what was taken down above the
/// words that it was, and a notice of maintenance before every page of a site.
fn is_article(title: &str) -> bool {
    let has_year = title
        .split(|c: char| !c.is_ascii_digit())
        .any(|digits| digits.len() == 4 && digits.starts_with("20"));
    let is_report = has_year && (title.contains("报告") || title.contains("年报"));
    let is_notice = title.starts_with("关于")
        && ["公告", "通知", "通告", "说明", "通报", "提醒", "意见", "函"]
            .iter()
            .any(|end| title.contains(end));
    is_report || is_notice
}

/// Whether a title speaks of maintenance: of a notice that stands for a whole site meanwhile, or of one among others.
/// Which, its title does not tell; its length does.
fn is_upkeep(title: &str) -> bool {
    ["维护", "升级", "检修"]
        .iter()
        .any(|word| title.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_sense_is_refused() {
        let text = include_str!("../../../data/refusals.toml");
        for (from, to) in [
            ("max_text = 600", "max_text = 601"),
            ("max_text = 600", "max_text = 0"),
            ("max_text = 600", "most = 600"),
            ("outcome = \"soft_gone\"", "outcome = \"gone\""),
            ("outcome = \"soft_gone\"", "outcome = \"nonsense\""),
            ("markup = [\"$_ts\"]", "markup = []"),
            ("markup = [\"$_ts\"]", "markup = [\" \"]"),
            ("\"page not found\"", "\"Page not found\""),
            ("gone = [404", "gone = [403"),
            ("gone = [404", "gone = [304"),
            ("gone = [404", "going = [404"),
            ("dns = ", "dnss = "),
        ] {
            assert!(text.contains(from), "{from}");
            assert!(
                Refusals::parse(&text.replacen(from, to, 1)).is_err(),
                "{from} → {to}"
            );
        }
    }

    #[test]
    fn every_rule_has_a_name_of_its_own() {
        let mut names: Vec<_> = Refusals::get().rules.iter().map(Rule::name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
