//! Plan and apply the RAM role that lets Alibaba Cloud ECS export images to OSS.

pub mod policy;
