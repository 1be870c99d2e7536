//! What all signatures are made of: time stamps, hashes and keyed hashes.

use std::fmt::Write;

use hmac::digest::common::Key;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use zeroize::Zeroize;

/// Writes `at` as RPC wants it: UTC, whole seconds, `2015-08-18T03:15:45Z`.
#[must_use]
pub fn timestamp(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The lower-case hex of the SHA-256 of `bytes`.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

// A key is first brought to the block size as RFC 2104 says, for which the constructor cannot fail.

pub(crate) fn hmac_sha1(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = Key::<Hmac<Sha1>>::default();
    fill(&mut block, key, |long| Sha1::digest(long).to_vec());
    let mac = Hmac::<Sha1>::new(&block).chain_update(message).finalize();
    block.as_mut_slice().zeroize();
    mac.into_bytes().to_vec()
}

pub(crate) fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = Key::<Hmac<Sha256>>::default();
    fill(&mut block, key, |long| Sha256::digest(long).to_vec());
    let mac = Hmac::<Sha256>::new(&block).chain_update(message).finalize();
    block.as_mut_slice().zeroize();
    mac.into_bytes().to_vec()
}

fn fill(block: &mut [u8], key: &[u8], shorten: impl Fn(&[u8]) -> Vec<u8>) {
    let short = if key.len() > block.len() {
        shorten(key)
    } else {
        key.to_vec()
    };
    for (place, byte) in block.iter_mut().zip(short) {
        *place = byte;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 2202 case 6 and RFC 4231 case 6: a key longer than a block.
    #[test]
    fn long_keys_are_hashed_first() {
        let message = b"Test Using Larger Than Block-Size Key - Hash Key First";
        assert_eq!(
            hex(&hmac_sha1(&[0xaa; 80], message)),
            "aa4ae5e15272d00e95705637ce8a3b55ed402112"
        );
        assert_eq!(
            hex(&hmac_sha256(&[0xaa; 131], message)),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

    #[test]
    fn time_is_written_to_the_second() {
        let at: Timestamp = "2015-08-18T03:15:45.987Z".parse().unwrap();
        assert_eq!(timestamp(at), "2015-08-18T03:15:45Z");
    }
}
