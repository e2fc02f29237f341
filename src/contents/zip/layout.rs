//! Whether a zip file says the same to whoever reads it: from its front, file by file, from the directory at its end,
//! or by searching for either (APPNOTE 6.3, to which the numbers refer).

use std::collections::BTreeSet;

use super::END;

/// A file in the directory (4.3.12), the same in front of the file (4.3.7), and what may follow it (4.3.9).
const CENTRAL: &[u8] = b"PK\x01\x02";
const LOCAL: &[u8] = b"PK\x03\x04";
const DESCRIPTOR: &[u8] = b"PK\x07\x08";

/// Flags that mean the same to all (4.4.4): how well it is packed, sizes behind the file, names in UTF-8. An encrypted
/// file is told elsewhere.
const FLAGS: u16 = 0b1000_0000_1111;
const SIZES_BEHIND: u16 = 1 << 3;
/// Stored, deflated.
const METHODS: [u16; 2] = [0, 8];
/// Extra fields that not all heed: sizes of 64 bits, another name, encryption (4.5.3, 4.6.9).
const ZIP64: u16 = 1;
const OTHERS: [u16; 3] = [0x7075, 0x9901, 0x0017];

/// One file, as the directory has it.
struct Entry<'a> {
    name: &'a [u8],
    flags: u16,
    method: u16,
    crc: u32,
    packed: u32,
    size: u32,
    kind: u32,
    offset: usize,
    /// Of day and second, in the form of DOS.
    time: u32,
    /// The system whose attributes these are, with a version.
    made_by: u16,
    internal: u16,
    extra: &'a [u8],
    comment: &'a [u8],
}

impl<'a> Entry<'a> {
    /// All but how and where it is packed.
    fn told(&self) -> impl PartialEq + use<'a> {
        let Self { name, flags, crc, size, kind, time, made_by, internal, extra, comment, .. } = *self;
        let system = made_by.to_be_bytes()[0];
        (name, flags & super::UTF8, crc, size, (system, internal, kind), time, extra, comment)
    }
}

/// Numbers and bytes from the front.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.bytes(2)?.try_into().ok()?))
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.bytes(4)?.try_into().ok()?))
    }
}

/// What readers see differently, in a sentence about the archive.
pub(super) fn difference(bytes: &[u8]) -> Option<String> {
    match directory(bytes) {
        Err(why) => Some(why.to_owned()),
        Ok((mut entries, start)) => in_front(bytes, &mut entries, start).err(),
    }
}

/// The one time that all files have, in seconds since 1970, as the directory writes it: without a zone.
pub fn time(bytes: &[u8]) -> Option<i64> {
    let (entries, _) = directory(bytes).ok()?;
    let time =
        entries.first().map(|entry| entry.time).filter(|time| entries.iter().all(|it| it.time == *time))?;
    let field = |from: u32, bits: u32| i8::try_from(time >> from & ((1 << bits) - 1)).ok();
    let year = 1980 + i16::from(field(25, 7)?);
    let at = jiff::civil::DateTime::new(
        year,
        field(21, 4)?,
        field(16, 5)?,
        field(11, 5)?,
        field(5, 6)?,
        2 * field(0, 5)?,
        0,
    );
    Some(at.ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second())
}

/// Whether two zip files hold the same in the same order, with the same times and attributes: only their compression is
/// another. The content is told by a checksum alone.
pub fn is_packed_alike(one: &[u8], other: &[u8]) -> bool {
    let told = |bytes| {
        let (entries, start) = directory(bytes).ok()?;
        let told: Vec<_> = entries.iter().map(Entry::told).collect();
        let size = memchr::memmem::find(&bytes[start..], END)?;
        // Behind the numbers of the end, its comment.
        Some((told, bytes.get(start + size + END.len() + 16..)?))
    };
    told(one).zip(told(other)).is_some_and(|(one, other)| one == other)
}

/// The files that the directory lists, and where it begins.
fn directory(bytes: &[u8]) -> Result<(Vec<Entry<'_>>, usize), &'static str> {
    const NO_END: &str = "it does not end as a zip file does";
    let at = memchr::memmem::rfind(bytes, END).ok_or(NO_END)?;
    let mut end = Cursor(&bytes[at + END.len()..]);
    let mut fields = || {
        let (disks, here, all) = (end.u32()?, end.u16()?, end.u16()?);
        let (size, start, comment) = (end.u32()?, end.u32()?, end.u16()?);
        (end.0.len() == usize::from(comment)).then_some((disks, here, all, size as usize, start as usize))
    };
    let (disks, here, all, size, start) = fields().ok_or(NO_END)?;
    if disks != 0 || here != all {
        return Err("it is one of several parts");
    }
    if start.checked_add(size) != Some(at) {
        return Err("its directory is not where it is said to be");
    }
    if memchr::memmem::find(&bytes[start..], END) != Some(size) {
        return Err("it has more than one end");
    }
    let (mut cursor, mut entries) = (Cursor(&bytes[start..at]), Vec::new());
    while !cursor.0.is_empty() {
        entries.push(central(&mut cursor).ok_or("its directory has an entry that is none")?);
    }
    if entries.len() != usize::from(all) {
        return Err("its directory has not as many entries as it says");
    }
    Ok((entries, start))
}

fn central<'a>(cursor: &mut Cursor<'a>) -> Option<Entry<'a>> {
    let signature = cursor.bytes(4)?;
    let (made_by, _needed) = (cursor.u16()?, cursor.u16()?);
    let (flags, method, time) = (cursor.u16()?, cursor.u16()?, cursor.u32()?);
    let (crc, packed, size) = (cursor.u32()?, cursor.u32()?, cursor.u32()?);
    let (name, extra, comment) = (cursor.u16()?, cursor.u16()?, cursor.u16()?);
    let (disk, internal, external, offset) = (cursor.u16()?, cursor.u16()?, cursor.u32()?, cursor.u32()?);
    let name = cursor.bytes(usize::from(name))?;
    let extra = cursor.bytes(usize::from(extra))?;
    let comment = cursor.bytes(usize::from(comment))?;
    let is_plain = signature == CENTRAL && disk == 0 && is_harmless(extra, false);
    let (kind, offset) = (external, offset as usize);
    is_plain.then_some(Entry {
        name,
        flags,
        method,
        crc,
        packed,
        size,
        kind,
        offset,
        time,
        made_by,
        internal,
        extra,
        comment,
    })
}

/// Extra fields, each with an id and a length; what is too short for one is padding.
fn is_harmless(extra: &[u8], zip64: bool) -> bool {
    let mut cursor = Cursor(extra);
    loop {
        let rest = cursor.0;
        let Some((id, length)) = cursor.u16().zip(cursor.u16()) else {
            return rest.iter().all(|byte| *byte == 0);
        };
        if cursor.bytes(usize::from(length)).is_none() {
            return false;
        }
        if OTHERS.contains(&id) || id == ZIP64 && !zip64 {
            return false;
        }
    }
}

/// Whether each file stands where the directory has it and says of itself what the directory says, and whether there is
/// nothing between them.
fn in_front(bytes: &[u8], entries: &mut [Entry<'_>], start: usize) -> Result<(), String> {
    entries.sort_by_key(|entry| entry.offset);
    let (mut at, mut names) = (0, BTreeSet::new());
    for entry in &*entries {
        let of = |why: &str| format!("its file {:?} {why}", String::from_utf8_lossy(entry.name));
        if entry.offset != at {
            return Err(of("does not follow the one before it"));
        }
        if let Some(why) = odd(entry) {
            return Err(of(why));
        }
        if !names.insert(entry.name) {
            return Err(of("is there twice"));
        }
        let length = local(&bytes[at..start], entry);
        at += length.ok_or_else(|| of("is described in two ways"))?;
    }
    if at == start { Ok(()) } else { Err("it has data in front of its directory".to_owned()) }
}

fn odd(entry: &Entry<'_>) -> Option<&'static str> {
    /// The file type in a Unix mode, and a folder's in attributes of DOS.
    const TYPE: u32 = 0o170_000 << 16;
    const FOLDER: u32 = 0o040_000 << 16;
    const REGULAR: u32 = 0o100_000 << 16;
    const LINK: u32 = 0o120_000 << 16;
    const DOS_FOLDER: u32 = 0x10;
    let is_folder = entry.name.ends_with(b"/");
    let kind = entry.kind & TYPE;
    match () {
        () if entry.flags & !FLAGS != 0 => Some("has flags that not all know"),
        () if !METHODS.contains(&entry.method) => Some("is packed in a way that not all know"),
        () if entry.method == 0 && entry.packed != entry.size => Some("has two sizes"),
        () if is_folder && entry.size != 0 => Some("is a folder with content"),
        () if is_folder && kind == REGULAR => Some("has the name of a folder, and is a file"),
        () if !is_folder && (kind == FOLDER || entry.kind & DOS_FOLDER != 0) => {
            Some("has the name of a file, and is a folder")
        }
        // Python writes the target into a file.
        () if kind == LINK => Some("is a link, which Python takes for a file"),
        () if entry.name.contains(&b'\\') => Some("has a backslash, which some take for a slash"),
        () if entry.name.is_empty() => Some("has no name"),
        () => None,
    }
}

/// How many bytes there are of a file with what stands in front of and behind it; `None` where the directory says
/// something else.
fn local(bytes: &[u8], entry: &Entry<'_>) -> Option<usize> {
    let mut cursor = Cursor(bytes);
    let is_local = cursor.bytes(4)? == LOCAL;
    let _version = cursor.u16()?;
    let same = (cursor.u16()?, cursor.u16()?) == (entry.flags, entry.method);
    let _time = cursor.u32()?;
    let said = (cursor.u32()?, cursor.u32()?, cursor.u32()?);
    let (name, extra) = (cursor.u16()?, cursor.u16()?);
    let name = cursor.bytes(usize::from(name))?;
    let extra = cursor.bytes(usize::from(extra))?;
    let known = (entry.crc, entry.packed, entry.size);
    let is_behind = entry.flags & SIZES_BEHIND != 0;
    let is_said = said == known || is_behind && said == (0, 0, 0);
    if !is_local || !same || !is_said || name != entry.name || !is_harmless(extra, false) {
        return None;
    }
    cursor.bytes(entry.packed as usize)?;
    if is_behind {
        if cursor.0.starts_with(DESCRIPTOR) && entry.crc.to_le_bytes() != *DESCRIPTOR {
            cursor.bytes(4)?;
        }
        if (cursor.u32()?, cursor.u32()?, cursor.u32()?) != known {
            return None;
        }
    }
    Some(bytes.len() - cursor.0.len())
}
