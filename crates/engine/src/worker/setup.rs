//! A server set up from inside the app: who gets in, what phones need, what fits through.

use std::future::Future;

use sheaf_couch::{Remote, SyncError};
use sheaf_ipc::{ApiError, ErrorCode, RemoteForm, RestrictDatabase, ServerLimits, ServerSetup};
use sheaf_net::Client;
use sheaf_vault::{Lock, VaultId};

use super::{
    Worker,
    settings::{PATIENCE, remote},
    target,
    target::Target,
    trouble,
};

impl Worker {
    pub(crate) async fn server_setup(&self, form: RemoteForm) -> Result<ServerSetup, ApiError> {
        let target = self.completed(target::of_form(&form)?).await;
        self.look_at_setup(&target).await
    }

    pub(crate) async fn restrict(
        &self,
        request: RestrictDatabase,
    ) -> Result<ServerSetup, ApiError> {
        let name = request.name.trim().to_owned();
        if name.is_empty() {
            return Err(ApiError::new(ErrorCode::Invalid).with_detail("nobody is named"));
        }
        let target = self.completed(target::of_form(&request.form)?).await;
        let (client, remote) = (self.client()?, remote(&target));
        in_time(sheaf_couch::restrict(&client, &remote, &name)).await?;
        tracing::info!(name, remote = %target.url, "the database was restricted");
        self.look_at_setup(&target).await
    }

    pub(crate) async fn prepare_for_mobile(
        &self,
        form: RemoteForm,
    ) -> Result<ServerSetup, ApiError> {
        let target = self.completed(target::of_form(&form)?).await;
        self.asked(&target, sheaf_couch::prepare_for_mobile).await?;
        self.look_at_setup(&target).await
    }

    pub(crate) async fn server_limits(&self, form: RemoteForm) -> Result<ServerLimits, ApiError> {
        let target = self.completed(target::of_form(&form)?).await;
        let limits = self.asked(&target, sheaf_couch::limits).await?;
        Ok(ServerLimits {
            max_document: limits.max_document,
            max_request: limits.max_request,
            max_attachment: limits.max_attachment,
            takes: limits.takes,
            refuses: limits.refuses,
        })
    }

    async fn look_at_setup(&self, target: &Target) -> Result<ServerSetup, ApiError> {
        let access = self.asked(target, sheaf_couch::access).await?;
        let mobile_ready = self.asked(target, sheaf_couch::is_ready_for_mobile).await?;
        let mut roles = access.members.roles;
        roles.extend(access.admins.roles);
        roles.sort();
        roles.dedup();
        Ok(ServerSetup {
            members: access.members.names,
            admins: access.admins.names,
            roles,
            open_to_everybody: access.open_to_everybody,
            everybody_is_admin: access.everybody_is_admin,
            signed_in_as: access.signed_in_as,
            may_restrict: access.may_restrict,
            mobile_ready,
        })
    }

    /// Takes away a database that a move into it has not filled; `false`: it is somebody else's too.
    pub(super) async fn remove_unfinished(
        &self,
        target: &Target,
        vault: Option<VaultId>,
    ) -> Result<bool, ApiError> {
        let (client, remote) = (self.client()?, remote(target));
        in_time(sheaf_couch::remove_unfinished(&client, &remote, vault)).await
    }

    /// Writes the closed key of an encrypted database.
    pub(super) async fn put_lock(&self, target: &Target, lock: &Lock) -> Result<(), ApiError> {
        let (client, remote) = (self.client()?, remote(target));
        in_time(sheaf_couch::put_lock(&client, &remote, lock)).await
    }

    /// One question to a server, with a person waiting for the answer.
    pub(super) async fn asked<T>(
        &self,
        target: &Target,
        question: impl AsyncFn(&Client, &Remote) -> Result<T, SyncError>,
    ) -> Result<T, ApiError> {
        if target.url.wants_secret() && target.password.is_none() {
            return Err(ApiError::new(ErrorCode::PasswordMissing));
        }
        let (client, remote) = (self.client()?, remote(target));
        in_time(question(&client, &remote)).await
    }
}

async fn in_time<T>(answer: impl Future<Output = Result<T, SyncError>>) -> Result<T, ApiError> {
    match tokio::time::timeout(PATIENCE, answer).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => {
            Err(ApiError::new(trouble::code(&error)).with_detail(trouble::detail(&error)))
        }
        Err(_) => Err(ApiError::new(ErrorCode::TimedOut)),
    }
}
