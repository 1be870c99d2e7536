//! How long the policy engine takes. `cargo bench --bench policy` prints medians beside the limits.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a measuring program"
)]

use export_iam::policy::{PolicyDocument, Question, Verdict, compare};
use serde_json::{Value, json};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Documents in the adversarial search, unless given as `POLICY_DOCUMENTS`.
const DOCUMENTS: usize = 10_000;

fn document(statements: &Value) -> PolicyDocument {
    let text = json!({ "Version": "1", "Statement": statements }).to_string();
    PolicyDocument::parse_live(&text).unwrap()
}

/// Time spent computing, where the system tells; else time passed. Other programs on the machine must not
/// count against the slowest of ten thousand.
enum Clock {
    Computing(Duration),
    Passing(Instant),
}

impl Clock {
    fn computing() -> Option<Duration> {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        let nanoseconds = text.split_whitespace().next()?.parse().ok()?;
        Some(Duration::from_nanos(nanoseconds))
    }

    fn start() -> Self {
        Self::computing().map_or_else(|| Self::Passing(Instant::now()), Self::Computing)
    }

    fn elapsed(&self) -> Duration {
        match self {
            Clock::Passing(start) => start.elapsed(),
            Clock::Computing(start) => Self::computing().unwrap_or_default().saturating_sub(*start),
        }
    }
}

fn median(repeats: usize, mut run: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..repeats)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[repeats / 2]
}

fn report(name: &str, time: Duration, limit: Duration) {
    let mark = if time <= limit { "" } else { "  OVER" };
    println!("{name:<64} {time:>12.1?}   limit {limit:?}{mark}");
}

fn both(live: &PolicyDocument, wanted: &PolicyDocument) {
    for question in [Question::Effective, Question::DropIn] {
        black_box(compare(black_box(&[live]), black_box(&[wanted]), question));
    }
}

fn typical() {
    let bucket = [
        "oss:GetBucketInfo",
        "oss:GetBucketLocation",
        "oss:ListMultipartUploads",
    ];
    let object = [
        "oss:AbortMultipartUpload",
        "oss:DeleteObject",
        "oss:GetObject",
        "oss:ListParts",
        "oss:PutObject",
    ];
    let all: Vec<&str> = bucket.iter().chain(&object).copied().collect();
    let buckets = [
        "acs:oss:*:1234567890123456:exports-hz",
        "acs:oss:*:1234567890123456:exports-sg",
    ];
    let objects = buckets.map(|bucket| format!("{bucket}/*"));
    let four: Vec<&str> = buckets
        .into_iter()
        .chain(objects.iter().map(String::as_str))
        .collect();
    let grid = document(&json!([{ "Effect": "Allow", "Action": all, "Resource": four }]));
    let levels = document(&json!([
        { "Effect": "Allow", "Action": bucket, "Resource": buckets },
        { "Effect": "Allow", "Action": object, "Resource": objects },
    ]));
    let mut reversed = four.clone();
    reversed.reverse();
    let regrouped = document(&json!([
        { "Effect": "Allow", "Action": &all[..4], "Resource": reversed },
        { "Effect": "Allow", "Action": &all[4..], "Resource": reversed },
    ]));
    let limit = Duration::from_micros(50);
    for question in [Question::Effective, Question::DropIn] {
        for (name, live, wanted) in [
            ("same, regrouped", &grid, &regrouped),
            ("split by level", &grid, &levels),
        ] {
            let time = median(2001, || {
                black_box(compare(black_box(&[live]), black_box(&[wanted]), question));
            });
            report(
                &format!("typical pair, 8 actions, 4 resources, {name}, {question:?}"),
                time,
                limit,
            );
        }
    }
}

fn infixes() {
    let arn = |tail: String| format!("acs:oss:*:*:b/{tail}");
    let many = |from: usize, to: usize| -> Vec<String> {
        (from..to).map(|at| arn(format!("*w{at}*"))).collect()
    };
    let allow = |resources: Vec<String>| {
        document(&json!([{ "Effect": "Allow", "Action": "oss:GetObject", "Resource": resources }]))
    };
    let limit = Duration::from_millis(20);
    let all = allow(many(0, 64));
    let reversed = allow(many(0, 64).into_iter().rev().collect());
    let split: Vec<String> = (0..64)
        .flat_map(|at| [arn(format!("*w{at}")), arn(format!("*w{at}?*"))])
        .collect();
    for (name, live, wanted) in [
        ("same, other order", &all, &reversed),
        ("same, each split in two", &all, &allow(split)),
        ("one more", &allow(many(0, 63)), &all),
        (
            "everything instead",
            &all,
            &allow(vec![arn("*".to_owned())]),
        ),
    ] {
        let time = median(21, || both(live, wanted));
        report(&format!("64 infixes, {name}, both questions"), time, limit);
    }
}

fn table() {
    let table: Value = serde_json::from_str(include_str!("../tests/policy/pairs.json")).unwrap();
    let rows = table["permission"].as_array().unwrap();
    let pairs: Vec<_> = rows
        .iter()
        .map(|row| (document(&row["live"]), document(&row["wanted"])))
        .collect();
    let time = median(51, || {
        pairs.iter().for_each(|(live, wanted)| both(live, wanted))
    });
    report(
        "the whole table, both questions",
        time,
        Duration::from_millis(20),
    );
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }
    fn tail(&mut self, style: usize) -> String {
        let length = 1 + self.below(40);
        let symbols = [
            "ab*?",
            "ab*",
            "a???*",
            "aab**?",
            "abcdefgh*w0123456789",
            "a?",
            "ab/*:?",
        ][style];
        let symbols: Vec<char> = symbols.chars().collect();
        match self.below(4) {
            0 => format!("*a{}", "?".repeat(length)),
            1 => format!(
                "*{}*",
                (0..3)
                    .map(|_| symbols[self.below(symbols.len())])
                    .collect::<String>()
            ),
            _ => (0..length)
                .map(|_| symbols[self.below(symbols.len())])
                .collect(),
        }
    }
}

/// A document close to the size limit, of statements that are hard on the search.
fn hard(random: &mut Random) -> Value {
    let style = random.below(7);
    let size = 500 + random.below(5_600);
    let mut statements = Vec::new();
    let mut length = 40;
    while length < size {
        let count = 1 + random.below(60);
        let mut patterns = Vec::new();
        while patterns.len() < count && length < size {
            let head = ["acs:oss:*:*:b/", "acs:oss:*:*:", "*", "acs:*:*:*:"]
                [[0, 0, 0, 1, 2, 3][random.below(6)]];
            let pattern = format!("{head}{}", random.tail(style));
            length += pattern.len() + 3;
            patterns.push(pattern);
        }
        let actions: Vec<String> = (0..1 + random.below(6))
            .map(|_| match random.below(5) {
                0 => "oss:GetObject".to_owned(),
                1 => "*".to_owned(),
                2 => format!(
                    "oss:*{}",
                    random.tail(1).chars().take(6).collect::<String>()
                ),
                3 => format!("oss:{}", "?".repeat(1 + random.below(9))),
                _ => "oss:Get*".to_owned(),
            })
            .collect();
        let mut statement =
            json!({ "Effect": if random.below(3) == 0 { "Deny" } else { "Allow" } });
        statement[if random.below(6) == 0 {
            "NotAction"
        } else {
            "Action"
        }] = json!(actions);
        statement[if random.below(6) == 0 {
            "NotResource"
        } else {
            "Resource"
        }] = json!(patterns);
        if random.below(3) == 0 {
            let values: Vec<String> = (0..1 + random.below(8))
                .map(|_| random.tail(style))
                .collect();
            let key =
                ["oss:Prefix", "acs:UserAgent", "oss:Delimiter", "a:b", "a:c"][random.below(5)];
            let operator = ["StringLike", "StringNotLike", "StringEquals"][random.below(3)];
            statement["Condition"] = json!({ operator: { key: values } });
            length += statement["Condition"].to_string().len();
        }
        length += 90 + statement["Action"].to_string().len();
        statements.push(statement);
    }
    json!(statements)
}

fn adversarial() {
    let documents =
        std::env::var("POLICY_DOCUMENTS").map_or(DOCUMENTS, |count| count.parse().unwrap());
    let seed = std::env::var("POLICY_SEED").map_or(1, |seed| seed.parse().unwrap());
    let mut random = Random(seed);
    let mut worst = (Duration::ZERO, String::new());
    let mut unknown = 0;
    let mut times = Vec::new();
    for _ in 0..documents / 2 {
        let live = hard(&mut random);
        let wanted = match random.below(3) {
            0 => hard(&mut random),
            _ => {
                let mut near = live.clone();
                near.as_array_mut().unwrap().reverse();
                if let Some(Value::Array(list)) = near[0].get_mut("Resource") {
                    list.push(json!(format!("acs:oss:*:*:b/{}", random.tail(0))));
                }
                near
            }
        };
        let (live, wanted) = (document(&live), document(&wanted));
        for question in [Question::Effective, Question::DropIn] {
            let start = Clock::start();
            let comparison = compare(&[&live], &[&wanted], question);
            let time = start.elapsed();
            unknown += usize::from(comparison.verdict == Verdict::Unknown);
            times.push(time);
            if time > worst.0 {
                worst = (
                    time,
                    format!("live {}\nwanted {}", live.to_json(), wanted.to_json()),
                );
            }
        }
    }
    if times.is_empty() {
        return;
    }
    times.sort();
    println!(
        "{documents} hard documents, {} comparisons, {unknown} unknown; median {:.1?}",
        times.len(),
        times[times.len() / 2]
    );
    report(
        "hard documents, slowest",
        worst.0,
        Duration::from_millis(500),
    );
    if worst.0 > Duration::from_millis(500) {
        println!("{}", worst.1);
    }
}

fn main() {
    // `cargo test` runs benches with this argument; measuring there would mean nothing.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    typical();
    infixes();
    table();
    adversarial();
}
