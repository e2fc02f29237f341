//! `meta.mainProgram`: "the executable which facilitates the primary function or purpose of the package"
//! (pkgs/README.md of nixpkgs).

use std::collections::BTreeMap;

/// A package's programs, and what tells which is its purpose.
pub struct Programs<'a> {
    /// What each starts: `module:object` of Python, a file of npm; `""` where nobody says.
    pub targets: &'a BTreeMap<String, String>,
    /// The package's names, the likeliest name of a program first.
    pub names: &'a [&'a str],
    /// Name and text.
    pub readme: Option<(&'a str, &'a str)>,
}

/// How often a README must run a program that nothing else speaks for.
const LEAST: usize = 2;

impl Programs<'_> {
    /// The program that is the package's purpose, and what is to be looked at where that is not certain.
    ///
    /// It is the only one; or the one of the package's name, which `npm exec`, `pipx run` and `uvx` take as well; or the
    /// one that Python runs for the package itself (`python -m`, from its module `__main__`), or of several names of one
    /// target the one that the others begin with. The README must not run another more often. Where it is all that
    /// tells, and where the name and `__main__` tell two things, that is said.
    pub fn main(&self) -> (Option<String>, Option<String>) {
        let all: Vec<&str> = self.targets.keys().map(String::as_str).collect();
        let own = self.names.iter().copied().find(|own| self.targets.contains_key(*own));
        let of_package: Vec<&str> = all.iter().copied().filter(|one| self.is_of_package(one)).collect();
        let found = match own {
            _ if all.len() < 2 => return (all.first().map(|only| (*only).to_owned()), None),
            Some(own) if of_package.is_empty() || of_package.contains(&own) => Some(own),
            Some(own) => match self.first_name(&of_package) {
                Some(found) if self.runs(found) > self.runs(own) => Some(found),
                Some(found) => {
                    let doubt = format!(
                        "{own} has the package's name, and Python runs {found} for it: look which is its purpose"
                    );
                    return (Some(found.to_owned()), Some(doubt));
                }
                None => None,
            },
            None => self.first_name(&of_package).or_else(|| self.first_name(&all)),
        };
        let Some(found) = found else { return self.by_readme(&all) };
        let most = all.iter().copied().max_by_key(|one| self.runs(one)).unwrap_or(found);
        let (file, runs) = (self.readme.map(|(file, _)| file).unwrap_or_default(), |one| self.runs(one));
        let doubt = (runs(most) > runs(found)).then(|| {
            format!(
                "{file} runs {most} ({} times) more often than {found} ({}): look which is its purpose",
                runs(most),
                runs(found)
            )
        });
        (Some(found.to_owned()), doubt)
    }

    /// Where nothing else tells: the only one that the README runs.
    fn by_readme(&self, all: &[&str]) -> (Option<String>, Option<String>) {
        let list = all.join(", ");
        let run: Vec<&str> = all.iter().copied().filter(|one| self.runs(one) > 0).collect();
        match (&run[..], self.readme) {
            ([only], Some((file, _))) if self.runs(only) >= LEAST => {
                let doubt =
                    format!("of its programs {list} {file} runs only {only}: look whether it is its purpose");
                (Some((*only).to_owned()), Some(doubt))
            }
            _ => (None, Some(format!("its programs are {list}: set mainProgram if one is its purpose"))),
        }
    }

    /// Whether a program is what `python -m PACKAGE` runs.
    fn is_of_package(&self, program: &str) -> bool {
        let bare = |text: &str| text.replace(['-', '_', '.'], "").to_lowercase();
        let module = self.targets[program].split(':').next().and_then(|path| path.strip_suffix(".__main__"));
        module.is_some_and(|module| {
            !module.contains('.') && self.names.iter().any(|name| bare(name) == bare(module))
        })
    }

    /// Of several names of one target the one that all others begin with.
    fn first_name<'p>(&self, programs: &[&'p str]) -> Option<&'p str> {
        let first = programs.first()?;
        let target = &self.targets[*first];
        let is_one = programs.len() == 1 || !target.is_empty();
        let is_same = programs.iter().all(|one| self.targets[*one] == *target);
        let found = programs.iter().find(|one| programs.iter().all(|other| other.starts_with(**one)));
        found.filter(|_| is_one && is_same).copied()
    }

    /// How often the README runs a program: in lines of code, behind a prompt or not.
    fn runs(&self, program: &str) -> usize {
        let Some((_, text)) = self.readme else { return 0 };
        let mut is_fenced = false;
        let is_run = |line: &&str| {
            let plain = line.trim_start();
            if plain.starts_with("```") || plain.starts_with("~~~") {
                is_fenced = !is_fenced;
                return false;
            }
            let command = ["$ ", "% ", "> "].iter().find_map(|prompt| plain.strip_prefix(prompt));
            let is_code = is_fenced || command.is_some() || line.starts_with("   ") || line.starts_with('\t');
            is_code && command.unwrap_or(plain).split_whitespace().next() == Some(program)
        };
        text.lines().filter(is_run).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The program, and behind `?` that there is something to look at.
    fn of(names: &[&str], programs: &str, readme: &str) -> String {
        let pairs = programs.split_whitespace().map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let targets = pairs.map(|(name, target)| (name.to_owned(), target.to_owned())).collect();
        let readme = Some(("README.md", readme)).filter(|(_, text)| !text.is_empty());
        let (program, doubt) = Programs { targets: &targets, names, readme }.main();
        format!("{}{}", program.unwrap_or_default(), if doubt.is_some() { "?" } else { "" })
    }

    #[test]
    fn programs_of_real_packages() {
        let ansible = "ansible=ansible.cli.adhoc:main ansible-doc=ansible.cli.doc:main";
        let aws = "aws aws.cmd aws_bash_completer aws_completer aws_zsh_completer.sh";
        let black = "black=black:patched_main blackd=blackd:patched_main";
        let borg = "borg=borg.archiver:main borgfs=borg.archiver:main";
        let coverage = "coverage=coverage.cmdline:main coverage3=coverage.cmdline:main_deprecated";
        let docutils =
            "docutils=docutils.__main__:main rst2html=docutils.core:rst2html rst2man=docutils.core:rst2man";
        let fonttools =
            "fonttools=fontTools.__main__:main pyftsubset=fontTools.subset:main ttx=fontTools.ttx:main";
        let gunicorn = "gunicorn=gunicorn.app.wsgiapp:run gunicornc=gunicorn.ctl.cli:main";
        let httpie =
            "http=httpie.__main__:main httpie=httpie.manager.__main__:main https=httpie.__main__:main";
        let jupyter = "jupyter=jupyter_core.command:main jupyter-migrate=jupyter_core.migrate:main";
        let jupyterlab =
            "jupyter-lab=jupyterlab.labapp:main jupyter-labextension=jupyterlab.labextensions:main";
        let khal = "ikhal=khal.cli:main_ikhal khal=khal.cli:main_khal";
        let mitmproxy = "mitmdump=mitmproxy.tools.main:mitmdump mitmproxy=mitmproxy.tools.main:mitmproxy";
        let mypy = "dmypy=mypy.dmypy.client:console_entry mypy=mypy.__main__:console_entry mypyc=mypyc.__main__:main";
        let nox = "nox=nox.__main__:main tox-to-nox=nox.tox_to_nox:main";
        let pip = "pip=pip._internal.cli.main:cli pip3=pip._internal.cli.main:cli";
        let pylint = "pylint=pylint:run_pylint pyreverse=pylint:run_pyreverse symilar=pylint:run_symilar";
        let pytest = "py.test=_pytest.config:_console_main pytest=_pytest.config:_console_main";
        let speedtest = "speedtest=speedtest:main speedtest-cli=speedtest:main";
        let sphinx = "sphinx-build=sphinx.cmd.build:main sphinx-apidoc=sphinx.ext.apidoc:main";
        let thefuck = "fuck=thefuck.entrypoints.not_configured:main thefuck=thefuck.entrypoints.main:main";
        let visidata = "vd=visidata.main:vd_cli visidata=visidata.main:vd_cli";
        let wormhole = "magic-wormhole=wormhole.cli.cli:wormhole wormhole=wormhole.cli.cli:wormhole";
        let xonsh = "xonsh=xonsh.main:main xonsh-cat=xonsh.xoreutils.cat:main";
        // As nixpkgs has it, where it has one and no `?` stands behind it.
        for (name, programs, readme, expected) in [
            ("ansible-core", ansible, "", "?"),
            ("awscli", aws, "```\n$ aws configure\n$ aws help\n```\n", "aws?"),
            ("black", black, "", "black"),
            ("borgbackup", borg, "", "borg"),
            ("cookiecutter", "cookiecutter=cookiecutter.__main__:main", "", "cookiecutter"),
            ("coverage", coverage, "", "coverage"),
            ("docutils", docutils, "", "docutils"),
            ("fonttools", fonttools, "", "fonttools"),
            ("gunicorn", gunicorn, "    $ gunicorn -w 4 app\n", "gunicorn"),
            ("httpie", httpie, "```bash\nhttp example.org\nhttps example.org\nhttp -v x\n```\n", "http"),
            ("httpie", httpie, "", "http?"),
            ("ipython", "ipython=IPython:start_ipython ipython3=IPython:start_ipython", "", "ipython"),
            ("jupyter-core", jupyter, "", "?"),
            ("jupyterlab", jupyterlab, "```bash\njupyter lab\n```\n", "?"),
            ("khal", khal, "", "khal"),
            ("magic-wormhole", wormhole, "    % wormhole send a\n", "magic-wormhole?"),
            ("mitmproxy", mitmproxy, "", "mitmproxy"),
            ("mypy", mypy, "    mypy program.py\n", "mypy"),
            ("nox", nox, "", "nox"),
            ("pip", pip, "", "pip"),
            ("pygments", "pygmentize=pygments.cmdline:main", "", "pygmentize"),
            ("pylint", pylint, "", "pylint"),
            ("pytest", pytest, "    $ pytest\n", "pytest"),
            ("speedtest-cli", speedtest, "", "speedtest-cli"),
            ("sphinx", sphinx, "", "?"),
            ("thefuck", thefuck, "", "thefuck"),
            ("twine", "twine=twine.__main__:main", "", "twine"),
            ("visidata", visidata, "    vd <input>\n", "visidata?"),
            ("visidata", visidata, "", "visidata"),
            ("xonsh", xonsh, "", "xonsh"),
        ] {
            assert_eq!(of(&[name], programs, readme), expected, "{name}");
        }
    }

    #[test]
    fn programs_of_npm() {
        let of = |programs: &str| of(&["tool", "s-tool"], programs, "");
        assert_eq!(of("x=a.js"), "x");
        assert_eq!(of("_tool=a.js tool=b.js"), "tool");
        assert_eq!(of("a=a.js s-tool=b.js"), "s-tool");
        assert_eq!(of("a=a.js b=b.js"), "?");
        // Several names of one program.
        assert_eq!(of("ab=a.js abc=a.js"), "ab");
        assert_eq!(of("ab=a.js ac=a.js"), "?");
        assert_eq!(of(""), "");
    }

    #[test]
    fn what_a_readme_runs() {
        let runs = |text: &str| {
            let targets = BTreeMap::new();
            Programs { targets: &targets, names: &[], readme: Some(("README", text)) }.runs("a")
        };
        for (text, expected) in [
            ("```\na x\nb a\n$ a\n```\na runs\n", 2),
            ("~~~sh\na\n~~~\n", 1),
            ("Run it::\n\n    a --help\n\t a\n", 2),
            ("a is a program. `a x` runs it.\n  a x\n", 0),
            ("> a x\n% a\n$ab\n", 2),
        ] {
            assert_eq!(runs(text), expected, "{text}");
        }
    }
}
