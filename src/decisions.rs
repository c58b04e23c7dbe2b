//! What people decided: which agencies are one, which findings stand.
//!
//! In and out: `decisions.jsonl` of a home, one JSON object a line. Lines are appended and synced, never rewritten, so that
//! a rebuild of the database from the archive finds them as they were; taking one back is another line. Agencies are
//! named by what their pages say, findings by their own id: neither depends on row numbers of a database. Never reads the
//! clock, and never touches the database.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// A longer file was not made by people.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// An agency as its pages name it. At least one of name and code is there.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgencyRef {
    /// Name as read; `None` where only the code is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// 统一社会信用代码 or organisation code; `None` where the pages have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Where its pages stand, if the name alone does not tell it from others; `None` where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

impl fmt::Display for AgencyRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name.as_deref().unwrap_or("?");
        f.write_str(name)?;
        for more in [&self.code, &self.place].into_iter().flatten() {
            write!(f, " ({more})")?;
        }
        Ok(())
    }
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum What {
    /// These agencies are one; years of theirs may be compared.
    MergeAgencies {
        /// Two or more; the first gives its name to the whole.
        agencies: Vec<AgencyRef>,
    },
    /// This agency is none of those it was joined with: no rule and no earlier decision joins it.
    SplitAgency {
        /// The one taken out.
        agency: AgencyRef,
    },
    /// The finding is right.
    ConfirmFinding {
        /// Its id, stable over rebuilds.
        finding: String,
    },
    /// The finding has an innocent explanation.
    DismissFinding {
        /// Its id, stable over rebuilds.
        finding: String,
    },
    /// An earlier decision does not hold any more; undoing an undo brings it back.
    Undo {
        /// Id of the earlier decision.
        id: String,
    },
}

/// One line of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Ten hexadecimal digits, unique in the file.
    pub id: String,
    /// When it was made.
    #[serde(with = "rfc3339")]
    pub at: Timestamp,
    /// Who made it; `None` where not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Why; never empty.
    pub reason: String,
    /// What.
    pub what: What,
}

/// A line that is no decision. The others hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct BadLine {
    /// Number of the line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: String,
}

/// Why decisions could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum DecisionError {
    /// The file cannot be read or written.
    #[error("{}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is larger than any that people write.
    #[error("{} is larger than {} MB", path.display(), MAX_BYTES / 1024 / 1024)]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// A decision needs a reason.
    #[error("a decision needs a reason")]
    NoReason,
    /// A merge needs two different agencies.
    #[error("a merge needs at least two different agencies")]
    NothingToMerge,
    /// An undo names no decision that holds.
    #[error("no decision {id:?} that holds: `nianbao agency decisions` lists them")]
    NothingToUndo {
        /// What was named.
        id: String,
    },
}

/// The decisions of a home, in the order they were made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decisions {
    all: Vec<Decision>,
    bad: Vec<BadLine>,
}

static NONE: Decisions = Decisions {
    all: Vec::new(),
    bad: Vec::new(),
};

impl Decisions {
    /// Those of a home where nobody decided anything.
    pub fn none() -> &'static Self {
        &NONE
    }

    /// Reads the file; one that does not exist holds no decisions. Lines that are no decisions are kept in [`Self::bad`].
    ///
    /// # Errors
    ///
    /// [`DecisionError::Io`], [`DecisionError::TooLarge`].
    pub fn read(path: &Path) -> Result<Self, DecisionError> {
        let io = |source| DecisionError::Io {
            path: path.into(),
            source,
        };
        let mut bytes = Vec::new();
        match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(io(error)),
            Ok(file) => file
                .take(MAX_BYTES + 1)
                .read_to_end(&mut bytes)
                .map_err(io)?,
        };
        if bytes.len() as u64 > MAX_BYTES {
            return Err(DecisionError::TooLarge { path: path.into() });
        }
        Ok(Self::parse(&bytes))
    }

    /// Reads the text of the file.
    pub fn parse(bytes: &[u8]) -> Self {
        let mut read = Self::default();
        let mut known: HashMap<String, usize> = HashMap::new();
        for (number, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            let line_number = number + 1;
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let decision = match serde_json::from_slice::<Decision>(line) {
                Ok(decision) => decision,
                Err(error) => {
                    read.reject(line_number, error.to_string());
                    continue;
                }
            };
            if let Err(why) = sound(&decision.reason, &decision.what) {
                read.reject(line_number, why.to_string());
            } else if let Some(first) = known.get(&decision.id) {
                let why = format!("id {} stands in line {first} already", decision.id);
                read.reject(line_number, why);
            } else if let What::Undo { id } = &decision.what
                && !known.contains_key(id)
            {
                read.reject(line_number, format!("no line before it has the id {id}"));
            } else {
                known.insert(decision.id.clone(), line_number);
                read.all.push(decision);
            }
        }
        read
    }

    fn reject(&mut self, line: usize, why: String) {
        self.bad.push(BadLine { line, why });
    }

    /// Every decision, also those taken back, in the order they were made.
    pub fn all(&self) -> &[Decision] {
        &self.all
    }

    /// Lines that are no decisions.
    pub fn bad(&self) -> &[BadLine] {
        &self.bad
    }

    /// The decisions that hold, in the order they were made; no undo is among them.
    pub fn in_force(&self) -> Vec<&Decision> {
        let mut held = self.standing();
        held.retain(|decision| !matches!(decision.what, What::Undo { .. }));
        held
    }

    /// The decisions that were not taken back, in the order they were made; undos are among them.
    fn standing(&self) -> Vec<&Decision> {
        let mut undone: HashSet<&str> = HashSet::new();
        let mut held = Vec::new();
        for decision in self.all.iter().rev() {
            if undone.contains(decision.id.as_str()) {
                continue;
            }
            if let What::Undo { id } = &decision.what {
                undone.insert(id);
            }
            held.push(decision);
        }
        held.reverse();
        held
    }

    /// What was decided last of each finding, by its id.
    pub fn of_findings(&self) -> BTreeMap<&str, &Decision> {
        let held = self.in_force().into_iter();
        held.filter_map(|decision| match &decision.what {
            What::ConfirmFinding { finding } | What::DismissFinding { finding } => {
                Some((finding.as_str(), decision))
            }
            _ => None,
        })
        .collect()
    }
}

/// Appends a decision to the file, which is on the disk when this returns. The caller keeps other writers out (the lock of
/// the home), and gives the time.
///
/// # Errors
///
/// [`DecisionError::NoReason`], [`DecisionError::NothingToMerge`], [`DecisionError::NothingToUndo`]; what reading says, and the disk.
/// Nothing of the decision is in the file then, unless the disk refuses to take that back too.
pub fn append(
    path: &Path,
    at: Timestamp,
    by: Option<&str>,
    reason: &str,
    what: What,
) -> Result<Decision, DecisionError> {
    sound(reason, &what)?;
    let before = Decisions::read(path)?;
    if let What::Undo { id } = &what {
        // An undo may be undone too, as long as it was not.
        if !before.standing().iter().any(|decision| decision.id == *id) {
            return Err(DecisionError::NothingToUndo { id: id.clone() });
        }
    }
    let mut decision = Decision {
        id: String::new(),
        at,
        by: by.map(ToOwned::to_owned),
        reason: reason.trim().to_owned(),
        what,
    };
    let content = line(&decision);
    let taken = |id: &str| before.all.iter().any(|known| known.id == id);
    decision.id = (0..=before.all.len())
        .map(|salt| id_of(&content, salt))
        .find(|id| !taken(id))
        .unwrap_or_default();
    write(path, &line(&decision)).map_err(|source| DecisionError::Io {
        path: path.into(),
        source,
    })?;
    Ok(decision)
}

fn line(decision: &Decision) -> String {
    // Strings, lists and a time: nothing in it that JSON cannot say.
    serde_json::to_string(decision).unwrap_or_default()
}

fn id_of(content: &str, salt: usize) -> String {
    let mut hash = Sha256::new();
    hash.update(content.as_bytes());
    hash.update(salt.to_le_bytes());
    let mut id = HEXLOWER.encode(&hash.finalize()[..5]);
    id.truncate(10);
    id
}

fn sound(reason: &str, what: &What) -> Result<(), DecisionError> {
    if reason.trim().is_empty() {
        return Err(DecisionError::NoReason);
    }
    if let What::MergeAgencies { agencies } = what {
        let different: HashSet<_> = agencies.iter().collect();
        if different.len() < 2 {
            return Err(DecisionError::NothingToMerge);
        }
    }
    Ok(())
}

fn write(path: &Path, line: &str) -> io::Result<()> {
    let is_new = !path.exists();
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .read(true)
        .open(path)?;
    let mut text = String::with_capacity(line.len() + 2);
    // What a crash cut off must not swallow this line.
    if file.seek(SeekFrom::End(0))? > 0 {
        let mut last = [0];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            text.push('\n');
        }
    }
    text.push_str(line);
    text.push('\n');
    add(&mut file, text.as_bytes(), |file| {
        file.sync_all()?;
        // The name of a new file is on the disk only with its folder.
        if is_new && let Some(folder) = path.parent() {
            File::open(if folder.as_os_str().is_empty() {
                Path::new(".")
            } else {
                folder
            })?
            .sync_all()?;
        }
        Ok(())
    })
}

/// Appends bytes, or leaves the file as it was: who is told of a failure was told that nothing was decided.
fn add(
    file: &mut File,
    bytes: &[u8],
    sync: impl FnOnce(&File) -> io::Result<()>,
) -> io::Result<()> {
    let end = file.seek(SeekFrom::End(0))?;
    let added = file.write_all(bytes).and_then(|()| sync(file));
    if added.is_err() && file.set_len(end).is_ok() {
        // The first failure is what is told; this one changes nothing about it.
        let _ = file.sync_all();
    }
    added
}

mod rfc3339 {
    use jiff::Timestamp;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(at)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(from)?;
        text.parse()
            .map_err(|_| D::Error::custom(format!("{text:?} is no time")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> AgencyRef {
        AgencyRef {
            name: Some(name.into()),
            ..AgencyRef::default()
        }
    }

    fn dismiss(finding: &str) -> What {
        What::DismissFinding {
            finding: finding.into(),
        }
    }

    fn confirm(finding: &str) -> What {
        What::ConfirmFinding {
            finding: finding.into(),
        }
    }

    fn undo(id: &str) -> What {
        What::Undo { id: id.into() }
    }

    fn file() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("decisions.jsonl");
        (folder, path)
    }

    fn put(path: &Path, what: What) -> Decision {
        let at = "2026-03-01T08:00:00Z".parse().unwrap();
        append(path, at, Some("li"), "by the notice", what).unwrap()
    }

    #[test]
    fn what_is_appended_is_read_again_and_nothing_is_rewritten() {
        let (_folder, path) = file();
        assert_eq!(Decisions::read(&path).unwrap(), Decisions::default());
        let merge = What::MergeAgencies {
            agencies: vec![named("云溪县教育局"), named("云溪县教育体育局")],
        };
        let first = put(&path, merge);
        let before = std::fs::read(&path).unwrap();
        // The same decision at the same moment has another id.
        let second = put(&path, dismiss("a1"));
        let third = put(&path, dismiss("a1"));
        assert_ne!(second.id, third.id);
        assert!(std::fs::read(&path).unwrap().starts_with(&before));
        let read = Decisions::read(&path).unwrap();
        assert_eq!(read.all(), [first, second, third]);
        assert_eq!(read.bad(), []);
    }

    #[test]
    fn what_could_not_be_kept_is_not_in_the_file() {
        let (_folder, path) = file();
        put(&path, dismiss("a1"));
        let before = std::fs::read(&path).unwrap();
        let mut open = OpenOptions::new()
            .append(true)
            .read(true)
            .open(&path)
            .unwrap();
        let failed = add(&mut open, b"{}\n", |_| {
            Err(io::ErrorKind::StorageFull.into())
        });
        assert_eq!(failed.unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(std::fs::read(&path).unwrap(), before);
        add(&mut open, b"{}\n", File::sync_all).unwrap();
        assert_eq!(
            std::fs::read(&path).unwrap(),
            [&before[..], b"{}\n"].concat()
        );
    }

    #[test]
    fn undo_takes_back_and_undoing_it_restores() {
        let (_folder, path) = file();
        let confirmed = put(&path, confirm("a1"));
        let dismissed = put(&path, dismiss("a1"));
        let word = |path: &Path| {
            let read = Decisions::read(path).unwrap();
            let found = read.of_findings();
            found.get("a1").map(|decision| decision.id.clone())
        };
        assert_eq!(word(&path).as_ref(), Some(&dismissed.id));
        let taken_back = put(&path, undo(&dismissed.id));
        assert_eq!(word(&path).as_ref(), Some(&confirmed.id));
        let twice = append(&path, Timestamp::UNIX_EPOCH, None, "x", undo(&dismissed.id));
        assert!(matches!(twice, Err(DecisionError::NothingToUndo { .. })));
        put(&path, undo(&taken_back.id));
        assert_eq!(word(&path).as_ref(), Some(&dismissed.id));
        let again = append(
            &path,
            Timestamp::UNIX_EPOCH,
            None,
            "x",
            undo(&taken_back.id),
        );
        assert!(matches!(again, Err(DecisionError::NothingToUndo { .. })));
        put(&path, undo(&dismissed.id));
        put(&path, undo(&confirmed.id));
        assert_eq!(word(&path), None);
    }

    #[test]
    fn bad_lines_are_told_with_their_number_and_the_rest_is_read() {
        let (_folder, path) = file();
        let first = put(&path, dismiss("a1"));
        let line = std::fs::read_to_string(&path).unwrap();
        let undo_none = line
            .replace("dismiss_finding", "undo")
            .replace("finding", "id")
            .replace(&first.id, "0000000000");
        let text = format!(
            "{line}\nnot json\n{line}{undo_none}{}{}",
            line.replace("\"reason\"", "\"raeson\""),
            "{\"id\":\"cut o"
        );
        std::fs::write(&path, text).unwrap();
        let second = put(&path, dismiss("b2"));
        let read = Decisions::read(&path).unwrap();
        assert_eq!(read.all(), [first.clone(), second]);
        let told: Vec<String> = read.bad().iter().map(ToString::to_string).collect();
        assert_eq!(
            read.bad().iter().map(|bad| bad.line).collect::<Vec<_>>(),
            [3, 4, 5, 6, 7]
        );
        assert!(told[1].contains("line 1 already"), "{told:?}");
        assert!(told[2].contains("no line before"), "{told:?}");
        assert!(told[3].contains("raeson"), "{told:?}");
        // An empty reason and a merge of one are no decisions either.
        let at = Timestamp::UNIX_EPOCH;
        let none = append(&path, at, None, " ", dismiss("c"));
        assert!(matches!(none, Err(DecisionError::NoReason)));
        let one = What::MergeAgencies {
            agencies: vec![named("甲"), named("甲")],
        };
        let one = append(&path, at, None, "x", one);
        assert!(matches!(one, Err(DecisionError::NothingToMerge)));
        assert_eq!(Decisions::read(&path).unwrap(), read);
    }
}
