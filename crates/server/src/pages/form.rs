//! What people type into the website: reading it, checking it, saying what is wrong.
//!
//! Pure: text in, a checked value or words for the page out. Must not know HTTP, the store or who is asking.

use serde::Deserialize;
use thexr_room::text::spelt;
use thexr_wire::limits::{DESCRIPTION_CHARS_MAX, TITLE_CHARS_MAX};
use thexr_wire::{Role, RoomId};

/// What a new room starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoomTemplate {
    /// The sample room, a plaza: every shape on show, places to sit.
    Plaza,
    /// A floor with coloured blocks and ten boxes.
    Blocks,
    /// Things to take, stack, throw and swing on.
    Workshop,
    /// A shooter for one to eight people.
    Hangar,
    /// A floor and the light.
    Empty,
}

impl RoomTemplate {
    /// All templates, in the order in which they are offered; the first is chosen at the start.
    pub const ALL: [Self; 5] = [Self::Blocks, Self::Plaza, Self::Workshop, Self::Hangar, Self::Empty];

    /// The name in forms and URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Blocks => "blocks",
            Self::Plaza => "plaza",
            Self::Workshop => "workshop",
            Self::Hangar => "hangar",
            Self::Empty => "empty",
        }
    }

    /// The template of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|template| template.as_str() == text)
    }

    /// The title on its choice.
    pub fn title(self) -> &'static str {
        match self {
            Self::Blocks => "Blocks",
            Self::Plaza => "Plaza",
            Self::Workshop => "Workshop",
            Self::Hangar => "The Hangar",
            Self::Empty => "Empty",
        }
    }

    /// One line on what it is for.
    pub fn summary(self) -> &'static str {
        match self {
            Self::Workshop => "Crates, balls, a door, a see-saw: take, stack, throw.",
            Self::Blocks => "Coloured blocks and ten boxes to climb, move and paint.",
            Self::Plaza => "A place to meet: a stage, benches, trees, a shape on every plinth.",
            Self::Hangar => "A shooter for one to eight: keys, waves, a guardian, a way out.",
            Self::Empty => "A floor and the light. Build it yourself.",
        }
    }
}

/// The form of a new or edited room, exactly as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct RoomForm {
    /// The room's name.
    pub name: String,
    /// The room's description.
    pub description: String,
    /// The chosen template's name; the edit form has none.
    pub template: String,
    /// The least role that builds.
    pub who_may_build: String,
    /// The least role that saves and restores.
    pub who_may_save: String,
    /// The CSRF token, for the handler.
    #[serde(rename = "_csrf_token")]
    pub csrf_token: String,
}

/// A name and a description that a room may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidText {
    /// One line, 1 to [`TITLE_CHARS_MAX`] characters, trimmed.
    pub name: String,
    /// At most [`DESCRIPTION_CHARS_MAX`] characters, trimmed; lines end with `\n`.
    pub description: String,
}

/// Who may do what in a room; `None` stays as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ValidRights {
    /// The least role that builds.
    pub who_may_build: Option<Role>,
    /// The least role that saves and restores.
    pub who_may_save: Option<Role>,
}

/// Everything a new room needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidRoom {
    /// Name and description.
    pub text: ValidText,
    /// Who may do what.
    pub rights: ValidRights,
    /// What it starts with.
    pub template: RoomTemplate,
}

/// What is wrong with a form, by field, in words for the person who typed it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormErrors {
    /// About the name.
    pub name: Option<String>,
    /// About the description.
    pub description: Option<String>,
    /// About the template.
    pub template: Option<String>,
    /// About who may build.
    pub who_may_build: Option<String>,
    /// About who may save and restore.
    pub who_may_save: Option<String>,
}

impl FormErrors {
    /// Is nothing wrong?
    pub fn is_empty(&self) -> bool {
        self.count() == 0
    }

    /// How many fields are wrong.
    pub fn count(&self) -> usize {
        let Self { name, description, template, who_may_build, who_may_save } = self;
        let all = [name, description, template, who_may_build, who_may_save];
        all.into_iter().filter(|error| error.is_some()).count()
    }
}

impl RoomForm {
    /// The form before anything was typed.
    pub fn blank() -> Self {
        let form = Self { template: RoomTemplate::ALL[0].as_str().to_owned(), ..Self::default() };
        form.with_rights(Role::Visitor, Role::Visitor)
    }

    /// The form with who may build, and who may save and restore.
    pub fn with_rights(self, who_may_build: Role, who_may_save: Role) -> Self {
        let (who_may_build, who_may_save) = (who_may_build.as_str().into(), who_may_save.as_str().into());
        Self { who_may_build, who_may_save, ..self }
    }

    /// The form of a room as it is, for editing.
    pub fn of_room(name: &str, description: &str) -> Self {
        Self { name: name.to_owned(), description: description.to_owned(), ..Self::default() }
    }

    /// Checks the form of a new room. Errors: one sentence for each field that is wrong.
    pub fn validate(&self) -> Result<ValidRoom, FormErrors> {
        let template = RoomTemplate::parse(&self.template);
        match (self.validate_edit(), template) {
            (Ok((text, rights)), Some(template)) => Ok(ValidRoom { text, rights, template }),
            (edit, template) => {
                let unchosen = "Choose what the room starts with.".to_owned();
                let errors = edit.err().unwrap_or_default();
                Err(FormErrors { template: template.is_none().then_some(unchosen), ..errors })
            }
        }
    }

    /// Checks the form of a room that exists: all but the template.
    pub fn validate_edit(&self) -> Result<(ValidText, ValidRights), FormErrors> {
        let build = valid_role(&self.who_may_build, "Choose who may build.");
        let save = valid_role(&self.who_may_save, "Choose who may save and restore.");
        match (self.validate_text(), build, save) {
            (Ok(text), Ok(who_may_build), Ok(who_may_save)) => {
                Ok((text, ValidRights { who_may_build, who_may_save }))
            }
            (text, build, save) => {
                let errors = text.err().unwrap_or_default();
                Err(FormErrors { who_may_build: build.err(), who_may_save: save.err(), ..errors })
            }
        }
    }

    /// Checks name and description alone.
    pub fn validate_text(&self) -> Result<ValidText, FormErrors> {
        match (valid_name(&self.name), valid_description(&self.description)) {
            (Ok(name), Ok(description)) => Ok(ValidText { name, description }),
            (name, description) => {
                let (name, description) = (name.err(), description.err());
                Err(FormErrors { name, description, ..FormErrors::default() })
            }
        }
    }
}

/// A choice of the least role that may do something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WhoField {
    /// The field's name in the form.
    pub name: &'static str,
    /// The question.
    pub label: &'static str,
    /// What it is about.
    pub hint: &'static str,
    /// What is wrong.
    pub error: Option<String>,
    /// The chosen role's name, as it came.
    pub chosen: String,
}

impl WhoField {
    /// Name and words of each answer.
    pub const ANSWERS: [(Role, &'static str); 5] = [
        (Role::Visitor, "Everyone"),
        (Role::Member, "Members and up"),
        (Role::Builder, "Builders and up"),
        (Role::Moderator, "Moderators and up"),
        (Role::Owner, "Only me"),
    ];

    /// The answers with whether each is chosen.
    pub fn answers(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> + '_ {
        let answer = |(role, words): (Role, _)| (role.as_str(), words, role.as_str() == self.chosen);
        Self::ANSWERS.into_iter().map(answer)
    }

    /// The questions of a form.
    pub fn all(form: &RoomForm, errors: &FormErrors) -> [Self; 2] {
        [
            Self {
                name: "who_may_build",
                label: "Who may build",
                hint: "They add, move, change and delete things.",
                error: errors.who_may_build.clone(),
                chosen: form.who_may_build.clone(),
            },
            Self {
                name: "who_may_save",
                label: "Who may save and restore",
                hint: "They keep the room as it is, and bring back what was kept.",
                error: errors.who_may_save.clone(),
                chosen: form.who_may_save.clone(),
            },
        ]
    }
}

/// The form behind "Enter a room".
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct EnterForm {
    /// A link to a room or its code, as typed.
    pub room: String,
    /// The CSRF token, for the handler.
    #[serde(rename = "_csrf_token")]
    pub csrf_token: String,
}

impl EnterForm {
    /// The room meant by a link (`…/rooms/<id>` or `…/r/<id>`, any host) or a code. Errors: one sentence for the page.
    pub fn room_id(&self) -> Result<RoomId, String> {
        let text = self.room.trim();
        if text.is_empty() {
            return Err("Paste a room's link or type its code.".to_owned());
        }
        let code = if text.contains('/') { code_of_link(text) } else { Some(text) };
        code.and_then(|code| RoomId::parse(code).ok()).ok_or_else(|| {
            "That is neither a room's link nor its code. A code is five letters and digits, as in k3XbZ."
                .to_owned()
        })
    }
}

/// The segment after `/rooms/` or `/r/`.
fn code_of_link(link: &str) -> Option<&str> {
    let path = link.split(['?', '#']).next()?;
    let mut segments = path.split('/');
    segments.find(|segment| matches!(*segment, "rooms" | "r"))?;
    segments.next()
}

fn valid_name(typed: &str) -> Result<String, String> {
    let name = typed.trim();
    if name.chars().all(|character| character.is_whitespace() || is_invisible(character)) {
        return Err("Give your room a name.".to_owned());
    }
    if name.chars().any(is_forbidden) {
        return Err("A name is one line of plain text. Remove line breaks and control characters.".to_owned());
    }
    within(&spelt(name), "A name", TITLE_CHARS_MAX)
}

fn valid_description(typed: &str) -> Result<String, String> {
    let description = typed.replace("\r\n", "\n");
    let description = description.trim();
    if description.chars().any(|character| character != '\n' && is_forbidden(character)) {
        return Err("A description is plain text. Remove tabs and control characters.".to_owned());
    }
    within(&spelt(description), "A description", DESCRIPTION_CHARS_MAX)
}

/// A form without the field leaves the role as it is.
fn valid_role(chosen: &str, unchosen: &str) -> Result<Option<Role>, String> {
    if chosen.is_empty() {
        return Ok(None);
    }
    Role::parse(chosen).map(Some).ok_or_else(|| unchosen.to_owned())
}

/// Counts characters, not bytes: people count what they see.
fn within(text: &str, what: &str, chars_max: usize) -> Result<String, String> {
    let count = text.chars().count();
    if count > chars_max {
        return Err(format!("{what} has at most {chars_max} characters. This one has {count}."));
    }
    Ok(text.to_owned())
}

/// Control characters, and those that turn the direction of the text around them (they forge other rooms' names).
fn is_forbidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Characters without a picture: a name of nothing else would be a blank card.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{3164}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(name: &str, description: &str) -> RoomForm {
        RoomForm { name: name.into(), description: description.into(), ..RoomForm::blank() }
    }

    fn name_error(name: &str) -> String {
        form(name, "").validate().unwrap_err().name.expect("the name is wrong")
    }

    #[test]
    fn a_name_is_trimmed_and_kept() {
        let room = form("  Blue garden \n", " A quiet place.\r\nCome in. ").validate().unwrap();
        assert_eq!(room.text.name, "Blue garden");
        assert_eq!(room.text.description, "A quiet place.\nCome in.");
        assert_eq!(room.template, RoomTemplate::Blocks);
    }

    #[test]
    fn a_room_without_a_name_is_asked_for_one() {
        for blank in ["", "   ", "\n\t", "\u{200b}\u{feff}", " \u{3164} "] {
            assert_eq!(name_error(blank), "Give your room a name.");
        }
    }

    #[test]
    fn characters_are_counted_not_bytes() {
        let eighty = "é".repeat(TITLE_CHARS_MAX);
        assert_eq!(form(&eighty, "").validate().unwrap().text.name, eighty);
        assert!(name_error(&"é".repeat(TITLE_CHARS_MAX + 1)).contains("has 81"));
    }

    #[test]
    fn a_name_of_ten_thousand_characters_gets_a_clear_message() {
        assert_eq!(name_error(&"x".repeat(10_000)), "A name has at most 80 characters. This one has 10000.");
    }

    #[test]
    fn a_long_description_gets_its_own_message_beside_a_good_name() {
        let errors = form("Garden", &"d".repeat(501)).validate().unwrap_err();
        assert_eq!(
            errors.description.unwrap(),
            "A description has at most 500 characters. This one has 501."
        );
        assert_eq!(errors.name, None);
        assert!(form("Garden", &"d".repeat(500)).validate().is_ok());
    }

    #[test]
    fn control_and_direction_characters_are_refused_in_a_name() {
        for name in ["a\nb", "a\tb", "a\u{0}b", "a\u{7f}", "a\u{85}b", "abc\u{202e}def", "a\u{2067}b"] {
            assert!(name_error(name).contains("one line of plain text"), "{name:?}");
        }
    }

    #[test]
    fn a_description_may_have_lines_but_no_other_control_characters() {
        assert!(form("Garden", "one\ntwo\r\nthree").validate().is_ok());
        let errors = form("Garden", "one\u{7}two").validate().unwrap_err();
        assert!(errors.description.unwrap().contains("plain text"));
    }

    #[test]
    fn names_in_any_script_and_with_emoji_are_fine() {
        for name in ["Комната", "حديقة", "部屋", "👩‍🚀 Club", "می‌خواهم"] {
            assert_eq!(form(name, "").validate().unwrap().text.name, name);
        }
    }

    #[test]
    fn an_unknown_template_is_refused_and_every_error_is_told_at_once() {
        let form = RoomForm { template: "castle".into(), ..form("", &"d".repeat(501)) };
        let errors = form.validate().unwrap_err();
        assert_eq!(errors.count(), 3);
        assert!(errors.template.unwrap().contains("Choose"));
    }

    #[test]
    fn who_may_do_what_is_a_role_or_stays_as_it_is() {
        let rights = |build: &str, save: &str| {
            let form =
                RoomForm { who_may_build: build.into(), who_may_save: save.into(), ..form("Fine", "") };
            form.validate_edit().map(|(_, rights)| (rights.who_may_build, rights.who_may_save))
        };
        assert_eq!(rights("builder", "owner"), Ok((Some(Role::Builder), Some(Role::Owner))));
        assert_eq!(rights("", "visitor"), Ok((None, Some(Role::Visitor))));
        for wrong in ["emperor", "Owner", " owner", "0"] {
            let errors = rights(wrong, "owner").unwrap_err();
            assert_eq!(
                (errors.count(), errors.who_may_build.unwrap().as_str()),
                (1, "Choose who may build.")
            );
            let errors = rights("", wrong).unwrap_err();
            assert_eq!(errors.who_may_save.unwrap(), "Choose who may save and restore.");
        }
        let errors = RoomForm { who_may_save: "x".into(), ..RoomForm::default() }.validate().unwrap_err();
        assert_eq!(errors.count(), 3, "every error is told at once");
    }

    #[test]
    fn editing_needs_no_template() {
        let text = RoomForm::of_room("Garden", "Quiet").validate_text().unwrap();
        assert_eq!((text.name.as_str(), text.description.as_str()), ("Garden", "Quiet"));
    }

    #[test]
    fn a_form_reads_its_csrf_token_from_the_underscored_field() {
        let form: RoomForm = serde_json::from_str(r#"{"name": "a", "_csrf_token": "t"}"#).unwrap();
        assert_eq!((form.name.as_str(), form.csrf_token.as_str()), ("a", "t"));
    }

    fn entered(room: &str) -> Option<String> {
        EnterForm { room: room.into(), ..EnterForm::default() }.room_id().ok().map(|id| id.to_string())
    }

    #[test]
    fn a_code_or_any_link_to_a_room_enters_it() {
        for text in [
            "k3XbZ",
            "  k3XbZ ",
            "https://rooms.example/rooms/k3XbZ",
            "http://localhost:4000/r/k3XbZ?from=mail#top",
            "rooms.example/rooms/k3XbZ/edit",
            "/r/k3XbZ/",
        ] {
            assert_eq!(entered(text).as_deref(), Some("k3XbZ"), "{text}");
        }
    }

    #[test]
    fn what_is_neither_link_nor_code_is_refused_with_words() {
        for text in ["", "ab", "k3 XbZ", "https://rooms.example/", "https://rooms.example/rooms", "k3Xb<"] {
            let error = EnterForm { room: text.into(), ..EnterForm::default() }.room_id().unwrap_err();
            assert!(error.ends_with('.'), "{text}: {error}");
        }
    }
}
