//! What a lesson says of itself.

use super::{Example, read};

/// What the `//!` lines at the top of a lesson say.
pub(crate) struct Header(Vec<String>);

impl Header {
    pub(crate) fn of(lesson: &Example) -> Self {
        let text = read(&lesson.file).unwrap_or_else(|error| panic!("{}: {error}", lesson.file));
        let lines = text.lines().map_while(|line| line.strip_prefix("//!"));
        Self(
            lines
                .map(|line| line.strip_prefix(' ').unwrap_or(line).to_owned())
                .collect(),
        )
    }

    /// The position of the first line that begins with `begin`.
    fn position(&self, begin: &str) -> Option<usize> {
        self.0.iter().position(|line| line.starts_with(begin))
    }

    /// The block of text below `Expected output`.
    pub(crate) fn expected_output(&self) -> Option<String> {
        let lines = &self.0[self.position("Expected output")?..];
        let begin = lines.iter().position(|line| line == "```text")?;
        let lines = &lines[begin + 1..];
        let end = lines.iter().position(|line| line == "```")?;
        Some(lines[..end].join("\n") + "\n")
    }

    /// The command that it should have after `Run: `.
    fn command(&self, lesson: &Example) -> String {
        let name = &lesson.name;
        if !lesson.needs_mpi() {
            return format!("cargo run --example {name}");
        }
        // The number of ranks is its own choice.
        let ranks = self.ranks().unwrap_or_default();
        format!(
            "cargo build --features mpi --example {name} && mpirun -n {ranks} target/debug/examples/{name}"
        )
    }

    /// The number of ranks in the command of a lesson that needs MPI.
    pub(crate) fn ranks(&self) -> Option<u32> {
        let line = &self.0[self.position("Run: ")?];
        let (_, rest) = line.split_once(" mpirun -n ")?;
        rest.split(' ').next()?.parse().ok()
    }

    /// What is missing or wrong.
    pub(crate) fn faults(&self, lesson: &Example) -> Vec<&'static str> {
        let command = self.command(lesson);
        let order = ["Run: ", "Expected output", "Try: "].map(|part| self.position(part));
        let run_lines = self.0.iter().filter(|line| line.starts_with("Run: "));
        let output = self.expected_output();
        let rules = [
            (
                self.0.first().is_some_and(|line| line.len() > 1),
                "it begins with what it shows",
            ),
            (
                run_lines.eq([&format!("Run: `{command}`")]),
                "it has exactly one `Run: ` line, with its own command",
            ),
            (
                output.is_some_and(|output| output != "\n"),
                "it has `Expected output` with a text block",
            ),
            (order[2].is_some(), "it has a `Try: `"),
            (
                order.is_sorted(),
                "`Run`, `Expected output` and `Try` stand in this order",
            ),
        ];
        let broken = rules.into_iter().filter(|(kept, _)| !kept);
        broken.map(|(_, rule)| rule).collect()
    }
}
