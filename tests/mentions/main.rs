//! Numbers in the narrative against sentences labelled by hand (`*.tsv`, format in their heads).

mod label;
mod score;

use label::{Case, read};
use nianbao::extract::mentions::{About, MAX_MENTIONS, Paragraph, collect};
use nianbao::model::{ByteRange, Code, FormId, Scope, SectionKind};
use score::Score;

fn check(name: &str, text: &str, floors: [f64; 4]) {
    let cases: Vec<Case> = read(text);
    let mut score = Score::default();
    for case in &cases {
        score.add(case);
    }
    println!("{name}: {} sentences\n{score}", cases.len());
    let [precision, recall, about_precision, about_recall] = floors;
    assert!(score.value.precision() >= precision, "{name}\n{score}");
    assert!(score.value.recall() >= recall, "{name}\n{score}");
    assert!(
        score.about.precision() >= about_precision,
        "{name}\n{score}"
    );
    assert!(score.about.recall() >= about_recall, "{name}\n{score}");
    for (part, rate) in score.parts() {
        assert!(rate >= precision, "{name}: {part}\n{score}");
    }
}

#[test]
fn sentences_the_reader_was_made_with() {
    check(
        "sentences",
        include_str!("sentences.tsv"),
        [0.98, 0.98, 0.98, 0.98],
    );
}

#[test]
fn sentences_written_after_the_reader() {
    check(
        "held out",
        include_str!("held_out.tsv"),
        [0.98, 0.90, 0.98, 0.85],
    );
}

#[test]
fn sentences_written_after_the_first_batch() {
    check(
        "second batch",
        include_str!("held_out_2.tsv"),
        [0.98, 0.90, 0.98, 0.85],
    );
}

fn paragraph(text: &str) -> Paragraph<'_> {
    Paragraph {
        section: 0,
        kind: SectionKind::Overview,
        text: text.into(),
        bytes: ByteRange::default(),
    }
}

const ABOUT: About<'static> = About {
    year: Some(2023),
    form: Some(FormId::F2021),
    scope: Scope::Own,
    agency: Some("云溪市教育局"),
};

/// A few million characters each: anything quadratic would take hours.
#[test]
fn endless_paragraphs_take_linear_time() {
    let pieces = [
        "1",
        "1,",
        "（",
        "《",
        "“",
        "其中1件",
        "一",
        "百万",
        "未收到",
        "10-",
        "分别为",
        "、1",
        "1件、",
        "未",
        "2023年",
        "百分之",
        "约",
        "第",
        "1月1日",
        "行政复议、",
        "政府信息公开申请",
        "1 ",
        "1.",
    ];
    for piece in pieces {
        let text = piece.repeat(3_000_000 / piece.len());
        let mut findings = Vec::new();
        let mentions = collect(&[paragraph(&text)], ABOUT, &mut findings);
        assert!(mentions.len() <= MAX_MENTIONS, "{piece}");
        assert!(
            mentions.iter().all(|mention| mention.text.len() < 1_000),
            "{piece}"
        );
    }
}

#[test]
fn a_narrative_of_numbers_is_cut_off_with_a_finding() {
    let text = "发布信息12条。".repeat(MAX_MENTIONS + 10);
    let mut findings = Vec::new();
    let mentions = collect(&[paragraph(&text)], ABOUT, &mut findings);
    assert_eq!(mentions.len(), MAX_MENTIONS);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].code, Code::MentionsCapped);
}

#[test]
fn tables_and_the_appendix_are_no_narrative() {
    let mut row = paragraph("收到申请数\t12件");
    assert_eq!(collect(&[row.clone()], ABOUT, &mut Vec::new()), []);
    row.text = "收到申请数12件".into();
    row.kind = SectionKind::Appendix;
    assert_eq!(collect(&[row], ABOUT, &mut Vec::new()), []);
}
