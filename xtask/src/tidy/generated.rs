//! `web/src/core/generated.ts`: numbers and names that Rust owns and TypeScript needs, taken from the sources.
//!
//! Read from the text, as the table of limits is, so that neither this tool nor the check waits for the crates to build.
//! Must not know any number: what is taken is a list of places ([`PIECES`]).

use std::fmt::Write;

use anyhow::{Context, Result, ensure};

use super::constants::{Constant, constants};
use super::value::{Value, evaluate};
use super::{Finding, difference};
use crate::project::Project;

/// What is written.
const FILE: &str = "web/src/core/generated.ts";

const HEADER: &str = "/**\n * Numbers and names that Rust owns. Written by `cargo xtask codegen`: change the Rust sources, not this file.\n */\n";

const LIMITS: &str = "crates/wire/src/limits.rs";
const JOINTS: &str = "crates/wire/src/joints.rs";
const MOTION: &str = "crates/client/src/motion.rs";
const ROWS: &str = "crates/client/src/rows.rs";
const REPLICA: &str = "crates/client/src/replica.rs";
const SEAT: &str = "crates/room/src/act/seat.rs";
const HOLD: &str = "crates/room/src/act/hold.rs";
const VOICE_ZONES: &str = "crates/room/src/people/listeners.rs";
const VOICES: &str = "crates/media/src/limits.rs";
const GAME: &str = "crates/room/src/act/game.rs";
const HANDLING: &str = "crates/room/src/act/handling.rs";
const PHYSICS: &str = "crates/physics/src/lib.rs";
const INTERACTIONS: &str = "crates/world/src/interactions.rs";
const SCHEMA: &str = "crates/world/src/schema/fields.rs";

/// Something of a Rust source and what TypeScript calls it.
enum Piece {
    /// A constant, under its own name.
    Number { file: &'static str, name: &'static str },
    /// The constants of a module, as one object.
    Module { file: &'static str, module: &'static str, name: &'static str },
    /// A list of words, and the type of one of them.
    Words { file: &'static str, list: &'static str, one: &'static str },
}

const PIECES: [Piece; 40] = [
    Piece::Number { file: LIMITS, name: "NICKNAME_CHARS_MAX" },
    Piece::Number { file: LIMITS, name: "SAY_CHARS_MAX" },
    Piece::Number { file: LIMITS, name: "TITLE_CHARS_MAX" },
    Piece::Number { file: LIMITS, name: "COMPONENT_BYTES_MAX" },
    Piece::Number { file: LIMITS, name: "SCREEN_REACH_M" },
    Piece::Number { file: JOINTS, name: "JOINTS" },
    Piece::Number { file: SEAT, name: "SEAT_REACH_MAX_M" },
    Piece::Number { file: HOLD, name: "GRAB_REACH_MAX_M" },
    Piece::Number { file: HOLD, name: "HAND_REACH_MAX_M" },
    Piece::Number { file: HOLD, name: "HOLD_DISTANCE_MAX_M" },
    Piece::Number { file: HOLD, name: "ASK_MS" },
    Piece::Number { file: HOLD, name: "THROW_MIN" },
    Piece::Number { file: HOLD, name: "THROW_MAX" },
    Piece::Number { file: GAME, name: "DOOR_REACH_M" },
    Piece::Number { file: GAME, name: "COLLECT_REACH_M" },
    Piece::Number { file: HANDLING, name: "SCALE_MIN" },
    Piece::Number { file: HANDLING, name: "SCALE_MAX" },
    Piece::Number { file: PHYSICS, name: "GRAVITY" },
    Piece::Number { file: VOICE_ZONES, name: "VOICE_ZONES_MAX" },
    Piece::Number { file: VOICE_ZONES, name: "VOICE_ZONE_BELOW_M" },
    Piece::Number { file: VOICE_ZONES, name: "VOICE_ZONE_ABOVE_M" },
    Piece::Number { file: SCHEMA, name: "VOICE_ZONE_RADIUS_M" },
    Piece::Number { file: VOICES, name: "VOICE_SLOTS_MAX" },
    Piece::Number { file: VOICES, name: "UNHEARD_MAX" },
    Piece::Number { file: VOICES, name: "SCREENS_SEEN_MAX" },
    Piece::Number { file: VOICES, name: "SCREEN_WISHES_MAX" },
    Piece::Module { file: MOTION, module: "avatar_row", name: "AVATAR_ROW" },
    Piece::Module { file: MOTION, module: "flag", name: "AVATAR_FLAG" },
    Piece::Module { file: MOTION, module: "hand_row", name: "HAND_ROW" },
    Piece::Module { file: ROWS, module: "monster_row", name: "MONSTER_ROW" },
    Piece::Module { file: ROWS, module: "shot_row", name: "SHOT_ROW" },
    Piece::Module { file: REPLICA, module: "mask", name: "CHANGE" },
    Piece::Module { file: INTERACTIONS, module: "bit", name: "INTERACTION" },
    Piece::Words { file: SCHEMA, list: "SHAPES", one: "ShapeKind" },
    Piece::Words { file: SCHEMA, list: "LIGHTS", one: "LightKind" },
    Piece::Words { file: SCHEMA, list: "SKIES", one: "SkyName" },
    Piece::Words { file: SCHEMA, list: "MATERIALS", one: "MaterialName" },
    Piece::Words { file: SCHEMA, list: "AVATAR_HEADS", one: "AvatarHead" },
    Piece::Words { file: SCHEMA, list: "AVATAR_TOPS", one: "AvatarTop" },
    Piece::Words { file: SCHEMA, list: "AVATAR_FACES", one: "AvatarFace" },
];

/// A finding when the file is not what the sources say.
pub(super) fn check(project: &Project) -> Result<Option<Finding>> {
    let written = std::fs::read_to_string(project.path(FILE)).unwrap_or_default();
    let line = difference(&written, &render(project)?);
    Ok(line.map(|line| Finding::new(FILE, line, "this is not what the code says: run `cargo xtask codegen`")))
}

/// Writes the file anew, and lets the test that holds the files of components write those.
pub(crate) fn write(project: &Project) -> Result<()> {
    std::fs::write(project.path(FILE), render(project)?).with_context(|| format!("cannot write {FILE}"))?;
    let mut command = project.cargo();
    command.args(["test", "--quiet", "--package", "thexr-world", "--test", "generated"]);
    command.env("THEXR_WRITE_GENERATED", "1");
    let status = command.status().context("cannot start cargo")?;
    ensure!(status.success(), "the components' files could not be written");
    Ok(())
}

fn render(project: &Project) -> Result<String> {
    let mut text = HEADER.to_owned();
    for piece in &PIECES {
        let file = piece.file();
        let source =
            std::fs::read_to_string(project.path(file)).with_context(|| format!("cannot read {file}"))?;
        let joints = std::fs::read_to_string(project.path(JOINTS))?;
        let missing =
            || format!("{file} has not what {FILE} needs: correct PIECES in xtask/src/tidy/generated.rs");
        text += &piece.render(&source, &constants(&joints)).with_context(missing)?;
    }
    Ok(text)
}

impl Piece {
    fn file(&self) -> &'static str {
        match self {
            Piece::Number { file, .. } | Piece::Module { file, .. } | Piece::Words { file, .. } => file,
        }
    }

    /// The piece in TypeScript; `known` may be used by its constants. `None`: the source has it not.
    fn render(&self, source: &str, known: &[Constant]) -> Option<String> {
        match self {
            Piece::Number { name, .. } => {
                let all = constants(source);
                let constant = all.iter().find(|constant| constant.name == *name)?;
                let value = number(constant, &all, known)?;
                Some(format!("\n{}export const {name} = {value};\n", comment("", &constant.about)))
            }
            Piece::Module { module, name, .. } => {
                let (about, all) = module_of(source, module)?;
                let mut text = format!("\n{}export const {name} = {{\n", comment("", &about));
                for constant in &all {
                    let value = number(constant, &all, known)?;
                    let member = constant.name.to_lowercase();
                    // Writing into a String cannot fail.
                    writeln!(text, "{}  {member}: {value},", comment("  ", &constant.about)).ok();
                }
                Some(text + "} as const;\n")
            }
            Piece::Words { list, one, .. } => {
                let all = constants(source);
                let constant = all.iter().find(|constant| constant.name == *list)?;
                let about = comment("", &constant.about);
                let words = &constant.value;
                Some(format!(
                    "\n{about}export const {list} = {words} as const;\nexport type {one} = (typeof {list})[number];\n"
                ))
            }
        }
    }
}

/// The sentences above a module and its constants.
fn module_of(source: &str, module: &str) -> Option<(String, Vec<Constant>)> {
    let lines: Vec<&str> = source.lines().collect();
    let start = lines.iter().position(|line| *line == format!("pub mod {module} {{"))?;
    let about: Vec<&str> = lines[..start].iter().rev().map_while(|line| line.strip_prefix("/// ")).collect();
    let body = lines[start + 1..].iter().take_while(|line| **line != "}");
    // Whatever is deeper inside keeps an indent and is no constant of the module.
    let body: Vec<&str> = body.map(|line| line.strip_prefix("    ").unwrap_or(line)).collect();
    let about: Vec<&str> = about.into_iter().rev().collect();
    Some((about.join(" "), constants(&body.join("\n"))))
}

/// A constant's number; others are looked up beside it, then among the known.
fn number(constant: &Constant, beside: &[Constant], known: &[Constant]) -> Option<f64> {
    let find = |name: &str| {
        let other = beside.iter().chain(known).find(|other| other.name == name)?;
        number(other, beside, known).map(Value::Number)
    };
    match evaluate(&constant.value, &find)? {
        Value::Number(number) => Some(number),
        _ => None,
    }
}

fn comment(indent: &str, about: &str) -> String {
    let about = about.replace("[`", "`").replace("`]", "`");
    if about.is_empty() { String::new() } else { format!("{indent}/** {about} */\n") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "/// Most of it.\npub const A_MAX: usize = 4 * 1024;\n/// Bits of [`A_MAX`].\npub mod row {\n    use x::JOINTS;\n\n    /// First.\n    pub const FIRST: usize = 2;\n    pub const ALL_OF: usize = FIRST + 3 * JOINTS;\n\n    fn f() {\n        const INNER: u8 = 1;\n    }\n}\n/// Kinds.\npub const KINDS: [&str; 2] = [\"a\", \"b\"];\n";

    fn rendered(piece: &Piece) -> Option<String> {
        piece.render(SOURCE, &constants("pub const JOINTS: usize = 25;\n"))
    }

    #[test]
    fn a_number_is_reckoned_and_keeps_its_sentence() {
        let piece = Piece::Number { file: "", name: "A_MAX" };
        assert_eq!(rendered(&piece).unwrap(), "\n/** Most of it. */\nexport const A_MAX = 4096;\n");
    }

    #[test]
    fn a_module_becomes_an_object_of_its_own_constants() {
        let piece = Piece::Module { file: "", module: "row", name: "ROW" };
        let expected = "\n/** Bits of `A_MAX`. */\nexport const ROW = {\n  /** First. */\n  first: 2,\n  all_of: 77,\n} as const;\n";
        assert_eq!(rendered(&piece).unwrap(), expected);
    }

    #[test]
    fn a_list_of_words_becomes_a_list_and_a_type() {
        let piece = Piece::Words { file: "", list: "KINDS", one: "Kind" };
        let expected = "\n/** Kinds. */\nexport const KINDS = [\"a\", \"b\"] as const;\nexport type Kind = (typeof KINDS)[number];\n";
        assert_eq!(rendered(&piece).unwrap(), expected);
    }

    #[test]
    fn what_a_source_has_not_is_no_piece() {
        assert_eq!(rendered(&Piece::Number { file: "", name: "B_MAX" }), None);
        assert_eq!(rendered(&Piece::Module { file: "", module: "column", name: "C" }), None);
    }
}
