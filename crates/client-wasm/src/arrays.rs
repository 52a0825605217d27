//! Numbers of this module's memory as JavaScript's typed arrays: views, and copies.
//!
//! A view shows memory that moves or grows with the next call into this module: JavaScript reads it before.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    type Memory;
    #[wasm_bindgen(method, getter)]
    fn buffer(this: &Memory) -> JsValue;

    /// JavaScript's array of 32-bit floats.
    pub type Float32Array;
    #[wasm_bindgen(constructor)]
    fn new(buffer: &JsValue, from_byte: usize, length: usize) -> Float32Array;

    /// JavaScript's array of 32-bit numbers.
    pub type Uint32Array;
    #[wasm_bindgen(constructor)]
    fn new(buffer: &JsValue, from_byte: usize, length: usize) -> Uint32Array;

    /// JavaScript's array of bytes.
    pub type Uint8Array;
    #[wasm_bindgen(constructor)]
    fn new(buffer: &JsValue, from_byte: usize, length: usize) -> Uint8Array;
    #[wasm_bindgen(method)]
    fn slice(this: &Uint8Array) -> Uint8Array;

    #[wasm_bindgen(js_namespace = Math)]
    fn random() -> f64;
}

fn memory() -> JsValue {
    wasm_bindgen::memory().unchecked_into::<Memory>().buffer()
}

/// A view of numbers.
pub(crate) fn floats(numbers: &[f32]) -> Float32Array {
    Float32Array::new(&memory(), numbers.as_ptr().addr(), numbers.len())
}

/// A view of numbers.
pub(crate) fn words(numbers: &[u32]) -> Uint32Array {
    Uint32Array::new(&memory(), numbers.as_ptr().addr(), numbers.len())
}

/// A copy of bytes.
pub(crate) fn bytes(bytes: &[u8]) -> JsValue {
    Uint8Array::new(&memory(), bytes.as_ptr().addr(), bytes.len()).slice().into()
}

/// 53 bits of the browser's dice.
pub(crate) fn dice() -> u64 {
    (random() * 9_007_199_254_740_992.0) as u64
}
