//! Random reports: everything the model allows, odd things often.

use nianbao::model::{
    Agency, ByteRange, Catalog, Cause, CellStatus, Channel, CharsetEvidence, Code, ColumnKind,
    Confidence, DateEvidence, DateSource, Decimal, Direction, Fault, Finding, FormId, IndicatorId,
    Mention, MentionKind, Observation, Official, Part, Period, Proposal, ProposedChange,
    Provenance, Report, Scope, Section, SectionKind, Source, StatisticCell, StatisticRow, Unit,
};
use nianbao::store::{CaptureInfo, WarcPlace};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// A digest told from others by its first byte.
pub fn digest(seed: u8) -> [u8; 32] {
    let mut digest = [7; 32];
    digest[0] = seed;
    digest
}

/// The capture of a report: digest and address from its provenance, time in seconds.
pub fn capture(report: &Report, second: i64) -> CaptureInfo {
    let bytes = data_encoding::HEXLOWER
        .decode(report.provenance.sha256.as_bytes())
        .unwrap();
    CaptureInfo {
        sha256: bytes.try_into().unwrap(),
        url: report.provenance.url.clone(),
        fetched_at: jiff::Timestamp::from_second(second).unwrap(),
        content_type: Some("text/html".into()),
        warc: Some(WarcPlace {
            file: "a.warc.gz".into(),
            offset: 12,
            length: Some(3_000),
        }),
        size_bytes: 100_000,
    }
}

/// A small sound report of form 2021: every cell a number, but for the first, which is blank.
pub fn sound() -> Report {
    let catalog = Catalog::get();
    let observations = catalog.of_form(FormId::F2021).map(|one| {
        let number = i64::from(one.id.0 % 7);
        let blank = one.cell == "rules.issued";
        Observation {
            indicator: one.id,
            value: (!blank).then(|| Decimal::integer(number)),
            status: if blank {
                CellStatus::Blank
            } else {
                CellStatus::Number
            },
            raw: if blank {
                String::new()
            } else {
                number.to_string()
            },
            unit: one.unit,
            source: Some(Source {
                table: Some(1),
                row: 2,
                column: u32::from(one.id.0),
                bytes: ByteRange::new(u32::from(one.id.0) * 90, u32::from(one.id.0) * 90 + 1),
            }),
        }
    });
    Report {
        title: Some("某某县局2022年政府信息公开工作年度报告".into()),
        agency: Agency {
            name: Some("某某县局".into()),
            code: None,
        },
        year: Some(2022),
        scope: Scope::Own,
        form: Some(FormId::F2021),
        published: Some("2023-01-20".parse().unwrap()),
        dates: vec![],
        sections: vec![Section {
            kind: SectionKind::Overview,
            heading: Some("一、总体情况".into()),
            text: "全年主动公开信息120条。".into(),
            bytes: ByteRange::new(10, 90),
        }],
        observations: observations.collect(),
        statistics: vec![],
        mentions: vec![],
        proposals: vec![],
        findings: vec![Finding::new(Code::DateUnknown, "", "no date")],
        provenance: Provenance {
            sha256: data_encoding::HEXLOWER.encode(&digest(0)),
            url: Some("http://www.example.gov.cn/nb/2022.html".into()),
            charset: "utf-8",
            charset_evidence: CharsetEvidence::Http,
            replacements: 0,
            official: Official::Official,
            signals: vec![],
            parts: vec![],
            profile: "0123456789abcdef".into(),
            program: "0.1.0",
            site_id: None,
        },
    }
}

fn decimals() -> impl Strategy<Value = Decimal> {
    prop_oneof![
        8 => (0..300_i64).prop_map(Decimal::integer),
        2 => (-9_000_000_000..9_000_000_000_i64, 0..7_u8).prop_map(|(m, s)| Decimal::new(m, s).unwrap()),
        1 => (any::<i64>(), 0..=18_u8).prop_map(|(m, s)| Decimal::new(m, s).unwrap()),
    ]
}

/// Mostly the payload itself.
fn parts() -> impl Strategy<Value = u16> {
    prop_oneof![6 => Just(0), 1 => 0..9_u16, 1 => any::<u16>()]
}

fn sources() -> impl Strategy<Value = Option<Source>> {
    let tables = option::weighted(0.9, 0..5_u32);
    option::weighted(
        0.9,
        (tables, 0..60_u32, 0..12_u32, any::<(u32, u32)>(), parts()).prop_map(
            |(table, row, column, (start, end), part)| Source {
                table,
                row,
                column,
                bytes: ByteRange::new(start, end).of_part(part),
            },
        ),
    )
}

/// A status other than number, with text, as one table, row or page would repeat it.
fn blanks() -> impl Strategy<Value = (CellStatus, String)> {
    let raws = select(vec!["", "—", "/", "无", "约30", "it's \"x\""]);
    (select(CellStatus::ALL[1..].to_vec()), raws).prop_map(|(status, raw)| {
        let empty = status.is_absent() || status == CellStatus::Blank;
        (status, if empty { String::new() } else { raw.to_owned() })
    })
}

fn observation(
    id: IndicatorId,
    habit: (CellStatus, String),
) -> impl Strategy<Value = Option<Observation>> {
    let form_unit = Catalog::get().indicator(id).unit;
    let units = prop_oneof![
        12 => Just(form_unit),
        1 => Just(None),
        1 => select(Unit::ALL.to_vec()).prop_map(Some),
    ];
    let odd_raw = option::weighted(0.1, select(vec!["８件", "1，234", "", " 3 "]));
    let own = prop_oneof![4 => Just(habit), 1 => blanks()];
    (any::<Index>(), decimals(), odd_raw, own, units, sources()).prop_map(
        move |(choice, value, odd_raw, (status, raw), unit, source)| match choice.index(20) {
            0 => None,
            1..=8 => Some(Observation {
                indicator: id,
                value: Some(value),
                status: CellStatus::Number,
                raw: odd_raw.map_or_else(|| value.to_string(), str::to_owned),
                unit,
                source,
            }),
            _ => Some(Observation {
                indicator: id,
                value: None,
                status,
                raw,
                unit,
                source,
            }),
        },
    )
}

fn observations() -> impl Strategy<Value = Vec<Observation>> {
    let forms = proptest::sample::subsequence(FormId::ALL.to_vec(), 0..=2);
    (forms, blanks()).prop_flat_map(|(forms, habit)| {
        let catalog = Catalog::get();
        let ids = forms.into_iter().flat_map(|form| catalog.of_form(form));
        let each: Vec<_> = ids.map(|one| observation(one.id, habit.clone())).collect();
        each.prop_map(|all| all.into_iter().flatten().collect())
    })
}

fn statistic_cell() -> impl Strategy<Value = StatisticCell> {
    let column = (
        option::of(select(vec!["2015年度", "历年累计", "统计数"])),
        select(ColumnKind::ALL.to_vec()),
        option::of(2008..2019_i16),
    );
    let content = prop_oneof![
        (decimals(), option::weighted(0.1, Just("８件"))).prop_map(|(value, raw)| {
            let raw = raw.map_or_else(|| value.to_string(), str::to_owned);
            (Some(value), CellStatus::Number, raw)
        }),
        blanks().prop_map(|(status, raw)| {
            let status = if status.is_absent() {
                CellStatus::Blank
            } else {
                status
            };
            (None, status, raw)
        }),
    ];
    let unit = option::of(select(Unit::ALL.to_vec()));
    (column, content, unit, sources()).prop_map(
        |((head, kind, year), (value, status, raw), unit, source)| StatisticCell {
            head: head.map(str::to_owned),
            kind,
            year,
            value,
            status,
            raw,
            unit,
            source,
        },
    )
}

/// Rows of the province's own, some with the id of a row of the form.
fn statistics() -> impl Strategy<Value = Vec<StatisticRow>> {
    let texts = |texts: Vec<&'static str>| option::of(select(texts).prop_map(str::to_owned));
    let row = (
        select(vec![FormId::F2008, FormId::F2014]),
        texts(vec!["h.req", "fj.req", "response", "applications.received"]),
        texts(vec!["申请情况"]),
        text(),
        texts(vec!["01", "12"]),
        texts(vec!["件", "（条）"]),
        vec(statistic_cell(), 0..4),
    );
    let row = row.prop_map(|(form, id, group, label, code, unit, cells)| StatisticRow {
        form,
        id,
        group,
        label,
        code,
        unit,
        cells,
    });
    vec(row, 0..5)
}

/// Rows that say what observations say, as an extraction makes them.
fn rows_of(observations: &[Observation]) -> Vec<StatisticRow> {
    let lists = observations.iter().filter_map(|one| {
        let indicator = Catalog::get().indicator(one.indicator);
        let list = matches!(indicator.form, FormId::F2008 | FormId::F2014);
        (list && !one.status.is_absent()).then_some((one, indicator))
    });
    let row = |(one, indicator): (&Observation, &nianbao::model::Indicator)| StatisticRow {
        form: indicator.form,
        id: Some(indicator.row.clone()),
        group: None,
        label: indicator.path.join("/"),
        code: None,
        unit: None,
        cells: vec![StatisticCell {
            head: None,
            kind: ColumnKind::Year,
            year: Some(2012),
            value: one.value,
            status: one.status,
            raw: one.raw.clone(),
            unit: one.unit,
            source: one.source,
        }],
    };
    lists.map(row).collect()
}

fn day() -> impl Strategy<Value = jiff::civil::Date> {
    (2008..2030_i16, 1..13_i8, 1..29_i8).prop_map(|(y, m, d)| jiff::civil::date(y, m, d))
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,20}",
        "[一-龥]{0,30}",
        Just("a\n\u{3000}b\tc'\"".to_owned())
    ]
}

fn provenance() -> impl Strategy<Value = Provenance> {
    let url = option::of(select(vec!["http://a.gov.cn/1", "http://b.gov.cn/2"]));
    let words = (
        select(CharsetEvidence::ALL.to_vec()),
        select(Official::ALL.to_vec()),
        select(vec!["utf-8", "gb18030"]),
    );
    let part = (text(), any::<u8>()).prop_map(|(name, seed)| Part {
        name,
        sha256: data_encoding::HEXLOWER.encode(&digest(seed)),
    });
    let lists = (vec(text(), 0..3), vec(part, 0..4));
    (any::<u8>(), url, words, 0..9_u32, lists).prop_map(
        |(seed, url, (charset_evidence, official, charset), replacements, (signals, parts))| {
            Provenance {
                sha256: data_encoding::HEXLOWER.encode(&digest(seed)),
                url: url.map(str::to_owned),
                charset,
                charset_evidence,
                replacements,
                official,
                signals,
                parts,
                profile: "0123456789abcdef".into(),
                program: "0.1.0",
                site_id: (seed % 3 == 0).then(|| "3203240001".into()),
            }
        },
    )
}

/// A proposal without its changes, and what these will be: the place of an observation, a number.
fn proposal() -> impl Strategy<Value = (Proposal, Vec<(Index, Option<Decimal>)>)> {
    let words = (
        select(Cause::ALL.to_vec()),
        select(Fault::ALL.to_vec()),
        select(Confidence::ALL.to_vec()),
    );
    let changes = vec((any::<Index>(), option::of(decimals())), 0..4);
    let rest = (any::<bool>(), 0..40_u32, text(), vec(text(), 0..3));
    (words, changes, rest).prop_map(
        |((cause, fault, confidence), changes, (unique, alternatives, message, identities))| {
            let proposal = Proposal {
                cause,
                fault,
                confidence,
                unique,
                changes: Vec::new(),
                identities,
                alternatives,
                message,
            };
            (proposal, changes)
        },
    )
}

fn mention() -> impl Strategy<Value = Mention> {
    let words = (
        select(MentionKind::ALL.to_vec()),
        option::of(select(Direction::ALL.to_vec())),
        select(Period::ALL.to_vec()),
        option::of(select(Channel::ALL.to_vec())),
    );
    let number = (decimals(), option::of(text()), any::<(bool, bool)>());
    let links = (
        option::of(any::<i16>()),
        option::of(any::<u32>()),
        option::of(text()),
    );
    let places = (any::<u32>(), any::<(u32, u32)>(), parts());
    (text(), number, words, links, places).prop_map(
        |(text, number, (kind, direction, period, channel), links, place)| {
            let (section, (start, end), part) = place;
            let (value, unit, (approximate, negated)) = number;
            let (year, part_of, about) = links;
            Mention {
                text,
                value,
                unit,
                approximate,
                negated,
                kind,
                direction,
                year,
                period,
                channel,
                part_of,
                about,
                section,
                bytes: ByteRange::new(start, end).of_part(part),
            }
        },
    )
}

/// The proposal for cells that the report has; for none where it has none.
fn with_changes(
    (proposal, drawn): (Proposal, Vec<(Index, Option<Decimal>)>),
    observations: &[Observation],
) -> Proposal {
    let drawn = drawn.iter().filter(|_| !observations.is_empty());
    let changes = drawn.map(|(index, proposed)| {
        let observation = &observations[index.index(observations.len())];
        ProposedChange {
            indicator: observation.indicator,
            printed: observation.value,
            proposed: *proposed,
            source: observation.source,
        }
    });
    Proposal {
        changes: changes.collect(),
        ..proposal
    }
}

/// A random report; its agency, year and scope from small sets.
pub fn report() -> impl Strategy<Value = Report> {
    let section = (
        select(SectionKind::ALL.to_vec()),
        option::of(text()),
        text(),
        any::<(u32, u32)>(),
        parts(),
    )
        .prop_map(|(kind, heading, text, (start, end), part)| Section {
            kind,
            heading,
            text,
            bytes: ByteRange::new(start, end).of_part(part),
        });
    let mention = mention();
    let finding = (select(Code::ALL.to_vec()), text(), text())
        .prop_map(|(code, place, message)| Finding::new(code, place, message));
    let date = (day(), select(DateSource::ALL.to_vec()), text())
        .prop_map(|(value, source, raw)| DateEvidence { value, source, raw });
    let agency = (
        option::weighted(0.9, select(vec!["甲县人民政府", "乙市财政局"])),
        option::weighted(0.2, Just("11310000002420XX1Y".to_owned())),
    );
    let head = (
        option::of(text()),
        agency,
        option::weighted(0.9, 2008..2026_i16),
        select(Scope::ALL.to_vec()),
        option::of(select(FormId::ALL.to_vec())),
        option::of(day()),
    );
    let parts = (
        vec(date, 0..3),
        vec(section, 0..5),
        vec(mention, 0..3),
        vec(finding, 0..4),
        (statistics(), any::<bool>()),
    );
    (
        head,
        parts,
        observations(),
        provenance(),
        vec(proposal(), 0..3),
    )
        .prop_map(
            |(
                head,
                (dates, sections, mentions, findings, (mut statistics, all)),
                observations,
                provenance,
                drawn,
            )| {
                let drawn = drawn.into_iter();
                let proposals = drawn.map(|one| with_changes(one, &observations)).collect();
                let (title, (name, code), year, scope, form, published) = head;
                if all {
                    statistics.extend(rows_of(&observations));
                }
                Report {
                    title,
                    agency: Agency {
                        name: name.map(str::to_owned),
                        code,
                    },
                    year,
                    scope,
                    form,
                    published,
                    dates,
                    sections,
                    observations,
                    statistics,
                    mentions,
                    findings,
                    proposals,
                    provenance,
                }
            },
        )
}
