//! Pages in the shape of published reports, made up from a seed, and their mutations.
//!
//! Shared by `tests/differential.rs` and `benches/parse.rs`.

/// `SplitMix64`: small, seeded, the same everywhere.
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        value ^ (value >> 31)
    }

    /// Below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap() % bound.max(1)
    }

    /// Once in `times`.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }
}

const WORDS: [&str; 14] = [
    "政府信息公开",
    "总体情况",
    "主动公开",
    "本年新收",
    "予以公开",
    "行政复议",
    "，",
    "。",
    "12",
    "3790余件",
    "（一）",
    "规范性文件",
    "Word",
    "存在的主要问题",
];

const REFERENCES: [&str; 12] = [
    "&nbsp;",
    "&nbsp;&nbsp;",
    "&ldquo;",
    "&rdquo;",
    "&middot;",
    "&amp;",
    "&lt;",
    "&copy",
    "&#160;",
    "&#x3000;",
    "&#48;",
    "&times;",
];

fn words(rng: &mut Rng, page: &mut String, most: usize) {
    for _ in 0..=rng.below(most) {
        page.push_str(rng.pick(&WORDS));
        if rng.once_in(6) {
            page.push_str(rng.pick(&REFERENCES));
        }
        if rng.once_in(9) {
            page.push_str(rng.pick(&[" ", "\n", "\u{3000}", "\t", "\u{a0}"]));
        }
    }
}

const STYLES: [&str; 5] = [
    "<span style='font-size:16.0pt;\nfont-family:仿宋_GB2312;mso-hansi-font-family:\"Times New Roman\";mso-bidi-font-family:\"Times New Roman\";color:black'>",
    "<span lang=EN-US style='font-size:16.0pt;font-family:\"Times New Roman\",\"serif\";mso-fareast-font-family:仿宋_GB2312;mso-font-kerning:0pt'>",
    "<span style=\"font-family: 仿宋_GB2312; font-size: 16pt; line-height: 28pt; letter-spacing: 0pt; mso-spacerun: 'yes';\">",
    "<font face=\"宋体\" size=3>",
    "<b style=\"mso-bidi-font-weight: normal\">",
];

fn close_style(style: usize) -> &'static str {
    ["</span>", "</span>", "</span>", "</font>", "</b>"][style]
}

fn word_run(rng: &mut Rng, page: &mut String) {
    let style = rng.below(STYLES.len());
    page.push_str(STYLES[style]);
    words(rng, page, 12);
    if rng.once_in(3) {
        page.push_str("<o:p></o:p>");
    }
    page.push_str(close_style(style));
}

fn word_paragraph(rng: &mut Rng, page: &mut String) {
    page.push_str(
        "<p class=MsoNormal style='text-indent:32.0pt;mso-char-indent-count:2.0;line-height:28.0pt;\n\
         mso-line-height-rule:exactly;mso-pagination:widow-orphan;background:white'>",
    );
    for _ in 0..=rng.below(4) {
        word_run(rng, page);
    }
    page.push_str("</p>\r\n");
}

fn word_table(rng: &mut Rng, page: &mut String, rows: usize) {
    page.push_str(
        "<table class=MsoTableGrid border=1 cellspacing=0 cellpadding=0 width=\"100%\"\n \
         style='width:100.0%;border-collapse:collapse;border:none;mso-border-alt:solid windowtext .5pt'>\n <tbody>",
    );
    for _ in 0..rows {
        page.push_str("<tr style='mso-yfti-irow:1;height:23.25pt'>\n");
        for _ in 0..8 {
            page.push_str(
                "  <td width=\"10%\" style='width:10.0%;border:solid windowtext 1.0pt;border-left:none;\n  \
                 padding:0cm 5.4pt 0cm 5.4pt;height:23.25pt'>\n  <p class=MsoNormal align=center \
                 style='text-align:center'><span lang=EN-US style='font-size:9.0pt;font-family:宋体'>",
            );
            page.push_str(&rng.below(500).to_string());
            page.push_str("<o:p></o:p></span></p>\n  </td>\n");
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody></table>\n");
}

/// A page of about `size` bytes as Word and a publishing system make it.
pub fn word_page(seed: u64, size: usize) -> String {
    let mut rng = Rng::new(seed);
    let mut page = String::from(
        "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" \"x\">\n<html>\n<head>\n\
         <meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\" />\n<title>年度报告</title>\n\
         <script>if (a < b) { document.write('<p>') }</script>\n\
         <style>p.MsoNormal {margin:0cm}</style></head>\n<body><div class=\"nav\"><ul>",
    );
    for number in 0..40 {
        page.push_str("<li><a href=\"/col/col");
        page.push_str(&number.to_string());
        page.push_str("/index.html\" target=\"_blank\" title=\"政务公开\">政务公开</a></li>\r\n");
    }
    page.push_str("</ul></div><div id=\"zoom\" class=\"content\">\n");
    while page.len() < size {
        for _ in 0..6 {
            word_paragraph(&mut rng, &mut page);
        }
        word_table(&mut rng, &mut page, 6);
    }
    page.push_str("</div></body></html>");
    page
}

const FLOW_TAGS: [&str; 44] = [
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<span>",
    "</span>",
    "<br>",
    "<br/>",
    "<b>",
    "</b>",
    "<a href=x>",
    "</a>",
    "<li>",
    "</li>",
    "<ul>",
    "</ul>",
    "<h2>",
    "</h2>",
    "<h3>",
    "</h1>",
    "<form>",
    "</form>",
    "<center>",
    "</center>",
    "<font>",
    "</font>",
    "<o:p>",
    "</o:p>",
    "<hr>",
    "<img src=a>",
    "<dl><dt>",
    "<dd>",
    "<section>",
    "</section>",
    "<button>",
    "</button>",
    "<pre>",
    "</pre>",
    "<!-- <td> -->",
    "<![endif]>",
    "<input>",
    "<nobr>",
    "<object>",
    "</object>",
];

const TABLE_TAGS: [&str; 30] = [
    "<table>",
    "</table>",
    "<tr>",
    "</tr>",
    "<td>",
    "</td>",
    "<th>",
    "</th>",
    "<tbody>",
    "</tbody>",
    "<thead>",
    "</thead>",
    "<tfoot>",
    "</tfoot>",
    "<caption>",
    "</caption>",
    "<colgroup>",
    "<col>",
    "</colgroup>",
    "<TD colspan=2>",
    "<td rowspan=\"3\">",
    "<td rowspan=0>",
    "<td colspan='0'>",
    "<td colspan=2x rowspan=-1>",
    "<table border=0 width='100%'>",
    "<tr height=20\n>",
    "<td a='>' b=\"<\">",
    "</table>",
    "</td>",
    "</tr>",
];

const RARE: [&str; 27] = [
    "<script>var a='<td>';</script>",
    "<script><!-- <script></script> --></script>",
    "<style>td{}</style>",
    "<textarea>\n<td></textarea>",
    "<title><td></title>",
    "<noscript><td></noscript>",
    "<template><td>",
    "</template>",
    "<iframe></iframe>",
    "<xmp><td></xmp>",
    "<select>",
    "<option>",
    "</select>",
    "<marquee>",
    "</marquee>",
    "</body>",
    "</html>",
    "<body>",
    "<html>",
    "<head>",
    "</br>",
    "<!-->",
    "<!--x--!>",
    "<?x>",
    "</>",
    "< ",
    "<noembed>x</noembed>",
];

/// A small page with everything that real ones get wrong.
pub fn odd_page(seed: u64) -> String {
    let mut rng = Rng::new(seed);
    let mut page = String::new();
    if rng.once_in(2) {
        page.push_str("<!DOCTYPE html>");
    }
    if !rng.once_in(4) {
        page.push_str("<html><head><meta charset=utf-8><title>年报</title></head><body>");
    }
    match rng.below(3) {
        0 => layout_page(&mut rng, &mut page),
        1 => {
            let share = 2 + rng.below(6);
            for _ in 0..20 + rng.below(80) {
                match rng.below(10) {
                    0..5 => words(&mut rng, &mut page, 2),
                    5 if rng.once_in(3) => page.push_str(rng.pick(&RARE)),
                    _ if rng.once_in(share) => page.push_str(rng.pick(&FLOW_TAGS)),
                    _ => page.push_str(rng.pick(&TABLE_TAGS)),
                }
            }
        }
        _ => {
            for _ in 0..3 {
                word_paragraph(&mut rng, &mut page);
                let rows = 1 + rng.below(3);
                word_table(&mut rng, &mut page, rows);
            }
        }
    }
    page
}

/// A table in a table in a form, as old publishing systems make it.
fn layout_page(rng: &mut Rng, page: &mut String) {
    page.push_str("<TABLE width=1000><form action=x><tr><TD valign=top>");
    for _ in 0..=rng.below(2) {
        page.push_str("<p><table border=1>\n");
        if rng.once_in(3) {
            page.push_str("<caption>附表</caption><thead><tr><th>项<th colspan=3>数</thead>");
        }
        for _ in 0..=rng.below(4) {
            page.push_str(rng.pick(&["<tr>", "\n<TR height=20>", "</tr><tr>", "<tbody><tr>"]));
            for _ in 0..=rng.below(5) {
                page.push_str(rng.pick(&[
                    "<td>",
                    "<td rowspan=2>",
                    "<td colspan=2 >",
                    "<TD\nnowrap>",
                    "<th>",
                    "</td><td class=\"x>y\">",
                ]));
                match rng.below(6) {
                    0 => word_run(rng, page),
                    1 => page.push_str("<p class=MsoNormal>&nbsp;<o:p></o:p></p>"),
                    2 => page.push_str("<table><tr><td>内<td>层</table>"),
                    3 => page.push_str("<input type=hidden value='<td>'><div>a</div>"),
                    _ => words(rng, page, 2),
                }
                page.push_str(rng.pick(&["</td>", "", "</TD>\n", "</p></td>", "</td>"]));
            }
            page.push_str(rng.pick(&["</tr>", "", "\n</TR>"]));
        }
        page.push_str(rng.pick(&["</table>", "</tbody></table></p>", "</TABLE>", ""]));
        words(rng, page, 3);
    }
    page.push_str("</td></tr></form></table>");
}

/// The page with a few things deleted, doubled, cut off, flipped or swapped.
pub fn mutated(page: &str, seed: u64) -> String {
    let mut rng = Rng::new(seed);
    let mut bytes = page.as_bytes().to_vec();
    for _ in 0..=rng.below(6) {
        let at = rng.below(bytes.len());
        let end = (at + 1 + rng.below(24)).min(bytes.len());
        match rng.below(8) {
            0 => drop(bytes.drain(at.min(end)..end)),
            1 => {
                let piece = bytes[at.min(end)..end].to_vec();
                let to = rng.below(bytes.len());
                bytes.splice(to..to, piece);
            }
            2 if rng.once_in(4) => bytes.truncate(at),
            3 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << rng.below(7);
                }
            }
            4 => {
                let sign =
                    *rng.pick(&[b"<", b">", b"\"", b"'", b"/", b"!", b"-", b"&", b"=", b"\0"]);
                bytes.splice(at..at, sign);
            }
            _ => {
                // A whole tag, dropped, doubled elsewhere or moved.
                let tag = |from: usize| {
                    let start = from + memchr::memchr(b'<', &bytes[from.min(bytes.len())..])?;
                    let end = start + memchr::memchr(b'>', &bytes[start..])? + 1;
                    Some(start..end)
                };
                if let Some(range) = tag(at) {
                    let piece = bytes[range.clone()].to_vec();
                    let kind = rng.below(3);
                    if kind != 1 {
                        bytes.drain(range);
                    }
                    if kind != 0 {
                        let to = rng.below(bytes.len());
                        let to = tag_boundary(&bytes, to);
                        bytes.splice(to..to, piece);
                    }
                }
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn tag_boundary(bytes: &[u8], from: usize) -> usize {
    memchr::memchr(b'<', &bytes[from.min(bytes.len())..]).map_or(bytes.len(), |found| from + found)
}
