//! Subresource Integrity (<https://www.w3.org/TR/SRI/>) as npm writes it.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use sha2::digest::DynDigest;

/// Weakest first, so that the greatest is the strongest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Algorithm {
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }

    fn digest_len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

/// One hash of an artifact.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Integrity {
    pub algorithm: Algorithm,
    digest: Vec<u8>,
}

impl Integrity {
    /// The strongest of a space-separated list, `?options` ignored; `None` where there is none that we know.
    pub fn strongest(list: &str) -> Option<Self> {
        list.split_ascii_whitespace().filter_map(Self::parse_one).max_by_key(|hash| hash.algorithm)
    }

    fn parse_one(text: &str) -> Option<Self> {
        let (name, rest) = text.split_once('-')?;
        let algorithm = match name {
            "sha1" => Algorithm::Sha1,
            "sha256" => Algorithm::Sha256,
            "sha384" => Algorithm::Sha384,
            "sha512" => Algorithm::Sha512,
            _ => return None,
        };
        let digest = STANDARD.decode(rest.split('?').next()?).ok()?;
        (digest.len() == algorithm.digest_len()).then_some(Self { algorithm, digest })
    }

    /// From the registry's `shasum`: 40 hex digits.
    pub fn from_sha1_hex(hex_digits: &str) -> Option<Self> {
        Self::from_hex(Algorithm::Sha1, hex_digits)
    }

    /// From hex digits, as many as the algorithm has.
    pub fn from_hex(algorithm: Algorithm, hex_digits: &str) -> Option<Self> {
        let digest = hex::decode(hex_digits).ok()?;
        (digest.len() == algorithm.digest_len()).then_some(Self { algorithm, digest })
    }

    pub fn of(algorithm: Algorithm, bytes: &[u8]) -> Self {
        let mut hasher = Hasher::new(algorithm);
        hasher.update(bytes);
        hasher.finish()
    }

    pub fn matches(&self, bytes: &[u8]) -> bool {
        Self::of(self.algorithm, bytes) == *self
    }

    /// A SHA-256 from its bytes; `None` where they are not 32.
    pub fn sha256(digest: &[u8]) -> Option<Self> {
        let algorithm = Algorithm::Sha256;
        (digest.len() == algorithm.digest_len()).then(|| Self { algorithm, digest: digest.to_owned() })
    }

    /// The digest.
    pub fn bytes(&self) -> &[u8] {
        &self.digest
    }

    /// The digest in base 64.
    pub fn base64(&self) -> String {
        STANDARD.encode(&self.digest)
    }

    /// Nix' base 32, as Guix too writes hashes.
    pub fn nix_base32(&self) -> String {
        nix_base32::to_nix_base32(&self.digest)
    }

    /// The digest in lower-case hex.
    pub fn hex(&self) -> String {
        hex::encode(&self.digest)
    }
}

/// The hash of what comes in pieces.
pub struct Hasher {
    algorithm: Algorithm,
    digest: Box<dyn DynDigest + Send>,
}

impl Hasher {
    pub fn new(algorithm: Algorithm) -> Self {
        let digest: Box<dyn DynDigest + Send> = match algorithm {
            Algorithm::Sha1 => Box::<sha1_checked::Sha1>::default(),
            Algorithm::Sha256 => Box::<sha2::Sha256>::default(),
            Algorithm::Sha384 => Box::<sha2::Sha384>::default(),
            Algorithm::Sha512 => Box::<sha2::Sha512>::default(),
        };
        Self { algorithm, digest }
    }

    pub fn update(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
    }

    pub fn finish(self) -> Integrity {
        Integrity { algorithm: self.algorithm, digest: self.digest.finalize().into_vec() }
    }
}

impl fmt::Display for Integrity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.algorithm.name(), STANDARD.encode(&self.digest))
    }
}

impl TryFrom<String> for Integrity {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse_one(&text).ok_or_else(|| format!("{text:?} is no integrity"))
    }
}

impl From<Integrity> for String {
    fn from(value: Integrity) -> String {
        value.to_string()
    }
}
