//! Figures for people and for programs.

use serde_json::{Value, json};

use crate::drive::Sample;
use crate::failure::Outcome;

const MIB: f64 = (1 << 20) as f64;

/// The middle one; of an even number the mean of the two in the middle. 0 for none.
pub(crate) fn median(figures: impl IntoIterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.into_iter().collect();
    figures.sort_by(f64::total_cmp);
    let middle = figures.len() / 2;
    let at = |index: usize| figures.get(index).copied().unwrap_or_default();
    if figures.len().is_multiple_of(2) { f64::midpoint(at(middle.saturating_sub(1)), at(middle)) } else { at(middle) }
}

/// All rounds of one endpoint.
pub(crate) struct Rounds {
    /// What was measured where.
    pub(crate) name: String,
    /// One for each round.
    pub(crate) samples: Vec<Sample>,
}

impl Rounds {
    /// None yet.
    pub(crate) fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), samples: Vec::new() }
    }

    /// The rounds, unless one is worth nothing: see [`Sample::clean`].
    pub(crate) fn clean(self) -> Outcome<Self> {
        let samples: Outcome<Vec<Sample>> = self.samples.into_iter().map(Sample::clean).collect();
        Ok(Self { samples: samples.map_err(|error| error.at(&self.name))?, name: self.name })
    }

    /// Operations in a second, the median of the rounds.
    pub(crate) fn rate(&self) -> f64 {
        median(self.samples.iter().map(Sample::rate))
    }

    /// Body bytes in a second, the median of the rounds.
    pub(crate) fn byte_rate(&self) -> f64 {
        median(self.samples.iter().map(Sample::byte_rate))
    }

    /// The server's CPU time for one operation in µs, over all rounds.
    pub(crate) fn server_us(&self) -> Option<f64> {
        let each: Option<Vec<f64>> = self.samples.iter().map(Sample::server_us).collect();
        each.map(median)
    }

    fn client_us(&self) -> f64 {
        median(self.samples.iter().map(|s| s.client_cpu.as_secs_f64() * 1e6 / s.operations.max(1) as f64))
    }

    /// µs below which this share of all operations took.
    pub(crate) fn latency_us(&self, percent: f64) -> u64 {
        let mut samples = self.samples.iter();
        let Some(first) = samples.next() else { return 0 };
        let mut whole = first.latency_us.clone();
        for sample in samples {
            // All have the same bounds, so adding cannot fail.
            let _ = whole.add(&sample.latency_us);
        }
        whole.value_at_percentile(percent)
    }

    fn rss_bytes(&self) -> Option<u64> {
        self.samples.iter().filter_map(|sample| sample.rss_bytes).max()
    }

    fn errors(&self) -> u64 {
        self.samples.iter().map(|sample| sample.errors).sum()
    }

    /// For programs.
    pub(crate) fn json(&self) -> Value {
        json!({
            "name": self.name,
            "rounds": self.samples.iter().map(|s| json!({
                "operations": s.operations, "errors": s.errors, "seconds": s.seconds, "body_bytes": s.body_bytes,
            })).collect::<Vec<_>>(),
            "operations_per_s": self.rate(),
            "body_bytes_per_s": self.byte_rate(),
            "latency_us": {
                "p50": self.latency_us(50.0), "p90": self.latency_us(90.0), "p99": self.latency_us(99.0),
                "p99_9": self.latency_us(99.9), "max": self.latency_us(100.0),
            },
            "server_cpu_us_per_operation": self.server_us(),
            "client_cpu_us_per_operation": self.client_us(),
            "server_rss_bytes": self.rss_bytes(),
            "errors": self.errors(),
        })
    }

    fn cells(&self) -> Vec<String> {
        let optional = |figure: Option<String>| figure.unwrap_or_else(|| "-".to_owned());
        let mut cells = vec![self.name.clone(), figure(self.rate()), figure(self.byte_rate() / MIB)];
        cells.extend([50.0, 90.0, 99.0, 99.9, 100.0].map(|percent| time(self.latency_us(percent))));
        cells.push(optional(self.server_us().map(figure)));
        cells.push(figure(self.client_us()));
        cells.push(optional(self.rss_bytes().map(|bytes| figure(bytes as f64 / MIB))));
        cells.push(self.errors().to_string());
        cells
    }
}

/// A table of some endpoints' rounds.
pub(crate) fn table(title: &str, rows: &[&Rounds]) -> String {
    let heads = [
        title,
        "op/s",
        "MiB/s",
        "p50",
        "p90",
        "p99",
        "p99.9",
        "max",
        "server µs/op",
        "client µs/op",
        "RSS MiB",
        "errors",
    ];
    let mut lines = vec![heads.map(str::to_owned).to_vec()];
    lines.extend(rows.iter().map(|row| row.cells()));
    columns(&lines)
}

/// Lines of cells, aligned: the first column to the left, the others to the right.
pub(crate) fn columns(lines: &[Vec<String>]) -> String {
    let count = lines.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count)
        .map(|column| {
            lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for line in lines {
        for (index, (cell, width)) in line.iter().zip(&widths).enumerate() {
            if index == 0 {
                text.push_str(&format!("{cell:<width$}"));
            } else {
                text.push_str(&format!("  {cell:>width$}"));
            }
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}

/// A figure with as many digits as mean something.
pub(crate) fn figure(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => grouped(value),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// Rounded, with commas between thousands.
fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) && !text.ends_with('-') {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A latency in the unit that fits.
pub(crate) fn time(us: u64) -> String {
    match us {
        0..10_000 => format!("{us} µs"),
        10_000..10_000_000 => format!("{} ms", us / 1_000),
        _ => format!("{} s", us / 1_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_figures() {
        assert!((median([3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!((median([4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < f64::EPSILON);
        assert!(median([]).abs() < f64::EPSILON);
        assert_eq!([1234567.4, 999.6, 12.34, 0.123].map(figure), ["1,234,567", "1,000", "12.3", "0.12"]);
        assert_eq!([9_999, 10_000, 12_000_000].map(time), ["9999 µs", "10 ms", "12 s"]);
    }

    #[test]
    fn columns_are_aligned() {
        let lines = [vec!["a".to_owned(), "1".to_owned()], vec!["bb".to_owned(), "µ10".to_owned()]];
        assert_eq!(columns(&lines), "a     1\nbb  µ10\n");
    }
}
