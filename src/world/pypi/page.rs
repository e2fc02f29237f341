//! A project's page of the simple API: JSON (PEP 691, PEP 700) or HTML (PEP 503, PEP 592, PEP 658).

use std::collections::BTreeMap;

use html5gum::{Token, Tokenizer};
use serde::Deserialize;
use serde_json::error::Category;
use url::Url;

use crate::foreign::guarded;
use crate::hash::{Algorithm, Integrity};
use crate::python::release::CoreMetadataFile;

/// A link of the page, nothing checked yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Link {
    pub filename: String,
    /// As written: may be relative.
    pub url: String,
    pub integrity: Option<Integrity>,
    pub size: Option<u64>,
    pub yanked: Option<String>,
    pub requires_python: Option<String>,
    pub upload_time: Option<String>,
    pub core_metadata: Option<CoreMetadataFile>,
    pub provenance: Option<String>,
}

/// The links of a page, and what they are relative to where the page itself says so.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub base: Option<String>,
    pub links: Vec<Link>,
}

/// Reads a page of either kind, told apart by how it begins: not every server labels it rightly.
///
/// # Errors
/// Why it is none.
pub(super) fn parse(body: &[u8]) -> Result<Page, PageError> {
    let start = body.trim_ascii_start();
    if start.starts_with(b"{") { json(body) } else { html(body) }
}

/// Why an answer is no page: a sentence without its subject.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum PageError {
    /// Nothing that an index says: what came on the way, or in its place.
    #[error("{0}")]
    Garbled(String),
    #[error("{0}")]
    Unknown(String),
}

#[derive(Deserialize)]
struct JsonPage {
    #[serde(default)]
    meta: Meta,
    files: Vec<JsonFile>,
}

#[derive(Default, Deserialize)]
struct Meta {
    #[serde(rename = "api-version")]
    api_version: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct JsonFile {
    filename: String,
    url: String,
    #[serde(default)]
    hashes: BTreeMap<String, String>,
    size: Option<u64>,
    requires_python: Option<String>,
    upload_time: Option<String>,
    #[serde(default)]
    yanked: Flag,
    /// Its older name is `data-dist-info-metadata` (PEP 714).
    core_metadata: Option<Told>,
    dist_info_metadata: Option<Told>,
    provenance: Option<String>,
}

/// PEP 592: whether, or why.
#[derive(Default, Deserialize)]
#[serde(untagged)]
enum Flag {
    Is(bool),
    Why(String),
    #[default]
    Absent,
}

/// PEP 658: whether, or with which hashes.
#[derive(Deserialize)]
#[serde(untagged)]
enum Told {
    Is(bool),
    Hashes(BTreeMap<String, String>),
}

fn json(body: &[u8]) -> Result<Page, PageError> {
    let page: JsonPage = serde_json::from_slice(body).map_err(|error| match error.classify() {
        Category::Eof => PageError::Garbled(format!("breaks off ({error})")),
        Category::Syntax | Category::Io => PageError::Garbled(format!("is no JSON ({error})")),
        Category::Data => {
            let why = format!("is no project page in JSON ({error})");
            let is_page =
                serde_json::from_slice::<serde_json::Value>(body).is_ok_and(|said| said["files"].is_array());
            // A message of the server, say, which passes.
            if is_page { PageError::Unknown(why) } else { PageError::Garbled(why) }
        }
    })?;
    if let Some(version) = page.meta.api_version.filter(|version| !version.starts_with("1.")) {
        let why = format!("has the API version {version}, and only 1 is known (PEP 629)");
        return Err(PageError::Unknown(why));
    }
    let links = page.files.into_iter().map(|file| Link {
        integrity: strongest(&file.hashes),
        filename: file.filename,
        url: file.url,
        size: file.size,
        requires_python: file.requires_python,
        upload_time: file.upload_time,
        yanked: match file.yanked {
            Flag::Why(why) => Some(why),
            Flag::Is(true) => Some(String::new()),
            Flag::Is(false) | Flag::Absent => None,
        },
        core_metadata: match file.core_metadata.or(file.dist_info_metadata) {
            Some(Told::Hashes(hashes)) => Some(CoreMetadataFile { integrity: strongest(&hashes) }),
            Some(Told::Is(true)) => Some(CoreMetadataFile { integrity: None }),
            Some(Told::Is(false)) | None => None,
        },
        provenance: file.provenance,
    });
    Ok(Page { base: None, links: links.collect() })
}

/// The strongest of the hashes that we check; MD5 is none.
fn strongest(hashes: &BTreeMap<String, String>) -> Option<Integrity> {
    let known = [Algorithm::Sha512, Algorithm::Sha384, Algorithm::Sha256, Algorithm::Sha1];
    known.into_iter().find_map(|one| Integrity::from_hex(one, hashes.get(one.name())?))
}

fn html(body: &[u8]) -> Result<Page, PageError> {
    guarded(|| read_html(&String::from_utf8_lossy(body)))
        .unwrap_or_else(|panicked| Err(PageError::Unknown(panicked.to_string())))
}

fn read_html(text: &str) -> Result<Page, PageError> {
    let mut page = Page { base: None, links: Vec::new() };
    let (mut is_html, mut is_ours) = (false, false);
    for token in Tokenizer::new(text) {
        let Ok(Token::StartTag(tag)) = token else { continue };
        is_html = true;
        let attributes: BTreeMap<String, String> = tag
            .attributes
            .iter()
            .map(|(key, value)| {
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                (text(key), text(value))
            })
            .collect();
        match (&tag.name[..], attributes.get("href")) {
            (b"base", Some(href)) if page.base.is_none() => page.base = Some(href.clone()),
            (b"a", Some(href)) => {
                is_ours = true;
                page.links.extend(anchor(href, &attributes));
            }
            // PEP 629
            (b"meta", _) => {
                is_ours |= attributes.get("name").is_some_and(|name| name == "pypi:repository-version");
            }
            _ => {}
        }
    }
    let garbled = |why: &str| Err(PageError::Garbled(why.to_owned()));
    match (is_html, is_ours) {
        (true, true) => Ok(page),
        (true, false) => garbled("is HTML without any link: a login page or a proxy's message in its place?"),
        (false, _) => garbled("is neither JSON nor HTML"),
    }
}

/// The file's name is the last part of its address (PEP 503).
fn anchor(href: &str, attributes: &BTreeMap<String, String>) -> Option<Link> {
    let (url, fragment) = href.split_once('#').unwrap_or((href, ""));
    // Only its path matters here, so any base will do.
    let path = Url::parse("http://localhost/").ok()?.join(url).ok()?.path().to_owned();
    let last = path.rsplit('/').next()?;
    let filename = percent_encoding::percent_decode_str(last).decode_utf8().ok()?.into_owned();
    let hash = |text: &str| {
        let (name, hex) = text.split_once('=')?;
        strongest(&BTreeMap::from([(name.to_owned(), hex.to_owned())]))
    };
    let get = |key: &str| attributes.get(key).cloned();
    let told = get("data-core-metadata").or_else(|| get("data-dist-info-metadata"));
    Some(Link {
        filename,
        url: url.to_owned(),
        integrity: fragment.split('&').find_map(hash),
        size: None,
        yanked: get("data-yanked"),
        requires_python: get("data-requires-python"),
        upload_time: None,
        core_metadata: told
            .filter(|told| told != "false")
            .map(|told| CoreMetadataFile { integrity: hash(&told) }),
        provenance: get("data-provenance"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn both_forms_say_the_same() {
        let json = format!(
            r#"{{"meta":{{"api-version":"1.1"}},"name":"a","files":[
                {{"filename":"a-1.tar.gz","url":"../f/a-1.tar.gz","hashes":{{"md5":"x","sha256":"{EMPTY}"}},
                  "requires-python":">=3.8","yanked":"broken","core-metadata":{{"sha256":"{EMPTY}"}}}},
                {{"filename":"a 2.zip","url":"a%202.zip","hashes":{{}},"yanked":false,
                  "core-metadata":false,"provenance":null}}]}}"#
        );
        let html = format!(
            "<!DOCTYPE html><html><head><base href=\"/b/\"><title>a</title></head><body>\
             <A HREF='../f/a-1.tar.gz#sha256={EMPTY}' data-requires-python='&gt;=3.8' data-yanked=broken \
             data-core-metadata='sha256={EMPTY}'>a</A><br/><a href=\"a%202.zip#md5=00\">a</a><a>x</a>"
        );
        let (json, html) = (parse(json.as_bytes()).unwrap(), parse(html.as_bytes()).unwrap());
        assert_eq!(json.links, html.links);
        assert!(json.links[0].integrity.as_ref().unwrap().matches(b""));
        assert_eq!(json.links[0].requires_python.as_deref(), Some(">=3.8"));
        assert_eq!(json.links[1].filename, "a 2.zip");
        assert_eq!((json.base, html.base.as_deref()), (None, Some("/b/")));
    }

    #[test]
    fn what_is_no_page() {
        assert!(parse(b"{\"files\":[").unwrap_err().to_string().contains("breaks off"));
        assert!(parse(b"{}").unwrap_err().to_string().contains("no project page"));
        assert!(matches!(parse(b"{\"files\": [{\"name\": 1}]}"), Err(PageError::Unknown(_))));
        let future = br#"{"meta":{"api-version":"2.0"},"files":[]}"#;
        assert!(parse(future).unwrap_err().to_string().contains("2.0"));
        for garbled in [
            "",
            "not found",
            "{\"files\": [}",
            "<html><title>Sign in</title><form></form></html>",
            "<p>502</p>",
            "{}",
            "{\"error\": \"busy\"}",
            "{\"files\": null}",
            "[]",
            "null",
        ] {
            assert!(matches!(parse(garbled.as_bytes()), Err(PageError::Garbled(_))), "{garbled}");
        }
        let empty = "<html><head><meta name=\"pypi:repository-version\" content=\"1.0\"></head></html>";
        assert!(parse(empty.as_bytes()).unwrap().links.is_empty());
    }
}
