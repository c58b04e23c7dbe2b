//! Numbers in the narrative (`docs/record.md`, `mentions`).

use std::str::FromStr;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::report::words;
use super::{ByteRange, Decimal};

words! {
    /// What sort of number a mention is.
    MentionKind {
        /// So many of something.
        Count = "count",
        /// Money.
        Amount = "amount",
        /// A share.
        Percent = "percent",
        /// A difference to another time: `同比增长12.5%`, `比上年减少5件`. The number itself is unsigned.
        Change = "change",
    }
}

words! {
    /// Which way a change goes.
    Direction {
        /// 增长, 增加, 上升.
        Up = "up",
        /// 下降, 减少, 回落.
        Down = "down",
    }
}

words! {
    /// What time a number speaks of.
    Period {
        /// A whole year that the sentence names.
        Year = "year",
        /// The sentence names no time; a report speaks of its own year.
        Implied = "implied",
        /// A month, a quarter, a half of the year.
        Part = "part",
        /// All years up to now: 累计, 历年, 自…以来.
        Cumulative = "cumulative",
        /// Some other time, or one that cannot be told: 截至12月底, 近三年.
        Unclear = "unclear",
    }
}

words! {
    /// The way something was published or asked for.
    Channel {
        /// 网站.
        Website = "website",
        /// 微信.
        Wechat = "wechat",
        /// 微博.
        Weibo = "weibo",
        /// 客户端.
        App = "app",
        /// 政务新媒体.
        NewMedia = "new_media",
        /// 政府公报.
        Gazette = "gazette",
        /// 新闻发布会.
        Press = "press",
        /// 报刊.
        Newspaper = "newspaper",
        /// 广播, 电视.
        Broadcast = "broadcast",
        /// 公告栏.
        Bulletin = "bulletin",
        /// 网络, 在线.
        Online = "online",
        /// 信函.
        Letter = "letter",
        /// 传真.
        Fax = "fax",
        /// 电子邮件.
        Email = "email",
        /// 当面.
        InPerson = "in_person",
    }
}

/// A number in the narrative with what it counts. What is not certain is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mention {
    /// The clause it stands in, as published.
    pub text: String,
    /// The number as printed; 万 and 亿 before a counting unit are multiplied out. 0 where `negated`.
    pub value: Decimal,
    /// As printed (`件`, `万元`, `%`); `None` where no unit stands behind it.
    pub unit: Option<String>,
    /// 余, 约, 近 and the like.
    pub approximate: bool,
    /// No number is printed; the sentence says that there was none.
    pub negated: bool,
    /// What sort of number.
    pub kind: MentionKind,
    /// Of a change.
    pub direction: Option<Direction>,
    /// The year it speaks of; `None` unless `period` is `year`, `implied` or `part`.
    pub year: Option<i16>,
    /// What time it speaks of.
    pub period: Period,
    /// The one channel named with it.
    pub channel: Option<Channel>,
    /// The mention it is a part of (其中), by its number in the report's list from 0.
    pub part_of: Option<u32>,
    /// The cells of the report's form that count the same thing for the same year and agency: a cell id, or several joined by
    /// `+` where the form prints the parts only.
    pub about: Option<String>,
    /// The section it stands in, by its number in the report's list from 0.
    pub section: u32,
    /// Its paragraph in the archived bytes.
    pub bytes: ByteRange,
}

impl Serialize for Mention {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Mention", 15)?;
        object.serialize_field("text", &self.text)?;
        object.serialize_field("value", &self.value)?;
        object.serialize_field("unit", &self.unit)?;
        object.serialize_field("approximate", &self.approximate)?;
        object.serialize_field("negated", &self.negated)?;
        object.serialize_field("kind", &self.kind)?;
        object.serialize_field("direction", &self.direction)?;
        object.serialize_field("year", &self.year)?;
        object.serialize_field("period", &self.period)?;
        object.serialize_field("channel", &self.channel)?;
        object.serialize_field("part_of", &self.part_of)?;
        object.serialize_field("about", &self.about)?;
        object.serialize_field("section", &self.section)?;
        object.serialize_field("part", &self.bytes.part)?;
        object.serialize_field("bytes", &self.bytes)?;
        object.end()
    }
}
