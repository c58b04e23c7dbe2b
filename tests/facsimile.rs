//! Pages with a cell marked: exactly the cell, and nothing that runs or loads, whatever the page.

#[path = "generator/mod.rs"]
mod generator;

use std::collections::BTreeSet;

use generator::{Case, Charset, Declared, Dialect};
use nianbao::decode::{self, Media};
use nianbao::facsimile::{Banner, FRAGMENT, Facsimile, FacsimileError, Highlight, facsimile};
use nianbao::model::{ByteRange, Catalog, FormId, Report};
use nianbao::pipeline::{Origin, read};
use nianbao::profile::Profile;
use scraper::{ElementRef, Html, Node, Selector};

/// All elements that a page may have, and their attributes.
const ELEMENTS: &str = "address article aside b big blockquote br caption center cite code col colgroup dd del div dl \
    dt em fieldset figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup hr i ins kbd legend li main menu nav ol p pre q s \
    samp section small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var wbr mark";
const ATTRIBUTES: &str =
    "align border cellpadding cellspacing colspan nowrap rowspan span start valign value width";

/// Classes that stand for styles of the page.
const OURS: [&str; 16] = [
    "nb-bold",
    "nb-normal",
    "nb-left",
    "nb-center",
    "nb-right",
    "nb-justify",
    "nb-underline",
    "nb-struck",
    "nb-top",
    "nb-middle",
    "nb-bottom",
    "nb-baseline",
    "nb-nowrap",
    "nb-wrap",
    "nb-pre",
    "nb-pre-wrap",
];

fn banner() -> Banner {
    Banner {
        title: "云溪市<script>教育局".into(),
        facts: vec![("page".into(), "http://x/\"onload=\"alert(1)<b>".into())],
        warning: None,
    }
}

fn selector(text: &str) -> Selector {
    Selector::parse(text).unwrap()
}

fn squeeze(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}'))
        .collect()
}

/// Everything below our banner is of the lists, and so is the frame around it.
fn check_harmless(html: &str) -> Html {
    let document = Html::parse_document(html);
    let elements: BTreeSet<&str> = ELEMENTS.split_whitespace().collect();
    let attributes: BTreeSet<&str> = ATTRIBUTES.split_whitespace().collect();
    let page = document.select(&selector(".nb-page")).next().unwrap();
    // Where end tags of the page close ours, it goes on behind it.
    let mut is_ours = true;
    for node in document.root_element().descendants() {
        is_ours &= node.id() != page.id();
        let element = match node.value() {
            Node::Comment(_) | Node::ProcessingInstruction(_) => panic!("{node:?}"),
            Node::Element(element) if is_ours || node.id() == page.id() => {
                let ours = "html head meta title style body header table tbody tr th td p nav b a span div";
                assert!(
                    ours.split(' ').any(|name| name == element.name()),
                    "{element:?}"
                );
                for (name, value) in element.attrs() {
                    assert!(!name.starts_with("on") && name != "src", "{element:?}");
                    assert!(
                        name != "href" || value.starts_with("#nianbao-"),
                        "{element:?}"
                    );
                }
                continue;
            }
            Node::Element(element) => element,
            _ => continue,
        };
        assert!(elements.contains(element.name()), "{element:?}");
        for (name, value) in element.attrs() {
            let known = match (element.name(), name) {
                ("span", "class") => matches!(value, "nb-left-out" | "nb-link"),
                ("mark", "id") => value == FRAGMENT,
                ("mark", "class") => value == "nb-blank",
                (_, "class") => value.split(' ').all(|class| OURS.contains(&class)),
                ("span", "title") | ("mark", "tabindex" | "autofocus") => true,
                _ => attributes.contains(name),
            };
            assert!(known, "{name} of {element:?}");
        }
    }
    let policy = document
        .select(&selector("meta[http-equiv]"))
        .map(|meta| meta.value().attr("content").unwrap())
        .collect::<Vec<_>>();
    assert_eq!(policy.len(), 1);
    assert!(policy[0].starts_with("default-src 'none'; style-src 'sha256-"));
    assert!(!policy[0].contains("unsafe"));
    document
}

/// What is marked.
fn marked(document: &Html) -> String {
    let marks: Vec<ElementRef<'_>> = document.select(&selector("mark")).collect();
    let anchors = marks
        .iter()
        .filter(|mark| mark.attr("id").is_some())
        .count();
    assert_eq!(anchors, 1, "one anchor");
    assert!(marks[0].attr("autofocus").is_some());
    marks.iter().flat_map(ElementRef::text).collect()
}

fn read_page(bytes: &[u8], content_type: Option<&str>) -> Report {
    let origin = Origin {
        url: None,
        content_type,
    };
    read(bytes, origin, Profile::generic()).expect("a report")
}

fn show(bytes: &[u8], report: &Report, place: Option<ByteRange>, media: Media) -> Facsimile {
    facsimile(bytes, media, report.provenance.charset, place, &banner()).unwrap()
}

/// Of every `step`th cell: it is marked, and nothing else is.
fn check_cells(bytes: &[u8], content_type: Option<&str>, step: usize, what: &str) {
    let report = read_page(bytes, content_type);
    let media = decode::media(bytes, content_type);
    let mut blanks = 0;
    let mut numbers = 0;
    let placed = report.observations.iter();
    let placed = placed.filter_map(|one| Some((one, one.source?)));
    for (observation, source) in placed.step_by(step) {
        let cell = &Catalog::get().indicator(observation.indicator).cell;
        let shown = show(bytes, &report, Some(source.bytes), media);
        let document = check_harmless(&shown.html);
        let raw = squeeze(&observation.raw);
        assert_eq!(squeeze(&marked(&document)), raw, "{what} {cell}");
        let boxes = document.select(&selector("mark.nb-blank")).count();
        if raw.is_empty() {
            assert_eq!(
                (&shown.highlight, boxes),
                (&Highlight::Blank, 1),
                "{what} {cell}"
            );
            blanks += 1;
        } else {
            assert_eq!(
                (&shown.highlight, boxes),
                (&Highlight::Text(marked(&document)), 0),
                "{what} {cell}"
            );
            numbers += 1;
        }
    }
    assert!(blanks + numbers > 2, "{what}: {blanks} {numbers}");
}

#[test]
fn of_a_row_on_one_line_the_cell_or_its_line_is_marked() {
    for seed in 0..3 {
        let case = Case::plain(seed, FormId::F2021, Dialect::FlatRows);
        let bytes = case.render();
        let content_type = case.content_type();
        let report = read_page(&bytes, Some(&content_type));
        let media = decode::media(&bytes, Some(&content_type));
        let mut numbers = 0;
        for observation in report.observations.iter().step_by(23) {
            let Some(source) = observation.source else {
                continue;
            };
            let shown = show(&bytes, &report, Some(source.bytes), media);
            let document = check_harmless(&shown.html);
            let marked = squeeze(&marked(&document));
            assert!(marked.contains(&squeeze(&observation.raw)), "seed {seed}");
            numbers += 1;
        }
        assert!(numbers > 2, "seed {seed}: {numbers}");
    }
}

#[test]
fn a_cell_is_marked_in_every_dialect_and_charset() {
    for form in FormId::ALL {
        // Of a row on one line each cell may have the line's place; see below.
        let fits = |one: &&Dialect| one.fits(form) && **one != Dialect::FlatRows;
        for (number, dialect) in Dialect::ALL.iter().filter(fits).enumerate() {
            let seed = number as u64;
            let charset = Charset::ALL[number % Charset::ALL.len()];
            let declared = Declared::ALL[number / 4 % Declared::ALL.len()];
            let case = Case::of(seed, form, *dialect).encoded(charset, declared);
            let content_type = case.content_type();
            let what = format!("{form} {dialect:?} {charset:?}");
            check_cells(&case.render(), Some(&content_type), 11, &what);
        }
    }
    // Each charset with the same page, so that none is left out by the sample.
    for charset in Charset::ALL {
        for dialect in [Dialect::AsPrinted, Dialect::FlatText, Dialect::WordPaste] {
            let case = Case::of(5, FormId::F2021, dialect).encoded(*charset, Declared::Right);
            let content_type = case.content_type();
            check_cells(
                &case.render(),
                Some(&content_type),
                17,
                &format!("{charset:?}"),
            );
        }
    }
}

#[test]
fn every_cell_of_one_page_is_marked() {
    let blank = Case::plain(2, FormId::F2021, Dialect::AsPrinted)
        .with_raw("requests.new@total", "")
        .with_raw("rules.issued", "—");
    check_cells(&blank.render(), None, 1, "all cells");
}

/// A cell is found in the page as a browser shows it: the same cell of the same table holds the mark.
#[test]
fn the_mark_stands_in_the_cell_it_stood_in() {
    let case =
        Case::of(3, FormId::F2019, Dialect::AsPrinted).encoded(Charset::Gbk, Declared::Absent);
    let bytes = case.render();
    let report = read_page(&bytes, None);
    let original = encoding_rs::GB18030.decode(&bytes).0.into_owned();
    let cells = |html: &str| -> Vec<String> {
        let document = Html::parse_document(html);
        let page = document.select(&selector(".nb-page")).next();
        let root = page.unwrap_or_else(|| document.root_element());
        root.select(&selector("td, th"))
            .map(|cell| squeeze(&cell.text().collect::<String>()))
            .collect()
    };
    let observation = report.observation("requests.new@total").unwrap();
    let place = observation.source.map(|source| source.bytes);
    let shown = show(&bytes, &report, place, Media::Html);
    assert_eq!(cells(&shown.html), cells(&original));
}

fn hostile(before: &str, within: &str) -> Vec<u8> {
    let case =
        Case::plain(1, FormId::F2021, Dialect::AsPrinted).with_raw("requests.new@total", "4321");
    let page = case.text();
    let start = page.find("<body").unwrap();
    let start = start + page[start..].find('>').unwrap() + 1;
    let page = format!("{}{before}{}", &page[..start], &page[start..]);
    assert_eq!(
        page.matches("4321").count(),
        1 + before.matches("4321").count()
    );
    let at = page.rfind("4321").unwrap();
    let page = format!("{}{within}{}", &page[..at], &page[at + 4..]);
    page.into_bytes()
}

const BEFORE: [&str; 26] = [
    "<script>alert(1)</script><script src=//evil.example/x.js></script>",
    "<img src=x onerror=alert(1)><img src=//evil.example/pixel.gif alt='<script>alert(1)</script>'>",
    "<a href=javascript:alert(1) onclick=alert(1)>x</a><a href='data:text/html,<script>alert(1)</script>'>y</a>",
    "<meta http-equiv=refresh content='0;url=http://evil.example/'><base href=http://evil.example/ target=_blank>",
    "<link rel=stylesheet href=http://evil.example/x.css><link rel=prefetch href=//evil.example>",
    "<style>@import url(http://evil.example/x.css); td{background:url(http://evil.example/)}</style>",
    "<div style=\"background:url(http://evil.example/);width:expression(alert(1));behavior:url(x)\">x</div>",
    "<svg onload=alert(1)><script>alert(1)</script><image href=//evil.example/></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
    "<template><script>alert(1)</script><template></template><p>x</template>",
    "<iframe src=//evil.example srcdoc='<script>alert(1)</script>'></iframe><object data=x></object><embed src=x>",
    "<form action=//evil.example><input name=a autofocus onfocus=alert(1)><button formaction=javascript:alert(1)>b</button></form>",
    "<textarea><script>alert(1)</script></textarea><xmp><script>alert(1)</script></xmp>",
    "<title><script>alert(1)</script></title><noembed><img src=x onerror=alert(1)></noembed><noframes><b>x</noframes>",
    "<p title=\"a>b<script>alert(1)</script>\" class=nb-banner id=nianbao-proof>x</p><mark id=nianbao-proof>7</mark>",
    "\0<scr\0ipt>alert(1)</scr\0ipt>\0<p\0 on\0load=x>",
    "<!--><script>alert(1)</script>--><!--!><img src=x onerror=alert(1)>--!>",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;img src=x onerror=alert(1)&#62; &lt",
    "</div></div></body></html><script>alert(1)</script><body onload=alert(1)>",
    "<video src=//evil.example autoplay poster=x></video><audio src=x></audio><marquee onstart=alert(1)>m</marquee>",
    "<a href=\"x\" style=\"position:fixed;width:9999px\" title='\"><script>alert(1)</script>'>z</a>",
    "<TABLE BACKGROUND=//evil.example/x.png><TD BACKGROUND=x WIDTH='1\" onload=alert(1)'>x</TABLE>",
    "<p style=width:&#x31;px;&#x62;ackground:url(x)>x<p style='width:1px;/*'><p style='*/color:red'>",
    "<select><option>1<script>alert(1)</script></select><frameset><frame src=x></frameset><keygen><isindex prompt=x>",
];

const WITHIN: [(&str, &str); 8] = [
    ("4321", "4321"),
    (
        "<b>43</b><script>alert(1)</script><i onclick=x>21</i>",
        "4321",
    ),
    ("&#52;3&#x32;1<!-- > -->", "4321"),
    ("4<img src=x onerror=alert(1) alt=9>321", "4321"),
    ("43<span title='21'></span>21", "4321"),
    ("<a href='javascript:alert(1)'>4321</a>", "4321"),
    ("&lt;script&gt;4321&lt;/script&gt;", "<script>4321</script>"),
    ("4321</mark><mark id=nianbao-proof>", "4321"),
];

#[test]
fn hostile_pages_run_and_load_nothing() {
    for before in BEFORE {
        for (within, raw) in WITHIN {
            let bytes = hostile(before, within);
            let report = read_page(&bytes, None);
            let observation = report.observation("requests.new@total").unwrap();
            assert_eq!(squeeze(&observation.raw), raw, "{before} {within}");
            let place = observation.source.map(|source| source.bytes);
            let shown = show(&bytes, &report, place, Media::Html);
            let document = check_harmless(&shown.html);
            assert_eq!(squeeze(&marked(&document)), raw, "{before} {within}");
        }
    }
}

#[test]
fn what_hides_the_rest_of_the_page_is_no_danger() {
    // Each of these swallows what follows: a cell behind it cannot be read, so it is asked for by place.
    for open in [
        "<!-- ",
        "<p title=\"",
        "<script>",
        "<style>",
        "<title>",
        "<textarea>",
        "<plaintext>",
        "<template>",
        "<xmp>",
    ] {
        let bytes = hostile(open, "4321");
        let text = String::from_utf8(bytes.clone()).unwrap();
        let at = u32::try_from(text.find("4321").unwrap()).unwrap();
        let place = ByteRange::new(at, at + 4);
        let shown = facsimile(&bytes, Media::Html, "UTF-8", Some(place), &banner()).unwrap();
        let document = check_harmless(&shown.html);
        match shown.highlight {
            Highlight::Text(text) => {
                assert_eq!(text, "4321", "{open}");
                assert_eq!(marked(&document), text);
            }
            _ => assert!(
                matches!(
                    open,
                    "<!-- " | "<p title=\"" | "<script>" | "<style>" | "<title>" | "<template>"
                ),
                "{open}"
            ),
        }
    }
}

/// Ranges of anything: inside tags, attributes, characters, scripts, out of the page.
#[test]
fn a_wrong_place_marks_no_markup() {
    let bytes = hostile(BEFORE[16], WITHIN[1].0);
    let size = u32::try_from(bytes.len()).unwrap();
    for start in (0..size).step_by(97) {
        for length in [0, 1, 7, 500] {
            let place = ByteRange::new(start, start + length);
            let made = facsimile(&bytes, Media::Html, "UTF-8", Some(place), &banner());
            if start + length > size {
                assert_eq!(made, Err(FacsimileError::Outside { bytes: place }));
                continue;
            }
            check_harmless(&made.unwrap().html);
        }
    }
    let backwards = ByteRange::new(9, 3);
    assert!(facsimile(&bytes, Media::Html, "UTF-8", Some(backwards), &banner()).is_err());
}

#[test]
fn a_text_file_is_shown_as_it_is() {
    let page = "\n<b>1</b> &amp; \0<script>\r\n二";
    let place = ByteRange::new(4, 5);
    let shown = facsimile(
        page.as_bytes(),
        Media::Text,
        "UTF-8",
        Some(place),
        &banner(),
    )
    .unwrap();
    let document = check_harmless(&shown.html);
    assert_eq!(marked(&document), "1");
    let pre = document.select(&selector("pre")).next().unwrap();
    assert_eq!(
        pre.text().collect::<String>(),
        "\n<b>1</b> &amp; <script>\n二"
    );
}

#[test]
fn what_cannot_be_shown_is_said() {
    let none = |media, charset, place| facsimile(b"%PDF", media, charset, place, &banner());
    assert_eq!(
        none(Media::Pdf, "UTF-8", None),
        Err(FacsimileError::Media { media: Media::Pdf })
    );
    assert!(matches!(
        none(Media::Html, "klingon", None),
        Err(FacsimileError::Charset { .. })
    ));
    // Of a report over several pages: the bytes are those of another page.
    let elsewhere = ByteRange::new(0, 2).of_part(1);
    assert_eq!(
        none(Media::Html, "UTF-8", Some(elsewhere)),
        Err(FacsimileError::Part { part: 1 })
    );
    let shown = none(Media::Html, "gb18030", None).unwrap();
    assert_eq!(shown.highlight, Highlight::Nothing);
    assert!(shown.html.contains("nothing is marked"));
    check_harmless(&shown.html);
}
