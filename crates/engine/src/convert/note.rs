//! Notes.

use sheaf_ipc as ipc;
use sheaf_ipc::ApiError;
use sheaf_model::{DocId, Location, Status};
use sheaf_store as store;

use super::{notebook_id, tag_id};

/// Rows a page may have.
const MAX_ROWS: u32 = 500;

pub(crate) fn list_notes(request: ipc::ListNotes) -> Result<store::ListNotes, ApiError> {
    Ok(store::ListNotes {
        scope: scope(request.scope)?,
        search: request.search,
        within: request.within.as_deref().map(notebook_id).transpose()?,
        sort: store::Sort {
            key: match request.sort.key {
                ipc::SortKey::Updated => store::SortKey::Updated,
                ipc::SortKey::Created => store::SortKey::Created,
                ipc::SortKey::Title => store::SortKey::Title,
                ipc::SortKey::Relevance => store::SortKey::Relevance,
            },
            ascending: request.sort.ascending,
        },
        offset: request.offset,
        limit: request.limit.min(MAX_ROWS),
    })
}

fn scope(scope: ipc::Scope) -> Result<store::Scope, ApiError> {
    Ok(match scope {
        ipc::Scope::All => store::Scope::All,
        ipc::Scope::Pinned => store::Scope::Pinned,
        ipc::Scope::Conflicts => store::Scope::Conflicts,
        ipc::Scope::Notebook { id, deep } => store::Scope::Notebook {
            id: notebook_id(&id)?,
            deep,
        },
        ipc::Scope::Tag { id } => store::Scope::Tag(tag_id(&id)?),
        ipc::Scope::Status { status } => store::Scope::Status(status_from(status)),
        ipc::Scope::Trash => store::Scope::Trash,
        ipc::Scope::Templates => store::Scope::Templates,
    })
}

pub(crate) fn note_page(page: store::NotePage) -> ipc::NotePage {
    ipc::NotePage {
        items: page.rows.into_iter().map(summary).collect(),
        total: page.total,
        total_is_exact: page.total_is_exact,
        not_searched: page.not_searched,
    }
}

pub(crate) fn note_detail(detail: store::NoteDetail) -> ipc::NoteDetail {
    ipc::NoteDetail {
        summary: summary(detail.row),
        body: detail.body,
        version: detail.version.to_string(),
    }
}

pub(crate) fn mentions(found: store::Mentions) -> ipc::Mentions {
    ipc::Mentions {
        linked: found.linked.into_iter().map(summary).collect(),
        unlinked: found.unlinked.into_iter().map(summary).collect(),
        complete: found.complete,
    }
}

pub(crate) fn summary(row: store::NoteRow) -> ipc::NoteSummary {
    ipc::NoteSummary {
        id: row.id.into(),
        title: row.title,
        title_hits: spans(&row.title_hits),
        excerpt: row.excerpt,
        excerpt_hits: spans(&row.excerpt_hits),
        place: place(row.place),
        tags: row.tags.into_iter().map(DocId::into).collect(),
        status: status(row.status),
        pinned: row.pinned,
        conflicted: row.conflicted,
        updated_at: row.updated_at,
        created_at: row.created_at,
        tasks: row.tasks,
        checked_tasks: row.checked_tasks,
        held_back: row.held_back.map(held_back),
    }
}

fn spans(spans: &[store::Span]) -> Vec<ipc::Span> {
    spans
        .iter()
        .map(|span| ipc::Span(span.start, span.len))
        .collect()
}

pub(crate) fn place(location: Location) -> ipc::Place {
    match location {
        Location::Notebook(id) => ipc::Place::Notebook { id: id.into() },
        Location::Trash => ipc::Place::Trash,
        Location::Template => ipc::Place::Template,
    }
}

pub(crate) fn status(status: Status) -> ipc::NoteStatus {
    match status {
        Status::None => ipc::NoteStatus::None,
        Status::Active => ipc::NoteStatus::Active,
        Status::OnHold => ipc::NoteStatus::OnHold,
        Status::Completed => ipc::NoteStatus::Completed,
        Status::Dropped => ipc::NoteStatus::Dropped,
    }
}

pub(crate) fn status_from(status: ipc::NoteStatus) -> Status {
    match status {
        ipc::NoteStatus::None => Status::None,
        ipc::NoteStatus::Active => Status::Active,
        ipc::NoteStatus::OnHold => Status::OnHold,
        ipc::NoteStatus::Completed => Status::Completed,
        ipc::NoteStatus::Dropped => Status::Dropped,
    }
}

pub(crate) fn update_outcome(outcome: store::UpdateOutcome) -> ipc::UpdateOutcome {
    match outcome {
        store::UpdateOutcome::Saved { version } => ipc::UpdateOutcome::Saved {
            version: version.to_string(),
        },
        store::UpdateOutcome::Stale { current } => ipc::UpdateOutcome::Stale {
            current: Box::new(note_detail(*current)),
        },
    }
}

pub(crate) fn held_back_to_store(reason: ipc::HeldBack) -> store::HeldBack {
    match reason {
        ipc::HeldBack::TitleTooLong { chars, max } => store::HeldBack::TitleTooLong { chars, max },
        ipc::HeldBack::BodyTooLong { chars, max } => store::HeldBack::BodyTooLong { chars, max },
        ipc::HeldBack::Malformed { detail } => store::HeldBack::Malformed { detail },
        ipc::HeldBack::Refused { detail } => store::HeldBack::Refused { detail },
    }
}

pub(crate) fn held_back(reason: store::HeldBack) -> ipc::HeldBack {
    match reason {
        store::HeldBack::TitleTooLong { chars, max } => ipc::HeldBack::TitleTooLong { chars, max },
        store::HeldBack::BodyTooLong { chars, max } => ipc::HeldBack::BodyTooLong { chars, max },
        store::HeldBack::Malformed { detail } => ipc::HeldBack::Malformed { detail },
        store::HeldBack::Refused { detail } => ipc::HeldBack::Refused { detail },
    }
}

pub(crate) fn unreadable_item(
    (document, since): (sheaf_sync::HeldBack, sheaf_model::Millis),
) -> ipc::HeldBackItem {
    ipc::HeldBackItem {
        name: document.id.clone(),
        id: document.id,
        reason: ipc::HeldBack::Malformed {
            detail: document.reason,
        },
        since,
        retryable: true,
        skipped: false,
    }
}

pub(crate) fn held_back_item(document: store::HeldBackDocument) -> ipc::HeldBackItem {
    ipc::HeldBackItem {
        id: document.id.into(),
        name: document.name,
        retryable: matches!(document.reason, store::HeldBack::Refused { .. }),
        reason: held_back(document.reason),
        since: document.since,
        skipped: false,
    }
}
