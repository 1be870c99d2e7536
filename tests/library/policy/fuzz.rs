//! The fuzz targets' bodies from seeded random bytes, for compilers without a fuzzer.
//!
//! `POLICY_FUZZ_SECONDS=300 cargo test --test library policy::fuzz` runs them for longer.

#[path = "../../../fuzz/bodies.rs"]
mod bodies;

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

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
}

fn run(name: &str, mut body: impl FnMut(&mut Random)) {
    let seconds = std::env::var("POLICY_FUZZ_SECONDS").map_or(4, |text| text.parse().unwrap());
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let seed =
        std::env::var("POLICY_SEED").map_or(now.as_micros() as u64, |text| text.parse().unwrap());
    println!("{name}: POLICY_SEED={seed}");
    let mut random = Random(seed);
    let start = Instant::now();
    let mut rounds = 0_u64;
    while start.elapsed() < Duration::from_secs(seconds) {
        body(&mut random);
        rounds += 1;
    }
    println!("{name}: {rounds} rounds in {seconds} s, nothing found");
}

const SEEDS: [&str; 3] = [
    r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["oss:GetObject"],"Resource":["*"],"Condition":{"StringLike":{"oss:Prefix":["a*","b"]},"Bool":{"acs:MFAPresent":true}}}]}"#,
    r#"{"Version":"1","Statement":{"Sid":"x","Effect":"Deny","NotAction":"ram:*","NotResource":"acs:oss:*:*:b/?*"}}"#,
    r#"{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":["ecs.aliyuncs.com"],"RAM":"acs:ram::1:root"}}],"Version":"1"}"#,
];

/// Pieces that a change puts in; the structure of JSON more often than chance would.
const PIECES: [&str; 16] = [
    "{",
    "}",
    "[",
    "]",
    "\"",
    ":",
    ",",
    "null",
    "1e9",
    "\\u0000",
    "\\ud800",
    "\"Version\"",
    "\"Action\":",
    " ",
    "\n",
    "é",
];

#[test]
fn any_text_is_read_or_refused() {
    run("parse", |random| {
        let mut text: Vec<char> = SEEDS[random.below(SEEDS.len())].chars().collect();
        for _ in 0..random.below(6) {
            let at = random.below(text.len().max(1)).min(text.len());
            match random.below(4) {
                0 => drop(text.drain(at..(at + random.below(12)).min(text.len()))),
                1 => {
                    let piece: Vec<char> =
                        text[at..(at + random.below(60)).min(text.len())].to_vec();
                    text.splice(at..at, piece);
                }
                2 if at < text.len() => text[at] = char::from(random.below(128) as u8),
                _ => drop(text.splice(at..at, PIECES[random.below(PIECES.len())].chars())),
            }
        }
        bodies::parse(&text.into_iter().collect::<String>());
    });
}

#[test]
fn comparing_keeps_its_laws() {
    run("compare", |random| {
        let bytes: Vec<u8> = (0..random.below(200))
            .map(|_| random.below(256) as u8)
            .collect();
        bodies::compare_documents(&bytes);
    });
}
