//! Numbers and results in words, the same in the terminal and in the HTML report.

use crate::crossing::{AtSize, Crossing, Estimate, Pays, Verdict};

/// A time with three significant digits: `1.23 ms`.
pub fn time(seconds: f64) -> String {
    let (value, unit) = match seconds {
        s if s < 1e-6 => (s * 1e9, "ns"),
        s if s < 1e-3 => (s * 1e6, "µs"),
        s if s < 1.0 => (s * 1e3, "ms"),
        s => (s, "s"),
    };
    let decimals = decimals(value);
    format!("{value:.decimals$} {unit}")
}

/// A count with three significant digits: `7,600`, `11.0k`, `2.09M`; whole numbers up to 9,999 have all.
pub fn count(n: f64) -> String {
    let (value, unit) = match n {
        n if n < 9_999.5 => return thousands(n.round() as u64),
        n if n < 999_500.0 => (n / 1e3, "k"),
        n if n < 999.5e6 => (n / 1e6, "M"),
        n => (n / 1e9, "G"),
    };
    let decimals = decimals(value);
    without_zeros(&format!("{value:.decimals$}{unit}"))
}

/// An amount of memory with three significant digits: `512 B`, `1.50 KiB`, `64.0 MiB`.
pub fn bytes(bytes: f64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut value = bytes;
    let mut unit = 0;
    // Less than 1,024 of a unit, once it is rounded.
    while value >= 1_023.5 && unit + 1 < UNITS.len() {
        value /= 1_024.0;
        unit += 1;
    }
    let whole = unit == 0 && value.fract() == 0.0;
    let decimals = if whole { 0 } else { decimals(value) };
    format!("{value:.decimals$} {}", UNITS[unit])
}

/// A bandwidth with three significant digits: `1.23 GB/s`.
pub fn rate(bytes_per_second: f64) -> String {
    let (value, unit) = match bytes_per_second {
        b if b < 999.5 => (b, "B/s"),
        b if b < 999.5e3 => (b / 1e3, "kB/s"),
        b if b < 999.5e6 => (b / 1e6, "MB/s"),
        b if b < 999.5e9 => (b / 1e9, "GB/s"),
        b => (b / 1e12, "TB/s"),
    };
    let decimals = decimals(value);
    format!("{value:.decimals$} {unit}")
}

/// A share, of which 1 is the whole: `87%`; below 10% with one decimal.
pub fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    let decimals = usize::from(percent.abs() < 9.95);
    format!("{percent:.decimals$}%")
}

/// A ratio with three significant digits: `1.85×`.
pub fn times(ratio: f64) -> String {
    // There is no smaller unit for small ones.
    let decimals = match ratio {
        ratio if ratio < 0.00995 => 4,
        ratio if ratio < 0.0995 => 3,
        ratio => decimals(ratio),
    };
    format!("{ratio:.decimals$}×")
}

/// How many decimals three significant digits are.
fn decimals(value: f64) -> usize {
    match value {
        v if v < 9.995 => 2,
        v if v < 99.95 => 1,
        _ => 0,
    }
}

/// The same number without zeros at its end: `1.50 ms` becomes `1.5 ms`, `1.00 ms` becomes `1 ms`.
pub fn without_zeros(text: &str) -> String {
    let is_of_number = |letter: char| letter.is_ascii_digit() || letter == '.';
    let end = text.find(|letter| !is_of_number(letter));
    let (number, unit) = text.split_at(end.unwrap_or(text.len()));
    let short = if number.contains('.') {
        number.trim_end_matches('0').trim_end_matches('.')
    } else {
        number
    };
    format!("{short}{unit}")
}

/// So many of a thing: `1 worker`, `10,000 items`.
pub fn number_of(count: usize, thing: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", thousands(count as u64))
}

/// All digits, with separators: `10,000,000`.
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (k, digit) in digits.chars().enumerate() {
        if k > 0 && (digits.len() - k).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// From which size on a paradigm is faster than serial code.
pub fn pays(estimate: &Estimate) -> String {
    match estimate.pays() {
        Pays::From(crossing) => format!("n ≈ {}", count(crossing.n)),
        Pays::Between(Some(begin), end) => {
            format!("n ≈ {} to {}", count(begin.n), count(end.n))
        }
        Pays::Between(None, end) => format!("up to n ≈ {}", count(end.n)),
        Pays::Always(n) => format!("n = {} on", count(n as f64)),
        Pays::Never(up_to) if estimate.largest().verdict == Verdict::NoDifference => {
            format!("undecided up to n = {}", count(up_to as f64))
        }
        Pays::Never(up_to) => format!("never up to n = {}", count(up_to as f64)),
        Pays::NoDifference(up_to) => format!("no difference up to n = {}", count(up_to as f64)),
    }
}

/// The crossing that [`pays`] speaks of, or the first of two.
pub fn crossing(estimate: &Estimate) -> Option<Crossing> {
    match estimate.pays() {
        Pays::From(crossing) | Pays::Between(Some(crossing), _) | Pays::Between(None, crossing) => {
            Some(crossing)
        }
        Pays::Always(_) | Pays::Never(_) | Pays::NoDifference(_) => None,
    }
}

/// The 95% interval of a crossing.
pub fn interval(crossing: &Crossing) -> String {
    let low = crossing.low.map_or("below all sizes".to_owned(), count);
    let high = crossing.high.map_or("open".to_owned(), count);
    format!("{low} – {high}")
}

/// Where a crossing may still be, if the paradigm is slower up to some size, and undecided from there on.
pub fn undecided_from(estimate: &Estimate) -> Option<String> {
    let slower = estimate
        .sizes
        .iter()
        .rfind(|size| size.verdict == Verdict::Slower)?;
    let undecided = estimate.largest().verdict == Verdict::NoDifference;
    (estimate.crossings.is_empty() && undecided)
        .then(|| format!("{} – open", count(slower.n as f64)))
}

/// The nearest sizes on both sides of a crossing where the paradigm is slower beyond doubt, and faster.
pub fn bracket(crossing: &Crossing) -> String {
    let size = |n: Option<usize>| n.map_or("–".to_owned(), |n| count(n as f64));
    let (slower, faster) = match crossing.to {
        Verdict::Slower => (crossing.bracket_high, crossing.bracket_low),
        Verdict::Faster | Verdict::NoDifference => (crossing.bracket_low, crossing.bracket_high),
    };
    format!("{} | {}", size(slower), size(faster))
}

/// A speedup; with `=` before it where its 95% interval holds 1, and so nobody knows who is faster.
pub fn speedup(size: &AtSize) -> String {
    let speedup = 1.0 / size.ratio.median;
    if (size.ratio.low..=size.ratio.high).contains(&1.0) {
        format!("= {speedup:.2}")
    } else {
        format!("{speedup:.2}")
    }
}

/// Between which factors serial code is off from itself: `±0.6%`.
pub fn noise_floor(floor: f64) -> String {
    format!("±{:.1}%", 100.0 * floor.exp_m1())
}

/// A text in lines of at most `width` columns, broken between words.
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits() {
        for (seconds, text) in [
            (0.0, "0.00 ns"),
            (1.234e-9, "1.23 ns"),
            (99.96e-6, "100 µs"),
            (12.34e-3, "12.3 ms"),
            (123.4, "123 s"),
        ] {
            assert_eq!(time(seconds), text);
        }
    }

    #[test]
    fn counts_are_rounded_and_separated() {
        assert_eq!(count(1.4), "1");
        assert_eq!(count(123.4), "123");
        assert_eq!(count(7_600.4), "7,600");
        assert_eq!(count(10_000.0), "10k");
        assert_eq!(count(11_040.0), "11k");
        assert_eq!(count(123_456.0), "123k");
        assert_eq!(count(2_094_000.0), "2.09M");
        assert_eq!(count(999_900.0), "1M");
        assert_eq!(count(2e9), "2G");
        assert_eq!(thousands(10_000_000), "10,000,000");
        assert_eq!(thousands(999), "999");
        assert_eq!(number_of(1, "worker"), "1 worker");
        assert_eq!(number_of(10_000, "item"), "10,000 items");
    }
    #[test]
    fn amounts_rates_shares_and_ratios() {
        assert_eq!(bytes(1.0), "1 B");
        assert_eq!(bytes(1_000.0), "1000 B");
        assert_eq!(bytes(1_024.0), "1.00 KiB");
        assert_eq!(bytes(1_536.0), "1.50 KiB");
        assert_eq!(bytes(1_048_575.0), "1.00 MiB");
        assert_eq!(bytes(268_435_456.0), "256 MiB");
        assert_eq!(rate(1.0), "1.00 B/s");
        assert_eq!(rate(999_600.0), "1.00 MB/s");
        assert_eq!(rate(12.34e9), "12.3 GB/s");
        assert_eq!(percent(0.874), "87%");
        assert_eq!(percent(0.0123), "1.2%");
        assert_eq!(percent(-0.5), "-50%");
        assert_eq!(times(1.849), "1.85×");
        assert_eq!(times(250.0), "250×");
    }

    #[test]
    fn zeros_at_the_end_say_nothing() {
        assert_eq!(without_zeros("1.00 ms"), "1 ms");
        assert_eq!(without_zeros("1.50 ms"), "1.5 ms");
        assert_eq!(without_zeros("100 ms"), "100 ms");
        assert_eq!(without_zeros("20%"), "20%");
        assert_eq!(without_zeros("1,000"), "1,000");
        assert_eq!(without_zeros("0.30"), "0.3");
    }

    #[test]
    fn results_in_words() {
        use crate::crossing::{AtSize, Crossing, Estimate, Range, Verdict};
        let range = |median| Range {
            median,
            low: 0.9 * median,
            high: 1.1 * median,
        };
        let at = |(n, ratio, verdict)| AtSize {
            n,
            rounds: 5,
            serial: range(1.0),
            parallel: range(ratio),
            ratio: range(ratio),
            verdict,
        };
        let estimate = |sizes: [(usize, f64, Verdict); 2], crossings: Vec<Crossing>| Estimate {
            sizes: sizes.map(at).to_vec(),
            crossings,
            overall: Verdict::NoDifference,
        };
        let crossing = Crossing {
            to: Verdict::Faster,
            n: 7_600.4,
            low: Some(7_000.0),
            high: None,
            bracket_low: Some(5_000),
            bracket_high: None,
        };
        let (slower, none) = (Verdict::Slower, Verdict::NoDifference);

        let found = estimate([(10, 2.0, slower), (10_000, 0.99, none)], vec![crossing]);
        assert_eq!(pays(&found), "n ≈ 7,600");
        assert_eq!(interval(&crossing), "7,000 – open");
        assert_eq!(bracket(&crossing), "5,000 | –");
        assert_eq!(speedup(found.largest()), "= 1.01");
        assert_eq!(speedup(&found.sizes[0]), "0.50");

        let undecided = estimate([(10, 2.0, slower), (10_000, 0.99, none)], Vec::new());
        assert_eq!(pays(&undecided), "undecided up to n = 10k");
        assert_eq!(undecided_from(&undecided).as_deref(), Some("10 – open"));

        let never = estimate([(10, 2.0, slower), (10_000, 2.0, slower)], Vec::new());
        assert_eq!(pays(&never), "never up to n = 10k");
        assert_eq!(undecided_from(&never), None);

        // The other way round: faster below, slower above.
        let end = Crossing {
            to: slower,
            bracket_high: Some(9_000),
            ..crossing
        };
        assert_eq!(bracket(&end), "9,000 | 5,000");
    }
}
