//! What a list page says of itself.

use super::tree::Tree;

/// What an empty list says.
const EMPTY: [&str; 10] = [
    "暂无数据",
    "暂无信息",
    "暂无内容",
    "暂无相关",
    "没有数据",
    "没有信息",
    "没有相关",
    "没有记录",
    "无记录",
    "共0条",
];

/// What a page says of itself.
#[derive(Clone, Copy)]
pub(super) struct About {
    /// That it has no entries.
    pub is_empty: bool,
    /// In its title or its column's name, that it is of yearly reports.
    pub of_reports: bool,
}

impl About {
    pub fn of(tree: &Tree<'_>) -> Self {
        Self {
            is_empty: says_empty(tree),
            of_reports: names_reports(tree),
        }
    }
}

fn names_reports(tree: &Tree<'_>) -> bool {
    let says = |text: &str| text.contains("年报") || text.contains("年度报告");
    let named = tree.nodes().iter().any(|node| {
        let is_name = |name: &str| name.eq_ignore_ascii_case("ColumnName");
        node.name == "meta"
            && node.raw_attribute("name").is_some_and(is_name)
            && node.attribute("content").is_some_and(|text| says(&text))
    });
    named || says(tree.title())
}

fn says_empty(tree: &Tree<'_>) -> bool {
    let runs = tree.runs();
    (0..runs).any(|run| {
        let text = tree.text_run(run);
        let text = text.trim();
        text.len() < 100 && EMPTY.iter().any(|word| text.contains(word))
    })
}
