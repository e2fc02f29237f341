//! Real repositories, reached by public addresses that git itself rewrites.

mod bad_days;
mod hashing;
mod moved;
mod rewritten;
mod smart;
mod versions;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::program;
use headwater::hash::Digest;
use headwater::source::repository::{Commit, FileKind, NoAnswer, Repositories, Repository};
use headwater::world::cache::Cache;
use headwater::world::git::{Git, Options};
use tempfile::TempDir;

/// A folder with repositories, a cache, and git's rewriting of `https://forge.example.org/` to it.
struct Forge {
    folder: TempDir,
    options: Options,
}

fn repository(name: &str) -> Repository {
    Repository(format!("https://forge.example.org/{name}"))
}

fn rewriting(rules: &[(String, &str)]) -> Vec<(String, String)> {
    let mut env = vec![("GIT_CONFIG_COUNT".to_owned(), rules.len().to_string())];
    for (index, (to, from)) in rules.iter().enumerate() {
        env.push((format!("GIT_CONFIG_KEY_{index}"), format!("url.{to}.insteadOf")));
        env.push((format!("GIT_CONFIG_VALUE_{index}"), (*from).to_owned()));
    }
    env
}

impl Forge {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let to = format!("{}/", folder.path().display());
        let options = Options {
            env: rewriting(&[(to, "https://forge.example.org/")]),
            timeout: Duration::from_secs(20),
            backoff: Duration::from_millis(10),
            ..Options::default()
        };
        Self { folder, options }
    }

    fn git(&self) -> Git {
        Git::new(self.options.clone(), Cache::open(&self.folder.path().join("cache"))).unwrap()
    }

    /// Makes a repository that serves what the forges serve.
    fn init(&self, name: &str, args: &[&str]) -> PathBuf {
        let path = self.folder.path().join(name);
        run(self.folder.path(), &[&["init", "--quiet", "--initial-branch=main", name], args].concat());
        for setting in ["uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"] {
            run(&path, &["config", setting, "true"]);
        }
        path
    }

    /// git behind a log of its calls; `instead` is what a call of `command` does.
    fn logged(&mut self, command: &str, instead: &str) -> PathBuf {
        let (program, log) = (self.folder.path().join("git-logged"), self.folder.path().join("log"));
        let script = format!(
            "#!/bin/sh\necho \"$@\" >> {}\nfor word; do [ \"$word\" = {command} ] && {{ {instead}; }}; done\nexec git \"$@\"\n",
            log.display()
        );
        program::write(&program, &script);
        self.options.program = program.display().to_string();
        log
    }
}

fn run(folder: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgSign=false"])
        .args(args)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn commit(folder: &Path, files: &[(&str, &str)]) -> Commit {
    for (path, text) in files {
        let at = folder.join(path);
        std::fs::create_dir_all(at.parent().unwrap()).unwrap();
        std::fs::write(at, text).unwrap();
    }
    run(folder, &["add", "-A"]);
    run(folder, &["commit", "--quiet", "-m", "m"]);
    id(&run(folder, &["rev-parse", "HEAD"]))
}

fn id(hex: &str) -> Digest<20> {
    Digest::try_from(hex.to_owned()).unwrap()
}

#[tokio::test]
async fn refs_with_annotated_tags_peeled() {
    let mut forge = Forge::new();
    let log = forge.logged("none", "true");
    let path = forge.init("a", &[]);
    let first = commit(&path, &[("a", "1")]);
    run(&path, &["tag", "-a", "-m", "x", "v1"]);
    run(&path, &["tag", "@s/a@1"]);
    let second = commit(&path, &[("a", "2")]);
    let git = forge.git();
    let a = repository("a");
    let (refs, again) = tokio::join!(git.refs(&a), git.refs(&a));
    let refs = refs.unwrap();
    assert_eq!((refs.tags["v1"], refs.tags["@s/a@1"], refs.heads["main"]), (first, first, second));
    assert!(again.is_ok() && forge.git().refs(&a).await.is_ok());
    let calls = std::fs::read_to_string(log).unwrap();
    assert_eq!(questions(&calls), 1, "asked once, then remembered:\n{calls}");
}

#[tokio::test]
async fn a_tree_comes_without_blobs_and_blobs_when_asked() {
    let forge = Forge::new();
    let path = forge.init("a", &[]);
    std::os::unix::fs::symlink("a", path.join("link")).unwrap();
    std::fs::write(path.join("run"), "#!/bin/sh\n").unwrap();
    std::fs::set_permissions(path.join("run"), std::fs::Permissions::from_mode(0o755)).unwrap();
    commit(&path, &[("a", "one"), ("d/\u{e9} b", "two")]);
    let tip = commit(&path, &[("a", "changed")]);
    let git = forge.git();
    let tree = git.tree(&repository("a"), tip).await.unwrap();
    let kinds: Vec<_> = tree.files.iter().map(|(path, file)| (path.as_str(), file.kind)).collect();
    let expected = [
        ("a", FileKind::Regular),
        ("d/\u{e9} b", FileKind::Regular),
        ("link", FileKind::Symlink),
        ("run", FileKind::Executable),
    ];
    assert_eq!(kinds, expected);
    let store = std::fs::read_dir(forge.folder.path().join("cache/git")).unwrap();
    let store =
        store.map(|entry| entry.unwrap().path()).find(|path| path.extension().unwrap() == "git").unwrap();
    let objects = run(&store, &["cat-file", "--batch-all-objects", "--batch-check=%(objecttype)"]);
    assert!(!objects.contains("blob"), "{objects}");
    assert_eq!(git.blob(&repository("a"), tree.files["a"].blob).await.unwrap(), b"changed");
    assert!(git.blob(&repository("a"), Digest([7; 20])).await.is_err());
    assert!(git.take_notices().is_empty());
}

#[tokio::test]
async fn a_server_without_filters_is_noted() {
    let forge = Forge::new();
    let path = forge.init("a", &[]);
    run(&path, &["config", "uploadpack.allowFilter", "false"]);
    let tip = commit(&path, &[("a", "1")]);
    let git = forge.git();
    assert_eq!(git.tree(&repository("a"), tip).await.unwrap().files.len(), 1);
    assert_eq!(git.take_notices().len(), 1);
}

#[tokio::test]
async fn what_is_not_there_has_its_own_error() {
    let forge = Forge::new();
    let path = forge.init("a", &[]);
    commit(&path, &[("a", "1")]);
    run(&path, &["tag", "-a", "-m", "x", "v1"]);
    let tag = id(&run(&path, &["rev-parse", "v1"]));
    forge.init("empty", &[]);
    forge.init("sha256", &["--object-format=sha256"]);
    commit_sha256(&forge.folder.path().join("sha256"));
    let git = forge.git();
    let none = Digest([7; 20]);
    assert!(matches!(git.tree(&repository("a"), none).await, Err(NoAnswer::NoCommit(_))));
    let of_tag = git.tree(&repository("a"), tag).await;
    assert!(matches!(of_tag, Err(NoAnswer::NoCommit(_))), "{of_tag:?}");
    let absent = git.refs(&repository("absent")).await;
    assert!(matches!(absent, Err(NoAnswer::NoRepository(_))), "{absent:?}");
    assert_eq!(*git.refs(&repository("empty")).await.unwrap(), Default::default());
    assert!(matches!(git.tree(&repository("empty"), none).await, Err(NoAnswer::NoCommit(_))));
    let Err(NoAnswer::Failed(why)) = git.refs(&repository("sha256")).await else { panic!() };
    assert!(why.contains("SHA-256"), "{why}");
    let refused = git.refs(&Repository("--upload-pack=touch x".into())).await;
    assert!(matches!(refused, Err(NoAnswer::Failed(_))));
}

fn commit_sha256(path: &Path) {
    run(path, &["commit", "--quiet", "--allow-empty", "-m", "m"]);
}

#[tokio::test]
async fn a_commit_that_only_a_fork_has_is_not_reachable() {
    let forge = Forge::new();
    let path = forge.init("a", &[]);
    let first = commit(&path, &[("a", "1")]);
    let tip = commit(&path, &[("a", "2")]);
    // As on a forge: the object can be fetched from the parent, and no ref of it leads there.
    let tree = run(&path, &["rev-parse", "HEAD^{tree}"]);
    let fork = id(&run(&path, &["commit-tree", "-p", "HEAD", "-m", "fork", &tree]));
    let git = forge.git();
    let a = repository("a");
    assert_eq!(git.tree(&a, fork).await.unwrap().files.len(), 1);
    assert_eq!(git.reachable(&a, tip).await, Ok(true));
    assert_eq!(git.reachable(&a, first).await, Ok(true));
    assert_eq!(git.reachable(&a, fork).await, Ok(false));
    // A later run knows the history, and sees what is new.
    let newer = commit(&path, &[("a", "3")]);
    commit(&path, &[("a", "4")]);
    assert_eq!(forge.git().reachable(&a, newer).await, Ok(true));
}

#[tokio::test]
async fn a_branch_is_told_from_another_one_and_from_a_tag() {
    let forge = Forge::new();
    let path = forge.init("a", &[]);
    let first = commit(&path, &[("a", "1")]);
    run(&path, &["checkout", "--quiet", "-b", "side"]);
    let side = commit(&path, &[("a", "2")]);
    commit(&path, &[("a", "3")]);
    run(&path, &["checkout", "--quiet", "main"]);
    commit(&path, &[("a", "4")]);
    let a = repository("a");
    // Asked twice: of the remote, and with what is known by then.
    for _ in 0..2 {
        let git = forge.git();
        assert_eq!(git.reachable(&a, side).await, Ok(true));
        assert_eq!(git.on_branch(&a, "main", first).await, Ok(true));
        assert_eq!(git.on_branch(&a, "main", side).await, Ok(false));
        assert_eq!(git.on_branch(&a, "side", side).await, Ok(true));
    }
}

#[tokio::test]
async fn a_remote_that_answers_with_something_else_is_an_error() {
    let mut forge = Forge::new();
    let path = forge.init("a", &[]);
    let tip = commit(&path, &[("a", "1")]);
    forge.logged("fetch", "exit 0");
    let Err(NoAnswer::Failed(why)) = forge.git().tree(&repository("a"), tip).await else { panic!() };
    assert!(why.contains("something else"), "{why}");
}

#[tokio::test]
async fn a_hanging_host_costs_one_process() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut forge = Forge::new();
    let log = forge.logged("none", "true");
    let to = format!("git://{}/", listener.local_addr().unwrap());
    forge.options.env = rewriting(&[(to, "https://hang.example.org/")]);
    forge.options.timeout = Duration::from_millis(700);
    let git = forge.git();
    let started = Instant::now();
    let repositories: Vec<_> =
        (0..1216).map(|n| Repository(format!("https://hang.example.org/{n}"))).collect();
    let answers = futures::future::join_all(repositories.iter().map(|one| git.refs(one))).await;
    for answer in answers {
        assert!(matches!(&answer, Err(NoAnswer::Unreachable { host, .. }) if host == "hang.example.org"));
    }
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    assert_eq!(questions(&std::fs::read_to_string(log).unwrap()), 1);
}

/// How often a remote was asked: git is also asked for its own settings.
fn questions(calls: &str) -> usize {
    calls.lines().filter(|call| call.contains(" ls-remote ") || call.contains(" fetch ")).count()
}

#[tokio::test]
async fn a_refused_connection_is_unreachable() {
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut forge = Forge::new();
    for scheme in ["git", "http"] {
        let to = format!("{scheme}://{unused}/");
        forge.options.env = rewriting(&[(to, "https://gone.example.org/")]);
        let answer = forge.git().refs(&Repository("https://gone.example.org/a".into())).await;
        assert!(matches!(answer, Err(NoAnswer::Unreachable { .. })), "{scheme}: {answer:?}");
    }
}

#[tokio::test]
async fn a_checkout_has_raw_files_without_links_and_submodules() {
    let forge = Forge::new();
    let path = forge.init("a", &[]);
    let sub = forge.init("sub", &[]);
    commit(&sub, &[("x", "1")]);
    std::fs::create_dir(path.join("p")).unwrap();
    std::os::unix::fs::symlink("..", path.join("p/link")).unwrap();
    let url = sub.display().to_string();
    run(&path, &["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &url, "p/sub"]);
    let tip = commit(
        &path,
        &[
            (".gitattributes", "* text eol=crlf\n*.id ident\nhidden export-ignore\n"),
            ("p/package.json", "{\"name\":\"p\"}\n"),
            ("p/a.id", "$Id$\n"),
            ("hidden", "1"),
        ],
    );
    let git = forge.git();
    let a = repository("a");
    // Its trees alone are there already: that must not pass for the files.
    git.tree(&a, tip).await.unwrap();
    let all = git.checkout(&a, tip, None).await.unwrap();
    let paths: Vec<_> = all.files.bytes.keys().map(String::as_str).collect();
    assert_eq!(paths, [".gitattributes", ".gitmodules", "hidden", "p/a.id", "p/package.json"]);
    assert_eq!(all.files.bytes["p/a.id"], b"$Id$\n");
    assert_eq!((all.submodules.as_slice(), all.files.contents.packed_size), (&["p/sub".to_owned()][..], 0));
    let part = git.checkout(&a, tip, Some("p")).await.unwrap();
    assert_eq!(part.files.bytes.keys().collect::<Vec<_>>(), ["a.id", "package.json"]);
    assert_eq!(part.files.contents.manifest_json()["name"], "p");
    assert_eq!(part.files.contents.dropped[0].path, "link");
    assert!(git.checkout(&a, tip, Some("none")).await.is_err());
}

#[tokio::test]
async fn two_at_once_and_one_that_was_killed() {
    let forge = Forge::new();
    let path = forge.init("a", &[]);
    let commits: Vec<_> = (0..6).map(|n| commit(&path, &[("a", &n.to_string())])).collect();
    let (left, right) = (forge.git(), forge.git());
    let a = repository("a");
    let trees = commits
        .iter()
        .enumerate()
        .map(|(n, commit)| if n % 2 == 0 { &left } else { &right }.tree(&a, *commit));
    for tree in futures::future::join_all(trees).await {
        assert_eq!(tree.unwrap().files.len(), 1);
    }
    let store = std::fs::read_dir(forge.folder.path().join("cache/git")).unwrap();
    let store =
        store.map(|entry| entry.unwrap().path()).find(|path| path.extension().unwrap() == "git").unwrap();
    std::fs::write(store.join("shallow.lock"), "").unwrap();
    let late = commit(&path, &[("a", "late")]);
    assert_eq!(forge.git().tree(&a, late).await.unwrap().files.len(), 1);
}

#[tokio::test]
async fn it_works_without_a_cache() {
    let forge = Forge::new();
    let path = forge.init("a", &[]);
    let tip = commit(&path, &[("a", "1")]);
    let git = Git::new(forge.options.clone(), Cache::none()).unwrap();
    assert_eq!(git.tree(&repository("a"), tip).await.unwrap().files.len(), 1);
    assert_eq!(git.reachable(&repository("a"), tip).await, Ok(true));
}

#[tokio::test]
async fn parents_cost_no_further_question() {
    let mut forge = Forge::new();
    let path = forge.init("a", &[]);
    let first = commit(&path, &[("a", "1")]);
    run(&path, &["checkout", "--quiet", "-b", "side"]);
    let side = commit(&path, &[("b", "1")]);
    run(&path, &["checkout", "--quiet", "main"]);
    let second = commit(&path, &[("a", "2")]);
    run(&path, &["merge", "--quiet", "--no-edit", "side"]);
    let merge = id(&run(&path, &["rev-parse", "HEAD"]));
    let log = forge.logged("none", "true");
    let (git, a) = (forge.git(), repository("a"));
    for (commit, parents) in [(merge, vec![second, side]), (side, vec![first]), (first, Vec::new())] {
        git.tree(&a, commit).await.unwrap();
        assert_eq!(git.parents(&a, commit).await, Ok(parents));
    }
    assert_eq!(questions(&std::fs::read_to_string(log).unwrap()), 3);
}

#[tokio::test]
async fn commits_that_are_wanted_at_once_are_asked_for_together() {
    let mut forge = Forge::new();
    let path = forge.init("a", &[]);
    let commits: Vec<_> = (0..40).map(|n| commit(&path, &[("a", &n.to_string())])).collect();
    let log = forge.logged("none", "true");
    let (git, a) = (forge.git(), repository("a"));
    let trees = futures::future::join_all(commits.iter().map(|commit| git.tree(&a, *commit))).await;
    for (n, tree) in trees.into_iter().enumerate() {
        assert_eq!(git.blob(&a, tree.unwrap().files["a"].blob).await.unwrap(), n.to_string().as_bytes());
    }
    assert_eq!(questions(&std::fs::read_to_string(log).unwrap()), 1);
    // One that is not there costs the others nothing.
    let absent = Digest([9; 20]);
    let again = Git::new(forge.options.clone(), Cache::none()).unwrap();
    let wanted = [commits[3], absent, commits[7]];
    let trees = futures::future::join_all(wanted.iter().map(|commit| again.tree(&a, *commit))).await;
    let found: Vec<_> = trees.iter().map(Result::is_ok).collect();
    assert_eq!(found, [true, false, true], "{trees:?}");
}
