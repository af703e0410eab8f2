//! Bytes of attachments, in both directions, never whole in memory.

use std::io;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use md5::{Digest as _, Md5};
use sheaf_model::{Attachment, DocId, Revision};
use sheaf_net::{Body, Method};
use sheaf_sync::{
    IncomingAttachment, OutgoingAttachment, OutgoingRevision, Replica, UploadId,
    mutant::{Mutant, planted},
    step,
};
use tokio::sync::mpsc;

use crate::{
    SyncError,
    database::{self, Database},
    document::{self, Mention, Stub, hex},
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
    let request = database.request(Method::GET, &[id.as_str(), &stub.name]);
    let request = if planted(Mutant::AttachmentOfTheWinner) {
        request
    } else {
        request.query([("rev", revision.to_string().as_str())])
    };
    let request = request.header(sheaf_net::header::ACCEPT, "*/*");
    let reply = match database.open(GET, request).await {
        Err(SyncError::Answer(answer)) if answer.status == 404 && !answer.is_without_database() => {
            return Ok(None);
        }
        other => other?,
    };
    let upload = replica.begin_blob().await.map_err(SyncError::replica)?;
    let received = receive(reply, replica, upload, stub.length).await;
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

/// The MD5 of what came, `None` when it is not `length` bytes.
async fn receive<R: Replica>(
    mut reply: sheaf_net::Reply,
    replica: &R,
    upload: UploadId,
    length: u64,
) -> Result<Option<String>, SyncError> {
    let mut hash = Md5::new();
    let mut received = 0u64;
    while let Some(chunk) = reply.chunk().await? {
        received += chunk.len() as u64;
        if received > length {
            return Ok(None);
        }
        hash.update(&chunk);
        replica
            .append_blob(upload, chunk.to_vec())
            .await
            .map_err(SyncError::replica)?;
    }
    let complete = received == length || planted(Mutant::AttachmentUnchecked);
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
    let mentions: Vec<(&OutgoingAttachment, Mention)> = revision
        .attachments
        .iter()
        .map(|a| {
            (
                a,
                if remote_has(a) {
                    Mention::Stub
                } else {
                    Mention::Follows
                },
            )
        })
        .collect();
    let mut json = Vec::new();
    document::write(&mut json, revision, &mentions);
    let following: Vec<&OutgoingAttachment> = mentions
        .iter()
        .filter(|(_, mention)| matches!(mention, Mention::Follows))
        .map(|(attachment, _)| *attachment)
        .collect();
    let request = database
        .request(Method::PUT, &[revision.id.as_str()])
        .query([("new_edits", "false")]);
    if following.is_empty() {
        let request = request.body(database::JSON, Body::Bytes(json.into()));
        return confirmed(database.json(PUT, request)).await;
    }

    let envelope = Envelope::new(boundary, json, &following);
    // The connection owns its body, the replica is only borrowed: a channel of two pieces joins
    // them, and whichever side ends first ends the other.
    let (pieces, receiver) = mpsc::channel(2);
    let body = stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|piece| (piece, receiver))
    });
    let request = request.body(
        &format!("multipart/related; boundary=\"{boundary}\""),
        Body::Stream {
            length: envelope.length(&following),
            pieces: body.boxed(),
        },
    );
    let (fed, sent) = tokio::join!(
        feed(replica, &envelope, &following, pieces),
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
    fn new(boundary: &str, json: Vec<u8>, attachments: &[&OutgoingAttachment]) -> Self {
        // All three headers: CouchDB can do without, its relatives crash without.
        let mut heads = attachments.iter().map(|attachment| {
            let meta = &attachment.meta;
            let name: String =
                meta.name.chars().map(|c| if c.is_ascii_alphanumeric() || "._- ".contains(c) { c } else { '_' }).collect();
            let content_type: String =
                meta.content_type.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').collect();
            format!(
                "\r\n--{boundary}\r\nContent-Disposition: attachment; filename=\"{name}\"\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
                meta.length
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

    fn length(&self, attachments: &[&OutgoingAttachment]) -> u64 {
        let text = self.opening.len()
            + self.closing.len()
            + self.between.iter().map(Bytes::len).sum::<usize>();
        text as u64
            + attachments
                .iter()
                .map(|attachment| attachment.meta.length)
                .sum::<u64>()
    }
}

async fn feed<R: Replica>(
    replica: &R,
    envelope: &Envelope,
    attachments: &[&OutgoingAttachment],
    pieces: mpsc::Sender<io::Result<Bytes>>,
) -> Result<(), SyncError> {
    let mut heads = std::iter::once(&envelope.opening).chain(&envelope.between);
    for attachment in attachments {
        let head = heads.next().cloned().unwrap_or_default();
        if pieces.send(Ok(head)).await.is_err() {
            // The server has answered already, or is gone: the other half knows.
            return Ok(());
        }
        let mut offset = 0;
        while offset < attachment.meta.length {
            let piece = match replica.read_blob(&attachment.blob, offset, PIECE).await {
                Ok(piece) if !piece.is_empty() => piece,
                Ok(_) => {
                    let short = io::Error::from(io::ErrorKind::UnexpectedEof);
                    let _ = pieces.send(Err(short)).await;
                    return Err(SyncError::replica(io::Error::from(
                        io::ErrorKind::UnexpectedEof,
                    )));
                }
                Err(error) => {
                    let _ = pieces.send(Err(io::ErrorKind::Other.into())).await;
                    return Err(SyncError::replica(error));
                }
            };
            offset += piece.len() as u64;
            if pieces.send(Ok(piece.into())).await.is_err() {
                return Ok(());
            }
        }
    }
    let _ = pieces.send(Ok(envelope.closing.clone())).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use sheaf_sync::BlobId;

    use super::*;

    #[test]
    fn parts_follow_in_the_order_they_are_mentioned_and_the_length_is_exact() {
        let attachment = |name: &str, length| OutgoingAttachment {
            meta: Attachment {
                name: name.to_owned(),
                content_type: "image/png".to_owned(),
                length,
                md5: String::new(),
                revpos: 1,
            },
            blob: BlobId(name.to_owned()),
        };
        let (b, a) = (attachment("b\"\r\nX: y", 3), attachment("a", 2));
        let envelope = Envelope::new("frontier", b"{}".to_vec(), &[&b, &a]);
        let body = [
            &envelope.opening[..],
            b"BBB",
            &envelope.between[0],
            b"AA",
            &envelope.closing,
        ]
        .concat();
        assert_eq!(envelope.length(&[&b, &a]), body.len() as u64);
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
