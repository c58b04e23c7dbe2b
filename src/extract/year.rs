//! The report year: as a title prints it, and as the text gives the period of its numbers.

use std::ops::Range;

use crate::normalize::find_dates;
use crate::normalize::label::is_space;
use crate::normalize::numeral;

use super::body::Item;

/// A year in a title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YearMatch {
    /// 1990 to 2099.
    pub year: i16,
    /// Where it stands with 年 or 年度, in bytes.
    pub place: Range<usize>,
}

/// Every year in a title without spaces, left to right: `2021年`, `二〇二一年度`, `（2021）`, `21年`, and `2021`
/// in front of the report's name or at the end.
pub fn find_all(plain: &str) -> Vec<YearMatch> {
    let characters: Vec<(usize, char)> = plain.char_indices().collect();
    let digit_at = |at: usize| {
        characters
            .get(at)
            .is_some_and(|(_, c)| numeral::digit(*c).is_some())
    };
    let mut found: Vec<YearMatch> = Vec::new();
    for (number, (start, _)) in characters.iter().enumerate() {
        if !digit_at(number) || number.checked_sub(1).is_some_and(digit_at) {
            continue;
        }
        let count = (number..characters.len())
            .take_while(|at| digit_at(*at))
            .count();
        let end = characters
            .get(number + count)
            .map_or(plain.len(), |(at, _)| *at);
        let (digits, behind) = (&plain[*start..end], &plain[end..]);
        let before = number.checked_sub(1).map(|at| characters[at].1);
        let year = match count {
            4 => numeral::read_year(digits),
            2 if digits.is_ascii() && behind.starts_with('年') && before != Some('第') => digits
                .parse::<i16>()
                .ok()
                .filter(|short| (8..80).contains(short))
                .map(|short| 2000 + short),
            _ => None,
        };
        let Some(year) = year else {
            continue;
        };
        let opened = before.is_some_and(|c| matches!(c, '[' | '（' | '(' | '〔' | '【' | '［'));
        let stop = if let Some(rest) = behind.strip_prefix('年') {
            let more = if rest.starts_with('度') {
                '度'.len_utf8()
            } else {
                0
            };
            end + '年'.len_utf8() + more
        } else if behind.is_empty()
            || ["政府", "政务", "信息"]
                .iter()
                .any(|word| behind.starts_with(word))
            || opened && behind.starts_with([']', '）', ')', '〕', '】', '］'])
        {
            end
        } else {
            continue;
        };
        found.push(YearMatch {
            year,
            place: *start..stop,
        });
    }
    found
}

/// The year of a title whose topic begins at `topic`: the nearest before it; one behind it only where there is
/// none before.
pub fn of_title(plain: &str, topic: usize) -> Option<i16> {
    let found = find_all(plain);
    let before = found.iter().rfind(|year| year.place.start < topic);
    before.or_else(|| found.first()).map(|year| year.year)
}

/// Words in front of the period of the numbers, the most telling first.
const PERIOD_WORDS: [&str; 5] = ["统计期限", "统计时限", "统计时间", "起止", "期限"];

/// The year of the period the text says its numbers are of.
pub fn of_period(items: &[Item<'_>]) -> Option<i16> {
    let texts = || items.iter().take(60).map(|item| item.text.as_ref());
    let behind = |text: &'_ str| {
        PERIOD_WORDS
            .iter()
            .find_map(|word| text.find(word).map(|at| at + word.len()))
    };
    texts()
        .filter_map(|text| behind(text).map(|at| &text[at..]))
        .find_map(|text| full_year(text, 60).or_else(|| opening(text)))
        .or_else(|| {
            let counts = |text: &&str| {
                ["统计", "期限", "截止", "截至", "起至", "日至", "日到"]
                    .iter()
                    .any(|word| text.contains(word))
            };
            texts()
                .filter(counts)
                .find_map(|text| full_year(text, usize::MAX))
        })
}

/// The year with which sentences of the text open: `2021年，我局…`, `2021年度，…`. `None` where two do.
pub fn of_prose(items: &[Item<'_>]) -> Option<i16> {
    let opens = |text: &str| {
        let text = text.trim_start_matches(is_space);
        let head: String = text.chars().take(12).collect();
        let found = find_all(&head).into_iter().next()?;
        let behind = head[found.place.end..].trim_start_matches(is_space);
        (found.place.start == 0 && behind.starts_with(['，', ','])).then_some(found.year)
    };
    let mut years = items
        .iter()
        .take(60)
        .flat_map(|item| item.text.split(['。', '\n']).filter_map(opens));
    let first = years.next()?;
    years.all(|year| year == first).then_some(first)
}

/// `2021年1月1日至12月31日`, `2021年1月1日起至2021年12月31日`, starting in the first `reach` characters.
fn full_year(text: &str, reach: usize) -> Option<i16> {
    let reach = text
        .char_indices()
        .nth(reach)
        .map_or(text.len(), |(at, _)| at);
    let dates: Vec<_> = find_dates(text).collect();
    dates.iter().enumerate().find_map(|(number, start)| {
        if start.place.start > reach || (start.date.month(), start.date.day()) != (1, 1) {
            return None;
        }
        let year = start.date.year();
        let end = dates.get(number + 1).is_some_and(|end| {
            let gap = text[start.place.end..end.place.start].chars().count();
            gap <= 6 && (end.date.year(), end.date.month(), end.date.day()) == (year, 12, 31)
        });
        let rest: String = text[start.place.end..]
            .chars()
            .filter(|c| !is_space(*c))
            .take(12)
            .collect();
        (end || rest.contains("12月31日") || rest.contains("十二月三十一日")).then_some(year)
    })
}

/// `2021年1月1日起` or `2021年1月至12月` right behind the word; not the day a law came into force.
fn opening(text: &str) -> Option<i16> {
    let near: String = text.chars().filter(|c| !is_space(*c)).take(24).collect();
    if ["施行", "实施", "生效"]
        .iter()
        .any(|word| near.contains(word))
    {
        return None;
    }
    if let Some(start) = find_dates(&near).next() {
        return ((start.date.month(), start.date.day()) == (1, 1)).then(|| start.date.year());
    }
    let first = find_all(&near).into_iter().next()?;
    let months = near[first.place.end..].trim_start_matches("1月");
    let ends = months
        .trim_start_matches(['至', '到', '-', '—', '－', '~'])
        .starts_with("12月");
    (ends && months.len() < near[first.place.end..].len()).then_some(first.year)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ByteRange;

    #[test]
    fn titles_print_years_in_many_ways() {
        let cases = [
            ("云溪县2021年政府信息公开年报", Some(2021)),
            ("[2021]云溪县政府信息公开年报", Some(2021)),
            ("云溪县政府信息公开年报（2021）", Some(2021)),
            ("云溪县2021政府信息公开年报", Some(2021)),
            ("云溪县21年政府信息公开年报", Some(2021)),
            ("云溪县二\u{41e}二一年政府信息公开年报", Some(2021)),
            ("云溪县2022年发布2021年政府信息公开年报", Some(2021)),
            ("云溪县2008—2021年政府信息公开年报", Some(2021)),
            ("云溪县2021年政府信息公开年报2022年1月28日", Some(2021)),
            ("云溪县第21年政府信息公开年报", None),
            ("云溪县3020政府信息公开年报", None),
        ];
        for (plain, want) in cases {
            let topic = plain.find("政府信息").unwrap_or_default();
            assert_eq!(of_title(plain, topic), want, "{plain:?}");
        }
    }

    #[test]
    fn the_period_is_what_stands_behind_its_word() {
        let cases = [
            ("本报告的统计期限为2021年1月1日至12月31日。", Some(2021)),
            ("数据统计期限从2019年1月1日到2019年12月31日止。", Some(2019)),
            ("所列数据的统计期限自2021年1月1日起。", Some(2021)),
            ("数据统计期限为2021年1月至12月。", Some(2021)),
            (
                "自2020年1月1日起施行，截至目前……统计期限为2021年1月1日至2021年12月31日。",
                Some(2021),
            ),
            (
                "2019年1月1日至2020年12月31日略。统计期限为2021年1月1日至2021年12月31日。",
                Some(2021),
            ),
            ("根据自2009年1月1日起施行的《规定》，截至目前……。", None),
            (
                "2021年1月1日至2021年12月31日，全县共公开信息3条。",
                Some(2021),
            ),
            ("2021年1月1日，召开会议。", None),
        ];
        for (text, want) in cases {
            let item = Item {
                text: text.to_owned().into(),
                bytes: ByteRange::default(),
                block: 0,
                heading: None,
                marked: false,
                link_chars: 0,
            };
            assert_eq!(of_period(&[item]), want, "{text:?}");
        }
    }
}
