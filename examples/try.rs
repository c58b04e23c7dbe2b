use nianbao::{pipeline::{read, Origin}, profile::Profile};
fn main() {
    for file in std::env::args().skip(1) {
        let bytes = std::fs::read(&file).unwrap();
        match read(&bytes, Origin::default(), Profile::generic()) {
            Ok(r) => println!("{}", serde_json::to_string(&r).unwrap()),
            Err(e) => eprintln!("{file}: {e}"),
        }
    }
}
