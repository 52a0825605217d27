//! thexr-client-wasm
