//! One JSON value a line, of limited length in both directions.

use serde::{Serialize, de::DeserializeOwned};
use tokio::io::{
    AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _,
};

use super::SocketError;

/// Room for an attachment of 46 MiB in base64.
pub(super) const LIMIT: usize = 64 << 20;

/// `None`: the other side is gone.
pub(super) async fn read<T: DeserializeOwned>(
    from: &mut (impl AsyncBufRead + Unpin),
    limit: usize,
) -> Result<Option<T>, SocketError> {
    let mut line = Vec::new();
    let read = from
        .take(limit as u64 + 1)
        .read_until(b'\n', &mut line)
        .await?;
    if read == 0 {
        return Ok(None);
    }
    if line.last() != Some(&b'\n') {
        return if read > limit {
            Err(SocketError::TooLarge { limit })
        } else {
            Ok(None)
        };
    }
    Ok(Some(serde_json::from_slice(&line)?))
}

pub(super) async fn write(
    to: &mut (impl AsyncWrite + Unpin),
    message: &impl Serialize,
    limit: usize,
) -> Result<(), SocketError> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    if line.len() > limit {
        return Err(SocketError::TooLarge { limit });
    }
    to.write_all(&line).await?;
    Ok(to.flush().await?)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[tokio::test]
    async fn what_is_written_is_read_back_and_the_end_is_the_end() {
        let mut line = Vec::new();
        write(&mut line, &json!({"a": "line\nbreak"}), 100)
            .await
            .unwrap();
        let mut from = line.as_slice();
        assert_eq!(
            read::<Value>(&mut from, 100).await.unwrap(),
            Some(json!({"a": "line\nbreak"}))
        );
        assert_eq!(read::<Value>(&mut from, 100).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_line_without_end_is_refused_before_it_fills_the_memory() {
        let endless = vec![b' '; 1000];
        let answer = read::<Value>(&mut endless.as_slice(), 100).await;
        assert!(matches!(answer, Err(SocketError::TooLarge { limit: 100 })));
        let answer = write(&mut Vec::new(), &"x".repeat(200), 100).await;
        assert!(matches!(answer, Err(SocketError::TooLarge { limit: 100 })));
    }

    #[tokio::test]
    async fn half_a_message_counts_as_gone() {
        assert_eq!(
            read::<Value>(&mut b"{\"a\"".as_slice(), 100).await.unwrap(),
            None
        );
    }
}
