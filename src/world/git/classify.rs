//! What git's words mean. It has one exit code for everything, so its messages in the C locale must do.

use super::address::Address;
use crate::secrets::hidden;
use crate::source::repository::NoAnswer;

/// The connection failed: nothing is said about any repository of the host.
const UNREACHABLE: &[&str] = &[
    "Could not resolve host",
    "Could not resolve proxy",
    "Temporary failure in name resolution",
    "unable to look up",
    "Failed to connect",
    "Couldn't connect to server",
    "unable to connect to",
    "Connection refused",
    "Connection timed out",
    "Connection reset by peer",
    "Operation timed out",
    "Operation too slow",
    "timed out",
    "Network is unreachable",
    "No route to host",
    "CONNECT tunnel failed",
    "from proxy after CONNECT",
    "SSL certificate problem",
    "certificate verification failed",
    "gnutls_handshake() failed",
    "SSL_connect",
    "SSL_ERROR",
    "TLS connect error",
    "Host key verification failed",
    "Connection closed by",
    "kex_exchange_identification",
];
/// The host answers, and has not what was asked for.
const NO_COMMIT: &[&str] =
    &["not our ref", "unadvertised object", "couldn't find remote ref", "no such remote ref"];
const NO_REPOSITORY: &[&str] = &[
    "Repository not found",
    "not found",
    "returned error: 404",
    "returned error: 410",
    "returned error: 401",
    "could not read Username",
    "could not read Password",
    "terminal prompts disabled",
    "Authentication failed",
    "Permission denied",
    "access denied",
    "does not appear to be a git repository",
    "not exported",
    "Could not read from remote repository",
];
/// The host is busy or stumbled: the same question may get an answer later.
const BUSY: &[&str] = &[
    "returned error: 429",
    "returned error: 500",
    "returned error: 502",
    "returned error: 503",
    "returned error: 504",
    "early EOF",
    "RPC failed",
    "hung up unexpectedly",
    "unexpected disconnect",
];
/// What arrived is no whole pack, or is damaged. git keeps nothing of it.
const BROKEN: &[&str] = &[
    "invalid index-pack output",
    "index-pack failed",
    "index-pack died",
    "pack signature mismatch",
    "pack is corrupted",
    "inflate returned",
    "serious inflate inconsistency",
    "bad band",
    "bad line length",
    "expected packfile",
    "unresolved deltas",
];
/// A repository of this disk is damaged.
const DAMAGED: &[&str] = &[
    "unable to rename temporary",
    "not a git repository: '",
    "bad config line",
    "bad numeric config",
    "is empty",
    "unable to unpack",
    "inflate: data",
    "pack has bad object",
    "hash mismatch",
    "failed to read",
    "does not match index",
    "is far too short to be a packfile",
    "index file",
    "is corrupt",
    "bad object",
    "unable to read tree",
    "cannot be accessed",
    // What this process says of objects.
    "cannot be read",
];
pub(super) const SHA256: &str = "its object ids are SHA-256, and only SHA-1 repositories can be read";
/// A server of plain files, without a program behind it.
const DUMB: &str = "dumb http transport does not support shallow";

/// Whether git says that a host could not be reached, or is busy: the next run may get an answer.
pub fn may_pass(said: &str) -> bool {
    UNREACHABLE.iter().chain(BUSY).any(|word| said.contains(word))
}

pub(super) fn is_broken(stderr: &str) -> bool {
    BROKEN.iter().any(|word| stderr.contains(word))
}

/// Whether git complains about what it keeps on this disk.
pub(super) fn is_damaged(no: &NoAnswer) -> bool {
    let text = no.to_string();
    DAMAGED.iter().any(|word| text.contains(word))
}

/// Whether the server can only send everything.
pub(super) fn is_dumb(no: &NoAnswer) -> bool {
    no.to_string().contains(DUMB)
}

pub(super) fn is_busy(stderr: &str) -> bool {
    let says = |words: &[&str]| words.iter().any(|word| stderr.contains(word));
    says(BUSY) && !says(UNREACHABLE) && !says(NO_COMMIT) && !says(&["Repository not found"])
}

pub(super) fn classify(stderr: &str, address: &Address) -> NoAnswer {
    let says = |words: &[&str]| words.iter().any(|word| stderr.contains(word));
    let why = gist(stderr);
    if says(UNREACHABLE) {
        // It is remembered of the host, whichever repository found it out.
        let of_host = why.strip_prefix("unable to access '").and_then(|rest| rest.split_once("': "));
        let why = of_host.map_or(why.as_str(), |(_, why)| why).to_owned();
        NoAnswer::Unreachable { host: address.host.clone(), why }
    } else if stderr.contains("mismatched algorithms") || stderr.contains("object format 'sha256'") {
        NoAnswer::Failed(SHA256.to_owned())
    } else if says(NO_COMMIT) {
        NoAnswer::NoCommit(why)
    } else if says(NO_REPOSITORY) && !is_busy(stderr) {
        NoAnswer::NoRepository(why)
    } else {
        // A rate limit (403, 429), a stumble (5xx), a login page in between: what is not understood is no
        // answer, or one bad minute of a forge would be pinned for good.
        NoAnswer::Unanswered { host: address.host.clone(), why }
    }
}

/// The line that says most: the first fatal one, else the first error, else the first of all.
pub(super) fn gist(stderr: &str) -> String {
    let lines = || stderr.lines().map(str::trim).filter(|line| !line.is_empty());
    let starts = |prefix: &'static str| lines().find_map(move |line| line.strip_prefix(prefix));
    let line = starts("fatal: remote error: ")
        .or_else(|| {
            lines().find_map(|line| line.strip_prefix("remote: ")).filter(|line| line.contains("not"))
        })
        .or_else(|| starts("ssh: "))
        .or_else(|| starts("fatal: "))
        .or_else(|| starts("error: "))
        .or_else(|| lines().next())
        .unwrap_or("git says nothing");
    hidden(line).chars().filter(|c| !c.is_control()).take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_is_away_is_no_matter_of_a_repository() {
        let url = "https://e.org/a".to_owned();
        let address = Address { place: url.clone(), url, host: "e.org".into() };
        let no =
            classify("fatal: unable to access 'https://e.org/a/': Could not resolve host: e.org", &address);
        assert_eq!(
            no,
            NoAnswer::Unreachable {
                host: "e.org".to_owned(),
                why: "Could not resolve host: e.org".to_owned()
            }
        );
    }

    fn kind(stderr: &str) -> &'static str {
        let url = "https://example.org/a".to_owned();
        let address = Address { place: url.clone(), url, host: "example.org".into() };
        match classify(stderr, &address) {
            NoAnswer::Unreachable { .. } => "unreachable",
            NoAnswer::NoRepository(_) => "repository",
            NoAnswer::NoCommit(_) => "commit",
            NoAnswer::Unanswered { .. } => "unanswered",
            NoAnswer::Failed(_) => "failed",
        }
    }

    #[test]
    fn messages_of_git_and_its_helpers() {
        for (message, expected) in [
            ("fatal: unable to access 'https://e.org/a/': Could not resolve host: e.org", "unreachable"),
            (
                "fatal: unable to access 'https://e.org/a/': Failed to connect to e.org port 443",
                "unreachable",
            ),
            (
                "ssh: connect to host e.org port 22: Connection timed out\nfatal: Could not read from remote repository.",
                "unreachable",
            ),
            ("fatal: unable to access 'https://e.org/': The requested URL returned error: 503", "unanswered"),
            ("fatal: unable to access 'https://e.org/': The requested URL returned error: 403", "unanswered"),
            ("fatal: https://e.org/a/info/refs not valid: is this a git repository?", "unanswered"),
            ("fatal: repository 'https://e.org/a/' not found", "repository"),
            ("remote: Repository not found.\nfatal: repository 'https://e.org/a/' not found", "repository"),
            ("fatal: could not read Username for 'https://e.org': terminal prompts disabled", "repository"),
            (
                "git@e.org: Permission denied (publickey).\nfatal: Could not read from remote repository.",
                "repository",
            ),
            ("fatal: remote error: upload-pack: not our ref 0123", "commit"),
            ("error: Server does not allow request for unadvertised object 0123", "commit"),
            ("fatal: mismatched algorithms: client sha1; server sha256", "failed"),
            ("fatal: protocol error: bad line length", "unanswered"),
            ("", "unanswered"),
        ] {
            assert_eq!(kind(message), expected, "{message}");
        }
    }

    #[test]
    fn the_gist_is_one_line_without_credentials() {
        let stderr =
            "warning: x\nfatal: unable to access 'https://me:secret@e.org/a/': Could not resolve host";
        assert_eq!(gist(stderr), "unable to access 'https://e.org/a/': Could not resolve host");
    }
}
