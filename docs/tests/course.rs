//! The README and the book have one course, with every lesson.

mod support;

use std::collections::HashSet;

use support::{Directive, Example, Page, assert_none, course, lessons, readme};

/// A lesson as the README and the book announce it.
#[derive(Debug, PartialEq)]
struct Announcement {
    name: String,
    minutes: String,
    assumes: String,
}

/// The rows ``| [`NAME`](FILE) | MINUTES | ASSUMES | SHOWS |`` of README.md, with the files.
fn rows_of_readme() -> Vec<(Announcement, String)> {
    let readme = readme();
    let rows = readme.text.lines().filter_map(|line| {
        let rest = line.strip_prefix("| [`")?;
        let (name, rest) = rest.split_once("`](")?;
        let (file, rest) = rest.split_once(") | ")?;
        let (minutes, rest) = rest.split_once(" | ")?;
        let (assumes, _) = rest.split_once(" | ")?;
        Some((announcement(name, minutes, assumes), file.to_owned()))
    });
    rows.collect()
}

/// The lines `` `NAME` · MINUTES minutes · assumes ASSUMES`` of the book, chapter by chapter.
fn lines_of_book() -> Vec<Announcement> {
    let mut lines = Vec::new();
    for chapter in course() {
        lines.extend(chapter.text.lines().filter_map(|line| {
            let (name, rest) = line.strip_prefix('`')?.split_once("` · ")?;
            let (minutes, assumes) = rest.split_once(" minutes · assumes ")?;
            Some(announcement(name, minutes, assumes))
        }));
    }
    lines
}

fn announcement(name: &str, minutes: &str, assumes: &str) -> Announcement {
    Announcement {
        name: name.to_owned(),
        minutes: minutes.to_owned(),
        assumes: assumes.to_owned(),
    }
}

#[test]
fn the_readme_and_the_book_have_one_course_with_every_lesson() {
    let (rows, files): (Vec<_>, Vec<_>) = rows_of_readme().into_iter().unzip();
    let lines = lines_of_book();
    let mut faults = Vec::new();
    for (row, line) in rows.iter().zip(&lines) {
        if row != line {
            faults.push(format!("README.md has {row:?}, and the book {line:?}"));
        }
    }
    if rows.len() != lines.len() {
        let (rows, lines) = (rows.len(), lines.len());
        faults.push(format!(
            "README.md has {rows} lessons, and the book {lines}"
        ));
    }
    for Example { name, file, .. } in lessons() {
        if !files.contains(&file) {
            faults.push(format!(
                "README.md has no row for `{name}` with a link to {file}"
            ));
        }
    }
    let mut before = HashSet::new();
    for Announcement { name, assumes, .. } in rows {
        for assumed in assumes.split('`').skip(1).step_by(2) {
            if !before.contains(assumed) {
                faults.push(format!("{name} assumes {assumed}, which is not before it"));
            }
        }
        before.insert(name);
    }
    assert_none(&faults);
}

#[test]
fn the_book_shows_every_lesson() {
    let chapters = course();
    let includes = chapters.iter().flat_map(Page::directives);
    let shown: HashSet<_> = includes
        .filter(Directive::is_include)
        .map(|include| include.file)
        .collect();
    let hidden = lessons()
        .into_iter()
        .filter(|lesson| !shown.contains(&lesson.file));
    let faults: Vec<_> = hidden
        .map(|lesson| format!("no chapter includes {}", lesson.file))
        .collect();
    assert_none(&faults);
}
