//! The `nianbao` command line.

fn main() -> std::process::ExitCode {
    nianbao::cli::main()
}
