/// Temporary credentials that the simulated STS, metadata or container endpoint gave out.
struct Session {
    var secret: String
    var token: String
    var expiresAt: Double
    /// The ARN of the assumed role.
    var principal: String
}
