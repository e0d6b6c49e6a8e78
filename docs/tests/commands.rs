//! The commands on a page do what the page shows.

mod support;

use std::collections::HashSet;

use pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd};
use support::running::{compare, run};
use support::{Page, assert_none, examples, pages};

/// A command in a `console` block, and what the page says that it prints.
struct Shown {
    place: String,
    command: String,
    output: String,
}

/// The commands in the `console` blocks of a page. A line before the first command of its block is a fault.
fn shown(page: &Page, faults: &mut Vec<String>) -> Vec<Shown> {
    let mut commands = Vec::new();
    let mut block = None;
    for (event, range) in page.events() {
        match (event, &mut block) {
            (Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))), _)
                if &*info == "console" =>
            {
                block = Some((page.place(range.start), String::new()));
            }
            (Event::Text(part), Some((_, text))) => text.push_str(&part),
            (Event::End(TagEnd::CodeBlock), _) => {
                if let Some((place, text)) = block.take() {
                    commands.extend(commands_in(&place, &text, faults));
                }
            }
            _ => {}
        }
    }
    commands
}

fn commands_in(place: &str, block: &str, faults: &mut Vec<String>) -> Vec<Shown> {
    let mut commands: Vec<Shown> = Vec::new();
    for line in block.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            commands.push(Shown {
                place: place.to_owned(),
                command: command.trim().to_owned(),
                output: String::new(),
            });
        } else if let Some(last) = commands.last_mut() {
            last.output.push_str(line);
            last.output.push('\n');
        } else {
            faults.push(format!("{place}: {line:?} stands before any `$ command`"));
        }
    }
    commands
}

/// The example that a command runs, and its arguments. `None` for any other command, and for one that
/// needs a shell.
fn example_and_arguments(command: &str) -> Option<(&str, Vec<&str>)> {
    if command.contains(|c: char| "'\"\\|&;<>$`*?~#()".contains(c)) {
        return None;
    }
    let mut words = command.strip_prefix("cargo run ")?.split_whitespace();
    let mut example = None;
    let mut arguments = Vec::new();
    while let Some(word) = words.next() {
        match word {
            "--release" | "--quiet" | "-q" => {}
            "--example" => example = Some(words.next()?),
            "--" => arguments.extend(words.by_ref()),
            _ if word.starts_with('-') => return None,
            // Cargo hands on the first word that is no option, and all that follow.
            _ => {
                arguments.push(word);
                arguments.extend(words.by_ref());
            }
        }
    }
    Some((example?, arguments))
}

#[test]
fn commands_are_taken_apart_as_cargo_does() {
    let release = "cargo run --release --example crossover -- --quick --max-n 10";
    let arguments = vec!["--quick", "--max-n", "10"];
    assert_eq!(
        example_and_arguments(release),
        Some(("crossover", arguments))
    );
    let words = "cargo run -q --example process_spawn 0 20";
    assert_eq!(
        example_and_arguments(words),
        Some(("process_spawn", vec!["0", "20"]))
    );
    for other in [
        "cargo test",
        "cargo run",
        "cargo run --example a | wc",
        "cargo run --bin a",
    ] {
        assert_eq!(example_and_arguments(other), None, "{other}");
    }
}

#[test]
fn every_command_prints_what_the_page_shows() {
    let mut faults = Vec::new();
    for page in pages() {
        for Shown {
            place,
            command,
            output,
        } in shown(&page, &mut faults)
        {
            let outcome = match example_and_arguments(&command) {
                Some((name, arguments)) => {
                    run(name, &arguments).and_then(|printed| compare(&printed, &output))
                }
                None => Err("this test cannot run it: show it in a `text` block".to_owned()),
            };
            if let Err(fault) = outcome {
                faults.push(format!("{place}: {command}: {fault}"));
            }
        }
    }
    assert_none(&faults);
}

/// `NAME` stands for any example.
#[test]
fn every_example_that_is_mentioned_exists() {
    let examples: HashSet<_> = examples().into_iter().map(|example| example.name).collect();
    let mut faults = Vec::new();
    for page in pages() {
        for (offset, option) in page.text.match_indices("--example") {
            let rest = &page.text[offset + option.len()..];
            if !rest.starts_with(char::is_whitespace) {
                continue; // `cargo build --examples`, or the option by itself.
            }
            let rest = rest.trim_start();
            let end = rest.find(|c: char| !(c.is_alphanumeric() || "_-".contains(c)));
            let name = &rest[..end.unwrap_or(rest.len())];
            if name != "NAME" && !examples.contains(name) {
                faults.push(format!(
                    "{}: there is no example {name:?}",
                    page.place(offset)
                ));
            }
        }
    }
    assert_none(&faults);
}
