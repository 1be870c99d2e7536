//! The regions that are known, and what is exported there: what is not here may well exist.

/// Ids of regions, closed ones and those of finance and government included, since buckets may still be there.
/// Sources: ECS, "Regions and zones"; OSS, "Regions and endpoints"; endpoint lists of Auto Scaling and Tag; as of
/// 2026-11.
pub const REGIONS: &[&str] = &[
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
    "cn-hangzhou",
    "cn-hangzhou-finance",
    "cn-heyuan",
    "cn-heyuan-acdr-1",
    "cn-hongkong",
    "cn-huhehaote",
    "cn-nanjing",
    "cn-north-2-gov-1",
    "cn-qingdao",
    "cn-shanghai",
    "cn-shanghai-finance-1",
    "cn-shenzhen",
    "cn-shenzhen-finance-1",
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
    "rus-west-1",
    "us-east-1",
    "us-southeast-1",
    "us-west-1",
];

/// The formats of exported images; each region offers the first. Source: ECS, ExportImage, `ImageFormat`.
pub const IMAGE_FORMATS: [&str; 5] = ["raw", "vhd", "qcow2", "vmdk", "vdi"];

/// Where the other formats are offered. Source: ECS, ExportImage, `ImageFormat`, as of 2026-04; in 2024 there were two
/// more, so the service has the last word.
pub const FORMAT_REGIONS: &[&str] = &[
    "ap-northeast-1",
    "ap-southeast-1",
    "ap-southeast-3",
    "ap-southeast-5",
    "eu-central-1",
    "eu-west-1",
    "me-east-1",
    "us-east-1",
    "us-west-1",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_sorted_and_there_once() {
        assert!(REGIONS.is_sorted_by(|a, b| a < b));
        assert!(FORMAT_REGIONS.is_sorted_by(|a, b| a < b));
        assert!(FORMAT_REGIONS.iter().all(|region| REGIONS.contains(region)));
    }
}
