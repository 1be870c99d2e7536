//! Where ECS is in each region.

/// Regions at `ecs.<region>.aliyuncs.com`. Source: the endpoint table of the official SDK, as of 2026-07.
const REGULAR: &[&str] = &[
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ap-southeast-8",
    "cn-beijing",
    "cn-beijing-finance-1",
    "cn-chengdu",
    "cn-fuzhou",
    "cn-guangzhou",
    "cn-heyuan",
    "cn-heyuan-acdr-1",
    "cn-hongkong",
    "cn-huhehaote",
    "cn-nanjing",
    "cn-qingdao",
    "cn-shanghai",
    "cn-shenzhen",
    "cn-wuhan-lr",
    "cn-wulanchabu",
    "cn-wulanchabu-gic-1",
    "cn-zhangjiakou",
    "cn-zhengzhou-jva",
    "cn-zhongwei",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "me-central-1",
    "me-east-1",
    "na-south-1",
    "us-east-1",
    "us-southeast-1",
    "us-west-1",
];

/// The host of ECS in `region`; `None` for a region that the table does not have. Same source and date.
pub(super) fn host(region: &str) -> Option<String> {
    match region {
        "cn-hangzhou" | "cn-shanghai-finance-1" | "cn-shenzhen-finance-1" => {
            Some("ecs-cn-hangzhou.aliyuncs.com".to_owned())
        }
        "cn-north-2-gov-1"
        | "cn-hangzhou-finance"
        | "cn-beijing-gov-1"
        | "cn-wuhan"
        | "cn-yushanfang"
        | "cn-zhangbei" => Some("ecs.aliyuncs.com".to_owned()),
        _ if REGULAR.contains(&region) => Some(format!("ecs.{region}.aliyuncs.com")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finance_and_government_have_hosts_of_their_own() {
        for (region, expected) in [
            ("cn-hangzhou", Some("ecs-cn-hangzhou.aliyuncs.com")),
            ("cn-beijing", Some("ecs.cn-beijing.aliyuncs.com")),
            ("cn-hangzhou-finance", Some("ecs.aliyuncs.com")),
            (
                "cn-shenzhen-finance-1",
                Some("ecs-cn-hangzhou.aliyuncs.com"),
            ),
            (
                "cn-beijing-finance-1",
                Some("ecs.cn-beijing-finance-1.aliyuncs.com"),
            ),
            ("xx-future-1", None),
        ] {
            assert_eq!(host(region).as_deref(), expected, "{region}");
        }
        assert!(REGULAR.is_sorted_by(|a, b| a < b));
    }
}
