//! One repository: what names a commit in it, asked for in the order of evidence, as little as possible.

use std::collections::BTreeSet;

use super::candidate::{Candidate, Kept, Named, Subject, VersionIs, examine, manifest_text, parse, reached};
use super::claims::Claim;
use super::repository::{Commit, NoAnswer, Refs, Repositories};
use super::resolution::{Class, Considered, Flag, FlagKind, GitHeadFrom, Reach, Unresolved};
use super::tags::{self, TagCandidate};
use super::{locate, select};

/// Tags examined only to see whether a gitHead is an artifact branch, at most.
const WITNESSES: usize = 3;
/// Commits that set the version, examined at most.
const VERSION_COMMITS: usize = 3;
/// Branches that can be a repository's main line, in order.
const MAIN: [&str; 7] = ["main", "master", "trunk", "develop", "dev", "next", "default"];

/// What one repository gave.
#[derive(Default)]
pub(super) struct Survey {
    pub(super) chosen: Option<Chosen>,
    pub(super) considered: Vec<Considered>,
    pub(super) flags: Vec<Flag>,
    /// Why the repository is someone else's.
    pub(super) contradiction: Option<String>,
    /// Why there is no commit, where there is none.
    pub(super) nothing: Option<String>,
}

/// The commit, and what keeps it from being proved.
pub(super) struct Chosen {
    pub(super) kept: Kept,
    /// Scheme and name of a tag that is this commit.
    pub(super) tag: Option<(String, &'static str)>,
    pub(super) reach: Option<Reach>,
    /// Why no more than tier C.
    pub(super) caps: Vec<String>,
}

/// The gitHeads that are commit ids, the registry's first.
pub(super) fn git_heads(
    metadata: Option<&serde_json::Value>,
    manifest: &serde_json::Value,
) -> Vec<(GitHeadFrom, Commit)> {
    let named = [
        (GitHeadFrom::Registry, metadata.and_then(|metadata| metadata["gitHead"].as_str())),
        (GitHeadFrom::Manifest, manifest["gitHead"].as_str()),
    ];
    let commits =
        named.into_iter().filter_map(|(from, text)| Some((from, text?.to_owned().try_into().ok()?)));
    commits.collect()
}

struct Surveyor<'a, R> {
    subject: &'a Subject<'a>,
    repositories: &'a R,
    claim: &'a Claim,
    survey: Survey,
    /// Where a manifest of the name was seen.
    located: Option<String>,
}

/// Looks for the package in one repository.
pub(super) async fn survey(
    subject: &Subject<'_>,
    repositories: &impl Repositories,
    claim: &Claim,
    heads: &[(GitHeadFrom, Commit)],
) -> Result<Survey, Unresolved> {
    let refs = match repositories.refs(&claim.repository).await {
        Ok(refs) => refs,
        Err(no) => {
            let why = reached(no)?.to_string();
            let nothing = Some(format!("{}: {why}", claim.repository));
            let candidate = claim.repository.to_string();
            let considered = vec![Considered { candidate, kept: false, why }];
            return Ok(Survey { considered, nothing, ..Survey::default() });
        }
    };
    let survey = Survey {
        considered: vec![Considered {
            candidate: claim.repository.to_string(),
            kept: true,
            why: format!("named as {}", claim.from),
        }],
        ..Survey::default()
    };
    let mut surveyor = Surveyor { subject, repositories, claim, survey, located: None };
    surveyor.run(&refs, heads).await?;
    Ok(surveyor.survey)
}

impl<R: Repositories> Surveyor<'_, R> {
    async fn run(&mut self, refs: &Refs, heads: &[(GitHeadFrom, Commit)]) -> Result<(), Unresolved> {
        let tags = tags::candidates(refs, self.subject.name, self.subject.version);
        let artifacts = tags::artifact_tags(refs, &tags, self.subject.version);
        for tag in &artifacts {
            self.note(format!("tag {tag}"), false, "is named as an artifact branch: holds what was built");
        }
        // A gitHead that nothing speaks against decides; any other waits for the tags.
        let mut waiting: Vec<(Kept, Option<Reach>)> = Vec::new();
        let mut seen = BTreeSet::new();
        for (from, commit) in heads {
            if !seen.insert(*commit) {
                continue;
            }
            let candidate = Candidate { commit: *commit, named: Named::GitHead(*from) };
            if let Some(name) = only_artifact_refs(refs, *commit) {
                let why = format!("{name} is named as an artifact branch: holds what was built");
                self.note(candidate.label(), false, &why);
                continue;
            }
            let Some(kept) = self.examine(candidate).await? else { continue };
            let reach = self.reach(refs, *commit).await?;
            if kept.is_strong() && reach.is_some() {
                return self.decide(refs, &tags, kept, reach).await;
            }
            waiting.push((kept, reach));
        }
        let mut kept = self.examine_tags(refs, &tags, &mut seen).await?;
        // A commit that a gitHead and a tag name alike has been examined already.
        let named_twice = waiting.iter().position(|(kept, reach)| {
            reach.is_some() && tags.iter().any(|tag| tag.commit == kept.candidate.commit)
        });
        if let Some(at) = named_twice {
            kept.insert(0, waiting.remove(at).0);
        }
        let choice = select::choose(&kept);
        self.tell_artifacts(&kept, &choice);
        if let Some(at) = choice.chosen {
            let strong = kept[at].is_strong();
            let head = waiting
                .iter()
                .position(|(head, reach)| !strong && reach.is_some() && head.version_is != VersionIs::Other);
            if head.is_none() {
                let mut caps = Vec::new();
                if let Some(rival) = choice.rival {
                    let (one, other) = (kept[at].candidate.label(), kept[rival].candidate.label());
                    caps.push(format!("ambiguous: {one} and {other} hold different trees and both fit"));
                }
                let chosen = kept.swap_remove(at);
                let reach = reach_by_ref(refs, chosen.candidate.commit);
                self.settle(&tags, chosen, reach, caps);
                return Ok(());
            }
        }
        // No tag decides: the best gitHead that waits, capped.
        let usable = |(kept, _): &(Kept, Option<Reach>)| {
            kept.version_is != VersionIs::Other
                || kept.manifest_diff.is_some() && kept.class == Class::Verbatim
        };
        if let Some(at) = waiting.iter().position(usable) {
            let (head, reach) = waiting.swap_remove(at);
            self.settle(&tags, head, reach, Vec::new());
            return Ok(());
        }
        for (head, _) in &waiting {
            let held = head.version.as_deref().unwrap_or("none");
            self.located.get_or_insert(head.path.clone());
            self.note(head.candidate.label(), false, &format!("{} holds version {held}", head.path));
        }
        self.without_names(refs, !tags.is_empty() || !heads.is_empty()).await
    }

    fn note(&mut self, candidate: String, kept: bool, why: &str) {
        self.survey.considered.push(Considered { candidate, kept, why: why.to_owned() });
    }

    async fn examine(&mut self, candidate: Candidate) -> Result<Option<Kept>, Unresolved> {
        let label = candidate.label();
        let directory = self.claim.directory.as_deref();
        match examine(self.subject, self.repositories, &self.claim.repository, directory, candidate).await? {
            Ok(kept) => {
                let files = kept.correspondence.counts;
                let held = kept.version.as_deref().unwrap_or("no version");
                let why = format!(
                    "{} holds {} {held}; {} of {} files are the commit's",
                    kept.path,
                    self.subject.name,
                    files.identical,
                    files.total()
                );
                self.note(label, true, &why);
                Ok(Some(kept))
            }
            Err(refused) => {
                self.note(label, false, &refused.why);
                self.located = self.located.take().or(refused.located);
                Ok(None)
            }
        }
    }

    /// Tags that name the package; the others only where none of those holds it.
    async fn examine_tags(
        &mut self,
        refs: &Refs,
        tags: &[TagCandidate],
        seen: &mut BTreeSet<Commit>,
    ) -> Result<Vec<Kept>, Unresolved> {
        let scoped_in_use = tags::uses_scoped(refs, self.subject.name);
        let mut kept = Vec::new();
        for scoped in [true, false] {
            for tag in tags.iter().filter(|tag| tag.scoped == scoped) {
                if !kept.is_empty() && scoped_in_use && !scoped {
                    let why = "not looked at: tags that name the package decide";
                    self.note(format!("tag {}", tag.tag), false, why);
                } else if seen.insert(tag.commit) {
                    kept.extend(self.examine(tag_candidate(tag, scoped_in_use && !scoped)).await?);
                }
            }
        }
        Ok(kept)
    }

    /// How a ref leads to the commit; `None` where that is not shown.
    async fn reach(&mut self, refs: &Refs, commit: Commit) -> Result<Option<Reach>, Unresolved> {
        if let Some(reach) = reach_by_ref(refs, commit) {
            return Ok(Some(reach));
        }
        match self.repositories.reachable(&self.claim.repository, commit).await {
            Ok(true) => Ok(Some(Reach::History)),
            Ok(false) | Err(NoAnswer::NoCommit(_) | NoAnswer::NoRepository(_) | NoAnswer::Failed(_)) => {
                Ok(None)
            }
            Err(no) => reached(no).map(|_| None),
        }
    }

    /// A gitHead that decides, unless it commits what a tag of the same version leaves to the build.
    async fn decide(
        &mut self,
        refs: &Refs,
        tags: &[TagCandidate],
        head: Kept,
        reach: Option<Reach>,
    ) -> Result<(), Unresolved> {
        let mut witnesses: Vec<TagCandidate> = Vec::new();
        if !head.correspondence.committed_output.is_empty()
            && !tags.iter().any(|tag| tag.commit == head.candidate.commit)
        {
            witnesses.extend(tags.iter().take(WITNESSES).cloned());
        }
        let mut kept = vec![head];
        for tag in &witnesses {
            kept.extend(self.examine(tag_candidate(tag, false)).await?);
        }
        let choice = select::choose(&kept);
        self.tell_artifacts(&kept, &choice);
        let at = choice.chosen.unwrap_or_default();
        let chosen = kept.swap_remove(at);
        let reach = if at == 0 { reach } else { reach_by_ref(refs, chosen.candidate.commit) };
        self.settle(tags, chosen, reach, Vec::new());
        Ok(())
    }

    fn tell_artifacts(&mut self, kept: &[Kept], choice: &select::Choice) {
        for (artifact, source) in &choice.artifacts {
            let (label, other) = (kept[*artifact].candidate.label(), kept[*source].candidate.label());
            let why = format!("artifact branch: commits build output that {other} leaves to the build");
            self.survey.considered.retain(|known| known.candidate != label);
            self.survey.flags.push(Flag {
                kind: FlagKind::ArtifactBranch,
                paths: vec![label.clone()],
                note: Some(why.clone()),
            });
            self.note(label, false, &why);
        }
    }

    fn settle(&mut self, tags: &[TagCandidate], kept: Kept, reach: Option<Reach>, mut caps: Vec<String>) {
        if reach.is_none() {
            caps.push("no tag or branch is shown to lead to the commit: it can be a fork's".to_owned());
        }
        if kept.version_is == VersionIs::Other {
            let held = kept.version.as_deref().unwrap_or("none");
            caps.push(format!("the commit's own package.json holds version {held}"));
        }
        let tag = tags.iter().find(|tag| tag.commit == kept.candidate.commit);
        let tag = tag.map(|tag| (tag.tag.clone(), tag.scheme));
        self.survey.chosen = Some(Chosen { kept, tag, reach, caps });
    }

    /// Nothing that names a commit fits: the history of the manifest, or the proof that it is not here.
    async fn without_names(&mut self, refs: &Refs, had_names: bool) -> Result<(), Unresolved> {
        if self.located.is_none() {
            self.look_at_tip(refs).await?;
        }
        let Some(path) = self.located.clone() else { return Ok(()) };
        let version = self.subject.version.as_str();
        let commits = match self.repositories.set_version(&self.claim.repository, &path, version).await {
            Ok(commits) => commits,
            Err(no) => {
                let why = reached(no)?.to_string();
                self.note(format!("history of {path}"), false, &why);
                Vec::new()
            }
        };
        let mut kept = Vec::new();
        for commit in commits.into_iter().take(VERSION_COMMITS) {
            if only_artifact_refs(refs, commit).is_some() {
                continue;
            }
            let named = Named::VersionSet { path: path.clone() };
            kept.extend(self.examine(Candidate { commit, named }).await?);
        }
        // What history says must hold by itself: a placeholder would fit any commit.
        kept.retain(|kept| kept.version_is == VersionIs::Exact);
        let choice = select::choose(&kept);
        self.tell_artifacts(&kept, &choice);
        if let Some(at) = choice.chosen {
            let mut caps = Vec::new();
            if choice.rival.is_some() {
                caps.push("ambiguous: more than one commit set this version".to_owned());
            }
            let chosen = kept.swap_remove(at);
            let reach = reach_by_ref(refs, chosen.candidate.commit).or(Some(Reach::History));
            self.settle(&[], chosen, reach, caps);
            return Ok(());
        }
        let why =
            if had_names { "no tag or gitHead of it fits" } else { "no tag or gitHead names a commit of it" };
        self.survey.nothing = Some(format!("{} holds {path}, but {why}", self.claim.repository));
        Ok(())
    }

    /// Whether the main line holds a manifest of that name at all.
    async fn look_at_tip(&mut self, refs: &Refs) -> Result<(), Unresolved> {
        let repository = &self.claim.repository;
        let main = MAIN.iter().find_map(|name| refs.heads.get_key_value(*name));
        let Some((branch, commit)) = main.or_else(|| refs.heads.first_key_value()) else {
            self.survey.nothing = Some(format!("{repository} has no branches"));
            return Ok(());
        };
        let tree = match self.repositories.tree(repository, *commit).await {
            Ok(tree) => tree,
            Err(no) => {
                self.survey.nothing = Some(format!("{repository}: {}", reached(no)?));
                return Ok(());
            }
        };
        let directory = self.claim.directory.as_deref();
        let paths = locate::manifests(&tree, self.subject.contents, self.subject.name, directory);
        for path in paths.iter().take(locate::ASKED) {
            let text = manifest_text(self.subject, self.repositories, repository, &tree, path).await?;
            if text.is_some_and(|text| parse(&text)["name"].as_str() == Some(self.subject.name.as_str())) {
                self.located = Some(path.clone());
                return Ok(());
            }
        }
        let (found, all) = locate::overlap(&tree, self.subject.contents);
        let absent = format!("{repository} holds no package.json of that name at the tip of {branch}");
        let files = format!("{found} of {all} of the tarball's files");
        if paths.len() <= locate::ASKED && all > 0 && found * 10 < all {
            self.survey.contradiction = Some(format!("{absent}, and {files}"));
        } else {
            self.survey.nothing = Some(format!("{absent} ({files} are there)"));
        }
        Ok(())
    }
}

fn tag_candidate(tag: &TagCandidate, demoted: bool) -> Candidate {
    Candidate { commit: tag.commit, named: Named::Tag { tag: tag.tag.clone(), scheme: tag.scheme, demoted } }
}

fn reach_by_ref(refs: &Refs, commit: Commit) -> Option<Reach> {
    let tag = refs.tags.iter().find(|(name, at)| **at == commit && !tags::names_artifact(name));
    let tag = tag.or_else(|| refs.tags.iter().find(|(_, at)| **at == commit));
    let branch = || refs.heads.iter().find(|(_, at)| **at == commit);
    tag.map(|(name, _)| Reach::Tag(name.clone()))
        .or_else(|| branch().map(|(name, _)| Reach::Branch(name.clone())))
}

/// A ref of the commit, where every ref of it is named as one that holds built output.
fn only_artifact_refs(refs: &Refs, commit: Commit) -> Option<&str> {
    let mut names = refs
        .tags
        .iter()
        .chain(&refs.heads)
        .filter(|(_, at)| **at == commit)
        .map(|(name, _)| name.as_str())
        .peekable();
    let first = *names.peek()?;
    names.all(tags::names_artifact).then_some(first)
}
