use crate::messages::Failure;

/// A type of number.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    I32,
    I64,
    F32,
    F64,
}

/// A number of one of these types.
#[derive(Clone, Copy)]
pub enum Value {
    I32(i32),
    I64(i64),
    F32(f32),
    F64(f64),
}

/// Reads a function's arguments.
pub fn parse(kinds: &[Kind], texts: &[String]) -> Result<Vec<Value>, Failure> {
    if kinds.len() != texts.len() {
        let message = format!("the function takes {} arguments, not {}", kinds.len(), texts.len());
        return Err(Failure::refused(message));
    }
    kinds.iter().zip(texts).map(|(kind, text)| parse_one(*kind, text)).collect()
}

fn parse_one(kind: Kind, text: &str) -> Result<Value, Failure> {
    let value = match kind {
        // Unsigned ones as well.
        Kind::I32 => text.parse::<i64>().ok().map(|number| Value::I32(number as i32)),
        Kind::I64 => text.parse::<i128>().ok().map(|number| Value::I64(number as i64)),
        Kind::F32 => text.parse().ok().map(Value::F32),
        Kind::F64 => text.parse().ok().map(Value::F64),
    };
    value.ok_or_else(|| Failure::refused(format!("{text} is no number of the type that is wanted")))
}

/// Writes a result.
pub fn spell(value: &Value) -> String {
    match value {
        Value::I32(number) => number.to_string(),
        Value::I64(number) => number.to_string(),
        Value::F32(number) => number.to_string(),
        Value::F64(number) => number.to_string(),
    }
}
