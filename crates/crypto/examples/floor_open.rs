//! The floor under an initial sync: opening every item on all cores, and nothing else.
//!
//! `floor_open CORPUS VERSION`. Encrypts each document of `CORPUS` (JSON, one a line) as an item of an account of
//! `VERSION` (`003` or `004`), then opens them all and prints the seconds that took, and the bytes of an item's
//! content and key on average.
#![expect(
    clippy::print_stdout,
    reason = "a program of the benchmarks answers on its standard output"
)]

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::thread;
use std::time::Instant;

use serde_json::{Value, json};
use sheaf_crypto::{Key, KeyParams, Random, Sealed, Version, v003, v004};

struct Counting(u64);

impl Random for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            *byte = (self.0 >> 56) as u8;
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [corpus, version] = arguments.as_slice() else {
        return Err("usage: floor_open CORPUS VERSION".into());
    };
    let (main, other) = (Key::<32>::new([7; 32]), Key::<32>::new([8; 32]));
    let params = KeyParams {
        identifier: "anna@example.org".into(),
        pw_nonce: "00".repeat(32),
        version: Version::V003,
        pw_cost: Some(110_000),
        origination: None,
        created: None,
    };
    let random = &mut Counting(1);
    let mut items: Vec<(String, Sealed)> = Vec::new();
    for line in BufReader::new(File::open(corpus)?).lines() {
        let note: Value = serde_json::from_str(&line?)?;
        let content = json!({"title": note["title"], "text": note["body"], "references": []});
        let uuid = format!("00000000-0000-4000-8000-{:012x}", items.len());
        let content = content.to_string();
        let sealed = match version.as_str() {
            "003" => v003::seal(&uuid, &content, &main, &other, &params, random),
            _ => v004::seal(&uuid, &content, v004::Under::ItemsKey(&main), random),
        };
        items.push((uuid, sealed));
    }
    let cores = thread::available_parallelism()?.get();
    let started = Instant::now();
    let opened: usize = thread::scope(|scope| {
        let running: Vec<_> = items
            .chunks(items.len().div_ceil(cores).max(1))
            .map(|part| {
                scope.spawn(|| {
                    part.iter()
                        .filter(|(uuid, sealed)| match version.as_str() {
                            "003" => v003::open(uuid, sealed, &main, &other).is_ok(),
                            _ => v004::open(uuid, sealed, &main).is_ok(),
                        })
                        .count()
                })
            })
            .collect();
        running
            .into_iter()
            .map(|thread| thread.join().unwrap_or_default())
            .sum()
    });
    let seconds = started.elapsed().as_secs_f64();
    if opened != items.len() {
        return Err(format!("{opened} of {} items were opened", items.len()).into());
    }
    let bytes: usize = items
        .iter()
        .map(|(_, sealed)| sealed.content.len() + sealed.enc_item_key.len())
        .sum();
    println!(
        "{}",
        json!({"seconds": seconds, "items": opened, "bytes": bytes / opened.max(1)})
    );
    Ok(())
}
