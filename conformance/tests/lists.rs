//! Every paradigm and every workload that has a file is in the list of its crate.

use std::fs;
use std::path::Path;

/// The crates with lists, and what a file of theirs implements that belongs into the list.
const CRATES: [(&str, &[&str]); 5] = [
    ("workloads", &["Map", "Reduce"]),
    ("examples-threads", &["Paradigm"]),
    ("examples-shared-memory", &["Paradigm"]),
    ("examples-message-passing", &["Paradigm"]),
    ("examples-processes", &["Paradigm"]),
];

/// These files implement something that is not in the list: serial code, and what fails on purpose.
const NOT_LISTED: [&str; 2] = ["serial", "faulty"];

#[test]
fn every_file_is_in_the_list_of_its_crate() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut faults = Vec::new();
    for (package, traits) in CRATES {
        let sources = root.join(package).join("src");
        let read = |path: &Path| fs::read_to_string(path).expect("it is a text");
        let list = read(&sources.join("lib.rs"));
        for file in fs::read_dir(sources).expect("it is there").flatten() {
            let path = file.path();
            let module = path.file_stem().and_then(|stem| stem.to_str());
            let module = module.expect("modules have names");
            if !path.is_file() || NOT_LISTED.contains(&module) {
                continue;
            }
            let text = read(&path);
            let implemented = traits.iter().find_map(|name| {
                let (_, rest) = text.split_once(&format!("\nimpl {name} for "))?;
                Some((name, rest.split_once(' ')?.0))
            });
            let Some((what, name)) = implemented else {
                continue;
            };
            let lines = [format!("pub mod {module};"), format!("{module}::{name},")];
            // In the list of workloads, the shape stands before the type.
            let is_there = |wanted: &String| {
                list.lines().map(str::trim).any(|line| {
                    let last = line.split_whitespace().last();
                    line == wanted || (last == Some(wanted) && !line.starts_with("//"))
                })
            };
            if !lines.iter().all(is_there) {
                faults.push(format!(
                    "{package}/src/{module}.rs has a {what}, {name}. To add it, let {package}/src/lib.rs have the lines \
                     `{}` and `{}`, each next to the others of its kind",
                    lines[0], lines[1]
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
