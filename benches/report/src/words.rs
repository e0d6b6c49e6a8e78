//! Numbers in words, the same in the terminal and on the pages.

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

/// A ratio in a sentence, with two significant digits: `0.53`, `3.1`, `24`.
pub fn ratio(ratio: f64) -> String {
    let decimals = match ratio {
        ratio if ratio < 0.0995 => 3,
        ratio if ratio < 0.995 => 2,
        ratio if ratio < 9.95 => 1,
        _ => 0,
    };
    format!("{ratio:.decimals$}")
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
    fn numbers_have_three_digits_and_a_unit() {
        let times = [0.0, 1.234e-9, 99.96e-6, 12.34e-3, 123.4].map(time);
        assert_eq!(times, ["0.00 ns", "1.23 ns", "100 µs", "12.3 ms", "123 s"]);
        let counts = [1.4, 123.4, 7_600.4, 1e4, 11_040.0, 2_094_000.0, 2e9].map(count);
        assert_eq!(counts, ["1", "123", "7,600", "10k", "11k", "2.09M", "2G"]);
        let memory = [1.0, 1_000.0, 1_536.0, 1_048_575.0].map(bytes);
        assert_eq!(memory, ["1 B", "1000 B", "1.50 KiB", "1.00 MiB"]);
        let rates = [1.0, 999_600.0, 12.34e9].map(rate);
        assert_eq!(rates, ["1.00 B/s", "1.00 MB/s", "12.3 GB/s"]);
        assert_eq!([0.874, 0.0123, -0.5].map(percent), ["87%", "1.2%", "-50%"]);
        assert_eq!([1.849, 250.0].map(super::times), ["1.85×", "250×"]);
        assert_eq!([0.534, 3.12, 23.6].map(ratio), ["0.53", "3.1", "24"]);
        assert_eq!(number_of(1, "worker"), "1 worker");
        assert_eq!(number_of(10_000_000, "item"), "10,000,000 items");
    }

    #[test]
    fn zeros_at_the_end_say_nothing() {
        let short = ["1.00 ms", "1.50 ms", "100 ms", "20%", "0.30"].map(without_zeros);
        assert_eq!(short, ["1 ms", "1.5 ms", "100 ms", "20%", "0.3"]);
    }
}
