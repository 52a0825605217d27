//! The simulation of bodies as a module of its own for the browser: fetched where a room has things that move, with a memory of
//! its own. Orders of the client core go in as bytes, reports come out as bytes.

use thexr_physics::{Orders, Simulation};
use wasm_bindgen::prelude::*;

/// Makes a panic readable in the console before it becomes an exception.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
}

/// A simulation.
#[wasm_bindgen]
#[derive(Default)]
pub struct Physics {
    simulation: Simulation,
}

#[wasm_bindgen]
impl Physics {
    /// With nothing in it.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Does what the core orders; its report. Errors: bytes that are no orders.
    pub fn run(&mut self, orders: &[u8]) -> Result<Vec<u8>, JsError> {
        let orders = Orders::from_bytes(orders).ok_or_else(|| JsError::new("these are no orders"))?;
        Ok(self.simulation.run(&orders).to_bytes())
    }
}
