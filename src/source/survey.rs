//! One repository: what names a commit in it, asked for in the order of evidence, as little as possible.

use std::collections::BTreeSet;

use super::ambiguity::Doubt;
use super::candidate::{Candidate, Kept, Named, VersionIs};
use super::claims::{Claim, Standing};
use super::repository::{Commit, NoAnswer, Refs, Repositories, Repository};
use super::resolution::{Class, Considered, Flag, FlagKind, GitHeadFrom, Reach};
use super::subject::Subject;
use super::tags::{self, TagCandidate};
use super::{ambiguity, select};
use crate::source::repository::Unreachable;

/// What one repository gave.
#[derive(Default)]
pub(super) struct Survey {
    pub(super) chosen: Option<Chosen>,
    pub(super) considered: Vec<Considered>,
    pub(super) flags: Vec<Flag>,
    /// The repository's present address, where the host redirects to another one.
    pub(super) renamed: Option<Repository>,
    /// Why the repository is someone else's.
    pub(super) contradiction: Option<String>,
    /// Why there is no commit, where there is none.
    pub(super) nothing: Option<String>,
    /// There is no such repository.
    pub(super) absent: bool,
}

/// The commit, and what keeps it from being proved.
pub(super) struct Chosen {
    pub(super) kept: Kept,
    /// Scheme and name of a tag that is this commit.
    pub(super) tag: Option<(String, &'static str)>,
    pub(super) reach: Option<Reach>,
    /// Why no more than tier C.
    pub(super) caps: Vec<String>,
    /// What else is said of the choice.
    pub(super) notes: Vec<String>,
}

pub(super) struct Surveyor<'a, S, R> {
    pub(super) subject: &'a S,
    pub(super) repositories: &'a R,
    pub(super) claim: &'a Claim,
    pub(super) survey: Survey,
    /// Where a manifest of the name was seen.
    pub(super) located: Option<String>,
    /// A candidate that could not be read, though the repository has it.
    unread: Option<String>,
    /// Other commits that can be meant.
    pub(super) doubts: Vec<Doubt>,
}

/// Looks for the package in one repository.
pub(super) async fn survey(
    subject: &impl Subject,
    repositories: &impl Repositories,
    claim: &Claim,
    heads: &[(GitHeadFrom, Commit)],
) -> Result<Survey, Unreachable> {
    let refs = match repositories.refs(&claim.repository).await {
        Ok(refs) => refs,
        Err(no) => {
            let no = no.reached()?;
            let why = no.to_string();
            // What git says names this machine's folders and proxies: it is for whoever asks now, not for
            // the pins.
            let gist = match no {
                NoAnswer::NoRepository(_) => "the repository does not exist, or is not public",
                _ => "the repository cannot be read",
            };
            let nothing = Some(format!("{gist}: {}", claim.repository));
            let absent = matches!(no, NoAnswer::NoRepository(_));
            let candidate = claim.repository.to_string();
            let considered = vec![Considered { candidate, kept: false, why }];
            return Ok(Survey { considered, nothing, absent, ..Survey::default() });
        }
    };
    let renamed = refs.renamed(&claim.repository);
    let why = match &renamed {
        Some(now) => format!("named as {}; renamed: it redirects to {now}", claim.from),
        None => format!("named as {}", claim.from),
    };
    let considered = vec![Considered { candidate: claim.repository.to_string(), kept: true, why }];
    let survey = Survey { considered, renamed, ..Survey::default() };
    let doubts = Vec::new();
    let mut surveyor = Surveyor { subject, repositories, claim, survey, located: None, unread: None, doubts };
    surveyor.run(&refs, heads).await?;
    surveyor.tell_heads(heads);
    Ok(surveyor.survey)
}

impl<S: Subject, R: Repositories> Surveyor<'_, S, R> {
    async fn run(&mut self, refs: &Refs, heads: &[(GitHeadFrom, Commit)]) -> Result<(), Unreachable> {
        if let Some(given) = self.subject.given() {
            return self.look_at(given, refs).await;
        }
        let spelled = self.subject.spelled(self.claim);
        let tags = tags::candidates(refs, &spelled);
        let artifacts = tags::artifact_tags(refs, &tags, self.subject.version());
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
            if let Some(name) = only_artifact_refs(refs, &tags, *commit) {
                let why = format!("{name} is named as an artifact branch: holds what was built");
                self.note(candidate.label(), false, &why);
                continue;
            }
            let Some(kept) = self.examine(candidate).await? else { continue };
            let reach = self.reach(refs, *commit).await?;
            if kept.is_strong() && reach.is_some() {
                return self.decide(refs, &tags, kept, reach, &mut seen).await;
            }
            waiting.push((kept, reach));
        }
        let mut kept = self.examine_tags(refs, &tags, &mut seen).await?;
        // A commit that a gitHead and a tag name alike has been examined already.
        let named_twice = waiting.iter().position(|(kept, reach)| {
            reach.is_some()
                && kept.version_is != VersionIs::Other
                && tags.iter().any(|tag| tag.commit == kept.candidate.commit)
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
                self.doubts.extend(ambiguity::among(&kept, &choice));
                let chosen = kept.swap_remove(at);
                let reach = reach_by_ref(refs, chosen.candidate.commit);
                return self.settle_source(refs, &tags, chosen, reach, Vec::new()).await;
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
        let refused = tags.first().map(|tag| tag.tag.as_str());
        self.without_names(refs, refused, refused.is_some() || !heads.is_empty()).await
    }

    pub(super) fn note(&mut self, candidate: String, kept: bool, why: &str) {
        self.survey.considered.push(Considered { candidate, kept, why: why.to_owned() });
    }

    pub(super) async fn examine(&mut self, candidate: Candidate) -> Result<Option<Kept>, Unreachable> {
        let label = candidate.label();
        match self.subject.examine(self.repositories, self.claim, candidate).await? {
            Ok(kept) => {
                let files = kept.correspondence.counts;
                let held = kept.version.as_deref().unwrap_or("(without a version)");
                let why = format!(
                    "{} holds {} {held}; {} of {} files are the commit's",
                    kept.path,
                    self.subject.name(),
                    files.identical,
                    files.total()
                );
                self.note(label, true, &why);
                Ok(Some(kept))
            }
            Err(refused) => {
                self.note(label.clone(), false, &refused.why);
                if refused.unread {
                    self.unread = Some(label);
                }
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
    ) -> Result<Vec<Kept>, Unreachable> {
        let scoped_in_use = tags::uses_scoped(refs, &self.subject.spelled(self.claim));
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
    pub(super) async fn reach(&mut self, refs: &Refs, commit: Commit) -> Result<Option<Reach>, Unreachable> {
        if let Some(reach) = reach_by_ref(refs, commit) {
            return Ok(Some(reach));
        }
        match self.repositories.reachable(&self.claim.repository, commit).await {
            Ok(true) => Ok(Some(Reach::History)),
            Ok(false) | Err(NoAnswer::NoCommit(_) | NoAnswer::NoRepository(_) | NoAnswer::Failed(_)) => {
                Ok(None)
            }
            Err(no) => no.reached().map(|_| None),
        }
    }

    pub(super) fn tell_artifacts(&mut self, kept: &[Kept], choice: &select::Choice) {
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

    pub(super) fn settle(
        &mut self,
        tags: &[TagCandidate],
        kept: Kept,
        reach: Option<Reach>,
        mut caps: Vec<String>,
    ) {
        if reach.is_none() {
            caps.push("no tag or branch is shown to lead to the commit: it can be a fork's".to_owned());
        }
        if let Some(aside) = &kept.extra.aside {
            caps.push(format!(
                "it lies in {}: {aside} holds material of tests, examples or others' code, and the repository's root \
                 lists no workspace there",
                kept.packed
            ));
        }
        if kept.version_is == VersionIs::Other {
            let held = kept.version.as_deref().unwrap_or("none");
            caps.push(format!("the commit's own package.json holds version {held}"));
        }
        if self.claim.standing == Standing::Mentioned {
            caps.push("the metadata names no repository: its description mentions this one".to_owned());
        }
        if let Some(unread) = &self.unread {
            caps.push(format!("{unread} could not be read, and may have been the source"));
        }
        caps.extend(kept.extra.caps());
        let (capping, noted): (Vec<Doubt>, Vec<Doubt>) =
            std::mem::take(&mut self.doubts).into_iter().partition(Doubt::caps);
        caps.splice(0..0, capping.iter().map(Doubt::says));
        let notes = noted.iter().map(Doubt::says).chain(kept.extra.notes()).collect();
        let tag = tags.iter().find(|tag| tag.commit == kept.candidate.commit);
        let tag = tag.map(|tag| (tag.tag.clone(), tag.scheme));
        self.survey.chosen = Some(Chosen { kept, tag, reach, caps, notes });
    }
}

pub(super) fn tag_candidate(tag: &TagCandidate, demoted: bool) -> Candidate {
    Candidate { commit: tag.commit, named: Named::Tag { tag: tag.tag.clone(), scheme: tag.scheme, demoted } }
}

pub(super) fn reach_by_ref(refs: &Refs, commit: Commit) -> Option<Reach> {
    let tag = refs.tags.iter().find(|(name, at)| **at == commit && !tags::names_artifact(name));
    let tag = tag.or_else(|| refs.tags.iter().find(|(_, at)| **at == commit));
    let branch = || refs.heads.iter().find(|(_, at)| **at == commit);
    tag.map(|(name, _)| Reach::Tag(name.clone()))
        .or_else(|| branch().map(|(name, _)| Reach::Branch(name.clone())))
}

/// A ref of the commit, where every ref of it is named as one that holds built output. A tag of the version
/// itself (`v1.0.0-browser`) is none.
pub(super) fn only_artifact_refs<'a>(
    refs: &'a Refs,
    tags: &[TagCandidate],
    commit: Commit,
) -> Option<&'a str> {
    let is_version = |name: &str| tags.iter().any(|tag| tag.tag == name);
    let mut names = refs
        .tags
        .iter()
        .chain(&refs.heads)
        .filter(|(_, at)| **at == commit)
        .map(|(name, _)| name.as_str())
        .peekable();
    let first = *names.peek()?;
    names.all(|name| tags::names_artifact(name) && !is_version(name)).then_some(first)
}
