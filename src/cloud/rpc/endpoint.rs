//! Where a service is reached.

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;

/// The address of a service: scheme, host and port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    url: String,
    host: String,
}

impl Endpoint {
    /// The public host of a service.
    #[must_use]
    pub fn public(host: &str) -> Self {
        Self {
            url: format!("https://{host}/"),
            host: host.to_owned(),
        }
    }

    /// Checks `text`, a URL or a bare host.
    ///
    /// # Errors
    /// When it is no URL, has a path, query or user, or is plain `http` to anything but this machine.
    pub fn new(text: &str) -> Result<Self, EndpointError> {
        let fail = |problem: &str| {
            Err(EndpointError {
                text: text.escape_debug().to_string(),
                problem: problem.to_owned(),
            })
        };
        let with_scheme = if text.contains("://") {
            text.to_owned()
        } else {
            format!("https://{text}")
        };
        let Ok(url) = Url::parse(&with_scheme) else {
            return fail("is not a URL");
        };
        let Some(name) = url.host_str().filter(|host| !host.is_empty()) else {
            return fail("has no host");
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EndpointError {
                text: name.to_owned(),
                problem: "must not hold a user or password".to_owned(),
            });
        }
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return fail("must be a host alone, without path or query");
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => return fail("uses plain http, which is only for this machine; use https"),
            _ => return fail("is neither https nor http"),
        }
        let host = match url.port() {
            Some(port) => format!("{name}:{port}"),
            None => name.to_owned(),
        };
        Ok(Self {
            url: format!("{}://{host}/", url.scheme()),
            host,
        })
    }

    /// The URL to send to, ending in `/`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether it is this machine.
    pub(super) fn is_loopback(&self) -> bool {
        Url::parse(&self.url).is_ok_and(|url| is_loopback(&url))
    }

    /// The value of the `Host` header: with the port only where it is not the scheme's own.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url.trim_end_matches('/'))
    }
}

/// Whether `url` leads to this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

/// Why a text is not an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("endpoint `{text}` {problem}")]
pub struct EndpointError {
    text: String,
    problem: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_urls_are_taken() {
        for (text, url, host) in [
            (
                "https://ram.aliyuncs.com",
                "https://ram.aliyuncs.com/",
                "ram.aliyuncs.com",
            ),
            (
                "sts.cn-beijing.aliyuncs.com",
                "https://sts.cn-beijing.aliyuncs.com/",
                "sts.cn-beijing.aliyuncs.com",
            ),
            ("https://x.test:443", "https://x.test/", "x.test"),
            (
                "http://127.0.0.1:8080/",
                "http://127.0.0.1:8080/",
                "127.0.0.1:8080",
            ),
            ("http://[::1]:81", "http://[::1]:81/", "[::1]:81"),
            ("http://localhost", "http://localhost/", "localhost"),
        ] {
            let endpoint = Endpoint::new(text).unwrap();
            assert_eq!((endpoint.url(), endpoint.host()), (url, host));
        }
    }

    #[test]
    fn the_services_own_addresses_pass_the_check() {
        for host in ["ram.aliyuncs.com", "sts.aliyuncs.com"] {
            let endpoint = Endpoint::public(host);
            assert_eq!(Endpoint::new(endpoint.url()).unwrap(), endpoint);
        }
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        let error = Endpoint::new("http://ram.aliyuncs.com").unwrap_err();
        assert_eq!(
            error.to_string(),
            "endpoint `http://ram.aliyuncs.com` uses plain http, which is only for this machine; use https"
        );
        for bad in [
            "",
            "http://128.0.0.1",
            "http://localhost.evil.test",
            "ftp://x.test",
            "https://x.test/path",
            "https://x.test/?q",
            "https://:80",
        ] {
            assert!(Endpoint::new(bad).is_err(), "{bad:?}");
        }
        let secret = Endpoint::new("https://me:canary@x.test").unwrap_err();
        assert!(!secret.to_string().contains("canary"));
    }
}
