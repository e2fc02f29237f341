//! Servers that can do little, answers that are broken, repositories that are odd or huge.

use std::fmt::Write as _;

use headwater::graph::{PackageName, Version};
use headwater::source::tags;

use super::smart::{Fault, Smart};
use super::*;

/// The forge over HTTP, with faults.
fn behind(forge: &mut Forge, faults: impl Fn(&str, usize) -> Option<Fault> + Send + Sync + 'static) -> Smart {
    let smart = Smart::start(forge.folder.path(), faults);
    forge.options.env = rewriting(&[(smart.address.clone(), "https://forge.example.org/")]);
    smart
}

/// Nothing that a git which was cut off leaves behind.
fn store_is_clean(forge: &Forge) {
    let mut folders = vec![forge.folder.path().join("cache/git")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            assert!(!path.file_name().unwrap().to_string_lossy().starts_with("tmp_"), "{}", path.display());
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
}

#[tokio::test]
async fn broken_packs_are_asked_for_once_more_and_leave_nothing_behind() {
    for damage in [|| Fault::Damage, || Fault::Cut(700)] {
        let mut forge = Forge::new();
        let path = forge.init("a", &[]);
        let files: Vec<_> = (0..200).map(|n| format!("folder-{n}/file")).collect();
        let files: Vec<_> = files.iter().map(|path| (path.as_str(), path.as_str())).collect();
        let tip = commit(&path, &files);
        let is_fetch = |line: &str| line.starts_with("POST");
        // Once: the second answer is whole.
        let fetches = std::sync::atomic::AtomicUsize::new(0);
        let smart = behind(&mut forge, move |line, _| {
            let nth = is_fetch(line).then(|| fetches.fetch_add(1, std::sync::atomic::Ordering::SeqCst))?;
            (nth == 0).then(damage)
        });
        let tree = forge.git().tree(&repository("a"), tip).await.map(|tree| tree.files.len());
        assert_eq!(tree, Ok(200), "{:?}", smart.asked());
        assert_eq!(smart.asked().iter().filter(|line| is_fetch(line)).count(), 2, "{:?}", smart.asked());

        // Always: a failure that says nothing about the repository; the next run finds it well.
        let late = commit(&path, &[("late", "1")]);
        behind(&mut forge, move |line, _| is_fetch(line).then(damage));
        let no = forge.git().tree(&repository("a"), late).await;
        let no = no.map(|tree| tree.files.len());
        assert!(matches!(no, Err(NoAnswer::Unanswered { .. })), "{no:?}");
        behind(&mut forge, |_, _| None);
        assert_eq!(forge.git().tree(&repository("a"), late).await.unwrap().files.len(), 201);
        store_is_clean(&forge);
    }
}

/// The one repository in the cache.
fn kept(forge: &Forge) -> PathBuf {
    let store = std::fs::read_dir(forge.folder.path().join("cache/git")).unwrap();
    let mut paths = store.map(|entry| entry.unwrap().path());
    paths.find(|path| path.extension().unwrap() == "git").unwrap()
}

/// Each of these is done to the files that end so, in the repository in the cache.
#[tokio::test]
async fn a_damaged_copy_is_fetched_anew() {
    type Damage = fn(&Path);
    let third: Damage = |path| {
        let bytes = std::fs::read(path).unwrap();
        std::fs::remove_file(path).unwrap();
        std::fs::write(path, &bytes[..bytes.len() / 3]).unwrap();
    };
    let empty: Damage = |path| {
        std::fs::remove_file(path).unwrap();
        std::fs::write(path, "").unwrap();
    };
    let flipped: Damage = |path| {
        let mut bytes = std::fs::read(path).unwrap();
        std::fs::remove_file(path).unwrap();
        // Within the objects, and in the middle of what is deflated.
        let middle = 12 + (bytes.len() - 32) / 2;
        bytes[middle] ^= 0x10;
        std::fs::write(path, bytes).unwrap();
    };
    let gone: Damage = |path| std::fs::remove_file(path).unwrap();
    let garbage: Damage = |path| std::fs::write(path, "[[[\0").unwrap();
    for (what, damage) in [
        (".pack", third),
        (".pack", empty),
        (".pack", flipped),
        (".idx", third),
        (".idx", empty),
        (".idx", gone),
        (".pack", gone),
        ("HEAD", empty),
        ("HEAD", gone),
        ("HEAD", garbage),
        ("config", empty),
        ("config", garbage),
        ("", |path| {
            std::fs::remove_dir_all(path).unwrap();
            std::fs::write(path, "no repository").unwrap();
        }),
    ] {
        let forge = Forge::new();
        let path = forge.init("a", &[]);
        let tip = commit(&path, &[("d/a", "1")]);
        let cache = forge.folder.path().join("cache");
        let git = Git::new(forge.options.clone(), Cache::open(&cache)).unwrap();
        git.tree(&repository("a"), tip).await.unwrap();
        drop(git);
        let store = kept(&forge);
        let folders = [store.clone(), store.join("objects/pack")];
        let mut files: Vec<PathBuf> = folders
            .iter()
            .flat_map(|folder| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()))
            .filter(|path| path.is_file() && path.to_string_lossy().ends_with(what))
            .collect();
        if what.is_empty() {
            files = vec![store];
        }
        assert!(!files.is_empty(), "{what}");
        files.iter().for_each(|path| damage(path));
        std::fs::remove_file(cache.join("cache.sqlite")).unwrap();
        let git = Git::new(forge.options.clone(), Cache::open(&cache)).unwrap();
        let tree = git.tree(&repository("a"), tip).await;
        assert_eq!(tree.unwrap_or_else(|no| panic!("{what}: {no}")).files.len(), 1, "{what}");
        git.tree(&repository("a"), tip).await.unwrap();
        assert!(git.take_notices().len() <= 1, "{what}");
    }
}

#[tokio::test]
async fn a_lock_of_a_git_that_was_killed_stops_nobody() {
    let forge = Forge::new();
    let path = forge.init("a", &[]);
    let first = commit(&path, &[("a", "1")]);
    commit(&path, &[("a", "2")]);
    let a = repository("a");
    assert_eq!(forge.git().reachable(&a, first).await, Ok(true));
    let folder = std::fs::read_dir(forge.folder.path().join("cache/git")).unwrap();
    let history = folder
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_string_lossy().ends_with("-history.git"))
        .unwrap();
    for name in ["refs/heads/main.lock", "packed-refs.lock", "objects/pack/tmp_pack_x"] {
        std::fs::write(history.join(name), "").unwrap();
    }
    let second = commit(&path, &[("a", "3")]);
    commit(&path, &[("a", "4")]);
    assert_eq!(forge.git().reachable(&a, second).await, Ok(true));
    store_is_clean(&forge);
}

#[tokio::test]
async fn a_server_that_gives_only_what_refs_name() {
    let forge = Forge::new();
    let path = forge.init("a", &[]);
    // Protocol 0 is the one in which servers refuse ids that no ref names.
    let mut options = forge.options.clone();
    let count: usize = options.env[0].1.parse().unwrap();
    options.env[0].1 = (count + 1).to_string();
    options.env.push((format!("GIT_CONFIG_KEY_{count}"), "protocol.version".to_owned()));
    options.env.push((format!("GIT_CONFIG_VALUE_{count}"), "0".to_owned()));
    run(&path, &["config", "uploadpack.allowAnySHA1InWant", "false"]);
    let inner = commit(&path, &[("a", "1")]);
    let tip = commit(&path, &[("a", "2")]);
    run(&path, &["tag", "-a", "-m", "x", "v1", &inner.to_string()]);
    let old = commit(&path, &[("a", "3")]);
    commit(&path, &[("a", "4")]);
    let git = Git::new(options, Cache::open(&forge.folder.path().join("cache"))).unwrap();
    let a = repository("a");
    assert_eq!(git.tree(&a, inner).await.unwrap().files.len(), 1, "its tag leads to it");
    assert_eq!(git.take_notices().len(), 1);
    let no = git.tree(&a, old).await;
    assert!(matches!(no, Err(NoAnswer::NoCommit(_))), "{no:?}");
    assert_ne!(tip, old);
}

#[tokio::test]
async fn a_ref_that_moves_between_listing_and_fetching() {
    let forge = Forge::new();
    let path = forge.init("a", &[]);
    let listed = commit(&path, &[("a", "1")]);
    run(&path, &["tag", "v1"]);
    let git = forge.git();
    let a = repository("a");
    assert_eq!(git.refs(&a).await.unwrap().tags["v1"], listed);
    commit(&path, &[("a", "2")]);
    run(&path, &["tag", "-f", "v1"]);
    // What was listed is what is fetched.
    assert_eq!(
        git.tree(&a, listed).await.unwrap().files["a"].blob,
        git.tree(&a, listed).await.unwrap().files["a"].blob
    );
    // Gone altogether: not taken for what the tag is now.
    let other = forge.init("b", &[]);
    let listed = commit(&other, &[("a", "1")]);
    run(&other, &["tag", "v1"]);
    let b = repository("b");
    git.refs(&b).await.unwrap();
    run(&other, &["commit", "--quiet", "--amend", "-m", "other"]);
    run(&other, &["tag", "-f", "v1"]);
    run(&other, &["reflog", "expire", "--expire=now", "--all"]);
    run(&other, &["gc", "--quiet", "--prune=now"]);
    let no = git.tree(&b, listed).await;
    assert!(matches!(&no, Err(NoAnswer::NoCommit(why)) if why.contains("moved")), "{no:?}");
}

#[tokio::test]
async fn a_server_of_plain_files() {
    let mut forge = Forge::new();
    let path = forge.init("a", &[]);
    commit(&path, &[("a", "1")]);
    let tip = commit(&path, &[("a", "2")]);
    run(&path, &["gc", "--quiet"]);
    run(&path, &["update-server-info"]);
    let plain = forge.folder.path().join("plain");
    std::fs::rename(path.join(".git"), &plain).unwrap();
    behind(&mut forge, |_, _| Some(Fault::Plain));
    let (git, a) = (forge.git(), repository("plain"));
    assert_eq!(git.refs(&a).await.unwrap().heads["main"], tip);
    assert_eq!(git.tree(&a, tip).await.unwrap().files.len(), 1);
    assert_eq!(git.take_notices().len(), 1);
    assert_eq!(git.reachable(&a, tip).await, Ok(true));
}

#[tokio::test]
async fn an_answer_without_end_is_bounded() {
    let mut forge = Forge::new();
    let path = forge.init("a", &[]);
    let tip = commit(&path, &[("a", "1")]);
    behind(&mut forge, |line, _| line.starts_with("POST").then_some(Fault::Slow));
    forge.options.timeout = Duration::from_secs(1);
    let started = Instant::now();
    assert!(forge.git().refs(&repository("a")).await.is_err());
    assert!(forge.git().tree(&repository("a"), tip).await.is_err());
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
}

#[tokio::test]
async fn what_a_fetch_brings_is_bounded() {
    let mut forge = Forge::new();
    let path = forge.init("a", &[]);
    run(&path, &["config", "uploadpack.allowFilter", "false"]);
    // Random bytes do not pack.
    run(&path, &["config", "core.compression", "0"]);
    let mut bytes = vec![0; 48 << 20];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut file| std::io::Read::read_exact(&mut file, &mut bytes))
        .unwrap();
    std::fs::write(path.join("large"), bytes).unwrap();
    let tip = commit(&path, &[("a", "1")]);
    forge.options.fetched = 1 << 20;
    let no = forge.git().tree(&repository("a"), tip).await;
    assert!(matches!(&no, Err(NoAnswer::Failed(why)) if why.contains("more than")), "{no:?}");
    forge.options.fetched = 1 << 30;
    assert_eq!(forge.git().tree(&repository("a"), tip).await.unwrap().files.len(), 2);
    store_is_clean(&forge);
}

#[tokio::test]
async fn paths_that_no_disk_likes() {
    use std::os::unix::ffi::OsStrExt;
    let forge = Forge::new();
    let path = forge.init("a", &[]);
    std::fs::write(path.join(std::ffi::OsStr::from_bytes(b"caf\xe9")), "latin").unwrap();
    let tip = commit(&path, &[("README", "1"), ("readme", "2"), ("a\nb", "3"), ("\"q\"", "4")]);
    let git = forge.git();
    let tree = git.tree(&repository("a"), tip).await.unwrap();
    assert_eq!(tree.files.keys().collect::<Vec<_>>(), ["\"q\"", "README", "a\nb", "readme"]);
    let no = git.checkout(&repository("a"), tip, None).await.unwrap_err();
    assert!(no.to_string().contains("not UTF-8"), "{no}");
}

#[tokio::test]
async fn odd_refs() {
    let forge = Forge::new();
    let path = forge.init("a", &[]);
    let tip = commit(&path, &[("d/a", "1")]);
    run(&path, &["tag", "-a", "-m", "x", "inner"]);
    run(&path, &["tag", "-a", "-m", "x", "outer", "inner"]);
    run(&path, &["tag", "tree", "HEAD^{tree}"]);
    run(&path, &["tag", "-a", "-m", "x", "blob", "HEAD:d/a"]);
    for name in ["refs/tags/\u{1f600}", "refs/heads/a/b.c/-d", "refs/tags/v1.0.0'\"$(x)"] {
        run(&path, &["update-ref", name, "HEAD"]);
    }
    run(&path, &["symbolic-ref", "HEAD", "refs/heads/nowhere"]);
    let (git, a) = (forge.git(), repository("a"));
    let refs = git.refs(&a).await.unwrap();
    assert_eq!((refs.tags["outer"], refs.tags["\u{1f600}"], refs.heads["a/b.c/-d"]), (tip, tip, tip));
    for tag in ["tree", "blob"] {
        let no = git.tree(&a, refs.tags[tag]).await;
        assert!(matches!(no, Err(NoAnswer::NoCommit(_))), "{tag}: {no:?}");
    }
    assert_eq!(git.reachable(&a, tip).await, Ok(true));
}

#[tokio::test]
async fn a_shallow_server_and_one_with_sha256() {
    let forge = Forge::new();
    let path = forge.init("whole", &[]);
    let first = commit(&path, &[("package.json", "{\"version\": \"1.0.0\"}")]);
    let tip = commit(&path, &[("a", "2")]);
    let whole = format!("file://{}", path.display());
    run(forge.folder.path(), &["clone", "--quiet", "--depth=1", &whole, "shallow"]);
    let (git, shallow) = (forge.git(), repository("shallow"));
    assert_eq!(git.refs(&shallow).await.unwrap().heads["main"], tip);
    assert_eq!(git.tree(&shallow, tip).await.unwrap().files.len(), 2);
    assert_eq!(git.reachable(&shallow, first).await, Ok(false));

    let path = forge.init("sha256", &["--object-format=sha256"]);
    run(&path, &["commit", "--quiet", "--allow-empty", "-m", "m"]);
    // Without its refs having been asked for.
    let no = git.checkout(&repository("sha256"), tip, None).await;
    assert!(matches!(&no, Err(NoAnswer::Failed(why)) if why.contains("SHA-256")), "{no:?}");
}

#[tokio::test]
async fn thousands_of_tags_are_listed_and_looked_through_at_once() {
    let forge = Forge::new();
    let path = forge.init("a", &[]);
    let tip = commit(&path, &[("a", "1")]);
    let mut refs = String::from("# pack-refs with: peeled fully-peeled sorted \n");
    let mut names: Vec<_> =
        (0..20_000).map(|n| format!("refs/tags/p{}@{}.{}.0", n % 40, n / 400, n)).collect();
    names.sort();
    for name in names {
        writeln!(refs, "{tip} {name}").unwrap();
    }
    std::fs::write(path.join(".git/packed-refs"), refs).unwrap();
    let refs = forge.git().refs(&repository("a")).await.unwrap();
    assert_eq!(refs.tags.len(), 20_000);
    let name = PackageName::new("@s/p7").unwrap();
    for n in 0..20 {
        let version = Version::new(&format!("0.{}.0", 7 + 40 * n)).unwrap();
        let spelled = tags::Spelled::npm(&name, None, &version);
        let found = tags::candidates(&refs, &spelled);
        assert_eq!(found.len(), usize::from(n < 10), "{version}");
        assert!(tags::uses_scoped(&refs, &spelled));
        assert!(tags::artifact_tags(&refs, &found, version.as_str()).is_empty());
    }
}

#[tokio::test]
async fn a_manifest_deep_down_is_found_without_the_trees_beside_it() {
    let forge = Forge::new();
    let path = forge.init("a", &[]);
    let files = [
        ("packages/a/package.json", "{\"version\": \"1.0.0\"}"),
        ("packages/b/src/deep/x", "1"),
        ("x/y/z", "1"),
    ];
    let set = commit(&path, &files);
    run(&path, &["config", "uploadpackfilter.tree.maxDepth", "0"]);
    let beside = run(&path, &["rev-parse", "HEAD:x/y"]);
    commit(&path, &[("packages/a/package.json", "{\"version\": \"1.1.0\"}")]);
    let a = repository("a");
    // A server may refuse filters of that depth.
    assert_eq!(forge.git().set_version(&a, "packages/a/package.json", "1.0.0").await, Ok(vec![set]));
    run(&path, &["config", "uploadpackfilter.tree.maxDepth", "100"]);
    std::fs::remove_dir_all(forge.folder.path().join("cache")).unwrap();
    assert_eq!(forge.git().set_version(&a, "packages/a/package.json", "1.0.0").await, Ok(vec![set]));
    let folder = std::fs::read_dir(forge.folder.path().join("cache/git")).unwrap();
    let kept = folder
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_string_lossy().ends_with("-manifests3.git"));
    let objects = run(&kept.unwrap(), &["cat-file", "--batch-all-objects", "--batch-check=%(objectname)"]);
    let deep = run(&path, &["rev-parse", "HEAD:packages/b/src"]);
    assert!(!objects.contains(&deep), "{beside}");
}
