/// The Identity Center instance and how it is reached.
public struct TargetConfiguration: Hashable, Sendable {
    /// The SCIM endpoint, with which users can be disabled.
    public struct SCIM: Hashable, Sendable {
        /// Its URL, without a slash at its end.
        public var endpoint: String
        /// The bearer token.
        public var token: SecretReference

        /// An endpoint with its token.
        public init(endpoint: String, token: SecretReference) {
            self.endpoint = endpoint
            self.token = token
        }
    }
    /// The region; nil: that of the AWS environment.
    public var region: String?
    /// The ARN of the instance; nil: the one that there is.
    public var instance: String?
    /// The ARN of a role to assume.
    public var role: String?
    /// The share of the documented quotas that a run takes in steady state, above 0 and at most 1.
    public var rateShare: Double
    /// The SCIM endpoint, where there is one.
    public var scim: SCIM?

    /// The defaults of the contract, but for what is given.
    public init(
        region: String? = nil,
        instance: String? = nil,
        role: String? = nil,
        rateShare: Double = 0.9,
        scim: SCIM? = nil
    ) {
        self.region = region
        self.instance = instance
        self.role = role
        self.rateShare = rateShare
        self.scim = scim
    }
}
