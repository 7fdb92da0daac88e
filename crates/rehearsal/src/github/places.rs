//! Where things are.

/// The REST API, below the address of the forge, as on an Enterprise Server.
pub(super) const API: &str = "/api/v3";

/// GraphQL, below the folder of all APIs.
pub(super) const GRAPHQL: &str = "/graphql";

/// The one operation on the host of uploads.
pub(super) const UPLOAD: &str = "/repos/{owner}/{repo}/releases/{release_id}/assets";
