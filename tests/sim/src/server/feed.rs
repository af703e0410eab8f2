//! `_changes` of the model, and its sequences.

use serde_json::{Value, json};

use super::{
    Server,
    documents::document_json,
    wire::{Asked, Told},
};

impl Server {
    /// A position as this server writes it: on a cluster the same one is spelled differently each time.
    pub fn spell_seq(&mut self, seq: u64) -> Value {
        if !self.manner.opaque_seqs {
            return seq.into();
        }
        self.nonce += 1;
        let instance = self
            .database
            .as_ref()
            .map_or(0, |database| database.instance);
        let tail = if self.manner.long_seqs {
            "yzvkJQ5R".repeat(400)
        } else {
            String::new()
        };
        format!(
            "{seq}-g{instance}AAAA{:x}{tail}",
            self.nonce.wrapping_mul(0x9e37_79b9_7f4a_7c15)
        )
        .into()
    }

    /// The position a client names; `None` when it is no sequence. One of another database counts as the beginning.
    pub fn read_seq(&self, text: &str) -> Option<u64> {
        let database = self.database.as_ref()?;
        if text == "now" {
            return Some(database.last_seq());
        }
        if text == "0" {
            return Some(0);
        }
        if !self.manner.opaque_seqs {
            return text.parse().ok();
        }
        let (number, rest) = text.split_once("-g")?;
        let (instance, _) = rest.split_once("AAAA")?;
        if instance.parse::<u64>().ok()? == database.instance {
            number.parse().ok()
        } else {
            Some(0)
        }
    }

    pub(super) fn changes(&mut self, asked: &Asked) -> Told {
        let since = asked.query.get("since").map_or("0", String::as_str);
        let Some(since) = self.read_seq(since) else {
            return Told::error(
                400,
                "bad_request",
                "Malformed sequence supplied in 'since' parameter.",
            );
        };
        let limit = asked.number("limit").map_or(usize::MAX, |limit| {
            usize::try_from(limit.max(1)).unwrap_or(1)
        });
        let interval = asked
            .number("seq_interval")
            .filter(|_| self.manner.opaque_seqs);
        let all_leaves = asked
            .query
            .get("style")
            .is_some_and(|style| style == "all_docs");
        let documents = asked.flag("include_docs");
        let encoding = asked
            .flag("att_encoding_info")
            .then_some(self.manner.compresses);
        let Some(database) = &self.database else {
            return Told::error(404, "not_found", "Database does not exist.");
        };
        let mut rows = Vec::new();
        let mut last = since;
        for (seq, id, document) in database.changed(since).take(limit) {
            let leaves = document.leaves();
            let Some((winner, content)) = leaves.first() else {
                continue;
            };
            let listed: Vec<Value> = leaves
                .iter()
                .take(if all_leaves { usize::MAX } else { 1 })
                .map(|(revision, _)| json!({ "rev": revision.to_string() }))
                .collect();
            let mut row = json!({ "seq": null, "id": id, "changes": listed });
            if content.deleted {
                row["deleted"] = true.into();
            }
            if documents {
                row["doc"] = document_json(id, winner, content, &[], encoding);
            }
            rows.push((seq, row));
            last = seq;
        }
        let pending = database.changed(last).count();
        // Past the rows that were filtered out: to the end when there is nothing more.
        let end = if pending == 0 {
            database.last_seq().max(since)
        } else {
            last
        };
        let mut listed = Vec::with_capacity(rows.len());
        let count = rows.len() as u64;
        for (place, (seq, mut row)) in rows.into_iter().enumerate() {
            let place = place as u64 + 1;
            if interval.is_none_or(|every| every > 0 && place.is_multiple_of(every))
                || place == count && interval.is_none()
            {
                row["seq"] = self.spell_seq(seq);
            }
            listed.push(row);
        }
        let mut answer = json!({ "results": listed, "last_seq": self.spell_seq(end) });
        if self.manner.counts_pending {
            answer["pending"] = pending.into();
        }
        Told::json(200, &answer)
    }
}
