//! Names of public bodies: cut out of a title, told from other words, and what they say of scope.
//!
//! Takes text without spaces. Pure.

use crate::model::Scope;

use super::year;

/// Words that stand around an agency's name in a title and are no part of it.
const FILLERS: [&str; 17] = [
    "关于",
    "公布",
    "发布",
    "公开",
    "报送",
    "上报",
    "印发",
    "公示",
    "的",
    "年度",
    "全年",
    "《",
    "本级",
    "本机关",
    "政府信息公开年报",
    "_",
    "-",
];

/// The agency's name in `before`, what stands in a title before its topic. `topic_is_government` says that the
/// topic reads 政府信息公开: its 政府 may be the name's.
pub fn cut_out(before: &str, topic_is_government: bool) -> Option<String> {
    let mut name = without_years(before);
    loop {
        let known = name.len();
        name = without_marks(&name);
        if let Some(rest) = FILLERS.iter().find_map(|filler| name.strip_suffix(filler)) {
            name.truncate(rest.len());
        }
        if let Some(rest) = FILLERS.iter().find_map(|filler| name.strip_prefix(filler)) {
            name = String::from(rest);
        }
        if name.len() == known {
            break;
        }
    }
    if topic_is_government && name.ends_with("人民") {
        name.push_str("政府");
    }
    (name.chars().count() >= 2 && !is_vague(&name)).then_some(name)
}

/// Takes off years, `1—12月` and what is left of `2008—2021年`.
fn without_years(before: &str) -> String {
    let mut rest = String::with_capacity(before.len());
    let mut at = 0;
    for found in year::find_all(before) {
        rest.push_str(&before[at..found.place.start]);
        at = found.place.end;
    }
    let tail = &before[at..];
    // `…2021年1—12月`, `…2021年1月至12月`.
    let months = tail.trim_start_matches(|c: char| {
        c.is_ascii_digit() || matches!(c, '月' | '至' | '到' | '-' | '—' | '－' | '~' | '份')
    });
    rest.push_str(if at > 0 { months } else { tail });
    let range = rest.trim_end_matches(['-', '—', '－', '至', '到', '~', '–']);
    if range.len() < rest.len() {
        let bare = range.trim_end_matches(|c: char| c.is_ascii_digit());
        if range.len() - bare.len() == 4 {
            rest.truncate(bare.len());
        }
    }
    rest
}

/// Takes off marks at the ends: numbers of a list, brackets around other words, the end of a bracket opened
/// earlier.
fn without_marks(name: &str) -> String {
    let closes = |c: char| matches!(c, '）' | ')' | '】' | ']' | '〕' | '》' | '”' | '"');
    let opens = |c: char| matches!(c, '（' | '(' | '【' | '[' | '〔' | '《' | '“' | '"');
    let mut name = name.trim_start_matches(|c: char| !c.is_alphanumeric() && !opens(c));
    name = name.trim_end_matches(|c: char| !c.is_alphanumeric() && !closes(c));
    // `1.`, `附件1：`.
    let numbered = name.strip_prefix("附件").unwrap_or(name);
    let rest = numbered.trim_start_matches(|c: char| c.is_ascii_digit());
    if let Some(rest) = rest.strip_prefix(['.', '、', '．', '：', ':']) {
        return rest.to_owned();
    }
    // A straight quotation mark opens and closes: the end is looked for behind the first character.
    if let Some(first) = name.chars().next().filter(|c| opens(*c))
        && let Some((inner, _)) = name[first.len_utf8()..].split_once(closes)
    {
        let rest = name[first.len_utf8() + inner.len()..].trim_start_matches(closes);
        // 【青岭县教育局】 alone is the name; “十四五”规划… goes on.
        if rest.is_empty() && is_body(inner) {
            return inner.to_owned();
        }
        if first != '“' {
            return rest.to_owned();
        }
    }
    // `年报】青岭县教育局`.
    if let Some(end) = name.find(closes)
        && !name[..end].contains(opens)
    {
        return name[end..].trim_start_matches(closes).to_owned();
    }
    if let Some(start) = name.rfind(opens)
        && name.ends_with(closes)
    {
        let inner = name[start..].trim_matches(|c: char| opens(c) || closes(c));
        let vague = ["汇总", "本机关", "本单位", "本部门", "发布", "全"]
            .iter()
            .any(|word| inner.contains(word));
        if inner.is_empty() || vague {
            return name[..start].to_owned();
        }
    }
    // `搜索结果：`, `栏目：青岭县教育局`.
    if let Some((_, rest)) = name.split_once(['：', ':'])
        && is_body(rest)
    {
        return rest.to_owned();
    }
    name.to_owned()
}

/// `我局`, `本机关`: says nothing to a reader elsewhere.
pub fn is_vague(name: &str) -> bool {
    let short = name.chars().count() <= 4;
    short && name.starts_with(['我', '本']) || matches!(name, "政府" | "办公室" | "网站" | "互联网")
}

/// Ends like the name of a public body or a division.
pub fn is_body(name: &str) -> bool {
    const ENDS: [&str; 42] = [
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
        "馆",
        "海关",
        "苏木",
        "联",
        "校",
        "公司",
        "兵团",
        "联合会",
    ];
    let name = match name.rfind(['（', '(']) {
        Some(start) if start > 0 && name.ends_with(['）', ')']) => &name[..start],
        _ => name,
    };
    (2..=40).contains(&name.chars().count())
        && !is_vague(name)
        && !name.contains(['。', '，', '：', ':', '、'])
        && ENDS.iter().any(|end| name.ends_with(end))
}

/// What an agency's name says of scope: departments and townships report on themselves; a government from the
/// county upwards publishes the report of its whole level (Regulation of 2019, art. 49). Zones run by
/// committees are neither.
pub fn scope(name: &str) -> Option<Scope> {
    let own = [
        "局",
        "委员会",
        "办公室",
        "办公厅",
        "厅",
        "中心",
        "总队",
        "支队",
        "大队",
        "院",
        "部",
        "委",
        "办",
        "署",
        "镇人民政府",
        "乡人民政府",
        "镇政府",
        "乡政府",
        "街道办事处",
        "街道",
        "社区",
        "苏木",
        "镇",
        "乡",
        "办事处",
        "处",
        "所",
        "站",
        "社",
        "行",
        "馆",
        "海关",
        "校",
        "队",
        "公司",
    ];
    let wide = ["管理委员会", "管委会"];
    if wide.iter().any(|suffix| name.ends_with(suffix)) {
        return None;
    }
    if own.iter().any(|suffix| name.ends_with(suffix)) {
        return Some(Scope::Own);
    }
    let zones = [
        "开发区",
        "实验区",
        "新区",
        "园区",
        "示范区",
        "合作区",
        "管理区",
        "度假区",
        "保税区",
        "高新区",
    ];
    let division = name
        .strip_suffix("人民政府")
        .or_else(|| name.strip_suffix("政府"))
        .unwrap_or(name);
    let levels = ["省", "市", "县", "区", "州", "旗", "盟"];
    let whole = levels.iter().any(|level| division.ends_with(level))
        && !zones.iter().any(|zone| division.ends_with(zone));
    whole.then_some(Scope::Consolidated)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_out_of_what_stands_around() {
        let cases = [
            ("1.云溪县民政局2021年", Some("云溪县民政局")),
            ("附件1：云溪县民政局2021年", Some("云溪县民政局")),
            ("【年报】云溪县民政局2021年", Some("云溪县民政局")),
            ("年报】云溪县民政局2021年", Some("云溪县民政局")),
            ("【云溪县民政局】2021年", Some("云溪县民政局")),
            ("\"云溪县民政局\"2021年", Some("云溪县民政局")),
            ("\"", None),
            ("（", None),
            (
                "云溪县人民政府（本级）2021年",
                Some("云溪县人民政府（本级）"),
            ),
            ("（2022年发布）云溪县民政局2021年", Some("云溪县民政局")),
            ("云溪县民政局2022年发布2021年", Some("云溪县民政局")),
            ("(2021年)云溪县民政局", Some("云溪县民政局")),
            ("云溪县民政局2021年1—12月", Some("云溪县民政局")),
            ("云溪县2008—2021年", Some("云溪县")),
            ("云溪县民政局2020-2021年", Some("云溪县民政局")),
            ("云溪县民政局关于报送2021年", Some("云溪县民政局")),
            ("云溪县民政局公开2021年", Some("云溪县民政局")),
            (
                "云溪县财政局（国资局）2021年",
                Some("云溪县财政局（国资局）"),
            ),
            ("云溪县财政局（全县汇总）2021年", Some("云溪县财政局")),
            ("云溪县“十四五”办公室2021年", Some("云溪县“十四五”办公室")),
            ("云溪市人民", Some("云溪市人民政府")),
            ("我局2021年", None),
            ("2021年", None),
        ];
        for (before, want) in cases {
            assert_eq!(cut_out(before, true).as_deref(), want, "{before:?}");
        }
        assert_eq!(
            cut_out("云溪镇政府2021年", false).as_deref(),
            Some("云溪镇政府")
        );
    }

    #[test]
    fn names_tell_scope() {
        let cases = [
            ("云溪县教育局", Some(Scope::Own)),
            ("云溪海关", Some(Scope::Own)),
            ("云溪县档案馆", Some(Scope::Own)),
            ("云溪苏木", Some(Scope::Own)),
            ("云溪社区", Some(Scope::Own)),
            ("云溪县人民政府", Some(Scope::Consolidated)),
            ("云溪区", Some(Scope::Consolidated)),
            ("云溪高新区", None),
            ("云溪开发区管委会", None),
        ];
        for (name, want) in cases {
            assert_eq!(scope(name), want, "{name}");
        }
    }
}
