//! What the tests of the book share: its pages, and the examples of the workspace.

#![allow(dead_code, reason = "each file of tests needs a part of it")]

pub(crate) mod header;
pub(crate) mod running;

use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Component, Path};

use pulldown_cmark::{Event, Options, Parser, Tag};

/// The list from which mdBook reads the chapters.
const SUMMARY: &str = "docs/SUMMARY.md";

/// The root of the workspace: `cargo run --example` is started there, and paths are shown from there.
pub(crate) fn root() -> &'static Path {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR"));
    docs.parent().expect("docs/ is a member of the workspace")
}

/// Fails with all faults, one below the other, if there are any.
#[track_caller]
pub(crate) fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// An example of the workspace: `cargo run --example NAME`.
pub(crate) struct Example {
    pub(crate) name: String,
    /// The directory of its package.
    pub(crate) package: String,
    /// Its file, as seen from the root.
    pub(crate) file: String,
}

impl Example {
    /// Whether it is built only with the feature `mpi`, and started by `mpirun`.
    pub(crate) fn needs_mpi(&self) -> bool {
        self.name.starts_with("mpi_")
    }
}

/// Every example of the workspace, package by package.
pub(crate) fn examples() -> Vec<Example> {
    let mut examples = Vec::new();
    let mut packages = names_in(root());
    let nested = names_in(&root().join("benches")).into_iter();
    packages.extend(nested.map(|package| format!("benches/{package}")));
    for package in packages {
        for file in names_in(&root().join(&package).join("examples")) {
            if let Some(name) = file.strip_suffix(".rs") {
                examples.push(Example {
                    name: name.to_owned(),
                    file: format!("{package}/examples/{file}"),
                    package: package.clone(),
                });
            }
        }
    }
    assert!(
        !examples.is_empty(),
        "no examples below {}",
        root().display()
    );
    examples
}

/// The examples that are lessons: those of the crates whose names begin with `examples-`.
pub(crate) fn lessons() -> Vec<Example> {
    let mut lessons = examples();
    lessons.retain(|example| example.package.starts_with("examples-"));
    lessons
}

/// What a directory holds, sorted; nothing if it is none.
fn names_in(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

/// A page that people read: `README.md`, or one of the book.
pub(crate) struct Page {
    /// Its file, as seen from the root.
    pub(crate) file: String,
    pub(crate) text: String,
}

impl Page {
    /// # Panics
    ///
    /// If there is no such file.
    pub(crate) fn read(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            text: read(file).unwrap_or_else(|error| panic!("{file}: {error}")),
        }
    }

    /// What the page consists of, each with where it stands.
    pub(crate) fn events(&self) -> impl Iterator<Item = (Event<'_>, Range<usize>)> {
        Parser::new_ext(&self.text, Options::ENABLE_TABLES).into_offset_iter()
    }

    /// The file and the line of a place in the text, for messages.
    pub(crate) fn place(&self, offset: usize) -> String {
        let line = 1 + self.text[..offset].matches('\n').count();
        format!("{}:{line}", self.file)
    }

    /// The file that a relative link on this page leads to, as seen from the root.
    pub(crate) fn target(&self, link: &str) -> String {
        let mut parts: Vec<_> = self.file.split('/').collect();
        parts.pop();
        for component in Path::new(link).components() {
            match component {
                Component::ParentDir if parts.last().is_some_and(|&part| part != "..") => {
                    parts.pop();
                }
                Component::CurDir => {}
                other => parts.push(other.as_os_str().to_str().expect("a part of UTF-8 text")),
            }
        }
        parts.join("/")
    }

    /// The instructions to mdBook, `{{#keyword file:part}}`. One after a backslash is only text.
    pub(crate) fn directives(&self) -> impl Iterator<Item = Directive<'_>> {
        let begins = self.text.match_indices("{{#");
        let begins = begins.filter(|&(begin, _)| !self.text[..begin].ends_with('\\'));
        begins.map(|(begin, opening)| {
            let rest = &self.text[begin + opening.len()..];
            let inside = rest.split("}}").next().unwrap_or(rest);
            let (keyword, argument) = inside
                .split_once(char::is_whitespace)
                .unwrap_or((inside, ""));
            let (file, part) = argument.split_once(':').unwrap_or((argument, ""));
            Directive {
                place: self.place(begin),
                keyword,
                file: self.target(file.trim()),
                part: part.trim(),
            }
        })
    }
}

/// An instruction to mdBook, such as `{{#include ../file.rs:5:10}}`.
pub(crate) struct Directive<'a> {
    pub(crate) place: String,
    pub(crate) keyword: &'a str,
    /// The file it names, as seen from the root.
    pub(crate) file: String,
    /// The lines or the anchor; empty for the whole file.
    pub(crate) part: &'a str,
}

impl Directive<'_> {
    /// Whether it puts a file, or a part of one, into the page.
    pub(crate) fn is_include(&self) -> bool {
        ["include", "rustdoc_include"].contains(&self.keyword)
    }
}

/// A file's text; its name is as seen from the root.
pub(crate) fn read(file: &str) -> io::Result<String> {
    fs::read_to_string(root().join(file))
}

pub(crate) fn readme() -> Page {
    Page::read("README.md")
}

/// The list of chapters, which is no chapter itself.
pub(crate) fn summary() -> Page {
    Page::read(SUMMARY)
}

/// The chapters of the book.
pub(crate) fn chapters() -> Vec<Page> {
    let names = names_in(&root().join("docs")).into_iter();
    names
        .filter(|name| is_markdown(name))
        .map(|name| Page::read(&format!("docs/{name}")))
        .filter(|page| page.file != SUMMARY)
        .collect()
}

/// The chapters in the order of the book.
pub(crate) fn course() -> Vec<Page> {
    let summary = summary();
    let links = summary.events().filter_map(|(event, _)| match event {
        Event::Start(Tag::Link { dest_url, .. }) => Some(summary.target(&dest_url)),
        _ => None,
    });
    links.map(|file| Page::read(&file)).collect()
}

pub(crate) fn is_markdown(file: &str) -> bool {
    Path::new(file).extension().is_some_and(|kind| kind == "md")
}

/// All pages.
pub(crate) fn pages() -> Vec<Page> {
    let mut pages = chapters();
    pages.extend([readme(), summary()]);
    pages
}
