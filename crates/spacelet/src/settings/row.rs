//! What there is to know about one setting.

use super::Settings;

/// One setting.
#[derive(Debug)]
pub struct Row {
    /// What it is called in sentences and in the generated page.
    pub name: &'static str,
    /// Under which heading it stands.
    pub group: &'static str,
    /// Its flag without the dashes; empty for the positional `DIR`.
    pub flag: &'static str,
    /// Other flags that mean the same.
    pub flag_aliases: &'static [&'static str],
    /// What stands for its value in `--help`.
    pub value: &'static str,
    /// Its environment variable.
    pub variable: &'static str,
    /// Other variables that mean the same, the stronger first.
    pub variable_aliases: &'static [&'static str],
    /// Its default as it would be typed; empty: none.
    pub default: &'static str,
    /// What it does, in sentences.
    pub meaning: &'static str,
    /// Takes a value into the settings, or says what would be legal.
    pub set: fn(&mut Settings, &str) -> Result<(), String>,
}

impl Row {
    /// How it is typed: `--address`, or `DIR`.
    #[must_use]
    pub fn typed(&self) -> String {
        if self.flag.is_empty() { self.value.to_owned() } else { format!("--{}", self.flag) }
    }
}

/// What a row has that says nothing of it.
pub(super) const EMPTY: Row = Row {
    name: "",
    group: "",
    flag: "",
    flag_aliases: &[],
    value: "",
    variable: "",
    variable_aliases: &[],
    default: "",
    meaning: "",
    set: |_, _| Ok(()),
};
