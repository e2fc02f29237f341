//! The flow of `headwater cache`: what the cache holds, and making it smaller.

use std::fmt::Write;

use crate::settings;
use crate::world::cache::{Cache, FOLDER_VARIABLE, LIMIT_VARIABLE, Pruned, Usage, shown_size};

/// Seconds of a day.
const DAY: i64 = 24 * 60 * 60;

/// What came of it.
#[derive(Debug, serde::Serialize)]
pub struct Outcome {
    /// What has gone; `None` where nothing was to go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pruned: Option<Pruned>,
    /// What there is now.
    pub usage: Usage,
}

/// Removes what is to go, and says what there is.
///
/// # Errors
/// No cache that works.
pub fn run(settings: settings::Cache) -> anyhow::Result<Outcome> {
    let cache = Cache::default_folder().map_or_else(Cache::none, |folder| Cache::open(&folder));
    let done = (|| {
        let pruned = match settings.prune {
            Some(prune) => Some(cache.prune(prune)?),
            None => None,
        };
        Some(Outcome { pruned, usage: cache.usage()? })
    })();
    done.ok_or_else(|| {
        let why = cache.take_notices().into_iter().next();
        anyhow::anyhow!(
            why.unwrap_or_else(|| format!("there is no cache folder; {FOLDER_VARIABLE} can name one"))
        )
    })
}

/// For people; `now` is in seconds since 1970.
pub fn text(outcome: &Outcome, now: i64) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    _ = write(&mut out, outcome, now);
    out
}

fn write(out: &mut String, outcome: &Outcome, now: i64) -> std::fmt::Result {
    if let Some(pruned) = &outcome.pruned {
        writeln!(out, "removed {} things, {}", pruned.count, shown_size(pruned.size))?;
        if pruned.in_use > 0 {
            writeln!(out, "left {} repositories that another process may be using", pruned.in_use)?;
        }
        writeln!(out)?;
    }
    let usage = &outcome.usage;
    writeln!(out, "{}\n", usage.folder.display())?;
    writeln!(out, "{:<20}{:>10}{:>12}   last used (days ago)", "", "count", "size")?;
    for (kind, amount) in &usage.kinds {
        let ago = |at: i64| now.saturating_sub(at).max(0) / DAY;
        let (newest, oldest) = (ago(amount.newest), ago(amount.oldest));
        let ages = if newest == oldest { newest.to_string() } else { format!("{newest} to {oldest}") };
        writeln!(out, "{kind:<20}{:>10}{:>12}   {ages}", amount.count, shown_size(amount.size))?;
    }
    writeln!(out, "\n{:<20}{:>22}", "table file", shown_size(usage.table))?;
    let limit = match usage.limit {
        Some(bytes) => format!("the limit is {}", shown_size(bytes)),
        None => "no limit".to_owned(),
    };
    writeln!(out, "{:<20}{:>22}   {limit} ({LIMIT_VARIABLE})", "all", shown_size(usage.total))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::world::cache::Amount;

    #[test]
    fn what_there_is_as_a_table() {
        let amount = Amount { count: 3, size: 5 << 20, oldest: 0, newest: 10 * DAY };
        let usage = Usage {
            folder: "/cache".into(),
            kinds: BTreeMap::from([("git trees".to_owned(), amount)]),
            table: 4096,
            total: (5 << 20) + 4096,
            limit: Some(20 << 30),
        };
        let pruned = Some(Pruned { count: 2, size: 100, in_use: 1 });
        insta::assert_snapshot!(text(&Outcome { pruned, usage }, 12 * DAY), @"
        removed 2 things, 100 B
        left 1 repositories that another process may be using

        /cache

                                 count        size   last used (days ago)
        git trees                    3     5.0 MiB   2 to 12

        table file                         4.0 KiB
        all                                5.0 MiB   the limit is 20.0 GiB (HEADWATER_CACHE_SIZE)
        ");
    }
}
