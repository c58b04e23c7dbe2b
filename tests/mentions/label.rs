//! Labelled sentences.

use std::borrow::Cow;

use nianbao::extract::mentions::{About, Paragraph, collect};
use nianbao::model::{ByteRange, Direction, Mention, MentionKind, Period, Scope, SectionKind};

/// What a mention should be, or is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// `62件`.
    pub value: String,
    /// A cell id, or empty.
    pub about: String,
    /// A word of approximation.
    pub approximate: bool,
    /// `2023`, `?`, `cum`, `2023 part`.
    pub year: String,
    /// Kind, direction, negation, channel, whole.
    pub rest: String,
}

/// One sentence with what it holds and what was read.
#[derive(Debug)]
pub struct Case {
    pub sentence: String,
    pub want: Vec<Label>,
    pub got: Vec<Label>,
}

struct Setting {
    year: i16,
    form: String,
    scope: Scope,
    section: SectionKind,
    agency: String,
}

/// Reads a table and the sentences in it.
pub fn read(table: &str) -> Vec<Case> {
    let mut setting = Setting {
        year: 2023,
        form: "2021".into(),
        scope: Scope::Own,
        section: SectionKind::Overview,
        agency: String::new(),
    };
    let mut cases = Vec::new();
    for line in table.lines() {
        if line.starts_with('#') || line.is_empty() {
            continue;
        }
        if let Some(keys) = line.strip_prefix('!') {
            for pair in keys.split_whitespace() {
                let (key, value) = pair.split_once('=').unwrap();
                match key {
                    "year" => setting.year = value.parse().unwrap(),
                    "form" => setting.form = value.into(),
                    "scope" => setting.scope = value.parse().unwrap(),
                    "section" => setting.section = value.parse().unwrap(),
                    "agency" => setting.agency = value.into(),
                    other => panic!("{other}"),
                }
            }
            continue;
        }
        let (sentence, labels) = line.split_once('\t').unwrap_or((line, ""));
        let want = labels
            .split(" | ")
            .filter(|label| !label.trim().is_empty())
            .map(|label| parse(label, setting.year))
            .collect();
        let paragraph = Paragraph {
            section: 0,
            kind: setting.section,
            text: Cow::Borrowed(sentence),
            bytes: ByteRange::default(),
        };
        let about = About {
            year: Some(setting.year),
            form: setting.form.parse().ok(),
            scope: setting.scope,
            agency: Some(&setting.agency),
        };
        let got = collect(&[paragraph], about, &mut Vec::new());
        for mention in &got {
            assert!(
                sentence.contains(&mention.text),
                "{sentence}: {}",
                mention.text
            );
        }
        cases.push(Case {
            sentence: sentence.into(),
            want,
            got: got.iter().map(label).collect(),
        });
    }
    cases
}

fn parse(text: &str, report_year: i16) -> Label {
    let mut words = text.split_whitespace();
    let value = words.next().unwrap().to_owned();
    let mut label = Label {
        about: String::new(),
        approximate: false,
        year: report_year.to_string(),
        rest: String::new(),
        value,
    };
    let mut kind = if label.value.ends_with('%') {
        "percent"
    } else if label.value.ends_with('元') {
        "amount"
    } else {
        "count"
    };
    let (mut negated, mut channel, mut part) = ("", "", "");
    for word in words {
        match word {
            "~" => label.approximate = true,
            "neg" => negated = "neg",
            "cum" => label.year = "cum".into(),
            "part-year" => label.year.push_str(" part"),
            "up" => kind = "change up",
            "down" => kind = "change down",
            "change" => kind = "change",
            "k=amount" => kind = "amount",
            _ if word.starts_with('@') => word[1..].clone_into(&mut label.about),
            _ if word.starts_with("y=") => word[2..].clone_into(&mut label.year),
            _ if word.starts_with("ch=") => channel = &word[3..],
            _ if word.starts_with("part=") => part = &word[5..],
            other => panic!("{other} in {text}"),
        }
    }
    label.rest = format!("{kind} {negated} ch={channel} part={part}");
    label
}

fn label(mention: &Mention) -> Label {
    let year = match (mention.period, mention.year) {
        (Period::Cumulative, _) => "cum".into(),
        (Period::Part, Some(year)) => format!("{year} part"),
        (_, Some(year)) => year.to_string(),
        (_, None) => "?".into(),
    };
    let kind = match (mention.kind, mention.direction) {
        (MentionKind::Change, Some(Direction::Up)) => "change up",
        (MentionKind::Change, Some(Direction::Down)) => "change down",
        (kind, _) => kind.as_str(),
    };
    Label {
        value: format!(
            "{}{}",
            mention.value,
            mention.unit.as_deref().unwrap_or_default()
        ),
        about: mention.about.clone().unwrap_or_default(),
        approximate: mention.approximate,
        year,
        rest: format!(
            "{kind} {} ch={} part={}",
            if mention.negated { "neg" } else { "" },
            mention.channel.map_or("", |channel| channel.as_str()),
            mention
                .part_of
                .map(|part| part.to_string())
                .unwrap_or_default()
        ),
    }
}
