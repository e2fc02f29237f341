//! What packs the result of a recipe, and from which folder.

use serde_json::Value;

use super::files::below;
use super::release::Release;
use super::repository::Repository;
use crate::rebuild::Packer;

/// What packs: what publishes where that is known; the package manager where only it resolves the manifest's protocols, or
/// where nothing is known; else npm. lerna resolves them itself.
pub fn packer(repository: &Repository<'_>, folder: &str, release: Option<&Release>) -> Packer {
    let manifest = repository.manifest(folder);
    let fields = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
    let mut specs =
        fields.iter().filter_map(|field| manifest[*field].as_object()).flat_map(|all| all.values());
    let is_ours = |spec: &str| spec.starts_with("workspace:") || spec.starts_with("catalog:");
    let has_protocol = specs.any(|spec| spec.as_str().is_some_and(is_ours));
    match (release.and_then(|release| release.packer), manager(repository, folder)) {
        (Some(Packer::Lerna), _) => Packer::Lerna,
        // npm would publish these as they are.
        (_, Some(manager)) if has_protocol => manager,
        (Some(packer), _) | (None, Some(packer)) => packer,
        (None, None) => Packer::Npm,
    }
}

/// The package manager of a repository, where it packs in its own way.
fn manager(repository: &Repository<'_>, folder: &str) -> Option<Packer> {
    let named = |folder: &str| repository.manifest(folder)["packageManager"].as_str();
    if let Some(named) = named(folder).or_else(|| named("")) {
        return match named.split_once('@')? {
            ("pnpm", _) => Some(Packer::Pnpm),
            ("yarn", version) => (version.split('.').next() != Some("1")).then_some(Packer::Yarn),
            _ => None,
        };
    }
    let has = |name: &str| repository.has_file(&below(folder, name)) || repository.has_file(name);
    if has("pnpm-lock.yaml") {
        Some(Packer::Pnpm)
    } else {
        // Yarn 1 does not read the second.
        (has("yarn.lock") && has(".yarnrc.yml")).then_some(Packer::Yarn)
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
        let by = |packer| Some(Release { packer: Some(packer), ..Release::default() });
        let workspace = json!({ "a": "workspace:*" });
        for (manifest, others, release, expected) in [
            (json!({}), &[][..], None, Packer::Npm),
            (json!({ "packageManager": "npm@10.0.0" }), &["pnpm-lock.yaml"], None, Packer::Npm),
            (json!({ "packageManager": "pnpm@10.0.0" }), &[], None, Packer::Pnpm),
            (json!({ "packageManager": "pnpm@10.0.0" }), &[], by(Packer::Npm), Packer::Npm),
            (
                json!({ "packageManager": "pnpm@9.0.0", "dependencies": workspace }),
                &[],
                by(Packer::Npm),
                Packer::Pnpm,
            ),
            (
                json!({ "packageManager": "pnpm@9.0.0", "dependencies": workspace }),
                &[],
                by(Packer::Lerna),
                Packer::Lerna,
            ),
            (json!({}), &["pnpm-lock.yaml"], None, Packer::Pnpm),
            (json!({ "packageManager": "yarn@4.0.0" }), &[], None, Packer::Yarn),
            (json!({ "packageManager": "yarn@4.0.0" }), &[], by(Packer::Npm), Packer::Npm),
            (
                json!({ "packageManager": "yarn@4.0.0", "dependencies": workspace }),
                &[],
                by(Packer::Npm),
                Packer::Yarn,
            ),
            (json!({ "packageManager": "yarn@1.22.22" }), &["yarn.lock"], None, Packer::Npm),
            (json!({}), &["yarn.lock"], None, Packer::Npm),
            (json!({}), &["yarn.lock", ".yarnrc.yml"], None, Packer::Yarn),
        ] {
            let mut files = files(&[("package.json", manifest.clone())]);
            files.paths.extend(others.iter().map(|path| (*path).to_owned()));
            let found = packer(&Repository::new(&files), "", release.as_ref());
            assert_eq!(found, expected, "{manifest} {others:?} {release:?}");
        }
    }
}
