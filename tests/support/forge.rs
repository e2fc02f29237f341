//! Real git repositories behind public addresses, by git's own `url.<base>.insteadOf`: the tool reads them
//! from disk, sandboxed builds from a git daemon on the loopback.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// The public address that the repositories are known by.
pub const PUBLIC: &str = "https://github.com/";

/// A folder of repositories.
pub struct Forge {
    root: TempDir,
    daemon: Option<(Child, u16)>,
}

impl Forge {
    pub fn new() -> Self {
        let forge = Self { root: TempDir::new().expect("a folder"), daemon: None };
        let text = config(&format!("file://{}/", forge.root.path().display()));
        std::fs::write(forge.config_path(), text).expect("writable");
        forge
    }

    fn config_path(&self) -> PathBuf {
        self.root.path().join("gitconfig")
    }

    /// For `GIT_CONFIG_GLOBAL` of the tool.
    pub fn git_config(&self) -> PathBuf {
        self.config_path()
    }

    /// Begins to serve on the loopback, for builds.
    pub fn serve(&mut self) {
        let port = free_port();
        let child = Command::new("git")
            .args(["-c", "safe.directory=*", "daemon", "--reuseaddr", "--export-all", "--listen=127.0.0.1"])
            .args([format!("--port={port}"), format!("--base-path={}", self.root.path().display())])
            .env("GIT_CONFIG_GLOBAL", self.config_path())
            .process_group_leader()
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("git daemon");
        self.daemon = Some((child, port));
        for _ in 0..100 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("git daemon does not answer");
    }

    /// The git configuration for sandboxed builds: the same addresses, over the daemon. Without one, they
    /// lead to a port where nobody listens.
    pub fn build_git_config(&self) -> String {
        config(&format!(
            "git://127.0.0.1:{}/",
            self.daemon.as_ref().map_or_else(free_port, |(_, port)| *port)
        ))
    }

    pub fn stop(&mut self) {
        if let Some((mut child, _)) = self.daemon.take() {
            // The daemon's children hold its port. The shell's own `kill`: another takes `-77` for a signal, and in a
            // namespace of its own a process has such a number.
            let group = format!("-{}", child.id());
            _ = Command::new("sh").args(["-c", "kill -- \"$1\"", "sh", &group]).status();
            _ = child.wait();
        }
    }

    /// A new repository at `PUBLIC` + `name` (`owner/name`).
    pub fn repository(&self, name: &str) -> Work {
        let path = self.root.path().join(name);
        std::fs::create_dir_all(&path).expect("a folder");
        let work = Work { path };
        work.git(&["init", "-q", "-b", "main"]);
        for (key, value) in [("uploadpack.allowFilter", "true"), ("uploadpack.allowAnySHA1InWant", "true")] {
            work.git(&["config", key, value]);
        }
        work
    }
}

impl Drop for Forge {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A repository with its work tree.
pub struct Work {
    path: PathBuf,
}

impl Work {
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn git(&self, arguments: &[&str]) -> String {
        let out = Command::new("git")
            .current_dir(&self.path)
            .args(["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"])
            .args(["-c", "core.autocrlf=false", "-c", "safe.directory=*"])
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            // The same commits on every run.
            .env("GIT_AUTHOR_DATE", "2026-01-02T03:04:05Z")
            .env("GIT_COMMITTER_DATE", "2026-01-02T03:04:05Z")
            .output()
            .expect("git");
        assert!(out.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).trim().to_owned()
    }

    /// Writes files, commits everything, and gives the commit's id. A file that begins with `#!` is executable.
    pub fn commit<P: AsRef<str>, T: AsRef<str>>(&self, files: &[(P, T)], message: &str) -> String {
        use std::os::unix::fs::PermissionsExt;
        for (path, text) in files {
            let path = self.path.join(path.as_ref());
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(&path, text.as_ref()).expect("writable");
            let mode = if text.as_ref().starts_with("#!") { 0o755 } else { 0o644 };
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("ours");
        }
        self.git(&["add", "-A", "-f"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Mounts another repository in this one, by the address that `.gitmodules` is to have.
    pub fn mount(&self, other: &Work, at: &str, address: &str) {
        let from = other.path().display().to_string();
        self.git(&[
            "-c",
            "protocol.file.allow=always",
            "submodule",
            "--quiet",
            "add",
            "--name",
            at,
            &from,
            at,
        ]);
        self.git(&["config", "-f", ".gitmodules", &format!("submodule.{at}.url"), address]);
    }

    pub fn tag(&self, name: &str) {
        self.git(&["tag", "-a", name, "-m", name]);
    }
}

fn config(base: &str) -> String {
    format!(
        "[url \"{base}\"]\n\tinsteadOf = {PUBLIC}\n\tinsteadOf = ssh://git@github.com/\n[safe]\n\tdirectory = *\n\
         [protocol \"file\"]\n\tallow = always\n"
    )
}

/// A port of the loopback where nobody listens.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port()
}

trait GroupLeader {
    fn process_group_leader(&mut self) -> &mut Self;
}

impl GroupLeader for Command {
    fn process_group_leader(&mut self) -> &mut Self {
        std::os::unix::process::CommandExt::process_group(self, 0)
    }
}
