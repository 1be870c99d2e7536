//! What must hold of the policy engine for any bytes. Shared by the fuzz targets and `tests/library/policy/fuzz.rs`.

use export_iam::policy::{
    ActionMatch, Condition, Effect, Place, PolicyDocument, Principal, Question, ResourceMatch,
    Statement, TrustPolicy, TrustStatement, Verdict, compare, compare_trust,
};

/// Any text is read or refused; what is read is written so that reading gives the same again.
pub(crate) fn parse(text: &str) {
    let strict = PolicyDocument::parse(text);
    let live = PolicyDocument::parse_live(text);
    match (&strict, &live) {
        (Ok(strict), live) => {
            assert_eq!(
                live.as_ref(),
                Ok(strict),
                "what is read strictly is read tolerantly"
            );
            assert_eq!(
                PolicyDocument::parse(&strict.to_json()).as_ref(),
                Ok(strict)
            );
            assert!(PolicyDocument::parse(&strict.pretty()).is_ok());
        }
        (Err(error), _) => assert!(!error.to_string().contains('\n')),
    }
    if let Ok(live) = live {
        let again = PolicyDocument::parse_live(&live.to_json());
        assert_eq!(
            again.map(|again| again.statements().to_vec()),
            Ok(live.statements().to_vec())
        );
    }
    let strict = TrustPolicy::parse(text);
    if let Ok(trust) = &strict {
        assert_eq!(TrustPolicy::parse_live(text).as_ref(), Ok(trust));
        assert_eq!(TrustPolicy::parse(&trust.to_json()).as_ref(), Ok(trust));
    }
    if let Err(error) = TrustPolicy::parse_live(text) {
        assert!(error.place >= Place::START);
    }
}

/// The same is equal; gain one way is loss the other way.
pub(crate) fn compare_documents(bytes: &[u8]) {
    let mut bytes = Bytes(bytes);
    let (one, other) = (bytes.document(), bytes.document());
    for question in [Question::Effective, Question::DropIn] {
        let same = compare(&[&one], &[&one], question).verdict;
        assert!(matches!(same, Verdict::Equal | Verdict::Unknown));
        let twice = compare(&[&one], &[&one, &one], question).verdict;
        assert!(
            matches!(twice, Verdict::Equal | Verdict::Unknown),
            "{twice:?} {}",
            one.to_json()
        );
        let (there, back) = (
            compare(&[&one], &[&other], question),
            compare(&[&other], &[&one], question),
        );
        let mirrored = match back.verdict {
            Verdict::Broader => Verdict::Narrower,
            Verdict::Narrower => Verdict::Broader,
            same => same,
        };
        assert_eq!(
            there.verdict,
            mirrored,
            "{} {}",
            one.to_json(),
            other.to_json()
        );
        let bugs = there
            .reasons
            .iter()
            .chain(&back.reasons)
            .filter(|reason| reason.contains("bug"));
        assert_eq!(bugs.count(), 0, "{} {}", one.to_json(), other.to_json());
        if there.verdict != Verdict::Unknown {
            assert_eq!(
                there.gained.is_empty(),
                back.lost.is_empty(),
                "{} {}",
                one.to_json(),
                other.to_json()
            );
            assert_eq!(
                there.lost.is_empty(),
                back.gained.is_empty(),
                "{} {}",
                one.to_json(),
                other.to_json()
            );
        }
    }
    let (one, other) = (bytes.trust(), bytes.trust());
    let same = compare_trust(&one, &one).verdict;
    assert!(matches!(same, Verdict::Equal | Verdict::Unknown));
    let (there, back) = (compare_trust(&one, &other), compare_trust(&other, &one));
    assert_eq!(
        there.variants.first().map(|v| v.gained.is_some()),
        back.variants.first().map(|v| v.lost.is_some())
    );
}

/// Documents out of bytes; when they run out, zeros follow.
struct Bytes<'b>(&'b [u8]);

impl Bytes<'_> {
    fn next(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }

    fn below(&mut self, bound: u8) -> usize {
        usize::from(self.next() % bound)
    }

    fn pick(&mut self, of: &[&str]) -> String {
        let at = usize::from(self.next()) % of.len();
        of.get(at).copied().unwrap_or_default().to_owned()
    }

    fn word(&mut self, symbols: &[&str], longest: u8) -> String {
        (0..self.below(longest))
            .map(|_| self.pick(symbols))
            .collect()
    }

    fn list(&mut self, make: impl Fn(&mut Self) -> String) -> Vec<String> {
        (0..=self.below(3)).map(|_| make(self)).collect()
    }

    fn document(&mut self) -> PolicyDocument {
        PolicyDocument::new((0..self.below(4)).map(|_| self.statement()).collect())
    }

    fn effect(&mut self) -> Effect {
        if self.below(3) == 0 {
            Effect::Deny
        } else {
            Effect::Allow
        }
    }

    fn actions(&mut self) -> ActionMatch {
        let patterns = self.list(|bytes| {
            let service = bytes.pick(&["oss", "*", "ram", "?", "OSS", "o*", "${a}"]);
            format!(
                "{service}:{}",
                bytes.word(&["Get", "Object", "*", "?", "a", "B", ":"], 5)
            )
        });
        if self.below(5) == 0 {
            ActionMatch::NotAction(patterns)
        } else {
            ActionMatch::Action(patterns)
        }
    }

    fn statement(&mut self) -> Statement {
        let action = self.actions();
        let patterns = self.list(|bytes| {
            let head = bytes.pick(&[
                "acs:oss:*:*:",
                "acs:oss:*:1:",
                "*",
                "acs:*:*:*:",
                "acs:oss:*:",
                "",
            ]);
            format!(
                "{head}{}",
                bytes.word(&["b", "/", "*", "?", ":", "a", "é", "${v}"], 8)
            )
        });
        Statement {
            sid: None,
            effect: self.effect(),
            action,
            resource: match self.below(5) {
                0 => ResourceMatch::NotResource(patterns),
                _ => ResourceMatch::Resource(patterns),
            },
            condition: self.condition(),
        }
    }

    fn condition(&mut self) -> Condition {
        let mut condition = Condition::default();
        for _ in 0..self.below(3) {
            let operator = self.pick(&[
                "StringEquals",
                "StringLike",
                "StringNotLike",
                "StringNotEquals",
                "StringEqualsIgnoreCase",
                "Bool",
                "NumericLessThan",
                "NumericNotEquals",
                "DateGreaterThan",
                "IpAddress",
                "NotIpAddress",
                "Made",
            ]);
            let key = self.pick(&["oss:Prefix", "acs:SourceIp", "a:n"]);
            let values = self.list(|bytes| match bytes.below(4) {
                0 => bytes.pick(&[
                    "true",
                    "1",
                    "2.5",
                    "10.0.0.0/8",
                    "10.1.0.0/16",
                    "::/0",
                    "2026-01-01T00:00:00Z",
                    "${x}",
                ]),
                _ => bytes.word(&["a", "b", "*", "?", "A"], 4),
            });
            condition
                .operators
                .entry(operator)
                .or_default()
                .insert(key, values);
        }
        condition
    }

    fn trust(&mut self) -> TrustPolicy {
        let statement = |bytes: &mut Self| TrustStatement {
            sid: None,
            effect: bytes.effect(),
            principal: Principal {
                service: bytes
                    .list(|bytes| bytes.pick(&["ecs.aliyuncs.com", "oss.aliyuncs.com", "*", ""])),
                ram: bytes.list(|bytes| {
                    bytes.pick(&[
                        "acs:ram::1:root",
                        "acs:ram::1:user/a",
                        "acs:ram::*:root",
                        "acs:ram::1:role/*",
                        "root",
                        "*",
                    ])
                }),
                federated: Vec::new(),
            },
            action: bytes.actions(),
            condition: bytes.condition(),
        };
        TrustPolicy::new((0..self.below(3)).map(|_| statement(self)).collect())
    }
}
