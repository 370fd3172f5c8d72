//! The program measures what it is pointed at, and says so in both forms.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

fn bench(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_spacelet-bench")).args(arguments).output().unwrap()
}

fn json(arguments: &[&str]) -> Value {
    let output = bench(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A bare server of this program; it ends with the test.
struct Bare(Child, String);

impl Bare {
    fn start() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spacelet-bench"));
        command.args(["ceiling", "http", "--address", "127.0.0.1:0", "--bytes", "1000"]).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
        Self(child, line.trim().strip_prefix("API: ").unwrap().to_owned())
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn two_endpoints_take_turns() {
    let bare = Bare::start();
    let pid = bare.0.id().to_string();
    let common = ["run", "--endpoint", &bare.1, "--key", "k", "--secret", "s", "--pid", &pid, "--second-ceiling"];
    let short = ["--duration", "0.05", "--warm-up", "0", "--rounds", "2", "-c", "4", "--keys", "8"];
    for operation in ["get", "put"] {
        let work = ["--op", operation, "--size", "1000"];
        let all = json(&[&common[..], &short, &work, &["--json"]].concat());
        for endpoint in ["/endpoints/0", "/endpoints/1"] {
            let of = |name: &str| all.pointer(&format!("{endpoint}/{name}")).unwrap();
            assert_eq!(of("rounds").as_array().unwrap().len(), 2);
            assert_eq!(of("errors").as_u64(), Some(0));
            let operations = of("rounds/1/operations").as_u64().unwrap();
            assert!(operations > 0);
            assert_eq!(of("rounds/1/body_bytes").as_u64(), Some(operations * 1000), "{operation}");
        }
        assert!(all.pointer("/ratio").and_then(Value::as_f64).unwrap() > 0.0);
        let text = bench(&[&common[..], &short, &work].concat());
        let text = String::from_utf8(text.stdout).unwrap();
        assert!(text.contains("p99.9") && text.contains("medians of 2 rounds"), "{text}");
    }
}

#[test]
fn ceilings_are_measured() {
    let hash = json(&["ceiling", "hash", "--duration", "0.05", "--json"]);
    assert!(hash.pointer("/md5_bytes_per_s").and_then(Value::as_f64).unwrap() > 1e6);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let disk = json(&["ceiling", "disk", "--folder", path, "--size", "3MiB", "--json"]);
    assert!(disk.pointer("/bytes_per_s").and_then(Value::as_f64).unwrap() > 0.0);
    for store in [&[][..], &["--folder", path]] {
        let engine = json(&[&["ceiling", "engine", "--duration", "0.1", "--tasks", "4", "--json"][..], store].concat());
        assert!(engine.pointer("/operations_per_s").and_then(Value::as_f64).unwrap() > 0.0);
    }
    assert_eq!(std::fs::read_dir(path).unwrap().count(), 0, "something was left behind");
}

#[test]
fn what_cannot_be_measured_is_said() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let output = bench(&["run", "--endpoint", &url, "--key", "k", "--secret", "s"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("refused"));
    let output = bench(&["run", "--endpoint", "https://x", "--key", "k", "--secret", "s"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("http://"));
}
