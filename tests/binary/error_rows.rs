//! States of the sandbox in which an operation is refused, and what `verify` says of each beforehand.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::Program;

/// What `verify` says without a dry run.
pub(crate) enum Beforehand {
    /// This check fails or depends, with the error of the row.
    Check(&'static str),
    /// Nothing; why.
    Nothing(&'static str),
    /// The command line is refused, with words like these.
    Refused(&'static str),
}

/// One state, and the error that it gives.
pub(crate) struct Row {
    pub(crate) code: &'static str,
    state: &'static str,
    arguments: &'static [&'static str],
    edit: fn(&mut Value),
    says: Beforehand,
}

pub(crate) fn row(
    code: &'static str,
    state: &'static str,
    arguments: &'static [&'static str],
    edit: fn(&mut Value),
    says: Beforehand,
) -> Row {
    Row {
        code,
        state,
        arguments,
        edit,
        says,
    }
}

/// The table of one operation.
pub(crate) struct Table {
    pub(crate) operation: &'static str,
    pub(crate) preset: &'static str,
    /// Where the report has what was asked about.
    pub(crate) list: &'static str,
    /// A state in which it works.
    pub(crate) state: &'static str,
    pub(crate) options: &'static [(&'static str, &'static str)],
    /// The documented codes, each behind its status.
    pub(crate) codes: &'static str,
}

impl Table {
    /// Appends a line for each row, once everything that it says was seen. `untold` are the codes that no row gives.
    pub(crate) fn write(&self, rows: &[Row], untold: &BTreeSet<&str>, text: &mut String) {
        for row in rows {
            let seen = self.seen(row).replace('|', "\\|");
            text.push_str(&format!("| `{}` | {} | {seen} |\n", row.code, row.state));
        }
        let documented = self.codes.lines();
        let mut missing: BTreeSet<&str> = documented
            .filter_map(|line| line.split_whitespace().nth(1))
            .collect();
        for row in rows {
            missing.remove(row.code);
        }
        assert_eq!(missing, *untold, "{}", self.operation);
    }

    /// The last cell of a row.
    fn seen(&self, row: &Row) -> String {
        let mut state: Value = serde_json::from_str(self.state).unwrap();
        (row.edit)(&mut state);
        let program = Program::new().file("state.json", state.to_string());
        program
            .run(&["sandbox", "seed", "state.json", "--sandbox"])
            .ends(0);
        let mut options = self.options.to_vec();
        for pair in row.arguments.chunks(2) {
            options.retain(|(name, _)| *name != pair[0]);
            options.push((pair[0], pair[1]));
        }
        let mut arguments = vec![
            "verify",
            self.preset,
            "--sandbox",
            "--format",
            "json",
            "--dry-run",
        ];
        arguments.extend(options.iter().flat_map(|(name, value)| [*name, *value]));
        let run = program.run(&arguments);
        if let Beforehand::Refused(word) = row.says {
            run.ends(64).warns(word);
            return "the command line is refused".to_owned();
        }
        let report = run.json();
        let checks = report["accounts"][0][self.list][0]["checks"]
            .as_array()
            .unwrap_or_else(|| panic!("{}: {}", row.state, run.told()))
            .clone();
        let (dry, others): (Vec<Value>, Vec<Value>) = checks
            .into_iter()
            .filter(|check| matches!(check["answer"].as_str(), Some("failed" | "depends")))
            .partition(|check| check["check"] == "dry-run");
        let answered: Vec<&Value> = dry.iter().map(|check| &check["error"]).collect();
        assert_eq!(answered, [row.code], "{}: {}", row.state, run.told());
        match row.says {
            Beforehand::Check(name) => {
                assert_eq!(others.len(), 1, "{}: {others:#?}", row.state);
                let check = &others[0];
                assert_eq!(check["check"], name, "{}", row.state);
                assert_eq!(check["error"], row.code, "{}", row.state);
                format!(
                    "`{name}` {}: {}",
                    check["answer"].as_str().unwrap(),
                    check["message"].as_str().unwrap()
                )
            }
            Beforehand::Nothing(why) => {
                assert!(others.is_empty(), "{}: {others:#?}", row.state);
                format!("only `--dry-run`: {why}")
            }
            Beforehand::Refused(_) => unreachable!(),
        }
    }
}
