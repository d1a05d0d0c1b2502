//! Lines on the screen, and lines in the file of results.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use crate::machine;

/// One median, and what it is of.
#[derive(Clone, Default)]
pub struct Line {
    pub what: &'static str,
    pub peer: &'static str,
    pub figure: &'static str,
    pub work: &'static str,
    pub rounds: usize,
    /// None where it holds nothing.
    pub bytes: u64,
    pub ns: f64,
    /// What a caller waited, where that is something else.
    pub waited: Option<f64>,
    /// The name of the next one in the file; empty: it was not measured.
    pub limit: &'static str,
    pub over_limit: f64,
    pub over_dialgate: Option<f64>,
}

/// Where the lines go.
pub struct Results {
    file: Option<PathBuf>,
    machine: String,
    date: String,
}

impl Results {
    /// `DIALGATE_RESULTS` names the file that lines are appended to; without it they are printed only.
    pub fn new() -> Self {
        let file = std::env::var_os("DIALGATE_RESULTS").map(PathBuf::from);
        Self { file, machine: machine::description(), date: chrono::Utc::now().format("%Y-%m-%d").to_string() }
    }

    pub fn put(&mut self, listed: usize, consents: usize, line: &Line) {
        let malloc = if machine::malloc_is_huge() { "thp" } else { "default" };
        let numbers = (listed + consents).max(1) as f64;
        let mut object = Map::new();
        let mut set = |key: &str, value: Value| object.insert(key.to_owned(), value);
        set("what", json!(line.what));
        set("n", json!(listed));
        set("consents", json!(consents));
        set("peer", json!(line.peer));
        set("malloc", json!(malloc));
        set("figure", json!(line.figure));
        set("work", json!(line.work));
        set("ns", rounded(line.ns));
        let mut shown = format!("{:<22} {:>7} {:<13} {:>11.1} ns", line.peer, malloc, line.figure, line.ns);
        if let Some(waited) = line.waited {
            set("waited_ns", rounded(waited));
            shown += &format!(" (waited {waited:.0})");
        }
        let limit = (!line.limit.is_empty()).then_some((line.limit, line.over_limit));
        for (key, ratio) in [limit, line.over_dialgate.map(|ratio| ("ratio_dialgate", ratio))].into_iter().flatten() {
            set(key, rounded(ratio));
            shown += &format!("  {ratio:>9.2} {}", key.trim_start_matches("ratio_"));
        }
        if line.bytes > 0 {
            set("bytes", json!(line.bytes));
            set("bytes_per_number", rounded(line.bytes as f64 / numbers));
            shown += &format!("  {:>6.2} B", line.bytes as f64 / numbers);
        }
        set("rounds", json!(line.rounds));
        set("date", json!(self.date));
        set("machine", json!(self.machine));
        set("load", json!(machine::load()));
        println!("{shown}  {}", line.work);
        let Some(file) = &self.file else { return };
        let opened = OpenOptions::new().create(true).append(true).open(file);
        let written = opened.and_then(|mut file| writeln!(file, "{}", Value::Object(object)));
        written.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
}

/// Three digits after the point are more than was measured.
fn rounded(value: f64) -> Value {
    json!((value * 1000.0).round() / 1000.0)
}
