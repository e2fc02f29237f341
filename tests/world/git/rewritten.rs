//! What was learned over a user's `insteadOf` is true of the place that it leads to, and of no other.

use super::*;

#[tokio::test]
async fn what_a_mirror_said_is_not_believed_of_the_forge() {
    let (mut forge, mirror) = (Forge::new(), tempfile::tempdir().unwrap());
    let theirs = forge.init("a", &[]);
    commit(&theirs, &[("package.json", "{\"version\": \"0.1.0\"}")]);
    run(mirror.path(), &["init", "--quiet", "--initial-branch=main", "a"]);
    let path = mirror.path().join("a");
    for setting in ["uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"] {
        run(&path, &["config", setting, "true"]);
    }
    let ours = commit(&path, &[("package.json", "{\"version\": \"1.0.0\"}")]);
    commit(&path, &[("b", "")]);
    run(&path, &["tag", "v1.0.0", &ours.to_string()]);
    run(&path, &["tag", "-d", "v1.0.0"]);
    let public = forge.options.env.clone();
    let to_mirror = rewriting(&[(format!("{}/", mirror.path().display()), "https://forge.example.org/")]);
    let a = repository("a");

    forge.options.env = to_mirror.clone();
    let git = forge.git();
    assert_eq!(git.refs(&a).await.unwrap().heads.len(), 1);
    assert_eq!(git.reachable(&a, ours).await, Ok(true));
    assert_eq!(git.set_version(&a, "package.json", "1.0.0").await, Ok(vec![ours]));

    // The rewriting is gone: the forge itself has no such commit, and is asked.
    forge.options.env = public;
    let git = forge.git();
    assert_ne!(git.refs(&a).await.unwrap().heads["main"], ours);
    assert_eq!(git.reachable(&a, ours).await, Ok(false));
    assert_eq!(git.set_version(&a, "package.json", "1.0.0").await, Ok(Vec::new()));

    // It is back, and so is what was learned, without a question.
    forge.options.env = to_mirror;
    let log = forge.logged("none", "true");
    let git = forge.git();
    assert_eq!(git.reachable(&a, ours).await, Ok(true));
    assert_eq!(git.set_version(&a, "package.json", "1.0.0").await, Ok(vec![ours]));
    assert_eq!(questions(&std::fs::read_to_string(log).unwrap()), 0);
}
