//! stub
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict { Equal, Broader, Narrower, Incomparable, Unknown }
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison { pub verdict: Verdict }
impl Comparison { pub fn is_unknown(&self) -> bool { self.verdict == Verdict::Unknown } pub fn is_same(&self) -> bool { self.verdict == Verdict::Equal } }
