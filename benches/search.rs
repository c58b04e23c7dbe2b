//! Full text over invented narratives: 100,000 reports, or as many as the first argument says.
//!
//! `cargo bench --bench search`. About 6,000 agencies × 2008–2025, five sections and 2 kB each, all of different words. Prints
//! what the index takes, what it costs a build, and the medians of searches with their first 20 passages.

use std::fmt::Write as _;
use std::time::Instant;

use nianbao::model::{
    Agency, ByteRange, CharsetEvidence, Official, Provenance, Report, Scope, Section, SectionKind,
};
use nianbao::query::{Filter, MOST_COUNTED, SearchOptions, Words, search};
use nianbao::store::{CaptureInfo, Store, WarcPlace};

/// The program's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A small generator of even numbers; the same at every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    /// Small numbers much oftener than great ones.
    fn skewed(&mut self, bound: usize) -> usize {
        let scale = 1_usize << self.below(usize::try_from(bound.ilog2()).unwrap() + 2);
        self.below(scale.min(bound))
    }
}

/// Words that reports are full of, oftenest first.
const COMMON: &str = "的 公开 信息 政府 工作 和 政府信息公开 等 了 在 主动公开 及时 情况 进行 加强 我局 制度 申请 依法 通过 网站 机关 \
    部门 全年 内容 发布 平台 重点 领域 完善 管理 群众 服务 规范 答复 更新 政策 解读 问题 改进 行政 监督 组织 学习 培训 落实 要求 \
    推进 提升 质量 水平 保障 文件 会议 回应 关切 渠道 建设 公众 条例 按照 认真 贯彻 开展 检查 整改 责任 人员 审核 栏目 数据 \
    办理 受理 期限 复议 诉讼 纠正 维持 收费 减免 电话 窗口 档案 目录 指南 年度 报告 计划 财政 预算 决算 采购 教育 卫生 环境 \
    安全 生产 价格 收费 许可 处罚 扶贫 救助 就业 住房 交通 水利 农业 土地 征收 拆迁 食品 药品 应急 消防 审计 统计 招标 项目";

struct Narrator {
    dice: Dice,
    words: Vec<String>,
}

impl Narrator {
    fn new() -> Self {
        let mut dice = Dice(7);
        let mut words: Vec<String> = COMMON.split_whitespace().map(Into::into).collect();
        // Names of things and places: two of two thousand characters, the first ones oftener.
        for _ in 0..8_000 {
            let mut character =
                || char::from_u32(0x4e00 + u32::try_from(dice.skewed(2_000) * 7).unwrap()).unwrap();
            words.push([character(), character()].iter().collect());
        }
        Self { dice, words }
    }

    fn sentence(&mut self, into: &mut String) {
        for clause in 0..2 + self.dice.below(4) {
            if clause > 0 {
                into.push('，');
            }
            for _ in 0..3 + self.dice.below(5) {
                let word = self.dice.skewed(self.words.len());
                into.push_str(&self.words[word]);
            }
            if self.dice.below(6) == 0 {
                let _ = write!(into, "{}条", self.dice.below(4_000));
            }
        }
        into.push('。');
    }

    fn section(&mut self, bytes: usize) -> String {
        let mut text = String::new();
        while text.len() < bytes {
            self.sentence(&mut text);
            if self.dice.below(4) == 0 {
                text.push('\n');
            }
        }
        text
    }

    fn report(&mut self, number: u64) -> Report {
        let agency = number % 6_000;
        let mut sections = Vec::new();
        let mut at = 4_000;
        let length = 50 + self.dice.below(51);
        for (kind, bytes) in [
            (SectionKind::Preamble, 3),
            (SectionKind::Overview, 10),
            (SectionKind::ActiveDisclosure, 6),
            (SectionKind::Problems, 8),
            (SectionKind::Other, 2),
        ] {
            let text = self.section(bytes * length);
            let end = at + u32::try_from(text.len()).unwrap();
            let heading =
                (kind != SectionKind::Preamble).then(|| "五、存在的主要问题及改进情况".to_owned());
            sections.push(Section {
                kind,
                heading,
                text,
                bytes: ByteRange::new(at, end),
            });
            at = end + 50;
        }
        let mut digest = [0; 32];
        digest[..8].copy_from_slice(&number.to_le_bytes());
        Report {
            title: Some("政府信息公开工作年度报告".into()),
            agency: Agency {
                name: Some(format!("某省某市第{agency}局")),
                code: None,
            },
            year: Some(2025 - i16::try_from(number / 6_000 % 900).unwrap()),
            scope: Scope::Own,
            form: None,
            published: None,
            dates: vec![],
            sections,
            observations: vec![],
            statistics: vec![],
            mentions: vec![],
            proposals: vec![],
            findings: vec![],
            provenance: Provenance {
                site_id: None,
                sha256: data_encoding::HEXLOWER.encode(&digest),
                url: Some(format!(
                    "http://www.city{agency}.gov.cn/zfxxgk/t_{number}.html"
                )),
                charset: "utf-8",
                charset_evidence: CharsetEvidence::Http,
                replacements: 0,
                official: Official::Official,
                signals: vec![],
                parts: vec![],
                profile: "0123456789abcdef".into(),
                program: "0.1.0",
            },
        }
    }
}

fn capture(report: &Report, number: u64) -> CaptureInfo {
    let digest = data_encoding::HEXLOWER
        .decode(report.provenance.sha256.as_bytes())
        .unwrap();
    CaptureInfo {
        sha256: digest.try_into().unwrap(),
        url: report.provenance.url.clone(),
        fetched_at: jiff::Timestamp::from_second(1_700_000_000).unwrap(),
        content_type: None,
        warc: Some(WarcPlace {
            file: "a.warc.gz".into(),
            offset: number * 20_000,
            length: Some(19_000),
        }),
        size_bytes: 90_000,
    }
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
#[expect(clippy::too_many_lines, reason = "one figure after the other")]
fn main() {
    let reports = std::env::args()
        .find_map(|word| word.parse().ok())
        .unwrap_or(100_000_u64);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("bench.db");
    let mut store = Store::open(&path).unwrap();
    let mut narrator = Narrator::new();
    let mut writer = store.writer("0.1.0", jiff::Timestamp::UNIX_EPOCH);
    let (mut seconds, mut bytes, mut characters, mut distinct) = (0.0, 0, 0, 0);
    for number in 0..reports {
        let report = narrator.report(number);
        let capture = capture(&report, number);
        bytes += report
            .sections
            .iter()
            .map(|section| section.text.len())
            .sum::<usize>();
        if number % 100 == 0 {
            let all: Vec<char> = report
                .sections
                .iter()
                .flat_map(|section| section.text.chars())
                .collect();
            characters += all.len();
            distinct += all.iter().collect::<std::collections::HashSet<_>>().len();
        }
        let start = Instant::now();
        writer.put(&capture, Ok(&report)).unwrap();
        seconds += start.elapsed().as_secs_f64();
    }
    let start = Instant::now();
    writer.finish().unwrap();
    println!(
        "{reports} reports, {} bytes of narrative each; of {} characters {} differ",
        bytes as u64 / reports,
        characters as u64 * 100 / reports,
        distinct as u64 * 100 / reports
    );
    println!(
        "put with index {:.0} µs a report, then {:.1} s to put the index together",
        seconds * 1e6 / reports as f64,
        start.elapsed().as_secs_f64()
    );
    store
        .connection()
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        .unwrap();
    let size = |pattern: &str| -> f64 {
        let sql = "SELECT sum(pgsize) FROM dbstat WHERE name GLOB ?";
        let size: i64 = store
            .connection()
            .query_row(sql, [pattern], |row| row.get(0))
            .unwrap();
        size as f64 / bytes as f64
    };
    let (text, index) = (size("*section*"), size("*narrative_*"));
    println!(
        "of the UTF-8 text: sections {text:.3}, index {index:.3}, together {:.3}",
        text + index
    );
    // The questions are those of a reader.
    let store = Store::open_read_only(&path).unwrap();
    let last = narrator.words.last().unwrap().clone();
    let within = |from, to| Filter {
        from_year: Some(from),
        to_year: Some(to),
        ..Filter::default()
    };
    for (what, typed, filter) in [
        ("a rare word", last.as_str(), Filter::default()),
        (
            "a rare word and not another",
            &format!("{last} -公开"),
            Filter::default(),
        ),
        ("a common word", "公开", Filter::default()),
        ("a common word, five years", "公开", within(2015, 2019)),
        ("a single character", "的", Filter::default()),
        ("a long phrase", "政府信息公开", Filter::default()),
        (
            "a phrase of common words, rare itself",
            "信息政府公开的",
            Filter::default(),
        ),
        (
            "a phrase that is nowhere, of common characters",
            "开信府公",
            Filter::default(),
        ),
        ("three common words", "公开 答复 培训", Filter::default()),
        ("one or the other", "复议 OR 诉讼", Filter::default()),
    ] {
        for most in [Some(MOST_COUNTED), None] {
            let options = SearchOptions {
                filter: filter.clone(),
                most,
                ..SearchOptions::default()
            };
            let words = Words::parse(typed).unwrap();
            let mut times = Vec::new();
            let mut found = None;
            for _ in 0..11 {
                let start = Instant::now();
                found = Some(search(&store, &words, &options).unwrap());
                times.push(start.elapsed().as_secs_f64() * 1e3);
            }
            times.sort_by(f64::total_cmp);
            let found = found.unwrap();
            let count = format!("{}{}", if found.exact { "" } else { "> " }, found.sections);
            let how = if most.is_some() { "" } else { ", --count" };
            println!(
                "{:<60} {count:>9} sections {:>8.1} ms (median of 11)",
                format!("{what}{how}"),
                times[5]
            );
            if most.is_some() && found.exact {
                break;
            }
        }
    }
}
