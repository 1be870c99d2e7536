//! Where OSS is in each region, and which region a host of OSS is in.
//!
//! Source: OSS, "Regions and endpoints", as of 2026-11.

const DOMAIN: &str = ".aliyuncs.com";

/// The public host of OSS in `region`.
pub(super) fn host(region: &str) -> String {
    match region {
        "cn-hangzhou-finance" => format!("oss-cn-hzfinance{DOMAIN}"),
        "cn-shenzhen-finance-1" => format!("oss-cn-szfinance{DOMAIN}"),
        "cn-shanghai-finance-1" | "cn-beijing-finance-1" => format!("oss-{region}-pub{DOMAIN}"),
        _ => format!("oss-{region}{DOMAIN}"),
    }
}

/// The region of a host of OSS, internal ones too; `None` for any other host.
pub(super) fn region_of_host(host: &str) -> Option<String> {
    region_of_location(host.strip_suffix(DOMAIN)?)
}

/// The region of a `Location`, such as `oss-cn-hangzhou`; `None` where it is none.
pub(super) fn region_of_location(location: &str) -> Option<String> {
    let name = location.strip_prefix("oss-")?;
    let name = name.strip_suffix("-internal").unwrap_or(name);
    let name = name.strip_suffix("-pub").unwrap_or(name);
    let region = match name {
        "cn-hzfinance" | "cn-hzjbp" | "cn-hzjbp-a" | "cn-hzjbp-b" => "cn-hangzhou-finance",
        "cn-szfinance" => "cn-shenzhen-finance-1",
        "accelerate" | "accelerate-overseas" => return None,
        name => name,
    };
    is_region(region).then(|| region.to_owned())
}

/// Whether the text may stand in a host as a region.
pub(super) fn is_region(text: &str) -> bool {
    let is_of_region = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=40).contains(&text.len()) && text.chars().all(is_of_region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_is_found_again_by_its_host() {
        for region in [
            "cn-hangzhou",
            "ap-southeast-1",
            "cn-hangzhou-finance",
            "cn-shanghai-finance-1",
            "cn-shenzhen-finance-1",
            "cn-beijing-finance-1",
            "cn-north-2-gov-1",
        ] {
            assert_eq!(region_of_host(&host(region)).as_deref(), Some(region));
        }
        assert_eq!(host("cn-hangzhou-finance"), "oss-cn-hzfinance.aliyuncs.com");
        let internal = region_of_host("oss-cn-beijing-internal.aliyuncs.com");
        assert_eq!(internal.as_deref(), Some("cn-beijing"));
    }

    #[test]
    fn other_hosts_are_no_region() {
        for host in [
            "evil.test",
            "oss-cn-beijing.aliyuncs.com.evil.test",
            "evil.test/oss-cn-beijing.aliyuncs.com",
            "oss-evil.test/x.aliyuncs.com",
            "oss-a@evil.aliyuncs.com",
            "oss-.aliyuncs.com",
            "oss-accelerate.aliyuncs.com",
            "ecs.aliyuncs.com",
            "",
        ] {
            assert_eq!(region_of_host(host), None, "{host}");
        }
    }
}
