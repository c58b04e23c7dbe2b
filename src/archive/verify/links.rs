//! What records say of each other: ids, references, requests.
//!
//! Ids are kept as 16 bytes of their SHA-256, over all files, so that a revisit may refer to
//! another file's record. What a file's responses and requests owe each other is settled at its end.

use std::collections::{HashMap, HashSet};

use sha2::{Digest, Sha256};

use super::super::record::{Kind, Record};
use super::problem::{ProblemKind, Severity};

/// A name of a record: its id, or its address and date.
type Name = [u8; 16];

fn name(parts: &[&str]) -> Name {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.trim().as_bytes());
        hasher.update([0]);
    }
    let mut name = [0; 16];
    name.copy_from_slice(&hasher.finalize()[..16]);
    name
}

/// What is certain in a file of this program, or by the file itself, is damage.
fn severity(certain: bool) -> Severity {
    if certain {
        Severity::Damage
    } else {
        Severity::Note
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reference {
    ConcurrentTo,
    RefersTo,
    /// And whether the file is one of this program, which begins each with its warcinfo.
    Warcinfo {
        ours: bool,
    },
}

/// A reference to a record that has not come yet.
#[derive(Debug)]
struct Awaited {
    name: Name,
    file: usize,
    offset: u64,
    reference: Reference,
}

/// The names of all records, and who refers to what.
#[derive(Debug, Default)]
pub(super) struct Links {
    names: HashSet<Name>,
    awaited: Vec<Awaited>,
    file: File,
}

/// What is settled at the end of a file.
#[derive(Debug, Default)]
struct File {
    /// Written by this program, which leaves nothing out.
    ours: bool,
    /// What `WARC-Warcinfo-ID` named so far.
    warcinfos: HashSet<Name>,
    has_requests: bool,
    /// Responses and revisits that no request was found for, by their id.
    unasked: HashMap<Name, (u64, Kind)>,
    /// Under what other names a request may yet come for them.
    aliases: HashMap<Name, Name>,
    /// Ids of requests, and ids, or addresses and dates, that requests name.
    asked: HashSet<Name>,
    /// Revisits with address and date only.
    without_id: Vec<u64>,
    revisits_have_ids: bool,
}

impl Links {
    /// Takes in a record; reports what is certain at once.
    pub(super) fn record(
        &mut self,
        file: usize,
        record: &Record,
        report: &mut impl FnMut(ProblemKind, Severity),
    ) {
        let (kind, offset, headers) = (record.kind(), record.offset, &record.headers);
        if kind == Kind::Warcinfo {
            let block = String::from_utf8_lossy(&record.block);
            self.file.ours |= block
                .lines()
                .any(|line| line.starts_with("software: nianbao/"));
        }
        // Extensions may bring further types; this program knows none.
        if let Some(word) = headers.get("WARC-Type").filter(|_| kind == Kind::Other) {
            let word = word.to_owned();
            report(ProblemKind::UnknownType { word }, severity(self.file.ours));
        }
        if let Some(id) = record.id().filter(|_| kind == Kind::Warcinfo) {
            self.names.insert(name(&["warcinfo", id]));
        }
        if let Some(id) = headers.get("WARC-Warcinfo-ID") {
            let info = name(&["warcinfo", id]);
            if self.file.warcinfos.insert(info) {
                let ours = self.file.ours;
                self.refer(info, file, offset, Reference::Warcinfo { ours });
            }
        }
        if let Some(id) = record.id()
            && !self.names.insert(name(&[id]))
        {
            report(ProblemKind::DuplicateId, Severity::Damage);
        }
        let moment = record
            .target_uri()
            .zip(headers.get("WARC-Date"))
            .map(|(uri, date)| name(&[uri, date]));
        if let Some(moment) = moment
            && matches!(kind, Kind::Response | Kind::Resource)
        {
            self.names.insert(moment);
        }
        for id in headers.all("WARC-Concurrent-To") {
            self.refer(name(&[id]), file, offset, Reference::ConcurrentTo);
        }
        if let Some(id) = headers.get("WARC-Refers-To") {
            self.refer(name(&[id]), file, offset, Reference::RefersTo);
            self.file.revisits_have_ids |= kind == Kind::Revisit;
        } else if kind == Kind::Revisit {
            match headers
                .get("WARC-Refers-To-Target-URI")
                .zip(headers.get("WARC-Refers-To-Date"))
            {
                Some((uri, date)) => {
                    let uri = uri.trim_start_matches('<').trim_end_matches('>');
                    self.refer(name(&[uri, date]), file, offset, Reference::RefersTo);
                    self.file.without_id.push(offset);
                }
                None => report(ProblemKind::RevisitWithoutRefersTo, Severity::Damage),
            }
        }
        self.file.requests(record, moment);
    }

    fn refer(&mut self, name: Name, file: usize, offset: u64, reference: Reference) {
        if !self.names.contains(&name) {
            self.awaited.push(Awaited {
                name,
                file,
                offset,
                reference,
            });
        }
    }

    /// Settles what concerns one file.
    pub(super) fn end_file(&mut self, report: &mut impl FnMut(u64, ProblemKind, Severity)) {
        let file = std::mem::take(&mut self.file);
        // A writer that never keeps requests is no reason to think one was lost.
        for (offset, kind) in file.unasked.into_values() {
            // Others write revisits from a list of what they would have fetched.
            let certain = file.has_requests && kind == Kind::Response;
            let certain = file.ours || certain;
            report(offset, ProblemKind::RequestMissing, severity(certain));
        }
        for offset in file.without_id {
            let certain = file.ours || file.revisits_have_ids;
            report(
                offset,
                ProblemKind::RevisitWithoutRefersTo,
                severity(certain),
            );
        }
    }

    /// Settles what concerns all files: number of the file, offset, problem.
    pub(super) fn end(&mut self, report: &mut impl FnMut(usize, u64, ProblemKind, Severity)) {
        for one in std::mem::take(&mut self.awaited) {
            if self.names.contains(&one.name) {
                continue;
            }
            let (kind, certain) = match one.reference {
                Reference::ConcurrentTo => (ProblemKind::DanglingConcurrentTo, true),
                Reference::RefersTo => (ProblemKind::DanglingRefersTo, true),
                // Records may be taken out of the file that their warcinfo is in.
                Reference::Warcinfo { ours } => (ProblemKind::DanglingWarcinfoId, ours),
            };
            report(one.file, one.offset, kind, severity(certain));
        }
    }
}

impl File {
    /// Pairs requests with what answers them: either may name the other, or none, and then
    /// address and date must do.
    fn requests(&mut self, record: &Record, moment: Option<Name>) {
        let concurrent = || {
            let ids = record.headers.all("WARC-Concurrent-To");
            ids.map(|id| name(&[id]))
        };
        let id = record.id().map(|id| name(&[id]));
        match record.kind() {
            Kind::Request => {
                self.has_requests = true;
                for name in id.into_iter().chain(moment).chain(concurrent()) {
                    let response = self.aliases.remove(&name).unwrap_or(name);
                    self.unasked.remove(&response);
                    self.asked.insert(name);
                }
            }
            Kind::Response | Kind::Revisit if is_http(record) => {
                let Some(id) = id else { return };
                let names = || concurrent().chain([id]).chain(moment);
                if !names().any(|name| self.asked.contains(&name)) {
                    self.unasked.insert(id, (record.offset, record.kind()));
                    self.aliases.extend(names().map(|name| (name, id)));
                }
            }
            _ => {}
        }
    }
}

fn is_http(record: &Record) -> bool {
    record
        .target_uri()
        .is_none_or(|uri| uri.starts_with("http:") || uri.starts_with("https:"))
}
