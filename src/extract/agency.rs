//! Who published the report, and whose work it covers.

use crate::model::{Agency, Scope};
use crate::normalize::code::find_code;
use crate::normalize::find_date;
use crate::normalize::label::is_space;
use crate::parse::Document;
use crate::profile::Profile;

use super::body::Item;
use super::name::{self, is_body};
use super::title::Title;
use super::year;

/// Finds name and code. The title's name counts first, then the byline's, that of the meta tags, the signature's,
/// that of the first paragraph and the site's.
pub fn find(
    document: &Document<'_>,
    profile: &Profile,
    main: &Title,
    lines: &[&str],
    items: &[Item<'_>],
) -> Agency {
    let meta = |name: &str| {
        document
            .metas
            .iter()
            .find(|meta| meta.name == name && !meta.content.is_empty())
            .map(|meta| meta.content.clone())
    };
    let name = main
        .agency
        .clone()
        .or_else(|| byline_source(profile, lines))
        .or_else(|| meta("contentsource").filter(|name| is_body(name)))
        .or_else(|| signature(items))
        .or_else(|| {
            items
                .iter()
                .take(3)
                .find_map(|item| acting_body(&item.text))
        })
        .or_else(|| meta("sitename").map(|name| site_owner(&name)))
        .filter(|name| !name.is_empty());
    Agency {
        name,
        code: find_index_code(document, profile, lines),
    }
}

/// A byline is no longer.
const LINE_BYTES: usize = 600;

/// `来源：青岭县教育局  浏览次数：3`; label and name may stand in two cells.
fn byline_source(profile: &Profile, lines: &[&str]) -> Option<String> {
    let mut best: Option<(usize, String)> = None;
    for (number, line) in lines.iter().enumerate() {
        if line.len() > LINE_BYTES {
            continue;
        }
        for (rank, rest) in profile.lines.source.find_all(line) {
            let rest = rest.trim_start_matches(is_space);
            let told = rest
                .trim_start_matches(['：', ':'])
                .trim_start_matches(is_space);
            let alone =
                told.is_empty() && line.chars().filter(|c| c.is_alphanumeric()).count() <= 6;
            let name = if alone {
                lines
                    .get(number + 1)
                    .map_or("", |next| next.trim_matches(is_space))
            } else if rest.len() > told.len() || rest.starts_with(['：', ':']) {
                told
            } else {
                continue;
            };
            let name: String = name
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

/// The name above or beside the date that ends the text.
fn signature(items: &[Item<'_>]) -> Option<String> {
    let tail = &items[items.len().saturating_sub(6)..];
    tail.iter().enumerate().rev().find_map(|(number, item)| {
        let line = item.text.trim_matches(is_space);
        let found = find_date(line)?;
        let closes = found.place.end == line.len() && line.chars().count() <= 40;
        let beside = line[..found.place.start].trim_matches(is_space);
        let name = if beside.is_empty() {
            tail.get(number.checked_sub(1)?)?
                .text
                .trim_matches(is_space)
        } else {
            beside
        };
        let plain: String = name.chars().filter(|c| !is_space(*c)).collect();
        (closes && is_body(&plain)).then_some(plain)
    })
}

/// Who a paragraph says compiled the report (`由青岭县教育局编制`) or whose work it opens with (`2021年，青岭县教育局坚持…`).
fn acting_body(text: &str) -> Option<String> {
    if let Some((before, _)) = text.split_once("编制")
        && let Some((_, name)) = before.rsplit_once('由')
        && is_body(name)
    {
        return Some(name.to_owned());
    }
    let end = text.char_indices().nth(60).map_or(text.len(), |(at, _)| at);
    let plain = text[..end].trim_start_matches(is_space);
    let behind = year::find_all(plain)
        .first()
        .filter(|year| year.place.start == 0)
        .map_or(plain, |year| &plain[year.place.end..]);
    let opening = behind.trim_start_matches(['，', ',']);
    let verbs = [
        "坚持", "认真", "深入", "严格", "按照", "高度", "全面", "积极", "根据", "切实", "紧紧",
        "不断", "围绕", "贯彻", "在", "以",
    ];
    let end = verbs.iter().filter_map(|verb| opening.find(verb)).min()?;
    let name = &opening[..end];
    let long = name.chars().count() >= 4;
    (long && is_body(name) && !name.starts_with(['全', '各'])).then(|| name.to_owned())
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
    if let Some(scope) = agency.and_then(name::scope) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ByteRange;

    #[test]
    fn bylines_name_bodies_beside_and_below_their_words() {
        let profile = Profile::generic();
        let cases: [(&[&str], Option<&str>); 6] = [
            (&["来源：云溪县民政局 浏览次数：3"], Some("云溪县民政局")),
            (
                &["发布机构", "云溪县民政局", "发文日期"],
                Some("云溪县民政局"),
            ),
            (&["发布机构：", "云溪县民政局"], Some("云溪县民政局")),
            (
                &["作者：李四", "信息来源: 云溪县民政局"],
                Some("云溪县民政局"),
            ),
            (&["来源：本站"], None),
            (&["来源云溪县民政局"], None),
        ];
        for (lines, want) in cases {
            assert_eq!(byline_source(profile, lines).as_deref(), want, "{lines:?}");
        }
    }

    #[test]
    fn texts_name_bodies_at_their_ends() {
        let item = |text: &str| Item {
            text: text.to_owned().into(),
            bytes: ByteRange::default(),
            block: 0,
            heading: None,
            marked: false,
            link_chars: 0,
        };
        let signed = [
            item("无其他事项。"),
            item("云溪县民政局"),
            item("2022年1月28日"),
            item("附件"),
        ];
        assert_eq!(signature(&signed).as_deref(), Some("云溪县民政局"));
        let signed = [item("无。"), item("云溪县民政局 2022年1月28日")];
        assert_eq!(signature(&signed).as_deref(), Some("云溪县民政局"));
        assert_eq!(
            signature(&[item("无其他事项。"), item("2022年1月28日")]),
            None
        );
        let cases = [
            (
                "本报告由云溪县民政局编制，全文包括六个部分。",
                Some("云溪县民政局"),
            ),
            (
                "2021年，云溪县民政局坚持以人民为中心。",
                Some("云溪县民政局"),
            ),
            ("2021年，我局坚持以人民为中心。", None),
            ("2021年，在县委的领导下，县民政局认真落实。", None),
        ];
        for (text, want) in cases {
            assert_eq!(acting_body(text).as_deref(), want, "{text:?}");
        }
    }
}
