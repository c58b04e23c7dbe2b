//! Small words shared by the parts of the corpus.

use nianbao::model::FormId;

/// How many natural persons ask an agency in a year, at the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size(pub i64);

/// The form of a report year.
pub fn form_of(year: i16) -> FormId {
    match year {
        ..=2013 => FormId::F2008,
        2014..=2018 => FormId::F2014,
        2019..=2020 => FormId::F2019,
        _ => FormId::F2021,
    }
}
