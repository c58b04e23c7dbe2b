//! A server that does as it is told, on the loopback and for a few seconds at most.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Longer than any test waits.
const LIFE: Duration = Duration::from_secs(20);

/// What is done with a connection, one after the other.
#[derive(Debug, Clone)]
pub enum Step {
    /// Reads a request up to its empty line. Ends the connection where none comes.
    Ask,
    /// Sends.
    Send(Vec<u8>),
    /// Sends a byte, waits, sends the next.
    Drip(Vec<u8>, Duration),
    /// Sends the same again and again until nobody listens.
    Forever(Vec<u8>),
    /// Waits.
    Wait(Duration),
    /// Ends the connection with a reset: what was not read is thrown away.
    Reset,
}

/// Reads a request, answers, closes.
pub fn answer(bytes: impl Into<Vec<u8>>) -> Vec<Step> {
    vec![Step::Ask, Step::Send(bytes.into())]
}

/// A server for as many connections as there are scripts.
pub struct Server {
    pub address: SocketAddr,
    thread: JoinHandle<Vec<Vec<u8>>>,
}

impl Server {
    pub fn new(scripts: Vec<Vec<Step>>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let thread = std::thread::spawn(move || {
            listener.set_nonblocking(true).unwrap();
            let started = Instant::now();
            let mut requests = Vec::new();
            for script in scripts {
                let stream = loop {
                    match listener.accept() {
                        Ok((stream, _)) => break stream,
                        Err(_) if started.elapsed() < LIFE => {
                            std::thread::sleep(Duration::from_millis(1));
                        }
                        Err(_) => return requests,
                    }
                };
                stream.set_nonblocking(false).unwrap();
                stream.set_read_timeout(Some(LIFE)).unwrap();
                stream.set_write_timeout(Some(LIFE)).unwrap();
                stream.set_nodelay(true).unwrap();
                play(stream, &script, &mut requests);
            }
            requests
        });
        Self { address, thread }
    }

    /// The requests of all connections, once all are done.
    pub fn requests(self) -> Vec<Vec<u8>> {
        self.thread.join().unwrap()
    }
}

fn play(mut stream: TcpStream, script: &[Step], requests: &mut Vec<Vec<u8>>) {
    for step in script {
        let done = match step {
            Step::Ask => match read_request(&mut stream) {
                Some(request) => {
                    requests.push(request);
                    Ok(())
                }
                None => return,
            },
            Step::Send(bytes) => stream.write_all(bytes),
            Step::Drip(bytes, pause) => bytes.iter().try_for_each(|byte| {
                std::thread::sleep(*pause);
                stream.write_all(&[*byte])
            }),
            Step::Forever(bytes) => {
                let started = Instant::now();
                while started.elapsed() < LIFE && stream.write_all(bytes).is_ok() {}
                Ok(())
            }
            Step::Wait(time) => {
                std::thread::sleep(*time);
                Ok(())
            }
            Step::Reset => {
                // Dropping a connection with unread bytes resets it; so does a linger of nothing, which std lacks.
                return;
            }
        };
        if done.is_err() {
            return;
        }
    }
}

fn read_request(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        request.push(byte[0]);
    }
    Some(request)
}
