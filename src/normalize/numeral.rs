//! Chinese numerals: headings (`十二、`), years (`二〇一九年`), dates (`一月三十一日`).

/// The value of one digit character, Arabic of either width or Chinese; `None` for anything else.
pub fn digit(character: char) -> Option<u32> {
    Some(match character {
        '0'..='9' => character as u32 - '0' as u32,
        '０'..='９' => character as u32 - '０' as u32,
        // Letters that are printed for 〇: Latin O of either width, Cyrillic О and о, Greek Ο.
        '〇' | '○' | '零' | '◯' | 'Ｏ' | 'O' | '\u{41e}' | '\u{43e}' | '\u{39f}' => 0,
        '一' | '壹' => 1,
        '二' | '两' | '贰' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

/// Whether a character can stand in a Chinese numeral.
pub fn is_numeral(character: char) -> bool {
    matches!(character, '十' | '百' | '千' | '廿' | '卅')
        || (digit(character).is_some() && !character.is_ascii() && !is_wide_digit(character))
}

fn is_wide_digit(character: char) -> bool {
    matches!(character, '０'..='９')
}

/// Reads a numeral: Arabic digits of either width, Chinese digits in a row (`二〇一九`), or Chinese
/// with 十, 百, 千 (`二十一`, `一百零三`). `None` for anything else, or above 9,999.
pub fn read(text: &str) -> Option<u32> {
    let with_places = text
        .chars()
        .any(|character| matches!(character, '十' | '百' | '千' | '廿' | '卅'));
    if !with_places {
        let mut value: u32 = 0;
        let mut any = false;
        for character in text.chars() {
            value = value.checked_mul(10)?.checked_add(digit(character)?)?;
            any = true;
            if value > 9999 {
                return None;
            }
        }
        return any.then_some(value);
    }
    let mut total = 0;
    let mut pending: Option<u32> = None;
    let mut last_place = u32::MAX;
    for character in text.chars() {
        let place = match character {
            '十' => 10,
            '百' => 100,
            '千' => 1000,
            '廿' | '卅' => {
                if pending.is_some() || last_place <= 10 {
                    return None;
                }
                total += if character == '廿' { 20 } else { 30 };
                last_place = 10;
                continue;
            }
            '零' | '〇' | '○' => {
                if pending.is_some() {
                    return None;
                }
                continue;
            }
            other => {
                if pending.is_some() {
                    return None;
                }
                pending = Some(digit(other)?);
                continue;
            }
        };
        if place >= last_place {
            return None;
        }
        total += pending.take().unwrap_or(1) * place;
        last_place = place;
    }
    Some(total + pending.unwrap_or(0))
}

/// Reads a year of four digits, Arabic or Chinese, from 1990 to 2099.
pub fn read_year(text: &str) -> Option<i16> {
    if text.chars().count() != 4 {
        return None;
    }
    let year = i16::try_from(read(text)?).ok()?;
    (1990..2100).contains(&year).then_some(year)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numerals_as_printed() {
        let cases = [
            ("一", Some(1)),
            ("十", Some(10)),
            ("十二", Some(12)),
            ("二十", Some(20)),
            ("二十一", Some(21)),
            ("一百零三", Some(103)),
            ("二〇一九", Some(2019)),
            ("二○二〇", Some(2020)),
            ("２０２１", Some(2021)),
            ("31", Some(31)),
            ("三十一", Some(31)),
            ("", None),
            ("十十", None),
            ("一二十", None),
            ("件", None),
        ];
        for (text, want) in cases {
            assert_eq!(read(text), want, "{text:?}");
        }
        assert_eq!(read_year("二〇一九"), Some(2019));
        assert_eq!(read_year("二\u{41e}二一"), Some(2021));
        assert_eq!(read_year("二\u{43e}二\u{39f}"), Some(2020));
        assert_eq!(read_year("1949"), None);
    }
}
