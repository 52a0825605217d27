//! Writes the JavaScript, TypeScript and WebAssembly files of the client core.
//!
//! A binary of its own because the library behind it is slow to build and only `cargo xtask wasm` needs it.
//! It knows nothing of when it has to run: `xtask` decides that.

use std::path::Path;

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, output] = arguments.as_slice() else { bail!("usage: bindgen <input.wasm> <output folder>") };
    std::fs::create_dir_all(output).with_context(|| format!("cannot create {output}"))?;
    Bindgen::new()
        .input_path(Path::new(input))
        .web(true)?
        .typescript(true)
        // A quarter of the download; panics carry their file and line without it.
        .remove_name_section(true)
        .generate(output)
        .with_context(|| format!("cannot write the bindings of {input}"))
}
