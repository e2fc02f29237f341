//! What a person reads of a package in Guix: home page, synopsis, description, licence. The package's own words, and
//! what somebody has to write where they do not suffice.

use crate::about::{About, Expression, beginning, contradiction, introduction, recognized};
use crate::emit::guix::definition::License;
use crate::emit::guix::license::{Licenses, Term};
use crate::emit::guix::sexp::{Sexp, list, text};
use crate::emit::guix::source::literal;
use crate::emit::guix::words::{self, Subject};
use crate::upstream::home_page::page;

/// A description that is no longer, in characters, says no more than a synopsis.
const SHORT: usize = 200;

/// What lies in the package's folder that people read: names and texts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside<'a> {
    pub license: Option<(&'a str, &'a str)>,
    pub readme: Option<(&'a str, &'a str)>,
}

/// The fields that end a definition.
#[derive(Clone, Debug)]
pub struct Words {
    home_page: Sexp,
    synopsis: Phrase,
    description: Phrase,
    license: Phrase,
}

/// A value, and what somebody has to do about it.
#[derive(Clone, Debug)]
struct Phrase {
    value: Sexp,
    todo: Option<String>,
    /// Whether there is no value at all.
    is_gap: bool,
    /// What the value does not say.
    comment: Option<String>,
}

impl Phrase {
    fn new(value: Sexp, todo: Option<&str>) -> Self {
        Self { value, todo: todo.map(str::to_owned), is_gap: false, comment: None }
    }

    fn gap(value: Sexp, todo: &str) -> Self {
        Self { is_gap: true, ..Self::new(value, Some(todo)) }
    }
}

impl Words {
    /// From what the package says of itself; `repository` is its page where it has no other.
    pub fn new(about: &About, subject: &Subject<'_>, repository: Option<&str>, beside: Beside<'_>) -> Self {
        let page = about.home_page.as_deref().map(page);
        Self {
            home_page: page.as_deref().or(repository).map_or(Sexp::Flag(false), literal),
            synopsis: synopsis(about.text(), subject),
            description: description(about.text(), beside.readme, subject),
            license: license(about, beside.license),
        }
    }

    /// One sentence for each field that has no value.
    pub fn open(&self) -> Vec<String> {
        self.todos(true)
    }

    /// One sentence for each field whose value somebody has to better.
    pub fn notes(&self) -> Vec<String> {
        self.todos(false)
    }

    fn todos(&self, is_gap: bool) -> Vec<String> {
        let fields = self.named().into_iter().filter(|(_, phrase)| phrase.is_gap == is_gap);
        fields.filter_map(|(field, phrase)| Some(format!("{field}: {}", phrase.todo.as_ref()?))).collect()
    }

    fn named(&self) -> [(&'static str, &Phrase); 3] {
        [("synopsis", &self.synopsis), ("description", &self.description), ("license", &self.license)]
    }

    pub(super) fn fields(&self) -> Vec<Sexp> {
        let mut fields = vec![list!["home-page", self.home_page.clone()]];
        for (field, phrase) in self.named() {
            fields.extend(phrase.todo.iter().map(|why| Sexp::comment(format!("TODO: {why}."))));
            fields.extend(phrase.comment.iter().map(|said| Sexp::comment(said.clone())));
            fields.push(Sexp::call(field, [phrase.value.clone()]));
        }
        fields
    }
}

fn synopsis(said: Option<&str>, subject: &Subject<'_>) -> Phrase {
    let Some(said) = said else {
        return Phrase::gap(text(""), "the package has no line about itself: write one");
    };
    let synopsis = words::synopsis(Some(said), subject);
    let open = synopsis.ends_with('…').then_some("the package's own line is too long: shorten it");
    Phrase::new(text(synopsis), open)
}

/// The package's own text if it is long enough, or else how its README begins.
fn description(said: Option<&str>, readme: Option<(&str, &str)>, subject: &Subject<'_>) -> Phrase {
    let is_short = said.is_none_or(|said| said.chars().count() < SHORT);
    let begins = readme.filter(|_| is_short).and_then(|(name, text)| Some((name, introduction(name, text)?)));
    if let Some((name, begins)) = begins {
        let description = words::description(Some(&begins), subject);
        let todo =
            format!("{name} begins like this: look whether it is what the package does, and nothing else");
        return Phrase::new(text(description), Some(&todo));
    }
    let Some(said) = said else {
        return Phrase::gap(
            text(""),
            "the package does not describe itself: write what it does, in full sentences",
        );
    };
    let description = words::description(Some(said), subject);
    let open = (description.chars().count() < SHORT).then_some(
        "this is the package's one line about itself; write what it does, in five to ten lines of full sentences",
    );
    Phrase::new(text(description), open)
}

/// The licence, in the package's own words or, where these mean no single one, as its text has it. Guix takes free
/// software only: a licence that it has no variable for is for somebody to look at.
fn license(about: &About, file: Option<(&str, &str)>) -> Phrase {
    let stated = Licenses::of(about);
    let Some(name) = unknown(&stated) else {
        let todo = contradiction(about).map(|said| format!("{said}: look which holds"));
        return Phrase { todo, ..known(&stated) };
    };
    let by_text = file.and_then(|(_, text)| recognized(text)).filter(|_| is_vague(about));
    if let Some(id) = by_text {
        let licenses = Licenses::of(&About { license: Some(id.to_owned()), ..About::default() });
        if unknown(&licenses).is_none() {
            return known(&licenses);
        }
    }
    let begins = file.map(|(name, text)| format!("; {name} begins with {:?}", beginning(text)));
    let begins = begins.unwrap_or_default();
    let todo = match about.license.is_some() || !about.classifiers.is_empty() {
        true => format!("the metadata says {name:?}, of which (guix licenses) has no variable{begins}"),
        false => format!("the metadata names none: look into the repository{begins}"),
    };
    Phrase::gap(Sexp::Flag(false), &todo)
}

/// Whether the metadata leaves open which licence it means.
fn is_vague(about: &About) -> bool {
    about.license.as_deref().is_none_or(|text| Expression::read(text).is_none())
}

fn unknown(licenses: &Licenses) -> Option<&String> {
    licenses.terms.iter().find_map(|term| match term {
        Term::Named { name, .. } => Some(name),
        Term::Variable(_) => None,
    })
}

fn known(licenses: &Licenses) -> Phrase {
    let License { value, comment, .. } = License::from(licenses);
    Phrase { comment, ..Phrase::new(value, None) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::Ecosystem;

    fn written(about: &About, text: &str) -> (String, Vec<String>) {
        let subject =
            Subject { ecosystem: Ecosystem::Npm, name: "foo", version: "1.0.0", guix_name: "node-foo" };
        let beside = Beside { license: Some(("LICENSE", text)), readme: None };
        let words = Words::new(about, &subject, Some("https://example.org/o/foo"), beside);
        let text = words
            .fields()
            .iter()
            .map(|field| field.written().trim().to_owned())
            .collect::<Vec<_>>()
            .join("\n");
        (text, words.open().into_iter().chain(words.notes()).collect())
    }

    #[test]
    fn what_suffices_stands_there_as_it_is() {
        let long = "Reads {braces} and an @at sign from a file. ".repeat(6);
        let about = About {
            license: Some("(MIT OR Apache-2.0)".to_owned()),
            description: Some(long),
            home_page: Some("https://example.org/o/foo#readme".to_owned()),
            ..About::default()
        };
        let (text, open) = written(&about, "Hi");
        assert_eq!(open, [""; 0]);
        assert!(text.contains("(home-page \"https://example.org/o/foo\")"), "{text}");
        assert!(text.contains("(synopsis \"Reads @{braces@} and an @@at sign from a file\")"), "{text}");
        assert!(
            text.contains(";; (MIT OR Apache-2.0)\n(license (list license:expat license:asl2.0))"),
            "{text}"
        );
    }

    #[test]
    fn what_does_not_is_marked() {
        let (text, open) =
            written(&About { description: Some("Does it".to_owned()), ..About::default() }, "Hi");
        assert_eq!(open.len(), 2, "{open:?}");
        assert!(open[0].contains("names none") && open[0].contains("LICENSE begins with"), "{open:?}");
        assert!(
            text.contains("(license #f)") && text.contains(";; TODO: this is the package's one line"),
            "{text}"
        );
        let about = About { license: Some("BUSL-1.1".to_owned()), ..About::default() };
        let (text, open) = written(&about, "Hi");
        assert_eq!(open.len(), 3, "{open:?}");
        assert!(open[2].contains("\"BUSL-1.1\""), "{open:?}");
        assert!(text.contains("(synopsis \"\")") && text.contains("(description \"\")"), "{text}");
    }

    #[test]
    fn a_readme_describes_more() {
        let subject =
            Subject { ecosystem: Ecosystem::Python, name: "foo", version: "1.0.0", guix_name: "python-foo" };
        let readme = "# foo\n\n`foo` reads {braces} from files. It prints what it found, line by line.\n";
        let written = |said: &str, readme: &str| {
            let about = About { summary: Some(said.to_owned()), ..About::default() };
            let beside = Beside { readme: Some(("README.md", readme)), license: None };
            let words = Words::new(&about, &subject, None, beside);
            (words.description.value.written(), words.description.todo.unwrap_or_default())
        };
        let (text, todo) = written("Reads files", readme);
        // Texinfo, with two blanks between sentences.
        assert!(text.contains("@code{foo} reads @{braces@} from files.  It prints what"), "{text}");
        assert!(todo.starts_with("README.md begins like this: "), "{todo}");
        assert!(written("Reads files", "# foo\n").1.contains("write what it does"));
        let long = "It reads files of all kinds, one after the other. ".repeat(5);
        let (text, todo) = written(&long, readme);
        assert!(!text.contains("braces") && todo.is_empty(), "{text} {todo}");
    }

    #[test]
    fn the_text_says_which_licence_a_vague_word_means() {
        let bsd = "Redistributions in binary form must reproduce the above copyright notice";
        for (license, text, expected) in [
            (Some("BSD"), bsd, "license:bsd-2"),
            (None, bsd, "license:bsd-2"),
            (Some("BSD"), "own", "#f"),
            // What is said clearly counts.
            (Some("BUSL-1.1"), bsd, "#f"),
            (Some("ISC"), bsd, "license:isc"),
            (Some("https://opensource.org/licenses/ISC"), bsd, "license:isc"),
        ] {
            let about = About { license: license.map(str::to_owned), ..About::default() };
            assert!(written(&about, text).0.ends_with(&format!("(license {expected})")), "{license:?}");
        }
    }
}
