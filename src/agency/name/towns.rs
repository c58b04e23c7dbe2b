//! Towns, townships and subdistricts in names, and their bodies.

use super::{Part, can_be_name, is_han};

/// What bodies of a town are named by: 云溪县柳河镇财政所, 柳河镇党政办公室.
const OF_TOWNS: [&str; 30] = [
    "党政",
    "党委",
    "党群",
    "党建",
    "党工委",
    "人大",
    "纪委",
    "财政",
    "司法所",
    "派出所",
    "经济",
    "社会",
    "平安",
    "综合",
    "农业",
    "农村",
    "农林",
    "公共",
    "退役",
    "规划",
    "村镇",
    "应急",
    "文化",
    "民政",
    "卫生",
    "水利",
    "林业",
    "畜牧",
    "劳动",
    "统计",
];

/// Where a town's name at the start ends: its own word must be followed by its government, or nothing; behind the name of a county
/// by a body that towns have, too.
pub(super) fn town(text: &str, is_in_county: bool) -> Option<usize> {
    let ends = ["街道", "苏木", "镇", "乡"];
    for (at, c) in text.char_indices().take(10).skip(1) {
        let end = at + c.len_utf8();
        let name = &text[..end];
        let Some(word) = ends.iter().find(|word| name.ends_with(**word)) else {
            continue;
        };
        let stem = &name[..name.len() - word.len()];
        let behind = &text[end..];
        let own = ["人民政府", "政府", "办事处", "便民服务", "综合行政"];
        let mut before = stem.chars().rev();
        // 小城镇, 农村乡镇, 特色小镇 are words.
        let is_word = before
            .next()
            .is_none_or(|c| matches!(c, '城' | '乡' | '小' | '村' | '名'))
            || before.next().is_none();
        let fits = matches!(behind, "" | "办")
            || own.iter().any(|word| behind.starts_with(word))
            || is_in_county && !is_word && OF_TOWNS.iter().any(|word| behind.starts_with(word));
        if !stem.is_empty() && fits && can_be_name(stem) && stem.chars().all(is_han) {
            return Some(end);
        }
    }
    None
}

/// The body of a town's name in full.
pub(super) fn town_body(body: &str, town: Option<&Part>) -> String {
    let is_street = town.is_some_and(|part| part.name.ends_with("街道"));
    match body {
        "" | "政府" if !is_street => "人民政府".into(),
        "" | "办" if is_street => "办事处".into(),
        body => body.to_owned(),
    }
}
