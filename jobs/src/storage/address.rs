//! The address of a storage: `file:///folder` or `s3://bucket/prefix?endpoint=..&region=..`.

use std::fmt;
use std::path::PathBuf;

use url::Url;

/// Where objects are kept. Does not show its keys.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StorageUrl {
    /// A folder of this machine, or one that is mounted.
    Local(PathBuf),
    /// An S3-compatible server.
    S3(S3),
}

/// A bucket, or a part of one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct S3 {
    /// The bucket.
    pub bucket: String,
    /// What the keys begin with, without a slash at either end; empty for none.
    pub prefix: String,
    /// Of another server than Amazon's, such as `https://minio.example:9000`.
    pub endpoint: Option<String>,
    /// Where it is, such as `eu-central-1`.
    pub region: String,
    /// Who we are there.
    pub keys: Keys,
}

/// An access key and its secret; does not show itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    /// The key's name.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: String,
    /// For keys that last for a while only.
    pub session_token: Option<String>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(..)")
    }
}

/// What the usual variables say (`AWS_ACCESS_KEY_ID` and so on); what the address itself says goes before it.
#[derive(Clone, Default)]
pub struct AwsVariables {
    /// `AWS_ACCESS_KEY_ID`
    pub access_key_id: Option<String>,
    /// `AWS_SECRET_ACCESS_KEY`
    pub secret_access_key: Option<String>,
    /// `AWS_SESSION_TOKEN`
    pub session_token: Option<String>,
    /// `AWS_REGION`
    pub region: Option<String>,
    /// `AWS_ENDPOINT_URL`
    pub endpoint: Option<String>,
}

/// The address is none. Says what is wrong with it, without its keys.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadUrl(String);

const KEYS: [&str; 5] = ["endpoint", "region", "access_key_id", "secret_access_key", "session_token"];

impl StorageUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// When it is no address of a folder or a bucket, or a bucket's keys are missing.
    pub fn parse(text: &str, aws: &AwsVariables) -> Result<Self, BadUrl> {
        let shape = "Use file:///folder or s3://bucket/prefix.";
        let url = Url::parse(text).map_err(|_| BadUrl(shape.into()))?;
        match url.scheme() {
            "file" => {
                let folder = url
                    .to_file_path()
                    .map_err(|()| BadUrl("Add a folder, such as file:///var/backups/stoa.".into()))?;
                Ok(Self::Local(folder))
            }
            "s3" => s3(&url, aws).map(Self::S3),
            _ => Err(BadUrl(shape.into())),
        }
    }
}

impl fmt::Display for StorageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(folder) => write!(f, "file://{}", folder.display()),
            Self::S3(s3) => {
                write!(f, "s3://{}/{}", s3.bucket, s3.prefix)?;
                s3.endpoint.iter().try_for_each(|endpoint| write!(f, " at {endpoint}"))
            }
        }
    }
}

fn s3(url: &Url, aws: &AwsVariables) -> Result<S3, BadUrl> {
    let bucket = url
        .host_str()
        .filter(|host| !host.is_empty())
        .ok_or_else(|| BadUrl("Add a bucket: s3://bucket/prefix.".into()))?;
    if let Some((unknown, _)) = url.query_pairs().find(|(name, _)| !KEYS.contains(&name.as_ref())) {
        return Err(BadUrl(format!("Unknown parameter '{unknown}'. Use: {}.", KEYS.join(", "))));
    }
    let said = |name: &str, variable: &Option<String>| {
        let here = url.query_pairs().find(|(n, _)| n == name).map(|(_, value)| value.into_owned());
        here.or_else(|| variable.clone()).filter(|value| !value.is_empty())
    };
    let endpoint = said("endpoint", &aws.endpoint).map(|e| e.trim_end_matches('/').to_owned());
    if endpoint.as_ref().is_some_and(|e| !e.starts_with("https://") && !e.starts_with("http://")) {
        return Err(BadUrl("Use an endpoint that begins with https:// or http://.".into()));
    }
    let secret = said("secret_access_key", &aws.secret_access_key);
    let (Some(access_key_id), Some(secret_access_key)) = (said("access_key_id", &aws.access_key_id), secret) else {
        return Err(BadUrl("Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.".into()));
    };
    Ok(S3 {
        bucket: bucket.to_owned(),
        prefix: url.path().trim_matches('/').to_owned(),
        endpoint,
        region: said("region", &aws.region).unwrap_or_else(|| "us-east-1".into()),
        keys: Keys { access_key_id, secret_access_key, session_token: said("session_token", &aws.session_token) },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables() -> AwsVariables {
        AwsVariables {
            access_key_id: Some("id".into()),
            secret_access_key: Some("hush".into()),
            ..AwsVariables::default()
        }
    }

    #[test]
    fn a_folder_and_a_bucket_are_read() {
        let folder = StorageUrl::parse("file:///var/backups/stoa", &AwsVariables::default()).unwrap();
        assert_eq!(folder, StorageUrl::Local("/var/backups/stoa".into()));
        let text = "s3://shop/stoa/here/?endpoint=http://127.0.0.1:9000/&region=eu-central-1";
        let StorageUrl::S3(s3) = StorageUrl::parse(text, &variables()).unwrap() else { panic!("a bucket") };
        assert_eq!((s3.bucket.as_str(), s3.prefix.as_str(), s3.region.as_str()), ("shop", "stoa/here", "eu-central-1"));
        assert_eq!(s3.endpoint.as_deref(), Some("http://127.0.0.1:9000"));
        assert!(!format!("{s3:?}{}", StorageUrl::S3(s3.clone())).contains("hush"));
    }

    #[test]
    fn the_address_goes_before_the_variables() {
        let text = "s3://shop?access_key_id=mine&secret_access_key=own";
        let StorageUrl::S3(s3) = StorageUrl::parse(text, &variables()).unwrap() else { panic!("a bucket") };
        assert_eq!((s3.keys.access_key_id.as_str(), s3.keys.secret_access_key.as_str()), ("mine", "own"));
    }

    #[test]
    fn faults_are_named_and_keys_are_not_shown() {
        for (text, words) in [
            ("/var/backups", "file:///folder"),
            ("ftp://host/x", "file:///folder"),
            ("s3:///prefix", "bucket"),
            ("s3://shop", "AWS_ACCESS_KEY_ID"),
            ("s3://shop?access_key_id=a&secret_access_key=hush&acl=public", "acl"),
            ("s3://shop?access_key_id=a&secret_access_key=hush&endpoint=minio:9000", "https://"),
        ] {
            let error = StorageUrl::parse(text, &AwsVariables::default()).unwrap_err().to_string();
            assert!(error.contains(words) && !error.contains("hush"), "{text}: {error}");
        }
    }
}
