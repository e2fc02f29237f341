//! The driver: claims, one repository after the other, and what the answer is worth.

use serde_json::Value;

use super::candidate::Named;
use super::claims::{Claim, Standing, claims, git_heads, is_among};
use super::correspondence::ManifestIs;
use super::given::NamedSource;
use super::npm::confusion::confusion;
use super::npm::loads::Loads;
use super::npm::manifest;
use super::npm::subject::Npm;
use super::repository::{Commit, Repositories, Repository};
use super::resolution::{Class, Considered, Evidence, GitHeadFrom, Mapping, Resolution, Source, Tier};
use super::subject::Subject;
use super::survey::{Chosen, survey};
use super::{flags, reasons};
use crate::contents::Contents;
use crate::contents::tarball::DIFFERENTLY;
use crate::graph::{PackageName, Purl, Version};
use crate::source::repository::Unreachable;

/// Finds the source of one npm package: `contents` is its tarball, `metadata` the registry's document of
/// this version. An error says that a host did not answer, which is not an answer.
pub async fn resolve(
    name: &PackageName,
    version: &Version,
    contents: &Contents,
    metadata: Option<&Value>,
    repositories: &impl Repositories,
) -> Result<Resolution, Unreachable> {
    resolve_given(name, version, contents, metadata, None, repositories).await
}

/// [`resolve`] of a package whose source the user may have named.
pub async fn resolve_given(
    name: &PackageName,
    version: &Version,
    contents: &Contents,
    metadata: Option<&Value>,
    given: Option<&NamedSource>,
    repositories: &impl Repositories,
) -> Result<Resolution, Unreachable> {
    let manifest = contents.manifest_json();
    let has_gyp = contents.file("binding.gyp").is_some();
    let confused = confusion(metadata, &manifest, has_gyp);
    let mut resolution = Resolution::of_nothing(Purl::npm(name, version));
    resolution.flags.extend(flags::of_confusion(&confused));
    if let Some(why) = &contents.differs {
        return Ok(of_differing(resolution, why));
    }
    if let Some(why) = is_another(name, version, &manifest) {
        resolution.tier = Tier::X;
        resolution.reasons.push(why);
        resolution.flags.extend(flags::of_files(contents, None, None));
        return Ok(resolution);
    }
    let (claims, refused) = claims(metadata, &manifest);
    resolution.considered.extend(refused);
    let loads = Loads::of(contents, &manifest);
    let subject = Npm { name, version, contents, manifest: &manifest, loads: &loads, given };
    let heads = git_heads(metadata, &manifest);
    search(&subject, &claims, &heads, resolution, repositories).await
}

/// Nothing is proved of an archive that is only read because somebody vouches for it.
pub(super) fn of_differing(mut resolution: Resolution, why: &str) -> Resolution {
    resolution.reasons.push(format!("{DIFFERENTLY}, so it has no one content: {why}"));
    resolution.is_vouched = true;
    resolution
}

/// Goes through the repositories that are claimed, until one holds the package.
pub(super) async fn search(
    subject: &impl Subject,
    claims: &[Claim],
    heads: &[(GitHeadFrom, Commit)],
    mut resolution: Resolution,
    repositories: &impl Repositories,
) -> Result<Resolution, Unreachable> {
    let given: Vec<Claim> = subject.given().into_iter().map(NamedSource::claim).collect();
    let claims = if given.is_empty() { claims } else { &given };
    let mut contradictions = Vec::new();
    let mut there: Vec<Repository> = Vec::new();
    for claim in claims {
        // The same one in another spelling, or by its owner's old name.
        if is_among(&claim.repository, &there) {
            continue;
        }
        let survey = survey(subject, repositories, claim, heads).await?;
        there.extend(survey.renamed.clone());
        resolution.considered.extend(survey.considered);
        resolution.flags.extend(survey.flags);
        if let Some(chosen) = survey.chosen {
            let repository = survey.renamed.as_ref().unwrap_or(&claim.repository);
            accept(subject, &mut resolution, repository, &chosen, heads);
            resolution.flags.extend(subject.flags(Some(&chosen.kept)));
            keep_only_chosen(&mut resolution.considered, &chosen);
            resolution.flags.sort_by_key(|flag| flag.kind);
            return Ok(resolution);
        }
        if !survey.absent {
            there.push(claim.repository.clone());
        }
        resolution.reasons.extend(survey.nothing);
        // What someone else wrote about the package, or links for other ends, contradict nothing.
        contradictions.extend(survey.contradiction.filter(|_| claim.standing == Standing::Named));
    }
    if !contradictions.is_empty() {
        resolution.tier = Tier::X;
        resolution.reasons.splice(0..0, contradictions);
    }
    if claims.is_empty() {
        resolution.reasons.push(if resolution.considered.is_empty() {
            "the package's metadata names no repository".to_owned()
        } else {
            "no address that the package gives is one of a public repository".to_owned()
        });
    }
    resolution.flags.extend(subject.flags(None));
    Ok(resolution)
}

/// Why the tarball is of another package than the one asked for.
pub fn is_another(name: &PackageName, version: &Version, json: &Value) -> Option<String> {
    if !json.is_object() {
        return Some("the tarball has no package.json that can be read".to_owned());
    }
    let held = json["name"].as_str().unwrap_or_default().trim();
    if held != name.as_str() {
        return Some(format!("the tarball's package.json is of {held:?}, not of {name}"));
    }
    let held = json["version"].as_str().unwrap_or_default();
    (manifest::clean_version(held) != manifest::clean_version(version.as_str()))
        .then(|| format!("the tarball's package.json holds version {held:?}, not {version}"))
}

/// Other commits that would do were looked at, but one is the answer.
fn keep_only_chosen(considered: &mut [Considered], chosen: &Chosen) {
    let label = chosen.kept.candidate.label();
    let commit = format!("{:.12}", chosen.kept.candidate.commit.to_string());
    for one in considered.iter_mut().filter(|one| one.kept) {
        let names_commit = one.candidate.starts_with("tag ")
            || one.candidate.starts_with("gitHead ")
            || one.candidate.starts_with("commit ");
        if names_commit && one.candidate != label && !one.candidate.contains(&commit) {
            one.kept = false;
            one.why.push_str(&format!("; but {label} goes before it"));
        }
    }
}

fn accept(
    subject: &impl Subject,
    resolution: &mut Resolution,
    repository: &Repository,
    chosen: &Chosen,
    heads: &[(GitHeadFrom, Commit)],
) {
    let kept = &chosen.kept;
    let commit = kept.candidate.commit;
    let counts = kept.correspondence.counts;
    resolution.source = Some(Source {
        repository: repository.clone(),
        commit,
        tag: chosen.tag.as_ref().map(|(tag, _)| tag.clone()),
        subdirectory: (!kept.folder.is_empty()).then(|| kept.folder.clone()),
    });
    resolution.files = counts;
    resolution.class = kept.class;
    let proved = kept.extra.proved && chosen.caps.is_empty();
    let nothing_fits = counts.identical + counts.crlf + counts.manifest == 0;
    resolution.tier = match (proved, nothing_fits) {
        (true, _) => Tier::B,
        (_, true) => Tier::D,
        _ => Tier::C,
    };
    if subject.is_copied() && kept.class == Class::Verbatim {
        resolution.mapping = Some(Mapping {
            elsewhere: kept.correspondence.elsewhere.clone(),
            manifest_diff: kept.manifest_diff.clone(),
        });
    }
    let evidence = &mut resolution.evidence;
    let of_commit = heads.iter().filter(|(_, head)| *head == commit);
    evidence.extend(of_commit.map(|(from, commit)| Evidence::GitHead { from: *from, commit: *commit }));
    if let Some((name, scheme)) = &chosen.tag {
        evidence.push(Evidence::Tag { name: name.clone(), scheme: (*scheme).to_owned() });
    }
    match &kept.candidate.named {
        Named::VersionSet { path } => evidence.push(Evidence::VersionSet { path: path.clone() }),
        Named::Holding { commits, is_last: false } => {
            evidence.push(Evidence::FirstHolding { commits: *commits });
        }
        Named::Holding { commits, .. } => evidence.push(Evidence::LastHolding { commits: *commits }),
        Named::Given(given) => evidence.insert(0, Evidence::Given(given.clone())),
        Named::GitHead(_) | Named::Tag { .. } | Named::Before { .. } => {}
    }
    evidence.push(Evidence::Manifest {
        path: kept.path.clone(),
        name: subject.name().to_owned(),
        version: kept.version.clone(),
        identical: kept.manifest_is == ManifestIs::Identical,
    });
    evidence.extend(chosen.reach.clone().map(|how| Evidence::Reachable { how }));
    evidence.push(Evidence::Correspondence { matched: counts.identical, total: counts.total() });
    if subject.is_copied() && !kept.correspondence.elsewhere.is_empty() {
        evidence.push(Evidence::Elsewhere { files: kept.correspondence.elsewhere.clone() });
    }
    let of_wheels = kept.extra.installed.iter();
    evidence.extend(of_wheels.map(|one| Evidence::Wheel {
        file: one.file.clone(),
        matched: one.matched,
        total: one.total,
    }));
    resolution.needs_build = subject.is_copied()
        && chosen.caps.is_empty()
        && kept.correspondence.is_output_alone(kept.manifest_is);
    reasons::add(subject, resolution, chosen);
}
