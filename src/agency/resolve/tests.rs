//! Identities from facts: what joins, and what must not.

mod changes;
mod decisions;
mod names;
mod short;

use super::*;

/// Name, code, place, years.
type Row<'r> = (&'r str, &'r str, &'r str, &'r [i16]);

fn fact(id: i64, (name, code, place, years): Row<'_>) -> AgencyFact {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    AgencyFact {
        id,
        name: some(name),
        code: some(code),
        place: place.into(),
        years: years.iter().map(|year| (*year, "own".into())).collect(),
        ..AgencyFact::default()
    }
}

fn facts(rows: &[Row<'_>]) -> Vec<AgencyFact> {
    (1..).zip(rows).map(|(id, row)| fact(id, *row)).collect()
}

/// Ids of each identity of several, the key first, with the rules of the others.
fn joins(resolution: &Resolution) -> Vec<String> {
    let several = resolution
        .identities
        .iter()
        .filter(|identity| identity.members.len() > 1);
    several
        .map(|identity| {
            let others = identity
                .members
                .iter()
                .filter(|member| member.id != identity.key);
            let others: Vec<String> = others
                .map(|member| format!("{} {}", member.id, member.rule.as_str()))
                .collect();
            format!("{}: {}", identity.key, others.join(", "))
        })
        .collect()
}

fn joined(rows: &[Row<'_>]) -> Vec<String> {
    joins(&resolve(&facts(rows), &[]))
}

/// A valid code of a body.
fn code(number: u32) -> String {
    let body = format!("{number:08}");
    (0..11)
        .map(|check| {
            if check == 10 {
                'X'
            } else {
                char::from_digit(check, 10).unwrap()
            }
        })
        .map(|check| format!("{body}{check}"))
        .find(|code| Code::parse(code).is_some())
        .unwrap()
}

/// A valid code of a body registered in 320324.
fn long_code() -> String {
    "0123456789ABCDEFGHJKLMNPQRTUWXY"
        .chars()
        .map(|check| format!("11320324{}{check}", code(1_430_045)))
        .find(|code| Code::parse(code).is_some())
        .unwrap()
}

fn named(fact: &AgencyFact) -> Named {
    Named {
        name: fact.name.clone(),
        code: fact.code.clone(),
        place: fact.place.clone(),
    }
}
