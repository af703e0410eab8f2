//! `sheaf verify` and `sheaf rescue`.

use std::{fmt::Write as _, path::Path};

use sheaf_engine::Verification;
use sheaf_ipc::{ApiError, ErrorCode};

use super::Session;
use crate::{
    args::Options,
    door::{Door, directories},
    failure::Failure,
    print::{Printer, count},
};

impl Session {
    pub(super) async fn verify(&self) -> Result<(), Failure> {
        let found: Verification = match &self.door {
            Door::Engine(engine) => engine.verify().await?,
            Door::Running(_) => self.door.call("verify", ()).await?,
        };
        self.print.answer(&found, || told(&found))?;
        if found.sound {
            return Ok(());
        }
        Err(ApiError::new(ErrorCode::DatabaseCorrupt).into())
    }
}

fn told(found: &Verification) -> String {
    let notes = count(found.notes, "note", "notes");
    if found.sound {
        return format!(
            "Everything is whole: {notes}, {} documents.\n",
            found.documents
        );
    }
    let mut text = format!(
        "{notes}, {} documents. Something is wrong:\n",
        found.documents
    );
    for problem in &found.problems {
        let _ = writeln!(text, "  {}", problem.text);
    }
    text
}

pub(super) async fn rescue(options: &Options, print: Printer, dir: &Path) -> Result<(), Failure> {
    let from = directories(options)?;
    let rescued = sheaf_engine::rescue(&from.data, dir).await?;
    print.answer(&rescued, || {
        let documents = count(rescued.documents, "document", "documents");
        let dir = dir.display();
        format!(
            "Rescued {documents}; {} could not be read.\nThe damaged database was not touched. Look at what was rescued with `sheaf --data-dir {dir} note list`.\n",
            rescued.lost
        )
    })
}
