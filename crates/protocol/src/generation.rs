//! Which conflict protocol a request speaks: the value of its `api` field.

/// Generations of the sync call, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Generation {
    /// `20161215`, or no `api` at all: always saves, reports overwritten copies in `unsaved`.
    V2016,
    /// `20190520`: refuses stale saves in `conflicts`.
    V2019,
    /// `20200115` and later: sessions, items keys first.
    V2020,
}

impl Generation {
    /// `None` reads as the oldest; unknown later values as the newest.
    pub fn of_api(api: Option<&str>) -> Self {
        match api {
            Some("20190520") => Self::V2019,
            Some(api) if api >= "20200115" => Self::V2020,
            _ => Self::V2016,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_api_is_the_oldest_and_an_unknown_later_one_the_newest() {
        assert_eq!(Generation::of_api(None), Generation::V2016);
        assert_eq!(Generation::of_api(Some("20161215")), Generation::V2016);
        assert_eq!(Generation::of_api(Some("20190520")), Generation::V2019);
        assert_eq!(Generation::of_api(Some("20200115")), Generation::V2020);
        assert_eq!(Generation::of_api(Some("20240226")), Generation::V2020);
    }
}
