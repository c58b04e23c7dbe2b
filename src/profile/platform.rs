//! What is known of a publishing system's pages: `selectors/platforms/*.toml`.
//!
//! In: TOML. Out: [`Platform`]. The parts that a site may have otherwise ([`ListRules`], [`Paging`], [`Layout`],
//! [`Attachments`], [`Body`]) are those of its own file too. `docs/profiles.md` explains every key.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::{Body, Css, Lines, ProfileError, Words};

/// How many of the pages that follow are asked for at most, where a profile does not say.
pub const PAGES_AT_MOST: u32 = 500;

/// A publishing system.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// Its name: small letters, digits, `-`, `_` and `.`.
    pub name: Name,
    /// What people call it.
    pub title: Option<String>,
    /// What its pages are known by.
    #[serde(default)]
    pub detect: Detect,
    /// Where its lists keep their items.
    #[serde(default)]
    pub list: ListRules,
    /// How the pages that follow are found; tried in order, the first that finds a pager counts.
    #[serde(default)]
    pub paging: Vec<Paging>,
    /// Other shapes of its pages, tried in order; the first whose guard matches counts.
    #[serde(default)]
    pub layouts: Vec<Layout>,
    /// Files that its pages hand out.
    #[serde(default)]
    pub attachments: Attachments,
    /// Where a report's text stands; added to the generic profile's.
    #[serde(default)]
    pub body: Body,
    /// Tell-tale words; in the generic profile only.
    pub lines: Option<Lines>,
}

/// A profile's name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Name(String);

impl Name {
    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Name {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
        if text.is_empty() || text.len() > 100 || !text.chars().all(legal) {
            return Err(format!(
                "name {text:?}: only small letters, digits, `-`, `_` and `.`"
            ));
        }
        Ok(Self(text))
    }
}

/// Evidence that a page was made by a platform.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Detect {
    /// The platform is taken from so many points on, if no other has more.
    pub at_least_points: u32,
    /// What counts for it.
    pub evidence: Vec<Evidence>,
}

impl Default for Detect {
    fn default() -> Self {
        Self {
            at_least_points: 10,
            evidence: Vec::new(),
        }
    }
}

/// One thing a page may show.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "RawEvidence")]
pub struct Evidence {
    /// What it counts for.
    pub points: u32,
    /// What it is.
    pub sign: Sign,
}

/// A thing that tells of a platform.
#[derive(Debug, Clone)]
pub enum Sign {
    /// `<meta name="generator">` holds this, without regard to case.
    Generator(String),
    /// The page's source holds this, scripts and comments included.
    Text(String),
    /// The path (and query) of the page's address holds this.
    Path(String),
    /// The page's host is this or below it.
    Host(String),
    /// The page has such an element.
    Element(Css),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEvidence {
    points: u32,
    generator: Option<String>,
    text: Option<String>,
    path: Option<String>,
    host: Option<String>,
    element: Option<Css>,
}

impl TryFrom<RawEvidence> for Evidence {
    type Error = &'static str;

    fn try_from(raw: RawEvidence) -> Result<Self, &'static str> {
        let lower = |text: String| Sign::Generator(text.to_lowercase());
        let signs = [
            raw.generator.map(lower),
            raw.text.map(Sign::Text),
            raw.path.map(Sign::Path),
            raw.host.map(Sign::Host),
            raw.element.map(Sign::Element),
        ];
        let mut signs = signs.into_iter().flatten();
        match (signs.next(), signs.next()) {
            (Some(sign), None) => Ok(Self {
                points: raw.points,
                sign,
            }),
            _ => Err("evidence is one of `generator`, `text`, `path`, `host` and `element`"),
        }
    }
}

/// Where a list keeps its items. What is absent is left to what is more general: a site's to its platform's, a
/// platform's to the search for repeated links.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListRules {
    /// Elements that hold lists; items elsewhere do not count. Absent: the whole page.
    pub container: Option<Css>,
    /// Elements that are an item each, with one main link.
    pub item: Option<Css>,
    /// The main link within an item. Absent: the one with the longest title.
    pub link: Option<Css>,
    /// The element within an item whose text is the title. Absent: the link.
    pub title: Option<Css>,
    /// The attribute of that element that holds the full title. Absent: `title`, where the shown one is cut or empty.
    pub title_attribute: Option<String>,
    /// The element within an item that holds the date. Absent: anywhere in the item beside the title.
    pub date: Option<Css>,
    /// Elements that hold no items, whatever else matches. A site's are added to its platform's, those to the generic ones.
    pub ignore: Option<Css>,
    /// Texts of links that are no items (`首页`, `更多`); whole texts. Added up as `ignore` is.
    #[serde(default)]
    pub not_titles: Vec<String>,
    /// Words of headings above lists that are not the column's (`最新`, `相关`). Added up as `ignore` is.
    #[serde(default)]
    pub not_headings: Vec<String>,
}

impl ListRules {
    /// These rules where they say something, else those of `base`.
    #[must_use]
    pub fn over(&self, base: &Self) -> Self {
        let pick = |own: &Option<Css>, base: &Option<Css>| own.clone().or_else(|| base.clone());
        Self {
            container: pick(&self.container, &base.container),
            item: pick(&self.item, &base.item),
            link: pick(&self.link, &base.link),
            title: pick(&self.title, &base.title),
            title_attribute: self
                .title_attribute
                .clone()
                .or_else(|| base.title_attribute.clone()),
            date: pick(&self.date, &base.date),
            ignore: match (&self.ignore, &base.ignore) {
                (Some(own), Some(base)) => Some(own.and(base)),
                (own, base) => own.clone().or_else(|| base.clone()),
            },
            not_titles: [self.not_titles.as_slice(), &base.not_titles].concat(),
            not_headings: [self.not_headings.as_slice(), &base.not_headings].concat(),
        }
    }
}

/// A way to find the pages that follow.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "RawPaging")]
pub struct Paging {
    /// Which.
    pub strategy: Strategy,
    /// `query`: the name of the parameter that holds the page's number.
    pub parameter: Option<String>,
    /// `query`: the number of the first page.
    pub first_page: u32,
    /// `query`: how many pages there are, where the pages do not say.
    pub pages: Option<u32>,
    /// `query`, `gkmlpt`, `hanweb`: how many records a page has, where the pages do not say.
    pub records_per_page: Option<u32>,
    /// `next_link`: texts of the link to the next page.
    pub words: Option<Words>,
    /// `next_link`, `query`: the pager's links.
    pub link: Option<Css>,
    /// How many of the pages that follow are asked for at most.
    pub pages_at_most: u32,
}

/// How a platform pages its lists. See `docs/profiles.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// TRS: `createPageHTML(count, current, "index", "html")`, or `var countPage` of an inline pager.
    Trs,
    /// 开普: `createPageHTML('page_div', total, current, 'name', 'shtml', records)`.
    Kaipu,
    /// 大汉: `<nextgroup>` and the parameters of `dataproxy.jsp`.
    Hanweb,
    /// 博达: static pages numbered downwards, or `?PAGENUM=2`.
    Vsb,
    /// Guangdong: JSON at `/gkmlpt/api/all/<column>?page=2`.
    Gkmlpt,
    /// A parameter of the query counts the pages.
    Query,
    /// A link says that it leads to the next page.
    NextLink,
    /// There are no further pages.
    None,
}

impl Strategy {
    /// Every one, in the order of the documents.
    pub const ALL: [Self; 8] = [
        Self::Trs,
        Self::Kaipu,
        Self::Hanweb,
        Self::Vsb,
        Self::Gkmlpt,
        Self::Query,
        Self::NextLink,
        Self::None,
    ];

    /// The word in profiles.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trs => "trs",
            Self::Kaipu => "kaipu",
            Self::Hanweb => "hanweb",
            Self::Vsb => "vsb",
            Self::Gkmlpt => "gkmlpt",
            Self::Query => "query",
            Self::NextLink => "next_link",
            Self::None => "none",
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPaging {
    strategy: Strategy,
    parameter: Option<String>,
    first_page: Option<u32>,
    pages: Option<u32>,
    records_per_page: Option<u32>,
    words: Option<Words>,
    link: Option<Css>,
    pages_at_most: Option<u32>,
}

impl TryFrom<RawPaging> for Paging {
    type Error = String;

    fn try_from(raw: RawPaging) -> Result<Self, String> {
        let (query, next) = (Strategy::Query, Strategy::NextLink);
        let counting = [query, Strategy::Gkmlpt, Strategy::Hanweb];
        let checks: [(&str, bool, &[Strategy]); 6] = [
            ("parameter", raw.parameter.is_some(), &[query]),
            ("first_page", raw.first_page.is_some(), &[query]),
            ("pages", raw.pages.is_some(), &[query]),
            (
                "records_per_page",
                raw.records_per_page.is_some(),
                &counting,
            ),
            ("words", raw.words.is_some(), &[next]),
            ("link", raw.link.is_some(), &[next, query]),
        ];
        for (key, is_there, takers) in checks {
            if is_there && !takers.contains(&raw.strategy) {
                let strategy = raw.strategy.as_str();
                return Err(format!("strategy `{strategy}` takes no `{key}`"));
            }
        }
        let pages_at_most = raw.pages_at_most.unwrap_or(PAGES_AT_MOST);
        if !(1..=PAGES_AT_MOST).contains(&pages_at_most) {
            return Err(format!("`pages_at_most` is from 1 to {PAGES_AT_MOST}"));
        }
        if raw.strategy == query && raw.parameter.as_ref().is_none_or(String::is_empty) {
            return Err("strategy `query` needs `parameter`".into());
        }
        if raw.records_per_page == Some(0) {
            return Err("`records_per_page` is at least 1".into());
        }
        Ok(Self {
            strategy: raw.strategy,
            parameter: raw.parameter,
            first_page: raw.first_page.unwrap_or(1),
            pages: raw.pages,
            records_per_page: raw.records_per_page,
            words: raw.words,
            link: raw.link,
            pages_at_most,
        })
    }
}

impl Paging {
    /// A strategy without parameters.
    pub const fn plain(strategy: Strategy) -> Self {
        Self {
            strategy,
            parameter: None,
            first_page: 1,
            pages: None,
            records_per_page: None,
            words: None,
            link: None,
            pages_at_most: PAGES_AT_MOST,
        }
    }
}

/// Another shape of a platform's or a site's pages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// Its name, for messages.
    pub name: Name,
    /// The layout counts for pages that have such an element.
    pub guard: Css,
    /// What it has otherwise.
    #[serde(default)]
    pub list: ListRules,
    /// What it pages by; empty: as without the layout.
    #[serde(default)]
    pub paging: Vec<Paging>,
    /// Where a report's text stands; added to what holds without the layout.
    #[serde(default)]
    pub body: Body,
}

/// Files that pages hand out.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attachments {
    /// Links to them. Absent: links within the report's body.
    pub link: Option<Css>,
    /// Endings of their names, small letters without the dot. Empty: those of what is more general.
    #[serde(default, deserialize_with = "endings")]
    pub extensions: Vec<String>,
}

fn endings<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let endings = Vec::<String>::deserialize(deserializer)?;
    let is_ending = |ending: &String| {
        let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        !ending.is_empty() && ending.bytes().all(legal)
    };
    match endings.iter().find(|ending| !is_ending(ending)) {
        Some(wrong) => Err(D::Error::custom(format!(
            "{wrong:?}: endings are small letters and digits, without the dot"
        ))),
        None => Ok(endings),
    }
}

impl Attachments {
    /// These where they say something, else those of `base`.
    #[must_use]
    pub fn over(&self, base: &Self) -> Self {
        let extensions = if self.extensions.is_empty() {
            &base.extensions
        } else {
            &self.extensions
        };
        Self {
            link: self.link.clone().or_else(|| base.link.clone()),
            extensions: extensions.clone(),
        }
    }
}

impl Platform {
    /// Reads a platform's profile.
    ///
    /// # Errors
    ///
    /// [`ProfileError`] with line and column for broken TOML, unknown keys and what does not go together.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        Ok(toml::from_str(text)?)
    }

    /// Whether it names containers of a report's text, for all its pages or those of a layout.
    pub fn names_containers(&self) -> bool {
        self.name.as_str() != "generic" && names_containers(&self.body, &self.layouts)
    }
}

/// Whether one of these names containers.
pub(super) fn names_containers(body: &Body, layouts: &[Layout]) -> bool {
    !body.is_empty() || layouts.iter().any(|layout| !layout.body.is_empty())
}
