//! A host and its pages.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::answer::{Answer, Page};
use super::behaviour::Behaviour;
use super::column::Column;
use super::{listing, traps};

/// A request, as far as the site needs it.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The `Host` header without port, lowercase.
    pub host: String,
    /// Names in lowercase, and values.
    pub headers: Vec<(String, String)>,
    /// What the test set for this path, else 0.
    pub edition: u32,
    /// What the test set for this path or the host, else 0.
    pub chrome: u32,
    /// All that the test set for the host.
    pub editions: BTreeMap<String, u32>,
}

impl Request {
    /// Reads a request's header; what cannot be read stays empty.
    pub fn read(head: &[u8]) -> Self {
        let text = String::from_utf8_lossy(head);
        let mut lines = text.split("\r\n");
        let mut words = lines.next().unwrap_or_default().split(' ');
        let method = words.next().unwrap_or_default().to_owned();
        let target = words.next().unwrap_or_default();
        let path = match target.split_once("://") {
            Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
            None => target,
        };
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let host = headers
            .iter()
            .find(|(name, _)| name == "host")
            .map(|(_, value)| value.to_ascii_lowercase())
            .unwrap_or_default();
        let host = host
            .rsplit_once(':')
            .map_or(host.as_str(), |(name, _)| name)
            .to_owned();
        Self {
            method,
            path: path.to_owned(),
            host,
            headers,
            ..Self::default()
        }
    }

    /// A header of the request.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }

    /// The path without its query.
    pub fn bare_path(&self) -> &str {
        self.path.split('?').next().unwrap_or_default()
    }

    /// A parameter of the query, not decoded.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let (_, query) = self.path.split_once('?')?;
        query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find(|(own, _)| *own == name)
            .map(|(_, value)| value)
    }
}

/// Answers what it knows, and nothing else.
type Route = Arc<dyn Fn(&Request) -> Option<Answer> + Send + Sync>;

/// A host: its name, its address 127.0.0.N, what it serves.
#[derive(Clone)]
pub struct Host {
    /// Name without port, lowercase; `127.0.0.1` for one that is asked by address.
    pub name: String,
    /// N of 127.0.0.N.
    pub address: u8,
    robots: Option<Answer>,
    pages: HashMap<String, Page>,
    answers: HashMap<String, Answer>,
    routes: Vec<Route>,
    columns: Vec<Column>,
    root: bool,
}

impl Host {
    /// A host on 127.0.0.1 with a front page and a sitemap that lead to its columns; robots.txt is 404.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_ascii_lowercase(),
            address: 1,
            robots: None,
            pages: HashMap::new(),
            answers: HashMap::new(),
            routes: Vec::new(),
            columns: Vec::new(),
            root: true,
        }
    }

    /// A host with every hostile behaviour at [`Behaviour::path`], the traps of `traps.rs`, and a column that lists them.
    pub fn hostile(name: &str) -> Self {
        let mut host = Self::new(name).route(traps::answer);
        host = host.route(|request| {
            let word = request.bare_path().strip_prefix("/hostile/")?;
            let word = word.strip_suffix(".html").unwrap_or(word);
            Some(Behaviour::named(word)?.answer(request))
        });
        host.page("/hostile/", Page::html(&traps::directory()))
    }

    /// Puts it on 127.0.0.N. Hosts on the same N share address and port.
    #[must_use]
    pub fn address(mut self, number: u8) -> Self {
        self.address = number.max(1);
        self
    }

    /// Gives it a robots.txt.
    #[must_use]
    pub fn robots(self, text: &str) -> Self {
        let answer = Answer::full(200, &["Content-Type: text/plain"], text.as_bytes());
        self.robots_answer(answer)
    }

    /// Makes robots.txt answer anything: an error, a page, a redirect, half a megabyte.
    #[must_use]
    pub fn robots_answer(mut self, answer: Answer) -> Self {
        self.robots = Some(answer);
        self
    }

    /// Adds a page at a path (and query).
    #[must_use]
    pub fn page(mut self, path: &str, page: Page) -> Self {
        self.pages.insert(path.to_owned(), page);
        self
    }

    /// Adds an answer at a path (and query).
    #[must_use]
    pub fn answers(mut self, path: &str, answer: Answer) -> Self {
        self.answers.insert(path.to_owned(), answer);
        self
    }

    /// Adds a function that answers what it knows; asked after pages and columns, in the order of adding.
    #[must_use]
    pub fn route(
        mut self,
        route: impl Fn(&Request) -> Option<Answer> + Send + Sync + 'static,
    ) -> Self {
        self.routes.push(Arc::new(route));
        self
    }

    /// Adds a column of annual reports.
    #[must_use]
    pub fn column(mut self, column: Column) -> Self {
        self.columns.push(column);
        self
    }

    /// Takes front page and sitemap away.
    #[must_use]
    pub fn without_root(mut self) -> Self {
        self.root = false;
        self
    }

    /// Its columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    pub(super) fn answer(&self, request: &Request) -> Answer {
        let path = request.path.as_str();
        if path == "/robots.txt"
            && let Some(robots) = &self.robots
        {
            return robots.clone();
        }
        if let Some(answer) = self.answers.get(path) {
            return answer.clone();
        }
        if let Some(page) = self.pages.get(path) {
            return page.answer(request.edition, request.chrome, request);
        }
        for column in &self.columns {
            if let Some(answer) = column.answer(request) {
                return answer;
            }
        }
        for route in &self.routes {
            if let Some(answer) = route(request) {
                return answer;
            }
        }
        if self.root && (path == "/" || path == "/index.html") {
            return Page::html(&listing::front(&self.name, &self.columns)).answer(0, 0, request);
        }
        if self.root && path == "/sitemap.xml" {
            let text = listing::sitemap(&self.name, &self.columns);
            return Page::new("application/xml", text.into_bytes()).answer(0, 0, request);
        }
        Answer::html(
            404,
            "<html><head><title>404 Not Found</title></head><body><center><h1>404 Not Found</h1></center></body></html>",
        )
    }
}
