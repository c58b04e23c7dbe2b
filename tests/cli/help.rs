//! What the help says can be done, can be done; and the README knows every verb.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::{Run, demo_page, nianbao, run};

/// The verbs, by the help.
fn verbs() -> Vec<String> {
    let help = run(Path::new("."), ["--help"]);
    assert_eq!(help.code, 0);
    let list = help.out.split("Commands:\n").nth(1).unwrap();
    let list = list.split("\n\n").next().unwrap();
    let verbs: Vec<_> = list
        .lines()
        .filter(|line| !line.starts_with("   "))
        .map(|line| line.split_whitespace().next().unwrap().to_owned())
        .collect();
    assert!(verbs.len() >= 10, "{verbs:?}");
    verbs
}

/// A demo whose web server goes on until this is dropped.
struct Served(Child);

impl Served {
    fn demo(folder: &Path) -> Self {
        let mut child = nianbao(folder)
            .args(["demo", "--serve"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let served = Self(child);
        let mut lines = out.lines().map(Result::unwrap);
        assert!(lines.any(|line| line == "The web server goes on until Ctrl-C."));
        served
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What examples expect to find: a list saved from a browser, an archive of another program.
fn with_files(home: &Path) {
    let list = "http://www.yunxi.example/zwgk/zfxxgknb/index.html";
    let saved = ["archive", "extract", list, "-o", "list.html"];
    assert_eq!(run(home, saved).code, 0);
    // Records of one's own would be there twice.
    let other = tempfile::tempdir().unwrap();
    let other = other.path();
    assert_eq!(run(other, ["init", "."]).code, 0);
    let page = demo_page("yunxi-2019.html");
    let args = ["import".as_ref(), page.as_os_str()];
    assert_eq!(run(other, args).code, 0);
    assert_eq!(run(other, ["build"]).code, 0);
    let wacz = home.join("collection.wacz");
    let args = ["archive", "wacz", "-o", wacz.to_str().unwrap()];
    assert_eq!(run(other, args).code, 0);
    let warc = std::fs::read_dir(other.join("warc")).unwrap().next();
    std::fs::copy(warc.unwrap().unwrap().path(), home.join("crawl.warc.gz")).unwrap();
}

#[test]
fn every_example_runs() {
    let folder = tempfile::tempdir().unwrap();
    let _demo = Served::demo(folder.path());
    let home = folder.path().join("nianbao-demo");
    with_files(&home);
    let programs = Path::new(env!("CARGO_BIN_EXE_nianbao")).parent().unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let mut helps = vec![vec!["--help".to_owned()]];
    helps.extend(
        verbs()
            .into_iter()
            .map(|verb| vec![verb, "--help".to_owned()]),
    );
    // Those that change nothing first: what is decided stays decided.
    for line in [
        "agency list",
        "agency show",
        "audit show",
        "agency merge",
        "agency split",
        "agency undo",
        "agency decisions",
        "audit confirm",
        "audit dismiss",
        "audit reopen",
    ] {
        let words = line.split(' ').chain(["--help"]);
        helps.push(words.map(ToOwned::to_owned).collect());
    }
    // Last: of pages imported without an address, those of districts are bodies of their own beside the crawled ones.
    helps.sort_by_key(|args| args[0] == "import");
    for args in helps {
        let help = run(&home, &args);
        assert_eq!(help.code, 0);
        let examples = help.out.split("\nExamples").nth(1);
        let examples = examples.unwrap_or_else(|| panic!("no examples: {args:?}"));
        let lines: Vec<_> = examples
            .lines()
            .skip(1)
            .filter_map(|line| line.strip_prefix("  "))
            .collect();
        assert!(
            lines.iter().any(|line| line.starts_with("nianbao ")),
            "{args:?}"
        );
        for line in lines {
            if line.starts_with("nianbao serve") {
                serves(line, &path, &home);
                continue;
            }
            let mut shell = Command::new("sh");
            shell
                .args(["-c", line])
                .env("PATH", &path)
                .current_dir(&home);
            let run: Run = shell.output().unwrap().into();
            assert_eq!(run.code, 0, "{line}\n{}", run.err);
        }
    }
}

/// A server answers until it is asked to stop, and ends well.
fn serves(line: &str, path: &str, home: &Path) {
    // The port it has by itself may be taken.
    let line = format!("exec {line} --port 0").replace("--port 0 --port 0", "--port 0");
    let mut server = Command::new("sh")
        .args(["-c", &line])
        .env("PATH", path)
        .current_dir(home)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut errors = BufReader::new(server.stderr.take().unwrap());
    errors.read_line(&mut said).unwrap();
    assert!(said.starts_with("http://127.0.0.1:"), "{line}\n{said}");
    let stopped = Command::new("sh")
        .args(["-c", &format!("kill -INT {}", server.id())])
        .status();
    assert!(stopped.unwrap().success());
    assert_eq!(server.wait().unwrap().code(), Some(0), "{line}");
}

#[test]
fn the_readme_names_every_verb() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let Ok(readme) = std::fs::read_to_string(readme) else {
        println!("skipped: no README.md yet");
        return;
    };
    for verb in verbs() {
        let named = readme.contains(&format!("nianbao {verb}"))
            || readme.contains(&format!("`{verb}`"))
            || readme.contains(&format!("`{verb} "));
        assert!(named, "README.md does not name `{verb}`");
    }
}
