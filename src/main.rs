//! The `nianbao` command line.

fn main() {}
