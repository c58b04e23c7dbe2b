//! The narrative of a report: what it says of its tables, and prose of its own.
//!
//! Prose is put together from short words, names and numbers, so that two agencies have hardly a dozen characters in a
//! row in common but for the sentences that most reports share.

use nianbao::model::{FormId, Scope, SectionKind};

use super::super::rng::Rng;
use super::agencies::Body;
use super::numbers::Numbers;
use super::phrases::{
    ACTIONS, ACTORS, FAULTS, PLACES, PLANS, RESULTS, SHARED, THINGS, TIMES, TOPICS,
};

/// A section: what it says of the tables, and its prose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its kind.
    pub kind: SectionKind,
    /// Paragraphs that follow from the numbers.
    pub facts: Vec<String>,
    /// The other paragraphs.
    pub prose: Vec<String>,
}

/// What the requests paragraph says that the table does not, if anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saying {
    /// As the table.
    Table,
    /// New ones and those carried in, and says so.
    WithCarried,
    /// Another number.
    Wrong(i64),
    /// The share of those granted among those handled, in hundredths of a per cent.
    Share(i64),
    /// Fees charged, in yuan.
    Fee(i64),
}

/// Whose narrative, of which year.
#[derive(Debug, Clone, Copy)]
pub struct Telling<'a> {
    /// The agency.
    pub body: &'a Body,
    /// Its name in that year.
    pub name: &'a str,
    /// Report year.
    pub year: i16,
    /// Scope.
    pub scope: Scope,
    /// Numbers as printed.
    pub numbers: &'a Numbers,
    /// What is said of requests.
    pub saying: Saying,
    /// Whether the prose is the one of the year before.
    pub again: bool,
    /// Less of it.
    pub short: bool,
}

struct Voice<'a> {
    rng: Rng,
    place: &'a str,
}

impl Voice<'_> {
    fn pick(&mut self, from: &[&'static str]) -> &'static str {
        let word: &&'static str = self.rng.pick(from);
        word
    }

    fn many(&mut self) -> i64 {
        match self.rng.below(3) {
            0 => self.rng.range(2, 30),
            1 => self.rng.range(11, 400),
            _ => self.rng.range(103, 6000),
        }
    }

    /// A made-up name of a village, street or estate.
    fn spot(&mut self) -> String {
        const FIRST: [&str; 30] = [
            "东", "西", "南", "北", "上", "下", "前", "后", "新", "老", "大", "小", "长", "高",
            "金", "银", "红", "绿", "三", "五", "七", "九", "双", "杨", "李", "周", "吴", "郑",
            "冯", "沈",
        ];
        const SECOND: [&str; 30] = [
            "塘", "桥", "店", "庄", "坪", "园", "井", "闸", "坝", "沟", "坡", "洲", "港", "湖",
            "坊", "巷", "楼", "庙", "关", "寨", "堡", "窑", "亭", "阁", "源", "头", "口", "家",
            "里", "角",
        ];
        const THIRD: [&str; 10] = [
            "村", "社区", "小区", "路段", "片区", "街口", "新村", "码头", "工地", "水库",
        ];
        let first = self.pick(&FIRST);
        let second = self.pick(&SECOND);
        let third = self.pick(&THIRD);
        format!("{first}{second}{third}")
    }

    fn sentence(&mut self) -> String {
        let (topic, other) = (self.pick(&TOPICS), self.pick(&TOPICS));
        let (place, actor) = (self.pick(&PLACES), self.pick(&ACTORS));
        let (act, result) = (self.pick(&ACTIONS), self.pick(&RESULTS));
        let (time, thing) = (self.pick(&TIMES), self.pick(&THINGS));
        let (n, m) = (self.many(), self.many());
        let (spot, there) = (self.spot(), self.spot());
        match self.rng.below(24) {
            0 => format!("{time}{actor}把{topic}事项{act}，在{place}摆出{n}{thing}，{result}。"),
            1 => format!("{spot}反映{topic}难懂，{actor}{time}上门{act}，{result}。"),
            2 => format!("{place}新设{n}{thing}，专讲{topic}与{other}，{result}。"),
            3 => format!("围绕{other}，{actor}走访{spot}、{there}等{n}户，把{topic}{act}。"),
            4 => format!("{time}，{spot}的{topic}通知经{actor}{act}后贴到{place}。"),
            5 => format!("{actor}整理{topic}旧件{n}卷，{act}{m}处，{result}。"),
            6 => format!("{topic}内容先由{actor}{act}，再到{place}公布，{result}。"),
            7 => {
                format!("{there}居民提出{n}条建议，涉及{topic}和{other}，{actor}{time}全部{act}。")
            }
            8 => format!("把{topic}{act}，印{n}{thing}发往{spot}，{result}。"),
            9 => format!("{place}的{topic}页面改用大字，{actor}{act}，日均打开{n}回。"),
            10 => format!("{actor}与{there}结对，{time}就{other}{act}，送去{m}{thing}。"),
            11 => format!("{other}一栏由{actor}看管，{time}{act}{n}回，{result}。"),
            12 => format!("为让{spot}弄清{topic}，{place}循环播放{n}秒短片，{result}。"),
            13 => format!("{time}{place}停电{m}分钟，{topic}公示由{actor}改为{act}。"),
            14 => format!("{actor}拿{topic}做样板，{act}，随后推到{there}、{spot}，{result}。"),
            15 => format!("经{spot}试点，{topic}与{other}合为一页，{actor}{act}，{result}。"),
            16 => format!("{there}的{n}{thing}到期，{actor}{time}撤换，另把{other}{act}。"),
            17 => format!("对{topic}的提问多在{time}，{actor}于是在{place}{act}。"),
            18 => format!("{place}收到{m}条关于{other}的留言，{actor}逐一{act}，{result}。"),
            19 => format!("{actor}{time}到{there}听取意见，{topic}说明{act}{n}处。"),
            20 => format!("{spot}{topic}的进度，{actor}每旬{act}，{place}可见，{result}。"),
            21 => format!("{topic}、{other}两本账{act}，存{place}，编号至第{m}号。"),
            22 => format!("{time}起{topic}改由{actor}答问，地点在{place}，{spot}先行，{result}。"),
            _ => format!("{actor}请{there}{n}人试读{topic}说明，{act}后再登{place}，{result}。"),
        }
    }

    fn paragraph(&mut self, sentences: usize) -> String {
        let mut text = String::new();
        for _ in 0..sentences {
            text += &self.sentence();
            if self.rng.chance(12) {
                text += self.pick(&SHARED);
            }
        }
        text
    }

    fn problem(&mut self) -> String {
        let (fault, second) = (self.pick(&FAULTS), self.pick(&FAULTS));
        let (topic, other) = (self.pick(&TOPICS), self.pick(&TOPICS));
        let (plan, more) = (self.pick(&PLANS), self.pick(&PLANS));
        let (actor, place) = (self.pick(&ACTORS), self.pick(&PLACES));
        let (spot, time) = (self.spot(), self.pick(&TIMES));
        match self.rng.below(8) {
            0 => format!("{topic}类内容{fault}，{place}{second}，拟由{actor}{plan}。"),
            1 => format!("{spot}说{other}{fault}，{actor}打算{time}{plan}，并{more}。"),
            2 => format!("一些股室{second}，{topic}尤其如此，今后{plan}，由{actor}{more}。"),
            3 => format!("{place}上的{other}{fault}；{time}前{plan}，{spot}先做。"),
            4 => format!("{actor}自查，{topic}{fault}、{other}{second}，已着手{plan}。"),
            5 => format!("针对{place}{fault}，{plan}；针对{topic}{second}，{more}。"),
            6 => format!("{other}{second}的老毛病在{spot}仍有，{actor}{time}起{plan}。"),
            _ => format!("{fault}多见于{topic}，将{plan}、{more}，{actor}盯办，{place}公示结果。"),
        }
    }

    fn problems(&mut self, count: usize) -> String {
        let mut text = String::new();
        for _ in 0..count {
            text += &self.problem();
        }
        text
    }
}

/// The narrative, section by section of the six, the preamble before.
pub fn tell(seed: u64, telling: &Telling<'_>) -> Vec<Part> {
    use SectionKind as S;
    let year = telling.year - i16::from(telling.again);
    let own = seed
        ^ (telling.body.index as u64).wrapping_mul(0x9e37_79b9)
        ^ ((u64::from(year.unsigned_abs())) << 40)
        ^ u64::from(telling.scope == Scope::Consolidated);
    let mut voice = Voice {
        rng: Rng::new(own, "prose"),
        place: &telling.body.place,
    };
    let less = usize::from(telling.short);
    let mut parts = vec![Part {
        kind: S::Preamble,
        facts: vec![preamble(telling)],
        prose: Vec::new(),
    }];
    for kind in [
        S::Overview,
        S::ActiveDisclosure,
        S::Requests,
        S::Disputes,
        S::Problems,
        S::Other,
    ] {
        let prose = match kind {
            S::Overview => {
                let count = 2 + voice.rng.below(3) - less;
                let mut prose: Vec<String> = (0..count)
                    .map(|_| {
                        let sentences = 3 + voice.rng.below(3) - less;
                        voice.paragraph(sentences)
                    })
                    .collect();
                let opening = format!("{}各科室合力推进这项工作。", voice.place);
                prose[0].insert_str(0, &opening);
                prose
            }
            S::ActiveDisclosure => vec![voice.paragraph(3 - less)],
            S::Requests => vec![voice.paragraph(2 - less)],
            S::Disputes => Vec::new(),
            S::Problems => vec![
                voice.pick(&SHARED[6..8]).to_owned() + &voice.problems(3 - less),
                voice.problems(3 - less),
            ],
            _ => vec![voice.pick(&SHARED).to_owned()],
        };
        parts.push(Part {
            kind,
            facts: facts(kind, telling),
            prose,
        });
    }
    parts
}

fn preamble(telling: &Telling<'_>) -> String {
    let Telling { name, year, .. } = telling;
    let scope = match telling.scope {
        Scope::Consolidated => "本报告统计范围为本级政府及所属各部门、下级政府，所列数据为汇总数",
        _ => "本报告为本机关年度报告，所列数据仅统计本机关",
    };
    format!(
        "根据《中华人民共和国政府信息公开条例》的规定，由{name}编制本报告。{scope}，数据统计期限自{year}年1月1日起至{year}年12月31日止。"
    )
}

fn facts(kind: SectionKind, telling: &Telling<'_>) -> Vec<String> {
    let (year, numbers) = (telling.year, telling.numbers);
    let new_form = matches!(numbers.form, FormId::F2019 | FormId::F2021);
    match kind {
        SectionKind::ActiveDisclosure => match numbers.form {
            FormId::F2014 => vec![format!(
                "{year}年主动公开政府信息{}条。",
                numbers.get("disclosure.total")
            )],
            FormId::F2021 => vec![format!(
                "{year}年制发行政规范性文件{}件，现行有效行政规范性文件{}件。",
                numbers.get("normative_documents.issued"),
                numbers.get("normative_documents.in_force")
            )],
            _ => Vec::new(),
        },
        SectionKind::Requests => vec![requests(telling)],
        SectionKind::Disputes if new_form => {
            let reviews = numbers.get("review.total");
            let suits = numbers.get("litigation.direct.total")
                + numbers.get("litigation.after_review.total");
            vec![format!(
                "{year}年因政府信息公开被申请行政复议{reviews}件，被提起行政诉讼{suits}件。"
            )]
        }
        SectionKind::Other if new_form => vec![match telling.saying {
            Saying::Fee(yuan) => format!("本年度共收取信息处理费{yuan}元。"),
            _ => "本年度未收取信息处理费。".to_owned(),
        }],
        _ => Vec::new(),
    }
}

/// The cell that counts the requests received in a list.
pub fn received_cell(numbers: &Numbers) -> &'static str {
    match numbers.form {
        FormId::F2008 if numbers.get("fj.pub@year") > 0 => "fj.req@year",
        form => super::super::prose::received_cell(form),
    }
}

fn requests(telling: &Telling<'_>) -> String {
    let (year, numbers) = (telling.year, telling.numbers);
    let cell = received_cell(numbers);
    let new = numbers.get(cell);
    let carried = numbers.get("requests.carried_in@total");
    match telling.saying {
        Saying::Wrong(said) => return format!("{year}年度共收到政府信息公开申请{said}件。"),
        Saying::WithCarried => {
            return format!(
                "{year}年度共收到政府信息公开申请{}件，其中包含上年结转申请{carried}件。",
                new + carried
            );
        }
        Saying::Share(hundredths) => {
            return format!(
                "{year}年度共收到政府信息公开申请{new}件，办结{}件。予以公开{}件，占办结总数的{}.{:02}%。",
                numbers.get("outcome.total@total"),
                numbers.get("outcome.granted@total"),
                hundredths / 100,
                hundredths % 100
            );
        }
        Saying::Table | Saying::Fee(_) => {}
    }
    if new == 0 && carried == 0 {
        return format!("{year}年度没有收到政府信息公开申请。");
    }
    if cell != "requests.new@total" {
        return format!("{year}年度共收到政府信息公开申请{new}件。");
    }
    let out = numbers.get("requests.carried_out@total");
    let handled = numbers.get("outcome.total@total");
    match telling.body.index % 3 {
        0 => format!(
            "{year}年度共收到政府信息公开申请{new}件，上年结转申请{carried}件，结转下年度{out}件。"
        ),
        1 => format!("{year}年度共收到政府信息公开申请{new}件，办结{handled}件。"),
        _ => format!("{year}年度共收到政府信息公开申请{new}件。"),
    }
}

/// The characters of a narrative.
pub fn characters(parts: &[Part]) -> usize {
    parts
        .iter()
        .flat_map(|part| part.facts.iter().chain(&part.prose))
        .map(|text| text.chars().count())
        .sum()
}
