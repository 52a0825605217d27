//! What a constant's expression comes to, and how a person writes it with its unit.
//!
//! Knows the arithmetic that limits are written in; what it does not know is no number. Must not know any limit.

use super::constants::Constant;

/// What an expression comes to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Number(f64),
    /// A `Duration`, milliseconds.
    Time(f64),
    List(Vec<f64>),
    Text(String),
}

/// A constant's value; `find` knows others by their names. `None`: it is no arithmetic.
pub(super) fn evaluate(expression: &str, find: &dyn Fn(&str) -> Option<Value>) -> Option<Value> {
    let expression = expression.trim();
    if let Some(text) = expression.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        return Some(Value::Text(text.to_owned()));
    }
    if let Some(items) = expression.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let items = items.trim_end_matches([',', ' ']).split(',');
        let numbers = items.map(|item| match evaluate(item, find)? {
            Value::Number(number) => Some(number),
            _ => None,
        });
        return numbers.collect::<Option<_>>().map(Value::List);
    }
    for (name, milliseconds) in [("from_secs", 1_000.0), ("from_millis", 1.0), ("from_mins", 60_000.0)] {
        let inner = expression.strip_prefix("Duration::").and_then(|rest| rest.strip_prefix(name));
        if let Some(inner) = inner.and_then(|rest| rest.strip_prefix('(')?.strip_suffix(')')) {
            let Value::Number(number) = evaluate(inner, find)? else { return None };
            return Some(Value::Time(number * milliseconds));
        }
    }
    let mut parser = Parser { tokens: tokens(expression)?, next: 0, find };
    let value = parser.sum()?;
    (parser.next == parser.tokens.len()).then_some(value)
}

/// The value as a person writes it: its unit comes from the constant's name and type.
pub(super) fn show(constant: &Constant, value: &Value) -> String {
    match value {
        Value::Time(milliseconds) => time(*milliseconds),
        Value::Text(text) => format!("`{text}`"),
        Value::List(numbers) => {
            let shown: Vec<String> =
                numbers.iter().map(|number| with_unit(&constant.name, *number)).collect();
            shown.join(", ")
        }
        Value::Number(number) => with_unit(&constant.name, *number),
    }
}

fn with_unit(name: &str, number: f64) -> String {
    let words: Vec<&str> = name.split('_').collect();
    let has = |word: &str| words.contains(&word);
    let shown = match () {
        () if has("BYTES") => bytes(number),
        () if has("KIB") => format!("{} KiB", plain(number)),
        () if has("KBIT") => format!("{} kbit/s", plain(number)),
        () if has("MS") => time(number),
        () if has("SECONDS") => time(number * 1_000.0),
        () if has("HOURS") => time(number * 3_600_000.0),
        () if has("TICKS") => format!("{} ticks", plain(number)),
        () if has("CHARS") => format!("{} characters", plain(number)),
        () if has("M") => format!("{} m", plain(number)),
        () => plain(number),
    };
    let per = words.iter().position(|word| *word == "PER").and_then(|index| words.get(index + 1));
    match per.copied() {
        Some("S" | "SECOND") => format!("{shown}/s"),
        Some("MINUTE") => format!("{shown}/min"),
        Some("TICK") => format!("{shown} a tick"),
        _ => shown,
    }
}

/// The largest unit that needs no fraction.
fn bytes(number: f64) -> String {
    for (unit, size) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] {
        let size = f64::from(size);
        if number >= size && number % size == 0.0 {
            return format!("{} {unit}", plain(number / size));
        }
    }
    format!("{} bytes", plain(number))
}

/// The largest unit that needs no fraction.
fn time(milliseconds: f64) -> String {
    for (unit, size) in [("h", 3_600_000.0), ("min", 60_000.0), ("s", 1_000.0)] {
        if milliseconds >= size && milliseconds % size == 0.0 {
            return format!("{} {unit}", plain(milliseconds / size));
        }
    }
    format!("{} ms", plain(milliseconds))
}

/// A number with thousands apart, as few decimals as it has.
fn plain(number: f64) -> String {
    let text = format!("{number}");
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(a, b)| (a, Some(b)));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    fraction.map_or(format!("{sign}{grouped}"), |fraction| format!("{sign}{grouped}.{fraction}"))
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Number(f64),
    /// A path's last name.
    Name(String),
    Sign(char),
}

fn tokens(expression: &str) -> Option<Vec<Token>> {
    let (mut tokens, mut rest) = (Vec::new(), expression.trim_start());
    while let Some(first) = rest.chars().next() {
        let word_end = rest.find(|c: char| !(c.is_alphanumeric() || "_.:".contains(c))).unwrap_or(rest.len());
        let length = if first.is_ascii_digit() {
            tokens.push(Token::Number(number(&rest[..word_end])?));
            word_end
        } else if first.is_alphabetic() || first == '_' {
            let word = &rest[..word_end];
            tokens.push(Token::Name(word.rsplit(':').next().unwrap_or(word).to_owned()));
            word_end
        } else if let Some(after) = rest.strip_prefix("<<") {
            tokens.push(Token::Sign('<'));
            rest.len() - after.len()
        } else {
            tokens.push(Token::Sign(first));
            first.len_utf8()
        };
        rest = rest[length..].trim_start();
    }
    Some(tokens)
}

/// A literal such as `64`, `1_000.5`, `1e15`, `50u64`, `0x10`.
fn number(text: &str) -> Option<f64> {
    let text = text.replace('_', "");
    if let Some(digits) = text.strip_prefix("0x") {
        return u64::from_str_radix(digits, 16).ok().map(|number| number as f64);
    }
    let digits = text.find(['u', 'i', 'f']).map_or(text.as_str(), |index| &text[..index]);
    digits.parse().ok()
}

struct Parser<'a> {
    tokens: Vec<Token>,
    next: usize,
    find: &'a dyn Fn(&str) -> Option<Value>,
}

impl Parser<'_> {
    fn sum(&mut self) -> Option<Value> {
        let mut left = self.product()?;
        while let Some(sign) = self.sign(&['+', '-', '<']) {
            left = reckon(left, sign, self.product()?)?;
        }
        Some(left)
    }

    fn product(&mut self) -> Option<Value> {
        let mut left = self.single()?;
        while let Some(sign) = self.sign(&['*', '/']) {
            left = reckon(left, sign, self.single()?)?;
        }
        Some(left)
    }

    fn single(&mut self) -> Option<Value> {
        let token = self.tokens.get(self.next)?.clone();
        self.next += 1;
        let value = match token {
            Token::Number(number) => Value::Number(number),
            Token::Name(name) => (self.find)(&name)?,
            Token::Sign('(') => {
                let inner = self.sum()?;
                self.sign(&[')'])?;
                inner
            }
            Token::Sign('-') => reckon(Value::Number(0.0), '-', self.single()?)?,
            Token::Sign(_) => return None,
        };
        // A cast changes the type and, in a limit, never the value.
        while self.tokens.get(self.next) == Some(&Token::Name("as".into())) {
            self.next += 2;
        }
        Some(value)
    }

    fn sign(&mut self, signs: &[char]) -> Option<char> {
        let Some(Token::Sign(sign)) = self.tokens.get(self.next) else { return None };
        let sign = signs.contains(sign).then_some(*sign)?;
        self.next += 1;
        Some(sign)
    }
}

fn reckon(left: Value, sign: char, right: Value) -> Option<Value> {
    let (Value::Number(left), Value::Number(right)) = (left, right) else { return None };
    Some(Value::Number(match sign {
        '+' => left + right,
        '-' => left - right,
        '*' => left * right,
        '<' => left * 2f64.powf(right),
        // Whole numbers divide without a rest in a limit, or its author means the fraction.
        _ => left / right,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(name: &str, expression: &str) -> Option<String> {
        let known = |name: &str| match name {
            "TICK_MS" => Some(Value::Number(50.0)),
            "CHUNK" => Some(Value::Number(16_384.0)),
            _ => None,
        };
        let constant = Constant {
            name: name.into(),
            line: 1,
            about: String::new(),
            kind: String::new(),
            value: expression.into(),
        };
        evaluate(expression, &known).map(|value| show(&constant, &value))
    }

    fn assert_shown(rows: &[(&str, &str, &str)]) {
        for (name, expression, expected) in rows {
            assert_eq!(shown(name, expression).as_deref(), Some(*expected), "{name} = {expression}");
        }
    }

    #[test]
    fn bytes_and_times_have_the_largest_unit_that_fits() {
        assert_shown(&[
            ("ROOM_BYTES_MAX", "64 * 1024", "64 KiB"),
            ("ROOM_BYTES_MAX", "3 << 20", "3 MiB"),
            ("FRAME_BYTES", "1_360", "1,360 bytes"),
            ("SPARE_BYTES", "CHUNK - 1024", "15 KiB"),
            ("GRACE_MS", "30_000", "30 s"),
            ("GRACE_MS", "1_500", "1,500 ms"),
            ("TTL_MS_MAX", "24 * 60 * 60 * 1000", "24 h"),
            ("TOKEN_HOURS_MAX", "14 * 24", "336 h"),
            ("WINDOW", "Duration::from_secs(600)", "10 min"),
            ("WINDOW", "Duration::from_millis(1_500)", "1,500 ms"),
        ]);
    }

    #[test]
    fn rates_counts_and_lengths_have_their_own() {
        assert_shown(&[
            ("PUSH_BYTES_PER_SECOND", "1024 * 1024", "1 MiB/s"),
            ("VISITORS_PER_MINUTE", "600", "600/min"),
            ("JOINS_PER_TICK_MAX", "10", "10 a tick"),
            ("COMMANDS_PER_USER_MAX", "20_000", "20,000"),
            ("NAME_CHARS_MAX", "64", "64 characters"),
            ("COORDINATE_MAX_M", "10_000.0", "10,000 m"),
            ("STAY_TICKS", "4_000 / TICK_MS", "80 ticks"),
            ("MOTION_KBIT", "218", "218 kbit/s"),
            ("SLEW", "0.05", "0.05"),
            ("REJOIN_MS", "[1_000.0, 2_500.0]", "1 s, 2,500 ms"),
            ("ROOM_MS_MAX", "1e15", "1,000,000,000,000 s"),
        ]);
    }

    #[test]
    fn precedence_parentheses_casts_and_paths_are_those_of_rust() {
        assert_shown(&[
            ("A", "12 + 36 * 2", "84"),
            ("A", "(12 + 36) * 2", "96"),
            ("A", "thexr_wire::limits::TICK_MS as f64 * 2.0", "100"),
            ("A", "-5 + 7u64", "2"),
            ("A", "0x10", "16"),
            ("A", "[0.2, 1_000.0,]", "0.2, 1,000"),
            ("A", "\"-65536\"", "`-65536`"),
        ]);
    }

    #[test]
    fn what_is_no_arithmetic_is_no_number() {
        for expression in ["RINGS[3].radius_m", "SHED.len() as u8 - 1", "1 +", "(1", "&[1]", "\"a\" * 2", ""]
        {
            assert_eq!(shown("A", expression), None, "{expression}");
        }
    }
}
