//! A sandbox in which an export works, and a spec of it.

use serde_json::Value;

use super::Program;

/// The export role, and where images go.
pub(crate) const SPEC: &str = "version: 1
exports: [ { region: cn-hangzhou, bucket: exports-hz } ]
roles:
  - name: AliyunECSImageExportDefaultRole
    trust: { service: ecs.aliyuncs.com }
    policies: [ { system: AliyunECSImageExportRolePolicy } ]
";

/// A program whose sandbox holds the healthy state after `edit`.
pub(crate) fn healthy(edit: impl FnOnce(&mut Value)) -> Program {
    let mut state: Value = serde_json::from_str(include_str!("../../states/healthy.json")).unwrap();
    edit(&mut state);
    let program = Program::new().file("state.json", state.to_string());
    program
        .run(&["sandbox", "seed", "state.json", "--sandbox"])
        .ends(0);
    program
}
