//! The condition block of a statement.

use super::super::document::Condition;
use super::super::engine::{Atom, has_variable};
use super::super::error::{PolicyError, quote};
use super::super::json::{Node, Step};
use super::super::operator;
use super::{Members, Mode, Reader};
use std::collections::BTreeMap;

impl Reader<'_> {
    pub(super) fn condition(&mut self, members: &Members) -> Result<Condition, PolicyError> {
        let Some((step, node)) = self.find(members, "Condition") else {
            return Ok(Condition::default());
        };
        self.within(step, |reader| {
            if matches!(node, Node::Members(members) if members.is_empty()) {
                reader.note("an empty condition, read as none");
                return Ok(Condition::default());
            }
            let mut operators = BTreeMap::new();
            for (at, name, keys) in reader.entries(node, "`Condition`")? {
                let step = Step::Member(at, name.clone());
                let keys = reader.within(step, |reader| reader.operator(name, keys))?;
                operators.insert(name.clone(), keys);
            }
            Ok(Condition { operators })
        })
    }

    fn operator(
        &mut self,
        name: &str,
        node: &Node,
    ) -> Result<BTreeMap<String, Vec<String>>, PolicyError> {
        if !operator::is_known(name) {
            let hint = operator::suggestion(name);
            let message = format!("unknown condition operator {}", quote(name));
            let mistake = self.mistake(message, hint);
            if self.mode == Mode::Strict {
                return Err(mistake);
            }
            self.note("an operator we do not know, taken as either outcome");
            self.remarks.not_understood.push(mistake);
        }
        let mut keys = BTreeMap::new();
        for (at, key, values) in self.entries(node, "a condition operator")? {
            let step = Step::Member(at, key.clone());
            let values = self.within(step, |reader| {
                if reader.mode == Mode::Strict && !is_condition_key(key) {
                    let message = format!("condition key {} is not `<service>:<name>`", quote(key));
                    let hint = "for example `acs:SourceIp`".to_owned();
                    return Err(reader.mistake(message, Some(hint)));
                }
                let values = reader.values(values)?;
                reader.check_values(name, &values)?;
                Ok(values)
            })?;
            keys.insert(key.clone(), values);
        }
        Ok(keys)
    }

    /// Refuses values of our own input that their operator cannot compare.
    fn check_values(&self, name: &str, values: &[String]) -> Result<(), PolicyError> {
        let Some(operator) = operator::comparison(name).filter(|_| self.mode == Mode::Strict)
        else {
            return Ok(());
        };
        match Atom::new(operator.family, values) {
            Err((value, what)) if !has_variable(&value) => {
                self.refuse(format!("{} is not {what}", quote(&value)))
            }
            _ => Ok(()),
        }
    }

    /// The members of an object with free names, none repeated, at least one in our own input.
    fn entries<'n>(
        &self,
        node: &'n Node,
        what: &str,
    ) -> Result<Vec<(usize, &'n String, &'n Node)>, PolicyError> {
        let Node::Members(members) = node else {
            return self.refuse(format!("{what} must be an object, not {}", node.kind()));
        };
        self.check_repeats(members)?;
        if members.is_empty() && self.mode == Mode::Strict {
            return self.refuse(format!("{what} is empty"));
        }
        let entries = members.iter().enumerate();
        Ok(entries.map(|(at, (name, node))| (at, name, node)).collect())
    }

    /// Condition values: strings; from the service also numbers and booleans, read as their text.
    fn values(&mut self, node: &Node) -> Result<Vec<String>, PolicyError> {
        self.one_or_many(node, |reader, node| {
            let text = match node {
                Node::Text(text) => return Ok(text.clone()),
                Node::Bool(value) => value.to_string(),
                Node::Number(value) => value.to_string(),
                other => {
                    return reader.refuse(format!("must be a string, not {}", other.kind()));
                }
            };
            if reader.mode == Mode::Strict {
                let message = format!("must be a string, not {}", node.kind());
                let hint = format!("put it in quotation marks: `\"{text}\"`");
                return Err(reader.mistake(message, Some(hint)));
            }
            reader.note("not in quotation marks, read as its text");
            Ok(text)
        })
    }
}

fn is_condition_key(key: &str) -> bool {
    let plain = !key.contains(|c: char| c.is_whitespace() || c.is_control());
    plain
        && matches!(key.split_once(':'), Some((service, name)) if !service.is_empty() && !name.is_empty())
}
