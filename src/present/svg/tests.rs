use quick_xml::Reader;
use quick_xml::events::Event;

use super::*;
use crate::model::{CellStatus, Decimal, FormId, Language};
use crate::present::bars::{Bar, Bars};
use crate::present::cell::Cell;
use crate::present::plot::Point;

/// Reads the document to its end; the texts of elements of this name.
fn texts(document: &str, name: &str) -> Vec<String> {
    let mut reader = Reader::from_str(document);
    reader.config_mut().check_end_names = true;
    let (mut open, mut depth, mut texts) = (false, 0, Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(element) => {
                depth += 1;
                open = element.name().as_ref() == name;
                if open {
                    texts.push(String::new());
                }
            }
            Event::End(_) => {
                depth -= 1;
                open = false;
            }
            Event::Text(text) if open => texts.last_mut().unwrap().push_str(&text),
            Event::GeneralRef(reference) if open => {
                let text = format!("&{};", &*reference);
                texts.last_mut().unwrap().push_str(&text);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
    texts
}

fn point(year: i16, cell: Cell, gap: Option<Sign>, form: FormId, broken: bool) -> Point {
    Point {
        year,
        cell,
        gap,
        label: String::new(),
        form: Some(form),
        broken,
        note: String::new(),
    }
}

fn number(year: i16, value: i64, form: FormId) -> Point {
    point(
        year,
        Cell::number(Decimal::integer(value)),
        None,
        form,
        false,
    )
}

fn chart(points: Vec<Point>) -> String {
    let frame = Frame {
        title: "某局　新收<申请>&\"".into(),
        notes: vec!["注\u{1b}[31m".into()],
        ..Frame::default()
    };
    LineChart {
        frame,
        plots: vec![Plot {
            title: "某局".into(),
            unit: "件",
            points,
        }],
    }
    .render()
}

#[test]
fn nothing_missing_becomes_a_point() {
    let number_of = |document: &str, what: &str| document.matches(what).count();
    for status in CellStatus::ALL
        .into_iter()
        .filter(|status| *status != CellStatus::Number)
    {
        let missing = point(2020, Cell::missing(status, "5"), None, FormId::F2019, false);
        let document = chart(vec![
            number(2019, 7, FormId::F2019),
            missing,
            number(2021, 9, FormId::F2019),
        ]);
        assert_eq!(number_of(&document, "<circle"), 2, "{status:?}");
        assert_eq!(
            number_of(&document, "<polyline"),
            0,
            "nothing is drawn through a gap"
        );
        let sign = Cell::missing(status, "").sign().unwrap();
        assert!(
            texts(&document, "text")
                .iter()
                .any(|text| text == glyph(sign, Language::Zh)),
            "{status:?}"
        );
        assert!(texts(&document, "desc")[0].contains(&format!("2020年{}", sign.chinese)));
    }
    for sign in Sign::ALL {
        let missing = point(
            2020,
            Cell::number(Decimal::integer(5)),
            Some(*sign),
            FormId::F2019,
            false,
        );
        let document = chart(vec![number(2019, 7, FormId::F2019), missing]);
        assert_eq!(number_of(&document, "<circle"), 1, "{sign:?}");
        assert!(!texts(&document, "desc")[0].contains("2020年5"));
    }
    // A year that has no report at all.
    let document = chart(vec![
        number(2019, 7, FormId::F2019),
        number(2021, 0, FormId::F2019),
    ]);
    assert_eq!(number_of(&document, "<circle"), 2);
    assert!(texts(&document, "desc")[0].contains("2020年未见报告，2021年0件"));
}

#[test]
fn lines_break_where_the_meaning_does() {
    let mut points = vec![
        number(2018, 1, FormId::F2014),
        number(2019, 2, FormId::F2019),
        number(2020, 3, FormId::F2019),
    ];
    let through = chart(points.clone());
    assert_eq!(through.matches("<polyline").count(), 1);
    assert!(
        through.contains("stroke-dasharray"),
        "the change of form is marked"
    );
    points[1].broken = true;
    let broken = chart(points);
    let line = broken
        .lines()
        .find(|line| line.starts_with("<polyline"))
        .unwrap();
    assert_eq!(line.matches(',').count(), 2, "two points: {line}");
    assert!(
        texts(&broken, "text")
            .iter()
            .any(|text| text == "断 2014→2019")
    );
    assert!(texts(&broken, "desc")[0].contains("2019年起口径不同"));
}

#[test]
#[expect(clippy::too_many_lines, reason = "each kind of picture once")]
fn documents_are_well_formed_and_hostile_texts_stay_texts() {
    let document = chart(vec![number(2019, 7, FormId::F2019)]);
    assert_eq!(
        texts(&document, "title")[0],
        "某局　新收&lt;申请&gt;&amp;&quot;"
    );
    assert!(!document.contains('\u{1b}') && document.contains("\u{fffd}[31m"));
    assert_eq!(
        document,
        chart(vec![number(2019, 7, FormId::F2019)]),
        "the same bytes"
    );
    assert!(
        document.contains("role=\"img\"") && document.contains("aria-labelledby=\"title desc\"")
    );
    let name = "<script>alert('x')</script>\u{202e}";
    let bar = |rank, value: Option<i64>, label: &str| Bar {
        rank,
        name: name.into(),
        value: value.map(Decimal::integer),
        label: label.into(),
    };
    let bars = vec![
        bar(Some(1), Some(7), "7"),
        bar(Some(2), Some(0), "0"),
        bar(Some(3), Some(-2), "-2"),
        bar(None, None, "空 空白"),
    ];
    let bars = Bars {
        title: String::new(),
        unit: "件",
        bars,
    };
    let document = BarChart {
        frame: Frame::default(),
        bars,
    }
    .render();
    assert!(!document.contains("<script"));
    // The background and a bar for each number but 0.
    assert_eq!(document.matches("<rect").count(), 3);
    assert!(
        texts(&document, "text")
            .iter()
            .any(|text| text == "空 空白")
    );
    let slopes = vec![
        Slope {
            name: name.into(),
            values: [Ok(Decimal::integer(1)), Ok(Decimal::integer(2))],
            labels: [None, None],
            broken: false,
        },
        Slope {
            name: "乙".into(),
            values: [Ok(Decimal::integer(1)), Ok(Decimal::integer(2))],
            labels: [None, None],
            broken: true,
        },
        Slope {
            name: "丙".into(),
            values: [Err(Sign::BLANK), Ok(Decimal::integer(2))],
            labels: [None, None],
            broken: false,
        },
        Slope {
            name: "丁".into(),
            values: [Err(Sign::NO_REPORT), Err(Sign::MARK)],
            labels: [None, None],
            broken: false,
        },
    ];
    let document = SlopeChart {
        frame: Frame::default(),
        years: [2019, 2020],
        unit: "件",
        slopes,
    }
    .render();
    assert!(!document.contains("<script"));
    assert_eq!(document.matches("<polyline").count(), 1);
    assert_eq!(document.matches("<circle").count(), 5);
    assert_eq!(texts(&document, "desc").len(), 1);
    for empty in [
        LineChart {
            frame: Frame::default(),
            plots: vec![],
        }
        .render(),
        BarChart {
            frame: Frame::default(),
            bars: Bars {
                title: String::new(),
                unit: "",
                bars: vec![],
            },
        }
        .render(),
        SlopeChart {
            frame: Frame::default(),
            years: [2019, 2020],
            unit: "",
            slopes: vec![],
        }
        .render(),
    ] {
        assert!(texts(&empty, "text").iter().any(|text| text == "没有报告"));
    }
}

#[test]
fn coordinates_and_lines_of_text() {
    assert_eq!(
        (pixels(0), pixels(125), pixels(-5), pixels(40)),
        ("0".into(), "12.5".into(), "-0.5".into(), "4".into())
    );
    assert_eq!(wrapped("年报年报", 10, 110 * 2), ["年报", "年报"]);
    assert_eq!(wrapped("one two three", 10, 500), ["one two", "three"]);
    assert_eq!(wrapped("", 10, 500), [""; 0]);
    assert_eq!(wrapped("年", 10, 0), ["年"]);
    // Extremes are drawn somewhere, and fast.
    let all = (i16::MIN..=i16::MAX)
        .step_by(4_096)
        .map(|year| number(year, i64::MAX, FormId::F2021));
    assert!(chart(all.collect()).ends_with("</svg>\n"));
}
