//! Makes sure that the folder of the built web client exists, and that a release is built anew when the client was.

use std::path::Path;

fn main() {
    let manifest = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let dist = Path::new(&manifest).join("../../web/dist");
    // An empty folder is a server that says how to build the client; a missing one could not be found later.
    std::fs::create_dir_all(&dist).expect("web/dist can be created");
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("PROFILE").as_deref() == Ok("release") {
        println!("cargo:rerun-if-changed={}", dist.join(".vite/manifest.json").display());
    }
}
