//! Answers that are no archive, or not all of one, whose sender does not say so: what broke off, and what is sent in its
//! place.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use flate2::bufread::GzDecoder;

use super::zip;

/// Bytes of a gzip stream after which its end is of no interest.
const ENOUGH: u64 = 1 << 30;

/// Whether the bytes are the beginning of an archive (or nothing at all) and lack its end. Kinds of which that cannot be
/// told count as whole.
pub fn is_cut_off(archive: impl Read + Seek) -> bool {
    // What cannot be read is not known to lack anything.
    lacks_its_end(archive).unwrap_or_default()
}

/// Whether the bytes are a page or a message in the place of a file, as proxies and busy servers send them whatever is
/// asked: text that begins as HTML, XML or JSON does.
pub fn is_message(mut answer: impl Read + Seek) -> bool {
    let mut start = Vec::new();
    let read = answer.rewind().and_then(|()| answer.take(256).read_to_end(&mut start));
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start).trim_ascii_start();
    let begins = matches!(text.first(), Some(b'<' | b'{' | b'[' | b'"')) || text.starts_with(b"null");
    read.is_ok() && !start.contains(&0) && begins
}

fn lacks_its_end(mut archive: impl Read + Seek) -> io::Result<bool> {
    let size = archive.seek(SeekFrom::End(0))?;
    archive.rewind()?;
    let mut start = Vec::new();
    archive.by_ref().take(4).read_to_end(&mut start)?;
    if start.starts_with(&[0x1f, 0x8b]) {
        archive.rewind()?;
        let read = io::copy(&mut GzDecoder::new(BufReader::new(archive)).take(ENOUGH), &mut io::sink());
        return Ok(read.is_err_and(|error| error.kind() == io::ErrorKind::UnexpectedEof));
    }
    if start.starts_with(zip::MAGIC) {
        archive.seek(SeekFrom::Start(size.saturating_sub(zip::LONGEST_END as u64)))?;
        let mut end = Vec::new();
        archive.read_to_end(&mut end)?;
        return Ok(memchr::memmem::find(&end, zip::END).is_none());
    }
    Ok(start.is_empty())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn is_cut_off(bytes: &[u8]) -> bool {
        super::is_cut_off(io::Cursor::new(bytes))
    }

    #[test]
    fn a_part_of_an_archive() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&(0..20_000_u32).flat_map(u32::to_le_bytes).collect::<Vec<_>>()).unwrap();
        let gzip = gzip.finish().unwrap();
        let mut archive = ::zip::ZipWriter::new(io::Cursor::new(Vec::new()));
        archive.start_file("a", ::zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(&vec![7; 5000]).unwrap();
        let archive = archive.finish().unwrap().into_inner();
        for whole in [&gzip, &archive] {
            assert!(!is_cut_off(whole));
            for cut in [4, 20, whole.len() / 2, whole.len() - 23, whole.len() - 9] {
                let whole_enough = whole.starts_with(zip::MAGIC) && cut > whole.len() - 22;
                assert!(is_cut_off(&whole[..cut]) || whole_enough, "{cut} of {}", whole.len());
            }
        }
        assert!(is_cut_off(b"") && !is_cut_off(b"<html>"));
        for message in [
            &b"<!doctype html>"[..],
            b"\n\t<html>",
            b"\xef\xbb\xbf<?xml?>",
            b"{\"error\": 1}",
            b"[]",
            b"null",
        ] {
            assert!(is_message(io::Cursor::new(message)), "{message:?}");
        }
        for other in [&gzip[..], &archive, b"", b"text", b"<\0"] {
            assert!(!is_message(io::Cursor::new(other)));
        }
        let mut damaged = gzip;
        damaged[40] ^= 0xff;
        assert!(!is_cut_off(&damaged));
    }
}
