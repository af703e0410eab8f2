//! Bytes of attachments, in both directions, never whole in memory.

use std::io;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use md5::{Digest as _, Md5};
use sheaf_model::{Attachment, DocId, Revision};
use sheaf_net::{Body, Method};
use sheaf_sync::{
    BlobId, IncomingAttachment, OutgoingAttachment, OutgoingRevision, Replica, UploadId,
    mutant::{Mutant, planted},
    step,
};
use sheaf_vault::{AttachmentId, Opening};
use tokio::sync::mpsc;

use crate::{
    SyncError,
    database::{self, Database},
    document::{self, Mention, Mentioned, Stub, hex},
    wire::Part,
};

const GET: &str = "GET attachment";
const PUT: &str = "PUT document with attachments";
const PIECE: usize = 256 * 1024;

/// Brings one attachment here. `None`: it is not there, or what is there is not what the stub
/// describes; the revision must wait.
pub(crate) async fn download<R: Replica>(
    database: &Database,
    replica: &R,
    id: &DocId,
    revision: &Revision,
    stub: &Stub,
) -> Result<Option<IncomingAttachment>, SyncError> {
    // Never without the revision: that would be the winner's bytes under another leaf's name.
    let name = stub
        .sealed
        .as_ref()
        .map_or(&stub.name, |sealed| &sealed.name);
    let request = database.request(Method::GET, &[id.as_str(), name]);
    let request = if planted(Mutant::AttachmentOfTheWinner) {
        request
    } else {
        request.query([("rev", database.wire().name(id, revision).as_str())])
    };
    let request = request.header(sheaf_net::header::ACCEPT, "*/*");
    let reply = match database.open(GET, request).await {
        Err(SyncError::Answer(answer)) if answer.status == 404 && !answer.is_without_database() => {
            return Ok(None);
        }
        other => other?,
    };
    let upload = replica.begin_blob().await.map_err(SyncError::replica)?;
    let received = match (database.wire().vault(), &stub.sealed) {
        (Some(vault), Some(sealed)) => {
            let about = AttachmentId {
                document: id,
                length: stub.length,
                sha256: &sealed.sha256,
            };
            let opening = vault.attachment(about).opening();
            receive(reply, replica, upload, sealed.length, Some(opening)).await
        }
        _ => receive(reply, replica, upload, stub.length, None).await,
    };
    let as_described = match &received {
        Ok(Some(_)) if planted(Mutant::AttachmentUnchecked) => true,
        Ok(Some(md5)) => stub.md5.as_ref().is_none_or(|described| described == md5),
        Ok(None) | Err(_) => false,
    };
    if !as_described {
        replica
            .abandon_blob(upload)
            .await
            .map_err(SyncError::replica)?;
        return received.map(|_| None);
    }
    let blob = replica
        .finish_blob(upload)
        .await
        .map_err(SyncError::replica)?;
    step::reached("pull: attachment durable");
    let meta = Attachment {
        name: stub.name.clone(),
        content_type: stub.content_type.clone(),
        length: blob.length,
        md5: blob.md5,
        revpos: stub.revpos.clamp(1, revision.generation()),
    };
    Ok(Some(IncomingAttachment {
        meta,
        blob: blob.id,
    }))
}

/// The MD5 of the file that came, `None` when it is not `length` bytes on the way, or does not open.
async fn receive<R: Replica>(
    mut reply: sheaf_net::Reply,
    replica: &R,
    upload: UploadId,
    length: u64,
    mut opening: Option<Opening<'_>>,
) -> Result<Option<String>, SyncError> {
    let mut hash = Md5::new();
    let mut received = 0u64;
    while let Some(chunk) = reply.chunk().await? {
        received += chunk.len() as u64;
        if received > length {
            return Ok(None);
        }
        let chunk = match &mut opening {
            None => chunk.to_vec(),
            Some(opening) => match opening.push(&chunk) {
                Ok(opened) => opened,
                Err(_) => return Ok(None),
            },
        };
        if chunk.is_empty() {
            continue;
        }
        hash.update(&chunk);
        replica
            .append_blob(upload, chunk)
            .await
            .map_err(SyncError::replica)?;
    }
    let opened = opening.is_none_or(|opening| opening.is_complete());
    let complete = (received == length && opened) || planted(Mutant::AttachmentUnchecked);
    Ok(complete.then(|| hex(&hash.finalize())))
}

/// A document and its attachments as one multipart/related request. Attachments that
/// `remote_has` are only mentioned.
pub(crate) async fn upload<R: Replica>(
    database: &Database,
    replica: &R,
    revision: &OutgoingRevision,
    boundary: &str,
    remote_has: impl Fn(&OutgoingAttachment) -> bool,
) -> Result<(), SyncError> {
    let mut json = Vec::new();
    let how = |attachment: &OutgoingAttachment| {
        if remote_has(attachment) {
            Mention::Stub
        } else {
            Mention::Follows
        }
    };
    let Some(mut following) = document::write(&mut json, database.wire(), revision, &how) else {
        // Whoever pushes has asked before.
        return Err(SyncError::replica(io::Error::from(
            io::ErrorKind::InvalidInput,
        )));
    };
    following.retain(|mentioned| matches!(mentioned.how, Mention::Follows));
    let request = database
        .request(Method::PUT, &[revision.id.as_str()])
        .query([("new_edits", "false")]);
    if following.is_empty() {
        let request = request.body(database::JSON, Body::Bytes(json.into()));
        return confirmed(database.json(PUT, request)).await;
    }

    let parts = || following.iter().map(|mentioned| &mentioned.part);
    let envelope = Envelope::new(boundary, json, parts());
    // The connection owns its body, the replica is only borrowed: a channel of two pieces joins
    // them, and whichever side ends first ends the other.
    let (pieces, receiver) = mpsc::channel(2);
    let body = stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|piece| (piece, receiver))
    });
    let request = request.body(
        &format!("multipart/related; boundary=\"{boundary}\""),
        Body::Stream {
            length: envelope.length(parts()),
            pieces: body.boxed(),
        },
    );
    let (fed, sent) = tokio::join!(
        feed(database, replica, revision, &envelope, &following, pieces),
        confirmed(database.json(PUT, request))
    );
    // Trouble here shows as trouble there: the cause first.
    fed?;
    sent
}

/// `CouchDB` names the revision it wrote, its relatives send an empty list. Whatever else says "OK" is not the database:
/// a login page of a network has swallowed attachments that counted as sent.
async fn confirmed(
    answer: impl Future<Output = Result<serde_json::Value, SyncError>>,
) -> Result<(), SyncError> {
    let answer = answer.await?;
    if answer.is_array() || answer["ok"] == true {
        return Ok(());
    }
    Err(SyncError::Garbled {
        request: PUT,
        source: None,
    })
}

/// Everything of a multipart body but the attachments' bytes.
struct Envelope {
    /// The document, up to the first attachment's bytes.
    opening: Bytes,
    /// What stands before each further attachment's bytes.
    between: Vec<Bytes>,
    closing: Bytes,
}

impl Envelope {
    fn new<'a>(boundary: &str, json: Vec<u8>, parts: impl Iterator<Item = &'a Part>) -> Self {
        // All three headers: CouchDB can do without, its relatives crash without.
        let mut heads = parts.map(|part| {
            let name: String =
                part.name.chars().map(|c| if c.is_ascii_alphanumeric() || "._- ".contains(c) { c } else { '_' }).collect();
            let content_type: String =
                part.content_type.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').collect();
            format!(
                "\r\n--{boundary}\r\nContent-Disposition: attachment; filename=\"{name}\"\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
                part.length
            )
        });
        let mut opening =
            format!("--{boundary}\r\nContent-Type: {}\r\n\r\n", database::JSON).into_bytes();
        opening.extend(json);
        opening.extend(heads.next().unwrap_or_default().into_bytes());
        Self {
            opening: opening.into(),
            between: heads.map(Bytes::from).collect(),
            closing: format!("\r\n--{boundary}--").into(),
        }
    }

    fn length<'a>(&self, parts: impl Iterator<Item = &'a Part>) -> u64 {
        let text = self.opening.len()
            + self.closing.len()
            + self.between.iter().map(Bytes::len).sum::<usize>();
        text as u64 + parts.map(|part| part.length).sum::<u64>()
    }
}

async fn feed<R: Replica>(
    database: &Database,
    replica: &R,
    revision: &OutgoingRevision,
    envelope: &Envelope,
    attachments: &[Mentioned<'_>],
    pieces: mpsc::Sender<io::Result<Bytes>>,
) -> Result<(), SyncError> {
    let mut heads = std::iter::once(&envelope.opening).chain(&envelope.between);
    for mentioned in attachments {
        let attachment = mentioned.attachment;
        let head = heads.next().cloned().unwrap_or_default();
        if pieces.send(Ok(head)).await.is_err() {
            // The server has answered already, or is gone: the other half knows.
            return Ok(());
        }
        let cipher = database.wire().vault().map(|vault| {
            vault.attachment(AttachmentId {
                document: &revision.id,
                length: attachment.meta.length,
                sha256: &attachment.blob.0,
            })
        });
        let mut offset = 0;
        for number in 0.. {
            let left = attachment.meta.length - offset;
            let wanted = match &cipher {
                Some(cipher) => cipher.piece_length(number),
                None => (left > 0).then(|| usize::try_from(left).map_or(PIECE, |n| n.min(PIECE))),
            };
            let Some(wanted) = wanted else { break };
            let piece = match read(replica, &attachment.blob, offset, wanted).await {
                Ok(piece) => piece,
                Err(error) => {
                    let _ = pieces.send(Err(io::ErrorKind::Other.into())).await;
                    return Err(error);
                }
            };
            offset += piece.len() as u64;
            let piece = match &cipher {
                Some(cipher) => cipher.seal(number, &piece),
                None => piece,
            };
            if pieces.send(Ok(piece.into())).await.is_err() {
                return Ok(());
            }
        }
    }
    let _ = pieces.send(Ok(envelope.closing.clone())).await;
    Ok(())
}

/// Exactly `length` bytes.
async fn read<R: Replica>(
    replica: &R,
    blob: &BlobId,
    offset: u64,
    length: usize,
) -> Result<Vec<u8>, SyncError> {
    let mut bytes = Vec::with_capacity(length);
    while bytes.len() < length {
        let piece = replica
            .read_blob(blob, offset + bytes.len() as u64, length - bytes.len())
            .await
            .map_err(SyncError::replica)?;
        if piece.is_empty() {
            let short = io::Error::from(io::ErrorKind::UnexpectedEof);
            return Err(SyncError::replica(short));
        }
        bytes.extend(piece);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_follow_in_the_order_they_are_mentioned_and_the_length_is_exact() {
        let part = |name: &str, length| Part {
            name: name.to_owned(),
            content_type: "image/png".to_owned(),
            length,
            revpos: 1,
        };
        let parts = [part("b\"\r\nX: y", 3), part("a", 2)];
        let envelope = Envelope::new("frontier", b"{}".to_vec(), parts.iter());
        let body = [
            &envelope.opening[..],
            b"BBB",
            &envelope.between[0],
            b"AA",
            &envelope.closing,
        ]
        .concat();
        assert_eq!(envelope.length(parts.iter()), body.len() as u64);
        let text = String::from_utf8(body).unwrap();
        let (bytes_b, bytes_a) = (text.find("BBB").unwrap(), text.find("AA").unwrap());
        assert!(bytes_b < bytes_a);
        assert!(
            !text.contains("\nX: y"),
            "a name cannot smuggle in a header: {text}"
        );
        assert!(text.ends_with("\r\n--frontier--"));
    }
}
