//! Columns of annual reports, as six publishing systems make them.

use std::collections::HashMap;
use std::sync::Arc;

use super::answer::{Answer, Page};
use super::host::Request;
use super::listing;
use super::report::{Charset, Report, agency};

/// Which publishing system made the column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// TRS: `index.html`, `index_1.html`, …; `createPageHTML(n, 0, "index", "html")`.
    Trs,
    /// 大汉 JCMS: the first page in a script's datastore, the rest from `dataproxy.jsp`.
    Hanweb,
    /// 博达 VSB: static pages numbered downwards.
    Vsb,
    /// 开普: `createPageHTML('page_div', n, 1, 'list', 'shtml', records)`.
    Kaipu,
    /// gkmlpt: JSON.
    Gkmlpt,
    /// Like gov.cn: `home.htm`, `home_1.htm`, …, by variables of a script.
    GovCn,
}

impl Platform {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Trs,
        Self::Hanweb,
        Self::Vsb,
        Self::Kaipu,
        Self::Gkmlpt,
        Self::GovCn,
    ];
}

/// An entry of a column.
#[derive(Clone)]
pub struct Item {
    /// Full title.
    pub title: String,
    /// Path on the host.
    pub path: String,
    /// Day printed beside it: `2025-03-10`.
    pub date: String,
    /// What stands there.
    pub body: Body,
}

/// What an entry leads to.
#[derive(Clone)]
pub enum Body {
    /// A report of an invented agency.
    Report(Report),
    /// Any page.
    Page(Page),
}

/// A column: entries, newest first, and pages that list them.
#[derive(Clone)]
pub struct Column {
    pub(super) platform: Platform,
    /// Folder: `/zwgk/zfxxgknb/`.
    pub(super) path: String,
    pub(super) per_page: usize,
    pub(super) charset: Charset,
    items: Vec<Item>,
    places: HashMap<String, usize>,
    later: usize,
    files: HashMap<String, (&'static str, Arc<[u8]>)>,
}

impl Column {
    /// A column with so many reports of 2019 to 2025: up to seven of one agency, more of more agencies.
    pub fn reports(platform: Platform, path: &str, count: usize) -> Self {
        let years = 7;
        let agencies = count.div_ceil(years).max(1);
        let mut column = Self::empty(platform, path);
        for index in 0..count {
            let year = 2025 - i32::try_from(index / agencies).unwrap_or(0);
            column.push_report(Report::new(&agency(index % agencies), year));
        }
        column
    }

    /// A column with the reports of one agency, newest first.
    pub fn of_agency(platform: Platform, path: &str, agency: &str, years: &[i32]) -> Self {
        let mut column = Self::empty(platform, path);
        for year in years {
            column.push_report(Report::new(agency, *year));
        }
        column
    }

    /// A column with nothing in it.
    pub fn empty(platform: Platform, path: &str) -> Self {
        Self {
            platform,
            path: path.to_owned(),
            per_page: 15,
            charset: Charset::Utf8,
            items: Vec::new(),
            places: HashMap::new(),
            later: 0,
            files: HashMap::new(),
        }
    }

    /// Adds an entry at the end.
    #[must_use]
    pub fn item(mut self, title: &str, path: &str, date: &str, page: Page) -> Self {
        self.push(Item {
            title: title.to_owned(),
            path: path.to_owned(),
            date: date.to_owned(),
            body: Body::Page(page),
        });
        self
    }

    /// So many entries a page; 15 without.
    #[must_use]
    pub fn per_page(mut self, count: usize) -> Self {
        self.per_page = count.max(1);
        self
    }

    /// Writes lists and reports in GBK.
    #[must_use]
    pub fn gbk(mut self) -> Self {
        self.charset = Charset::Gbk;
        self.each_report(|report| report.charset = Charset::Gbk);
        self
    }

    /// Makes each report's page this large, as real ones are: scripts, styles and menus around it.
    #[must_use]
    pub fn page_bytes(mut self, size: usize) -> Self {
        let filler: Arc<str> = listing::filler(size.saturating_sub(16_000)).into();
        self.each_report(|report| report.filler = Arc::clone(&filler));
        self
    }

    /// Gives each report a PDF, a DOC and an XLS to download.
    #[must_use]
    pub fn attachments(mut self) -> Self {
        let mut files = HashMap::new();
        for item in &mut self.items {
            let Body::Report(report) = &mut item.body else {
                continue;
            };
            let stem = item.path.rsplit_once('.').map_or("", |(stem, _)| stem);
            for (ending, kind, bytes) in listing::files(&item.title) {
                let path = format!("{stem}.{ending}");
                report.attachments.push(path.clone());
                files.insert(path, (kind, bytes));
            }
        }
        self.files.extend(files);
        self
    }

    /// Puts between the reports what columns hold beside them: news, a guide, another agency's report, the website's report.
    #[must_use]
    pub fn mixed(mut self) -> Self {
        let items = std::mem::take(&mut self.items);
        self.places.clear();
        let mut strangers = listing::strangers().into_iter();
        for (index, item) in items.into_iter().enumerate() {
            self.push(item);
            if index % 3 == 0
                && let Some((title, text)) = strangers.next()
            {
                let date = format!("2024-0{}-18", 1 + index % 9);
                let path = self.path_of(9_000 + index, &date);
                let page = Page::html(&listing::plain(title, text));
                self.push(Item {
                    title: title.to_owned(),
                    path,
                    date,
                    body: Body::Page(page),
                });
            }
        }
        self
    }

    /// Hides the newest entries: the column lists `n` of them when the test sets its first page's edition to `n`.
    #[must_use]
    pub fn later(mut self, count: usize) -> Self {
        self.later = count.min(self.items.len());
        self
    }

    /// All entries, newest first, those that come later included.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// Path of the first list page.
    pub fn first_page(&self) -> String {
        listing::page_path(self, 0)
    }

    /// How many list pages there are when all entries are shown.
    pub fn pages(&self) -> usize {
        self.items.len().div_ceil(self.per_page).max(1)
    }

    fn each_report(&mut self, change: impl Fn(&mut Report)) {
        for item in &mut self.items {
            if let Body::Report(report) = &mut item.body {
                change(report);
            }
        }
    }

    fn push_report(&mut self, report: Report) {
        let date = report.published.clone();
        let path = self.path_of(self.items.len(), &date);
        self.push(Item {
            title: report.title(),
            path,
            date,
            body: Body::Report(report),
        });
    }

    fn push(&mut self, item: Item) {
        self.places.insert(item.path.clone(), self.items.len());
        self.items.push(item);
    }

    fn path_of(&self, index: usize, date: &str) -> String {
        let number = 90_000 + index;
        let mut parts = date.split('-');
        let (year, month, day) = (
            parts.next().unwrap_or("2025"),
            parts.next().unwrap_or("01"),
            parts.next().unwrap_or("01"),
        );
        let folder = self.path.trim_end_matches('/');
        match self.platform {
            Platform::Trs => format!("{folder}/{year}{month}/t{year}{month}{day}_{number}.html"),
            Platform::Hanweb => format!(
                "/art/{year}/{}/{}/art_{}_{number}.html",
                month.trim_start_matches('0'),
                day.trim_start_matches('0'),
                listing::column_number(&self.path)
            ),
            Platform::Vsb => format!("/info/{}/{number}.htm", listing::column_number(&self.path)),
            Platform::Kaipu => format!(
                "{folder}/{year}{month}/{:016x}.shtml",
                (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
            ),
            Platform::Gkmlpt => format!(
                "/gkmlpt/content/{}/{}/post_{number}.html",
                number / 1_000_000,
                number / 1_000
            ),
            Platform::GovCn => format!("{folder}/{year}-{month}/{day}/content_{number}.htm"),
        }
    }

    pub(super) fn answer(&self, request: &Request) -> Option<Answer> {
        if let Some(place) = self.places.get(&request.path) {
            let item = self.items.get(*place)?;
            return Some(match &item.body {
                Body::Page(page) => page.answer(request.edition, request.chrome, request),
                Body::Report(report) => report.answer(request),
            });
        }
        if let Some((kind, bytes)) = self.files.get(&request.path) {
            return Some(Page::new(kind, Arc::clone(bytes)).answer(0, 0, request));
        }
        let shown = request
            .editions
            .get(&self.first_page())
            .map_or(0, |edition| *edition as usize);
        let hidden = self.later.saturating_sub(shown);
        listing::answer(self, &self.items[hidden..], request)
    }
}
