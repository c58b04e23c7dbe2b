//! Arguments that are one of a closed list of words.

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::model::{Code, FormId, Scope, SectionKind, Severity, WatchCode};

fn one_of<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    word: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(all.iter().map(|one| word(*one))).try_map(move |given| {
        let found = all.iter().copied().find(|one| word(*one) == given);
        found.ok_or("not one of the words")
    })
}

pub(super) fn scope() -> impl TypedValueParser<Value = Scope> {
    one_of(Scope::ALL, Scope::as_str)
}

pub(super) fn section() -> impl TypedValueParser<Value = SectionKind> {
    one_of(SectionKind::ALL, SectionKind::as_str)
}

pub(super) fn form() -> impl TypedValueParser<Value = FormId> {
    one_of(&FormId::ALL, FormId::as_str)
}

/// A code of either list of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AnyCode {
    /// Within a report.
    Within(Code),
    /// Across years, versions and texts.
    Across(WatchCode),
}

pub(super) fn any_code() -> impl TypedValueParser<Value = AnyCode> {
    let within = Code::ALL.iter().map(|code| code.as_str());
    let across = WatchCode::ALL.iter().map(|code| code.as_str());
    PossibleValuesParser::new(within.chain(across)).try_map(|given| {
        let across = || given.parse().ok().map(AnyCode::Across);
        let within = Code::ALL.iter().find(|code| code.as_str() == given);
        let within = within.map(|code| AnyCode::Within(*code));
        within.or_else(across).ok_or("not one of the words")
    })
}

pub(super) fn severity() -> impl TypedValueParser<Value = Severity> {
    one_of(&Severity::ALL, Severity::as_str)
}

/// A report year.
pub(super) fn year() -> impl TypedValueParser<Value = i16> {
    clap::value_parser!(i16).range(1949..=2999)
}
