//! Numbers and results in words, the same in the terminal and in the HTML report.

use crate::crossing::Crossing;
use crate::survey::Measured;

/// A time with three significant digits: `1.23 ms`.
pub fn time(seconds: f64) -> String {
    let (value, unit) = match seconds {
        s if s < 1e-6 => (s * 1e9, "ns"),
        s if s < 1e-3 => (s * 1e6, "µs"),
        s if s < 1.0 => (s * 1e3, "ms"),
        s => (s, "s"),
    };
    let decimals = match value {
        v if v < 9.995 => 2,
        v if v < 99.95 => 1,
        _ => 0,
    };
    format!("{value:.decimals$} {unit}")
}

/// A count with two or three significant digits and separators: `1,230`.
pub fn count(n: f64) -> String {
    let magnitude = 10_f64.powf((n.max(1.0).log10().floor() - 2.0).max(0.0));
    let rounded = ((n / magnitude).round() * magnitude) as u64;
    thousands(rounded)
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
pub fn crossing(crossing: &Crossing) -> String {
    match crossing {
        Crossing::From { n, .. } => format!("n ≈ {}", count(*n)),
        Crossing::Always { n } => format!("n = {} on", thousands(*n as u64)),
        Crossing::Never { up_to } => format!("never up to n = {}", thousands(*up_to as u64)),
    }
}

/// The interval of a crossover.
pub fn interval(crossing: &Crossing) -> String {
    match crossing {
        Crossing::From { low, high, .. } => {
            let low = low.map_or("below all sizes".to_owned(), count);
            let high = high.map_or("open".to_owned(), count);
            format!("{low} – {high}")
        }
        Crossing::Always { .. } | Crossing::Never { .. } => "–".to_owned(),
    }
}

/// How long serial code takes at the crossover.
pub fn serial_time_there(measured: &Measured) -> String {
    match measured.crossing {
        Crossing::From { n, .. } => time(measured.serial_time_at(n)),
        Crossing::Always { .. } | Crossing::Never { .. } => "–".to_owned(),
    }
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
        assert_eq!(count(123_456.0), "123,000");
        assert_eq!(thousands(10_000_000), "10,000,000");
        assert_eq!(thousands(999), "999");
    }
}
