//! Objects of JSON Lines as cells.

use serde_json::{Map, Value};

/// Under which names an order brings its lines.
const LINES: [&str; 4] = ["lines", "items", "line_items", "order_lines"];

/// Adds the columns of an object that are not there yet. A nested object gives
/// `outer.inner`, the lines of an order give `lines.inner`.
pub(crate) fn add_columns(object: &Map<String, Value>, columns: &mut Vec<String>) {
    for part in parts(object) {
        for (name, _) in part {
            if !columns.contains(&name) {
                columns.push(name);
            }
        }
    }
}

/// The cells of an object by the columns; once for each of its lines, if it has any.
pub(crate) fn cells(text: &str, columns: &[String]) -> Result<Vec<Vec<String>>, String> {
    let object = match serde_json::from_str(text) {
        Ok(Value::Object(object)) => object,
        Ok(_) => return Err("is JSON, but no object".to_owned()),
        Err(error) => return Err(format!("is no JSON (found {error})")),
    };
    let cells = |part: Vec<(String, String)>| {
        let mut cells = vec![String::new(); columns.len()];
        for (name, value) in part {
            let place = columns.iter().position(|column| *column == name);
            if let Some(cell) = place.and_then(|place| cells.get_mut(place)) {
                *cell = value;
            }
        }
        cells
    };
    Ok(parts(&object).into_iter().map(cells).collect())
}

fn parts(object: &Map<String, Value>) -> Vec<Vec<(String, String)>> {
    let lines = LINES.iter().find_map(|name| match object.get(*name) {
        Some(Value::Array(lines)) if lines.iter().all(Value::is_object) && !lines.is_empty() => {
            Some((*name, lines))
        }
        _ => None,
    });
    let mut common = Vec::new();
    for (name, value) in object {
        if lines.is_none_or(|(lines, _)| lines != name) {
            flatten(name, value, &mut common);
        }
    }
    let Some((name, lines)) = lines else { return vec![common] };
    let with_line = |line| {
        let mut part = common.clone();
        flatten(name, line, &mut part);
        part
    };
    lines.iter().map(with_line).collect()
}

fn flatten(name: &str, value: &Value, cells: &mut Vec<(String, String)>) {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Object(object) => {
            for (inner, value) in object {
                flatten(&format!("{name}.{inner}"), value, cells);
            }
            return;
        }
        // Numbers and truths as they are written, lists as JSON.
        other => other.to_string(),
    };
    cells.push((name.to_owned(), text));
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn an_order_with_lines_is_as_many_parts() {
        let text = r#"{"id":"o1","lines":[{"sku":"a","price":{"amount":1}},{"sku":"b"}]}"#;
        let mut columns = Vec::new();
        add_columns(serde_json::from_str::<Value>(text).unwrap().as_object().unwrap(), &mut columns);
        assert_eq!(columns, ["id", "lines.price.amount", "lines.sku"]);
        let parts = cells(text, &columns).unwrap();
        assert_eq!(parts, [["o1", "1", "a"], ["o1", "", "b"]]);
    }

    #[test]
    fn what_is_no_object_is_refused() {
        assert!(cells("[1]", &[]).unwrap_err().contains("no object"));
        assert!(cells("{", &[]).unwrap_err().contains("no JSON"));
    }
}
