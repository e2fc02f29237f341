//! A `Repositories` of tables, in which a question that was not recorded panics, and packages to ask for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use headwater::contents::tarball::{Files, Raw, describe};
use headwater::contents::{Contents, Dropped, File, Format, Looks};
use headwater::graph::{PackageName, Version};
use headwater::hash::Digest;
use headwater::source::repository::Unreachable;
use headwater::source::repository::{
    Commit, FileKind, NoAnswer, Refs, Repositories, Repository, Tree, TreeFile,
};
use headwater::source::{Resolution, Span, resolve};
use serde_json::Value;

pub const R: &str = "https://github.com/o/r";

pub fn blob(text: &str) -> Digest<20> {
    use sha1_checked::Digest as _;
    let mut hash = sha1_checked::Sha1::new();
    hash.update(format!("blob {}\0{text}", text.len()));
    Digest(hash.finalize().into())
}

/// A commit id of one repeated byte.
pub fn commit(byte: u8) -> Commit {
    Digest([byte; 20])
}

#[derive(Default)]
pub struct Fake {
    refs: BTreeMap<String, Result<Arc<Refs>, NoAnswer>>,
    trees: BTreeMap<Commit, Result<Arc<Tree>, NoAnswer>>,
    blobs: BTreeMap<Digest<20>, Vec<u8>>,
    reachable: BTreeMap<Commit, Result<bool, NoAnswer>>,
    history: BTreeMap<(String, String), Vec<Commit>>,
    parents: BTreeMap<Commit, Vec<Commit>>,
    holding: BTreeMap<Commit, Option<Span>>,
    beside: BTreeSet<Commit>,
}

impl Fake {
    /// Tags and branches (`heads/x`) of `R`.
    pub fn refs(self, names: &[(&str, u8)]) -> Self {
        self.refs_of(R, names)
    }

    pub fn refs_of(mut self, repository: &str, names: &[(&str, u8)]) -> Self {
        let mut refs = Refs::default();
        for (name, at) in names {
            match name.strip_prefix("heads/") {
                Some(branch) => refs.heads.insert(branch.to_owned(), commit(*at)),
                None => refs.tags.insert((*name).to_owned(), commit(*at)),
            };
        }
        self.refs.insert(repository.to_owned(), Ok(Arc::new(refs)));
        self
    }

    pub fn no_refs(mut self, repository: &str, no: NoAnswer) -> Self {
        self.refs.insert(repository.to_owned(), Err(no));
        self
    }

    /// The files of a commit; a path that begins with `>` is a symbolic link.
    pub fn tree(mut self, at: u8, files: &[(&str, &str)]) -> Self {
        let entry = |(path, text): &(&str, &str)| {
            let kind = if path.starts_with('>') { FileKind::Symlink } else { FileKind::Regular };
            (path.trim_start_matches('>').to_owned(), TreeFile { blob: blob(text), kind })
        };
        self.trees.insert(
            commit(at),
            Ok(Arc::new(Tree { files: files.iter().map(entry).collect(), ..Tree::default() })),
        );
        self
    }

    pub fn no_tree(mut self, at: u8, no: NoAnswer) -> Self {
        self.trees.insert(commit(at), Err(no));
        self
    }

    /// A blob that may be asked for.
    pub fn blob(mut self, text: &str) -> Self {
        self.blobs.insert(blob(text), text.as_bytes().to_vec());
        self
    }

    /// What is mounted in the tree of a commit.
    pub fn submodule(mut self, at: u8, path: &str) -> Self {
        if let Some(Ok(tree)) = self.trees.get_mut(&commit(at)) {
            Arc::make_mut(tree).submodules.insert(path.to_owned(), commit(0));
        }
        self
    }

    /// How many commits of the main line hold the most of an sdist's files, and the first of them.
    pub fn holding(mut self, tip: u8, first: u8, commits: usize) -> Self {
        let dated = Vec::new();
        self.holding.insert(commit(tip), Some(Span { first: commit(first), commits, files: 1, dated }));
        self
    }

    /// The same with the times of each of them.
    pub fn holding_at(mut self, tip: u8, dated: &[(u8, i64)]) -> Self {
        let dated: Vec<_> = dated.iter().map(|(at, time)| (commit(*at), *time)).collect();
        let span = Span { first: dated[0].0, commits: dated.len(), files: 1, dated };
        self.holding.insert(commit(tip), Some(span));
        self
    }

    pub fn reachable(mut self, at: u8, answer: Result<bool, NoAnswer>) -> Self {
        self.reachable.insert(commit(at), answer);
        self
    }

    /// A commit that is in the history of no branch that can be the main line; all others are.
    pub fn beside(mut self, at: u8) -> Self {
        self.beside.insert(commit(at));
        self
    }

    pub fn parents(mut self, of: u8, commits: &[u8]) -> Self {
        self.parents.insert(commit(of), commits.iter().map(|at| commit(*at)).collect());
        self
    }

    /// `R` redirects to another address.
    pub fn moved(mut self, to: &str) -> Self {
        if let Some(Ok(refs)) = self.refs.get_mut(R) {
            Arc::make_mut(refs).moved = Some(to.to_owned());
        }
        self
    }

    pub fn history(mut self, path: &str, version: &str, commits: &[u8]) -> Self {
        let commits = commits.iter().map(|at| commit(*at)).collect();
        self.history.insert((path.to_owned(), version.to_owned()), commits);
        self
    }
}

impl Repositories for Fake {
    async fn refs(&self, repository: &Repository) -> Result<Arc<Refs>, NoAnswer> {
        self.refs.get(&repository.0).unwrap_or_else(|| panic!("refs of {repository} asked for")).clone()
    }

    async fn tree(&self, _: &Repository, at: Commit) -> Result<Arc<Tree>, NoAnswer> {
        self.trees.get(&at).unwrap_or_else(|| panic!("tree of {at} asked for")).clone()
    }

    async fn blob(&self, _: &Repository, blob: Digest<20>) -> Result<Vec<u8>, NoAnswer> {
        Ok(self.blobs.get(&blob).unwrap_or_else(|| panic!("blob {blob} asked for")).clone())
    }

    async fn parents(&self, _: &Repository, of: Commit) -> Result<Vec<Commit>, NoAnswer> {
        Ok(self.parents.get(&of).unwrap_or_else(|| panic!("parents of {of} asked for")).clone())
    }

    async fn reachable(&self, _: &Repository, at: Commit) -> Result<bool, NoAnswer> {
        self.reachable.get(&at).unwrap_or_else(|| panic!("reachability of {at} asked for")).clone()
    }

    async fn on_branch(&self, _: &Repository, _: &str, at: Commit) -> Result<bool, NoAnswer> {
        Ok(!self.beside.contains(&at))
    }

    async fn set_version(&self, _: &Repository, path: &str, version: &str) -> Result<Vec<Commit>, NoAnswer> {
        let asked = (path.to_owned(), version.to_owned());
        Ok(self.history.get(&asked).unwrap_or_else(|| panic!("history of {asked:?} asked for")).clone())
    }

    async fn holding(
        &self,
        repository: &Repository,
        branch: &str,
        files: &[(String, Digest<20>)],
    ) -> Result<Option<Span>, NoAnswer> {
        let tip =
            self.refs.get(&repository.0).and_then(|refs| refs.as_ref().ok()?.heads.get(branch).copied());
        let tip = tip.unwrap_or_else(|| panic!("history of {branch} in {repository} asked for"));
        let span = self.holding.get(&tip).unwrap_or_else(|| panic!("history of {tip} asked for"));
        Ok(span.clone().filter(|_| !files.is_empty()))
    }
}

/// A package.json that names `R`.
pub fn manifest(name: &str, version: &str) -> String {
    format!("{{\"name\": \"{name}\", \"version\": \"{version}\", \"repository\": \"o/r\"}}\n")
}

/// What a tarball of these files holds. A text with a NUL looks binary, one that starts with `!!`
/// minified.
pub fn contents(files: &[(&str, &str)]) -> Contents {
    let file = |(path, text): &(&str, &str)| File {
        path: (*path).to_owned(),
        executable: false,
        size: text.len() as u64,
        sha256: Digest([0; 32]),
        blob: blob(text),
        linked: None,
        blob_lf: text.contains("\r\n").then(|| blob(&text.replace("\r\n", "\n"))),
        looks: match text {
            text if text.contains('\0') => Some(Looks::Binary),
            text if text.starts_with("!!") => Some(Looks::Minified),
            text if text.starts_with("\x7fELF") => Some(Looks::Compiled),
            text if text.starts_with("__esModule") => Some(Looks::Built),
            _ => None,
        },
    };
    let raw = |text: &str| Raw { executable: false, bytes: text.as_bytes().to_vec() };
    let raws = files.iter().map(|(path, text)| ((*path).to_owned(), raw(text))).collect();
    let described =
        describe(Files { files: raws, dropped: Vec::new(), differs: None }, Format::Npm, 0).unwrap();
    let mut all: Vec<File> = files.iter().map(file).collect();
    all.sort_by(|a, b| a.path.cmp(&b.path));
    let manifest = files.iter().find(|(path, _)| *path == "package.json").map_or("", |(_, text)| text);
    Contents {
        files: all,
        dropped: Vec::<Dropped>::new(),
        manifest: manifest.to_owned(),
        shrinkwrap: None,
        texts: Default::default(),
        names: described.contents.names,
        packed_size: 1,
        differs: None,
    }
}

pub async fn ask(
    name: &str,
    version: &str,
    files: &[(&str, &str)],
    metadata: Option<Value>,
    fake: &Fake,
) -> Result<Resolution, Unreachable> {
    let (name, version) = (PackageName::new(name).unwrap(), Version::new(version).unwrap());
    resolve(&name, &version, &contents(files), metadata.as_ref(), fake).await
}

/// `ask` for `a@1.0.0` where every host answers.
pub async fn a(files: &[(&str, &str)], metadata: Option<Value>, fake: &Fake) -> Resolution {
    ask("a", "1.0.0", files, metadata, fake).await.unwrap()
}

/// What was said of a candidate.
pub fn said(resolution: &Resolution, candidate: &str) -> (bool, String) {
    let found = resolution.considered.iter().find(|one| one.candidate.starts_with(candidate));
    let found = found.unwrap_or_else(|| panic!("{candidate} is not in {:#?}", resolution.considered));
    (found.kept, found.why.clone())
}
