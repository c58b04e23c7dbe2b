//! Exchanges with servers that do everything servers do, on the loopback: what came is kept, whatever it is, in bounded time.

mod hostile;
#[cfg(feature = "legacy-tls")]
mod legacy;
mod network;
mod server;
mod tls;

use std::net::SocketAddr;
use std::time::Duration;

use nianbao::crawl::{
    AddressPolicy, Ask, Exchange, FetchError, Http, HttpOptions, Limits, Transport,
};
use url::Url;

fn limits() -> Limits {
    Limits {
        connect: Duration::from_secs(5),
        header: Duration::from_millis(400),
        idle: Duration::from_millis(400),
        total: Duration::from_millis(1500),
        max_header_bytes: 8 * 1024,
        max_body_bytes: 1024 * 1024,
    }
}

fn options() -> HttpOptions {
    HttpOptions {
        user_agent: "nianbao/test (+mailto:a@a.example)".into(),
        policy: AddressPolicy::allowing(&["127.0.0.0/8"]).unwrap(),
        ..HttpOptions::default()
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

fn url(address: SocketAddr) -> Url {
    Url::parse(&format!("http://{address}/a/b.html?c=d")).unwrap()
}

/// One exchange with a transport of its own.
fn fetch(url: &Url, limits: Limits) -> Result<Exchange, FetchError> {
    let http = Http::new(options()).unwrap();
    let ask = Ask {
        limits,
        ..Ask::new(url)
    };
    runtime().block_on(http.fetch(&ask))
}
