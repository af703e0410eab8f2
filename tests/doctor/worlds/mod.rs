//! The worlds, by where they are broken.

mod account;
mod database;
mod encrypted;
mod history;
mod network;
mod portal;
mod server;
mod token;

use sheaf_tests::{Couch, Database, Kind, encode_segment};

use crate::names::Names;

/// What all worlds share.
pub(crate) struct Stage {
    pub(crate) names: Names,
}

pub(crate) struct World {
    pub(crate) name: &'static str,
    /// Tells its course in a line; panics when it is not as it should be.
    pub(crate) run: fn(&Stage) -> String,
}

macro_rules! worlds {
    ($($module:ident { $($world:ident),+ $(,)? })+) => {
        pub(crate) const ALL: &[World] = &[
            $($(World { name: concat!(stringify!($module), "::", stringify!($world)), run: $module::$world },)+)+
        ];
    };
}

worlds! {
    network {
        no_address, an_address_that_cannot_be_read, an_address_without_a_database, a_database_name_with_capitals,
        this_computer_offline, an_unknown_name, a_silent_name_server, a_half_dead_name_server, a_closed_port, a_server_on_another_port,
        a_black_hole, a_way_that_is_forbidden, a_way_that_does_not_exist, one_of_two_addresses_dead, an_ipv6_black_hole,
        a_proxy_that_is_gone, a_proxy_that_wants_a_password, a_proxy_that_refuses, a_proxy_address_that_is_none,
    }
    encrypted {
        a_self_signed_certificate, a_private_authority, a_missing_intermediate, a_product_that_reads_along, a_wrong_host_name, an_expired_certificate,
        a_certificate_from_the_future, a_certificate_that_changed, a_certificate_that_ends_soon, https_on_an_http_port, http_on_an_https_port,
        no_encryption_to_another_computer, no_encryption_although_there_could_be, only_ancient_versions,
    }
    server {
        a_healthy_server, a_login_page, a_captive_portal_elsewhere, a_redirect_to_another_host, a_redirect_to_a_path, a_redirect_in_circles, a_page_with_200, a_gateway_without_its_server,
        a_server_with_a_fault, a_busy_server, nothing_at_the_root, another_kind_of_answer, not_http_at_all, no_answer_at_all, a_connection_cut_at_once, a_server_of_another_kind,
        a_clock_two_hours_off, a_clock_three_minutes_off, a_slow_line,
    }
    portal {
        a_portal_that_redirects, a_portal_that_answers_with_a_page, a_portal_that_intercepts_tls, a_portal_that_says_so, a_login_of_its_own_beside_a_healthy_server,
        a_login_of_its_own_beside_a_wrong_certificate, a_redirect_of_its_own_to_https, a_redirect_of_its_own_to_a_home_page,
    }
    database {
        a_wrong_password, a_locked_account, a_gateway_with_a_password_of_its_own, a_header_that_is_stripped, no_name_where_one_is_needed, no_password_for_the_name,
        no_database, no_database_and_no_right, a_stranger_to_the_database, a_name_with_a_decoded_slash, a_database_open_to_everybody, everybody_an_administrator, a_read_only_member, a_full_server,
        writing_blocked_on_the_way, a_cache_on_the_way, a_tiny_limit, a_small_limit, a_blocked_bulk_get, a_missing_bulk_get, a_limit_of_requests, another_applications_database,
        a_blocked_feed, a_shortened_feed, a_buffered_feed, a_cut_feed, a_feed_that_does_not_wait, notes_locked_with_another_key,
    }
    account { a_healthy_account, a_password_changed_elsewhere, a_session_that_was_revoked, a_sheaf_too_old_for_the_server }
    token {
        a_good_token, a_token_that_expired, a_token_that_expired_at_a_gateway, a_token_that_a_gateway_refuses, a_token_that_is_not_yet_valid,
        a_token_signed_with_another_key, a_word_that_is_no_token, a_token_of_another_issuer, a_token_that_nobody_reads, no_token_for_the_server,
    }
    history { an_encrypted_database_without_its_passphrase, a_plain_note_among_encrypted_ones, another_key_than_before, a_recreated_database, a_server_from_a_backup, a_document_that_is_stuck, notes_in_a_synced_folder }
}

/// The real CouchDB where one is named, else the peer that always runs.
pub(crate) fn couch() -> &'static Couch {
    Couch::shared(Kind::Couchdb)
        .or_else(|| Couch::shared(Kind::ExpressPouchdb))
        .expect("a peer can always be started")
}

/// A database that only its administrators and members see.
pub(crate) fn database() -> Database {
    let database = couch().database();
    close(&database);
    database
}

/// Only administrators get in, as CouchDB makes databases since version 3.
pub(crate) fn close(database: &Database) {
    let security = serde_json::json!({
        "admins": { "names": [], "roles": ["_admin"] }, "members": { "names": [], "roles": ["_admin"] },
    });
    database.send("PUT", "_security", Some(&security)).success();
}

/// The address of a database behind another authority, signed in as its administrator.
pub(crate) fn url(scheme: &str, authority: &str, database: &Database) -> String {
    let server = database.server;
    url_as(
        scheme,
        authority,
        &server.admin,
        &server.password,
        &database.name,
    )
}

pub(crate) fn url_as(
    scheme: &str,
    authority: &str,
    user: &str,
    password: &str,
    name: &str,
) -> String {
    let [user, password, name] = [user, password, name].map(encode_segment);
    format!("{scheme}://{user}:{password}@{authority}/{name}")
}
