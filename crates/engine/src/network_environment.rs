//! What the environment says about the network. The only place that reads these variables.

use sheaf_net::{Options, ProxyVariables};

/// The proxy variables, in either case; the lower case wins, as in other programs.
pub fn network_environment() -> Options {
    Options {
        proxy_variables: ProxyVariables {
            // A web server may set this one from a header of the request it serves.
            http: variable(&["http_proxy"]).or_else(|| {
                variable(&["REQUEST_METHOD"])
                    .is_none()
                    .then(|| variable(&["HTTP_PROXY"]))
                    .flatten()
            }),
            https: variable(&["https_proxy", "HTTPS_PROXY"]),
            all: variable(&["all_proxy", "ALL_PROXY"]),
            no: variable(&["no_proxy", "NO_PROXY"]),
        },
        ..Options::default()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the edge: everybody else is handed the result"
)]
fn variable(names: &[&str]) -> Option<String> {
    names
        .iter()
        .find_map(|name| std::env::var(name).ok())
        .filter(|text| !text.trim().is_empty())
}
