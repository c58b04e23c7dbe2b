//! Publication dates: every one the page gives, with where it stands; and the one to go by.

use jiff::civil::Date;

use crate::model::{DateEvidence, DateSource};
use crate::normalize::date::read_compact;
use crate::normalize::{DateMatch, find_date, find_dates};
use crate::parse::Document;
use crate::profile::Profile;

/// Collects the dates. `lines` are the blocks from the page's start to the first section heading, `tail` the
/// last lines of the body, `foot` lines around its end.
pub fn collect(
    document: &Document<'_>,
    profile: &Profile,
    lines: &[&str],
    tail: &[&str],
    foot: &[&str],
    url: Option<&str>,
) -> Vec<DateEvidence> {
    let mut dates = byline_dates(profile, lines, foot);
    for name in [
        "pubdate",
        "publishdate",
        "publish_date",
        "article:published_time",
        "dc.date",
    ] {
        for meta in document.metas.iter().filter(|meta| meta.name == name) {
            push(
                &mut dates,
                find_date(&meta.content).map(|m| m.date),
                DateSource::Meta,
                &meta.content,
            );
        }
    }
    for line in tail {
        let bare = line.trim();
        if bare.chars().count() <= 40
            && let Some(found) = find_date(bare)
            && found.place.end == bare.len()
            && find_dates(bare).count() == 1
        {
            push(&mut dates, Some(found.date), DateSource::Text, bare);
        }
    }
    if let Some(url) = url {
        push_url_date(&mut dates, url);
    }
    dates
}

fn push(dates: &mut Vec<DateEvidence>, value: Option<Date>, source: DateSource, raw: &str) {
    if let Some(value) = value {
        let known = dates
            .iter()
            .any(|date| date.source == source && date.value == value);
        if !known {
            dates.push(DateEvidence {
                value,
                source,
                raw: raw.trim().to_owned(),
            });
        }
    }
}

/// A byline is no longer.
const LINE_BYTES: usize = 600;

/// A date stands right behind its word: no need to look further.
fn cut(text: &str) -> &str {
    let end = text.char_indices().nth(40).map_or(text.len(), |(at, _)| at);
    &text[..end]
}

/// Dates of the byline above the text; where it has none, of one below.
fn byline_dates(profile: &Profile, lines: &[&str], foot: &[&str]) -> Vec<DateEvidence> {
    let mut dates = Vec::new();
    for (_, date, raw) in labelled(profile, lines) {
        push(&mut dates, Some(date), DateSource::Byline, raw);
    }
    if dates.is_empty() {
        bare_dates(profile, lines, &mut dates);
    }
    if dates.is_empty()
        && let Some((_, date, raw)) = labelled(profile, foot).first()
    {
        push(&mut dates, Some(*date), DateSource::Byline, raw);
    }
    dates
}

/// A date behind its word, in digits with or without marks between.
fn date_behind(rest: &str) -> Option<DateMatch> {
    let rest = cut(rest);
    let bare = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
    let compact = read_compact(bare).map(|found| {
        let start = rest.len() - bare.len();
        DateMatch {
            date: found.date,
            place: start..start + found.place.end,
        }
    });
    compact.or_else(|| find_date(rest))
}

/// Dates behind one of the profile's words, best word first: its rank, the date, how it is printed. The date may
/// stand in the next cell.
fn labelled<'l>(profile: &Profile, lines: &[&'l str]) -> Vec<(usize, Date, &'l str)> {
    let mut ranked: Vec<(usize, Date, &str)> = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        // The date stands in this line or the next.
        let dated = |line: &&str| line.contains('年') || line.bytes().any(|b| b.is_ascii_digit());
        if line.len() > LINE_BYTES || !lines[number..].iter().take(2).any(dated) {
            continue;
        }
        for (rank, behind) in profile.lines.date.find_all(line) {
            let word = profile.lines.date.list().get(rank).map_or(0, String::len);
            let before = line[..line.len() - behind.len() - word].chars().next_back();
            if word <= SHORT_WORD && before.is_some_and(char::is_alphanumeric) {
                continue;
            }
            let alone = !behind.contains(char::is_alphanumeric);
            let rest = if alone {
                lines.get(number + 1).copied().unwrap_or_default()
            } else {
                behind
            };
            let Some(found) = date_behind(rest) else {
                continue;
            };
            let gap = rest[..found.place.start]
                .chars()
                .filter(|c| c.is_alphanumeric())
                .count();
            let period = line.contains("统计") || line.contains("期限");
            if gap <= if alone { 0 } else { 2 } && !period {
                ranked.push((rank, found.date, &rest[found.place]));
            }
        }
    }
    ranked.sort_by_key(|(rank, ..)| *rank);
    ranked
}

/// Two Chinese characters: 时间, 日期.
const SHORT_WORD: usize = 6;

/// Lines that are hardly more than a date (`2020-01-31 来源：…`, `来源：… 2020-01-31`), near the title.
fn bare_dates(profile: &Profile, lines: &[&str], dates: &mut Vec<DateEvidence>) {
    for line in lines.iter().rev().take(12) {
        let bare = line.trim();
        if line.len() > LINE_BYTES
            || bare.chars().count() > 60
            || bare.contains(['。', '，', '至', '度', '《'])
            || find_dates(bare).count() > 1
        {
            continue;
        }
        let Some(found) = read_compact(bare)
            .filter(|found| found.place.end == bare.len())
            .or_else(|| find_date(bare))
        else {
            continue;
        };
        let before = &bare[..found.place.start];
        let words = before.chars().filter(|c| c.is_alphanumeric()).count();
        let apart = words == 0 || before.ends_with(|c: char| !c.is_alphanumeric());
        if words <= 24 && apart && !profile.lines.not_date.occur_in(before) {
            push(
                dates,
                Some(found.date),
                DateSource::Byline,
                &bare[found.place],
            );
        }
    }
}

/// `/t20260313_105587.htm`, `/2020/7/6/`, `/2020-07/06/`, `/20200706/`.
fn push_url_date(dates: &mut Vec<DateEvidence>, url: &str) {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    let pieces: Vec<&str> = path.split(['/', '_', '-', '.']).skip(1).collect();
    for (number, piece) in pieces.iter().enumerate() {
        let compact = piece.strip_prefix('t').unwrap_or(piece);
        let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let date = if compact.len() == 8 && all_digits(compact) {
            date_of(&compact[..4], &compact[4..6], &compact[6..])
        } else if piece.len() == 4 && all_digits(piece) {
            match pieces[number + 1..] {
                [month, day, ..] if month.len() <= 2 && day.len() <= 2 => {
                    date_of(piece, month, day)
                }
                _ => None,
            }
        } else if piece.len() == 6 && all_digits(piece) {
            match pieces[number + 1..] {
                [day, ..] if day.len() == 2 => date_of(&piece[..4], &piece[4..], day),
                _ => None,
            }
        } else {
            None
        };
        if let Some(date) = date {
            push(dates, Some(date), DateSource::Url, url);
            return;
        }
    }
}

fn date_of(year: &str, month: &str, day: &str) -> Option<Date> {
    let year: i16 = year.parse().ok()?;
    (1990..2100).contains(&year).then_some(())?;
    Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
}

/// Puts the date to go by first and returns it: the displayed one before the meta tag's, the text's and the
/// URL's; among them one that can be right (a report on a year is not published before that year's end).
pub fn choose(dates: &mut [DateEvidence], year: Option<i16>) -> Option<Date> {
    let rank = |source: DateSource| match source {
        DateSource::Byline => 0,
        DateSource::Meta => 1,
        DateSource::Text => 2,
        DateSource::Url => 3,
    };
    let too_early = |date: Date| year.is_some_and(|year| date.year() <= year);
    dates.sort_by_key(|date| (too_early(date.value), rank(date.source)));
    dates.first().map(|date| date.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_hold_dates_in_known_shapes() {
        let cases = [
            (
                "https://www.example/zwgk/202603/t20260313_105587.htm",
                Some("2026-03-13"),
            ),
            (
                "http://www.example/art/2020/7/6/art_100_2.html",
                Some("2020-07-06"),
            ),
            (
                "http://www.example/2020-07/06/content_1.htm",
                Some("2020-07-06"),
            ),
            ("http://www.example/info/1039/2874.htm", None),
            ("http://www.example:8080/a/20209999/b.html", None),
        ];
        for (url, want) in cases {
            let mut dates = Vec::new();
            push_url_date(&mut dates, url);
            let got = dates.first().map(|date| date.value.to_string());
            assert_eq!(got.as_deref(), want, "{url}");
        }
    }

    #[test]
    fn bylines_give_dates_and_periods_do_not() {
        let profile = Profile::generic();
        let cases = [
            (
                vec!["发布时间:20年07月06日 信息来源:教育局"],
                Some("2020-07-06"),
            ),
            (
                vec!["成文日期：2021-01-10", "发布日期：2021-01-20"],
                Some("2021-01-20"),
            ),
            (vec!["2022-01-05 10:11 来源：办公室"], Some("2022-01-05")),
            (vec!["数据统计期限从2019年1月1日到12月31日止"], None),
            (
                vec!["发布日期", "2022-01-28", "生成日期", "2022-01-20"],
                Some("2022-01-28"),
            ),
            (
                vec!["生成日期", "2022-01-20", "发布日期", "2022-01-28"],
                Some("2022-01-28"),
            ),
            (
                vec!["发布日期", "发布机构", "2022-01-28"],
                Some("2022-01-28"),
            ),
            (
                vec!["来源：云溪县民政局 2022-01-28 10:22"],
                Some("2022-01-28"),
            ),
            (vec!["云溪县民政局 2022-01-28"], Some("2022-01-28")),
            (
                vec!["今天是：2026-11-23", "来源：云溪县民政局  2022-01-28"],
                Some("2022-01-28"),
            ),
            (vec!["20220128"], Some("2022-01-28")),
            (vec!["发布时间：20220128"], Some("2022-01-28")),
            (vec!["发布于 2022-01-28"], Some("2022-01-28")),
            (vec!["发布时间:2022—01—28"], Some("2022-01-28")),
            (vec!["系统时间：2026-11-23"], None),
            (vec!["打印时间：2026-11-23"], None),
            (vec!["服务时间：2026-11-23"], None),
            (vec!["信息有效性：有效 废止日期：2025-01-01"], None),
            (vec!["统计时间：2022-01-05"], None),
        ];
        for (lines, want) in cases {
            let got = byline_dates(profile, &lines, &[])
                .first()
                .map(|d| d.value.to_string());
            assert_eq!(got.as_deref(), want, "{lines:?}");
        }
        let below = ["无。", "发布时间：2022-01-28 来源：云溪县民政局"];
        assert_eq!(byline_dates(profile, &["云溪县民政局"], &below).len(), 1);
    }
}
