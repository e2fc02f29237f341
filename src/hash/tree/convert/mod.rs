//! What a blob becomes on its way into a folder, by its attributes. Filters of the user's own
//! (`filter=<name>`) are programs that a fetch does not have, so git leaves such files as they are.

mod encoding;
mod eol;
mod ident;

use std::borrow::Cow;

use encoding::Encoding;
pub use encoding::UnknownEncoding;
use eol::Eol;

use super::attributes::{Found, Known};
use crate::hash::Digest;

/// What is done to one file, in git's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Conversion {
    ident: bool,
    eol: Option<Eol>,
    encoding: Option<Encoding>,
}

impl Conversion {
    /// # Errors
    /// An encoding whose bytes we could not tell as git writes them.
    pub fn of(found: &Found) -> Result<Self, UnknownEncoding> {
        let encoding = if found.is_set(Known::Encoding) {
            // git stops with an error here.
            return Err(UnknownEncoding("true".to_owned()));
        } else {
            found.value(Known::Encoding).map_or(Ok(None), Encoding::of)?
        };
        Ok(Self { ident: found.is_set(Known::Ident), eol: Eol::of(found), encoding })
    }

    /// Whether nothing is done.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    pub fn apply<'a>(&self, bytes: &'a [u8], blob: &Digest<20>) -> Cow<'a, [u8]> {
        let mut bytes = Cow::Borrowed(bytes);
        if self.ident {
            bytes = ident::convert(bytes, blob);
        }
        if let Some(eol) = self.eol {
            bytes = eol.convert(bytes);
        }
        match &self.encoding {
            Some(encoding) => encoding.convert(bytes),
            None => bytes,
        }
    }
}
