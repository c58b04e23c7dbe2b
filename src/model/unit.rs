//! What numbers count.

use std::str::FromStr;

use serde::{Deserialize, Serialize, Serializer};

macro_rules! units {
    ($($(#[$doc:meta])* $name:ident = $text:literal),* $(,)?) => {
        /// What a number counts, as the forms and pages print it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Unit { $($(#[$doc])* $name),* }

        impl Unit {
            /// Every unit.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The Chinese word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

units! {
    /// Documents, requests, cases.
    Jian = "件",
    /// Items of information.
    Tiao = "条",
    /// Items of a list of powers.
    Xiang = "项",
    /// Times.
    Ci = "次",
    /// Bodies, places.
    Ge = "个",
    /// Persons.
    Ren = "人",
    /// Persons counted once an occasion.
    RenCi = "人次",
    /// Articles.
    Pian = "篇",
    /// Cases (southern usage).
    Zong = "宗",
    /// Issues of a periodical.
    Qi = "期",
    /// Events, cases.
    Qi3 = "起",
    /// Works, books.
    Bu = "部",
    /// Portions.
    Fen = "份",
    /// Places.
    Chu = "处",
    /// Sessions.
    Chang = "场",
    /// Yuan.
    Yuan = "元",
    /// Ten thousand yuan.
    WanYuan = "万元",
    /// A hundred million yuan.
    YiYuan = "亿元",
}

impl Unit {
    /// Whether it is an amount of money.
    pub const fn is_money(self) -> bool {
        matches!(self, Self::Yuan | Self::WanYuan | Self::YiYuan)
    }
}

impl FromStr for Unit {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL
            .iter()
            .copied()
            .find(|unit| unit.as_str() == word)
            .ok_or(())
    }
}

impl Serialize for Unit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Unit {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        word.parse()
            .map_err(|()| serde::de::Error::custom(format!("unknown unit {word:?}")))
    }
}
