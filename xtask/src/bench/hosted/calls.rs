//! Sync calls from several devices at once, and how long each took.

use std::sync::Mutex;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use serde_json::{Value, json};

/// Bytes of one item's content and key: a note of about a thousand characters, sealed.
pub(super) const PAYLOAD: usize = CONTENT + KEY;
const CONTENT: usize = 1_700;
const KEY: usize = 300;

#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Load {
    Empty,
    One,
    Batch,
}

impl Load {
    pub(super) const ALL: [Self; 3] = [Self::Empty, Self::One, Self::Batch];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Empty => "a call with nothing new",
            Self::One => "a call that saves 1 item",
            Self::Batch => "a call that saves 150 items",
        }
    }

    pub(super) fn items(self) -> usize {
        match self {
            Self::Empty => 0,
            Self::One => 1,
            Self::Batch => 150,
        }
    }

    /// Of all devices together.
    pub(super) fn calls(self) -> usize {
        match self {
            Self::Empty => 20_000,
            Self::One => 8_000,
            Self::Batch => 800,
        }
    }
}

/// An account with one device.
pub(super) struct Device {
    agent: ureq::Agent,
    url: String,
    pub(super) token: String,
    sync_token: Value,
    number: usize,
}

impl Device {
    pub(super) fn register(url: &str, email: &str) -> Result<Self> {
        let agent: ureq::Agent = ureq::Agent::config_builder().build().into();
        let body = json!({"email": email, "password": "x", "pw_nonce": "n", "pw_cost": 110_000, "version": "003"});
        let answer: Value = agent
            .post(format!("{url}/auth"))
            .send_json(body)
            .context("cannot register")?
            .body_mut()
            .read_json()?;
        Ok(Self {
            agent,
            url: url.to_owned(),
            token: answer["token"].as_str().context("no token")?.to_owned(),
            sync_token: Value::Null,
            number: 0,
        })
    }

    /// Calls another node of the same database from now on.
    pub(super) fn moves_to(&mut self, url: &str) {
        url.clone_into(&mut self.url);
    }

    /// Items this device has saved.
    pub(super) fn saved(&self) -> usize {
        self.number
    }

    /// One call; answers its milliseconds, the making of its body left out.
    pub(super) fn call(&mut self, items: usize) -> Result<f64> {
        let items: Vec<Value> = (0..items).map(|_| self.item()).collect();
        let count = items.len();
        let body =
            json!({"items": items, "limit": 150, "api": "20200115", "sync_token": self.sync_token});
        let body = body.to_string();
        let begun = Instant::now();
        let mut response = self
            .agent
            .post(format!("{}/items/sync", self.url))
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json")
            .send(&body)
            .context("a call failed")?;
        let text = response.body_mut().read_to_string()?;
        let ms = begun.elapsed().as_secs_f64() * 1000.0;
        let answer: Value = serde_json::from_str(&text)?;
        let saved = answer["saved_items"].as_array().map_or(0, Vec::len);
        ensure!(saved == count, "{saved} of {count} items were saved");
        self.sync_token = answer["sync_token"].clone();
        Ok(ms)
    }

    fn item(&mut self) -> Value {
        self.number += 1;
        let number = self.number;
        // Ciphertext does not compress.
        let mut state = number as u64 ^ 0x9e37_79b9_7f4a_7c15;
        let mut noise = |length: usize| -> String {
            (0..length)
                .map(|_| {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    char::from(ALPHABET[(state >> 32) as usize % ALPHABET.len()])
                })
                .collect()
        };
        json!({"uuid": format!("00000000-0000-4000-8000-{number:012x}"), "content_type": "Note",
               "content": noise(CONTENT), "enc_item_key": noise(KEY)})
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Milliseconds of every call, in order of length.
#[derive(Serialize)]
pub(super) struct Times(Vec<f64>);

impl Times {
    fn new(mut all: Vec<f64>) -> Self {
        all.sort_by(f64::total_cmp);
        Self(all)
    }

    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    pub(super) fn percentiles(&self) -> [(&'static str, f64); 3] {
        [("50 %", 0.5), ("95 %", 0.95), ("99 %", 0.99)]
            .map(|(name, share)| (name, self.within(share)))
    }

    /// The shortest time within which this share of the calls was answered.
    fn within(&self, share: f64) -> f64 {
        let at = (self.0.len() as f64 * share).ceil() as usize;
        let time = self.0.get(at.saturating_sub(1)).or(self.0.last());
        time.copied().unwrap_or(f64::NAN)
    }
}

/// So many calls, shared out among the devices; with the seconds until the last was answered.
pub(super) fn run(devices: &mut [Device], load: Load, calls: usize) -> Result<(Times, f64)> {
    let each = calls.div_ceil(devices.len());
    let all = Mutex::new(Vec::new());
    let begun = Instant::now();
    std::thread::scope(|scope| {
        let running: Vec<_> = devices
            .iter_mut()
            .map(|device| {
                let all = &all;
                scope.spawn(move || -> Result<()> {
                    let mut times = Vec::with_capacity(each);
                    for _ in 0..each {
                        times.push(device.call(load.items())?);
                    }
                    all.lock().expect("no device panics here").extend(times);
                    Ok(())
                })
            })
            .collect();
        running.into_iter().try_for_each(|device| {
            device
                .join()
                .map_err(|_| anyhow::anyhow!("a device panicked"))?
        })
    })?;
    let seconds = begun.elapsed().as_secs_f64();
    let all = all.into_inner().expect("every device has ended");
    Ok((Times::new(all), seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_time_that_was_measured() {
        let times = Times::new((1..=200).rev().map(f64::from).collect());
        let found = times.percentiles().map(|(_, ms)| ms as u64);
        assert_eq!(found, [100, 190, 198]);
        let one = Times::new(vec![7.0]);
        assert_eq!(one.percentiles().map(|(_, ms)| ms as u64), [7; 3]);
        assert!(Times::new(vec![]).within(0.5).is_nan());
    }
}
