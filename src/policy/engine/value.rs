//! Numbers, instants and addresses in condition values.

use super::super::operator::Order;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

impl Order {
    /// Whether a request's value stands in this order to a policy's.
    pub(crate) fn holds<T: Ord>(self, value: &T, constant: &T) -> bool {
        match self {
            Order::Equal => value == constant,
            Order::Less => value < constant,
            Order::LessOrEqual => value <= constant,
            Order::Greater => value > constant,
            Order::GreaterOrEqual => value >= constant,
        }
    }
}

/// An exact decimal number. Unit: 10⁻¹⁹, one digit finer than what is read, so that there always is a
/// number between two others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Decimal(pub(crate) i128);

const FRACTION_DIGITS: usize = 19;

impl Decimal {
    pub(crate) const ONE: Decimal = Decimal(10_i128.pow(FRACTION_DIGITS as u32));

    /// Reads `-12.5`; at most 18 digits on either side of the point.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let formed = |part: &str| {
            !part.is_empty()
                && part.len() < FRACTION_DIGITS
                && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !formed(whole) || !formed(fraction) {
            return None;
        }
        let whole: i128 = whole.parse().ok()?;
        let fraction: i128 = format!("{fraction:0<FRACTION_DIGITS$}").parse().ok()?;
        Some(Self(sign * (whole * Self::ONE.0 + fraction)))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = (self.0.abs() / Self::ONE.0, self.0.abs() % Self::ONE.0);
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{whole}")?;
        if fraction != 0 {
            let digits = format!("{fraction:0FRACTION_DIGITS$}");
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        Ok(())
    }
}

/// Nanoseconds since 1970 of an ISO 8601 instant; a bare date is its first moment in UTC.
pub(crate) fn instant(text: &str) -> Option<i128> {
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Some(instant.as_nanosecond());
    }
    if text.len() != "2026-01-01".len() {
        return None;
    }
    let start: jiff::Timestamp = format!("{text}T00:00:00Z").parse().ok()?;
    Some(start.as_nanosecond())
}

/// The instant in RAM's form; `None` beyond the calendar.
pub(crate) fn instant_text(nanoseconds: i128) -> Option<String> {
    let instant = jiff::Timestamp::from_nanosecond(nanoseconds).ok()?;
    Some(instant.to_string())
}

/// A block of addresses of one family, host bits dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Block {
    family: AddressFamily,
    first: u128,
    last: u128,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum AddressFamily {
    V4,
    V6,
}

impl AddressFamily {
    fn bits(self) -> u32 {
        match self {
            AddressFamily::V4 => 32,
            AddressFamily::V6 => 128,
        }
    }

    fn last(self) -> u128 {
        u128::MAX >> (128 - self.bits())
    }

    /// An address of the documentation range, for a block that holds it.
    fn example(self) -> u128 {
        match self {
            AddressFamily::V4 => Ipv4Addr::new(192, 0, 2, 1).to_bits().into(),
            AddressFamily::V6 => Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).to_bits(),
        }
    }

    fn text(self, address: u128) -> String {
        match (self, u32::try_from(address)) {
            (AddressFamily::V4, Ok(address)) => Ipv4Addr::from_bits(address).to_string(),
            _ => Ipv6Addr::from_bits(address).to_string(),
        }
    }
}

impl Block {
    /// Reads `10.0.0.0/8`, `10.1.2.3`, or the same of IPv6.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let (family, address) = match address.parse().ok()? {
            IpAddr::V4(address) => (AddressFamily::V4, u128::from(address.to_bits())),
            IpAddr::V6(address) => (AddressFamily::V6, address.to_bits()),
        };
        let length = match length {
            None => family.bits(),
            Some(length) if length.bytes().all(|byte| byte.is_ascii_digit()) => {
                length.parse().ok()?
            }
            Some(_) => return None,
        };
        let host_bits = family.bits().checked_sub(length)?;
        let host = if host_bits == 0 {
            0
        } else {
            u128::MAX >> (128 - host_bits)
        };
        Some(Self {
            family,
            first: address & !host,
            last: address | host,
        })
    }

    pub(crate) fn covers(&self, other: &Block) -> bool {
        self.family == other.family && self.first <= other.first && other.last <= self.last
    }

    /// One address of every stretch that the blocks do not tell apart, in both families.
    pub(crate) fn samples(blocks: &[Block]) -> Vec<String> {
        [AddressFamily::V4, AddressFamily::V6]
            .into_iter()
            .flat_map(|family| {
                let mut starts = vec![0];
                for block in blocks.iter().filter(|block| block.family == family) {
                    starts.push(block.first);
                    starts.extend(
                        block
                            .last
                            .checked_add(1)
                            .filter(|next| *next <= family.last()),
                    );
                }
                starts.sort_unstable();
                starts.dedup();
                let ends = starts
                    .iter()
                    .skip(1)
                    .map(|next| next - 1)
                    .chain([family.last()]);
                let stretches: Vec<(u128, u128)> = starts.iter().copied().zip(ends).collect();
                stretches.into_iter().map(move |(start, end)| {
                    let example = family.example();
                    let fits = start == 0 && example <= end;
                    family.text(if fits { example } else { start })
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact() {
        for text in ["0", "-12.5", "999999999999999999.000000000000000001"] {
            assert_eq!(Decimal::read(text).unwrap().to_string(), text);
        }
        assert_eq!(Decimal::read("1.50"), Decimal::read("1.5"));
        for text in ["", "1e3", ".5", "1.", "+1", "1.2.3", "1234567890123456789"] {
            assert_eq!(Decimal::read(text), None, "{text}");
        }
    }

    #[test]
    fn instants_need_an_offset_or_are_whole_days() {
        assert_eq!(instant("2026-01-01"), instant("2026-01-01T08:00:00+08:00"));
        assert!(instant("2026-01-01T08:00:00").is_none());
    }

    #[test]
    fn host_bits_do_not_count_and_families_stay_apart() {
        assert_eq!(Block::read("10.1.2.3/8"), Block::read("10.0.0.0/8"));
        let all = Block::read("0.0.0.0/0").unwrap();
        assert!(all.covers(&Block::read("10.0.0.1").unwrap()));
        assert!(!all.covers(&Block::read("::1").unwrap()));
        assert!(Block::read("::/0").is_some() && Block::read("10.0.0.0/33").is_none());
        assert_eq!(
            Block::samples(&[Block::read("10.0.0.0/8").unwrap()]),
            ["0.0.0.0", "10.0.0.0", "11.0.0.0", "2001:db8::1"]
        );
    }
}
