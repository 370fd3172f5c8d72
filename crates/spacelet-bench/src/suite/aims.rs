//! Aims and the figures that met or missed them.

use serde_json::{Value, json};

use crate::report::{Rounds, columns, figure, table};

/// Which side of the aim is the good one.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bound {
    AtLeast(f64),
    AtMost(f64),
    /// A figure that stands beside the others.
    Free,
}

impl Bound {
    fn is_met(self, value: f64) -> Option<bool> {
        match self {
            Self::AtLeast(least) => Some(value >= least),
            Self::AtMost(most) => Some(value <= most),
            Self::Free => None,
        }
    }

    fn text(self) -> String {
        match self {
            Self::AtLeast(least) => format!("≥ {}", figure(least)),
            Self::AtMost(most) => format!("≤ {}", figure(most)),
            Self::Free => String::new(),
        }
    }
}

/// One line of the result.
struct Aim {
    name: String,
    value: f64,
    bound: Bound,
    /// What the value was made of.
    of: String,
}

/// All lines so far. They and the tables are printed as they come, unless the result is to be JSON.
pub(crate) struct Aims {
    aims: Vec<Aim>,
    tables: Vec<Value>,
    shows: bool,
}

impl Aims {
    /// None yet.
    pub(crate) fn new(shows: bool) -> Self {
        Self { aims: Vec::new(), tables: Vec::new(), shows }
    }

    /// Notes a figure with its bound.
    pub(crate) fn note(&mut self, name: impl Into<String>, value: f64, bound: Bound, of: impl Into<String>) {
        let aim = Aim { name: name.into(), value, bound, of: of.into() };
        if self.shows {
            println!("{}", aim.cells().join("  ").trim_end());
        }
        self.aims.push(aim);
    }

    /// Notes how two compare: `one` as a share of `two` in operations, with CPU time beside it.
    pub(crate) fn ratio(&mut self, name: &str, one: &Rounds, two: &Rounds, bound: Bound) {
        let mut of = format!("{} of {} op/s", figure(one.rate()), figure(two.rate()));
        if let (Some(one), Some(two)) = (one.server_us(), two.server_us()) {
            of.push_str(&format!("; CPU {} of {} µs", figure(one), figure(two)));
        }
        self.note(name, one.rate() / two.rate().max(1e-9), bound, of);
    }

    /// Shows the rounds behind the figures that follow.
    pub(crate) fn table(&mut self, title: &str, rows: &[&Rounds]) {
        if self.shows {
            println!("\n{}", table(title, rows));
        }
        self.tables.push(json!({ "title": title, "rows": rows.iter().map(|row| row.json()).collect::<Vec<_>>() }));
    }

    /// All lines, aligned, and how many aims were met.
    pub(crate) fn summary(&self) -> String {
        let mut lines = vec![["aim", "figure", "aim", "", "made of"].map(str::to_owned).to_vec()];
        lines.extend(self.aims.iter().map(Aim::cells));
        let judged: Vec<bool> = self.aims.iter().filter_map(|aim| aim.bound.is_met(aim.value)).collect();
        let met = judged.iter().filter(|met| **met).count();
        format!("\n{}\n{met} aims met, {} missed\n", columns(&lines), judged.len() - met)
    }

    pub(crate) fn json(&self) -> Value {
        let aim = |aim: &Aim| {
            json!({
                "name": aim.name, "figure": aim.value, "aim": aim.bound.text(),
                "met": aim.bound.is_met(aim.value), "made_of": aim.of,
            })
        };
        self.aims.iter().map(aim).collect()
    }

    pub(crate) fn tables_json(&self) -> Value {
        Value::Array(self.tables.clone())
    }
}

impl Aim {
    fn cells(&self) -> Vec<String> {
        let verdict = match self.bound.is_met(self.value) {
            Some(true) => "met",
            Some(false) => "MISSED",
            None => "",
        };
        vec![self.name.clone(), figure(self.value), self.bound.text(), verdict.to_owned(), self.of.clone()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aims_are_judged_and_counted() {
        let mut aims = Aims::new(false);
        aims.note("fast", 0.5, Bound::AtLeast(0.5), "1 of 2");
        aims.note("small", 11.0, Bound::AtMost(10.0), "");
        aims.note("beside", 3.0, Bound::Free, "");
        let summary = aims.summary();
        assert!(summary.contains("MISSED") && summary.ends_with("\n1 aims met, 1 missed\n"), "{summary}");
        assert_eq!(aims.json().pointer("/1/met"), Some(&Value::Bool(false)));
    }
}
