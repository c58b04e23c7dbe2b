//! The name of a body taken apart: divisions from outside to inside, then the body.
//!
//! Known divisions come from the data; others are told by their last character where the characters before can be a name.
//! A name that is not understood keeps all of itself as the body, and belongs to no division: then it is never joined by
//! name alone.

mod corps;
mod towns;

use super::division::{Divisions, Level};
use super::reform::Reforms;
use towns::{town, town_body};

/// What a part of a path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PartKind {
    /// A province, autonomous region or municipality.
    Province,
    /// A prefecture.
    Prefecture,
    /// A county, banner or city: no two have the same name.
    County,
    /// A city that the data does not know: county-level, or misread.
    City,
    /// A district: many have the same name.
    District,
    /// A town, township or subdistrict: very many have the same name.
    Town,
    /// The corps in Xinjiang.
    Corps,
    /// A division (师) of it.
    CorpsDivision,
    /// A regiment (团) of it.
    Regiment,
}

/// One division of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: PartKind,
    /// Its code of six digits, or `xpcc…`; `None` where not known.
    pub code: Option<String>,
}

/// A name taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Name {
    /// From outside to inside.
    pub parts: Vec<Part>,
    /// 市 of 市教育局, where no division stands before.
    pub level_word: Option<char>,
    /// The body in full: 教育局, 人民政府办公室.
    pub body: String,
    /// A central body.
    pub is_national: bool,
}

/// How far the divisions in a name tell it from the same name elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Path {
    /// Nothing else in the country has this path.
    Whole(String),
    /// A district without its city: one site has only one.
    Site(String),
    /// A town without its county, or no division at all: one column of a site has only one.
    Column(String),
}

/// Names are no longer; the rest is not looked at.
const MAX_CHARS: usize = 80;

/// What stands before the division in names of bodies that are led from above.
const SYSTEMS: [&str; 8] = [
    "国家税务总局",
    "国家统计局",
    "国家外汇管理局",
    "国家金融监督管理总局",
    "中国人民银行",
    "中国气象局",
    "中国证券监督管理委员会",
    "中国银行保险监督管理委员会",
];

const MINISTRIES: [&str; 28] = [
    "外交部",
    "国防部",
    "国家发展和改革委员会",
    "教育部",
    "科学技术部",
    "工业和信息化部",
    "公安部",
    "民政部",
    "司法部",
    "财政部",
    "人力资源和社会保障部",
    "国土资源部",
    "自然资源部",
    "环境保护部",
    "生态环境部",
    "住房和城乡建设部",
    "交通运输部",
    "水利部",
    "农业部",
    "农业农村部",
    "商务部",
    "文化部",
    "文化和旅游部",
    "退役军人事务部",
    "应急管理部",
    "审计署",
    "海关总署",
    "国家卫生健康委员会",
];

/// Words that are of bodies, never of divisions.
const NOT_IN_DIVISIONS: [&str; 46] = [
    "政府",
    "人民",
    "委员",
    "管理",
    "监督",
    "教育",
    "公安",
    "税务",
    "中心",
    "局",
    "厅",
    "办公",
    "卫生",
    "财政",
    "建设",
    "农业",
    "文化",
    "旅游",
    "交通",
    "水利",
    "林业",
    "环境",
    "规划",
    "国土",
    "开发",
    "工业",
    "经济",
    "宗教",
    "司法",
    "审计",
    "统计",
    "信访",
    "保障",
    "服务",
    "行政",
    "综合",
    "执法",
    "应急",
    "市场",
    "中国",
    "国家",
    "全国",
    "海关",
    "银行",
    "电力",
    "民族事务",
];

/// Characters before 区 that make it something else than a division: 社区, 园区, 开发区, 保护区.
const NO_DISTRICT: [char; 27] = [
    '社', '园', '景', '牧', '灾', '库', '小', '厂', '校', '片', '辖', '发', '护', '作', '假', '税',
    '理', '验', '范', '易', '新', '地', '林', '特', '运', '展', '集',
];

/// What zones end with before 区, where the last character alone may end a district's name: 经开区, while 南开区 is one.
const NO_DISTRICT_WORDS: [&str; 12] = [
    "经开", "综保", "名胜", "集聚", "聚集", "功能", "自贸", "产业", "工贸", "物流", "警备", "军",
];

impl Name {
    /// Takes a name apart. `era` is the code that a name means which has meant two divisions; without it such a name
    /// stays without code.
    pub fn parse(name: &str, era: Option<&str>) -> Self {
        let plain = plain(name);
        let mut rest = plain.as_str();
        let mut system = "";
        if let Some(inner) = rest
            .strip_prefix("中华人民共和国")
            .filter(|inner| !inner.is_empty())
        {
            rest = inner;
        }
        let is_known = MINISTRIES.contains(&rest) || SYSTEMS.contains(&rest);
        if is_known || rest.starts_with("国务院") || Reforms::get().is_national(rest) {
            return Self {
                body: rest.to_owned(),
                is_national: true,
                ..Self::default()
            };
        }
        if let Some(found) = SYSTEMS.iter().find(|system| rest.starts_with(**system)) {
            system = found;
            rest = &rest[found.len()..];
        }
        let (parts, body) = divisions(rest, era);
        let mut read = Self {
            parts,
            ..Self::default()
        };
        let body = body.trim_start_matches(['·', '-', '—']);
        let body = match read.parts.last().map(|part| part.kind) {
            Some(PartKind::Town) => town_body(body, read.parts.last()),
            Some(_) if body.is_empty() => "人民政府".into(),
            Some(_) => body.to_owned(),
            None => {
                let (level, body) = level_word(body);
                read.level_word = level;
                body.to_owned()
            }
        };
        let mut body = Reforms::get().full(&body).to_owned();
        // 国家税务总局云溪县税务局 is 云溪县税务局.
        if !(system.is_empty() || system == SYSTEMS[0] && body == "税务局") {
            body = format!("{system}{body}");
        }
        read.body = body;
        read
    }

    /// How far its divisions tell it from others.
    pub fn path(&self) -> Path {
        if self.is_national {
            return Path::Whole("cn".into());
        }
        let mut path: Option<Path> = None;
        let mut above: Option<&Part> = None;
        for part in &self.parts {
            let name = &part.name;
            let whole = match (&part.code, part.kind) {
                (Some(code), _) => Some(Divisions::key(code, name)),
                // Of a city's name that has meant two divisions it is not known which is meant.
                (None, PartKind::County | PartKind::City)
                    if !Divisions::get().reused.contains_key(name) =>
                {
                    Some(format!("? {name}"))
                }
                _ => None,
            };
            path = Some(match (whole, part.kind, path) {
                (Some(whole), ..) => Path::Whole(whole),
                (None, kind, Some(Path::Whole(outer)))
                    if above.is_some_and(|above| is_only_in(kind, above)) =>
                {
                    Path::Whole(format!("{outer}/{name}"))
                }
                (None, PartKind::District, _) => Path::Site(name.clone()),
                (None, PartKind::Town, Some(Path::Site(outer))) => {
                    Path::Site(format!("{outer}/{name}"))
                }
                (None, ..) => Path::Column(name.clone()),
            });
            above = Some(part);
        }
        path.unwrap_or_else(|| Path::Column(String::new()))
    }

    /// How high the body stands, by its name alone; `None` where that does not tell.
    pub fn level(&self) -> Option<Level> {
        if self.is_national {
            return Some(Level::National);
        }
        let last = self.parts.last()?;
        if let Some(level) = last.code.as_deref().and_then(Level::of_code) {
            return Some(level);
        }
        let above = self.parts.len().checked_sub(2).map(|at| &self.parts[at]);
        match last.kind {
            PartKind::Province | PartKind::Corps => Some(Level::Province),
            PartKind::Prefecture | PartKind::CorpsDivision => Some(Level::Prefecture),
            PartKind::County => Some(Level::County),
            PartKind::City | PartKind::District => {
                let is_under = above.is_some_and(has_districts);
                (is_under && !Divisions::get().reused.contains_key(&last.name))
                    .then_some(Level::County)
            }
            PartKind::Town | PartKind::Regiment => Some(Level::Township),
        }
    }

    /// Code of the innermost division that is known. Of a town it is the county's: towns have none in GB/T 2260.
    pub fn division(&self) -> Option<&str> {
        let last = self.parts.last()?;
        let part = match last.kind {
            PartKind::Town | PartKind::Regiment => &self.parts[self.parts.len().checked_sub(2)?],
            _ => last,
        };
        part.code.as_deref()
    }

    /// Codes of the provinces and prefectures that stand in the name.
    pub(super) fn outers(&self) -> impl Iterator<Item = &str> {
        let outer = |part: &&Part| matches!(part.kind, PartKind::Province | PartKind::Prefecture);
        self.parts
            .iter()
            .filter(outer)
            .filter_map(|part| part.code.as_deref())
    }
}

/// Whether a name of this kind is the only one of its division.
fn is_only_in(kind: PartKind, above: &Part) -> bool {
    match kind {
        PartKind::District => has_districts(above) || above.kind == PartKind::City,
        PartKind::Town | PartKind::Regiment => has_towns(above),
        _ => false,
    }
}

/// A division whose districts all have different names: a prefecture, a municipality.
fn has_districts(part: &Part) -> bool {
    match part.kind {
        PartKind::Prefecture => true,
        PartKind::Province => part
            .code
            .as_deref()
            .is_some_and(|code| matches!(&code[..2], "11" | "12" | "31" | "50")),
        _ => false,
    }
}

/// A division whose towns all have different names: a county, and the four prefectures without counties.
fn has_towns(part: &Part) -> bool {
    match part.kind {
        PartKind::County | PartKind::City | PartKind::District | PartKind::CorpsDivision => true,
        PartKind::Prefecture => part
            .code
            .as_deref()
            .is_some_and(|code| matches!(&code[..4], "4419" | "4420" | "4604" | "6202")),
        _ => false,
    }
}

/// Without spaces, brackets half-width, without what says nothing of the body.
fn plain(name: &str) -> String {
    let mut text: String = name
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '\u{200b}' | '\u{feff}'))
        .take(MAX_CHARS)
        .map(|c| match c {
            '（' => '(',
            '）' => ')',
            c => c,
        })
        .collect();
    for end in ["(本级)", "(机关)", "(本机关)", "机关本级", "(部门)"] {
        if let Some(rest) = text.strip_suffix(end)
            && !rest.is_empty()
        {
            text.truncate(rest.len());
        }
    }
    text
}

/// 内蒙古呼和浩特市: names of regions cut short, with their codes.
const REGIONS: [(&str, &str); 5] = [
    ("内蒙古", "150000"),
    ("广西", "450000"),
    ("西藏", "540000"),
    ("宁夏", "640000"),
    ("新疆", "650000"),
];

/// The divisions at the start, and what is left.
fn divisions<'n>(name: &'n str, era: Option<&str>) -> (Vec<Part>, &'n str) {
    let data = Divisions::get();
    if let Some(found) = corps::corps(name) {
        return found;
    }
    let mut parts: Vec<Part> = Vec::new();
    let mut rest = name;
    let part = |name: &str, kind, code: &str| Part {
        name: name.to_owned(),
        kind,
        code: Some(code.to_owned()),
    };
    if let Some((name, code)) = data.province_at(rest) {
        parts.push(part(name, PartKind::Province, code));
        rest = &rest[name.len()..];
    } else if let Some((name, code)) = REGIONS.iter().find(|(name, code)| {
        rest.strip_prefix(name)
            .is_some_and(|inner| data.prefecture_at(inner, Some(code)).is_some())
    }) {
        parts.push(part(name, PartKind::Province, code));
        rest = &rest[name.len()..];
    }
    let province = parts.last().and_then(|part| part.code.clone());
    let mut reused = None;
    if let Some((name, code)) = data.prefecture_at(rest, province.as_deref()) {
        if data.reused.contains_key(name) {
            reused = Some(name);
        } else {
            parts.push(part(name, PartKind::Prefecture, code));
            rest = &rest[name.len()..];
        }
    }
    let parent = parts.last().and_then(|part| part.code.clone());
    if reused.is_none() {
        reused = data
            .reused
            .keys()
            .find(|name| rest.starts_with(name.as_str()))
            .map(|name| &rest[..name.len()]);
    }
    if let Some(name) = reused {
        let known = &data.reused[name];
        let of_parent = parent.as_deref().filter(|parent| !parent.ends_with("0000"));
        let code = [&known.before, &known.after].into_iter().find(|code| {
            let under = of_parent.is_some_and(|parent| {
                code[..4] == parent[..4] && Level::of_code(code) == Some(Level::County)
            });
            under || era == Some(code.as_str())
        });
        let kind = match code.and_then(|code| Level::of_code(code)) {
            Some(Level::Prefecture) => PartKind::Prefecture,
            Some(_) => PartKind::County,
            None => PartKind::City,
        };
        parts.push(Part {
            name: name.to_owned(),
            kind,
            code: code.cloned(),
        });
        rest = &rest[name.len()..];
    }
    if parts
        .last()
        .is_none_or(|part| matches!(part.kind, PartKind::Province | PartKind::Prefecture))
    {
        let parent = parts.last().and_then(|part| part.code.clone());
        if let Some((name, code)) = data.county_at(rest, parent.as_deref()) {
            parts.push(part(name, PartKind::County, code));
            rest = &rest[name.len()..];
        } else {
            // 某某市某某区, neither of which is known.
            for _ in 0..2 {
                let Some((end, kind)) = county(rest, parts.last()) else {
                    break;
                };
                parts.push(Part {
                    name: rest[..end].to_owned(),
                    kind,
                    code: None,
                });
                rest = &rest[end..];
                if kind != PartKind::City {
                    break;
                }
            }
        }
    }
    if let Some(end) = town(rest, parts.last().is_some_and(has_towns)) {
        parts.push(Part {
            name: rest[..end].to_owned(),
            kind: PartKind::Town,
            code: None,
        });
        rest = &rest[end..];
    }
    (parts, rest)
}

/// Where a county's name at the start ends, and what it is.
fn county(text: &str, above: Option<&Part>) -> Option<(usize, PartKind)> {
    let characters: Vec<(usize, char)> = text.char_indices().take(18).collect();
    for (count, (at, last)) in characters.iter().enumerate() {
        let end = at + last.len_utf8();
        let (name, behind) = (&text[..end], text[end..].chars().next());
        if !is_han(*last) {
            return None;
        }
        let is_autonomous = name.ends_with("自治县") || name.ends_with("自治旗");
        let (longest, shortest) = match last {
            _ if is_autonomous => (16, 2),
            '县' => (5, 1),
            '旗' => (9, 2),
            '市' => (6, 2),
            '区' => (
                5,
                if above.is_some_and(has_districts) {
                    1
                } else {
                    2
                },
            ),
            _ => continue,
        };
        let stem = &text[..*at];
        let is_name = (shortest..=longest).contains(&count) && can_be_name(stem);
        let kind = match last {
            _ if !is_name => None,
            _ if is_autonomous => Some(PartKind::County),
            '县' => {
                let vague = count == 1 && "本我全各该市区州省两贵".contains(stem);
                let fits = !behind.is_some_and(|c| matches!(c, '域' | '级' | '处'));
                (!vague && fits).then_some(PartKind::County)
            }
            '旗' => Some(PartKind::County),
            '市' => (behind != Some('场')).then_some(PartKind::City),
            _ => {
                let before = stem.chars().next_back();
                let fits = !behind.is_some_and(|c| matches!(c, '域' | '划' | '块' | '位' | '间'));
                let zone = before.is_some_and(|c| NO_DISTRICT.contains(&c))
                    || NO_DISTRICT_WORDS.iter().any(|word| stem.ends_with(word));
                (fits && !zone).then_some(PartKind::District)
            }
        };
        if let Some(kind) = kind {
            return Some((end, kind));
        }
        if !is_name && count > 0 && !can_be_name(stem) {
            return None;
        }
    }
    None
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c) || matches!(c, '·' | '㐀'..='䶿')
}

/// Whether the characters before 县 can be a name.
fn can_be_name(stem: &str) -> bool {
    // 公安县 is one.
    if stem == "公安" {
        return true;
    }
    let of_bodies = NOT_IN_DIVISIONS.iter().any(|word| stem.contains(word));
    let first = stem.chars().next();
    let vague = first.is_some_and(|c| matches!(c, '驻' | '原' | '本' | '我' | '各' | '该'));
    // 住房和城乡…: two names joined, while 政和县 and 和平县 are one.
    let count = stem.chars().count();
    let joined = stem
        .chars()
        .position(|c| c == '和')
        .is_some_and(|at| at >= 2 && at + 1 < count);
    !of_bodies && !vague && !joined
}

/// 市教育局: the level without the name.
fn level_word(body: &str) -> (Option<char>, &str) {
    let Some(first) = body.chars().next() else {
        return (None, body);
    };
    let rest = &body[first.len_utf8()..];
    let words = ["市场", "市容", "区域", "区划", "县域", "州际"];
    let own = body.starts_with("市政") && !["市政府", "市政务"].iter().any(|w| body.starts_with(w));
    let is_level = matches!(first, '省' | '市' | '县' | '区' | '旗' | '州' | '盟')
        && rest.chars().count() >= 2
        && !own
        && !words.iter().any(|word| body.starts_with(word));
    if is_level {
        (Some(first), rest)
    } else {
        (None, body)
    }
}

#[cfg(test)]
#[path = "name_tests.rs"]
mod tests;
