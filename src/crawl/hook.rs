//! Telling a monitoring service that a run began or ended.
//!
//! In: an address of the operator's and a JSON text. Out: whether it was taken. One POST, a short time; nothing of it is
//! archived, and no run fails for it. The address is the operator's own, so private ones are allowed and the certificate
//! must be valid.

use std::time::Duration;

use tokio::sync::watch;
use url::Url;

use super::transport::{Ask, Limits, SetupError, Transport as _};
use super::{AddressPolicy, Certificates, FetchError, Http, HttpOptions};

/// Why a service was not told.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HookError {
    /// The network cannot be set up.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// No answer.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// It answered with an error.
    #[error("{url} answers {status}")]
    Refused {
        /// The address without its query, which may hold a secret.
        url: String,
        /// HTTP status; 0 where it has none.
        status: u16,
    },
    /// A signal came before its answer, or its time was over.
    #[error("{url} did not answer in time")]
    Stopped {
        /// As above.
        url: String,
    },
    /// The system gives no thread.
    #[error("cannot start")]
    System(#[from] std::io::Error),
}

/// Posts `body`. Blocks for `longest` at the most, and not beyond another signal (`stop` counts them): nobody who wants the
/// program to end waits for a service that does not answer.
///
/// # Errors
///
/// [`HookError`].
pub fn tell(
    url: &Url,
    user_agent: &str,
    body: String,
    longest: Duration,
    mut stop: watch::Receiver<u8>,
) -> Result<(), HookError> {
    let mut shown = url.clone();
    shown.set_query(None);
    let shown = String::from(shown);
    let transport = Http::new(HttpOptions {
        user_agent: user_agent.to_owned(),
        policy: AddressPolicy::any(),
        certificates: Certificates::Require,
        ..HttpOptions::default()
    })?;
    let ask = Ask {
        body: Some(body.into_bytes()),
        headers: vec![("Content-Type".into(), "application/json".into())],
        limits: Limits {
            connect: longest.min(Duration::from_secs(5)),
            header: longest.min(Duration::from_secs(10)),
            idle: longest.min(Duration::from_secs(5)),
            total: longest,
            max_header_bytes: 64 << 10,
            max_body_bytes: 64 << 10,
        },
        ..Ask::new(url)
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let heard = *stop.borrow();
    let another = async move {
        if stop.wait_for(|count| *count > heard).await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let exchange = runtime.block_on(async {
        tokio::select! {
            exchange = transport.fetch(&ask) => Some(exchange),
            () = another => None,
            // A name lookup is under no limit of the transport's.
            () = tokio::time::sleep(longest) => None,
        }
    });
    runtime.shutdown_background();
    let Some(exchange) = exchange else {
        return Err(HookError::Stopped { url: shown });
    };
    let status = exchange?.status.unwrap_or(0);
    if (200..300).contains(&status) {
        return Ok(());
    }
    Err(HookError::Refused { url: shown, status })
}
