//! List pages: items exact, no junk, the pages that follow.

#[path = "lists/generator.rs"]
mod generator;

use std::path::Path;

use generator::{Chrome, Dates, Layout, Sample, Truth, sample};
use nianbao::discover::{Discovery, Page, discover};
use nianbao::model::Role;
use nianbao::profile::{Platform, SiteProfile, Sites, Strategy};
use url::Url;

fn run(url: &str, bytes: &[u8], content_type: Option<&str>, sites: &Sites) -> Discovery {
    let url = Url::parse(url).unwrap();
    let page = Page {
        url: &url,
        role: Role::List,
        bytes,
        content_type,
        title_of_link: None,
    };
    discover(&page, sites)
}

fn items(found: &Discovery) -> Vec<Truth> {
    let items = found.leads.iter().filter(|lead| lead.role == Role::Item);
    items
        .map(|lead| Truth {
            url: lead.url.to_string(),
            title: lead.title.clone().unwrap_or_default(),
            date: lead.list_date.map(|date| date.to_string()),
        })
        .collect()
}

fn pages(found: &Discovery) -> Vec<String> {
    let lists = found.leads.iter().filter(|lead| lead.role == Role::List);
    lists.map(|lead| lead.url.to_string()).collect()
}

/// The generic profile alone.
fn generic() -> Sites {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("selectors/platforms/generic.toml");
    let text = std::fs::read_to_string(path).unwrap();
    Sites::default()
        .with_files([("platforms/generic.toml", text)])
        .unwrap()
}

/// Two-up cells and lines cannot hold dates in front of a row apart from the one before; blocks print theirs behind.
fn is_sensible(layout: Layout, dates: Dates) -> bool {
    !(layout == Layout::Blocks && dates == Dates::Before)
}

fn samples() -> Vec<Sample> {
    let mut all = Vec::new();
    let counts = [1, 2, 5, 10, 15, 20];
    let mut seed = 0;
    for platform in generator::Platform::ALL {
        for layout in Layout::ALL {
            for dates in Dates::ALL {
                for chrome in Chrome::ALL {
                    seed += 1;
                    let count = counts[usize::try_from(seed % 6).unwrap()];
                    if is_sensible(layout, dates) {
                        all.push(sample(platform, layout, dates, chrome, count, seed));
                    }
                }
            }
        }
        for chrome in Chrome::ALL {
            for number in 0..4 {
                all.push(sample(
                    platform,
                    Layout::List,
                    Dates::After,
                    chrome,
                    0,
                    9000 + number,
                ));
            }
        }
    }
    all
}

fn compare(samples: &[Sample], sites: &Sites, name: &str) {
    let show = std::env::var("NIANBAO_SHOW").ok();
    let (mut wrong, mut wrong_pages) = (Vec::new(), Vec::new());
    let (mut total, mut number) = (0, 0_usize);
    for sample in samples {
        // Every third page is GBK that says so or not at all.
        number += 1;
        let charset = ["utf-8", "gb2312", ""][number % 3];
        let html = sample.html.replace("CHARSET", charset);
        let bytes = match charset {
            "utf-8" => html.clone().into_bytes(),
            _ => encoding_rs::GBK.encode(&html).0.into_owned(),
        };
        let found = run(&sample.url, &bytes, None, sites);
        let own = items(&found);
        total += sample.items.len();
        if own != sample.items {
            let missing: Vec<_> = sample
                .items
                .iter()
                .filter(|item| !own.contains(item))
                .collect();
            let junk: Vec<_> = own
                .iter()
                .filter(|item| !sample.items.contains(item))
                .collect();
            if show
                .as_ref()
                .is_some_and(|show| sample.name.contains(show.as_str()))
            {
                println!("{}\n{missing:#?}\n{junk:#?}\n{html}", sample.name);
            }
            wrong.push(format!(
                "{}: {} missing, {} more; {:?} / {:?}",
                sample.name,
                missing.len(),
                junk.len(),
                missing.first(),
                junk.first()
            ));
        }
        if pages(&found) != sample.pages {
            wrong_pages.push(format!(
                "{}: {:?} instead of {:?}",
                sample.name,
                pages(&found),
                sample.pages
            ));
        }
    }
    println!(
        "{name}: {} pages, {total} items, {} pages wrong, {} pagers wrong",
        samples.len(),
        wrong.len(),
        wrong_pages.len()
    );
    wrong.truncate(60);
    wrong_pages.truncate(20);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(wrong_pages.is_empty(), "{}", wrong_pages.join("\n"));
}

#[test]
fn generated_lists_are_exact_with_the_platforms_profiles() {
    compare(&samples(), Sites::compiled(), "platforms");
}

#[test]
fn generated_lists_are_exact_without_a_profile() {
    compare(&samples(), &generic(), "generic");
}

#[test]
fn the_corpus_is_exact() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/lists");
    let Ok(files) = std::fs::read_dir(&folder) else {
        println!("skipped: no corpus of lists at {}", folder.display());
        return;
    };
    let golds: Vec<_> = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(".items.gold.json"))
        .collect();
    for sites in [Sites::compiled(), &generic()] {
        for gold in &golds {
            let gold: serde_json::Value =
                serde_json::from_slice(&std::fs::read(gold).unwrap()).unwrap();
            let text = |key: &str| gold[key].as_str().unwrap_or_default().to_owned();
            let bytes = std::fs::read(folder.join(text("file"))).unwrap();
            let base = text("base_url");
            let base = if base.starts_with("http") {
                base
            } else {
                "http://list.example/xxgk/xxgknb/".into()
            };
            let url = Url::parse(&base).unwrap();
            let found = run(url.as_str(), &bytes, None, sites);
            let want: Vec<Truth> = gold["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| Truth {
                    url: url
                        .join(item["href"].as_str().unwrap())
                        .unwrap()
                        .to_string(),
                    title: item["title"].as_str().unwrap().to_owned(),
                    date: item["list_date"].as_str().map(str::to_owned),
                })
                .collect();
            assert_eq!(items(&found), want, "{}", text("file"));
            let own = pages(&found);
            let names = text("page_names");
            if !names.is_empty() {
                let want: Vec<String> = names
                    .split(", ")
                    .skip(1)
                    .map(|name| url.join(name).unwrap().to_string())
                    .collect();
                assert_eq!(own, want, "{}", text("file"));
            }
            if gold["next_group"].is_string() {
                let next = url.join(&text("next_group")).unwrap().to_string();
                assert!(own.len() == 1 && own[0].starts_with(&next), "{own:?}");
            }
            if let Some(records) = gold["record_count"].as_u64()
                && records > want.len() as u64
            {
                assert!(
                    found
                        .notes
                        .iter()
                        .any(|note| note.contains(&format!("{records} records"))),
                    "{:?}",
                    found.notes
                );
            }
            println!(
                "{}: {} items, then {own:?}, platform {:?}, {:?}",
                text("file"),
                want.len(),
                found.platform,
                found.notes
            );
        }
    }
}

/// The keys a table takes, as the refusal of an unknown one lists them.
fn keys(text: &str, is_site: bool) -> Vec<String> {
    let error = if is_site {
        SiteProfile::parse(text).unwrap_err()
    } else {
        Platform::parse(text).unwrap_err()
    };
    let error = error.to_string();
    let list = error
        .split("expected")
        .nth(1)
        .unwrap_or_else(|| panic!("{error}"));
    list.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_key_of_a_profile_is_documented() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let document = std::fs::read_to_string(root.join("docs/profiles.md")).unwrap();
    let tables = [
        ("Platform", "zzz = 1", false),
        ("Site", "zzz = 1", true),
        ("detect", "[detect]\nzzz = 1", false),
        ("evidence", "[detect]\nevidence = [{ zzz = 1 }]", false),
        ("list", "[list]\nzzz = 1", false),
        ("paging", "[[paging]]\nzzz = 1", false),
        ("layouts", "[[layouts]]\nzzz = 1", false),
        ("attachments", "[attachments]\nzzz = 1", false),
        ("body", "[body]\nzzz = 1", false),
        ("seeds", "[[seeds]]\nzzz = 1", true),
        ("scope", "[scope]\nzzz = 1", true),
        ("expect", "[expect]\nzzz = 1", true),
    ];
    for (name, text, is_site) in tables {
        let heading = format!("\n## {name}\n");
        let start = document
            .find(&heading)
            .unwrap_or_else(|| panic!("no section {name}"))
            + heading.len();
        let section = document[start..].split("\n## ").next().unwrap();
        let rows = section.lines().filter(|line| line.starts_with("| `"));
        let mut documented: Vec<String> = rows
            .map(|line| line.split('`').nth(1).unwrap().to_owned())
            .collect();
        let mut known = keys(text, is_site);
        documented.sort();
        known.sort();
        assert_eq!(documented, known, "docs/profiles.md, {name}");
    }
    for strategy in Strategy::ALL {
        assert!(
            document.contains(&format!("| `{}` |", strategy.as_str())),
            "{}",
            strategy.as_str()
        );
    }
}

#[test]
fn hostile_lists_end_soon() {
    let start = std::time::Instant::now();
    let many = |piece: &str| piece.repeat(2_000_000 / piece.len());
    let pages = [
        many("<li><a href=a1.html>标题标题标题标题 2024-01-01</a>"),
        many("<div><a href=a1.html>标题标题标题标题</a>"),
        format!(
            "{}{}",
            many("<div class=a>"),
            many("<a href=b>标题标题标题</a>")
        ),
        many("<a href=?PAGENUM=x>&gt;</a>"),
        many("<table><tr><td><a href=t20240101_1.html>标题标题标题标题</a>"),
        format!("<script>{}</script>", many("createPageHTML(9,")),
        format!(
            "<datastore><recordset>{}",
            many("<record><![CDATA[<a href=1.html>标题标题</a>]]></record>")
        ),
        format!("[{}1]", many("[")),
        many("<p>2024-01-01"),
        many("<a href=x.html><b>1</b><i>2024-01</i>"),
    ];
    for page in &pages {
        let before = start.elapsed();
        run(
            "http://www.qingling.example/a/index.html",
            page.as_bytes(),
            None,
            Sites::compiled(),
        );
        let took = start.elapsed().checked_sub(before).unwrap();
        println!("{:?}: {took:?}", &page.chars().take(40).collect::<String>());
        assert!(took.as_secs() < 10, "{}", &page[..60]);
    }
}

/// `cargo test --test lists speed -- --ignored --nocapture`
#[test]
#[ignore = "prints a figure"]
fn speed() {
    let samples = samples();
    let bytes: usize = samples.iter().map(|sample| sample.html.len()).sum();
    let start = std::time::Instant::now();
    for sample in &samples {
        run(&sample.url, sample.html.as_bytes(), None, Sites::compiled());
    }
    let took = start.elapsed();
    println!(
        "{} pages, {bytes} bytes: {took:?}, {} MB/s",
        samples.len(),
        bytes as u128 / took.as_micros().max(1)
    );
}
