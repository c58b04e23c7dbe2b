//! What a build has to read, and what remains to be done when it has.
//!
//! A build goes through the files from where the last one stopped, if the same program with the same data read them and
//! they were only appended to; else it reads everything anew. Behind that come the things that need more than one
//! record: pages seen again, pages of one report, versions whose leading capture has gone.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use crate::archive::{Limits, Record, read_at, sha1_label};
use crate::audit::origin::HostRules;
use crate::extract::paging;
use crate::model::Report;
use crate::store::{
    ArchivedPlace, CaptureInfo, Marks, Member, Pending, Refusal, State, StoreError, Trouble,
    TroubleKind, Writer, key_of_digest,
};

use super::exchange::{Made, Paged, make_as, named, page_of};
use super::pages::{self, read_pages_with};
use super::readings::Readings;
use super::records::{Plan, WarcFile, mark};

/// Program, profile and data that decide what is read from a page.
pub(super) fn reader_of(readings: &Readings, hosts: &HostRules) -> String {
    let mut hash = Sha256::new();
    for part in [
        env!("CARGO_PKG_VERSION"),
        env!("NIANBAO_SOURCES"),
        &readings.digest(),
        &format!("{hosts:?}"),
    ] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    HEXLOWER.encode(&hash.finalize()[..16])
}

/// What a build does with the archive's files.
pub(super) struct Plans {
    /// Where to begin in which file; a file that has nothing new is not among them.
    pub files: Vec<Plan>,
    /// Whether everything is read anew.
    pub whole: bool,
    /// Whether that goes on with what a stopped build began.
    pub resumed: bool,
    /// Bytes that are not read again.
    pub known_bytes: u64,
    /// What earlier builds found wrong in the parts that are not read again.
    pub troubles: Vec<Trouble>,
}

/// Decides where to begin.
pub(super) fn plan(
    files: &[WarcFile],
    writer: &Writer<'_>,
    reader: &str,
    reread: bool,
) -> Result<Plans, StoreError> {
    let all = || Plans {
        files: files
            .iter()
            .map(|file| Plan {
                file: file.clone(),
                from: 0,
                behind_damage: false,
            })
            .collect(),
        whole: true,
        resumed: false,
        known_bytes: 0,
        troubles: Vec::new(),
    };
    if reread {
        return Ok(all());
    }
    let (states, whole) = match writer.states(reader)? {
        Some(states) => (states, false),
        None => match writer.stopped_states(reader)? {
            Some(states) => (states, true),
            None => return Ok(all()),
        },
    };
    let states: HashMap<&str, &State> = states
        .iter()
        .map(|state| (state.file.as_str(), state))
        .collect();
    let is_there = |name: &str| files.iter().any(|file| &*file.name == name);
    // A file that was cut, changed or taken away: what stands in the database may lie there no more.
    let sound = |file: &WarcFile| {
        states
            .get(&*file.name)
            .is_none_or(|state| mark(&file.path, state.end).is_ok_and(|found| found == state.mark))
    };
    if !states.keys().all(|name| is_there(name)) || !files.iter().all(sound) {
        return Ok(all());
    }
    let mut troubles = writer.troubles()?;
    let mut plans = Vec::new();
    let mut known_bytes = 0;
    for file in files {
        let from = states.get(&*file.name).map_or(0, |state| state.end);
        known_bytes += from;
        let own = |trouble: &Trouble| trouble.file == *file.name;
        let behind_damage = troubles
            .iter()
            .any(|one| own(one) && one.kind == TroubleKind::Damage && one.offset < from);
        troubles.retain(|one| !own(one) || one.offset < from);
        if from < file.size_bytes {
            plans.push(Plan {
                file: file.clone(),
                from,
                behind_damage,
            });
        }
    }
    Ok(Plans {
        files: plans,
        whole,
        resumed: whole,
        known_bytes,
        troubles,
    })
}

/// What is needed to read a page from the archive again.
pub(super) struct Reread<'r> {
    /// The directory of WARC files.
    pub archive: &'r Path,
    /// How pages are read.
    pub readings: &'r Readings,
    /// Which hosts are official.
    pub hosts: &'r HostRules,
}

impl Reread<'_> {
    /// The record of a page; `None` where it is not there (any more).
    fn record(&self, place: &ArchivedPlace) -> Option<Record> {
        let path = self.archive.join(&place.file);
        read_at(&path, place.offset, Limits::default()).ok()
    }

    /// What the bytes at a place come to as a capture; `None` where they are not to be had.
    pub(super) fn make(
        &self,
        page: &ArchivedPlace,
        capture: &CaptureInfo,
        marks: &Marks,
    ) -> Option<Made> {
        let record = self.record(page)?;
        let bytes = page_of(&record)?;
        Some(make_as(
            capture.clone(),
            marks.clone(),
            &bytes,
            self.readings,
            self.hosts,
        ))
    }

    /// Whether the payload at a place really has the digest that its record gives.
    pub(super) fn has_payload(&self, place: &ArchivedPlace, pending: &Pending) -> bool {
        let Some(record) = self.record(place) else {
            return false;
        };
        let Ok(payload) = record.payload() else {
            return false;
        };
        let sha256 = HEXLOWER.encode(&Sha256::digest(&payload));
        let mut labels = vec![sha1_label(&payload), format!("sha256:{sha256}")];
        // Some writers take the digest of the body as it was sent.
        if let Ok(response) = crate::archive::HttpResponse::split(&record.block) {
            labels.push(sha1_label(response.body));
        }
        labels
            .iter()
            .any(|label| Some(key_of_digest(label)) == pending.payload)
    }

    /// The readings of a group's first pages that are new or have a nearer page behind them now.
    pub(super) fn group(&self, members: &[Member]) -> Vec<Put> {
        let mut by_url: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut by_name: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let mut fresh: BTreeSet<&str> = BTreeSet::new();
        for (number, member) in members.iter().enumerate() {
            let url = url_of(member);
            by_url.entry(url).or_default().push(number);
            by_name.entry(paging::name_of(url)).or_default().insert(url);
            if member.fresh {
                fresh.insert(url);
            }
        }
        let mut pages = Pages::new(self, members);
        let mut known: HashMap<Vec<usize>, Result<Vec<Report>, Refusal>> = HashMap::new();
        let mut puts = Vec::new();
        for (number, member) in members.iter().enumerate() {
            let own = url_of(member);
            let is_moved = || {
                fresh.iter().filter(|url| **url != own).any(|url| {
                    nearest(members, number, &by_url[url]).is_some_and(|one| members[one].fresh)
                })
            };
            if !member.fresh && !is_moved() {
                continue;
            }
            let Some(page) = pages.get(number) else {
                continue;
            };
            let paging = page.paging.clone();
            let mut chosen = vec![number];
            if let Some(paging) = paging.filter(|paging| paging.first().is_none()) {
                let behind: BTreeSet<&str> = paging.behind().collect();
                let urls = behind.iter().filter_map(|name| by_name.get(name)).flatten();
                let urls: BTreeSet<&str> = urls.copied().filter(|url| *url != own).collect();
                chosen.extend(
                    urls.iter()
                        .filter_map(|url| nearest(members, number, &by_url[url])),
                );
            }
            // Pages seen again have the bytes of others: the same bytes are put together once.
            let same: Vec<usize> = chosen.iter().map(|one| pages.first_like(*one)).collect();
            let reading = known
                .entry(same)
                .or_insert_with(|| pages.read(&chosen))
                .clone();
            puts.push(Put {
                capture: member.capture.clone(),
                marks: member.marks.clone(),
                reading,
            });
        }
        puts
    }
}

/// A capture with what it came to.
pub(super) struct Put {
    /// The capture.
    pub capture: CaptureInfo,
    /// What else is known of it.
    pub marks: Marks,
    /// Its reports, or why it has none.
    pub reading: Result<Vec<Report>, Refusal>,
}

/// Of the captures of an address, the one nearest in time to another capture.
fn nearest(members: &[Member], number: usize, of: &[usize]) -> Option<usize> {
    let at = |number: usize| members[number].capture.fetched_at.as_microsecond();
    let own = at(number);
    of.iter()
        .copied()
        .min_by_key(|other| ((at(*other) - own).unsigned_abs(), *other))
}

/// More bytes of a group's pages are not kept, but read again.
const KEPT_BYTES: usize = 64 << 20;

fn url_of(member: &Member) -> &str {
    member.capture.url.as_deref().unwrap_or_default()
}

/// The pages of a group, read as they are needed.
struct Pages<'p> {
    reread: &'p Reread<'p>,
    members: &'p [Member],
    /// For each member the first one with the same bytes, address and type.
    first: Vec<usize>,
    read: HashMap<usize, Arc<Paged>>,
    bytes: usize,
}

impl<'p> Pages<'p> {
    fn new(reread: &'p Reread<'p>, members: &'p [Member]) -> Self {
        let mut known = HashMap::new();
        let first = members.iter().enumerate().map(|(number, member)| {
            let capture = &member.capture;
            let like = (
                capture.sha256,
                url_of(member),
                capture.content_type.as_deref(),
                member.marks.truncated.as_deref(),
            );
            *known.entry(like).or_insert(number)
        });
        Self {
            first: first.collect(),
            reread,
            members,
            read: HashMap::new(),
            bytes: 0,
        }
    }

    fn first_like(&self, number: usize) -> usize {
        self.first[number]
    }

    fn get(&mut self, number: usize) -> Option<Arc<Paged>> {
        let number = self.first_like(number);
        if let Some(page) = self.read.get(&number) {
            return Some(Arc::clone(page));
        }
        let member = &self.members[number];
        let record = self.reread.record(&member.page)?;
        let bytes = page_of(&record)?;
        let capture = member.capture.clone();
        let marks = member.marks.clone();
        let made = make_as(
            capture,
            marks,
            &bytes,
            self.reread.readings,
            self.reread.hosts,
        );
        let page = Arc::new(match made {
            Made::Paged(page) => *page,
            Made::Reports(capture, marks, reports) => Paged {
                capture,
                marks,
                bytes: bytes.into_owned(),
                paging: None,
                alone: Ok(reports),
            },
            Made::Refused(capture, marks, refusal) => Paged {
                capture,
                marks,
                bytes: bytes.into_owned(),
                paging: None,
                alone: Err(refusal),
            },
            Made::PassedOver | Made::Undated | Made::Absent { .. } | Made::Revisit(_) => {
                return None;
            }
        });
        self.bytes += page.bytes.len();
        if self.bytes <= KEPT_BYTES {
            self.read.insert(number, Arc::clone(&page));
        }
        Some(page)
    }

    /// The first of these pages with the others behind it.
    fn read(&mut self, chosen: &[usize]) -> Result<Vec<Report>, Refusal> {
        let gone = || Refusal {
            reason: "damaged".into(),
            detail: "the record is not in the archive any more".into(),
        };
        let pages: Vec<Arc<Paged>> = chosen.iter().filter_map(|one| self.get(*one)).collect();
        let Some(own) = pages.first() else {
            return Err(gone());
        };
        if pages.len() == 1 {
            return own.alone.clone();
        }
        let inputs: Vec<_> = pages.iter().map(|page| page.input()).collect();
        // The first page's: where the text stands on it, it stands on those behind it.
        let profile = self.reread.readings.of(inputs[0].bytes, inputs[0].origin);
        let read = read_pages_with(&inputs, &profile, self.reread.hosts);
        let cut = pages
            .iter()
            .find_map(|page| page.marks.truncated.as_deref());
        match read.into_iter().next() {
            Some(pages::Outcome::Reports(reports)) => {
                named(&own.capture, cut, &own.bytes, Ok(reports))
            }
            Some(pages::Outcome::Unreadable(why)) => named(&own.capture, cut, &own.bytes, Err(why)),
            _ => own.alone.clone(),
        }
    }
}
