//! The fixtures and their lists agree.

use std::collections::BTreeSet;
use std::path::Path;

use nianbao::model::{Catalog, CellStatus, FormId};
use serde_json::Value;

fn files(folder: &str, ending: &str) -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    std::fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.ends_with(ending))
        .collect()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

#[test]
fn the_demo_manifest_lists_every_page_and_form() {
    let manifest: toml::Table = read("fixtures/demo/manifest.toml").parse().unwrap();
    let pages = manifest["page"].as_array().unwrap();
    let listed: BTreeSet<String> = pages
        .iter()
        .map(|page| page["file"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(listed, files("fixtures/demo", ".toml"));
    let forms: BTreeSet<&str> = pages
        .iter()
        .map(|page| page["form"].as_str().unwrap())
        .collect();
    assert!(FormId::ALL.iter().all(|form| forms.contains(form.as_str())));
    let readme = read("fixtures/README.md");
    for file in &listed {
        assert!(readme.contains(file.as_str()), "{file}");
    }
    for page in pages {
        let url = page["url"].as_str().unwrap();
        assert!(url.contains(".example/"), "{url}");
    }
}

#[test]
fn expected_cells_are_cells_of_the_forms() {
    let expected: Value = serde_json::from_str(&read("fixtures/pages/expected.json")).unwrap();
    let mut listed = BTreeSet::new();
    for page in expected["pages"].as_array().unwrap() {
        let file = page["file"].as_str().unwrap();
        listed.insert(file.to_owned());
        for (id, cell) in page["cells"].as_object().unwrap() {
            let form: FormId = cell["form"].as_str().unwrap_or("2021").parse().unwrap();
            assert!(Catalog::get().find(form, id).is_some(), "{file} {id}");
            let status: CellStatus = cell["status"].as_str().unwrap().parse().unwrap();
            let number = status == CellStatus::Number;
            assert_eq!(number, cell["value"].is_number(), "{file} {id}");
        }
    }
    assert_eq!(listed, files("fixtures/pages", ".json"));
}
