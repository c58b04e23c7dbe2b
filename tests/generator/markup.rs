//! Sheets and paragraphs as HTML or flattened text.

use super::case::Case;
use super::dialect::{Charset, Dialect, Numbers};
use super::divided;
use super::rng::Rng;
use super::sheet::{Cell, Content, Row, Sheet};

/// How an editor marks up what it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Markup {
    /// `<p align="center">` in every cell.
    Paragraphs,
    /// Long inline styles.
    Styled,
    /// Text right in the cell.
    Bare,
    /// Paragraphs that are only lines ending in `<br>`; cells as in [`Self::Bare`].
    Breaks,
    /// What Word pastes.
    Word,
}

/// The case's markup.
pub fn markup(case: &Case) -> Markup {
    if case.dialect == Dialect::WordPaste {
        return Markup::Word;
    }
    let kinds = [
        Markup::Paragraphs,
        Markup::Styled,
        Markup::Bare,
        Markup::Breaks,
    ];
    *Rng::new(case.seed, "markup").pick(&kinds)
}

/// Escapes text for HTML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// A paragraph of the narrative.
pub fn paragraph(case: &Case, text: &str) -> String {
    let text = escape(text);
    match markup(case) {
        Markup::Paragraphs => format!("<p style=\"text-indent: 2em;\">{text}</p>\n"),
        Markup::Styled => format!(
            "<p style=\"line-height: 1.75em; text-indent: 2em;\"><span style=\"font-family: 仿宋_GB2312; font-size: 16pt;\">{text}</span></p>"
        ),
        Markup::Bare => format!("<p>　　{text}</p>\n"),
        Markup::Breaks => format!("&nbsp;&nbsp;&nbsp; {text}<br />\n"),
        Markup::Word => format!(
            "<p class=MsoNormal style='TEXT-INDENT:32.0pt;line-height:28.0pt;mso-line-height-rule:\nexactly'>{}<span lang=EN-US style='FONT-SIZE:16.0pt;font-family:仿宋_GB2312'><o:p></o:p></span></p>\n",
            word_runs(&text)
        ),
    }
}

/// A heading of the narrative.
pub fn heading(case: &Case, text: &str) -> String {
    match markup(case) {
        Markup::Paragraphs => format!("<p><strong>{text}</strong></p>\n"),
        Markup::Styled => format!(
            "<p style=\"text-indent: 2em;\"><span style=\"font-family: 黑体; font-size: 16pt;\">{text}</span></p>"
        ),
        Markup::Bare => format!("<h3>{text}</h3>\n"),
        Markup::Breaks => format!("<br />\n　　<b>{text}</b><br />\n"),
        Markup::Word => format!(
            "<p class=MsoNormal><b style='mso-bidi-font-weight:\nnormal'>{}</b><span lang=EN-US><o:p></o:p></span></p>\n",
            word_runs(text)
        ),
    }
}

/// A sheet as a table, or flattened.
pub fn table(case: &Case, sheet: &Sheet) -> String {
    let mut out = String::new();
    if let Some(caption) = &sheet.caption {
        out += &paragraph(case, caption);
    }
    match case.dialect {
        Dialect::FlatParagraphs => {
            for cell in sheet.rows.iter().flat_map(|row| &row.cells) {
                let text = flat_cell(case, cell).join("<br/>");
                let text = if text.is_empty() { "&nbsp;" } else { &text };
                out += &format!("<p>{text}</p>\n");
            }
        }
        Dialect::FlatBlanksLost => {
            for cell in sheet.rows.iter().flat_map(|row| &row.cells) {
                let text = flat_cell(case, cell).concat();
                if !text.is_empty() {
                    out += &format!("<p>{text}</p>\n");
                }
            }
        }
        Dialect::FlatRows => {
            let gap = match case.seed % 3 {
                0 => "\t",
                1 => "&nbsp;&nbsp;&nbsp;",
                _ => "　　",
            };
            let pre = gap == "\t";
            for row in &sheet.rows {
                let cells: Vec<String> = row
                    .cells
                    .iter()
                    .map(|cell| flat_cell(case, cell).concat())
                    .collect();
                let line = cells.join(gap);
                out += &if pre {
                    format!("<pre>{line}</pre>\n")
                } else {
                    format!("<p>{line}</p>\n")
                };
            }
        }
        Dialect::FlatBreaks => {
            out += "<div>";
            for cell in sheet.rows.iter().flat_map(|row| &row.cells) {
                out += &format!("{}<br />\n", flat_cell(case, cell).concat());
            }
            out += "</div>\n";
        }
        dialect if dialect.is_divided() => out += &divided::element(case, sheet),
        _ => out += &element(case, sheet),
    }
    out
}

/// A sheet as lines of plain text, an empty line between cells, two more between rows.
pub fn lines(case: &Case, sheet: &Sheet) -> String {
    let pad = match case.numbers {
        // GBK has no no-break space, and plain text no reference for it.
        Numbers::NoBreakPadding if case.charset != Charset::Gbk => "\u{a0}",
        Numbers::IdeographicPadding => "　",
        _ => "",
    };
    let mut out = String::new();
    for row in &sheet.rows {
        for cell in &row.cells {
            let text = cell_lines(case, cell).join("\n");
            if matches!(cell.content, Content::Value(_)) {
                out += &format!("{pad}{text}{pad}");
            } else {
                out += &text;
            }
            out += "\n\n";
        }
        out += "\n\n";
    }
    out
}

fn flat_cell(case: &Case, cell: &Cell) -> Vec<String> {
    let lines = cell_lines(case, cell);
    lines.iter().map(|line| escape(line)).collect()
}

fn cell_lines(case: &Case, cell: &Cell) -> Vec<String> {
    match &cell.content {
        Content::Label(lines) => lines.clone(),
        Content::Value(id) => vec![case.printed(id)],
        Content::Foreign(text) => vec![text.clone()],
        Content::Empty => vec![],
    }
}

fn element(case: &Case, sheet: &Sheet) -> String {
    let markup = markup(case);
    let mut out = String::from(match markup {
        Markup::Paragraphs => "<table align=\"center\" border=\"1\" cellspacing=\"1\">",
        Markup::Styled => {
            "<table style=\"border-collapse: collapse; border: none;\" cellspacing=\"0\" align=\"center\" border=\"1\">"
        }
        Markup::Bare | Markup::Breaks => "<table border=1>",
        Markup::Word => {
            "<TABLE class=MsoTableGrid border=1 cellSpacing=0 cellPadding=0 style='BORDER-COLLAPSE:collapse;border:none;mso-border-alt:solid windowtext .5pt;\n mso-yfti-tbllook:1184;mso-padding-alt:0cm 5.4pt 0cm 5.4pt'>"
        }
    });
    let th = case.dialect == Dialect::ThHeader;
    let split = sheet.rows.iter().position(|row| !row.header);
    let (head, body) = sheet.rows.split_at(if th { split.unwrap_or(0) } else { 0 });
    if th {
        out += "<thead>";
        out.extend(head.iter().enumerate().map(|(n, row)| tr(case, row, n)));
        out += "</thead>\n";
    }
    out += if markup == Markup::Bare || markup == Markup::Breaks {
        ""
    } else {
        "<tbody>"
    };
    let offset = head.len();
    out.extend(
        body.iter()
            .enumerate()
            .map(|(n, row)| tr(case, row, n + offset)),
    );
    out += if markup == Markup::Bare || markup == Markup::Breaks {
        ""
    } else {
        "</tbody>"
    };
    out += if markup == Markup::Word {
        "</TABLE>\n"
    } else {
        "</table>\n"
    };
    out
}

fn tr(case: &Case, row: &Row, number: usize) -> String {
    let mut out = match markup(case) {
        Markup::Paragraphs => "<tr>".to_owned(),
        Markup::Styled => {
            let class = if number == 0 {
                " class=\"firstRow\""
            } else {
                ""
            };
            format!("<tr style=\"height:19px\"{class}>")
        }
        Markup::Bare | Markup::Breaks => "\n <tr>".to_owned(),
        Markup::Word => {
            format!("<tr style='mso-yfti-irow:{number};height:\n19.85pt'>")
        }
    };
    for cell in &row.cells {
        out += &td(case, row, cell);
    }
    out + "</tr>"
}

fn td(case: &Case, row: &Row, cell: &Cell) -> String {
    let label = matches!(cell.content, Content::Label(_));
    let head = case.dialect == Dialect::ThHeader && (row.header || label);
    let name = if head { "th" } else { "td" };
    let mut spans = String::new();
    let quote = if markup(case) == Markup::Word {
        ""
    } else {
        "\""
    };
    if cell.colspan != 1 {
        spans += &format!(" colspan={quote}{}{quote}", cell.colspan);
    }
    if cell.rowspan != 1 {
        spans += &format!(" rowspan={quote}{}{quote}", cell.rowspan);
    }
    let inner = inner(case, cell);
    match markup(case) {
        Markup::Paragraphs => {
            format!("<{name}{spans} nowrap=\"nowrap\" style=\"width:66px;\">{inner}</{name}>")
        }
        Markup::Styled => format!(
            "<{name}{spans} style=\"padding:0 7px 0 7px ;border-left:none;border-right:1px solid windowtext;border-bottom:1px solid windowtext\" valign=\"center\">{inner}</{name}>"
        ),
        Markup::Bare | Markup::Breaks => format!("\n  <{name}{spans}>{inner}</{name}>"),
        Markup::Word => format!(
            "<{name} width=62{spans} valign=top style='WIDTH:46.8pt;border:solid windowtext 1.0pt;\nBORDER-LEFT:none;mso-border-left-alt:solid windowtext .5pt;padding:0cm 5.4pt'>{inner}</{name}>"
        ),
    }
}

/// What stands in a cell.
pub fn inner(case: &Case, cell: &Cell) -> String {
    match &cell.content {
        Content::Label(lines) => label_lines(case, lines),
        Content::Value(id) => block(case, &value(case, id)),
        Content::Foreign(text) => block(case, &run(case, text)),
        Content::Empty => block(case, ""),
    }
}

fn label_lines(case: &Case, lines: &[String]) -> String {
    if case.dialect != Dialect::BrokenLabels {
        let lines: Vec<String> = lines.iter().map(|line| run(case, line)).collect();
        return block(case, &lines.join("<br/>"));
    }
    // Pieces of two to five characters: some end a line, some a paragraph.
    let text = lines.concat();
    let mut rng = Rng::new(case.seed, &text);
    let mut out = String::new();
    let mut paragraph = String::new();
    let mut left = 2 + rng.below(4);
    for sign in text.chars() {
        if left == 0 {
            left = 2 + rng.below(4);
            if rng.chance(35) {
                out += &block(case, &std::mem::take(&mut paragraph));
            } else {
                paragraph += "<br />";
            }
        }
        paragraph += &escape(&sign.to_string());
        left -= 1;
    }
    out + &block(case, &paragraph)
}

fn block(case: &Case, inner: &str) -> String {
    match markup(case) {
        Markup::Bare | Markup::Breaks if case.dialect == Dialect::BrokenLabels => {
            format!("<p>{inner}</p>")
        }
        Markup::Bare | Markup::Breaks => inner.to_owned(),
        _ if inner.is_empty() => blank(case),
        Markup::Paragraphs => format!("<p align=\"center\">{inner}</p>"),
        Markup::Styled => format!("<p style=\"text-indent: 0em;\">{inner}</p>"),
        Markup::Word => format!(
            "<p class=MsoNormal align=center style='TEXT-ALIGN:center;mso-pagination:\nwidow-orphan;layout-grid-mode:char'>{inner}<span lang=EN-US style='font-size:10.5pt;mso-bidi-font-family:\n宋体'><o:p></o:p></span></p>"
        ),
    }
}

/// An empty cell.
fn blank(case: &Case) -> String {
    match markup(case) {
        Markup::Word => {
            "<p class=MsoNormal><span lang=EN-US><o:p>&nbsp;</o:p></span></p>".to_owned()
        }
        Markup::Styled => "<p style=\"text-indent: 0em;\"><br/></p>".to_owned(),
        _ => "&nbsp;".to_owned(),
    }
}

fn run(case: &Case, text: &str) -> String {
    if markup(case) == Markup::Word {
        return word_runs(&escape(text));
    }
    escape(text)
}

fn value(case: &Case, id: &str) -> String {
    let raw = case.printed(id);
    if raw.is_empty() {
        return String::new();
    }
    match case.numbers {
        Numbers::NoBreakPadding => format!("&nbsp;{}&nbsp;&nbsp;", escape(&raw)),
        Numbers::IdeographicPadding => format!("　{}　", escape(&raw)),
        Numbers::SplitSpans => spans(&raw),
        _ => run(case, &raw),
    }
}

/// Every character in an element of its own, as editors leave them, empty ones between.
fn spans(text: &str) -> String {
    let mut out = String::new();
    for (position, sign) in text.chars().enumerate() {
        let sign = escape(&sign.to_string());
        out += &match position % 3 {
            0 => format!("<span style=\"font-size: 14px;\">{sign}</span><span></span>"),
            1 => format!("<span style=\"font-family: 宋体;\"><font>{sign}</font></span>"),
            _ => format!("<b>{sign}</b>"),
        };
    }
    out
}

/// Word starts a run where the script changes and now and then within a number.
fn word_runs(escaped: &str) -> String {
    let mut runs: Vec<(bool, String)> = Vec::new();
    for sign in escaped.chars() {
        let latin = sign.is_ascii();
        match runs.last_mut() {
            Some((was_latin, run))
                if *was_latin == latin && (!latin || run.len() < 2 || run.contains('&')) =>
            {
                run.push(sign);
            }
            _ => runs.push((latin, sign.to_string())),
        }
    }
    let mut out = String::new();
    for (latin, run) in runs {
        out += &if latin {
            format!(
                "<span lang=EN-US style='FONT-SIZE:10.5pt;mso-bidi-font-size:\n11.0pt'>{run}</span>"
            )
        } else {
            format!("<span style='font-family:宋体;mso-ascii-font-family:Calibri'>{run}</span>")
        };
    }
    out
}
