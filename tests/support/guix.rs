//! The real Guix 1.5, in the root that `tests/guix/root` makes. Paths within the root are strings; `outside`
//! gives where such a path is on this machine.

use std::collections::BTreeMap;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use super::forge::Work;
use super::project::{Run, output};

/// What an evaluation may take: a definition that makes Guix look at its whole distribution takes 24 GB.
const BYTES: &str = "6000000000";
/// In seconds.
const TIME: &str = "900";
/// What the repositories of `serve` are, by their public addresses: one configuration of git for all tests.
static SERVED: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());

/// A folder of a test's own in the root. It goes with the value, what was built stays in the root's store.
pub struct Guix {
    root: PathBuf,
    folder: String,
}

impl Guix {
    /// The root that is there.
    ///
    /// # Panics
    /// Without one: see the message.
    pub fn here() -> Self {
        let root = std::env::var_os("HEADWATER_GUIX_ROOT").expect(
            "no root with Guix: run the test by `tests/guix/root --with cargo test --test guix -- --ignored`",
        );
        let guix = Self { root: root.into(), folder: format!("/srv/{}", super::nonce()) };
        std::fs::create_dir_all(guix.outside(&guix.folder)).expect("a folder");
        guix
    }

    /// Where a path of the root is on this machine.
    pub fn outside(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    /// Where a path of the root is on this machine, links followed as they are in the root.
    #[track_caller]
    pub fn real(&self, path: &str) -> PathBuf {
        let run = self.run("/", &["readlink", "--canonicalize-existing", path]).expect(0);
        self.outside(run.stdout.trim())
    }

    /// Writes a file into the test's folder, and gives its path in the root. A file that begins with `#!` is
    /// executable.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = format!("{}/{name}", self.folder);
        let file = self.outside(&path);
        std::fs::create_dir_all(file.parent().expect("a parent")).expect("a folder");
        std::fs::write(&file, &text).expect("writable");
        let mode = if text.as_ref().starts_with(b"#!") { 0o755 } else { 0o644 };
        std::fs::set_permissions(file, Permissions::from_mode(mode)).expect("ours");
        path
    }

    /// Puts a file into the store, as what is fetched is kept there.
    #[track_caller]
    pub fn keep(&self, name: &str, bytes: &[u8]) {
        let path = self.write(name, bytes);
        self.guix(&["download", &format!("file://{path}")]).expect(0);
    }

    /// Copies a folder, such as a converted project, and gives its path in the root.
    pub fn copy(&self, from: &Path, name: &str) -> String {
        let path = format!("{}/{name}", self.folder);
        copy(from, &self.outside(&path));
        path
    }

    /// From now on, this repository is what the root's git finds at a public address (`https://...`). The
    /// address must be of this test alone, as all tests share one configuration of git.
    pub fn serve(&self, address: &str, repository: &Work) {
        let name = address.rsplit('/').next().expect("a name");
        let path = format!("{}/repositories/{}", self.folder, super::nonce());
        // Whether or not the address ends with `.git`, git finds it.
        copy(&repository.path().join(".git"), &self.outside(&format!("{path}/{name}.git")));
        let mut served = SERVED.lock().expect("no test panics here");
        served.insert(address.to_owned(), format!("file://{path}/{name}"));
        // Sources are fetched by the daemon's users, who own no repository.
        let mut config = "[safe]\n\tdirectory = *\n[protocol \"file\"]\n\tallow = always\n".to_owned();
        for (address, base) in served.iter() {
            config += &format!("[url \"{base}\"]\n\tinsteadOf = {address}\n");
        }
        let file = self.outside("/etc/gitconfig");
        let new = file.with_extension("new");
        std::fs::write(&new, config).expect("writable");
        std::fs::rename(new, file).expect("writable");
    }

    /// A command in the root, in this folder, its memory and time limited.
    pub fn run(&self, folder: &str, command: &[&str]) -> Run {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guix/root");
        let limits = ["prlimit", &format!("--as={BYTES}"), "timeout", TIME, "env", "--chdir", folder];
        output(Command::new(script).args(limits).args(command))
    }

    /// A program of the root, with nothing in its environment.
    pub fn program(&self, path: &str) -> Command {
        let mut command = Command::new("chroot");
        command.arg(&self.root).args(["/usr/bin/env", "-i", path]);
        command
    }

    fn guix(&self, arguments: &[&str]) -> Run {
        self.run(&self.folder, &[&["guix"], arguments].concat())
    }

    /// The same with this machine's tools in place of a toolchain: see `tests/guix/host.scm`.
    fn on_host(&self, arguments: &[&str]) -> Run {
        let host = ["guix", "repl", "-L", "/opt/host", "--", "/opt/host/host.scm"];
        self.run(&self.folder, &[&host, arguments].concat())
    }

    /// The derivations of what the arguments name (`-f guix.scm`; `-L modules NAME`), not built: that there
    /// are any shows that the definitions are good for the real Guix and its real packages.
    pub fn derivations(&self, arguments: &[&str]) -> Result<Vec<String>, String> {
        lines(self.guix(&[&["build", "--derivations", "--no-grafts"], arguments].concat()))
    }

    /// Fetches the sources of packages and gives their places on this machine, or what Guix said.
    pub fn sources(&self, arguments: &[&str]) -> Result<Vec<PathBuf>, String> {
        self.places(self.guix(&[&["build", "--source", "--no-grafts"], arguments].concat()))
    }

    /// Builds, and gives the outputs' paths in the root, or what Guix said.
    pub fn build(&self, arguments: &[&str]) -> Result<Vec<String>, String> {
        lines(self.on_host(&[&["build", "--no-grafts"], arguments].concat()))
    }

    /// A command in the environment of `guix shell` with these arguments, and nothing else of the root's.
    pub fn shell(&self, arguments: &[&str], command: &[&str]) -> Run {
        let shell = ["shell", "--bootstrap", "--pure", "--no-grafts"];
        self.on_host(&[&shell, arguments, &["--"], command].concat())
    }

    /// The warnings of every checker of `guix lint` that needs no network, for these packages of a folder
    /// of modules: names, or `-e` and an expression, such as `(load "/srv/guix.scm")`.
    ///
    /// # Panics
    /// Where it could not check. With warnings alone, it ends with 0.
    #[track_caller]
    pub fn lint(&self, modules: &str, names: &[&str]) -> Vec<String> {
        // Guix counts the synopsis among what needs a network, and asks none for it.
        [["lint", "--no-network"], ["lint", "--checkers=synopsis"]]
            .iter()
            .flat_map(|lint| {
                lines(self.guix(&[lint, ["-L", modules].as_slice(), names].concat())).expect("guix lint")
            })
            .collect()
    }

    /// The hash of a file or, as a NAR and without `.git`, of a folder of the root, in Guix's base32.
    #[track_caller]
    pub fn hash(&self, path: &str) -> String {
        let kind = if self.outside(path).is_dir() { "nar" } else { "none" };
        let serializer = format!("--serializer={kind}");
        self.guix(&["hash", &serializer, "--exclude-vcs", path]).expect(0).stdout.trim().to_owned()
    }

    /// A whole file of definitions, as `guix style` formats it.
    #[track_caller]
    pub fn style(&self, text: &str) -> String {
        let path = self.write("style.scm", text);
        let run = self.guix(&["style", "--whole-file", &path]).expect(0);
        assert_eq!(run.stdout, "");
        std::fs::read_to_string(self.outside(&path)).expect("still there")
    }

    fn places(&self, run: Run) -> Result<Vec<PathBuf>, String> {
        Ok(lines(run)?.iter().map(|path| self.outside(path)).collect())
    }
}

impl Drop for Guix {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(self.outside(&self.folder));
    }
}

/// What a command printed, or what it said as it failed.
fn lines(run: Run) -> Result<Vec<String>, String> {
    if run.code == 0 {
        Ok(run.stdout.lines().map(str::to_owned).collect())
    } else {
        Err(format!("{}: {}{}", run.code, run.stdout, run.stderr))
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to.parent().expect("a parent")).expect("a folder");
    output(Command::new("cp").arg("-r").args([from, to])).expect(0);
}
