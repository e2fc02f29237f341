//! The flow of `headwater source`: packages, taken back to their source.

mod answer;
pub mod batch;
mod hashed;
mod list;
mod rebuilt;
mod waived;

pub use answer::{Answer, NoAnswer};
pub use hashed::Hashed;
pub use rebuilt::Rebuilt;
pub use waived::Waived;

use crate::convert::writing;
use crate::failure::Failure;
use crate::files;
use crate::graph::Package;
use crate::policy::{self, Day, Policy};
use crate::progress::Progress;
use crate::resolve;
use crate::settings;
use crate::source::{self, Resolution};
use crate::world::{World, disk};

/// What was found of one package.
#[derive(Clone, Debug)]
pub struct PackageSource {
    pub resolution: Resolution,
    /// The hashes of its commit, where they were asked for and there is a commit.
    pub hashed: Option<Hashed>,
    /// Without which its archive would have been refused.
    pub exception: Option<Waived>,
    /// What headwater.lock of the current folder knows of its build.
    pub rebuilt: Option<Rebuilt>,
}

impl PackageSource {
    /// Whether a host that gave no answer keeps something from being known.
    pub fn is_incomplete(&self) -> bool {
        self.hashed.as_ref().is_some_and(|hashed| hashed.incomplete)
    }
}

/// Fetches and resolves one package.
///
/// # Errors
/// A package that the registry does not have, an artifact that cannot be used, or a host that did not answer.
pub async fn show(
    settings: &settings::Source,
    today: Day,
    progress: Progress,
) -> Result<PackageSource, Failure> {
    let folder = disk::current_folder()?;
    let policy = files::policy_for_question(&folder)?;
    let world = World::new(&folder, settings.registry.clone(), settings.asking)?;
    resolve::vouch(&world, &policy, today);
    world.git.ready().await?;
    let found = found(&world, &policy, &settings.package, settings.hash).await.map(|found| {
        // A file that cannot be read says nothing.
        let pins = writing::prior_pins(&folder).ok().flatten();
        let rebuilt = pins.and_then(|pins| Rebuilt::of(&found.resolution, &pins));
        PackageSource { rebuilt, ..found }
    });
    for notice in world.finish() {
        progress.say(&notice);
    }
    found.map_err(|failure| files::located(failure, &folder))
}

/// What was found, as a person reads it: ends with a newline.
pub fn explain(found: &PackageSource) -> String {
    let mut text = source::explain(&found.resolution);
    text.push_str(&found.exception.as_ref().map(Waived::explain).unwrap_or_default());
    text.push_str(&found.rebuilt.as_ref().map(Rebuilt::explain).unwrap_or_default());
    if let Some(hashed) = &found.hashed {
        text.push_str(&hashed.explain());
    }
    text
}

/// The text of a file that a problem names: the policy of the current folder counts here as in a conversion.
pub fn text_of(file: &str) -> Option<String> {
    let folder = disk::current_folder().ok().filter(|_| file == policy::FILE)?;
    disk::read_text_in(&folder, file, files::SMALL).ok()
}

/// One package, and its commit's hashes where they are wanted.
///
/// # Errors
/// As of [`show`].
pub async fn found(
    world: &World,
    policy: &Policy,
    package: &Package,
    hash: bool,
) -> Result<PackageSource, Failure> {
    let resolution = resolve::package(world, package, policy).await?;
    let hashed = match &resolution.source {
        Some(source) if hash => Some(hashed::hashed(world, source).await),
        _ => None,
    };
    let exception = Waived::of(&resolution, policy, package);
    Ok(PackageSource { resolution, hashed, exception, rebuilt: None })
}
