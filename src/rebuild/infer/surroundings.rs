//! What packs the result of a recipe, and from which folder.

use serde_json::Value;

use super::release::Release;
use super::repository::Repository;
use crate::rebuild::Packer;

/// What packs: what publishes where that is known; pnpm where only it resolves the manifest's protocols, or where it
/// manages the repository; else npm.
pub fn packer(repository: &Repository<'_>, folder: &str, release: Option<&Release>) -> Packer {
    let manifest = repository.manifest(folder);
    let fields = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
    let specs = fields.iter().filter_map(|field| manifest[*field].as_object()).flatten();
    let has = |protocol: &str| {
        specs.clone().any(|(_, spec)| spec.as_str().is_some_and(|spec| spec.starts_with(protocol)))
    };
    let manager = |folder: &str| repository.manifest(folder)["packageManager"].as_str().map(str::to_owned);
    let manager = manager(folder).or_else(|| manager(""));
    let is_of_pnpm = match manager.as_deref() {
        Some(manager) => manager.starts_with("pnpm@"),
        None => {
            let own = super::files::below(folder, "pnpm-lock.yaml");
            [own.as_str(), "pnpm-lock.yaml"].iter().any(|lock| repository.has_file(lock))
        }
    };
    match release.and_then(|release| release.packer) {
        // npm would publish these as they are.
        _ if is_of_pnpm && (has("workspace:") || has("catalog:")) => Packer::Pnpm,
        Some(packer) => packer,
        None if is_of_pnpm => Packer::Pnpm,
        None => Packer::Npm,
    }
}

/// The folder that package.json says is published in its place.
pub fn contents(manifest: &Value) -> Option<&str> {
    manifest["publishConfig"]["directory"].as_str().filter(|folder| !folder.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::files;
    use super::*;

    #[test]
    fn what_packs() {
        let npm = Release { packer: Some(Packer::Npm), ..Release::default() };
        for (manifest, release, expected) in [
            (json!({}), None, Packer::Npm),
            (json!({ "packageManager": "pnpm@10.0.0" }), None, Packer::Pnpm),
            (json!({ "packageManager": "pnpm@10.0.0" }), Some(&npm), Packer::Npm),
            (
                json!({ "packageManager": "pnpm@9.0.0", "dependencies": { "a": "workspace:*" } }),
                Some(&npm),
                Packer::Pnpm,
            ),
            (
                json!({ "packageManager": "yarn@4", "dependencies": { "a": "workspace:*" } }),
                None,
                Packer::Npm,
            ),
        ] {
            let files = files(&[("package.json", manifest.clone())]);
            assert_eq!(packer(&Repository::new(&files), "", release), expected, "{manifest}");
        }
    }
}
