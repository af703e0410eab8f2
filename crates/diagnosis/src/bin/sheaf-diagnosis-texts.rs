//! Writes what is generated from the table of codes: the manual's page (whose introduction is
//! kept) and the window's sentences, to the two files named on the command line.

use std::{ffi::OsString, fs, io};

fn main() -> io::Result<()> {
    let files: Vec<OsString> = std::env::args_os().skip(1).collect();
    let [page, sentences] = files.as_slice() else {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "usage: sheaf-diagnosis-texts PAGE.md SENTENCES.ts",
        ));
    };
    let before = fs::read_to_string(page)?;
    fs::write(page, sheaf_diagnosis::codes_table(&before))?;
    fs::write(sentences, sheaf_diagnosis::typescript())
}
