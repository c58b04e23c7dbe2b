//! What can be wrong with a WARC file, and how bad it is.

use super::super::damage::ReadError;

/// Something wrong with a file.
#[derive(Debug)]
pub struct Problem {
    /// Start of the record concerned, in bytes.
    pub offset: u64,
    /// What.
    pub kind: ProblemKind,
    /// Whether it is damage.
    pub severity: Severity,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Severity {
    /// Something is lost, altered or against the standard.
    Damage,
    /// Odd, but as its writer may have meant it: other programs leave out what ours writes.
    Note,
}

impl Severity {
    /// The word in listings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Damage => "damage",
            Self::Note => "note",
        }
    }
}

/// What can be wrong.
#[derive(Debug)]
#[non_exhaustive]
pub enum ProblemKind {
    /// No record could be read there.
    Unreadable(ReadError),
    /// The first record is no warcinfo.
    NoWarcinfo,
    /// A field every record must have is missing.
    FieldMissing {
        /// Its name.
        name: &'static str,
    },
    /// A field stands twice.
    FieldTwice {
        /// Its name.
        name: &'static str,
    },
    /// A field that this kind of record must not have.
    FieldForbidden {
        /// Its name.
        name: &'static str,
    },
    /// A field's name is no token.
    BadFieldName {
        /// As it stands.
        name: String,
    },
    /// A `WARC-Type` that the standard does not know, whose records readers pass over.
    UnknownType {
        /// As it stands.
        word: String,
    },
    /// `WARC-Date` is no date.
    BadDate,
    /// The kind needs a target and has none.
    TargetMissing,
    /// The target holds raw Chinese, a space, or no scheme.
    BadTarget,
    /// `WARC-Block-Digest` is not the block's.
    BlockDigest,
    /// `WARC-Payload-Digest` is not the payload's.
    PayloadDigest,
    /// A digest in an algorithm or spelling that is not checked here.
    DigestUnknown,
    /// Another record has the same id.
    DuplicateId,
    /// `WARC-Concurrent-To` names no record.
    DanglingConcurrentTo,
    /// `WARC-Refers-To`, or the address and date in its place, names no record.
    DanglingRefersTo,
    /// `WARC-Warcinfo-ID` names no `warcinfo` record. Told once of each id in a file.
    DanglingWarcinfoId,
    /// A `revisit` without `WARC-Profile`.
    RevisitWithoutProfile,
    /// A `revisit` that does not say which record has its payload.
    RevisitWithoutRefersTo,
    /// A response, or a revisit, without the request that it answers.
    RequestMissing,
    /// A `response` record without a readable HTTP header.
    NoHttpHeader,
    /// The body is shorter than its HTTP header says and the record does not say that it was cut.
    BodyShort,
    /// The HTTP header says chunked and the body is not.
    NotChunked,
    /// The HTTP header names a content coding and the body is not in it.
    NotEncoded,
    /// The file is named `.gz` and is not compressed.
    NotCompressed,
    /// The ledger has a record at a place where the archive has none.
    KnownMissing,
    /// The ledger has a record behind the end of the file: the last records are gone.
    LastMissing,
    /// The record is another than the ledger has there.
    KnownDiffers,
    /// The record lies behind the last that the ledger knows.
    BeyondLedger,
    /// The ledger has records in a file that is not there.
    FileMissing,
}

impl ProblemKind {
    /// A word for it, for listings.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(error) => match error {
                ReadError::Open { .. } | ReadError::Io { .. } => "cannot_read",
                ReadError::Torn { .. } => "torn_record",
                ReadError::ZeroTail { .. } => "zero_tail",
                ReadError::Damaged { .. } => "damaged_member",
                ReadError::Garbage { .. } => "garbage",
                ReadError::BadHeader { .. } => "bad_header",
                ReadError::TooLarge { .. } => "record_too_large",
                ReadError::Short { .. } | ReadError::WrongLength { .. } => "wrong_length",
                ReadError::MissingEnd { .. } => "record_end_missing",
                ReadError::SharedMember { .. } => "shared_member",
            },
            Self::NoWarcinfo => "warcinfo_missing",
            Self::FieldMissing { .. } => "field_missing",
            Self::FieldTwice { .. } => "field_twice",
            Self::FieldForbidden { .. } => "field_forbidden",
            Self::BadFieldName { .. } => "bad_field_name",
            Self::UnknownType { .. } => "type_unknown",
            Self::BadDate => "bad_date",
            Self::TargetMissing => "target_missing",
            Self::BadTarget => "bad_target",
            Self::BlockDigest => "block_digest",
            Self::PayloadDigest => "payload_digest",
            Self::DigestUnknown => "digest_unknown",
            Self::DuplicateId => "duplicate_id",
            Self::DanglingConcurrentTo => "dangling_concurrent_to",
            Self::DanglingRefersTo => "dangling_refers_to",
            Self::DanglingWarcinfoId => "dangling_warcinfo_id",
            Self::RevisitWithoutProfile => "revisit_without_profile",
            Self::RevisitWithoutRefersTo => "revisit_without_refers_to",
            Self::RequestMissing => "request_missing",
            Self::NoHttpHeader => "http_header_missing",
            Self::BodyShort => "body_short",
            Self::NotChunked => "not_chunked",
            Self::NotEncoded => "not_encoded",
            Self::NotCompressed => "not_compressed",
            Self::KnownMissing => "known_record_missing",
            Self::LastMissing => "last_record_missing",
            Self::KnownDiffers => "known_record_differs",
            Self::BeyondLedger => "beyond_ledger",
            Self::FileMissing => "file_missing",
        }
    }
}
