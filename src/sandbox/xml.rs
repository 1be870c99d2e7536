//! JSON written as XML, as the services do: a list is its element repeated, a member without value is left out.

use quick_xml::escape::escape;
use serde_json::Value;

pub(crate) fn document(root: &str, body: &Value) -> String {
    let mut text = String::from("<?xml version='1.0' encoding='UTF-8'?>");
    element(&mut text, root, body);
    text
}

fn element(text: &mut String, name: &str, value: &Value) {
    match value {
        Value::Null => {}
        Value::Array(items) => items.iter().for_each(|item| element(text, name, item)),
        Value::Object(members) => {
            text.push_str(&format!("<{name}>"));
            for (name, value) in members {
                element(text, name, value);
            }
            text.push_str(&format!("</{name}>"));
        }
        Value::String(word) => {
            text.push_str(&format!("<{name}>{}</{name}>", escape(word.as_str())))
        }
        Value::Bool(_) | Value::Number(_) => text.push_str(&format!("<{name}>{value}</{name}>")),
    }
}
