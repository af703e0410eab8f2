//! Many devices that hold a stream of events open.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::calls::Device;

/// Open streams, all of which have been greeted; those of one account follow each other in steps.
pub(super) struct Listeners {
    streams: Vec<BufReader<TcpStream>>,
    accounts: usize,
}

/// Spread evenly over the devices' accounts. One at a time: connecting is not what is measured.
pub(super) fn connect(url: &str, devices: &[Device], count: usize) -> Result<Listeners> {
    let address = url.strip_prefix("http://").context("not a plain address")?;
    let streams = (0..count)
        .map(|number| {
            let token = &devices[number % devices.len()].token;
            let mut stream = TcpStream::connect(address).context("cannot connect a listener")?;
            stream.set_read_timeout(Some(Duration::from_secs(30)))?;
            write!(
                stream,
                "GET /v1/events HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\r\n"
            )?;
            let mut stream = BufReader::new(stream);
            wait_for(&mut stream, "event: listening")?;
            Ok(stream)
        })
        .collect::<Result<_>>()?;
    Ok(Listeners {
        streams,
        accounts: devices.len(),
    })
}

impl Listeners {
    /// Seconds from a save's beginning until the last listener of its account has heard of it.
    pub(super) fn after_one_save(mut self, devices: &mut [Device]) -> Result<f64> {
        let begun = Instant::now();
        devices[0].call(1)?;
        for stream in self.streams.iter_mut().step_by(self.accounts) {
            wait_for(stream, "event: changed")?;
        }
        Ok(begun.elapsed().as_secs_f64())
    }
}

fn wait_for(stream: &mut BufReader<TcpStream>, wanted: &str) -> Result<()> {
    let mut line = String::new();
    loop {
        line.clear();
        let read = stream
            .read_line(&mut line)
            .with_context(|| format!("a listener did not hear {wanted:?}"))?;
        ensure!(read > 0, "the server closed a listener's stream");
        if line.trim_end() == wanted {
            return Ok(());
        }
    }
}
