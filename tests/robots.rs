//! Our verdicts on real robots.txt files beside those of Google's reference parser and of Protego.
//!
//! `NIANBAO_ROBOTS=DIR cargo test --test robots -- --nocapture`, where DIR holds the files and the `verdicts.tsv` that
//! `tests/robots/verdicts.py` writes (how to get both stands there). Without it the comparison is skipped.
//!
//! A verdict that differs from a parser's must be explained by one of [`DIFFERENCES`], and the explanation is tried: with the
//! file or the address changed to what that parser makes of it, our verdict must become its verdict.

use std::collections::BTreeMap;
use std::path::Path;

use nianbao::crawl::robots::{MOST_BYTES, Robots};
use url::Url;

/// The other parser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Other {
    Google,
    Protego,
}

use Other::{Google, Protego};

/// A kind of difference.
struct Difference {
    name: &'static str,
    /// Whom it tells from us.
    others: &'static [Other],
    /// Who is right, and why.
    right: &'static str,
    /// File and address as the other parser takes them; `None` where this is not about them.
    as_they_do: fn(&str, &Url) -> Option<(String, Url)>,
}

const DIFFERENCES: [Difference; 7] = [
    Difference {
        name: "other lines",
        others: &[Protego],
        right: "we and Google: RFC 9309, 2.2.4, other records must not interfere with groups. Protego ends a list of agents at \
                Crawl-delay, Noindex, Request-rate and any line it does not know",
        as_they_do: |file, url| Some((end_groups_at_other_lines(file), url.clone())),
    },
    Difference {
        name: "final dollar",
        others: &[Protego],
        right: "we and Google: RFC 9309, 2.2.3, a final $ designates the end. Protego takes it as a letter as well",
        as_they_do: |file, url| {
            let more = rules(file, |word, value| {
                value
                    .contains('$')
                    .then(|| format!("{word}: {}", value.replace('$', "%24")))
            });
            Some((more, url.clone()))
        },
    },
    Difference {
        name: "whole address",
        others: &[Protego],
        right: "we and Google: RFC 9309, 2.2, a pattern begins with a slash. Protego takes scheme and host off a rule that is a \
                whole address",
        as_they_do: |file, url| {
            let more = rules(file, |word, value| {
                let rest = value.split_once("://")?.1;
                let path = rest.find('/').map_or("/", |at| &rest[at..]);
                Some(format!("{word}: {path}"))
            });
            // It does so with addresses too, where one stands in the path.
            let path = url[url::Position::BeforePath..].replace("%68", "h");
            let inner = path.trim_start_matches('/');
            let inner = if inner.starts_with("http") {
                Url::parse(inner).ok()
            } else {
                None
            };
            Some((more, inner.unwrap_or_else(|| url.clone())))
        },
    },
    Difference {
        name: "index.html",
        others: &[Google, Protego],
        right: "we: nothing in RFC 9309 makes `Allow: /a/index.html` allow /a/. Both have it as an extension for Google's sake; \
                who is not Google does not fetch what a rule forbids",
        as_they_do: |file, url| {
            let more = rules(file, |word, value| {
                let (folder, name) = value.rsplit_once('/')?;
                (word == "Allow" && name.starts_with("index.htm"))
                    .then(|| format!("Allow: {folder}/$"))
            });
            Some((more, url.clone()))
        },
    },
    Difference {
        name: "empty query",
        others: &[Google],
        right: "we and Protego: RFC 3986, 3.4, /a? is another address than /a, and RFC 9309 matches the whole of it. The build \
                of the reference parser that is asked takes an empty query off",
        as_they_do: |file, url| {
            let mut url = url.clone();
            (url.query() == Some("")).then(|| {
                url.set_query(None);
                (file.to_owned(), url)
            })
        },
    },
    Difference {
        name: "own address",
        others: &[Google],
        right: "we and Protego: RFC 9309, 2.2.2, robots.txt itself is always allowed. The reference parser leaves that to its caller",
        as_they_do: |file, url| {
            (url.path() == "/robots.txt").then(|| {
                let mut other = url.clone();
                other.set_path("/robots.tx~");
                (file.replace("/robots.txt", "/robots.tx~"), other)
            })
        },
    },
    Difference {
        name: "behind 500 KiB",
        others: &[Google, Protego],
        right: "all: RFC 9309, 2.5, asks for 500 KiB at least. The others were given the whole file and read it",
        as_they_do: |file, url| {
            (file.len() > MOST_BYTES).then(|| {
                // The rules of one group in pieces: the piece that decides, under the group's agent.
                let path = url.path().trim_end_matches(|one: char| one != '/');
                let path = path.replace("%68", "h");
                let decides: Vec<&str> = file[MOST_BYTES - 100..]
                    .lines()
                    .filter(|line| {
                        line.split(' ')
                            .nth(1)
                            .is_some_and(|rule| path.starts_with(rule))
                    })
                    .collect();
                (
                    format!("User-agent: *\n{}\n", decides.join("\n")),
                    url.clone(),
                )
            })
        },
    },
];

/// The file with lines added behind its rules.
fn rules(file: &str, more: impl Fn(&str, &str) -> Option<String>) -> String {
    let mut text = String::with_capacity(file.len() + 100);
    for line in file.lines() {
        text.push_str(line);
        text.push('\n');
        let Some((key, value)) = line.split('#').next().unwrap_or_default().split_once(':') else {
            continue;
        };
        let word = match key.trim().to_ascii_lowercase().as_str() {
            "allow" => "Allow",
            "disallow" => "Disallow",
            _ => continue,
        };
        if let Some(rule) = more(word, value.trim()) {
            text.push_str(&rule);
            text.push('\n');
        }
    }
    text
}

/// An empty rule, which ends a list of agents, behind each line that is neither agent nor rule nor of the whole site.
fn end_groups_at_other_lines(file: &str) -> String {
    let mut text = String::with_capacity(file.len() + 100);
    for line in file.lines() {
        text.push_str(line);
        text.push('\n');
        let bare = line
            .split('#')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        let known = [
            "user-agent",
            "useragent",
            "user agent",
            "sitemap",
            "site-map",
            "host",
        ];
        if bare.contains(':') && !known.iter().any(|word| bare.starts_with(word)) {
            text.push_str("Disallow:\n");
        }
    }
    text
}

#[test]
fn real_files_as_two_other_parsers_judge_them() {
    let Some(folder) = std::env::var_os("NIANBAO_ROBOTS") else {
        println!("skipped: NIANBAO_ROBOTS names no folder of robots.txt files");
        return;
    };
    let folder = Path::new(&folder);
    let table = folder.join("verdicts.tsv");
    let Ok(table) = std::fs::read_to_string(&table) else {
        println!("skipped: no {}", table.display());
        return;
    };
    let mut files: BTreeMap<&str, (String, Robots)> = BTreeMap::new();
    let (mut verdicts, mut wrong) = (0, Vec::new());
    let mut differ: BTreeMap<Other, usize> = BTreeMap::new();
    let mut explained: BTreeMap<(&str, Other), usize> = BTreeMap::new();
    for line in table.lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        let [name, agent, address, google, protego] = cells[..] else {
            panic!("not five cells: {line}");
        };
        let (text, robots) = files.entry(name).or_insert_with(|| {
            let bytes = std::fs::read(folder.join(name)).unwrap();
            let text = String::from_utf8_lossy(&bytes).into_owned();
            (text, Robots::parse(&bytes))
        });
        let url = Url::parse(address).unwrap();
        assert_eq!(
            url.as_str(),
            address,
            "all parsers must see the same address"
        );
        let ours = robots.verdict(agent, &url);
        verdicts += 1;
        for (other, theirs) in [(Google, google == "1"), (Protego, protego == "1")] {
            if ours.allowed == theirs {
                continue;
            }
            *differ.entry(other).or_default() += 1;
            let reason = DIFFERENCES.iter().find(|difference| {
                difference.others.contains(&other)
                    && (difference.as_they_do)(text, &url).is_some_and(|(file, url)| {
                        Robots::parse(file.as_bytes()).verdict(agent, &url).allowed == theirs
                    })
            });
            match reason {
                Some(reason) => *explained.entry((reason.name, other)).or_default() += 1,
                None => wrong.push(format!("{name} {agent} {address} {other:?} {ours:?}")),
            }
        }
    }
    println!(
        "{verdicts} verdicts on {} files; differing: {differ:?}",
        files.len()
    );
    for ((name, other), count) in &explained {
        let right = DIFFERENCES
            .iter()
            .find(|one| one.name == *name)
            .map(|one| one.right);
        println!(
            "{count:5} {name} ({other:?}). Right: {}",
            right.unwrap_or_default()
        );
    }
    assert!(
        wrong.is_empty(),
        "{} differences without a reason:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(40)].join("\n")
    );
    assert!(verdicts > 0);
}

#[test]
fn every_difference_can_be_told() {
    let case = |name: &str, file: &str, path: &str, ours: bool| {
        let difference = DIFFERENCES.iter().find(|one| one.name == name).unwrap();
        let url = Url::parse(&format!("http://www.yunxi.example{path}")).unwrap();
        let robots = Robots::parse(file.as_bytes());
        assert_eq!(robots.verdict("nianbao", &url).allowed, ours, "{name}");
        let (file, url) = (difference.as_they_do)(file, &url).unwrap();
        let theirs = Robots::parse(file.as_bytes())
            .verdict("nianbao", &url)
            .allowed;
        assert_ne!(theirs, ours, "{name}: {file}");
    };
    let all = |rules: &str| format!("User-agent: *\n{rules}\n");
    case(
        "other lines",
        &all("Noindex: /x\nUser-agent: o\nDisallow: /"),
        "/a",
        false,
    );
    case("final dollar", &all("Disallow: /a$"), "/a$", true);
    case(
        "whole address",
        &all("Disallow: http://a.example/b"),
        "/b",
        true,
    );
    case(
        "index.html",
        &all("Disallow: /a\nAllow: /a/index.html"),
        "/a/",
        false,
    );
    case("empty query", &all("Disallow: /*?"), "/a?", false);
    case("own address", &all("Disallow: /"), "/robots.txt", true);
    let long = all(&"Disallow: /x\n".repeat(50_000)) + "Disallow: /b/\n";
    case("behind 500 KiB", &long, "/b/c", true);
}
