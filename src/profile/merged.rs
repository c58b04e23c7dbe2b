//! What holds for a site in the end: its file over its platform's over the generic one, as TOML.
//!
//! In: a name. Out: one table with what counts. For people; the program merges rule by rule where it needs them.

use toml::{Table, Value};

/// One table of several files, the most general first. Lists of words and selectors that are added up are added up,
/// `layouts` of the more special file stand before the others, `paging` is that of the most special file that has any.
pub fn merged<'t>(texts: impl IntoIterator<Item = &'t str>) -> Table {
    let mut all = Table::new();
    for text in texts {
        // Files come from the profiles that were read already.
        let Ok(file) = toml::from_str::<Table>(text) else {
            continue;
        };
        for (key, value) in file {
            match (key.as_str(), all.get_mut(&key), value) {
                // How a platform is told is no rule for a site.
                ("detect", ..) => {}
                ("list", Some(Value::Table(known)), Value::Table(own)) => {
                    over(known, own, &["ignore", "not_titles"]);
                }
                ("body", Some(Value::Table(known)), Value::Table(own)) => {
                    over(known, own, &["containers", "drop"]);
                }
                ("attachments", Some(Value::Table(known)), Value::Table(own)) => {
                    over(known, own, &[]);
                }
                ("layouts", Some(Value::Array(known)), Value::Array(mut own)) => {
                    own.append(known);
                    *known = own;
                }
                (_, _, value) => {
                    all.insert(key, value);
                }
            }
        }
    }
    // Words of the text's lines are the same for all.
    all.remove("lines");
    all
}

/// `own` over `known`; of the keys in `added` the lists are added up.
fn over(known: &mut Table, own: Table, added: &[&str]) {
    for (key, value) in own {
        let sum = added.contains(&key.as_str());
        match known.get_mut(&key) {
            Some(old) if sum => {
                let mut all = list(value);
                all.extend(list(old.clone()));
                *old = Value::Array(all);
            }
            _ => {
                known.insert(key, value);
            }
        }
    }
}

fn list(value: Value) -> Vec<Value> {
    match value {
        Value::Array(values) => values,
        other => vec![other],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_special_file_counts() {
        let base = "name = \"generic\"\n[list]\nitem = \"a\"\nignore = [\"nav\"]\n[lines]\nend = []\n[[paging]]\nstrategy = \"next_link\"\n";
        let platform = "name = \"p\"\n[detect]\nat_least_points = 1\n[list]\nitem = \"li\"\nignore = \".top\"\n[[paging]]\nstrategy = \"trs\"\n";
        let site = "name = \"s\"\n[list]\ndate = \"span\"\n";
        let all = merged([base, platform, site]);
        let want: Table = toml::from_str(
            "name = \"s\"\n[list]\nitem = \"li\"\ndate = \"span\"\nignore = [\".top\", \"nav\"]\n[[paging]]\nstrategy = \"trs\"\n",
        )
        .unwrap();
        assert_eq!(all, want);
    }
}
