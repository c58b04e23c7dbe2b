//! The bodies of the fuzz targets on some inputs, on stable and in seconds: fixtures and generated pages, whole, cut and
//! changed. `cargo test --test fuzz -- --ignored` writes seeds and a dictionary for `cargo fuzz` (CONTRIBUTING.md).

mod fuzz_bodies;
#[path = "generator/mod.rs"]
mod generator;

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::sync::LazyLock;

use fuzz_bodies::{
    answer, decode_body, dictionary, extract, facsimile, grid, number_body, warc, words,
};
use generator::{Case, Charset, Declared};
use nianbao::archive::{Draft, Limits, Options, Reader, SystemClock, Writer};
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

/// Answers of servers: lists, pagers, redirects, refusals, robots.txt.
static ANSWERS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let texts = [
        "<ul><li><a href=\"./202401/t20240131_1.html\" title=\"云溪市教育局2023年政府信息公开工作年度报告\">云溪市教育局2023年政府信息...</a><span>2024-01-31</span></li></ul><script>createPageHTML(3, 0, \"index\", \"html\");</script>",
        "<table><tr><td><a href=/art/2024/1/31/art_1_2.html>2023年度报告</a></td><td>[01-31]</td></tr></table><a href=index_2.html>下一页</a>",
        "<datastore><nextgroup><![CDATA[<a href=\"/module/web/jpage/dataproxy.jsp?page=2\"></a>]]></nextgroup><recordset><record><![CDATA[<li><a href=\"/a.html\">年报</a>2024-01-31</li>]]></record></recordset></datastore>",
        "{\"articles\":[{\"title\":\"2023年政府信息公开工作年度报告\",\"url\":\"http://www.yunxi.example/post_1.html\",\"date\":1706630400}],\"total\":21}",
        "<html><head><meta http-equiv=refresh content=\"0;url=../nb/\"></head><script>window.location.href='/nb/index.html';</script></html>",
        "<meta content=\"x\"><script>document.cookie='__jsl_clearance=1';location.href=location.pathname</script>请开启JavaScript并刷新该页",
        "User-agent: *\nDisallow: /*?*sid=\nAllow: /zwgk/$\nCrawl-delay: 5\nSitemap: http://www.yunxi.example/sitemap.xml\n",
        "<?xml version=\"1.0\"?><urlset><url><loc>http://www.yunxi.example/a.html</loc></url></urlset>",
        "../年报/?名=一 二#上",
    ];
    (0_u8..)
        .step_by(8)
        .zip(texts)
        .map(|(first, text)| [&[first][..], text.as_bytes()].concat())
        .collect()
});

/// A small archive, uncompressed and compressed.
static ARCHIVES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let (mut writer, _) = Writer::open(folder.path(), Options::default(), SystemClock).unwrap();
    let uri = "http://www.yunxi.example/a.html";
    let answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npage\r\n0\r\n\r\n";
    let group = vec![
        Draft::response(uri, answer.to_vec()),
        Draft::request(uri, b"GET /a.html HTTP/1.1\r\n\r\n".to_vec()).concurrent_to(0),
        Draft::metadata(uri, &[("outcome", "ok")]).concurrent_to(0),
    ];
    let placed = writer.write_groups(&[group]).unwrap();
    let packed = fs::read(folder.path().join(&placed[0][0].file)).unwrap();
    let mut plain = Vec::new();
    for record in Reader::new(Cursor::new(&packed), 0, Limits::default()).unwrap() {
        let record = record.unwrap();
        plain.extend_from_slice(b"WARC/1.1\r\n");
        for (name, value) in record.headers.iter() {
            plain.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        plain.extend_from_slice(b"\r\n");
        plain.extend_from_slice(&record.block);
        plain.extend_from_slice(b"\r\n\r\n");
    }
    vec![packed, plain]
});

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
    for data in ANSWERS.iter() {
        answer(data);
    }
    for data in ARCHIVES.iter() {
        warc(data);
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

    #[test]
    fn answer_holds_of_pages(data in page()) {
        answer(&data);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn answer_holds(data in select(ANSWERS.as_slice()), changes in vec(change(), 0..8)) {
        answer(&changed(data, &changes));
    }

    #[test]
    fn warc_holds(data in select(ARCHIVES.as_slice()), changes in vec(change(), 0..6)) {
        warc(&changed(data, &changes));
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
    write("answer", &mut SEEDS.iter().chain(ANSWERS.iter()).cloned());
    write("warc", &mut ARCHIVES.iter().cloned());
    let texts = numbers().into_iter().chain(words());
    write("number", &mut texts.map(String::into_bytes));
    fs::write(root.join("labels.dict"), dictionary()).unwrap();
}
