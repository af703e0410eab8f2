//! What has to befall a world so that a planted mutant shows early. Most show in any weather.

use sheaf_sim::{
    server::fault::Fault,
    world::plan::{Aim, Plan},
};
use sheaf_sync::mutant::Mutant;

/// The days of `seed`, in weather that is bad for `mutant`.
pub(crate) fn plan(mutant: Mutant, seed: u64) -> Plan {
    Plan::of(seed).under(&aim(mutant))
}

fn aim(mutant: Mutant) -> Aim {
    let faults: &'static [Fault] = match mutant {
        Mutant::WithheldIsSkipped => &[
            Fault::BulkGetMissing,
            Fault::BulkGetErrorItem,
            Fault::DocumentGone404,
        ],
        Mutant::AttachmentUnchecked => &[Fault::AttachmentCutShort, Fault::AttachmentOtherBytes],
        Mutant::CutFeedIsTheEnd => &[Fault::AnswerTruncated200, Fault::AnswerCutShort],
        Mutant::LostAnswerIsAnAck => &[Fault::ResetBeforeTheServer, Fault::ResetWhileUploading],
        Mutant::RefusalIsAnAck => &[Fault::BulkDocsForbiddenItem, Fault::BulkDocsTypeErrorItem],
        Mutant::FullQuotaIsAnAck => &[Fault::QuotaFull402],
        Mutant::TroubleMovesTheCheckpoint => &[Fault::BulkDocsFails500, Fault::BulkDocsTimeoutItem],
        Mutant::NobodyWaits => &[
            Fault::TooManyRequests429WithSeconds,
            Fault::TooManyRequests429WithDate,
        ],
        Mutant::AnswersByPosition => &[Fault::BulkGetReordered],
        Mutant::OfferedIsAltered => &[Fault::AnswerLost],
        _ => &[],
    };
    Aim {
        faults,
        revs_limit: (mutant == Mutant::ForgottenIsNotOffered).then_some(5),
        longest_request: (mutant == Mutant::NobodyHalves).then_some(4000),
        notes_there: matches!(
            mutant,
            Mutant::NoBrake | Mutant::CheckpointWithTheFirstSlice | Mutant::CheckpointBeforeData
        )
        .then_some(45),
    }
}
