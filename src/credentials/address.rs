//! Which URLs may be asked for credentials.
//!
//! A URL may come from an environment that others can write to. It must not lead us to ask, or to send a token to,
//! a place that only this machine reaches: the metadata service and its neighbours.

use std::net::{IpAddr, Ipv4Addr};

use reqwest::Url;

/// The metadata service of ECS. Source: ECS User Guide, "Instance metadata".
pub(super) const METADATA_HOST: Ipv4Addr = Ipv4Addr::new(100, 100, 100, 200);

/// Whose way a request goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    /// HTTPS, through the user's proxy where there is one.
    Api,
    /// Plain HTTP to this machine.
    Direct,
}

/// Checks that `text` is `https`, or `http` to this machine, and leads to no metadata or link-local address.
///
/// # Errors
/// With what is wrong, to be put behind the name of the setting; holds nothing of the URL, whose query may be
/// secret.
pub(super) fn check(text: &str) -> Result<(Url, Route), &'static str> {
    let url = Url::parse(text).map_err(|_| "is not a URL with a scheme")?;
    let Some(host) = url.host_str().filter(|host| !host.is_empty()) else {
        return Err("has no host");
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds a user or password");
    }
    let address = ip(host);
    if address.is_some_and(is_forbidden) {
        return Err("leads to a metadata, link-local or unspecified address");
    }
    let is_here = host == "localhost" || address.is_some_and(|ip| ip.is_loopback());
    match url.scheme() {
        "https" => Ok((url, Route::Api)),
        "http" if is_here => Ok((url, Route::Direct)),
        "http" => Err("uses plain http, which is only for this machine"),
        _ => Err("is neither https nor http"),
    }
}

/// The address that `host` is, an IPv4 address inside IPv6 taken out. The URL parser has already turned
/// spellings like `0x7f.1` and `2130706433` into the usual one.
pub(super) fn ip(host: &str) -> Option<IpAddr> {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let host = host.strip_suffix('.').unwrap_or(host);
    let address: IpAddr = host.parse().ok()?;
    let inner = match address {
        // `to_ipv4` also takes the old `::a.b.c.d`, which `to_canonical` leaves alone, but not `::1`.
        IpAddr::V6(v6) if !v6.is_loopback() && !v6.is_unspecified() => v6.to_ipv4(),
        _ => None,
    };
    Some(inner.map_or(address, IpAddr::V4))
}

fn is_forbidden(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4 == METADATA_HOST || v4.is_link_local() || v4.is_unspecified(),
        IpAddr::V6(v6) => v6.is_unicast_link_local() || v6.is_unspecified(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_this_machine_are_asked() {
        for (text, route) in [
            ("https://keys.example.com/a?b=c", Route::Api),
            ("https://127.0.0.1:8443/", Route::Api),
            ("http://127.0.0.1:80/x", Route::Direct),
            ("http://127.9.9.9/x", Route::Direct),
            ("http://localhost:1", Route::Direct),
            ("http://LOCALHOST:1", Route::Direct),
            ("http://[::1]:1/", Route::Direct),
            ("http://[::ffff:127.0.0.1]/", Route::Direct),
        ] {
            assert_eq!(check(text).map(|(_, route)| route), Ok(route), "{text}");
        }
    }

    #[test]
    fn every_way_to_write_a_forbidden_address_is_refused() {
        for text in [
            "",
            "keys.example.com/a",
            "http://keys.example.com/",
            "http://localhost.example.com/",
            "http://localhost./",
            "http://10.0.0.1/",
            "ftp://127.0.0.1/",
            "file:///etc/passwd",
            "gopher://127.0.0.1/",
            "http://me:canary@127.0.0.1/",
            "https://canary@keys.example.com/",
            "http://100.100.100.200/latest/meta-data/",
            "https://100.100.100.200/",
            "https://0x646464c8/",
            "https://1684301000/",
            "https://0144.0144.0144.0310/",
            "https://100.100.100.200./",
            "https://[::ffff:100.100.100.200]/",
            "https://[::100.100.100.200]/",
            "https://[::ffff:6464:64c8]/",
            "https://169.254.169.254/latest",
            "http://169.254.0.1/",
            "https://[fe80::1]/",
            "https://0.0.0.0/",
            "http://0/",
            "https://[::]/",
            "http://[::]:80/",
        ] {
            let problem = check(text).unwrap_err();
            assert!(!problem.contains("canary"), "{text}");
        }
    }
}
