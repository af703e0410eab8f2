//! What a database holds and who else uses it, counted before anything is written into it.

use serde::Deserialize;
use serde_json::json;
use sheaf_model::{DocId, Kind};
use sheaf_net::{Client, Method};

use crate::{
    Answer, Remote, SyncError,
    checkpoint::MARKER_PREFIX,
    database::{self, Database},
};

const LIST: &str = "GET _all_docs";
const LIST_MARKERS: &str = "GET _local_docs";
const ROWS_PER_PAGE: usize = 5000;
const EXAMPLES: usize = 3;

/// The live documents of a database.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Survey {
    /// The trash included.
    pub notes: Vec<DocId>,
    pub notebooks: u32,
    pub tags: u32,
    pub attachments: u32,
    /// Not of the shared data model, design documents excepted: another application's.
    pub others: u32,
    /// Ids of a few of those, fit to be shown.
    pub examples: Vec<String>,
    /// Names that other devices of Sheaf sign in with here, the remote's own excepted. Servers
    /// that do not list local documents tell nothing.
    pub accounts: Vec<String>,
    /// The database has the key of a vault.
    pub encrypted: bool,
}

/// Counts. Reads ids only; writes nothing.
pub async fn survey(client: &Client, remote: &Remote) -> Result<Survey, SyncError> {
    let database = Database::new(client.clone(), remote.clone());
    let mut survey = Survey::default();
    ids(&database, |id| survey.count(id)).await?;
    survey.accounts = other_accounts(&database).await?;
    Ok(survey)
}

/// Every live document of a database, by its id.
pub(crate) async fn ids(database: &Database, mut each: impl FnMut(&str)) -> Result<(), SyncError> {
    let mut after: Option<String> = None;
    loop {
        let page = page(database, after.as_deref()).await?;
        let full = page.len() >= ROWS_PER_PAGE;
        let last = page.last().cloned();
        for id in page {
            // The first row of a further page is the last of the one before.
            if after.as_ref() != Some(&id) {
                each(&id);
            }
        }
        if !full || last == after {
            return Ok(());
        }
        after = last;
    }
}

impl Survey {
    fn count(&mut self, id: &str) {
        match Kind::of_id(id) {
            Some(Kind::Note) => self.notes.extend(DocId::parse(id).ok()),
            Some(Kind::Notebook) => self.notebooks += 1,
            Some(Kind::Tag) => self.tags += 1,
            Some(Kind::File | Kind::SheafFile) => self.attachments += 1,
            None if id.starts_with("_design/") => {}
            None if id == sheaf_vault::VAULT_DOCUMENT => self.encrypted = true,
            None => {
                self.others += 1;
                if self.examples.len() < EXAMPLES {
                    self.examples.push(database::tidy(id));
                }
            }
        }
    }

    /// Everything of the shared data model.
    pub fn documents(&self) -> u32 {
        let notes = u32::try_from(self.notes.len()).unwrap_or(u32::MAX);
        notes
            .saturating_add(self.notebooks)
            .saturating_add(self.tags)
            .saturating_add(self.attachments)
    }
}

async fn page(database: &Database, after: Option<&str>) -> Result<Vec<String>, SyncError> {
    #[derive(Deserialize)]
    struct Page {
        rows: Vec<Row>,
    }
    #[derive(Deserialize)]
    struct Row {
        id: String,
    }
    let limit = ROWS_PER_PAGE.to_string();
    let mut request = database
        .request(Method::GET, &["_all_docs"])
        .query([("limit", limit.as_str())]);
    if let Some(after) = after {
        request = request.query([("startkey", json!(after).to_string().as_str())]);
    }
    let page: Page = database.json(LIST, request).await?;
    Ok(page.rows.into_iter().map(|row| row.id).collect())
}

/// Each device leaves a marker with the name it signs in with.
async fn other_accounts(database: &Database) -> Result<Vec<String>, SyncError> {
    #[derive(Deserialize)]
    struct Page {
        rows: Vec<Row>,
    }
    #[derive(Deserialize)]
    struct Row {
        #[serde(default)]
        doc: Option<Marker>,
    }
    #[derive(Deserialize)]
    struct Marker {
        #[serde(default)]
        account: Option<String>,
    }
    let between = |end: &str| json!(format!("_local/{MARKER_PREFIX}{end}")).to_string();
    let request = database.request(Method::GET, &["_local_docs"]).query([
        ("include_docs", "true"),
        ("startkey", between("").as_str()),
        ("endkey", between("\u{fff0}").as_str()),
    ]);
    let page: Page = match database.json(LIST_MARKERS, request).await {
        Ok(page) => page,
        // Not every relative of CouchDB has the list, and a gateway may not let it through.
        Err(SyncError::Answer(Answer { .. }) | SyncError::Garbled { .. }) => return Ok(Vec::new()),
        Err(other) => return Err(other),
    };
    let own = &database.remote().url.user;
    let mut accounts: Vec<String> = page
        .rows
        .into_iter()
        .filter_map(|row| row.doc?.account)
        .filter(|account| Some(account) != own.as_ref() && !account.is_empty())
        .map(|account| database::tidy(&account))
        .collect();
    accounts.sort();
    accounts.dedup();
    Ok(accounts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_note_is_told_apart() {
        let mut survey = Survey::default();
        for id in [
            "note:a",
            "note:b",
            "book:first",
            "tag:x",
            "file:1",
            "sheaf-file:2",
            "_design/mobile",
            "invoice-1",
            "invoice-2",
            "invoice-3",
            "invoice-4",
        ] {
            survey.count(id);
        }
        assert_eq!((survey.notes.len(), survey.documents()), (2, 6));
        assert_eq!((survey.others, survey.examples.len()), (4, EXAMPLES));
    }
}
