//! Extraction against generated pages of known truth: every form in every dialect.
//!
//! A value that is wrong or invented fails, and so does any count that is worse than `tests/ratchet.toml` says.
//! `NIANBAO_SHOW=Dialect` prints what went wrong where.

#[path = "generator/mod.rs"]
mod generator;
mod ratchet;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use generator::{Case, Dialect, Truth};
use nianbao::model::{Catalog, CellStatus, Code, ColumnKind, FormId, Report, SectionKind};
use nianbao::pipeline::{Origin, read};
use nianbao::profile::Profile;
use ratchet::{ADVICE, Counts, Ratchet};

/// Pages of each form and dialect; the ratchet holds for this many.
const PAGES: u64 = 12;

/// What became of the cells and fields of some pages.
#[derive(Debug, Default, Clone, Copy)]
struct Score {
    pages: u32,
    refused: u32,
    right: u32,
    /// Another value, or another status with a value on either side.
    wrong: u32,
    /// The page tells the cell, the report says it cannot be read or is absent.
    missing: u32,
    /// Cells that the page does not tell.
    untold: u32,
    /// Those that are refused, with a finding.
    untold_refused: u32,
    /// Those that got the number they were meant to have: by luck.
    guessed: u32,
    /// A number that the truth does not have.
    invented: u32,
    title: u32,
    agency: u32,
    year: u32,
    form: u32,
    published: u32,
    scope: u32,
    sentences: u32,
    /// In a section of their kind.
    sentences_right: u32,
    /// In a section of another kind, which the truth does not have them in.
    elsewhere: u32,
}

fn read_case(case: &Case) -> Result<Report, String> {
    let bytes = case.render();
    let url = case.url();
    let origin = Origin {
        url: Some(&url),
        content_type: None,
    };
    read(&bytes, origin, Profile::generic()).map_err(|error| error.to_string())
}

fn score(case: &Case, show: bool) -> Score {
    let truth = case.truth();
    let mut score = Score {
        pages: 1,
        ..Score::default()
    };
    let report = match read_case(case) {
        Ok(report) => report,
        Err(error) => {
            if show {
                println!("seed {}: refused: {error}", case.seed);
            }
            score.refused = 1;
            score.untold = u32::try_from(truth.untold.len()).unwrap();
            score.untold_refused = score.untold;
            score.missing = u32::try_from(truth.cells.len()).unwrap() - score.untold;
            return score;
        }
    };
    score_cells(case, &truth, &report, &mut score, show);
    let field = |name: &str, right: bool, got: String, want: String| {
        if !right && show {
            println!("seed {}: {name}: {got:?} instead of {want:?}", case.seed);
        }
        u32::from(right)
    };
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    score.title = field(
        "title",
        report.title.as_deref() == Some(&truth.title),
        text(report.title.as_deref()),
        truth.title.clone(),
    );
    score.agency = field(
        "agency",
        report.agency.name.as_deref() == Some(&truth.agency),
        text(report.agency.name.as_deref()),
        truth.agency.clone(),
    );
    score.year = field(
        "year",
        report.year == Some(truth.year),
        format!("{:?}", report.year),
        truth.year.to_string(),
    );
    score.form = field(
        "form",
        report.form == Some(truth.form),
        format!("{:?}", report.form),
        truth.form.to_string(),
    );
    score.published = field(
        "published",
        report.published == Some(truth.published),
        format!("{:?}", report.dates),
        truth.published.to_string(),
    );
    score.scope = field(
        "scope",
        report.scope == truth.scope,
        report.scope.as_str().into(),
        truth.scope.as_str().into(),
    );
    score_sections(case, &truth, &report, &mut score, show);
    score
}

fn score_cells(case: &Case, truth: &Truth, report: &Report, score: &mut Score, show: bool) {
    let catalog = Catalog::get();
    let got: BTreeMap<&str, _> = report
        .observations
        .iter()
        .map(|observation| {
            (
                catalog.indicator(observation.indicator).cell.as_str(),
                observation,
            )
        })
        .collect();
    for (cell, want) in &truth.cells {
        let observation = got.get(cell.as_str());
        let status = observation.map(|o| o.status);
        let value = observation.and_then(|o| o.value).map(|v| v.to_string());
        if truth.untold.contains(cell) {
            score.untold += 1;
            let refused = status == Some(CellStatus::Unreadable) && says_so(report);
            if value.is_some() && value == want.value {
                score.guessed += 1;
            } else if value.is_some() {
                score.invented += 1;
            } else {
                score.untold_refused += u32::from(refused);
            }
            if show && !refused {
                println!(
                    "seed {}: {cell}: {status:?} {value:?}, but the page does not tell",
                    case.seed
                );
            }
            continue;
        }
        if status == Some(want.status)
            && value == want.value
            && observation.is_some_and(|o| o.raw == want.raw)
        {
            score.right += 1;
            continue;
        }
        let unread = status.is_none_or(|s| s.is_absent() || s == CellStatus::Unreadable);
        if value.is_some() && want.value.is_none() {
            score.invented += 1;
        } else if unread {
            score.missing += 1;
        } else {
            score.wrong += 1;
        }
        if show {
            println!(
                "seed {}: {cell}: {status:?} {value:?} {:?} instead of {:?} {:?} {:?}",
                case.seed,
                observation.map(|o| o.raw.as_str()),
                want.status,
                want.value,
                want.raw
            );
        }
    }
    for (cell, observation) in got {
        if observation.value.is_some() && !truth.cells.contains_key(cell) {
            score.invented += 1;
            if show {
                println!("seed {}: {cell}: invented {:?}", case.seed, observation.raw);
            }
        }
    }
}

/// Whether a finding says that cells could not be told apart.
fn says_so(report: &Report) -> bool {
    let codes = [Code::AmbiguousCells, Code::UnknownColumn];
    let mut findings = report.findings.iter();
    findings.any(|finding| codes.contains(&finding.code))
}

fn score_sections(case: &Case, truth: &Truth, report: &Report, score: &mut Score, show: bool) {
    let squeeze = |text: &str| {
        text.chars()
            .filter(|c| !c.is_whitespace())
            .collect::<String>()
    };
    let whole: Vec<_> = report
        .sections
        .iter()
        .map(|section| (section.kind, squeeze(&section.text)))
        .collect();
    let sentences = |paragraphs: &[String]| -> Vec<String> {
        let all = paragraphs
            .iter()
            .flat_map(|text| text.split_inclusive('。'));
        all.map(squeeze).filter(|text| !text.is_empty()).collect()
    };
    for (kind, paragraphs) in &truth.sections {
        for sentence in sentences(paragraphs) {
            score.sentences += 1;
            let has = |(_, text): &&(_, String)| text.contains(&sentence);
            let inside: BTreeSet<_> = whole.iter().filter(has).map(|(kind, _)| *kind).collect();
            // Short ones may stand in two sections rightly.
            let meant = |other: &SectionKind| {
                truth.sections.iter().any(|(kind, paragraphs)| {
                    kind == other && squeeze(&paragraphs.concat()).contains(&sentence)
                })
            };
            let elsewhere = inside.iter().any(|other| !meant(other));
            score.sentences_right += u32::from(inside.contains(kind));
            score.elsewhere += u32::from(elsewhere);
            if show && (elsewhere || !inside.contains(kind)) {
                println!(
                    "seed {}: {inside:?} instead of {kind:?}: {sentence}",
                    case.seed
                );
            }
        }
    }
}

impl Score {
    fn add(&mut self, other: Self) {
        self.pages += other.pages;
        self.refused += other.refused;
        self.right += other.right;
        self.wrong += other.wrong;
        self.missing += other.missing;
        self.untold += other.untold;
        self.untold_refused += other.untold_refused;
        self.guessed += other.guessed;
        self.invented += other.invented;
        self.title += other.title;
        self.agency += other.agency;
        self.year += other.year;
        self.form += other.form;
        self.published += other.published;
        self.scope += other.scope;
        self.sentences += other.sentences;
        self.sentences_right += other.sentences_right;
        self.elsewhere += other.elsewhere;
    }

    /// As the ratchet keeps it.
    fn counts(&self) -> Counts {
        let lost = |right: u32| self.pages - right;
        [
            ("pages", self.pages),
            ("right", self.right),
            ("refused", self.refused),
            ("wrong", self.wrong),
            ("missing", self.missing),
            ("untold", self.untold),
            (
                "untold_otherwise",
                self.untold - self.untold_refused - self.guessed,
            ),
            ("guessed", self.guessed),
            ("invented", self.invented),
            ("title", lost(self.title)),
            ("agency", lost(self.agency)),
            ("year", lost(self.year)),
            ("form", lost(self.form)),
            ("published", lost(self.published)),
            ("scope", lost(self.scope)),
            ("sentences", self.sentences),
            ("sentences_lost", self.sentences - self.sentences_right),
            ("sentences_elsewhere", self.elsewhere),
        ]
        .map(|(name, count)| (name.to_owned(), count))
        .into()
    }
}

#[test]
fn accuracy_by_dialect() {
    let show = std::env::var("NIANBAO_SHOW").unwrap_or_default();
    let pages: u64 = std::env::var("NIANBAO_PAGES").map_or(PAGES, |n| n.parse().unwrap());
    let mut total = Score::default();
    let mut now = Ratchet::new();
    println!(
        "{:22} {:>5} {:>4} {:>7} {:>5} {:>7} {:>8} {:>11} | title agency year form date scope sentences",
        "form dialect", "pages", "ref.", "right", "wrong", "missing", "invented", "untold"
    );
    for form in FormId::ALL {
        for dialect in Dialect::ALL.iter().filter(|dialect| dialect.fits(form)) {
            let mut sum = Score::default();
            for seed in 0..pages {
                let case = Case::of(seed, form, *dialect);
                sum.add(score(
                    &case,
                    show == format!("{dialect:?}") || show == format!("{form}{dialect:?}"),
                ));
            }
            println!(
                "{form} {:22} {:5} {:4} {:7} {:5} {:7} {:8} {:>11} | {:5} {:6} {:4} {:4} {:4} {:5} {}/{}",
                format!("{dialect:?}"),
                sum.pages,
                sum.refused,
                sum.right,
                sum.wrong,
                sum.missing,
                sum.invented,
                format!("{}/{}", sum.untold_refused, sum.untold),
                sum.title,
                sum.agency,
                sum.year,
                sum.form,
                sum.published,
                sum.scope,
                sum.sentences_right,
                sum.sentences
            );
            total.add(sum);
            now.insert(format!("{form} {dialect:?}"), sum.counts());
        }
    }
    println!("{total:#?}");
    let told = total.right + total.wrong + total.missing;
    println!(
        "told: {} of {told} cells right; untold: {} of {} refused, {} guessed",
        total.right, total.untold_refused, total.untold, total.guessed
    );
    assert_eq!(
        (total.wrong, total.invented),
        (0, 0),
        "wrong and invented cells"
    );
    assert!(
        u64::from(total.right) * 1000 >= u64::from(told) * 999,
        "{} of {told} cells that the pages tell are right",
        total.right
    );
    assert_eq!(total.elsewhere, 0, "sentences in a section of another kind");
    // At least 99.5 % of them where they belong.
    let lost = total.sentences - total.sentences_right;
    assert!(
        lost * 200 <= total.sentences,
        "{lost} of {} sentences are lost",
        total.sentences
    );
    if pages == PAGES {
        hold(&now);
    }
}

/// Compares with the file, or writes it.
fn hold(now: &Ratchet) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ratchet.toml");
    if std::env::var_os("NIANBAO_RATCHET").is_some_and(|word| word == "write") {
        std::fs::write(path, ratchet::print(now)).unwrap();
        return;
    }
    let file = std::fs::read_to_string(path).unwrap();
    let file: Ratchet = toml::from_str(&file).unwrap();
    let (worse, better) = ratchet::compare(&file, now);
    for line in better {
        println!("better: {line}");
    }
    let worse = worse.join("\n");
    assert!(
        worse.is_empty(),
        "worse than tests/ratchet.toml:\n{worse}\n{ADVICE}"
    );
}

/// Two columns of values in any dialect: where the year's column is blank, nothing else takes its place, and in the
/// rows as printed a sum over years never stands as the year's.
#[test]
fn a_cumulative_number_is_never_the_years() {
    let mut cells = 0;
    for form in [FormId::F2008, FormId::F2014] {
        for dialect in [
            Dialect::ListFujian,
            Dialect::ListCumulative,
            Dialect::ListTwoUpCumulative,
            Dialect::ListHeadlessTwo,
            Dialect::ListDamagedHeads,
            Dialect::ListShortRows,
        ] {
            if !dialect.fits(form) {
                continue;
            }
            for seed in 0..24 {
                let mut case = Case::of(seed, form, dialect);
                let ids: Vec<String> = case.truth().cells.keys().cloned().collect();
                for id in ids.iter().filter(|id| !id.ends_with("@cumulative")) {
                    case = case.with_raw(id, "");
                }
                let Ok(report) = read_case(&case) else {
                    continue;
                };
                for one in &report.observations {
                    let cell = &Catalog::get().indicator(one.indicator).cell;
                    assert!(
                        cell.ends_with("@cumulative") || one.value.is_none(),
                        "{form} {dialect:?} seed {seed}: {cell} is {:?}",
                        one.raw
                    );
                }
                for row in &report.statistics {
                    for cell in row.cells.iter().filter(|cell| cell.value.is_some()) {
                        cells += 1;
                        assert!(
                            cell.kind != ColumnKind::Year,
                            "{form} {dialect:?} seed {seed}: {row:?}"
                        );
                    }
                }
            }
        }
    }
    assert!(cells > 2_000, "{cells}");
}

/// Rows a province inserted are kept with their numbers, and found odd.
#[test]
fn rows_unknown_to_the_form_are_kept() {
    let mut kept = 0;
    for form in [FormId::F2008, FormId::F2014] {
        for seed in 0..12 {
            let case = Case::of(seed, form, Dialect::ListInserted);
            let report = read_case(&case).unwrap();
            for row in report.statistics.iter().filter(|row| row.id.is_none()) {
                kept += row.cells.iter().filter(|cell| cell.value.is_some()).count();
            }
            let found = report.findings.iter();
            let found = found.filter(|finding| finding.code == Code::UnknownRow);
            assert!(found.count() >= 3, "{form} seed {seed}");
        }
    }
    assert!(kept >= 24 * 3, "{kept}");
}

/// Every value of a list is in the rows as printed, each in a column of its kind.
#[test]
fn rows_of_lists_have_every_column() {
    for dialect in [
        Dialect::ListFujian,
        Dialect::ListCumulative,
        Dialect::ListYears,
    ] {
        for seed in 0..12 {
            let case = Case::of(seed, FormId::F2008, dialect);
            let report = read_case(&case).unwrap();
            let year = Some(case.content.year);
            let rows = case
                .truth()
                .cells
                .keys()
                .filter(|cell| !cell.ends_with("@cumulative"))
                .count();
            assert_eq!(report.statistics.len(), rows, "{dialect:?} seed {seed}");
            for row in &report.statistics {
                let this = |cell: &&nianbao::model::StatisticCell| {
                    cell.kind == ColumnKind::Year && cell.year == year
                };
                assert_eq!(row.cells.len(), 2, "{dialect:?} seed {seed}: {row:?}");
                assert_eq!(
                    row.cells.iter().filter(this).count(),
                    1,
                    "{dialect:?} seed {seed}: {row:?}"
                );
                let sums = row
                    .cells
                    .iter()
                    .filter(|cell| cell.kind == ColumnKind::Cumulative);
                let want = usize::from(dialect != Dialect::ListYears);
                assert_eq!(sums.count(), want, "{dialect:?} seed {seed}: {row:?}");
            }
        }
    }
}
