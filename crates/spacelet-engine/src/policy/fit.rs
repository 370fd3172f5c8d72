//! What AWS asks of a policy beyond its form: that it is about this bucket, that each action is about something that its
//! statement names, that conditions look at keys that there are and that the actions have.

use super::condition::known;
use super::fault::refuse;
use super::{Policy, PolicyError, PolicyFault as Fault, Statement, StatementName};

impl Policy {
    /// Whether it may be put on this bucket.
    ///
    /// # Errors
    /// [`PolicyError`] names the first statement that does not fit.
    pub fn fits(&self, bucket: &str) -> Result<(), PolicyError> {
        for (at, statement) in self.statements.iter().enumerate() {
            let name = StatementName { number: at + 1, sid: statement.sid.clone() };
            if let Err((fault, why)) = statement.fits(bucket) {
                return refuse(fault, format!("{name}: {why}"));
            }
            let earlier = self.statements.iter().take(at);
            if statement.sid.is_some() && earlier.into_iter().any(|other| other.sid == statement.sid) {
                return refuse(Fault::SidTwice, format!("{name}: an earlier statement has the same Sid"));
            }
        }
        Ok(())
    }
}

impl Statement {
    fn fits(&self, bucket: &str) -> Result<(), (Fault, String)> {
        if !self.resources.iter().chain(&self.not_resources).all(|pattern| pattern.is_within(bucket)) {
            return Err((Fault::Resource, format!("a resource is not {bucket} or within it")));
        }
        let unknown = self.conditions.iter().find(|condition| !known::is_known(condition.key()));
        if let Some(condition) = unknown {
            return Err((Fault::ConditionKey, format!("S3 has no condition key {}", condition.key())));
        }
        if !self.resources.is_empty() && !self.actions_are_about(bucket) {
            return Err((Fault::ActionElsewhere, "an action is about nothing that Resource names".to_owned()));
        }
        let foreign = self.conditions.iter().find(|condition| {
            known::actions_of(condition.key())
                .is_some_and(|having| self.action_names.iter().any(|actions| !actions.meets(having)))
        });
        match foreign {
            Some(condition) => {
                let why = format!("an action does not have the condition key {}", condition.key());
                Err((Fault::ConditionElsewhere, why))
            }
            None => Ok(()),
        }
    }

    /// Whether each action that is about buckets alone has the bucket among the resources.
    ///
    /// DIFFERS: S3 refuses an action on objects where only the bucket is named, too; ceph/s3-tests put such policies, which
    /// allow nothing.
    fn actions_are_about(&self, bucket: &str) -> bool {
        let has_bucket = self.resources.iter().any(|pattern| pattern.is_about_bucket(bucket));
        self.action_names.iter().all(|actions| {
            let (of_objects, of_buckets) = actions.by_subject();
            !of_objects.is_empty() || has_bucket && !of_buckets.is_empty()
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::super::Dialect;
    use super::*;

    fn fault(members: &str) -> Option<Fault> {
        let document = format!(r#"{{"Statement":[{{"Effect":"Allow","Principal":"*",{members}}}]}}"#);
        let policy = Policy::parse(document.as_bytes(), Dialect::AWS).unwrap();
        policy.fits("b").err().map(|error| error.fault)
    }

    #[test]
    fn resources_are_of_the_bucket() {
        for (resource, fits) in
            [("b", true), ("b/*", true), ("b*", true), ("bb/k", false), ("*", true), ("*/*", true), ("c*/k", false)]
        {
            let found = fault(&format!(r#""Action":"s3:*","Resource":"arn:aws:s3:::{resource}""#));
            assert_eq!(found, (!fits).then_some(Fault::Resource), "{resource}");
        }
    }

    #[test]
    fn actions_are_about_the_resources() {
        for (fits, actions, resources) in [
            (true, r#""s3:GetObject""#, r#""arn:aws:s3:::b/*""#),
            (true, r#""s3:ListBucket""#, r#""arn:aws:s3:::b""#),
            (true, r#"["s3:GetObject","s3:ListBucket"]"#, r#"["arn:aws:s3:::b","arn:aws:s3:::b/*"]"#),
            (true, r#""s3:*""#, r#""arn:aws:s3:::b/x""#),
            (true, r#"["s3:GetObject","s3:ListBucket"]"#, r#""arn:aws:s3:::b*""#),
            (true, r#""s3:PutBucketObjectLockConfiguration""#, r#""arn:aws:s3:::b""#),
            (true, r#""s3:AbortMultipartUpload""#, r#""arn:aws:s3:::b/${aws:userid}/*""#),
            (false, r#"["s3:GetObject","s3:ListBucket"]"#, r#""arn:aws:s3:::b/*""#),
            (true, r#""s3:GetObject""#, r#""arn:aws:s3:::b""#),
            (false, r#""s3:ListAllMyBuckets""#, r#""arn:aws:s3:::b""#),
        ] {
            let found = fault(&format!(r#""Action":{actions},"Resource":{resources}"#));
            assert_eq!(found, (!fits).then_some(Fault::ActionElsewhere), "{actions} {resources}");
        }
        assert_eq!(fault(r#""Action":"s3:GetObject","NotResource":"arn:aws:s3:::b""#), None);
    }

    #[test]
    fn conditions_are_about_the_actions() {
        let found = |actions: &str, key: &str| {
            let condition = format!(r#""Condition":{{"StringEquals":{{"{key}":"x"}}}}"#);
            fault(&format!(r#""Action":{actions},"Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"],{condition}"#))
        };
        for (actions, key) in [
            (r#""s3:ListBucket""#, "s3:prefix"),
            (r#""s3:List*""#, "S3:Prefix"),
            (r#""s3:*""#, "s3:prefix"),
            (r#""s3:GetObject""#, "aws:Something"),
            (r#""s3:GetObject""#, "s3:ExistingObjectTag/colour"),
            (r#""s3:PutObject""#, "s3:if-none-match"),
            (r#"["s3:PutObject","s3:PutObjectAcl"]"#, "s3:x-amz-acl"),
            (r#""s3:GetObject""#, "s3:TlsVersion"),
        ] {
            assert_eq!(found(actions, key), None, "{actions} {key}");
        }
        for (actions, key) in
            [(r#""s3:GetObject""#, "s3:prefix"), (r#"["s3:ListBucket","s3:GetBucketAcl"]"#, "s3:prefix")]
        {
            assert_eq!(found(actions, key), Some(Fault::ConditionElsewhere), "{actions} {key}");
        }
        for key in ["s3:Colour", "s3:ExistingObjectTag", "s3:prefix/x"] {
            assert_eq!(found(r#""s3:*""#, key), Some(Fault::ConditionKey), "{key}");
        }
    }

    #[test]
    fn names_of_statements_differ() {
        let statement = |sid: &str| {
            format!(r#"{{"Sid":"{sid}","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b"}}"#)
        };
        let fault = |other: &str| {
            let document = format!(r#"{{"Statement":[{},{}]}}"#, statement("a"), statement(other));
            Policy::parse(document.as_bytes(), Dialect::AWS).unwrap().fits("b").err().map(|error| error.fault)
        };
        assert_eq!((fault("b"), fault("a")), (None, Some(Fault::SidTwice)));
    }
}
