/// The `target` part of the configuration, resolved.
public struct IdentityCenterSettings: Hashable, Sendable {
    /// The instance's home region.
    public var region: String
    /// The `InstanceArn`; nil for `auto`.
    public var instanceARN: String?
    /// A role to assume before all calls.
    public var roleARN: String?
    /// The share of the documented quotas that a run takes in steady state, above 0 and at most 1.
    public var rateShare: Double
    /// The SCIM endpoint, without which users can be neither disabled nor enabled.
    public var scim: SCIMSettings?
    /// How many calls of one service may be under way at once.
    public var maxParallel: Int

    /// The `target` part of the configuration.
    public init(
        region: String,
        instanceARN: String? = nil,
        roleARN: String? = nil,
        rateShare: Double = 0.9,
        scim: SCIMSettings? = nil,
        maxParallel: Int = 20
    ) {
        self.region = region
        self.instanceARN = instanceARN
        self.roleARN = roleARN
        self.rateShare = rateShare
        self.scim = scim
        self.maxParallel = maxParallel
    }
}

/// Where and how the instance's SCIM endpoint is asked.
public struct SCIMSettings: Hashable, Sendable {
    /// `https://scim.REGION.amazonaws.com/TENANT/scim/v2/`, with or without the last slash.
    public var endpoint: String
    /// The bearer token.
    public var token: String

    /// Where and how the instance's SCIM endpoint is asked.
    public init(endpoint: String, token: String) {
        self.endpoint = endpoint
        self.token = token
    }
}

extension SCIMSettings: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The endpoint; never the token.
    public var description: String { "SCIM at \(endpoint)" }
    /// The same as `description`.
    public var debugDescription: String { description }
    /// Shows no token to `dump` and to test output.
    public var customMirror: Mirror { Mirror(self, children: ["endpoint": endpoint], displayStyle: .struct) }
}
