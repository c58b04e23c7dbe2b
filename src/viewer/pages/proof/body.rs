//! The proof's page.

use maud::{Markup, html};

use crate::facsimile::{FRAGMENT, Marked};
use crate::model::Unit;
use crate::viewer::shell::Shell;
use crate::viewer::words;

use super::{Checked, Observed, PAGE, ProofPage, Shown, record};

/// Bytes of a cell that are written out.
const BYTES: usize = 60;

/// All of it.
pub(super) fn of(page: &ProofPage, shell: &Shell<'_>) -> Markup {
    let of = |zh, en| shell.of(zh, en);
    html! {
        p {
            (shell.link(&page.id.address(), of("回到报告", "Back to the report")))
            @if page.cell != PAGE {
                " · " (shell.link(&page.id.proof(PAGE), of("整页，不标记", "The whole page, nothing marked")))
            }
        }
        div.proof {
            section aria-labelledby="facts" {
                h2 id="facts" { (of("凭据", "Evidence")) }
                @if let Some(observed) = &page.observed { (what(observed, shell)) }
                (place(page, shell))
                (commands(page, shell))
            }
            section aria-labelledby="archived" {
                h2 id="archived" { (of("存档网页", "The archived page")) }
                (archived(page, shell))
            }
        }
    }
}

fn what(observed: &Observed, shell: &Shell<'_>) -> Markup {
    let of = |zh, en| shell.of(zh, en);
    html! {
        @if observed.status.is_absent() {
            p.warn { strong { (of("网页上没有这一单元格，所以没有标记。", "The page does not have this cell, so nothing is marked.")) } }
        } @else if observed.source.is_none() {
            p.warn { strong { (of("该单元格无法读取，位置不明。", "This cell could not be read, and where on the page it stands is not known.")) } }
        }
        dl.facts {
            dt { (of("单元格", "Cell")) }
            dd { span lang="zh" { (observed.labels.join(" / ")) } " " code { (observed.id) } " " span.quiet { (of("表式 ", "form ")) (observed.form) } }
            dt { (of("数值", "Value")) }
            dd {
                strong.value lang="zh" class={ "s-" (observed.status.as_str()) } { (observed.cell.text()) }
                @if let (Some(unit), Some(_)) = (observed.unit, observed.value) { " " span lang="zh" { (Unit::as_str(unit)) } }
                " " span.quiet { (words::status(observed.status).of(shell.language)) }
            }
            @if let Some(raw) = &observed.raw {
                dt { (of("网页所印", "As printed")) }
                dd lang="zh" { @if raw.is_empty() { (of("（空）", "(nothing)")) } @else { "「" (raw) "」" } }
            }
            dt { (of("位置", "Place")) }
            dd {
                @match observed.source {
                    None => (of("无", "none")),
                    Some(source) => {
                        (of("第 ", "bytes ")) (source.bytes.start) "–" (source.bytes.end) (of(" 字节", ""))
                        @if let Some(part) = &observed.part { (of("，在 ", " of ")) code { (part) } }
                        @match source.table {
                            Some(table) => {
                                "; " (of("表 ", "table ")) (table) (of("，行 ", ", row ")) (source.row) (of("，栏 ", ", column ")) (source.column)
                                span.quiet { (of("（从 0 数起）", " (counted from 0)")) }
                            },
                            None => { "; " (of("无表格文本的第 ", "line ")) (source.row) (of(" 行", " of flattened text")) },
                        }
                    },
                }
            }
        }
    }
}

fn place(page: &ProofPage, shell: &Shell<'_>) -> Markup {
    let of = |zh, en| shell.of(zh, en);
    html! {
        dl.facts {
            @if let Some(capture) = &page.capture {
                dt { (of("网址", "Address")) }
                dd.breaks { (capture.url.as_deref().unwrap_or(of("不明", "not known"))) }
                dt { (of("存档时间", "Captured")) }
                dd { time datetime=(capture.fetched_at) { (capture.fetched_at) } ", " (capture.size_bytes) (of(" 字节", " bytes")) }
                dt { "SHA-256" }
                dd.breaks { code { (capture.sha256) } br; (digest(page, shell)) }
                dt { "WARC" }
                dd.breaks { (record(capture, shell)) }
            }
            dt { (of("字符集", "Charset")) }
            dd {
                (page.charset) " (" (words::evidence(page.evidence).of(shell.language)) "), "
                (page.replacements) (of(" 个字符被替换", " characters replaced"))
            }
            dt { (of("读取程序", "Read by")) }
            dd { "nianbao " (page.program) ", " (of("配置 ", "profile ")) code { (page.profile) } }
            @if let Checked::Now { bytes_hex, source, .. } = &page.archive {
                @if let Some(hex) = bytes_hex {
                    dt { (of("字节", "Bytes")) }
                    dd.breaks {
                        @if hex.is_empty() { (of("无：单元格是空的", "none: the cell is empty")) } @else {
                            code { (hex.get(..BYTES * 2).unwrap_or(hex)) } @if hex.len() > BYTES * 2 { " …" }
                        }
                    }
                    dt { (of("源代码", "Source")) }
                    dd.breaks lang="zh" { code { (source[0]) mark { "【" (source[1]) "】" } (source[2]) } }
                } @else if page.observed.as_ref().is_some_and(|one| one.source.is_some()) {
                    dt { (of("字节", "Bytes")) }
                    dd.bad { strong { (of("不在：存档网页比读取时短", "not there: the archived page is shorter")) } }
                }
            }
        }
    }
}

fn digest(page: &ProofPage, shell: &Shell<'_>) -> Markup {
    let of = |zh, en| shell.of(zh, en);
    html! {
        @match &page.archive {
            Checked::Now { digest_holds: true, .. } => span.good { "✓ " (of("制作本页时核对过：存档字节与此摘要相符", "checked when this page was made: the archived bytes have this digest")) },
            Checked::Now { digest_holds: false, .. } => strong.bad { "✗ " (of("存档字节与此摘要不符！", "THE ARCHIVED BYTES HAVE ANOTHER DIGEST")) },
            Checked::Not { why } => strong.warn { (of("未能核对：", "could not be checked: ")) span lang="en" { (why) } },
        }
    }
}

fn commands(page: &ProofPage, shell: &Shell<'_>) -> Markup {
    html! {
        @if !page.commands.is_empty() {
            h3 id="commands" { (shell.of("自行核对", "Check it yourself")) }
            p { (shell.of("在存档目录中运行：", "In the folder of the archive's home:")) }
            @for command in &page.commands {
                pre.command { (command) }
            }
        }
    }
}

fn archived(page: &ProofPage, shell: &Shell<'_>) -> Markup {
    let of = |zh, en| shell.of(zh, en);
    let id = page.id.to_string();
    html! {
        @match &page.shown {
            Shown::Page { marked } => {
                @let (said, is_marked) = said(*marked, page.observed.is_some(), shell);
                p class=[(*marked == Marked::Otherwise).then_some("bad")] { (said) }
                @let href = shell.links.archived(&id, &page.cell);
                @let src = if is_marked { format!("{href}#{FRAGMENT}") } else { href };
                // Loaded when its room is known: else it would be scrolled to the cell in another width.
                iframe.archived sandbox="" referrerpolicy="no-referrer" src=(src) title=(of("存档网页", "The archived page")) {}
                p.quiet { (of("文字和表格未改动；脚本、样式、图片和链接已去除，框内什么也不会运行或加载。", "Text and tables are unchanged; scripts, styles, pictures and links are left out, and nothing runs or loads in the frame.")) }
            },
            Shown::File { media } => p {
                (of("这是一个 ", "This is ")) (media)
                (of(" 文件，无法在此显示。", ", which cannot be shown here."))
            },
            Shown::Nothing { why } => p.warn { (of("无法显示：", "It cannot be shown: ")) span lang="en" { (why) } },
        }
        @if let Some(href) = shell.links.payload(&id, &page.cell).filter(|_| matches!(page.archive, Checked::Now { .. })) {
            p { a href=(href) download { (of("下载存档文件（原样，请当作陌生文件对待）", "Download the archived file (as it is: treat it as a stranger's)")) } }
        }
    }
}

/// What is marked, in a sentence; and whether anything is.
fn said<'s>(marked: Marked, of_cell: bool, shell: &Shell<'s>) -> (&'s str, bool) {
    let of = |zh, en| shell.of(zh, en);
    if !of_cell {
        return (
            of("整页，没有标记。", "The whole page, nothing marked."),
            false,
        );
    }
    match marked {
        Marked::Exactly => (of("该单元格已标出。", "The cell is marked."), true),
        Marked::Line => (
            of(
                "该单元格所在的一行已标出。",
                "The line it stands in is marked.",
            ),
            true,
        ),
        Marked::Unreadable => (
            of(
                "该单元格无法读取，其位置已标出。",
                "It could not be read; its place is marked.",
            ),
            true,
        ),
        Marked::Box => (
            of(
                "该单元格没有文字，以方框标出。",
                "The cell has no text; a box marks it.",
            ),
            true,
        ),
        Marked::Lost => (
            of(
                "该单元格无法读取，没有标记。",
                "It could not be read; nothing is marked.",
            ),
            false,
        ),
        Marked::Absent => (
            of(
                "网页上没有该单元格，没有标记。",
                "The page does not have the cell; nothing is marked.",
            ),
            false,
        ),
        Marked::Otherwise => (
            of(
                "标出的不是所读的内容，请核对字节。",
                "What is marked is not what was read: see the bytes.",
            ),
            true,
        ),
    }
}
