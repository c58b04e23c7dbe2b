//! The command line as its users see it: exit codes, streams, records, help.

mod copies;
mod demo;
mod empty;
mod extract;
mod facsimile;
mod help;
mod home;
mod schedule;

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// What a run printed and how it ended.
struct Run {
    code: i32,
    out: String,
    err: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

fn nianbao(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nianbao"));
    command.current_dir(folder).stdin(Stdio::null());
    command
}

fn run(folder: &Path, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Run {
    nianbao(folder).args(args).output().unwrap().into()
}

/// As [`run`], with bytes on stdin.
fn run_with(folder: &Path, args: &[&str], stdin: &[u8]) -> Run {
    let mut child = nianbao(folder)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(stdin).unwrap();
    child.wait_with_output().unwrap().into()
}

fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(path)
}

fn demo_page(name: &str) -> PathBuf {
    fixture("demo").join(name)
}
