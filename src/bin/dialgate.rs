//! The `dialgate` command line.

fn main() -> std::process::ExitCode {
    dialgate::cli::main()
}
