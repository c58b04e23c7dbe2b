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
