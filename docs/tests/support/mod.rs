//! What the tests of the book share: its pages, the examples, and how to run one.

#![allow(dead_code, reason = "each file of tests needs a part of it")]

use std::env::{self, consts::EXE_SUFFIX};
use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use pulldown_cmark::{Event, Options, Parser};
use snapbox::report::Palette;
use snapbox::{Assert, IntoData};

/// From this list mdBook knows the chapters.
const SUMMARY: &str = "docs/SUMMARY.md";

/// How long a program may run before it is killed. A lesson ends within two seconds.
const LIMIT: Duration = Duration::from_secs(30);

/// How often to look whether a program has ended.
const PAUSE: Duration = Duration::from_millis(5);

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

pub(crate) fn is_markdown(file: &str) -> bool {
    Path::new(file).extension().is_some_and(|kind| kind == "md")
}

/// All pages.
pub(crate) fn pages() -> Vec<Page> {
    let mut pages = chapters();
    pages.extend([readme(), summary()]);
    pages
}

/// Runs an example in the root, with nothing on its standard input. Returns what it printed.
///
/// # Errors
///
/// A sentence, if it cannot be started, fails, or takes longer than [`LIMIT`].
pub(crate) fn run(name: &str, arguments: &[&str]) -> Result<String, String> {
    let executable = built_examples().join(format!("{name}{EXE_SUFFIX}"));
    let mut program = Command::new(&executable)
        .args(arguments)
        .current_dir(root())
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{} cannot be started: {error}", executable.display()))?;
    let stdout = program.stdout.take().expect("it is piped");
    let stderr = program.stderr.take().expect("it is piped");
    let stdout = thread::spawn(|| io::read_to_string(stdout));
    let stderr = thread::spawn(|| io::read_to_string(stderr));

    let start = Instant::now();
    let status = loop {
        let ended = program.try_wait().map_err(|error| error.to_string())?;
        match ended {
            // A child that it left behind may still hold the pipes.
            Some(status) if stdout.is_finished() && stderr.is_finished() => break status,
            _ if start.elapsed() > LIMIT => {
                // It fails if it has ended by now, which is as good.
                let _ = program.kill();
                let _ = program.wait();
                let what = if ended.is_none() {
                    "it"
                } else {
                    "a child of it"
                };
                return Err(format!("{what} was still running after {LIMIT:?}"));
            }
            _ => thread::sleep(PAUSE),
        }
    };

    let stdout = stdout.join().expect("reading does not panic");
    let stderr = stderr.join().expect("reading does not panic");
    if status.success() {
        stdout.map_err(|error| format!("what it printed is no text: {error}"))
    } else {
        Err(format!("{status}\n{}", stderr.unwrap_or_default()))
    }
}

/// Compares what a program printed with what a page says: `[..]` is any text within a line, and a
/// line `...` is any lines.
///
/// # Errors
///
/// The difference.
pub(crate) fn compare(printed: &str, said: &str) -> Result<(), String> {
    Assert::new()
        .palette(Palette::plain())
        .normalize_paths(false)
        .try_eq(None, printed.into_data(), said.into_data())
        .map_err(|difference| difference.to_string())
}

/// Where the executables of the examples are. The first call builds them, in the directory and the
/// profile in which this test was built.
fn built_examples() -> &'static Path {
    static DIRECTORY: OnceLock<PathBuf> = OnceLock::new();
    DIRECTORY.get_or_init(|| {
        let this_test = env::current_exe().expect("the system knows what it runs");
        // TARGET/PROFILE/deps/THIS_TEST
        let profile = this_test.ancestors().nth(2).expect("cargo built it");
        let target = profile.parent().expect("cargo built it");
        let name = profile.file_name().and_then(|name| name.to_str());
        let build = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--workspace", "--examples", "--profile"])
            .arg(match name.expect("profiles have names in UTF-8") {
                "debug" => "dev",
                other => other,
            })
            .arg("--target-dir")
            .arg(target)
            .current_dir(root())
            .output()
            .expect("cargo can be started");
        let stderr = String::from_utf8_lossy(&build.stderr);
        assert!(
            build.status.success(),
            "the examples do not build:\n{stderr}"
        );
        profile.join("examples")
    })
}
