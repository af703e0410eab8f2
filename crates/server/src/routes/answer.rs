//! Answers: errors as both generations read them, and the wrapping of the newer one.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use sheaf_protocol::{AuthenticatedUser, ErrorBody, ErrorTag, Item, SessionPair};

use crate::{
    account::AccountError,
    storage::{StorageError, User},
};

/// Access token expired: refresh and try again. Not in any registry, but what clients act on.
const EXPIRED: u16 = 498;

/// An error on its way out. The chain of causes goes to the log here and nowhere else.
pub(super) struct Failure {
    status: StatusCode,
    body: ErrorBody,
    retry_after: Option<u32>,
}

impl Failure {
    pub(super) fn new(status: StatusCode, message: &str, tag: Option<ErrorTag>) -> Self {
        Self {
            status,
            body: ErrorBody::new(message, tag),
            retry_after: None,
        }
    }

    pub(super) fn malformed(message: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            message,
            Some(ErrorTag::InvalidParameters),
        )
    }

    /// For another account's path, whether there is such an account or not.
    pub(super) fn not_allowed() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Operation not allowed.", None)
    }

    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not found.", None)
    }
}

impl From<AccountError> for Failure {
    fn from(error: AccountError) -> Self {
        use AccountError as E;
        let expired = StatusCode::from_u16(EXPIRED).unwrap_or(StatusCode::UNAUTHORIZED);
        match error {
            E::RegistrationClosed => Self::new(
                StatusCode::UNAUTHORIZED,
                "Registration is not open on this server.",
                None,
            ),
            E::EmailTaken => Self::new(
                StatusCode::UNAUTHORIZED,
                "This email is already registered.",
                None,
            ),
            E::Incomplete(field) => Self::malformed(&format!("The request lacks {field}.")),
            E::WrongCredentials => {
                Self::new(StatusCode::UNAUTHORIZED, "Invalid email or password.", None)
            }
            E::InvalidSession => Self::new(
                StatusCode::UNAUTHORIZED,
                "Invalid login credentials.",
                Some(ErrorTag::InvalidAuth),
            ),
            E::Revoked => Self::new(
                StatusCode::UNAUTHORIZED,
                "Your session has been revoked.",
                Some(ErrorTag::RevokedSession),
            ),
            E::WrongConfirmation => Self::new(
                StatusCode::BAD_REQUEST,
                "The password is not correct.",
                None,
            ),
            E::Expired => Self::new(
                expired,
                "The provided access token has expired.",
                Some(ErrorTag::ExpiredAccessToken),
            ),
            E::InvalidRefresh => Self::new(
                StatusCode::BAD_REQUEST,
                "The refresh token is not valid.",
                Some(ErrorTag::InvalidRefreshToken),
            ),
            E::ExpiredRefresh => Self::new(
                StatusCode::BAD_REQUEST,
                "The refresh token has expired.",
                Some(ErrorTag::ExpiredRefreshToken),
            ),
            E::SlowDown(seconds) => Self {
                retry_after: Some(seconds),
                ..Self::new(
                    StatusCode::TOO_MANY_REQUESTS,
                    &format!("Too many attempts. Try again in {seconds} seconds."),
                    None,
                )
            },
            E::Storage(error) => error.into(),
            E::Hashing => internal(&error),
        }
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Token => {
                Self::malformed("The sync token is not of this server. Start over without one.")
            }
            StorageError::NoSuchUser => AccountError::InvalidSession.into(),
            StorageError::EmailTaken => AccountError::EmailTaken.into(),
            StorageError::NotFirst => AccountError::RegistrationClosed.into(),
            StorageError::Quota => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "The account's space on this server is used up.",
                None,
            ),
            StorageError::Busy(_) => Self {
                retry_after: Some(2),
                ..internal_with(
                    &error,
                    StatusCode::SERVICE_UNAVAILABLE,
                    "The server is busy. Try again soon.",
                )
            },
            StorageError::Failed(_) | StorageError::NotEmpty => internal(&error),
        }
    }
}

fn internal(error: &dyn std::error::Error) -> Failure {
    internal_with(
        error,
        StatusCode::INTERNAL_SERVER_ERROR,
        "The server failed. Nothing was changed.",
    )
}

fn internal_with(error: &dyn std::error::Error, status: StatusCode, message: &str) -> Failure {
    let mut chain = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        chain.push_str(": ");
        chain.push_str(&error.to_string());
        cause = error.source();
    }
    tracing::error!(error = chain, "request failed");
    Failure::new(status, message, None)
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        if let Some(seconds) = self.retry_after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// The newer generation's frame around an answer.
#[derive(Serialize, JsonSchema)]
pub(super) struct Wrapped<T> {
    meta: Meta,
    data: T,
}

#[derive(Serialize, JsonSchema)]
struct Meta {
    auth: Option<Auth>,
    server: Empty,
}

/// Whom the server took the request from.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Auth {
    user_uuid: String,
    /// Always empty: clients expect the list, this server has no roles.
    roles: Vec<String>,
}

/// Nothing that clients would have to know.
#[derive(Serialize, JsonSchema)]
struct Empty {}

pub(super) fn wrapped<T>(user: Option<&User>, data: T) -> Json<Wrapped<T>> {
    let auth = user.map(|user| Auth {
        user_uuid: user.id.0.clone(),
        roles: Vec::new(),
    });
    Json(Wrapped {
        meta: Meta {
            auth,
            server: Empty {},
        },
        data,
    })
}

/// Somebody of the newer generation who has just signed in.
#[derive(Serialize, JsonSchema)]
pub(super) struct SignedIn {
    pub(super) session: SessionPair,
    /// As the client sent them.
    pub(super) key_params: Value,
    pub(super) user: AuthenticatedUser,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Refreshed {
    pub(super) session: SessionPair,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct OneItem {
    pub(super) item: Item,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Told {
    pub(super) message: String,
}

/// Somebody of the older generation who has just signed in.
#[derive(Serialize, JsonSchema)]
pub(super) struct OneToken {
    pub(super) user: AuthenticatedUser,
    pub(super) token: String,
}
