//! A home as the viewer sees it.

use crate::decisions::DecisionError;
use crate::frontier::FrontierError;
use crate::home::{Home, HomeError};
use crate::query::QueryError;
use crate::store::{Store, StoreError};

use super::names::Names;
use super::readers::Readers;

/// Connections for readers at once: one for each core. More would not be faster, and each takes memory.
pub(super) fn connections() -> usize {
    std::thread::available_parallelism().map_or(2, |cores| cores.get().clamp(2, 4))
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ViewerError {
    /// Nothing of that address.
    #[error("there is nothing at this address")]
    NotFound,
    /// The address asks for something that cannot be answered.
    #[error("{0}")]
    Bad(String),
    /// Too many questions at once.
    #[error("too many questions at once: try again in a few seconds")]
    Busy,
    /// The answer took too long, and was stopped.
    #[error("stopped: it took too long; ask for less 耗时过长，请缩小范围")]
    TooLong,
    /// A question could not be answered.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The database cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The ledger of the crawl cannot be read.
    #[error(transparent)]
    Frontier(#[from] FrontierError),
    /// The home is not as it should be.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// What people decided cannot be read or written.
    #[error(transparent)]
    Decision(#[from] DecisionError),
    /// Something else could not be read or written.
    #[error("{what}: {source}")]
    Io {
        /// What was to be done.
        what: String,
        /// Why it was not.
        source: std::io::Error,
    },
    /// Something of the archive or of what was decided could not be had.
    #[error("{0}")]
    Other(String),
}

/// A home, its connections and the names of what is in it. Any number of threads may ask it.
#[derive(Debug)]
pub struct Viewer {
    home: Home,
    readers: Readers,
}

impl Viewer {
    /// Opens a home for reading. Nothing is read before the first question.
    pub fn new(home: Home) -> Self {
        let readers = Readers::new(&home.database(), connections());
        Self { home, readers }
    }

    /// The home.
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// Asks with a connection and the names of what its database holds.
    ///
    /// # Errors
    ///
    /// What the question gives, [`ViewerError::Busy`], or that the database cannot be read.
    pub fn ask<T>(
        &self,
        question: impl FnOnce(&View<'_>) -> Result<T, ViewerError>,
    ) -> Result<T, ViewerError> {
        self.readers.ask(|store, names| {
            question(&View {
                home: &self.home,
                store,
                names,
            })
        })
    }
}

/// What a page is made from.
#[derive(Debug, Clone, Copy)]
pub struct View<'v> {
    /// The home.
    pub home: &'v Home,
    /// The database, for reading, with an end to each question.
    pub store: &'v Store,
    /// Names in addresses.
    pub names: &'v Names,
}
