//! What `cargo bench` has found: criterion's files, read back.
//!
//! Criterion writes the newest result of each benchmark to `new/` in a directory of its own below
//! `target/criterion`: `benchmark.json` says what it is called, `estimates.json` what it took. The
//! names of the directories are not read, because criterion changes characters in them and cuts
//! long ones.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The result of one benchmark.
#[derive(Clone, Debug, PartialEq)]
pub struct BenchmarkResult {
    /// The group that it is in.
    pub group: String,
    /// What was measured; empty if the benchmark has only a value.
    pub method: String,
    /// The value that it was measured for (a size, a number of threads), if that is a number.
    pub value: Option<f64>,
    /// The same as criterion shows it.
    pub value_text: Option<String>,
    /// The time of one iteration, in seconds. As on criterion's pages, it is the slope of the line
    /// through the samples (time against iterations) if these have different lengths, and else
    /// their mean.
    pub seconds: f64,
    /// The lower end of its confidence interval (95%), in seconds.
    pub low: f64,
    /// The upper end, in seconds.
    pub high: f64,
    /// The bytes that one iteration moves, if the benchmark says so.
    pub throughput_bytes: Option<u64>,
    /// The benchmark's directory. Criterion's own page is `report/index.html` in it, if it drew
    /// one.
    pub directory: PathBuf,
}

/// What `benchmark.json` says, as far as it is of use.
#[derive(Deserialize)]
struct Benchmark {
    group_id: String,
    function_id: Option<String>,
    value_str: Option<String>,
    throughput: Option<serde_json::Value>,
}

/// What `estimates.json` says, as far as it is of use: times of an iteration, in nanoseconds.
#[derive(Deserialize)]
struct Estimates {
    mean: Estimate,
    slope: Option<Estimate>,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
    confidence_interval: Interval,
}

#[derive(Deserialize)]
struct Interval {
    lower_bound: f64,
    upper_bound: f64,
}

/// Reads the newest result of every benchmark below `directory` (`target/criterion`), in the order
/// of their groups, methods and values. They may be from different runs.
///
/// # Errors
///
/// If a file cannot be read, or is not what criterion writes: the error names it. A directory that
/// is missing is no error: then no benchmark has been run.
pub fn read(directory: &Path) -> io::Result<Vec<BenchmarkResult>> {
    let mut results = Vec::new();
    if directory.try_exists()? {
        read_below(directory, &mut results)?;
    }
    results.sort_by(|a, b| {
        let by_name = (&a.group, &a.method).cmp(&(&b.group, &b.method));
        let by_value = || match (a.value, b.value) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            _ => a.value_text.cmp(&b.value_text),
        };
        by_name.then_with(by_value)
    });
    Ok(results)
}

fn read_below(directory: &Path, results: &mut Vec<BenchmarkResult>) -> io::Result<()> {
    let newest = directory.join("new");
    if newest.join("benchmark.json").is_file() {
        results.push(read_benchmark(directory, &newest)?);
    }
    let named = |error| name(&error, directory);
    for entry in fs::read_dir(directory).map_err(named)? {
        let entry = entry.map_err(named)?;
        // A link could lead round in a circle; criterion makes none.
        if entry.file_type().map_err(named)?.is_dir() {
            read_below(&entry.path(), results)?;
        }
    }
    Ok(())
}

fn read_benchmark(directory: &Path, newest: &Path) -> io::Result<BenchmarkResult> {
    let benchmark: Benchmark = parse(&newest.join("benchmark.json"))?;
    let estimates: Estimates = parse(&newest.join("estimates.json"))?;
    let Estimate {
        point_estimate,
        confidence_interval,
    } = estimates.slope.unwrap_or(estimates.mean);
    let throughput_bytes = benchmark.throughput.as_ref().and_then(|throughput| {
        throughput
            .get("Bytes")
            .or_else(|| throughput.get("BytesDecimal"))?
            .as_u64()
    });
    Ok(BenchmarkResult {
        group: benchmark.group_id,
        method: benchmark.function_id.unwrap_or_default(),
        value: benchmark.value_str.as_ref().and_then(|v| v.parse().ok()),
        value_text: benchmark.value_str,
        seconds: point_estimate * 1e-9,
        low: confidence_interval.lower_bound * 1e-9,
        high: confidence_interval.upper_bound * 1e-9,
        throughput_bytes,
        directory: directory.to_owned(),
    })
}

fn parse<T: DeserializeOwned>(file: &Path) -> io::Result<T> {
    let text = fs::read_to_string(file).map_err(|error| name(&error, file))?;
    serde_json::from_str(&text).map_err(|error| {
        io::Error::new(
            ErrorKind::InvalidData,
            format!("{} is not what criterion writes: {error}", file.display()),
        )
    })
}

/// The same error, with the path that it is about.
fn name(error: &io::Error, path: &Path) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory of a test's own, removed when it is dropped.
    struct Written(PathBuf);

    impl Written {
        fn new(test: &str) -> Self {
            let name = format!("criterion-results-{test}-{}", std::process::id());
            Self(std::env::temp_dir().join(name))
        }

        /// Writes one benchmark as criterion does.
        fn benchmark(&self, place: &str, benchmark: &str, estimates: &str) {
            let newest = self.0.join(place).join("new");
            fs::create_dir_all(&newest).unwrap();
            fs::write(newest.join("benchmark.json"), benchmark).unwrap();
            fs::write(newest.join("estimates.json"), estimates).unwrap();
        }
    }

    impl Drop for Written {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn estimate(nanoseconds: f64) -> String {
        format!(
            r#"{{"confidence_interval":{{"confidence_level":0.95,"lower_bound":{},"upper_bound":{}}},
                "point_estimate":{nanoseconds},"standard_error":1.0}}"#,
            nanoseconds / 2.0,
            nanoseconds * 2.0
        )
    }

    fn estimates(mean: f64, slope: &str) -> String {
        let mean = estimate(mean);
        format!(
            r#"{{"mean":{mean},"median":{mean},"median_abs_dev":{mean},"slope":{slope},"std_dev":{mean}}}"#
        )
    }

    #[test]
    fn reads_names_values_times_and_bytes() {
        let written = Written::new("reads");
        written.benchmark(
            "crossover-squares/threads_rayon/100",
            r#"{"group_id":"crossover-squares","function_id":"threads/rayon","value_str":"100",
                "throughput":null,"full_id":"crossover-squares/threads/rayon/100",
                "directory_name":"crossover-squares/threads_rayon/100","title":"…"}"#,
            &estimates(3_000.0, &estimate(2_000.0)),
        );
        written.benchmark(
            "ipc/pipe/1024",
            r#"{"group_id":"ipc","function_id":"pipe","value_str":"1024","throughput":{"Bytes":1024}}"#,
            &estimates(3_000.0, "null"),
        );
        written.benchmark(
            "ipc/pipe/32",
            r#"{"group_id":"ipc","function_id":"pipe","value_str":"32","throughput":{"Elements":1}}"#,
            &estimates(1_000.0, "null"),
        );
        written.benchmark(
            "overhead/fork+wait",
            r#"{"group_id":"overhead","function_id":"fork+wait","value_str":null,"throughput":null}"#,
            &estimates(1e9, "null"),
        );
        // Criterion keeps the run before, too, and summaries of groups.
        fs::create_dir_all(written.0.join("ipc/pipe/32/base")).unwrap();
        fs::create_dir_all(written.0.join("ipc/report")).unwrap();

        let results = read(&written.0).unwrap();
        let names: Vec<_> = results
            .iter()
            .map(|result| (result.group.as_str(), result.method.as_str(), result.value))
            .collect();
        assert_eq!(
            names,
            [
                ("crossover-squares", "threads/rayon", Some(100.0)),
                ("ipc", "pipe", Some(32.0)),
                ("ipc", "pipe", Some(1024.0)),
                ("overhead", "fork+wait", None),
            ]
        );
        let near = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-9;
        let slope = &results[0];
        assert!(near(slope.seconds, 2e-6) && near(slope.low, 1e-6) && near(slope.high, 4e-6));
        assert_eq!(slope.value_text.as_deref(), Some("100"));
        let place = written.0.join("crossover-squares/threads_rayon/100");
        assert_eq!(slope.directory, place);
        assert!(near(results[1].seconds, 1e-6) && near(results[2].seconds, 3e-6));
        let bytes: Vec<_> = results.iter().map(|r| r.throughput_bytes).collect();
        assert_eq!(bytes, [None, None, Some(1024), None]);
    }

    #[test]
    fn a_missing_directory_holds_no_results() {
        assert_eq!(read(&Written::new("missing").0).unwrap(), []);
    }

    #[test]
    fn a_file_that_is_something_else_is_named() {
        let written = Written::new("broken");
        let benchmark =
            r#"{"group_id":"ipc","function_id":"pipe","value_str":"32","throughput":null}"#;
        written.benchmark("ipc/pipe/32", benchmark, r#"{"mean":"fast"}"#);
        let error = read(&written.0).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
        assert!(error.to_string().contains("estimates.json"), "{error}");
        fs::remove_file(written.0.join("ipc/pipe/32/new/estimates.json")).unwrap();
        let error = read(&written.0).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.to_string().contains("estimates.json"), "{error}");
    }
}
