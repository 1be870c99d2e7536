//! Resource patterns in words.

/// A resource pattern of OSS, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OssResource<'a> {
    region: &'a str,
    owner: &'a str,
    bucket: &'a str,
    /// The object's key; `None` where the pattern is about the bucket, or where it has no `/`.
    key: Option<&'a str>,
}

impl<'a> OssResource<'a> {
    pub(super) fn read(pattern: &'a str) -> Option<Self> {
        let fields: Vec<&str> = pattern.splitn(5, ':').collect();
        let [_, "oss", region, owner, relative] = fields.as_slice() else {
            return None;
        };
        let (bucket, key) = match relative.split_once('/') {
            Some((bucket, key)) => (bucket, Some(key)),
            None => (*relative, None),
        };
        Some(Self {
            region,
            owner,
            bucket,
            key,
        })
    }

    /// Whether it is one bucket, without its objects.
    pub(super) fn is_bucket(&self) -> bool {
        self.key.is_none() && !self.bucket.contains(['*', '?'])
    }

    /// The bucket and all of its objects.
    pub(super) fn with_objects(&self) -> String {
        self.placed(format!("bucket {} and its objects", self.bucket))
    }

    /// Whether `other` is the same pattern, but for one owner where this one leaves the owner open.
    pub(super) fn is_with_owner(&self, other: &Self) -> bool {
        let open = Self {
            owner: self.owner,
            ..*other
        };
        matches!(self.owner, "*" | "") && !other.owner.contains(['*', '?']) && *self == open
    }

    /// Some of the objects that this pattern is about, as `those under prefix a/`; `None` for anything else.
    pub(super) fn inside(&self, other: &Self) -> Option<String> {
        let same = Self {
            key: self.key,
            ..*other
        };
        let key = other
            .key
            .filter(|_| same == *self && self.key == Some("*"))?;
        Some(match key.strip_suffix('*') {
            Some(prefix) if !prefix.contains(['*', '?']) => format!("those under prefix {prefix}"),
            _ if key.contains(['*', '?']) => format!("those like {key}"),
            _ => format!("object {key}"),
        })
    }

    fn words(&self) -> String {
        let bucket = self.bucket;
        let words = match self.key {
            None if bucket == "*" => "every bucket and object".to_owned(),
            None if bucket.contains('*') => format!("buckets and objects like {bucket}"),
            None if bucket.contains('?') => format!("buckets like {bucket}"),
            None => format!("bucket {bucket}"),
            Some(key) => {
                let bucket = match bucket {
                    "*" => "every bucket".to_owned(),
                    _ if bucket.contains(['*', '?']) => format!("buckets like {bucket}"),
                    _ => format!("bucket {bucket}"),
                };
                match key.strip_suffix('*') {
                    Some("") => format!("objects of {bucket}"),
                    Some(prefix) if !prefix.contains(['*', '?']) => {
                        format!("objects of {bucket} under prefix {prefix}")
                    }
                    _ if key.contains(['*', '?']) => format!("objects like {key} of {bucket}"),
                    _ => format!("object {key} of {bucket}"),
                }
            }
        };
        self.placed(words)
    }

    /// Words with the owner and the region, where the pattern names them.
    fn placed(&self, mut words: String) -> String {
        if !matches!(self.owner, "*" | "") {
            words.push_str(&format!(" (owner {})", self.owner));
        }
        if !matches!(self.region, "*" | "") {
            words.push_str(&format!(" (region {})", self.region));
        }
        words
    }
}

/// A resource pattern in words; itself where there are none.
pub(super) fn words(pattern: &str) -> String {
    if matches!(pattern, "*" | "acs:*" | "acs:*:*:*:*") {
        return "everything".to_owned();
    }
    match OssResource::read(pattern) {
        Some(resource) => resource.words(),
        None => format!("`{pattern}`"),
    }
}
