//! `[metrics]`

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// The listener for Prometheus.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MetricsConfig {
    /// IP address and port, other than `server.listen`; port 0 takes a free one. Default `127.0.0.1:9090`.
    pub listen: SocketAddr,
}

#[cfg(test)]
mod tests {
    use crate::config::load::tests::{assert_accepted, assert_refused};

    #[test]
    fn has_a_listener_of_its_own() {
        assert_refused("STRONGROOM__METRICS__LISTEN", "127.0.0.1:8080");
        assert_refused("STRONGROOM__METRICS__LISTEN", "9090");
        assert_accepted("STRONGROOM__METRICS__LISTEN", "127.0.0.1:0");
    }
}
