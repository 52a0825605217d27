//! Attacks by what a command makes everyone hear and the disk keep.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::json;

use super::state::creations;
use super::text;
use crate::ground::{Ground, Visitor};
use crate::hostile::Hostile;

/// One component's text, bytes: just below what it may have.
const COMPONENT_BYTES: usize = 60 * 1024;

/// How long a refused step of the preparation is tried again.
const PATIENCE: Duration = Duration::from_secs(5);

/// Commands a second of one connection: just below the limit of its pushes.
const PUSHES_HZ: f64 = 190.0;

/// Updates a second of one connection: just below the limit of its bytes.
const UPDATES_HZ: f64 = 16.0;

/// Shouts a second of one connection.
const SHOUTS_HZ: f64 = 60.0;

/// Wait before someone who was thrown out comes back.
const RETURN_DELAY: Duration = Duration::from_millis(500);

/// How long ids are spent beforehand: what a patient attacker has done long before.
const SPEND_TIME: Duration = Duration::from_secs(100);

/// Ids that one person may have remembered.
const IDS_EACH: usize = 20_000;

/// Refusals in a row after which more is in vain.
const REFUSALS_ENOUGH: u32 = 400;

/// The thing that is written to.
const BOARD: &str = "board000";

/// The thing that is copied with all that hangs on it.
const GROUP: &str = "group000";

/// What copying a group is about.
const GROUP_BYTES: usize = 15 * COMPONENT_BYTES;

/// A shout of 16 KiB, just below the limit.
fn shout() -> String {
    json!({"noise": "x".repeat(16 * 1024 - 32)}).to_string()
}

/// Makes a group of 0.9 MiB: a parent with things that hang on it.
async fn group(builder: &mut Hostile) -> Result<()> {
    let create = json!({"entity": GROUP, "components": {"label": "group"}}).to_string();
    builder.insist("create_entity", &create, PATIENCE).await?;
    let child =
        format!("{{\"parent\":{{\"entity\":\"{GROUP}\"}},\"text_of_mine\":{}}}", text(COMPONENT_BYTES));
    let event = creations("part", GROUP_BYTES / COMPONENT_BYTES, &child);
    builder.insist("transact", &event, PATIENCE).await.map(drop)
}

/// What somebody does until the attack ends.
#[derive(Debug, Clone)]
enum Habit {
    /// Copies a group and deletes the copies, so that the room never fills.
    Copies,
    /// Pushes the same again and again.
    Repeats { event: &'static str, hz: f64, payload: Arc<str> },
    /// Commands with an id each.
    SpendsIds,
}

impl Habit {
    fn shouts() -> Habit {
        Habit::Repeats { event: "shout", hz: SHOUTS_HZ, payload: shout().into() }
    }

    /// As many bytes into one component as a connection may send.
    fn stores(entity: &str) -> Habit {
        let filling = text(COMPONENT_BYTES);
        let payload = format!("{{\"entity\":\"{entity}\",\"components\":{{\"text_of_mine\":{filling}}}}}");
        Habit::Repeats { event: "update_components", hz: UPDATES_HZ, payload: payload.into() }
    }

    /// Does it over one connection until the attack ends.
    async fn act(&self, ground: &Ground, who: &mut Hostile) -> Result<()> {
        match self {
            Habit::Copies => copy(ground, who).await,
            Habit::Repeats { event, hz, payload } => {
                let mut pace = ground.pace(*hz);
                while pace.again().await {
                    while who.take_answer().is_some() {}
                    who.push(event, payload).await?;
                }
                Ok(())
            }
            Habit::SpendsIds => {
                let mut pace = ground.pace(PUSHES_HZ);
                while pace.again().await {
                    while who.take_answer().is_some() {}
                    spend_id(who).await?;
                }
                Ok(())
            }
        }
    }
}

/// Somebody with a habit; who is thrown out comes back.
struct Person {
    ground: Arc<Ground>,
    visitor: Visitor,
    number: usize,
    hostile: Option<Hostile>,
}

impl Person {
    /// People inside.
    async fn enter(ground: &Arc<Ground>, count: usize) -> Result<Vec<Person>> {
        let mut people = Vec::new();
        for (number, visitor) in ground.visitors(count).await?.into_iter().enumerate() {
            let hostile = Some(Hostile::enter(ground, &visitor, number).await?);
            people.push(Person { ground: ground.clone(), visitor, number, hostile });
        }
        Ok(people)
    }

    fn connection(&mut self) -> Result<&mut Hostile> {
        self.hostile.as_mut().context("somebody was thrown out early")
    }

    /// Follows a habit until the attack ends.
    async fn live(mut self, habit: Habit) {
        while self.ground.goes_on() {
            if self.hostile.is_none() {
                // A refused join is counted where it happens.
                self.hostile = Hostile::enter(&self.ground, &self.visitor, self.number).await.ok();
            }
            if let Some(hostile) = &mut self.hostile
                && habit.act(&self.ground, hostile).await.is_ok()
            {
                return;
            }
            self.hostile = None;
            tokio::time::sleep(RETURN_DELAY).await;
        }
    }
}

/// Lets everyone follow their habits until the attack ends.
async fn live(people: Vec<Person>, habit: impl Fn(usize) -> Habit) {
    let mut all = tokio::task::JoinSet::new();
    for person in people {
        let habit = habit(person.number);
        all.spawn(person.live(habit));
    }
    while all.join_next().await.is_some() {}
}

async fn copy(ground: &Ground, copier: &mut Hostile) -> Result<()> {
    let payload = json!({"entity": GROUP}).to_string();
    let mut pace = ground.pace(PUSHES_HZ / 2.0);
    while pace.again().await {
        copier.push("duplicate_entity", &payload).await?;
        while let Some(answer) = copier.take_answer() {
            let Ok(response) = answer.outcome else { continue };
            if let Some(entity) = response["entity"].as_str() {
                copier.push("delete_entity", &json!({"entity": entity}).to_string()).await?;
            }
        }
    }
    Ok(())
}

/// A command that costs little but an id.
async fn spend_id(spender: &mut Hostile) -> Result<()> {
    let id = spender.unused();
    let payload = json!({"event_name": "x", "payload": {}, "id": id}).to_string();
    spender.push("event", &payload).await.map(drop)
}

/// One copier.
pub(super) async fn duplicate(ground: Arc<Ground>) -> Result<()> {
    let mut people = Person::enter(&ground, 1).await?;
    group(people[0].connection()?).await?;
    ground.begin().await;
    live(people, |_| Habit::Copies).await;
    Ok(())
}

/// One who shouts.
pub(super) async fn shouts(ground: Arc<Ground>) -> Result<()> {
    let people = Person::enter(&ground, 1).await?;
    ground.begin().await;
    live(people, |_| Habit::shouts()).await;
    Ok(())
}

/// One who stores.
pub(super) async fn updates(ground: Arc<Ground>) -> Result<()> {
    let mut people = Person::enter(&ground, 1).await?;
    board(people[0].connection()?).await?;
    ground.begin().await;
    live(people, |_| Habit::stores(BOARD)).await;
    Ok(())
}

/// Makes the thing that is written to.
async fn board(builder: &mut Hostile) -> Result<()> {
    let create = json!({"entity": BOARD, "components": {"label": "b"}}).to_string();
    builder.insist("create_entity", &create, PATIENCE).await.map(drop)
}

/// As many ids as twenty people can spend beforehand, then as many as they can beside others' commands.
pub(super) async fn ids(ground: Arc<Ground>) -> Result<()> {
    let people = Person::enter(&ground, 20).await?;
    let mut spenders = tokio::task::JoinSet::new();
    for mut person in people {
        spenders.spawn(async move {
            spend_beforehand(person.connection()?).await?;
            anyhow::Ok(person)
        });
    }
    let mut people = Vec::new();
    while let Some(person) = spenders.join_next().await {
        people.push(person??);
    }
    let accepted = ground.tally().accepted;
    ground.note("ids_spent_beforehand", accepted);
    ground.begin().await;
    live(people, |_| Habit::SpendsIds).await;
    Ok(())
}

/// Spends ids as fast as allowed, until refused for good or for as long as the preparation may take.
async fn spend_beforehand(spender: &mut Hostile) -> Result<()> {
    let deadline = tokio::time::Instant::now() + SPEND_TIME;
    let mut interval = tokio::time::interval(Duration::from_secs_f64(1.0 / PUSHES_HZ));
    let (mut refused, mut spent) = (0, 0);
    while spent < IDS_EACH && refused < REFUSALS_ENOUGH && tokio::time::Instant::now() < deadline {
        interval.tick().await;
        spend_id(spender).await?;
        while let Some(answer) = spender.take_answer() {
            // Only refusals in a row are the end: a burst may be too much for a moment.
            refused = if answer.outcome.is_ok() { 0 } else { refused + 1 };
            spent += usize::from(answer.outcome.is_ok());
        }
    }
    Ok(())
}

/// Twenty people, a third each.
pub(super) async fn twenty(ground: Arc<Ground>) -> Result<()> {
    let mut people = Person::enter(&ground, 20).await?;
    group(people[0].connection()?).await?;
    board(people[0].connection()?).await?;
    ground.begin().await;
    live(people, |number| match number % 3 {
        0 => Habit::Copies,
        1 => Habit::stores(BOARD),
        _ => Habit::shouts(),
    })
    .await;
    Ok(())
}
