//! Writes the TypeScript of the table to the file named on the command line.

fn main() -> std::io::Result<()> {
    let path = std::env::args_os().nth(1).ok_or_else(|| {
        std::io::Error::new(std::io::ErrorKind::InvalidInput, "usage: sheaf-ipc-ts FILE")
    })?;
    std::fs::write(path, sheaf_ipc::typescript::generate())
}
