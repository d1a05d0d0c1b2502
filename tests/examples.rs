//! The programs in `examples/` run to their end and do what they say.
#![cfg(all(feature = "cli", not(miri)))]
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::process::Command;

/// Builds it if need be, as a reader would, and runs it. What it says.
fn run(example: &str) -> String {
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--all-features", "--example", example])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    told
}

#[test]
fn quickstart_asks_about_three_numbers() {
    let told = run("quickstart");
    for expected in ["+48223000002: dial, and {", "+48223000005: deny because {withdrawn}", "{registry_listed}"] {
        assert!(told.contains(expected), "{expected} in {told}");
    }
    let source = include_str!("../examples/quickstart.rs");
    assert!(source.lines().count() < 40, "a first example is short");
}

#[test]
fn the_loop_of_a_dialer_reserves_defers_and_stops() {
    let told = run("dialer_loop");
    assert!(told.starts_with("dialer_loop: 13 leads, ") && told.contains("1 deny withdrawn"), "{told}");
    assert!(told.contains(" deferrals; ") && !told.contains(" 0 deferrals"), "{told}");
}

#[test]
fn snapshots_are_replaced_under_threads_that_ask() {
    let told = run("hot_swap");
    assert!(told.starts_with("hot_swap: 20 snapshots replaced under 4 threads; "), "{told}");
}
