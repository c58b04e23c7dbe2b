//! What `parse_html` makes of a page: blocks, cells, containers, links, and their bytes.

use nianbao::decode::decode;
use nianbao::model::{ByteRange, Code};
use nianbao::parse::{BlockKind, Document, parse_html};

/// Every block as `table.cell empties:text`, what is none or nothing left out.
fn blocks(document: &Document<'_>) -> Vec<String> {
    document
        .blocks
        .iter()
        .map(|block| {
            let text = document.block_text(block);
            let cell = block
                .cell
                .map(|cell| format!("{}.{} ", cell.table, cell.cell))
                .unwrap_or_default();
            let empties = match block.empties_before {
                0 => String::new(),
                count => format!("{count}:"),
            };
            format!("{cell}{empties}{text}")
        })
        .collect()
}

fn check(cases: &[(&str, &[&str])]) {
    for (page, want) in cases {
        let decoded = decode(page.as_bytes(), None);
        assert_eq!(blocks(&parse_html(&decoded)), *want, "{page}");
    }
}

#[test]
fn inline_markup_neither_loses_nor_splits_text() {
    check(&[
        ("<p><span>12</span><span>3</span></p>", &["123"]),
        ("<p>a<span> b </span>\n<b> c</b></p>", &["a b c"]),
        ("a<!-- <p> -->b<!-->c<![if !x]>d<?x?>e</>f", &["abcdef"]),
        ("a<script>'<p>'</script>b<style>x</style>c", &["abc"]),
        ("a<template><p>x<template></template>y</template>b", &["ab"]),
        ("a<noscript><p>x</p></noscript>b", &["ab"]),
        ("a &lt; b &amp;c &#20013;&#x6587;", &["a < b &c 中文"]),
        ("1 < 2 <3", &["1 < 2 <3"]),
        ("a<p class='x", &["a"]),
        ("<h1>a<b>b</b></h1>c", &["ab", "c"]),
        ("<P CLASS=x>a</P><DIV>b</DIV>", &["a", "b"]),
    ]);
}

#[test]
fn blocks_are_cut_where_lines_are() {
    check(&[
        ("a<br>b<hr>c", &["a", "b", "c"]),
        ("a<div>b</div>c", &["a", "b", "c"]),
        ("<p>a<p>b", &["a", "b"]),
        (
            "<title>t</title>a<textarea>\nb <p></textarea>c",
            &["a", "b <p>", "c"],
        ),
        (
            "<button>a</button>b<select><option>c<option>d</select>",
            &["ab", "c", "d"],
        ),
        ("<pre>\na\n\n b\tc \n</pre>d", &["a", "1:b\tc", "d"]),
        ("<xmp>a\n<b>&amp;</xmp>c", &["a", "<b>&amp;", "c"]),
        ("a<plaintext>b</plaintext>", &["a", "b</plaintext>"]),
        ("<td>a<td>b<tr>c", &["a", "b", "c"]),
    ]);
}

#[test]
fn empty_lines_are_counted() {
    check(&[
        (
            "<p>a</p>  <p>&nbsp;</p><p><o:p></o:p></p><p>b</p>",
            &["a", "2:b"],
        ),
        ("a<br><br>b<br><br><br>c<br>", &["a", "1:b", "2:c"]),
        ("<p><br></p><p>a</p>", &["1:a"]),
        ("<p>a<br></p><p>b</p>", &["a", "b"]),
        ("<ul><li>a<li><li>b</ul>", &["a", "1:b"]),
        (
            "<div><div></div></div>a<div><p></p></div>b",
            &["1:a", "1:b"],
        ),
        ("<p><img src=x></p>a<img><br>b", &["a", "b"]),
        ("<p>a<table></table><p>b", &["a", "b"]),
        ("<p><table></table>b", &["b"]),
        (
            "a<p></p><table><td><p></p>b</td></table>c",
            &["a", "0.0 1:b", "1:c"],
        ),
    ]);
}

#[test]
fn text_belongs_to_its_innermost_cell() {
    check(&[
        ("<table><tr><td>a<td>b</table>c", &["0.0 a", "0.1 b", "c"]),
        (
            "<table><tr><td>a<table><td>b</table>c</table>",
            &["0.0 a", "1.0 b", "0.0 c"],
        ),
        (
            "<table>x<tr>y<td>a</td>z</tr></table>",
            &["x", "y", "0.0 a", "z"],
        ),
        (
            "<table><caption>a</caption><tr><th>b</table>",
            &["a", "0.0 b"],
        ),
        ("<table><tr><td>a<table>b</table>", &["0.0 a", "0.0 b"]),
        ("<table><td>a<tbody><td>b</table>", &["0.0 a", "0.1 b"]),
        ("<table><td>a</table></td>b", &["0.0 a", "b"]),
    ]);
}

#[test]
fn kinds_follow_the_element() {
    let page = "a<h2>b</h2><h6><div>c</div></h6><pre>d</pre>e<h1>f<table><td>g</table>";
    let decoded = decode(page.as_bytes(), None);
    let document = parse_html(&decoded);
    let kinds: Vec<_> = document.blocks.iter().map(|block| block.kind).collect();
    let want = [
        BlockKind::Paragraph,
        BlockKind::Heading(2),
        BlockKind::Heading(6),
        BlockKind::Line,
        BlockKind::Paragraph,
        BlockKind::Heading(1),
        BlockKind::Paragraph,
    ];
    assert_eq!(kinds, want);
}

#[test]
fn bytes_are_those_of_the_archive() {
    let page = "<html><p>年&nbsp;<b>报</b> <p> &#48; <table><tr><td> 件 </td><td>\u{3000}</td></tr></table>\
                <div>😀𠀀 end";
    let want = ["年&nbsp;<b>报", "&#48;", "件", "😀𠀀 end"];
    let gb = encoding_rs::GB18030.encode(page).0.into_owned();
    let wide: Vec<u8> = "\u{feff}"
        .encode_utf16()
        .chain(page.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let marked = [b"\xEF\xBB\xBF", page.as_bytes()].concat();
    let payloads = [
        (page.as_bytes().to_vec(), encoding_rs::UTF_8, None),
        (marked, encoding_rs::UTF_8, None),
        (gb, encoding_rs::GB18030, Some("text/html; charset=gbk")),
        (wide, encoding_rs::UTF_16LE, None),
    ];
    for (bytes, encoding, content_type) in payloads {
        let decoded = decode(&bytes, content_type);
        assert_eq!(decoded.charset, encoding.name());
        let document = parse_html(&decoded);
        let text = |range: ByteRange| {
            let bytes = range.slice(&bytes).expect("in range");
            encoding.decode_without_bom_handling(bytes).0.into_owned()
        };
        let found: Vec<_> = document
            .blocks
            .iter()
            .map(|block| text(block.bytes))
            .collect();
        assert_eq!(found, want);
        let table = &document.tables[0];
        assert!(text(table.bytes).starts_with("<table>"));
        assert!(text(table.bytes).ends_with("</table>"));
        let inner: Vec<_> = table.cells.iter().map(|cell| text(cell.inner)).collect();
        assert_eq!(inner, [" 件 ", "\u{3000}"]);
    }
}

#[test]
fn containers_nest_and_hold_their_blocks() {
    let page = "<body class=b><div id=\"x\" class='c d'>a<ul><li>b</li></ul>\
                <form>c<div>d</form>e</div>f</div>g";
    let decoded = decode(page.as_bytes(), None);
    let document = parse_html(&decoded);
    let found: Vec<_> = (0_u32..)
        .zip(&document.containers)
        .map(|(number, container)| {
            let texts = document.blocks_of(number).iter();
            let text: String = texts.map(|block| document.block_text(block)).collect();
            (container.tag, container.class, container.parent, text)
        })
        .collect();
    let want = [
        ("", None, 0, "abcdefg"),
        ("body", Some("b"), 0, "abcdefg"),
        ("div", Some("c d"), 1, "abcdef"),
        ("ul", None, 2, "b"),
        ("li", None, 3, "b"),
        // `</form>` does not close the inner `<div>`.
        ("form", None, 2, "cde"),
        ("div", None, 5, "de"),
    ];
    let want = want.map(|(tag, class, parent, text)| (tag, class, parent, text.to_owned()));
    assert_eq!(found, want);
    assert_eq!(document.containers[2].id, Some("x"));
}

#[test]
fn links_images_metas_and_title_are_listed() {
    let page = "<title> 年报\n &amp; x</title><meta name=PubDate content=' 2020-07-06 '>\
        <meta property='og:x' content=y><meta charset=utf-8>\
        <p>see <a href=' /a?b=1&amp;c=2 ' title=T> one <b>two </b></a>, <a name=x>no</a></p>\
        <a href=b><div>three</div></a><a href=c>x<br>y</a>\
        <table><td><img src='DATA:image/png;base64,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'>\
        <iframe src=d>z</iframe></table>";
    let decoded = decode(page.as_bytes(), None);
    let document = parse_html(&decoded);
    assert_eq!(document.title.as_deref(), Some("年报 & x"));
    let metas: Vec<_> = document
        .metas
        .iter()
        .map(|meta| (meta.name.as_str(), meta.content.as_str()))
        .collect();
    assert_eq!(metas, [("pubdate", "2020-07-06"), ("og:x", "y")]);
    let links: Vec<_> = document
        .links
        .iter()
        .map(|link| {
            let text = &document.text[link.text.start as usize..link.text.end as usize];
            (link.target(), text, link.title())
        })
        .collect();
    let want = [
        ("/a?b=1&c=2", "one two", Some("T")),
        ("b", "three", None),
        ("c", "", None),
        ("d", "", None),
    ];
    let want =
        want.map(|(target, text, title)| (target.to_owned(), text, title.map(str::to_owned)));
    assert_eq!(links, want);
    let link_chars: Vec<_> = document
        .blocks
        .iter()
        .map(|block| block.link_chars)
        .collect();
    assert_eq!(link_chars, [7, 5, 1, 1]);
    assert_eq!(document.images[0].source.len(), 64);
    assert!(document.tables[0].cells[0].has_image);
}

#[test]
fn tables_follow_their_row_groups() {
    let page = "<table><tfoot><tr><td>f</tfoot><thead><tr><th rowspan=9>h<th colspan=2>i</thead>\
                <tr><td>a<td>b<table><td>n</table><tr><td colspan=3>c</table>";
    let decoded = decode(page.as_bytes(), None);
    let document = parse_html(&decoded);
    let table = &document.tables[0];
    assert_eq!((table.rows, table.columns), (4, 3));
    let cells: Vec<_> = table
        .cells
        .iter()
        .map(|cell| {
            (
                cell.row,
                cell.column,
                cell.rowspan,
                cell.colspan,
                cell.header,
            )
        })
        .collect();
    let want = [
        (3, 0, 1, 1, false),
        (0, 0, 1, 1, true),
        (0, 1, 1, 2, true),
        (1, 0, 1, 1, false),
        (1, 1, 1, 1, false),
        (2, 0, 1, 3, false),
    ];
    assert_eq!(cells, want);
    assert!(table.cells[4].has_table);
    let parent = document.tables[1]
        .parent
        .map(|cell| (cell.table, cell.cell));
    assert_eq!(parent, Some((0, 4)));
    let codes: Vec<_> = document
        .findings
        .iter()
        .map(|finding| finding.code)
        .collect();
    assert_eq!(codes, [Code::SpanClamped]);
}

#[test]
fn hostile_nesting_ends_soon() {
    let count = 50_000;
    let pages = [
        "<table><tr><td>x".repeat(count),
        "<div>x".repeat(count),
        "<table>".repeat(count),
        "<ul><li>x".repeat(count),
        "<b><p>x".repeat(count),
        "<a href=x>".repeat(count),
        "<form><table>".repeat(count),
        "<td>".repeat(count),
        "<table><td>".to_owned() + &"<td colspan=1000 rowspan=65534>x".repeat(count),
        "<!--".repeat(count),
        "<script><!--<script>".repeat(count),
        "<p a='".repeat(count),
        "&am".repeat(count),
        "&".repeat(count),
    ];
    for page in pages {
        let decoded = decode(page.as_bytes(), None);
        let start = std::time::Instant::now();
        let document = parse_html(&decoded);
        let shown = &page[..20];
        assert!(start.elapsed().as_secs() < 3, "{shown}");
        assert!(document.tables.len() <= count, "{shown}");
    }
    let page = "<div>".repeat(600) + "a" + &"</div>".repeat(600) + "<table><td>b</table>";
    let decoded = decode(page.as_bytes(), None);
    let document = parse_html(&decoded);
    assert_eq!(blocks(&document), ["a", "0.0 b"]);
    let codes: Vec<_> = document
        .findings
        .iter()
        .map(|finding| finding.code)
        .collect();
    assert_eq!(codes, [Code::NestingTooDeep]);
}
