//! What of a page's markup is kept.
//!
//! In: names of elements, attributes and their values. Out: what is written instead, or nothing. A list of
//! what is known to be harmless, never one of what is known to be dangerous: nothing here loads, runs, sends
//! or leads anywhere, and none of the elements makes a browser read text as anything but text.

/// Elements that are written as they are.
const ELEMENTS: [&str; 65] = [
    "address",
    "article",
    "aside",
    "b",
    "big",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "div",
    "dl",
    "dt",
    "em",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "i",
    "ins",
    "kbd",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
    "hgroup",
];

/// Elements that are written as others.
const INSTEAD: [(&str, &str); 9] = [
    ("a", "span"),
    ("details", "div"),
    ("dialog", "div"),
    ("dir", "ul"),
    ("listing", "pre"),
    ("plaintext", "div"),
    ("search", "div"),
    ("summary", "div"),
    ("xmp", "pre"),
];

/// What is written for an element; `None` where its tags are left out.
pub(super) fn element(name: &str) -> Option<&'static str> {
    let is = |known: &&str| known.eq_ignore_ascii_case(name);
    let instead = INSTEAD.iter().find(|(known, _)| is(known));
    instead
        .map(|(_, instead)| *instead)
        .or_else(|| ELEMENTS.into_iter().find(is))
}

/// Elements without an end tag.
pub(super) fn is_void(element: &str) -> bool {
    matches!(element, "br" | "col" | "hr" | "wbr")
}

/// What an attribute's value must be.
#[derive(Debug, Clone, Copy)]
enum Value {
    /// A number of at least 1 and at most this, clamped.
    Number(u32),
    /// Pixels or a share.
    Length,
    /// One of these words.
    Word(&'static [&'static str]),
    /// None: that it is there says all.
    Flag,
}

const ALIGN: Value = Value::Word(&["left", "center", "right", "justify"]);
const VALIGN: Value = Value::Word(&["top", "middle", "bottom", "baseline"]);
const BLOCKS: &[&str] = &["div", "h1", "h2", "h3", "h4", "h5", "h6", "p"];
const CELLS: &[&str] = &["td", "th"];
const TABLE: &[&str] = &["table"];
const ROWS: &[&str] = &["tbody", "td", "tfoot", "th", "thead", "tr"];

/// Attributes by name: on which elements, with which values. Spans are clamped as browsers do (HTML 4.9.11).
const ATTRIBUTES: [(&str, &[&str], Value); 16] = [
    ("align", BLOCKS, ALIGN),
    ("align", ROWS, ALIGN),
    ("align", TABLE, Value::Word(&["left", "center", "right"])),
    ("border", TABLE, Value::Number(9)),
    ("cellpadding", TABLE, Value::Number(99)),
    ("cellspacing", TABLE, Value::Number(99)),
    ("colspan", CELLS, Value::Number(1000)),
    ("nowrap", CELLS, Value::Flag),
    ("rowspan", CELLS, Value::Number(65_534)),
    ("span", &["col", "colgroup"], Value::Number(1000)),
    ("start", &["ol"], Value::Number(9999)),
    ("valign", ROWS, VALIGN),
    ("value", &["li"], Value::Number(9999)),
    ("width", CELLS, Value::Length),
    ("width", TABLE, Value::Length),
    ("width", &["col", "colgroup"], Value::Length),
];

/// Declarations of `style` attributes, and the class of `style.css` that is written instead: no style stands in a page, so
/// that its policy can forbid them.
const STYLES: [(&str, &str, &str); 19] = [
    ("font-weight", "bold", "nb-bold"),
    ("font-weight", "bolder", "nb-bold"),
    ("font-weight", "600", "nb-bold"),
    ("font-weight", "700", "nb-bold"),
    ("font-weight", "normal", "nb-normal"),
    ("text-align", "left", "nb-left"),
    ("text-align", "center", "nb-center"),
    ("text-align", "right", "nb-right"),
    ("text-align", "justify", "nb-justify"),
    ("text-decoration", "underline", "nb-underline"),
    ("text-decoration", "line-through", "nb-struck"),
    ("vertical-align", "top", "nb-top"),
    ("vertical-align", "middle", "nb-middle"),
    ("vertical-align", "bottom", "nb-bottom"),
    ("vertical-align", "baseline", "nb-baseline"),
    ("white-space", "nowrap", "nb-nowrap"),
    ("white-space", "normal", "nb-wrap"),
    ("white-space", "pre", "nb-pre"),
    ("white-space", "pre-wrap", "nb-pre-wrap"),
];

/// An attribute and its value as they are written; `None` where it is left out. References in the value are
/// resolved.
pub(super) fn attribute(element: &str, name: &str, value: &str) -> Option<(&'static str, String)> {
    if name.eq_ignore_ascii_case("style") {
        let classes = classes(value).join(" ");
        return (!classes.is_empty()).then_some(("class", classes));
    }
    let (known, _, wanted) = ATTRIBUTES.iter().find(|(known, elements, _)| {
        known.eq_ignore_ascii_case(name) && elements.contains(&element)
    })?;
    Some((known, checked(*wanted, value)?))
}

/// The width that a `style` attribute gives, as the attribute `width` has it; `None` where it gives none in pixels or as a share,
/// or the element has no such attribute.
pub(super) fn styled_width(element: &str, style: &str) -> Option<String> {
    let widths = declarations(style).filter(|(name, _)| name.eq_ignore_ascii_case("width"));
    let width = widths
        .filter_map(|(_, value)| length(value, &["px", "%"]))
        .last()?;
    let (_, width) = attribute(element, "width", &width)?;
    Some(width)
}

/// Nothing that is kept has a string, a bracket or a comment in it, so `;` and `:` mean what they say.
fn declarations(style: &str) -> impl Iterator<Item = (&str, &str)> {
    style
        .split(';')
        .filter_map(|declaration| declaration.split_once(':'))
        .map(|(name, value)| (name.trim(), value.trim()))
}

/// The classes for a `style` attribute: of several declarations of one property the last counts, as in browsers.
fn classes(style: &str) -> Vec<&'static str> {
    let mut kept: Vec<(&str, &'static str)> = Vec::new();
    for (name, value) in declarations(style) {
        let known = STYLES.iter().find(|(property, word, _)| {
            property.eq_ignore_ascii_case(name) && word.eq_ignore_ascii_case(value)
        });
        if let Some((property, _, class)) = known {
            kept.retain(|(other, _)| other != property);
            kept.push((property, class));
        }
    }
    kept.into_iter().map(|(_, class)| class).collect()
}

fn checked(wanted: Value, value: &str) -> Option<String> {
    let value = value.trim();
    match wanted {
        Value::Number(most) => {
            let digits = value.strip_prefix('+').unwrap_or(value);
            let length = digits.bytes().take_while(u8::is_ascii_digit).count();
            let digits = &digits[..length];
            // Longer than any number is beyond the cap.
            let number = match digits.parse::<u32>() {
                Ok(number) => number,
                Err(_) if digits.is_empty() => return None,
                Err(_) => most,
            };
            Some(number.min(most).to_string())
        }
        // A length without a unit is one in pixels.
        Value::Length => length(value, &["", "%"]),
        Value::Word(words) => words
            .iter()
            .find(|word| word.eq_ignore_ascii_case(value))
            .map(|word| (*word).to_owned()),
        Value::Flag => Some(String::new()),
    }
}

/// A number of up to four digits, perhaps with decimals, in one of the units.
fn length(value: &str, units: &[&str]) -> Option<String> {
    let value = value.trim().to_ascii_lowercase();
    let split = value
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(value.len());
    let (number, unit) = value.split_at(split);
    let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
    let fits = |digits: &str| {
        (1..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let unit = if unit == "px" && !units.contains(&"px") {
        ""
    } else {
        unit
    };
    (fits(whole) && fits(decimals) && units.contains(&unit)).then(|| format!("{number}{unit}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_by_name() {
        assert_eq!(element("TD"), Some("td"));
        assert_eq!(element("A"), Some("span"));
        for name in [
            "script", "style", "iframe", "object", "embed", "form", "base", "meta", "link", "svg",
            "math", "input", "button", "select", "template", "noscript", "title", "textarea",
            "img", "body", "html", "head", "video", "audio", "frame", "frameset", "o:p", "",
            "td\0",
        ] {
            assert_eq!(element(name), None, "{name}");
        }
    }

    #[test]
    fn attributes_by_element_and_value() {
        let cases = [
            ("td", "COLSPAN", " 3", Some(("colspan", "3"))),
            ("td", "colspan", "100000000000", Some(("colspan", "1000"))),
            ("td", "rowspan", "2x", Some(("rowspan", "2"))),
            ("td", "rowspan", "x", None),
            ("p", "rowspan", "2", None),
            ("td", "width", "120px", Some(("width", "120"))),
            ("table", "width", "98.5%", Some(("width", "98.5%"))),
            ("td", "width", "1;2", None),
            ("td", "nowrap", "x\"y", Some(("nowrap", ""))),
            ("p", "align", "Center", Some(("align", "center"))),
            ("p", "onclick", "x", None),
            ("p", "id", "x", None),
            ("p", "class", "x", None),
            ("a", "href", "javascript:1", None),
            ("table", "background", "http://x/y.png", None),
            (
                "td",
                "style",
                "TEXT-ALIGN: center;text-align:right;color:red; ; x;text-decoration:line-through",
                Some(("class", "nb-right nb-struck")),
            ),
            ("td", "style", "width:url(http://x)", None),
            (
                "td",
                "style",
                "background:url(http://x);width:expression(1)",
                None,
            ),
        ];
        for (element, name, value, want) in cases {
            let got = attribute(element, name, value);
            let want = want.map(|(name, value)| (name, value.to_owned()));
            assert_eq!(got, want, "{element} {name}={value}");
        }
    }

    #[test]
    fn widths_of_styles_are_written_as_attributes() {
        let cases = [
            ("td", "width: 120px", Some("120")),
            ("table", "WIDTH:98.5%;color:red", Some("98.5%")),
            ("td", "width:12pt", None),
            ("p", "width:120px", None),
            (
                "td",
                "width:-1px;width:1.2.3px;width:.5px;width:5.px;width:99999px",
                None,
            ),
        ];
        for (element, style, want) in cases {
            assert_eq!(
                styled_width(element, style).as_deref(),
                want,
                "{element} {style}"
            );
        }
    }
}
