//! What packed an archive of the registry, by what it shows.

use serde_json::Value;

use crate::rebuild::Packer;

/// The time that yarn 2 and later give all files: 22 June 1984.
const TIME_OF_YARN: u64 = 456_789_000;

const YARN: &str = "yarn packs it: the files of the registry's archive have the time that yarn gives to all";
const LERNA: &str =
    "lerna packs it: package.json in the registry's archive has a gitHead that is not the commit's";
const NPM: &str =
    "npm packs it: the files of the registry's archive do not have the time that yarn gives to all";

/// What of an archive tells who packed it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Archive {
    /// Of its first file.
    pub time: Option<u64>,
    pub manifest: Value,
}

impl Archive {
    /// The packer where it is another than the one that the repository led to, and what shows it. It names no more than what
    /// is tried: the comparison decides. `committed` is the commit's package.json, `is_of_lerna` says that it has a lerna.json.
    pub fn packer(
        &self,
        inferred: Packer,
        committed: &Value,
        is_of_lerna: bool,
    ) -> Option<(Packer, &'static str)> {
        let time = self.time?;
        let head = &self.manifest["gitHead"];
        let found = if time == TIME_OF_YARN {
            (Packer::Yarn, YARN)
        } else if is_of_lerna && head.is_string() && *head != committed["gitHead"] {
            (Packer::Lerna, LERNA)
        } else if inferred == Packer::Yarn {
            (Packer::Npm, NPM)
        } else {
            return None;
        };
        (found.0 != inferred).then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_an_archive_shows() {
        let (npms, yarns) = (Some(499_162_500), Some(TIME_OF_YARN));
        let (head, none) = (json!({ "gitHead": "b3b4a09" }), json!({}));
        for (time, manifest, inferred, committed, is_of_lerna, expected) in [
            (yarns, &none, Packer::Npm, &none, false, Some(Packer::Yarn)),
            (yarns, &head, Packer::Lerna, &none, true, Some(Packer::Yarn)),
            (yarns, &none, Packer::Yarn, &none, false, None),
            (npms, &none, Packer::Yarn, &none, false, Some(Packer::Npm)),
            (npms, &head, Packer::Yarn, &none, true, Some(Packer::Lerna)),
            (npms, &head, Packer::Npm, &none, true, Some(Packer::Lerna)),
            (npms, &head, Packer::Npm, &json!({ "gitHead": "4e56991" }), true, Some(Packer::Lerna)),
            // Something else writes it, or the commit has it.
            (npms, &head, Packer::Npm, &none, false, None),
            (npms, &head, Packer::Npm, &head, true, None),
            (npms, &none, Packer::Pnpm, &none, true, None),
            (npms, &none, Packer::Lerna, &none, true, None),
            (None, &head, Packer::Yarn, &none, true, None),
        ] {
            let archive = Archive { time, manifest: manifest.clone() };
            let found = archive.packer(inferred, committed, is_of_lerna);
            assert_eq!(found.map(|(packer, _)| packer), expected, "{archive:?} {inferred:?} {committed}");
        }
    }
}
