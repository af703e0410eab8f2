//! A screen nobody looks at, and what is on it.
//!
//! Xvfb keeps its picture in a file that other processes can read. Looking at the picture needs no hook in the
//! program under test and sees what a person would: after layout, paint and compositing, not the moment at which
//! some JavaScript believed to be done.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::process;

pub(crate) const WIDTH: usize = 1280;
pub(crate) const HEIGHT: usize = 800;
const BYTES_A_PIXEL: usize = 4;
/// How closely a moment is known.
const POLL: Duration = Duration::from_millis(2);

pub(crate) struct Screen {
    server: Child,
    pub(crate) display: String,
    picture: PathBuf,
}

/// A part of the screen, in pixels.
#[derive(Clone, Copy)]
pub(crate) struct Area {
    pub(crate) left: usize,
    pub(crate) top: usize,
    pub(crate) width: usize,
    pub(crate) height: usize,
}

pub(crate) type Pixels = Vec<[u8; BYTES_A_PIXEL]>;

/// A picture that differs from the one before it.
pub(crate) struct Seen {
    pub(crate) at: Duration,
    pub(crate) pixels: Pixels,
}

impl Screen {
    pub(crate) fn start(folder: &Path) -> Result<Self> {
        let mut server = process::command("Xvfb")
            .args(["-screen", "0", &format!("{WIDTH}x{HEIGHT}x24")])
            .args(["-displayfd", "1", "-nolisten", "tcp", "-fbdir"])
            .arg(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start Xvfb")?;
        let output = server.stdout.take().context("Xvfb has no output")?;
        let mut number = String::new();
        BufReader::new(output)
            .read_line(&mut number)
            .context("Xvfb did not say which display it is")?;
        Ok(Self {
            server,
            display: format!(":{}", number.trim()),
            picture: folder.join("Xvfb_screen0"),
        })
    }

    /// Starts the program and watches an area until nothing has changed for `calm`; answers every different picture
    /// with the time since the start. The program is ended afterwards.
    pub(crate) fn watch(
        &self,
        program: &mut Command,
        area: Area,
        calm: Duration,
    ) -> Result<Vec<Seen>> {
        let mut picture = Picture::open(&self.picture)?;
        let mut last = picture.read(area)?;
        let mut seen: Vec<Seen> = Vec::new();
        let started = Instant::now();
        let mut program = program
            .env("DISPLAY", &self.display)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start the program to watch")?;
        let patience = Duration::from_mins(1);
        while started.elapsed() < patience {
            let pixels = picture.read(area)?;
            let at = started.elapsed();
            if pixels != last {
                last.clone_from(&pixels);
                seen.push(Seen { at, pixels });
            }
            if seen.last().is_some_and(|last| at > last.at + calm) {
                break;
            }
            std::thread::sleep(POLL);
        }
        // An error means that it has ended already, and then nothing was seen.
        program.kill().ok();
        program.wait().ok();
        ensure!(
            !seen.is_empty(),
            "the program painted nothing within {patience:?}"
        );
        Ok(seen)
    }

    /// Waits until what the last program left has gone from the screen.
    pub(crate) fn settle(&self) -> Result<()> {
        let everything = Area {
            left: 0,
            top: 0,
            width: WIDTH,
            height: HEIGHT,
        };
        let mut picture = Picture::open(&self.picture)?;
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(10) {
            let pixels = picture.read(everything)?;
            if pixels.iter().all(|pixel| *pixel == pixels[0]) {
                return Ok(());
            }
            std::thread::sleep(POLL);
        }
        anyhow::bail!("a window stayed on the screen")
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.server.kill().ok();
        self.server.wait().ok();
    }
}

/// The picture in the X window dump format: a header of big-endian words, a table of colours, rows of pixels.
struct Picture {
    file: File,
    pixels_at: u64,
    bytes_a_row: u64,
}

impl Picture {
    fn open(path: &Path) -> Result<Self> {
        let mut file = File::open(path).context("Xvfb keeps no picture")?;
        let mut header = [0_u8; 80];
        file.read_exact(&mut header)
            .context("Xvfb's picture has no header")?;
        let word = |at: usize| {
            let bytes = [header[at], header[at + 1], header[at + 2], header[at + 3]];
            u64::from(u32::from_be_bytes(bytes))
        };
        ensure!(word(44) == 32, "the screen has {} bits a pixel", word(44));
        Ok(Self {
            file,
            pixels_at: word(0) + 12 * word(76),
            bytes_a_row: word(48),
        })
    }

    fn read(&mut self, area: Area) -> Result<Pixels> {
        let mut pixels = Pixels::with_capacity(area.width * area.height);
        let mut row = vec![0; area.width * BYTES_A_PIXEL];
        for y in area.top..area.top + area.height {
            let at =
                self.pixels_at + y as u64 * self.bytes_a_row + (area.left * BYTES_A_PIXEL) as u64;
            self.file
                .seek(SeekFrom::Start(at))
                .context("cannot read the screen")?;
            self.file
                .read_exact(&mut row)
                .context("cannot read the screen")?;
            pixels.extend(
                row.chunks_exact(BYTES_A_PIXEL)
                    .map(|pixel| [pixel[0], pixel[1], pixel[2], 0]),
            );
        }
        Ok(pixels)
    }
}
