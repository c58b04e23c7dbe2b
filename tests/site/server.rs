//! Listening, reading requests, sending answers, keeping the log.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use super::answer::{Answer, LONGEST, Step};
use super::behaviour::Behaviour;
use super::host::{Host, Request};
use super::journal::{Finish, Served, impolite};

/// A request's header may have so many bytes.
const LARGEST_REQUEST: usize = 64 * 1024;

/// A running site; it stops when dropped.
pub struct Site {
    /// The first address it listens on.
    pub addr: SocketAddr,
    addresses: BTreeMap<u8, SocketAddr>,
    inner: Arc<Inner>,
}

struct Inner {
    hosts: BTreeMap<String, Host>,
    journal: Mutex<Vec<Served>>,
    switches: Mutex<Switches>,
    stop: AtomicBool,
}

/// What a test changes while the site runs; keys are host and path.
#[derive(Default)]
struct Switches {
    faults: BTreeMap<(String, String), Behaviour>,
    editions: BTreeMap<(String, String), u32>,
    chromes: BTreeMap<(String, String), u32>,
    robots: BTreeMap<String, Answer>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Site {
    /// Starts listening: one port on each address that a host asks for.
    ///
    /// # Errors
    ///
    /// When no port of 127.0.0.1 can be had. An address 127.0.0.N that the system does not have becomes 127.0.0.1.
    pub fn start(hosts: Vec<Host>) -> io::Result<Self> {
        let mut addresses = BTreeMap::new();
        let mut listeners = Vec::new();
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let addr = first.local_addr()?;
        addresses.insert(1, addr);
        listeners.push(first);
        for host in &hosts {
            if addresses.contains_key(&host.address) {
                continue;
            }
            match TcpListener::bind((Ipv4Addr::new(127, 0, 0, host.address), 0)) {
                Ok(listener) => {
                    addresses.insert(host.address, listener.local_addr()?);
                    listeners.push(listener);
                }
                Err(_) => {
                    addresses.insert(host.address, addr);
                }
            }
        }
        let hosts = hosts
            .into_iter()
            .map(|host| (host.name.clone(), host))
            .collect();
        let inner = Arc::new(Inner {
            hosts,
            journal: Mutex::new(Vec::new()),
            switches: Mutex::new(Switches::default()),
            stop: AtomicBool::new(false),
        });
        for listener in listeners {
            let inner = Arc::clone(&inner);
            std::thread::Builder::new()
                .name("site".to_owned())
                .spawn(move || inner.listen(&listener))?;
        }
        Ok(Self {
            addr,
            addresses,
            inner,
        })
    }

    /// The address of a host.
    pub fn address_of(&self, host: &str) -> SocketAddr {
        let number = self.inner.hosts.get(host).map_or(1, |host| host.address);
        self.addresses.get(&number).copied().unwrap_or(self.addr)
    }

    /// Host → address, as curl's `--resolve` has it. `http://HOST/` on port 80 is meant.
    pub fn overrides(&self) -> BTreeMap<String, SocketAddr> {
        self.inner
            .hosts
            .keys()
            .map(|host| (host.clone(), self.address_of(host)))
            .collect()
    }

    /// All requests so far, in the order in which they came.
    pub fn log(&self) -> Vec<Served> {
        lock(&self.inner.journal).clone()
    }

    /// How many requests came so far.
    pub fn requests(&self) -> usize {
        lock(&self.inner.journal).len()
    }

    /// Forgets the requests so far that are at an end.
    pub fn clear_log(&self) {
        lock(&self.inner.journal).clear();
    }

    /// Makes a page (`path`), or all pages of a host (`""`), robots.txt aside, answer otherwise; `None` ends it.
    pub fn fault(&self, host: &str, path: &str, fault: Option<Behaviour>) {
        let mut switches = lock(&self.inner.switches);
        let key = (host.to_owned(), path.to_owned());
        match fault {
            Some(fault) => switches.faults.insert(key, fault),
            None => switches.faults.remove(&key),
        };
    }

    /// Sets what a report says: 0 at first, each number another.
    pub fn edition(&self, host: &str, path: &str, edition: u32) {
        lock(&self.inner.switches)
            .editions
            .insert((host.to_owned(), path.to_owned()), edition);
    }

    /// Sets what stands around a page (`path`) or all pages of a host (`""`): counters, visits, the day's date.
    pub fn chrome(&self, host: &str, path: &str, chrome: u32) {
        lock(&self.inner.switches)
            .chromes
            .insert((host.to_owned(), path.to_owned()), chrome);
    }

    /// Replaces a host's robots.txt.
    pub fn robots(&self, host: &str, answer: Answer) {
        lock(&self.inner.switches)
            .robots
            .insert(host.to_owned(), answer);
    }

    /// Two requests at once, or a gap under `least`, at one host: a line each.
    pub fn impolite(&self, host: &str, least: Duration) -> Vec<String> {
        let log = self.log();
        impolite(log.iter().filter(|one| one.host == host), least)
    }

    /// Fails a test where a host was asked twice at once or sooner than `least` after an answer.
    ///
    /// # Panics
    ///
    /// Then, naming the requests.
    pub fn assert_polite(&self, host: &str, least: Duration) {
        let lines = self.impolite(host, least);
        assert!(
            lines.is_empty(),
            "impolite to {host}, {} times:\n{}",
            lines.len(),
            lines[..lines.len().min(20)].join("\n")
        );
    }

    /// The same for all hosts that share an address.
    ///
    /// # Panics
    ///
    /// As [`Site::assert_polite`].
    pub fn assert_polite_address(&self, address: SocketAddr, least: Duration) {
        let log = self.log();
        let lines = impolite(log.iter().filter(|one| one.local == address), least);
        assert!(
            lines.is_empty(),
            "impolite to {address}, {} times:\n{}",
            lines.len(),
            lines[..lines.len().min(20)].join("\n")
        );
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.inner.stop.store(true, Ordering::SeqCst);
        for address in self.addresses.values() {
            // Wakes the thread that waits for a connection.
            drop(TcpStream::connect(address));
        }
    }
}

impl Inner {
    fn listen(self: &Arc<Self>, listener: &TcpListener) {
        for stream in listener.incoming() {
            if self.stop.load(Ordering::SeqCst) {
                return;
            }
            let Ok(stream) = stream else { continue };
            let inner = Arc::clone(self);
            // Without a thread the connection is dropped: the client sees a reset, the site goes on.
            drop(
                std::thread::Builder::new()
                    .name("site connection".to_owned())
                    .stack_size(256 * 1024)
                    .spawn(move || drop(inner.serve(stream))),
            );
        }
    }

    fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(LONGEST))?;
        let local = stream.local_addr()?;
        let peer = stream.peer_addr()?;
        while let Some(size) = self.wait_for_request(&stream)? {
            let start = Instant::now();
            let started_at = SystemTime::now();
            let mut head = vec![0; size];
            // Only looked at: a reset needs bytes that were never read.
            let size = stream.peek(&mut head)?;
            head.truncate(size);
            let mut request = Request::read(&head);
            {
                let mut journal = lock(&self.journal);
                let number = journal.len();
                journal.push(Served {
                    number,
                    host: request.host.clone(),
                    local,
                    peer,
                    method: request.method.clone(),
                    path: request.path.clone(),
                    headers: request.headers.clone(),
                    start,
                    end: None,
                    started_at,
                    ended_at: None,
                    status: None,
                    bytes: 0,
                    finish: Finish::Open,
                });
            }
            let answer = self.answer(&mut request);
            let resets = answer.steps.iter().any(|step| matches!(step, Step::Reset));
            if !resets {
                stream.read_exact(&mut head)?;
            }
            let mut sending = Sending {
                stream: &mut stream,
                stop: &self.stop,
                sent: 0,
                end: None,
                watch: !resets,
            };
            let finish = match sending.all(&answer.steps) {
                Ok(()) if resets => Finish::Reset,
                Ok(()) => Finish::Sent,
                Err(_) => Finish::Left,
            };
            let end = match (finish, sending.end) {
                (Finish::Sent, Some(end)) => end,
                _ => Instant::now(),
            };
            let bytes = sending.sent;
            {
                let mut journal = lock(&self.journal);
                // From the back: the log may have been cleared in between, and may be long.
                let own = journal
                    .iter_mut()
                    .rev()
                    .find(|one| one.start == start && one.peer == peer);
                if let Some(own) = own {
                    own.end = Some(end);
                    own.ended_at = Some(started_at + end.duration_since(start));
                    own.status = answer.status;
                    own.bytes = bytes;
                    own.finish = finish;
                }
            }
            let goes_on = finish == Finish::Sent
                && answer.keep_alive
                && !request
                    .header("connection")
                    .is_some_and(|value| value.eq_ignore_ascii_case("close"));
            if !goes_on {
                if !resets {
                    drop(stream.shutdown(Shutdown::Write));
                }
                return Ok(());
            }
        }
        Ok(())
    }

    /// The size of the next request's header; `None` when the client is done or the site stops.
    fn wait_for_request(&self, stream: &TcpStream) -> io::Result<Option<usize>> {
        stream.set_read_timeout(Some(Duration::from_millis(500)))?;
        let since = Instant::now();
        let mut buffer = vec![0; 4096];
        loop {
            match stream.peek(&mut buffer) {
                Ok(0) => return Ok(None),
                Ok(size) => {
                    if let Some(end) = find(&buffer[..size], b"\r\n\r\n") {
                        return Ok(Some(end + 4));
                    }
                    if size == LARGEST_REQUEST {
                        return Ok(None);
                    }
                    if size == buffer.len() {
                        buffer.resize(size * 2, 0);
                    } else {
                        std::thread::sleep(Duration::from_millis(1));
                    }
                }
                Err(error) if is_timeout(&error) => {}
                Err(error) => return Err(error),
            }
            if self.stop.load(Ordering::SeqCst) || since.elapsed() > LONGEST {
                return Ok(None);
            }
        }
    }

    fn answer(&self, request: &mut Request) -> Answer {
        let key = (request.host.clone(), request.path.clone());
        let all = (request.host.clone(), String::new());
        let is_robots = request.path == "/robots.txt";
        {
            let switches = lock(&self.switches);
            let whole = switches.faults.get(&all).filter(|_| !is_robots);
            if let Some(fault) = switches.faults.get(&key).or(whole) {
                let fault = *fault;
                drop(switches);
                return fault.answer(request);
            }
            if is_robots && let Some(answer) = switches.robots.get(&request.host) {
                return answer.clone();
            }
            request.edition = switches.editions.get(&key).copied().unwrap_or(0);
            request.chrome = switches
                .chromes
                .get(&key)
                .or_else(|| switches.chromes.get(&all))
                .copied()
                .unwrap_or(0);
            request.editions = switches
                .editions
                .iter()
                .filter(|((host, _), _)| *host == request.host)
                .map(|((_, path), edition)| (path.clone(), *edition))
                .collect();
        }
        match self.hosts.get(&request.host) {
            Some(host) => host.answer(request),
            None => Answer::html(404, "<html><body>no such host</body></html>"),
        }
    }
}

/// One answer on its way.
struct Sending<'a> {
    stream: &'a mut TcpStream,
    stop: &'a AtomicBool,
    sent: u64,
    end: Option<Instant>,
    /// Whether the request was taken out of the socket, so that anything to read is the client's leaving.
    watch: bool,
}

impl Sending<'_> {
    fn all(&mut self, steps: &[Step]) -> io::Result<()> {
        let since = Instant::now();
        for (index, step) in steps.iter().enumerate() {
            let last = index + 1 == steps.len();
            match step {
                Step::Send(bytes) => self.send(bytes, last)?,
                Step::Wait(time) => self.wait(*time)?,
                Step::Repeat(bytes, pause, times) => {
                    for _ in 0..*times {
                        if since.elapsed() > LONGEST || self.stop.load(Ordering::SeqCst) {
                            break;
                        }
                        self.send(bytes, false)?;
                        if !pause.is_zero() {
                            self.wait(*pause)?;
                        }
                    }
                }
                Step::Reset => return Ok(()),
            }
        }
        if self.end.is_none() {
            self.end = Some(Instant::now());
        }
        Ok(())
    }

    fn send(&mut self, bytes: &[u8], last: bool) -> io::Result<()> {
        if last && let Some((end, most)) = bytes.split_last() {
            // The last byte goes alone, so that the time before it is never later than what the client saw.
            self.stream.write_all(most)?;
            self.end = Some(Instant::now());
            self.stream.write_all(&[*end])?;
        } else {
            self.stream.write_all(bytes)?;
        }
        self.sent += bytes.len() as u64;
        Ok(())
    }

    /// Waits; an error as soon as the client is gone or the site stops.
    fn wait(&mut self, time: Duration) -> io::Result<()> {
        let until = Instant::now() + time.min(LONGEST);
        let mut byte = [0];
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            if self.stop.load(Ordering::SeqCst) {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let slice = left.min(Duration::from_millis(500));
            if !self.watch {
                std::thread::sleep(slice);
                continue;
            }
            self.stream
                .set_read_timeout(Some(slice.max(Duration::from_millis(1))))?;
            match self.stream.read(&mut byte) {
                Ok(0) => return Err(io::ErrorKind::ConnectionAborted.into()),
                Ok(_) => {}
                Err(error) if is_timeout(&error) => {}
                Err(error) => return Err(error),
            }
        }
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted
    )
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}
