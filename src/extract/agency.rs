//! Who published the report, and whose work it covers.

use crate::model::{Agency, Scope};
use crate::normalize::code::find_code;
use crate::normalize::label::is_space;
use crate::parse::Document;
use crate::profile::Profile;

use super::body::Item;
use super::title::{self, Title, TitleKind};

/// Finds name and code. The title's name counts first, then the byline's, then that of the meta tags.
pub fn find(
    document: &Document<'_>,
    profile: &Profile,
    main: &Title,
    titles: &[(String, TitleKind)],
    lines: &[&str],
) -> Agency {
    let meta = |name: &str| {
        document
            .metas
            .iter()
            .find(|meta| meta.name == name && !meta.content.is_empty())
            .map(|meta| meta.content.clone())
    };
    let longest = titles
        .iter()
        .filter_map(|(_, kind)| match kind {
            TitleKind::Report(title) => title.agency.clone(),
            _ => None,
        })
        .find(|name| is_body(name));
    let name = main
        .agency
        .clone()
        .filter(|name| is_body(name) || longest.is_none())
        .or(longest)
        .or_else(|| byline_source(profile, lines))
        .or_else(|| meta("contentsource").filter(|name| is_body(name)))
        .or_else(|| meta("sitename").map(|name| site_owner(&name)))
        .filter(|name| !name.is_empty());
    Agency {
        name,
        code: find_index_code(document, profile, lines),
    }
}

/// A byline is no longer.
const LINE_BYTES: usize = 600;

/// Ends like the name of a public body or a division.
fn is_body(name: &str) -> bool {
    const ENDS: [&str; 34] = [
        "政府",
        "局",
        "委",
        "委员会",
        "办公室",
        "办公厅",
        "厅",
        "部",
        "署",
        "院",
        "中心",
        "处",
        "所",
        "站",
        "队",
        "省",
        "市",
        "县",
        "区",
        "旗",
        "镇",
        "乡",
        "街道",
        "州",
        "盟",
        "管委会",
        "社",
        "会",
        "办",
        "团",
        "场",
        "厂",
        "行",
        "师",
    ];
    name.chars().count() <= 40 && ENDS.iter().any(|end| name.ends_with(end))
}

/// `来源：青岭县教育局  浏览次数：3`.
fn byline_source(profile: &Profile, lines: &[&str]) -> Option<String> {
    let mut best: Option<(usize, String)> = None;
    let told = |line: &&&str| line.len() <= LINE_BYTES && line.contains([':', '：']);
    for line in lines.iter().filter(told) {
        for (rank, rest) in profile.lines.source.find_all(line) {
            let Some(rest) = rest.trim_start_matches(is_space).strip_prefix(['：', ':']) else {
                continue;
            };
            let name: String = rest
                .trim_start_matches(is_space)
                .chars()
                .take_while(|c| !is_space(*c) && !matches!(c, '|' | '，' | ',' | '：' | ':' | '【'))
                .collect();
            if is_body(&name) && best.as_ref().is_none_or(|(known, _)| rank < *known) {
                best = Some((rank, name));
            }
        }
    }
    best.map(|(_, name)| name)
}

/// `青岭县人民政府门户网站` belongs to 青岭县人民政府.
fn site_owner(name: &str) -> String {
    let mut owner = name.trim_matches(is_space);
    for suffix in [
        "门户网站",
        "政府门户网",
        "政务网",
        "官方网站",
        "网站",
        "门户网",
        "官网",
    ] {
        owner = owner.strip_suffix(suffix).unwrap_or(owner);
    }
    owner.to_owned()
}

fn find_index_code(document: &Document<'_>, profile: &Profile, lines: &[&str]) -> Option<String> {
    for (number, line) in lines.iter().enumerate() {
        if line.len() > LINE_BYTES {
            continue;
        }
        for (_, rest) in profile.lines.index.find_all(line) {
            // The number may stand in the next cell.
            let next = lines.get(number + 1).copied().unwrap_or_default();
            if let Some(code) = find_code(rest).or_else(|| find_code(next)) {
                return Some(code);
            }
        }
    }
    document
        .metas
        .iter()
        .filter(|meta| meta.name.contains("index") || meta.name.contains("syh"))
        .find_map(|meta| find_code(&meta.content))
}

/// Own or consolidated: by the title, by the kind of body, by what the text counts.
pub fn scope(main: &Title, agency: Option<&str>, items: &[Item<'_>]) -> Scope {
    if let Some(scope) = main.scope {
        return scope;
    }
    if let Some(scope) = agency.and_then(title::scope_of_agency) {
        return scope;
    }
    let whole = ["省", "市", "县", "区", "州", "旗", "盟"];
    let tells = [
        "各级",
        "行政机关",
        "共收到",
        "共受理",
        "新收",
        "收到政府信息公开申请",
        "汇总",
    ];
    let consolidated = items.iter().take(40).any(|item| {
        whole.iter().any(|division| {
            tells.iter().any(|tell| {
                item.text.contains(&format!("全{division}{tell}"))
                    || item.text.contains(&format!("全{division}各级{tell}"))
            })
        })
    });
    if consolidated {
        Scope::Consolidated
    } else {
        Scope::Unknown
    }
}
