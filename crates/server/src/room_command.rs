//! `thexr room …`: lists, creates and deletes rooms, through a running server or straight in its data folder.

use crate::pages::RoomForm;
use crate::serve::{DATABASE, OPERATOR_KEY, open_store};
use crate::web::room_admin::{self, Wish};
use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thexr_room::template::Template;
use thexr_store::{DataDir, DataDirLock, LockError, Store};
use thexr_wire::RoomId;

/// What to do with rooms.
#[derive(Debug, Subcommand)]
pub enum RoomCommand {
    /// List rooms: id, people inside, name
    List,
    /// Create a room and print its id
    Create {
        /// Name, at most 80 characters
        name: String,
        /// Description
        #[arg(long, default_value = "")]
        description: String,
        /// What it begins with: empty, blocks, workshop, plaza or hangar
        #[arg(long, default_value = "blocks")]
        template: String,
    },
    /// Delete a room and everything in it
    Delete {
        /// The room's id
        id: RoomId,
    },
}

/// Where the rooms are.
#[derive(Debug, Args)]
pub struct Place {
    /// Data folder of the server
    #[arg(long, value_name = "DIR", default_value = "data", global = true)]
    data: PathBuf,
    /// Address of a running server, when it is on another machine
    #[arg(long, value_name = "URL", global = true)]
    url: Option<String>,
    /// The operator's key of that server (the file operator.key in its data folder)
    #[arg(long, value_name = "KEY", env = "THEXR_OPERATOR_KEY", hide_env_values = true, global = true)]
    key: Option<String>,
}

enum Reach {
    Server { url: String, key: String },
    Folder { store: Arc<dyn Store>, _lock: DataDirLock },
}

/// Runs the command and prints its result.
pub async fn run(place: Place, command: RoomCommand) -> anyhow::Result<()> {
    let reach = reach(place).await?;
    let done = match &reach {
        Reach::Server { url, key } => {
            let (url, key) = (url.clone(), key.clone());
            tokio::task::spawn_blocking(move || over_http(&url, &key, command)).await?
        }
        Reach::Folder { store, .. } => in_folder(&**store, command).await,
    };
    if let Reach::Folder { store, .. } = &reach {
        store.close().await;
    }
    done
}

async fn reach(place: Place) -> anyhow::Result<Reach> {
    if let Some(url) = place.url {
        let key = place.key.context("a server on another machine needs --key (or THEXR_OPERATOR_KEY)")?;
        return Ok(Reach::Server { url: url.trim_end_matches('/').to_owned(), key });
    }
    if !place.data.join(DATABASE).exists() {
        bail!("there is no Thexr data in {}; choose the folder with --data", place.data.display());
    }
    match DataDir::lock(&place.data) {
        Ok(lock) => {
            let store = open_store(&place.data).await?;
            Ok(Reach::Folder { store, _lock: lock })
        }
        Err(LockError::Held { info, .. }) => Ok(Reach::Server { url: info, key: operator_key(&place.data)? }),
        Err(error) => Err(error.into()),
    }
}

fn operator_key(data: &Path) -> anyhow::Result<String> {
    let path = data.join(OPERATOR_KEY);
    let key = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    Ok(key.trim().to_owned())
}

fn print_row(id: &str, people: &str, name: &str) {
    println!("{id}\t{people}\t{name}");
}

async fn in_folder(store: &dyn Store, command: RoomCommand) -> anyhow::Result<()> {
    match command {
        RoomCommand::List => {
            for row in store.rooms().await? {
                print_row(row.id.as_str(), "0", &row.name);
            }
        }
        RoomCommand::Create { name, description, template } => {
            let template =
                Template::parse(&template).context("template: empty, blocks, workshop, plaza or hangar")?;
            let text = RoomForm::of_room(&name, &description).validate_text();
            let text = text
                .map_err(|errors| anyhow::anyhow!(errors.name.or(errors.description).unwrap_or_default()))?;
            let wish = Wish { name: text.name, description: text.description, template, created_by: None };
            println!("{}", room_admin::create(store, wish).await?);
        }
        RoomCommand::Delete { id } => {
            if !store.delete_room(&id).await? {
                bail!("there is no room {id}");
            }
        }
    }
    Ok(())
}

fn over_http(url: &str, key: &str, command: RoomCommand) -> anyhow::Result<()> {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let authorization = format!("Bearer {key}");
    let mut response = match &command {
        RoomCommand::List => agent.get(format!("{url}/api/v1/rooms")).call(),
        RoomCommand::Create { name, description, template } => {
            let body = json!({"name": name, "description": description, "template": template});
            agent.post(format!("{url}/api/v1/rooms")).header("authorization", &authorization).send_json(body)
        }
        RoomCommand::Delete { id } => {
            agent.delete(format!("{url}/api/v1/rooms/{id}")).header("authorization", &authorization).call()
        }
    }
    .with_context(|| format!("asking the server at {url}"))?;
    let text = response.body_mut().read_to_string()?;
    let body: Value = serde_json::from_str(&text).unwrap_or_default();
    if !response.status().is_success() {
        let detail = body["detail"].as_str().unwrap_or(&text);
        bail!("the server says {}: {detail}", response.status());
    }
    match command {
        RoomCommand::List => {
            for room in body["rooms"].as_array().into_iter().flatten() {
                let text = |name: &str| room[name].as_str().unwrap_or_default().to_owned();
                print_row(&text("id"), &room["people"].to_string(), &text("name"));
            }
        }
        RoomCommand::Create { .. } => println!("{}", body["id"].as_str().unwrap_or_default()),
        RoomCommand::Delete { .. } => {}
    }
    Ok(())
}
