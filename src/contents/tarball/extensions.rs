//! Entries that describe the next one: extended headers (pax) and long names (GNU).

use std::io::Read;

use tar::{EntryType, Header};

use super::{Difference, Found, Member, TarballError, file, header, pax};
use crate::contents::tarball::Limits;

/// What was said of the entry to come.
#[derive(Default)]
pub(super) struct Extensions {
    pax: Option<pax::Records>,
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
}

impl Extensions {
    /// Reads one.
    pub fn read(
        &mut self,
        header: &Header,
        entry: &mut impl Read,
        found: &mut Found,
    ) -> Result<(), TarballError> {
        let path = String::from_utf8_lossy(&header::path(header)).into_owned();
        let size = header.entry_size().map_err(TarballError::read)?;
        let bytes = file(entry, &path, size, &Limits { file: pax::LARGEST, ..Limits::default() })?;
        if bytes.len() as u64 != size {
            return Err(TarballError::Damaged(format!("{path:?} is cut off")));
        }
        let odd = |why: &str| Difference::Extended { path: path.clone(), why: why.to_owned() };
        let kind = header.entry_type();
        let is_first = match kind {
            // A long name may come before or after the name of a link.
            EntryType::GNULongName => self.pax.is_none() && self.path.is_none(),
            EntryType::GNULongLink => self.pax.is_none() && self.link.is_none(),
            _ => self.pax.is_none() && self.path.is_none() && self.link.is_none(),
        };
        if !is_first {
            found.differs(odd("is not the only one for its entry"))?;
        }
        match kind {
            EntryType::XHeader => {
                let (records, why) = pax::records(&bytes);
                if let Some(why) = why {
                    found.differs(odd(&why))?;
                }
                self.pax = Some(records);
            }
            EntryType::GNULongName | EntryType::GNULongLink => {
                let mut parts = bytes.splitn(2, |byte| *byte == 0);
                let name = parts.next().unwrap_or_default().to_owned();
                if name.is_empty() || parts.next().is_some_and(|rest| rest.iter().any(|byte| *byte != 0)) {
                    found.differs(odd("is no name"))?;
                }
                *(if kind == EntryType::GNULongName { &mut self.path } else { &mut self.link }) = Some(name);
            }
            _ => {
                if let Some(difference) = pax::global(&bytes) {
                    found.differs(difference)?;
                }
            }
        }
        Ok(())
    }

    /// The entry that they are of.
    pub fn member(&mut self, header: &Header, found: &mut Found) -> Result<Member, TarballError> {
        let Self { pax, path, link } = std::mem::take(self);
        let pax = pax.unwrap_or_default();
        let kind = header.entry_type();
        let is_long = pax.path.is_some() || path.is_some();
        let target = pax.link.or(link);
        let is_target = target.is_some();
        let member = Member {
            path: pax.path.or(path).unwrap_or_else(|| header::path(header)),
            kind,
            executable: header.mode().map_err(TarballError::read)? & 0o100 != 0,
            size: header.entry_size().map_err(TarballError::read)?,
            target: target.unwrap_or_else(|| header::link(header).to_owned()),
        };
        let shown = || String::from_utf8_lossy(&member.path).into_owned();
        if pax.is_sparse {
            return Err(TarballError::Kind { path: shown(), kind: 'S' });
        }
        // The reader goes on by the header's: to go on by the other would be another archive.
        if pax.size.is_some_and(|size| size != member.size) {
            let why = "has another size than its entry".to_owned();
            return Err(TarballError::Differs(Difference::Extended { path: shown(), why }));
        }
        let is_old_folder = header.as_bytes()[156] == 0 && member.size == 0 && !is_long;
        let why = if member.path.is_empty() {
            "has no path"
        } else if member.path.ends_with(b"/") && kind != EntryType::Directory && !is_old_folder {
            "has a path that ends in a slash, and is no folder"
        } else if header::is_link(kind) == member.target.is_empty() || is_target && !header::is_link(kind) {
            "names the target of a link, or is one without"
        } else {
            return Ok(member);
        };
        found.differs(Difference::Header { path: shown(), why })?;
        Ok(member)
    }

    /// Nothing is left without an entry.
    pub fn end(&self, found: &mut Found) -> Result<(), TarballError> {
        if self.pax.is_none() && self.path.is_none() && self.link.is_none() {
            return Ok(());
        }
        let why = "stands before no entry".to_owned();
        found.differs(Difference::Extended { path: String::new(), why })
    }
}
