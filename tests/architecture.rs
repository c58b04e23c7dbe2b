//! The import table of `ARCHITECTURE.md`, held by reading the source as text.
//!
//! Comments, the contents of string literals and (for imports) the tests at the end of a file do not count.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Each module of `src/` and the modules of this crate it may name.
const MAY_IMPORT: [(&str, &[&str]); 24] = [
    ("model", &[]),
    ("profile", &["model"]),
    ("archive", &["model"]),
    ("decode", &["model"]),
    ("parse", &["model", "decode"]),
    ("normalize", &["model"]),
    ("extract", &["model", "profile", "parse", "normalize"]),
    (
        "discover",
        &[
            "model",
            "profile",
            "decode",
            "parse",
            "normalize",
            "extract",
        ],
    ),
    ("frontier", &["model"]),
    (
        "crawl",
        &["model", "profile", "archive", "discover", "frontier"],
    ),
    ("facsimile", &["model", "decode", "parse"]),
    ("audit", &["model"]),
    ("store", &["model", "agency"]),
    ("query", &["model", "store"]),
    ("export", &["model", "query"]),
    ("present", &["model"]),
    ("charts", &["model", "query", "present"]),
    ("home", &[]),
    ("decisions", &[]),
    ("agency", &["model", "normalize"]),
    (
        "pipeline",
        &[
            "model",
            "profile",
            "home",
            "decisions",
            "agency",
            "archive",
            "decode",
            "parse",
            "normalize",
            "extract",
            "audit",
            "store",
            "query",
            "discover",
            "frontier",
            "crawl",
        ],
    ),
    (
        "viewer",
        &[
            "model",
            "home",
            "decisions",
            "archive",
            "decode",
            "facsimile",
            "audit",
            "store",
            "query",
            "present",
            "pipeline",
            "frontier",
            "agency",
            "charts",
            "export",
        ],
    ),
    (
        "cli",
        &[
            "viewer",
            "charts",
            "model",
            "profile",
            "home",
            "decisions",
            "agency",
            "archive",
            "decode",
            "parse",
            "normalize",
            "extract",
            "facsimile",
            "audit",
            "store",
            "query",
            "export",
            "present",
            "pipeline",
            "discover",
            "frontier",
            "crawl",
        ],
    ),
    ("main", &["cli"]),
];

/// Words that only some modules may use, and which.
const ONLY: [(&str, &[&str]); 14] = [
    ("axum", &["viewer"]),
    ("maud", &["viewer"]),
    ("rusqlite", &["store", "query", "frontier"]),
    ("htmlize", &["parse"]),
    ("encoding_rs", &["decode"]),
    ("chardetng", &["decode"]),
    ("flate2", &["archive", "parse", "store"]),
    ("comfy_table", &["present"]),
    ("parquet", &["export"]),
    ("rust_xlsxwriter", &["export"]),
    ("tokio_rustls", &["crawl"]),
    ("rustls", &["crawl"]),
    ("TcpStream", &["crawl"]),
    // Only the viewer listens. The demo's web server is the test site, which lies in the test tree: see
    // `the_demo_alone_takes_code_from_elsewhere`.
    ("TcpListener", &["viewer"]),
];

/// Records to be written: the archive makes and writes them, the pipeline may hand them over.
const CAPTURES: [(&str, &[&str]); 3] = [
    ("GzEncoder", &["archive"]),
    ("Draft", &["archive", "pipeline", "crawl"]),
    ("Imported", &["archive", "pipeline"]),
];

/// Stages that are functions of their input and nothing else.
const PURE: [&str; 19] = [
    "agency",
    "model",
    "profile",
    "decode",
    "parse",
    "normalize",
    "extract",
    "discover",
    "facsimile",
    "audit",
    "present",
    "pipeline/read",
    "crawl/classify",
    "crawl/classify/refusals",
    "crawl/classify/retry",
    "crawl/location",
    "crawl/markup",
    "crawl/robots",
    "crawl/transport/framing",
];

/// What a pure stage has no use for.
const IMPURE: [&str; 10] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "SystemTime",
    "Instant",
    "Timestamp::now",
    "Zoned::now",
    "tracing",
];

/// Printing.
const PRINT: [&str; 5] = ["println!", "eprintln!", "print!", "eprint!", "dbg!"];

struct Source {
    /// Path below `src/`.
    path: String,
    /// First part of the path.
    module: String,
    /// The text without comments and strings.
    code: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let below = path.strip_prefix(&root).unwrap();
            let parts: Vec<_> = below.iter().map(|part| part.to_str().unwrap()).collect();
            Source {
                path: parts.join("/"),
                module: parts[0].trim_end_matches(".rs").to_owned(),
                code: code_of(&std::fs::read_to_string(path).unwrap()),
            }
        })
        .collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            paths.push(path);
        }
    }
}

/// Rust without comments and without what stands in string literals.
fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with("r#\"") || rest.starts_with("br#\"") {
            rest.find("\"#").map_or(rest.len(), |end| end + 2)
        } else if first == '"' {
            string_end(rest)
        } else if rest.starts_with("'\"'") {
            3
        } else if rest.starts_with("'\\\"'") {
            4
        } else {
            code.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        code.push(' ');
        rest = &rest[skipped..];
    }
    code
}

/// The code without the tests at its end: a test may read a page to have something to extract from.
fn without_tests(code: &str) -> &str {
    code.find("#[cfg(test)]").map_or(code, |at| &code[..at])
}

/// Length of the string literal that `text` begins with.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Whether `word` stands in `code` and is not part of a longer word.
fn has_word(code: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        !before.is_some_and(part) && (word.ends_with('!') || !after.is_some_and(part))
    })
}

/// The modules of this crate that `code` names: `crate::x`, `nianbao::x`, `crate::{x::…, y}`.
fn imports(code: &str) -> BTreeSet<String> {
    let word = |text: &str| {
        let end = text
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(text.len());
        text[..end].to_owned()
    };
    let mut names = BTreeSet::new();
    for root in ["crate::", "nianbao::"] {
        for (at, _) in code.match_indices(root) {
            let rest = &code[at + root.len()..];
            let Some(group) = rest.strip_prefix('{') else {
                names.insert(word(rest));
                continue;
            };
            let (mut depth, mut start) = (0_u32, true);
            for (at, c) in group.char_indices() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => start = true,
                    _ if c.is_whitespace() => {}
                    _ if start => {
                        names.insert(word(&group[at..]));
                        start = false;
                    }
                    _ => {}
                }
            }
        }
    }
    names
}

#[test]
fn modules_import_only_what_the_table_allows() {
    let modules: BTreeSet<&str> = MAY_IMPORT.iter().map(|(module, _)| *module).collect();
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| source.module != "lib") {
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == source.module) else {
            wrong.push(format!("{}: a module the table does not have", source.path));
            continue;
        };
        for name in imports(without_tests(&source.code)) {
            let is_module = modules.contains(name.as_str());
            if is_module && name != source.module && !allowed.contains(&name.as_str()) {
                wrong.push(format!("{} imports {name}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_in_the_document_is_this_one() {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md");
    let document = std::fs::read_to_string(document).unwrap();
    let table = &document[document.find("### Imports").unwrap()..];
    for (module, allowed) in MAY_IMPORT.iter().filter(|(module, _)| *module != "main") {
        let row = table
            .lines()
            .find(|line| line.starts_with(&format!("| `{module}` |")))
            .unwrap_or_else(|| panic!("ARCHITECTURE.md has no row for {module}"));
        let cell = row.split('|').nth(2).unwrap();
        let named: BTreeSet<&str> = cell.split('`').skip(1).step_by(2).collect();
        let allowed: BTreeSet<&str> = allowed.iter().copied().collect();
        assert_eq!(named, allowed, "ARCHITECTURE.md, row {module}");
    }
}

#[test]
fn each_library_is_known_to_the_modules_that_own_it() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (word, owners) in ONLY {
            if has_word(&source.code, word) && !owners.contains(&source.module.as_str()) {
                wrong.push(format!("{} uses {word}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pure_stages_touch_neither_disk_nor_network_nor_clock() {
    let mut wrong = Vec::new();
    for source in sources() {
        let path = source.path.trim_end_matches(".rs");
        if !PURE.contains(&path) && !PURE.contains(&source.module.as_str()) {
            continue;
        }
        for word in IMPURE {
            if has_word(&source.code, word) {
                wrong.push(format!("{} uses {word}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_archive_writes_captures() {
    for source in sources() {
        for (word, makers) in CAPTURES {
            let may = makers.contains(&source.module.as_str());
            assert!(
                may || !has_word(&source.code, word),
                "{}: {word}",
                source.path
            );
        }
    }
}

#[test]
fn only_the_command_line_prints() {
    for source in sources() {
        for word in PRINT {
            let may = ["cli", "main"].contains(&source.module.as_str());
            assert!(
                may || !has_word(&source.code, word),
                "{}: {word}",
                source.path
            );
        }
    }
}

#[test]
fn the_demo_alone_takes_code_from_elsewhere() {
    let with_paths: Vec<String> = sources()
        .into_iter()
        .filter(|source| without_tests(&source.code).contains("#[path"))
        .map(|source| source.path)
        .collect();
    assert_eq!(with_paths, ["cli/demo/mod.rs"]);
}

#[test]
fn nothing_is_unsafe() {
    for source in sources() {
        assert!(!has_word(&source.code, "unsafe"), "{}", source.path);
    }
}

#[test]
fn code_is_told_from_comments_and_strings() {
    let text =
        "use crate::{a::B, c}; // crate::d\nlet x = \"crate::e\"; '\"'; crate::f::g(); /* h */";
    let names: Vec<String> = imports(&code_of(text)).into_iter().collect();
    assert_eq!(names, ["a", "c", "f"]);
    assert!(has_word("x println!(\"\")", "println!") && !has_word("eprintln!", "println!"));
}
