//! The members of a statement.

use super::super::bucket::BucketStatement;
use super::super::document::{ActionMatch, Effect, ResourceMatch, Statement};
use super::super::error::{PolicyError, quote};
use super::super::json::{Node, Step};
use super::super::trust::{Principal, TrustStatement};
use super::{Members, Mode, Reader};

impl Reader<'_> {
    pub(super) fn statement(&mut self, node: &Node) -> Result<Statement, PolicyError> {
        let known = [
            "Effect",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition",
        ];
        if let Node::Members(members) = node
            && let Some((Step::Member(at, name), _)) = self.find(members, "Principal")
        {
            let hint = "`Principal` belongs to trust policies".to_owned();
            let message = "unknown member `Principal`";
            return Err(self.at_name(at, &name).mistake(message, Some(hint)));
        }
        let members = self.statement_members(node, &known)?;
        Ok(Statement {
            sid: self.sid(members)?,
            effect: self.effect(members)?,
            action: self.action(members)?,
            resource: self.resource(members)?,
            condition: self.condition(members)?,
        })
    }

    pub(super) fn trust_statement(&mut self, node: &Node) -> Result<TrustStatement, PolicyError> {
        let known = ["Effect", "Principal", "Action", "NotAction", "Condition"];
        let members = self.statement_members(node, &known)?;
        Ok(TrustStatement {
            sid: self.sid(members)?,
            effect: self.effect(members)?,
            principal: self.principal(members)?,
            action: self.action(members)?,
            condition: self.condition(members)?,
        })
    }

    pub(super) fn bucket_statement(&mut self, node: &Node) -> Result<BucketStatement, PolicyError> {
        let known = [
            "Effect",
            "Principal",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition",
        ];
        let members = self.statement_members(node, &known)?;
        Ok(BucketStatement {
            principal: self.bucket_principal(members)?,
            rest: Statement {
                sid: self.sid(members)?,
                effect: self.effect(members)?,
                action: self.action(members)?,
                resource: self.resource(members)?,
                condition: self.condition(members)?,
            },
        })
    }

    /// A list of texts, not the object of trust policies.
    fn bucket_principal(&mut self, members: &Members) -> Result<Vec<String>, PolicyError> {
        let hint = "write a list of UIDs, of `arn:sts::<uid>:assumed-role/<role>/*`, or `[\"*\"]`";
        let Some((step, node)) = self.find(members, "Principal") else {
            return Err(self.mistake("`Principal` is missing", Some(hint.to_owned())));
        };
        self.within(step, |reader| match node {
            Node::List(_) => reader.strings(node, |_, _| Ok(())),
            Node::Text(_) if reader.mode == Mode::Live => {
                reader.note("one text, read as a list of one");
                reader.strings(node, |_, _| Ok(()))
            }
            other => {
                let message = format!(
                    "`Principal` of a bucket policy must be a list of texts, not {}",
                    other.kind()
                );
                Err(reader.mistake(message, Some(hint.to_owned())))
            }
        })
    }

    fn statement_members<'n>(
        &self,
        node: &'n Node,
        known: &[&str],
    ) -> Result<&'n Members, PolicyError> {
        let mut known = known.to_vec();
        if self.mode == Mode::Live {
            known.push("Sid");
        }
        self.members(node, "a statement", &known)
    }

    fn sid(&mut self, members: &Members) -> Result<Option<String>, PolicyError> {
        match self.find(members, "Sid") {
            None => Ok(None),
            Some((_, Node::Text(sid))) => Ok(Some(sid.clone())),
            Some((step, other)) => self.within(step, |reader| {
                reader.refuse(format!("`Sid` must be a string, not {}", other.kind()))
            }),
        }
    }

    fn effect(&mut self, members: &Members) -> Result<Effect, PolicyError> {
        let Some((step, node)) = self.find(members, "Effect") else {
            return self.refuse("`Effect` is missing");
        };
        match node {
            Node::Text(text) if text == "Allow" => Ok(Effect::Allow),
            Node::Text(text) if text == "Deny" => Ok(Effect::Deny),
            _ => self.within(step, |reader| {
                reader.refuse("`Effect` must be `Allow` or `Deny`, spelt so")
            }),
        }
    }

    fn action(&mut self, members: &Members) -> Result<ActionMatch, PolicyError> {
        let positive = self.find(members, "Action");
        let negative = self.find(members, "NotAction");
        let (step, node, wrap) = match (positive, negative) {
            (Some(_), Some(_)) => {
                return self.refuse("both `Action` and `NotAction`; one is meant");
            }
            (None, None) => return self.refuse("`Action` is missing"),
            (Some((step, node)), None) => (step, node, ActionMatch::Action as fn(_) -> _),
            (None, Some((step, node))) => (step, node, ActionMatch::NotAction as fn(_) -> _),
        };
        let patterns = self.within(step, |reader| {
            reader.strings(node, |reader, pattern| reader.check_action(pattern))
        })?;
        Ok(wrap(patterns))
    }

    fn check_action(&self, pattern: &str) -> Result<(), PolicyError> {
        if !pattern.is_ascii() {
            return self.refuse(format!("action {} is not ASCII", quote(pattern)));
        }
        if self.mode == Mode::Live {
            return Ok(());
        }
        let mut parts = pattern.split(':');
        let formed = matches!((parts.next(), parts.next(), parts.next()), (Some(service), Some(name), None)
            if !service.is_empty() && !name.is_empty());
        let plain = !pattern.contains(|c: char| c.is_ascii_whitespace() || c.is_ascii_control());
        if pattern == "*" || (formed && plain) {
            return Ok(());
        }
        let message = format!(
            "action {} is not `<service>:<name>` and not `*`",
            quote(pattern)
        );
        let hint = "for example `oss:GetObject`".to_owned();
        Err(self.mistake(message, Some(hint)))
    }

    fn resource(&mut self, members: &Members) -> Result<ResourceMatch, PolicyError> {
        let positive = self.find(members, "Resource");
        let negative = self.find(members, "NotResource");
        let (step, node, wrap) = match (positive, negative) {
            (Some(_), Some(_)) => {
                return self.refuse("both `Resource` and `NotResource`; one is meant");
            }
            (None, None) => return self.refuse("`Resource` is missing"),
            (Some((step, node)), None) => (step, node, ResourceMatch::Resource as fn(_) -> _),
            (None, Some((step, node))) => (step, node, ResourceMatch::NotResource as fn(_) -> _),
        };
        let patterns = self.within(step, |reader| reader.strings(node, |_, _| Ok(())))?;
        Ok(wrap(patterns))
    }

    fn principal(&mut self, members: &Members) -> Result<Principal, PolicyError> {
        let Some((step, node)) = self.find(members, "Principal") else {
            return self.refuse("`Principal` is missing");
        };
        self.within(step, |reader| {
            let known = ["Service", "RAM", "Federated"];
            let members = reader.members(node, "a principal", &known)?;
            if members.is_empty() {
                return reader.refuse("`Principal` names nobody");
            }
            let mut list = |member| match reader.find(members, member) {
                None => Ok(Vec::new()),
                Some((step, node)) => {
                    reader.within(step, |reader| reader.strings(node, |_, _| Ok(())))
                }
            };
            Ok(Principal {
                service: list("Service")?,
                ram: list("RAM")?,
                federated: list("Federated")?,
            })
        })
    }
}
