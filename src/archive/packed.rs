//! Gzip streams of other programs, as one.

use std::io::{BufRead, Read};

use flate2::bufread::MultiGzDecoder;

/// All members of a gzip stream, unpacked one after the other. Whoever reads it sets the cap.
pub fn unpacked(stream: impl BufRead) -> impl Read {
    MultiGzDecoder::new(stream)
}
