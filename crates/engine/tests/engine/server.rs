//! A server that gives every request the same answer, and a port where nobody listens.

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpListener,
    sync::watch,
    task::JoinHandle,
};

/// Answers until dropped.
pub(crate) struct Server {
    pub(crate) address: String,
    answer: watch::Sender<(u16, &'static str)>,
    asked: watch::Receiver<u32>,
    accepting: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn answering(status: u16, body: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (answer, current) = watch::channel((status, body));
        let (counter, asked) = watch::channel(0);
        let accepting = tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let (current, counter) = (current.clone(), counter.clone());
                tokio::spawn(async move {
                    let (from, mut to) = stream.split();
                    let mut lines = BufReader::new(from).lines();
                    while let Ok(Some(line)) = lines.next_line().await {
                        // The end of a head; the bodies we are sent have no empty lines.
                        if line.is_empty() {
                            let (status, body) = *current.borrow();
                            let answer = format!(
                                "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                                body.len()
                            );
                            counter.send_modify(|asked| *asked += 1);
                            if status == 0 {
                                return std::future::pending().await;
                            }
                            if to.write_all(answer.as_bytes()).await.is_err() {
                                return;
                            }
                        }
                    }
                });
            }
        });
        Self {
            address,
            answer,
            asked,
            accepting,
        }
    }

    pub(crate) fn now_answers(&self, status: u16, body: &'static str) {
        self.answer.send_replace((status, body));
    }

    /// From now on it takes requests and says nothing. Answers how many it took before.
    pub(crate) fn hangs(&self) -> u32 {
        self.now_answers(0, "");
        self.times_asked()
    }

    pub(crate) async fn is_asked_more_often_than(&self, times: u32) {
        let more = |asked: &u32| *asked > times;
        self.asked.clone().wait_for(more).await.unwrap();
    }

    pub(crate) fn times_asked(&self) -> u32 {
        *self.asked.borrow()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// An address at which connections are refused: it was free a moment ago.
pub(crate) async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

pub(crate) const REFUSED: &str =
    r#"{"error":"unauthorized","reason":"Name or password is incorrect."}"#;
