//! `$Id$` with the id of the blob in it: `ident` of gitattributes(5).

use std::borrow::Cow;

use crate::hash::Digest;

/// Replaces `$Id$` and `$Id: ... $` by `$Id: <blob> $`. An id that another system left (it has spaces
/// inside) stays as it is.
pub(super) fn convert<'a>(bytes: Cow<'a, [u8]>, blob: &Digest<20>) -> Cow<'a, [u8]> {
    let mut out = Vec::new();
    let mut done = 0;
    let mut at = 0;
    while let Some(dollar) = memchr::memchr(b'$', &bytes[at..]) {
        let start = at + dollar + 1;
        at = start;
        let Some(rest) = bytes[start..].strip_prefix(b"Id") else { continue };
        let end = match rest.first() {
            Some(b'$') => start + 3,
            Some(b':') => {
                let inside = &rest[1..];
                let Some(length) = memchr::memchr(b'$', inside) else { break };
                let inside = &inside[..length];
                let foreign = inside.iter().skip(1).position(|byte| *byte == b' ');
                if inside.contains(&b'\n') || foreign.is_some_and(|space| space + 2 < inside.len()) {
                    continue;
                }
                start + 3 + length + 1
            }
            _ => continue,
        };
        out.extend_from_slice(&bytes[done..start]);
        out.extend_from_slice(format!("Id: {blob} $").as_bytes());
        done = end;
        at = end;
    }
    if done == 0 {
        return bytes;
    }
    out.extend_from_slice(&bytes[done..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_filled_in() {
        let id = format!("$Id: {} $", "07".repeat(20));
        for (given, expected) in [
            ("a $Id$ b", format!("a {id} b")),
            ("$Id:$", id.clone()),
            ("$Id: old $", id.clone()),
            ("$Id:old$", id.clone()),
            ("$Id: x.c 1.2 them $", "$Id: x.c 1.2 them $".to_owned()),
            ("$Id: open", "$Id: open".to_owned()),
            ("$Id: a\n$ $Id$", format!("$Id: a\n$ {id}")),
            ("$Idea$Id$", format!("$Idea{id}")),
            ("$$Id$$", format!("${id}$")),
            ("$Id", "$Id".to_owned()),
        ] {
            let converted = convert(Cow::Borrowed(given.as_bytes()), &Digest([7; 20]));
            assert_eq!(String::from_utf8_lossy(&converted), expected, "{given}");
        }
    }
}
