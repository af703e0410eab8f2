//! The codes and their sentences, in the order of the checks.

use super::Entry;
use crate::{CheckId, Severity};

codes! {
    // This computer
    NetworkThere "network_there" Network Pass "A network leads out of this computer";
    NetworkLocal "network_not_needed" Network NotNeeded "The server is on this computer";
    NetworkOffline "network_offline" Network Failure "This computer is offline"
        means "No network leads out of this computer. Your edits are kept here and are sent as soon as there is one."
        todo ["Connect this computer to a network, then run the checks again."];

    PortalNone "portal_none" Portal Pass "No login page stands in the way";
    PortalLocal "portal_not_needed" Portal NotNeeded "The server is on this computer";
    PortalByProxy "portal_by_proxy" Portal NotNeeded "The proxy makes the connection";
    PortalFound "portal_found" Portal Failure "A login page of this network answers instead of {host}"
        means "As in hotels and trains, this network lets nobody out who has not signed in to it in a browser. Name, password and notes were not sent, and your edits are kept here."
        todo ["Open {page} in a browser and sign in to the network, then run the checks again.", "Or connect this computer to another network."];

    ProxyNone "proxy_none" Proxy Pass "No proxy is used for {host}";
    ProxyWorks "proxy_works" Proxy Pass "{proxy} lets us through";
    ProxyUnreachable "proxy_unreachable" Proxy Failure "The proxy {proxy} does not answer"
        means "This computer is told to reach {host} through the proxy {proxy}, and nothing answers there."
        todo ["Go to {host} without the proxy, if this network allows it.", "Or correct the proxy in the settings of the system: {source}."];
    ProxyPassword "proxy_password" Proxy Failure "The proxy {proxy} wants a name and a password"
        means "The proxy answers, but lets nobody through who has not signed in to it."
        todo ["Put the proxy's name and password into the proxy setting: {source}.", "Or go to {host} without the proxy, if this network allows it."];
    ProxyRefuses "proxy_refuses" Proxy Failure "The proxy {proxy} does not let us through to {host}"
        means "The proxy answered {status} to the wish to reach {host} on port {port}."
        todo ["Ask whoever runs the proxy to allow {host} on port {port}.", "Or go to {host} without the proxy, if this network allows it."];
    ProxyAddress "proxy_address" Proxy Warning "The address of the proxy cannot be read, so none is used"
        means "The proxy setting is not an address. A name or password with a character such as @ or / must be written with its percent code, %40 or %2F."
        todo ["Correct the proxy setting: {source}.", "Or go to {host} without the proxy, if this network allows it."];

    SecretReady "secret_ready" SecretStore Pass "{store} can be read";
    SecretNotNeeded "secret_not_needed" SecretStore NotNeeded "No password is kept for this address";
    SecretLocked "secret_unusable" SecretStore Failure "The password cannot be read from {store}"
        means "The password for {user} is kept in {store}, and that cannot be opened now. Nothing was sent."
        todo ["Unlock the keyring of this computer, then run the checks again.", "Or choose another place for passwords in Preferences, Sync."];
    SecretMissing "secret_missing" SecretStore Failure "No password is kept for {user}"
        means "Sync needs the password for {user}, and none is kept on this computer."
        todo ["Enter the password."];
    SecretTokenMissing "secret_token_missing" SecretStore Failure "No token is kept for {host}"
        means "Sync signs in to {host} with a token, and none is kept on this computer."
        todo ["Enter the token."];
    SecretInClear "secret_in_clear" SecretStore Warning "The password is in a file anybody with this account can read"
        means "Passwords are kept in clear text in the data directory, because that was chosen."
        todo ["Choose the system's keyring in Preferences, Sync, if this computer has one."];

    StoreWhole "store_whole" LocalStore Pass "Whole: {notes} notes, {free} of disk space free";
    StoreDamaged "store_damaged" LocalStore Failure "The note database is damaged"
        means "{problems} problems were found in the note database. Sync waits, so that the damage does not travel."
        todo ["Make a copy of the data directory.", "Then run `sheaf rescue` to read everything that can still be read into a new one."];
    StoreLittleRoom "store_little_room" LocalStore Warning "Only {free} of disk space is left"
        means "The notes are whole, but the disk is nearly full. A full disk stops both writing and receiving."
        todo ["Free some space on the disk that holds {directory}."];
    StoreSyncedFolder "store_synced_folder" LocalStore Warning "The notes lie in a folder that {service} copies"
        means "A service that copies files can damage a database that is open. Sheaf keeps the devices in step itself."
        todo ["Move the data directory out of {service}'s folder."];

    ClockRight "clock_right" Clock Pass "Right to {seconds} s";
    ClockUnknown "clock_unknown" Clock NotNeeded "The server does not tell the time";
    ClockOff "clock_off" Clock Warning "This computer and the server are {skew} apart"
        means "This computer says {here}, the server {there}. Dates of notes made on different devices will look odd; nothing is lost by it."
        todo ["Let the system set the time of this computer by itself.", "If this computer is right, tell whoever runs the server."];
    ClockWrong "clock_wrong" Clock Failure "This computer and the server are {skew} apart"
        means "This computer says {here}, the server {there}. Sign-ins and certificates depend on the time, and notes will be in the wrong order."
        todo ["Let the system set the time of this computer by itself.", "If this computer is right, tell whoever runs the server."];

    AppGood "app_good" App Pass "Sheaf {version}; the server works with {least} and newer";
    AppAny "app_any" App NotNeeded "Sheaf {version}; the server asks for no certain version";
    AppTooOld "app_too_old" App Failure "Update needed: {host} works with Sheaf {least} and newer, this is {version}"
        means "The server no longer understands this version, so sync waits. Nothing was sent; your notes are here, and you can go on writing."
        todo ["Update Sheaf on this computer, then run the checks again.", "If there is no newer version yet, ask whoever runs {host} to let this one in: the server’s setting is `--least-client {version}`."];

    // Address
    AddressGood "address_good" Config Pass "{address}";
    AddressEmpty "address_empty" Config Failure "There is no address"
        means "Nothing to check: no address was given and sync is off."
        todo ["Type the address of the server."];
    AddressUnreadable "address_unreadable" Config Failure "The address cannot be read: {problem}"
        means "An address looks like https://couch.example.org:6984/my-notes."
        todo ["Correct the address."];
    AddressNoDatabase "address_no_database" Config Failure "The address names no database"
        means "{address} is a server. The name of the database comes after it, as in {address}/my-notes."
        todo ["Add the name of the database."];
    AddressDatabaseName "address_database_name" Config Failure "No database can be called {database}"
        means "Names of databases are lower case, begin with a letter, and have only letters, digits and _ $ ( ) + - / in them."
        todo ["Use {suggestion} instead."];

    // DNS
    NameResolved "name_resolved" Dns Pass "{host} is {addresses}";
    NameNotNeeded "name_not_needed" Dns NotNeeded "{host} is an address already";
    NameByProxy "name_by_proxy" Dns NotNeeded "The proxy looks the name up";
    NameUnknown "name_unknown" Dns Failure "Nobody knows the name {host}"
        means "The name server says that there is no {host}. Nothing was sent."
        todo ["Look for a slip of the pen in {host}.", "If the name is only known in another network, connect to that network or its VPN."];
    NameNoAnswer "name_no_answer" Dns Failure "No name server answered"
        means "This computer asked for {host} and got no answer, so {host} may be right. Your edits are kept here."
        todo ["Wait a minute and run the checks again.", "If other pages open neither, restart the router or choose another name server in the network settings."];
    NameSlow "name_slow" Dns Warning "The name server took {seconds} s"
        means "{host} was found, but only after {seconds} seconds: probably one of several name servers is dead. Every new connection waits for it."
        todo ["Take the dead name server out of this computer's or the router's network settings."];

    // Connection
    PortOpen "port_open" Tcp Pass "Port {port} answers at {addresses}";
    PortByProxy "port_by_proxy" Tcp NotNeeded "The proxy makes the connection";
    PortRefused "port_refused" Tcp Failure "Nothing listens on {host} port {port}"
        means "The computer {host} is there and says that port {port} is closed. The server is not running, or listens on another port."
        todo ["Check that the server is running.", "Compare the port with the server's: CouchDB uses 5984, with TLS 6984."];
    PortElsewhere "port_elsewhere" Tcp Failure "Nothing listens on port {port}, but a server answers on {other}"
        means "The computer {host} says that port {port} is closed. On port {other} it answers with {scheme}."
        todo ["Use {suggestion}."];
    PortFiltered "port_filtered" Tcp Failure "{host} does not answer on port {port}"
        means "Nothing came back within {seconds} seconds, not even a refusal: the computer is off, or a firewall swallows what is sent there. Your notes are safe here."
        todo ["Check that the computer {host} is on and in this network.", "Ask whoever runs the network or the server to open port {port} in the firewall."];
    PortForbidden "port_forbidden" Tcp Failure "A firewall rejects connections to {host} port {port}"
        means "Something on this computer or on the way said that the connection is not allowed."
        todo ["Allow Sheaf, and port {port}, in the firewall of this computer.", "Or ask whoever runs the network."];
    PortUnreachable "port_unreachable" Tcp Failure "There is no way to {addresses}"
        means "This computer is in a network, but the network knows no way to {host}."
        todo ["If {host} is in another network, connect to that network or its VPN."];
    PortPartly "port_partly" Tcp Warning "Port {port} answers at {working}, not at {broken}"
        means "{host} stands for several addresses and not all of them work. Some connections are slow to begin."
        todo ["Tell whoever runs {host} that {broken} does not answer."];

    Ipv6Works "ipv6_works" Ipv6 Pass "IPv6 works";
    Ipv6NotOffered "ipv6_not_offered" Ipv6 NotNeeded "{host} has no IPv6 address";
    Ipv6Broken "ipv6_broken" Ipv6 Warning "IPv6 leads nowhere, IPv4 works"
        means "{host} has the IPv6 address {addresses}, which does not answer. Each new connection tries it first and loses time; nothing else is wrong."
        todo ["Let Sheaf use IPv4 for {host}.", "Or repair IPv6 in the router, or ask whoever runs {host} to take the address away."];

    // Certificate
    TlsGood "tls_good" Tls Pass "{version}, issued by {issuer}, valid until {until}";
    TlsPinned "tls_pinned" Tls Pass "{version}, the certificate you chose to trust, valid until {until}";
    TlsLocal "tls_not_needed" Tls NotNeeded "Nothing leaves this computer, so nothing needs to be encrypted";
    TlsNone "tls_none" Tls Warning "The connection is not encrypted"
        means "Name, password and notes can be read on the way to {host}."
        todo ["Ask whoever runs {host} for an address that begins with https."];
    TlsAvailable "tls_available" Tls Warning "The connection is not encrypted, although it could be"
        means "Name, password and notes can be read on the way. {host} speaks https too, on port {other}."
        todo ["Use {suggestion}."];
    TlsPlainHttp "tls_plain_http" Tls Failure "{host} speaks http on port {port}, not https"
        means "The address begins with https, but what listens on port {port} does not encrypt. Nothing was sent."
        todo ["Use {suggestion}, if nobody can listen on the way.", "Better, ask whoever runs {host} which port is for https: often 6984 or 443."];
    TlsExpected "tls_expected" Tls Failure "{host} speaks https on port {port}, not http"
        means "The address begins with http, but what listens on port {port} wants an encrypted connection."
        todo ["Use {suggestion}."];
    TlsSelfSigned "tls_self_signed" Tls Failure "{host} made its certificate itself"
        means "Nobody this computer knows vouches for the certificate, so it could be anybody's. Nothing was sent."
        todo ["If {host} is your own server, compare the fingerprint {sha256} with the one on the server, and trust this certificate.", "Or give the server a certificate from a public authority."];
    TlsPrivateAuthority "tls_private_authority" Tls Failure "The certificate comes from {issuer}, which this computer does not know"
        means "An authority that is not public issued the certificate, as companies and home networks do. Nothing was sent."
        todo ["Add the certificate of {issuer} to this computer's trusted ones; then every program knows it.", "Or compare the fingerprint {sha256} with the one on the server, and trust this one certificate."];
    TlsMissingIntermediate "tls_missing_intermediate" Tls Failure "The server does not send the whole chain of certificates"
        means "The certificate was issued by {issuer}, whose own certificate should come along and does not. Browsers may guess it, Sheaf does not."
        todo ["Whoever runs {host} must let it send the full chain: in nginx, `ssl_certificate` names fullchain.pem, not cert.pem.", "Until then, compare the fingerprint {sha256} and trust this one certificate."];
    TlsIntercepted "tls_intercepted" Tls Failure "{issuer} opens encrypted connections on the way"
        means "The certificate was made by {issuer}, a product that reads along in companies and virus scanners. It is not that of {host}. Nothing was sent."
        todo ["Exempt {host} in {issuer}, or ask whoever runs it to.", "Or add its certificate to this computer's trusted ones, if you agree that it reads along."];
    TlsWrongHost "tls_wrong_host" Tls Failure "The certificate is not for {host}, but for {names}"
        means "Either the address names the server differently than its certificate does, or somebody else answers. Nothing was sent."
        todo ["Use the name in the certificate: {names}.", "Or ask whoever runs the server to add {host} to the certificate."];
    TlsExpired "tls_expired" Tls Failure "The certificate of {host} expired on {until}"
        means "A certificate is valid for a limited time, and this one's is over. Nothing was sent."
        todo ["Whoever runs {host} must renew the certificate.", "If today is not {today}, set the clock of this computer."];
    TlsNotYetValid "tls_not_yet_valid" Tls Failure "The certificate of {host} is only valid from {from}"
        means "This computer thinks that today is {today}. Nothing was sent."
        todo ["If today is not {today}, set the clock of this computer.", "Otherwise whoever runs {host} must use a certificate that is valid already."];
    TlsRevoked "tls_revoked" Tls Failure "The certificate of {host} was revoked"
        means "Its authority took it back, usually because somebody stole the key. Nothing was sent."
        todo ["Whoever runs {host} must get a new certificate."];
    TlsChanged "tls_changed" Tls Failure "The certificate of {host} is not the one you chose to trust"
        means "The server shows another certificate than the one that was trusted before. It may have been renewed; it may be somebody else. Nothing was sent."
        todo ["If the certificate was renewed, compare the fingerprint {sha256} with the one on the server, and trust the new one."];
    TlsExpiresSoon "tls_expires_soon" Tls Warning "The certificate of {host} expires on {until}"
        means "After that day sync stops until the certificate is renewed. Most servers renew it earlier by themselves."
        todo ["Tell whoever runs {host}."];
    TlsVersion "tls_version" Tls Failure "{host} and Sheaf have no version of TLS in common"
        means "The server offers only ways of encrypting that are no longer safe. Nothing was sent."
        todo ["Whoever runs {host} must allow TLS 1.2 or 1.3."];
    TlsOther "tls_other" Tls Failure "No encrypted connection to {host} comes about"
        means "Something answers on port {port}, but the beginning of the encryption fails. Nothing was sent."
        todo ["Check that port {port} is the right one.", "Show the technical detail to whoever runs {host}."];

    // Server
    HttpCouch "http_couch" Http Pass "{server}";
    HttpSheaf "http_sheaf" Http Pass "A Sheaf server";
    HttpStandardNotes "http_standard_notes" Http Pass "A server that speaks the Standard Notes protocol";
    HttpAsksFirst "http_asks_first" Http Pass "{host} wants a sign-in before it says what it is";
    HttpWrongKind "http_wrong_kind" Http Failure "{found} answers, not {wanted}"
        means "The server works, but it is of another kind than the one chosen for sync."
        todo ["Choose {found} in Preferences, Sync, or give the address of {wanted}."];
    HttpLoginPage "http_login_page" Http Failure "A login page answers instead of {host}"
        means "A network such as a hotel's, or a portal in front of the server, wants somebody to sign in in a browser first. Nothing was sent to it."
        todo ["Open any page in a browser and sign in to the network, then run the checks again.", "If the page belongs to {host} itself, whoever runs it must let Sheaf past it."];
    HttpOtherPage "http_other_page" Http Failure "A web page answers at {address}, not a CouchDB"
        means "Some other program answers at this address, or the CouchDB is below another path."
        todo ["Check the address, above all the port and the path.", "If a web server stands in front of CouchDB, ask whoever runs it for the path."];
    HttpNothingKnown "http_nothing_known" Http Failure "What answers at {address} is not a CouchDB"
        means "Something speaks HTTP there, but not as CouchDB does."
        todo ["Check the address, above all the port and the path."];
    HttpNotHttp "http_not_http" Http Failure "What listens on {host} port {port} does not speak HTTP"
        means "A program of another kind listens there."
        todo ["Check the port: CouchDB uses 5984, with TLS 6984."];
    HttpNoAnswer "http_no_answer" Http Failure "{host} takes the connection and says nothing"
        means "The request was sent and no answer came within {seconds} seconds. The server hangs, or something on the way holds it back."
        todo ["Restart the server, or ask whoever runs it."];
    HttpCut "http_cut" Http Failure "{host} ends the connection instead of answering"
        means "The request was sent, and the connection was closed without an answer."
        todo ["Look into the server's log, or ask whoever runs it."];
    HttpGatewayError "http_gateway_error" Http Failure "{via} answers {status}: it cannot reach the CouchDB behind it"
        means "The web server in front works; the CouchDB behind it is down or does not answer in time. Your notes are safe here."
        todo ["Start CouchDB again, or ask whoever runs {host}.", "If CouchDB runs, correct where {via} looks for it."];
    HttpServerError "http_server_error" Http Failure "{host} answers {status}"
        means "The server has a problem of its own. Your notes are safe here, and sync tries again by itself."
        todo ["Look into the server's log, or ask whoever runs {host}."];
    HttpForbidden "http_forbidden" Http Failure "{via} refuses us: {status}"
        means "The refusal does not come from CouchDB but from a web server or firewall in front of it."
        todo ["Ask whoever runs {host} to let Sheaf through."];
    HttpRedirect "http_redirect" Http Failure "{host} sends us to {location}"
        means "Sheaf does not follow, because name and password would go along."
        todo ["Use {suggestion}."];
    HttpRedirectLoop "http_redirect_loop" Http Failure "{host} sends us round in a circle"
        means "Each address sends us on to the other one, so nobody answers."
        todo ["Whoever runs {host} must correct the redirections of the web server in front of CouchDB."];
    HttpRedirectElsewhere "http_redirect_elsewhere" Http Failure "{host} sends us to another server: {location}"
        means "Sheaf does not follow, because name and password would go to {other}. Nothing was sent there."
        todo ["If {other} is the right server, type its address yourself.", "If you do not know {other}, somebody on the way may be sending you astray."];
    HttpNotFound "http_not_found" Http Failure "{host} has nothing at this path"
        means "A web server answers, but knows no CouchDB at {address}."
        todo ["Check the path in the address.", "Ask whoever runs {host} for the path of CouchDB."];
    HttpBusy "http_busy" Http Failure "{host} wants to be asked less often"
        means "The server answers {status} to the very first question. Sync goes on by itself, more slowly."
        todo ["Wait a few minutes and run the checks again.", "If it stays so, raise the limit of requests at the server or its provider."];

    VersionGood "version_good" Version Pass "{server}";
    VersionUnknown "version_unknown" Version NotNeeded "The server does not tell its version";
    VersionOld "version_old" Version Warning "{server} is old"
        means "Sheaf works with it as well as it can, but security fixes are no longer made for it."
        todo ["Update CouchDB to version 3."];
    VersionTooOld "version_too_old" Version Failure "{server} is too old"
        means "Sheaf needs requests that CouchDB has had since version 2."
        todo ["Update CouchDB to version 3."];

    SpeedGood "speed_good" Speed Pass "{round_trip} there and back, {down} in, {up} out";
    SpeedAllowedFor "speed_allowed_for" Speed Pass "Slow, and batches are small: {round_trip} there and back, {down} in, {up} out";
    SpeedUnknown "speed_unknown" Speed NotNeeded "Not measured";
    SpeedSlow "speed_slow" Speed Warning "The line is slow: {round_trip} there and back, {down} in, {up} out"
        means "Sync works, but a first sync and large attachments take long, and a large batch may not get through in time."
        todo ["Let Sheaf send smaller batches.", "Or wait for a better line."];

    // Sign-in
    AuthGood "auth_good" Auth Pass "{user}{role}";
    AuthAnonymous "auth_anonymous" Auth Pass "Without a name: the server lets everybody in";
    AuthNeeded "auth_needed" Auth Failure "{host} wants a name and a password"
        means "The server lets nobody in who has not signed in, and no name was given."
        todo ["Enter name and password."];
    AuthWrong "auth_wrong" Auth Failure "Name or password for {user} is wrong"
        means "The server refused them. It was asked once: some servers lock an account after five wrong passwords."
        todo ["Enter the password again.", "Check the name: capitals count."];
    AuthLocked "auth_locked" Auth Failure "The account {user} is locked for some minutes"
        means "There were several wrong passwords in a row, so even the right one is refused now."
        todo ["Wait five minutes, then run the checks again.", "Look for another device or program that still uses an old password."];
    AuthByGateway "auth_by_gateway" Auth Failure "{via} in front of CouchDB wants a sign-in of its own"
        means "The refusal does not come from CouchDB but from the web server in front of it."
        todo ["Ask whoever runs {host} for that name and password, or to let Sheaf past it."];
    AuthStripped "auth_stripped" Auth Failure "Name and password do not arrive at CouchDB"
        means "CouchDB answers as if nobody had signed in. Something in front of it removes the Authorization header."
        todo ["Whoever runs {host} must let the web server pass the header on: in nginx, `proxy_set_header Authorization $http_authorization`."];

    AuthTokenExpired "auth_token_expired" Auth Failure "The token has expired"
        means "The server read it and says that its time is over. Your edits are kept here."
        todo ["Get a new token where you got this one, and enter it."];
    AuthTokenRefused "auth_token_refused" Auth Failure "The server does not accept the token"
        means "It read the token and found it wrong: signed with another key, for another server, or without a claim that this one asks for. The technical detail has its words."
        todo ["Enter a token that was made for {host}.", "Whoever runs {host} finds the keys and the claims in the sections `jwt_keys` and `jwt_auth` of the server’s settings."];
    AuthTokenUnread "auth_token_unread" Auth Failure "The token does not arrive at CouchDB, or it reads none"
        means "CouchDB answers as if nobody had signed in."
        todo ["Whoever runs {host} must add `jwt_authentication_handler` to the authentication handlers of CouchDB.", "If it is there: let the web server in front pass the header on: in nginx, `proxy_set_header Authorization $http_authorization`."];
    AuthSessionEnded "auth_session_ended" Auth Failure "The session of {user} has ended"
        means "The server does not accept this computer’s sign-in any longer: it was signed out elsewhere, or too long ago. Your notes are kept here."
        todo ["Sign in again with the password: in Preferences, Sync, or with `sheaf sync password`."];
    AuthPasswordChanged "auth_password_changed" Auth Failure "The password of {user} was changed on another device"
        means "The keys kept here were made from the password before. Your notes are kept here, and those on the server are untouched."
        todo ["Sign in with the new password: in Preferences, Sync, or with `sheaf sync password`."];
    AuthBusy "auth_busy" Auth Failure "{host} wants to be asked less often"
        means "The server answers {status} to the sign-in. Sync goes on by itself, more slowly."
        todo ["Wait a few minutes and run the checks again.", "If it stays so, raise the limit of requests at the server or its provider."];
    AuthUnanswered "auth_unanswered" Auth Failure "{host} does not answer the sign-in"
        means "The server answered before, but not the question with name and password. Something on the way may hold it back."
        todo ["Run the checks again; if it stays so, show the technical detail to whoever runs {host}."];

    // Database
    DatabaseBusy "database_busy" Database Failure "{host} wants to be asked less often"
        means "The server answers {status}. Sync goes on by itself, more slowly."
        todo ["Wait a few minutes and run the checks again.", "If it stays so, raise the limit of requests at the server or its provider."];
    DatabaseThere "database_there" Database Pass "{documents} documents, {size}";
    DatabaseMissing "database_missing" Database Failure "There is no database {database}"
        means "The server works and lets {user} in, but has no database of this name. Nothing was changed."
        todo ["Create it.", "Or correct the name."];
    DatabaseMissingNoRight "database_missing_no_right" Database Failure "There is no database {database}, and {user} may not create it"
        means "The server works and lets {user} in, but has no database of this name. Nothing was changed."
        todo ["Ask an administrator of {host} to create {database} and to make {user} a member.", "Or correct the name."];
    DatabaseForbidden "database_forbidden" Database Failure "{user} may not read {database}"
        means "The database is there, but this account is not among its members. Since CouchDB 3 only administrators may use a new database."
        todo ["Ask an administrator of {host} to make {user} a member of {database}."];
    DatabaseFailing "database_failing" Database Failure "The database answers {status}"
        means "The server is there, but this database cannot be read now. Your notes are safe here."
        todo ["Look into the server's log, or ask whoever runs {host}."];
    DatabaseSlashDecoded "database_slash_decoded" Database Failure "Something in front of CouchDB changes the name {database}"
        means "The name has a slash in it, which travels as %2F. A web server in front of CouchDB turns it back into a slash, and CouchDB looks for another database."
        todo ["Whoever runs {host} must let the path pass unchanged: in nginx, `proxy_pass` without a path after the port.", "Or use a database without a slash in its name."];

    ClosedToStrangers "closed_to_strangers" Open Pass "Strangers are refused";
    OpenToEverybody "open_to_everybody" Open Warning "Open to everybody"
        means "Asked without name and password, the server handed over what is in {database}. Whoever knows the address can read the notes."
        todo ["Restrict {database} to {user}.", "Or let the server refuse everybody who has not signed in: `require_valid_user = true`."];
    AdminParty "admin_party" Open Warning "Everybody is an administrator of this server"
        means "The server has no administrator, so whoever knows the address can read, change and delete everything."
        todo ["Create an administrator in the server's settings, then a name and password for yourself."];

    WriteGood "write_good" Write Pass "A document was written, read back and removed";
    WriteReadOnly "write_read_only" Write Failure "{user} may read {database}, but not write to it"
        means "Changes from other devices arrive here; changes made here are kept and are not sent."
        todo ["Ask an administrator of {host} to give {user} the right to write."];
    WriteNoRoom "write_no_room" Write Failure "The server is out of space"
        means "The server answers {status}: its disk or quota is full. Your edits are kept here and are sent once there is room."
        todo ["Free some space on the server, or ask whoever runs it."];
    WriteFails "write_fails" Write Failure "Writing fails: {status}"
        means "Reading works, writing does not. Your edits are kept here."
        todo ["Look into the server's log, or ask whoever runs {host}."];
    WriteBlocked "write_blocked" Write Failure "{via} does not let writing requests through"
        means "Reading works, but a web server in front of CouchDB answers {status} to PUT. Your edits are kept here."
        todo ["Whoever runs {host} must allow the methods PUT, POST and DELETE."];
    WriteForgotten "write_forgotten" Write Failure "What was written does not come back"
        means "The server said that it took a document and then showed another one: something on the way answers from a cache."
        todo ["Whoever runs {host} must switch off the cache in front of CouchDB."];

    LimitsGood "limits_good" Limits Pass "{size} at once go through";
    LimitsUnknown "limits_unknown" Limits Warning "The limits could not be found out"
        means "The server ended the connection while something larger was sent. Notes that are sent in the same way may not get through."
        todo ["Run the checks again; if it stays so, show the technical detail to whoever runs {host}."];
    LimitsSmallBody "limits_small_body" Limits Warning "Nothing larger than {size} goes through"
        means "The server, or a web server in front of it, refuses larger requests. Notes sync; larger attachments stay on this computer."
        todo ["Let Sheaf send smaller batches.", "Whoever runs {host} can raise the limit: in nginx, `client_max_body_size 64m`; in CouchDB, `max_http_request_size`."];
    LimitsTinyBody "limits_tiny_body" Limits Failure "Nothing larger than {size} goes through"
        means "The server, or a web server in front of it, refuses larger requests. Longer notes do not sync; they stay on this computer."
        todo ["Whoever runs {host} must raise the limit: in nginx, `client_max_body_size 64m`; in CouchDB, `max_document_size` and `max_http_request_size`.", "Meanwhile let Sheaf send smaller batches, so that shorter notes get through."];

    RequestsGood "requests_good" Requests Pass "All are let through";
    RequestsBlocked "requests_blocked" Requests Failure "{blocked} is blocked"
        means "The server, or a web server in front of it, answers {status}. Without it notes cannot be received or sent."
        todo ["Whoever runs {host} must let all methods and all paths through to CouchDB, those that begin with _ too."];
    RequestsSlow "requests_slow_way" Requests Warning "{blocked} is not available"
        means "The server answers {status}. Sheaf asks document by document instead, which takes longer."
        todo ["Whoever runs {host} should let {blocked} through."];
    RequestsBusy "requests_busy" Requests Warning "{host} limits how often it may be asked"
        means "The server answered 429 to some questions. Sync works, with pauses."
        todo ["Raise the limit of requests at the server or its provider.", "Or let Sheaf send smaller batches."];

    OnlyNotes "only_notes" Foreign Pass "Nothing but notes";
    OtherApplication "other_application" Foreign Warning "Another application keeps documents here too"
        means "{database} holds documents that are not notes. Sheaf leaves them alone, but the other application may not be as careful."
        todo ["Choose a database of its own for your notes."];

    // Live changes
    FeedGood "feed_good" Feed Pass "The feed answers";
    FeedRefused "feed_refused" Feed Failure "The feed of changes answers {status}"
        means "Without it Sheaf does not learn what other devices changed."
        todo ["Whoever runs {host} must let GET requests to _changes through."];
    FeedGarbled "feed_garbled" Feed Failure "The feed of changes is not what CouchDB sends"
        means "Something on the way changes or shortens the answer."
        todo ["Ask whoever runs {host} to let answers of _changes pass unchanged."];

    FeedHeld "feed_held" Held Pass "Open for {seconds} s, a sign of life every {every} s";
    FeedAsked "feed_asked" Held Pass "Asked every {every} s, as chosen";
    FeedSilent "feed_silent" Held Warning "No answer in the time that was chosen"
        means "Sheaf asks for changes every {every} seconds, as chosen, and the answer does not come. Notes still sync and nothing is lost, but changes from other devices may arrive late."
        todo ["Look into the server's log, or ask whoever runs {host}."];
    FeedCut "feed_cut" Held Warning "Cut after {seconds} s of silence"
        means "Something on the way to {host} closes connections that are quiet for {seconds} seconds. Notes still sync and nothing is lost, but changes from other devices may arrive late."
        todo ["Let Sheaf ask again every {ask} seconds, before the connection would be cut.", "Or ask whoever runs the server to allow longer waits: in nginx, `proxy_read_timeout 90s`."];
    FeedBuffered "feed_buffered" Held Warning "Signs of life are held back"
        means "Something on the way to {host} collects the answer before passing it on. Notes still sync and nothing is lost, but changes from other devices may arrive late."
        todo ["Let Sheaf ask every {ask} seconds instead of listening.", "Or ask whoever runs the server to pass answers on at once: in nginx, `proxy_buffering off`."];
    FeedNotHeld "feed_not_held" Held Warning "The feed ends at once"
        means "The server answers instead of waiting for a change. Sheaf asks again and again, which costs traffic and battery."
        todo ["Let Sheaf ask every {ask} seconds instead."];

    // Encryption
    KeyGood "key_good" Key Pass "The key opens what is there";
    KeyNotUsed "key_not_used" Key NotNeeded "The notes in this database are not encrypted";
    KeyMixed "key_mixed" Key Warning "{documents} documents in this encrypted database are not encrypted"
        means "Another app wrote them there, or somebody without the key. They are left where they are and not taken in; whoever runs the server can read them."
        todo ["Stop syncing other apps with this database.", "Look at them there, and delete them if they are of no use."];
    KeyLocked "key_locked" Key Failure "The database is encrypted, and its passphrase was not entered on this computer"
        means "Its notes can be neither read nor written here without it. Nothing was sent there, and what is there is untouched."
        todo ["Enter the passphrase of the database, or the code of its recovery kit."];
    KeyMissing "key_missing" Key Failure "The database should be encrypted, and its key is not there"
        means "Sheaf knows it as an encrypted one. Its document sheaf-vault was deleted, or something shows another database in its place. Nothing is sent there."
        todo ["Sync once with a computer that is in: it puts the key back.", "Or put the document `sheaf-vault` back from a backup of the database.", "If nobody deleted it, ask whoever runs {host}, or choose another database."];
    KeyUnusable "key_unusable" Key Failure "The key of this database cannot be used"
        means "The document sheaf-vault was changed, or a newer version of Sheaf wrote it. The notes there and here are untouched."
        todo ["Update Sheaf.", "Or put the document `sheaf-vault` back from a backup of the database."];
    KeyUnknown "key_unknown" Key Warning "Whether anything there is locked could not be found out"
        means "The server did not answer the question. Nothing is lost by it."
        todo ["Run the checks again; if it stays so, look at the technical detail."];
    KeyWrongPassphrase "key_wrong_passphrase" Key Failure "The database has another key than the one that is known here"
        means "It was made anew, or somebody has exchanged it. Nothing was sent there, and what is there is untouched."
        todo ["If you made it anew, enter its passphrase.", "If nobody did, do not, and ask whoever runs the server."];
    KeyForeign "key_foreign" Key Failure "{documents} documents are locked with a key this computer does not have"
        means "They were written with another key, by another account or before a change of key. They are untouched on the server."
        todo ["Enter the passphrase they were locked with.", "Or choose another database, if they are not yours."];

    // Sync
    IdentitySame "identity_same" Identity Pass "The database these notes were synced with";
    IdentityFirst "identity_first" Identity NotNeeded "Not synced with yet";
    IdentityChanged "identity_changed" Identity Failure "This is another database with the same name"
        means "The database was deleted and created again, or is another one. Sync is paused and nothing has been changed here or there."
        todo ["Bring both sides together: nothing is deleted on either.", "Or choose another database."];
    IdentityRolledBack "identity_rolled_back" Identity Warning "The server was restored from a backup"
        means "It remembers less than it did. Nothing is lost: what it forgot is sent again by the next sync."
        todo ["Run Sync now."];

    IdentityUnknown "identity_unknown" Identity Warning "Whether it is the same database could not be found out"
        means "The server did not answer the question, or the notes here could not be read. Sync asks again by itself and changes nothing before it knows."
        todo ["Run the checks again; if it stays so, look at the technical detail."];

    CheckpointUnknown "checkpoint_unknown" Checkpoint Warning "How far sync has come could not be found out"
        means "The server did not answer the question, or the notes here could not be read. Nothing is lost by it."
        todo ["Run the checks again; if it stays so, look at the technical detail."];
    CheckpointGood "checkpoint_good" Checkpoint Pass "In step; {waiting} changes wait to be sent";
    CheckpointNone "checkpoint_none" Checkpoint NotNeeded "Not synced yet";
    CheckpointAhead "checkpoint_ahead" Checkpoint Warning "This computer remembers more than the server"
        means "The server does not know the place up to which this computer has read. Nothing is lost: the next sync reads everything again."
        todo ["Run Sync now."];
    CheckpointWaiting "checkpoint_waiting" Checkpoint Warning "{waiting} changes have been waiting since {since}"
        means "They are kept on this computer and have not reached the server yet."
        todo ["Run Sync now, and look at the first failed check above."];

    NothingStuck "nothing_stuck" Stuck Pass "Everything travels";
    StuckUnknown "stuck_unknown" Stuck Warning "Whether anything is stuck could not be found out"
        means "The list of documents that do not travel could not be read on this computer."
        todo ["Run the checks again; if it stays so, look at the technical detail."];
    DocumentsStuck "documents_stuck" Stuck Warning "{documents} documents do not travel"
        means "They stay on this computer; everything else syncs. The first one: {reason}."
        todo ["Try them again.", "Open the list of documents that stay, and shorten or remove what is too large."];
    DocumentsUnreadable "documents_unreadable" Stuck Warning "{documents} documents on the server cannot be read"
        means "They are untouched on the server and are left out here; everything else syncs. The first one: {reason}."
        todo ["Look at them in the program that wrote them."];

    // Any check
    TookTooLong "took_too_long" Http Failure "No end within {seconds} s"
        means "The check was ended so that the others can go on."
        todo ["Run the checks again; if it stays so, look at the technical detail."];
}
