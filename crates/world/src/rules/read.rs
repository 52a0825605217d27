//! Reading rules: from JSON as makers write it to what the room obeys, or a refusal that names the part.

use super::{Compared, Comparison, Condition, Deed, Rule, RulesError, Spot, Step, Way, When, Whom};
use crate::names::{self, is_name};
use crate::transform::numbers;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use smol_str::{SmolStr, format_smolstr};
use std::collections::BTreeSet;
use thexr_wire::limits::{COORDINATE_MAX_M, TEXT_CHARS_MAX, TTL_MS_MAX};
use thexr_wire::quant::normalize;

/// Rules of one thing; more are `bad_component`.
pub const RULES_MAX: usize = 64;
/// Steps of one rule; more are `bad_component`.
pub const STEPS_MAX: usize = 32;
/// Conditions of one rule, those in others counted; more are `bad_component`.
pub const CONDITIONS_MAX: usize = 32;
/// How deep conditions are in others; deeper ones are `bad_component`.
pub const CONDITIONS_DEEP_MAX: usize = 8;
/// Shortest time of `every_ms`, milliseconds: two ticks.
pub const EVERY_MS_MIN: u64 = 100;
/// Shortest `delay_ms`, milliseconds: the next tick.
pub const DELAY_MS_MIN: u64 = 50;
/// Longest delay, cooldown or time of a timer, milliseconds (one day).
pub const AFTER_MS_MAX: u64 = 24 * 60 * 60 * 1000;
/// Smallest circle around a thing, metres.
pub const WITHIN_M_MIN: f32 = 0.1;
/// Largest circle around a thing, metres: what looks at more people is a volume or a timer.
pub const WITHIN_M_MAX: f32 = 50.0;
const NAME_CHARS_MAX: usize = 64;
/// Keys of a `field`.
const FIELD_KEYS_MAX: usize = 8;

type Read<T> = Result<T, RulesError>;

fn fault<T>(part: &str, words: impl std::fmt::Display) -> Read<T> {
    Err(RulesError(format!("{part}: {words}")))
}

/// Reads a `rules` component.
pub fn read(value: &Value) -> Read<Vec<Rule>> {
    let Some(items) = value.as_array() else { return fault("rules", "a list of rules") };
    if items.len() > RULES_MAX {
        return fault("rules", format_args!("at most {RULES_MAX} of one thing"));
    }
    let mut names = BTreeSet::new();
    let mut rules = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let part = format!("rules[{index}]");
        let Value::Object(map) = item else { return fault(&part, "an object {when, then, …}") };
        let rule = rule(&part, index, map.clone())?;
        if !names.insert(rule.name.clone()) {
            return fault(&format!("{part}.name"), "another rule of this thing is called so");
        }
        rules.push(rule);
    }
    Ok(rules)
}

/// Whether rules are about their own thing being used, so that it can be clicked. Asked for every thing one looks at: only
/// what is needed is read.
pub fn offers_use(rules: &Value) -> bool {
    let own = |rule: &Value| {
        let when = rule.get("when")?;
        let whom = when.get("used").or_else(|| when.get("triggered"))?;
        Some(whom == "self" && rule.get("enabled") != Some(&Value::Bool(false)))
    };
    rules.as_array().is_some_and(|rules| rules.iter().any(|rule| own(rule) == Some(true)))
}

/// What is left of an object while its fields are taken.
struct Fields<'a> {
    part: &'a str,
    map: Map<String, Value>,
}

impl Fields<'_> {
    fn take<T: DeserializeOwned>(&mut self, name: &str) -> Read<Option<T>> {
        let Some(value) = self.map.remove(name).filter(|value| !value.is_null()) else { return Ok(None) };
        serde_json::from_value(value)
            .map(Some)
            .or_else(|error| fault(&format!("{}.{name}", self.part), error))
    }

    fn ms(&mut self, name: &str, least: u64) -> Read<Option<u64>> {
        let Some(ms) = self.take::<f64>(name)? else { return Ok(None) };
        if !(least as f64..=AFTER_MS_MAX as f64).contains(&ms) {
            return fault(&format!("{}.{name}", self.part), format_args!("{least} to {AFTER_MS_MAX} ms"));
        }
        Ok(Some(ms as u64))
    }

    fn text(&mut self, name: &str, chars_max: usize) -> Read<Option<SmolStr>> {
        let text = self.take::<SmolStr>(name)?;
        match &text {
            Some(text) if text.is_empty() || text.chars().count() > chars_max => {
                fault(&format!("{}.{name}", self.part), format_args!("a text of 1 to {chars_max} characters"))
            }
            _ => Ok(text),
        }
    }

    fn metres(&mut self, name: &str) -> Read<Option<f32>> {
        let Some(metres) = self.take::<f32>(name)? else { return Ok(None) };
        if (WITHIN_M_MIN..=WITHIN_M_MAX).contains(&metres) {
            return Ok(Some(metres));
        }
        fault(&format!("{}.{name}", self.part), format_args!("{WITHIN_M_MIN} to {WITHIN_M_MAX} m"))
    }

    /// The one that is meant.
    fn one(&mut self, name: &str, otherwise: Whom) -> Read<Whom> {
        let whom = self.take::<Whom>(name)?.unwrap_or(otherwise);
        if whom.is_one() {
            return Ok(whom);
        }
        fault(
            &format!("{}.{name}", self.part),
            "one: \"self\", \"actor\", \"target\", \"game\" or {\"entity\": id}",
        )
    }

    /// Nothing else is said.
    fn end(self) -> Read<()> {
        match self.map.keys().next() {
            Some(name) => fault(self.part, format_args!("`{name}` is not known here")),
            None => Ok(()),
        }
    }
}

fn rule(part: &str, index: usize, map: Map<String, Value>) -> Read<Rule> {
    let mut fields = Fields { part, map };
    let name = fields.text("name", NAME_CHARS_MAX)?.unwrap_or_else(|| format_smolstr!("rule {}", index + 1));
    let Some(Value::Object(when)) = fields.map.remove("when") else {
        return fault(&format!("{part}.when"), "an object that says what sets it off");
    };
    let condition = fields.map.remove("if").unwrap_or(Value::Array(Vec::new()));
    let steps: Vec<Value> = fields.take("then")?.unwrap_or_default();
    if !(1..=STEPS_MAX).contains(&steps.len()) {
        return fault(&format!("{part}.then"), format_args!("1 to {STEPS_MAX} steps"));
    }
    let chance = fields.take::<f32>("chance")?.unwrap_or(1.0);
    if !(0.0..=1.0).contains(&chance) {
        return fault(&format!("{part}.chance"), "0 to 1");
    }
    let rule = Rule {
        name,
        when: self::when(&format!("{part}.when"), when)?,
        condition: self::condition(&format!("{part}.if"), condition, 0, &mut 0)?,
        then: steps
            .into_iter()
            .enumerate()
            .map(|(at, value)| step(&format!("{part}.then[{at}]"), value))
            .collect::<Read<_>>()?,
        once: fields.take("once")?.unwrap_or(false),
        cooldown_ms: fields.ms("cooldown_ms", 0)?.unwrap_or(0),
        chance,
        enabled: fields.take("enabled")?.unwrap_or(true),
    };
    fields.end()?;
    Ok(rule)
}

/// What may set a rule off, for who has written something else.
const WHENS: &str =
    "one of event, used, triggered, collected, entered, left, component, every_ms, after_ms, room";

fn when(part: &str, map: Map<String, Value>) -> Read<When> {
    let mut fields = Fields { part, map };
    let key = [
        "used",
        "triggered",
        "collected",
        "event",
        "entered",
        "left",
        "component",
        "every_ms",
        "after_ms",
        "room",
    ]
    .into_iter()
    .find(|key| fields.map.contains_key(*key));
    let when = match key {
        Some("event") => {
            let name = fields.text("event", names::NAME_CHARS_MAX)?.unwrap_or_default();
            When::Event { name, actor: fields.take("actor")?, target: fields.take("target")?, held: None }
        }
        Some(key @ ("used" | "triggered" | "collected")) => {
            let (name, held) = match key {
                "used" => ("user_triggered", Some(false)),
                "triggered" => ("user_triggered", Some(true)),
                _ => ("item_collected", None),
            };
            When::Event { name: name.into(), target: fields.take(key)?, actor: fields.take("actor")?, held }
        }
        Some(key @ ("entered" | "left")) => When::Place {
            enters: key == "entered",
            of: fields.one(key, Whom::Itself)?,
            within_m: fields.metres("within_m")?,
            who: fields.take("who")?.unwrap_or(Whom::People),
        },
        Some("component") => When::Becomes(compared(&mut fields, true)?),
        Some("every_ms") => When::Every(fields.ms("every_ms", EVERY_MS_MIN)?.unwrap_or(EVERY_MS_MIN)),
        Some("after_ms") => When::After(fields.ms("after_ms", 0)?.unwrap_or(0)),
        Some(_) => match fields.take::<SmolStr>("room")?.as_deref() {
            Some("started") => When::Started,
            Some("emptied") => When::Emptied,
            _ => return fault(&format!("{part}.room"), "\"started\" or \"emptied\""),
        },
        None => return fault(part, WHENS),
    };
    fields.end()?;
    Ok(when)
}

/// Takes the comparison out of an object, whatever else it says.
fn comparison(fields: &mut Fields<'_>) -> Read<Comparison> {
    const NAMES: [&str; 8] =
        ["equals", "differs", "at_least", "at_most", "above", "below", "includes", "exists"];
    let found: Vec<&str> = NAMES.into_iter().filter(|name| fields.map.contains_key(*name)).collect();
    let [name] = found.as_slice() else {
        return fault(fields.part, format_args!("one comparison: {}", NAMES.join(", ")));
    };
    let value = fields.map.remove(*name).unwrap_or_default();
    let tagged = Value::Object(Map::from_iter([((*name).to_owned(), value)]));
    Comparison::deserialize(tagged).or_else(|error| fault(&format!("{}.{name}", fields.part), error))
}

fn compared(fields: &mut Fields<'_>, several: bool) -> Read<Compared> {
    let of =
        if several { fields.take("of")?.unwrap_or(Whom::Itself) } else { fields.one("of", Whom::Itself)? };
    let component = fields.text("component", names::NAME_CHARS_MAX)?.unwrap_or_default();
    if !is_name(&component) {
        return fault(&format!("{}.component", fields.part), "a component's name: 1 to 64 of a-z, 0-9 and _");
    }
    let field = fields.text("field", 8 * names::NAME_CHARS_MAX)?;
    let field: Vec<SmolStr> = field.iter().flat_map(|field| field.split('.')).map(SmolStr::new).collect();
    if field.len() > FIELD_KEYS_MAX {
        return fault(&format!("{}.field", fields.part), format_args!("at most {FIELD_KEYS_MAX} names"));
    }
    Ok(Compared { of, component, field, comparison: comparison(fields)? })
}

const CONDITIONS: &str = "one of all, any, not, component, has, count, within_m, is";

fn condition(part: &str, value: Value, depth: usize, count: &mut usize) -> Read<Condition> {
    *count += 1;
    if *count > CONDITIONS_MAX || depth > CONDITIONS_DEEP_MAX {
        return fault(part, format_args!("at most {CONDITIONS_MAX} conditions, {CONDITIONS_DEEP_MAX} deep"));
    }
    let mut each = |items: Vec<Value>| {
        let read = |(at, item)| condition(&format!("{part}[{at}]"), item, depth + 1, count);
        items.into_iter().enumerate().map(read).collect::<Read<Vec<_>>>()
    };
    let map = match value {
        Value::Null => return Ok(Condition::All(Vec::new())),
        Value::Array(items) => return Ok(Condition::All(each(items)?)),
        Value::Object(map) => map,
        _ => return fault(part, CONDITIONS),
    };
    let mut fields = Fields { part, map };
    let key = ["all", "any", "not", "component", "has", "count", "within_m", "is"]
        .into_iter()
        .find(|key| fields.map.contains_key(*key));
    let condition = match key {
        Some("all") => Condition::All(each(fields.take("all")?.unwrap_or_default())?),
        Some("any") => Condition::Any(each(fields.take("any")?.unwrap_or_default())?),
        Some("not") => {
            let value = fields.map.remove("not").unwrap_or_default();
            Condition::Not(Box::new(condition(&format!("{part}.not"), value, depth + 1, count)?))
        }
        Some("component") => Condition::Component(compared(&mut fields, false)?),
        Some("has") => Condition::Has {
            of: fields.one("of", Whom::Actor)?,
            item: fields.text("has", NAME_CHARS_MAX)?.unwrap_or_default(),
            at_least: fields.take("at_least")?.unwrap_or(1.0),
        },
        Some("count") => Condition::Count {
            whom: fields.take("count")?.unwrap_or(Whom::People),
            within_m: fields.metres("within_m")?,
            from: fields.one("from", Whom::Itself)?,
            comparison: comparison(&mut fields)?,
        },
        Some("within_m") => Condition::Near {
            within_m: fields.metres("within_m")?.unwrap_or(WITHIN_M_MIN),
            of: fields.one("of", Whom::Actor)?,
            from: fields.one("from", Whom::Itself)?,
        },
        Some(_) => Condition::Is {
            of: fields.one("of", Whom::Actor)?,
            whom: fields.take("is")?.unwrap_or(Whom::Anything),
        },
        None => return fault(part, CONDITIONS),
    };
    fields.end()?;
    Ok(condition)
}

fn step(part: &str, value: Value) -> Read<Step> {
    let Value::Object(map) = value else { return fault(part, "an object {do, …}") };
    let mut fields = Fields { part, map };
    let delay_ms = match fields.ms("delay_ms", 0)?.unwrap_or(0) {
        ms @ 1..DELAY_MS_MIN => {
            return fault(&format!("{part}.delay_ms"), format_args!("{DELAY_MS_MIN}, not {ms}"));
        }
        ms => ms,
    };
    let on = fields.take("on")?;
    let deed: Deed = serde_json::from_value(Value::Object(fields.map)).or_else(|error| fault(part, error))?;
    check(part, &deed)?;
    Ok(Step { delay_ms, on, deed })
}

/// What a deed's shape does not say.
fn check(part: &str, deed: &Deed) -> Read<()> {
    let word = |text: &str, name: &str| match text.chars().count() {
        1..=NAME_CHARS_MAX => Ok(()),
        _ => fault(&format!("{part}.{name}"), format_args!("a text of 1 to {NAME_CHARS_MAX} characters")),
    };
    let amount = |amount: f64| match amount {
        0.0..=1e9 => Ok(()),
        _ => fault(&format!("{part}.amount"), "0 to 1000000000"),
    };
    let long = |text: &str| match text.chars().nth(TEXT_CHARS_MAX) {
        None => Ok(()),
        Some(_) => fault(&format!("{part}.text"), format_args!("at most {TEXT_CHARS_MAX} characters")),
    };
    let near = |spot: &Spot| match spot {
        Spot::At(at) if !at.iter().all(|part| part.abs() <= COORDINATE_MAX_M) => {
            fault(part, format_args!("[x,y,z], each within {COORDINATE_MAX_M} m"))
        }
        Spot::Of(whom) if !whom.is_one() => fault(part, "a place is that of one thing or person"),
        _ => Ok(()),
    };
    let named = |name: &str| match is_name(name) {
        true => Ok(()),
        false => fault(part, "a component's name: 1 to 64 of a-z, 0-9 and _"),
    };
    match deed {
        Deed::Set { components }
        | Deed::Merge { components }
        | Deed::Inc { components }
        | Deed::Dec { components }
        | Deed::IncMax { components }
        | Deed::DecMin { components }
        | Deed::Create { components } => components.keys().try_for_each(|name| named(name)),
        Deed::Unset { names } => names.iter().try_for_each(|name| named(name)),
        Deed::Push { component, .. } | Deed::Pop { component } | Deed::IndexSet { component, .. } => {
            named(component)
        }
        Deed::Animate { to, by, duration_ms, ease } => {
            let one = to.is_some() != by.is_some();
            let way = to.as_ref().or(by.as_ref());
            if !one || way.is_some_and(Way::is_empty) {
                return fault(part, "`to` or `by`, with position, rotation or scale");
            }
            if !(0.0..=AFTER_MS_MAX as f64).contains(duration_ms) {
                return fault(&format!("{part}.duration_ms"), format_args!("0 to {AFTER_MS_MAX} ms"));
            }
            if ease.as_ref().is_some_and(|ease| !["linear", "smooth"].contains(&ease.as_str())) {
                return fault(&format!("{part}.ease"), "linear | smooth");
            }
            way.map_or(Ok(()), |way| way.check(part))
        }
        Deed::Spawn { from, at, components, ttl_ms, .. } => {
            if !from.is_one() {
                return fault(&format!("{part}.from"), "one thing, of which this is to be a copy");
            }
            if ttl_ms.is_some_and(|ms| !(1..=TTL_MS_MAX).contains(&ms)) {
                return fault(&format!("{part}.ttl_ms"), format_args!("1 to {TTL_MS_MAX} ms"));
            }
            components.keys().try_for_each(|name| named(name))?;
            at.as_ref().map_or(Ok(()), near)
        }
        Deed::Teleport { to } => near(to),
        Deed::Give { item, amount: count } | Deed::Take { item, amount: count } => {
            word(item, "item")?;
            amount(count.unwrap_or(1.0))
        }
        Deed::Damage { amount: count } | Deed::Heal { amount: count } => amount(*count),
        Deed::Emit { event, .. } => word(event, "event"),
        Deed::Hud { text, seconds, .. } => {
            if !(0.5..=60.0).contains(&seconds.unwrap_or(1.0)) {
                return fault(&format!("{part}.seconds"), "0.5 to 60");
            }
            long(text)
        }
        Deed::Sound { sound, .. } => word(sound, "sound"),
        Deed::Win { text } | Deed::Lose { text } => text.as_deref().map_or(Ok(()), long),
        Deed::Act { command, .. } => word(command, "command"),
        Deed::Delete {}
        | Deed::Collect {}
        | Deed::Open {}
        | Deed::Close {}
        | Deed::Waves {}
        | Deed::Reset {} => Ok(()),
    }
}

impl Way {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn check(&self, part: &str) -> Read<()> {
        let Some(rotation) = &self.rotation else { return Ok(()) };
        let turns = numbers::<3>(rotation).is_some()
            || numbers::<4>(rotation).is_some_and(|quaternion| normalize(quaternion).is_some());
        if turns { Ok(()) } else { fault(part, "rotation: quaternion [x,y,z,w] or Euler angles [x,y,z]") }
    }
}
