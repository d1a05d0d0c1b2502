//! The same questions, put to dialgate and to what one would use instead. `run` beside it does all of it.

mod contest;
mod decisions;
mod engines;
mod limits;
mod machine;
mod maps;
mod ours;
mod plan;
mod redis;
mod results;
mod server;
mod sets;
mod sqlite;
mod vicidial;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use contest::{Contest, Peer};
use plan::Plan;
use results::Results;

const USAGE: &str = "\
usage: dialgate-peers memory N [PEERS]   N suppressed numbers, N/2 consents in hashbrown,sorted,roaring,fst or some of them
       dialgate-peers servers N FOLDER   SQLite in FOLDER, Redis and MariaDB where DIALGATE_REDIS and DIALGATE_MARIADB
                                         name their sockets
       dialgate-peers decisions FOLDER   policy engines on what examples/synth.rs wrote to FOLDER
DIALGATE_RESULTS names a file that lines of JSON are appended to, DIALGATE_MACHINE describes the machine in them.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut results = Results::new();
    let done = match arguments.as_slice() {
        ["memory", size, only @ ..] if only.len() < 2 => {
            sized(size).and_then(|size| memory(size, &only.concat(), &mut results))
        }
        ["servers", size, folder] => sized(size).and_then(|size| servers(size, folder.into(), &mut results)),
        ["decisions", folder] => decisions::measure(folder.as_ref(), &mut results),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("dialgate-peers: {error}");
            ExitCode::FAILURE
        }
    }
}

/// A size, and the memory for it.
fn sized(size: &str) -> Result<usize, Box<dyn Error>> {
    /// The known numbers, the index while it is built, the limits' array, and the largest peer.
    const BYTES_A_NUMBER: u64 = 90;
    let size: usize = size.replace('_', "").parse().map_err(|_| format!("`{size}`: expected a count of numbers"))?;
    if size < 10_000 || !size.is_multiple_of(4) {
        return Err(format!("{size}: expected a multiple of four, 10000 or more").into());
    }
    let needed = size as u64 * BYTES_A_NUMBER + (1 << 28);
    match machine::memory_available() {
        Some(available) if available < needed => Err(format!(
            "{size} numbers need about {} MiB and {} are available: ask for fewer",
            needed >> 20,
            available >> 20
        )
        .into()),
        _ => Ok(size),
    }
}

/// One structure at a time, so that large sizes fit.
fn memory(size: usize, only: &str, results: &mut Results) -> Result<(), Box<dyn Error>> {
    let known = ["hashbrown", "sorted", "roaring", "fst"];
    let wanted = if only.is_empty() { known.join(",") } else { only.to_owned() };
    if let Some(other) = wanted.split(',').find(|name| !known.contains(name)) {
        return Err(format!("`{other}`: expected some of {}", known.join(",")).into());
    }
    let plan = Plan::new(size);
    let mut contest = Contest::new(&plan, results);
    for name in wanted.split(',') {
        match name {
            "hashbrown" => measure(&mut contest, "hash maps", || Ok(maps::Maps::new(&plan)))?,
            "sorted" => measure(&mut contest, "sorted vectors", || Ok(maps::Sorted::new(&plan)))?,
            "roaring" => measure(&mut contest, "roaring sets", || Ok(sets::Roaring::new(&plan)))?,
            _ => measure(&mut contest, "fst maps", || Ok(sets::Fst::new(&plan)))?,
        }
    }
    Ok(())
}

fn servers(size: usize, folder: PathBuf, results: &mut Results) -> Result<(), Box<dyn Error>> {
    let plan = Plan::new(size);
    let mut contest = Contest::new(&plan, results);
    measure(&mut contest, "SQLite", || Ok(sqlite::Sqlite::new(&plan, &folder)?))?;
    let socket = |name: &str| std::env::var_os(name).map(PathBuf::from);
    match socket("DIALGATE_REDIS") {
        Some(socket) => measure(&mut contest, "Redis", || Ok(redis::Redis::new(&plan, &socket)?))?,
        None => eprintln!("Redis is not measured: DIALGATE_REDIS names no socket"),
    }
    match socket("DIALGATE_MARIADB") {
        Some(socket) => {
            let filled = || vicidial::Vicidial::new(&plan, &socket, &folder);
            measure(&mut contest, "MariaDB", filled)?;
        }
        None => eprintln!("MariaDB is not measured: DIALGATE_MARIADB names no socket"),
    }
    Ok(())
}

fn measure<P: Peer>(
    contest: &mut Contest<'_>,
    what: &str,
    build: impl FnOnce() -> Result<P, Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let began = Instant::now();
    let mut peer = build()?;
    println!("{what} filled in {:.1?}", began.elapsed());
    contest.measure(&mut peer);
    Ok(())
}
