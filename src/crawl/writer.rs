//! The thread that owns the archive and the ledger: what is done is on the disk, and only then.
//!
//! In: finished exchanges. Out: records in the archive with one sync for all that wait, then one transaction that tells of
//! them; after that, and only after that, the crawl hears that they are done. Where records cannot be written, nothing
//! of the batch is told of, and the thread refuses everything from then on.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use crate::archive::{
    Draft, KnownEnd, PayloadDigests, Profile, Revisit, SystemClock, Truncation, WriteError, Writer,
};
use crate::crawl::transport::Room;
use crate::frontier::{
    ArchiveEnd, Committed, Completion, Frontier, FrontierError, Lane, Lease, PageRecord, Recorded,
    RobotsRow, Rules, Run,
};
use crate::model::Outcome;

/// Bytes of answers that are written with one sync at the most.
const BATCH_BYTES: usize = 16 << 20;
/// Exchanges that are written with one sync at the most.
const BATCH: usize = 256;

/// Bytes of an exchange, to be archived.
#[derive(Debug, Default)]
pub(super) struct Wire {
    /// The request as sent; empty where none was.
    pub request: Vec<u8>,
    /// The answer as received; empty where none came.
    pub response: Vec<u8>,
    /// What came before it on the connection.
    pub before: Vec<u8>,
    /// Length of the answer's header with its empty line; `None` where it is no HTTP.
    pub header: Option<usize>,
    /// Bytes of the payload.
    pub payload: usize,
    /// SHA-256 of the payload; `None` where there is none.
    pub sha256: Option<Vec<u8>>,
    /// Its `WARC-Payload-Digest`.
    pub sha1: Option<String>,
    /// `WARC-Block-Digest` of the whole answer; `None` where it has not been worked out.
    pub block_sha1: Option<String>,
    pub status: Option<u16>,
    pub address: Option<std::net::IpAddr>,
    pub at: Timestamp,
    pub took_ms: u64,
    pub truncated: Option<Truncation>,
    /// Whether that is because the run was ended.
    pub cut: bool,
    /// What is known of it besides: name and value.
    pub facts: Vec<(&'static str, String)>,
    /// Room that a large answer takes, until it is written.
    pub room: Room,
}

/// A finished exchange on its way into the archive.
#[derive(Debug)]
pub(super) struct Finished {
    pub completion: Completion,
    /// `None`: nothing was asked.
    pub wire: Option<Wire>,
    /// Room it takes among what waits.
    pub permit: Option<OwnedSemaphorePermit>,
    /// Told when it is on the disk.
    pub durable: Option<oneshot::Sender<()>>,
}

/// What is asked of the thread.
pub(super) enum Work {
    Finished(Box<Finished>),
    Lease {
        host: String,
        count: usize,
        reply: oneshot::Sender<(Vec<Lease>, Option<Timestamp>)>,
    },
    Lane {
        host: String,
        reply: oneshot::Sender<Lane>,
    },
    Robots {
        origin: String,
        reply: oneshot::Sender<Option<RobotsRow>>,
    },
    LeaseRobots {
        url: String,
        host: String,
        site: String,
        reply: oneshot::Sender<Lease>,
    },
}

/// What the thread tells.
#[derive(Debug)]
pub(super) enum Told {
    /// A batch is on the disk.
    Done(Vec<Settled>),
    /// Nothing more can be written.
    Broken(Broken),
}

/// A completion that is on the disk.
#[derive(Debug)]
pub(super) struct Settled {
    pub completion: Completion,
    pub committed: Committed,
}

/// Why nothing more can be written.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// The archive.
    #[error(transparent)]
    Archive(#[from] WriteError),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] FrontierError),
}

impl Broken {
    /// Whether room on the disk would mend it.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Archive(error) => error.is_full(),
            Self::Ledger(error) => error.is_full(),
        }
    }
}

/// The archive and the ledger of a run.
pub(super) struct Keeper {
    pub frontier: Frontier,
    pub archive: Writer<SystemClock>,
    pub run: Run,
    pub rules: Rules,
    pub told: mpsc::UnboundedSender<Told>,
}

/// Hands work to the thread.
#[derive(Clone)]
pub(super) struct Ledger(pub Sender<Work>);

impl Ledger {
    /// Sends work; a thread that is gone has told why.
    pub(super) fn send(&self, work: Work) {
        let _ = self.0.send(work);
    }

    /// Addresses of a host, and when the next is due.
    pub(super) async fn lease(
        &self,
        host: &str,
        count: usize,
    ) -> Option<(Vec<Lease>, Option<Timestamp>)> {
        let (reply, answer) = oneshot::channel();
        let host = host.to_owned();
        self.send(Work::Lease { host, count, reply });
        answer.await.ok()
    }

    pub(super) async fn lane(&self, host: &str) -> Option<Lane> {
        let (reply, answer) = oneshot::channel();
        let host = host.to_owned();
        self.send(Work::Lane { host, reply });
        answer.await.ok()
    }

    pub(super) async fn robots(&self, origin: &str) -> Option<Option<RobotsRow>> {
        let (reply, answer) = oneshot::channel();
        let origin = origin.to_owned();
        self.send(Work::Robots { origin, reply });
        answer.await.ok()
    }

    pub(super) async fn lease_robots(&self, url: &str, host: &str, site: &str) -> Option<Lease> {
        let (reply, answer) = oneshot::channel();
        self.send(Work::LeaseRobots {
            url: url.to_owned(),
            host: host.to_owned(),
            site: site.to_owned(),
            reply,
        });
        answer.await.ok()
    }
}

impl Keeper {
    /// Works until nobody asks any more; then gives back the ledger.
    pub(super) fn work(mut self, queue: &Receiver<Work>) -> (Frontier, bool) {
        while let Ok(first) = queue.recv() {
            if let Err(broken) = self.turn(first, queue) {
                let _ = self.told.send(Told::Broken(broken));
                // Whoever waits for an answer hears that there is none.
                while queue.recv().is_ok() {}
                return (self.frontier, false);
            }
        }
        (self.frontier, true)
    }

    fn turn(&mut self, first: Work, queue: &Receiver<Work>) -> Result<(), Broken> {
        let mut batch = Vec::new();
        let mut bytes = 0;
        let mut next = Some(first);
        while let Some(work) = next.take() {
            match work {
                Work::Finished(finished) => {
                    bytes += finished.wire.as_ref().map_or(0, |wire| wire.response.len());
                    batch.push(*finished);
                }
                other => self.answer(other)?,
            }
            if batch.len() >= BATCH || bytes >= BATCH_BYTES {
                break;
            }
            next = queue.try_recv().ok();
        }
        if batch.is_empty() {
            return Ok(());
        }
        self.keep(batch)
    }

    /// Answers a question. A `SendError` is a task that was stopped meanwhile; its leases come back at the end.
    fn answer(&mut self, work: Work) -> Result<(), Broken> {
        let now = Timestamp::now();
        match work {
            Work::Lease { host, count, reply } => {
                let leases = self.frontier.lease(&host, now, count)?;
                let next = if leases.is_empty() {
                    self.frontier.next_at(&host)?
                } else {
                    None
                };
                let _ = reply.send((leases, next));
            }
            Work::Lane { host, reply } => {
                let _ = reply.send(self.frontier.lane(&host, self.run.round)?);
            }
            Work::Robots { origin, reply } => {
                let _ = reply.send(self.frontier.robots(&origin)?);
            }
            Work::LeaseRobots {
                url,
                host,
                site,
                reply,
            } => {
                let _ = reply.send(self.frontier.lease_robots(&url, &host, &site, now)?);
            }
            Work::Finished(_) => {}
        }
        Ok(())
    }

    /// Writes a batch into the archive, then into the ledger, then tells.
    fn keep(&mut self, batch: Vec<Finished>) -> Result<(), Broken> {
        let mut groups = Vec::new();
        let mut completions = Vec::with_capacity(batch.len());
        let mut wires = Vec::with_capacity(batch.len());
        let mut waiting = Vec::new();
        let (mut permits, mut rooms) = (Vec::new(), Vec::new());
        for Finished {
            mut completion,
            wire,
            permit,
            durable,
        } in batch
        {
            waiting.extend(durable);
            permits.extend(permit);
            wires.push(match wire {
                None => None,
                Some(mut wire) => {
                    rooms.push(std::mem::take(&mut wire.room));
                    let earlier = match &wire.sha256 {
                        Some(sha256) if wire.payload > 0 => self.frontier.payload(sha256)?,
                        _ => None,
                    };
                    let mut group = Group::of(&mut completion, wire, earlier);
                    if let Err(error) = self.archive.check(&group.drafts) {
                        // What WARC has no room for is told of without its bytes.
                        group = group.without_bytes(&completion, &error);
                    }
                    groups.push(std::mem::take(&mut group.drafts));
                    Some(group.told)
                }
            });
            completions.push(completion);
        }
        let mut end = None;
        if !groups.is_empty() {
            // A ledger that knows no end could not tell a lost batch from an archive of others.
            if self.frontier.archive_end()?.is_none() {
                let end = known(self.archive.ready()?);
                self.frontier
                    .commit(&self.run, &self.rules, &[], Some(&end), Timestamp::now())?;
            }
            let places = self.archive.write_groups(&groups)?;
            // Its bytes are on the disk and needed no more: another large answer may be read.
            drop((groups, rooms));
            let mut places = places.into_iter();
            for (completion, told) in completions.iter_mut().zip(wires) {
                let Some(told) = told else { continue };
                let Some(place) = places
                    .next()
                    .and_then(|group| group.into_iter().nth(told.main))
                else {
                    continue;
                };
                completion.recorded = Some(Recorded {
                    at: place.date,
                    status: told.status,
                    record: told.record,
                    record_id: place.record_id,
                    file: place.file,
                    offset: place.offset,
                    length: place.length,
                    whole: told.whole,
                    sha1: told.sha256.is_some().then_some(told.sha1).flatten(),
                    sha256: told.sha256,
                    wire_bytes: told.wire_bytes,
                    took_ms: told.took_ms,
                });
            }
            end = self.archive.end().map(known);
        }
        let committed = self.frontier.commit(
            &self.run,
            &self.rules,
            &completions,
            end.as_ref(),
            Timestamp::now(),
        )?;
        drop(permits);
        for durable in waiting {
            let _ = durable.send(());
        }
        let settled = completions.into_iter().zip(committed);
        let settled = settled.map(|(completion, committed)| Settled {
            completion,
            committed,
        });
        let _ = self.told.send(Told::Done(settled.collect()));
        Ok(())
    }
}

fn known(end: KnownEnd) -> ArchiveEnd {
    ArchiveEnd {
        file: end.file,
        end: end.end,
    }
}

/// What the ledger will say of a group once it has its place.
struct GroupTold {
    /// Which record of the group the ledger names.
    main: usize,
    record: &'static str,
    status: Option<u16>,
    sha256: Option<Vec<u8>>,
    sha1: Option<String>,
    whole: bool,
    wire_bytes: u64,
    took_ms: u64,
}

/// The records of an exchange.
struct Group {
    drafts: Vec<Draft>,
    told: GroupTold,
}

impl Group {
    fn of(completion: &mut Completion, mut wire: Wire, earlier: Option<PageRecord>) -> Self {
        let uri = completion.lease.url.as_str();
        // A fragment is never sent.
        let uri = uri.split_once('#').map_or(uri, |(uri, _)| uri);
        let mut told = GroupTold {
            main: 0,
            record: "response",
            status: wire.status,
            sha256: wire.sha256.take(),
            sha1: wire.sha1.take(),
            whole: wire.truncated.is_none(),
            wire_bytes: wire.response.len() as u64,
            took_ms: wire.took_ms,
        };
        let mut drafts = Vec::with_capacity(3);
        let stamp = |draft: Draft| {
            let draft = draft.at(wire.at);
            match wire.address {
                Some(address) => draft.address(address),
                None => draft,
            }
        };
        let response = std::mem::take(&mut wire.response);
        let mut loose = None;
        if let Some(header) = wire.header {
            let main = match (completion.outcome, &completion.lease.last_page, earlier) {
                (Outcome::NotModified, Some(page), _) => {
                    told.record = "revisit";
                    told.sha256 = Some(page.sha256.clone());
                    told.sha1.clone_from(&page.sha1);
                    Draft::revisit(uri, response, &revisit(Profile::NotModified, page))
                }
                (_, _, Some(page)) if wire.truncated.is_none() => {
                    told.record = "revisit";
                    let mut header_only = response;
                    header_only.truncate(header);
                    Draft::revisit(uri, header_only, &revisit(Profile::IdenticalPayload, &page))
                }
                _ => {
                    let mut draft = Draft::response(uri, response);
                    draft.payload =
                        told.sha1
                            .clone()
                            .zip(told.sha256.as_deref())
                            .map(|(sha1, sha256)| PayloadDigests {
                                block: wire.block_sha1.take(),
                                sha1,
                                sha256: HEXLOWER.encode(sha256),
                            });
                    draft
                }
            };
            let main = match wire.truncated {
                Some(why) => main.truncated(why),
                None => main,
            };
            drafts.push(stamp(main));
        } else if !response.is_empty() {
            // No HTTP: kept as what it is, bytes.
            loose = Some(response);
        }
        let mut facts: Vec<(&str, &str)> = vec![
            ("outcome", completion.outcome.as_str()),
            ("why", completion.why.as_str()),
        ];
        let hops = completion.lease.hops.to_string();
        facts.push(("hopsFromRedirect", &hops));
        facts.extend(
            wire.facts
                .iter()
                .map(|(name, value)| (*name, value.as_str())),
        );
        let about = stamp(Draft::metadata(uri, &facts));
        if drafts.is_empty() {
            told.record = "metadata";
            (told.sha256, told.sha1) = (None, None);
            drafts.push(about);
        } else {
            drafts.push(about.concurrent_to(0));
        }
        if !wire.request.is_empty() {
            let request = Draft::request(uri, std::mem::take(&mut wire.request));
            drafts.push(stamp(request).concurrent_to(0));
        }
        for bytes in [std::mem::take(&mut wire.before), loose.unwrap_or_default()] {
            if !bytes.is_empty() {
                let mut draft = Draft::metadata(uri, &[]);
                draft.content_type = Some("application/octet-stream".into());
                draft.block = bytes;
                drafts.push(stamp(draft).concurrent_to(0));
            }
        }
        Self { drafts, told }
    }

    fn without_bytes(mut self, completion: &Completion, error: &WriteError) -> Self {
        let why = format!("not archived: {error}");
        let facts = [
            ("outcome", completion.outcome.as_str()),
            ("why", why.as_str()),
        ];
        self.drafts = vec![Draft::metadata("urn:nianbao:unwritable", &facts)];
        if let Ok(url) = url::Url::parse(&completion.lease.url) {
            self.drafts = vec![Draft::metadata(url.as_str(), &facts)];
        }
        self.told.main = 0;
        self.told.record = "metadata";
        (self.told.sha256, self.told.sha1) = (None, None);
        self
    }
}

fn revisit(profile: Profile, page: &PageRecord) -> Revisit {
    Revisit {
        profile,
        refers_to: page.record_id.clone(),
        refers_to_uri: page.uri.clone(),
        refers_to_date: page.at,
        payload_digest: page.sha1.clone(),
    }
}

/// Room for finished exchanges that wait for the disk, in KB.
pub(super) const WAITING_KB: usize = 24 << 10;

/// Room for an answer among what waits.
pub(super) async fn room(
    waiting: &Arc<tokio::sync::Semaphore>,
    bytes: usize,
) -> Option<OwnedSemaphorePermit> {
    let kb = u32::try_from((bytes >> 10) + 1).unwrap_or(u32::MAX);
    let kb = kb.min(u32::try_from(WAITING_KB).unwrap_or(u32::MAX));
    Arc::clone(waiting).acquire_many_owned(kb).await.ok()
}
