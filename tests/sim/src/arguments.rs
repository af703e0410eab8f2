//! What the simulations are asked for on the command line.

use sheaf_sync::mutant::Mutant;

#[derive(Debug, Default)]
pub struct Arguments {
    pub seeds: Option<u64>,
    pub first: u64,
    pub seed: Option<u64>,
    pub only: Option<Vec<usize>>,
    pub mutant: Option<Mutant>,
    /// The seed's days in the weather that is bad for the mutant, as the hunt runs them.
    pub aimed: bool,
    pub without_mutants: bool,
    pub only_mutants: bool,
    /// Each mutant meets the seed that is known to catch it, and no other.
    pub known_mutants: bool,
}

impl Arguments {
    /// `seeds`: how many the environment wants, before the command line says otherwise. What is not known is left to the
    /// harnesses of other targets.
    pub fn parse(
        seeds: Option<&str>,
        mut given: impl Iterator<Item = String>,
    ) -> Result<Self, String> {
        let mut found = Self {
            seeds: seeds.map(number).transpose()?,
            first: 1,
            ..Self::default()
        };
        while let Some(name) = given.next() {
            let mut value = || given.next().ok_or_else(|| format!("{name} needs a value"));
            match name.as_str() {
                "--seeds" => found.seeds = Some(number(&value()?)?),
                "--first" => found.first = number(&value()?)?,
                "--seed" => found.seed = Some(number(&value()?)?),
                "--only" => found.only = Some(numbers(&value()?)?),
                "--without-mutants" => found.without_mutants = true,
                "--only-mutants" => found.only_mutants = true,
                "--known-mutants" => found.known_mutants = true,
                "--aimed" => found.aimed = true,
                "--mutant" => found.mutant = Some(mutant(&value()?)?),
                _ => {}
            }
        }
        Ok(found)
    }
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("{text} is no number"))
}

fn numbers(text: &str) -> Result<Vec<usize>, String> {
    let parts = text.split(',').filter(|part| !part.is_empty());
    let number = |part: &str| part.parse().map_err(|_| format!("{part} is no number"));
    parts.map(number).collect()
}

fn mutant(name: &str) -> Result<Mutant, String> {
    let mut all = Mutant::ALL.iter().copied();
    all.find(|mutant| format!("{mutant:?}") == name)
        .ok_or_else(|| format!("there is no mutant {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Arguments, String> {
        Arguments::parse(None, text.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn what_a_failure_prints_is_understood() {
        let found = parse("--seed 7 --only 3,9 --mutant NoBrake --aimed").expect("arguments");
        assert_eq!((found.seed, found.only), (Some(7), Some(vec![3, 9])));
        assert_eq!((found.mutant, found.aimed), (Some(Mutant::NoBrake), true));
        for wrong in ["--seed x", "--only 1,b", "--mutant Nobody", "--first"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_command_line_goes_before_the_environment() {
        let seeds = |given: &str| {
            let given = given.split_whitespace().map(str::to_owned);
            Arguments::parse(Some("20"), given).map(|found| found.seeds)
        };
        assert_eq!(seeds(""), Ok(Some(20)));
        assert_eq!(seeds("--seeds 5"), Ok(Some(5)));
    }
}
