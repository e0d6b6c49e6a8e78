//! Numbers in words, the same in the terminal and on the pages.

/// A time with three significant digits: `1.23 ms`.
pub fn time(seconds: f64) -> String {
    let units = [(1e-9, " ns"), (1e-6, " µs"), (1e-3, " ms"), (1.0, " s")];
    in_units(seconds, &units)
}

/// A count with three significant digits: `7,600`, `11k`, `2.09M`; whole numbers up to 9,999 have all.
pub fn count(n: f64) -> String {
    if n < 9_999.5 {
        return thousands(n.round() as u64);
    }
    without_zeros(&in_units(n, &[(1e3, "k"), (1e6, "M"), (1e9, "G")]))
}

/// An amount of memory: `512 B`, `1.5 KiB`, `64 MiB`.
pub(crate) fn bytes(bytes: f64) -> String {
    let units = [(1.0, " B"), (1_024.0, " KiB"), (1_048_576.0, " MiB")];
    without_zeros(&in_units(bytes, &units))
}

/// A bandwidth with three significant digits: `1.23 GB/s`.
pub(crate) fn rate(bytes_per_second: f64) -> String {
    let units = [
        (1.0, " B/s"),
        (1e3, " kB/s"),
        (1e6, " MB/s"),
        (1e9, " GB/s"),
    ];
    in_units(bytes_per_second, &units)
}

/// Three significant digits in the largest unit that the rounded value reaches; units are in rising order. 0 has none.
fn in_units(value: f64, units: &[(f64, &str)]) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let reached = |(size, _): &&(f64, &str)| value >= 0.9995 * size;
    let (size, unit) = units.iter().rfind(reached).unwrap_or(&units[0]);
    significant(value / size, 3) + unit
}

/// A share, of which 1 is the whole: `87%`; below 10% with one decimal.
pub(crate) fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    let decimals = usize::from(percent.abs() < 9.95);
    format!("{percent:.decimals$}%")
}

/// A ratio with three significant digits: `1.85×`.
pub(crate) fn times(ratio: f64) -> String {
    significant(ratio, 3) + "×"
}

/// A ratio in a sentence, with two significant digits: `0.53`, `3.1`, `24`.
pub fn ratio(ratio: f64) -> String {
    significant(ratio, 2)
}

/// So many significant digits, and all digits before the point.
fn significant(value: f64, digits: i32) -> String {
    let scientific = format!("{value:.*e}", digits as usize - 1);
    let exponent = scientific.split_once('e').map(|(_, exponent)| exponent);
    let exponent: i32 = exponent.and_then(|it| it.parse().ok()).unwrap_or(0);
    let decimals = (digits - 1 - exponent).clamp(0, 4) as usize;
    format!("{value:.decimals$}")
}

/// The same number without zeros at its end: `1.50 ms` becomes `1.5 ms`, `1.00 ms` becomes `1 ms`.
pub(crate) fn without_zeros(text: &str) -> String {
    let is_unit = |letter: char| !letter.is_ascii_digit() && letter != '.';
    let (number, unit) = text.split_at(text.find(is_unit).unwrap_or(text.len()));
    if number.contains('.') {
        let number = number.trim_end_matches('0').trim_end_matches('.');
        return format!("{number}{unit}");
    }
    text.to_owned()
}

/// So many of a thing: `1 worker`, `10,000 items`.
pub fn number_of(count: usize, thing: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", thousands(count as u64))
}

/// All digits, with separators: `10,000,000`.
pub(crate) fn thousands(n: u64) -> String {
    match n {
        0..1_000 => n.to_string(),
        _ => format!("{},{:03}", thousands(n / 1_000), n % 1_000),
    }
}
