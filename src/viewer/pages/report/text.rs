//! The report's text and the numbers in it, on its page.

use maud::{Markup, html};

use crate::model::Mention;
use crate::present::Cell;
use crate::viewer::links::Address;
use crate::viewer::shell::Shell;
use crate::viewer::words;

use super::ReportPage;
use super::narrative::{PieceView, SectionView};

/// The text, with the clauses marked whose numbers were read.
pub fn of(page: &ReportPage, shell: &Shell<'_>) -> Markup {
    let of = |zh, en| shell.of(zh, en);
    html! {
        @if !page.narrative.is_empty() {
            section aria-labelledby="text" {
                h2 id="text" { (of("正文", "Text")) }
                p.quiet { (of("标出的分句中有读出的数字；编号通向下表。", "Numbers were read in the marked clauses; their numbers lead to the table below.")) }
                @for (number, one) in page.narrative.iter().enumerate() { (section(number, one, shell)) }
            }
        }
    }
}

fn section(number: usize, one: &SectionView, shell: &Shell<'_>) -> Markup {
    let kind = words::section(one.kind).of(shell.language);
    html! {
        h3 id={ "section-" (number + 1) } {
            @match &one.heading {
                Some(heading) => span lang="zh" { (heading) },
                None => (kind),
            }
            @if one.heading.is_some() { " " span.quiet { (kind) } }
        }
        div.prose lang="zh" {
            @for line in &one.lines {
                @if !line.is_empty() { p { @for piece in line { (clause(piece, shell)) } } }
            }
        }
    }
}

fn clause(piece: &PieceView, shell: &Shell<'_>) -> Markup {
    html! {
        @if piece.mentions.is_empty() { (piece.text) } @else {
            mark { (piece.text) }
            sup {
                @for number in &piece.mentions {
                    a.ref href={ "#mention-" (number) } aria-label={ (shell.of("数字 ", "number ")) (number) } { (number) } " "
                }
            }
        }
    }
}

/// What the numbers are.
pub fn mentions(page: &ReportPage, shell: &Shell<'_>) -> Markup {
    let of = |zh, en| shell.of(zh, en);
    html! {
        @if !page.report.mentions.is_empty() {
            section aria-labelledby="mentions" {
                h2 id="mentions" { (of("正文中的数字", "Numbers in the text")) }
                div.wide tabindex="0" role="region" aria-label=(of("数字一览", "Table of numbers")) {
                    table {
                        thead { tr {
                            th scope="col" { (of("编号", "No.")) }
                            th scope="col" { (of("分句", "Clause")) }
                            th scope="col" .number { (of("数值", "Value")) }
                            th scope="col" { (of("含义", "Meaning")) }
                            th scope="col" { (of("同一所计的单元格", "Cell that counts the same")) }
                        } }
                        tbody {
                            @for (number, mention) in page.report.mentions.iter().enumerate() {
                                tr id={ "mention-" (number + 1) } tabindex="-1" {
                                    th scope="row" { (number + 1) }
                                    td lang="zh" { (mention.text) }
                                    td.number { (value(mention, shell)) }
                                    td { (meaning(mention, shell)) }
                                    td { (about(page, mention, shell)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn value(mention: &Mention, shell: &Shell<'_>) -> Markup {
    html! {
        @if mention.negated { (shell.of("文称没有", "said to be none")) } @else {
            @if mention.approximate { (shell.of("约 ", "about ")) }
            (mention.value)
        }
        @if let Some(unit) = &mention.unit { " " span lang="zh" { (unit) } }
    }
}

fn meaning(mention: &Mention, shell: &Shell<'_>) -> Markup {
    use crate::model::Direction;
    html! {
        (words::mention(mention.kind).of(shell.language))
        @match mention.direction {
            Some(Direction::Up) => (shell.of("，增", ", up")),
            Some(Direction::Down) => (shell.of("，减", ", down")),
            None => {}
        }
        " · " (words::period(mention.period).of(shell.language))
        @if let Some(year) = mention.year { " " (year) }
        @if let Some(channel) = mention.channel { " · " (words::channel(channel).of(shell.language)) }
        @if let Some(whole) = mention.part_of {
            " · " (shell.of("其中，属于 ", "part of ")) a href={ "#mention-" (whole + 1) } { (whole + 1) }
        }
    }
}

fn about(page: &ReportPage, mention: &Mention, shell: &Shell<'_>) -> Markup {
    html! {
        @match &mention.about {
            None => span.quiet { (shell.of("未定", "none told")) },
            Some(about) => @for (number, cell) in about.split('+').enumerate() {
                @if number > 0 { " + " }
                @match page.report.observation(cell) {
                    Some(one) => { (link_to(page, cell, shell)) " (" span lang="zh" { (Cell::from(one).text()) } ")" },
                    None => (cell),
                }
            },
        }
    }
}

fn link_to(page: &ReportPage, cell: &str, shell: &Shell<'_>) -> Markup {
    let address: Address = page.id.proof(cell);
    shell.link(&address, cell)
}
