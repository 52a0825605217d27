//! What is written from the declaration of components: docs/components.md and web/src/core/components.ts. Stale files fail.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use thexr_world::schema::{self, Field, Group, Kind, Known, Object, Short};

/// How the files are written anew; it sets `THEXR_WRITE_GENERATED` for this test.
const HOW: &str = "cargo xtask codegen";

#[test]
fn the_page_of_components_is_what_the_declaration_says() {
    agree("docs/components.md", &page());
}

#[test]
fn the_types_of_components_are_what_the_declaration_says() {
    agree("web/src/core/components.ts", &types());
}

/// Compares a file with what it should be, or writes it when that is asked for.
fn agree(path: &str, wanted: &str) {
    let file: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    if std::env::var_os("THEXR_WRITE_GENERATED").is_some_and(|asked| asked == "1") {
        std::fs::write(&file, wanted).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(written == wanted, "{path} is stale: write it anew with `{HOW}`");
}

fn of(group: Group) -> impl Iterator<Item = &'static Known> {
    schema::components().iter().filter(move |known| known.group == group)
}

fn page() -> String {
    let mut out = format!(
        "# Components\n\nWritten from `crates/world/src/schema` by `{HOW}`: change the declaration, not the page.\n\n\
         Names are open: makers add their own, and fields of their own to the objects below. What is here is checked when it is\n\
         written and kept in one spelling; what is not as described is refused with `bad_component`, which says the part. A `?`\n\
         marks what may be missing; `=` is what readers take then. Numbers are finite and at most 2^53. Components that the\n\
         *room* writes are written by it and its rules alone; they are not checked, and what they hold is what is usual.\n"
    );
    for group in Group::ALL {
        let _ = write!(
            out,
            "\n## {}\n\n| component | written by | holds | for |\n|---|---|---|---|\n",
            group.title()
        );
        for known in of(group) {
            let by = if known.server_only { "room" } else { "people" };
            let holds = holds(&known.kind) + &shorts(known.shorts);
            let _ = writeln!(
                out,
                "| `{}` | {by} | {} | {} |",
                known.name,
                holds.replace('|', "\\|"),
                known.description
            );
        }
    }
    out.push_str("\n`mesh_builder` is an earlier name of `shape`.\n");
    out
}

/// What a kind holds, fields and all.
fn holds(kind: &Kind) -> String {
    match kind {
        Kind::Object(object) => {
            let fields: Vec<String> = object.fields.iter().map(field).collect();
            if fields.is_empty() { "an object".into() } else { format!("{{{}}}", fields.join("; ")) }
        }
        Kind::Either(kinds) => {
            let kinds: Vec<String> = kinds.iter().map(holds).collect();
            kinds.join(", or ")
        }
        Kind::List { of, max } => format!("a list of at most {max}: {}", holds(of)),
        _ => kind.words(),
    }
}

fn field(field: &Field) -> String {
    let mark = if field.required { "" } else { "?" };
    let default = if field.default.is_empty() { String::new() } else { format!(" = {}", field.default) };
    format!("`{}{mark}` {}{default}", field.name, holds(&field.kind))
}

fn shorts(shorts: &[Short]) -> String {
    let each = shorts.iter().map(|short| match short {
        Short::Field(name) => format!("; a text is its `{name}`"),
        Short::True => "; `true` is `{}`".into(),
        Short::Pair => "; or `[kind, fields]`".into(),
        Short::Even => "; one number is all three".into(),
        Short::Gather { into, names } => format!("; {} beside `{into}` belong into it", names.join(", ")),
    });
    each.collect()
}

fn types() -> String {
    let mut out = format!(
        "/**\n * The known components: their types, and what an inspector needs to edit them.\n *\n\
         \x20* Written from `crates/world/src/schema` by `{HOW}`: change the declaration, not this file.\n */\n\
         import type {{ Json }} from \"./json\";\n\n{PREAMBLE}\n/** The known components of an entity, each in its one spelling. */\nexport interface Components {{\n"
    );
    for known in schema::components() {
        let _ = writeln!(
            out,
            "  /** {} */\n  readonly {}?: {};",
            known.description,
            known.name,
            type_of(&known.kind)
        );
    }
    out.push_str("}\n\n/** The known components by name, in the order of their groups. */\n");
    out.push_str("export const COMPONENTS: { readonly [name: string]: ComponentInfo } = {\n");
    for known in Group::ALL.into_iter().flat_map(of) {
        let _ = writeln!(
            out,
            "  {}: {{ group: {}, server_only: {}, words: {}, kind: {} }},",
            known.name,
            quoted(known.group.title()),
            known.server_only,
            quoted(known.description),
            kind_of(&known.kind, 1)
        );
    }
    out.push_str("};\n");
    out
}

/// Types that do not depend on which components there are.
const PREAMBLE: &str = r#"type Vec3 = readonly [number, number, number];
type Quaternion = readonly [number, number, number, number];
type Place = readonly [number, number, number, number, number, number, number];
/** Fields that makers add. */
type Own = { readonly [name: string]: Json | undefined };

/** What a value is. */
export type Kind =
  | { readonly is: "any" | "bool" | "mark" | "entity" | "link" | "rotation" | "color" | "place" }
  | { readonly is: "text"; readonly chars_max: number }
  | { readonly is: "word"; readonly words: readonly string[] }
  | { readonly is: "number" | "vec3"; readonly min: number; readonly max: number; readonly unit: string }
  | { readonly is: "object"; readonly fields: { readonly [name: string]: FieldInfo } }
  | { readonly is: "list"; readonly of: Kind; readonly max: number }
  | { readonly is: "either"; readonly kinds: readonly Kind[] };

/** A field of an object. */
export interface FieldInfo {
  readonly kind: Kind;
  readonly required: boolean;
  /** What a reader takes where it is missing. */
  readonly default?: Json;
}

/** A known component. */
export interface ComponentInfo {
  readonly group: string;
  /** Written by the room and its rules alone, unchecked. */
  readonly server_only: boolean;
  /** What it is for. */
  readonly words: string;
  readonly kind: Kind;
}
"#;

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

fn type_of(kind: &Kind) -> String {
    match kind {
        Kind::Any => "Json".into(),
        Kind::Bool => "boolean".into(),
        Kind::Mark => "boolean | Own".into(),
        Kind::Entity | Kind::Text { .. } | Kind::Link | Kind::Color => "string".into(),
        Kind::Word(words) => words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" | "),
        Kind::Number { .. } => "number".into(),
        Kind::Vec3 { .. } => "Vec3".into(),
        Kind::Rotation => "Quaternion".into(),
        Kind::Place => "Place".into(),
        Kind::Object(object) => type_of_object(object),
        Kind::List { of, .. } => format!("readonly ({})[]", type_of(of)),
        Kind::Either(kinds) => kinds.iter().map(type_of).collect::<Vec<_>>().join(" | "),
    }
}

fn type_of_object(object: &Object) -> String {
    let field = |field: &Field| {
        let mark = if field.required { "" } else { "?" };
        format!("readonly {}{mark}: {}", field.name, type_of(&field.kind))
    };
    let fields: Vec<String> = object.fields.iter().map(field).collect();
    format!("{{ {} }} & Own", fields.join("; "))
}

/// A kind as a value of TypeScript; objects take a line for each field.
fn kind_of(kind: &Kind, depth: usize) -> String {
    let plain = |is: &str| format!("{{ is: \"{is}\" }}");
    let ranged = |is: &str, min: f64, max: f64, unit: &str| {
        format!("{{ is: \"{is}\", min: {min}, max: {max}, unit: {} }}", quoted(unit))
    };
    match kind {
        Kind::Any => plain("any"),
        Kind::Bool => plain("bool"),
        Kind::Mark => plain("mark"),
        Kind::Entity => plain("entity"),
        Kind::Link => plain("link"),
        Kind::Rotation => plain("rotation"),
        Kind::Color => plain("color"),
        Kind::Place => plain("place"),
        Kind::Text { chars_max } => format!("{{ is: \"text\", chars_max: {chars_max} }}"),
        Kind::Word(words) => {
            let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
            format!("{{ is: \"word\", words: [{}] }}", words.join(", "))
        }
        Kind::Number { min, max, unit } => ranged("number", *min, *max, unit),
        Kind::Vec3 { min, max, unit } => ranged("vec3", *min, *max, unit),
        Kind::List { of, max } => format!("{{ is: \"list\", of: {}, max: {max} }}", kind_of(of, depth)),
        Kind::Either(kinds) => {
            let kinds: Vec<String> = kinds.iter().map(|kind| kind_of(kind, depth)).collect();
            format!("{{ is: \"either\", kinds: [{}] }}", kinds.join(", "))
        }
        Kind::Object(object) => {
            let indent = "  ".repeat(depth + 1);
            let mut fields = String::new();
            for field in object.fields {
                let kind = kind_of(&field.kind, depth + 1);
                let default = if field.default.is_empty() {
                    String::new()
                } else {
                    format!(", default: {}", field.default)
                };
                let _ = writeln!(
                    fields,
                    "{indent}{}: {{ required: {}{default}, kind: {kind} }},",
                    field.name, field.required
                );
            }
            format!("{{ is: \"object\", fields: {{\n{fields}{}}} }}", "  ".repeat(depth))
        }
    }
}
