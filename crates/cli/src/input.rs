//! Texts and passwords from files, standard input and the terminal.

use std::{
    io::{self, Read as _},
    path::Path,
};

use zeroize::{Zeroize as _, Zeroizing};

use crate::failure::Failure;

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let read = if path == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    read.map_err(|source| Failure::Read {
        path: path.to_owned(),
        source,
    })
}

pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    read(path)
}

/// UTF-8; a byte order mark is not text.
pub(crate) fn text(path: &Path) -> Result<String, Failure> {
    let text = String::from_utf8(read(path)?).map_err(|error| Failure::Read {
        path: path.to_owned(),
        source: io::Error::new(io::ErrorKind::InvalidData, error.utf8_error()),
    })?;
    Ok(text
        .strip_prefix('\u{feff}')
        .map(str::to_owned)
        .unwrap_or(text))
}

/// The first line of a file, or what is typed without being shown.
pub(crate) fn password(file: Option<&Path>, who: &str) -> Result<Zeroizing<String>, Failure> {
    secret(file, &format!("Password for {who}: "))
}

/// The same for a token.
pub(crate) fn token(file: Option<&Path>, server: &str) -> Result<Zeroizing<String>, Failure> {
    secret(file, &format!("Token for {server}: "))
}

fn secret(file: Option<&Path>, prompt: &str) -> Result<Zeroizing<String>, Failure> {
    match file {
        Some(path) => {
            let mut whole = Zeroizing::new(text(path)?);
            let line = Zeroizing::new(whole.lines().next().unwrap_or_default().to_owned());
            whole.zeroize();
            Ok(line)
        }
        None => rpassword::prompt_password(prompt)
            .map(Zeroizing::new)
            .map_err(Failure::NoTerminal),
    }
}
