//! The viewer in a real browser: Debian's Chromium without a window. Where there is none, a line says so and nothing is tested.
//!
//! With `NIANBAO_AXE=…/axe.min.js` (npm: axe-core) each page is also looked at by axe-core; with `NIANBAO_SHOTS=DIR` pictures of
//! the pages are left there.

#[path = "browser/chromium.rs"]
mod chromium;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use chromium::{Chromium, attribute, nodes, text};
use serde_json::Value;

/// Pages of a kind that are opened, in each language.
const OF_A_KIND: usize = 4;

struct Served {
    child: Child,
    root: String,
}

impl Served {
    fn start(home: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_nianbao"))
            .args(["serve", "--port", "0", "--home"])
            .arg(home)
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stderr.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let root = line.split('/').take(3).collect::<Vec<_>>().join("/");
        assert!(root.starts_with("http://127.0.0.1:"), "{line}");
        Self { child, root }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn demo(folder: &Path) -> PathBuf {
    let home = folder.join("nianbao-demo");
    let done = Command::new(env!("CARGO_BIN_EXE_nianbao"))
        .arg("demo")
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    home
}

/// The page's links that stay on the server, without fragments.
fn links(browser: &mut Chromium) -> Vec<String> {
    let all =
        browser.script("[...document.querySelectorAll('a[href]')].map(a => a.href.split('#')[0])");
    let all = all.as_array().unwrap().iter();
    all.map(|link| link.as_str().unwrap().to_owned()).collect()
}

/// What kind of page an address is: its language and first part.
fn kind(root: &str, url: &str) -> String {
    let path = url[root.len()..].split('?').next().unwrap_or_default();
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let language = parts.next().unwrap_or_default();
    format!("{language}/{}", parts.next().unwrap_or_default())
}

struct Axe(Option<String>);

impl Axe {
    fn find() -> Self {
        let path = std::env::var_os("NIANBAO_AXE");
        if path.is_none() {
            eprintln!("NIANBAO_AXE is not set: pages are not looked at by axe-core");
        }
        Self(path.map(|path| std::fs::read_to_string(path).unwrap()))
    }

    /// Serious and critical violations.
    fn violations(&self, browser: &mut Chromium) -> Vec<String> {
        let Some(script) = &self.0 else {
            return Vec::new();
        };
        browser.script(&format!("{script};0"));
        let found = browser.script(
            "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}).then(r => \
             r.violations.filter(v => v.impact === 'serious' || v.impact === 'critical').map(v => v.id + ': ' + v.nodes.map(n => n.html).slice(0, 3).join(' | ')))",
        );
        let found = found.as_array().unwrap().iter();
        found.map(|one| one.as_str().unwrap().to_owned()).collect()
    }
}

#[test]
fn the_viewer_in_a_browser() {
    let Some(name) = chromium::installed() else {
        eprintln!(
            "no Chromium here (Debian: apt-get install chromium): the viewer is not opened in a browser"
        );
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let home = demo(folder.path());
    let served = Served::start(&home);
    let mut browser = Chromium::start(name, &folder.path().join("profile"));
    every_page_opens(&mut browser, &served.root);
    the_language_is_switched(&mut browser, &served.root);
    a_number_is_seen_where_it_stands(&mut browser, &served.root);
    agencies_are_compared(&mut browser, &served.root);
    let finding = a_finding_is_dismissed(&mut browser, &served.root);
    let root = served.root.clone();
    drop(served);
    // What was decided is there after a restart, and after the database was made anew.
    std::fs::remove_file(home.join("nianbao.db")).unwrap();
    let built = Command::new(env!("CARGO_BIN_EXE_nianbao"))
        .args(["build", "--home"])
        .arg(&home)
        .output()
        .unwrap();
    assert!(built.status.success(), "{built:?}");
    let served = Served::start(&home);
    browser.open(&finding.replace(&root, &served.root));
    let said = browser.script("document.querySelector('main').innerText");
    assert!(said.as_str().unwrap().contains("核对原件后排除"), "{said}");
}

fn every_page_opens(browser: &mut Chromium, root: &str) {
    let axe = Axe::find();
    let shots = std::env::var_os("NIANBAO_SHOTS").map(PathBuf::from);
    let mut opened: BTreeMap<String, usize> = BTreeMap::new();
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut waiting = vec![format!("{root}/zh"), format!("{root}/en")];
    let mut wrong = Vec::new();
    while let Some(url) = waiting.pop() {
        let file = url.split('?').next().unwrap_or_default();
        let is_file = [".json", ".csv", ".svg"]
            .iter()
            .any(|ending| file.ends_with(ending));
        // Archived bytes are handed out to be saved.
        let is_page = !is_file && !file.contains("/payload/");
        if !known.insert(url.clone()) || !is_page {
            continue;
        }
        let kind = kind(root, &url);
        let count = opened.entry(kind.clone()).or_insert(0);
        // One report in several versions leads to what differs.
        let most = if kind.ends_with("/report") {
            40
        } else {
            OF_A_KIND
        };
        if *count >= most {
            continue;
        }
        *count += 1;
        let number = *count;
        browser.errors.clear();
        browser.requests.clear();
        browser.open(&url);
        for request in browser.requests.drain(..) {
            if !request.starts_with(root)
                && !request.starts_with("data:")
                && request != "about:blank"
            {
                wrong.push(format!("{url} asks for {request}"));
            }
        }
        wrong.extend(
            browser
                .errors
                .drain(..)
                .map(|error| format!("{url}: {error}")),
        );
        let heads = browser.script("[document.querySelectorAll('h1').length, document.documentElement.scrollWidth - innerWidth]");
        if heads[0] != 1 {
            wrong.push(format!("{url}: {} headings of the first level", heads[0]));
        }
        wrong.extend(
            axe.violations(browser)
                .into_iter()
                .map(|one| format!("{url}: {one}")),
        );
        if let Some(folder) = &shots
            && number == 1
        {
            std::fs::create_dir_all(folder).unwrap();
            let file = folder.join(format!("{}.png", kind.replace('/', "_")));
            std::fs::write(file, browser.screenshot()).unwrap();
        }
        let found = links(browser);
        for link in found {
            if link.starts_with(root) {
                waiting.insert(0, link);
            } else if !link.starts_with("http") {
                wrong.push(format!("{url} links to {link}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for kind in [
        "agencies", "agency", "report", "proof", "diff", "compare", "search", "findings",
        "finding", "status", "codebook",
    ] {
        for language in ["zh", "en"] {
            let kind = format!("{language}/{kind}");
            assert!(
                opened.contains_key(&kind),
                "no page {kind} was linked to: {opened:?}"
            );
        }
    }
}

fn the_language_is_switched(browser: &mut Chromium, root: &str) {
    browser.open(&format!("{root}/zh/agencies"));
    assert_eq!(browser.script("document.documentElement.lang"), "zh-CN");
    browser.go("document.querySelector('.languages a[lang=en]').click()");
    assert_eq!(browser.script("document.documentElement.lang"), "en");
    assert_eq!(browser.script("location.pathname"), "/en/agencies");
    assert_eq!(
        browser.script("document.querySelector('h1').innerText"),
        "Agencies"
    );
}

/// Clicks numbers of reports and sees each marked in the archived page; one of the pages is in GBK.
fn a_number_is_seen_where_it_stands(browser: &mut Chromium, root: &str) {
    browser.open(&format!("{root}/zh/agencies"));
    let reports = browser.script("[...document.querySelectorAll('td.heat a')].map(a => a.href)");
    let mut charsets = BTreeSet::new();
    let mut seen = 0;
    for report in reports.as_array().unwrap() {
        browser.open(report.as_str().unwrap());
        let numbers = browser.script(
            "[...document.querySelectorAll('main a[href*=\"/proof/\"]')].filter(a => /^[1-9][0-9]*$/.test(a.innerText.trim())).length",
        );
        if numbers.as_u64().unwrap_or(0) == 0 {
            continue;
        }
        let number = browser.script(
            "[...document.querySelectorAll('main a[href*=\"/proof/\"]')].filter(a => /^[1-9][0-9]*$/.test(a.innerText.trim()))[0].innerText.trim()",
        );
        browser.go(
            "[...document.querySelectorAll('main a[href*=\"/proof/\"]')].filter(a => /^[1-9][0-9]*$/.test(a.innerText.trim()))[0].click()",
        );
        let page = browser.script("document.querySelector('main').innerText");
        let tree = browser.tree();
        let frames = nodes(&tree, &|node| node["nodeName"] == "IFRAME");
        if frames.is_empty() {
            // A file that is no page.
            continue;
        }
        assert!(
            attribute(frames[0], "sandbox")
                .is_some_and(|sandbox| !sandbox.contains("allow-scripts"))
        );
        let marks = nodes(&frames[0]["contentDocument"], &|node| {
            attribute(node, "id") == Some("nianbao-proof")
        });
        assert_eq!(marks.len(), 1, "{report}");
        // Pages print digits in full width, too.
        let printed: String = text(marks[0])
            .chars()
            .map(|c| {
                "０１２３４５６７８９"
                    .chars()
                    .position(|wide| wide == c)
                    .map_or(c, |digit| char::from(b'0' + u8::try_from(digit).unwrap()))
            })
            .collect();
        assert_eq!(printed.trim(), number.as_str().unwrap(), "{report}");
        // In sight: the frame was scrolled to it.
        let (mark, frame) = (browser.place(marks[0]), browser.place(frames[0]));
        assert!(mark[3] > mark[1] && mark[2] > mark[0], "{report}: {mark:?}");
        assert!(
            mark[1] >= frame[1] && mark[3] <= frame[3],
            "{report}: {mark:?} in {frame:?}"
        );
        let lower = page.as_str().unwrap().to_lowercase();
        charsets.extend(
            ["gbk", "gb18030", "gb2312"]
                .into_iter()
                .filter(|name| lower.contains(name)),
        );
        seen += 1;
    }
    assert!(seen >= 5, "{seen} reports with a number");
    assert!(!charsets.is_empty(), "no page in GBK was looked at");
}

fn agencies_are_compared(browser: &mut Chromium, root: &str) {
    browser.open(&format!("{root}/zh/agencies"));
    let ids = browser.script(
        "[...document.querySelectorAll('tbody th a[href*=\"/agency/\"]')].map(a => a.href.split('/').pop())",
    );
    let ids: Vec<&str> = ids
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let url = format!(
        "{root}/zh/compare?series=requests_received&agency={}&agency={}",
        ids[0], ids[1]
    );
    browser.open(&url);
    let rows = browser.script("document.querySelectorAll('main table tbody tr').length");
    assert!(rows.as_u64().unwrap() >= 2, "{rows}");
    let pictures = browser.script(
        "document.querySelectorAll('main svg:not(.spark), main img[src*=\".svg\"]').length",
    );
    assert!(pictures.as_u64().unwrap() >= 1, "no chart");
    let shown = browser.script(
        "[...document.querySelectorAll('main img')].every(i => i.complete && i.naturalWidth > 0)",
    );
    assert_eq!(shown, true);
}

/// Filters the inbox and dismisses the first finding; its address.
fn a_finding_is_dismissed(browser: &mut Chromium, root: &str) -> String {
    browser.open(&format!("{root}/zh/findings"));
    let all = browser.script("document.querySelectorAll('tbody tr').length");
    browser.go("document.querySelector('#severity').value = 'error'; document.querySelector('form.ask').submit()");
    let some = browser.script("document.querySelectorAll('tbody tr').length");
    assert!(
        some.as_u64() > Some(0) && some.as_u64() < all.as_u64(),
        "{some} of {all}"
    );
    browser.go("document.querySelector('tbody th a').click()");
    let finding = browser.script("location.href");
    // Nothing is decided without a reason.
    assert_eq!(
        browser.script("document.querySelector('#reason').required"),
        true
    );
    browser.script("document.querySelector('#reason').value = '核对原件后排除'; document.querySelector('#by').value = '王某'");
    browser.go("document.querySelector('button[value=dismiss]').click()");
    assert_eq!(browser.script("location.href"), finding);
    let said = browser.script("document.querySelector('main').innerText");
    for word in ["已排除", "核对原件后排除", "王某"] {
        assert!(said.as_str().unwrap().contains(word), "{word} in {said}");
    }
    browser.open(&format!("{root}/zh/findings?verdict=dismissed"));
    assert_eq!(
        browser.script("document.querySelectorAll('tbody tr').length"),
        1
    );
    finding.as_str().unwrap().to_owned()
}
