//! The corpus as WARC files with its truth beside them.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;
use nianbao::archive::{self, FixedClock, Options, Writer};

use super::super::rng::Rng;
use super::skeleton::{Fill, Skeletons};
use super::story::{Capture, Draft, Story, story};
use super::truth::{CorpusLine, Line};
use super::{Plan, narrative::Part};

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Agencies.
    pub agencies: usize,
    /// Reports.
    pub reports: usize,
    /// Answers: pages and others.
    pub records: usize,
    /// Bytes of all pages.
    pub page_bytes: u64,
    /// Bytes of the narratives' text.
    pub text_bytes: u64,
    /// Numeric cells that the pages print.
    pub cells: u64,
    /// Planted defects.
    pub defects: usize,
}

/// Agencies made before their pages are written: some 15 MB of pages.
const BATCH: usize = 12;

/// Writes the corpus of a plan into `directory`, and `truth` beside it, with so many threads.
///
/// # Panics
///
/// If the disk takes no more.
pub fn write(plan: &Plan, directory: &Path, truth: &Path, threads: usize) -> Written {
    let skeletons = Skeletons::new(plan.seed, plan.bytes);
    let options = Options {
        prefix: "corpus".into(),
        level: 1,
        threads,
        ..Options::default()
    };
    let clock = FixedClock(Timestamp::from_second(1_780_000_000).expect("a time"));
    let (mut writer, _) = Writer::open(directory, options, clock).expect("the folder opens");
    let file = File::create(truth).expect("the truth can be written");
    let mut truth = BufWriter::with_capacity(1 << 20, file);
    let mut put = |line: &Line| {
        serde_json::to_writer(&mut truth, line).expect("a line");
        truth.write_all(b"\n").expect("a line");
    };
    put(&Line::Corpus(CorpusLine {
        seed: plan.seed,
        agencies: plan.agencies,
        years: plan.years,
    }));
    let mut written = Written::default();
    for first in (0..plan.agencies).step_by(BATCH) {
        let batch = first..(first + BATCH).min(plan.agencies);
        let made = in_parallel(batch, threads, |index| {
            let story = story(plan, index, &skeletons);
            let pages = pages(plan, &story, &skeletons);
            let lines = story.lines(&skeletons);
            (story, pages, lines)
        });
        let mut groups = Vec::new();
        for (story, pages, lines) in made {
            written.count(&story, &lines);
            lines.iter().for_each(&mut put);
            for (_, draft) in &pages {
                written.records += 1;
                written.page_bytes += draft.block.len() as u64;
            }
            groups.extend(pages.into_iter().map(|(_, draft)| vec![draft]));
        }
        writer.write_groups(&groups).expect("the pages are written");
    }
    truth.flush().expect("the truth is written");
    written
}

impl Written {
    fn count(&mut self, story: &Story, lines: &[Line]) {
        self.agencies += 1;
        self.reports += story.reports.len();
        self.defects += story.defects.len();
        for draft in &story.reports {
            let last = &draft.versions[draft.versions.len() - 1];
            for part in &last.parts {
                let texts = part.facts.iter().chain(&part.prose);
                self.text_bytes += texts.map(|text| text.len() as u64).sum::<u64>();
            }
        }
        for line in lines {
            if let Line::Report(report) = line {
                let numbers = report.cells.iter().flatten();
                self.cells += numbers
                    .filter(|text| text.contains(|sign: char| sign.is_numeric()))
                    .count() as u64;
            }
        }
    }
}

/// `make` of every number, in order.
fn in_parallel<T: Send>(
    range: std::ops::Range<usize>,
    threads: usize,
    make: impl Fn(usize) -> T + Sync,
) -> Vec<T> {
    let next = AtomicUsize::new(range.start);
    let done: Mutex<Vec<(usize, T)>> = Mutex::new(Vec::with_capacity(range.len()));
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= range.end {
                        break;
                    }
                    let result = make(index);
                    let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                    done.push((index, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, made)| made).collect()
}

/// The answers of an agency's addresses, by time.
fn pages(plan: &Plan, story: &Story, skeletons: &Skeletons) -> Vec<(Timestamp, archive::Draft)> {
    let mut pages: Vec<(Timestamp, archive::Draft)> = story
        .reports
        .iter()
        .flat_map(|draft| draft.captures.iter().map(move |capture| (draft, capture)))
        .map(|(draft, capture)| {
            let wire = answer(plan, story, draft, capture, skeletons);
            let record = archive::Draft::response(&draft.url, wire).at(capture.at);
            (capture.at, record)
        })
        .collect();
    pages.sort_by_key(|(at, _)| *at);
    pages
}

fn answer(
    plan: &Plan,
    story: &Story,
    draft: &Draft,
    capture: &Capture,
    skeletons: &Skeletons,
) -> Vec<u8> {
    let date = capture.at.strftime("%a, %d %b %Y %H:%M:%S GMT");
    if capture.status != 200 {
        let reason = if capture.status == 410 {
            "Gone"
        } else {
            "Not Found"
        };
        let body = "<html><head><title>404</title></head><body><p>您访问的页面不存在或已删除。</p></body></html>";
        return format!(
            "HTTP/1.1 {} {reason}\r\nDate: {date}\r\nContent-Type: text/html; charset=UTF-8\r\nContent-Length: {}\r\n\r\n{body}",
            capture.status,
            body.len()
        )
        .into_bytes();
    }
    let body = &story.body;
    let skeleton = skeletons.get(draft.form, body.fujian, draft.year, draft.layout);
    let version = &draft.versions[capture.version];
    let cells: Vec<String> = version
        .numbers
        .values
        .iter()
        .enumerate()
        .map(|(place, value)| {
            if skeleton.printed[place] {
                skeleton.print(place, *value, draft.habit)
            } else {
                String::new()
            }
        })
        .collect();
    let sections: Vec<Vec<String>> = skeleton
        .sections
        .iter()
        .map(|kind| {
            let part = version.parts.iter().find(|part| part.kind == *kind);
            part.map_or_else(Vec::new, paragraphs)
        })
        .collect();
    let mut rng = Rng::new(plan.seed ^ body.index as u64, &draft.id);
    let serial = rng.range(1, 99);
    let index = match &draft.code {
        Some(code) => format!("{code}/{}-{serial:05}", draft.year + 1),
        None => format!("{}-{serial:05}", draft.year + 1),
    };
    let site = format!("{}人民政府", body.place);
    let site_code = format!("{}{:04}", body.division, body.platform % 10_000);
    let mut page = skeleton.fill(&Fill {
        title: &draft.title,
        agency: &draft.name,
        site: &site,
        host: &body.host,
        url: &draft.url,
        index: &index,
        site_code: &site_code,
        published: draft.published,
        cells: &cells,
        sections: &sections,
    });
    if capture.redesigned {
        let style = b"<meta name=\"viewport\" content=\"width=device-width\">\n<script src=\"/js/a11y.js\"></script>\n";
        let end = b"</head>";
        let at = page.windows(end.len()).position(|bytes| bytes == end);
        let at = at.unwrap_or(0);
        page.splice(at..at, style.iter().copied());
    }
    let head = format!(
        "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: {date}\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n",
        skeleton.content_type,
        page.len()
    );
    let mut wire = Vec::with_capacity(head.len() + page.len());
    wire.extend_from_slice(head.as_bytes());
    wire.append(&mut page);
    wire
}

fn paragraphs(part: &Part) -> Vec<String> {
    part.facts.iter().chain(&part.prose).cloned().collect()
}
