//! The bodies of the fuzz targets on some inputs, on stable and in seconds: fixtures and generated pages, whole, cut and
//! changed. `cargo test --test fuzz -- --ignored` writes seeds and a dictionary for `cargo fuzz` (CONTRIBUTING.md).

mod fuzz_bodies;
#[path = "generator/mod.rs"]
mod generator;

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use fuzz_bodies::{decode_body, dictionary, extract, facsimile, grid, number_body, words};
use generator::{Case, Charset, Declared};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Pages of every kind, as inputs: a first byte that chooses the header, then the page.
static SEEDS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let mut seeds = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    for folder in ["demo", "pages"] {
        let mut paths: Vec<_> = fs::read_dir(root.join(folder))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| {
                path.extension()
                    .is_some_and(|one| one == "html" || one == "txt")
            })
            .collect();
        paths.sort();
        seeds.extend(
            paths
                .iter()
                .map(|path| [&[0][..], &fs::read(path).unwrap()].concat()),
        );
    }
    for seed in 0..60 {
        let charset = Charset::ALL[usize::try_from(seed).unwrap() % Charset::ALL.len()];
        let case = Case::draw(seed).encoded(charset, Declared::Right);
        let header = u8::try_from(seed % 32).unwrap() * 8;
        seeds.push([&[header][..], &case.render()].concat());
    }
    seeds
});

/// Cells as printed, and some that nobody should print.
fn numbers() -> Vec<String> {
    let spellings = [
        "0",
        "12",
        "１２３４",
        "1,234",
        "1，234",
        "+7",
        "-3",
        "－3",
        "0.50",
        "1.2万件",
        "3.5亿元",
        "251000元",
        "3790余",
        "—",
        "/",
        "无",
        "零",
        "〇",
        "一",
        "○",
        "",
        " ",
        "\u{3000}",
        "1 234",
        "12-3",
        "1,23",
        "１，２３４．５０万元",
        "999999999999999999",
        "9999999999999999999",
        "0000000000000000000000001",
        "0.000000000000000000001",
        "99999999999999999万件",
        "2020年1月22日",
        "1.2.3",
        "--1",
        "+-1",
        "1件件",
        "件1",
        "1\u{200b}2",
        "\u{feff}5",
        "٣",
        "½",
        "1e5",
        "0x1f",
    ];
    spellings.map(str::to_owned).to_vec()
}

/// One change to an input.
#[derive(Debug, Clone)]
enum Change {
    /// A word put in.
    Word(Index, String),
    /// Bytes put in.
    Noise(Index, Vec<u8>),
    /// A piece taken out.
    Cut(Index, usize),
    /// A piece repeated.
    Again(Index, usize),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (any::<Index>(), select(words())).prop_map(|(at, word)| Change::Word(at, word)),
        (any::<Index>(), vec(any::<u8>(), 1..4)).prop_map(|(at, bytes)| Change::Noise(at, bytes)),
        (any::<Index>(), 1_usize..400).prop_map(|(at, length)| Change::Cut(at, length)),
        (any::<Index>(), 1_usize..400).prop_map(|(at, length)| Change::Again(at, length)),
    ]
}

fn changed(mut data: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        let size = data.len();
        let (at, out, put) = match change {
            Change::Word(at, word) => (at.index(size + 1), 0, word.clone().into_bytes()),
            Change::Noise(at, bytes) => (at.index(size + 1), 0, bytes.clone()),
            Change::Cut(at, length) => (at.index(size + 1), *length, Vec::new()),
            Change::Again(at, length) => {
                let at = at.index(size + 1);
                (at, 0, data[at..size.min(at + length)].to_vec())
            }
        };
        data.splice(at..size.min(at + out), put);
    }
    data
}

/// A page with up to twelve changes; few are cut off, so that most remain reports.
fn page() -> impl Strategy<Value = Vec<u8>> {
    let count = SEEDS.len();
    (0..count, vec(change(), 0..12), any::<u8>(), 0..4_u8).prop_map(
        |(number, changes, first, keep)| {
            let mut data = changed(SEEDS[number].clone(), &changes);
            if keep == 0
                && let Some(byte) = data.first_mut()
            {
                *byte = first;
            }
            data
        },
    )
}

#[test]
fn seeds_pass() {
    for data in SEEDS.iter() {
        decode_body(data);
        grid(data);
        extract(data);
        facsimile(data);
    }
    for text in numbers() {
        number_body(text.as_bytes());
    }
    for word in words() {
        number_body(word.as_bytes());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn decode_holds(data in page()) {
        decode_body(&data);
    }

    #[test]
    fn grid_holds(data in page()) {
        grid(&data);
    }

    #[test]
    fn extract_holds(data in page()) {
        extract(&data);
    }

    #[test]
    fn facsimile_holds(data in page()) {
        facsimile(&data);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn number_holds(
        text in select(numbers()),
        more in "[-+0-9０-９,，.．万亿元件零〇无一/—余 \u{3000}\u{a0}]{0,12}",
        at in any::<Index>(),
    ) {
        let mut characters: Vec<char> = text.chars().collect();
        let at = at.index(characters.len() + 1);
        characters.splice(at..at, more.chars());
        let text: String = characters.into_iter().collect();
        number_body(text.as_bytes());
    }
}

/// Writes seeds and the dictionary for `cargo fuzz`.
#[test]
#[ignore = "writes fuzz/corpus and fuzz/labels.dict"]
fn write_seeds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let write = |target: &str, inputs: &mut dyn Iterator<Item = Vec<u8>>| {
        let folder = root.join("corpus").join(target);
        fs::create_dir_all(&folder).unwrap();
        for (number, input) in inputs.enumerate() {
            fs::write(folder.join(format!("seed-{number:03}")), input).unwrap();
        }
    };
    for target in ["decode", "grid", "extract", "facsimile"] {
        write(target, &mut SEEDS.iter().cloned());
    }
    let texts = numbers().into_iter().chain(words());
    write("number", &mut texts.map(String::into_bytes));
    fs::write(root.join("labels.dict"), dictionary()).unwrap();
}
