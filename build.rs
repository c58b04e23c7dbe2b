//! Lists the profiles in `selectors/` for `profile`, so that a new file needs no Rust.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let root = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let mut list = String::from("[\n");
    for kind in ["platforms", "sites"] {
        let folder = Path::new(&root).join("selectors").join(kind);
        // A folder is watched by its time of change, which new and removed files move.
        println!("cargo::rerun-if-changed=selectors/{kind}");
        if !folder.is_dir() {
            continue;
        }
        let mut names = Vec::new();
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == "toml") {
                names.push(path);
            }
        }
        names.sort();
        for path in names {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let file = path.to_string_lossy();
            let _ = writeln!(list, "    (\"{kind}/{name}\", include_str!({file:?})),");
        }
    }
    list.push(']');
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("selectors.rs"), list)
}
