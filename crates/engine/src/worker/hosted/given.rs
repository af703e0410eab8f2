//! What somebody typed: a password, a recovery code, a new password.

use sheaf_hosted::{Password, Proof, RecoveryCode};
use sheaf_ipc::{ApiError, ErrorCode, HostedProof};

use super::trouble::as_error;

/// What every client of the protocol asks for.
const SHORTEST_PASSWORD: usize = 8;

/// What somebody typed to prove who they are.
pub(super) enum Given {
    Password(Password),
    Recovery(RecoveryCode),
}

impl Given {
    pub(super) fn of(proof: HostedProof) -> Result<Self, ApiError> {
        match proof {
            HostedProof::Password { password } if password.is_empty() => {
                Err(ApiError::new(ErrorCode::PasswordMissing))
            }
            HostedProof::Password { password } => Ok(Self::Password(Password::new(password))),
            HostedProof::RecoveryCode { code } => RecoveryCode::parse(&code)
                .map(Self::Recovery)
                .map_err(|error| as_error(&error)),
        }
    }

    pub(super) fn proof(&self) -> Proof<'_> {
        match self {
            Self::Password(password) => Proof::Password(password),
            Self::Recovery(code) => Proof::Recovery(code),
        }
    }

    pub(super) fn reveal(&self) -> &str {
        match self {
            Self::Password(password) => password.reveal(),
            Self::Recovery(code) => code.reveal(),
        }
    }
}

pub(super) fn new_password(text: String) -> Result<Password, ApiError> {
    if text.chars().count() < SHORTEST_PASSWORD {
        return Err(ApiError::new(ErrorCode::Invalid)
            .with_detail("a password has eight characters or more"));
    }
    Ok(Password::new(text))
}
