//! Owners who have another name now.

use super::smart::{Fault, Smart};
use super::*;

/// A forge that answers for `old/...` with a redirect to what `to` gives, over HTTP behind the public address.
fn renamed(to: impl Fn(&str) -> String + Send + Sync + 'static) -> (Forge, Smart, Commit) {
    let mut forge = Forge::new();
    std::fs::create_dir(forge.folder.path().join("new")).unwrap();
    let path = forge.init("new/r", &[]);
    let tip = commit(&path, &[("package.json", "{\"version\": \"1.0.0\"}")]);
    commit(&path, &[("package.json", "{\"version\": \"1.1.0\"}")]);
    run(&path, &["tag", "v1.0.0", &tip.to_string()]);
    let smart = Smart::start(forge.folder.path(), move |line, _| {
        let target = line.split(' ').nth(1)?;
        target.strip_prefix("/old/").map(|rest| Fault::Redirect(to(rest)))
    });
    forge.options.env = rewriting(&[(smart.address.clone(), "https://forge.example.org/")]);
    (forge, smart, tip)
}

#[tokio::test]
async fn a_renamed_owner_is_asked_by_the_new_name() {
    let (forge, smart, tip) = renamed(|rest| format!("/new/{rest}"));
    let (git, old) = (forge.git(), repository("old/r"));
    let refs = git.refs(&old).await.unwrap();
    assert_eq!(refs.tags["v1.0.0"], tip);
    assert_eq!(refs.renamed(&old), Some(repository("new/r")));
    assert_eq!(git.tree(&old, tip).await.unwrap().files.len(), 1);
    assert_eq!(git.reachable(&old, tip).await, Ok(true));
    assert_eq!(git.set_version(&old, "package.json", "1.0.0").await, Ok(vec![tip]));
    let blob = git.tree(&old, tip).await.unwrap().files["package.json"].blob;
    assert_eq!(git.blob(&old, blob).await.unwrap(), b"{\"version\": \"1.0.0\"}");
    let turned_away = smart.asked().iter().filter(|line| line.contains("/old/")).count();
    assert_eq!(turned_away, 2, "once turned away, once asked where to: {:?}", smart.asked());
    // A later run has the refs from the cache, and with them the new name.
    let later = forge.git();
    assert_eq!(later.refs(&old).await.unwrap().renamed(&old), Some(repository("new/r")));
    later.reachable(&old, tip).await.unwrap();
    assert_eq!(smart.asked().iter().filter(|line| line.contains("/old/")).count(), 2);
}

#[tokio::test]
async fn a_commit_alone_is_found_by_the_old_name_too() {
    let (forge, _smart, tip) = renamed(|rest| format!("/new/{rest}"));
    let got = forge.git().checkout(&repository("old/r"), tip, None).await.unwrap();
    assert_eq!(got.files.bytes.len(), 1);
}

#[tokio::test]
async fn another_spelling_of_one_name_is_no_renaming() {
    let (forge, _smart, tip) = renamed(|rest| format!("/new/{rest}"));
    let (git, old) = (forge.git(), repository("old/r/"));
    assert_eq!(git.refs(&old).await.unwrap().tags["v1.0.0"], tip);
    let same = headwater::source::repository::Refs {
        moved: Some("https://gitlab.com/g/r.git".to_owned()),
        ..Default::default()
    };
    assert_eq!(same.renamed(&Repository("https://gitlab.com/g/r".to_owned())), None);
}

#[tokio::test]
async fn a_redirect_leads_nowhere_unchecked() {
    let trap = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    trap.set_nonblocking(true).unwrap();
    let private = format!("https://{}/x/info/refs?service=git-upload-pack", trap.local_addr().unwrap());
    for (to, why) in [
        (private, "private"),
        ("http://other.example.org/x/info/refs".to_owned(), "less safe"),
        ("https://forge.example.org/login".to_owned(), "no repository"),
        ("file:///etc/info/refs".to_owned(), "no repository"),
        ("/old/again/info/refs?service=git-upload-pack".to_owned(), "without end"),
    ] {
        let (forge, _smart, _) = renamed(move |_| to.clone());
        let no = forge.git().refs(&repository("old/r")).await.unwrap_err();
        assert!(no.to_string().contains(why), "{why}: {no}");
    }
    assert!(trap.accept().is_err(), "the private address was asked");
}
