//! Before the program is built: a list of the profiles in `selectors/`, so that a new file needs no Rust; and a digest
//! of what decides how pages are read, so that a database knows which program it was built by.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Sources that decide what is read off a page and what is stored of it.
const READING: [&str; 14] = [
    "src/archive",
    "src/audit",
    "src/decode",
    "src/discover",
    "src/extract",
    "src/model",
    "src/normalize",
    "src/parse",
    "src/pipeline",
    "src/profile",
    "src/store",
    "data",
    "selectors",
    "Cargo.lock",
];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    fs::write(out.join("selectors.rs"), profiles(&root)?)?;
    println!("cargo::rustc-env=NIANBAO_SOURCES={:016x}", digest(&root)?);
    Ok(())
}

/// The profiles as a Rust expression: name below `selectors/`, text.
fn profiles(root: &Path) -> io::Result<String> {
    let mut list = String::from("[\n");
    for kind in ["platforms", "sites"] {
        let folder = root.join("selectors").join(kind);
        // A folder is watched by its time of change, which new and removed files move.
        println!("cargo::rerun-if-changed=selectors/{kind}");
        let mut files = Vec::new();
        if folder.is_dir() {
            collect(&folder, &mut files)?;
        }
        files.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
        files.sort();
        for path in files {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let name = format!("{kind}/{name}");
            let file = path.to_string_lossy();
            let _ = writeln!(list, "    ({name:?}, include_str!({file:?})),");
        }
    }
    list.push(']');
    Ok(list)
}

/// Of names and contents, in the order of the names.
fn digest(root: &Path) -> io::Result<u64> {
    let mut files = Vec::new();
    for name in READING {
        println!("cargo::rerun-if-changed={name}");
        let path = root.join(name);
        if path.is_dir() {
            collect(&path, &mut files)?;
        } else {
            files.push(path);
        }
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        let name = file.strip_prefix(root).unwrap_or(&file);
        name.to_string_lossy().replace('\\', "/").hash(&mut hasher);
        // A library has no `Cargo.lock` beside it where it is not the workspace.
        fs::read(&file).unwrap_or_default().hash(&mut hasher);
    }
    Ok(hasher.finish())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
