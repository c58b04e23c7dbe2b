//! Where the pages are: on a server, or as files that lie anywhere.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::language::Language;

/// What stays as it is in a part of a path (RFC 3986, unreserved).
const PART: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A page's address without language and form: `/agency/1a2b3c`, and what is asked of it.
///
/// Paths are made of parts by [`Address::of`], so that no text can break out of its part.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Address {
    /// Decoded parts of the path; none for the overview.
    pub parts: Vec<String>,
    /// Decoded names and values, in order.
    pub query: Vec<(String, String)>,
}

impl Address {
    /// The page of these parts.
    pub fn of<T: AsRef<str>>(parts: impl IntoIterator<Item = T>) -> Self {
        Self {
            parts: parts
                .into_iter()
                .map(|part| part.as_ref().to_owned())
                .collect(),
            query: Vec::new(),
        }
    }

    /// With one more name and value.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// With a name's value in place of those it has; `None` takes the name away.
    #[must_use]
    pub fn set(mut self, name: &str, value: Option<&str>) -> Self {
        self.query.retain(|(known, _)| known != name);
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The last value of a name that is not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.query.iter().rev();
        let found = values.find(|(known, value)| known == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    }

    /// All values of a name that are not empty.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.query
            .iter()
            .filter(move |(known, value)| known == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// Path, percent-encoded, with a slash before each part; empty for the overview.
    pub fn path(&self) -> String {
        let mut path = String::new();
        for part in &self.parts {
            path.push('/');
            path.extend(utf8_percent_encode(part, PART));
        }
        path
    }

    /// Question mark, names and values; empty without any.
    pub fn query_string(&self) -> String {
        if self.query.is_empty() {
            return String::new();
        }
        let mut text = url::form_urlencoded::Serializer::new(String::from("?"));
        let mut text = url::form_urlencoded::Serializer::for_suffix(text.finish(), 1);
        text.extend_pairs(&self.query).finish()
    }
}

/// The form of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Twin<'t> {
    /// `.json`
    Json,
    /// `.NAME.csv`: the table of that name.
    Csv(&'t str),
    /// `.svg`, `.NAME.svg`: the picture of that name.
    Svg(&'t str),
}

/// Makes links from one page to others.
#[derive(Debug, Clone, Copy)]
pub enum Links {
    /// From the root of a server.
    Served,
    /// Relative to a file that lies this many folders deep. Pages that answer questions are not there.
    Site {
        /// Folders between the file and the root.
        depth: usize,
        /// Whether the proofs that the page leads to are there.
        proofs: bool,
    },
}

/// Pages that only a server has, by the first part of their path: what they show hangs on a question.
const QUESTIONS: [&str; 3] = ["compare", "search", "press"];

impl Links {
    /// To a page in a language; `None` for a page that a static site does not have.
    pub fn page(self, language: Language, address: &Address) -> Option<String> {
        match self {
            Self::Served => Some(format!(
                "/{}{}{}",
                language.as_str(),
                address.path(),
                address.query_string()
            )),
            Self::Site { depth, .. } => {
                if !self.has(address) {
                    return None;
                }
                let file = site_file(address, "html")?;
                Some(format!(
                    "{}{}/{file}",
                    "../".repeat(depth),
                    language.as_str()
                ))
            }
        }
    }

    /// To a picture of a page, with words of a language.
    pub fn picture(self, language: Language, address: &Address, name: &str) -> Option<String> {
        let language = language.as_str();
        match self {
            Self::Served => {
                let twin = self.twin(address, Twin::Svg(name))?;
                Some(format!("/{language}{twin}"))
            }
            Self::Site { depth, .. } => {
                let file = site_file(address, &format!("{name}.svg"))?;
                Some(format!("{}{language}/{file}", "../".repeat(depth)))
            }
        }
    }

    /// To a page's twin, the same in both languages.
    pub fn twin(self, address: &Address, twin: Twin<'_>) -> Option<String> {
        let ending = match twin {
            Twin::Json => "json".to_owned(),
            Twin::Csv(name) => format!("{name}.csv"),
            Twin::Svg(name) => format!("{name}.svg"),
        };
        match self {
            Self::Served => {
                let path = address.path();
                let path = if path.is_empty() { "/overview" } else { &path };
                Some(format!("{path}.{ending}{}", address.query_string()))
            }
            Self::Site { depth, .. } => Some("../".repeat(depth) + &site_file(address, &ending)?),
        }
    }

    /// To the archived page with a cell marked, the same in both languages.
    pub fn archived(self, report: &str, cell: &str) -> String {
        let path = Address::of(["archived", report, cell]).path();
        match self {
            Self::Served => path,
            Self::Site { depth, .. } => {
                format!(
                    "{}{}.html",
                    "../".repeat(depth),
                    path.trim_start_matches('/')
                )
            }
        }
    }

    /// To the archived bytes as they are; `None` where nobody hands them out.
    pub fn payload(self, report: &str, cell: &str) -> Option<String> {
        self.is_served()
            .then(|| Address::of(["payload", report, cell]).path())
    }

    /// To a file that goes with the program: a style, a script.
    pub fn asset(self, name: &str) -> String {
        match self {
            Self::Served => format!("/assets/{name}"),
            Self::Site { depth, .. } => format!("{}assets/{name}", "../".repeat(depth)),
        }
    }

    /// Whether there is such a page at all; one with questions is not looked at here.
    fn has(self, address: &Address) -> bool {
        match (self, address.parts.first().map(String::as_str)) {
            (Self::Site { .. }, Some(first)) if QUESTIONS.contains(&first) => false,
            (Self::Site { proofs, .. }, Some("proof")) => proofs,
            _ => true,
        }
    }

    /// Whether pages that answer questions (search, forms, decisions) are there.
    pub const fn is_served(self) -> bool {
        matches!(self, Self::Served)
    }
}

/// Where a page lies in a static site, from the root or its language's folder, percent-encoded; `None` for one with questions.
pub fn site_file(address: &Address, ending: &str) -> Option<String> {
    if !address.query.is_empty() {
        return None;
    }
    let path = address.path();
    let path = path.strip_prefix('/').unwrap_or(match ending {
        "html" => "index",
        _ => "overview",
    });
    Some(format!("{path}.{ending}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_part_breaks_out_of_its_place() {
        let address = Address::of(["agency", "a/b?c#d\"<云"]).with("q", "x&y=\"1 云");
        let link = Links::Served.page(Language::Zh, &address).unwrap();
        assert_eq!(
            link,
            "/zh/agency/a%2Fb%3Fc%23d%22%3C%E4%BA%91?q=x%26y%3D%221+%E4%BA%91"
        );
    }

    #[test]
    fn a_site_links_by_relative_paths_and_has_no_questions() {
        let site = Links::Site {
            depth: 2,
            proofs: false,
        };
        let address = Address::of(["agency", "1a"]);
        assert_eq!(
            site.page(Language::En, &address).unwrap(),
            "../../en/agency/1a.html"
        );
        assert_eq!(
            site.twin(&address, Twin::Csv("years")).unwrap(),
            "../../agency/1a.years.csv"
        );
        assert_eq!(
            site.page(Language::En, &Address::default().with("q", "1")),
            None
        );
        assert_eq!(site.page(Language::En, &Address::of(["search"])), None);
        assert_eq!(
            site.page(Language::En, &Address::of(["proof", "a", "b"])),
            None
        );
        assert_eq!(
            site.page(Language::En, &Address::default()).unwrap(),
            "../../en/index.html"
        );
        assert_eq!(
            Links::Served.twin(&Address::default(), Twin::Json).unwrap(),
            "/overview.json"
        );
    }
}
