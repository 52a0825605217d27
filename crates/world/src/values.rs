//! What ops make of values: arithmetic, lists, merge patches. Pure; changes nothing.

use crate::entity::{Entity, Name};
use crate::fold_error::FoldError;
use crate::op::{Components, Op};
use serde_json::{Map, Value};
use smol_str::SmolStr;

/// The components an op gives new values to.
pub(crate) fn new_values(entity: &Entity, op: &Op) -> Result<Vec<(Name, Value)>, FoldError> {
    let each = |components: &Components, f: &dyn Fn(&Name, &Value) -> Result<Value, FoldError>| {
        let pairs = components.iter().map(|(name, argument)| {
            let name = SmolStr::new(name);
            f(&name, argument).map(|value| (name, value))
        });
        pairs.collect::<Result<Vec<_>, _>>()
    };
    match op {
        Op::Set { components, .. } => each(components, &|_, value| Ok(value.clone())),
        Op::Merge { components, .. } => each(components, &|name, patch| {
            let mut value = entity.value(name).cloned().unwrap_or(Value::Null);
            merge_patch(&mut value, patch);
            Ok(value)
        }),
        Op::Inc { components, .. } => {
            each(components, &|name, by| add(entity, name, number(name, by)?, None))
        }
        Op::Dec { components, .. } => {
            each(components, &|name, by| add(entity, name, -number(name, by)?, None))
        }
        Op::IncMax { components, .. } => each(components, &|name, argument| {
            let (by, max) = amount_and_bound(name, argument)?;
            add(entity, name, by, Some((f64::NEG_INFINITY, max)))
        }),
        Op::DecMin { components, .. } => each(components, &|name, argument| {
            let (by, min) = amount_and_bound(name, argument)?;
            add(entity, name, -by, Some((min, f64::INFINITY)))
        }),
        Op::Push { component, value, .. } => {
            let mut items = list(entity, component, true)?;
            items.push(value.clone());
            Ok(vec![(component.clone(), Value::Array(items))])
        }
        Op::Pop { component, .. } => {
            let mut items = list(entity, component, false)?;
            items.pop();
            Ok(vec![(component.clone(), Value::Array(items))])
        }
        Op::IndexSet { component, index, value, .. } => {
            let mut items = list(entity, component, false)?;
            *items.get_mut(*index).ok_or_else(|| FoldError::NoSuchItem(component.clone()))? = value.clone();
            Ok(vec![(component.clone(), Value::Array(items))])
        }
        Op::Create { .. } | Op::Delete { .. } | Op::Unset { .. } | Op::Load { .. } => Ok(Vec::new()),
    }
}

fn number(name: &Name, value: &Value) -> Result<f64, FoldError> {
    value.as_f64().ok_or_else(|| FoldError::NotANumber(name.clone()))
}

fn amount_and_bound(name: &Name, value: &Value) -> Result<(f64, f64), FoldError> {
    let [by, bound] = value.as_array().map(Vec::as_slice).unwrap_or_default() else {
        return Err(FoldError::NotANumber(name.clone()));
    };
    Ok((number(name, by)?, number(name, bound)?))
}

/// Adds to a number component; integers stay integers, results beyond `bounds` stop there.
fn add(entity: &Entity, name: &Name, by: f64, bounds: Option<(f64, f64)>) -> Result<Value, FoldError> {
    let current = entity.value(name).map_or(Ok(0.0), |value| number(name, value))?;
    let mut sum = current + by;
    if let Some((min, max)) = bounds {
        // A value already past its bound stays: a bonus above the maximum is not taken away by a smaller one.
        sum = sum.clamp(min.min(current), max.max(current));
    }
    if sum.fract() == 0.0 && sum.abs() < 9e15 {
        return Ok(Value::from(sum as i64));
    }
    serde_json::Number::from_f64(sum).map(Value::Number).ok_or_else(|| FoldError::NotANumber(name.clone()))
}

fn list(entity: &Entity, name: &Name, absent_is_empty: bool) -> Result<Vec<Value>, FoldError> {
    match entity.value(name) {
        Some(Value::Array(items)) => Ok(items.clone()),
        None if absent_is_empty => Ok(Vec::new()),
        _ => Err(FoldError::NotAList(name.clone())),
    }
}

/// JSON merge patch, RFC 7386.
fn merge_patch(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(target) = target else { return };
    for (key, value) in patch {
        if value.is_null() {
            target.remove(key);
        } else {
            merge_patch(target.entry(key).or_insert(Value::Null), value);
        }
    }
}
