//! Invented divisions and the bodies in them.
//!
//! A province has eleven prefectures of nine counties each; every division has a government, its office and the
//! departments of its time, a county nine towns. Division codes begin with numbers that GB/T 2260 gives to no province,
//! so that no real place is meant; check digits are right.

use nianbao::model::Scope;

use super::super::agency::Agency;
use super::super::rng::Rng;

const FIRST: [&str; 40] = [
    "青", "白", "云", "石", "松", "柏", "枫", "桂", "兰", "苍", "碧", "澄", "岚", "霁", "朗", "皓",
    "翠", "瑶", "琼", "砚", "槐", "榆", "桐", "梧", "棠", "芷", "荻", "芦", "菱", "萍", "鹭", "雁",
    "鹤", "鹿", "麓", "溯", "杏", "梅", "竹", "荷",
];
const SECOND: [&str; 20] = [
    "溪", "岭", "泽", "屏", "崖", "汀", "渚", "坞", "垭", "埠", "圩", "湾", "浦", "堰", "渡", "塬",
    "峪", "岗", "垄", "畈",
];

/// A department over the years.
struct Department {
    /// Its name, and the one it got in the reform of 2018 and 2019, if any.
    names: (&'static str, Option<&'static str>),
    /// Whether it was a new body then, with a new code.
    refounded: bool,
    /// First and last report year; 0 where it was there before and after.
    years: (i16, i16),
    /// How many people ask it, 0 to 4.
    busy: usize,
}

const fn department(
    old: &'static str,
    new: Option<&'static str>,
    refounded: bool,
    years: (i16, i16),
    busy: usize,
) -> Department {
    Department {
        names: (old, new),
        refounded,
        years,
        busy,
    }
}

const DEPARTMENTS: [Department; 27] = [
    department("教育局", None, false, (0, 0), 2),
    department("国土资源局", Some("自然资源局"), true, (0, 0), 4),
    department("工商行政管理局", Some("市场监督管理局"), true, (0, 0), 3),
    department("财政局", None, false, (0, 0), 2),
    department("卫生和计划生育局", Some("卫生健康局"), true, (0, 0), 2),
    department("住房和城乡建设局", None, false, (0, 0), 4),
    department("农业局", Some("农业农村局"), true, (0, 0), 2),
    department("民政局", None, false, (0, 0), 1),
    department("环境保护局", Some("生态环境局"), false, (0, 0), 2),
    department("交通运输局", None, false, (0, 0), 2),
    department("发展和改革局", None, false, (0, 0), 2),
    department("司法局", None, false, (0, 0), 1),
    department("人力资源和社会保障局", None, false, (0, 0), 3),
    department("水利局", None, false, (0, 0), 1),
    department("安全生产监督管理局", Some("应急管理局"), true, (0, 0), 1),
    department("质量技术监督局", None, false, (0, 2017), 1),
    department("旅游局", None, false, (0, 2017), 0),
    department("文化广电新闻出版局", Some("文化和旅游局"), true, (0, 0), 1),
    department("商务局", None, false, (0, 0), 0),
    department("审计局", None, false, (0, 0), 0),
    department("统计局", None, false, (0, 0), 0),
    department("医疗保障局", None, false, (2019, 0), 1),
    department("退役军人事务局", None, false, (2019, 0), 1),
    department("城市管理局", Some("城市管理和综合执法局"), false, (0, 0), 3),
    department("林业局", None, false, (0, 0), 1),
    department("公安局", None, false, (0, 0), 3),
    department("体育局", None, false, (0, 0), 0),
];

const TOWNS: usize = 9;
const COUNTY: usize = 2 + DEPARTMENTS.len() + TOWNS;
const OWN: usize = 2 + DEPARTMENTS.len();
const COUNTIES: usize = 9;
const PREFECTURE: usize = OWN + COUNTIES * COUNTY;
const PREFECTURES: usize = 11;
const PROVINCE: usize = PREFECTURES * PREFECTURE + OWN;

/// What a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A government; its report covers all below it.
    Government,
    /// A government's office.
    Office,
    /// The department of this number.
    Department(usize),
    /// A township's government or a street office.
    Town,
}

/// The level of its division.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// 省.
    Province,
    /// 地级市.
    Prefecture,
    /// 县 or 区.
    County,
    /// 乡, 镇 or 街道.
    Township,
}

impl Level {
    /// The word in the truth.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Province => "province",
            Self::Prefecture => "prefecture",
            Self::County => "county",
            Self::Township => "township",
        }
    }
}

/// How a body gives its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Codes {
    Always,
    Never,
    Since(i16),
}

/// A body that reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Its number in the corpus.
    pub index: usize,
    /// What it is.
    pub kind: Kind,
    /// Level of its division.
    pub level: Level,
    /// Six digits.
    pub division: String,
    /// Name of its division, without the ones above.
    pub place: String,
    /// Name of the town, where it is one's.
    town: Option<String>,
    /// Host of the site it publishes on.
    pub host: String,
    /// First report year under the new name, where there is one: 2018 or 2019.
    pub reform: i16,
    codes: Codes,
    /// How many natural persons ask it in a year, at the most.
    pub size: i64,
    /// Whether its prefecture used the list of Fujian until 2013.
    pub fujian: bool,
    /// Which platform its site runs on.
    pub platform: usize,
    /// Whether another division has the same name, or may have in a larger corpus.
    pub twin: bool,
}

/// Two characters that are no other division's of the corpus.
fn place_name(number: usize) -> String {
    let many = FIRST.len() * SECOND.len();
    let at = (number * 337 + 11) % many;
    let mut name = String::new();
    if number >= many {
        name.push_str(FIRST[(number / many) % FIRST.len()]);
    }
    name.push_str(FIRST[at / SECOND.len()]);
    name.push_str(SECOND[at % SECOND.len()]);
    name
}

/// What stands where among the bodies of a division.
fn kind_of(position: usize, with_towns: bool) -> (Kind, usize) {
    match position {
        0 => (Kind::Government, 0),
        1 => (Kind::Office, 0),
        _ if !with_towns => (Kind::Department(position - 2), 0),
        _ => {
            // Towns stand among the departments, so that a small corpus has both.
            let at = position - 2;
            if at % 4 == 3 {
                (Kind::Town, at / 4)
            } else {
                (Kind::Department(at - at / 4), 0)
            }
        }
    }
}

impl Body {
    /// The body of this number.
    pub fn at(seed: u64, index: usize) -> Self {
        let (province, rest) = (index / PROVINCE, index % PROVINCE);
        let top = 99 - province % 9;
        let mut twin = false;
        let (level, number, division, fujian, (kind, town)) = if rest >= PREFECTURES * PREFECTURE {
            let kind = kind_of(rest - PREFECTURES * PREFECTURE, false);
            let number = province * (1 + PREFECTURES * (1 + COUNTIES));
            let division = format!("{top:02}0000");
            (Level::Province, number, division, false, kind)
        } else {
            let (prefecture, rest) = (rest / PREFECTURE, rest % PREFECTURE);
            let number =
                province * (1 + PREFECTURES * (1 + COUNTIES)) + 1 + prefecture * (1 + COUNTIES);
            let fujian = prefecture % 4 == 1;
            if rest < OWN {
                let division = format!("{top:02}{:02}00", prefecture + 1);
                (
                    Level::Prefecture,
                    number,
                    division,
                    fujian,
                    kind_of(rest, false),
                )
            } else {
                let (county, rest) = ((rest - OWN) / COUNTY, (rest - OWN) % COUNTY);
                let division = format!("{top:02}{:02}{:02}", prefecture + 1, county + 21);
                // In every other prefecture the last county has the name of the last one of the prefecture before.
                twin = county == COUNTIES - 1;
                let back = if twin && prefecture % 2 == 1 {
                    1 + COUNTIES
                } else {
                    0
                };
                let number = number + 1 + county - back;
                (Level::County, number, division, fujian, kind_of(rest, true))
            }
        };
        let name = place_name(number);
        let place = match level {
            Level::Province => format!("{name}省"),
            Level::Prefecture => format!("{name}市"),
            _ if number.is_multiple_of(3) => format!("{name}区"),
            _ => format!("{name}县"),
        };
        let mut rng = Rng::new(seed ^ (index as u64).wrapping_mul(0x51_7c_c1), "body");
        let level = if kind == Kind::Town {
            Level::Township
        } else {
            level
        };
        let town = (kind == Kind::Town).then(|| {
            let name = place_name(number * TOWNS + town + 3_000);
            let short: String = name.chars().skip(name.chars().count() - 2).collect();
            let suffix = ["镇人民政府", "乡人民政府", "街道办事处"];
            format!("{short}{}", suffix[town % 3])
        });
        let busy = match kind {
            Kind::Government => 5,
            Kind::Office => 3,
            Kind::Department(number) => DEPARTMENTS[number].busy,
            Kind::Town => rng.below(2),
        };
        let weight = match level {
            Level::Province => 8,
            Level::Prefecture => 4,
            Level::County | Level::Township => 1,
        };
        // A government's report counts no fewer than any of its departments'.
        let base = [0, 5, 14, 60, 160, 2_400][busy];
        let size = if base == 0 {
            0
        } else {
            weight * rng.range(base / 2, base * 3 / 2).max(4)
        };
        // Bodies of one name are told apart by nothing else.
        let codes = match rng.below(10) {
            _ if twin => Codes::Always,
            0..=5 => Codes::Always,
            6..=7 => Codes::Since(2019),
            _ => Codes::Never,
        };
        Self {
            index,
            kind,
            level,
            place,
            town,
            host: format!("www.d{division}.example.gov.cn"),
            division,
            reform: if number.is_multiple_of(2) { 2018 } else { 2019 },
            codes,
            size,
            fujian,
            platform: number,
            twin,
        }
    }

    fn department(&self) -> Option<&'static Department> {
        match self.kind {
            Kind::Department(number) => DEPARTMENTS.get(number),
            _ => None,
        }
    }

    /// Whether it was there to report on a year.
    pub fn exists(&self, year: i16) -> bool {
        let (first, last) = self.department().map_or((0, 0), |one| one.years);
        (first == 0 || year >= first) && (last == 0 || year <= last)
    }

    /// Its name in the report on a year.
    pub fn name(&self, year: i16) -> String {
        let place = &self.place;
        match self.kind {
            Kind::Government => format!("{place}人民政府"),
            Kind::Office if self.level == Level::Province => format!("{place}人民政府办公厅"),
            Kind::Office => format!("{place}人民政府办公室"),
            Kind::Town => format!("{place}{}", self.town.as_deref().unwrap_or_default()),
            Kind::Department(number) => {
                let (old, new) = DEPARTMENTS[number].names;
                let name = new.filter(|_| year >= self.reform).unwrap_or(old);
                if self.level == Level::Province {
                    return format!("{place}{}厅", name.trim_end_matches('局'));
                }
                format!("{place}{name}")
            }
        }
    }

    /// Whether it is an office of a district or county in a part of it, not the government of a town.
    pub fn is_street_office(&self) -> bool {
        self.town
            .as_deref()
            .is_some_and(|town| town.ends_with("街道办事处"))
    }

    /// The number of its division's government.
    pub fn government(&self) -> usize {
        let rest = self.index % PROVINCE;
        let position = if rest >= PREFECTURES * PREFECTURE {
            rest - PREFECTURES * PREFECTURE
        } else {
            match rest % PREFECTURE {
                rest if rest < OWN => rest,
                rest => (rest - OWN) % COUNTY,
            }
        };
        self.index - position
    }

    /// Whether it has another name or code from the reform on.
    pub fn is_reformed(&self) -> bool {
        self.department()
            .is_some_and(|department| department.names.1.is_some())
    }

    /// Its 统一社会信用代码 in a year.
    pub fn credit_code(&self, year: i16) -> String {
        let body = format!("11{}{}", self.division, self.organisation_code(year));
        let check = credit_check(&body);
        format!("{body}{check}")
    }

    /// Its code in the registers before 2015: characters 9 to 17 of the other.
    pub fn organisation_code(&self, year: i16) -> String {
        let anew = self
            .department()
            .is_some_and(|one| one.refounded && year >= self.reform);
        let number = (self.index as u64 * 2 + u64::from(anew)) * 104_729 % 89_999_999;
        let digits = format!("{:08}", 10_000_000 + number);
        let check = organisation_check(&digits);
        format!("{digits}{check}")
    }

    /// What its index numbers begin with in a year; `None` where they have no code.
    pub fn printed_code(&self, year: i16) -> Option<String> {
        let printed = match self.codes {
            Codes::Always => true,
            Codes::Never => false,
            Codes::Since(first) => year >= first,
        };
        printed.then(|| {
            if year < 2015 {
                let code = self.organisation_code(year);
                return format!("{}-{}", &code[..8], &code[8..]);
            }
            self.credit_code(year)
        })
    }

    /// Whose work its report covers.
    pub fn scope(&self) -> Scope {
        match self.kind {
            Kind::Government => Scope::Consolidated,
            _ => Scope::Own,
        }
    }

    /// As the page generator has it.
    pub fn agency(&self, year: i16) -> Agency {
        Agency {
            name: self.name(year),
            scope: self.scope(),
            site: format!("{}人民政府", self.place),
            host: self.host.clone(),
        }
    }
}

const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

fn credit_check(body: &str) -> char {
    let mut weight = 1;
    let mut sum = 0;
    for byte in body.bytes() {
        let value = ALPHABET.iter().position(|known| *known == byte);
        sum += value.unwrap_or(0) * weight;
        weight = weight * 3 % 31;
    }
    char::from(ALPHABET[(31 - sum % 31) % 31])
}

fn organisation_check(digits: &str) -> char {
    let weights = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = digits
        .chars()
        .zip(weights)
        .map(|(digit, weight)| digit.to_digit(10).unwrap_or(0) * weight)
        .sum();
    match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).unwrap_or('?'),
    }
}
