//! Numbers in the narrative against sentences labelled by hand (`*.tsv`, format in their heads).

mod label;
mod score;

use label::{Case, read};
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
    assert!(score.about.precision() >= about_precision, "{name}\n{score}");
    assert!(score.about.recall() >= about_recall, "{name}\n{score}");
    for (part, rate) in score.parts() {
        assert!(rate >= precision, "{name}: {part}\n{score}");
    }
}

#[test]
fn sentences_the_reader_was_made_with() {
    check("sentences", include_str!("sentences.tsv"), [0.98, 0.98, 0.98, 0.98]);
}

#[test]
fn sentences_written_after_the_reader() {
    check("held out", include_str!("held_out.tsv"), [0.98, 0.90, 0.98, 0.85]);
}
