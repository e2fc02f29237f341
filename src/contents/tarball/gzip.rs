//! The archive as a stream of tar bytes, with a bound on how many may come: gzip, bzip2 (sdists alone) or
//! neither.

use std::io::{self, Read};

use flate2::bufread::GzDecoder;

use super::meter::Meter;
use super::{Difference, Limits, TarballError};
use crate::contents::Format;

const MAGIC: &[u8] = &[0x1f, 0x8b];
const BZIP2: &[u8] = b"BZh";

pub(super) struct Source<'a> {
    inner: Inner<'a>,
    meter: Meter<'a>,
    difference: Option<Difference>,
    /// The bound that was hit; the stream fails from then on.
    pub exceeded: Option<TarballError>,
}

enum Inner<'a> {
    Gzip(Box<GzDecoder<&'a [u8]>>),
    Bzip2(Box<bzip2::bufread::MultiBzDecoder<&'a [u8]>>),
    Plain(&'a [u8]),
}

impl<'a> Source<'a> {
    pub fn new(bytes: &'a [u8], format: Format, limits: &'a Limits) -> Result<Self, TarballError> {
        let inner = if bytes.starts_with(MAGIC) {
            Inner::Gzip(Box::new(GzDecoder::new(bytes)))
        } else if format == Format::Sdist && bytes.starts_with(BZIP2) {
            Inner::Bzip2(Box::new(bzip2::bufread::MultiBzDecoder::new(bytes)))
        } else if looks_like_tar(bytes) {
            Inner::Plain(bytes)
        } else {
            return Err(TarballError::NotAnArchive);
        };
        let odd = matches!(inner, Inner::Gzip(_)).then(|| odd_gzip(bytes)).flatten();
        let difference = odd.map(Difference::Compression);
        Ok(Self { inner, meter: Meter::new(bytes.len(), limits), difference, exceeded: None })
    }

    /// What unpackers read differently, once all was read.
    pub fn difference(&self) -> Option<Difference> {
        let half = !self.meter.unpacked().is_multiple_of(512);
        self.difference.clone().or_else(|| half.then_some(Difference::HalfABlock))
    }
}

/// What not every reader of a gzip header (RFC 1952) takes.
fn odd_gzip(bytes: &[u8]) -> Option<&'static str> {
    const CHECKSUM: u8 = 2;
    const RESERVED: u8 = 0xe0;
    match bytes.get(2..4) {
        Some(&[8, flags]) if flags & RESERVED != 0 => Some("has flags that mean nothing"),
        Some(&[8, flags]) if flags & CHECKSUM != 0 => Some("has a checksum of its own"),
        Some(&[8, _]) | None => None,
        Some(_) => Some("names no method that all know"),
    }
}

/// A header block whose checksum holds: the sum of its bytes, those of the checksum counted as spaces
/// (POSIX.1-1988, ustar).
fn looks_like_tar(bytes: &[u8]) -> bool {
    let Some(block) = bytes.get(..512) else { return false };
    let written = std::str::from_utf8(&block[148..156]).unwrap_or_default();
    let written = u32::from_str_radix(written.trim_matches([' ', '\0']), 8);
    let sum = block.iter().enumerate();
    let sum = sum.map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u32::from(*byte) }).sum();
    written == Ok(sum)
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.exceeded.is_some() {
            return Err(io::Error::other("too large"));
        }
        let count = match &mut self.inner {
            Inner::Plain(bytes) => bytes.read(buffer)?,
            Inner::Bzip2(decoder) => decoder.read(buffer)?,
            Inner::Gzip(decoder) => loop {
                let count = decoder.read(buffer)?;
                let rest = *decoder.get_ref();
                if count > 0 || buffer.is_empty() || rest.is_empty() {
                    break count;
                }
                // gzip files may be joined (RFC 1952, 2.2). npm stops at what is none, and gzip complains.
                self.difference.get_or_insert(Difference::AfterTheStream);
                if !rest.starts_with(MAGIC) {
                    break 0;
                }
                **decoder = GzDecoder::new(rest);
            },
        };
        self.exceeded = self.meter.add(count as u64).err();
        if self.exceeded.is_some() { Err(io::Error::other("too large")) } else { Ok(count) }
    }
}
