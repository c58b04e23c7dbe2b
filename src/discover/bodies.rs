//! Whether two names are those of one public body.
//!
//! In: the name in a title and that of the body a column belongs to. Out: same, other, or not to be told. One name may
//! leave out what stands around the other (`民政局` and `云溪县民政局`); nothing else joins two bodies, since a
//! department, its predecessor and its government's office have names much alike.

use crate::extract::name;

/// How two names stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Same,
    Other,
    Unclear,
}

/// Short for; both are read as the long one.
const SHORT: [(&str, &str); 26] = [
    ("发改委", "发展和改革委员会"),
    ("发改局", "发展和改革局"),
    ("发展改革委", "发展和改革委员会"),
    ("卫健委", "卫生健康委员会"),
    ("卫健局", "卫生健康局"),
    ("人社局", "人力资源和社会保障局"),
    ("人社厅", "人力资源和社会保障厅"),
    ("住建局", "住房和城乡建设局"),
    ("住建委", "住房和城乡建设委员会"),
    ("住建厅", "住房和城乡建设厅"),
    ("工信局", "工业和信息化局"),
    ("工信厅", "工业和信息化厅"),
    ("经信局", "经济和信息化局"),
    ("经信委", "经济和信息化委员会"),
    ("市监局", "市场监督管理局"),
    ("市场监管局", "市场监督管理局"),
    ("文旅局", "文化和旅游局"),
    ("自规局", "自然资源和规划局"),
    ("城管局", "城市管理局"),
    ("国资委", "国有资产监督管理委员会"),
    ("应急局", "应急管理局"),
    ("医保局", "医疗保障局"),
    ("管委会", "管理委员会"),
    ("退役军人局", "退役军人事务局"),
    ("政府办", "政府办公室"),
    ("街道办", "街道办事处"),
];

/// Names without these at the end are the same government's.
const GOVERNMENT: [&str; 4] = ["人民政府", "政府", "人民政府（本级）", "办事处"];

/// Compares the name in a title with that of the column's body.
pub(super) fn relation(named: &str, column: &str) -> Relation {
    let (short, long) = (plain(named), plain(column));
    if short.is_empty() || long.is_empty() {
        return Relation::Unclear;
    }
    if short == long || ends_with_name(&long, &short) || ends_with_name(&short, &long) {
        return Relation::Same;
    }
    if !name::is_body(named) {
        // 云溪 of 云溪县 may be the city of that name as well.
        return Relation::Unclear;
    }
    Relation::Other
}

/// The name in full, without brackets, `人民政府` and `办事处`.
fn plain(name: &str) -> String {
    let mut text: String = name
        .split(['（', '(', '【', '['])
        .find(|part| !part.is_empty())
        .unwrap_or_default()
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect();
    for site in ["门户网站", "政务网", "官方网站", "网站", "中国"] {
        if let Some(rest) = text.strip_suffix(site) {
            text.truncate(rest.len());
        }
    }
    for (short, long) in SHORT {
        if text.ends_with(short) && !text.ends_with(long) {
            text.truncate(text.len() - short.len());
            text.push_str(long);
            break;
        }
    }
    // 云溪县人民政府办公室 is the office, 云溪县人民政府 the county.
    let text = text.replace("人民政府", "政府");
    for end in GOVERNMENT {
        if let Some(rest) = text.strip_suffix(end)
            && !rest.is_empty()
        {
            return rest.to_owned();
        }
    }
    text
}

/// Whether `long` is `short` with divisions in front: 云溪县 + 民政局, 中华人民共和国 + 民政部.
fn ends_with_name(long: &str, short: &str) -> bool {
    let Some(front) = long.strip_suffix(short) else {
        return false;
    };
    if short.chars().count() < 2 {
        // 市 of 市政府 and 云溪市: the level is all it says.
        return ["省", "市", "县", "区", "旗", "州", "镇", "乡"].contains(&short);
    }
    // 园林业局 is not 林业局 of 园.
    let whole = [
        "省", "市", "县", "区", "旗", "州", "盟", "镇", "乡", "国", "总局", "总署", "街道", "兵团",
        "师",
    ];
    // 县民政局 of 云溪: the division's own level begins the short name.
    let level = ["省", "市", "县", "区", "旗", "州", "盟", "镇", "乡"]
        .iter()
        .any(|level| short.starts_with(level));
    // 城关镇 of 云溪县: a division below another is itself; 高新区 of 云溪市 too.
    whole.iter().any(|end| front.ends_with(end))
        || level && front.chars().count() >= 2 && !has_level(front)
}

/// Whether a name has a division's level in it already: 云溪市市场监督管理局 is no 市场监督管理局 of the level 市.
fn has_level(front: &str) -> bool {
    ["省", "市", "县", "旗", "州", "盟"]
        .iter()
        .any(|level| front.ends_with(level))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_bodys_only_where_one_leaves_out_divisions() {
        use Relation::{Other, Same, Unclear};
        let cases = [
            ("云溪县民政局", "云溪县民政局", Same),
            ("民政局", "云溪县民政局", Same),
            ("县民政局", "云溪县民政局", Same),
            ("云溪县民政局", "民政局", Same),
            ("云岭区教育局", "云溪市云岭区教育局", Same),
            ("云溪县", "云溪县人民政府", Same),
            ("县政府", "云溪县人民政府", Same),
            ("市政府", "云溪市人民政府", Same),
            ("城关镇人民政府", "云溪县城关镇人民政府", Same),
            ("民政部", "中华人民共和国民政部", Same),
            ("云溪县发改委", "云溪县发展和改革委员会", Same),
            ("市市场监管局", "云溪市市场监督管理局", Same),
            ("云溪县政府办公室", "云溪县人民政府办公室", Same),
            ("云溪县人民政府（本级）", "云溪县人民政府门户网站", Same),
            ("云溪县税务局", "国家税务总局云溪县税务局", Same),
            ("青岭县民政局", "云溪县民政局", Other),
            ("云溪县人民政府办公室", "云溪县人民政府", Other),
            ("云溪县", "云溪县人民政府办公室", Other),
            ("县政府", "云溪市人民政府", Other),
            ("云溪县文化局", "云溪县文化广电旅游局", Other),
            ("林业局", "云溪市园林业局", Other),
            ("云溪县教育局", "云溪县", Other),
            ("城关镇人民政府", "云溪县人民政府", Other),
            ("云溪", "云溪县", Unclear),
            ("云溪教育", "云溪县教育局", Unclear),
        ];
        for (named, column, want) in cases {
            assert_eq!(relation(named, column), want, "{named} / {column}");
        }
    }
}
