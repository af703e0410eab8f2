//! Notebooks, tags and the sidebar.

use sheaf_ipc as ipc;
use sheaf_model::{DocId, Kind, NotebookIcon, TagColor};
use sheaf_store as store;

use super::note::status;

pub(crate) fn sidebar(sidebar: store::Sidebar) -> ipc::Sidebar {
    let statuses = sidebar.statuses.into_iter();
    ipc::Sidebar {
        notebooks: sidebar.notebooks.into_iter().map(notebook_row).collect(),
        tags: sidebar.tags.into_iter().map(tag_row).collect(),
        statuses: statuses
            .map(|(kind, notes)| ipc::StatusRow {
                status: status(kind),
                notes,
            })
            .collect(),
        all: sidebar.all,
        pinned: sidebar.pinned,
        conflicts: sidebar.conflicts,
        trash: sidebar.trash,
        templates: sidebar.templates,
        default_notebook: sidebar.default_notebook.into(),
    }
}

pub(crate) fn notebook_row(row: store::NotebookRow) -> ipc::NotebookRow {
    ipc::NotebookRow {
        id: row.id.into(),
        name: row.name,
        parent: row.parent.map(DocId::into),
        depth: row.depth,
        notes: row.notes,
        notes_deep: row.notes_deep,
        icon: row.icon.map(|icon| match icon {
            NotebookIcon::Inline(svg) => ipc::NotebookIcon::Svg { svg },
            NotebookIcon::File(id) => ipc::NotebookIcon::File { id: id.into() },
        }),
    }
}

pub(crate) fn notebook_icon(icon: ipc::NotebookIcon) -> Result<NotebookIcon, ipc::ApiError> {
    Ok(match icon {
        ipc::NotebookIcon::Svg { svg } => NotebookIcon::Inline(svg),
        ipc::NotebookIcon::File { id } => NotebookIcon::File(super::id(&id, &[Kind::File])?),
    })
}

pub(crate) fn tag_row(row: store::TagRow) -> ipc::TagRow {
    ipc::TagRow {
        id: row.id.into(),
        name: row.name,
        color: color(row.color),
        notes: row.notes,
    }
}

fn color(color: TagColor) -> ipc::TagColor {
    match color {
        TagColor::Default => ipc::TagColor::Default,
        TagColor::Red => ipc::TagColor::Red,
        TagColor::Orange => ipc::TagColor::Orange,
        TagColor::Yellow => ipc::TagColor::Yellow,
        TagColor::Olive => ipc::TagColor::Olive,
        TagColor::Green => ipc::TagColor::Green,
        TagColor::Teal => ipc::TagColor::Teal,
        TagColor::Blue => ipc::TagColor::Blue,
        TagColor::Violet => ipc::TagColor::Violet,
        TagColor::Purple => ipc::TagColor::Purple,
        TagColor::Pink => ipc::TagColor::Pink,
        TagColor::Brown => ipc::TagColor::Brown,
        TagColor::Grey => ipc::TagColor::Grey,
        TagColor::Black => ipc::TagColor::Black,
    }
}

pub(crate) fn color_from(color: ipc::TagColor) -> TagColor {
    match color {
        ipc::TagColor::Default => TagColor::Default,
        ipc::TagColor::Red => TagColor::Red,
        ipc::TagColor::Orange => TagColor::Orange,
        ipc::TagColor::Yellow => TagColor::Yellow,
        ipc::TagColor::Olive => TagColor::Olive,
        ipc::TagColor::Green => TagColor::Green,
        ipc::TagColor::Teal => TagColor::Teal,
        ipc::TagColor::Blue => TagColor::Blue,
        ipc::TagColor::Violet => TagColor::Violet,
        ipc::TagColor::Purple => TagColor::Purple,
        ipc::TagColor::Pink => TagColor::Pink,
        ipc::TagColor::Brown => TagColor::Brown,
        ipc::TagColor::Grey => TagColor::Grey,
        ipc::TagColor::Black => TagColor::Black,
    }
}
