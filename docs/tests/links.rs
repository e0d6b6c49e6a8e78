//! Every link, image and include on a page leads somewhere, and every chapter is in the book.

mod support;

use std::collections::{HashMap, HashSet};
use std::path::Path;

use pulldown_cmark::{Event, Tag, TagEnd};
use support::{
    Directive, Page, assert_none, chapters, is_markdown, pages, read, readme, root, summary,
};

#[test]
fn every_relative_link_leads_to_a_file_and_a_heading() {
    let mut faults = Vec::new();
    for page in pages() {
        for (link, offset) in links(&page) {
            if let Err(fault) = check_link(&page, &link) {
                faults.push(format!("{}: {link}: {fault}", page.place(offset)));
            }
        }
    }
    assert_none(&faults);
}

/// Where the links and images of a page lead, and where they stand.
fn links(page: &Page) -> Vec<(String, usize)> {
    let mut links = Vec::new();
    for (event, range) in page.events() {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                links.push((dest_url.to_string(), range.start));
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                for attribute in ["href=\"", "src=\"", "srcset=\""] {
                    let values = html.split(attribute).skip(1);
                    links.extend(values.filter_map(|rest| {
                        let (value, _) = rest.split_once('"')?;
                        Some((value.to_owned(), range.start))
                    }));
                }
            }
            _ => {}
        }
    }
    links
}

fn check_link(page: &Page, link: &str) -> Result<(), String> {
    if link.contains("://") || link.starts_with("mailto:") {
        return Ok(()); // Pages elsewhere come and go: a test of their links would fail now and then.
    }
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let file = if path.is_empty() {
        page.file.clone()
    } else {
        page.target(path)
    };
    if !root().join(&file).exists() {
        return Err(format!("there is no {file}"));
    }
    if is_built(&file) {
        return Err(format!("{file} is built, and is in no clone"));
    }
    // A chapter and its page of the book are one directory below the root, so the same link leads from both to a
    // source. But mdBook takes any other Markdown file for a page, and makes the link end in `.html`.
    if page.file.starts_with("docs/") && !file.starts_with("docs/") && is_markdown(&file) {
        return Err(format!("{file} is not in the book: name it without a link"));
    }
    if anchor.is_empty() {
        return Ok(());
    }
    if !is_markdown(&file) {
        return Err(format!("{file} has no headings"));
    }
    let headings = anchors(&Page::read(&file));
    if headings.iter().any(|heading| heading == anchor) {
        Ok(())
    } else {
        Err(format!(
            "{file} has no heading #{anchor}, only {headings:?}"
        ))
    }
}

/// Whether `.gitignore` in the root names the directory that this file is in.
fn is_built(file: &str) -> bool {
    let ignored = read(".gitignore").expect("the root has a .gitignore");
    let mut built = ignored.lines().filter_map(|line| line.strip_prefix('/'));
    built.any(|built| Path::new(file).starts_with(built))
}

#[test]
fn a_link_from_a_chapter_may_lead_to_a_source_but_not_to_what_is_built() {
    let page = Page {
        file: "docs/page.md".to_owned(),
        text: String::new(),
    };
    for link in [
        "../docs/lib.rs",
        "../.ci/run",
        "../workloads/src",
        "measuring.md#floors",
    ] {
        assert_eq!(check_link(&page, link), Ok(()), "{link}");
    }
    for link in [
        "../none.rs",
        "../target",
        "../README.md",
        "../docs/lib.rs#L1",
        "measuring.md#none",
    ] {
        assert!(check_link(&page, link).is_err(), "{link}");
    }
}

/// What can stand after `#` in a link to this page. GitHub and mdBook agree: the heading in lower
/// case, hyphens for spaces, no other punctuation, and a number if it was there before.
fn anchors(page: &Page) -> Vec<String> {
    let mut seen = HashMap::new();
    let mut anchors = Vec::new();
    let mut heading = None;
    for (event, _) in page.events() {
        match (event, &mut heading) {
            (Event::Start(Tag::Heading { .. }), _) => heading = Some(String::new()),
            (Event::Text(text) | Event::Code(text), Some(heading)) => heading.push_str(&text),
            (Event::End(TagEnd::Heading(_)), _) => {
                let anchor = anchor_of(&heading.take().unwrap_or_default());
                let before = seen.entry(anchor.clone()).or_insert(0);
                anchors.push(match before {
                    0 => anchor,
                    _ => format!("{anchor}-{before}"),
                });
                *before += 1;
            }
            _ => {}
        }
    }
    anchors
}

fn anchor_of(heading: &str) -> String {
    let lower = heading.trim().to_lowercase();
    lower
        .chars()
        .filter_map(|c| match c {
            ' ' => Some('-'),
            _ => (c.is_alphanumeric() || "-_".contains(c)).then_some(c),
        })
        .collect()
}

#[test]
fn anchors_are_made_as_github_and_mdbook_make_them() {
    assert_eq!(
        anchor_of("A child's change stays in the child"),
        "a-childs-change-stays-in-the-child"
    );
    assert_eq!(anchor_of("`spin`: a knob, n > 1"), "spin-a-knob-n--1");
    let page = Page {
        file: "docs/page.md".to_owned(),
        text: "# One\n\n## `Two` *three*\n\n## One\n\n```\n# no heading\n```\n".to_owned(),
    };
    assert_eq!(anchors(&page), ["one", "two-three", "one-1"]);
}

#[test]
fn every_include_leads_to_a_file_and_its_part() {
    let mut faults = Vec::new();
    for page in chapters() {
        for directive in page.directives() {
            if let Err(fault) = check_include(&directive) {
                faults.push(format!("{}: {fault}", directive.place));
            }
        }
    }
    // mdBook does not read it, so a reader would see the instruction.
    for directive in readme().directives() {
        faults.push(format!("{}: README.md is not in the book", directive.place));
    }
    assert_none(&faults);
}

fn check_include(directive: &Directive<'_>) -> Result<(), String> {
    let Directive {
        keyword,
        file,
        part,
        ..
    } = directive;
    if !directive.is_include() {
        return Err(format!("{keyword:?} is no include"));
    }
    let text = read(file).map_err(|error| format!("{file}: {error}"))?;
    if has_part(&text, part) {
        Ok(())
    } else {
        Err(format!("{file} has no {part}"))
    }
}

/// Whether a file has what stands after its name in an include: an anchor, a line, or `from:to`.
fn has_part(text: &str, part: &str) -> bool {
    let count = text.lines().count();
    let line = |number: &str, default| match number {
        "" => Some(default),
        _ => number.parse().ok(),
    };
    let lines = match part.split_once(':') {
        None => line(part, 1).map(|only| (only, only)),
        Some((from, to)) => line(from, 1).zip(line(to, count)),
    };
    match lines {
        Some((from, to)) => 1 <= from && from <= to && to <= count,
        None => ["ANCHOR:", "ANCHOR_END:"].iter().all(|mark| {
            let names = text.lines().filter_map(|line| line.split_once(mark));
            names.filter(|(_, name)| name.trim() == part).count() == 1
        }),
    }
}

#[test]
fn parts_are_anchors_and_lines() {
    let text = "one\n// ANCHOR: two\ntwo\n// ANCHOR_END: two\n// ANCHOR: open\n";
    for part in ["", "two", "5", "2:3", ":3", "3:", "5:5"] {
        assert!(has_part(text, part), "{part:?}");
    }
    for part in ["one", "open", "tw", "6", "0", "3:2", "2:6", "6:"] {
        assert!(!has_part(text, part), "{part:?}");
    }
}

#[test]
fn every_chapter_is_in_the_summary_once() {
    let summary = summary();
    let mut listed = HashSet::new();
    let mut faults = Vec::new();
    for (link, offset) in links(&summary) {
        if !listed.insert(summary.target(&link)) {
            faults.push(format!(
                "{}: {link} for the second time",
                summary.place(offset)
            ));
        }
    }
    for chapter in chapters() {
        if !listed.contains(&chapter.file) {
            faults.push(format!("{} is not in {}", chapter.file, summary.file));
        }
    }
    assert_none(&faults);
}
