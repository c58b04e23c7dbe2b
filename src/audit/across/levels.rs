//! A government's consolidated report against those of its departments.

use super::super::identities::Identities;
use super::super::identity::Identity;
use super::chain::cell;
use super::rules::columns;
use crate::model::{Catalog, PanelReport, WatchCode, Watched, Whose};

/// The bodies of a division that surely are departments of its government, by their names without the division. Left out are
/// those that are led from above in some divisions (taxes, environment, land, police), since consolidated reports leave them out.
const DEPARTMENTS: [&str; 30] = [
    "人民政府办公",
    "教育",
    "财政",
    "民政",
    "司法",
    "审计",
    "统计",
    "商务",
    "水利",
    "水务",
    "科技",
    "科学技术",
    "农业农村",
    "交通运输",
    "应急管理",
    "医疗保障",
    "城市管理",
    "卫生健康",
    "发展和改革",
    "发展改革",
    "文化和旅游",
    "教育和体育",
    "教育体育",
    "工业和信息化",
    "退役军人事务",
    "市场监督管理",
    "住房和城乡建设",
    "人力资源和社会保障",
    "民族宗教事务",
    "乡村振兴",
];

const ENDS: [&str; 5] = ["局", "厅", "委员会", "室", "委"];

/// Whether a body of this name, the division left out, is a department whose requests its government's consolidated report counts.
pub fn is_department(body: &str) -> bool {
    ENDS.iter().any(|end| {
        body.strip_suffix(end)
            .is_some_and(|name| DEPARTMENTS.contains(&name))
    })
}

fn new_requests(identity: &Identity, report: &PanelReport) -> Option<i64> {
    identity.forms.iter().find_map(|form| {
        let numbers = report.of(*form)?;
        let id = Catalog::get().find(*form, "requests.new@total")?;
        columns().value(numbers, id)
    })
}

/// A consolidated report counts no fewer requests than any of the government's departments does in its own report of the year.
/// One finding a government and year; the department with the most requests is the one compared with.
pub fn check_levels(whole: &PanelReport, parts: &[(&str, &PanelReport)]) -> Option<Watched> {
    let identity = Identities::get().find("L.OWN")?;
    let all = new_requests(identity, whole)?;
    let mut above: Vec<(i64, &str, &PanelReport)> = parts
        .iter()
        .filter(|(_, part)| part.year == whole.year)
        .filter_map(|(name, part)| Some((new_requests(identity, part)?, *name, *part)))
        .filter(|(new, ..)| *new > all)
        .collect();
    above.sort_by(|one, other| (other.0, one.1).cmp(&(one.0, other.1)));
    let (new, name, part) = *above.first()?;
    let mut evidence = Vec::new();
    for (of, report) in [(Whose::This, whole), (Whose::Other, part)] {
        for form in &identity.forms {
            if let (Some(_), Some(id)) = (
                report.of(*form),
                Catalog::get().find(*form, "requests.new@total"),
            ) {
                evidence.push(cell(of, report, *form, id));
            }
        }
    }
    let (zh, en) = match above.len() - 1 {
        0 => (String::new(), String::new()),
        more => (
            format!("另有{more}个部门亦多于汇总数。"),
            format!(" {more} more departments count more than it, too."),
        ),
    };
    Some(Watched {
        code: WatchCode::PartAboveWhole,
        report_id: whole.report_id,
        other_report_id: Some(part.report_id),
        about: "requests.new@total".into(),
        zh: format!("汇总报告新收申请{all}件，而{name}本机关报告新收{new}件。{zh}"),
        en: format!(
            "The consolidated report counts {all} requests received, the own report of {name} {new}.{en}"
        ),
        rule: &identity.id,
        evidence,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn departments_are_those_that_no_ministry_leads() {
        for body in [
            "教育局",
            "财政厅",
            "人民政府办公室",
            "发展和改革委员会",
            "人民政府办公厅",
        ] {
            assert!(is_department(body), "{body}");
        }
        for body in [
            "税务局",
            "公安局",
            "生态环境局",
            "自然资源局",
            "教育局招生办公室",
            "人民政府",
            "气象局",
            "教育",
        ] {
            assert!(!is_department(body), "{body}");
        }
    }
}
