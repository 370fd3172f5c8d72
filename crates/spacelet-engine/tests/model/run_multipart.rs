//! Uploads of a run: begun, filled, listed, completed (twice), aborted.

use std::collections::BTreeMap;

use bytes::Bytes;
use spacelet_engine::{
    Acl, CompletedPart, ETag, EngineError, ListParts, ListUploads, NewUpload, ObjectMeta, UploadId, UploadMarker,
};

use crate::run::{Run, account, key};
use crate::state::{ModelPart, ModelUpload, Version};

impl Run {
    pub async fn multipart(&mut self) {
        let Some(name) = self.bucket() else { return };
        let uploads: Vec<(String, String)> = self.of(&name).uploads.keys().cloned().collect();
        let Some((text, id)) = self.random.pick(&uploads).cloned() else { return self.create_upload(&name).await };
        match self.random.below(20) {
            0..3 => self.create_upload(&name).await,
            3..13 => self.put_part(&name, &text, &id).await,
            13 => self.list_parts(&name, &text, &id),
            14..16 => self.list_uploads(&name),
            16..19 => self.complete(&name, &text, &id).await,
            _ => self.abort(&name, &text, &id).await,
        }
    }

    async fn create_upload(&mut self, name: &str) {
        let text = self.key_in(name);
        self.note(format!("create upload {name} {text:?}"));
        let owner = account(if self.random.one_in(2) { "7" } else { "8" });
        let user = vec![("u".to_owned(), vec![1, 2])];
        let new = NewUpload {
            key: key(&text),
            owner: owner.clone(),
            acl: Acl::private(&owner),
            meta: ObjectMeta { user: user.clone(), ..ObjectMeta::default() },
            sealed: None,
            checksum: None,
        };
        let bucket = self.of(name).bucket.clone();
        let upload = self.store().world.create_upload(&bucket, new).await.unwrap();
        assert_eq!(self.store().world.upload(&bucket, &upload.key, &upload.id).unwrap(), Some(upload.clone()));
        let there =
            self.of(name).uploads.insert((text, upload.id.0), ModelUpload { owner, user, parts: BTreeMap::new() });
        assert!(there.is_none());
    }

    async fn put_part(&mut self, name: &str, text: &str, id: &str) {
        let number = 1 + self.random.below(6) as u32;
        let body = self.random.body();
        self.note(format!("put part {name} {text:?} {id} {number} {} bytes", body.len()));
        let bucket = self.of(name).bucket.clone();
        let world = self.store().world.clone();
        let upload = world.upload(&bucket, &key(text), &UploadId(id.to_owned())).unwrap().unwrap();
        let staged = self.store().stage(&body).await;
        let etag = ETag::of_md5(staged.md5());
        let part = if self.random.one_in(4) {
            // The whole body of an object as a part, without a byte copied.
            let object = self.new_object("source of a part");
            let source = world.put_object(&bucket, object, staged).await.unwrap();
            let md5 = hex_md5(&source.etag);
            let part = world.copy_part(&bucket, &upload, number, &source, md5, None).await.unwrap();
            let selector = spacelet_engine::VersionSelector::Id(source.version.clone());
            world.delete_object(&bucket, &source.key, &selector, &account("7")).await.unwrap();
            part
        } else {
            world.put_part(&bucket, &upload, number, staged).await.unwrap()
        };
        assert_eq!((part.number, &part.etag, part.bytes), (number, &etag, body.len() as u64));
        let upload = self.of(name).uploads.get_mut(&(text.to_owned(), id.to_owned())).unwrap();
        upload.parts.insert(number, ModelPart { body, etag });
    }

    fn list_parts(&mut self, name: &str, text: &str, id: &str) {
        self.note(format!("list parts {name} {text:?} {id}"));
        let bucket = self.of(name).bucket.clone();
        let world = self.store().world.clone();
        let upload = world.upload(&bucket, &key(text), &UploadId(id.to_owned())).unwrap().unwrap();
        let entries_max = 1 + self.random.below(4);
        let (mut found, mut after) = (Vec::new(), 0);
        loop {
            let page = world.list_parts(&bucket, &upload, ListParts { after, entries_max }).unwrap();
            assert!(page.parts.len() <= entries_max);
            found.extend(page.parts.iter().map(|part| (part.number, part.etag.clone(), part.bytes)));
            match page.next {
                Some(next) => after = next,
                None => break,
            }
        }
        let parts = &self.model.buckets[name].uploads[&(text.to_owned(), id.to_owned())].parts;
        let wanted: Vec<_> =
            parts.iter().map(|(number, part)| (*number, part.etag.clone(), part.body.len() as u64)).collect();
        assert_eq!(found, wanted);
    }

    fn list_uploads(&mut self, name: &str) {
        let prefix = if self.random.one_in(2) { String::new() } else { self.random.text(1, 2) };
        let delimiter = if self.random.one_in(2) { "" } else { "/" };
        let entries_max = 1 + self.random.below(4);
        self.note(format!("list uploads {name} {prefix:?} {delimiter:?} {entries_max}"));
        let bucket = self.of(name).bucket.clone();
        let (mut uploads, mut prefixes) = (Vec::new(), Vec::new());
        let mut after: Option<UploadMarker> = None;
        loop {
            let query = ListUploads { prefix: prefix.clone(), delimiter: delimiter.to_owned(), after, entries_max };
            let page = self.store().world.list_uploads(&bucket, &query).unwrap();
            assert!(page.uploads.len() + page.prefixes.len() <= entries_max);
            uploads.extend(page.uploads.iter().map(|upload| (upload.key.as_str().to_owned(), upload.id.0.clone())));
            prefixes.extend(page.prefixes);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let all = &self.model.buckets[name].uploads;
        let entries = crate::listing::entries(all.keys().map(|(key, _)| key.as_str()), &prefix, delimiter, "");
        let is_listed = |key: &String| entries.contains(&(key.clone(), false));
        let wanted: Vec<(String, String)> = all.keys().filter(|(key, _)| is_listed(key)).cloned().collect();
        assert_eq!(uploads, wanted);
        let wanted: Vec<String> =
            entries.iter().filter(|(_, is_prefix)| *is_prefix).map(|(name, _)| name.clone()).collect();
        assert_eq!(prefixes, wanted);
    }

    async fn complete(&mut self, name: &str, text: &str, id: &str) {
        let place = (text.to_owned(), id.to_owned());
        let upload = self.model.buckets[name].uploads[&place].clone();
        // Sometimes not all parts, sometimes one too many or with a wrong ETag.
        let mut named: Vec<(u32, String)> =
            upload.parts.iter().map(|(number, part)| (*number, part.etag.quoted())).collect();
        let drop_one = self.random.one_in(4);
        if drop_one && !named.is_empty() {
            named.remove(self.random.below(named.len()));
        }
        let spoiled = match self.random.below(8) {
            0 => {
                named.push((9, "x".to_owned()));
                Some(9)
            }
            1 if !named.is_empty() => {
                let at = self.random.below(named.len());
                named[at].1 = "\"0\"".to_owned();
                Some(named[at].0)
            }
            _ => None,
        };
        let part_bytes_min = self.random.below(12) as u64;
        self.note(format!("complete {name} {text:?} {id} {named:?} min {part_bytes_min}"));
        let last = named.last().map(|(number, _)| *number);
        let too_small = named.iter().find_map(|(number, _)| {
            let bytes = upload.parts.get(number)?.body.len() as u64;
            (Some(*number) != last && bytes < part_bytes_min).then_some((*number, bytes))
        });
        let wanted = match (spoiled, too_small, last) {
            (_, _, None) => Some(EngineError::InvalidPart { number: 0 }),
            (Some(number), Some((small, _)), _) if number < small => Some(EngineError::InvalidPart { number }),
            (_, Some((number, bytes)), _) => {
                Some(EngineError::PartTooSmall { number, bytes, bytes_min: part_bytes_min })
            }
            (Some(number), None, _) => Some(EngineError::InvalidPart { number }),
            (None, None, Some(_)) => None,
        };
        let bucket = self.of(name).bucket.clone();
        let world = self.store().world.clone();
        let id = UploadId(id.to_owned());
        let parts = || {
            named
                .iter()
                .map(|(number, etag)| CompletedPart { number: *number, etag: etag.clone(), digest: None })
                .collect()
        };
        let result = world.complete_upload(&bucket, &key(text), &id, parts(), part_bytes_min).await;
        if let Some(wanted) = wanted {
            assert_eq!(result, Err(wanted));
            return;
        }
        let info = result.unwrap();
        let bodies: Vec<Bytes> = named.iter().map(|(number, _)| upload.parts[number].body.clone()).collect();
        let md5s: Vec<[u8; 16]> = named.iter().map(|(number, _)| hex_md5(&upload.parts[number].etag)).collect();
        self.of(name).uploads.remove(&place);
        let version = Version {
            id: info.version.0.clone(),
            is_marker: false,
            body: bodies.concat().into(),
            etag: ETag::of_parts(&md5s),
            modified: self.clock.now(),
            acl: Acl::private(&upload.owner),
            owner: upload.owner,
            user: upload.user,
            tags: Vec::new(),
            parts: named.iter().zip(&bodies).map(|((number, _), body)| (*number, body.len() as u64)).collect(),
        };
        self.written(name, &info, version);
        // The answer was lost and the client asks again: the same answer, nothing written.
        self.clock.advance_ms(1);
        let again = world.complete_upload(&bucket, &key(text), &id, parts(), part_bytes_min).await;
        assert_eq!(again, Ok(info));
        let other = vec![CompletedPart { number: 99, etag: "x".to_owned(), digest: None }];
        let again = world.complete_upload(&bucket, &key(text), &id, other, part_bytes_min).await;
        assert_eq!(again, Err(EngineError::NoSuchUpload));
    }

    async fn abort(&mut self, name: &str, text: &str, id: &str) {
        self.note(format!("abort {name} {text:?} {id}"));
        let bucket = self.of(name).bucket.clone();
        let world = self.store().world.clone();
        let upload = UploadId(id.to_owned());
        world.abort_upload(&bucket, &key(text), &upload).await.unwrap();
        self.of(name).uploads.remove(&(text.to_owned(), id.to_owned()));
        assert_eq!(world.upload(&bucket, &key(text), &upload).unwrap(), None);
        assert_eq!(world.abort_upload(&bucket, &key(text), &upload).await, Err(EngineError::NoSuchUpload));
    }
}

fn hex_md5(etag: &ETag) -> [u8; 16] {
    let digits = etag.as_str();
    std::array::from_fn(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap())
}
