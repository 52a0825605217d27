//! What rules have done of late, for their makers. Kept in memory only.

use crate::reject::Reject;
use serde_json::{Value, json};
use smol_str::SmolStr;
use std::collections::VecDeque;
use thexr_wire::EntityId;

/// Firings of one room that are remembered (memory, about 150 bytes each); older ones are forgotten.
pub const FIRINGS_KEPT: usize = 1_024;
/// Firings of one thing that are told at once, newest first.
pub const FIRINGS_TOLD: usize = 20;

struct Fired {
    thing: EntityId,
    rule: SmolStr,
    clock_ms: u64,
    actor: Option<EntityId>,
    refused: Option<Reject>,
}

/// The last firings.
#[derive(Default)]
pub(super) struct Report {
    firings: VecDeque<Fired>,
}

impl Report {
    /// Notes what became of a firing; the same trouble again is noted once.
    pub fn note(
        &mut self,
        thing: &EntityId,
        rule: &SmolStr,
        clock_ms: u64,
        actor: Option<&EntityId>,
        refused: Option<Reject>,
    ) {
        let again = |last: &Fired| {
            last.thing == *thing && last.rule == *rule && last.refused == refused && refused.is_some()
        };
        if self.firings.back().is_some_and(again) {
            self.firings.pop_back();
        }
        if self.firings.len() >= FIRINGS_KEPT {
            self.firings.pop_front();
        }
        let fired =
            Fired { thing: thing.clone(), rule: rule.clone(), clock_ms, actor: actor.cloned(), refused };
        self.firings.push_back(fired);
    }

    /// Those of one thing, newest first.
    pub fn tell(&self, thing: &EntityId, clock_ms: u64) -> Value {
        let told = self.firings.iter().rev().filter(|fired| fired.thing == *thing).take(FIRINGS_TOLD);
        let firings: Vec<Value> = told
            .map(|fired| {
                let mut told = json!({
                    "rule": fired.rule, "ago_ms": clock_ms.saturating_sub(fired.clock_ms),
                    "outcome": if fired.refused.is_some() { "refused" } else { "done" },
                });
                if let Some(actor) = &fired.actor {
                    told["actor"] = json!(actor);
                }
                if let Some(Reject { reason, detail, .. }) = &fired.refused {
                    told["reason"] = json!(reason);
                    told["detail"] = json!(detail);
                }
                told
            })
            .collect();
        json!({"firings": firings})
    }
}
