//! Labels with a misprint: a row is read as what it is, or not at all, never as another.

#[path = "generator/mod.rs"]
mod generator;

use std::collections::BTreeMap;

use generator::{Case, Charset, Declared, Dialect, Numbers, Rng, Template};
use nianbao::model::{Catalog, FormId};
use nianbao::pipeline::{Origin, read};
use nianbao::profile::Profile;

/// Characters a misprint may put in: common ones of these reports and some that are not.
const STRAY: &str = "的一政府公开信息行不以其他法规件数予处理定文在和机关科总自申请复查商";

/// The texts between tags inside tables that hold a Han character, as byte ranges.
fn labels(page: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut at = page.find("<table").unwrap_or(page.len());
    let end = page.rfind("</table>").unwrap_or(0);
    while at < end {
        let Some(open) = page[at..end].find('>') else {
            break;
        };
        let start = at + open + 1;
        let Some(close) = page[start..].find('<') else {
            break;
        };
        let text = &page[start..start + close];
        if text.chars().any(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c)) {
            found.push(start..start + close);
        }
        at = start + close;
    }
    found
}

/// One misprint: a character lost, changed, added, doubled, or two exchanged.
fn misprint(text: &str, rng: &mut Rng) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    let han: Vec<usize> = (0..characters.len())
        .filter(|at| ('\u{4E00}'..='\u{9FFF}').contains(&characters[*at]))
        .collect();
    let at = *rng.pick(&han);
    let stray: Vec<char> = STRAY.chars().collect();
    let new = *rng.pick(&stray);
    match rng.below(5) {
        0 => {
            characters.remove(at);
        }
        1 => characters[at] = new,
        2 => characters.insert(at, new),
        3 => characters.insert(at, characters[at]),
        _ if at + 1 < characters.len() => characters.swap(at, at + 1),
        _ => {
            characters.remove(at);
        }
    }
    characters.into_iter().collect()
}

#[derive(Debug, Default, Clone, Copy)]
struct Score {
    pages: u32,
    whole: u32,
    right: u32,
    missing: u32,
    wrong: u32,
}

#[test]
fn a_misprint_in_a_label_moves_no_value() {
    let rounds: u64 = std::env::var("NIANBAO_ROUNDS").map_or(400, |n| n.parse().unwrap());
    let show = std::env::var("NIANBAO_SHOW").is_ok();
    let catalog = Catalog::get();
    let mut total: BTreeMap<FormId, Score> = BTreeMap::new();
    for form in [FormId::F2021, FormId::F2019, FormId::F2014, FormId::F2008] {
        for seed in 0..rounds {
            let mut rng = Rng::new(seed, "misprint");
            let dialects: Vec<Dialect> = Dialect::ALL
                .iter()
                .copied()
                .filter(|dialect| dialect.fits(form) && !dialect.is_flat())
                .collect();
            let dialect = *rng.pick(&dialects);
            let mut case = Case::plain(seed % 7, form, dialect);
            case.template = Template::Trs;
            case.numbers = Numbers::Plain;
            case.charset = Charset::Utf8;
            case.declared = Declared::Right;
            let truth = case.truth();
            let page = String::from_utf8(case.render()).unwrap();
            let labels = labels(&page);
            if labels.is_empty() {
                continue;
            }
            let spot = rng.pick(&labels).clone();
            let before = &page[spot.clone()];
            let after = misprint(before, &mut rng);
            let mut printed = page.clone();
            printed.replace_range(spot.clone(), &after);
            let score = total.entry(form).or_default();
            score.pages += 1;
            let report = match read(printed.as_bytes(), Origin::default(), Profile::generic()) {
                Ok(report) => report,
                Err(error) => {
                    if show {
                        println!("{form} seed {seed}: {before:?} -> {after:?}: {error}");
                    }
                    score.missing += u32::try_from(truth.cells.len()).unwrap();
                    continue;
                }
            };
            let got: BTreeMap<&str, _> = report
                .observations
                .iter()
                .map(|o| (catalog.indicator(o.indicator).cell.as_str(), o))
                .collect();
            let (mut right, mut missing, mut wrong) = (0, 0, 0);
            for (cell, want) in &truth.cells {
                let value = got
                    .get(cell.as_str())
                    .and_then(|o| o.value)
                    .map(|v| v.to_string());
                if value == want.value {
                    right += 1;
                } else if value.is_none() {
                    missing += 1;
                } else {
                    wrong += 1;
                }
            }
            wrong += u32::try_from(
                got.iter()
                    .filter(|(cell, o)| o.value.is_some() && !truth.cells.contains_key(**cell))
                    .count(),
            )
            .unwrap();
            score.right += right;
            score.missing += missing;
            score.wrong += wrong;
            score.whole += u32::from(missing + wrong == 0);
            if show && missing + wrong > 0 {
                println!(
                    "{form} {dialect:?} seed {seed}: {before:?} -> {after:?}: {missing} missing, {wrong} wrong"
                );
            }
        }
    }
    for (form, score) in &total {
        println!("{form}: {score:?}");
    }
    assert!(total.values().all(|score| score.wrong == 0), "values moved");
    for form in [FormId::F2019, FormId::F2021] {
        let Score { right, missing, .. } = total[&form];
        assert!(
            missing * 100 < right,
            "{form}: misprinted labels are not read any more"
        );
    }
}

/// A form, the words a page prints in place of the form's, and how many places they stand at.
type Altered = (FormId, &'static str, &'static [&'static str]);

const ALTERED: &[Altered] = &[
    (
        FormId::F2021,
        "本年制发件数",
        &[
            "本年发件数",
            "本年(2023)制发件数",
            "本年制发数",
            "本年度制发件数",
            "本年 制发 件数",
        ],
    ),
    (
        FormId::F2021,
        "本年废止件数",
        &["本年废止数", "本年度废止件数"],
    ),
    (
        FormId::F2021,
        "现行有效件数",
        &["现行有效数", "现行有效总件数", "现行有效件数（截至年底）"],
    ),
    (
        FormId::F2021,
        "本年处理决定数量",
        &["本年处理决定数", "处理决定数量", "本年度处理决定数量"],
    ),
    (FormId::F2021, "总计", &["合计", "总 计", "总数"]),
    (FormId::F2021, "行政复议", &["行政法复议"]),
    (
        FormId::F2021,
        "复议后起诉",
        &["经复议后起诉", "复议后起诉讼"],
    ),
    (
        FormId::F2021,
        "其他法律行政法规禁止公开",
        &[
            "其他法律行政止公开",
            "其他法律法规禁止公开",
            "法律行政法规禁止公开",
        ],
    ),
    (FormId::F2021, "其他结果", &["其它结果", "其他"]),
    (
        FormId::F2019,
        "本年新制作数量",
        &["本年新制作数", "本年制作数量", "2019年新制作数量"],
    ),
    (
        FormId::F2019,
        "对外公开总数量",
        &["对外公开总数", "对外公开数量"],
    ),
];

#[test]
fn altered_heads_are_read_or_refused() {
    let catalog = Catalog::get();
    let mut unread = Vec::new();
    for (form, known, altered) in ALTERED {
        for words in *altered {
            let case =
                Case::of(3, *form, Dialect::AsPrinted).encoded(Charset::Utf8, Declared::Right);
            let page = String::from_utf8(case.render()).unwrap();
            let truth = case.truth();
            let report = read(
                page.replace(known, words).as_bytes(),
                Origin::default(),
                Profile::generic(),
            )
            .unwrap();
            let mut missing = 0;
            for observation in &report.observations {
                let cell = &catalog.indicator(observation.indicator).cell;
                let want = truth.cells.get(cell).and_then(|cell| cell.value.clone());
                let got = observation.value.map(|value| value.to_string());
                assert!(
                    got.is_none() || got == want,
                    "{words}: {cell}: {got:?} instead of {want:?}"
                );
                missing += usize::from(got.is_none() && want.is_some());
            }
            if missing > 0 {
                unread.push(format!("{words}: {missing}"));
            }
        }
    }
    assert!(unread.is_empty(), "{unread:#?}");
}
