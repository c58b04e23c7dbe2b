//! Pages with several reports, one after the other.

use nianbao::model::Scope;

use super::case::Case;
use super::page::{encode, parts};
use super::template;

/// What follows a report on its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behind {
    /// The same agency's report of the year before.
    Older,
    /// The same government's report in the other scope.
    Scope,
    /// Another agency's of the same year.
    Neighbour,
}

impl Behind {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Older, Self::Scope, Self::Neighbour];
}

/// Two reports that can stand on one page, the first of this case.
pub fn pair(case: &Case, behind: Behind) -> [Case; 2] {
    let mut first = case.clone();
    // Another draw of numbers and words, in the same markup.
    let mut second = Case {
        template: case.template,
        layers: case.layers,
        charset: case.charset,
        declared: case.declared,
        numbers: case.numbers,
        ..Case::of(case.seed + 1000, case.form, case.dialect)
    };
    let (agency, year) = (&case.content.agency, case.content.year);
    match behind {
        Behind::Older => {
            second.content.agency = agency.clone();
            second.content.year = year - 1;
            let (this, last) = (year.to_string(), (year - 1).to_string());
            second.content.title = case.content.title.replace(&this, &last);
        }
        Behind::Scope => {
            second.content.agency = agency.clone();
            second.content.year = year;
            first.content.agency.scope = Scope::Own;
            second.content.agency.scope = Scope::Consolidated;
            first.content.title = format!("{}（本机关）", case.content.title);
            second.content.title = format!("{}（全市汇总）", case.content.title);
        }
        Behind::Neighbour => {
            second.content.year = year;
            if second.content.agency.name == agency.name {
                second.content.agency.name = "石桥湾区档案馆".into();
                second.content.agency.scope = Scope::Own;
            }
            let name = &second.content.agency.name;
            second.content.title = format!("{name}{year}年政府信息公开工作年度报告");
        }
    }
    second.content.published = case.content.published;
    first.narrate();
    second.narrate();
    [first, second]
}

/// One page with all of these, in the first one's template.
pub fn several(cases: &[Case]) -> Vec<u8> {
    let first = &cases[0];
    let mut page = parts(first, 0);
    for case in &cases[1..] {
        let next = parts(case, 0);
        page.body += &match case.seed % 3 {
            0 => format!("<h2>{}</h2>\n", next.title),
            1 => format!("<p align=\"center\"><strong>{}</strong></p>\n", next.title),
            _ => format!(
                "<hr/><div style=\"text-align:center\">{}</div>\n",
                next.title
            ),
        };
        page.body += &next.body;
    }
    encode(&template::html(first, &page), first.charset)
}

/// How a site turns the pages of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turning {
    /// The call of TRS: `_1` is the second page.
    Call,
    /// Numbers and 下一页: `_2` is the second page.
    Links,
}

/// A report cut into `count` pages between blocks of its body, each with its file name. Title and byline stand on
/// every page.
pub fn paged(case: &Case, count: usize, turning: Turning) -> Vec<(String, Vec<u8>)> {
    let whole = parts(case, 0);
    let mut cuts: Vec<usize> = whole
        .body
        .match_indices("</table>\n")
        .map(|(at, found)| at + found.len())
        .chain(
            whole
                .body
                .match_indices("</p>\n")
                .map(|(at, found)| at + found.len()),
        )
        // Not within a table's cell.
        .filter(|at| {
            let before = &whole.body[..*at];
            before.matches("<table").count() == before.matches("</table").count()
        })
        .collect();
    cuts.sort_unstable();
    cuts.pop();
    let stride = (cuts.len() / count).max(1);
    let mut from = 0;
    let mut bodies: Vec<&str> = Vec::new();
    for at in cuts.iter().skip(stride).step_by(stride).take(count - 1) {
        bodies.push(&whole.body[from..*at]);
        from = *at;
    }
    bodies.push(&whole.body[from..]);
    let total = bodies.len();
    let stem = format!("t{:08}", case.seed);
    let name = |page: usize| match (page, turning) {
        (0, _) => format!("{stem}.html"),
        (_, Turning::Call) => format!("{stem}_{page}.html"),
        (_, Turning::Links) => format!("{stem}_{}.html", page + 1),
    };
    bodies
        .into_iter()
        .enumerate()
        .map(|(page, body)| {
            let pager = match turning {
                Turning::Call => format!(
                    "<script>createPageHTML({total}, {page}, \"{stem}\", \"html\");</script>"
                ),
                Turning::Links => {
                    let numbers = (0..total).map(|other| match other {
                        _ if other == page => format!("<span>{}</span> ", other + 1),
                        _ => format!("<a href=\"./{}\">[{}]</a> ", name(other), other + 1),
                    });
                    format!("<div>{}</div>", numbers.collect::<String>())
                }
            };
            let mut here = whole.clone();
            here.body = format!("{body}\n{pager}\n");
            (
                name(page),
                encode(&template::html(case, &here), case.charset),
            )
        })
        .collect()
}
